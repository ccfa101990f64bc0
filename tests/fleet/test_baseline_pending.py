"""Adopting and accepting as pending changes: seen at once, written, committed and undone like every edit."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.actions.adopt import adopt, adopt_fleet, ignore, widen
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.file import load_baseline
from rea_xcom_tui.fleet.drift.report import DriftReport, find_drift
from rea_xcom_tui.fleet.edit.overlay import snapshot
from rea_xcom_tui.fleet.edit.pending import Declare
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops.operations import OperationLog
from rea_xcom_tui.xcom.drift.baseline import Ignore
from tests.work import Work, make_work
from tests.work import values as agent

FLEET = {
    f"clusters/{env}/billing/{name}/values.yaml": agent(
        f"billing-{name}", path=f"s3://aws_xcom@billing-{env}-xcom/{name}", threshold="0" if env == "prod" else "65536"
    )
    for env in ("prod", "dev")
    for name in ("etl", "ml", "dwh", "crm", "ads")
}
ODD = "clusters/prod/billing/odd/values.yaml"
ETL = "clusters/prod/billing/etl/values.yaml"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    odd = agent("billing-odd", path="s3://aws_xcom@billing-prod-xcom/odd", threshold="4096")
    return make_work(tmp_path / "fleet", {**FLEET, ODD: odd})


def opened(work: Work) -> Workspace:
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace


def found(workspace: Workspace) -> DriftReport:
    return find_drift(snapshot(workspace), today=date(2026, 11, 22))


def differing(workspace: Workspace) -> dict[str, set[str]]:
    report = found(workspace)
    return {report.against: {f"{member.deployment}:{member.field}" for member in report.deviations}}


def test_adopting_the_fleet_says_briefly_what_it_is_and_nothing_drifts(work: Work) -> None:
    workspace = opened(work)
    assert differing(workspace) == {"majority": {f"{ODD}:threshold"}}
    adopt_fleet(workspace)
    assert work.status() == []
    assert differing(workspace) == {"baseline": set()}
    with pytest.raises(Refused, match="already"):
        adopt_fleet(workspace)
    workspace.write()
    assert work.read(BASELINE_FILE).decode().splitlines()[1:] == [
        "version: 1",
        "baseline:",
        '  "*":',
        "    backend: airflow.providers.common.io.xcom.backend.XComObjectStorageBackend",
        '    path: "s3://{team}-{env}-xcom/{short}"',
        "    compression: zip",
        '    identity: "arn:aws:iam::123456789012:role/etlAgent"',
        "    connection: aws_xcom",
        "  dev:",
        "    threshold: 65536",
        "  prod:",
        '    threshold: "0 or 4096"',
    ]
    assert differing(workspace) == {"baseline": set()}


def test_each_step_is_seen_undone_and_done_again(work: Work) -> None:
    workspace = opened(work)
    widen(workspace, found(workspace).deviations)
    assert differing(workspace) == {"baseline": set()}
    workspace.edit([ETL], "threshold", "7")
    assert differing(workspace) == {"baseline": {f"{ETL}:threshold"}}
    ignore(workspace, found(workspace).deviations, "it is tested")
    report = found(workspace)
    assert (report.causes, [one.ignore.reason for one in report.accepted]) == ((), ["it is tested"])
    assert workspace.undo() == f"accept threshold of {workspace.fleet.called(ETL)}"
    assert differing(workspace) == {"baseline": {f"{ETL}:threshold"}}
    workspace.undo()
    assert workspace.undo() == f"allow threshold of {workspace.fleet.called(ODD)} for the whole group"
    assert differing(workspace) == {"majority": {f"{ODD}:threshold"}}
    while workspace.redo():
        pass
    assert differing(workspace) == {"baseline": set()}
    assert workspace.pending.describe() == f"10 edits in 1 deployment and {BASELINE_FILE}"
    assert work.status() == []


def test_one_commit_holds_the_new_file_and_the_edits_and_undo_removes_it(work: Work) -> None:
    workspace = opened(work)
    work.write("notes.yaml", "mine: 1\n")
    widen(workspace, found(workspace).deviations)
    workspace.edit([ETL], "compression", "gzip")
    workspace.write()
    assert work.status() == [f" M {ETL}", f"?? {BASELINE_FILE}", "?? notes.yaml"]
    ignore(workspace, found(workspace).deviations, "it is tested")
    workspace.commit(workspace.commit_message())
    assert set(work.committed_files()) == {BASELINE_FILE, ETL}
    assert work.status() == ["?? notes.yaml"]
    assert work.git("log", "-1", "--format=%s").strip() == "xcom: set compression to gzip on billing-etl (prod)"
    assert f"{BASELINE_FILE}:\n" in work.git("log", "-1", "--format=%b")
    workspace.undo_write()
    workspace.undo_write()
    assert work.status() == [f" D {BASELINE_FILE}", f" M {ETL}", "?? notes.yaml"]


def test_a_file_made_in_an_earlier_session_is_committed_whole(work: Work) -> None:
    first = opened(work)
    adopt_fleet(first)
    first.write()
    second = opened(work)
    second.edit([ETL], "threshold", "7")
    ignore(second, found(second).deviations, "it is tested")
    second.commit("ours")
    assert set(work.committed_files()) == {BASELINE_FILE, ETL}
    assert work.status() == []


def test_an_untracked_file_of_the_users_is_not_committed(work: Work) -> None:
    work.write(BASELINE_FILE, "version: 1\n")
    workspace = opened(work)
    adopt_fleet(workspace)
    with pytest.raises(Refused, match="in no commit yet"):
        workspace.commit("ours")
    assert work.read(BASELINE_FILE) == b"version: 1\n"
    assert len(workspace.pending) == 7  # pending again


def test_a_refused_commit_takes_the_new_file_back(work: Work) -> None:
    work.hook("pre-commit", "exit 1")
    workspace = opened(work)
    adopt_fleet(workspace)
    with pytest.raises(Refused):
        workspace.commit("ours")
    assert work.status() == []
    assert differing(workspace) == {"baseline": set()}  # pending still


@pytest.mark.parametrize("made", [False, True])
@pytest.mark.parametrize("finish", [False, True])
def test_a_new_file_whose_write_was_cut_off_is_finished_or_taken_back(made: bool, finish: bool, work: Work) -> None:
    first = opened(work)
    adopt_fleet(first)
    plan, after = first.write(), work.read(BASELINE_FILE)
    journal = OperationLog(first.repository.git_dir)
    journal.mark(next(iter(journal.operations())), "writing")  # as if the write had been cut off
    assert plan.files[0].made
    if not made:
        (work.root / BASELINE_FILE).unlink()
    second = opened(work)
    assert second.cut_off() is not None
    if finish:
        second.finish_cut_off()
        assert work.read(BASELINE_FILE) == after
    else:
        second.undo_write()
        assert work.status() == []
    assert second.cut_off() is None


def test_what_the_user_has_changed_there_beside_it_stays_his(work: Work) -> None:
    lines = "".join(f"# {n}\n" for n in range(8))
    work.write(BASELINE_FILE, f"version: 1\n{lines}baseline:\n  prod:\n    threshold: 0\n")
    work.commit_all()
    changed = work.read(BASELINE_FILE).replace(b"# 0\n", b"# his\n")
    work.write(BASELINE_FILE, changed)
    workspace = opened(work)
    widen(workspace, found(workspace).deviations)
    workspace.commit("ours")
    assert work.changed_lines() == ["+  prod/aws:", "+    threshold: 0 or 4096"]
    assert work.status() == [f" M {BASELINE_FILE}"]


def test_a_file_that_has_changed_underneath_is_not_written_over(work: Work) -> None:
    workspace = opened(work)
    adopt_fleet(workspace)
    work.write(BASELINE_FILE, "version: 1\nbaseline: {prod: {threshold: 1}}\n")
    with pytest.raises(ToolError, match="changed underneath"):
        workspace.write()
    assert work.read(BASELINE_FILE) == b"version: 1\nbaseline: {prod: {threshold: 1}}\n"


def test_adopting_what_the_whole_group_has_replaces_the_old_value_and_nothing_else(work: Work) -> None:
    text = (
        "# ours\nversion: 1\nbaseline:\n  dev:   # all of them\n    threshold: {value: 1MiB, severity: error} # old\n"
    )
    work.write(BASELINE_FILE, text)
    workspace = opened(work)
    widen(workspace, found(workspace).deviations)
    workspace.write()
    said = load_baseline(work.root).for_group(("dev", "aws"))["threshold"]
    assert (said.choices, said.severity) == ((65536,), "error")
    assert work.read(BASELINE_FILE).decode().startswith(text)  # said for dev/aws, which is more special
    assert differing(workspace) == {"baseline": set()}


@pytest.mark.parametrize(
    ("said", "becomes"),
    [
        ("0..1k", '"0..4096"'),
        ("..2KiB", '"..4096"'),
        ("0", "0 or 4096"),
        ("{value: 0, severity: error}", "{value: 0 or 4096, severity: error}"),
        ("same", "0 or 4096"),
    ],
)
def test_adopting_beyond_what_is_said_widens_it(said: str, becomes: str, work: Work) -> None:
    work.write(BASELINE_FILE, f"version: 1\nbaseline:\n  prod/aws:\n    threshold: {said}\n")
    workspace = opened(work)
    widen(workspace, found(workspace).deviations)
    assert differing(workspace) == {"baseline": set()}
    workspace.write()
    assert work.read(BASELINE_FILE).decode() == f"version: 1\nbaseline:\n  prod/aws:\n    threshold: {becomes}\n"
    assert differing(workspace) == {"baseline": set()}


def test_an_ignore_is_one_more_entry_and_can_be_undone(work: Work) -> None:
    before = "version: 1\n# accepted for now\nignore:\n  - {deployment: x, field: path, reason: old}\n"
    work.write(BASELINE_FILE, before)
    workspace = opened(work)
    ignore(workspace, found(workspace).deviations, "it is tested", "Ana", date(2027, 1, 31))
    workspace.write()
    assert load_baseline(work.root).ignores[1] == Ignore(
        (ODD,), "threshold", "4096", "it is tested", "Ana", date(2027, 1, 31), 5
    )
    assert differing(workspace) == {"majority": set()}
    late = find_drift(workspace, today=date(2027, 2, 1))
    assert late.deployments == {ODD}
    assert "ended on 2027-01-31" in " ".join(notice.text for notice in late.notices)
    workspace.undo_write()
    assert work.read(BASELINE_FILE).decode() == before


def test_many_are_accepted_in_one_entry_and_those_that_nothing_needs_are_named(work: Work) -> None:
    """An entry for each made a list that nobody could read, and soon one too long to be edited."""
    odd = [f"agents/prod/billing/odd[{number}]/values.yaml" for number in range(3)]
    for file in odd:
        work.write(file, work.read(ODD))
    work.write(BASELINE_FILE, "version: 1\nbaseline:\n  prod: {threshold: 0}\n")
    workspace = opened(work)
    ignore(workspace, found(workspace).deviations, "the partner needs it")
    workspace.write()
    after = work.read(BASELINE_FILE).decode().partition("ignore:\n")[2]
    ids = "".join(f"      - {id_}\n" for id_ in [*odd, ODD])
    assert after.startswith(f"  - deployment:\n{ids}    field: threshold\n    actual: ")
    report = found(workspace)
    assert (report.causes, len(report.accepted)) == ((), 4)
    workspace.edit(odd[:1], "threshold", "0")
    assert [notice.text for notice in found(workspace).notices if notice.kind == "ignore"] == [
        f"the ignore of threshold (line 5) no longer accepts anything for {odd[0]}; remove that part of it"
    ]


def test_an_ignore_needs_a_reason(work: Work) -> None:
    workspace = opened(work)
    with pytest.raises(Refused, match="reason"):
        ignore(workspace, found(workspace).deviations, " ")
    with pytest.raises(Refused, match=r"1001 deviations .* one entry there whose deployment has a \*"):
        ignore(workspace, found(workspace).deviations * 1001, "too many")


def test_read_only_makes_nothing_pending(work: Work) -> None:
    workspace = Workspace.open(work.root, read_only=True)
    workspace.scan()
    with pytest.raises(Refused, match="read-only"):
        adopt_fleet(workspace)
    assert not len(workspace.pending)


def test_outside_of_a_sparse_checkout_nothing_counts_and_that_is_told(work: Work) -> None:
    """Files that git knows and the disk has not were deployments or unreadable, by what the cache remembered."""
    work.write(BASELINE_FILE, "version: 1\nbaseline: {prod: {threshold: 0}}\n")
    work.commit_all()
    work.git("sparse-checkout", "set", "--no-cone", "/clusters/prod/")
    fleet = opened(work).fleet
    assert {one.env for one in fleet.deployments} == {"prod"}
    assert fleet.unreadable == ()
    assert fleet.notices[0].startswith("6 files outside of the sparse checkout left out, such as .rea-xcom.yaml")
    assert "what it declares does not count" in fleet.notices[1]


def test_adopting_a_member_accepts_that_member_and_says_nothing_of_anybody_else(work: Work) -> None:
    workspace = Workspace.open(work.root)
    workspace.scan()
    odd = found(workspace).deviations
    assert {one.deployment for one in odd} == {ODD}
    adopt(workspace, odd)
    assert [edit.statement.deployments for edit in workspace.pending.edits if isinstance(edit, Declare)] == [(ODD,)]
    assert not found(workspace).deviations
    workspace.write()
    said = (work.root / ".rea-xcom.yaml").read_text()
    assert said.count("deployment:") == 1
    assert "baseline:" not in said
    # Another one that moves there still differs.
    other = next(d.id for d in workspace.fleet.deployments if d.id != ODD)
    workspace.edit([other], "threshold", str(workspace.deployment(ODD).field("threshold").value))
    assert {one.deployment for one in found(workspace).deviations} == {other}
