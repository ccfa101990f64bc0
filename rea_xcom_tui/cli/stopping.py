"""How a command ends that is stopped: by Ctrl+C, by a request to end, or because its terminal is closed.

At every moment it says one line and has 128 and the signal's number as its exit code. Nothing is half done: what is at
work meets an interrupt, whichever it was.
"""

from __future__ import annotations

# `signal` itself takes longer to be imported than all else until then, and meanwhile Ctrl+C shows a traceback.
import _signal as signal  # type: ignore[import-not-found]
import os

TYPE_CHECKING = False  # as in `__main__`
if TYPE_CHECKING:
    from types import FrameType

_REQUESTS = (signal.SIGTERM, signal.SIGHUP)

_by = 0
"""The request that has stopped the command, if any has."""


def at_once() -> None:
    """Have Ctrl+C end the program right away, while it is still being imported and there is nothing to be put back."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # a shell may have it ignored
        signal.signal(signal.SIGINT, _leave)


def by_interrupt() -> None:
    """Have all of them interrupt what is at work from now on."""
    if signal.getsignal(signal.SIGINT) is _leave:
        signal.signal(signal.SIGINT, _pressed)
    for number in _REQUESTS:
        if signal.getsignal(number) is signal.SIG_DFL:  # with nohup, one is ignored
            signal.signal(number, _interrupt)


def no_more() -> None:
    """Let what is done already be done: too late to stop it."""
    if signal.getsignal(signal.SIGINT) in (signal.default_int_handler, _pressed):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in _REQUESTS:
        if signal.getsignal(number) in (_interrupt, _pass_over):
            signal.signal(number, signal.SIG_IGN)


def as_usual() -> None:
    """Leave Ctrl+C to Python and requests to end to the system, as a program does that has a terminal to itself."""
    if signal.getsignal(signal.SIGINT) is _pressed:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in _REQUESTS:
        if signal.getsignal(number) is _interrupt:
            signal.signal(number, signal.SIG_DFL)


def requested() -> bool:
    """Whether the command was asked to end other than by Ctrl+C."""
    return _by > 0


def code() -> int:
    """The exit code of what was stopped."""
    return int(128 + (_by or signal.SIGINT))


def _interrupt(number: int, frame: FrameType | None) -> None:
    global _by
    _by = number
    _pressed(number, frame)


def _pressed(number: int, frame: FrameType | None) -> None:
    for each in _REQUESTS:  # who asks often, or closes a terminal, sends more; files are being put back now
        if signal.getsignal(each) is _interrupt:
            signal.signal(each, _pass_over)
    raise KeyboardInterrupt


def _pass_over(number: int, frame: FrameType | None) -> None:
    """Go on: it is being stopped already."""


def _leave(number: int, frame: FrameType | None) -> None:
    try:
        os.write(2, b"rea-xcom-tui: stopped\n")
    finally:
        os._exit(128 + number)
