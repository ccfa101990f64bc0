"""Screens made of parts: each part owns one concern, with its state, its commands and the messages it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from inspect import getmembers_static, isawaitable, isfunction, signature
from typing import TYPE_CHECKING, Any, TypeVar

from textual import on
from textual.message import Message
from textual.screen import Screen

Method = TypeVar("Method", bound=Callable[..., Any])


def takes(kind: type[Message]) -> Callable[[Method], Method]:
    """Mark a method of a part as one that takes messages of this kind, as Textual's `on` does for a screen's own."""

    def mark(method: Method) -> Method:
        method.takes = (*getattr(method, "takes", ()), kind)  # type: ignore[attr-defined]
        return method

    return mark


class Part:
    """One concern of a screen. Its methods `action_NAME` are commands, and those marked by `takes` get messages."""


class Composed(Screen[Any]):
    """A screen that hands commands and messages on to its parts. To stand before other bases: parts come first."""

    parts: Sequence[Part] = ()
    """In the order in which they are given a message that several take."""

    @on(Message)
    async def _hand_on(self, message: Message) -> None:
        for taken in list(self._takers(type(message))):
            answer = taken(message) if signature(taken).parameters else taken()
            if isawaitable(answer):
                await answer

    def _takers(self, kind: type[Message]) -> Iterator[Callable[..., Any]]:
        for part in self.parts:
            for name in _takers_of(type(part), kind):
                yield getattr(part, name)

    if not TYPE_CHECKING:  # or any name would pass for one that a screen has

        def __getattr__(self, name: str) -> Any:
            """The command of a part, for Textual, which looks for it on the screen."""
            if name.startswith("action_"):
                for part in self.parts:
                    if hasattr(type(part), name):
                        return getattr(part, name)
            raise AttributeError(f"{type(self).__name__} has no {name}")


_known: dict[tuple[type[Part], type[Message]], list[str]] = {}


def _takers_of(part: type[Part], kind: type[Message]) -> list[str]:
    """The names of a part's methods that take messages of this kind, in the order in which they stand there."""
    if (part, kind) not in _known:
        marked = [(name, method) for name, method in getmembers_static(part, isfunction) if hasattr(method, "takes")]
        marked.sort(key=lambda pair: pair[1].__code__.co_firstlineno)
        _known[part, kind] = [name for name, method in marked if any(issubclass(kind, one) for one in method.takes)]
    return _known[part, kind]
