"""Where findings end in their files, and which stretches of text their fixes would replace."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.fixes import fixed
from rea_xcom_tui.fleet.edit.state import FleetState
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.ends import Ends, Position, Replacement, replacements
from rea_xcom_tui.values.reading import decode
from rea_xcom_tui.xcom.model import Finding


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a finding reaches, and its fix."""

    end: Position
    fix: tuple[Replacement, ...]


def extents(
    rows: Iterable[tuple[Deployment, Finding]], read: Callable[[str], bytes], reading: Reading
) -> dict[tuple[str, Finding], Extent]:
    """The extent of each finding whose file can be read, by the deployment's id and the finding.

    `read` gives a file's bytes in the state that was judged, and raises `ToolError` where it cannot.
    """
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
        after = fixed(data, deployment, (finding,), reading) if finding.fix and file == deployment.file else data
        changes = replacements(text, decode(after)[0]) if after != data else []
        found[deployment.id, finding] = Extent(end, tuple(changes))
    return found


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
