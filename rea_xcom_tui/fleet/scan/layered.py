"""Deployments that are made of layers: from an entry point to a row with the values in force."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import msgspec

from rea_xcom_tui.fleet.model import Deployment, LayerInfo, Layouts, UnusedFile
from rea_xcom_tui.fleet.scan.judge import judged_in
from rea_xcom_tui.fleet.scan.layer_findings import layer_findings, with_what_is_open
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.effective import Effective, effective
from rea_xcom_tui.layouts.model import AGENT_CHART, EntryPoint, Layer, Options, Problem
from rea_xcom_tui.layouts.naming import environment
from rea_xcom_tui.layouts.patterns import matches
from rea_xcom_tui.layouts.quick_values import plain_file, quick_values
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.user.layout_settings import HelmEngine
from rea_xcom_tui.values.documents import Documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.quick_layers import Known, quickly
from rea_xcom_tui.xcom.masking import without_passwords
from rea_xcom_tui.xcom.model import FIELDS, Configuration, Finding, Node
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.recognise import recognise
from rea_xcom_tui.xcom.rules.ignores import MARK
from rea_xcom_tui.xcom.rules.settings import LayerText, RuleContext
from rea_xcom_tui.xcom.tree import Tree as ValuesTree
from rea_xcom_tui.xcom.versions import header

_DEFAULT_ENGINE: HelmEngine = "4.2"
_BATCH = 200
Told = Callable[[int, int, Sequence[Deployment]], None]
"""Called with the entry points read so far, how many there are, and rows found since the last call."""


def look(tree: Tree, reading: Reading) -> Layouts:
    """The entry points among the files of a tree, which are looked for when they are first asked for."""
    return Layouts(tree, Options(reading.layouts, reading.environments), reading.engine)


@dataclass(frozen=True, slots=True)
class Layered:
    """What the entry points of a repo come to."""

    rows: tuple[Deployment, ...]
    """The deployments of the agent among them."""
    reached: frozenset[str]
    """Every file that is part of some deployment, of the agent or not."""
    problems: tuple[Problem, ...] = ()
    """What is wrong that no deployment can carry."""
    unnamed: bool = False
    """Whether something deploys the agent's chart under names that Git does not show."""

    @property
    def deploys(self) -> bool:
        """Whether entry points of the repo deploy the agent's chart, so that what they are made of is not a row
        itself."""
        return bool(self.rows) or self.unnamed


def layered_in(layouts: Layouts, reading: Reading, progress: Told | None = None) -> Layered:
    """The deployments of all entry points, each read again."""
    rows: list[Deployment] = []
    total = len(layouts.found.entries)
    for done, entry in enumerate(layouts.found.entries, start=1):
        row = read_entry(entry, layouts.tree, reading)
        rows += [row] if row is not None else []
        if progress is not None and (done % _BATCH == 0 or done == total):
            progress(done, total, ())
    found = layouts.found
    return Layered(tuple(rows), found.reached, found.problems, found.unnamed)


def as_before(layouts: Layouts) -> Reading:
    """How to read other states of the repo, for comparing values and not for judging them."""
    return Reading(tuple(layouts.options.environments), layouts=layouts.options.settings, judged=False)


def read_entry(entry: EntryPoint, tree: Tree, reading: Reading, dirty: Collection[str] = ()) -> Deployment | None:
    """Read an entry point as a deployment; None where it deploys something else than the agent."""
    made: Effective | None = None
    quick: Node | None = quick_values(entry, tree)
    if quick is None:
        made = effective(entry, tree, reading.layouts.engine or _DEFAULT_ENGINE)
        known: Known = tree.memo.setdefault("quick", {})  # type: ignore[assignment]
        quick = quickly(made.stack.root, known) or made.stack.root
    root = ValuesTree(quick)
    if (made is not None and made.stack.disabled) or not (entry.chart.name == AGENT_CHART or recognise(root).is_agent):
        return None
    config = _configuration(entry, tree, root)
    said, config = config, with_what_is_open(config, entry, made)
    env = entry.env or _environment(entry, reading)
    context = _context(entry, tree, reading, env)
    judged = judged_in(root, config, context) if reading.judged else None
    # No rule hangs on a field that a layer outside Git may set: what it says of the field would be a guess.
    findings = [one for one in judged.findings if not _is_open(one, said, config)] if judged is not None else []
    if judged is not None:
        config, own = layer_findings(config, entry, tree, made, reading)
        findings = sorted((*findings, *own), key=lambda finding: (finding.layer, finding.line, finding.code))
    flat = entry.flat_layers
    return Deployment(
        id=entry.id,
        name=entry.name,
        env=env,
        namespace=entry.namespace or config.namespace,
        file=entry.file,
        config=without_passwords(config),
        layout=entry.layout,
        layers=tuple(layer.source for layer in flat if not layer.layers),
        findings=tuple(findings),
        dirty=not dirty_free(entry, dirty),
        digest=_digest(entry, tree),
        row=judged.row if judged is not None else None,
        ignores=judged.ignores if judged is not None else (),
        stack=tuple(
            LayerInfo(each.source, each.file, each.kind, each.why_not, each.is_opaque, each.through) for each in flat
        ),
        cluster=entry.cluster,
    )


def _is_open(finding: Finding, said: Configuration, config: Configuration) -> bool:
    """Whether a finding is about a field that only what is outside of this repo sets or fills in.

    `said` is the configuration as the layers say it by themselves.
    """
    reading = config.fields[finding.field] if finding.field is not None else None
    if reading is None or reading.state != "reference":
        return False
    return not reading.places or said.fields[reading.name].state != "reference"


def dirty_free(entry: EntryPoint, dirty: Collection[str]) -> bool:
    """Whether none of an entry point's files is among the changed ones."""
    return not dirty or not any(file in dirty for file in entry.files)


def _configuration(entry: EntryPoint, tree: Tree, root: ValuesTree) -> Configuration:
    texts = (text for layer in entry.flat_layers if not layer.pointer and (text := _text(tree, layer)) is not None)
    return read(root, header=next((head for text in texts if (head := header(text))), ""))


def _environment(entry: EntryPoint, reading: Reading) -> str | None:
    """The environment that the paths tell, the entry point's own before those of its layers, the strongest first."""
    files = [entry.file, *(layer.file for layer in reversed(entry.flat_layers) if layer.file)]
    told = next((env for file in files if (env := environment(file, reading.environments))), None)
    if told is None and entry.cluster is not None:
        # A file of its own for each cluster, called after it, is what tells environments of any name apart.
        stems = [file.rpartition("/")[2].split(".", 1)[0] for file in files[1:]]
        told = entry.cluster if any(stem.endswith(f"-{entry.cluster}") for stem in stems) else None
    return told


def _text(tree: Tree, layer: Layer) -> str | None:
    """The text that a layer is, without parsing it where nobody has."""
    if layer.kind == "values file" and (plain := plain_file(tree, layer)) is not None:
        return plain.text
    found = _documents(tree, layer)
    return found.text if found is not None else None


def _documents(tree: Tree, layer: Layer) -> Documents | None:
    """The documents of the text that a layer is: its file's, or those of the text within it."""
    if not layer.file or layer.is_opaque or layer.content is not None:
        return None
    if layer.kind == "values text":
        inner = tree.memo.get(("text", layer.file, layer.document, layer.pointer))
        return inner if isinstance(inner, Documents) else None
    try:
        return tree.documents(layer.file)
    except (LinkOut, Unreadable):
        return None


def _context(entry: EntryPoint, tree: Tree, reading: Reading, env: str | None) -> RuleContext:
    texts = []
    for number, layer in enumerate(entry.flat_layers):
        # Comments in a text within a file are counted from its first line; nobody has asked for them there yet.
        if layer.kind == "values text" or MARK not in (_text(tree, layer) or ""):
            continue
        if (found := _documents(tree, layer)) is not None:
            texts.append(LayerText(number, found.text, found.comment_on))
    return RuleContext(
        today=reading.today, settings=reading.rules, file=entry.file, id=entry.id, env=env, texts=tuple(texts)
    )


def _digest(entry: EntryPoint, tree: Tree) -> str:
    """A name for the content of all files that are part of it."""
    hasher = hashlib.blake2b(entry.id.encode("utf-8", "surrogateescape"), digest_size=20)
    for file in entry.files:
        hasher.update(file_digest(tree, file))
    return hasher.hexdigest()


def file_digest(tree: Tree, file: str) -> bytes:
    """A name for the content of a file, worked out once for each tree."""
    key = ("digest", file)
    known = tree.memo.get(key)
    if isinstance(known, bytes):
        return known
    try:
        data = tree.read(file)
    except LinkOut:
        data = None
    made = hashlib.blake2b(data, digest_size=20).digest() if data is not None else b"none"
    tree.memo[key] = made
    return made


@dataclass(frozen=True, slots=True)
class Sorted:
    """The plain values files of a repo with entry points: deployments that nothing reaches, and leftovers."""

    rows: tuple[Deployment, ...]
    unused: tuple[UnusedFile, ...]


def sort_plain(plain: Collection[Deployment], layered: Layered, tree: Tree, reading: Reading) -> Sorted:
    """What becomes of the files that look like values by themselves.

    One that is a part of a deployment is not a row. In a repo whose entry points deploy the agent's chart, a complete
    file that none of them reaches is marked, unless the configuration says that it is deployed, and an incomplete one
    is listed as unused; any other repo has them as its deployments. So has one whose only entry points deploy it under
    names that Git does not show: whichever those are, the files may be theirs.
    """
    if not layered.deploys:
        return Sorted(tuple(plain), ())
    left = [deployment for deployment in plain if not is_reached(layered, tree, deployment.file)]
    if not layered.rows:
        return Sorted(tuple(left), ())
    rows: list[Deployment] = []
    unused: list[UnusedFile] = []
    for deployment in left:
        if matches(deployment.file, reading.layouts.deployed):
            rows.append(deployment)
        elif missing := _missing(deployment.config):
            unused.append(UnusedFile(deployment.file, f"no entry point reaches it, and it sets no {missing}"))
        else:
            rows.append(msgspec.structs.replace(deployment, unreached=True))
    return Sorted(tuple(rows), tuple(unused))


def is_reached(layered: Layered, tree: Tree, file: str) -> bool:
    """Whether a file, or the one that it is a link to, is part of some deployment."""
    if file in layered.reached:
        return True
    try:
        return bool(tree.links) and tree.resolve(file) in layered.reached
    except LinkOut:
        return False


def _missing(config: Configuration) -> str:
    """What a file lacks for values of a whole deployment; empty for a complete one."""
    lacking = [name for name in FIELDS[:2] if config.fields[name].state == "unset"]
    return " and no ".join(lacking)
