"""Targets that held other changes before the edit."""

from __future__ import annotations

import pytest

from rea_xcom_tui.gitops import Change
from tests.gitops.conftest import VALUES, Work
from tests.gitops.test_commit import edit, refused


def test_unstaged_changes(work: Work) -> None:
    work.write(VALUES, "a: 1\nb: mine\nc: 1\n")
    refused(work, edit(work), f"{VALUES} had changes of yours that are not committed before this edit")


def test_staged_changes(work: Work) -> None:
    work.write(VALUES, "a: 1\nb: mine\nc: 1\n")
    work.git("add", VALUES)
    refused(work, edit(work), f"{VALUES} had changes of yours that are staged before this edit")


def test_one_target_among_clean_ones(work: Work) -> None:
    work.write("two/values.yaml", "a: 1\n")
    work.commit_all()
    work.write("two/values.yaml", "a: 1\nmine: 1\n")
    refused(work, {**edit(work), **edit(work, "two/values.yaml")}, "two/values.yaml had changes of yours")


def test_changed_executable_bit(work: Work) -> None:
    (work.root / VALUES).chmod(0o755)
    refused(work, edit(work), f"{VALUES} had a changed executable bit")


@pytest.mark.parametrize(
    ("attributes", "stored"),
    [("", b"crlf"), ("* text=auto\n", b"lf"), ("* text eol=crlf\n", b"lf"), ("* -text\n", b"crlf")],
)
def test_line_ends_are_no_other_change(work: Work, attributes: str, stored: bytes) -> None:
    work.write(".gitattributes", attributes)
    work.write(VALUES, b"a: 1\r\nb: 1\r\n")
    work.commit_all()
    work.open().commit(edit(work), "crlf")
    expected = b"a: 2\r\nb: 1\r\n" if stored == b"crlf" else b"a: 2\nb: 1\n"
    assert work.committed(VALUES) == expected
    assert work.read(VALUES) == b"a: 2\r\nb: 1\r\n"
    assert work.status() == []
    assert work.git("diff", "--numstat", "HEAD~1", "HEAD").split() == ["1", "1", VALUES]


def test_crlf_in_the_repo_under_text_auto_stays(work: Work) -> None:
    work.write(VALUES, b"a: 1\r\nb: 1\r\n")
    work.commit_all()
    work.write(".gitattributes", "* text=auto\n")
    work.git("add", ".gitattributes")
    work.git("commit", "-q", "-m", "attributes")
    work.open().commit(edit(work), "crlf")
    assert work.committed(VALUES) == b"a: 2\r\nb: 1\r\n"


def test_a_file_git_would_convert_as_a_whole_is_refused(work: Work) -> None:
    work.write(VALUES, b"a: 1\r\nb: 1\r\n")
    work.commit_all()
    work.write(".gitattributes", "* text\n")
    work.git("add", ".gitattributes")
    work.git("commit", "-q", "-m", "attributes")
    refused(work, edit(work), f"{VALUES} had changes of yours that are not committed")


def test_autocrlf(work: Work) -> None:
    work.git("config", "core.autocrlf", "true")
    work.write(VALUES, b"a: 1\r\nb: 1\r\n")
    work.commit_all()
    work.open().commit(edit(work), "crlf")
    assert work.committed(VALUES) == b"a: 2\nb: 1\n"
    assert work.status() == []


def test_clean_filter_runs(work: Work) -> None:
    work.git("config", "filter.rot.clean", "tr a-z b-za")
    work.git("config", "filter.rot.smudge", "tr b-za a-z")
    work.write(".gitattributes", "*.yaml filter=rot\n")
    work.commit_all()
    assert work.committed(VALUES) == b"b: 1\nc: 1\nd: 1\n"
    work.open().commit(edit(work), "filtered")
    assert work.committed(VALUES) == b"b: 2\nc: 1\nd: 1\n"
    assert work.status() == []
    work.write(VALUES, work.read(VALUES) + b"mine: 1\n")
    refused(work, edit(work, old=b"a: 2", new=b"a: 3"), "changes of yours that are not committed")


def test_the_edit_of_a_file_that_is_in_the_commit_only_by_its_before(work: Work) -> None:
    change = Change(b"something else\n", work.read(VALUES))
    refused(work, {VALUES: change}, "changes of yours")
