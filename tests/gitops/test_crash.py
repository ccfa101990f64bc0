"""The tool and git are killed together, at every step of a commit; then the tool is started again."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.gitops import CommitRefused, GitProblem
from rea_xcom_tui.gitops.commit.index_lock import IndexLock
from rea_xcom_tui.gitops.operations import OperationLog
from tests.gitops.conftest import VALUES, edit, footprint, refused
from tests.gitops.crashing import FILES, commit_and_die
from tests.work import Work

HOOK = """
point={name}
if [ $point = reference-transaction ]; then
    grep -q " refs/heads/" || exit 0
    point=$point-$1
fi
[ "$KILL_AT" = $point ] || exit 0
journal=.git/rea-xcom-tui/00000001.json
[ $point = pre-commit ] && until grep -q '"process": [0-9]' $journal; do :; done
kill -9 $KILL_TOOL $PPID
"""

Template = dict[bool, Path]
HOOKS = ("pre-commit", "commit-msg", "post-commit", "reference-transaction")


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The repo before the crash, without (False) and with (True) changes of the user's in a target."""
    content = "".join(f"k{number}: {number}\n" for number in range(1, 31))
    template = {}
    for mixed in (False, True):
        work = Work(tmp_path_factory.mktemp("template"))
        work.git("init", "-q", "-b", "main")
        work.git("config", "user.name", "Ann")
        work.git("config", "user.email", "ann@example.com")
        for name in FILES:
            work.write(name, content)
        work.write("other.txt", "one\n")
        work.commit_all()
        work.write("other.txt", "staged\n")
        if mixed:
            work.write(FILES[0], content.replace("k5: 5", "k5: STAGED"))
        work.git("add", "-A")
        if mixed:
            work.write(FILES[0], content.replace("k5: 5", "k5: STAGED").replace("k15: 15", "k15: DIRTY"))
        for name in HOOKS:
            work.hook(name, HOOK.format(name=name))
        template[mixed] = work.root
    return template


def before_crash(templates: Template, root: Path, *, mixed: bool) -> Work:
    shutil.copytree(templates[mixed], root, symlinks=True)
    return Work(root)


def crash(work: Work, point: str, branch: str = "") -> bool:
    """Commit in another process that is killed at `point`. Tells whether the commit was made."""
    before = work.head()
    assert commit_and_die(work.root, point, branch or None) == -9, point
    await_git(work)
    return work.head() != before


def await_git(work: Work) -> None:
    """Wait until the git that was killed along with its commit is gone; on a busy machine that takes a moment."""
    record = OperationLog(work.root / ".git").commit_begun()
    deadline = time.monotonic() + 30
    while record is not None and record.git_is_running() and time.monotonic() < deadline:
        time.sleep(0.01)


def check_clean(work: Work, *, committed: bool, mixed: bool, branch: str) -> None:
    """After recovery only the user's own work is staged, and the work tree holds the edits."""
    where = branch if committed and branch else "main"
    assert work.git("symbolic-ref", "HEAD").strip() == f"refs/heads/{where}"
    expected = ["M  other.txt"]
    for name in FILES:
        own = mixed and name == FILES[0]
        if committed:
            assert b"k25: OURS" in work.committed(name)
            expected += [f"MM {name}"] if own else []
        else:
            expected += [f"MM {name}"] if own else [f" M {name}"]
        assert b"k25: OURS" in work.read(name)
        assert b"STAGED" not in work.committed(name)
        assert (b"k5: STAGED" in work.staged(name)) == own
        assert (b"k25: OURS" in work.staged(name)) == committed
        assert b"DIRTY" not in work.staged(name)
    assert sorted(work.status()) == sorted(expected)
    assert not (work.root / ".git" / "rea-xcom-tui" / "commit").exists()


LOCKED_POINTS = [
    ("lock", False),
    ("saved", False),
    ("journal", False),
    ("own-index", False),
    ("staged", False),
    ("branch", False),
    ("pre-commit", False),
    ("commit-msg", False),
    ("reference-transaction-prepared", False),
    ("reference-transaction-committed", True),
    ("post-commit", True),
    ("made-locked", True),
    ("followed", True),
    ("unlocked", True),
]


@pytest.mark.parametrize(("point", "made"), LOCKED_POINTS, ids=[point for point, _ in LOCKED_POINTS])
def test_a_crash_of_a_commit_beside_other_changes(templates: Template, tmp_path: Path, point: str, made: bool) -> None:
    branch = "rea/new" if point == "branch" else ""
    work = before_crash(templates, tmp_path / "repo", mixed=True)
    assert crash(work, point, branch) == made
    sentence = work.open().recover_commit()
    for stale in (work.root / ".git").rglob("*.lock"):
        # Git's own locks on HEAD and the branch are the user's to delete; everything of ours is gone.
        assert point == "reference-transaction-prepared"
        assert "index" not in stale.name
        stale.unlink()
    assert sentence is not None
    check_clean(work, committed=made, mixed=True, branch=branch)
    assert work.open().recover_commit() is None


ONLY_POINTS = [
    ("journal", False),
    ("branch", False),
    ("pre-commit", False),
    ("reference-transaction-prepared", False),
    ("reference-transaction-committed", True),
    ("post-commit", True),
    ("made-only", True),
]


@pytest.mark.parametrize(("point", "made"), ONLY_POINTS, ids=[point for point, _ in ONLY_POINTS])
def test_a_crash_of_a_plain_commit(templates: Template, tmp_path: Path, point: str, made: bool) -> None:
    branch = "rea/new" if point == "branch" else ""
    work = before_crash(templates, tmp_path / "repo", mixed=False)
    assert crash(work, point, branch) == made
    lock = work.root / ".git" / "index.lock"
    if lock.exists():
        with pytest.raises(CommitRefused, match=r"cut off. Another git process holds .*delete that file"):
            work.open().recover_commit()
        assert lock.exists()
    for stale in (work.root / ".git").rglob("*.lock"):
        stale.unlink()  # as the user is told to
    work.open().recover_commit()
    check_clean(work, committed=made, mixed=False, branch=branch)


def test_the_next_commit_recovers_by_itself(templates: Template, tmp_path: Path) -> None:
    work = before_crash(templates, tmp_path / "repo", mixed=True)
    crash(work, "staged")
    for name in FILES[1:]:
        work.write(name, work.committed(name))
    result = work.open().commit(edit(work, FILES[1], b"k10: 10", b"k10: AGAIN"), "again")
    assert result.files == (FILES[1],)
    assert work.status() == [f"MM {FILES[0]}", "M  other.txt"]


def test_a_lock_of_another_program_is_left_alone(work: Work) -> None:
    lock = work.root / ".git" / "index.lock"
    lock.write_bytes(b"DIRC whatever")
    assert work.open().recover_commit() is None
    assert lock.read_bytes() == b"DIRC whatever"


def test_recovery_waits_for_a_git_that_survived(templates: Template, tmp_path: Path) -> None:
    work = before_crash(templates, tmp_path / "repo", mixed=True)
    crash(work, "pre-commit")
    log = OperationLog(work.root / ".git")
    record = log.commit_begun()
    assert record is not None
    path = log.folder / "00000001.json"
    text = path.read_text()
    command = ["git", "-C", str(work.root), "cat-file", "--batch"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as git:
        path.write_text(text.replace(f'"process": {record.process}', f'"process": {git.pid}'))
        with pytest.raises(CommitRefused, match="still running"):
            work.open().recover_commit()
    assert IndexLock(work.root / ".git", log.scratch).is_ours()
    # The id belongs to another program by now: to this one.
    path.write_text(text.replace(f'"process": {record.process}', f'"process": {os.getpid()}'))
    assert "nothing was committed" in str(work.open().recover_commit())


def test_two_copies_of_the_tool_keep_out_of_each_others_way(work: Work) -> None:
    changes = edit(work)
    with OperationLog(work.root / ".git").held():
        with pytest.raises(Refused, match="another rea-xcom-tui is writing or committing"):
            work.open().commit(changes, "now")
        assert work.open().recover_commit() is None
    assert work.open().commit(changes, "now").files == (VALUES,)


def test_recovery_leaves_entries_alone_that_the_user_has_changed_since(templates: Template, tmp_path: Path) -> None:
    work = before_crash(templates, tmp_path / "repo", mixed=True)
    crash(work, "staged")
    (work.root / ".git" / "index.lock").unlink()
    work.write(FILES[1], "k: by the user\n")
    work.git("add", FILES[1])
    work.open().recover_commit()
    assert work.staged(FILES[1]) == b"k: by the user\n"
    assert work.staged(FILES[2]) == work.committed(FILES[2])


def test_a_journal_that_cannot_be_read_is_no_obstacle(work: Work) -> None:
    folder = work.root / ".git" / "rea-xcom-tui" / "commit"
    folder.mkdir(parents=True)
    for text in ("", "{}", "[1]", '{"version": 99}', "\x00"):
        (folder / "journal.json").write_text(text)
        assert work.open().recover_commit() is None
        folder.mkdir(parents=True, exist_ok=True)


def test_a_disk_without_hard_links(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", unsupported)
    (work.root / VALUES).chmod(0o755)
    assert work.open().commit(edit(work), "mixed").files == (VALUES,)
    (work.root / ".git" / "index.lock").touch()
    monkeypatch.setattr("rea_xcom_tui.gitops.commit.commit.LOCK_PATIENCE", 0.1)
    refused(work, edit(work, old=b"a: 2", new=b"a: 3"), "Another git process holds")


def test_a_full_disk_in_the_middle(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step after the index was changed fails, and so does putting the index back."""
    (work.root / VALUES).chmod(0o755)
    changes = edit(work)
    before = footprint(work)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    with monkeypatch.context() as patch:
        patch.setattr("rea_xcom_tui.gitops.commit.locked._run", full)
        patch.setattr("rea_xcom_tui.gitops.commit.locked._take_back", full)
        with pytest.raises(GitProblem, match=r"cut off \(No space left on device: somewhere\)"):
            work.open().commit(changes, "full")
    assert work.staged(VALUES) == work.read(VALUES)
    assert "nothing was committed" in str(work.open().recover_commit())
    assert footprint(work) == before
