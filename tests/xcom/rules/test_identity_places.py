from __future__ import annotations

import pytest

from rea_xcom_tui.xcom.names import COMPRESSION_VARIABLE
from rea_xcom_tui.xcom.rules.examples import ROLE, example
from tests.xcom.rules.helpers import found

KEY = "eks.amazonaws.com/role-arn"
UUID = "11111111-2222-3333-4444-555555555555"
PLACES = [
    (f"serviceAccount:\n  annotations:\n    eks.amazonaws.com/role_arn: {ROLE}", "XC611"),
    (f"serviceAccount:\n  annotations:\n    eks.amazonaws.com/rolearn: {ROLE}", "XC611"),
    (f"annotations:\n  role-arn: {ROLE}", "XC611"),
    ("annotations:\n  iam.gke.io/gcp-serviceaccount: xcom-agent@acme-project.iam.gserviceaccount.com", "XC611"),
    (f"annotations:\n  azure.workload.identity/clientId: {UUID}", "XC611"),
    (f"annotations:\n  '\"{KEY}\"': {ROLE}", "XC611"),
    (f"serviceAccount:\n  annotations: {{}}\n  role-arn: {ROLE}", "XC612"),
    (f"serviceAccount:\n  annotation:\n    {KEY}: {ROLE}", "XC612"),
    (f"serviceAccounts:\n  annotations:\n    {KEY}: {ROLE}", "XC612"),
    (f"serviceAccount:\n  worker:\n    annotations:\n      {KEY}: {ROLE}", "XC612"),
    (f"workers:\n  - name: w\n    annotations:\n      {KEY}: {ROLE}", "XC612"),
    (f"triggerer:\n  annotations:\n    {KEY}: {ROLE}", "XC612"),
    (f"serviceAccount:\n  annotations:\n    - {KEY}: {ROLE}", "XC613"),
    (f'serviceAccount:\n  annotations:\n    {KEY}: ""', "XC614"),
]


@pytest.mark.parametrize(("rest", "code"), PLACES)
def test_an_identity_that_cannot_work_is_found_on_its_line(rest: str, code: str) -> None:
    text = example(rest=rest)
    mine = [f for f in found(text) if f.severity == "error"]
    assert [(f.code, f.field) for f in mine] == [(code, "identity")]
    start = text.count("\n", 0, text.index(rest)) + 1
    assert start < mine[0].line <= start + rest.count("\n")


@pytest.mark.parametrize(
    "rest",
    [
        f"annotations:\n  {KEY}: {ROLE}",
        f"workers:\n  - name: w\n    serviceAccount:\n      annotations:\n        {KEY}: {ROLE}",
        f"serviceAccount:\n  workers:\n    annotations:\n      {KEY}: {ROLE}\n      team.example.com/role: etl",
    ],
)
def test_an_identity_at_its_place_is_left_alone(rest: str) -> None:
    assert [f for f in found(example(rest=rest)) if f.severity != "info"] == []


@pytest.mark.parametrize(
    ("rest", "there"),
    [
        ("workers:\n  - name: w\n    serviceAccount:\n      annotations: [x]", True),
        ("triggerer:\n  serviceAccount:\n    annotations: [x]", False),
        ("workers:\n  - name: w\n    serviceAccount:\n      annotations: [x]\nworkers:\n  - name: w", False),
    ],
)
def test_the_shape_of_annotations_matters_where_the_chart_takes_them(rest: str, there: bool) -> None:
    """The chart knows service accounts of workers only, and Helm drops a block of which there is a later one."""
    assert ("XC613" in {f.code for f in found(example(rest=rest))}) is there


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        (example(threshold="0"), "XC701", "threshold"),
        (example(threshold="1048576"), "XC702", "threshold"),
        (example(env=(("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD", '"5"'),)), "XC704", "threshold"),
        (example(env=(("AIRFLOW_CONN_A", "5"),)), "XC701", "connection"),
        (example(threshold=None, env=(("AIRFLOW__CORE__XCOM_OBJECTSTORAGE_THRESHOLD", '"0"'),)), "XC708", "threshold"),
        (example() + "xcomBackend: x.y\n", "XC705", "backend"),
        (example(rest=f"annotations:\n  {KEY}: true"), "XC703", "identity"),
        (
            example(rest=f"sentinel:\n  env:\n    - name: {COMPRESSION_VARIABLE}\n      value: zip\n"),
            "XC716",
            "compression",
        ),
        (example(env=(("TEAM", "5"),)), "XC701", None),
        (example(rest="workers: []\nworkers: []\n"), "XC705", None),
        (example().replace("xcomBackend", "xcomBackEnd"), "XC713", "backend"),
    ],
)
def test_a_finding_on_a_fields_place_carries_the_field(text: str, code: str, field: str | None) -> None:
    assert {f.field for f in found(text) if f.code == code} == {field}
