"""A repo that comes with a git folder made to run programs, and what it takes before one of them runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.gitops import Change, CommitRefused, GitProblem, Repository, SwitchRefused, TrustStore
from tests.gitops.conftest import VALUES, edit
from tests.hostile import HOOKS, Hostile, make_hostile
from tests.work import Work


@pytest.fixture
def hostile(tmp_path: Path) -> Hostile:
    return make_hostile(tmp_path / "repo", {VALUES: "a: %d\nb: 1\nc: 1\n"})


def read_everything(repository: Repository) -> None:
    repository.head()
    repository.branch()
    repository.state()
    entries = repository.tracked_and_untracked()
    repository.blobs([entry.oid for entry in entries if entry.oid])
    assert VALUES in repository.dirty()
    repository.dirty([VALUES, "secret.enc"])
    for ref in ("HEAD", "v1", "main~1"):
        repository.tree(ref)
    repository.refs()
    repository.branches()
    repository.remotes()
    repository.changed_files("v1~1", "HEAD")
    repository.merge_base("v1", "main")
    repository.commit_files("HEAD")
    assert len(repository.history(VALUES)) == 3
    assert len(repository.histories([VALUES])[VALUES]) == 3
    repository.last_changes([VALUES, "secret.enc"])
    repository.exposures()
    repository.for_another_thread().head()


def test_looking_at_a_hostile_repo_runs_nothing(hostile: Hostile, tmp_path: Path) -> None:
    repository = Repository.open(hostile.root, trust=TrustStore(tmp_path / "trusted.json"))
    assert repository.viewing
    read_everything(repository)
    assert hostile.marked() == []


def test_the_traps_do_work(hostile: Hostile) -> None:
    hostile.git("config", "--unset", "filter.evf.process")
    read_everything(Repository.open(hostile.root))
    assert {"core.fsmonitor", "filter.evf.clean"} <= set(hostile.marked())
    hostile.git("config", "--unset", "core.fsmonitor")
    for command in (["status"], ["diff"], ["log", "-p"], ["update-ref", "refs/heads/x", "HEAD"], ["fetch"]):
        hostile.git(*command, check=False)
    assert {
        "diff.external",
        "diff.ev.textconv",
        "gpg.program",
        "hook.reference-transaction",
        "hook.post-index-change",
        "ext-url",
    } <= set(hostile.marked())


def test_nothing_is_committed_before_the_repo_is_trusted(hostile: Hostile, tmp_path: Path) -> None:
    repository = Repository.open(hostile.root, trust=TrustStore(tmp_path / "trusted.json"))
    change = Change(hostile.committed(VALUES), hostile.read(VALUES))
    with pytest.raises(CommitRefused, match=r"open for viewing only, .* trust it first"):
        repository.commit({VALUES: change}, "m")
    for count in (1, 100):
        repository.store([b"kept for an undo, which runs nothing of the repo's own"] * count)
    assert hostile.marked() == []


def test_what_could_run_is_listed(hostile: Hostile, tmp_path: Path) -> None:
    found = Repository.open(hostile.root).exposures()
    settings = {item.name for item in found if item.kind == "setting"}
    assert settings == {
        "core.fsmonitor",
        "diff.external",
        "core.sshcommand",
        "credential.helper",
        "core.editor",
        "core.askpass",
        "core.alternaterefscommand",
        "merge.ev.driver",
        "filter.evf.process",
        "core.gitproxy",
        "filter.evf.clean",
        "filter.evf.smudge",
        "hook.ev.command",
        "core.pager",
        "pager.log",
        "diff.ev.textconv",
        "gpg.program",
        "remote.origin.url",
        "protocol.ext.allow",
    }
    assert {item.name for item in found if item.kind == "hook"} == set(HOOKS)
    assert hostile.marked() == []


def test_included_files_are_looked_into(work: Work) -> None:
    work.write(".git/more", "[core]\n\tsshCommand = evil\n")
    work.git("config", "include.path", "more")
    assert [item.name for item in work.open().exposures()] == ["core.sshcommand"]


@pytest.mark.parametrize(
    ("key", "value", "listed"),
    [
        ("core.fsmonitor", "true", False),
        ("core.fsmonitor", "/bin/x", True),
        ("remote.o.url", "https://u:secret@h/r", False),
        ("remote.o.url", "ext::sh -c x", True),
        ("url.ext::x.insteadOf", "https://", True),
        ("submodule.s.update", "!rm -rf", True),
        ("submodule.s.update", "merge", False),
        ("user.name", "x", False),
        ("credential.https://h.helper", "!x", True),
        ("gpg.ssh.program", "x", True),
        ("protocol.ext.allow", "never", False),
    ],
)
def test_single_settings(work: Work, key: str, value: str, listed: bool) -> None:
    work.git("config", key, value)
    assert bool(work.open().exposures()) == listed


def test_the_users_own_configuration_is_not_the_repos(work: Work, isolated: Path) -> None:
    hooks = isolated / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\n")
    (hooks / "pre-commit").chmod(0o755)
    work.git("config", "--global", "core.hooksPath", str(hooks))
    work.git("config", "--global", "core.sshCommand", "ssh -v")
    assert work.open().exposures() == ()
    work.git("config", "--global", "core.hooksPath", ".hooks")
    work.write(".hooks/pre-push", "#!/bin/sh\n")
    (work.root / ".hooks" / "pre-push").chmod(0o755)
    assert [(item.kind, item.name) for item in work.open().exposures()] == [("hook", "pre-push")]


def test_trust_is_remembered_until_something_changes(hostile: Hostile, tmp_path: Path) -> None:
    store = TrustStore(tmp_path / "state" / "trusted.json")
    repository = Repository.open(hostile.root, trust=store)
    repository.trust(store=store)
    assert not repository.viewing
    assert not Repository.open(hostile.root, trust=TrustStore(store.path)).viewing
    hostile.hook("pre-push", "something else")
    assert Repository.open(hostile.root, trust=store).viewing
    repository.trust(store=store)
    assert not Repository.open(hostile.root, trust=store).viewing
    hostile.git("config", "core.pager", "other")
    assert Repository.open(hostile.root, trust=store).viewing
    repository.trust(store=store)
    store.forget(hostile.root)
    assert Repository.open(hostile.root, trust=store).viewing


def test_trust_is_judged_again_before_anything_runs(work: Work, tmp_path: Path) -> None:
    """A repo without programs of its own gains some while it is open."""
    mark = tmp_path / "mark"
    repository = Repository.open(work.root, trust=TrustStore(tmp_path / "trusted.json"))
    work.git("remote", "add", "origin", str(tmp_path))
    change = edit(work)
    work.hook("pre-commit", f"touch {mark}")
    with pytest.raises(CommitRefused, match="viewing only"):
        repository.commit(change, "ours")
    shown = repository.judge()
    assert [item.name for item in shown] == ["pre-commit"]
    work.git("config", "core.sshCommand", f"touch {mark}")
    repository.trust(shown)
    with pytest.raises(CommitRefused, match="viewing only"):
        repository.commit(change, "ours")
    with pytest.raises(SwitchRefused, match="viewing only"):
        repository.switch("main")
    with pytest.raises(GitProblem, match="viewing only"):
        repository.push("main", remote="origin")
    assert [item.name for item in repository.judge()] == ["core.sshcommand"]
    assert not mark.exists()
    work.git("config", "--unset", "core.sshCommand")
    repository.commit(change, "ours")
    assert mark.exists()


def test_the_last_folder_of_hooks_counts(work: Work, isolated: Path) -> None:
    work.git("config", "--global", "core.hooksPath", str(isolated / "hooks"))
    work.git("config", "core.hooksPath", ".hooks")
    work.write(".hooks/pre-push", "#!/bin/sh\n")
    (work.root / ".hooks" / "pre-push").chmod(0o755)
    assert [item.name for item in work.open().exposures()] == ["core.hookspath", "pre-push"]


def test_a_plain_repo_needs_no_trust(work: Work, tmp_path: Path) -> None:
    repository = Repository.open(work.root, trust=TrustStore(tmp_path / "trusted.json"))
    assert not repository.viewing
    assert not (tmp_path / "trusted.json").exists()


@pytest.mark.parametrize("text", ["", "[]", '{"/x": 1}', "\x00"])
def test_a_damaged_store_trusts_nobody(hostile: Hostile, tmp_path: Path, text: str) -> None:
    path = tmp_path / "trusted.json"
    path.write_text(text)
    assert Repository.open(hostile.root, trust=TrustStore(path)).viewing


def test_a_store_that_cannot_be_written(work: Work, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolError, match="cannot be written"):
        work.open().trust(store=TrustStore(tmp_path / "file" / "trusted.json"))


def test_an_embedded_bare_repo_is_not_opened(work: Work, tmp_path: Path) -> None:
    """A folder that looks like a bare repo can lie in any clone, with a configuration of its own."""
    bare = work.root / "charts" / "vendor"
    for folder in ("objects/a", "refs/heads"):
        (bare / folder).mkdir(parents=True)
    (bare / "HEAD").write_text("ref: refs/heads/main\n")
    mark = tmp_path / "mark"
    (bare / "config").write_text(
        f'[core]\nrepositoryformatversion = 0\nbare = false\nworktree = {bare}\nfsmonitor = "touch {mark}; false"\n'
    )
    with pytest.raises(GitProblem, match="bare repo"):
        Repository.open(bare)
    assert not mark.exists()


def test_viewing_finds_the_same_dirty_files(work: Work, tmp_path: Path) -> None:
    for name in ("staged", "gone", "mode", "crlf", "both", "removed", "hidden"):
        work.write(name, f"{name}\n")
    for name in ("outside/a/file", "inside/a/file", "inside/b/file"):
        work.write(name, "1\n")
    (work.root / "link").symlink_to("staged")
    (work.root / "relinked").symlink_to("staged")
    work.write(".gitattributes", "crlf text eol=crlf\n")
    work.commit_all()
    work.write("crlf", "crlf\r\n")
    work.git("add", "crlf")  # git tells a changed size from a change only when it has seen the file
    work.write("staged", "2\n")
    work.git("add", "staged")
    work.write("both", "2\n")
    work.git("add", "both")
    work.write("both", "both\n")
    (work.root / "gone").unlink()
    work.git("rm", "-q", "--cached", "removed")
    (work.root / "relinked").unlink()
    (work.root / "relinked").symlink_to("both")
    work.git("update-index", "--assume-unchanged", "hidden")
    work.write("hidden", "2\n")
    for folder, moved in (("outside", tmp_path / "moved"), ("inside/a", work.root / "inside/c")):
        (work.root / folder).rename(moved)  # what each link leads to has the same bytes
        (work.root / folder).symlink_to(moved)
    work.write("added", "1\n")
    work.git("add", "added")
    work.write(VALUES, "a: 2\n")
    trusted = work.open().dirty()
    work.git("config", "core.editor", "x")
    viewer = Repository.open(work.root, trust=TrustStore(tmp_path / "trusted.json"))
    assert viewer.viewing
    assert viewer.dirty() == trusted
    behind = {"outside/a/file", "inside/a/file"}
    assert trusted == {"staged", "both", "gone", "removed", "relinked", "added", VALUES, *behind}
    assert viewer.dirty([VALUES, "other.txt"]) == {VALUES}
