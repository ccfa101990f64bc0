from __future__ import annotations

import subprocess
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import GitProblem, HistoryStep, Repository, write_history
from tests.gitops.conftest import VALUES, edit
from tests.work import Work

BASE = "".join(f"k{number}: {number}\n" for number in range(1, 31))


def step(number: int, author: str, message: str, **files: str | None) -> HistoryStep:
    contents = {name.replace("__", "/"): None if text is None else text.encode() for name, text in files.items()}
    return HistoryStep(author, f"{author}@x.io", f"2025-01-{number:02}T12:00:00Z", message, contents)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    write_history(
        tmp_path / "repo",
        [
            step(1, "ann", "Start", a__values=BASE, b__values=BASE, c=""),
            step(2, "bo", "Raise k5", a__values=BASE.replace("k5: 5", "k5: 50")),
            step(3, "cy", "Something else", c="1"),
            step(4, "cy", "Move", a__values=None, z__values=BASE.replace("k5: 5", "k5: 50")),
            step(5, "di", "Lower k5\n\nbody", z__values="# moved\n" + BASE.replace("k5: 5", "k5: 3")),
        ],
    )
    return Repository.open(tmp_path / "repo")


def test_history_follows_a_file_through_its_move(repository: Repository) -> None:
    found = repository.history("z/values")
    assert [(r.commit.author, r.commit.subject, r.previous_path, r.path) for r in found] == [
        ("di", "Lower k5", "z/values", "z/values"),
        ("cy", "Move", "a/values", "z/values"),
        ("bo", "Raise k5", "a/values", "a/values"),
        ("ann", "Start", "a/values", "a/values"),
    ]
    assert [r.commit.time for r in found][-1] == 1735732800
    assert found[0].commit.oid == repository.head()
    assert found[0].commit.parents == (found[1].commit.oid,)
    for newer, older in pairwise(found):
        assert newer.previous_oid == older.oid
    assert found[-1].previous_oid is None
    blobs = repository.blobs([r.oid for r in found if r.oid])
    assert [b"k5: 50" in blobs[str(r.oid)] for r in found] == [False, True, True, False]


def test_history_up_to_a_revision_and_with_a_limit(repository: Repository) -> None:
    assert [r.commit.author for r in repository.history("a/values", start="HEAD~2")] == ["bo", "ann"]
    assert [r.commit.author for r in repository.history("z/values", limit=2)] == ["di", "cy"]
    assert repository.history("nowhere") == []
    deleted = repository.history("a/values")
    assert [(r.commit.author, r.oid is None) for r in deleted] == [("cy", True), ("bo", False), ("ann", False)]


def test_the_histories_of_many_files_come_from_one_walk(repository: Repository) -> None:
    paths = ["z/values", "b/values", "c", "a/values", "nowhere"]
    before = len(repository.log.records())
    found = repository.histories(paths)
    assert [record.argv[1] for record in repository.log.records()[before:]] == ["rev-parse", "rev-parse", "log"]
    assert found == {path: repository.history(path) for path in paths}
    assert len(found["z/values"]) == 4
    assert repository.histories([]) == {}


def test_files_that_change_their_places(work: Work) -> None:
    texts = {name: "".join(f"{name} {number}\n" for number in range(9)) for name in ("one", "two")}
    for name, text in texts.items():
        work.write(name, text)
    work.commit_all("write")
    for name, other in (("one", "spare"), ("two", "one"), ("spare", "two")):
        work.git("mv", name, other)
    work.git("rm", "-q", "other.txt")
    work.git("commit", "-q", "-m", "swap")
    found = work.open().histories(["one", "two"])
    # Both names are there before and after, so that nothing was moved for git.
    assert [[r.commit.subject for r in found[name]] for name in ("one", "two")] == [["swap", "write"]] * 2
    work.git("mv", "one", "three")
    work.git("mv", "two", "four")
    work.commit_all("move both")
    found = work.open().histories(["three", "four"])
    assert [r.previous_path for r in found["three"]][:1] == ["one"]
    assert [r.previous_path for r in found["four"]][:1] == ["two"]


def test_last_changes_from_one_walk(repository: Repository) -> None:
    before = len(repository.log.records())
    found = repository.last_changes(["z/values", "b/values", "c", "nowhere"])
    assert {path: commit.author for path, commit in found.items()} == {
        "z/values": "di",
        "b/values": "ann",
        "c": "cy",
    }
    assert [record.argv[1] for record in repository.log.records()[before:]] == ["rev-parse", "rev-parse", "log"]
    assert repository.last_changes([]) == {}
    assert repository.last_changes(["b/values"], start="HEAD~3")["b/values"].subject == "Start"


def test_last_changes_of_many_files_stops_when_all_are_found(work: Work) -> None:
    names = [f"d{number}/values.yaml" for number in range(80)]
    for name in names:
        work.write(name, "a: 1\n")
    oid = work.commit_all()
    assert {commit.oid for commit in work.open().last_changes(names).values()} == {oid}


@pytest.mark.parametrize("minutes", [(0, 0, 0, 0), (30, 20, 10, 0)], ids=["one second", "clocks that go backwards"])
def test_the_order_is_that_of_the_history_whatever_the_times_are(work: Work, minutes: tuple[int, ...]) -> None:
    made = []
    for number, minute in enumerate(minutes):
        date = f"2026-01-01T12:{minute:02}:00Z"
        work.write("ab"[number % 2], f"{number}\n")
        work.git("add", "-A")
        work.git("commit", "-q", "-m", f"{number}", env={"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date})
        made.append((work.head(), "ab"[number % 2]))
    found = work.open().joint_history(["a", "b", "nowhere"])
    assert [(commit.oid, path) for commit, path in found] == made[::-1]


def test_a_clock_that_was_behind_does_not_put_a_commit_under_the_one_it_is_made_on(work: Work) -> None:
    def commit(message: str, year: int) -> str:
        date = f"{year}-01-01T12:00:00Z"
        work.git("add", "-A")
        work.git("commit", "-q", "-m", message, env={"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date})
        return work.head()

    work.write("a", "first\n")
    older = commit("older", 2025)
    work.git("checkout", "-q", "-b", "other")
    work.write("b", "other\n")
    commit("beside it", 2026)
    work.git("checkout", "-q", "-")
    work.write("a", "second\n")
    newer = commit("newer, by a clock that was behind", 2020)
    work.git("merge", "-q", "--no-edit", "other")
    repository = work.open()
    assert repository.last_changes(["a"])["a"].oid == newer
    assert repository.last_changes(["a", "b"])["a"].oid == newer
    assert [revision.commit.oid for revision in repository.history("a")][:2] == [newer, older]
    assert [revision.commit.oid for revision in repository.histories(["a"])["a"]][:2] == [newer, older]
    assert [commit.oid for commit, _ in repository.joint_history(["a", "b"])].index(newer) < 2


def test_a_merge_that_made_a_version_of_its_own(work: Work) -> None:
    work.git("switch", "-q", "-c", "side")
    work.write(VALUES, "a: side\n")
    work.commit_all("side")
    work.git("switch", "-q", "main")
    work.write(VALUES, "a: main\n")
    work.commit_all("main")
    work.git("merge", "side", check=False)
    work.write(VALUES, "a: merged\n")
    merge = work.commit_all("merged")
    repository = work.open()
    first, *rest = repository.history(VALUES)
    assert (first.commit.oid, first.previous_oid) == (merge, repository.hash_bytes(b"a: main\n"))
    assert first.oid == repository.hash_bytes(b"a: merged\n")
    assert {r.commit.subject for r in rest} == {"main", "side", "first"}
    assert repository.last_changes([VALUES])[VALUES].oid == merge


def test_clean_merges_do_not_count(work: Work) -> None:
    work.git("switch", "-q", "-c", "side")
    work.write(VALUES, "a: side\n")
    side = work.commit_all("side")
    work.git("switch", "-q", "main")
    work.write("other.txt", "main\n")
    work.commit_all("main")
    work.git("merge", "-q", "--no-edit", "side")
    assert work.open().last_changes([VALUES])[VALUES].oid == side
    assert [r.commit.subject for r in work.open().history(VALUES)] == ["side", "first"]


def test_names_and_texts_that_look_like_output(work: Work) -> None:
    names = ["\nx/values.yaml", "a" * 40, ":100644 100644 a b M", "-p", ":(top)x", "tab\tü"]
    for name in names:
        work.write(name, f"content of {name!r}, long enough not to be taken for the same file as another\n")
    work.git("-c", "user.name=\x1fEve \x1b[31m", "commit", "-q", "--allow-empty", "-m", "\x1e:100644\x1b[0m")
    work.git("add", "-A")
    work.git("commit", "-q", "-m", ":100644 000 M\n\n\n" + "b" * 40)
    repository = work.open()
    found = repository.last_changes(names)
    assert set(found) == set(names)
    assert {commit.oid for commit in found.values()} == {work.head()}
    for name in names:
        (revision,) = repository.history(name)
        assert (revision.path, revision.commit.oid, revision.previous_oid) == (name, work.head(), None)


def test_an_unborn_branch_has_no_history(tmp_path: Path) -> None:
    work = Work(tmp_path / "empty")
    work.root.mkdir()
    work.git("init", "-q")
    with pytest.raises(GitProblem, match="no commit 'HEAD'"):
        work.open().history("x")


@pytest.mark.parametrize("date", ["99999999999999", "18446744073709551615"])
def test_a_date_that_no_calendar_has(work: Work, date: str) -> None:
    work.write(VALUES, "a: 2\n")
    work.git("add", "-A")
    tree, parent = work.git("write-tree").strip(), work.head()
    text = f"tree {tree}\nparent {parent}\nauthor u <u@e> {date} +0000\ncommitter u <u@e> 1 +0000\n\nodd\n"
    made = ["hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
    done = subprocess.run(["git", *made], cwd=work.root, input=text.encode(), capture_output=True, check=True)
    work.git("update-ref", "HEAD", done.stdout.decode().strip())
    found = work.open().history(VALUES)[0].commit
    assert (found.subject, datetime.fromtimestamp(found.time, UTC).year) == ("odd", 9999)


def test_a_shallow_clone_does_not_say_who_brought_what_it_begins_with(work: Work, tmp_path: Path) -> None:
    work.write("other.txt", "two\n")
    work.commit_all()
    work.write(VALUES, "a: 2\n")
    work.commit_all("raise a")
    work.git("clone", "-q", "--depth=2", work.root.as_uri(), str(tmp_path / "shallow"))
    whole, shallow = work.open(), Repository.open(tmp_path / "shallow")
    assert (whole.shallow(), shallow.shallow()) == (False, True)
    assert [r.commit.subject for r in whole.history(VALUES)] == ["raise a", "first"]
    assert [r.commit.subject for r in shallow.history(VALUES)] == ["raise a"]
    assert [r.commit.subject for r in shallow.histories([VALUES])[VALUES]] == ["raise a"]
    assert shallow.history("other.txt") == []
    assert shallow.last_changes([VALUES, "other.txt"]).keys() == {VALUES}


def test_the_users_configuration_changes_nothing_that_is_told(work: Work) -> None:
    before = work.open().history(VALUES)
    settings = {
        "log.showRoot": "false",
        "log.abbrevCommit": "true",
        "log.decorate": "full",
        "log.follow": "true",
        "i18n.logOutputEncoding": "ISO-8859-1",
        "i18n.commitEncoding": "ISO-8859-1",
        "diff.renames": "copies",
        "diff.relative": "true",
        "format.pretty": "oneline",
        "color.ui": "always",
        "status.aheadBehind": "false",
        "status.short": "true",
        "commit.verbose": "true",
        "commit.template": "nosuch",
        "commit.cleanup": "scissors",
    }
    for key, value in settings.items():
        work.git("config", key, value)
    assert work.open().history(VALUES) == before
    assert len(before) == 1
    work.git("config", "user.name", "Jürgen")
    work.open().commit(
        edit(work), "größer → 2\n\n# a line\n# ------------------------ >8 ------------------------\nend"
    )
    newest = work.open().history(VALUES)[0].commit
    assert (newest.author, newest.subject) == ("Jürgen", "größer → 2")
    kept = work.raw("cat-file", "commit", "HEAD").decode()
    assert "encoding" not in kept
    assert kept.endswith(">8 ------------------------\nend\n")
