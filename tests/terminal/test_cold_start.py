"""The installed program, cold, on a real terminal, with more unread files than one process reads."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal.driver import Terminal
from tests.work import Work, values

MANY = 2000
AGENTS = 40
AGENT = values("agent-@@@@").encode()


def file(number: int) -> tuple[str, bytes]:
    """A values file of an agent, or (the most) some other YAML."""
    name = f"{number:04}"
    if number < AGENTS:
        return f"clusters/prod/{name}/values.yaml", AGENT.replace(b"@@@@", name.encode())
    return f"charts/{name}.yaml", b"replicas: %d\n" % number


def commits(*steps: tuple[str, list[tuple[str, bytes]]]) -> bytes:
    """Branches and their files, one after the other, as `git fast-import` takes them."""
    parts = []
    for branch, files in steps:
        parts.append(f"commit refs/heads/{branch}\ncommitter Ann <ann@example.com> 0 +0000\ndata 1\nx\n".encode())
        parts += [b"M 644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data) for path, data in files]
    return b"".join(parts)


def checked_out(root: Path, *steps: tuple[str, list[tuple[str, bytes]]]) -> Work:
    work = Work(root)
    root.mkdir()
    work.git("init", "-q", "--template=")
    subprocess.run(["git", "fast-import", "--quiet"], cwd=root, input=commits(*steps), check=True)
    work.git("reset", "-q", "--hard")
    return work


FILES = [file(number) for number in range(MANY)]


@pytest.fixture
def terminals() -> Iterator[list[Terminal]]:
    """What was started, to be ended."""
    started: list[Terminal] = []
    yield started
    for terminal in started:
        terminal.end()


def test_a_large_fleet_opens_cold(tmp_path: Path, terminals: list[Terminal]) -> None:
    work = checked_out(tmp_path / "fleet", ("main", FILES))
    terminal = Terminal(work.root)
    terminals.append(terminal)
    terminal.wait_for(f"{AGENTS} of {AGENTS}")
    terminal.wait_for("agent-0000")  # further down in the same frame, which may come in two parts
    terminal.send("q")
    assert terminal.exit_code() == 0


def test_a_large_fleet_is_read_again_and_on_another_branch(tmp_path: Path, terminals: list[Terminal]) -> None:
    small = [file(0)]
    work = checked_out(tmp_path / "fleet", ("main", small), ("wide", FILES))
    terminal = Terminal(work.root)
    terminals.append(terminal)
    terminal.wait_for("1 deployment")
    terminal.send_until_seen("B", "wide")
    terminal.send("\x1b[B\r")
    terminal.wait_for(f"{AGENTS} deployments")
    # Files that git does not know are in no cache.
    for number in range(MANY):
        work.write(f"new/{number:04}.yaml", f"replicas: {number}\n")
    work.write("clusters/dev/late/values.yaml", values("late-one"))
    terminal.send_until_seen("R", f"{AGENTS + 1} of {AGENTS + 1}")
    terminal.send("q")
    assert terminal.exit_code() == 0
