"""Lists of lines that scroll: with a cursor, or as a page of text. Only the lines in view are laid out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rea_xcom_tui.tui.bindings import bindings_of
from rea_xcom_tui.tui.fitting import pad, shorten
from rea_xcom_tui.tui.widgets.painted import Line, Painted

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Entry(Generic[Key]):
    """One line of a list: what it stands for, and how it is drawn in a given width."""

    key: Key
    draw: Callable[[int], Line]


class Page(Painted, ScrollView, can_focus=True):
    """A text that scrolls. Its lines are made for the width that they are shown in."""

    DEFAULT_CSS = """
    Page { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._make: Callable[[int], Sequence[Line]] = lambda width: ()

    def show(self, make: Callable[[int], Sequence[Line]], *, at_end: bool = False) -> None:
        """Show what `make` gives for the present width, from the top, or else with the end in view."""
        self._make = make
        self.lay_out()
        self.scroll_to(y=self.virtual_size.height if at_end else 0, animate=False, force=True)

    def lay_out(self) -> None:
        """Make the lines anew."""
        width = max(10, self.size.width - self.scrollbar_size_vertical)
        self.lines = list(self._make(width))
        self.virtual_size = Size(0, len(self.lines))
        self.refresh()

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self.lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the part in view."""
        position = y + self.scroll_offset.y
        return self.strip_of(self.lines[position] if position < len(self.lines) else ())


class LineList(Painted, ScrollView, Generic[Key], can_focus=True):
    """Entries on one line each, with a cursor."""

    DEFAULT_CSS = """
    LineList { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("list")

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor is on another entry, or other entries are shown."""

    class Chosen(Message):
        """The user double-clicked an entry."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.entries: Sequence[Entry[Key]] = ()
        self.empty_text = ""

    def show(self, entries: Sequence[Entry[Key]], cursor: int = 0) -> None:
        """Show these entries, with the cursor on one of them."""
        self.entries = entries
        self.virtual_size = Size(0, len(entries))
        self.cursor = cursor
        self.refresh()
        self._reveal()
        self.post_message(self.Moved())

    @property
    def here(self) -> Key | None:
        """What the entry under the cursor stands for."""
        return self.entries[self.cursor].key if self.cursor < len(self.entries) else None

    @property
    def text(self) -> str:
        """Every entry as plain text."""
        return "\n".join("".join(text for text, _ in entry.draw(200)) for entry in self.entries)

    def validate_cursor(self, index: int) -> int:
        """Keep the cursor on an entry."""
        return max(0, min(index, len(self.entries) - 1))

    def watch_cursor(self) -> None:
        """Draw the cursor where it is now, and tell."""
        self.refresh()
        self._reveal()
        self.post_message(self.Moved())

    def _reveal(self) -> None:
        top, height = self.scroll_offset.y, max(1, self.size.height)
        if not top <= self.cursor < top + height:
            self.scroll_to(y=min(self.cursor, max(top, self.cursor - height + 1)), animate=False, force=True)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """Draw one entry of those in view."""
        width = self.size.width - self.scrollbar_size_vertical
        position = y + self.scroll_offset.y
        if position >= len(self.entries):
            return self.strip_of([(self.empty_text, "quiet")] if y == 0 and not self.entries else ())
        line = self.entries[position].draw(width)
        if position == self.cursor:
            text = "".join(text for text, _ in line)
            line = [(pad(shorten(text, width), width), "here")]
        return self.strip_of(line)

    def action_list_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor += by

    def action_list_page(self, by: int) -> None:
        """Move the cursor by a screenful."""
        self.cursor += by * max(1, self.size.height - 1)

    def action_list_end(self, which: int) -> None:
        """Move the cursor to the first or the last entry."""
        self.cursor = 0 if which < 0 else len(self.entries) - 1

    def on_click(self, event: events.Click) -> None:
        """Take the clicked entry; a second click chooses it."""
        position = event.y + self.scroll_offset.y
        if position < len(self.entries):
            self.cursor = position
            if event.chain == 2:
                self.post_message(self.Chosen())
