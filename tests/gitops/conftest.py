from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import Change, CommitRefused, Repository
from tests.work import Work as PlainWork

VALUES = "dep/values.yaml"
LINES = [f"k{number}: {number}" for number in range(1, 31)]
"""A longer file, for edits that stand well apart."""


class Work(PlainWork):
    """A git repo, with what the tests of this folder ask of it besides."""

    def committed(self, path: str, revision: str = "HEAD") -> bytes:
        return self.raw("cat-file", "blob", f"{revision}:{path}")

    def staged(self, path: str) -> bytes:
        return self.raw("cat-file", "blob", f":{path}")

    def raw(self, *arguments: str) -> bytes:
        return subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, check=True).stdout

    def open(self) -> Repository:
        return Repository.open(self.root)


def make_work(root: Path) -> Work:
    root.mkdir(parents=True)
    work = Work(root)
    work.git("init", "-q")
    work.write(VALUES, "a: 1\nb: 1\nc: 1\n")
    work.write("other.txt", "one\n")
    work.commit_all("first")
    return work


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo")


def edit(work: Work, path: str = VALUES, old: bytes = b"a: 1", new: bytes = b"a: 2") -> dict[str, Change]:
    """Write an edit to the work tree, as the layer above does, and say what it did."""
    before = work.read(path)
    after = before.replace(old, new)
    assert after != before
    work.write(path, after)
    return {path: Change(before, after)}


def footprint(work: Work) -> tuple[str, ...]:
    """Everything a refused commit must leave as it was."""
    return (
        work.git("rev-parse", "-q", "--verify", "HEAD", check=False),
        work.git("symbolic-ref", "HEAD", check=False),
        work.git("for-each-ref"),
        work.git("ls-files", "-s", "-v"),
        work.git("status", "--porcelain"),
    )


def refused(work: Work, changes: dict[str, Change], match: str, branch: str | None = None) -> CommitRefused:
    """Commit, expect a refusal, and check that nothing at all has moved."""
    before = footprint(work)
    with pytest.raises(CommitRefused, match=match) as caught:
        work.open().commit(changes, "message", branch=branch)
    assert footprint(work) == before
    assert caught.value.exit_code == 3
    return caught.value
