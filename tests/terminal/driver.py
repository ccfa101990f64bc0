"""The installed program in a real terminal: started, typed into, and read from its screen as a person reads it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import selectors
import signal
import struct
import subprocess
import sysconfig
import termios
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pyte

PROGRAM = Path(sysconfig.get_path("scripts"), "rea-xcom-tui")
"""What pip has put on the PATH, with the interpreter that runs the tests."""
PATIENCE = 60.0
WIDTH, HEIGHT = 120, 40
_ESCAPES = re.compile(
    rb"\x1b\[[0-9;:?<>=]*[ -/]*(?:[@-~]|\Z)|\x1b[\]P_][^\x07\x1b]*(?:\x07|\x1b\\|\Z)|\x1b[()][A-Z0-9]|\x1b[=>]?"
)
_NOT_FOR_PYTE = re.compile(r"\x1b\[[<=>][0-9;]*[a-z]|\x1b[P_][^\x1b]*\x1b\\")
"""What a terminal is asked about itself and the keyboard; pyte would show a part of it as text."""


def _at_a_terminal() -> None:
    """Have the program's standard input for its terminal, and let Ctrl+C reach it however the tests were started."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Terminal:
    """A terminal of 120 by 40 with the program in it, or with one of its commands."""

    def __init__(self, folder: Path, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", HEIGHT, WIDTH, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none", "COLUMNS": "", "LINES": ""}
        environment |= env or {}
        self.process = subprocess.Popen(
            [PROGRAM, *(arguments or ".")],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={name: value for name, value in environment.items() if value},
            start_new_session=True,
            preexec_fn=_at_a_terminal,
        )
        os.close(slave)
        self._output = b""
        self._from = 0
        self._screen = pyte.Screen(WIDTH, HEIGHT)
        self._stream = pyte.ByteStream(self._screen)
        self._fed = 0

    def screen(self) -> list[str]:
        """The lines that are on the screen now."""
        # Only whole sequences: the rest of a cut one comes with the next bytes.
        end = len(self._output)
        cut = self._output.rfind(b"\x1b")
        if cut > self._fed and not _ESCAPES.match(self._output[cut:] + b" "):
            end = cut
        text = self._output[self._fed : end].decode("utf-8", "replace")
        self._stream.feed(_NOT_FOR_PYTE.sub("", text).encode())
        self._fed = end
        return [line.rstrip() for line in self._screen.display]

    def wait_for(self, text: str, patience: float = PATIENCE) -> list[str]:
        """Wait until this text is on the screen, and return the lines of the screen."""
        self._read_until(lambda: any(text in line for line in self.screen()), text, patience, self._painted)
        return self.screen()

    def _painted(self) -> str:
        return "\n".join(line for line in self.screen() if line)

    def _since(self) -> str:
        return self.text[self._from :]

    def expect(self, text: str, patience: float = PATIENCE) -> None:
        """Wait until the terminal has shown this text after what was expected last."""
        self._read_until(lambda: self.text.find(text, self._from) >= 0, text, patience, self._since)
        self._from = self.text.index(text, self._from) + len(text)

    def expect_prompt(self, text: str) -> None:
        """Wait until this text is the last that was shown."""
        self._read_until(lambda: self.text.endswith(text), text, PATIENCE, self._since)
        self._from = len(self.text)

    def _read_until(self, shown: Callable[[], bool], text: str, patience: float, instead: Callable[[], str]) -> None:
        deadline = time.monotonic() + patience
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            while not shown():
                ended = self.process.poll() is not None and not selector.select(0)
                assert not ended, f"{text!r} was not shown before the program ended, but:\n{instead()}"
                assert time.monotonic() < deadline, f"{text!r} was not shown, but:\n{instead()}"
                self._read(selector)

    def _read(self, selector: selectors.BaseSelector) -> None:
        if selector.select(0.2):
            with contextlib.suppress(OSError):  # the program has ended, and nobody holds the other side any more
                self._output += os.read(self._master, 65536)

    @property
    def text(self) -> str:
        """Everything that was shown, without what only moves and colours."""
        return _ESCAPES.sub(b"", self._output).decode("utf-8", "ignore")

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, as a shell has it."""
        return bool(termios.tcgetattr(self._master)[3] & termios.ECHO)

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def send_until(self, keys: str, text: str, pause: float = 1.0) -> None:
        """Type the same again and again, after so many seconds, until this text is shown."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.send(keys)
            try:
                self.expect(text, pause)
                return
            except AssertionError:
                if time.monotonic() > deadline:
                    raise

    def send_until_seen(self, keys: str, text: str, pause: float = 10.0) -> None:
        """Type the same again and again, after so many seconds, until this text is on the screen.

        For keys that the app may refuse while it is still at work, and that do no harm twice.
        """
        deadline = time.monotonic() + PATIENCE
        while True:
            self.send(keys)
            try:
                self.wait_for(text, pause)
                return
            except AssertionError:
                if time.monotonic() > deadline:
                    raise

    def exit_code(self) -> int:
        """Wait for the program to end, reading on: a program whose terminal takes nothing more cannot end."""
        deadline = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            while self.process.poll() is None and time.monotonic() < deadline:
                self._read(selector)
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def end(self) -> None:
        """Kill the program if it is still there."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._master)
