"""Lists of lines that scroll: with a cursor, or as a page of text. Only the lines in view are laid out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, ClassVar, Generic, TypeVar, overload

import msgspec
from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.kit.fit import pad, shorten
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Line, Painted

Key = TypeVar("Key")

Draw = Callable[[int], Line]
"""Makes a line for the width that there is."""


class Entry(msgspec.Struct, Generic[Key], frozen=True):
    """One line of a list: what it stands for, and how it is drawn in a given width."""

    key: Key
    draw: Draw
    under_cursor: Draw | None = None
    """How it is drawn under the cursor, where that is not just the whole line marked."""


class Entries(Sequence[Entry[Key]]):
    """Entries that are made when they are asked for, because of a long list only those in view ever are."""

    def __init__(self, keys: Sequence[Key], make: Callable[[Key], Entry[Key]]) -> None:
        self._keys = keys
        self._make = make

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> Entry[Key]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Entry[Key]]: ...

    def __getitem__(self, index: int | slice) -> Entry[Key] | Sequence[Entry[Key]]:
        if isinstance(index, slice):
            return [self._make(key) for key in self._keys[index]]
        return self._make(self._keys[index])


def drawn_by(key: Key, draw: Callable[..., Line]) -> Entry[Key]:
    """An entry whose drawing is told as `here` whether the cursor is on it."""
    return Entry(key, partial(draw, here=False), partial(draw, here=True))


def _grow(view: ScrollView, lines: int) -> None:
    """Tell how many lines there are.

    Assigning `virtual_size` lays the whole screen out again and paints all of it, which takes longer than the lines do.
    It only has to be where the widget changes its size, or its scroll bar comes or goes.
    """
    fits, how = lines <= view.container_size.height, view.styles.overflow_y
    same = view.show_vertical_scrollbar == (how == "scroll" or (how == "auto" and not fits))
    if not view.size or view.styles.auto_dimensions or not same:
        view.virtual_size = Size(0, lines)
        return
    view.set_reactive(ScrollView.virtual_size, Size(0, lines))
    if view.show_vertical_scrollbar:
        view.vertical_scrollbar.window_virtual_size = lines
    view.scroll_y = view.validate_scroll_y(view.scroll_y)


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
        """Make the lines again."""
        width = max(10, self.size.width - self.styles.scrollbar_size_vertical)  # also while there is no scroll bar yet
        self.lines = list(self._make(width))
        _grow(self, len(self.lines))
        self.refresh()

    def on_resize(self) -> None:
        """Lay out for the new width."""
        self.lay_out()

    def render_line(self, y: int) -> Strip:
        """Draw one line of the part in view."""
        position = y + self.scroll_offset.y
        return self.strip_of(self.lines[position] if position < len(self.lines) else ())


class LineList(Painted, ScrollView, Generic[Key], can_focus=True):
    """Entries on one line each, with a cursor, below a head that stays in view."""

    DEFAULT_CSS = """
    LineList { overflow-x: hidden; overflow-y: scroll; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("list")

    cursor: reactive[int] = reactive(0, repaint=False)

    class Told(Message):
        """Something about one list."""

        rows: LineList[Any]

        @property
        def control(self) -> LineList[Any]:
            """The list, for `on` with a selector."""
            return self.rows

    class Moved(Told):
        """The cursor is on another entry, or other entries are shown."""

    class Chosen(Told):
        """The user double-clicked an entry."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.entries: Sequence[Entry[Key]] = ()
        self.empty_text = ""
        """What takes the place of entries when there are none."""
        self._head: Draw | None = None

    def show(self, entries: Sequence[Entry[Key]], cursor: int = 0, head: Draw | None = None) -> None:
        """Show these entries, with the cursor on one of them."""
        self.entries, self._head = entries, head
        _grow(self, len(entries) + self._over)
        self.cursor = cursor
        self.refresh()
        self._reveal()
        self.post_message(self.Moved(self))

    @property
    def here(self) -> Key | None:
        """What the entry under the cursor stands for."""
        return self.entries[self.cursor].key if self.cursor < len(self.entries) else None

    @property
    def text(self) -> str:
        """Every entry as plain text."""
        return "\n".join("".join(text for text, _ in entry.draw(200)) for entry in self.entries)

    @property
    def _over(self) -> int:
        """Lines over the entries."""
        return int(self._head is not None)

    @property
    def room(self) -> int:
        """How many entries are in view at once."""
        return max(1, self.size.height - self._over)

    def validate_cursor(self, index: int) -> int:
        """Keep the cursor on an entry."""
        return max(0, min(index, len(self.entries) - 1))

    def watch_cursor(self) -> None:
        """Draw the cursor where it is now, and tell."""
        self.refresh()
        self._reveal()
        self.post_message(self.Moved(self))

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show whether keys move this cursor."""
        super().watch_has_focus(has_focus)
        self.refresh()

    def _reveal(self) -> None:
        top = self.scroll_offset.y
        if not top <= self.cursor < top + self.room:
            self.scroll_to(y=min(self.cursor, max(top, self.cursor - self.room + 1)), animate=False, force=True)

    def on_resize(self) -> None:
        """Keep the cursor in view."""
        self._reveal()

    def render_line(self, y: int) -> Strip:
        """Draw the head, or one entry of those in view."""
        width = self.size.width - self.scrollbar_size_vertical
        if self._head is not None and y == 0:
            return self.strip_of(self._head(width))
        position = self._position(y)
        if position >= len(self.entries):
            return self.strip_of([(self.empty_text, "quiet")] if y == self._over and not self.entries else ())
        entry = self.entries[position]
        return self.strip_of(self._under_cursor(entry, width) if position == self.cursor else entry.draw(width))

    def _position(self, y: int) -> int:
        """The place in the list of what a line of the widget shows."""
        return y - self._over + self.scroll_offset.y

    def _under_cursor(self, entry: Entry[Key], width: int) -> Line:
        if entry.under_cursor is not None:
            return entry.under_cursor(width)
        text = "".join(text for text, _ in entry.draw(width))
        return [(pad(shorten(text, width), width), "here")]

    def action_list_move(self, by: int) -> None:
        """Move the cursor."""
        self.cursor += by

    def action_list_page(self, by: int) -> None:
        """Move the cursor by a screenful."""
        self.cursor += by * max(1, self.room - 1)

    def action_list_end(self, which: int) -> None:
        """Move the cursor to the first or the last entry."""
        self.cursor = 0 if which < 0 else len(self.entries) - 1

    def on_click(self, event: events.Click) -> None:
        """Take the clicked entry; a second click chooses it."""
        position = self._position(event.y)
        if event.y >= self._over and position < len(self.entries):
            self.cursor = position
            if event.chain == 2:
                self.post_message(self.Chosen(self))
