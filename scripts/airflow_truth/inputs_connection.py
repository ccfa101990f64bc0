"""Connections as variables hold them, and what each cloud's store makes of them. Every secret is made up."""

from __future__ import annotations

import json

from .cases import GOOGLE_IDENTITY, PATH, THRESHOLD, Case

_ID = "wasb_xcom"
_NAME = "AIRFLOW_CONN_WASB_XCOM"
_EXTRA = {
    "anon": False,
    "account_name": "acct",
    "managed_identity_client_id": "11111111-1111-1111-1111-111111111111",
    "workload_identity_tenant_id": "22222222-2222-2222-2222-222222222222",
}
_VENDOR = json.dumps({"conn_type": "azure", "login": "acct", "extra": json.dumps(_EXTRA)})
"""The form of the vendor's page: the extra is JSON in a string."""

NAMES: tuple[tuple[str, str], ...] = (
    # the variable's name, and the id that is asked for
    (_NAME, "wasb_xcom"), (_NAME, "WASB_XCOM"), (_NAME, "Wasb_Xcom"), (_NAME, "wasb-xcom"), (_NAME, "wasb.xcom"),
    ("AIRFLOW_CONN_WASB-XCOM", "wasb-xcom"), ("AIRFLOW_CONN_WASB-XCOM", "wasb_xcom"),
    ("AIRFLOW_CONN_wasb_xcom", "wasb_xcom"), ("airflow_conn_wasb_xcom", "wasb_xcom"),
    ("AIRFLOW_CONN_Wasb_Xcom", "wasb_xcom"), ("AIRFLOW__CONN__WASB_XCOM", "wasb_xcom"),
    ("AIRFLOW_CONNECTION_WASB_XCOM", "wasb_xcom"), ("AIRFLOW_CONN_WASB_XCOM ", "wasb_xcom"),
    ("AIRFLOW_CONN_WASB.XCOM", "wasb.xcom"), ("AIRFLOW_CONN_MÜLLER", "müller"), ("AIRFLOW_CONN_", ""),
)  # fmt: skip

VALUES: tuple[str, ...] = (
    # JSON that is read
    _VENDOR,
    '{"conn_type":"azure","login":"acct","extra":{"anon":false,"account_name":"acct"}}',
    '{"conn_type":"aws"}', ' {"conn_type":"aws"}', '{"conn_type":"aws"}\n', '\n{\n  "conn_type": "aws"\n}\n', "{}",
    '{"conn_type":"aws","extra":{"region_name":"us-east-1"}}',
    '{"conn_type":"google_cloud_platform","extra":{"project":"p","key_path":"/k.json"}}',
    '{"conn_type":"aws","host":"h","login":"l","password":"made-up","schema":"s","port":443,"description":"d"}',
    '{"conn_type":"aws","port":"443"}', '{"conn_type":"aws","port":null}', '{"conn_type":"aws","port":443.0}',
    '{"conn_type":"aws","port":""}', '{"conn_type":"aws","port":" 443 "}',
    '{"conn_type":null}', '{"conn_type":""}', '{"conn_type":"google-cloud-platform"}', '{"conn_type":"AWS"}',
    '{"conn_type":" aws "}', '{"conn_type":"nonsense"}', '{"conn_type":1}', '{"login":"acct"}',
    '{"conn_type":"aws","conn_type":"azure"}', '{"conn_type":"aws","password":"${MISSING}/$HOME"}',
    # the extra that is lost or odd
    '{"conn_type":"aws","extra":"{bad"}', '{"conn_type":"aws","extra":"plain"}', '{"conn_type":"aws","extra":"[1]"}',
    '{"conn_type":"aws","extra":[1]}', '{"conn_type":"aws","extra":""}', '{"conn_type":"aws","extra":null}',
    '{"conn_type":"aws","extra":{}}', '{"conn_type":"aws","extra":"null"}', '{"conn_type":"aws","extra":"1"}',
    '{"conn_type":"aws","extra":5}', '{"conn_type":"aws","extra":true}',
    '{"conn_type":"aws","extra":"{\'region_name\':\'us-east-1\'}"}',
    '{"conn_type":"aws","extra":"\\"{\\\\\\"a\\\\\\":1}\\""}',
    '{"conn_type":"aws","extra":{"extra__aws__region_name":"us-east-1"}}',
    '{"conn_type":"aws","extra__aws__region_name":"us-east-1"}',
    # JSON that is refused
    '{"conn_type":"aws","bogus":1}', '{"type":"aws"}', '{"conn_type":"aws","conn_id":"wasb_xcom"}',
    '{"conn_type":"aws","user":"l"}', '{"conn_type":"aws","uri":"aws://"}', '{"Conn_Type":"aws"}',
    '{"conn_type":"aws",}', "{'conn_type':'aws'}", '{"conn_type":"aws"', '{"conn_type":"aws"} x', '{"conn_type":aws}',
    '{"conn_type":"aws","port":"x"}', '{"conn_type":"aws"} // note', '{{ "conn_type": "aws" }}',
    '{"conn_type":"aws","password":"a\nb"}', '"{\\"conn_type\\":\\"aws\\"}"', '\'{"conn_type":"aws"}\'',
    "[]", '[{"conn_type":"aws"}]', "null", '"aws"',
    # addresses
    "aws://", "s3://", "aws", "aws:", "aws:///", "wasb://acct@?managed_identity_client_id=mi",
    "aws://AKIAEXAMPLE:made%2Fup@/?region_name=eu-west-1", "aws://AKIAEXAMPLE:made/up@/?region_name=eu-west-1",
    "aws://AKIAEXAMPLE:made+up=@/?region_name=eu-west-1", "aws://AKIAEXAMPLE:made@up@/",
    "aws://?endpoint_url=http://minio:9000",
    "google-cloud-platform://?project=p", "google_cloud_platform://?project=p", "gcpplatform://?project=p",
    "google-cloud-platform://?extra__google_cloud_platform__project=p",
    "aws://?__extra__=%7B%22a%22%3A+%7B%22b%22%3A1%7D%7D", "aws://?__extra__=bad", "aws://h:x", "aws://h:99999",
    "AWS://", " aws://", "aws:// ", "postgresql://u:made-up@h:5432/db", "https://u@h/x", "aws://%zz",
    # no connection at all
    "", " ", "not a uri", "<connection>", "{{ conn }}", "$HOME", "conn_type: aws",
)  # fmt: skip


_AWS_IDENTITY = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLE", "AWS_SECRET_ACCESS_KEY": "made-up"}
"""Stands for the identity a pod on AWS has without any connection."""


def _azure(**extra: object) -> str:
    return json.dumps({"conn_type": "wasb", "extra": extra})


_IDENTITY = {
    "account_name": "acct",
    "managed_identity_client_id": "11111111-1111-1111-1111-111111111111",
    "workload_identity_tenant_id": "22222222-2222-2222-2222-222222222222",
}
_KEY = "bWFkZS11cA=="

AZURE: tuple[str | None, ...] = (
    None, _azure(), _azure(anon=False), _azure(account_name="acct"), _azure(account_name="acct", anon=False),
    _azure(account_name="acct", anon=True), _azure(account_name="acct", anon="false"),
    _azure(account_name="acct", anon="False"), _azure(account_name="acct", anon=""),
    _azure(account_name="acct", anon=0), _azure(**_IDENTITY), _azure(**_IDENTITY, anon=False),
    _azure(account_name="acct", account_key=_KEY), _azure(account_name="acct", sas_token="?sv=made-up"),
    _azure(account_name="acct", tenant_id="t", client_id="c", client_secret="made-up"),
    _azure(account_name="acct", account_host="acct.blob.core.usgovcloudapi.net"),
    _azure(account_name="acct", workload_identity_client_id="c", workload_identity_tenant_id="t"),
    _azure(account_name="https://acct.blob.core.windows.net"), _azure(account_name=""),
    _azure(extra__wasb__account_name="acct"),
    _azure(
        connection_string="DefaultEndpointsProtocol=https;AccountName=acct;"
        f"AccountKey={_KEY};EndpointSuffix=core.windows.net"
    ),
    '{"conn_type":"wasb","login":"acct"}', '{"conn_type":"wasb","login":"acct","password":"bWFkZS11cA=="}',
    '{"conn_type":"azure","login":"acct"}', '{"conn_type":"adls","host":"acct","extra":{"tenant_id":"t"}}',
    '{"conn_type":"wasb","host":"acct.blob.core.windows.net"}', '{"conn_type":"aws"}', _VENDOR,
    '{"conn_type":"wasb","extra":"{bad"}', '{"conn_type":"wasb","bogus":1}',
)  # fmt: skip

AWS: tuple[str | None, ...] = (
    None, '{"conn_type":"aws"}', '{"conn_type":"aws","extra":{"region_name":"us-east-1"}}',
    '{"conn_type":"aws","login":"AKIAEXAMPLE","password":"made-up"}', '{"conn_type":"s3"}', '{"conn_type":"azure"}',
    '{"conn_type":"aws","extra":{"endpoint_url":"http://minio:9000"}}',
    '{"conn_type":"aws","extra":{"service_config":{"s3":{"endpoint_url":"http://minio:9000"}}}}',
    '{"conn_type":"aws","extra":{"config_kwargs":{"signature_version":"unsigned"}}}',
    '{"conn_type":"aws","extra":"{bad"}', '{"conn_type":"aws","bogus":1}', "aws://AKIAEXAMPLE:made-up@",
)  # fmt: skip

GCP: tuple[str | None, ...] = (
    None, '{"conn_type":"google_cloud_platform"}', '{"conn_type":"google_cloud_platform","extra":{"project":"p"}}',
    '{"conn_type":"google_cloud_platform","extra":{"anonymous":true}}',
    '{"conn_type":"google_cloud_platform","extra":{"key_path":"/missing.json"}}',
    '{"conn_type":"google_cloud_platform","extra":{"keyfile_dict":"{bad"}}', '{"conn_type":"aws"}',
    '{"conn_type":"google_cloud_platform","bogus":1}',
)  # fmt: skip


def _stores() -> list[Case]:
    """A path's store is built from a connection, or from none: no network is used."""
    cases = []
    asked: tuple[tuple[str, tuple[str | None, ...]], ...] = (
        ("abfs://wasb_xcom@container/x", AZURE),
        ("s3://wasb_xcom@bucket/x", AWS),
        ("gs://wasb_xcom@bucket/x", GCP),
    )
    for path, values in asked:
        for value in values:
            env = {PATH: path, THRESHOLD: "0", **(GOOGLE_IDENTITY if path.startswith("gs") else {})}
            cases.append(Case("store", value, env if value is None else {**env, _NAME: value}))
    for path in ("abfs://container/x", "abfss://container/x", "adl://container/x", "s3://bucket/x", "gs://bucket/x"):
        cases.append(Case("store", None, {PATH: path, THRESHOLD: "0"}))
    for path, ambient in (
        ("s3://bucket/x", _AWS_IDENTITY),
        ("s3://wasb_xcom@bucket/x", _AWS_IDENTITY),
        ("gs://bucket/x", GOOGLE_IDENTITY),
    ):
        cases.append(Case("store", None, {PATH: path, THRESHOLD: "0", **ambient}))
    aws_with_identity = {PATH: "s3://wasb_xcom@bucket/x", THRESHOLD: "0", **_AWS_IDENTITY}
    cases += [Case("store", value, {**aws_with_identity, _NAME: value}) for value in AWS[1:3] if value]
    google_without = '{"conn_type":"google_cloud_platform"}'
    cases.append(
        Case("store", google_without, {PATH: "gs://wasb_xcom@bucket/x", THRESHOLD: "0", _NAME: google_without})
    )
    return cases


def connection_cases() -> list[Case]:
    """Every question about connections, in the order of the recorded data."""
    named = [Case("connection", _VENDOR, {name: _VENDOR}, {"conn_id": conn_id}) for name, conn_id in NAMES]
    valued = [Case("connection", value, {_NAME: value}, {"conn_id": _ID}) for value in VALUES[1:]]
    missing = [Case("connection", None, {}, {"conn_id": _ID})]
    return [*named, *missing, *valued, *_stores()]
