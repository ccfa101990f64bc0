"""Who wrote each line of a file as it is on the disk."""

from __future__ import annotations

from pathlib import Path

from rea_xcom_tui.fleet.history.line_origins import line_origins
from tests.work import Work, make_work

FILE = "a b/val:ues.yaml"


def told(work: Work) -> list[tuple[str, str] | None]:
    found = line_origins(work.open(), FILE, work.read(FILE))
    return [(origin.date, origin.author) if origin else None for origin in found]


def test_each_line_has_its_author_also_after_changes_that_are_not_committed(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {FILE: "a: 1\r\nb: 1\r\nc: 1\r\n"})
    first = told(work)[0]
    work.write(FILE, "a: 1\r\nb: 2\r\nc: 1\r\n")
    work.git("commit", "-qam", "second", "--author=Zoë <z@example.com>", "--date=2025-03-04T23:30:00-05:00")
    assert told(work) == [first, ("2025-03-05", "Zoë"), first, None]
    work.write(FILE, "new: 1\r\na: 1\r\nb: 2\r\n")
    assert told(work) == [None, first, ("2025-03-05", "Zoë"), None]


def test_a_file_that_is_not_committed_has_none(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {"other": "x\n"})
    work.write(FILE, "a: 1\n")
    assert told(work) == [None, None]


def test_what_a_shallow_clone_does_not_have_is_nobodys(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {FILE: "a: 1\nb: 1\n"})
    work.write(FILE, "a: 1\nb: 2\n")
    work.commit_all("second")
    work.write(FILE, "a: 1\nb: 2\nc: 3\n")
    work.git("commit", "-qam", "third", "--date=2026-01-01T00:00:00Z")
    work.git("clone", "-q", "--depth=2", f"file://{work.root}", str(tmp_path / "shallow"))
    shallow = told(Work(tmp_path / "shallow"))
    assert shallow[:2] == [None, None]
    assert shallow[2] is not None
    assert shallow[2][0] == "2026-01-01"


def test_looking_runs_no_filter_of_the_repo(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {FILE: "a: 1\n", ".gitattributes": "*.yaml filter=bad diff=bad\n"})
    marker = tmp_path / "ran"
    for key in ("filter.bad.clean", "filter.bad.smudge", "diff.bad.textconv"):
        work.git("config", key, f"sh -c 'touch {marker}; cat'")
    work.git("config", "blame.ignoreRevsFile", "missing")
    work.write(FILE, "a: 2\n")
    assert told(work)[1] is None
    assert not marker.exists()
