from __future__ import annotations

import re
import shutil
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks.drift_truth import make
from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.actions.adopt import adopt_fleet, widen
from rea_xcom_tui.fleet.actions.repair import set_all_right
from rea_xcom_tui.fleet.drift.releases import Release
from rea_xcom_tui.fleet.drift.report import compare, drifted_fields, find_drift
from rea_xcom_tui.fleet.drift.since import find_since
from rea_xcom_tui.fleet.edit.overlay import snapshot
from rea_xcom_tui.fleet.edit.row import drift_rows
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.teams import team_and_short_name
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.samples.demo import lay_out, samples
from rea_xcom_tui.xcom.drift import Deviation, majority_deviations
from rea_xcom_tui.xcom.model import Configuration
from tests.work import Work, make_work, values

PLANTED = tomllib.loads((Path(__file__).parents[2] / "sample_repos/planted.toml").read_text("utf-8"))
PLAIN = [sample for sample in samples() if "deployment" in PLANTED[sample]]


def opened(root: Path) -> Workspace:
    workspace = Workspace.open(root)
    workspace.scan()
    return workspace


@pytest.fixture
def demo(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    # Laying out a history takes a second, copying it none.
    laid_out = tmp_path_factory.getbasetemp() / "drifting-demo"
    if not laid_out.exists():
        lay_out(directory=laid_out)
    return opened(Path(shutil.copytree(laid_out, tmp_path / "demo")))


@pytest.mark.parametrize("sample", PLAIN)
def test_the_planted_causes_are_found_and_no_others(sample: str, tmp_path: Path) -> None:
    workspace = opened(lay_out(sample, tmp_path / sample))
    planted: dict[str, set[tuple[str, str]]] = {}
    for entry in PLANTED[sample]["planted"]:
        if entry["kind"] == "drift":
            planted.setdefault(entry["cause"], set()).add((entry["file"], entry["field"]))
    found = [{(m.deployment, m.field) for m in cause.members} for cause in find_drift(workspace).causes]
    assert sorted(map(sorted, found)) == sorted(map(sorted, planted.values()))
    assert drifted_fields(workspace.fleet).keys() == {file for cause in planted.values() for file, _ in cause}


def test_a_cause_is_set_right_in_one_step_with_one_line_for_each_member(demo: Workspace) -> None:
    for cause in find_drift(demo).causes:
        step, refusals = set_all_right(demo, cause.members)
        assert step is not None
        assert refusals == []
        assert {key[0] for key in step.after} == set(cause.deployments)
        plan = demo.plan()
        for file in plan.files:
            before, after = file.before.split(b"\n"), file.after.split(b"\n")
            assert sum(one != other for one, other in zip(before, after, strict=True)) == 1
        demo.undo()
        assert len(demo.pending) == 0


def test_after_all_is_set_right_nothing_differs(demo: Workspace) -> None:
    _, refusals = set_all_right(demo, find_drift(demo).deviations)
    assert refusals == []
    demo.write()
    demo.scan()
    assert find_drift(demo).causes == ()
    assert drifted_fields(demo.fleet) == {}


def test_one_member_can_be_set_right_alone(demo: Workspace) -> None:
    cause = next(cause for cause in find_drift(demo).causes if len(cause.deployments) > 1)
    step, _ = set_all_right(demo, [cause.members[1]])
    assert step is not None
    assert list(step.after) == [(cause.deployments[1], cause.field)]


def test_a_query_limits_what_is_told_but_not_what_is_compared(demo: Workspace) -> None:
    whole = find_drift(demo)
    one = whole.causes[1].deployments[0]
    report = find_drift(demo, only=[one])
    assert report.deployments == {one}
    assert report.compared == 1


def test_since_and_by_whom_agree_with_git_log_of_the_line(demo: Workspace) -> None:
    report = find_drift(demo)
    since = find_since(demo.repository, demo.fleet, report.deviations)
    work = Work(demo.root)
    assert len(report.deviations) == 8
    for member in report.deviations:
        reading = demo.fleet.by_id[member.deployment].field(member.field)
        assert reading.place is not None
        span = f"-L{reading.place.line},{reading.place.line}:{member.deployment}"
        newest, author = work.git("log", "-1", "-s", "--format=%H %an", span).strip().split(" ", 1)
        found = since[member.deployment, member.field]
        assert (found.commit, found.author) == (newest, author)


ETL = "clusters/prod/billing/etl/values.yaml"


def test_since_follows_the_value_and_not_its_line(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {ETL: values("billing-etl", threshold="0")})
    work.write(ETL, values("billing-etl", threshold="4096"))
    brought = work.commit_all("bring the value")
    work.write(ETL, "# moved\n\n" + values("billing-etl", threshold="4096").replace('"4096"', "'4096'  # quoted"))
    work.commit_all("move, quote and comment the line")
    work.git("mv", "clusters/prod/billing/etl", "clusters/prod/billing/etl2")
    work.git("commit", "-q", "-m", "rename")
    workspace = opened(work.root)
    (deployment,) = workspace.fleet.deployments
    report = find_drift(workspace, "HEAD~3")
    assert report.causes == ()
    assert [notice.kind for notice in report.notices] == ["no row", "no row"]
    deviations = threshold_of(deployment.id)
    assert find_since(workspace.repository, workspace.fleet, deviations)[deployment.id, "threshold"].commit == brought


def threshold_of(id_: str) -> list[Deviation]:
    return [Deviation(id_, "threshold", "", 0, 4096, 4096, None, "warning", "")]


def test_since_goes_through_a_merge_to_the_commit_that_was_merged(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {ETL: values("billing-etl", threshold="0")})
    work.git("switch", "-q", "-c", "side")
    work.write(ETL, values("billing-etl", threshold="4096"))
    brought = work.commit_all("bring the value")
    work.git("switch", "-q", "main")
    work.write(ETL, values("billing-etl", threshold="0") + "# more\n# and more\n")
    work.commit_all("something else in the same file")
    work.git("merge", "-q", "--no-edit", "side")
    workspace = opened(work.root)
    found = find_since(workspace.repository, workspace.fleet, threshold_of(ETL))
    assert found[ETL, "threshold"].commit == brought


def test_what_is_not_committed_has_no_since(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {ETL: values("billing-etl", threshold="0")})
    work.write(ETL, values("billing-etl", threshold="4096"))
    workspace = opened(work.root)
    assert find_since(workspace.repository, workspace.fleet, threshold_of(ETL)) == {}


def test_a_revision_is_compared_field_by_field(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {ETL: values("billing-etl"), "a/gone.yaml": values("gone")})
    work.write(ETL, values("billing-etl", compression=None))
    (work.root / "a/gone.yaml").unlink()
    work.commit_all("change")
    report = find_drift(opened(work.root), "HEAD~1")
    (cause,) = report.causes
    assert (cause.field, cause.expected, cause.actual) == ("compression", "zip", None)
    assert [notice.text for notice in report.notices] == ["no longer here, but in HEAD~1: 1 deployment: a/gone.yaml"]


def test_the_baseline_of_a_revision_is_its_own(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {ETL: values("billing-etl"), ".rea-xcom.yaml": "version: 1\n"})
    work.write(".rea-xcom.yaml", "version: 1\nbaseline: {prod: {threshold: 0}}\n")
    work.commit_all("declare")
    workspace = opened(work.root)
    assert drifted_fields(workspace.fleet).keys() == {ETL}
    workspace.scan(ref="HEAD~1")
    assert find_drift(workspace).against == "majority"
    assert drifted_fields(workspace.fleet) == {}


@pytest.mark.parametrize(
    ("against", "why"),
    [
        ("nowhere", "nowhere"),
        ("baseline", "declares no baseline"),
        ("deployment:nobody", "no deployment 'nobody'"),
        ("releases:/does/not/exist", "no folder"),
    ],
)
def test_something_that_is_not_there_is_told(against: str, why: str, fleet_repo: Work) -> None:
    with pytest.raises(ToolError, match=re.escape(why)):
        find_drift(opened(fleet_repo.root), against)


def test_deployments_side_by_side_differing_fields_first(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo.root)
    ids = [d.id for d in workspace.fleet.deployments if d.env == "prod"]
    rows = compare(workspace.fleet, ids)
    assert rows[0].field == "threshold"
    assert [row.differs for row in rows] == [True, False, False, False, False, False]
    assert [reading.value for reading in rows[0].readings] == [1048576, 0]
    assert rows[0].places == tuple(f"{id_}:13" for id_ in ids)
    with pytest.raises(ToolError, match="not a deployment"):
        compare(workspace.fleet, ["nobody"])


@pytest.mark.parametrize(
    ("file", "name", "env", "team", "short"),
    [
        ("clusters/prod/billing/etl/values.yaml", "billing-etl", "prod", "billing", "etl"),
        ("clusters/prod/billing/etl/values.yaml", "etl", "prod", "billing", "etl"),
        ("agents/prod/core-data-etl.yaml", "core-data-etl", "prod", None, "core-data-etl"),
        ("environments/dev/intake/agent-values.yaml", "claims-intake", "dev", "claims", "intake"),
        ("warehouse/values-prod.yaml", "shop-warehouse", "prod", "shop", "warehouse"),
        ("values.yaml", "values", None, None, "values"),
        ("prod-eu/crm/apps/sync/values.yaml", "sync", "prod", "crm", "sync"),
    ],
)
def test_team_and_short_name(file: str, name: str, env: str | None, team: str | None, short: str) -> None:
    deployment = Deployment(file, name, env, None, file, Configuration({}, "none"))
    assert team_and_short_name(deployment) == (team, short)


def test_two_thousand_deployments_are_compared_at_once() -> None:
    deployments = make(2_000, 2).deployments
    started = time.process_time()
    majority_deviations(drift_rows(deployments))
    assert time.process_time() - started < 1  # of CPU; about 0.1 s on a quiet machine


def test_an_empty_fleet_has_no_drift(tmp_path: Path) -> None:
    assert drifted_fields(Fleet(tmp_path, None, None)) == {}


def members(workspace: Workspace) -> set[tuple[str, str]]:
    return {(m.deployment, m.field) for m in find_drift(snapshot(workspace)).deviations}


@pytest.mark.parametrize("sample", PLAIN)
def test_adopting_a_whole_sample_leaves_no_drift_and_adopting_a_cause_takes_just_that_away(
    sample: str, tmp_path: Path
) -> None:
    workspace = opened(lay_out(sample, tmp_path / sample))
    before = find_drift(workspace)
    adopt_fleet(workspace)
    assert find_drift(snapshot(workspace)).against == "baseline"
    assert members(workspace) == set()
    workspace.undo()
    for cause in before.causes:
        widen(workspace, cause.members)
        left = {(m.deployment, m.field) for other in before.causes if other is not cause for m in other.members}
        assert members(workspace) == left, cause
        workspace.undo()
    for cause in before.causes:
        widen(workspace, cause.members)
    assert members(workspace) == set()


def test_a_cluster_is_asked_in_the_namespaces_of_the_deployments_or_in_others(
    fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[tuple[str, ...], str | None]] = []

    def running(namespaces: Sequence[str], context: str | None) -> list[Release]:
        asked.append((tuple(namespaces), context))
        return []

    monkeypatch.setattr("rea_xcom_tui.fleet.drift.cluster.running_releases", running)
    workspace = opened(fleet_repo.root)
    for against in ("cluster", "cluster:arn:aws:eks:eu-west-1:1:cluster/x", "cluster:kind@kind#a,b", "cluster:#a"):
        find_drift(workspace, against)
    own = ("billing-etl-ns", "billing-ml-ns", "crm-sync-ns")
    context = "arn:aws:eks:eu-west-1:1:cluster/x"
    assert asked == [(own, None), (own, context), (("a", "b"), "kind@kind"), (("a",), None)]
