"""A crash at any step of a write over many files leaves old or new, and the next start fixes it."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.undo import finish_cut_off, undo_newest
from rea_xcom_tui.gitops.operations import OperationLog
from tests.work import FLEET, Work

FILES = sorted(path for path in FLEET if path.endswith("values.yaml"))

CHILD = """
import os, signal, sys
from pathlib import Path
from rea_xcom_tui import durable
from rea_xcom_tui.values import Successor
from rea_xcom_tui.fleet.workspace import Workspace

left = int(sys.argv[2])

def step():
    global left
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    left -= 1

def stepping(function):
    def stepped(*args, **kwargs):
        step()
        result = function(*args, **kwargs)
        step()
        return result
    return stepped

for name in ("__init__", "sync", "put"):
    setattr(Successor, name, stepping(getattr(Successor, name)))
durable.replace = stepping(durable.replace)
os.replace = stepping(os.replace)
workspace = Workspace.open(Path(sys.argv[1]))
workspace.scan()
if sys.argv[3] == "undo":
    workspace.undo_write()
else:
    workspace.edit([d.id for d in workspace.fleet.deployments], "threshold", "31337")
    workspace.write()
print("steps left", left)
"""


def crash(repo: Work, steps: int, what: str = "write") -> bool:
    """Write all deployments in a process that is killed after `steps` steps; False when it came to the end."""
    command = [sys.executable, "-c", CHILD, str(repo.root), str(steps), what]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return done.returncode != 0


def contents(repo: Work) -> list[bytes]:
    return [repo.read(file) for file in FILES]


OLD = [FLEET[file].encode() for file in FILES]


def news() -> list[bytes]:
    import re

    return [re.sub(rb'(THRESHOLD\n    value: )"\d+"', rb'\1"31337"', old) for old in OLD]


@pytest.mark.parametrize("steps", range(0, 33, 2))
def test_killed_at_any_step_every_file_is_whole_and_undo_puts_all_back(fleet_repo: Work, steps: int) -> None:
    killed = crash(fleet_repo, steps)
    assert killed == (steps < 32), "the number of steps has changed: fix the range above"
    for now, old, new in zip(contents(fleet_repo), OLD, news(), strict=True):
        assert now in (old, new)
    repository = Workspace.open(fleet_repo.root).repository
    journal = OperationLog(repository.git_dir)
    if journal.unfinished() or journal.newest():
        undo_newest(repository)
    assert contents(fleet_repo) == OLD
    assert not list(fleet_repo.root.rglob("*.tmp"))
    assert journal.unfinished() is None
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    workspace.edit(FILES, "threshold", "5")
    workspace.write()


@pytest.mark.parametrize("steps", [5, 11, 17, 21, 27])
def test_a_write_that_was_cut_off_can_be_finished(fleet_repo: Work, steps: int) -> None:
    assert crash(fleet_repo, steps)
    workspace = Workspace.open(fleet_repo.root)
    assert workspace.cut_off() is not None
    assert "threshold" in workspace.finish_cut_off()
    assert contents(fleet_repo) == news()
    assert workspace.cut_off() is None
    workspace.undo_write()
    assert contents(fleet_repo) == OLD


@pytest.mark.parametrize("steps", [4, 10, 14, 18, 22, 26])
def test_an_undo_that_was_cut_off_is_noticed_and_goes_either_way(fleet_repo: Work, steps: int) -> None:
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    workspace.edit(FILES, "threshold", "31337")
    workspace.write()
    assert crash(fleet_repo, steps, "undo")
    again = Workspace.open(fleet_repo.root)
    assert again.cut_off() is not None
    again.finish_cut_off()
    assert contents(fleet_repo) == news()
    again.undo_write()
    assert contents(fleet_repo) == OLD
    assert again.cut_off() is None


def test_a_write_that_is_under_way_is_left_to_the_copy_of_the_tool_that_makes_it(fleet_repo: Work) -> None:
    assert crash(fleet_repo, 21)
    before = contents(fleet_repo)
    workspace = Workspace.open(fleet_repo.root)
    journal = OperationLog(workspace.repository.git_dir)
    with journal.held():
        assert workspace.cut_off() is None
        for action in (workspace.undo_write, workspace.finish_cut_off):
            with pytest.raises(Refused, match="another rea-xcom-tui is writing"):
                action()
        workspace.scan()
        workspace.edit(FILES, "threshold", "5")
        with pytest.raises(Refused, match="another rea-xcom-tui is writing"):
            workspace.write()
    assert contents(fleet_repo) == before
    assert workspace.cut_off() is not None
    workspace.undo_write()
    assert contents(fleet_repo) == OLD


def test_recovery_never_writes_over_foreign_bytes(fleet_repo: Work) -> None:
    assert crash(fleet_repo, 21)
    fleet_repo.write(FILES[-1], "# mine\n")
    repository = Workspace.open(fleet_repo.root).repository
    for action in (undo_newest, finish_cut_off):
        with pytest.raises(Refused, match=FILES[-1]):
            action(repository)
    assert fleet_repo.read(FILES[-1]) == b"# mine\n"
    assert Path(repository.git_dir, "rea-xcom-tui").is_dir()
