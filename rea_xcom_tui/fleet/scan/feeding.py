"""What passes between this process and a child of it: pieces of work and answers, each with its length before it."""

from __future__ import annotations

import fcntl
import os
import pickle
import struct
from collections import deque
from contextlib import suppress
from typing import IO, Any, NamedTuple, Protocol

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean

WORK, PIECE = b"w", b"p"
"""What a message to a child begins with: one that says what is to be done from now on, and one with a piece for it."""
_BYTES, _PICKLE = b"b", b"p"
"""What an answer begins with: one that is bytes, which would only be copied by being pickled, and any other."""
_LENGTH = struct.Struct(">Q")
_PIECES, _ANSWERS = 1 << 18, 1 << 20
"""Bytes of pieces and of answers that may wait to be read, where the system allows so many."""
_REASON = 300
"""How much of the last line that a child wrote to its standard error is reported, in characters."""


class Child(Protocol):
    """A child process, as `subprocess` has it."""

    @property
    def stdin(self) -> IO[bytes] | None:
        """What it is told."""

    @property
    def stdout(self) -> IO[bytes] | None:
        """What it answers."""

    def kill(self) -> None:
        """End it at once."""

    def wait(self) -> int:
        """Its exit code once it has ended; that of a signal is negative."""


class Answer(NamedTuple):
    """What a child has answered."""

    is_plain: bool
    """Whether it is bytes as they are, and not a pickle."""
    load: bytes

    def opened(self) -> Any:
        """What the work has come to."""
        return self.load if self.is_plain else pickle.loads(self.load)


class Fed:
    """A child that is given one piece after the other."""

    def __init__(self, child: Child, errors: IO[bytes]) -> None:
        self._child, self._errors = child, errors
        self._sent: deque[int] = deque()
        """The bytes of each piece that it has been given and has not answered."""
        self._room = 0
        """How many bytes it can surely be sent before it is done with what it is at."""
        with suppress(AttributeError, OSError):  # not on every system, and no more than the user may have
            self._room = fcntl.fcntl(descriptor(child.stdin), fcntl.F_GETPIPE_SZ) // 2
            fcntl.fcntl(descriptor(child.stdout), fcntl.F_SETPIPE_SZ, _ANSWERS)
            self._room = fcntl.fcntl(descriptor(child.stdin), fcntl.F_SETPIPE_SZ, _PIECES) // 2

    @property
    def asked(self) -> bool:
        """Whether it has been given a piece that it has not answered."""
        return bool(self._sent)

    def tell(self, message: bytes) -> None:
        """Send it a message. Raises ToolError where it has ended."""
        assert self._child.stdin is not None
        try:
            send(self._child.stdin, message)
        except OSError:  # the pipe is broken
            raise _died(self._child, self._errors) from None

    def feed(self, undone: deque[Any], children: int) -> None:
        """Give it a piece, and some to go on with while this process is at something else; fewer and fewer, so that all
        of the `children` end together.

        For these there has to be room in the pipe, or each of the two could wait for the other to read.
        """
        while undone and len(self._sent) <= len(undone) // (4 * children):
            message = PIECE + pickle.dumps(undone[0])
            if self._sent and sum(self._sent) + len(message) > self._room:
                return
            undone.popleft()
            self.tell(message)
            self._sent.append(len(message))

    def answer(self) -> Answer:
        """The next answer. Raises ToolError where the child has ended without it."""
        number = descriptor(self._child.stdout)
        head = _bytes_from(number, _LENGTH.size + 1)
        load = _bytes_from(number, _LENGTH.unpack_from(head)[0] - 1) if head is not None else None
        if head is None or load is None:
            raise _died(self._child, self._errors)
        self._sent.popleft()
        return Answer(head[_LENGTH.size :] == _BYTES, load)


def descriptor(pipe: IO[bytes] | None) -> int:
    """The number of a pipe."""
    assert pipe is not None
    return pipe.fileno()


def _bytes_from(descriptor: int, length: int) -> bytes | None:
    """So many bytes and no more, so that who waits for the next ones sees them; None where the other end is closed."""
    parts: list[bytes] = []
    while length:
        if not (part := os.read(descriptor, length)):
            return None
        parts.append(part)
        length -= len(part)
    return parts[0] if len(parts) == 1 else b"".join(parts)


def _died(child: Child, errors: IO[bytes]) -> ToolError:
    status = child.wait()
    how = f"by signal {-status}" if status < 0 else f"with exit code {status}"
    lines = os.pread(errors.fileno(), 1 << 20, 0).decode("utf-8", "replace").split("\n")
    said = next((line.strip() for line in reversed(lines) if line.strip()), "")
    why = f" ({clean(said, _REASON)})" if said else ""
    return ToolError(
        f"A process that was reading files ended {how}{why}; see that there is memory left, and try again."
    )


def send(pipe: IO[bytes], message: bytes, kind: bytes = b"") -> None:
    """Write one message, which begins with its kind."""
    pipe.write(_LENGTH.pack(len(kind) + len(message)) + kind)
    pipe.write(message)
    pipe.flush()


def send_answer(pipe: IO[bytes], answer: object) -> None:
    """Write what some work has come to."""
    if type(answer) is bytes:
        send(pipe, answer, _BYTES)
    else:
        send(pipe, pickle.dumps(answer), _PICKLE)


def received(pipe: IO[bytes]) -> bytes | None:
    """Read one message; None where the other end has been closed, also in the middle of one."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    message = pipe.read(length)
    return message if len(message) == length else None
