"""A commit in a process of its own that is killed at a given point."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from rea_xcom_tui.gitops import Change, Repository

FILES = ("d1/values.yaml", "d2/values.yaml", "d3/values.yaml")

POINTS = {
    "lock": ("commit.index_lock", "IndexLock.take"),
    "saved": ("commit.locked", "copy_durably"),
    "journal": ("operations", "OperationLog.record_commit"),
    "own-index": ("commit.locked", "_own_index"),
    "staged": ("commit.locked", "edit_index"),
    "branch": ("branches", "NewBranch.begin"),
    "made-locked": ("commit.locked", "_new_commit"),
    "made-only": ("commit.commit", "_looked_after"),
    "followed": ("commit.locked", "follow_hook"),
    "unlocked": ("commit.index_lock", "IndexLock.release"),
}
"""After which function the process ends; every other point is a hook of the repo, which kills it and git."""


def commit_and_die(root: Path, point: str, branch: str | None) -> int | None:
    """Edit and commit FILES in a new process that dies at `point`; return how it ended (-9: killed)."""
    server = multiprocessing.get_context("forkserver")
    # A process costs little where everything is imported already.
    server.set_forkserver_preload(
        ["rea_xcom_tui.gitops.commit.locked", "rea_xcom_tui.gitops.commit.recovery", "git", __name__]
    )
    child = server.Process(target=_commit, args=(root, point, branch, dict(os.environ)))
    child.start()
    child.join()
    return child.exitcode


def _commit(root: Path, point: str, branch: str | None, environment: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    if point in POINTS:
        _kill_after(*POINTS[point])
    else:
        os.environ.update(KILL_AT=point, KILL_TOOL=str(os.getpid()))
    changes = {}
    for name in FILES:
        before = (root / name).read_bytes()
        after = before.replace(b"k25: 25", b"k25: OURS")
        (root / name).write_bytes(after)
        changes[name] = Change(before, after)
    Repository.open(root).commit(changes, "ours", branch=branch)


def _kill_after(module: str, name: str) -> None:
    place = import_module(f"rea_xcom_tui.gitops.{module}")
    owner, _, attribute = name.rpartition(".")
    holder = getattr(place, owner) if owner else place
    original = getattr(holder, attribute)

    def wrapper(*arguments: Any, **options: Any) -> None:
        original(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(holder, attribute, wrapper)
