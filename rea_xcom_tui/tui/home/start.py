"""What the fleet tells at the start: mistakes in the configuration, and to somebody new how to begin."""

from __future__ import annotations

from textual import on

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.home.view import FleetView
from rea_xcom_tui.tui.kit.styled_lines import Painted

HINT = (
    (
        "New here?  Enter opens, / filters, Space marks, g e edits all marked, ? explains all keys.",
        "title",
    ),
    ("Edits stay in memory until you press w (write) or c (commit).  Esc hides this.", "quiet"),
)
HINT_WHEN_NARROW = (
    ("New here?  Enter opens, / filters, ? explains all keys.", "title"),
    ("Nothing is written before w or c.  Esc hides this.", "quiet"),
)


class FleetStart(FleetView):
    """Tells once, and gives way to the first Esc."""

    _told = False

    @on(jobs.Scanned)
    def _begin(self) -> None:
        if not self._told:
            self._told = True
            self.call_later(self._tell_at_the_start)

    def _tell_at_the_start(self) -> None:
        memory = self.look.memory
        if memory.first_time and self.rows:
            memory.hinted()
            hint = Painted(id="hint")
            hint.paint([[line] for line in (HINT_WHEN_NARROW if self.has_class("-narrow") else HINT)])
            self.mount(hint, before="#status")
        if mistakes := self.look.mistakes:
            more = f" (and {plural(len(mistakes) - 1, 'mistake')} more)" if len(mistakes) > 1 else ""
            self.say(f"! configuration: {clean(mistakes[0])}{more}; run `config check` for details", "invalid")

    def action_back(self) -> None:
        """Hide the hint, before anything else is left."""
        if hints := self.query("#hint"):
            hints.remove()
        else:
            super().action_back()
