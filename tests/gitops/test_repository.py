from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import (
    CommandLog,
    FileEntry,
    GitProblem,
    HistoryStep,
    Repository,
    TrustStore,
    hash_bytes,
    unread,
    without_userinfo,
    write_history,
)
from tests.gitops.conftest import VALUES
from tests.work import Work


def test_importing_gitops_does_not_import_git() -> None:
    program = "import sys, rea_xcom_tui.gitops; sys.exit('git' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_open_finds_the_repo_above_a_folder_and_a_file(work: Work) -> None:
    for path in (work.root, work.root / "dep", work.root / VALUES):
        repository = Repository.open(path)
        assert repository.root == work.root
        assert repository.git_dir == work.root / ".git"
        assert repository.head() == work.head()
        assert repository.branch() == "main"


def test_open_says_what_is_wrong(tmp_path: Path, work: Work) -> None:
    (tmp_path / "plain").mkdir()
    with pytest.raises(GitProblem, match=r"plain is not in a git repo; .*git init"):
        Repository.open(tmp_path / "plain")
    with pytest.raises(GitProblem, match="There is no folder"):
        Repository.open(tmp_path / "missing")
    work.git("init", "-q", "--bare", str(tmp_path / "bare.git"))
    with pytest.raises(GitProblem, match="is a bare repo without files to edit; clone it"):
        Repository.open(tmp_path / "bare.git")
    with pytest.raises(GitProblem, match="inside a git folder; open the folder of the work tree"):
        Repository.open(work.root / ".git" / "refs")
    work.git("config", "core.worktree", str(tmp_path / "plain"))
    with pytest.raises(GitProblem, match=r"its files are in .*plain; open that folder if you mean it"):
        Repository.open(work.root)


def test_open_names_the_remedy_when_another_user_owns_the_repo(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    spaced = work.root.rename(work.root.with_name("my repo"))
    with pytest.raises(GitProblem, match=rf"another user owns it; .*safe.directory '{spaced}'$"):
        Repository.open(spaced / "dep")


def test_open_without_a_git_program(work: Work, tmp_path: Path) -> None:
    program = (
        "import sys; from rea_xcom_tui.gitops import Repository, GitProblem\n"
        "try: Repository.open(sys.argv[1])\n"
        "except GitProblem as problem: print(problem)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(work.root)],
        env={**os.environ, "PATH": str(tmp_path), "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "The git program is not installed, or not on PATH; install git.\n"


def test_variables_of_a_surrounding_hook_do_not_lead_to_another_repo(
    work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    work.git("init", "-q", str(other))
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git" / "index"))
    monkeypatch.setenv("GIT_ICASE_PATHSPECS", "1")
    repository = Repository.open(work.root)
    assert repository.git_dir == work.root / ".git"
    assert [entry.path for entry in repository.tracked_and_untracked()] == [VALUES, "other.txt"]


def test_a_repo_without_commits(tmp_path: Path) -> None:
    work = Work(tmp_path / "empty")
    work.root.mkdir()
    work.git("init", "-q")
    work.write("values.yaml", "a: 1\n")
    repository = work.open()
    assert repository.head() is None
    assert repository.branch() == "main"
    assert repository.tracked_and_untracked() == [FileEntry("values.yaml", "", None, tracked=False)]
    assert repository.dirty() == frozenset()
    with pytest.raises(GitProblem, match="no commit 'HEAD'"):
        repository.tree("HEAD")


def test_listing_knows_modes_flags_and_ignored_files(work: Work) -> None:
    work.write("run.sh", "#!/bin/sh\n")
    (work.root / "run.sh").chmod(0o755)
    os.symlink("dep/values.yaml", work.root / "link.yaml")
    work.write(".gitignore", "*.tmp\n")
    work.commit_all()
    work.git("update-index", "--assume-unchanged", "other.txt")
    work.git("update-index", "--skip-worktree", VALUES)
    work.write("new.yaml", "n: 1\n")
    work.write("scratch.tmp", "x")
    found = {entry.path: entry for entry in work.open().tracked_and_untracked()}
    assert {path: (entry.mode, entry.tracked, set(entry.flags)) for path, entry in found.items()} == {
        ".gitignore": ("100644", True, set()),
        VALUES: ("100644", True, {"skip-worktree"}),
        "link.yaml": ("120000", True, set()),
        "other.txt": ("100644", True, {"assume-unchanged"}),
        "run.sh": ("100755", True, set()),
        "new.yaml": ("", False, set()),
    }
    assert found["other.txt"].oid == hash_bytes(b"one\n")


ODD_NAMES = [
    'nl\nü"q/values.yaml',
    "tab\tand space/values.yaml",
    "-rf/values.yaml",
    ":(top)x/values.yaml",
    "a*/values.yaml",
    "[x]/values.yaml",
    "esc\x1b[31m/values.yaml",
]


def test_odd_names_come_whole(work: Work) -> None:
    for number, name in enumerate(ODD_NAMES):
        work.write(name, f"n: {number}\n")
    work.git("add", "-A")
    work.git("commit", "-q", "-m", "odd")
    repository = work.open()
    assert {entry.path for entry in repository.tracked_and_untracked()} == {VALUES, "other.txt", *ODD_NAMES}
    assert {entry.path for entry in repository.tree("HEAD")} == {VALUES, "other.txt", *ODD_NAMES}
    work.write(":(top)x/values.yaml", "n: changed\n")
    assert repository.dirty() == {":(top)x/values.yaml"}
    assert repository.dirty(ODD_NAMES) == {":(top)x/values.yaml"}
    assert repository.dirty([VALUES]) == frozenset()


def test_names_that_are_not_utf8_are_kept_apart(work: Work) -> None:
    name = b"dep/\xff\xfe.yaml"
    with open(os.path.join(os.fsencode(work.root), name), "wb") as file:
        file.write(b"a: 1\n")
    repository = work.open()
    assert VALUES in [entry.path for entry in repository.tracked_and_untracked()]
    assert repository.skipped == (name,)
    work.commit_all()
    assert [entry.path for entry in repository.tree("HEAD")] == [VALUES, "other.txt"]
    assert repository.skipped == (name,)


def test_unmerged_files_appear_once(work: Work) -> None:
    work.git("switch", "-q", "-c", "side")
    work.write(VALUES, "a: side\n")
    work.commit_all()
    work.git("switch", "-q", "main")
    work.write(VALUES, "a: main\n")
    work.commit_all()
    work.git("merge", "side", check=False)
    entries = [entry for entry in work.open().tracked_and_untracked() if entry.path == VALUES]
    assert [set(entry.flags) for entry in entries] == [{"unmerged"}]
    assert work.open().dirty() == {VALUES}


def test_dirty_sees_staged_and_unstaged_changes(work: Work) -> None:
    work.write("third.txt", "3\n")
    work.commit_all()
    work.write(VALUES, "a: 2\n")
    work.write("other.txt", "two\n")
    work.git("add", "other.txt")
    (work.root / "third.txt").unlink()
    work.write("untracked.txt", "u\n")
    assert work.open().dirty() == {VALUES, "other.txt", "third.txt"}
    assert work.open().dirty([VALUES, "untracked.txt"]) == {VALUES}
    assert work.open().dirty([]) == frozenset()


def test_reading_leaves_the_index_alone(work: Work) -> None:
    os.utime(work.root / VALUES, (1, 1))
    before = (work.root / ".git" / "index").read_bytes()
    repository = work.open()
    repository.dirty()
    repository.state()
    repository.tracked_and_untracked()
    assert (work.root / ".git" / "index").read_bytes() == before


def test_blobs_in_bulk(work: Work) -> None:
    contents = {f"f{n}": bytes([n]) * n + b"\n\x00\r\n" for n in range(60)}
    for name, content in contents.items():
        work.write(name, content)
    work.write("empty", b"")
    work.commit_all()
    repository = work.open()
    entries = {entry.path: entry for entry in repository.tree("HEAD")}
    oids = [str(entry.oid) for entry in entries.values()]
    blobs = repository.blobs([*oids, *oids])
    assert {name: blobs[str(entries[name].oid)] for name in contents} == contents
    assert blobs[str(entries["empty"].oid)] == b""
    assert repository.blobs([]) == {}
    small = repository.blobs(oids, limit=20)
    assert {len(data) <= 20 for data in small.values()} == {True}
    assert set(small) == {oid for oid in oids if len(blobs[oid]) <= 20}


def test_blobs_refuses_what_is_no_blob(work: Work) -> None:
    repository = work.open()
    with pytest.raises(GitProblem, match="is not the id"):
        repository.blobs(["--batch-all-objects"])
    with pytest.raises(GitProblem, match="has no file content"):
        repository.blobs(["1" * 40])
    with pytest.raises(GitProblem, match="has no file content"):
        repository.blobs([work.head()])


@pytest.mark.parametrize("data", [b"", b"a: 1\n", b"\x00" * 70_000], ids=["empty", "text", "zeros"])
@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
def test_hash_bytes_is_what_git_says(tmp_path: Path, data: bytes, object_format: str) -> None:
    subprocess.run(["git", "init", "-q", f"--object-format={object_format}", str(tmp_path / "r")], check=True)
    done = subprocess.run(
        ["git", "hash-object", "--stdin"], cwd=tmp_path / "r", input=data, capture_output=True, check=True
    )
    assert Repository.open(tmp_path / "r").hash_bytes(data) == done.stdout.decode().strip()


def test_a_sha256_repo_can_be_read(tmp_path: Path) -> None:
    work = Work(tmp_path / "r")
    work.root.mkdir()
    work.git("init", "-q", "--object-format=sha256")
    work.write(VALUES, "a: 1\n")
    work.commit_all()
    repository = work.open()
    (entry,) = repository.tree("main")
    assert entry.oid == repository.hash_bytes(b"a: 1\n")
    assert repository.blobs([entry.oid]) == {entry.oid: b"a: 1\n"}


def test_resolve(work: Work) -> None:
    first = work.head()
    work.git("tag", "-a", "v1", "-m", "one")
    work.write(VALUES, "a: 2\n")
    second = work.commit_all()
    repository = work.open()
    assert repository.resolve("v1") == first
    assert repository.resolve("HEAD~1") == first
    assert repository.resolve("main") == repository.resolve(second[:10]) == second


@pytest.mark.parametrize("ref", ["nope", "--help", "-n1", "", "HEAD:dep", "main\nHEAD", "HEAD\0", "--all"])
def test_resolve_refuses_what_is_no_commit(work: Work, ref: str) -> None:
    with pytest.raises(GitProblem, match=r"git ref|no commit"):
        work.open().resolve(ref)


def test_a_repo_made_of_steps_does_not_depend_on_the_user(tmp_path: Path, isolated: Path) -> None:
    steps = [
        HistoryStep("Ann", "ann@x.io", "2025-03-04T09:30:00+01:00", "First\n\nBody", {VALUES: b"a: 1\r\n"}),
        HistoryStep("Bo", "bo@x.io", "2025-04-04T09:30:00+00:00", "# Second", {VALUES: b"a: 2\n", "x": b"1"}),
        HistoryStep("Bo", "bo@x.io", "2025-05-04T09:30:00Z", "Third", {"x": None}),
    ]
    write_history(tmp_path / "one", steps)
    plain = Repository.open(tmp_path / "one")
    (isolated / "hooks").mkdir()
    (isolated / "hooks" / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (isolated / "hooks" / "pre-commit").chmod(0o755)
    (isolated / "ignore").write_text("*.yaml\n")
    with (isolated / ".gitconfig").open("a") as config:
        config.write(f"[core]\nhooksPath={isolated}/hooks\nautocrlf=true\nexcludesFile={isolated}/ignore\n")
        config.write("[commit]\ngpgSign=true\n[user]\nuseConfigOnly=true\n[init]\ndefaultBranch=trunk\n")
    write_history(tmp_path / "two", steps)
    other = Repository.open(tmp_path / "two")
    assert plain.head() == other.head()
    assert plain.branch() == other.branch() == "main"
    log = Work(tmp_path / "two").git("log", "--format=%an|%ae|%ad|%cn|%s", "--date=format:%Y-%m-%dT%H:%M:%S%z")
    assert log.splitlines() == [
        "Bo|bo@x.io|2025-05-04T09:30:00+0000|Bo|Third",
        "Bo|bo@x.io|2025-04-04T09:30:00+0000|Bo|# Second",
        "Ann|ann@x.io|2025-03-04T09:30:00+0100|Ann|First",
    ]
    assert [entry.path for entry in other.tree("HEAD")] == [VALUES]
    assert Work(tmp_path / "one").committed(VALUES, "HEAD~2") == b"a: 1\r\n"
    with pytest.raises(GitProblem, match="already holds a git repo"):
        write_history(tmp_path / "one", steps)


def test_the_log_has_the_commands_without_secrets(work: Work) -> None:
    repository = work.open()
    repository.head()
    repository.for_another_thread().branch()
    commands = [record.argv[:2] for record in repository.log.records()]
    assert commands == [("git", "rev-parse"), ("git", "rev-parse"), ("git", "symbolic-ref")]
    assert all(record.status == 0 and record.seconds > 0 for record in repository.log.records())
    log = CommandLog(capacity=2)
    for url in ("a", "https://user:tok3n@example.com/r.git", "x" * 5000):
        log.add(["git", "push", url], started=0.0, seconds=0.1, status=0)
    assert [record.argv[2] for record in log.records()] == ["https://example.com/r.git", "x" * 399 + "…"]
    assert without_userinfo("ssh://git:p@h:22/x and http://t@h/y") == "ssh://h:22/x and http://h/y"
    assert without_userinfo("https://u:p@ss@h/x and y@z") == "https://h/x and y@z"


def in_the_root_ignored(work: Work) -> None:
    (work.root / ".git" / "info").mkdir(exist_ok=True)
    (work.root / ".git" / "info" / "exclude").write_text(".gitattributes\n")
    work.write(".gitattributes", "*.yaml ident\n")


def new_below_the_root(work: Work) -> None:
    work.write("dep/.gitattributes", "*.yaml ident\n")


def committed_below_the_root(work: Work) -> None:
    new_below_the_root(work)
    work.commit_all()


def of_the_git_folder(work: Work) -> None:
    (work.root / ".git" / "info").mkdir(exist_ok=True)
    (work.root / ".git" / "info" / "attributes").write_text("*.yaml ident\n")


def of_the_user(work: Work) -> None:
    file = Path(os.environ["XDG_CONFIG_HOME"], "git", "attributes")
    file.parent.mkdir(parents=True)
    file.write_text("*.yaml ident\n")


def named_by_the_user(work: Work) -> None:
    file = work.root.parent / "attributes"
    file.write_text("*.yaml ident\n")
    work.git("config", "--global", "core.attributesFile", str(file))


@pytest.mark.parametrize("vouched", [False, True])
@pytest.mark.parametrize(
    "where",
    [
        in_the_root_ignored,
        new_below_the_root,
        committed_below_the_root,
        of_the_git_folder,
        of_the_user,
        named_by_the_user,
    ],
)
def test_which_files_git_converts_is_asked_wherever_attributes_are_set(
    work: Work, where: Callable[[Work], None], *, vouched: bool
) -> None:
    where(work)
    repository = Repository.open(work.root, trust=None if vouched else TrustStore.default())
    assert VALUES in repository.look().work_tree().converted
    assert repository.for_another_thread().look(conversions=False).unchanged() is None


def test_which_files_git_converts_is_not_asked_where_nothing_sets_attributes(
    work: Work, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As with the git that comes with Linux, whichever runs the tests."""
    git = shutil.which("git")
    assert git is not None
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(unread, "_GIT", Path(git).resolve())
    monkeypatch.setattr(unread, "_SYSTEM", tmp_path / "nothing")

    def asked() -> list[str]:
        repository = Repository.open(work.root, trust=TrustStore.default())
        assert repository.look().unchanged() is not None
        return [word for command in repository.log.records() for word in command.argv if ":(top,exclude" in word]

    assert not asked()
    monkeypatch.setattr(unread, "_SYSTEM", work.root / VALUES)
    assert asked()
    monkeypatch.setattr(unread, "_SYSTEM", tmp_path / "nothing")
    other = tmp_path / "bin" / "git"
    other.parent.mkdir()
    other.write_text(f'#!/bin/sh\nexec "{git}" "$@"\n')
    other.chmod(0o755)
    monkeypatch.setenv("GIT_PYTHON_GIT_EXECUTABLE", str(other))
    assert asked(), "nobody knows where another git has the system's attributes"
