"""A real terminal: passphrases and passwords are asked for there, by commands and by the app, which comes back."""

from __future__ import annotations

import contextlib
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
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.servers import http_backend
from tests.work import Work

PHRASE = "open sesame"
PATIENCE = 60.0
_ESCAPES = re.compile(
    rb"\x1b\[[0-9;:?<>=]*[ -/]*(?:[@-~]|\Z)|\x1b[\]P_][^\x07\x1b]*(?:\x07|\x1b\\|\Z)|\x1b[()][A-Z0-9]|\x1b[=>]?"
)


class Terminal:
    """A terminal of 120 by 40 with the app in it, or with one of its commands."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        environment = {**os.environ, "TERM": "xterm-256color", "TEXTUAL_ANIMATIONS": "none", "COLUMNS": "", "LINES": ""}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "rea_xcom_tui", *(arguments or ".")],
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

    def expect(self, text: str, patience: float = PATIENCE) -> None:
        """Wait until the terminal has shown this text after what was expected last."""
        self._read_until(lambda: self.text.find(text, self._from) >= 0, text, patience)
        self._from = self.text.index(text, self._from) + len(text)

    def expect_prompt(self, text: str) -> None:
        """Wait until this text is the last that was shown."""
        self._read_until(lambda: self.text.endswith(text), text, PATIENCE)
        self._from = len(self.text)

    def _read_until(self, shown: Callable[[], bool], text: str, patience: float) -> None:
        deadline = time.monotonic() + patience
        with selectors.DefaultSelector() as selector:
            selector.register(self._master, selectors.EVENT_READ)
            while not shown():
                assert time.monotonic() < deadline, f"{text!r} was not shown, but {self.text[self._from :]!r}"
                if selector.select(0.2):
                    self._output += os.read(self._master, 65536)

    @property
    def text(self) -> str:
        """Everything that was shown, without what only moves and colours."""
        return _ESCAPES.sub(b"", self._output).decode("utf-8", "ignore")

    def send(self, keys: str) -> None:
        """Type."""
        os.write(self._master, keys.encode())

    def send_until(self, keys: str, text: str) -> None:
        """Type the same again and again until this text is shown."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self.send(keys)
            try:
                self.expect(text, 1.0)
                return
            except AssertionError:
                if time.monotonic() > deadline:
                    raise

    def exit_code(self) -> int:
        """Wait for the app to end, reading on: an app whose terminal takes nothing more cannot end."""
        deadline = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector, contextlib.suppress(OSError):  # the other end is closed
            selector.register(self._master, selectors.EVENT_READ)
            while self.process.poll() is None and time.monotonic() < deadline:
                if selector.select(0.2):
                    self._output += os.read(self._master, 65536)
        return self.process.wait(max(0.1, deadline - time.monotonic()))

    def end(self) -> None:
        """Kill the app if it is still there."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self._master)


GPG_STAND_IN = """#!/bin/sh
cat > /dev/null
stty -echo < /dev/tty
printf 'Enter passphrase: ' > /dev/tty
read -r answer < /dev/tty
stty echo < /dev/tty
[ "$answer" = 'open sesame' ] || exit 2
echo '[GNUPG:] SIG_CREATED D 22 8 00 1 ABCDEF' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'
"""
"""Asks as GnuPG and OpenSSH do, for machines that have neither."""


def sign_with_stand_in(home: Path) -> None:
    program = home / "gpg"
    program.write_text(GPG_STAND_IN)
    program.chmod(0o755)
    configure(home, f"[gpg]\n\tprogram = {program}\n")


def sign_with_ssh(home: Path) -> None:
    key = home / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", PHRASE, "-f", str(key)], check=True)
    configure(home, f"[gpg]\n\tformat = ssh\n[user]\n\tsigningKey = {key}\n")


def sign_with_gpg(home: Path) -> None:
    """A new key in the GnuPG home that the environment names, whose agent asks through pinentry on the terminal."""
    Path(os.environ["GNUPGHOME"], "gpg-agent.conf").write_text(
        f"allow-loopback-pinentry\npinentry-program {shutil.which('pinentry-tty')}\n"
    )
    make = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", PHRASE, "--quick-generate-key"]
    subprocess.run([*make, "Ann <ann@example.com>", "ed25519", "sign", "never"], check=True, capture_output=True)
    subprocess.run(["gpgconf", "--reload", "gpg-agent"], check=True, capture_output=True)
    configure(home, "")


def configure(home: Path, settings: str) -> None:
    with (home / ".gitconfig").open("a") as config:
        config.write(f"{settings}[commit]\n\tgpgSign = true\n")


def installed(*programs: str) -> bool:
    return all(shutil.which(program) for program in programs)


SIGNERS = {"stand-in": sign_with_stand_in}
SIGNERS |= {"ssh": sign_with_ssh} if installed("ssh-keygen") else {}
SIGNERS |= {"gpg": sign_with_gpg} if installed("gpg", "gpgconf", "pinentry-tty") else {}
BEST = next(reversed([name for name in SIGNERS if name != "gpg"]))


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A GnuPG home of its own; in a short path, because its sockets lie there."""
    with tempfile.TemporaryDirectory(prefix="g-") as folder:
        Path(folder).chmod(0o700)
        monkeypatch.setenv("GNUPGHOME", folder)
        yield
        if installed("gpgconf"):
            subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False, capture_output=True)


@pytest.fixture
def terminal(fleet_repo: Work, isolated: Path) -> Iterator[Terminal]:
    """The app on a repo whose user signs with a key that has a passphrase."""
    SIGNERS[BEST](isolated)
    running = Terminal(fleet_repo.root)
    yield running
    running.end()


@pytest.mark.parametrize("signer", SIGNERS)
@pytest.mark.usefixtures("keyring")
def test_a_command_asks_for_the_passphrase_where_it_was_typed(fleet_repo: Work, isolated: Path, signer: str) -> None:
    SIGNERS[signer](isolated)
    terminal = Terminal(fleet_repo.root, "set", "threshold=0", "--where", "name:billing-etl", "--commit")
    try:
        terminal.expect_prompt("Enter passphrase: " if signer != "gpg" else "Passphrase: ")
        terminal.send(f"{PHRASE}\n")
        terminal.expect("xcom: set threshold to 0 on billing-etl")
        assert terminal.exit_code() == 0
    finally:
        terminal.end()
    assert "gpgsig -----BEGIN" in fleet_repo.git("cat-file", "commit", "HEAD")
    assert PHRASE not in terminal.text


def test_a_server_that_asks_for_a_password_gets_the_terminal(fleet_repo: Work, tmp_path: Path) -> None:
    (tmp_path / "srv").mkdir()
    fleet_repo.git("clone", "-q", "--bare", str(fleet_repo.root), str(tmp_path / "srv" / "fleet.git"))
    fleet_repo.git("switch", "-q", "-c", "topic")
    fleet_repo.write("README.md", "more\n")
    fleet_repo.commit_all("more")
    with http_backend(tmp_path / "srv", "ann:open sesame") as address:
        fleet_repo.git("remote", "add", "origin", f"{address}/fleet.git")
        terminal = Terminal(fleet_repo.root)
        try:
            terminal.expect("3 of 3")
            terminal.send_until("P", "Nothing has been sent yet")  # not before the fleet is read
            terminal.send("\r")
            terminal.expect("did not accept who you are")
            terminal.expect("hand over the terminal")
            terminal.send("t")
            terminal.expect_prompt(f"Username for '{address}': ")
            terminal.send("ann\n")
            terminal.expect_prompt(f"Password for '{address.replace('//', '//ann@')}': ")
            terminal.send(f"{PHRASE}\n")
            terminal.expect("new branch on origin")
            terminal.send("\x1bq")
        finally:
            terminal.end()
    assert Work(tmp_path / "srv" / "fleet.git").git("rev-parse", "topic").strip() == fleet_repo.head()


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
    terminal.expect_prompt("Enter passphrase: ")
    terminal.send("\x03")  # Ctrl+C ends the program that asks, not the app
    terminal.expect("hand over the terminal")
    assert (fleet_repo.head(), fleet_repo.status()) == (before, [])
    terminal.send("t")
    terminal.expect_prompt("Enter passphrase: ")
    terminal.send("open sesame\n")
    terminal.expect("Committed")
    terminal.send("q")
    assert terminal.exit_code() == 0
    assert "gpgsig -----BEGIN" in fleet_repo.git("cat-file", "commit", "HEAD")
    assert fleet_repo.changed_lines() == ['-    value: "1048576"', '+    value: "0"']
