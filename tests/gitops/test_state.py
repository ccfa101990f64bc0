"""Every state a repo can be in: what it is called, and that no commit is made in it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import RepoState
from tests.gitops.conftest import SMALL, VALUES, edit, refused
from tests.work import Work, make_work


def conflicting(work: Work) -> None:
    """Make branches main and side that change the same line of other.txt, and check out main."""
    work.git("switch", "-q", "-c", "side")
    work.write("other.txt", "side\n")
    work.commit_all("side")
    work.git("switch", "-q", "main")
    work.write("other.txt", "main\n")
    work.commit_all("main")


OPERATIONS = {
    "merge": (["merge", "side"], "A merge is in progress .* git merge --abort"),
    "cherry-pick": (["cherry-pick", "side"], "A cherry-pick is in progress .* --abort"),
    "revert": (["revert", "--no-edit", "HEAD~1"], "A revert is in progress .* --abort"),
    "rebase": (["rebase", "side"], "A rebase is in progress .* git rebase --abort"),
    "squash": (["merge", "--squash", "side"], "A squashed merge is in progress"),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_unfinished_operations(work: Work, operation: str) -> None:
    conflicting(work)
    if operation == "revert":
        work.write("other.txt", "again\n")
        work.commit_all()
    arguments, match = OPERATIONS[operation]
    work.git(*arguments, check=False)
    state = work.open().state()
    assert state.operation == operation
    assert state.unmerged == ("other.txt",)
    refused(work, edit(work), match)
    refused(work, edit(work, old=b"a: 2", new=b"a: 3"), match, branch="rea/new")


@pytest.mark.parametrize("backend", ["--apply", "--merge"])
def test_both_kinds_of_rebase(work: Work, backend: str) -> None:
    conflicting(work)
    work.git("rebase", backend, "side", check=False)
    assert work.open().state().operation == "rebase"


def test_am(work: Work, tmp_path: Path) -> None:
    conflicting(work)
    patch = tmp_path / "side.patch"
    patch.write_text(work.git("format-patch", "-1", "side", "--stdout"))
    work.git("am", str(patch), check=False)
    assert work.open().state().operation == "am"
    refused(work, edit(work), "git am --abort")


def test_between_two_picks(work: Work) -> None:
    conflicting(work)
    work.git("switch", "-q", "side")
    work.write("third", "3\n")
    work.commit_all()
    work.git("switch", "-q", "main")
    work.git("cherry-pick", "side~1", "side", check=False)
    work.write("other.txt", "resolved\n")
    work.git("add", "other.txt")
    work.git("commit", "-q", "-m", "resolved")
    assert work.open().state().operation == "cherry-pick"
    refused(work, edit(work), "git cherry-pick --continue")


def test_bisect(work: Work) -> None:
    conflicting(work)
    work.git("bisect", "start")
    assert work.open().state().operation == "bisect"
    refused(work, edit(work), "A bisect is in progress .* git bisect reset")


def test_unmerged_files_without_an_operation(work: Work) -> None:
    conflicting(work)
    work.git("merge", "side", check=False)
    (work.root / ".git" / "MERGE_HEAD").unlink()
    refused(work, edit(work), "other.txt has an unresolved merge conflict")


def test_detached_head(work: Work) -> None:
    work.git("switch", "-q", "--detach")
    state = work.open().state()
    assert (state.branch, state.detached, state.head) == (None, True, work.head())
    refused(work, edit(work), "HEAD is detached, .* name a new branch")
    assert state.refusal(new_branch=True) is None


def test_unborn_branch(tmp_path: Path) -> None:
    work = Work(tmp_path / "empty")
    work.root.mkdir()
    work.git("init", "-q")
    work.write(VALUES, "a: 1\n")
    state = work.open().state()
    assert (state.branch, state.head, state.unborn) == ("main", None, True)
    refused(work, edit(work), "no commit yet; make the first commit")


def test_ahead_behind_and_diverged(tmp_path: Path) -> None:
    server = make_work(tmp_path / "server", SMALL)
    server.git("clone", "-q", str(server.root), str(tmp_path / "clone"))
    clone = Work(tmp_path / "clone")
    assert clone.open().state().upstream == "origin/main"
    clone.open().commit(edit(clone), "ours")
    state = clone.open().state()
    assert (state.ahead, state.behind, state.diverged) == (1, 0, False)
    server.write("other.txt", "theirs\n")
    server.commit_all()
    server.write("other.txt", "theirs again\n")
    server.commit_all()
    clone.git("fetch", "-q")
    state = clone.open().state()
    assert (state.branch, state.ahead, state.behind, state.diverged) == ("main", 1, 2, True)
    assert state.refusal() is None
    clone.git("branch", "--unset-upstream")
    assert clone.open().state().upstream is None


def test_lock_and_identity(work: Work, isolated: Path) -> None:
    (work.root / ".git" / "index.lock").touch()
    os.utime(work.root / ".git" / "index.lock", (1, 1))
    (isolated / ".gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    state = work.open().state()
    assert state.locked is not None
    assert state.locked > 1e9
    assert not state.identity_ok
    assert state.branch == "main"
    assert "who you are" in str(state.refusal())


def test_a_clean_repo(work: Work) -> None:
    assert work.open().state() == RepoState(
        branch="main",
        head=work.head(),
        operation=None,
        unmerged=(),
        upstream=None,
        ahead=0,
        behind=0,
        locked=None,
        lock_path=work.root / ".git" / "index.lock",
        identity_ok=True,
        read_only=False,
    )


def test_linked_work_trees_have_a_state_of_their_own(work: Work, tmp_path: Path) -> None:
    conflicting(work)
    work.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    linked = Work(tmp_path / "linked")
    work.git("merge", "side", check=False)
    assert work.open().state().operation == "merge"
    repository = linked.open()
    assert repository.state().operation is None
    assert repository.git_dir == work.root / ".git" / "worktrees" / "linked"
    assert repository.common_dir == work.root / ".git"
    assert repository.commit(edit(linked), "in the linked tree").branch == "linked"
    assert linked.status() == []
    assert work.open().state().operation == "merge"


def test_a_repo_that_cannot_be_written() -> None:
    """As an ordinary user, since permissions do not bind the superuser."""
    program = (
        "import os, sys\n"
        "from rea_xcom_tui.gitops import Repository\n"
        "repository = Repository.open(sys.argv[1])\n"
        "repository.state()\n"  # all is imported then, from where only the superuser may be able to read it
        "if os.getuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "state = repository.state()\n"
        "print(state.read_only, state.refusal(), sep='|')\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        work = make_work(Path(folder) / "repo", SMALL)
        locked = [work.root, work.root / ".git"]
        for path in locked:
            path.chmod(0o555)
        trusting = {"GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*", "GIT_CONFIG_COUNT": "1"}
        done = subprocess.run(
            [sys.executable, "-c", program, str(work.root)],
            env={**os.environ, **trusting, "HOME": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        for path in locked:
            path.chmod(0o755)
    assert done.stdout.startswith("True|This repo cannot be written by this user"), done.stderr
