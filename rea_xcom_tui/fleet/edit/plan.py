"""From wanted values to bytes: what writing the pending edits would make of each file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.compare import current_value, meaning
from rea_xcom_tui.fleet.edit.as_values_edits import edits_for
from rea_xcom_tui.fleet.edit.pending import Declare, Fix, PendingEdit, SetField
from rea_xcom_tui.fleet.scan.judge import Reading, verdict
from rea_xcom_tui.fleet.scan.read import header
from rea_xcom_tui.layouts.naming import environment
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.changes import changes_for
from rea_xcom_tui.xcom.masking import without_passwords
from rea_xcom_tui.xcom.model import FIELDS, Configuration, Finding
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.tree import Tree

Edit = TypeVar("Edit", bound=PendingEdit)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one edit cannot be made: a sentence that says what, where, why and what to do."""

    deployment: str
    field: str
    """The field, or the rule's code of a fix."""
    reason: str


@dataclass(frozen=True, slots=True)
class FilePlan:
    """One file's bytes before and after the edits."""

    file: str
    before: bytes
    after: bytes
    edits: tuple[PendingEdit, ...]
    made: bool = False
    """Whether there is no such file yet; `before` is then empty."""

    @property
    def was(self) -> bytes | None:
        """The bytes before, None where there is no such file."""
        return None if self.made else self.before


ReadBytes = Callable[[str], bytes | None]
"""Reads a file of the repo; None where there is none. Raises `ToolError` for what cannot be read."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What writing now would do."""

    files: tuple[FilePlan, ...]
    refused: tuple[Refusal, ...]

    @property
    def edits(self) -> tuple[PendingEdit, ...]:
        """All edits that would be made."""
        return tuple(edit for file in self.files for edit in file.edits)


@dataclass(frozen=True, slots=True)
class Proof:
    """What proving some edits came to."""

    files: tuple[FilePlan, ...]
    """The files as they would be, with everything else that is pending in them."""
    refused: tuple[Refusal, ...]

    def made(self, edits: Iterable[Edit]) -> list[Edit]:
        """Those of the edits that can be made."""
        bad = {(refusal.deployment, refusal.field) for refusal in self.refused}
        return [edit for edit in edits if (edit.deployment, edit.field) not in bad]


PlanLayers = Callable[[Sequence[SetField]], "Plan"]
"""Plans the edits of deployments that are made of layers, all together."""

Known = dict[str, tuple[bytes | None, list[PendingEdit], tuple[FilePlan | None, list[Refusal]]]]
"""What was planned for each file, upon which bytes and for which edits."""

_LINKED: dict[str, frozenset[str]] = {
    "path": frozenset(("path", "connection")),
    "connection": frozenset(("path", "connection")),
    "identity": frozenset(("identity",)),
}
"""Fields that one edit may change together: the connection's id is a part of the path."""


def plan_edits(
    edits: Iterable[PendingEdit],
    file_of: Callable[[PendingEdit], str],
    read_bytes: ReadBytes,
    progress: Callable[[int, int], None] | None = None,
    reading: Reading | None = None,
    known: Known | None = None,
    in_layers: PlanLayers | None = None,
) -> Plan:
    """Make every edit in memory and prove it; what cannot be made is refused, the rest is planned.

    Edits of one file are made one after the other, each upon the bytes that the one before left, so that each
    is proved on its own. Nothing is written. `reading` is how the repo's configuration judges files; what is `known`
    from an earlier plan is taken from there, and what is new is added. `in_layers` plans the edits of layers.
    """
    groups: dict[str, list[PendingEdit]] = {}
    files: list[FilePlan] = []
    refused: list[Refusal] = []
    layered: list[SetField] = []
    for edit in edits:
        try:
            if isinstance(edit, SetField) and edit.layer:
                layered.append(replace(edit, file=file_of(edit)))
                continue
            groups.setdefault(file_of(edit), []).append(edit)
        except ToolError as gone:
            refused.append(Refusal(edit.deployment, edit.field, str(gone)))
    for done, (file, wanted) in enumerate(groups.items()):
        if progress is not None:
            progress(done, len(groups))
        plan, refusals = plan_known(file, wanted, read_bytes, reading, {} if known is None else known)
        refused += refusals
        if plan is not None:
            files.append(plan)
    if layered and in_layers is not None:
        plan_of_layers = in_layers(layered)
        files += plan_of_layers.files
        refused += plan_of_layers.refused
    return Plan(tuple(files), tuple(refused))


def plan_known(
    file: str, wanted: list[PendingEdit], read_bytes: ReadBytes, reading: Reading | None, known: Known
) -> tuple[FilePlan | None, list[Refusal]]:
    """The plan for one file; the earlier one where neither the file's bytes nor the edits are others."""
    try:
        now = read_bytes(file)
    except ToolError as error:
        return None, [Refusal(edit.deployment, edit.field, str(error)) for edit in wanted]
    earlier = known.get(file)
    if earlier is not None and earlier[:2] == (now, wanted):
        return earlier[2]
    planned = plan_file(file, wanted, lambda _: now, reading)
    known[file] = (now, wanted, planned)
    return planned


def plan_file(
    file: str, wanted: Sequence[PendingEdit], read_bytes: ReadBytes, reading: Reading | None = None
) -> tuple[FilePlan | None, list[Refusal]]:
    """The plan for one file, and the edits that cannot be made in it."""
    try:
        before = read_bytes(file)
        declared = [edit for edit in wanted if isinstance(edit, Declare)]
        if declared:
            return _plan_baseline(file, declared, before)
        if before is None:
            raise Refused(f"{clean(file)} is not there any more; rescan, then look at it again")
    except ToolError as error:
        return None, [Refusal(edit.deployment, edit.field, str(error)) for edit in wanted]
    data, made, refused = before, list[PendingEdit](), list[Refusal]()
    touched: set[str] = set()
    for edit in wanted:
        try:
            _check_agreement(edit, made)
            data = apply_edit(data, edit, fresh=edit.field not in touched, reading=reading)
        except ToolError as error:
            refused.append(Refusal(edit.deployment, edit.field, str(error)))
            continue
        made.append(edit)
        touched |= _LINKED.get(edit.field, {edit.field})
    if not made or data == before:
        return None, refused
    return FilePlan(file, before, data, tuple(made)), refused


def _plan_baseline(file: str, wanted: Sequence[Declare], before: bytes | None) -> tuple[FilePlan | None, list[Refusal]]:
    """The plan for the baseline file, all or nothing: what is said there is proved as a whole."""
    from rea_xcom_tui.fleet.baseline.file import parse_baseline
    from rea_xcom_tui.fleet.baseline.statements import Expects, said_already, write_statements

    known = parse_baseline(before or b"")
    statements = [edit.statement for edit in wanted]
    refused = [
        Refusal(edit.deployment, edit.field, f"{clean(file)} has changed underneath; look at it, then do it again")
        for edit in wanted
        if isinstance(edit.statement, Expects) and said_already(known, edit.statement) != edit.old
    ]
    if refused:
        return None, refused
    after = write_statements(before or b"", statements)
    return FilePlan(file, before or b"", after, tuple(wanted), made=before is None), []


def _check_agreement(edit: PendingEdit, made: Sequence[PendingEdit]) -> None:
    """Raise `Refused` when another deployment that is a link to the same file wants another value there."""
    for other in made:
        if other.deployment != edit.deployment and other.field == edit.field and other.new != edit.new:
            raise Refused(
                f"{clean(other.deployment)} and {clean(edit.deployment)} are the same file, one by a link, and "
                f"{edit.field} cannot be both {_said(other.new)} and {_said(edit.new)}"
            )


def apply_edit(data: bytes, edit: PendingEdit, *, fresh: bool = True, reading: Reading | None = None) -> bytes:
    """The bytes of a values file after one edit. Raises `Refused` where it cannot be made exactly.

    With `fresh`, the field must still have the value that the edit was made upon. Afterwards the file is read
    again as Helm and Airflow would: the field must have the new value, and no other field another one.
    """
    if isinstance(edit, Declare):
        raise Refused(f"{clean(edit.file)} is not a values file")
    if isinstance(edit, Fix):
        return apply_fix(data, edit, reading or Reading())
    config = configuration(data)
    now = current_value(config.fields[edit.field])
    if fresh and now != edit.old:
        raise Refused(
            f"{edit.field} of {clean(edit.deployment)} has changed underneath: it was {_said(edit.old)} when it "
            f"was read and is {_said(now)} now; look at it again, then repeat the edit"
        )
    after = values.edit(data, edits_for(changes_for(config, edit.field, edit.new)))
    _check_outcome(config, configuration(after), edit)
    return after


def apply_fix(data: bytes, edit: Fix, reading: Reading) -> bytes:
    """The bytes of a values file after the mechanical fix of a finding, judged as the repo's configuration says.

    Raises `Refused` when the file no longer has the finding with the same fix, when that cannot be made exactly, and
    when the finding would still be there afterwards.
    """
    finding = edit.finding
    found = _findings(data, edit.deployment, finding.code, reading)
    if not found:
        raise Refused(f"{clean(edit.deployment)} does not have {finding.code} any more; rescan and look at it again")
    if all(now.fix != finding.fix for now in found):
        # The fix holds the value that it was worked out from, which must not go over another one.
        raise Refused(
            f"what {finding.code} found in {clean(edit.deployment)} has changed underneath; rescan and fix it anew"
        )
    after = values.edit(data, edits_for(finding.fix))
    if len(_findings(after, edit.deployment, finding.code, reading)) >= len(found):
        raise Refused(f"the fix of {finding.code} in {clean(edit.deployment)} would not cure it; edit it by hand")
    return after


def _findings(data: bytes, file: str, code: str, reading: Reading) -> list[Finding]:
    """The findings of a rule that a values file has."""
    parsed = values.ValuesFile.parse(data)
    tree = Tree(parsed.root)
    config = read(tree, header=header(parsed.text))
    judged = verdict(parsed, tree, config, reading, file, environment(file, reading.environments))
    return [finding for finding in judged.findings if finding.code == code]


def configuration(data: bytes) -> Configuration:
    """What a values file's bytes say. Raises `values.Unreadable`."""
    parsed = values.ValuesFile.parse(data)
    return without_passwords(read(parsed.root, header=header(parsed.text)))


def _check_outcome(before: Configuration, after: Configuration, edit: SetField) -> None:
    got = after.fields[edit.field]
    if got.value != edit.new or got.state not in ("set", "unset"):
        raise Refused(
            f"{edit.field} of {clean(edit.deployment)} would not become {_said(edit.new)}: after the edit the "
            f"file says {_said(current_value(got))} ({got.problem or got.state}); edit it by hand"
        )
    linked = _LINKED.get(edit.field, {edit.field})
    for name in FIELDS:
        if name not in linked and meaning(before.fields[name]) != meaning(after.fields[name]):
            raise Refused(
                f"setting {edit.field} of {clean(edit.deployment)} would also change {name} from "
                f"{_said(before.fields[name].value)} to {_said(after.fields[name].value)}; edit it by hand"
            )


def _said(value: str | int | None) -> str:
    return "unset" if value is None else clean(value)
