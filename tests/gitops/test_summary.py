"""What is said of a commit of many files is, word for word, what git says of it."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import Change, CommitResult
from rea_xcom_tui.gitops.commit.summary import _changed
from tests.work import Work, make_work

MANY = [f"dep{number:03d}/values.yaml" for number in range(100)]
BODY = "".join(f"key{number}: value {number}\n" for number in range(40))
_ID = re.compile(r"(?<= )[0-9a-f]{7,}(?=\] )")


@pytest.fixture
def many(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo", {path: f"name: {path}\n{BODY}" for path in MANY})


def _edits(work: Work, edit: Callable[[bytes], bytes]) -> dict[str, Change]:
    changes = {}
    for path in MANY:
        before = work.read(path)
        changes[path] = Change(before, edit(before))
        work.write(path, changes[path].after)
    return changes


def _replaced(before: bytes) -> bytes:
    return before.replace(b"value 7\n", b"another value\n")


def _git_is_quiet(work: Work, changes: dict[str, Change], branch: str | None = None) -> tuple[CommitResult, bool]:
    repository = work.open()
    result = repository.commit(changes, "Raise a\n\nAnd say why.\n", branch=branch)
    commits = [record.argv for record in repository.log.records() if record.argv[1] == "commit"]
    return result, "--quiet" in commits[-1]


def _in_gits_words(work: Work) -> str:
    """What git says when it makes the newest commit again."""
    made = work.head()
    work.git("reset", "-q", "--soft", "HEAD^")
    work.git("read-tree", made)
    return work.git("commit", "-m", "Raise a", "-m", "And say why.", "--no-verify").strip()


@pytest.mark.parametrize(
    "edit",
    [
        _replaced,
        lambda before: before.replace(b"key7: value 7\n", b""),
        lambda before: before.replace(b"key7: value 7\n", b"key7: value 7\nnew: 1\nnewer: 2\n"),
        lambda before: before.replace(b"key7: value 7\n", b"other: 1\nnewer: 2\n"),
        lambda before: before + b"last: 1",
    ],
    ids=["value", "removed", "added", "more", "last"],
)
def test_it_is_what_git_says(many: Work, edit: Callable[[bytes], bytes]) -> None:
    result, is_quiet = _git_is_quiet(many, _edits(many, edit))
    assert is_quiet
    assert result.oid == many.head()
    assert _ID.sub("ID", result.output) == _ID.sub("ID", _in_gits_words(many))


def test_a_new_branch_and_another_author_are_named(many: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_AUTHOR_NAME", "Zoë %h")
    result, is_quiet = _git_is_quiet(many, _edits(many, _replaced), "rea/new")
    assert is_quiet
    assert result.output.startswith("[rea/new ")
    assert " Author: Zoë %h <" in result.output
    assert _ID.sub("ID", result.output) == _ID.sub("ID", _in_gits_words(many))


def test_what_a_hook_changed_is_counted_by_git(many: Work) -> None:
    many.write("added.txt", "one\ntwo\n")
    many.hook("pre-commit", f"echo heard >&2; echo hook >> {MANY[3]}; git add {MANY[3]} added.txt")
    result, is_quiet = _git_is_quiet(many, _edits(many, _replaced))
    assert is_quiet
    assert set(result.changed_by_hook) == {MANY[3], "added.txt"}
    said, _, words = result.output.partition("\n")
    assert said == "heard"
    assert " create mode 100644 added.txt" in words
    assert "101 files changed, 103 insertions(+), 100 deletions(-)" in words
    assert _ID.sub("ID", words) == _ID.sub("ID", _in_gits_words(many))


def test_ours_is_found_beneath_what_a_hook_commits_on_it(many: Work) -> None:
    head = many.head()
    again = "[ -f .git/again ] || { touch .git/again; echo 1 > version; git add version; git commit -q -m version; }"
    many.hook("post-commit", again)
    result, is_quiet = _git_is_quiet(many, _edits(many, _replaced))
    assert is_quiet
    assert many.git("log", "-1", "--format=%s").strip() == "version"
    assert result.oid == many.git("rev-parse", "HEAD^").strip()
    assert many.git("rev-parse", "HEAD~2").strip() == head
    assert sorted(result.files) == MANY


def test_ours_is_found_on_what_another_commits_before_it(many: Work) -> None:
    # git refuses then, and is asked again.
    other = "touch .git/again; git update-ref HEAD $(git commit-tree -p HEAD -m other HEAD^{tree})"
    many.hook("pre-commit", f"[ -f .git/again ] || {{ {other}; }}")
    head = many.head()
    changes = _edits(many, _replaced)
    result, is_quiet = _git_is_quiet(many, changes)
    assert is_quiet
    assert result.oid == many.head()
    assert many.git("rev-parse", "HEAD~2").strip() == head


def test_a_commit_that_a_hook_replaces_is_what_counts(many: Work) -> None:
    many.hook("post-commit", "[ -f .git/again ] || { touch .git/again; git commit -q --amend -m amended; }")
    result, _ = _git_is_quiet(many, _edits(many, _replaced))
    assert result.oid == many.head()
    assert "] amended" in result.output


@pytest.mark.parametrize(
    ("attributes", "config"),
    [("*.yaml -diff\n", None), ("*.yaml ident\n", None), ("", ("core.autocrlf", "input"))],
    ids=["no diff", "ident", "line ends"],
)
def test_git_says_itself_what_is_not_compared_as_it_is(
    many: Work, attributes: str, config: tuple[str, str] | None
) -> None:
    for path in MANY[:50] if config is not None else ():
        many.write(path, many.read(path).replace(b"\n", b"\r\n"))
    many.write(".gitattributes", attributes)
    many.commit_all()
    if config is not None:
        many.git("config", *config)
    result, is_quiet = _git_is_quiet(many, _edits(many, lambda before: before.replace(b"value 7", b"another value")))
    assert not is_quiet
    assert _ID.sub("ID", result.output).replace("\n", "") == _ID.sub("ID", _in_gits_words(many)).replace("\n", "")


def test_git_says_itself_that_it_made_up_who_commits(
    many: Work, monkeypatch: pytest.MonkeyPatch, isolated: Path
) -> None:
    (isolated / ".gitconfig").write_text("")
    for variable in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL", "EMAIL"):
        monkeypatch.delenv(variable, raising=False)
    repository = many.open()
    if repository.state().identity_ok:  # a machine without a host name has none to make up
        _, is_quiet = _git_is_quiet(many, _edits(many, _replaced))
        assert not is_quiet


def test_changed_lines_are_those_that_git_counts(tmp_path: Path) -> None:
    choose = random.Random(7)
    before: dict[str, bytes] = {}
    for number in range(400):
        lines = [
            choose.choice((b"a: 1", b"", b"b: two", b"c: %d" % number, b"d:")) for _ in range(choose.randrange(30))
        ]
        before[f"f{number}"] = b"\n".join(lines) + choose.choice((b"", b"\n"))
    work = make_work(tmp_path / "repo", before)
    counted: dict[str, tuple[int, int] | None] = {}
    for path, content in before.items():
        lines = content.split(b"\n")
        at = choose.randrange(len(lines))
        new = [choose.choice((b"a: 1", b"", b"x", b"y\r", b"z: 3")) for _ in range(choose.randrange(3))]
        lines[at : at + choose.randrange(3)] = new
        after = b"\n".join(lines)
        counted[path] = _changed(content, after)
        work.write(path, after)
    work.commit_all()
    told = work.git("diff-tree", "-r", "--numstat", "-z", "--no-commit-id", "HEAD").split("\0")[:-1]
    gits = {path: (int(added), int(removed)) for added, removed, path in (line.split("\t") for line in told)}
    known = {path: lines for path, lines in counted.items() if lines is not None and path in gits}
    assert len(known) > 100
    assert known == {path: gits[path] for path in known}
