"""Putting an old value back: literally, or not at all."""

from __future__ import annotations

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.actions.restore import put_back, take_back_commit
from rea_xcom_tui.fleet.history.field_history import full_history
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.xcom.compare import FieldDelta
from rea_xcom_tui.xcom.model import FieldName
from tests.cli.run import Cli
from tests.work import FLEET, Work, values

ETL = "clusters/prod/billing/etl/values.yaml"
ML = "clusters/prod/billing/ml/values.yaml"
CRM = "clusters/dev/crm/sync/values.yaml"


def changed(work: Work, field: FieldName, **old: str | None) -> tuple[Workspace, FieldDelta]:
    """Commit a file with old values and then the usual ones; return the newest change of the field."""
    work.write(ETL, values("billing-etl", **old))
    work.commit_all("old")
    work.write(ETL, FLEET[ETL])
    work.commit_all("new")
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace, full_history(workspace.repository, ETL, field).changes[0].delta


@pytest.mark.parametrize(
    ("field", "old", "value"),
    [
        ("threshold", "4096", 4096),
        ("threshold", "-1", -1),
        ("compression", None, None),
        ("path", "s3://aws_xcom@team-xcom/a=>b", "s3://aws_xcom@team-xcom/a=>b"),
        ("path", "s3://aws_xcom@team-xcom/s/x/y/", "s3://aws_xcom@team-xcom/s/x/y/"),
    ],
)
def test_the_old_value_is_put_back_to_the_letter(
    fleet_repo: Work, field: FieldName, old: str | None, value: object
) -> None:
    workspace, delta = changed(fleet_repo, field, **{field: old})
    step = put_back(workspace, ETL, delta)
    assert step is not None
    ((edit,),) = [list(step.after.values())]
    assert edit is not None
    assert edit.new == value
    workspace.write()
    assert fleet_repo.read(ETL) == fleet_repo.committed(ETL, "HEAD~1")
    workspace.undo()


@pytest.mark.parametrize(
    ("field", "old"), [("compression", "none"), ("threshold", "x2"), ("compression", "zip => gzip")]
)
def test_an_old_value_that_is_none_is_refused_and_not_worked_out(fleet_repo: Work, field: FieldName, old: str) -> None:
    workspace, delta = changed(fleet_repo, field, **{field: old})
    assert delta.old == old
    with pytest.raises(Refused, match="cannot be put back"):
        put_back(workspace, ETL, delta)
    assert len(workspace.pending) == 0


def test_what_no_value_says_is_refused(fleet_repo: Work) -> None:
    by_secret = FLEET[ETL].replace(
        'value: "1048576"', "valueFrom:\n      secretKeyRef:\n        name: x\n        key: k"
    )
    fleet_repo.write(ETL, by_secret)
    fleet_repo.commit_all("from a secret")
    fleet_repo.write(ETL, FLEET[ETL])
    fleet_repo.commit_all("as a value")
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    newest, *_, first = (one.delta for one in full_history(workspace.repository, ETL, "threshold").changes)
    assert newest.old_state == "reference"
    with pytest.raises(Refused, match="a Secret or ConfigMap supplied it"):
        put_back(workspace, ETL, newest)
    with pytest.raises(Refused, match="itself came with this commit"):
        put_back(workspace, ETL, first)


def test_a_value_that_is_there_already_is_no_edit(fleet_repo: Work) -> None:
    workspace, delta = changed(fleet_repo, "threshold", threshold="4096")
    put_back(workspace, ETL, delta)
    workspace.write()
    workspace.scan()
    assert put_back(workspace, ETL, delta) is None


def test_a_whole_commit_is_taken_back_apart_from_what_has_changed_since(fleet_repo: Work) -> None:
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    before = {file: fleet_repo.read(file) for file in (ETL, ML, CRM)}
    workspace.edit([ETL, ML, CRM], "threshold", "77")
    workspace.edit([ETL], "path", "s3://other_conn@other-xcom/etl")
    workspace.commit("all three")
    oid = fleet_repo.head()
    workspace.edit([CRM], "threshold", "78")
    workspace.commit("one again")
    commit, step, refusals = take_back_commit(workspace, oid)
    assert (commit.subject, step is not None) == ("all three", True)
    assert [(r.deployment, r.field) for r in refusals] == [(CRM, "threshold")]
    assert refusals[0].reason == "it has been changed again since: it is 78 now, not 77"
    workspace.write()
    assert (fleet_repo.read(ETL), fleet_repo.read(ML)) == (before[ETL], before[ML])
    assert take_back_commit(workspace, oid)[1] is None
    with pytest.raises(Refused, match="is the first one, so there is nothing to go back to"):
        take_back_commit(workspace, "HEAD~2")


def test_reverting_on_the_command_line(fleet_repo: Work, cli: Cli) -> None:
    before = fleet_repo.read(ETL)
    cli("set", "threshold=7", "--all", "--commit")
    oid = fleet_repo.head()
    assert "nothing was written" in cli("revert", oid).err
    assert fleet_repo.status() == []
    assert cli("revert", oid, "--commit").code == 0
    assert fleet_repo.read(ETL) == before
    subject, _, told, *_ = fleet_repo.git("log", "-1", "--format=%B").splitlines()
    assert subject == f"xcom: take back {oid[:10]}, set threshold to 7 on 3 dev and prod"
    assert told == f"This takes back commit {oid}."
    assert "already has its old value" in cli("revert", oid).err
    cli("set", "threshold=9", "--where", "name:billing-etl", "--commit")
    refused = cli("revert", "HEAD~1", "--write")
    assert (refused.code, "it is 9 now" in refused.err, fleet_repo.status()) == (3, True, [])
    assert cli("revert", "HEAD~1", "--write", "--skip-refused").code == 3
    assert len(fleet_repo.status()) == 2
    assert cli("revert", "--", "--all").code == 2
