"""The plain case: every target was clean before the edit, and `git commit --only` does it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import Change, CommitRefused, CommitResult, Repository
from tests.gitops.conftest import VALUES, edit, refused
from tests.work import Work


def test_only_the_edit_is_committed(work: Work) -> None:
    work.write("other.txt", "staged by the user\n")
    work.git("add", "other.txt")
    work.write("other.txt", "dirty by the user\n")
    work.write("untracked.txt", "u\n")
    first = work.head()
    result = work.open().commit(edit(work), "Raise a\n\n# of the table\n")
    blob = work.git("rev-parse", f"HEAD:{VALUES}").strip()
    assert result == CommitResult(work.head(), "main", (VALUES,), result.output, {VALUES: blob})
    assert "Raise a" in result.output
    assert work.git("rev-parse", "HEAD^").strip() == first
    assert work.committed_files() == [VALUES]
    assert work.committed(VALUES) == b"a: 2\nb: 1\nc: 1\n"
    assert work.status() == ["MM other.txt", "?? untracked.txt"]
    assert work.staged("other.txt") == b"staged by the user\n"
    assert work.git("log", "-1", "--format=%B").strip() == "Raise a\n\n# of the table"


def test_many_files_and_odd_names_in_one_commit(work: Work) -> None:
    names = [":(top)x/v.yaml", "a*/v.yaml", "ab/v.yaml", 'nl\nü"q/v.yaml', "-n/v.yaml", "#h/v.yaml"]
    for name in names:
        work.write(name, "a: 1\n")
    work.commit_all()
    wanted = [name for name in names if name != "ab/v.yaml"]
    work.write("ab/v.yaml", "a: dirty\n")
    changes = {path: change for name in wanted for path, change in edit(work, name).items()}
    result = work.open().commit(changes, "odd")
    assert sorted(result.files) == sorted(wanted) == sorted(work.committed_files())
    assert work.status() == [" M ab/v.yaml"]


def test_hundreds_of_files(work: Work) -> None:
    names = [f"d{number}/values.yaml" for number in range(350)]
    for name in names:
        work.write(name, f"name: {name}\na: 1\n")
    work.commit_all()
    changes = {path: change for name in names for path, change in edit(work, name).items()}
    repository = work.open()
    assert len(repository.commit(changes, "many").files) == 350
    assert work.status() == []
    assert len(repository.log.records()) < 25  # no process per file


def test_the_mode_of_a_file_stays(work: Work) -> None:
    (work.root / VALUES).chmod(0o755)
    work.commit_all()
    work.open().commit(edit(work), "exec")
    assert work.git("ls-tree", "HEAD", VALUES).startswith("100755")
    assert work.status() == []


def test_a_new_branch(work: Work) -> None:
    first = work.head()
    result = work.open().commit(edit(work), "on a branch", branch="rea/xcom-1")
    assert result.branch == "rea/xcom-1"
    assert work.git("rev-parse", "main").strip() == first
    assert work.git("rev-parse", "rea/xcom-1^").strip() == first
    assert work.status() == []
    work.git("switch", "-q", "-")
    assert work.git("symbolic-ref", "HEAD").strip() == "refs/heads/main"


def test_a_new_branch_from_a_detached_head(work: Work) -> None:
    work.git("switch", "-q", "--detach")
    result = work.open().commit(edit(work), "from nowhere", branch="rea/new")
    assert work.git("symbolic-ref", "HEAD").strip() == "refs/heads/rea/new"
    assert result.oid == work.head()


@pytest.mark.parametrize("start", ["main", "--detach"])
def test_a_new_branch_is_taken_back_when_a_hook_refuses(work: Work, start: str) -> None:
    work.git("switch", "-q", start)
    work.hook("pre-commit", "exit 1")
    refused(work, edit(work), "A hook", branch="rea/new")
    assert work.git("branch", "--format=%(refname)", "--list", "main", "rea/*").split() == ["refs/heads/main"]


@pytest.mark.parametrize(
    ("name", "match"),
    [
        ("main", "There is already a branch main"),
        ("", "not a valid name"),
        ("a b", "not a valid name"),
        ("-f", "not a valid name"),
        ("@{-1}", "not a valid name"),
        ("HEAD", "not a valid name"),
        ("main/x", "could not make the branch main/x"),
    ],
)
def test_a_branch_that_cannot_be_made(work: Work, name: str, match: str) -> None:
    refused(work, edit(work), match, branch=name)


def test_sign_off(work: Work) -> None:
    work.open().commit(edit(work), "signed off", sign_off=True)
    assert "Signed-off-by: Ann <ann@example.com>" in work.git("log", "-1", "--format=%B")


@pytest.mark.parametrize("message", ["", " \n\t\n"])
def test_an_empty_message(work: Work, message: str) -> None:
    changes = edit(work)
    with pytest.raises(CommitRefused, match="message is empty"):
        work.open().commit(changes, message)


def test_nothing_to_commit(work: Work) -> None:
    refused(work, {}, "nothing to commit")
    refused(work, {VALUES: Change(work.read(VALUES), work.read(VALUES))}, "nothing to commit")


def test_a_new_file_git_does_not_know(work: Work) -> None:
    work.write("u/values.yaml", "a: 1\n")
    refused(work, edit(work, "u/values.yaml"), "u/values.yaml is in no commit yet")


def test_a_file_that_was_added_only(work: Work) -> None:
    work.write("u/values.yaml", "a: 1\n")
    work.git("add", "u/values.yaml")
    refused(work, edit(work, "u/values.yaml"), "u/values.yaml is in no commit yet")


def test_a_file_changed_again_after_the_edit(work: Work) -> None:
    changes = edit(work)
    work.write(VALUES, "a: 3\n")
    refused(work, changes, f"{VALUES} was changed by someone else")


def test_a_file_deleted_after_the_edit(work: Work) -> None:
    changes = edit(work)
    (work.root / VALUES).unlink()
    refused(work, changes, f"{VALUES} cannot be read .*scan the repo again")


def test_a_file_removed_from_the_index(work: Work) -> None:
    work.git("rm", "-q", "--cached", VALUES)
    refused(work, edit(work), f"{VALUES} was removed from git's index")


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", ".git/config", "dep/.GIT/x", "dep//x", "./x"])
def test_paths_outside_the_work_tree(work: Work, path: str) -> None:
    refused(work, {path: Change(b"1", b"2")}, "is not a path inside this repo")


def test_symbolic_links(work: Work) -> None:
    (work.root / "link.yaml").symlink_to(VALUES)
    (work.root / "dir").symlink_to("dep")
    work.commit_all()
    changes = edit(work)
    refused(work, {"link.yaml": changes[VALUES]}, "link.yaml is a symbolic link; edit and commit the file")
    refused(work, {"dir/values.yaml": changes[VALUES]}, "behind the symbolic link dir")


def test_a_file_marked_skip_worktree(work: Work) -> None:
    work.git("update-index", "--skip-worktree", VALUES)
    refused(work, edit(work), "--no-skip-worktree")


def test_a_file_marked_assume_unchanged_keeps_its_mark(work: Work) -> None:
    work.git("update-index", "--assume-unchanged", VALUES)
    work.open().commit(edit(work), "assumed")
    assert work.committed(VALUES) == b"a: 2\nb: 1\nc: 1\n"
    assert work.git("ls-files", "-v", VALUES) == f"h {VALUES}\n"


def test_head_that_moved_since_the_edit_is_built_upon(work: Work) -> None:
    repository = work.open()
    changes = edit(work)
    work.write("other.txt", "theirs\n")
    work.git("commit", "-q", "-m", "theirs", "--", "other.txt")
    theirs = work.head()
    repository.commit(changes, "ours")
    assert work.git("rev-parse", "HEAD^").strip() == theirs
    assert work.committed("other.txt") == b"theirs\n"
    assert work.committed_files() == [VALUES]
    assert work.status() == []


def test_a_branch_switched_since_the_edit_takes_the_commit_only_where_the_file_is_the_same(work: Work) -> None:
    repository = work.open()
    work.git("branch", "same")
    work.git("switch", "-q", "-c", "other")
    work.write(VALUES, "a: 9\nb: 9\nc: 9\n")
    work.commit_all()
    work.git("switch", "-q", "main")
    changes = edit(work)
    work.git("switch", "-q", "same")  # git carries the edit along
    assert repository.commit(changes, "ours").branch == "same"
    changes = edit(work, old=b"b: 1", new=b"b: 2")
    work.git("symbolic-ref", "HEAD", "refs/heads/other")
    refused(work, changes, "changes of yours")


def test_a_held_lock_is_waited_for(work: Work) -> None:
    lock = work.root / ".git" / "index.lock"
    lock.touch()
    timer = threading.Timer(0.4, lock.unlink)
    timer.start()
    result = work.open().commit(edit(work), "patient")
    timer.join()
    assert result.oid == work.head()
    assert work.status() == []


def test_a_lock_that_stays_is_explained_and_left_alone(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rea_xcom_tui.gitops.commit.commit.LOCK_PATIENCE", 0.2)
    lock = work.root / ".git" / "index.lock"
    lock.write_bytes(b"theirs")
    refused(work, edit(work), "Another git process holds .*index.lock; wait until it ends")
    assert lock.read_bytes() == b"theirs"


def test_another_commit_to_the_same_file_while_waiting(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rea_xcom_tui.gitops.commit.commit.LOCK_PATIENCE", 60.0)
    changes = edit(work)
    (work.root / ".git" / "index.lock").touch()

    def other_commit() -> None:
        """Move the branch beside the index, so that its lock stays held all the time."""
        (tmp_path / "theirs").write_text("a: 1\nb: 9\nc: 1\n")
        blob = work.git("hash-object", "-w", str(tmp_path / "theirs")).strip()
        index = {"GIT_INDEX_FILE": str(tmp_path / "index")}
        work.git("read-tree", "HEAD", env=index)
        work.git("update-index", "--cacheinfo", f"100644,{blob},{VALUES}", env=index)
        tree = work.git("write-tree", env=index).strip()
        work.git("update-ref", "HEAD", work.git("commit-tree", tree, "-p", "HEAD", "-m", "other").strip())

    timer = threading.Timer(0.3, other_commit)
    timer.start()
    with pytest.raises(CommitRefused, match=f"Another commit has just changed {VALUES}"):
        work.open().commit(changes, "raced")
    timer.join()
    assert work.git("log", "-1", "--format=%s") == "other\n"


@pytest.mark.parametrize("hook", ["pre-commit", "prepare-commit-msg", "commit-msg"])
def test_a_hook_that_refuses_is_quoted(work: Work, hook: str) -> None:
    work.hook(hook, "echo 'no \033[31msecrets\033[0m here'; exit 1")
    error = refused(work, edit(work), f"A hook .{hook}. refused the commit; see what it says")
    assert error.output == "no \033[31msecrets\033[0m here"
    assert work.read(VALUES) == b"a: 2\nb: 1\nc: 1\n"


def test_a_hook_that_mends_the_file_and_refuses(work: Work) -> None:
    work.hook("pre-commit", f"sed -i 's/a: 2/a: 2 # checked/' {VALUES}; exit 1")
    changes = edit(work)
    with pytest.raises(CommitRefused, match=f"The hook changed {VALUES}; look at that"):
        work.open().commit(changes, "message")
    assert work.read(VALUES) == b"a: 2 # checked\nb: 1\nc: 1\n"
    assert work.status() == [f" M {VALUES}"]


def test_a_hook_that_mends_and_stages_the_file(work: Work) -> None:
    work.hook("pre-commit", f"sed -i 's/a: 2/a: 2 # checked/' {VALUES}; git add {VALUES}")
    result = work.open().commit(edit(work), "message")
    assert result.changed_by_hook == (VALUES,)
    assert work.committed(VALUES) == b"a: 2 # checked\nb: 1\nc: 1\n"
    assert work.status() == []


def test_hooks_see_only_the_edit_and_the_users_locale(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    work.write("other.txt", "staged\n")
    work.git("add", "other.txt")
    work.hook("pre-commit", "git diff --cached --name-only > .git/seen; locale > .git/locale")
    work.open().commit(edit(work), "seen")
    assert (work.root / ".git" / "seen").read_text() == f"{VALUES}\n"
    assert "LC_CTYPE=C.UTF-8" in (work.root / ".git" / "locale").read_text().replace('"', "")


def test_all_hooks_of_a_commit_run(work: Work) -> None:
    for name in ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"):
        work.hook(name, f"echo {name} >> .git/ran; echo words of {name} >&2")
    result = work.open().commit(edit(work), "hooks")
    ran = (work.root / ".git" / "ran").read_text().split()
    assert ran == ["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit"]
    assert "words of commit-msg" in result.output


def test_a_hook_cannot_reach_the_terminal(work: Work) -> None:
    work.hook("pre-commit", "read answer < /dev/tty || { echo no terminal >&2; exit 1; }")
    assert "no terminal" in refused(work, edit(work), "A hook").output


def test_hooks_path_of_the_configuration(work: Work, tmp_path: Path) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "commit-msg").write_text("#!/bin/sh\necho stop >&2\nexit 1\n")
    (hooks / "commit-msg").chmod(0o755)
    work.git("config", "core.hooksPath", str(hooks))
    assert refused(work, edit(work), "A hook .commit-msg. refused").output == "stop"


def test_no_identity(work: Work, isolated: Path) -> None:
    (isolated / ".gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    refused(work, edit(work), "git does not know who you are: set git config user.name")


def test_another_folder_is_never_used_when_the_repo_is_gone(work: Work) -> None:
    repository = Repository.open(work.root)
    work.root.rename(work.root.with_name("moved"))
    with pytest.raises(Exception, match="cannot be entered"):
        repository.head()
