"""One edit of one plain values file: based on what the file holds, and held against what it then says."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.pending import Declare, Fix, PendingEdit, SetField
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.judge import Reading, verdict
from rea_xcom_tui.fleet.scan.read import as_deployment, header
from rea_xcom_tui.layouts.naming import environment, is_leftover
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.xcom.changes import changes_for
from rea_xcom_tui.xcom.compare import current_value, same_meaning
from rea_xcom_tui.xcom.fields import linked
from rea_xcom_tui.xcom.masking import without_passwords
from rea_xcom_tui.xcom.model import FIELDS, Configuration, Finding, Value
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.tree import Tree


class State:
    """A values file between two edits. What is asked of it is worked out once: it is parsed and read no more often."""

    def __init__(self, parsed: values.ValuesFile, says: Configuration | None = None) -> None:
        self.parsed = parsed
        if says is not None:
            self.config = says

    @classmethod
    def of(cls, data: bytes, says: Configuration | None = None) -> State:
        """The state of a file with these bytes, which say `says` where that is known. Raises `values.Unreadable`."""
        return cls(values.ValuesFile.parse(data), says)

    def forget(self) -> None:
        """Let go of the tree; nothing may be asked any more."""
        self.parsed.forget()

    @cached_property
    def tree(self) -> Tree:
        """The file's values, as rules and reading ask for them: those of the scan's reader, which shares what other
        files of the fleet say too, where it takes the file."""
        return Tree(read_quickly(self.parsed.text) or self.parsed.root)

    @cached_property
    def read(self) -> Configuration:
        """What the file says, to the letter."""
        return read(self.tree, header=header(self.parsed.text))

    @cached_property
    def config(self) -> Configuration:
        """What the file says, with passwords hidden."""
        return without_passwords(self.read)

    def edited(self, changes: Sequence[values.Edit]) -> State:
        """The state after exact edits; the same one where they change nothing. Raises `RefusedEdit`."""
        after = values.edit_file(self.parsed, changes)
        return self if after is self.parsed else State(after)

    def findings(self, file: str, code: str, reading: Reading) -> list[Finding]:
        """The findings of a rule that the file has."""
        env = environment(file, reading.environments)
        judged = verdict(self.parsed, self.tree, self.read, reading, file, env)
        return [finding for finding in judged.findings if finding.code == code]

    def deployment(self, file: str, reading: Reading) -> Deployment | None:
        """The deployment that the file would be, without the id of its bytes; None where it would be none."""
        if is_leftover(file):
            return None
        return as_deployment(file, self.parsed, self.tree, reading, config=self.read, dirty=True)


def configuration(data: bytes) -> Configuration:
    """What a values file's bytes say. Raises `values.Unreadable`."""
    return State.of(data).config


def apply_edit(state: State, edit: PendingEdit, *, fresh: bool = True, reading: Reading | None = None) -> State:
    """A values file after one edit. Raises `Refused` where it cannot be made exactly.

    With `fresh`, the field must still have the value that the edit was based on. Afterwards the file is read again as
    Helm and Airflow would: the field must have the new value, and no other field another one.
    """
    if isinstance(edit, Declare):
        raise Refused(f"{clean(edit.file)} is not a values file")
    if isinstance(edit, Fix):
        return _apply_fix(state, edit, reading or Reading())
    config = state.config
    now = current_value(config.fields[edit.field])
    if fresh and now != edit.old:
        raise Refused(
            f"{edit.field} of {clean(edit.deployment)} has changed underneath: it was {said(edit.old)} when it "
            f"was read and is {said(now)} now; look at it again, then repeat the edit"
        )
    after = state.edited(changes_for(config, edit.field, edit.new))
    _check_outcome(config, after.config, edit)
    return after


def _apply_fix(state: State, edit: Fix, reading: Reading) -> State:
    """A values file after the automatic fix of a finding, judged as the repo's configuration says.

    Raises `Refused` when the file no longer has the finding with the same fix, when that cannot be made exactly, and
    when the finding would still be there afterwards.
    """
    finding = edit.finding
    found = state.findings(edit.deployment, finding.code, reading)
    if not found:
        raise Refused(f"{clean(edit.deployment)} does not have {finding.code} any more; rescan and look at it again")
    if all(now.fix != finding.fix for now in found):
        # The fix holds the value that it was worked out from, which must not go over another one.
        raise Refused(
            f"what {finding.code} found in {clean(edit.deployment)} has changed underneath; rescan and fix it again"
        )
    after = state.edited(finding.fix)
    if len(after.findings(edit.deployment, finding.code, reading)) >= len(found):
        where = f"{finding.code} in {clean(edit.deployment)}"
        raise Refused(f"the fix of {where} would not remove the finding; edit it by hand")
    return after


def _check_outcome(before: Configuration, after: Configuration, edit: SetField) -> None:
    got = after.fields[edit.field]
    if got.value != edit.new or got.state not in ("set", "unset"):
        raise Refused(
            f"{edit.field} of {clean(edit.deployment)} would not become {said(edit.new)}: after the edit the "
            f"file says {said(current_value(got))} ({got.problem or got.state}); edit it by hand"
        )
    for name in FIELDS:
        if name not in linked(edit.field) and not same_meaning(before.fields[name], after.fields[name]):
            raise Refused(
                f"setting {edit.field} of {clean(edit.deployment)} would also change {name} from "
                f"{said(before.fields[name].value)} to {said(after.fields[name].value)}; edit it by hand"
            )


def said(value: Value) -> str:
    """A value in the words of a refusal."""
    return "unset" if value is None else clean(value)
