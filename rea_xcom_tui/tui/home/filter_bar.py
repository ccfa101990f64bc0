"""The filter line: what is shown, how many of all that is, and how many are marked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widgets import Input, Static

from rea_xcom_tui.tui.home.query_line import QueryLine
from rea_xcom_tui.tui.home.suggestions import KnownValues
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Painted
from rea_xcom_tui.xcom.query import Suggestion, complete, meanwhile

PLACEHOLDER = "name or file, field:value, threshold:>0, is:edited"
_SHORTER = "name, field:value, is:edited"
_ROOM = len(PLACEHOLDER) + 24
"""How wide a screen has to be for the longer one."""
_MOST = 8
_WIDEST = 62
_BEFORE_INPUT = 3
"""Cells before the query: the padding and the slash."""


class FilterBar(Horizontal):
    """An input for the query with a count beside it. Live: every keystroke filters; suggestions are below it."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1; padding: 0 1;
        & > #slash { width: 2; color: $text-muted; }
        & > Input { width: 1fr; background: $background; }
        & > Input:focus { background: $surface-lighten-1; }
        & > Input.-wrong { color: $text-error; }
        & > Bar { width: auto; padding: 0; margin: 0 0 0 1; }
        & > Suggestions { overlay: screen; position: absolute; background: $panel; display: none; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("query")

    class Changed(Message):
        """The query is another one. A call tells it, so that what is typed and what it finds are painted as one."""

        text: str
        meanwhile: Sequence[str] = ()
        """The queries to go by where the whole finds nothing, because a term of it is still being typed."""

    class Entered(Message):
        """The user begins to type a query, so what it can complete to is wanted."""

    class Left(Message):
        """The user is done with the query and goes back to the table."""

    class Used(Message):
        """The user has gone on from a query, which therefore is worth remembering."""

        text: str

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.changed: Callable[[FilterBar.Changed], None] = lambda event: None
        """Called when the query is another one."""
        self.text = ""
        """The query as it was typed last."""
        self.known: Mapping[str, Collection[str]] = KnownValues()
        """The values to complete to, by key."""
        self.earlier: Sequence[str] = ()
        """The queries used before, the newest last."""
        self._found: Sequence[Suggestion] = ()
        self._chosen = 0
        self._browsing: list[str] | None = None
        self._at = 0

    def compose(self) -> ComposeResult:
        """A slash, the input, the count, and what may follow."""
        yield Static("/", id="slash", markup=False)
        yield QueryLine(self.typed, placeholder=PLACEHOLDER, compact=True, id="query", leaves_by="query.done")
        yield Bar(id="count")
        yield Suggestions(id="suggestions")

    def on_mount(self) -> None:
        """Follow the cursor, because what may follow depends on where it is, and what is typed."""
        self.watch(self.input, "cursor_position", self._suggest, init=False)
        self.watch(self.input, "value", lambda: self.input.call_next(self.typed), init=False)

    @property
    def input(self) -> Input:
        """The input with the query."""
        return self.query_one(Input)

    def on_resize(self) -> None:
        """Say less about what can be typed where there is less room."""
        if self.input.placeholder in (PLACEHOLDER, _SHORTER):
            self.input.placeholder = PLACEHOLDER if self.size.width >= _ROOM else _SHORTER

    def count(self, line: Line) -> None:
        """Show these words at the right."""
        self.query_one("#count", Bar).show((), line)

    def empty(self, placeholder: str = PLACEHOLDER) -> None:
        """Take the query out without asking for all deployments to be shown; words about what is may be there."""
        self.put("")
        self.input.placeholder = placeholder
        self.wrong(False)

    def put(self, text: str) -> None:
        """Show a query without telling that it is another one."""
        self.text = text
        with self.input.prevent(Input.Changed):
            self.input.value = text

    def wrong(self, wrong: bool) -> None:
        """Show whether the query has a mistake; the status line says which."""
        self.input.set_class(wrong, "-wrong")

    @property
    def mistaken(self) -> bool:
        """Whether the query has a mistake, so that more is shown than it asks for."""
        return self.input.has_class("-wrong")

    def typed(self) -> None:
        """Tell of another query, once the cursor is behind what was typed."""
        text = self.input.value
        if text == self.text:
            return
        self.text = text
        if self._browsing is not None and text != self._browsing[self._at]:
            self._browsing = None
        self._suggest()
        # What can be completed is not finished.
        self.changed(self.Changed(text, meanwhile(text, self.input.cursor_position) if self._found else ()))

    # Suggestions

    def knows(self, known: Mapping[str, Collection[str]], earlier: Sequence[str]) -> None:
        """Take the values to complete to and the queries used before; what was typed already is completed again."""
        self.known, self.earlier = known, earlier
        self._suggest()

    def _suggest(self, *, always: bool = False) -> None:
        """Find what may be at the cursor; with nothing typed there, only when that is asked for."""
        text, cursor = self.input.value, self.input.cursor_position
        found: list[Suggestion] = []
        if self.input.has_focus and self._browsing is None:
            found = complete(text, cursor, self.known, _MOST + 1)
        if found and not always and (found[0].start == cursor and not text[:cursor].endswith((":", ","))):
            found = []
        if [suggestion.apply(text) for suggestion in found] == [text]:
            found = []
        self._found, self._chosen = found, 0
        self._show_suggestions()

    def _show_suggestions(self) -> None:
        x = _BEFORE_INPUT + (self._found[0].start if self._found else 0) - int(self.input.scroll_x)
        self.query_one(Suggestions).offer(self._found, self._chosen, x, self.screen.size.width)

    def take(self, index: int) -> None:
        """Put a suggestion in; after a value one goes on with the next term, after a key with its value."""
        if index < len(self._found):
            suggestion = self._found[index]
            self.input.value = suggestion.apply(self.input.value)
            self.input.cursor_position = suggestion.start + len(suggestion.text)

    @property
    def offered(self) -> list[str]:
        """The texts of the suggestions in sight."""
        return [suggestion.text for suggestion in self._found]

    def action_take(self) -> None:
        """Accept the suggestion that stands out; with nothing typed, offer the keys; else go to the table."""
        if self._found:
            self.take(self._chosen)
            return
        text, cursor = self.input.value, self.input.cursor_position
        if not text[:cursor].strip() or text[cursor - 1].isspace():
            self._suggest(always=True)
        if not self._found:
            self.action_done()

    def action_next(self) -> None:
        """Let the next suggestion stand out."""
        if self._found:
            self._chosen = (self._chosen + 1) % min(_MOST, len(self._found))
            self._show_suggestions()

    # Earlier queries

    def action_older(self) -> None:
        """Go back in the queries used before."""
        text = self.input.value
        if self._browsing is None:
            begun = [query for query in self.earlier if query.startswith(text) and query != text]
            if not begun:
                return
            self._browsing, self._at = [*begun, text], len(begun)
        if self._at > 0:
            self._browse(self._at - 1)

    def action_newer(self) -> None:
        """Go forward again, and from the newest to the table."""
        if self._browsing is None or self._at + 1 >= len(self._browsing):
            self.action_done()
        else:
            self._browse(self._at + 1)

    def _browse(self, at: int) -> None:
        assert self._browsing is not None
        self._at = at
        self.input.value = self._browsing[at]
        self.input.cursor_position = len(self.input.value)

    # Leaving

    def action_done(self) -> None:
        """Keep the query and go to the table."""
        self.post_message(self.Left())

    def action_clear(self) -> None:
        """Clear the query and go to the table."""
        self.post_message(self.Used(self.input.value))
        self.input.value = ""
        self.post_message(self.Left())

    def on_descendant_focus(self) -> None:
        """Ask for what can be completed to."""
        self.post_message(self.Entered())

    def on_descendant_blur(self) -> None:
        """However one leaves, the suggestions go and the query is remembered."""
        self._browsing = None
        self._found = ()
        self._show_suggestions()
        self.post_message(self.Used(self.input.value))


class Suggestions(Painted):
    """What may be where the cursor is, below it; a click takes one."""

    def offer(self, found: Sequence[Suggestion], chosen: int, x: int, room: int) -> None:
        """Show these at the column `x` of a screen that is `room` wide, or nothing when there are none."""
        self.display = bool(found)
        if not found:
            return
        shown, more = found[:_MOST], len(found) > _MOST
        width = min(_WIDEST, room - 2)
        texts = [harmless(suggestion.text) for suggestion in shown]
        text_width = min(max(len(text) for text in texts) + 2, width * 2 // 3)
        lines: list[Line] = []
        for index, (text, suggestion) in enumerate(zip(texts, shown, strict=True)):
            here = "here" if index == chosen else ""
            note = shorten(suggestion.note, width - text_width - 2)
            body = pad(f" {shorten(text, text_width, 'middle')}", text_width)
            lines.append([(body, here), (pad(f" {note}", width - text_width), here or "quiet")])
        hint = "more; keep typing" if more else ""
        lines.append([(pad(f" Tab takes it, Shift+Tab the next{'  ·  ' + hint if hint else ''}", width), "quiet")])
        self.styles.width, self.styles.height = width, len(lines)
        self.styles.offset = (max(0, min(x, room - width)), 1)
        self.paint(lines)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Accept the suggestion under the mouse, before the click can take the focus away."""
        event.stop()
        event.prevent_default()
        bar = self.parent
        if isinstance(bar, FilterBar):
            bar.take(event.y)
