"""Noticing from outside that a fleet may have changed, without reading any file."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.model import Fleet

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository


def footprint(repository: Repository, fleet: Fleet, since: int | None = None) -> int | None:
    """A number that changes when a file of the fleet or the checked-out commit does.

    So it does when a file or folder comes or goes beside those of the fleet, because that may be a deployment. None
    where one of them has changed `since` a time in nanoseconds: who began to read then may have read it before.
    """
    now, head = time.time_ns(), repository.head()
    if since is not None and head != fleet.head:
        return None
    marks: list[object] = [head, repository.branch()]
    files = [BASELINE_FILE, *dict.fromkeys(file for deployment in fleet.deployments for file in deployment.files)]
    files += [broken.file for broken in fleet.unreadable]
    root = os.fspath(repository.root)
    for file in (*files, *folders_of(files)):
        try:
            stat = os.stat(f"{root}/{file}")  # to join paths as objects takes longer than to ask the system
        except OSError:
            marks.append(None)
            continue
        if since is not None and since <= stat.st_mtime_ns <= now:
            return None
        marks.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
    return hash(tuple(marks))


def folders_of(files: Iterable[str]) -> set[str]:
    """The folders that these files are in, up to the repo's root."""
    found = {""}
    for file in files:
        folder = os.path.dirname(file)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return found
