"""A list of painted rows with a cursor: draws only the rows in sight, so its cost does not grow with the list."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.message import Message

from rea_xcom_tui.tui.widgets.painted import Line, Painted

Draw = Callable[[int, int, bool], Line]
"""Gives the line of a row: its index, the width there is, and whether the cursor is on it."""
Head = Callable[[int], Line]
"""Gives the line over the rows for a width."""


class RowList(Painted, can_focus=True):
    """Owns a cursor and nothing else; what the rows are is told by `show`."""

    class Moved(Message):
        """The cursor is on another row."""

        def __init__(self, rows: RowList) -> None:
            super().__init__()
            self.rows = rows

    class Opened(Message):
        """The user double-clicked a row."""

        def __init__(self, rows: RowList) -> None:
            super().__init__()
            self.rows = rows

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.count = 0
        self.cursor = 0
        self.empty_text = ""
        """What stands in place of rows when there are none."""
        self._draw: Draw = lambda index, width, here: ()
        self._head: Head | None = None
        self._top = 0

    def show(self, count: int, draw: Draw, head: Head | None = None, cursor: int | None = None) -> None:
        """Show these rows; the cursor stays where it is unless told otherwise."""
        self.count, self._draw, self._head = count, draw, head
        self._put(self.cursor if cursor is None else cursor)

    def move(self, by: int) -> None:
        """Move the cursor and tell."""
        before = self.cursor
        self._put(self.cursor + by)
        if self.cursor != before:
            self.post_message(self.Moved(self))

    def move_page(self, by: int) -> None:
        """Move the cursor by a screenful and tell."""
        self.move(by * max(1, self.room - 1))

    @property
    def room(self) -> int:
        """How many rows are in sight."""
        return max(1, self.content_size.height - (self._head is not None))

    def _put(self, cursor: int) -> None:
        self.cursor = max(0, min(cursor, self.count - 1))
        self._top = max(0, min(max(self._top, self.cursor - self.room + 1), self.cursor, self.count - self.room))
        self.repaint()

    def repaint(self) -> None:
        """Draw the rows in sight again."""
        width = max(10, self.content_size.width - 1)
        lines: list[Line] = [self._head(width)] if self._head is not None else []
        if not self.count:
            lines.append([(f"  {self.empty_text}", "quiet")])
        for index in range(self._top, min(self.count, self._top + self.room)):
            lines.append([*self._draw(index, width, index == self.cursor), *self._bar(index - self._top)])
        self.paint(lines)

    def _bar(self, y: int) -> Line:
        """One cell of a scroll bar, where not all rows are in sight."""
        room = self.room
        if self.count <= room:
            return ()
        size = max(1, room * room // self.count)
        start = (room - size) * self._top // max(1, self.count - room)
        return [("▐", "bar" if start <= y < start + size else "quiet")] if start <= y < start + size else ()

    def on_resize(self) -> None:
        """Lay out for the new size."""
        self._put(self.cursor)

    def watch_has_focus(self, has_focus: bool) -> None:
        """Show whether keys move this cursor."""
        super().watch_has_focus(has_focus)
        self.repaint()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Move on."""
        event.stop()
        self.move(3)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Move back."""
        event.stop()
        self.move(-3)

    def on_click(self, event: events.Click) -> None:
        """Put the cursor on the clicked row; a second click opens it."""
        index = self._top + event.y - (self._head is not None)
        if 0 <= index < self.count and event.y >= (self._head is not None):
            self.move(index - self.cursor)
            if event.chain == 2:
                self.post_message(self.Opened(self))
