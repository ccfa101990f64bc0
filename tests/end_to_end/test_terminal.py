"""The app in a real terminal: a signing key's passphrase is asked for there, and the app comes back."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import selectors
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.work import Work

KEYGEN = shutil.which("ssh-keygen") or "ssh-keygen"
PATIENCE = 60.0
_ESCAPES = re.compile(
    rb"\x1b\[[0-9;:?<>=]*[ -/]*(?:[@-~]|\Z)|\x1b[\]P_][^\x07\x1b]*(?:\x07|\x1b\\|\Z)|\x1b[()][A-Z0-9]|\x1b[=>]?"
)


class Terminal:
    """A terminal of 120 by 40 with the app in it."""

    def __init__(self, folder: Path) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none", "COLUMNS": "", "LINES": ""}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rea_xcom_tui", "."],
            cwd=folder,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env={name: value for name, value in environment.items() if value},
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),
        )
        os.close(slave)
        self._output = b""
        self._from = 0

    def expect(self, text: str) -> None:
        """Wait until the terminal has shown this text after what was expected last."""
        deadline = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            while (at := self.text.find(text, self._from)) < 0:
                assert time.monotonic() < deadline, f"{text!r} was not shown, but {self.text[self._from :]!r}"
                if selector.select(0.2):
                    self._output += os.read(self._master, 65536)
        self._from = at + len(text)

    @property
    def text(self) -> str:
        """Everything that was shown, without what only moves and colours."""
        return _ESCAPES.sub(b"", self._output).decode("utf-8", "ignore")

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def end(self) -> None:
        """Kill the app if it is still there."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._master)


@pytest.fixture
def terminal(fleet_repo: Work, isolated: Path) -> Iterator[Terminal]:
    """The app on a repo whose user signs with a key that has a passphrase."""
    key = isolated / "key"
    subprocess.run([KEYGEN, "-q", "-t", "ed25519", "-N", "open sesame", "-f", str(key)], check=True)
    with (isolated / ".gitconfig").open("a") as config:
        config.write(f"[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = {key}\n[commit]\n\tgpgSign = true\n")
    running = Terminal(fleet_repo.root)
    yield running
    running.end()


def test_a_passphrase_is_asked_for_in_the_terminal_that_is_handed_over(fleet_repo: Work, terminal: Terminal) -> None:
    before = fleet_repo.head()
    terminal.expect("billing-etl")
    terminal.expect("3 of 3")
    terminal.send(":")
    terminal.expect("set threshold=1MiB")
    terminal.send("set threshold=0 where name:billing-etl\r")
    terminal.expect("takes it back")
    terminal.send("c")
    terminal.expect("Only these files are committed")
    terminal.send("\r")
    terminal.expect("could not sign the commit")
    terminal.expect("hand over the terminal")
    assert fleet_repo.head() == before
    terminal.send("t")
    terminal.expect("Enter passphrase")
    terminal.send("\x03")  # Ctrl+C ends the program that asks, not the app
    terminal.expect("hand over the terminal")
    assert (fleet_repo.head(), fleet_repo.status()) == (before, [])
    terminal.send("t")
    terminal.expect("Enter passphrase")
    terminal.send("open sesame\n")
    terminal.expect("Committed")
    terminal.send("q")
    assert terminal.process.wait(PATIENCE) == 0
    assert "gpgsig -----BEGIN SSH SIGNATURE-----" in fleet_repo.git("cat-file", "commit", "HEAD")
    assert fleet_repo.changed_lines() == ['-    value: "1048576"', '+    value: "0"']
