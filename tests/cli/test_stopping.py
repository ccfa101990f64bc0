"""A command that is stopped says one line, has the signal's exit code, and leaves nothing half done, at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from rea_xcom_tui.gitops.operations import OperationLog
from tests.work import FLEET, Work

SIGNALS = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])

WRITES = """
import os, sys
from rea_xcom_tui.values import Successor

at, number, calls, put = int(sys.argv[1]), int(sys.argv[2]), [], Successor.put

def met(successor):
    calls.append(successor)
    put(successor)
    if len(calls) == at:
        os.kill(os.getpid(), number)
    elif len(calls) == at + 1:
        os.kill(os.getpid(), number if number != 2 else 15)  # once more while files are put back

Successor.put = met
sys.argv[1:] = sys.argv[3:]
from rea_xcom_tui.__main__ import main
main()
"""

COMMITS = """
import os
os.environ["TOOL"] = str(os.getpid())
from rea_xcom_tui.__main__ import main
main()
"""

IMPORTS = """
import os, sys

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == MODULE:
            sys.meta_path.remove(self)
            os.kill(os.getpid(), 2)
        return None

from rea_xcom_tui.__main__ import main
sys.meta_path.insert(0, Finder())
main()
"""


def ran(program: str, *words: object, ignored: signal.Signals | None = None) -> tuple[int, str, str]:
    """How a program ended, what it printed, and what it said."""

    def ignore() -> None:
        if ignored is not None:
            signal.signal(ignored, signal.SIG_IGN)

    command = [sys.executable, "-c", program, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=ignore)
    return done.returncode, done.stdout, done.stderr.strip()


def commit_all(repo: Work) -> tuple[int, str]:
    """How a program ended that writes and commits a fleet's files, and whose number hooks know; its last words."""
    code, _, said = ran(COMMITS, "set", "threshold=7", "--all", "--commit", "-m", "x", "-C", repo.root)
    return code, said.splitlines()[-1]


def set_all(repo: Work, at: int, number: int, **how: signal.Signals) -> tuple[int, str, str]:
    return ran(WRITES, at, number, "set", "threshold=7", "--all", "--write", "-C", repo.root, **how)


@SIGNALS
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_write_puts_every_file_back(fleet_repo: Work, number: signal.Signals, at: int) -> None:
    assert set_all(fleet_repo, at, number)[::2] == (128 + number, "rea-xcom-tui: stopped")
    assert fleet_repo.status() == []
    assert [fleet_repo.read(file).decode() for file in FLEET] == list(FLEET.values())
    assert OperationLog(fleet_repo.root / ".git").unfinished() is None


@SIGNALS
@pytest.mark.parametrize("hook", ["pre-commit", "commit-msg"])
@pytest.mark.parametrize("mixed", [False, True], ids=["plain", "mixed"])
def test_a_commit_that_is_not_made_puts_every_file_back(
    fleet_repo: Work, number: signal.Signals, hook: str, mixed: bool
) -> None:
    file = next(iter(FLEET))
    if mixed:
        fleet_repo.write(file, fleet_repo.read(file) + b"# a line of the user's\n")
    before, head = fleet_repo.status(), fleet_repo.head()
    content = [fleet_repo.read(file) for file in FLEET]
    fleet_repo.hook(hook, f"kill -{number} $TOOL; exec sleep 60")
    assert commit_all(fleet_repo) == (128 + number, "rea-xcom-tui: stopped")
    assert (fleet_repo.status(), fleet_repo.head()) == (before, head)
    assert [fleet_repo.read(file) for file in FLEET] == content
    log = OperationLog(fleet_repo.root / ".git")
    assert log.unfinished() is None
    assert log.commit_begun() is None
    assert list(log.operations()) == []


@SIGNALS
def test_a_commit_that_is_made_already_stays(fleet_repo: Work, number: signal.Signals) -> None:
    fleet_repo.hook("post-commit", f"kill -{number} $TOOL; exec sleep 60")
    head = fleet_repo.head()
    assert commit_all(fleet_repo) == (128 + number, "rea-xcom-tui: stopped")
    assert fleet_repo.status() == []
    assert fleet_repo.git("rev-parse", "HEAD^").strip() == head
    assert len(fleet_repo.committed_files()) == 3
    newest = OperationLog(fleet_repo.root / ".git").newest()
    assert newest is not None
    assert (newest.phase, newest.commit) == ("committed", fleet_repo.head())


def test_a_signal_that_is_to_be_ignored_is_ignored(fleet_repo: Work) -> None:
    assert set_all(fleet_repo, 2, signal.SIGHUP, ignored=signal.SIGHUP)[0] == 0
    assert len(fleet_repo.status()) == 3


@pytest.mark.parametrize(
    "module",
    [
        "rea_xcom_tui.cli.ahead",
        "rea_xcom_tui.gitops.repository",
        "rea_xcom_tui.cli.app",
        "click",
        "rea_xcom_tui.cli.commands.list",
        "rea_xcom_tui.fleet.workspace",
        "rea_xcom_tui.fleet.scan.views",
    ],
)
def test_ctrl_c_while_a_module_is_imported(fleet_repo: Work, module: str) -> None:
    code, out, said = ran(IMPORTS.replace("MODULE", repr(module)), "list", "--format", "json", "-C", fleet_repo.root)
    assert (code, out, said) == (130, "", "rea-xcom-tui: stopped")


def test_ctrl_c_while_python_runs_a_text_as_it_does_to_make_a_data_class(fleet_repo: Work) -> None:
    """It would end by the signal itself then, also where the interrupt is met."""
    program = """
from rea_xcom_tui.cli import app
class Session:
    def __init__(self, **_):
        exec("raise KeyboardInterrupt")
app.Session = Session
from rea_xcom_tui.__main__ import main
main()
"""
    assert ran(program, "list", "-C", fleet_repo.root)[::2] == (130, "rea-xcom-tui: stopped")


def test_the_app_leaves_requests_to_end_to_the_system() -> None:
    program = """
import signal
from rea_xcom_tui.cli import stopping
for act in (stopping.at_once, stopping.by_interrupt, stopping.as_usual):
    act()
    print(*(signal.getsignal(number) is signal.SIG_DFL for number in (signal.SIGTERM, signal.SIGHUP)))
print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
"""
    assert ran(program)[1] == "True True\nFalse False\nTrue True\nTrue\n"


def test_a_terminal_that_is_closed_ends_a_write_as_it_should(fleet_repo: Work) -> None:
    terminal, side = os.openpty()
    program = WRITES.replace("os.kill(os.getpid(), number)", "os.close(int(os.environ['T']))", 1)
    words = ["2", "0", "set", "threshold=7", "--all", "--write", "-C", str(fleet_repo.root)]

    def own() -> None:
        os.setsid()
        import fcntl
        import termios

        fcntl.ioctl(side, termios.TIOCSCTTY, 0)

    child = subprocess.Popen(
        [sys.executable, "-c", program, *words],
        stdin=side,
        stdout=side,
        stderr=side,
        preexec_fn=own,
        pass_fds=[terminal],
        env={**os.environ, "T": str(terminal)},
    )
    os.close(terminal)
    os.close(side)
    assert child.wait() == 129
    assert fleet_repo.status() == []
