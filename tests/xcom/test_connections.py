"""Connections as Airflow 3.3.2 read the same texts, and no secret in any sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.connections import connection
from tests.xcom.trees import AZURE_CONNECTION, CLIENT_ID

DEFINED: list[tuple[str, str | None, dict[str, object]]] = [
    (
        '{"conn_type":"azure","extra":{"anon":false,"account_name":"acct"}}',
        "azure",
        {"anon": False, "account_name": "acct"},
    ),
    ('{"conn_type":"aws","extra":"{\\"region_name\\": \\"us-east-1\\"}"}', "aws", {"region_name": "us-east-1"}),
    ('{"conn_type":"aws","port":"443"}', "aws", {}),
    ('{"conn_type":"google-cloud-platform"}', "google_cloud_platform", {}),
    ("{}", None, {}),
    (' {"conn_type":"aws"}', "aws", {}),
    ('{"conn_type":"aws"}\n', "aws", {}),
    ("aws://", "aws", {}),
    ("s3://", "s3", {}),
    ("aws://AKIA:se%2Fcret@/?region_name=eu-west-1", "aws", {"region_name": "eu-west-1"}),
    ("google-cloud-platform://?project=p", "google_cloud_platform", {"project": "p"}),
    ("aws://?__extra__=%7B%22a%22%3A+%7B%22b%22%3A1%7D%7D", "aws", {"a": {"b": 1}}),
    ("[]", None, {}),
    ("not a uri", None, {}),
]

UNDEFINED = [
    '{"conn_type":"aws","port":"x"}', '{"conn_type":"aws","port":[1]}', '{"conn_type":"aws","bogus":1}',
    '{"type":"aws"}',
    '{"conn_type":"aws",}', "{'conn_type':'aws'}", '{"conn_type":"aws"', "", "  ", "aws://AKIA:se/cret@/?region_name=x",
    "a://b://c://d", pytest.param("{" * 100_000, id="many braces"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "extra"), DEFINED)
def test_defined(text: str, kind: str | None, extra: dict[str, object]) -> None:
    found = connection(text)
    assert (found.problem, found.type, found.extra) == (None, kind, extra)


@pytest.mark.parametrize("text", UNDEFINED)
def test_reported_as_not_defined(text: str) -> None:
    found = connection(text)
    assert found.problem
    assert found.extra == {}


@pytest.mark.parametrize("extra", ['"{bad"', '"plain"', '"[1]"', "[1]", "5"])
def test_extra_that_is_dropped_without_an_error(extra: str) -> None:
    found = connection(f'{{"conn_type":"aws","extra":{extra}}}')
    assert (found.problem, found.extra) == (None, {})
    assert found.extra_problem


def test_client_ids() -> None:
    assert connection(AZURE_CONNECTION).client_ids() == ((("extra", "managed_identity_client_id"), CLIENT_ID),)
    both = (
        '{"conn_type":"wasb","extra":{"workload_identity_client_id":"a","extra__wasb__managed_identity_client_id":"b"}}'
    )
    assert connection(both).client_ids() == (
        (("extra", "extra__wasb__managed_identity_client_id"), "b"),
        (("extra", "workload_identity_client_id"), "a"),
    )
    assert connection("wasb://acct@?managed_identity_client_id=mi").client_ids() == (((), "mi"),)


@pytest.mark.parametrize(
    "text",
    [
        '{"conn_type":"aws","password":"hunter2"}', '{"conn_type":"aws","password":"hunter2",}',
        "{'password':'hunter2'}", "aws://me:hunter2@host/x?token=hunter2", "aws://me:hunter2/x@host",
        '{"conn_type":"aws","extra":"hunter2"}', '{"conn_type":"aws","port":"hunter2"}',
    ],
)  # fmt: skip
def test_no_secret_is_shown(text: str) -> None:
    assert "hunter2" not in repr(connection(text))


@given(st.text(max_size=60) | st.text(alphabet='{}[]":,@/?a1 ', max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    found = connection(text)
    assert found.form in ("json", "uri", "empty")
    found.client_ids()
