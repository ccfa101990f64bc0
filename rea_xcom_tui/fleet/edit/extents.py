"""Where findings end in their files, and which stretches of text their fixes would replace."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.fixes import fixed, fixed_in_layers
from rea_xcom_tui.fleet.edit.state import FleetState
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.ends import Ends, Position, Replacement, replacements
from rea_xcom_tui.values.reading import decode
from rea_xcom_tui.xcom.model import Finding

InLayers = Callable[[str, Sequence[tuple[Deployment, Finding]]], bytes | None]
"""What a layer's file is after the fix of a finding for all deployments that have it there, or None."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a finding reaches, and its fix."""

    end: Position
    fix: tuple[Replacement, ...]


def extents(
    rows: Sequence[tuple[Deployment, Finding]],
    read: Callable[[str], bytes],
    reading: Reading,
    in_layers: InLayers | None = None,
) -> dict[tuple[str, Finding], Extent]:
    """The extent of each finding whose file can be read, by the deployment's id and the finding.

    `read` gives a file's bytes in the state that was judged, and raises `ToolError` where it cannot. `in_layers` works
    out fixes of deployments made of layers; without it, these have none.
    """
    told = _together(rows)
    layered: dict[_Key, bytes | None] = {}
    texts: dict[str, tuple[bytes, str, Ends] | None] = {}
    found: dict[tuple[str, Finding], Extent] = {}
    for deployment, finding in rows:
        file = deployment.file_at(finding.layer)
        if file not in texts:
            texts[file] = _text(file, read)
        known = texts[file]
        if known is None:
            continue
        data, text, ends = known
        end = ends.of(max(finding.line, 1), max(finding.column, 1))
        after = data
        if finding.fix and not deployment.stack:
            after = fixed(data, deployment, (finding,), reading)
        elif finding.fix and in_layers is not None:
            key = _key(deployment, finding)
            if key not in layered:
                layered[key] = in_layers(file, told[key])
            after = layered[key] or data
        changes = replacements(text, decode(after)[0]) if after != data else []
        found[deployment.id, finding] = Extent(end, tuple(changes))
    return found


_Key = tuple[str, str, int, int]
"""A finding where it is, whichever deployments have it there: the file, the rule, the line and the column."""


def _key(deployment: Deployment, finding: Finding) -> _Key:
    return deployment.file_at(finding.layer), finding.code, finding.line, finding.column


def _together(rows: Iterable[tuple[Deployment, Finding]]) -> Mapping[_Key, list[tuple[Deployment, Finding]]]:
    """The findings in layers that have a fix, by where they are."""
    found: dict[_Key, list[tuple[Deployment, Finding]]] = {}
    for deployment, finding in rows:
        if deployment.stack and finding.fix:
            found.setdefault(_key(deployment, finding), []).append((deployment, finding))
    return found


def in_layers_of(workspace: FleetState) -> InLayers | None:
    """What works out fixes in the layers of a fleet as it was judged, in each repo its own; None without layers."""
    parts = {repo: part for repo, member in workspace.members.items() if (part := _in_layers(member)) is not None}
    if not parts:
        return None

    def after(file: str, told: Sequence[tuple[Deployment, Finding]]) -> bytes | None:
        repo, member = workspace.home_of(file)
        if repo not in parts:
            return None
        own = [(member.deployment(within(repo, deployment.id)), finding) for deployment, finding in told]
        return parts[repo](within(repo, file), own)

    return after


def _in_layers(workspace: FleetState) -> InLayers | None:
    from rea_xcom_tui.fleet.edit.layers import LayerEdits

    layouts = workspace.fleet.layouts
    if layouts is None:
        return None
    editor = LayerEdits(layouts, workspace.reading(), reader_of(workspace), workspace.fleet.called)

    def after(file: str, told: Sequence[tuple[Deployment, Finding]]) -> bytes | None:
        real = workspace.real_file(file)
        return fixed_in_layers(editor, workspace.deployments_of, workspace.real_file, real, told)

    return after


def reader_of(workspace: FleetState) -> Callable[[str], bytes]:
    """What reads a file of the fleet as it was judged: from the disk, or from the revision that was read."""
    ref = workspace.fleet.ref
    if ref is None:
        return workspace.read_now
    repository = workspace.repository
    blobs = {entry.path: entry.oid for entry in repository.tree(repository.resolve(ref)) if entry.oid}

    def read(file: str) -> bytes:
        oid = blobs.get(file)
        data = repository.blobs([oid]).get(oid) if oid is not None else None
        if data is None:
            raise ToolError(f"{clean(file)} cannot be read from {clean(ref)}")
        return data

    return read


def _text(file: str, read: Callable[[str], bytes]) -> tuple[bytes, str, Ends] | None:
    try:
        data = read(file)
        text, _ = decode(data)
    except ToolError:
        return None
    return data, text, Ends(text)
