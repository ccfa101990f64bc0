"""Editing a cell in place: an input over the cell, and below it what the value means or why it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Region
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.kit.fit import harmless
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.text_line import TextLine

Judge = Callable[[str], str]
"""Gives the meaning of what was typed; raises `ValueError` with one short sentence when it is not valid."""


class CellEditor(Vertical):
    """One line over the cell. Nothing invalid ever leaves it."""

    DEFAULT_CSS = """
    CellEditor {
        overlay: screen; position: absolute; constrain: inside inside;
        width: auto; height: 1;
        & > Input { background: $warning 20%; color: $foreground; text-style: bold; padding: 0 0 0 1; }
        & > Input.-refused { background: $error 40%; }
        & > Static {
            overlay: screen; constrain: inside inside;
            background: $panel-lighten-1; color: $text; width: auto; max-width: 78; height: auto; padding: 0 1;
        }
        & > Static.-refused { color: $text-error; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("editor")

    class Saved(Message):
        """The user accepted a valid value, and wants to go on to another cell."""

        text: str
        move: tuple[int, int]
        choose: bool = False
        """`choose`: whether the layer that takes the value is to be chosen."""

    class Cancelled(Message):
        """The user left without changing anything."""

    def __init__(
        self, text: str, cell: Region, judge: Judge, choices: tuple[str, ...] = (), *, layered: bool = False
    ) -> None:
        """`layered` offers to choose the layer that takes the value."""
        super().__init__()
        self._layered = layered
        self._start = text
        self._cell = cell
        self._judge = judge
        self._choices = choices
        self._answered = False
        self._begun = False
        """Whether anything has been typed, so that an empty text is a mistake."""

    def compose(self) -> ComposeResult:
        """An input and a line below it."""
        suggester = SuggestFromList(self._choices, case_sensitive=True) if self._choices else None
        yield TextLine(self._start, suggester=suggester, compact=True, select_on_focus=True)
        yield Static(markup=False)

    def on_mount(self) -> None:
        """Lie over the cell."""
        self.place(self._cell)
        self.query_one(Input).focus()
        self._tell(self._start)

    def place(self, cell: Region) -> None:
        """Lie over this cell, with enough room to type; before the editor is on the screen, note where it will lie."""
        self._cell = cell
        if not self.query(Input):  # the table may be laid out again between the key and the editor's first drawing
            return
        screen, wanted = self.screen.size.width, len(self._start) + 4
        room = screen - cell.x - 1
        width = max(cell.width, min(max(20, wanted), room))
        if wanted > width:  # near the right edge a long value reaches over what is left of the cell, to be seen whole
            width = min(wanted, screen - 2)
        self.styles.offset = (max(0, min(cell.x, screen - 1 - width)), cell.y)
        self.query_one(Input).styles.width = width
        # Below the last line of a list is the status line: what is said covers all of it, or none would be legible.
        low = cell.y + 1 >= self.screen.size.height - 2
        self.query_one(Static).styles.min_width = min(78, self.screen.size.width) if low else None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._begun = self._begun or bool(event.value)
        self._tell(event.value)

    def _tell(self, text: str) -> bool:
        """Say what `text` means or why it is refused; True when it is valid."""
        try:
            message, refused = self._judge(text), False
        except ValueError as error:
            message, refused = str(error), True
        if not text and not self._start and not self._begun:
            message, refused = "not set: type a value, Esc leaves it so", False  # nobody has done anything wrong yet
        for widget in (self.query_one(Input), self.query_one(Static)):
            widget.set_class(refused, "-refused")
        self.query_one(Static).update(f"! {clean(message)}" if refused else harmless(message))
        return not refused

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A plain file has no layers to choose from."""
        return self._layered if action == "save_in_layer" else True

    def action_save_in_layer(self) -> None:
        """Accept a valid value, and have the layer chosen that takes it."""
        self.action_save(0, 0, choose=True)

    def action_save(self, down: int, right: int, *, choose: bool = False) -> None:
        """Accept a valid value; stay open over an invalid one."""
        text = self.query_one(Input).value
        self._begun = True
        if not self._tell(text):
            self.app.bell()
        elif not self._answered:
            self._answered = True
            self.post_message(self.Saved(text, (down, right), choose=choose))

    def action_cancel(self) -> None:
        """Leave the cell as it was."""
        if not self._answered:
            self._answered = True
            self.post_message(self.Cancelled())

    def on_descendant_blur(self) -> None:
        """Clicking elsewhere leaves the cell as it was."""
        self.action_cancel()
