"""Marked deployments side by side: what differs first, every value with where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.drift import compare_lines as lines
from rea_xcom_tui.tui.drift import jobs as drift_jobs
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Painted, Span

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.drift.report import Compared


class CompareScreen(Composed[None]):
    """Two or more deployments, one beside the other; those that do not fit are reached by the arrows."""

    PLACES: ClassVar[tuple[Place, ...]] = ("compare",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("compare")
    AUTO_FOCUS = "VerticalScroll"
    DEFAULT_CSS = """
    CompareScreen {
        layout: vertical;
        & #names { height: 3; padding: 0 1; }
        & VerticalScroll { height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; }
        & #fields { height: auto; }
    }
    """

    def __init__(self, work: jobs.Jobs, ids: Sequence[str], pending: frozenset[tuple[str, str]]) -> None:
        super().__init__(work)
        self.ids = ids
        self.pending = pending
        """Deployment and field of each pending edit."""
        self.only_differing = False
        self.sides: Sequence[lines.Side] = ()
        self._rows: Sequence[Compared] = ()
        self._first = 0

    def compose(self) -> ComposeResult:
        """A title, the names, the fields, the keys."""
        yield Bar(id="header")
        yield Painted(id="names")
        with VerticalScroll():
            yield Painted(id="fields")
        yield KeyBar()

    def on_mount(self) -> None:
        """Ask for the comparison."""
        self.query_one("#header", Bar).show([("Compare", "title")], [("comparing", "edited")])
        self.jobs.look(
            self, "compare the deployments", self.jobs.comparisons.snapshot, drift_jobs.side_by_side(self.ids)
        )

    @on(drift_jobs.SideBySide)
    def _compared(self, event: drift_jobs.SideBySide) -> None:
        self._rows = event.rows
        self.sides = [
            lines.Side(found.name, found.file, {field for id_, field in self.pending if id_ == found.id})
            for found in (event.fleet.by_id[id_] for id_ in self.ids)
        ]
        self.draw()

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self.fail(event, leave=True)

    def draw(self) -> None:
        """Draw names and fields for the present width."""
        if not self.sides:
            return
        differing = [row for row in self._rows if row.differs]
        shown = differing if self.only_differing else self._rows
        left: list[Span] = [("Compare", "title"), (f"  {plural(len(self.sides), 'deployment')}", "")]
        same = len(self._rows) - len(differing)
        right: list[Span] = [(f"{plural(len(differing), 'field')} differ", "drift" if differing else "good")]
        right += [(" · ", "quiet"), (f"{same} alike{', not shown' if self.only_differing else ''}", "quiet")]
        self.query_one("#header", Bar).show(left, right)
        width = max(40, self.size.width - 4)
        self._first = lines.columns(width, len(self.sides), self._first)[1].start
        self.query_one("#names", Painted).paint(lines.head_lines(self.sides, width, self._first))
        painted: list[Line] = []
        for row in shown:
            painted += lines.field_lines(row, self.sides, width, self._first)
        fields = self.query_one("#fields", Painted)
        fields.styles.height = max(1, len(painted))
        fields.paint(painted or [[("Nothing differs; o shows all fields.", "quiet")]])

    def on_resize(self, event: events.Resize) -> None:
        """Lay out for the new width."""
        self.call_after_refresh(self.draw)

    def action_only(self) -> None:
        """Show only what differs, or everything."""
        self.only_differing = not self.only_differing
        self.draw()

    def action_sideways(self, by: int) -> None:
        """Bring other deployments into sight."""
        self._first = max(0, self._first + by)
        self.draw()

    def action_scroll_by(self, by: int) -> None:
        """Scroll the fields."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)
