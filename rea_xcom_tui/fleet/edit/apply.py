"""One edit of one plain values file: based on what the file holds, and held against what it then says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.pending import Declare, Fix, PendingEdit, SetField
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.judge import verdict
from rea_xcom_tui.fleet.scan.read import as_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.naming import environment, is_leftover
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.quick import read_quickly
from rea_xcom_tui.values.sectioned import in_sections
from rea_xcom_tui.xcom.changes import changes_for
from rea_xcom_tui.xcom.compare import current_value, same_meaning
from rea_xcom_tui.xcom.fields import linked
from rea_xcom_tui.xcom.masking import without_passwords
from rea_xcom_tui.xcom.model import FIELDS, Change, Configuration, Finding, Node, Value
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.ignores import MARK
from rea_xcom_tui.xcom.tree import Tree
from rea_xcom_tui.xcom.versions import header


class State:
    """A values file between two edits. What is asked of it is worked out once: it is parsed and read no more often."""

    def __init__(self, parsed: values.ValuesFile, says: Configuration | None = None) -> None:
        self.parsed = parsed
        if says is not None:
            self.config = says

    @classmethod
    def of(cls, data: bytes, says: Configuration | None = None) -> State:
        """The state of a file with these bytes, which say `says` where that is known. Raises `values.Unreadable`."""
        return cls(in_sections(data), says)

    def forget(self) -> None:
        """Let go of the tree; nothing may be asked any more."""
        self.parsed.forget()

    @cached_property
    def tree(self) -> Tree:
        """The file's values, as rules and reading ask for them: those of the scan's reader, which shares what other
        files of the fleet say too, where it takes the file."""
        return Tree(self._quickly or self.parsed.root)

    @cached_property
    def _quickly(self) -> Node | None:
        return read_quickly(self.parsed.text)

    @property
    def judged_by(self) -> str | values.ValuesFile:
        """What the rules ask beside the tree: as in a scan, the text alone where it has nothing that only the full
        reader knows."""
        text = self.parsed.text
        return self.parsed if self._quickly is None or MARK in text else text

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
        judged = verdict(self.judged_by, self.tree, self.read, reading, file, env)
        return [finding for finding in judged.findings if finding.code == code]

    def deployment(self, file: str, reading: Reading) -> Deployment | None:
        """The deployment that the file would be, without the id of its bytes; None where it would be none."""
        if is_leftover(file):
            return None
        return as_deployment(file, self.judged_by, self.tree, reading, config=self.read, dirty=True)


def configuration(data: bytes) -> Configuration:
    """What a values file's bytes say. Raises `values.Unreadable`."""
    return State.of(data).config


def apply_edit(
    state: State,
    edit: PendingEdit,
    *,
    fresh: bool = True,
    reading: Reading | None = None,
    first: State | None = None,
) -> State:
    """A values file after one edit. Raises `Refused` where it cannot be made exactly.

    With `fresh`, the field must still have the value that the edit was based on. Afterwards the file is read again as
    Helm and Airflow would: the field must have the new value, and no other field another one. `first` is the file
    before the edits that go with this one.
    """
    if isinstance(edit, Declare):
        raise Refused(f"{clean(edit.file)} is not a values file")
    if isinstance(edit, Fix):
        return _apply_fix(state, edit, reading or Reading(), first or state)
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


def _apply_fix(state: State, edit: Fix, reading: Reading, first: State) -> State:
    """A values file after the automatic fix of a finding, judged as the repo's configuration says.

    It is the same one where an earlier edit has removed the finding. Raises `Refused` when the file was `first`
    without the finding and its fix, when that cannot be made exactly, and when the finding would still be there.
    """
    code, file = edit.finding.code, edit.deployment
    found = state.findings(file, code, reading)
    fix = fix_now(edit, found, lambda: [] if first is state else first.findings(file, code, reading))
    if not fix:
        return state
    after = state.edited(fix)
    if len(after.findings(file, code, reading)) >= len(found):
        raise Refused(f"the fix of {code} in {clean(file)} would not remove the finding; edit it by hand")
    return after


def fix_now(edit: Fix, found: Sequence[Finding], first: Callable[[], Iterable[Finding]]) -> tuple[Change, ...]:
    """What fixes a finding now that its rule has `found` these; nothing where other edits have removed it.

    `first` has what the rule found before the edits that go with this one. Where it had the finding, one of them has
    changed it: the fix is then what the rule says of the same places now. Raises `Refused` where something else has,
    since the fix holds the value that it was worked out from, which must not go over another one.
    """
    fix = edit.finding.fix
    if any(now.fix == fix for now in found):
        return fix
    where, code = clean(edit.deployment), edit.finding.code
    before = {one.fix for one in first()}
    if fix not in before:
        if not found:
            raise Refused(f"{where} does not have {code} any more; rescan and look at it again")
        raise Refused(f"what {code} found in {where} has changed underneath; rescan and fix it again")
    places = [change.address for change in fix]
    others = [now.fix for now in found if now.fix not in before]
    for other in others:
        if [change.address for change in other] == places:
            return other
    if others:
        raise Refused(f"another edit of {where} changes what {code} is about; write that one first, then fix this")
    return ()


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
