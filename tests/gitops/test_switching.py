from __future__ import annotations

import re
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import Repository, SwitchRefused, TrustStore
from tests.gitops.conftest import VALUES, footprint
from tests.work import Work


@pytest.fixture
def two(work: Work) -> Work:
    """A repo with a second branch, which holds another version of the file and one file more."""
    work.git("switch", "-q", "-c", "topic")
    work.write(VALUES, "a: 9\nb: 1\nc: 1\n")
    work.write("more.txt", "more\n")
    work.commit_all("topic")
    work.git("switch", "-q", "main")
    return work


def refused(work: Work, branch: str, match: str) -> SwitchRefused:
    """Switch, expect a refusal, and check that nothing at all has moved."""
    before = (footprint(work), work.read(VALUES))
    with pytest.raises(SwitchRefused, match=match) as caught:
        work.open().switch(branch)
    assert (footprint(work), work.read(VALUES)) == before
    assert caught.value.exit_code == 3
    return caught.value


def test_a_clean_repo_switches_there_and_back(two: Work) -> None:
    repository = two.open()
    assert sorted(repository.branches()) == ["main", "topic"]
    repository.switch("topic")
    assert (repository.branch(), two.read(VALUES)) == ("topic", b"a: 9\nb: 1\nc: 1\n")
    assert two.status() == []
    repository.switch("main")
    assert (repository.branch(), two.read(VALUES)) == ("main", b"a: 1\nb: 1\nc: 1\n")


def test_from_a_detached_head_and_without_an_identity(two: Work, isolated: Path) -> None:
    two.git("switch", "-q", "--detach", "topic")
    (isolated / ".gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    two.open().switch("main")
    assert two.open().branch() == "main"


@pytest.mark.parametrize("staged", [False, True])
def test_a_file_with_changes_of_its_own_refuses(two: Work, staged: bool) -> None:
    two.write("other.txt", "mine\n")
    if staged:
        two.git("add", "other.txt")
    refused(two, "topic", r"other\.txt has changes that are not committed")
    two.write(VALUES, "a: 5\n")
    refused(two, "topic", r"dep/values\.yaml and 1 more has changes")


@pytest.mark.parametrize("ignored", [False, True])
def test_a_file_in_the_way_is_not_overwritten(two: Work, ignored: bool) -> None:
    if ignored:
        two.write(".gitignore", "more.txt\n")
        two.commit_all("ignore it")
    two.write("more.txt", "mine\n")
    error = refused(two, "topic", "Files that git does not track would be overwritten by those of topic")
    assert "more.txt" in error.output
    assert two.read("more.txt") == b"mine\n"


def test_what_is_no_local_branch(two: Work) -> None:
    two.git("tag", "v1")
    two.git("update-ref", "refs/heads/-f", "HEAD")
    for name in ("nowhere", "v1", "HEAD", "main~0", "-f", "--detach", ""):
        refused(two, name, re.escape(f"no branch {name!r}"))
    refused(two, "main", "main is already checked out")


def test_a_branch_of_another_work_tree(two: Work, tmp_path: Path) -> None:
    two.git("worktree", "add", "-q", str(tmp_path / "linked"), "topic")
    refused(two, "topic", "checked out in another work tree")


def test_an_unfinished_operation_refuses(two: Work) -> None:
    two.write(VALUES, "a: 7\nb: 1\nc: 1\n")
    two.commit_all("conflict")
    two.git("merge", "topic", check=False)
    refused(two, "topic", r"A merge is in progress .* then switch\.")


def test_a_held_lock_refuses_and_stays(two: Work) -> None:
    lock = two.root / ".git" / "index.lock"
    lock.write_bytes(b"")
    refused(two, "topic", "Another git process")
    assert lock.exists()


def test_a_hook_that_fails_afterwards_is_no_refusal(two: Work) -> None:
    two.hook("post-checkout", "exit 1")
    two.open().switch("topic")
    assert two.open().branch() == "topic"


def test_nothing_runs_before_the_repo_is_trusted(two: Work, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    two.hook("post-checkout", f"touch {marker}")
    repository = Repository.open(two.root, trust=TrustStore(tmp_path / "trust"))
    assert repository.viewing
    with pytest.raises(SwitchRefused, match="open for viewing only"):
        repository.switch("topic")
    assert not marker.exists()
    assert repository.branch() == "main"
