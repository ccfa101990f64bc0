"""Targets that held other changes before the edit."""

from __future__ import annotations

import pytest

from rea_xcom_tui.gitops import Change, CommitRefused
from tests.gitops.conftest import LINES, VALUES, edit, refused
from tests.work import Work

OVERLAP = f"{VALUES} has changes of yours on the lines of this edit or next to them; commit or undo them"


def lines(**changed: str) -> bytes:
    """The long file, with some of its lines changed: `k5="x"` makes line 5 `k5: x`."""
    known = {line.split(":")[0]: line for line in LINES}
    known.update({key: f"{key}: {value}" for key, value in changed.items()})
    return ("\n".join(known.values()) + "\n").encode()


def delta(work: Work, *revisions: str) -> list[str]:
    """The lines that go and come between two versions of the values file."""
    out = work.git("diff", "-U0", *revisions, "--", VALUES).splitlines()
    return [line for line in out if line[:1] in "+-" and line[:3] not in ("+++", "---")]


@pytest.fixture
def mixed(work: Work) -> Work:
    """The user has staged one hunk of the values file, changed another, and has work in other files too."""
    work.write(VALUES, lines())
    work.commit_all()
    work.write(VALUES, lines(k5="STAGED"))
    work.write("other.txt", "staged\n")
    work.git("add", "-A")
    work.write(VALUES, lines(k5="STAGED", k15="DIRTY"))
    work.write("other.txt", "dirty\n")
    work.write("untracked.txt", "u\n")
    return work


def test_only_the_edit_is_committed_of_a_file_with_other_changes(mixed: Work) -> None:
    before = mixed.head()
    result = mixed.open().commit(edit(mixed, old=b"k25: 25", new=b"k25: OURS"), "ours")
    assert result.files == (VALUES,)
    assert result.changed_by_hook == ()
    assert mixed.git("rev-parse", "HEAD^").strip() == before
    assert delta(mixed, "HEAD~1", "HEAD") == ["-k25: 25", "+k25: OURS"]
    assert delta(mixed, "--cached") == ["-k5: 5", "+k5: STAGED"]
    assert delta(mixed) == ["-k15: 15", "+k15: DIRTY"]
    assert mixed.committed_files() == [VALUES]
    assert mixed.status() == [f"MM {VALUES}", "MM other.txt", "?? untracked.txt"]
    assert mixed.staged("other.txt") == b"staged\n"
    assert not (mixed.root / ".git" / "index.lock").exists()
    assert not (mixed.root / ".git" / "rea-xcom-tui" / "commit").exists()


@pytest.mark.parametrize("key", [4, 5, 6, 14, 15, 16])
def test_an_edit_on_or_beside_the_users_lines_is_refused(mixed: Work, key: int) -> None:
    old = f"k{key}: ".encode()
    refused(mixed, edit(mixed, old=b"\n" + old, new=b"\n" + old + b"OURS "), OVERLAP)


def test_a_clean_file_beside_a_mixed_one(mixed: Work) -> None:
    mixed.write("two/values.yaml", "a: 1\n")
    mixed.git("add", "two/values.yaml")
    mixed.git("commit", "-q", "-m", "two", "--", "two/values.yaml")
    changes = {**edit(mixed, old=b"k25: 25", new=b"k25: OURS"), **edit(mixed, "two/values.yaml")}
    assert sorted(mixed.open().commit(changes, "both").files) == [VALUES, "two/values.yaml"]
    assert mixed.committed("two/values.yaml") == b"a: 2\n"
    assert mixed.status() == [f"MM {VALUES}", "MM other.txt", "?? untracked.txt"]


def test_on_a_new_branch(mixed: Work) -> None:
    before = mixed.head()
    result = mixed.open().commit(edit(mixed, old=b"k25: 25", new=b"k25: OURS"), "ours", branch="rea/new")
    assert result.branch == "rea/new"
    assert mixed.git("rev-parse", "main").strip() == before
    assert delta(mixed, "main", "rea/new") == ["-k25: 25", "+k25: OURS"]
    assert delta(mixed, "--cached") == ["-k5: 5", "+k5: STAGED"]


def test_a_hook_that_refuses_leaves_the_index_byte_for_byte(mixed: Work) -> None:
    mixed.hook("pre-commit", "echo never >&2; exit 1")
    changes = edit(mixed, old=b"k25: 25", new=b"k25: OURS")
    index = mixed.root / ".git" / "index"
    mixed.git("status")
    before = index.read_bytes()
    error = refused(mixed, changes, "A hook .pre-commit. refused", branch="rea/new")
    assert error.output == "never"
    assert index.read_bytes() == before
    assert mixed.read(VALUES) == lines(k5="STAGED", k15="DIRTY", k25="OURS")


def test_hooks_see_only_the_edit(mixed: Work) -> None:
    mixed.hook("pre-commit", "git diff --cached -U0 | grep '^[+-][^+-]' > .git/seen")
    mixed.open().commit(edit(mixed, old=b"k25: 25", new=b"k25: OURS"), "ours")
    assert (mixed.root / ".git" / "seen").read_text().splitlines() == ["-k25: 25", "+k25: OURS"]


def test_a_hook_that_mends_and_stages_a_file(mixed: Work) -> None:
    mixed.write("two.yaml", "a: 1\n")
    mixed.git("add", "two.yaml")
    mixed.git("commit", "-q", "-m", "two", "--", "two.yaml")
    mixed.hook("pre-commit", "sed -i 's/a: 2/a: 2 # checked/' two.yaml; git add two.yaml")
    changes = {**edit(mixed, old=b"k25: 25", new=b"k25: OURS"), **edit(mixed, "two.yaml")}
    assert mixed.open().commit(changes, "mended").changed_by_hook == ("two.yaml",)
    assert mixed.committed("two.yaml") == b"a: 2 # checked\n"
    assert mixed.status() == [f"MM {VALUES}", "MM other.txt", "?? untracked.txt"]


def test_verify_is_asked_with_the_committed_bytes(mixed: Work) -> None:
    changes = edit(mixed, old=b"k25: 25", new=b"k25: OURS")
    seen = []

    def verify(path: str, head: bytes, ours: bytes) -> str | None:
        seen.append((path, head, ours))
        return "The edit would end up in another deployment."

    with pytest.raises(CommitRefused, match="in another deployment"):
        mixed.open().commit(changes, "ours", verify=verify)
    assert seen == [(VALUES, lines(), lines(k25="OURS"))]


def test_an_edit_that_would_land_elsewhere_is_refused(work: Work) -> None:
    """The user has put a new block before one that looks the same; the edit of the new one is not in HEAD."""
    block = b"- name: x\n  value: 1\n"
    work.write(VALUES, block + b"end: 1\n")
    work.commit_all()
    work.write(VALUES, b"- name: new\n  value: 1\n" + block + b"end: 1\n")
    before = work.read(VALUES)
    after = before.replace(b"new\n  value: 1", b"new\n  value: 2")
    work.write(VALUES, after)
    refused(work, {VALUES: Change(before, after)}, OVERLAP)


def test_a_changed_executable_bit_stays_the_users(work: Work) -> None:
    (work.root / VALUES).chmod(0o755)
    work.open().commit(edit(work), "ours")
    assert work.git("ls-tree", "HEAD", VALUES).startswith("100644")
    assert work.committed(VALUES) == b"a: 2\nb: 1\nc: 1\n"
    assert work.status() == [f" M {VALUES}"]


def test_a_staged_executable_bit_stays_staged(work: Work) -> None:
    work.git("update-index", "--chmod=+x", VALUES)
    (work.root / VALUES).chmod(0o755)
    work.open().commit(edit(work), "ours")
    assert work.git("ls-tree", "HEAD", VALUES).startswith("100644")
    assert work.git("ls-files", "-s", VALUES).startswith("100755")
    assert work.status() == [f"M  {VALUES}"]


def test_a_file_the_edit_made(work: Work) -> None:
    work.write("other.txt", "staged\n")
    work.git("add", "other.txt")
    work.write("new/values.yaml", "a: 1\n")
    (work.root / "new/values.yaml").chmod(0o755)
    result = work.open().commit({"new/values.yaml": Change(None, b"a: 1\n")}, "new")
    assert result.files == ("new/values.yaml",)
    assert work.git("ls-tree", "HEAD", "new/values.yaml").startswith("100755")
    assert work.status() == ["M  other.txt"]
    refused(work, {VALUES: Change(None, work.read(VALUES))}, "git knows one that you have removed")


def test_assume_unchanged_files_with_changes_of_the_user(work: Work) -> None:
    work.write(VALUES, lines())
    work.commit_all()
    work.git("update-index", "--assume-unchanged", VALUES)
    work.write(VALUES, lines(k5="HIDDEN"))
    work.open().commit(edit(work, old=b"k25: 25", new=b"k25: OURS"), "ours")
    assert delta(work, "HEAD~1", "HEAD") == ["-k25: 25", "+k25: OURS"]
    assert work.git("ls-files", "-v", VALUES) == f"h {VALUES}\n"


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
    refused(work, edit(work), f"git would change every line end of {VALUES} .* git add --renormalize")


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
    work.git("add", "--renormalize", ".")
    work.commit_all()
    assert work.committed(VALUES) == b"b: 1\nc: 1\nd: 1\n"
    work.open().commit(edit(work), "filtered")
    assert work.committed(VALUES) == b"b: 2\nc: 1\nd: 1\n"
    assert work.status() == []
    work.write(VALUES, work.read(VALUES) + b"d: 1\nmine: 1\n")
    work.open().commit(edit(work, old=b"a: 2", new=b"a: 3"), "filtered and mixed")
    assert work.committed(VALUES) == b"b: 3\nc: 1\nd: 1\n"
    assert delta(work) == ["+e: 1", "+njof: 1"]


def test_crlf_with_changes_of_the_user(work: Work) -> None:
    work.write(".gitattributes", "* text eol=crlf\n")
    work.write(VALUES, lines().replace(b"\n", b"\r\n"))
    work.commit_all()
    work.write(VALUES, lines(k5="DIRTY").replace(b"\n", b"\r\n"))
    work.open().commit(edit(work, old=b"k25: 25", new=b"k25: OURS"), "ours")
    assert work.committed(VALUES) == lines(k25="OURS")
    assert work.status() == [f" M {VALUES}"]


def test_the_edit_does_not_follow_from_the_commit(work: Work) -> None:
    work.write(VALUES, "another\n")
    refused(work, {VALUES: Change(b"something else\n", b"another\n")}, OVERLAP)
