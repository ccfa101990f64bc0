"""What `list --format json` keeps of each deployment says what the fleet says, whatever has changed since."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.cli.commands.check import FROM_VIEW
from rea_xcom_tui.durable import is_temporary, temporary_name
from rea_xcom_tui.fleet.opening import open_fleet
from rea_xcom_tui.fleet.scan import answers, first, tasks, views, workers
from rea_xcom_tui.fleet.scan.shown import View
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.reports import findings_view
from rea_xcom_tui.reports.findings import FORMATS, Report
from rea_xcom_tui.reports.fleet_view import VIEW, showing_json
from rea_xcom_tui.reports.machine import dump, fleet_json
from rea_xcom_tui.user.cached import cache_path
from tests.work import Work, values

ETL = "clusters/prod/billing/etl/values.yaml"
LEFT = temporary_name("answer", "0123456789ab")


def untouched(work: Work) -> None:
    """Nothing happens."""


def edited(work: Work) -> None:
    work.write(ETL, (work.root / ETL).read_text().replace("s3://", "gs://") + "# \x7f é\n")


def staged(work: Work) -> None:
    edited(work)
    work.git("add", "-A")


def removed(work: Work) -> None:
    (work.root / ETL).unlink()


def copied(work: Work) -> None:
    """Beside the old one, in a file that git does not know yet: two of them share a path."""
    work.write("clusters/prod/billing/copy/values.yaml", (work.root / ETL).read_text())


def broken(work: Work) -> None:
    work.write(ETL, "xcomBackend: [\n")


def ignored(work: Work) -> None:
    copied(work)
    work.write(".rea-xcom-tui.toml", '[[rules.ignore]]\ncode = "XC220"\nreason = "they may"\n')


def surrogate(work: Work) -> None:
    """Half of a pair of surrogates, which JSON can name by its number and no text can hold."""
    connection = '\'{"conn_type": "azure", "extra": {"managed_identity_client_id": "\\ud800"}}\''
    path = "abfs://wasb_xcom@xcom/etl"
    text = (work.root / ETL).read_text()
    work.write(
        ETL, text.replace("commonEnv:\n", f"commonEnv:\n  - name: AIRFLOW_CONN_WASB_XCOM\n    value: {connection}\n")
    )
    work.write(ETL, (work.root / ETL).read_text().replace("s3://acme-xcom/etl", path))


def committed(work: Work) -> None:
    edited(work)
    work.commit_all()


def configured(work: Work) -> None:
    """What is judged changes, and no values file does."""
    work.write(".rea-xcom-tui.toml", '[rules]\noff = ["XC220"]\n')
    work.commit_all()


def linked(work: Work) -> None:
    """A link is no part of what git says of the bytes that it leads to."""
    (work.root / "clusters/prod/billing/link").mkdir()
    (work.root / "clusters/prod/billing/link/values.yaml").symlink_to("../etl/values.yaml")
    work.commit_all()


def linked_folder(work: Work) -> None:
    """Below it are the same files once more."""
    (work.root / "clusters/prod/linked").symlink_to("billing")
    work.commit_all()


def sparse(work: Work) -> None:
    work.git("sparse-checkout", "set", "--no-cone", "/clusters/dev/", "/README.md")


def elsewhere(work: Work) -> None:
    """What a filter leaves here depends on whether it is set up, and not on the blob."""
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12\n"
    work.write(ETL, pointer)
    work.commit_all()


def other_line_ends(work: Work) -> None:
    """Another checkout of the same blob, which git calls unchanged."""
    work.git("config", "core.autocrlf", "true")
    (work.root / ETL).unlink()
    work.git("checkout", "--", ETL)
    assert b"\r\n" in work.read(ETL)
    assert work.status() == []


def shown(*works: Work) -> str | None:
    showing = opened(*works).show(VIEW)
    return None if showing is None else b"".join(showing_json(showing, cache_path())).decode()


def opened(*works: Work) -> Workspace:
    return open_fleet([work.root for work in works])


def checked(*works: Work) -> list[str]:
    """What `check` prints from what is kept of findings."""
    texts = []
    for form in sorted(FROM_VIEW):
        workspace = opened(*works)
        showing = workspace.show(findings_view.VIEW, form)
        assert showing is not None
        texts.append(findings_view.told(workspace.root, showing, form, cache_path()).text.decode())
    return texts


def report(*works: Work) -> list[str]:
    """The same from the fleet."""
    fleet = opened(*works).scan()
    rows = [(deployment, finding) for deployment in fleet.deployments for finding in deployment.findings]
    found = Report(fleet, rows, fleet.unreadable, len(fleet.deployments))
    return [FORMATS[form](found) for form in sorted(FROM_VIEW)]


def told(*works: Work) -> str:
    fleet = opened(*works).scan()
    return fleet_json(fleet, fleet.deployments)


SMALL = [untouched, edited, staged, removed, copied, broken, ignored, surrogate]
CHANGES = [*SMALL, committed, configured, linked, linked_folder, sparse, elsewhere, other_line_ends]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_is_read_while_git_compares_is_read_again_where_git_says_so(
    fleet_repo: Work, change: Callable[[Work], None], early: list[str]
) -> None:
    change(fleet_repo)
    assert shown(fleet_repo) == told(fleet_repo)
    assert "begun" in early
    cached = shown(fleet_repo)
    assert cached == told(fleet_repo)


def test_what_was_read_while_git_compared_is_kept_under_the_name_that_a_later_look_gives_it(
    fleet_repo: Work, early: list[str]
) -> None:
    """Also where the index lists what makes no entry: a name that is not UTF-8, and one that a crash has left."""
    shown(fleet_repo)
    assert "begun" in early
    assert is_kept(VIEW, fleet_repo)
    fleet_repo.write(temporary_name("values.yaml", "0123456789ab"), "a: b\n")
    Path(os.fsdecode(os.fsencode(fleet_repo.root) + b"/b\xe9.yaml")).write_text("a: b\n")
    fleet_repo.git("add", "-A", "-f")
    fleet_repo.git("commit", "-qm", "odd")
    early.clear()
    shown(fleet_repo)
    assert is_kept(VIEW, fleet_repo)
    shutil.rmtree(Path(os.environ["XDG_CACHE_HOME"]))
    shown(fleet_repo)
    assert "begun" in early
    assert is_kept(VIEW, fleet_repo)


def test_a_reading_that_was_begun_ends_where_layers_are_found(fleet_repo: Work, early: list[str]) -> None:
    fleet_repo.write("clusters/prod/kustomization.yaml", "resources: []\n")
    assert shown(fleet_repo) is None
    assert early == ["begun", "ended"]


@pytest.mark.parametrize("inside", [True, False], ids=["inside", "outside"])
def test_what_a_link_has_taken_the_place_of_is_not_read_through_it(
    fleet_repo: Work, tmp_path: Path, early: list[str], inside: bool
) -> None:
    """The folders on the way are not looked at then: git is waited for, which finds no file behind a link."""
    place = (fleet_repo.root / ETL).parent
    target = place.with_name("moved") if inside else tmp_path / "moved"
    place.rename(target)  # so that the file itself is the one that git's index knows
    place.symlink_to(target)
    seen = shown(fleet_repo)
    assert early[:2] == ["begun", "ended"]
    assert seen == told(fleet_repo)
    assert seen is not None
    assert ('"name": "billing-etl"' in seen) is inside


@pytest.mark.parametrize("how", ["monitored", "viewed"])
def test_what_git_does_not_look_at_itself_is_not_read_through_a_link_either(
    fleet_repo: Work, tmp_path: Path, early: list[str], how: str
) -> None:
    """A monitor of the file system that tells git of no change, or a repo of whose files git must not be asked."""
    if how == "monitored":
        (tmp_path / "monitor").write_text("#!/bin/sh\nprintf 'token\\0'\n")
        (tmp_path / "monitor").chmod(0o755)
        fleet_repo.git("config", "--global", "core.fsmonitor", str(tmp_path / "monitor"))
        fleet_repo.git("update-index", "--fsmonitor")
        fleet_repo.git("status")
    else:
        fleet_repo.git("config", "core.editor", "x")
    place = (fleet_repo.root / ETL).parent
    place.rename(tmp_path / "moved")
    place.symlink_to(tmp_path / "moved")
    if how == "monitored":
        (tmp_path / "moved/values.yaml").write_text(values("secret"))
        assert fleet_repo.git("status", "--porcelain", "-uno") == "", "git believes the monitor"
    for _ in range(2):
        seen = told(fleet_repo)
        assert f"{ETL} leads out of the repository" in seen
        assert '"name": "billing-etl"' not in seen
        assert "secret" not in seen
        assert shown(fleet_repo) in (None, seen)


@pytest.fixture
def early(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Has a few files be as many as make processes of their own pay; what is begun and ended."""
    told: list[str] = []

    def outcomes(*of: Any) -> Generator[list[workers.Outcome], None, None]:
        told.append("begun")
        try:
            yield from workers.outcomes(*of)
        finally:
            told.append("ended")

    monkeypatch.setattr(views, "outcomes", outcomes)
    monkeypatch.setattr(workers, "_MANY", 1)
    monkeypatch.setattr(workers, "_FOR_EACH", 1)
    monkeypatch.setattr(workers, "_FEW", 0)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    return told


def test_of_a_repo_of_which_nothing_is_known_no_sizes_are_asked(
    fleet_repo: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads the files finds them; what is kept under them is found again, from another place too."""
    sized: list[str] = []

    def size_of(root: Path, file: str) -> int:
        sized.append(file)
        return tasks.size_of(root, file)

    monkeypatch.setattr(views, "size_of", size_of)
    monkeypatch.setattr(first, "_SAMPLE", 1)
    for number in range(3):
        fleet_repo.write(f"prod/d{number}/values.yaml", values(f"d{number}"))
    fleet_repo.commit_all()
    expected = shown(fleet_repo)
    assert len(sized) == 1
    assert is_kept(VIEW, fleet_repo)
    shutil.copytree(fleet_repo.root, tmp_path / "again" / "fleet")
    monkeypatch.setattr(views, "outcomes", None)  # nothing is read
    other = Work(tmp_path / "again" / "fleet")
    there = shown(other)
    assert there is not None
    assert expected == there.replace(str(other.root), str(fleet_repo.root))


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_view_is_the_fleet(fleet_repo: Work, change: Callable[[Work], None]) -> None:
    assert shown(fleet_repo) == told(fleet_repo)  # cold
    assert shown(fleet_repo) == told(fleet_repo)  # warm
    change(fleet_repo)
    after = told(fleet_repo)
    assert shown(fleet_repo) == after
    assert shown(fleet_repo) == after
    assert checked(fleet_repo) == report(fleet_repo)  # from the records
    assert checked(fleet_repo) == report(fleet_repo)  # from what is kept of findings alone


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_view_of_several_repos_is_their_fleet(
    fleet_repo: Work, tmp_path: Path, change: Callable[[Work], None]
) -> None:
    """They share all paths, so each has findings that name the others; they are not in the order of their ids."""
    works = [Work(tmp_path / "repos" / name) for name in ("ml", "ml-2", "data")]
    for work in works:
        shutil.copytree(fleet_repo.root, work.root)
    assert shown(*works) == told(*works)
    change(works[1])
    after = told(*works)
    assert '"ml-2:clusters/' in after
    assert "XC220" in after
    for _ in range(2):  # the second time what is kept is all of the answer
        assert shown(*works) == after
        assert checked(*works) == report(*works)


@pytest.mark.parametrize(
    "change", [untouched, committed, configured, other_line_ends], ids=lambda change: change.__name__
)
def test_what_was_said_of_a_clean_fleet_is_kept_until_anything_in_it_changes(
    fleet_repo: Work, tmp_path: Path, change: Callable[[Work], None]
) -> None:
    other = Work(tmp_path / "other")
    shutil.copytree(fleet_repo.root, other.root)
    works = (fleet_repo, other)
    for view in (VIEW, findings_view.VIEW):
        say(view, *works)
        assert is_kept(view, *works)
        assert not is_kept(view, fleet_repo)  # another fleet
    change(other)
    for view in (VIEW, findings_view.VIEW):
        assert is_kept(view, *works) == (change is untouched)
        say(view, *works)
        assert is_kept(view, *works)
    edited(fleet_repo)
    assert not is_kept(VIEW, *works)
    fleet_repo.git("checkout", "-q", "--", ".")
    assert is_kept(VIEW, *works)  # which what is shown of an edit does not replace


@pytest.mark.parametrize("change", [linked, elsewhere, copied], ids=lambda change: change.__name__)
def test_what_the_bytes_of_the_index_do_not_decide_is_never_kept(
    fleet_repo: Work, change: Callable[[Work], None]
) -> None:
    change(fleet_repo)
    say(VIEW, fleet_repo)
    assert not is_kept(VIEW, fleet_repo)


def test_damaged_records_are_read_again(fleet_repo: Work) -> None:
    told = shown(fleet_repo)
    place = cache_path()
    assert place is not None
    other = "record = cast(replace(record, 'billing', 'BILLING') as blob)"
    said = "instr(record, cast('\"fields\":' as blob))"
    for damage in ("record = x'c1'", f"{other} where {said}"):
        with closing(sqlite3.connect(place)) as cache, cache:
            assert cache.execute(f"update records set {damage}").rowcount > 0
        for answer in kept_answers():
            answer.unlink()
        assert shown(fleet_repo) == told
        assert shown(fleet_repo) == told


@pytest.mark.parametrize("at", [0, 3, 11, 19, 23, 24, 40, 60, 100, -1])
@pytest.mark.parametrize("damage", ["cut", "changed", "longer"])
def test_an_answer_that_is_not_as_it_was_kept_is_given_anew(fleet_repo: Work, damage: str, at: int) -> None:
    say(VIEW, fleet_repo)
    told = shown(fleet_repo)
    (answer,) = kept_answers()
    data = bytearray(answer.read_bytes())
    if damage == "cut":
        del data[at:]
    elif damage == "changed":
        data[at] ^= 1
    else:
        data.insert(at, 0)
    answer.write_bytes(data)
    assert not is_kept(VIEW, fleet_repo)
    assert shown(fleet_repo) == told
    assert is_kept(VIEW, fleet_repo)


def test_answers_are_the_users_own_and_not_more_than_may_be(
    fleet_repo: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Work(tmp_path / "other")
    shutil.copytree(fleet_repo.root, other.root)
    say(VIEW, fleet_repo)
    (answer,) = kept_answers()
    assert stat.S_IMODE(answer.stat().st_mode) == 0o600
    assert stat.S_IMODE(answer.parent.stat().st_mode) == 0o700
    (answer.parent / LEFT).write_bytes(b"by a crash")
    say(VIEW, other)
    assert {is_temporary(one.name) for one in kept_answers()} == {True, False}
    assert is_kept(VIEW, fleet_repo)
    os.utime(answer, (1, 1))
    os.utime(answer.parent / LEFT, (1, 1))
    monkeypatch.setattr(answers, "_MOST_BYTES", answer.stat().st_size)
    other.write("notes.md", "x")
    other.commit_all()
    say(VIEW, other)
    assert is_kept(VIEW, other)
    assert not is_kept(VIEW, fleet_repo)
    assert len(kept_answers()) == 1


def test_where_an_answer_cannot_be_kept_it_is_told_all_the_same(fleet_repo: Work) -> None:
    place = cache_path()
    assert place is not None
    place.parent.mkdir(parents=True)
    place.with_name("answers").write_text("in the way")
    for _ in range(2):
        assert shown(fleet_repo) == told(fleet_repo)
    assert not is_kept(VIEW, fleet_repo)


def test_of_an_answer_that_nobody_reads_to_its_end_nothing_is_left(fleet_repo: Work) -> None:
    showing = opened(fleet_repo).show(VIEW)
    assert showing is not None
    portions = showing_json(showing, cache_path())
    next(portions)
    next(portions)
    assert [is_temporary(one.name) for one in kept_answers()] == [True]
    portions.close()  # type: ignore[attr-defined]
    assert kept_answers() == []


def kept_answers() -> list[Path]:
    place = cache_path()
    assert place is not None
    return sorted(place.with_name("answers").iterdir())


def say(view: View, *works: Work) -> None:
    shown(*works) if view is VIEW else checked(*works)


def is_kept(view: View, *works: Work) -> bool:
    """Whether what a view says of repos is known from before."""
    showing = opened(*works).show(view, "" if view is VIEW else "text")
    assert showing is not None
    return showing.kept is not None


def test_layers_in_one_of_several_repos_leave_all_to_the_fleet(fleet_repo: Work, tmp_path: Path) -> None:
    other = Work(tmp_path / "other")
    shutil.copytree(fleet_repo.root, other.root)
    assert shown(fleet_repo, other) is not None
    other.write("argo/app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n")
    assert shown(fleet_repo, other) is None


def test_layers_are_left_to_the_fleet(fleet_repo: Work) -> None:
    fleet_repo.write("argo/app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n")
    assert shown(fleet_repo) is None


def test_json_is_plain_ascii_as_the_json_module_writes_it() -> None:
    data = {"a": "\x7f é \u2028 \x1b \ud800", "b": [], "c": {}, "d": [1, {"e": None}], "f": 10**30}
    assert dump(data) == (
        '{\n  "a": "\\u007f \\u00e9 \\u2028 \\u001b \\ud800",\n  "b": [],\n  "c": {},\n  "d": [\n    1,\n    {\n'
        '      "e": null\n    }\n  ],\n  "f": 1000000000000000000000000000000\n}'
    )
