"""A scan says the same warm and cold, whatever git makes of a blob on its way to the disk."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.history.last_change import last_changes
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.opening import open_fleet
from rea_xcom_tui.fleet.scan.answers import Answers, name_of
from rea_xcom_tui.fleet.scan.cache import Cache, Kept
from rea_xcom_tui.fleet.scan.records import from_record, to_record
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops import work_tree
from rea_xcom_tui.reports.fleet_view import VIEW, showing_json
from rea_xcom_tui.reports.machine import fleet_json
from rea_xcom_tui.user.cached import cache_path
from tests.fleet.test_views import shown, told
from tests.work import FLEET, Work, make_work

ETL = "clusters/prod/billing/etl/values.yaml"


def encoding(work: Work) -> None:
    attribute(work, "*.yaml working-tree-encoding=UTF-16")
    anew(work)


def encoding_before_the_next_checkout(work: Work) -> None:
    """The attribute is there, and the files are still as they were checked out before."""
    attribute(work, "*.yaml working-tree-encoding=UTF-16")


def encoding_that_is_gone(work: Work) -> None:
    """The files are still in the encoding of the attribute that was there."""
    encoding(work)
    attribute(work, "")


def smudge(work: Work, *where: str) -> None:
    """As git-crypt, git-lfs and others do; the bytes are as many as before."""
    work.git("config", *where, "filter.f.smudge", "tr 0-9 5-90-4")
    work.git("config", *where, "filter.f.clean", "tr 0-9 5-90-4")
    attribute(work, "*.yaml filter=f")
    anew(work)


def smudge_of_the_user(work: Work) -> None:
    """With one of the repo's own, it would only be viewed."""
    smudge(work, "--global")


def ident(work: Work) -> None:
    attribute(work, "*.yaml ident")
    anew(work)


def line_ends(work: Work) -> None:
    attribute(work, "*.yaml text eol=crlf")
    anew(work)


def attribute(work: Work, line: str) -> None:
    (work.root / ".git" / "info").mkdir(exist_ok=True)
    (work.root / ".git" / "info" / "attributes").write_text(f"{line}\n")


def anew(work: Work) -> None:
    for name in FLEET:
        (work.root / name).unlink()
    work.git("checkout", "-q", "--", ".")


def said(fleet: Fleet) -> object:
    deployments = [(item.id, item.config.fields, item.digest, item.findings) for item in fleet.deployments]
    return deployments, [(item.file, item.message) for item in fleet.unreadable]


CHANGES = [encoding, encoding_before_the_next_checkout, encoding_that_is_gone, smudge_of_the_user, ident, line_ends]


@pytest.mark.parametrize("change", [*CHANGES, smudge], ids=lambda change: change.__name__)
def test_warm_and_cold_agree(tmp_path: Path, isolated: Path, change: Callable[[Work], None]) -> None:
    work = make_work(tmp_path / "fleet", {name: f"# $Id$\n{text}" for name, text in FLEET.items()})
    before = Workspace.open(work.root).scan()
    assert len(before.deployments) == 3
    change(work)
    warm = said(Workspace.open(work.root).scan())
    shutil.rmtree(isolated / "xdg_cache_home")
    assert warm == said(Workspace.open(work.root).scan())


def scanned(work: Work) -> str:
    """As `told`, with git at work already when nobody knows yet whether anything is known from before."""
    fleet = open_fleet([work.root], look=True).scan()
    return fleet_json(fleet, fleet.deployments)


@pytest.mark.parametrize("look", [shown, scanned])
@pytest.mark.parametrize("seen", [False, True])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_nothing_of_what_git_has_converted_is_kept(
    tmp_path: Path, isolated: Path, change: Callable[[Work], None], look: Callable[[Work], str], *, seen: bool
) -> None:
    """Where nothing was seen before, git is not asked for attributes: what is kept is held against the blob."""
    work = make_work(tmp_path / "fleet", {name: f"# $Id$\n{text}" for name, text in FLEET.items()})
    if seen:
        assert look(work) == told(work)
    change(work)
    first = look(work)
    assert first == told(work)
    attribute(work, "")
    anew(work)
    later = look(work)
    shutil.rmtree(isolated / "xdg_cache_home")
    assert later == told(work)
    if change in (encoding, smudge_of_the_user):
        assert later != first


@pytest.mark.parametrize("look", [shown, scanned])
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_is_known_of_another_place_is_not_told_of_what_git_has_converted(
    tmp_path: Path, isolated: Path, change: Callable[[Work], None], look: Callable[[Work], str]
) -> None:
    work = make_work(tmp_path / "fleet", {name: f"# $Id$\n{text}" for name, text in FLEET.items()})
    look(work)
    shutil.copytree(work.root, tmp_path / "again" / "fleet")
    other = Work(tmp_path / "again" / "fleet")
    change(other)
    first = look(other)
    shutil.rmtree(isolated / "xdg_cache_home")
    assert first == told(other)


def test_attributes_are_asked_for_only_where_it_matters(
    tmp_path: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    real = work_tree.Look.ask_conversions

    def ask(look: work_tree.Look) -> None:
        asked.append("asked")
        real(look)

    monkeypatch.setattr(work_tree.Look, "ask_conversions", ask)
    work = make_work(tmp_path / "fleet", FLEET)

    def show() -> str:
        showing = open_fleet([work.root], look=True).show(VIEW)
        assert showing is not None
        assert showing.repos[""].files().listed  # as `check` asks for them
        return b"".join(showing_json(showing, cache_path())).decode()

    first = show()
    assert not asked
    assert show() == first
    assert asked
    asked.clear()
    shutil.rmtree(isolated / "xdg_cache_home")
    work.write(".gitattributes", "*.png binary\n")
    work.commit_all()
    show()
    assert asked


def test_a_cache_that_a_crash_has_cut_off_is_made_anew(fleet_repo: Work, isolated: Path) -> None:
    first = said(Workspace.open(fleet_repo.root).scan())
    (cache,) = isolated.rglob("readings.sqlite3")
    for beside in cache.parent.glob("readings.sqlite3-*"):
        beside.unlink()
    cache.write_bytes(b"no database at all" * 500)
    assert said(Workspace.open(fleet_repo.root).scan()) == first
    assert cache.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize(
    "damage",
    [lambda _: None, lambda _: "text", lambda _: b"", lambda record: record[:-9], lambda record: flipped(record)],
)
def test_a_record_that_is_not_as_it_was_kept_is_none(
    fleet_repo: Work, isolated: Path, damage: Callable[[bytes], object]
) -> None:
    first = said(Workspace.open(fleet_repo.root).scan())
    (cache,) = isolated.rglob("readings.sqlite3")
    with closing(sqlite3.connect(cache, isolation_level=None)) as connection:
        rows = connection.execute("select key, record from records").fetchall()
        assert len(rows) >= 3
        connection.executemany(
            "update records set record = ? where key = ?", [(damage(record), key) for key, record in rows]
        )
    assert said(Workspace.open(fleet_repo.root).scan()) == first


def flipped(record: bytes) -> bytes:
    """A record with one bit of a text changed."""
    return record.replace(b"s3://", b"s2://") if b"s3://" in record else bytes((record[0] ^ 1,)) + record[1:]


def test_two_instances_at_a_time_and_none_at_all(
    fleet_repo: Work, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (isolated / "xdg_cache_home" / "rea-xcom-tui").mkdir(parents=True)
    other = sqlite3.connect(isolated / "xdg_cache_home" / "rea-xcom-tui" / "readings.sqlite3", isolation_level=None)
    other.execute("begin exclusive")
    first = said(Workspace.open(fleet_repo.root).scan())
    other.close()
    shutil.rmtree(isolated / "xdg_cache_home")
    monkeypatch.setenv("REA_XCOM_TUI_NO_CACHE", "1")
    assert said(Workspace.open(fleet_repo.root).scan()) == first
    assert not list(isolated.rglob("readings.sqlite3"))


def test_a_place_that_nobody_can_look_at_is_as_good_as_none(
    tmp_path: Path, fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a folder of another user's, which the tests may look at where root runs them; too long a name nobody can."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ("x" * 300)))
    assert shown(fleet_repo) == told(fleet_repo)
    assert open_fleet([fleet_repo.root], look=True).scan().deployments


def test_an_answer_of_another_day_is_none_whatever_has_become_of_its_day(tmp_path: Path) -> None:
    with closing(Cache(tmp_path / "readings.sqlite3")) as cache:
        before, later = Answers(b"place", 738_000), Answers(b"place", 738_001)
        names = [name_of(b"state")]
        assert list(before.keep(cache, names, [b"said"])) == [b"said"]
        assert list(before.find(cache, names) or ()) == [b"said"]
        (kept,) = (tmp_path / "answers").iterdir()
        data = bytearray(kept.read_bytes())
        data[7] ^= 1
        kept.write_bytes(data)
        assert later.known(cache) == tuple(names)
        assert later.find(cache, names) is None


def test_what_another_instance_kept_from_being_kept_is_kept_later(tmp_path: Path) -> None:
    place = tmp_path / "readings.sqlite3"
    with closing(Cache(place)) as cache:
        other = sqlite3.connect(place, isolation_level=None)
        other.execute("begin immediate")
        cache.put({b"a": Kept(b"1")}, 1)
        assert dict(cache.get([b"a"], 1)) == {}
        other.close()
        cache.put({b"b": Kept(b"2")}, 1)
        assert dict(cache.get([b"a", b"b"], 1)) == {b"b": b"2"}
    assert [one.name for one in tmp_path.iterdir()] == [place.name]


def test_an_instance_of_before_may_have_the_cache_open(tmp_path: Path) -> None:
    """It has all that is new in a log beside the file, until nobody has it open any more."""
    place = tmp_path / "readings.sqlite3"
    with closing(sqlite3.connect(place, isolation_level=None)) as before:
        before.execute("pragma journal_mode=wal")
        with closing(Cache(place)) as cache:
            before.execute("insert into records values (x'61', x'31', 1, 0)")
            cache.put({b"b": Kept(b"2")}, 1)
            assert dict(cache.get([b"b"], 1)) == {b"b": b"2"}
            assert before.execute("select count(*) from records").fetchone() == (2,)
    with closing(Cache(place)) as cache:
        assert dict(cache.get([b"b"], 1)) == {b"b": b"2"}
        assert [one.name for one in tmp_path.iterdir()] == [place.name]


def test_the_last_change_is_told_under_the_name_of_the_mailmap(fleet_repo: Work) -> None:
    def author() -> str:
        _, found = last_changes(fleet_repo.open(), [ETL])
        change = found[ETL]
        assert change is not None
        return change.author

    assert author() == "Ann"
    fleet_repo.write(".mailmap", "Annette <ann@example.com>\n")
    assert author() == "Annette"
    fleet_repo.write("other.mailmap", "Anna <ann@example.com>\n")
    fleet_repo.git("config", "mailmap.file", "other.mailmap")
    assert author() == "Anna"


def test_what_is_read_back_is_the_same_and_shares_what_is_equal(fleet_repo: Work) -> None:
    fleet = Workspace.open(fleet_repo.root).scan()
    assert len(fleet.deployments) > 1
    for deployment in fleet.deployments:
        record = to_record(deployment)
        again, other = from_record(record), from_record(record)
        assert again == deployment
        assert isinstance(again, Deployment)
        assert isinstance(other, Deployment)
        for name, reading in again.config.fields.items():
            if reading.place is not None:
                assert any(place is reading.place for place in reading.places)
                assert reading.place.address is other.field(name).places[reading.places.index(reading.place)].address
            elif not reading.places:
                assert reading is other.field(name)


def test_what_was_shown_first_is_looked_up_first(fleet_repo: Work, isolated: Path) -> None:
    """Files of other things may be thousands and named as values files are; the screen does not wait for them."""
    for number in range(30):
        fleet_repo.write(f"apps/app{number}/values.yaml", f"replicas: {number}\n")
    fleet_repo.git("add", "apps")
    fleet_repo.git("commit", "-qm", "Add apps")
    cold = Workspace.open(fleet_repo.root).scan()
    told: list[tuple[int, list[str]]] = []
    warm = Workspace.open(fleet_repo.root).scan(
        lambda done, total, new: told.append((done, sorted(one.id for one in new)))
    )
    assert warm.deployments == cold.deployments
    assert told[0] == (len(cold.deployments), sorted(cold.by_id))
