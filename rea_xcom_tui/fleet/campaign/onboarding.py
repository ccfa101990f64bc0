"""A new deployment in the fleet's own layout: modelled on a sibling, named and placed as the fleet does.

What belongs to the sibling alone is copied with other names: its values file, its Application, its folder. Where a file
is shared (a list, a file of many documents, a kustomization), the sibling's entry is copied within it. Then the
settings are carried as a promotion carries them, and the repo is read as it would be: one deployment more, and nothing
else different, or it is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.campaign.connecting import harmless_connection, undefined_connection
from rea_xcom_tui.fleet.campaign.sibling_files import SiblingFiles, Wanted, names_of, team_and_short, with_new_name
from rea_xcom_tui.fleet.campaign.siblings import siblings_of
from rea_xcom_tui.fleet.edit.apply import State, apply_edit
from rea_xcom_tui.fleet.edit.layers import LayerEdits
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.edit.plan import FilePlan, Foreseen, Plan, Refusal
from rea_xcom_tui.fleet.edit.shown_diff import plain_diff
from rea_xcom_tui.fleet.model import Deployment, UnreadableFile
from rea_xcom_tui.fleet.scan.layered import look, read_entry
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.cloning import with_mapping
from rea_xcom_tui.xcom.compare import field_deltas
from rea_xcom_tui.xcom.drift.patterns import generalised
from rea_xcom_tui.xcom.model import FIELDS, FieldName
from rea_xcom_tui.xcom.placeholders import variants
from rea_xcom_tui.xcom.promoting import CannotCarry, End, Surroundings, carry

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,51}[a-z0-9])?")
"""A Helm release's name: at most 53 characters of a DNS name (Helm documentation)."""

_OF_ITS_OWN = ("ASTRO_DEPLOYMENT_ID", "ASTRO_DEPLOYMENT_NAMESPACE", "astroDeploymentAPIURL")
"""What Astro gives each deployment, which no pattern tells: the chart's key, and variables in its `commonEnv`."""

_NOT_CARRIED: tuple[FieldName, ...] = ("connection",)


@dataclass(frozen=True, slots=True)
class Onboarding:
    """What a new deployment would be; nothing is written yet."""

    name: str
    row: Deployment
    """The deployment as it would be read."""
    files: tuple[FilePlan, ...]
    open: tuple[str, ...]
    """What the fleet's pattern does not tell and nobody has given, each as a sentence: it cannot be deployed so."""
    hints: tuple[str, ...] = ()
    """What else a person should look at."""
    left_out: tuple[str, ...] = ()
    """Files of the sibling that were not copied, because they hold secrets."""

    @property
    def plan(self) -> Plan:
        """The same for the gate of writes."""
        return Plan(self.files, ())

    @property
    def title(self) -> str:
        """The first line of a message."""
        return f"add {clean(self.name, 53)}"


def check_name(name: str, taken: Iterable[str] = ()) -> None:
    """Raise `ValueError` with one sentence where a deployment cannot be called so."""
    if not _NAME.fullmatch(name):
        raise ValueError("a name has at most 53 small letters, digits, hyphens and dots, and ends in a letter or digit")
    if name in taken:
        raise ValueError(f"{name} is already the name of a deployment of this fleet")


def new_deployment(workspace: Workspace, sibling: Deployment, wanted: Wanted) -> Onboarding:
    """Work out a new deployment after a sibling. Raises `Refused` with one sentence where it cannot be made exactly."""
    env = wanted.env or sibling.env
    taken = [one.name for one in workspace.fleet.deployments if one.env == env]
    try:
        check_name(wanted.name, taken)
    except ValueError as problem:
        raise Refused(str(problem)) from problem
    names = _names(sibling, wanted)
    copy = SiblingFiles(workspace, sibling, wanted, names)
    contents = copy.contents()
    row, contents = _with_settings(workspace, sibling, wanted, names, contents, copy)
    files = tuple(_file_plan(workspace, path, data) for path, data in sorted(contents.items()))
    open_ = tuple(filter(None, (*_open(sibling, wanted, copy), undefined_connection(sibling, row))))
    return Onboarding(wanted.name, row, files, open_, tuple(_hints(row, sibling, wanted)), tuple(copy.secrets))


def _names(sibling: Deployment, wanted: Wanted) -> Mapping[str, str]:
    """What placeholders stand for in the new deployment, whose team is the sibling's."""
    team, short = team_and_short(sibling)
    own = wanted.name
    if team and sibling.name == f"{team}-{short}" and own.startswith(f"{team}-"):
        own = own.removeprefix(f"{team}-")
    elif sibling.env and sibling.name == f"{short}-{sibling.env}":
        own = wanted.name.removesuffix(f"-{wanted.env or sibling.env}")
    found = {"name": wanted.name, "short": own}
    for key, word in (("team", team), ("env", wanted.env or sibling.env)):
        if word:
            found[key] = word
    namespace = wanted.namespace or _namespace(sibling, found)
    return variants({**found, **({"namespace": namespace} if namespace else {})})


def _namespace(sibling: Deployment, names: Mapping[str, str]) -> str | None:
    if sibling.namespace is None:
        return None
    theirs = {key: word for key, word in names_of(sibling).items() if not key.startswith("namespace")}
    return generalised(sibling.namespace, theirs).render(variants(names)) or sibling.namespace


def _file_plan(workspace: Workspace, path: str, data: bytes) -> FilePlan:
    made = not (workspace.root / path).exists()
    before = b"" if made else workspace.read_now(path)
    foreseen = Foreseen(None, plain_diff(before, data), ()) if path.endswith(".tf") else None
    return FilePlan(path, before, data, (), made=made, foreseen=foreseen)


def _with_settings(
    workspace: Workspace,
    sibling: Deployment,
    wanted: Wanted,
    names: Mapping[str, str],
    contents: dict[str, bytes],
    copy: SiblingFiles,
) -> tuple[Deployment, dict[str, bytes]]:
    """The new deployment with its settings carried and set, and the files with these edits."""
    row, read = _read_as_if(workspace, contents, wanted)
    _check_alike(row, sibling, wanted)
    if wanted.content is not None or wanted.others:
        if wanted.content is not None:
            wanted = replace(wanted, content=with_new_name(wanted.content, sibling.name, wanted.name))
        contents = _with_own_values(row, contents, wanted, names)
        row, read = _read_as_if(workspace, contents, wanted)
    for field, text in _settings(workspace, sibling, row, wanted, names):
        try:
            value = None if text is None else workspace.check(field, text, row).value
        except ValueError as problem:
            raise Refused(f"{field}: {problem}") from problem
        if value == row.config.fields[field].value:
            continue
        contents = _edited(workspace, row, field, value, text or "", contents, read)
        row, read = _read_as_if(workspace, contents, wanted)
    if defined := _connection(workspace, sibling, wanted, row):
        contents = _with_own_values(row, contents, replace(wanted, content=None, others=defined), names)
        row, read = _read_as_if(workspace, contents, wanted)
    return row, contents


def _connection(workspace: Workspace, sibling: Deployment, wanted: Wanted, row: Deployment) -> dict[str, str]:
    """What defines the connection that a row's path names, where the user's own content does not; see `connecting`."""
    if wanted.content is None or not undefined_connection(sibling, row):
        return {}
    theirs, ours = str(sibling.field("identity").value), row.field("identity").value
    told = harmless_connection(workspace, sibling).items()
    named = {key: with_new_name(text.encode(), sibling.name, wanted.name).decode() for key, text in told}
    # An Azure connection names the identity, too.
    return {key: text.replace(theirs, str(ours)) if ours is not None else text for key, text in named.items()}


def _check_alike(row: Deployment, sibling: Deployment, wanted: Wanted) -> None:
    """Raise `Refused` where what would be there is deployed in another way than the sibling, or under another name."""
    if row.name == wanted.name and row.layout == sibling.layout and row.unreached == sibling.unreached:
        return
    if row.unreached:
        how = "no entry point would name it"
    elif row.layout != sibling.layout:
        how = f"{clean(row.file)} would be there, and what deploys the sibling would not deploy it"
    else:
        how = f"it would be called {clean(row.name)} and not {clean(wanted.name)}"
        if wanted.namespace and wanted.namespace == row.namespace and wanted.namespace in row.name:
            how += ", because names are made of the namespace there: leave the namespace out"
    raise Refused(
        f"{clean(sibling.id)} is deployed in a way that cannot be followed here ({how}), so nothing is added; copy "
        "the sibling's part by hand"
    )


def _with_own_values(
    row: Deployment, contents: Mapping[str, bytes], wanted: Wanted, names: Mapping[str, str]
) -> dict[str, bytes]:
    """The files with the user's own content and the keys that were given, where the new deployment's values are."""
    place = _values_place(row, contents)
    if place is None:
        raise Refused(
            f"the values of {clean(row.name)} are not in a file of their own, so nothing can be set there; "
            "edit it by hand"
        )
    file, address = place
    try:
        return {**contents, file: _with_others(contents[file], address, wanted, names)}
    except (values.RefusedEdit, values.Unreadable) as problem:
        raise Refused(f"{clean(file)}: {problem}") from problem


def _values_place(row: Deployment, contents: Mapping[str, bytes]) -> tuple[str, tuple[str | int, ...]] | None:
    """The file in which the new deployment's own values are, and the keys that lead there."""
    if not row.stack:
        return row.file, ()
    for layer in reversed(row.stack):
        if layer.file not in contents or layer.why_not or layer.opaque:
            continue
        steps = [step for step in layer.source.partition("#")[2].split("/") if step]
        alias = (row.id.partition("?chart=")[2],) if row.layout == "umbrella" else ()
        return layer.file, (*filter(None, alias), *(int(step) if step.isdigit() else step for step in steps))
    return None


def _with_others(data: bytes, at: tuple[str | int, ...], wanted: Wanted, names: Mapping[str, str]) -> bytes:
    """The values with the user's own content, its name and namespace, and the keys that were given."""
    edits: list[values.Edit] = []
    if wanted.content is not None:
        data = _with_content(data, at, wanted.content)
    parsed = values.ValuesFile.parse(data)
    given = dict(wanted.others or {})
    if wanted.content is not None:
        given = {"resourceNamePrefix": wanted.name, **given}
        if names.get("namespace"):
            given.setdefault("namespace", names["namespace"])
    env = parsed.find((*at, "commonEnv"))
    variables = {item.get("name").text for item in env.items if item.get("name")} if env is not None else set()  # type: ignore[union-attr]
    for key, text in given.items():
        if key.isupper():
            if key in variables:
                edits.append(values.SetText((*at, "commonEnv", ("name", key), "value"), text))
            else:
                edits.append(values.AppendItem((*at, "commonEnv"), (("name", key), ("value", text))))
        elif parsed.find((*at, key)) is not None:
            edits.append(values.SetText((*at, key), text))
        else:
            edits.append(values.AddKey(at, key, text))
    return values.edit(data, edits)


def _with_content(data: bytes, at: tuple[str | int, ...], content: bytes) -> bytes:
    """The user's own values in place of those that are there; a section of a chart stays switched on."""
    if not at:
        return content
    parsed = values.ValuesFile.parse(data)
    switched = parsed.find((*at, "enabled")) is not None and values.ValuesFile.parse(content).find(("enabled",)) is None
    return with_mapping(data, at, (b"enabled: true\n" if switched else b"") + content)


def _settings(
    workspace: Workspace, sibling: Deployment, row: Deployment, wanted: Wanted, names: Mapping[str, str]
) -> Iterable[tuple[FieldName, str | None]]:
    """The settings that the new deployment is to have: those given, else those of the sibling by their pattern."""
    given = dict(wanted.fields or {})
    for field in FIELDS:
        if field in given:
            yield field, given[field]
            continue
        reading = sibling.field(field)
        if field in _NOT_CARRIED or reading.state not in ("set", "unset") or not isinstance(reading.value, str | int):
            continue
        neighbours = [one for one in workspace.fleet.deployments if one.env == (wanted.env or sibling.env)]
        around = Surroundings(
            frozenset({str(reading.value)}),
            frozenset(str(one.field(field).value) for one in neighbours if one.field(field).state == "set"),
        )
        source = End(sibling.id, names_of(sibling), reading.value)
        try:
            made = carry(field, source, End(wanted.name, names, None), around, both_ways=False)
        except CannotCarry as problem:
            raise Refused(f"{problem}: give {field}=VALUE") from problem
        yield field, str(made)


def _edited(
    workspace: Workspace,
    row: Deployment,
    field: FieldName,
    value: str | int | None,
    text: str,
    contents: dict[str, bytes],
    read: LayerEdits | None,
) -> dict[str, bytes]:
    old = row.config.fields[field].value
    edit = SetField(row.id, field, old, value, text, row.file)
    if not row.stack or read is None:
        return {**contents, row.file: apply_edit(State.of(contents[row.file]), edit).parsed.encode()}
    layer = row.layer_at(read.choose(row, field))
    if layer.file not in contents:
        raise Refused(
            f"{field} of {clean(row.name)} would be set in {clean(layer.file)}, which other deployments share; give "
            f"{field} the shared value, or edit it by hand"
        )
    edit = replace(edit, file=layer.file, layer=layer.source)
    return {**contents, layer.file: read.apply(contents[layer.file], edit, contents)}


def _read_as_if(
    workspace: Workspace, contents: Mapping[str, bytes], wanted: Wanted
) -> tuple[Deployment, LayerEdits | None]:
    """The one new deployment that the repo would have. Raises `Refused` where it is not one, or others change."""
    known = workspace.fleet
    reading = workspace.reading()
    fresh: list[Deployment] = []
    editor: LayerEdits | None = None
    reached: frozenset[str] = frozenset()
    if known.layouts is not None:
        tree = known.layouts.tree
        now = Tree(
            {*tree.paths, *contents},
            lambda path: contents[path] if path in contents else tree.read(path),
            links=tree.links,
            remotes=tree.remotes,
        )
        found = look(now, reading)
        reached = found.found.reached
        rows = [row for entry in found.found.entries if (row := read_entry(entry, now, reading)) is not None]
        _check_others(workspace, rows)
        fresh += [row for row in rows if row.id not in known.by_id]
        editor = LayerEdits(
            found, reading, lambda path: contents[path] if path in contents else workspace.read_now(path)
        )
    for path, data in contents.items():
        plain = read_deployment(path, data, reading) if path not in reached and path not in known.by_id else None
        if isinstance(plain, UnreadableFile):
            raise Refused(f"{clean(path)} could not be read: {plain.message}")
        fresh += [plain] if plain is not None else []
    if len(fresh) != 1:
        named = ", ".join(clean(row.id) for row in fresh[:3]) or "none"
        raise Refused(
            f"this would not add one deployment but {len(fresh)} ({named}), so the layout is not understood well "
            "enough; add it by hand"
        )
    return fresh[0], editor


def _check_others(workspace: Workspace, rows: Iterable[Deployment]) -> None:
    for row in rows:
        was = workspace.fleet.by_id.get(row.id)
        if was is not None and any(field_deltas(row.id, was.config.fields, row.config.fields)):
            raise Refused(f"this would also change {clean(row.id)}, so it is not done; add it by hand")


def _open(sibling: Deployment, wanted: Wanted, copy: SiblingFiles) -> Iterable[str]:
    """What nobody has said about the new deployment."""
    given = wanted.others or {}
    for key in _OF_ITS_OWN if wanted.content is None else ():
        word = re.compile(rb"\b" + key.encode() + rb"\b")
        if key not in given and any(word.search(copy.workspace.read_now(old)) for old in copy.paths):
            yield f"{key} would be that of {clean(sibling.name)}; give {key}=VALUE"


def _hints(row: Deployment, sibling: Deployment, wanted: Wanted) -> Iterable[str]:
    if wanted.namespace is None and sibling.namespace is not None and row.namespace == sibling.namespace:
        yield f"it shares the namespace {clean(row.namespace)} with {clean(sibling.name)}; give namespace=NAME if not"


def enable(workspace: Workspace, target: Deployment, fields: Mapping[FieldName, str]) -> tuple[int, list[Refusal]]:
    """Make pending what turns object storage on for a deployment, see `enabling`: how many edits, and what is refused.

    Nothing is pending where anything is refused; one undo takes all of it back. Raises `Refused`.
    """
    before = workspace.pending.copy()
    wanted = enabling(workspace, target, fields)
    refused: list[Refusal] = []
    for field, text in wanted:
        refused += workspace.edit([target.id], field, text)[1]
    refused += workspace.drop_refused()
    made = [edit for edit in workspace.pending.of(target.id) if edit not in before.edits]
    workspace.pending.restore(before)
    if not refused:
        workspace.pending.put(made, f"turn XCom on for {clean(target.name)}")
    return len(wanted), refused


def enabling(workspace: Workspace, target: Deployment, fields: Mapping[FieldName, str]) -> list[tuple[FieldName, str]]:
    """The settings that turn XCom's object storage on for a deployment that has none: given ones, else a sibling's.

    Raises `Refused` where it has a path already, or nothing tells a setting.
    """
    if target.field("path").state != "unset":
        raise Refused(f"{clean(target.id)} already has a path ({target.field('path').state}); change it with `set`")
    near = [one for one in siblings_of(workspace, target.env, target.name, near=target.repo) if one.id != target.id]
    found: list[tuple[FieldName, str]] = [(name, text) for name, text in fields.items()]
    if not near:
        missing = [name for name in ("backend", "path") if name not in fields]
        if missing:
            raise Refused(
                f"no other deployment of {clean(target.env or 'this fleet')} has XCom in object storage, so nothing "
                f"tells {' and '.join(missing)}; give {' '.join(f'{name}=VALUE' for name in missing)}"
            )
        return found
    wanted = Wanted(target.name, target.env, target.namespace, fields=fields)
    team, (own_team, short) = team_and_short(near[0])[0], team_and_short(target)
    # What tells the two parts of a name may be the path itself; without one a file tells, such as a chart's for many.
    shared = team and target.name.startswith(f"{team}-") and (not own_team or short not in target.name)
    names = _names(near[0], wanted) if shared else names_of(target)
    told = _settings(workspace, near[0], target, wanted, names)
    known = {name: text for name, text in told if text is not None}
    return [(name, known[name]) for name in FIELDS if name in known and name != "connection"]
