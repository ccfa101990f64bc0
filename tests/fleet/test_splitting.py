from __future__ import annotations

from rea_xcom_tui.fleet.actions import SplitBy
from rea_xcom_tui.fleet.actions.repair import set_all_right
from rea_xcom_tui.fleet.actions.split import commit_parts, split
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.commit import CommitOptions
from rea_xcom_tui.xcom.drift import Deviation
from rea_xcom_tui.xcom.drift.model import Target
from tests.work import Work

ETL = "clusters/prod/billing/etl/values.yaml"
ML = "clusters/prod/billing/ml/values.yaml"
CRM = "clusters/dev/crm/sync/values.yaml"


def opened(work: Work) -> Workspace:
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace


def edited(work: Work) -> Workspace:
    """Two fields of one file, and the same fields of two others."""
    workspace = opened(work)
    workspace.edit([ETL, CRM], "threshold", "4096")
    workspace.edit([ETL, ML], "compression", "gzip")
    return workspace


def subjects(work: Work) -> list[str]:
    return work.git("log", "--format=%s", "--reverse").splitlines()[1:]


def names(workspace: Workspace, by: SplitBy) -> dict[str, list[str]]:
    return {
        part.name: [f"{e.deployment.split('/')[-2]} {e.field}" for e in part.edits] for part in split(workspace, by)
    }


def test_by_field_by_environment_and_by_team(fleet_repo: Work) -> None:
    workspace = edited(fleet_repo)
    assert names(workspace, "field") == {
        "threshold": ["etl threshold", "sync threshold"],
        "compression": ["etl compression", "ml compression"],
    }
    assert names(workspace, "env") == {
        "prod": ["etl threshold", "etl compression", "ml compression"],
        "dev": ["sync threshold"],
    }
    assert list(names(workspace, "team")) == ["billing", "crm"]


def test_by_cause(fleet_repo: Work) -> None:
    workspace = edited(fleet_repo)
    assert names(workspace, "cause") == {
        "threshold 1048576 → 4096": ["etl threshold"],
        "threshold 65536 → 4096": ["sync threshold"],
        "compression zip → gzip": ["etl compression", "ml compression"],
    }


def test_a_cause_of_drift_stays_together_whatever_the_old_values_were(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo)
    expected = Target(4096)
    deviations = [Deviation(id_, "threshold", "", 4096, 0, 0, expected, "warning", "") for id_ in (ETL, CRM)]
    set_all_right(workspace, deviations)
    workspace.edit([ML], "threshold", "8192")
    assert names(workspace, "cause") == {
        "threshold, expected 4096": ["etl threshold", "sync threshold"],
        "threshold 0 → 8192": ["ml threshold"],
    }


def test_each_part_is_a_commit_of_its_own_also_within_one_file(fleet_repo: Work) -> None:
    workspace = edited(fleet_repo)
    heard: list[int] = []
    result = commit_parts(
        workspace, split(workspace, "field"), CommitOptions(branch="rea/two"), lambda number, _: heard.append(number)
    )
    assert (len(result.made), result.left, result.problem) == (2, (), None)
    assert heard == [0, 1]
    assert subjects(fleet_repo) == [
        "xcom: set threshold to 4096 on 2 dev and prod deployments",
        "xcom: set compression to gzip on 2 prod deployments",
    ]
    assert fleet_repo.git("branch", "--show-current").strip() == "rea/two"
    assert fleet_repo.committed_files("HEAD~1") == [CRM, ETL]
    assert fleet_repo.changed_lines("HEAD") == ['-    value: "zip"', '+    value: "gzip"'] * 2
    assert fleet_repo.status() == []
    assert not len(workspace.pending)


def test_a_refused_part_stops_there_and_loses_nothing(fleet_repo: Work) -> None:
    workspace = edited(fleet_repo)
    fleet_repo.hook("commit-msg", 'grep -q threshold "$1" || { echo no compression today; exit 1; }')
    workspace.trust(workspace.exposures(), remember=False)
    before = fleet_repo.read(ML)
    result = commit_parts(workspace, split(workspace, "field"), CommitOptions())
    assert [made.part.name for made in result.made] == ["threshold"]
    assert [part.name for part in result.left] == ["compression"]
    assert "no compression today" in getattr(result.problem, "output", "")
    assert subjects(fleet_repo) == ["xcom: set threshold to 4096 on 2 dev and prod deployments"]
    assert fleet_repo.status() == []
    assert fleet_repo.read(ML) == before
    assert [(e.deployment, e.field) for e in workspace.pending.edits] == [(ETL, "compression"), (ML, "compression")]
    assert workspace.undo() == "edits that were not committed"
    assert not len(workspace.pending)


def test_what_was_written_already_is_parted_too(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo)
    workspace.edit([ETL], "threshold", "4096")
    workspace.edit([ETL], "compression", "gzip")
    workspace.write()
    workspace.edit([ETL], "threshold", "8192")
    result = commit_parts(workspace, split(workspace, "field"), CommitOptions())
    assert result.problem is None
    assert fleet_repo.changed_lines("HEAD~1") == ['-    value: "1048576"', '+    value: "8192"']
    assert fleet_repo.changed_lines("HEAD") == ['-    value: "zip"', '+    value: "gzip"']
    assert fleet_repo.status() == []
    assert workspace.uncommitted() == ()


def test_path_and_connection_of_one_file_stay_together(fleet_repo: Work) -> None:
    workspace = opened(fleet_repo)
    workspace.edit([ETL], "path", "s3://aws_xcom@other-xcom/etl")
    workspace.edit([ETL], "connection", "other_conn")
    parts = split(workspace, "field")
    assert [part.name for part in parts] == ["path and connection"]
    assert commit_parts(workspace, parts, CommitOptions()).problem is None
    assert b"s3://other_conn@other-xcom/etl" in fleet_repo.read(ETL)


def test_the_users_own_staged_work_stays_staged(fleet_repo: Work) -> None:
    fleet_repo.write("README.md", "mine\n")
    fleet_repo.git("add", "README.md")
    workspace = edited(fleet_repo)
    assert commit_parts(workspace, split(workspace, "env"), CommitOptions()).problem is None
    assert fleet_repo.status() == ["M  README.md"]
    assert fleet_repo.committed_files("HEAD") == [CRM]
