"""What is shown first at a start is known before all of the repo is looked through."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.fleet.model import Item
from rea_xcom_tui.fleet.opening import open_fleet
from rea_xcom_tui.fleet.scan import first, pool, scan, workers
from rea_xcom_tui.fleet.scan import tasks as tasks_module
from rea_xcom_tui.fleet.scan.cache import Cache
from rea_xcom_tui.fleet.scan.first import _SAMPLE, _STRETCHES, is_new
from rea_xcom_tui.fleet.scan.scan import _SCREENFUL
from rea_xcom_tui.fleet.scan.workers import Convoy, Task, read_tasks
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops import Look, Repository, work_tree
from rea_xcom_tui.gitops.listing import Listing, index_listing, index_listing_of
from rea_xcom_tui.user.cached import NO_CACHE, cache_path
from tests.work import Work, make_work, values

APPLICATION = """kind: Application
metadata: {name: one}
spec:
  source: {repoURL: https://git.example.com/fleet.git, path: chart, helm: {valueFiles: [../prod/d00/values.yaml]}}
  destination: {namespace: one}
"""
NAMES = ("a", "b\tc", "c/d", "é", "z z")


def test_a_few_files_are_found_in_a_listing_as_in_all_of_it(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {f"{name}/values.yaml": values("one") for name in NAMES})
    work.write("c/values.yaml", values("two").encode())
    work.git("add", "-A")
    listed = work.open().look().listed
    whole = {entry.path: entry for entry in index_listing(listed).entries}
    assert len(whole) == len(NAMES) + 1
    for paths in ([*whole], [*whole][::2], ["gone.yaml", *whole], ["c/values.yaml", "é/values.yaml", "zz"], []):
        found = index_listing_of(listed, paths).entries
        assert {entry.path: entry for entry in found if entry.path in paths} == {
            path: whole[path] for path in paths if path in whole
        }
        assert all(whole[entry.path] == entry for entry in found), "nothing but what is there"


def test_what_was_shown_first_is_told_before_the_whole_index_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = make_work(tmp_path / "repo", {f"prod/{name}/values.yaml": values(name) for name in ("one", "two")})
    Workspace.open(work.root).scan()
    happened: list[str] = []

    def read(output: bytes) -> Listing:
        happened.append("read")
        return index_listing(output)

    monkeypatch.setattr(work_tree, "index_listing", read)
    workspace = Workspace.open(work.root)
    workspace.scan(lambda done, total, new: happened.extend(one.name for one in new))
    assert sorted(happened[:2]) == ["one", "two"]
    assert happened[2:] == ["read"]
    assert [one.name for one in workspace.fleet.deployments] == ["one", "two"]


def test_the_first_screenful_is_told_as_soon_as_it_is_read(tmp_path: Path) -> None:
    files = {f"prod/d{number:02d}/values.yaml": values(f"d{number:02d}") for number in range(_SCREENFUL + 5)}
    work = make_work(tmp_path / "repo", files)
    told: list[tuple[int, int]] = []
    Workspace.open(work.root).scan(lambda done, total, new: told.append((done, len(new))) if new else None)
    assert told[0] == (_SCREENFUL, _SCREENFUL)
    assert sum(new for _, new in told) == len(files)


def test_a_repo_is_new_until_it_has_been_read(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {"prod/one/values.yaml": values("one")})
    reading = Workspace.open(work.root).reading()
    for new in (True, False):
        with closing(Cache(cache_path())) as cache:
            assert is_new(work.open().root, reading, cache) is new
        Workspace.open(work.root).scan()


def test_files_like_those_with_deployments_are_read_before_the_others_that_are_named_as_values(tmp_path: Path) -> None:
    apps = {f"apps/a{number:03d}/values.yaml": "replicas: 1\n" for number in range(3 * _STRETCHES)}
    agents = {f"clusters/c{number:03d}/values.yaml": values(f"c{number:03d}") for number in range(_STRETCHES)}
    work = make_work(tmp_path / "repo", {**apps, **agents, "zz/late.yaml": "replicas: 1\n"})
    told: list[int] = []
    fleet = Workspace.open(work.root).scan(lambda done, total, new: told.append(done) if new else None)
    assert told[0] <= 1 + _STRETCHES + _SCREENFUL, "one other file and one of each stretch, but not all of the apps"
    assert [one.file for one in fleet.deployments] == [*agents]


def test_no_row_is_told_before_what_may_tell_of_layers_is_read(tmp_path: Path) -> None:
    files = {f"prod/d{number:02d}/values.yaml": values(f"d{number:02d}") for number in range(3 * _STRETCHES)}
    work = make_work(tmp_path / "repo", {**files, "zz/app.yaml": APPLICATION})
    happened: list[str] = []
    workspace = Workspace.open(work.root)
    layers = workspace.scan(lambda done, total, new: happened.extend(one.id for one in new)).layouts
    assert layers is not None, "which were looked for at once"
    assert "prod/d00/values.yaml" not in happened or "prod/d00/values.yaml" in workspace.fleet.by_id


@pytest.mark.parametrize("layered", [False, True])
def test_few_files_in_one_of_several_repos_are_read_without_a_wait_in_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layered: bool
) -> None:
    roots = []
    for name in ("one", "two"):
        files = {f"prod/d{number:02d}/values.yaml": values(f"{name}{number}") for number in range(3 * _STRETCHES)}
        files |= {f"prod/d{number:02d}/notes.yaml": f"name: {name}\n" for number in range(_STRETCHES)}
        files |= {"zz/app.yaml": f"{APPLICATION}# {name}\n"} if layered else {}
        roots.append(make_work(tmp_path / name, files).root)
    together = open_fleet(roots)
    reads: list[int] = []
    read = Convoy.read

    def counted(convoy: Convoy, work: Any, pieces: Any, files: int) -> Any:
        reads.append(files)
        return read(convoy, work, pieces, files)

    monkeypatch.setattr(Convoy, "read", counted)
    happened: list[str] = []
    fleet = together.scan(lambda done, total, new: happened.extend(one.id for one in new))
    assert len([many for many in reads if many]) == (6 if layered else 4)
    assert set(happened) <= {one.id for one in fleet.deployments}, "no row is told that is none"
    alone = [(one.file, one.config) for one in Workspace.open(roots[0]).scan().deployments]
    assert [(one.file, one.config) for one in together.members["one"].fleet.deployments] == alone


@pytest.mark.parametrize("stretches", [1, 2, 3, 1000])
def test_the_order_of_reading_changes_nothing(
    fleet_repo: Work, monkeypatch: pytest.MonkeyPatch, stretches: int
) -> None:
    expected = Workspace.open(fleet_repo.root).scan()
    monkeypatch.setenv(NO_CACHE, "1")
    monkeypatch.setattr(first, "_STRETCHES", stretches)
    told: list[str] = []
    found = Workspace.open(fleet_repo.root).scan(lambda done, total, new: told.extend(one.id for one in new))
    assert (found.deployments, found.unreadable) == (expected.deployments, expected.unreadable)
    assert len(told) == len(set(told))


def test_of_a_repo_of_which_nothing_is_known_only_some_files_are_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {f"prod/d{number:03d}/values.yaml": values(f"d{number:03d}") for number in range(3 * _SAMPLE)}
    work = make_work(tmp_path / "repo", files)
    sized: list[str] = []
    read: list[str] = []

    def size_of(root: Path, file: str) -> int:
        sized.append(file)
        return (root / file).stat().st_size

    def reading(repository: Repository, tasks: Sequence[Task], *args: Any) -> Iterator[Item]:
        read.extend(task.file for task in tasks)
        return read_tasks(repository, tasks, *args)

    monkeypatch.setattr(tasks_module, "size_of", size_of)
    monkeypatch.setattr(scan, "read_tasks", reading)
    expected = Workspace.open(work.root).scan()
    assert len(sized) == _SAMPLE
    assert sorted(read) == sorted(files)
    read.clear()
    assert Workspace.open(work.root).scan().deployments == expected.deployments
    assert read == [], "they were kept under the sizes that were read"
    shutil.copytree(work.root, tmp_path / "elsewhere")
    again = Workspace.open(tmp_path / "elsewhere").scan()
    assert [one.id for one in again.deployments] == [one.id for one in expected.deployments]
    assert read == [], "some of them tell that the cache knows them from elsewhere"


@pytest.mark.parametrize(("shared", "known"), [(1, False), (4, False), (9, True), (60, True)])
def test_what_two_repos_happen_to_share_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shared: int, known: bool
) -> None:
    """Of a few, it would take longer to find out which they are."""
    monkeypatch.setattr(first, "_SAMPLE", 60)
    works = [
        make_work(
            tmp_path / name,
            {f"prod/d{n:02d}/values.yaml": values(f"d{n:02d}" if n < shared else f"{name}{n}") for n in range(60)},
        )
        for name in ("one", "two")
    ]
    Workspace.open(works[0].root).scan()
    ask, told = Look.ask_conversions, list[str]()

    def asked(self: Look) -> None:
        told.append("which git converts")
        ask(self)

    monkeypatch.setattr(Look, "ask_conversions", asked)
    seen: list[str] = []
    workspace = Workspace.open(works[1].root)
    workspace.asked = workspace.repository.look(conversions=False)
    found = workspace.scan(lambda done, total, new: seen.extend(one.id for one in new))
    assert sorted(seen) == [one.id for one in found.deployments]
    assert bool(told) is known, "what is kept is of use only where git converts nothing"
    monkeypatch.setenv(NO_CACHE, "1")
    expected = Workspace.open(works[1].root).scan()
    assert (found.deployments, found.unreadable) == (expected.deployments, expected.unreadable)


def test_the_processes_that_read_a_large_repo_start_when_none_of_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = make_work(tmp_path / "repo", {"prod/one/values.yaml": values("one")})
    work.git("worktree", "add", "-q", str(tmp_path / "other"))
    monkeypatch.setattr(workers, "_processes", lambda files: 1)
    for root in (work.root, tmp_path / "other"):
        for new in (True, False):
            with pool.no_longer_ahead():
                first.start_readers(root)
                assert pool.is_ahead() is new
            Workspace.open(root).scan()
    (work.root / ".rea-xcom-tui.toml").write_text("[")
    first.start_readers(work.root)
    first.start_readers(tmp_path)
    for told in (b"gitdir: \xff", b"gitdir: \0", b"", b"\xff" * 10_000):
        odd = tmp_path / f"odd{len(told)}{told[-1:].hex()}"
        odd.mkdir()
        (odd / ".git").write_bytes(told)
        first.start_readers(odd)
    assert not pool.is_ahead()
