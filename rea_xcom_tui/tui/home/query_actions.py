"""The queries of the fleet: what they show, what the filter line completes to, those used before and those saved."""

from __future__ import annotations

from contextlib import suppress

from textual import events

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.cells.columns import KEYS
from rea_xcom_tui.tui.home.filter_bar import PLACEHOLDER, FilterBar
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.home.sorting import Matcher, query_matcher
from rea_xcom_tui.tui.home.suggestions import KnownValues
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.xcom.query import QueryError, guessed

_GUESS = "/ goes back to the query, Tab there takes this; Esc shows all."


class FleetQueries(FleetPart):
    """Goes by what is typed in the filter line, and gives that its memory."""

    _view_restored = False

    @takes(events.Mount)
    def _mounted(self) -> None:
        self.home.query_one(FilterBar).changed = self._filter_changed

    @takes(jobs.Scanned)
    def _read_once(self) -> None:
        if not self._view_restored:
            self._view_restored = True
            self.home.call_later(self._restore_view)

    def _restore_view(self) -> None:
        """Filter and sort as when this repo was left; a query that finds nothing any more is not taken up."""
        self.shown.order.restore(self.home.look.memory.sorting, KEYS)
        query = self.home.look.memory.query
        if query and self.home.finds(query):
            self.home.filter_bar.put(query)
            self._filter_changed(FilterBar.Changed(query))
            self.say(f"Showing what was shown last: {harmless(query)} · Esc shows all", "quiet")
        elif self.shown.order.kept:
            self.home.show_view()

    @takes(events.Unmount)
    def _unmounted(self) -> None:
        """Keep what is shown, and in which order, for the next start."""
        if self._view_restored:
            query = self.home.filter_bar.text.strip()
            self.home.look.memory.keep_view(query if self._problem_of(query) is None else "", self.shown.order.kept)

    _passed_over = False
    """Whether what is shown goes by a query whose last term is not finished."""

    def _filter_changed(self, event: FilterBar.Changed) -> None:
        self._passed_over = False
        self.home.filter_bar.input.placeholder = PLACEHOLDER
        try:
            self.shown.matcher = query_matcher(event.text)
        except QueryError as error:
            if self._pass_over(event) and guessed(event.text, {}) is None:
                return
            self.home.filter_bar.wrong(True)
            if not self.table.matching:  # what was typed on the way to the mistake found nothing, and tells nothing
                self.shown.matcher = self._before_mistake(event.text[: error.position])
                self.home.show_view()
            self.home.show_count()
            here = shorten(harmless(event.text[error.position :]), 14) or "the end"
            self.say(f"! at character {error.position + 1}, {here}: {clean(error.reason)}", "invalid")
            return
        view = self.shown.view()
        if view or not self._pass_over(event):
            self.home.filter_bar.wrong(False)
            self.home.show_view(view)
            if not view and (meant := guessed(event.text, KnownValues(self.rows))):
                self.table.empty_text = f"Nothing matches. Did you mean {harmless(meant)}?\n\n{_GUESS}"

    def _before_mistake(self, query: str) -> Matcher | None:
        """The part of a query before its mistake, if it finds something by itself."""
        with suppress(QueryError):
            matcher = query_matcher(query)
            if self.shown.order.view(self.rows, matcher):
                return matcher
        return None

    def _pass_over(self, event: FilterBar.Changed) -> bool:
        """Go by what of the query is finished; False where nothing is found by that either."""
        for query in event.meanwhile:
            try:
                matcher = query_matcher(query)
            except QueryError:
                continue
            if view := self.shown.order.view(self.rows, matcher):
                self.shown.matcher, self._passed_over = matcher, True
                self.home.filter_bar.wrong(False)
                self.home.show_view(view)
                self.say("Not finished yet: Tab completes it, Enter uses it as typed.", "quiet")
                return True
        return False

    @takes(FilterBar.Used)
    def _typed_to_the_end(self, event: FilterBar.Used) -> None:
        if self._passed_over:
            self._filter_changed(FilterBar.Changed(event.text))

    @takes(FilterBar.Entered)
    def _query_entered(self) -> None:
        self.home.filter_bar.knows(KnownValues(self.rows), self.home.look.memory.history)

    @takes(FilterBar.Used)
    def _query_used(self, event: FilterBar.Used) -> None:
        if self._problem_of(event.text) is None:
            self.home.look.memory.used(event.text)

    @staticmethod
    def _problem_of(query: str) -> str | None:
        try:
            query_matcher(query)
        except ToolError as error:
            return str(error)
        return None

    def action_queries(self) -> None:
        """Choose a saved query, or save the one in force."""
        from rea_xcom_tui.tui.home.queries_screen import QueriesScreen

        configured = self.workspace.config.queries if self.workspace else {}
        here = self.home.filter_bar.input.value.strip()
        self.app.push_screen(QueriesScreen(self.home.look.memory, configured, self.rows, here), self._query_chosen)

    def _query_chosen(self, query: str | None) -> None:
        if query is not None:
            self.shown.matcher = None
            self.home.filter_by(query)
            self.home.look.memory.used(query)
            self.table.focus()

    def save_query(self, name: str) -> None:
        """Save the current query under a name. Raises `ValueError` or `ToolError` with a sentence."""
        query = self.home.filter_bar.input.value.strip()
        if not query or not name:
            raise ValueError("there is no query to save: type one after /, then :save NAME")
        if problem := self._problem_of(query):
            raise ValueError(f"the query has a mistake and is not saved: {problem}")
        self.home.look.memory.save_query(name, query)
        self.say(f"Saved as {clean(name)}: {harmless(query)} · Q lists the saved queries", "good")
