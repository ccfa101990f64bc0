"""A real terminal: passphrases and passwords are asked for there, by commands and by the app, which comes back."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import http_backend
from tests.terminal.driver import Terminal
from tests.work import Work

PHRASE = "open sesame"

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
    """The app on a repo whose user signs with a key that has a passphrase, and has an editor that leaves no echo."""
    SIGNERS[BEST](isolated)
    editor = isolated / "editor"
    editor.write_text("#!/bin/sh\nprintf 'Done? ' > /dev/tty\nstty -echo < /dev/tty\nread -r answer < /dev/tty\n")
    editor.chmod(0o755)
    running = Terminal(fleet_repo.root, env={"VISUAL": str(editor)})
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
    terminal.expect("New here?")  # once all is read
    terminal.send("o")
    terminal.expect_prompt("Done? ")
    terminal.send("\n")
    terminal.expect("Back from editor")
    terminal.send(":")
    terminal.expect("set threshold=1MiB")
    terminal.send("set threshold=0 where name:billing-etl\r")
    terminal.expect("u undoes it")
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
    assert terminal.echoes()
    assert "gpgsig -----BEGIN" in fleet_repo.git("cat-file", "commit", "HEAD")
    assert fleet_repo.changed_lines() == ['-    value: "1048576"', '+    value: "0"']
