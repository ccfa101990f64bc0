"""What a probe takes to the other end: the settings in force of one deployment, and what of them is secret."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.session import Editing
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.qualified import belongs, within
from rea_xcom_tui.values import Unreadable, ValuesFile
from rea_xcom_tui.xcom.airflow import DEFAULT_THRESHOLD
from rea_xcom_tui.xcom.chart_entries import rendered
from rea_xcom_tui.xcom.fields import VARIABLES
from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.model import FieldName, Node
from rea_xcom_tui.xcom.names import BACKEND_KEY, BACKEND_VARIABLE, PATH_VARIABLE
from rea_xcom_tui.xcom.paths import as_read, parse_path
from rea_xcom_tui.xcom.secrets import MASK, is_secret_name, mask_connection
from rea_xcom_tui.xcom.tree import Tree, tree_of

OWN = "_rea_xcom_probe_"
"""How the folder of a probe begins, below the deployment's prefix; a random ending keeps two probes apart."""

LARGE = 2_000_000
"""Bytes of the largest value where the threshold does not ask for more."""

_LARGEST = 16 * 1024 * 1024
_SMALL = 59
_SHORTEST_SECRET = 4
_AS_THEY_ARE: Mapping[str, bytes] = MappingProxyType({})
_MUST_BE_KNOWN: tuple[FieldName, ...] = ("backend", "path", "threshold", "compression")


@dataclass(frozen=True, slots=True)
class Size:
    """One value to write: its size as JSON in bytes, and where the settings say that it goes (`object` or `db`)."""

    bytes: int
    where: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the other end needs for one deployment."""

    deployment: Deployment
    env: dict[str, str] = field(repr=False)
    """Variables with their values, secrets among them; they travel in the pipe only."""
    taken: dict[str, str]
    """Variables that Git does not hold, and what supplies them; the other end has to have them already."""
    drop: tuple[str, ...]
    """XCom's own variables that the deployment leaves unset, whatever the other end has."""
    path: str | None = field(repr=False)
    sizes: tuple[Size, ...]
    image: str | None
    service_account: str | None
    own: str
    """The name of the probe's own folder."""
    pending: bool = False
    """Whether these are the settings after edits that are not written yet."""
    called: str = ""
    """What the deployment is called among all of the fleet."""

    @property
    def shown_path(self) -> str:
        """The path as it may be shown, without the line breaks and blanks that Airflow drops."""
        return hide_in_path(as_read(self.path or "")).rstrip("/")

    @property
    def writes(self) -> bool:
        """Whether any value is to go to the store."""
        return any(size.where == "object" for size in self.sizes)

    @property
    def secret_names(self) -> tuple[str, ...]:
        """The variables whose values are secret."""
        return tuple(name for name, text in self.env.items() if text and is_secret_name(name))

    def secret_texts(self) -> tuple[str, ...]:
        """Every text that must not be seen, the longest first."""
        found = {part for name in self.secret_names for part in _parts(self.env[name])}
        path = self.path or ""
        if hide_in_path(path) != path:
            found.update((path, path.rpartition("@")[0].partition("://")[2].partition(":")[2]))
        return tuple(sorted((text for text in found if len(text) >= _SHORTEST_SECRET), key=len, reverse=True))

    def order(self, seconds: float) -> dict[str, object]:
        """The order for the other end; with secrets, so for the pipe alone."""
        parsed = parse_path(self.path or "")
        return {
            "env": self.env,
            "taken": self.taken,
            "drop": self.drop,
            "path": self.path,
            "scheme": parsed.scheme or "",
            "conn_id": parsed.conn_id,
            "sizes": [{"bytes": size.bytes, "where": size.where} for size in self.sizes],
            "own": self.own,
            "where": self.shown_path,
            "seconds": seconds,
            "start_seconds": max(seconds, 120),
        }

    def without_secrets(self, seconds: float) -> dict[str, object]:
        """The order for a script that people see: secrets left out, and their names under `ask`. Raises `Refused` where
        the path itself holds a password."""
        secret = set(self.secret_names)
        env = {name: text for name, text in self.env.items() if name not in secret}
        if hide_in_path(self.path or "") != (self.path or ""):
            raise Refused(f"{self.deployment.id}: the path holds a password; move it to a connection, then print")
        return {**self.order(seconds), "env": env, "ask": sorted(secret)}


def scrub(text: str, hidden: Sequence[str]) -> str:
    """The text without the secrets."""
    for secret in hidden:
        text = text.replace(secret, MASK)
    return text


def settings_of(
    workspace: Editing, deployment: Deployment, contents: Mapping[str, bytes] = _AS_THEY_ARE, *, pending: bool = False
) -> Settings:
    """What a probe of a deployment needs, as if some files, named by their real paths, held these bytes.

    `pending` is whether that makes it another deployment than its files do now.

    Raises `Refused` where the settings say nothing that could be tried (no backend, a conflict, a path that Git does
    not know), `ToolError` where the file can no longer be read.
    """
    _check(deployment)
    tree = tree_of(_root(workspace, deployment, contents))
    env: dict[str, str] = {}
    taken: dict[str, str] = {}
    for entry in tree.every_entry:
        if entry.component != "all" or entry.shadowed:
            continue
        if entry.reference is not None:
            taken[entry.name] = entry.reference
        elif entry.text is not None:
            env[entry.name] = entry.text
    backend = rendered(tree.get(BACKEND_KEY))
    if backend:
        env[BACKEND_VARIABLE] = backend
    known = {*env, *taken}
    path = env.get(PATH_VARIABLE)
    sizes = _sizes(deployment)
    if not (path or "").strip() and any(size.where == "object" for size in sizes):
        raise Refused(
            f"{deployment.id} has no path, and without one Airflow writes to the folder that it happens to run in, not "
            "to a store; set a path first"
        )
    return Settings(
        deployment,
        env,
        taken,
        tuple(name for name in VARIABLES.values() if name not in known),
        path,
        sizes,
        _image(tree),
        _service_account(tree),
        OWN + secrets.token_hex(6),
        pending,
        workspace.fleet.called(deployment.id),
    )


def _check(deployment: Deployment) -> None:
    fields = deployment.config.fields
    for name in _MUST_BE_KNOWN:
        if fields[name].state == "conflict":
            why = fields[name].problem or "it is set twice with different outcomes"
            why = why[:1].lower() + why[1:].rstrip(".")
            raise Refused(f"{deployment.id}: there is no one {name} to try: {why}. Settle it first (`show` says where)")
    if fields["connection"].state == "conflict":
        raise Refused(f"{deployment.id}: there is no one connection to try: {fields['connection'].problem}")
    if fields["path"].state == "reference":
        raise Refused(
            f"{deployment.id}: the path comes from {fields['path'].reference}, so nobody can say beforehand where a "
            "probe would write; probe a deployment whose path is in Git"
        )
    if fields["backend"].state == "unset":
        raise Refused(f"{deployment.id} has no XCom backend of its own, so there is no store to try; set one first")


def _root(workspace: Editing, deployment: Deployment, contents: Mapping[str, bytes]) -> Node:
    repo, home = workspace.home_of(deployment.id)
    mine = {within(repo, file): data for file, data in contents.items() if belongs(repo, file)}
    editor = home.layer_edits() if deployment.stack else None
    if editor is not None:
        return editor.root(within(repo, deployment.id), mine)
    file = home.real_file(within(repo, deployment.file))
    try:
        return ValuesFile.parse(mine[file] if file in mine else home.read_now(file)).root
    except Unreadable as problem:
        raise ToolError(f"{deployment.file} can no longer be read: {problem}") from None


def _sizes(deployment: Deployment) -> tuple[Size, ...]:
    """Sizes around the threshold: one byte below it, exactly at it, and a large one."""
    value = deployment.field("threshold").value
    threshold = value if isinstance(value, int) else DEFAULT_THRESHOLD
    around = {_SMALL, LARGE}
    if 2 < threshold <= _LARGEST:
        around |= {threshold - 1, threshold}
        if threshold > LARGE:
            around -= {LARGE}
    return tuple(
        Size(size, "object" if 0 <= threshold <= size else "db") for size in sorted(around) if size >= _least(threshold)
    )


def _least(threshold: int) -> int:
    return min(_SMALL, threshold - 1) if threshold > 2 else 2


def _image(tree: Tree) -> str | None:
    """The image that tasks run in: a worker's own, else the chart's."""
    holders: list[Node] = [holder for holder, _, name, hidden in tree.components if name.startswith("worker ")]
    for holder in (*holders, tree):
        found = rendered(holder.get("image")) if holder.kind == "mapping" else None
        if found:
            return found
    return None


def _service_account(tree: Tree) -> str | None:
    accounts = tree.get("serviceAccount")
    workers = accounts.get("workers") if accounts is not None and accounts.kind == "mapping" else None
    return rendered(workers.get("name")) or None if workers is not None and workers.kind == "mapping" else None


def _parts(text: str) -> set[str]:
    """A secret as a whole and what is secret in it, should an error quote a part."""
    found = {text, text.strip()}
    if "://" in text:
        user = text.partition("://")[2].rpartition("@")[0]
        found |= {user, user.partition(":")[2], unquote(user.partition(":")[2])}
    return found | (_leaves(text) - _leaves(mask_connection(text)))


def _leaves(text: str) -> set[str]:
    """Every text in a JSON text, also in JSON that is in a string; none where it is not JSON."""
    try:
        rest = [json.loads(text)]
    except (ValueError, RecursionError):
        return set()
    found: set[str] = set()
    while rest:
        item = rest.pop()
        if isinstance(item, dict):
            rest += item.values()
        elif isinstance(item, list):
            rest += item
        elif isinstance(item, str):
            found |= {item} | (_leaves(item) if item.lstrip().startswith("{") else set())
    return found
