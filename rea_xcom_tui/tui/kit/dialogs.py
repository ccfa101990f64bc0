"""Questions and messages over a screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog


class Choice(msgspec.Struct, frozen=True):
    """One answer to a question: its key, what it says, and what it stands for."""

    key: str
    shown: str
    words: str
    result: str


_AROUND_ANSWER = 5
"""The blanks that an answer takes beside its key and words."""
_AROUND = 7
"""Lines of a question beside what is told: border, title, answers, and the lines between them."""

STAY = Choice("escape", "Esc", "back", "")
"""The answer that changes nothing."""
CLOSE = Choice("escape", "Esc", "close", "")
"""The only answer to what is just told."""


class AnswerBar(KeyBar):
    """The keys of the answers, in place of those of the screen that is asked over."""

    def __init__(self, choices: Sequence[Choice]) -> None:
        super().__init__(palette=False)
        self._choices = choices

    def _shown(self) -> Iterator[tuple[Binding, bool]]:
        for choice in self._choices:
            yield Binding(choice.key, "", choice.words, key_display=choice.shown), True


class Question(Dialog[str]):
    """Asks one thing; dismisses with the result of the answer, empty for none.

    The first line says verb, count and consequence; the first choice is the one that Enter takes.
    """

    DEFAULT_CSS = """
    Question {
        & .title { text-style: bold; width: 1fr; }
        & .body { width: 1fr; }
        & VerticalScroll { height: auto; max-height: 40vh; width: 1fr; margin: 1 0 0 0; scrollbar-size-vertical: 1; }
        & .output { width: 1fr; color: $text-muted; }
        & #answers { layout: horizontal; height: auto; width: 1fr; margin: 1 0 0 0; }
        & #answers.-stacked { layout: vertical; }
        & Button { width: auto; min-width: 1; margin: 0 2 0 0; }
        &.-failure .dialog { border: round $error; }
        &.-failure .title { color: $text-error; }
    }
    """

    def __init__(self, title: str, body: str, choices: Sequence[Choice], *, output: str = "") -> None:
        super().__init__()
        self._title = title
        self._body = body
        self._choices = choices
        self._output = output

    def compose(self) -> ComposeResult:
        """Title, body, what another program said, and the answers."""
        with Vertical(classes="dialog"):
            yield Static(clean(self._title), classes="title", markup=False)
            if self._body:
                with VerticalScroll(id="told", can_focus=False):
                    yield Static(clean(self._body, keep_newlines=True), classes="body", markup=False)
            if self._output:
                with VerticalScroll(id="output", can_focus=False):
                    yield Static(clean(self._output, keep_newlines=True), classes="output", markup=False)
            with Container(id="answers"):
                for choice in self._choices:
                    label = Content.assemble((choice.shown, "bold"), f" {choice.words}")
                    yield Button(label, compact=True, name=choice.result)
        yield AnswerBar(self._choices)

    def on_mount(self) -> None:
        """Let Enter take the first choice."""
        self.query(Button).first().focus()

    def on_resize(self) -> None:
        """Fit what is told and the answers to the screen."""
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """Put the answers one under the other where they do not fit beside each other, and keep all of them in view:
        what is told beyond that scrolls.
        """
        answers = self.query_one("#answers")
        taken = sum(len(choice.shown) + len(choice.words) + _AROUND_ANSWER for choice in self._choices)
        stacked = taken > answers.size.width
        answers.set_class(stacked, "-stacked")
        room = self.size.height * 9 // 10 - _AROUND - (len(self._choices) - 1 if stacked else 0)
        for told in self.query("#told"):
            told.styles.max_height = max(3, room // 2 if self._output else room)

    def on_key(self, event: events.Key) -> None:
        """Answer by key; the arrows move what does not fit."""
        if event.key in ("up", "down"):
            for scroll in self.query(VerticalScroll):
                scroll.scroll_relative(y=-1 if event.key == "up" else 1, animate=False)
        for choice in self._choices:
            if event.key == choice.key:
                event.stop()
                self.dismiss(choice.result)
                return

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.dismiss(event.button.name or "")


class TrustQuestion(Question):
    """Lists what a git folder would run, and asks whether it may: `once`, `always` or not."""

    def __init__(self, title: str, introduction: str, things: Sequence[str]) -> None:
        choices = [STAY, Choice("o", "o", "this time", "once"), Choice("a", "a", "always for this repo", "always")]
        super().__init__(title, introduction, choices, output="\n".join(f"  {thing}" for thing in things))


class Failure(Question):
    """Statement that something could not be done, why, and what another program said about it."""

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, verb: str, reason: str, output: str = "") -> None:
        super().__init__(f"Could not {verb}", reason, [CLOSE], output=output)
        self.add_class("-failure")


class QuitGuard(Question):
    """Asks before pending edits would be lost."""

    def __init__(self, pending: str, held: int = 0) -> None:
        left_out = f" Writing leaves {held} of them out, which would be lost." if held else ""
        super().__init__(
            f"Quit now and lose {pending}?",
            f"They are only in memory; none of them has been written to a file yet.{left_out}",
            [
                Choice("escape", "Esc", "stay", ""),
                Choice("w", "w", "write, then quit", "write"),
                Choice("d", "d", "discard and quit", "discard"),
            ],
        )
