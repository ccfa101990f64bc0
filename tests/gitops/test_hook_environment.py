"""What a hook sees is what plain git shows it: every variable, and what git answers when the hook asks it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import PushFailed, SwitchRefused
from tests.gitops.conftest import LINES, VALUES, edit, refused
from tests.work import Work

COMMIT = ("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "reference-transaction", "post-index-change")
OWN = re.compile(r"next-index-\d+")
"""git names the index of `commit --only` after its process."""
Seen = dict[str, set[tuple[str, ...]]]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    """An environment as people have it: another language, settings of their own, a terminal that GnuPG knows."""
    monkeypatch.chdir(work.root)
    for name in ("GPG_TTY", "LC_MESSAGES", "PWD", "OLDPWD"):
        monkeypatch.delenv(name, raising=False)
    settings = {
        "LC_ALL": "C.UTF-8",
        "LANGUAGE": "de",
        "GIT_EDITOR": "vi",
        "GIT_PAGER": "more",
        "GIT_ASKPASS": "true",
        "GIT_EXTERNAL_DIFF": "true",
        "GIT_GLOB_PATHSPECS": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "user.nickname",
        "GIT_CONFIG_VALUE_0": "annie",
        "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z",
        "PWD": str(work.root),
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def watch_hooks(work: Work, *names: str) -> Path:
    """Have every hook write down its variables, and what git tells it of the YAML files of the commit."""
    seen = work.root / ".git" / "seen"
    seen.mkdir()
    for name in names:
        work.hook(
            name,
            f"""n=$(ls '{seen}' | wc -l)
            {{ env -0; printf 'ARGUMENTS=%s\\0' "$#"; printf 'YAML=%s\\0' "$(git diff --cached --name-only -- '*.yaml')"
            printf 'IGNORED=%s\\0' "$(git check-ignore dep/values.yaml other 2>&1)"; }} > '{seen}'/{name}.$n""",
        )
    return seen


def taken(seen: Path) -> Seen:
    """What each hook saw, and nothing of it any more."""
    found: Seen = {}
    for path in sorted(seen.iterdir()):
        words = OWN.sub("next-index", path.read_text("utf-8")).split("\0")
        kept = (word for word in words if not word.startswith(("_=", "SHLVL=", "PYTEST_CURRENT_TEST=")))
        found.setdefault(path.name.rpartition(".")[0], set()).add(tuple(sorted(kept)))
        path.unlink()
    return found


@pytest.mark.parametrize("literally", [False, True])
def test_hooks_of_a_commit(work: Work, literally: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if literally:  # then it is the user's own wish
        monkeypatch.delenv("GIT_GLOB_PATHSPECS")
        monkeypatch.setenv("GIT_LITERAL_PATHSPECS", "1")
    seen = watch_hooks(work, *COMMIT)
    changes = edit(work)
    work.git("commit", "-q", "-m", "plain", "--only", "--", VALUES)
    plain = taken(seen)
    work.git("reset", "-q", "--soft", "HEAD^")
    work.git("reset", "-q", VALUES)
    taken(seen)
    work.open().commit(changes, "plain\n")
    ours = taken(seen)
    assert set(plain) == set(ours) == set(COMMIT)
    assert ours["pre-commit"] == plain["pre-commit"]
    for name in COMMIT:
        assert ours[name] <= plain[name], name


def test_hooks_of_a_commit_beside_other_changes(work: Work) -> None:
    """The index is one of the tool's own then, as it is one of git's own with `--only`; all else is the same."""
    work.write(VALUES, "\n".join(LINES) + "\n")
    work.commit_all()
    seen = watch_hooks(work, *COMMIT[:4])
    work.write(VALUES, work.read(VALUES).replace(b"k1: 1", b"k1: mine"))
    changes = edit(work, old=b"k25: 25", new=b"k25: ours")
    work.git("commit", "-q", "-m", "plain", "--only", "--", VALUES)
    plain = taken(seen)
    work.git("reset", "-q", "HEAD^")
    work.open().commit(changes, "plain\n")
    ours = taken(seen)
    for name in COMMIT[:4]:
        assert without_index(ours[name]) == without_index(plain[name]), name


def without_index(found: set[tuple[str, ...]]) -> set[tuple[str, ...]]:
    return {tuple(word for word in words if not word.startswith("GIT_INDEX_FILE=")) for words in found}


def test_hooks_of_a_push(work: Work, tmp_path: Path) -> None:
    seen = watch_hooks(work, "pre-push")
    for remote in ("plain", "tool"):
        subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / remote)], check=True)
        work.git("remote", "add", remote, str(tmp_path / remote))
    work.git("push", "-q", "plain", "main")
    plain = taken(seen)
    work.open().push("main", remote="tool")
    assert taken(seen) == plain
    assert set(plain) == {"pre-push"}


def test_hooks_of_a_switch(work: Work) -> None:
    work.git("branch", "topic")
    seen = watch_hooks(work, "post-checkout", "reference-transaction")
    work.git("switch", "-q", "topic")
    plain = taken(seen)
    work.git("switch", "-q", "main")
    taken(seen)
    work.open().switch("topic")
    assert taken(seen) == plain
    assert "post-checkout" in plain


def test_a_clean_filter_of_a_commit(work: Work) -> None:
    """Not a hook, but a program of the user's all the same."""
    log = work.root / ".git" / "filtered"
    work.write(".gitattributes", "*.yaml filter=f\n")
    work.git("config", "filter.f.clean", f"env -0 >> '{log}'; cat")
    work.commit_all()
    log.unlink(missing_ok=True)
    work.open().commit(edit(work), "filtered")
    assert b"GIT_LITERAL_PATHSPECS" not in log.read_bytes()


def test_hooks_of_the_pre_commit_framework(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    log = work.root / ".git" / "seen"
    log.mkdir()
    (work.root / ".git" / "dump").write_text(f"env -0 > '{log}'/policy.0; echo \"$@\"; exit 1\n")
    work.write(
        ".pre-commit-config.yaml",
        "repos:\n- repo: local\n  hooks:\n  - {id: policy, name: policy, language: system, "
        f"entry: sh {work.root}/.git/dump, files: 'yaml$'}}\n",
    )
    work.commit_all()
    subprocess.run(["pre-commit", "install"], cwd=work.root, check=True, capture_output=True)
    edit(work)
    work.git("commit", "-q", "-m", "plain", "--only", "--", VALUES, check=False)
    plain = taken(log)
    work.git("reset", "-q", "--hard")
    error = refused(work, edit(work), "A hook .pre-commit. refused the commit")
    assert VALUES in error.output
    assert taken(log) == plain
    assert set(plain) == {"policy"}


def test_a_policy_that_blocks_plain_git_blocks_the_tool(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GIT_GLOB_PATHSPECS")
    work.hook("pre-commit", "git diff --cached --name-only -- '*.yaml' | grep -q . && exit 1; exit 0")
    refused(work, edit(work), "A hook .pre-commit. refused the commit")


def test_a_message_is_in_the_encoding_that_the_user_has_set(work: Work) -> None:
    work.git("config", "i18n.commitEncoding", "ISO-8859-1")
    work.hook("commit-msg", "cp \"$1\" .git/message; env | grep -c '^GIT_CONFIG_KEY' > .git/keys; exit 0")
    work.open().commit(edit(work), "fünf\n")
    assert (work.root / ".git" / "message").read_bytes() == b"f\xfcnf\n"
    assert (work.root / ".git" / "keys").read_text() == "1\n"
    work.open().commit(edit(work, old=b"b: 1", new=b"b: 2"), "五\n")
    assert work.git("log", "-2", "--format=%s", "--encoding=UTF-8") == "五\nfünf\n"


def test_failures_are_understood_in_any_language(
    work: Work, tmp_path: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The words of git are German here, where the machine has them."""
    monkeypatch.setattr("rea_xcom_tui.gitops.commit.commit.LOCK_PATIENCE", 0.1)
    changes = edit(work)
    (work.root / ".git" / "refs" / "heads" / "main.lock").touch()
    refused(work, changes, "Another git process holds .*main.lock; wait|Other git processes keep changing")
    (work.root / ".git" / "refs" / "heads" / "main.lock").unlink()
    work.git("config", "commit.gpgSign", "true")
    work.git("config", "gpg.program", "false")
    refused(work, changes, "git could not sign the commit")
    work.git("config", "commit.gpgSign", "false")
    work.open().commit(changes, "done")
    work.git("worktree", "add", "-q", "-b", "elsewhere", str(tmp_path / "linked"))
    work.git("switch", "-q", "-c", "topic", "HEAD^")
    work.write("more.txt", "theirs\n")
    work.commit_all()
    work.git("switch", "-q", "main")
    work.write("more.txt", "mine\n")
    for branch, words in {"elsewhere": "another work tree", "topic": "does not track would be overwritten"}.items():
        with pytest.raises(SwitchRefused, match=words):
            work.open().switch(branch)
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "remote")], check=True)
    work.git("remote", "add", "origin", str(tmp_path / "remote"))
    work.hook("pre-push", "exit 1")
    with pytest.raises(PushFailed, match="The pre-push hook refused the push"):
        work.open().push("main")
    (isolated / ".gitconfig").write_text("[user]\nuseConfigOnly = true\n")
    refused(work, edit(work, old=b"b: 1", new=b"b: 2"), "git does not know who you are")


def test_push_options_that_a_server_does_not_take(work: Work, tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "--bare", str(tmp_path / "remote")], check=True)
    work.git("remote", "add", "origin", str(tmp_path / "remote"))
    assert work.open().push("main", options=["merge_request.create"]).status == "new"
