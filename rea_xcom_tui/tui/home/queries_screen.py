"""The saved queries: those of the configuration, and those saved here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.cells.rows import Row
from rea_xcom_tui.tui.home.sorting import query_matcher
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line
from rea_xcom_tui.user.memory import Memory


@dataclass(frozen=True, slots=True)
class Saved:
    """One saved query."""

    name: str
    query: str
    ours: bool
    """Whether it was saved here, so that it can be forgotten here."""
    count: str
    """How many deployments match it, in words."""


class QueriesScreen(Dialog[str]):
    """Dismisses with the chosen query, or None."""

    PLACES: ClassVar[tuple[Place, ...]] = ("queries", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("queries")
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = """
    QueriesScreen {
        & .title { text-style: bold; width: 1fr; margin: 0 0 1 0; }
        & LineList { height: 1; max-height: 20; }
        & Input { background: $panel; margin: 1 0 0 0; display: none; }
        & Input.-asked { display: block; }
        & #told { margin: 1 0 0 0; padding: 0; }
    }
    """

    def __init__(self, memory: Memory, configured: Mapping[str, str], rows: Sequence[Row], here: str) -> None:
        super().__init__()
        self._memory = memory
        self._configured = configured
        self._rows = rows
        self._here = here
        """The query in force; empty for none."""

    def compose(self) -> ComposeResult:
        """A title, the queries, a line for a new name, and what there is to say."""
        with Vertical(classes="dialog"):
            yield Static("Saved queries", classes="title", markup=False)
            yield LineList[Saved](id="saved")
            yield Input(placeholder="a name for it; Enter saves, Esc cancels", compact=True)
            yield Bar(id="told")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show what is saved."""
        self._list_again()
        self._tell()

    @property
    def listed(self) -> LineList[Saved]:
        """The list."""
        return self.query_one("#saved", LineList)

    def _list_again(self, at: str = "") -> None:
        ours = self._memory.queries
        queries = {**self._configured, **ours}
        found = [Saved(name, text, name in ours, self._count(text)) for name, text in sorted(queries.items())]
        self.listed.empty_text = "None is saved yet: type a query after /, then Q and s save it here."
        self.listed.styles.height = max(1, len(found))
        cursor = next((index for index, saved in enumerate(found) if saved.name == at), self.listed.cursor)
        self.listed.show([Entry(saved, partial(self._line, saved)) for saved in found], cursor)

    def _count(self, query: str) -> str:
        try:
            matches = query_matcher(query)
        except ToolError:
            return "has a mistake"
        count = sum(matches is None or matches(row) for row in self._rows)
        return f"{count} of {len(self._rows)}"

    @staticmethod
    def _line(saved: Saved, width: int) -> Line:
        beside = 14 if saved.ours else 14 + 16
        room = max(10, width - 22 - beside)
        return [
            (pad(f" {shorten(harmless(saved.name), 20)}", 22), "strong"),
            (pad(shorten(harmless(saved.query), room - 1, "middle"), room), ""),
            (f"{saved.count:>13} ", "quiet"),
            ("" if saved.ours else "  configuration ", "quiet"),
        ]

    def _tell(self, text: str = "", style: str = "quiet") -> None:
        if not text:
            text = (
                f"Current query: {harmless(self._here)}  ·  s saves it" if self._here else "There is no current query."
            )
        self.query_one("#told", Bar).show([(text, style)])

    # What the keys do

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one types a name, keys are letters."""
        return not (self.query_one(Input).has_class("-asked") and action != "back")

    @on(LineList.Chosen)
    def action_choose(self) -> None:
        """Filter by the query under the cursor."""
        here = self.listed.here
        if here is not None:
            self.dismiss(here.query)

    def action_save(self) -> None:
        """Ask for a name for the query in force."""
        if not self._here:
            self._tell("There is no query to save: press Esc, then / and type one.", "edited")
            return
        box = self.query_one(Input)
        box.value = ""
        box.add_class("-asked")
        box.focus()

    @on(Input.Submitted)
    def _named(self, event: Input.Submitted) -> None:
        event.stop()
        name = " ".join(event.value.split())
        if not name:
            self._leave_name()
            return
        try:
            query_matcher(self._here)
            self._memory.save_query(name, self._here)
        except ToolError as error:
            self._tell(f"! {clean(error)}", "invalid")
            return
        self._leave_name()
        self._list_again(name)
        self._tell(f"Saved as {harmless(name)} for this repo; it is kept outside the repo.", "good")

    def _leave_name(self) -> None:
        self.query_one(Input).remove_class("-asked")
        self.listed.focus()

    def action_forget(self) -> None:
        """Forget the query under the cursor, if it was saved here."""
        here = self.listed.here
        if here is None:
            return
        if not here.ours:
            self._tell("This one is in the configuration's [queries]; remove it there.", "edited")
            return
        try:
            self._memory.forget_query(here.name)
        except ToolError as error:
            self._tell(f"! {clean(error)}", "invalid")
            return
        self._list_again()
        left = plural(len(self._memory.queries), "query")
        self._tell(f"Forgot {harmless(here.name)}: {harmless(here.query)} · {left} saved here")

    def action_back(self) -> None:
        """Leave the naming, or the screen."""
        if self.query_one(Input).has_class("-asked"):
            self._leave_name()
        else:
            self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside the dialog leaves it."""
        if event.widget is self:
            self.dismiss(None)
