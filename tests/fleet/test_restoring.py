"""Putting an old value back: literally, or not at all."""

from __future__ import annotations

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.history import FieldEvent, field_history
from rea_xcom_tui.fleet.restoring import put_back
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.xcom.model import FieldName
from tests.work import FLEET, Work, values

ETL = "clusters/prod/billing/etl/values.yaml"


def changed(work: Work, field: FieldName, **old: str | None) -> tuple[Workspace, FieldEvent]:
    """Commit a file with old values and then the usual ones; return the newest change of the field."""
    work.write(ETL, values("billing-etl", **old))
    work.commit_all("old")
    work.write(ETL, FLEET[ETL])
    work.commit_all("new")
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace, field_history(workspace.repository, ETL, field)[0]


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
    workspace, event = changed(fleet_repo, field, **{field: old})
    step = put_back(workspace, ETL, event)
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
    workspace, event = changed(fleet_repo, field, **{field: old})
    assert event.old == old
    with pytest.raises(Refused, match="cannot be put back"):
        put_back(workspace, ETL, event)
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
    newest, *_, first = field_history(workspace.repository, ETL, "threshold")
    assert newest.old_state == "reference"
    with pytest.raises(Refused, match="a Secret or ConfigMap supplied it"):
        put_back(workspace, ETL, newest)
    with pytest.raises(Refused, match="itself came with this commit"):
        put_back(workspace, ETL, first)


def test_a_value_that_is_there_already_is_no_edit(fleet_repo: Work) -> None:
    workspace, event = changed(fleet_repo, "threshold", threshold="4096")
    put_back(workspace, ETL, event)
    workspace.write()
    workspace.scan()
    assert put_back(workspace, ETL, event) is None
