"""A preview is a dry run of the exact edits, and rules judge what will be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.fleet.edit import many, rehearsal
from rea_xcom_tui.fleet.edit.outlook import outlook
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.edit.rehearsal import rehearse
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.workspace import Workspace
from tests.cli.run import Cli
from tests.work import Work, make_work, values

NAMES = ("a", "b", "c")


def file_of(name: str) -> str:
    return f"clusters/prod/{name}/values.yaml"


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    files = {file_of(name): values(name, path=f"s3://bucket-{name}/xcom") for name in NAMES}
    files[file_of("shared")] = (
        "x: &p\n" + values("shared").replace('value: "1048576"', 'value: &t "1048576"') + ("other: *t\n")
    )
    return make_work(tmp_path / "repo", files)


@pytest.fixture
def workspace(repo: Work) -> Workspace:
    workspace = Workspace.open(repo.root)
    workspace.scan()
    return workspace


def test_what_the_preview_calls_a_change_is_what_is_made(workspace: Workspace) -> None:
    ids = [deployment.id for deployment in workspace.fleet.deployments]
    seen = rehearse(workspace, ids, "threshold", "2MiB")
    assert seen.counts() == {"change": 3, "refused": 1}
    refused = next(preview for preview in seen.previews if preview.outcome == "refused")
    assert refused.name == "shared"
    assert "anchor" in refused.reason
    assert not len(workspace.pending)
    step, refusals = workspace.edit([p.id for p in seen.previews if p.outcome == "change"], "threshold", "2MiB")
    assert step is not None
    assert len(step.after) == 3
    assert not refusals
    assert not workspace.plan().refused


def test_the_first_rows_are_told_before_the_others_are_looked_at(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    told: list[tuple[int, int]] = []
    evaluated = workspace.evaluated

    def evaluate(deployment: Deployment, *asked: Any) -> SetField:
        looked.append(deployment.id)
        return evaluated(deployment, *asked)

    monkeypatch.setattr(workspace, "evaluated", evaluate)
    monkeypatch.setattr(rehearsal, "_FIRST", 2)
    ids = [deployment.id for deployment in workspace.fleet.deployments]
    rehearse(workspace, ids, "threshold", "2MiB", glimpse=lambda seen: told.append((len(seen.previews), len(looked))))
    assert told == [(2, 2), (4, 4)]


def test_a_proof_that_is_not_wanted_any_more_ends_while_it_waits_for_child_processes(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = False

    def in_processes(work: object, pieces: object, count: int, waiting: Callable[[], None]) -> Iterator[object]:
        nonlocal waits
        waits = True
        waiting()
        yield from ()

    def progress(done: int, total: int) -> None:
        if waits:
            raise LookupError("typed on")

    monkeypatch.setattr(many, "_MANY", 2)
    monkeypatch.setattr(many, "_processes", lambda files: 2)
    monkeypatch.setattr(many, "in_processes", in_processes)
    with pytest.raises(LookupError, match="typed on"):
        rehearse(workspace, [file_of(name) for name in NAMES], "threshold", "2MiB", progress=progress)


def test_edits_onto_one_place_are_judged_before_they_are_written(workspace: Workspace) -> None:
    ids = [file_of(name) for name in NAMES]
    seen = rehearse(workspace, ids, "path", "gs://one-bucket/xcom")
    codes = {told.finding.code for told in seen.outlook.adds}
    assert "XC220" in codes, "that all write to one place is seen by the whole fleet only"
    assert {told.deployment for told in seen.outlook.adds if told.finding.code == "XC220"} == set(ids)
    assert seen.outlook.sentence().startswith("would add ")
    assert seen.outlook.without(ids).sentence() == "", "nothing is foretold of what is left out"


def test_what_an_edit_removes_is_told_upon_what_is_pending(workspace: Workspace) -> None:
    ids = [file_of(name) for name in NAMES]
    workspace.edit(ids, "path", "gs://one-bucket/xcom")
    first = outlook(workspace, workspace.plan().files)
    assert any(told.finding.code == "XC220" for told in first.adds)
    back = rehearse(workspace, ids, "path", "unset")
    assert not any(told.finding.code == "XC220" for told in back.outlook.adds)
    assert {told.deployment for told in back.outlook.removes if told.finding.code == "XC220"} == set(ids)


def test_a_dry_run_tells_the_findings(repo: Work, capsys: pytest.CaptureFixture[str]) -> None:
    ran = Cli(capsys, repo.root)("set", "path=gs://one-bucket/xcom", "--where", "name:a,b,c")
    assert ran.code == 0
    assert "would add " in ran.out
    assert f"  adds warning XC220 {file_of('a')}: " in ran.out or f"  adds info XC220 {file_of('a')}: " in ran.out


def test_many_are_proved_when_they_are_made(tmp_path: Path) -> None:
    files = {file_of(f"n{at}"): values(f"n{at}") for at in range(25)}
    odd = values("odd").replace('value: "1048576"', 'value: &t "1048576"') + "other: *t\n"
    work = make_work(tmp_path / "many", {**files, file_of("odd"): odd})
    workspace = Workspace.open(work.root)
    workspace.scan()
    step, refusals = workspace.edit([d.id for d in workspace.fleet.deployments], "threshold", "2MiB")
    assert step is not None
    assert [refusal.deployment for refusal in refusals] == [file_of("odd")]
    assert len(step.after) == 25
