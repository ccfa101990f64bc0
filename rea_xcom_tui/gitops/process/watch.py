"""Reading a running process as it speaks, without ever waiting for it forever."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable

import msgspec

_TICK = 0.05
_LINGER = 0.2
"""How long, in seconds, output is still awaited from children that outlive the process."""
_GRACE = 3.0
"""How long a process has, in seconds, to tidy up when it is asked to end."""
_AGAIN = 1.0
"""How long, in seconds, what has outlived an interrupt is interrupted again."""
_INTERRUPTED = (-signal.SIGINT, 128 + signal.SIGINT)
_LINE_ENDS = re.compile(rb"\r\n|\n|\r")


class Watch(msgspec.Struct):
    """How a process is followed."""

    on_line: Callable[[str], None] | None = None
    """Called with each line of standard error (hooks, progress, the server), as soon as it is there."""
    on_start: Callable[[int], None] | None = None
    """Called once with the process id."""
    silence_limit: float | None = None
    """The process is ended after this many seconds without a word."""
    cancelled: threading.Event = msgspec.field(default_factory=threading.Event)
    """Set it from another thread to end the process."""
    stopped: str | None = None
    """Why the process was ended, if it was: `silence` or `cancelled`."""


def follow(process: subprocess.Popen[bytes], watch: Watch, *, own_session: bool) -> tuple[int, bytes, bytes]:
    """Read the process to its end and return exit code, standard output and standard error."""
    try:
        if watch.on_start is not None:
            watch.on_start(process.pid)
        out, err = _read(process, watch, own_session)
    except BaseException:  # also an interrupt: no git of ours may run on unwatched; it goes on
        stop(process, own_session=own_session)
        raise
    finally:
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    return process.wait(), out, err


def stop(process: subprocess.Popen[bytes], *, own_session: bool) -> None:
    """End a process, with its children where it has a session of its own.

    It is first asked to end, because git then removes its lock files, and killed only if it does not.
    """
    for number, patience in ((signal.SIGTERM, _GRACE), (signal.SIGKILL, None)):
        try:
            if own_session:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
        except (ProcessLookupError, PermissionError):
            pass
        try:
            process.wait(patience)
            return
        except subprocess.TimeoutExpired:
            continue


def _read(process: subprocess.Popen[bytes], watch: Watch, own_session: bool) -> tuple[bytes, bytes]:
    assert process.stdout is not None
    assert process.stderr is not None
    collected = {process.stdout.fileno(): bytearray(), process.stderr.fileno(): bytearray()}
    out, err = collected.values()
    lines = _Lines(watch.on_line)
    heard = since = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for descriptor in collected:
            selector.register(descriptor, selectors.EVENT_READ)
        while selector.get_map():
            ended = process.poll() is not None
            since = since if ended else time.monotonic()
            events = selector.select(_LINGER if ended else _TICK)
            for key, _ in events:
                chunk = os.read(key.fd, 65536)
                if not chunk:
                    selector.unregister(key.fd)
                collected[key.fd] += chunk
                if collected[key.fd] is err:
                    lines.feed(chunk)
            if events:
                heard = time.monotonic()
            elif ended:
                if own_session or not _interrupt_again(process.returncode, time.monotonic() - since):
                    break
            elif watch.stopped is None and (why := _why_to_stop(watch, heard)):
                watch.stopped = why
                stop(process, own_session=own_session)
    lines.end()
    return bytes(out), bytes(err)


def _interrupt_again(status: int, seconds: float) -> bool:
    """Interrupt again what has outlived, for so many seconds, the Ctrl+C that ended its process at the terminal.

    A program that asks for a passphrase misses the signal that comes just before it begins to read. It would read on,
    take keys that are meant for whoever has the terminal next, and set the modes back that this one has chosen.
    False where there was no Ctrl+C, and when it does not help.
    """
    if status not in _INTERRUPTED or seconds > _AGAIN:
        return False
    os.killpg(os.getpgrp(), signal.SIGINT)  # as if the keys were pressed once more
    return True


def _why_to_stop(watch: Watch, heard: float) -> str | None:
    if watch.cancelled.is_set():
        return "cancelled"
    if watch.silence_limit is not None and time.monotonic() - heard > watch.silence_limit:
        return "silence"
    return None


class _Lines:
    """Cuts a stream of bytes into lines; progress ends its lines with a carriage return."""

    def __init__(self, on_line: Callable[[str], None] | None) -> None:
        self._on_line = on_line
        self._rest = b""

    def feed(self, chunk: bytes) -> None:
        if self._on_line is None:
            return
        *whole, self._rest = _LINE_ENDS.split(self._rest + chunk)
        for line in whole:
            self._say(line)

    def end(self) -> None:
        if self._on_line is not None and self._rest:
            self._say(self._rest)

    def _say(self, line: bytes) -> None:
        if self._on_line is not None:
            self._on_line(line.decode("utf-8", "surrogateescape"))
