from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.gitops import Change, CommitRefused
from tests.work import Work, make_work

VALUES = "dep/values.yaml"
LINES = [f"k{number}: {number}" for number in range(1, 31)]
"""A longer file, for edits that stand well apart."""


SMALL = {VALUES: "a: 1\nb: 1\nc: 1\n", "other.txt": "one\n"}
"""A file to edit, and a neighbour."""


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo", SMALL)


def edit(work: Work, path: str = VALUES, old: bytes = b"a: 1", new: bytes = b"a: 2") -> dict[str, Change]:
    """Write an edit to the work tree, as the layer above does, and say what it did."""
    before = work.read(path)
    after = before.replace(old, new)
    assert after != before
    work.write(path, after)
    return {path: Change(before, after)}


def footprint(work: Work) -> tuple[object, ...]:
    """Everything a refused commit must leave as it was: HEAD, refs, index with its flags, and every file."""
    files = [path for path in work.root.rglob("*") if ".git" not in path.parts and path.is_file()]
    return (
        work.git("for-each-ref"),
        work.git("ls-files", "-s", "-v"),
        work.git("status", "--porcelain=v2", "--branch"),
        {str(path): (path.lstat().st_mode, path.read_bytes()) for path in files},
    )


def refused(work: Work, changes: dict[str, Change], match: str, branch: str | None = None) -> CommitRefused:
    """Commit, expect a refusal, and check that nothing at all has moved."""
    before = footprint(work)
    with pytest.raises(CommitRefused, match=match) as caught:
        work.open().commit(changes, "message", branch=branch)
    assert footprint(work) == before
    assert caught.value.exit_code == 3
    return caught.value
