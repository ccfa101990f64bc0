"""Unified diffs, drawn line by line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from rea_xcom_tui.tui.changes import DiffLine, FileChange
from rea_xcom_tui.tui.fitting import harmless
from rea_xcom_tui.tui.widgets.layering import layered

_SIGNS = {"hunk": " ", "same": " ", "removed": "-", "added": "+", "file": ""}


class DiffView(ScrollView, can_focus=True):
    """The diffs of some files, one under the other. Scrolls with the usual keys; the words that differ stand out."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "diff--file", "diff--hunk", "diff--same", "diff--added", "diff--removed", "diff--added-word",
        "diff--removed-word",
    }  # fmt: skip
    DEFAULT_CSS = """
    DiffView {
        scrollbar-size: 1 1;
        & > .diff--file { text-style: bold; color: $text-primary; }
        & > .diff--hunk { color: $foreground 55%; }
        & > .diff--same { color: $foreground 75%; }
        & > .diff--removed { color: $text-error; background: $error 12%; }
        & > .diff--added { color: $text-success; background: $success 12%; }
        & > .diff--removed-word { color: $text-error; background: $error 40%; text-style: bold; }
        & > .diff--added-word { color: $text-success; background: $success 40%; text-style: bold; }
    }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawn: list[tuple[str, DiffLine]] = []
        self._starts: dict[str, int] = {}

    def show(self, files: Sequence[FileChange]) -> None:
        """Show the diffs of these files."""
        self._drawn = []
        self._starts = {}
        for file in files:
            if self._drawn:
                self._drawn.append(("same", DiffLine("same", "")))
            self._starts[file.file] = len(self._drawn)
            self._drawn.append(("file", DiffLine("hunk", harmless(file.file))))
            self._drawn += [(line.kind, line) for line in file.lines]
        width = max((len(line.text) + 2 for _, line in self._drawn), default=0)
        self.virtual_size = Size(width, len(self._drawn))
        self.refresh()

    def go_to(self, file: str) -> None:
        """Bring a file's diff into view."""
        if file in self._starts:
            self.scroll_to(y=self._starts[file], animate=False, force=True)

    @property
    def text(self) -> str:
        """The diffs as plain text."""
        return "\n".join(_SIGNS[kind] + line.text for kind, line in self._drawn)

    def render_line(self, y: int) -> Strip:
        """Draw one line of the diffs."""
        width = self.size.width
        position = y + self.scroll_offset.y
        if position >= len(self._drawn):
            return Strip.blank(width, self.rich_style)
        kind, line = self._drawn[position]
        base = self._style(kind)
        segments = [Segment(_SIGNS[kind], base), *self._words(kind, line, base)]
        x = self.scroll_offset.x
        strip = Strip(segments)
        return strip.crop(x, max(x + width, strip.cell_length)).adjust_cell_length(width, base)

    def _words(self, kind: str, line: DiffLine, base: Style) -> list[Segment]:
        word = self._style(f"{kind}-word") if line.changed else base
        segments, at = [], 0
        for start, end in line.changed:
            segments += [Segment(line.text[at:start], base), Segment(line.text[start:end], word)]
            at = end
        return [*segments, Segment(line.text[at:], base)]

    def _style(self, kind: str) -> Style:
        return layered(self, f"diff--{kind}")
