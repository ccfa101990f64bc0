"""What the fleet tells at the start: mistakes in the configuration, and to somebody new how to begin."""

from __future__ import annotations

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.home.part import FleetPart
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
HINT_WHEN_READ_ONLY = (
    ("New here?  Enter opens, / filters, ? explains all keys.", "title"),
    ("Nothing is written in this session.  Esc hides this.", "quiet"),
)


class FleetStart(FleetPart):
    """Tells once, and gives way to the first Esc."""

    _told = False

    @takes(jobs.Scanned)
    def _begin(self) -> None:
        if not self._told:
            self._told = True
            self.home.call_later(self._tell_at_the_start)

    def _tell_at_the_start(self) -> None:
        memory = self.home.look.memory
        if memory.first_time and self.rows:
            memory.hinted()
            hint = Painted(id="hint")
            lines = HINT_WHEN_NARROW if self.home.has_class("-narrow") else HINT
            if self.shown.read_only:
                lines = HINT_WHEN_READ_ONLY
            hint.paint([[line] for line in lines])
            self.home.mount(hint, before="#status")
        if mistakes := self.home.look.mistakes:
            more = f" (and {plural(len(mistakes) - 1, 'mistake')} more)" if len(mistakes) > 1 else ""
            self.say(f"! configuration: {clean(mistakes[0])}{more}; run `config check` for details", "invalid")

    def hide_hint(self) -> bool:
        """Hide the hint to newcomers; False where none is shown."""
        hints = self.home.query("#hint")
        shown = bool(hints)
        hints.remove()
        return shown
