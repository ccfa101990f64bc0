"""Files that have changed: known again by the bytes that they hold, as others are by what git says of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from rea_xcom_tui.fleet.scan.workers import Task
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.values.files import Files

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository


def named_by_content(repository: Repository, tasks: Sequence[Task]) -> list[Task]:
    """The same tasks, those of changed files under the blob ids of their bytes, as far as these can be read.

    Reading a file and naming its bytes takes a tenth of judging it, and after a write a whole fleet has changed.
    """
    files = Files(repository.root)
    return [_named(task, files, repository) if task.dirty and not task.oid else task for task in tasks]


def _named(task: Task, files: Files, repository: Repository) -> Task:
    try:
        data = files.read(task.file)
    except Unreadable:
        return task
    return replace(task, oid=repository.hash_bytes(data), size=len(data))
