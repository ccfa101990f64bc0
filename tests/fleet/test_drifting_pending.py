"""A comparison before anything is written sees the fleet as it will be."""

from __future__ import annotations

from rea_xcom_tui.fleet.drift.report import find_drift
from rea_xcom_tui.fleet.edit.overlay import snapshot
from rea_xcom_tui.fleet.edit.row import with_edits
from rea_xcom_tui.fleet.workspace import Workspace
from tests.work import Work

ETL = "clusters/prod/billing/etl/values.yaml"


def opened(repo: Work) -> Workspace:
    workspace = Workspace.open(repo.root)
    workspace.scan()
    return workspace


def test_pending_values_count_as_set_and_the_fleet_itself_stays(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo)
    workspace.edit([ETL], "threshold", "2 MiB")
    workspace.unset([ETL], "compression")
    taken = snapshot(workspace)
    assert taken.fleet.by_id[ETL].field("threshold").value == 2097152
    assert taken.fleet.by_id[ETL].field("compression").state == "unset"
    assert workspace.fleet.by_id[ETL].field("threshold").value == 1048576
    workspace.undo()
    workspace.undo()
    assert snapshot(workspace).fleet is workspace.fleet


def test_a_path_brings_its_connection_and_a_connection_its_path(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo)
    workspace.edit([ETL], "path", "s3://other@bucket/x")
    assert snapshot(workspace).fleet.by_id[ETL].field("connection").value == "other"
    workspace.undo()
    workspace.edit([ETL], "path", "gs://bucket/x")
    taken = snapshot(workspace).fleet.by_id[ETL]
    assert (taken.field("connection").value, taken.config.cloud) == (None, "gcp")
    workspace.undo()
    workspace.edit([ETL], "connection", "third")
    fleet = with_edits(workspace.fleet, workspace.pending.edits)
    assert fleet.by_id[ETL].field("path").value == "s3://third@team-xcom/etl"


def test_a_snapshot_is_compared_with_a_revision(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo)
    workspace.edit([ETL], "threshold", "2 MiB")
    causes = find_drift(snapshot(workspace), "HEAD").causes
    assert [(cause.field, cause.expected, cause.actual) for cause in causes] == [("threshold", 1048576, 2097152)]
    assert find_drift(workspace, "HEAD").causes == ()
