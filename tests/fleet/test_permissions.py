"""What cannot be written is not written, in part neither: read-only repos and write-protected folders."""

from __future__ import annotations

import ctypes
import subprocess
import sys

import pytest

from tests.work import Work

CHILD = """
import sys
from pathlib import Path
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.workspace import Workspace

workspace = Workspace.open(Path(sys.argv[1]))
print("read-only:", workspace.read_only)
workspace.scan()
workspace.edit([d.id for d in workspace.fleet.deployments], "threshold", "31337")
for action in (workspace.write, lambda: workspace.commit("x"), workspace.undo_write):
    try:
        action()
        print("done")
    except Refused as refused:
        print("refused:", refused)
"""


def as_ordinary_user() -> None:
    """Give up root's right to write everywhere, where the tests run as root; Linux has it as two capabilities."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: gone with the next exec


def told(repo: Work) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(repo.root)], capture_output=True, text=True, preexec_fn=as_ordinary_user
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("folder", [".", ".git"])
def test_a_repo_that_cannot_be_written_is_read_only(fleet_repo: Work, folder: str) -> None:
    path = fleet_repo.root / folder
    path.chmod(0o555)
    try:
        first, *rest = told(fleet_repo)
    finally:
        path.chmod(0o755)
    assert first == f"read-only: the folder {path} is not writable for you"
    assert len(rest) == 3
    assert all(line.startswith("refused: nothing may be") for line in rest)
    assert fleet_repo.status() == []


def test_one_folder_that_cannot_be_written_refuses_the_whole_write(fleet_repo: Work) -> None:
    path = fleet_repo.root / "clusters/prod/billing/ml"
    path.chmod(0o555)
    try:
        first, write, commit, undo = told(fleet_repo)
    finally:
        path.chmod(0o755)
    assert first == "read-only: None"
    for line in (write, commit):
        assert "billing/ml/values.yaml could not be written: Permission denied. It is unchanged." in line
    assert undo.startswith("refused: there is nothing to undo")
    assert fleet_repo.status() == []
