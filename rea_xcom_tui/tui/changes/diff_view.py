"""Diffs, drawn line by line: unified, or old and new side by side where there is room for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

SIDES_FROM = 84
"""From this width on there is room for two sides."""

Part = tuple[str, DiffLine, int, int]
"""Kind and line, and which of its terminal cells are shown."""


class DiffView(ScrollView, can_focus=True):
    """The diffs of some files, one under the other. Scrolls with the usual keys; the words that differ stand out."""

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
        self._rows: list[tuple[Part, ...]] = []
        self._starts: dict[str, int] = {}
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
        if self._laid_out != (self.two_sides, self._half if self.two_sides else 0):
            self._lay_out()
        self.post_message(self.Fitted())

    def go_to(self, file: str) -> None:
        """Bring a file's diff into view."""
        if file in self._starts:
            self.scroll_to(x=self._first_change(file), y=self._starts[file], animate=False, force=True)

    def _first_change(self, file: str) -> int:
        """How far to scroll to the right to see the first words that differ, where they are far out in a long line."""
        if self.two_sides:
            return 0
        lines = next(found.lines for found in self._files if found.file == file)
        starts = [_width(line.text[: line.changed[0][0]]) for line in lines if line.changed]
        width = max(1, self.size.width)
        return starts[0] - width // 2 if starts and starts[0] > width - 8 else 0

    @property
    def text(self) -> str:
        """The diffs as plain text."""
        return "\n".join(" │ ".join(_SIGNS[kind] + line.text for kind, line, _, _ in row) for row in self._rows)

    @property
    def _half(self) -> int:
        """The width of one side, its sign included."""
        return (self.size.width - 1) // 2

    def _lay_out(self) -> None:
        sides = self.two_sides
        self._laid_out = (sides, self._half if sides else 0)
        self._rows, self._starts = [], {}
        for file in self._files:
            if self._rows:
                self._rows.append((_whole("same", DiffLine("same", "")),))
            self._starts[file.file] = len(self._rows)
            self._rows.append((_whole("file", DiffLine("hunk", harmless(file.file))),))
            self._rows += self._paired(file) if sides else ((_whole(line.kind, line),) for line in file.lines)
        width = 0 if sides else max((_width(line.text) + 2 for ((_, line, _, _),) in self._rows), default=0)
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def _paired(self, file: FileChange) -> Iterable[tuple[Part, ...]]:
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
        if position >= len(self._rows):
            return Strip.blank(width, self.rich_style)
        row = self._rows[position]
        if len(row) == 1:
            kind, line, _, _ = row[0]
            strip = self._strip(kind, line)
            x = self.scroll_offset.x
            return strip.crop(x, max(x + width, strip.cell_length)).adjust_cell_length(width, self._style(kind))
        half = self._half
        left, right = (self._side(part, half) for part in row)
        bar = Strip([Segment("│", self._style("hunk"))])
        return Strip.join([left, bar, right]).adjust_cell_length(width, self._style("same"))

    def _side(self, part: Part, width: int) -> Strip:
        kind, line, start, end = part
        base = self._style(kind)
        sign = Strip([Segment(_SIGNS[kind] if start == 0 else " ", base)])
        text = Strip(self._words(kind, line, base))
        shown = text.crop(start, min(end, text.cell_length)) if start < text.cell_length else Strip([])
        return Strip.join([sign, shown]).adjust_cell_length(width, base)

    def _strip(self, kind: str, line: DiffLine) -> Strip:
        base = self._style(kind)
        return Strip([Segment(_SIGNS[kind], base), *self._words(kind, line, base)])

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
    return kind, line, 0, 0


def _part(line: DiffLine | None, start: int, end: int) -> Part:
    return ("none", DiffLine("same", ""), start, end) if line is None else (line.kind, line, start, end)


def _width(text: str) -> int:
    return len(text) if text.isascii() else cell_len(text)
