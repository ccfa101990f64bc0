"""What a change does to stored values, as it was measured by writing with one setting and reading with another."""

from __future__ import annotations

import pytest

from rea_xcom_tui.xcom.fields import impact_of
from tests.xcom.trees import AZURE_EXAMPLE, BACKEND, S3_EXAMPLE, config

AWS = config(S3_EXAMPLE)
OLD = "s3://bucket/team/etl"

READABLE = "stay readable"
URL = "a URL string instead of the data"


@pytest.mark.parametrize(
    ("new", "part"),
    [
        ("s3://bucket/team", READABLE),
        ("s3://bucket", READABLE),
        ("s3://bucket/team/etl/", READABLE),
        ("s3://bucket/team/etl/v2", URL),
        ("s3://bucket/team/et", URL),
        ("s3://bucket/other", "prefix"),
        ("s3://other/team/etl", "the bucket differs"),
        ("s3a://bucket/team/etl", "the scheme differs"),
        ("s3://c@bucket/team/etl", "the connection id differs"),
        (None, "own disk or fail"),
    ],
)
def test_paths(new: str | None, part: str) -> None:
    said = impact_of("path", OLD, new, AWS)
    assert part in said
    assert said.startswith("pods restart")
    assert (READABLE in said) is (URL not in said)


def test_other_fields() -> None:
    assert READABLE in impact_of("threshold", 0, 1048576, AWS)
    assert "1048576 bytes and more go to S3" in impact_of("threshold", 0, 1048576, AWS)
    assert "every value goes to Azure" in impact_of("threshold", 5, 0, config(AZURE_EXAMPLE))
    assert "stays in Airflow's database" in impact_of("threshold", 0, None, AWS)
    assert READABLE in impact_of("compression", "zip", None, AWS)
    assert URL in impact_of("connection", "a", "b", AWS)
    assert URL in impact_of("backend", BACKEND, None, AWS)
    assert READABLE in impact_of("backend", None, BACKEND, AWS)
    assert "if the new identity may read them" in impact_of("identity", "a", "b", AWS)
    assert "new values that reach the threshold" in impact_of("path", None, OLD, AWS)


def test_no_change_says_nothing() -> None:
    assert impact_of("path", OLD, OLD, AWS) == ""
