"""Diffs, drawn line by line: unified, or old and new side by side where there is room for it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rea_xcom_tui.tui.background.file_changes import DiffLine, FileChange, side_by_side
from rea_xcom_tui.tui.kit.blend import layered
from rea_xcom_tui.tui.kit.fit import harmless

_SIGNS = {"hunk": " ", "same": " ", "removed": "-", "added": "+", "file": "", "none": " "}

_CHANGED = ("removed", "added")

SIDES_FROM = 84
"""From this width on there is room for two sides."""

_ABOVE = 2
"""Rows that stay in sight above a change that one goes to."""

_HERE = Style(reverse=True, bold=True)
"""Of the signs of the change that one is at."""

Part = tuple[str, DiffLine, int, int]
"""Kind and line, and which of its terminal cells are shown."""

Row = tuple[Part, ...]
"""One part, or those of the two sides."""


class DiffView(ScrollView, can_focus=True):
    """The diffs of some files, one under the other. Long lines go on in the next row, so that at any width all that
    changes is on the screen; the words that differ stand out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "diff--file", "diff--hunk", "diff--same", "diff--none", "diff--added", "diff--removed", "diff--added-word",
        "diff--removed-word",
    }  # fmt: skip
    DEFAULT_CSS = """
    DiffView {
        scrollbar-size: 1 1;
        & > .diff--file { text-style: bold; color: $text-primary; }
        & > .diff--hunk { color: $text-muted; }
        & > .diff--same { color: $foreground 75%; }
        & > .diff--none { background: $foreground 5%; }
        & > .diff--removed { color: $text-error; background: $error 8%; }
        & > .diff--added { color: $text-success; background: $success 8%; }
        & > .diff--removed-word { color: $text-error; background: $error 20%; text-style: bold; }
        & > .diff--added-word { color: $text-success; background: $success 20%; text-style: bold; }
    }
    """

    class Fitted(Message):
        """The diff has another width, so that there may be room for two sides, or none any more."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.sides = False
        """Whether old and new stand side by side; where there is no room for that, the diff is unified anyway."""
        self._files: Sequence[FileChange] = ()
        self._starts: dict[str, int] = {}
        self._tops: list[int] = []
        """The row that names each file, by the file and in order."""
        self._rows_of: dict[int, list[Row]] = {}
        """The rows of files that have been in view, by the place of each file: of a thousand files, few ever are."""
        self._changes: list[range] = []
        """The rows of each run of changed lines."""
        self._at = 0
        """Which of them one is at."""
        self._left_at = 0
        """Where the diff was scrolled to when that was said: if it is elsewhere now, one has scrolled by hand."""
        self._laid_out: tuple[bool, int] = (False, 0)

    def show(self, files: Sequence[FileChange]) -> None:
        """Show the diffs of these files."""
        self._files = files
        self._lay_out()

    def show_sides(self, sides: bool) -> None:
        """Show old and new side by side, or one under the other."""
        self.sides = sides
        self._lay_out()

    @property
    def two_sides(self) -> bool:
        """Whether old and new are shown side by side now."""
        return self.sides and self.size.width >= SIDES_FROM

    def on_resize(self) -> None:
        """Two sides are laid out for the width there is."""
        if self._laid_out != (self.two_sides, self.size.width):
            self._lay_out()
        self.post_message(self.Fitted())

    def go_to(self, file: str) -> None:
        """Bring a file's diff into view; one is at its first change then."""
        if file in self._starts:
            start = self._starts[file]
            self._be_at(next((at for at, rows in enumerate(self._changes) if rows.start >= start), 0), start)

    @property
    def change(self) -> tuple[int, int]:
        """Which change one is at, counted from 1, and how many there are."""
        top = self.scroll_offset.y
        if top != self._left_at and self._changes:
            seen = [at for at, rows in enumerate(self._changes) if rows.start <= top + _ABOVE]
            self._at, self._left_at = (seen or [0])[-1], top
        return (self._at + 1, len(self._changes)) if self._changes else (0, 0)

    def go_to_change(self, by: int) -> None:
        """Bring the next change (`by` 1) or the one before (-1) to the top, as far as there is something below it."""
        at, count = self.change
        if count:
            at = max(0, min(at - 1 + by, count - 1))
            self._be_at(at, self._changes[at].start - _ABOVE)

    def _be_at(self, change: int, top: int) -> None:
        self._left_at = max(0, min(top, self.max_scroll_y))
        self._at = change
        self.scroll_to(y=self._left_at, animate=False, force=True, immediate=True)
        self.refresh()

    @property
    def text(self) -> str:
        """The diffs as plain text."""
        rows = (row for at in range(len(self._files)) for row in ([_BLANK] if at else []) + self._file_rows(at))
        return "\n".join(" │ ".join(_SIGNS[kind] + line.text for kind, line, _, _ in row) for row in rows)

    @property
    def _room(self) -> int:
        """The width for text: what the scroll bar takes is left free, also while there is none."""
        return max(9, self.size.width - self.styles.scrollbar_size_vertical)

    @property
    def _half(self) -> int:
        """The width of one side, its sign included."""
        return (self._room - 1) // 2

    def _lay_out(self) -> None:
        """Find how many rows each file has, and which of them are changes; the rows are made when they are in view."""
        sides = self.two_sides
        self._laid_out = (sides, self.size.width)
        self._starts, self._tops, self._rows_of, self._changes, self._at = {}, [], {}, [], 0
        end = 0
        for file in self._files:
            start = end + 1 if self._tops else 0
            self._starts[file.file] = start
            self._tops.append(start)
            end = start + 1
            since = None
            for changed, height in self._heights(file, sides=sides):
                if changed and since is None:
                    since = end
                elif not changed and since is not None:
                    self._changes.append(range(since, end))
                    since = None
                end += height
            if since is not None:
                self._changes.append(range(since, end))
        self.virtual_size = Size(0, end)
        self.refresh()

    def _heights(self, file: FileChange, *, sides: bool) -> Iterator[tuple[bool, int]]:
        """Whether each line of a file's diff, or pair of lines, is a change, and how many rows it takes."""
        if not sides:
            room = self._room - 1
            for line in file.lines:
                yield line.kind in _CHANGED, -(-_width(line.text) // room) or 1
            return
        room = max(1, self._half - 1)
        for left, right in side_by_side(file.lines):
            if left is not None and left.kind == "hunk":
                yield False, 1
                continue
            there = [line for line in (left, right) if line is not None]
            longest = max(_width(line.text) for line in there)
            yield any(line.kind in _CHANGED for line in there), -(-longest // room) or 1

    def _file_rows(self, at: int) -> list[Row]:
        """The rows of a file: one that names it, and its diff."""
        if at not in self._rows_of:
            file = self._files[at]
            named = (_whole("file", DiffLine("hunk", harmless(file.file))),)
            self._rows_of[at] = [named, *(self._paired(file) if self.two_sides else self._unified(file))]
        return self._rows_of[at]

    def _row(self, position: int) -> Row:
        """A row by its place, which is one of those that there are."""
        at = bisect_right(self._tops, position) - 1
        rows, within = self._file_rows(at), position - self._tops[at]
        return rows[within] if within < len(rows) else _BLANK

    def _unified(self, file: FileChange) -> Iterable[Row]:
        """The rows of a file's unified diff; a long line goes on in the next row."""
        room = self._room - 1
        for line in file.lines:
            for start in range(0, max(1, _width(line.text)), room):
                yield (_part(line, start, start + room),)

    def _paired(self, file: FileChange) -> Iterable[Row]:
        """The rows of a file's two sides; a long line goes on in the next row."""
        room = max(1, self._half - 1)
        for left, right in side_by_side(file.lines):
            if left is not None and left.kind == "hunk":
                yield (_whole("hunk", left),)
                continue
            length = max(_width(line.text) if line is not None else 0 for line in (left, right))
            for start in range(0, max(1, length), room):
                yield (_part(left, start, start + room), _part(right, start, start + room))

    def render_line(self, y: int) -> Strip:
        """Draw one line of the diffs."""
        width = self.size.width
        position = y + self.scroll_offset.y
        if position >= self.virtual_size.height:
            return Strip.blank(width, self.rich_style)
        row = self._row(position)
        here = len(self._changes) > 1 and position in self._changes[self._at]
        if len(row) == 1:
            return self._side(row[0], width, here=here)
        half = self._half
        left, right = (self._side(part, half, here=here) for part in row)
        bar = Strip([Segment("│", self._style("hunk"))])
        return Strip.join([left, bar, right]).adjust_cell_length(width, self._style("same"))

    def _side(self, part: Part, width: int, *, here: bool) -> Strip:
        kind, line, start, end = part
        base = self._style(kind)
        signed = base + _HERE if here and kind in ("removed", "added") else base
        sign = Strip([Segment(_SIGNS[kind] if start == 0 else " ", signed)] if _SIGNS[kind] else [])
        text = Strip(self._words(kind, line, base))
        shown = text.crop(start, min(end, text.cell_length)) if start < text.cell_length else Strip([])
        return Strip.join([sign, shown]).adjust_cell_length(width, base)

    def _words(self, kind: str, line: DiffLine, base: Style) -> list[Segment]:
        word = self._style(f"{kind}-word") if line.changed else base
        segments, at = [], 0
        for start, end in line.changed:
            segments += [Segment(line.text[at:start], base), Segment(line.text[start:end], word)]
            at = end
        return [*segments, Segment(line.text[at:], base)]

    def _style(self, kind: str) -> Style:
        return layered(self, f"diff--{kind}")


def _whole(kind: str, line: DiffLine) -> Part:
    return kind, line, 0, max(1, _width(line.text))


_BLANK: Row = (("same", DiffLine("same", ""), 0, 1),)
"""What is between two files."""


def _part(line: DiffLine | None, start: int, end: int) -> Part:
    return ("none", DiffLine("same", ""), start, end) if line is None else (line.kind, line, start, end)


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
