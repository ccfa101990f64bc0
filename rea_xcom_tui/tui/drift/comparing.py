"""What the fleet is compared with, what was found, and since when it is there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from textual import events

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Part, takes
from rea_xcom_tui.tui.drift import jobs as drift_jobs
from rea_xcom_tui.tui.drift import lines
from rea_xcom_tui.tui.drift.forms import AgainstForm, Choices, NotesForm
from rea_xcom_tui.tui.drift.known import Key, key_of, older
from rea_xcom_tui.tui.drift.view import DriftView
from rea_xcom_tui.tui.kit.styled_lines import Bar

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.drift.report import DriftReport
    from rea_xcom_tui.tui.drift.jobs import Comparison
    from rea_xcom_tui.xcom.drift import Cause, Deviation, Since

CauseKey = tuple[str, str, str]

_COMPARE = "compare the fleet"


@dataclass(eq=False, repr=False)
class Comparing(Part[DriftView]):
    """Compares the fleet as it will be, and finds the commits that brought what differs."""

    here: str | None
    """The deployment under the fleet's cursor, which can be compared with."""
    against: str | None = None
    found: Comparison | None = None
    asked: int = 0
    """The number of the newest comparison; what was asked about an older one is of no use any more."""
    causes: tuple[Cause, ...] = ()
    """What differs, ranked by what is known now."""
    _since: dict[Key, Since | None] = field(default_factory=dict)
    """By deployment, field and value: the commit that brought it; None where it is not committed."""
    _waiting: Sequence[Deviation] = ()
    _looked_up: Set[CauseKey] = frozenset()
    _by_key: dict[CauseKey, Cause] = field(default_factory=dict)
    _cause_of: Mapping[Key, CauseKey] = field(default_factory=dict)

    @property
    def report(self) -> DriftReport:
        """The newest comparison's report. Raises `RuntimeError` before anything was compared."""
        if self.found is None:
            raise RuntimeError("nothing has been compared yet")
        return self.found.report

    @takes(events.Mount)
    def compare(self) -> None:
        """Compare the fleet as it will be; ends in `DriftFound`."""
        self.asked += 1
        self.home.show_header()
        comparisons = self.jobs.comparisons
        work = drift_jobs.comparing(self.asked, comparisons, self.against)
        self.jobs.look(self.home, _COMPARE, comparisons.snapshot, work)

    @takes(drift_jobs.DriftFound)
    def _drift_found(self, event: drift_jobs.DriftFound) -> None:
        if event.asked != self.asked:
            return
        self.found = event.found
        self._by_key = {cause.key: cause for cause in self.report.causes}
        self._cause_of = {key_of(one): key for key, cause in self._by_key.items() for one in cause.members}
        self._waiting = [one for one in self.report.deviations if key_of(one) not in self._since]
        self._age([key for key in self._cause_of if key in self._since])
        self.home.compared()
        self._rank()
        self._look_up()

    @takes(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        if event.verb == _COMPARE:
            # What was asked for cannot be compared with: what was there before stays.
            self.against = self.found.report.against if self.found is not None else None
            if self.found is None:
                self.home.causes.empty_text = "Nothing could be compared. Fix that, then come back here."
                self.home.causes.refresh()
                self.home.query_one("#header", Bar).show([("Drift", "title")], [("not compared", "invalid")])
        self.home.fail(event)

    # Since when

    def _look_up(self) -> None:
        """Ask since when and by whom, for the next deployments."""
        self._looked_up = {self._cause_of[key_of(one)] for one in self._waiting}
        most = drift_jobs.SINCE_AT_ONCE if self._since else drift_jobs.SINCE_AT_FIRST
        ids = set(list(dict.fromkeys(one.deployment for one in self._waiting))[:most])
        if ids:
            chosen = [one for one in self._waiting if one.deployment in ids]
            work = drift_jobs.looking_up(self.asked, chosen)
            self.jobs.look(self.home, "find since when", self.jobs.comparisons.snapshot, work)

    @takes(drift_jobs.SinceFound)
    def _since_found(self, event: drift_jobs.SinceFound) -> None:
        if event.asked != self.asked:
            return
        ids = frozenset(event.ids)
        done = [one for one in self._waiting if one.deployment in ids]
        self._waiting = [one for one in self._waiting if one.deployment not in ids]
        for one in done:
            self._since[key_of(one)] = event.since.get((one.deployment, one.field))
        if event.problem:
            self._waiting = ()
            self.say(f"! {clean(event.problem)}", "invalid")
        self._age([key_of(one) for one in done])
        self._look_up()
        self._rank()

    def _age(self, keys: Iterable[Key]) -> None:
        """Tell the causes of these deviations how old they are: as old as the oldest of them."""
        for key in keys:
            since, cause = self._since.get(key), self._by_key[self._cause_of[key]]
            if since is not None:
                self._by_key[cause.key] = older(cause, since)

    def _rank(self) -> None:
        from rea_xcom_tui.xcom.drift import ranked

        self.causes = tuple(ranked(self._by_key.values()))
        self.home.draw()

    def since_words(self, member: Deviation | None) -> lines.When:
        """Since when a member is as it is, or why that is not reported."""
        if member is None:
            return ""
        key = key_of(member)
        if key in self._since:
            return self._since[key] or "not committed"
        return "…" if self._cause_of.get(key) in self._looked_up else "not looked up"

    def since_words_of(self, cause: Cause) -> lines.When:
        """Since when a cause is there, or why that is not reported."""
        return cause.since or ("…" if cause.key in self._looked_up else self.since_words(cause.members[0]))

    # What it is compared with, and what else there is to know

    def action_against(self) -> None:
        """Ask for the branches and tags, then choose what to compare with."""
        if self.found is not None:
            self.jobs.look(self.home, "list branches and tags", self.jobs.comparisons.snapshot, drift_jobs.listing_refs)

    @takes(drift_jobs.RefsListed)
    def _refs_listed(self, event: drift_jobs.RefsListed) -> None:
        if self.found is None or not self.home.is_current:
            return

        def answered(against: str | None) -> None:
            if against is not None:
                self.against = against
                self.compare()

        deployment = self.found.fleet.by_id.get(self.here) if self.here else None
        here = (deployment.id, deployment.name) if deployment else None
        choices = Choices(self.report.against, self.found.declared, here, event.refs, event.cluster)
        self.app.push_screen(AgainstForm(choices), answered)

    def action_notes(self) -> None:
        """Show what could not be determined, and what is accepted."""
        if self.found is None:
            return
        from rea_xcom_tui.reports.drift import accepted

        notes = [notice.text for notice in self.report.notices]
        notes += [f"accepted: {line}" for line in accepted(self.report)]
        if notes:
            self.app.push_screen(NotesForm(notes))
        else:
            self.say("There are no notes.")
