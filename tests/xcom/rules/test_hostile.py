"""Whatever a values file holds: no rule fails, no message shows a secret or has more than one line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.xcom.fields import VARIABLES
from rea_xcom_tui.xcom.names import OBJECT_STORAGE_BACKEND
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.families import rules
from tests.xcom.rules.helpers import found

SECRET = "hunter2-not-real"
ODD = """s3:// s3://b@ abfs://c@x/y 1e6 1e999 -0 ٣ gz ~ $X ${ $($X) <b> {{ { aws://u:p@h:x arn:aws:iam::1:role/x
\x1b[2J \u202e {"conn_type":1} {"extra":"{"}""".split()
texts = st.one_of(st.text(max_size=20), st.sampled_from([*ODD, " ", "[" * 300]))
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**25), 10**25), st.floats(allow_nan=False), texts)
trees = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
names = st.one_of(st.sampled_from([*VARIABLES.values(), "AIRFLOW_CONN_X", "AIRFLOW_CONN_x", "X"]), texts)
entry = st.one_of(trees, st.fixed_dictionaries({"name": names}, optional={"value": trees, "valueFrom": trees}))
env = st.one_of(trees, st.lists(entry, max_size=5))
component = st.one_of(trees, st.fixed_dictionaries({}, optional={"name": scalars, "env": env, "serviceAccount": trees}))
KEYS = "azure.workload.identity/use azure.workload.identity/client-id eks.amazonaws.com/role-arn x".split()
notes = st.one_of(trees, st.dictionaries(st.sampled_from(KEYS), trees))
files = st.fixed_dictionaries(
    {"xcomBackend": st.one_of(st.just(OBJECT_STORAGE_BACKEND), trees)},
    optional={
        "commonEnv": env,
        "workers": st.one_of(trees, st.lists(component, max_size=2)),
        "triggerer": component,
        "sentinel": component,
        "annotations": notes,
        "labels": notes,
        "serviceAccount": st.one_of(
            trees, st.fixed_dictionaries({"annotations": notes}, optional={"workers": component})
        ),
        "openLineage": trees,
        "agentToken": trees,
        "resourceNamePrefix": trees,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(files)
def test_no_rule_fails_and_every_message_is_one_clean_line(tree: dict[str, Any]) -> None:
    try:
        findings = found(json.dumps(tree, ensure_ascii=False))
    except Unreadable:
        return
    for finding in findings:
        assert finding.message.isprintable()
        assert finding.message.strip()
        assert finding.line >= 1
        assert finding.column >= 1


SECRETS = [
    f"agentToken: {SECRET}\n" + example(),
    f"sentinelAuthSecret: {SECRET}\nimagePullSecretData: '{SECRET}'\nopenLineage: {{apiKey: {SECRET}}}\n" + example(),
    example(env=(("AWS_SECRET_ACCESS_KEY", SECRET),)),
    example(path=f'"s3://user:{SECRET}@acme-xcom/etl"'),
    example(path=f'"s3://user:{SECRET}@acme-xcom/etl "'),
    example(path=f'"s3://acme-xcom/etl?sv=1&sig={SECRET}"'),
    example(path=f'"abfss://xcom:{SECRET}@acme.dfs.core.windows.net/etl"'),
    example(path=f'"az://user:{SECRET}@acme-xcom/etl"'),
    example(path=f'"S3:/user:{SECRET}@acme-xcom/etl"'),
    example(path=f'"user:{SECRET}@acme-xcom/etl"'),
    *(
        example(env=(("AIRFLOW_CONN_AWS_XCOM", value),), path='"s3://aws_xcom@acme-xcom/etl"')
        for value in (
            f'\'{{"conn_type": "aws", "password": "{SECRET}", "port": "{SECRET}"}}\'',
            f'\'{{"conn_type": "aws", "password": "{SECRET}",}}\'',
            f'\'{{"conn_type": "aws", "extra": {{"sas_token": "{SECRET}", "a": {{"token": "{SECRET}"}}}}}}\'',
            f'\'{{"conn_type": "aws", "extra": "{SECRET}"}}\'',
            f'\'{{"conn_type": "azure", "extra": {{"account_name": "x", "account_key": "<{SECRET}>"}}}}\'',
            f'"aws://AKIA:{SECRET}/x@/"',
            f'"aws://AKIA:{SECRET}@"',
            SECRET,
        )
    ),
    example(
        env=(("AIRFLOW_CONN_AWS_XCOM", f'"{SECRET}"'),),
        rest=f"workers:\n  - name: a\n    env:\n      - {{name: AIRFLOW_CONN_AWS_XCOM, value: {SECRET}1}}\n"
        f"      - {{name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH, value: 's3://u:{SECRET}@b/x'}}",
    ),
]


@pytest.mark.parametrize("text", SECRETS)
def test_a_secret_is_reported_and_never_shown(text: str) -> None:
    findings = found(text)
    assert any(finding.severity in ("error", "warning") for finding in findings)
    for finding in findings:
        assert SECRET not in finding.message
        assert SECRET not in repr(finding.fix) or finding.code == "XC212"


def test_where_secrets_are_found_and_where_they_are_none() -> None:
    assert {f.code for text in SECRETS for f in found(text) if f.code.startswith("XC8")} == {
        rule.code for rule in rules() if rule.code.startswith("XC8")
    }
    for stand_in in (
        "~",
        '""',
        "<token>",
        "'{{ .token }}'",
        "vault:x",
        "ref+awssecrets://x",
        "ENC[AES256_GCM,data:x]",
        "REDACTED",
    ):
        text = f"agentToken: {stand_in}\n" + example()
        assert not [f for f in found(text) if f.code.startswith("XC8")], stand_in
