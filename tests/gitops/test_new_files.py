"""New files: those made here are committed whole, never others that git does not know."""

from __future__ import annotations

import pytest

from rea_xcom_tui.gitops import Change, CommitRefused
from tests.gitops.conftest import refused as nothing_moves
from tests.work import Work

NEW = "new.yaml"


def refused(work: Work, change: Change, why: str) -> None:
    nothing_moves(work, {NEW: change}, why)


def test_a_file_made_earlier_and_edited_now_is_committed_whole(work: Work) -> None:
    work.write(NEW, "a: 2\n")
    work.write("users.txt", "untracked\n")
    refused(work, Change(b"a: 1\n", b"a: 2\n"), "is in no commit yet")
    result = work.open().commit({NEW: Change(b"a: 1\n", b"a: 2\n", made_here=True)}, "ours")
    assert result.files == (NEW,)
    assert work.committed(NEW) == b"a: 2\n"
    assert work.status() == ["?? users.txt"]


@pytest.mark.parametrize("staged", ["a: 1\n", "a: 2\n", None])
def test_one_that_the_user_has_staged_as_it_was_made(work: Work, staged: str | None) -> None:
    work.write(NEW, staged or "a: 2\n")
    work.git("add", *(["-N"] if staged is None else []), NEW)
    work.write(NEW, "a: 2\n")
    work.open().commit({NEW: Change(b"a: 1\n", b"a: 2\n", made_here=True)}, "ours")
    assert work.committed(NEW) == b"a: 2\n"
    assert work.status() == []


def test_what_the_user_staged_there_is_not_taken(work: Work) -> None:
    work.write(NEW, "users: 1\n")
    work.git("add", NEW)
    work.write(NEW, "a: 2\n")
    refused(work, Change(b"a: 1\n", b"a: 2\n", made_here=True), "you have staged a version")
    refused(work, Change(None, b"a: 2\n"), "you have staged a version")


def test_an_ignored_file_is_not_committed(work: Work) -> None:
    work.write(".gitignore", "*.yaml\n")
    work.write(NEW, "a: 2\n")
    refused(work, Change(None, b"a: 2\n"), "git ignores new.yaml")


def test_a_refusing_hook_leaves_a_new_file_untracked(work: Work) -> None:
    work.hook("pre-commit", "exit 1")
    work.write(NEW, "a: 2\n")
    refused(work, Change(None, b"a: 2\n"), "A hook")


def test_on_a_new_branch_and_in_a_linked_work_tree(work: Work) -> None:
    work.write("staged.txt", "the user's\n")
    work.git("add", "staged.txt")
    work.write(NEW, "a: 2\n")
    work.open().commit({NEW: Change(None, b"a: 2\n")}, "ours", branch="topic")
    assert work.git("branch", "--show-current").strip() == "topic"
    assert work.committed_files() == [NEW]
    assert work.status() == ["A  staged.txt"]
    work.git("worktree", "add", "-q", "../linked", "main")
    linked = Work(work.root.parent / "linked")
    linked.write(NEW, "a: 3\n")
    linked.open().commit({NEW: Change(None, b"a: 3\n")}, "ours")
    assert (linked.committed(NEW), linked.status()) == (b"a: 3\n", [])


def test_line_ends_and_filters_are_those_of_the_repo(work: Work) -> None:
    work.write(".gitattributes", "*.yaml text eol=crlf filter=upper\n")
    work.git("config", "filter.upper.clean", "tr a-z A-Z")
    work.git("config", "filter.upper.smudge", "tr A-Z a-z")
    work.commit_all()
    work.write(NEW, "a: 2\r\n")
    work.open().commit({NEW: Change(None, b"a: 2\r\n")}, "ours")
    assert work.git("cat-file", "blob", f"HEAD:{NEW}") == "A: 2\n"
    assert work.status() == []


def test_one_that_was_committed_taken_away_and_made_anew(work: Work) -> None:
    work.write(NEW, "a: 1\n")
    work.open().commit({NEW: Change(None, b"a: 1\n")}, "ours")
    work.write(NEW, "a: 2\n")
    refused(work, Change(None, b"a: 2\n", taken_back=(b"another\n",)), "git knows one that you have removed")
    work.open().commit({NEW: Change(None, b"a: 2\n", taken_back=(b"a: 1\n",))}, "ours again")
    assert (work.committed(NEW), work.status()) == (b"a: 2\n", [])


def test_what_the_last_commit_holds_already_is_no_commit(work: Work) -> None:
    """An edit that was committed, undone and is made again; it used to be taken for a change of the user's."""
    work.write(NEW, "a: 2\n")
    made = work.open().commit({NEW: Change(None, b"a: 2\n")}, "ours")
    again = work.open().commit({NEW: Change(b"a: 1\n", b"a: 2\n")}, "the same")
    assert (again.oid, again.branch, again.files) == (made.oid, "main", ())
    assert "holds these changes already" in again.output
    with pytest.raises(CommitRefused, match="so no branch was made"):
        work.open().commit({NEW: Change(b"a: 1\n", b"a: 2\n")}, "the same", branch="topic")
    assert work.status() == []
