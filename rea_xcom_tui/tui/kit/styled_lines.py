"""Widgets made of lines of styled text, without markup: what they show may come from anywhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.strip import Strip
from textual.widget import Widget

from rea_xcom_tui.tui.kit.blend import layered
from rea_xcom_tui.tui.kit.fit import shorten
from rea_xcom_tui.tui.kit.unframed import Kept

Span = tuple[str, str]
"""A text and the name of its style; an empty name is plain."""
Line = Sequence[Span]

STYLES = (
    "quiet", "strong", "title", "edited", "invalid", "drift", "reference", "unreadable", "good",
    "added", "removed", "added-word", "removed-word", "bar", "here", "key",
    "words", "edge",
)  # fmt: skip
"""What lines are painted with: component classes of the app (`app.tcss`), not of each widget, since Textual works all
of a widget's component classes out again whenever a class or the focus changes on its screen."""


SEVERITY_STYLES = {"error": "invalid", "warning": "edited", "info": "quiet"}
"""In which of them what a rule or a comparison found is told, by its severity."""


def line_width(line: Line) -> int:
    """How many terminal cells a line takes."""
    return sum(len(text) if text.isascii() else cell_len(text) for text, _ in line)


_LONG_WORD, _LONG_PART, _LEAST_PART = 20, 24, 12
"""Cells: of words and parts that may give way in a line, and of what stays of such a part."""


def fitted(line: Line, room: int) -> Line:
    """As much of a line as can be brought to `room` cells without loss of what is at its end.

    Long words, such as branches and ARNs, give way in their middle, because their ends tell them apart. Then it is the
    longest part's end, unless it comes last or says what is wrong: where a value is, or which key undoes it, stays.
    """
    excess = line_width(line) - room
    words = sorted({word for text, _ in line for word in text.split(" ") if len(word) > _LONG_WORD}, key=len)
    for word in reversed(words):
        if excess > 0:
            short = shorten(word, max(_LONG_WORD, len(word) - excess), "middle")
            line = [(text.replace(word, short), style) for text, style in line]
            excess = line_width(line) - room
    if excess > 0 and len(line) == 1 and " · " in line[0][0]:
        head, dot, rest = line[0][0].partition(" · ")
        line = [(head, line[0][1]), (f"{dot}{rest}", line[0][1])]
    if excess > 0 and len(line) > 1:
        at = max(range(len(line)), key=lambda at: line_width([line[at]]))
        text, style = line[at]
        left = line_width([line[at]]) - excess
        if at < len(line) - 1 and style != "invalid" and len(text) >= _LONG_PART and left >= _LEAST_PART:
            line = [*line[:at], (shorten(text, left), style), *line[at + 1 :]]
    return line


class Painted(Widget):
    """Draws the lines it was given last. Every text must have passed `clean` or `harmless` before."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self.lines: Sequence[Line] = ()
        self._styles_by_name: dict[str, Style] = {}
        self._to_do: Callable[[], None] | None = None

    def before_painting(self, do: Callable[[], None]) -> None:
        """Do this once all keys that have come are taken, before the next frame, in place of what was to be done then:
        of a key that is held down, only the last needs it."""
        self._to_do = do
        self.check_idle()

    def on_idle(self) -> None:
        """Do what is still to be done."""
        do, self._to_do = self._to_do, None
        if do is not None:
            do()

    def paint(self, lines: Sequence[Line]) -> None:
        """Show these lines."""
        self.lines = lines
        self.refresh()

    def notify_style_update(self) -> None:
        """Forget the styles of the old theme."""
        super().notify_style_update()
        self._styles_by_name.clear()

    def style_of(self, name: str) -> Style:
        """The style called `name`, over the widget's own."""
        style = self._styles_by_name.get(name)
        if style is None:
            style = layered(self, f"painted--{name}", of=self.app) if name else layered(self)
            self._styles_by_name[name] = style
        return style

    def render_line(self, y: int) -> Strip:
        """Draw one line, cut or filled to the width of the widget."""
        return self.strip_of(self.lines[y] if y < len(self.lines) else ())

    def strip_of(self, line: Line) -> Strip:
        """A line as a strip of the widget's width, with an ellipsis where it does not fit."""
        strip, width = Strip([Segment(text, self.style_of(name)) for text, name in line]), self.content_size.width
        if strip.cell_length > width > 1:
            last = next((name for _, name in reversed(line) if name), "")
            strip = Strip.join([strip.crop(0, width - 1), Strip([Segment("…", self.style_of(last))])])
        return strip.adjust_cell_length(width, self.style_of(""))

    @property
    def text(self) -> str:
        """What is shown, as plain text."""
        self.on_idle()
        return "\n".join("".join(text for text, _ in line) for line in self.lines)


class Bar(Kept, Painted):
    """One line with something on the left and something on the right; the left gives way first."""

    DEFAULT_CSS = """
    Bar { height: 1; width: 1fr; padding: 0 1; }
    """

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._left: Line = ()
        self._right: Line = ()

    def show(self, left: Line, right: Line = ()) -> None:
        """Show these two; the right one keeps its place."""
        self._to_do = None
        if (left, right) != (self._left, self._right):
            grown = line_width(right) != line_width(self._right)
            self._left, self._right = left, right
            self.lines = [(*left, *right)]
            self.refresh(layout=grown and bool(self.styles.auto_dimensions))

    @property
    def shown(self) -> tuple[Line, Line]:
        """What is shown, on the left and on the right."""
        self.on_idle()
        return self._left, self._right

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """Where the width is automatic: what both parts take."""
        return line_width([*self._left, *self._right])

    def render_line(self, y: int) -> Strip:
        """Draw the line with the right part against the right edge."""
        width = self.content_size.width
        right = Strip([Segment(text, self.style_of(name)) for text, name in self._right])
        room = max(0, width - right.cell_length)
        fitting = room - 1 if self._right else room
        shown = self._left if line_width(self._left) <= fitting else fitted(self._left, fitting)
        left = Strip([Segment(text, self.style_of(name)) for text, name in shown])
        if left.cell_length > fitting > 0:
            left = Strip.join([left.crop(0, room - 2), Strip([Segment("… ", self.style_of(""))])])
        left = left.adjust_cell_length(room, self.style_of(""))
        return Strip.join([left, right]).adjust_cell_length(width, self.style_of(""))
