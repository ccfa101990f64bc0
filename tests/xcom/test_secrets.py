from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.secrets import MASK, is_secret_name, mask, mask_connection, mask_line

CANARY = "s3cr3t/CANARY+value"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"conn_type": "aws", "login": CANARY, "password": CANARY}),
        json.dumps({"conn_type": "azure", "extra": json.dumps({"account_key": CANARY, "anon": False})}),
        json.dumps({"conn_type": "azure", "extra": {"connection_string": CANARY, "account_name": "acc"}}),
        json.dumps({"conn_type": "azure", "extra": f"account_key={CANARY}"}),
        json.dumps({"conn_type": "aws", "extra": {"config_kwargs": {"proxy_password": CANARY}}}),
        json.dumps({"conn_type": "aws", "host": f"https://me:{CANARY}@minio:9000/x?sig={CANARY}"}),
        json.dumps({"conn_type": "gcp", "extra": {"keyfile_dict": {"private_key": CANARY}}}),
        json.dumps([CANARY]),
        json.dumps(CANARY),
        f"aws://key:{CANARY}@?endpoint_url=x",
        f"wasb://acc@/?sas_token={CANARY}",
        f"{{'conn_type': 'aws', 'password': '{CANARY}'}}",
        CANARY,
    ],
)
def test_no_secret_of_a_connection_is_shown(text: str) -> None:
    assert CANARY not in mask_connection(text)
    assert "CANARY" not in mask("AIRFLOW_CONN_X", text)


def test_what_tells_where_a_connection_leads_stays_readable() -> None:
    extra = json.dumps({"account_name": "etlprod", "managed_identity_client_id": "1234", "account_key": "k"})
    shown = mask_connection(json.dumps({"conn_type": "azure", "login": "etlprod", "extra": extra}))
    assert json.loads(shown)["login"] == "etlprod"
    assert json.loads(json.loads(shown)["extra"]) == {
        "account_name": "etlprod",
        "managed_identity_client_id": "1234",
        "account_key": MASK,
    }


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("AIRFLOW_CONN_WASB_XCOM", True),
        ("AWS_SECRET_ACCESS_KEY", True),
        ("MY_PASSWORD", True),
        ("ASTRO_DEPLOYMENT_ID", False),
        ("AIRFLOW__SECRETS__BACKEND", False),
        ("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH", False),
        ("TOKEN_FILE", False),
    ],
)
def test_names_of_variables_tell_secrets(name: str, secret: bool) -> None:
    assert is_secret_name(name) is secret


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('      "conn_type": "azure",', '      "conn_type": "azure",'),
        ('      "password": "x",', "      ***"),
        ("    {", "    {"),
        ('    "extra": "{\\"account_key\\": \\"x\\"}"', "    ***"),
    ],
)
def test_a_line_of_a_folded_connection_is_shown_only_when_harmless(line: str, shown: str) -> None:
    assert mask_line(line) == shown


@given(
    st.recursive(
        st.text(max_size=5) | st.integers() | st.none(),
        lambda s: st.dictionaries(st.sampled_from(["extra", "password", "host", "x", "service_config"]), s, max_size=3),
        max_leaves=8,
    )
)
def test_masking_never_fails_and_hides_every_unknown_member(data: object) -> None:
    shown = mask_connection(json.dumps({"password": CANARY, "inner": data, "extra": {"x": CANARY}}))
    assert CANARY not in shown
