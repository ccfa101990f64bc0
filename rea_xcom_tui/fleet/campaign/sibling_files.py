"""A sibling's files under the names of a new deployment: copied where they are its own, extended where shared."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.fleet.teams import placeholders, team_and_short_of
from rea_xcom_tui.layouts.model import EntryPoint
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.values.cloning import copied, lists, scalars, with_comments, with_document, with_item, with_key
from rea_xcom_tui.xcom.drift.patterns import generalised
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

_SECRET = re.compile(rb"^(?:sops:|kind:[ \t]*['\"]?(?:Secret|SealedSecret)\b)|ENC\[AES|\$ANSIBLE_VAULT", re.MULTILINE)
_MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is known of the new deployment."""

    name: str
    env: str | None = None
    namespace: str | None = None
    file: str | None = None
    """Where its values file goes; None: as the fleet does it."""
    fields: Mapping[FieldName, str] | None = None
    """Fields that the user has given, as typed."""
    others: Mapping[str, str] | None = None
    """Keys of the chart and variables that the user has given."""
    content: bytes | None = None
    """A file of values that takes the place of the sibling's, such as an untouched download; None for a copy."""


def team_and_short(deployment: Deployment) -> tuple[str | None, str]:
    """Whose a deployment is and what it is called within its team, by the first of its files that tells it."""
    name = deployment.name
    files = [within(deployment.repo, file) for file in deployment.files]
    named = {posixpath.splitext(part)[0] for file in files for part in file.split("/")}
    bare = name.removesuffix(f"-{deployment.env}")
    if bare != name and bare in named:  # a set that adds the environment to what its folders are called
        return None, bare
    told = [team_and_short_of(file, name, deployment.env) for file in files]
    parted = next((one for one in told if one[0] and name == f"{one[0]}-{one[1]}"), None)
    if parted is not None:
        return parted
    place = deployment.field("path").value
    last = str(place).rstrip("/").rpartition("/")[2] if place else ""
    if last and name.endswith(f"-{last}"):
        return name[: -len(last) - 1], last
    by_file = next((one for one in told if one[1] == name), None)
    return by_file or ((None, name) if name in named else told[0])


def names_of(deployment: Deployment) -> Mapping[str, str]:
    """What placeholders stand for in the paths and settings of a deployment."""
    team, short = team_and_short(deployment)
    return placeholders(deployment.name, deployment.env, deployment.namespace, team, short)


class SiblingFiles:
    """The sibling's files under the new names."""

    def __init__(self, workspace: Workspace, sibling: Deployment, wanted: Wanted, names: Mapping[str, str]) -> None:
        self.workspace = workspace
        self._sibling = sibling
        self._wanted = wanted
        self._names = names
        self._theirs = names_of(sibling)
        self.secrets: list[str] = []
        owned = [file for file in sibling.files if self._is_own(file)]
        self.paths = {file: self._path(file) for file in self._with_neighbours(owned)}
        same = [old for old, new in self.paths.items() if old == new]
        if wanted.file is not None and owned:
            self.paths[self.main(owned)] = wanted.file
            same = []
        if same:
            raise Refused(
                f"{clean(same[0])} belongs to {clean(sibling.id)} alone, and its path does not tell where another's "
                "is; name the new one with --file"
            )

    def _is_own(self, file: str) -> bool:
        if [one.id for one in self.workspace.deployments_of([file])] != [self._sibling.id]:
            return False
        # A chart or a module with one agent so far gets another one, unless its folder is the agent's.
        extends = file.endswith(".tf") or self._sibling.layout == "umbrella"
        return not extends or self._path(file) != file

    def main(self, owned: Sequence[str]) -> str:
        """The values file among the sibling's own files: the strongest layer, or the file itself."""
        layers = [layer.file for layer in self._sibling.stack if layer.kind == "values file" and layer.file in owned]
        return layers[-1] if layers else owned[0]

    def _with_neighbours(self, owned: Sequence[str]) -> list[str]:
        """The sibling's own files, and what else is in folders that are its own."""
        folders = {posixpath.dirname(file) for file in owned}
        mine = {one for one in folders if one and posixpath.basename(self._path(one)) != posixpath.basename(one)}
        found = dict.fromkeys(owned)
        for entry in self.workspace.repository.tracked():
            inside = any(entry.path.startswith(f"{folder}/") for folder in mine)
            if not inside or entry.path in found or len(found) > _MOST_FILES:
                continue
            if _SECRET.search(self.workspace.read_now(entry.path)):
                self.secrets.append(entry.path)
            else:
                found[entry.path] = None
        return list(found)

    def _path(self, path: str) -> str:
        """A path of the sibling's with the new names in it, folder by folder."""
        theirs = {k: w for k, w in self._theirs.items() if not k.startswith("namespace")}
        made = [generalised(part, theirs).render(self._names) or part for part in path.split("/")]
        return "/".join(made)

    def contents(self) -> dict[str, bytes]:
        """The bytes of every file that is made or changed, by path. Raises `Refused` where a new one exists already, or
        one of the sibling's cannot be copied."""
        found: dict[str, bytes] = {}
        for old, new in self.paths.items():
            if (self.workspace.root / new).exists():
                raise Refused(f"{clean(new)} already exists; give the deployment another name, or name --file")
            data = self.workspace.read_now(old)
            # What is neither entry point nor layer is read by a generator, which makes names and paths of its words.
            parts = old not in self._sibling.files
            try:
                headed = with_comments(data, self._in_header(), header_only=True)
                found[new] = copied(headed, self.rename(old, parts=parts))
            except (values.RefusedEdit, UnicodeDecodeError, Unreadable) as problem:
                raise Refused(f"{clean(old)} cannot be copied: {problem}") from problem
        for file in self._shared():
            data = found.get(file) or self.workspace.read_now(file)
            after = self._extended(file, data)
            if after != data:
                found[file] = after
        return found

    def _shared(self) -> list[str]:
        """Files that others share and that may have an entry for the sibling."""
        found = dict.fromkeys(file for file in self._sibling.files if file not in self.paths)
        tracked = {entry.path for entry in self.workspace.repository.tracked()}
        folders: dict[str, None] = {}
        for path in self.paths:
            folder = posixpath.dirname(path)
            while folder:
                folder = posixpath.dirname(folder)
                folders[folder] = None
        for folder in folders:
            for name in ("kustomization.yaml", "kustomization.yml", "Kustomization"):
                path = posixpath.join(folder, name)
                if path in tracked and path not in self.paths:
                    found[path] = None
        return list(found)

    def _extended(self, file: str, data: bytes) -> bytes:
        """A shared file with a copy of each list's item that is about the sibling alone, or of its document."""
        entry = self._entry(file)
        if file.endswith(".tf"):
            return self._with_resource(file, data, entry)
        if self.section and posixpath.basename(file) != "Chart.yaml":
            return with_key(data, self.section, self._wanted.name, self.rename(file)) if file in self.charts else data
        try:
            known = list(lists(data))
        except Unreadable:
            return data
        if entry is not None and self._is_whole_document(entry):
            return with_document(data, entry.document, self.rename(file))
        done: list[tuple[int, tuple[str | int, ...]]] = []
        after = data
        for document, address, node in known:
            if any(document == d and address[: len(a)] == a for d, a in done):
                continue
            parts = address[-1:] == _ELEMENTS  # of whose words a template makes names and paths
            about = [at for at, item in enumerate(node.items) if self._mentions(file, scalars(item), parts=parts)]
            if len(about) == 1 and (len(node.items) > 1 or address[-1:] in _OPEN_LISTS):
                after = with_item(after, document, address, about[0], self.rename(file, parts=parts))
                done.append((document, address))
        return after

    @property
    def section(self) -> str:
        """The key of the sibling in the values of a chart that has the agent's chart by an alias; else empty."""
        alias = self._sibling.id.partition("?chart=")[2]
        return alias if self._sibling.layout == "umbrella" and not self.paths else ""

    @property
    def charts(self) -> frozenset[str]:
        """The values files of charts that have a section for the sibling."""
        return frozenset(layer.file for layer in self._sibling.stack if layer.file)

    def _with_resource(self, file: str, data: bytes, entry: EntryPoint | None) -> bytes:
        """A Terraform file with a copy of the sibling's resource; other files as they are."""
        from rea_xcom_tui.layouts.terraform.copying import with_resource
        from rea_xcom_tui.layouts.terraform.syntax import HclError

        if entry is None:
            return data
        kind, _, name = entry.id.partition("#")[2].partition(".")
        try:
            return with_resource(data.decode("utf-8"), kind, name, self.rename(file)).encode()
        except (HclError, UnicodeDecodeError) as problem:
            raise Refused(f"{clean(file)} cannot be extended: {problem}; add it by hand") from problem

    def _is_whole_document(self, entry: EntryPoint) -> bool:
        """Whether an entry point's document is about nothing else, and the file has others."""
        found = self.workspace.fleet.layouts
        others = [one for one in found.found.entries if one.file == entry.file] if found is not None else []
        same = {one.id for one in others if one.document == entry.document and one.name != entry.name}
        return not same and any(one.document != entry.document for one in others)

    def _entry(self, file: str) -> EntryPoint | None:
        found = self.workspace.fleet.layouts
        entry = found.by_id.get(self._sibling.id) if found is not None else None
        return entry if entry is not None and entry.file == file else None

    def _mentions(self, file: str, texts: Iterable[str], *, parts: bool = False) -> bool:
        folder = posixpath.dirname(file)
        mine = {*self.paths, *(posixpath.dirname(path) for path in self.paths)} - {"", folder}
        word = re.compile(rf"(?<![\w.-]){re.escape(self._sibling.name)}(?![\w.-])")
        short = self._theirs["short"] if parts else None
        for text in texts:
            if text == short:
                return True
            joined = posixpath.normpath(posixpath.join(folder, text)) if text and len(text) < 400 else ""
            if joined in mine or any(text.endswith(f"/{path}") for path in mine) or word.search(text):
                return True
        return False

    def rename(self, file: str, *, parts: bool = False) -> Renaming:
        """What replaces the sibling's names in the text of a file; with `parts`, its name within its team too."""
        folder = posixpath.dirname(file)
        there = posixpath.dirname(self._at(file)) or "."
        pairs: dict[str, str] = {}
        for old, new in self.paths.items():
            pairs[old] = new
            pairs[posixpath.relpath(old, folder or ".")] = posixpath.relpath(
                new, posixpath.dirname(self._at(file)) or "."
            )
            above, below = posixpath.dirname(old), posixpath.dirname(new)
            if above and above != below:
                pairs.setdefault(above, below)
                here = posixpath.relpath(above, folder or ".")
                if here != ".":
                    pairs.setdefault(here, posixpath.relpath(below, there))
        namespace = self._names.get("namespace")
        if self._sibling.namespace and namespace and namespace != self._sibling.namespace:
            pairs.setdefault(self._sibling.namespace, namespace)
        pairs[self._sibling.name] = self._wanted.name
        if file.endswith(".tf"):  # names in Terraform have no hyphens
            pairs[self._sibling.name.replace("-", "_")] = self._wanted.name.replace("-", "_")
        if parts:
            pairs.setdefault(self._theirs["short"], self._names["short"])
        return Renaming(pairs)

    def _in_header(self) -> Renaming:
        """What replaces names in a file's header besides, such as `# growth / prod / etl`: the short one, the env."""
        env, theirs = self._wanted.env or self._sibling.env, self._sibling.env
        pairs = {theirs: env} if theirs and env else {}
        return Renaming({self._theirs["short"]: self._names["short"], **pairs}, apart=True)

    def _at(self, file: str) -> str:
        """Where a file's text will be."""
        return self.paths.get(file, file)


_ELEMENTS = ("elements",)
_OPEN_LISTS = frozenset((_ELEMENTS, ("resources",), ("releases",), ("helmCharts",), ("generators",), ("dependencies",)))


class Renaming:
    """Replaces words in a text, the longest first, each where it is a word of its own.

    With `apart`, what a hyphen, a slash or a dot joins to another word is none: for names that are common words.
    """

    def __init__(self, pairs: Mapping[str, str], *, apart: bool = False) -> None:
        self._pairs = {old: new for old, new in pairs.items() if old and old != "." and old != new}
        words = "|".join(re.escape(word) for word in sorted(self._pairs, key=len, reverse=True))
        before, after = (r"[\w./-]", r"[\w/-]|\.\w") if apart else ("[A-Za-z0-9_]", "[A-Za-z0-9_]")
        self._pattern = re.compile(rf"(?<!{before})(?:{words})(?!{after})") if words else None

    def __call__(self, text: str) -> str:
        """The text with its words replaced."""
        return self._pattern.sub(lambda found: self._pairs[found[0]], text) if self._pattern else text


def with_new_name(content: bytes, sibling: str, name: str) -> bytes:
    """Values of the user's own with the new name in their comments, for the sibling's and for the one they had.

    A name of one word is left: in a download it may be that of the product, as the rest of the comments say it.
    """
    try:
        prefix = values.ValuesFile.parse(content).find(("resourceNamePrefix",))
        named = [sibling, prefix.text if prefix is not None and prefix.kind == "scalar" else ""]
        return with_comments(content, Renaming({one: name for one in named if "-" in one}, apart=True))
    except (values.Unreadable, UnicodeDecodeError):
        return content  # refused with a sentence where it is read for its values
