"""What a write would do, worked out before it is done, and asked in the same words from every screen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rea_xcom_tui.fleet.edit.pending import PendingEdit, described
from rea_xcom_tui.fleet.edit.plan import Plan
from rea_xcom_tui.fleet.edit.reach import shared_files
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.file_changes import grouped
from rea_xcom_tui.tui.background.parts import Composed, Part, takes
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.changes.edit_lines import cause_words, reach_of
from rea_xcom_tui.tui.kit.dialogs import STAY, Choice, Question
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Line
from rea_xcom_tui.xcom.model import FIELDS

if TYPE_CHECKING:
    from textual.message_pump import MessagePump

    from rea_xcom_tui.fleet.edit.outlook import Outlook, Told
    from rea_xcom_tui.fleet.edit.pending import Pending
    from rea_xcom_tui.fleet.workspace import FilePlan, Refusal, Workspace

NOTHING = "Nothing is pending."
_MOST_CHANGES = 6
_MOST_FINDINGS = 5
_MOST_REFUSALS = 4


class Foreseen(Message):
    """What a write made now would do: exactly the edits that it would make, and what they come to."""

    def __init__(self, workspace: Workspace) -> None:
        from rea_xcom_tui.fleet.edit.outlook import outlook

        super().__init__()
        self.conflicts = workspace.conflicts()
        """Edits whose field has changed underneath: they are asked about before anything is written."""
        plan = workspace.plan() if not self.conflicts else Plan((), ())
        self.edits: Sequence[PendingEdit] = plan.edits
        self.refused: Sequence[Refusal] = plan.refused
        self.held = workspace.pending.held
        self.files = len(plan.files)
        self.lines = sum(changed_lines(file) for file in plan.files)
        self.outlook: Outlook = outlook(workspace, plan.files)
        self.shared = shared_words(workspace, plan.edits)
        self.names = {one.id: workspace.fleet.called(one.id) for one in workspace.fleet.deployments}


def changed_lines(file: FilePlan) -> int:
    """How many lines of a file are other ones after its edits."""
    before, after = file.before.splitlines(), file.after.splitlines()
    left = Counter(before)
    left.subtract(after)
    return max(sum(count for count in left.values() if count > 0), -sum(count for count in left.values() if count < 0))


def shared_words(workspace: Workspace, edits: Iterable[PendingEdit]) -> list[str]:
    """The files whose edits change deployments that they were not made for, each with the deployments that it
    changes."""
    return [one.short(workspace.fleet.called) for one in shared_files(edits)]


def changed_fields(workspace: Workspace, files: Iterable[FilePlan]) -> Counter[str]:
    """In how many deployments each change of a field is made: `compression zip → gzip`; of files of one deployment."""
    counts: Counter[str] = Counter()
    for file in files:
        row = file.foreseen.row if file.foreseen is not None else None
        before = workspace.fleet.by_id.get(row.id) if row is not None else None
        if row is None or before is None:
            continue
        for field in FIELDS:
            old, new = before.field(field).value, row.field(field).value
            if old != new:
                counts[f"{field} {value_words(old)} → {value_words(new)}"] += 1
    return counts


def nothing_to_write(pending: Pending) -> str:
    """Why there is nothing to write, in a sentence; empty where there is something."""
    if not len(pending):
        return NOTHING
    if not pending.chosen:
        return f"All {plural(pending.held, 'pending edit')} are left out of the write; d shows them."
    return ""


def change_words(edits: Sequence[PendingEdit]) -> list[str]:
    """Each change with its reach, the widest first: `threshold 1048576 (1 MiB) → 0 (always) · 5 deployments`."""
    return [f"{cause_words(group.edits)} · {reach_of(group)}" for group in grouped(edits, "cause")]


def outlook_words(outlook: Outlook) -> Line:
    """For a header, which findings are added and which are removed: red where one comes that is more than a note."""
    said = outlook.sentence()
    graver = any(one.finding.severity != "info" for one in outlook.adds)
    return [(f"  {said}", "invalid" if graver else "edited" if outlook.adds else "good")] if said else []


def findings_told(outlook: Outlook, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """The findings that come (`+`), then those that go (`-`), each with its severity and words; what one rule says of
    several deployments is said once."""
    alike: dict[tuple[str, str], list[Told]] = {}
    for sign, told in (("+", outlook.adds), ("-", outlook.removes)):
        for one in told:
            alike.setdefault((sign, one.finding.code), []).append(one)
    return [(sign, mine[0].finding.severity, _finding(mine, names)) for (sign, _), mine in alike.items()]


def _finding(told: Sequence[Told], names: Mapping[str, str]) -> str:
    """What a rule says of one deployment, or of several: then its title, unless it says the same of all."""
    from rea_xcom_tui.xcom.rules.families import find

    finding = told[0].finding
    words, rule = clean(finding.message, 240), find(finding.code)
    if rule is not None and len({one.finding.message for one in told}) > 1:
        words = rule.title
    named = clean(names.get(told[0].deployment, told[0].deployment), 60)
    where = named if len(told) == 1 else f"in {plural(len(told), 'deployment')}"
    return f"{finding.code} {where}: {words}"


def finding_words(outlook: Outlook, names: Mapping[str, str], most: int = _MOST_FINDINGS) -> list[str]:
    """The same in sentences, the first few in full and the sum of all."""
    told = findings_told(outlook, names)
    if not told:
        return []
    lines = [f"  {sign} {severity} {words}" for sign, severity, words in told[:most]]
    more = [f"  and {len(told) - most} other rules; d shows the diff"] if len(told) > most else []
    sentence = outlook.sentence()
    return [f"{sentence[0].upper()}{sentence[1:]}:", *lines, *more]


def write_question(told: Foreseen) -> Question:
    """The question before pending edits are written: the whole outcome, and what cannot be done of it."""
    changes = change_words(told.edits)
    body = changes[:_MOST_CHANGES]
    body += [f"and {len(changes) - _MOST_CHANGES} other changes"] if len(changes) > _MOST_CHANGES else []
    body += told.shared
    body += finding_words(told.outlook, told.names)
    diff = Choice("d", "d", "see the diff", "diff")
    if told.refused:
        body += [
            f"{plural(len(told.refused), 'edit')} cannot be made, so nothing is written unless you leave "
            f"{'it' if len(told.refused) == 1 else 'them'} out:"
        ]
        for refusal in told.refused[:_MOST_REFUSALS]:
            name = clean(told.names.get(refusal.deployment, refusal.deployment), 40)
            body.append(f"  ! {name}, {refusal.field}: {clean(refusal.reason)}")
        if len(told.refused) > _MOST_REFUSALS:
            body.append(f"  and {len(told.refused) - _MOST_REFUSALS} more")
        rest = [Choice("o", "o", f"write the other {len(told.edits)}", "rest")] if told.edits else []
        return Question("Some pending edits cannot be made", "\n".join(body), [STAY, *rest, diff])
    body.append("All files are written, or none. Nothing is committed yet.")
    if told.held:
        body.append(f"{plural(told.held, 'edit')} left out stay pending.")
    where = f"{plural(told.lines, 'line')} in {plural(told.files, 'file')}"
    title = f"Write {described(told.edits)} to {plural(told.files, 'file')}?"
    return Question(title, "\n".join([f"{where}:", *body]), [Choice("w", "Enter", "write", "write"), diff, STAY])


def write_files(work: jobs.Jobs, screen: MessagePump, *, rest: bool = False) -> None:
    """Write what is pending; with `rest`, what of it can be made: the others stay pending, left out.

    `Written` comes to `screen` once it is done, or `Conflicted` where fields have changed underneath.
    """

    def write(workspace: Workspace, progress: Callable[[int, int], None]) -> Message:
        if rest:
            refused = {(one.deployment, one.field) for one in workspace.plan().refused}
            keys = [edit.key for edit in workspace.pending.chosen if (edit.deployment, edit.field) in refused]
            workspace.pending.hold(keys, "leave out what cannot be made")
        if conflicts := workspace.conflicts():
            return jobs.Conflicted(conflicts)
        return jobs.Written(workspace.write(progress), jobs.scanned(workspace))

    work.run_long(screen, "write the files", write)


def written_words(plan: Plan) -> str:
    """What is said after a write."""
    return f"Wrote {plural(len(plan.files), 'file')}; c commits."


@dataclass(eq=False, repr=False)
class Writing(Part[Composed[Any]]):
    """`w` writes what is pending, after the same question everywhere."""

    go_on: Callable[[str], object]
    """Does what was asked for and answered: `write`, `write_rest` (what can be made) or `commit`."""
    show_diff: Callable[[], object]
    allowed: Callable[[], bool] = lambda: True
    """Whether anything may be changed now."""

    def action_write(self) -> None:
        """Work out what a write would do, then ask."""
        if len(self.jobs.pending) and not self.allowed():
            return
        if why_not := nothing_to_write(self.jobs.pending):
            self.say(why_not)
        else:
            self.jobs.run(self.home, "work out what a write would do", Foreseen)

    @takes(Foreseen)
    def _foreseen(self, event: Foreseen) -> None:
        if event.conflicts:
            self.go_on("write")
        else:
            self.app.push_screen(write_question(event), self._answered)

    def _answered(self, answer: str | None) -> None:
        if answer == "diff":
            self.show_diff()
        elif answer:
            self.go_on("write_rest" if answer == "rest" else answer)
