"""The jobs of the drift screens: comparing, since when and by whom, and what the baseline file becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.kit.messages import Message

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.foretell import WouldWrite
    from rea_xcom_tui.fleet.drift.against import Against
    from rea_xcom_tui.fleet.drift.report import Compared, DriftReport
    from rea_xcom_tui.fleet.edit.overlay import Snapshot
    from rea_xcom_tui.fleet.model import Fleet
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.tui.background.comparisons import Comparisons
    from rea_xcom_tui.xcom.drift import Deviation, Since, Spreads

SINCE_AT_FIRST = 40
SINCE_AT_ONCE = 500
"""Deployments whose history is read in one walk through the log: few at first, for those in sight, then many. Other
comparisons come in between."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A report with what the screen needs beside it."""

    report: DriftReport
    fleet: Fleet
    """The fleet that was compared, pending edits in it."""
    words: str
    """What it was compared with, for people."""
    declared: bool
    """Whether the repo declares a baseline, or a pending change does."""
    pending: int
    """How many pending changes of the baseline file count already."""


class DriftFound(Message):
    """A comparison is done."""

    asked: int
    found: Comparison


class SinceFound(Message):
    """Since when and by whom, for some deployments that differ; `problem` says why it cannot be determined."""

    asked: int
    ids: Sequence[str]
    since: Mapping[tuple[str, str], Since]
    problem: str = ""


class SpreadFound(Message):
    """How the fields of the fleet spread over its groups."""

    asked: int
    spreads: Spreads


class Foretold(Message):
    """What fixing and adopting what is chosen would write."""

    chosen: Sequence[Deviation]
    would: WouldWrite


class EntryFound(Message):
    """The lines of the baseline file that accepting something would add."""

    lines: Sequence[str]


class RefsListed(Message):
    """The branches and tags that a fleet can be compared with: full name, name and kind."""

    refs: Sequence[tuple[str, str, str]]
    cluster: bool


class SideBySide(Message):
    """Some deployments, field by field."""

    fleet: Fleet
    rows: Sequence[Compared]


def comparing(asked: int, comparisons: Comparisons, against: str | None) -> Callable[[Snapshot], DriftFound]:
    """The job that compares the fleet; `against` as the core takes it, None for what is usual in this repo, which
    `comparisons` may know already."""

    def work(now: Snapshot) -> DriftFound:
        from rea_xcom_tui.fleet.drift.report import pending_baseline
        from rea_xcom_tui.fleet.drift.whole import find_drift

        report = comparisons.report(now) if against is None else find_drift(now, against)
        baseline = pending_baseline(now)
        words = against_words(report.target, baseline.by, now.fleet)
        return DriftFound(
            asked, Comparison(report, now.fleet, words, baseline.expected is not None, len(now.statements))
        )

    return work


def spreading(asked: int) -> Callable[[Snapshot], SpreadFound]:
    """The job that counts how each field spreads over the groups."""

    def work(now: Snapshot) -> SpreadFound:
        from rea_xcom_tui.fleet.drift.report import pending_baseline
        from rea_xcom_tui.fleet.edit.row import drift_rows
        from rea_xcom_tui.xcom.drift import spread

        return SpreadFound(asked, spread(drift_rows(now.fleet.deployments), pending_baseline(now).by))

    return work


def foretelling(chosen: Sequence[Deviation]) -> Callable[[Workspace], Foretold]:
    """The job that works out what acting on these would write."""

    def work(workspace: Workspace) -> Foretold:
        from rea_xcom_tui.fleet.actions.foretell import would_write

        return Foretold(chosen, would_write(workspace, chosen))

    return work


def entering(
    chosen: Sequence[Deviation], reason: str, owner: str, expires: date | None
) -> Callable[[Workspace], EntryFound]:
    """The job that works out the entry that accepting these would add."""

    def work(workspace: Workspace) -> EntryFound:
        from rea_xcom_tui.fleet.actions.foretell import accepted_lines

        return EntryFound(accepted_lines(workspace, chosen, reason, owner, expires))

    return work


def listing_refs(now: Snapshot) -> RefsListed:
    """The job that lists what a fleet can be compared with."""
    from importlib.util import find_spec

    each = [member.repository.for_another_thread().refs() for member in now.members.values()]
    everywhere = set.intersection(*({ref.full for ref in refs} for refs in each))
    refs = [(ref.full, ref.name, ref.kind) for ref in each[0] if ref.full in everywhere]
    return RefsListed(refs, find_spec("kubernetes") is not None)


def against_words(against: Against, by: Sequence[str], fleet: Fleet) -> str:
    """What a fleet is compared with, for people."""
    from rea_xcom_tui.fleet.baseline import BASELINE_FILE

    name = against.name
    match against.kind:
        case "majority":
            return f"majority within {' and '.join(by)}"
        case "baseline":
            return f"baseline in {BASELINE_FILE}"
        case "components":
            return "itself: its places and components"
        case "deployment":
            found = fleet.by_id.get(name)
            return f"deployment {found.name if found else name}"
        case "releases":
            return f"releases exported to {name}"
        case "cluster":
            spaces = f", {','.join(against.namespaces)}" if against.namespaces else ""
            return f"what runs in the cluster{f' {name}' if name else ''}{spaces}"
        case "revision":
            for prefix, kind in (("refs/heads/", "branch"), ("refs/remotes/", "branch"), ("refs/tags/", "tag")):
                if name.startswith(prefix):
                    return f"{kind} {name.removeprefix(prefix)}"
            return f"commit {name}"


def looking_up(asked: int, deviations: Sequence[Deviation]) -> Callable[[Snapshot], SinceFound]:
    """The job that finds the commits which brought some deviations."""
    ids = list(dict.fromkeys(deviation.deployment for deviation in deviations))

    def work(now: Snapshot) -> SinceFound:
        from rea_xcom_tui.fleet.drift.whole import find_since_of

        if now.fleet.head is None and not now.fleet.repos:
            return SinceFound(asked, ids, {})  # nothing is committed yet
        try:
            return SinceFound(asked, ids, find_since_of(now, deviations))
        except ToolError as error:
            return SinceFound(asked, ids, {}, str(error))

    return work


class FirstCounted(Message):
    """How many statements a first baseline would hold; 0 where one is declared."""

    count: int


def counting_first(workspace: Workspace) -> Message:
    """The job that counts what a first baseline would say."""
    from rea_xcom_tui.fleet.actions.adopt import first_statements

    return FirstCounted(first_statements(workspace))


def adopting(
    deviations: Sequence[Deviation], *, whole: bool = False, group: bool = False
) -> Callable[[Workspace], Message]:
    """The job that makes these deviations right; with `group` for their whole groups, with `whole` the fleet where no
    baseline is declared.
    """

    def work(workspace: Workspace) -> Message:
        from rea_xcom_tui.fleet.actions.adopt import adopt, adopt_fleet, baseline_now, unadoptable, widen
        from rea_xcom_tui.fleet.edit.plan import Refusal

        if whole and baseline_now(workspace).expected is None:
            return jobs.Edited(adopt_fleet(workspace), [])
        refusals = [
            Refusal(one.deployment, one.field, f"its {one.field} is not a value that a baseline could hold")
            for one in unadoptable(workspace, deviations)
        ]
        return jobs.Edited((widen if group else adopt)(workspace, deviations), refusals)

    return work


def ignoring(
    deviations: Sequence[Deviation], reason: str, owner: str, expires: date | None
) -> Callable[[Workspace], Message]:
    """The job that accepts these deviations."""

    def work(workspace: Workspace) -> Message:
        from rea_xcom_tui.fleet.actions.adopt import ignore

        return jobs.Edited(ignore(workspace, deviations, reason, owner, expires), [])

    return work


def side_by_side(ids: Sequence[str]) -> Callable[[Snapshot], SideBySide]:
    """The job that lays some deployments side by side."""

    def work(now: Snapshot) -> SideBySide:
        from rea_xcom_tui.fleet.drift.report import compare

        return SideBySide(now.fleet, compare(now.fleet, ids))

    return work
