"""Hooks are heard while they run, can be stopped, and cannot keep the tool waiting."""

from __future__ import annotations

import os
import pty
import sys
import time
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import CommitRefused, Watch
from tests.gitops.conftest import VALUES, edit, footprint
from tests.work import Work


def test_a_hook_is_heard_while_it_runs(work: Work) -> None:
    work.hook("pre-commit", "echo first >&2; while [ ! -f .git/heard ]; do :; done; printf 'a\\rb\\nlast' >&2")
    lines: list[str] = []

    def hear(line: str) -> None:
        lines.append(line)
        (work.root / ".git" / "heard").touch()

    result = work.open().commit(edit(work), "heard", watch=Watch(on_line=hear))
    assert lines == ["first", "a", "b", "last"]
    assert result.oid == work.head()


@pytest.mark.parametrize("mixed", [False, True], ids=["plain", "mixed"])
def test_a_commit_can_be_cancelled_while_a_hook_runs(work: Work, mixed: bool) -> None:
    work.write(VALUES, "".join(f"k{number}: {number}\n" for number in range(30)))
    work.commit_all()
    if mixed:
        work.write(VALUES, work.read(VALUES).replace(b"k5: 5", b"k5: DIRTY"))
    work.hook("pre-commit", "echo waiting >&2; exec sleep 60")
    changes = edit(work, old=b"k25: 25", new=b"k25: OURS")
    before = footprint(work)
    watch = Watch()
    watch.on_line = lambda _: watch.cancelled.set()
    started = time.monotonic()
    with pytest.raises(CommitRefused, match="The commit was cancelled; nothing was committed"):
        work.open().commit(changes, "never", branch="rea/new", watch=watch)
    assert time.monotonic() - started < 10
    assert footprint(work) == before
    assert list((work.root / ".git").rglob("*.lock")) == []


def test_a_hook_that_leaves_a_process_behind_does_not_hold_the_tool(work: Work) -> None:
    work.hook("post-commit", "sleep 60 & echo $! > .git/left")
    started = time.monotonic()
    result = work.open().commit(edit(work), "left")
    assert time.monotonic() - started < 10
    assert result.oid == work.head()
    os.kill(int((work.root / ".git" / "left").read_text()), 15)


def test_a_hook_that_says_very_much(work: Work) -> None:
    work.hook("pre-commit", "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); echo $i and some more words >&2; done")
    result = work.open().commit(edit(work), "loud")
    assert result.output.count("and some more words") == 3000


ON_A_TERMINAL = """
import signal, sys
from rea_xcom_tui.gitops import Change, CommitRefused, Repository
signal.signal(signal.SIGINT, lambda number, frame: None)
try:
    Repository.open(sys.argv[1]).commit({{{path!r}: Change({before!r}, {after!r})}}, "asked", attached=True)
except CommitRefused as problem:
    print(problem, "Mine? ", flush=True)
    print("Got", input(), flush=True)
"""
MISSES_ONE = """
import signal, sys
def first(number, frame):
    signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGINT, first)
with open("/dev/tty", "rb", buffering=0) as terminal:
    print("Really? ", end="", flush=True, file=open("/dev/tty", "w"))
    terminal.read(1)
"""


def commit_on_a_terminal(work: Work, *answers: tuple[bytes, bytes]) -> int:
    """Commit in a process of its own that has a terminal, with each answer at its question; the exit code."""
    before = work.read(VALUES)
    program = ON_A_TERMINAL.format(path=VALUES, before=before, after=edit(work)[VALUES].after)
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "-c", program, str(work.root)])
    said = b""
    for question, answer in answers:
        while question not in said:
            said += os.read(terminal, 1000)
        os.write(terminal, answer)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status)


def test_a_hook_may_ask_on_a_terminal_that_is_given_to_it(work: Work) -> None:
    """In a process of its own that has a terminal, which answers when it is asked."""
    work.hook("pre-commit", 'printf "Really? " > /dev/tty; read answer < /dev/tty; [ "$answer" = yes ]')
    assert commit_on_a_terminal(work, (b"Really? ", b"yes\n")) == 0
    assert work.git("log", "-1", "--format=%s") == "asked\n"


def test_nothing_that_missed_ctrl_c_reads_on_at_the_terminal(work: Work, tmp_path: Path) -> None:
    """The signal that comes between a question and its reading is lost on ssh-keygen, as on this hook."""
    (tmp_path / "asks.py").write_text(MISSES_ONE)
    work.hook("pre-commit", f"exec {sys.executable} {tmp_path / 'asks.py'}")
    before = work.head()
    answers = (b"Really? ", b"\x03"), (b"interrupted; nothing was committed. Mine? ", b"yes\n"), (b"Got yes", b"")
    assert commit_on_a_terminal(work, *answers) == 0
    assert work.head() == before
