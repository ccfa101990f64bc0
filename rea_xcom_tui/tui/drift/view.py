"""The drift screen's layout, and what its parts ask of it. What they do is in their own modules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal

from textual.app import ComposeResult
from textual.binding import BindingType

from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import LineList, Page
from rea_xcom_tui.tui.kit.styled_lines import Bar, Painted

if TYPE_CHECKING:
    from rea_xcom_tui.xcom.drift import Cause, Deviation

_NOTHING = "Nothing differs. v compares with something else, n lists what is accepted, Esc goes back."

Leave = tuple[Literal["", "diff", "write", "edit"], str, str]
"""What the fleet is to do next; for an edit with the deployment and the field."""


class DriftView(Composed[Leave]):
    """Causes, what deserves attention first in front, with the members of the one under the cursor below."""

    CSS_PATH = "drift.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("drift", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("drift")
    AUTO_FOCUS = "#causes"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it for instances
    VERTICAL_BREAKPOINTS = [(0, "-low"), (30, "-usual")]  # noqa: RUF012 - Textual declares it for instances

    def compose(self) -> ComposeResult:
        """Header, causes or matrix, members or a cell in words, status, keys."""
        yield Bar(id="header")
        yield LineList["Cause"](id="causes")
        yield LineList[str](id="matrix")
        yield Painted(id="title")
        yield Page(id="would")
        yield LineList["Deviation"](id="members")
        yield Painted(id="cell")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Show the causes, as soon as there are some."""
        self.causes: LineList[Cause] = self.query_one("#causes", LineList)
        self.members: LineList[Deviation] = self.query_one("#members", LineList)
        self.matrix: LineList[str] = self.query_one("#matrix", LineList)
        self.causes.empty_text, self.matrix.empty_text = "comparing…", _NOTHING
        self.show_view("causes")

    @property
    def in_matrix(self) -> bool:
        """Whether the matrix is shown."""
        return bool(self.matrix.display)

    def show_view(self, view: Literal["causes", "matrix"]) -> None:
        """Show the causes with their members, or the matrix."""
        for name in ("causes", "title", "would", "members"):
            self.query_one(f"#{name}").display = view == "causes"
        for name in ("matrix", "cell"):
            self.query_one(f"#{name}").display = view == "matrix"
        self.query_one(f"#{view}").focus()

    # What several parts have a say in

    @property
    def chosen(self) -> Sequence[Deviation]:
        """What differs where the cursor is: a cause with all its members, one member, or one cell of the matrix."""
        return ()

    def compared(self) -> None:
        """Take up a comparison that is done."""

    def draw(self) -> None:
        """Draw everything again, with the cursor on the cause that it is on."""

    def draw_beneath(self) -> None:
        """Draw what belongs to the row under the cursor."""

    def show_header(self) -> None:
        """Show what is compared with, and how much differs."""
