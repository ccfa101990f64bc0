"""Screens made of parts: each part owns one concern, with its state, its commands and the messages it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from inspect import isawaitable, isfunction, signature
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar

from textual import on
from textual.app import App
from textual.message import Message
from textual.screen import ScreenResultType

from rea_xcom_tui.tui.background.jobs import Failed, Jobs
from rea_xcom_tui.tui.kit.dialogs import Failure
from rea_xcom_tui.tui.kit.left_once import LeftOnce
from rea_xcom_tui.tui.kit.styled_lines import Bar

Method = TypeVar("Method", bound=Callable[..., Any])
Home = TypeVar("Home", bound="Composed[Any]")


class Say(Protocol):
    """Says something where one is."""

    def __call__(self, text: str, style: str = "") -> None:
        """Say it, in a style of `app.tcss`."""


def takes(kind: type[Message], *widgets: str) -> Callable[[Method], Method]:
    """Mark a method of a part as one that takes messages of this kind, as Textual's `on` does for a screen's own; with
    ids of widgets, those that come from one of them."""

    def mark(method: Method) -> Method:
        method.takes = (*getattr(method, "takes", ()), (kind, widgets))  # type: ignore[attr-defined]
        return method

    return mark


@dataclass(eq=False, repr=False)
class Part(Generic[Home]):
    """One concern of a screen. Its methods `action_NAME` are commands, and those marked by `takes` get messages.

    Its fields are the screen, the parts that it needs, and its own state.
    """

    takers: ClassVar[Sequence[Any]] = ()
    """The methods that take messages, in the order in which they are there."""
    home: Home

    def __init_subclass__(cls) -> None:
        """Note which methods take messages. Python's `inspect` would look for them long enough to delay a start."""
        super().__init_subclass__()
        named = {name: member for base in reversed(cls.__mro__) for name, member in vars(base).items()}
        marked = [member for member in named.values() if isfunction(member) and hasattr(member, "takes")]
        cls.takers = sorted(marked, key=lambda method: method.__code__.co_firstlineno)

    def __post_init__(self) -> None:
        """Have at hand what all parts use."""
        self.say = self.home.say
        self.jobs = self.home.jobs

    @property
    def app(self) -> App[Any]:
        """The app."""
        return self.home.app


class Composed(LeftOnce[ScreenResultType]):
    """A screen that jobs work for and that has a status line; it hands commands and messages on to its parts."""

    parts: Sequence[Part[Any]] = ()
    """In the order in which they are given a message that several take; what the screen takes itself comes first."""

    def __init__(self, work: Jobs) -> None:
        super().__init__()
        self.jobs = work

    def say(self, text: str, style: str = "") -> None:
        """Say something on the status line."""
        self.query_one("#status", Bar).show([(text, style)])

    def fail(self, event: Failed, *, leave: bool = False) -> None:
        """Tell that a job could not be done; then `leave` where there is nothing to show."""

        def told(_: object) -> None:  # what it returned would be awaited, which is refused
            if leave:
                self.dismiss(None)

        self.app.push_screen(Failure(event.verb, event.reason, event.output), told)

    def action_back(self) -> None:
        """Go back, change nothing."""
        self.dismiss(None)

    @on(Message)
    async def _hand_on(self, message: Message) -> None:
        for taken in list(self._takers(message)):
            answer = taken(message) if signature(taken).parameters else taken()
            if isawaitable(answer):
                await answer

    def _takers(self, message: Message) -> Iterator[Callable[..., Any]]:
        for part in self.parts:
            for name, widgets in _takers_of(type(part), type(message)):
                if not widgets or (message.control is not None and message.control.id in widgets):
                    yield getattr(part, name)

    if not TYPE_CHECKING:  # or any name would pass for one that a screen has

        def __getattr__(self, name: str) -> Any:
            """The command of a part, for Textual, which looks for it on the screen."""
            if name.startswith("action_"):
                for part in self.parts:
                    if hasattr(type(part), name):
                        return getattr(part, name)
            raise AttributeError(f"{type(self).__name__} has no {name}")


_known: dict[tuple[object, type[Message]], list[tuple[str, Sequence[str]]]] = {}


def _takers_of(part: type[Part[Any]], kind: type[Message]) -> list[tuple[str, Sequence[str]]]:
    """The names of a part's methods that take messages of this kind, in the order in which they are there, each with
    the ids of the widgets that they may come from; none for any."""
    found = _known.get((part, kind))
    if found is None:
        found = _known[part, kind] = [
            (method.__name__, widgets)
            for method in part.takers
            for widgets in [ids for taken, ids in method.takes if issubclass(kind, taken)][:1]
        ]
    return found
