"""From wanted values to bytes: the plan for all pending edits, of which what is known already is not made again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.many import Task, planned
from rea_xcom_tui.fleet.edit.pending import Declare, LayerEdit, PendingEdit
from rea_xcom_tui.fleet.edit.plan import FilePlan, Known, Plan, PlanLayers, Planned, ReadBytes, Refusal
from rea_xcom_tui.fleet.scan.pool import Crew
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.xcom.model import Configuration

Says = Callable[[str, bytes], Configuration | None]
"""What the bytes of a file say (passwords hidden), where that is known."""


def plan_edits(
    edits: Iterable[PendingEdit],
    file_of: Callable[[PendingEdit], str],
    read_bytes: ReadBytes,
    progress: Callable[[int, int], None] | None = None,
    reading: Reading | None = None,
    known: Known | None = None,
    in_layers: PlanLayers | None = None,
    says: Says | None = None,
    crew: Crew | None = None,
) -> Plan:
    """Make every edit in memory and prove it; what cannot be made is refused, the rest is planned.

    Edits of one file are made one after the other, each on the bytes that the one before left, so that each is proved
    on its own. Nothing is written. `reading` is how the repo's configuration judges files; what is `known` from an
    earlier plan is taken from there, and what is new is added. `in_layers` plans the edits of layers.
    """
    groups: dict[str, list[PendingEdit]] = {}
    files: list[FilePlan] = []
    refused: list[Refusal] = []
    layered: list[LayerEdit] = []
    for edit in edits:
        try:
            if not isinstance(edit, Declare) and edit.layer:
                layered.append(replace(edit, file=file_of(edit)))
                continue
            groups.setdefault(file_of(edit), []).append(edit)
        except ToolError as gone:
            refused.append(Refusal(edit.deployment, edit.field, str(gone)))
    found = plan_files(groups, read_bytes, reading, {} if known is None else known, progress, says, crew)
    for file in groups:
        plan, refusals = found[file]
        refused += refusals
        files += [plan] if plan is not None else []
    if layered and in_layers is not None:
        plan_of_layers = in_layers(layered)
        files += plan_of_layers.files
        refused += plan_of_layers.refused
    return Plan(tuple(files), tuple(refused))


def plan_files(
    groups: Mapping[str, Sequence[PendingEdit]],
    read_bytes: ReadBytes,
    reading: Reading | None,
    known: Known,
    progress: Callable[[int, int], None] | None = None,
    says: Says | None = None,
    crew: Crew | None = None,
) -> dict[str, Planned]:
    """The plan for each of some files; the earlier one where neither the file's bytes nor the edits are others.

    Many files are planned in child processes, those of the `crew` where there is one. `progress` is called with the
    files done and their number, also while none gets done; what it raises ends the work.
    """
    found: dict[str, Planned] = {}
    tasks: list[Task] = []

    def tell() -> None:
        if progress is not None:
            progress(len(found), len(groups))

    for file, edits in groups.items():
        tell()
        wanted = list(edits)
        try:
            now = read_bytes(file)
        except ToolError as error:
            found[file] = None, [Refusal(edit.deployment, edit.field, str(error)) for edit in wanted]
            continue
        earlier = known.get(file)
        if earlier is not None and earlier[:2] == (now, wanted):
            found[file] = earlier[2]
        else:
            tasks.append(Task(file, now, wanted, says(file, now) if says is not None and now is not None else None))
    for task, outcome in planned(tasks, reading or Reading(), crew, tell):
        found[task.file] = outcome
        known[task.file] = (task.before, task.edits, outcome)
        tell()
    return found
