"""The git commands that were run, for people who want to see them."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Sequence

import msgspec

_USERINFO = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*://)[^/\s]*@")
_MAX_ARGUMENT = 400


def without_userinfo(text: str) -> str:
    """Return `text` with user name and password taken out of every URL in it.

    A remote's URL may carry a token before the `@`; it must never reach a screen or a log.
    """
    return _USERINFO.sub(r"\g<scheme>", text)


class CommandRecord(msgspec.Struct, frozen=True):
    """One git command that was run."""

    argv: tuple[str, ...]
    """The command line, without the secrets of URLs; very long arguments are cut."""
    started: float
    """When it was started, in seconds since the epoch."""
    seconds: float
    """How long it took."""
    status: int
    """Its exit code; negative when a signal ended it."""


class CommandLog:
    """The newest git commands, oldest first. Safe to share between threads."""

    def __init__(self, capacity: int = 1000) -> None:
        self._records: deque[CommandRecord] = deque(maxlen=capacity)
        self._lock = threading.Lock()

    def add(self, argv: Sequence[str], *, started: float, seconds: float, status: int) -> None:
        """Take note of one command."""
        shown = tuple(_shortened(without_userinfo(argument)) for argument in argv)
        with self._lock:
            self._records.append(CommandRecord(shown, started, seconds, status))

    def records(self) -> tuple[CommandRecord, ...]:
        """Return what was run so far, oldest first."""
        with self._lock:
            return tuple(self._records)


def _shortened(argument: str) -> str:
    return argument if len(argument) <= _MAX_ARGUMENT else argument[: _MAX_ARGUMENT - 1] + "…"
