"""Files that have changed since the last commit are read once, not at every start."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest

from rea_xcom_tui.fleet.opening import open_fleet
from rea_xcom_tui.fleet.scan import changed, read, scan, views
from rea_xcom_tui.fleet.scan.workers import Task
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.reports.fleet_view import VIEW, showing_json
from rea_xcom_tui.reports.machine import fleet_json
from tests.work import FLEET, Work, values

ETL = "clusters/prod/billing/etl/values.yaml"
NEW = "clusters/prod/billing/new/values.yaml"


def said(work: Work) -> str:
    workspace = Workspace.open(work.root)
    workspace.scan()
    return fleet_json(workspace.fleet, workspace.fleet.deployments)


def shown(work: Work) -> str:
    workspace = open_fleet([work.root])
    showing = workspace.show(VIEW)
    assert showing is not None
    return "".join(part.decode() for part in showing_json(showing, None))


WAYS = pytest.mark.parametrize("told", [said, shown])


def change(work: Work) -> None:
    """One has another value, one is new, one is broken, and one that is nothing for us has changed too."""
    work.write(ETL, values("billing-etl", threshold="4096"))
    work.write(NEW, values("billing-new"))
    work.write(sorted(FLEET)[-1], "xcomBackend: [\n")
    work.write("notes.yaml", "a: 2\n")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    found: list[str] = []
    real = read.read_content

    def counted(file: str, *rest: object) -> object:
        found.append(file)
        return real(file, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(read, "read_content", counted)
    return found


def only_once_told(
    fleet_repo: Work,
    monkeypatch: pytest.MonkeyPatch,
    told: Callable[[Work], str],
    naming: Callable[..., list[Task]],
    before: str,
) -> None:
    """What a file becomes while files are named is told then, and no longer once it is again what it was."""
    with monkeypatch.context() as patch:
        for module in (scan, views):
            patch.setattr(module, "named_by_content", naming)
        assert "8192" in told(fleet_repo)
    fleet_repo.write(ETL, before)
    assert "8192" not in told(fleet_repo)
    assert "4096" in told(fleet_repo)


@WAYS
def test_they_are_read_once_and_known_also_when_they_are_committed(
    fleet_repo: Work, reads: list[str], monkeypatch: pytest.MonkeyPatch, told: Callable[[Work], str]
) -> None:
    fleet_repo.write("notes.yaml", "a: 1\n")
    fleet_repo.commit_all("notes")
    told(fleet_repo)
    change(fleet_repo)
    reads.clear()
    first = told(fleet_repo)
    assert sorted(reads) == sorted([ETL, NEW, sorted(FLEET)[-1], "notes.yaml"])
    dirty = {one["id"]: one["git"]["dirty"] for one in json.loads(first)["deployments"]}
    assert [dirty.pop(ETL), dirty.pop(NEW), any(dirty.values())] == [True, True, False]
    reads.clear()
    assert told(fleet_repo) == first
    assert reads == []
    fleet_repo.commit_all("all of it")
    committed = json.loads(told(fleet_repo))
    assert reads == []
    assert not any(one["git"]["dirty"] for one in committed["deployments"])
    monkeypatch.setenv("REA_XCOM_TUI_NO_CACHE", "1")
    assert committed == json.loads(told(fleet_repo))


@WAYS
def test_what_is_changed_while_it_is_read_is_not_taken_for_what_it_was(
    fleet_repo: Work, monkeypatch: pytest.MonkeyPatch, told: Callable[[Work], str]
) -> None:
    told(fleet_repo)
    fleet_repo.write(ETL, values("billing-etl", threshold="4096"))
    wanted = fleet_repo.read(ETL).decode()

    def then_saved(repository: object, tasks: Sequence[Task]) -> list[Task]:
        named = changed.named_by_content(repository, tasks)  # type: ignore[arg-type]
        fleet_repo.write(ETL, wanted.replace("4096", "8192"))
        return named

    only_once_told(fleet_repo, monkeypatch, told, then_saved, wanted)


@WAYS
def test_what_is_changed_once_git_has_seen_it_is_not_taken_for_what_git_saw(
    fleet_repo: Work, monkeypatch: pytest.MonkeyPatch, told: Callable[[Work], str]
) -> None:
    wanted = values("billing-etl", threshold="4096")
    fleet_repo.write(ETL, wanted)
    fleet_repo.commit_all("as it is wanted")

    def then_saved(repository: object, tasks: Sequence[Task]) -> list[Task]:
        fleet_repo.write(ETL, wanted.replace("4096", "8192"))  # as long as before
        return changed.named_by_content(repository, tasks)  # type: ignore[arg-type]

    only_once_told(fleet_repo, monkeypatch, told, then_saved, wanted)
