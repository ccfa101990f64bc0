from __future__ import annotations

import json

import pytest

from rea_xcom_tui.xcom.connections import connection
from rea_xcom_tui.xcom.rules.examples import azure, example
from tests.xcom.rules.helpers import codes, found, loud

PATHS = {
    "aws": "s3://store@acme-xcom/etl",
    "wasb": "abfs://store@xcom/etl",
    "google_cloud_platform": "gs://store@acme/x",
}


ROLE = "arn:aws:iam::123456789012:role/x"


def with_connection(data: dict[str, object], *env: tuple[str, str]) -> str:
    path = PATHS[str(data["conn_type"])]
    return example(path=f'"{path}"', env=(("AIRFLOW_CONN_STORE", f"'{json.dumps(data)}'"), *env))


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"config_kwargs": None}, "XC523"),
        ({"config_kwargs": "{}"}, "XC523"),
        ({"config_kwargs": {"endpoint_url": "http://minio:9000"}}, "XC523"),
        ({"config_kwargs": {"signature_version": "unsigned"}}, "XC523"),
        ({"config_kwargs": {"signature_version": "v2"}}, "XC523"),
        ({"service_config": {"s3": {"endpoint_url": None}}, "endpoint_url": "http://minio:9000"}, "XC522"),
        ({"role_arn": ROLE, "region_name": "eu-west-1", "endpoint_url": "http://minio:9000"}, "XC522"),
        ({"endpoint_url": "http://localhost:9000"}, "XC528"),
        ({"endpoint_url": "http://127.0.0.1:9000"}, "XC528"),
        ({"service_config": "{}"}, "XC523"),
        ({"endpoint_url": "minio:9000"}, "XC523"),
        ({"service_config": {"s3": {"endpoint_url": "minio:9000"}}}, "XC523"),
        ({"region_name": "eu west 1"}, "XC523"),
        ({"role_arn": "role/x", "region_name": "eu-west-1"}, "XC523"),
        ({"role_arn": "arn:aws:iam::123456789012:role/x"}, "XC524"),
        ({"profile_name": "etl"}, "XC524"),
        ({"host": "http://minio:9000"}, "XC522"),
        ({"aws_endpoint_url": "http://minio:9000"}, "XC522"),
        ({"client_kwargs": {"endpoint_url": "http://minio:9000"}}, "XC522"),
        ({"session_kwargs": {"profile_name": "etl"}}, "XC522"),
        ({"endpoint_url": "http://minio:9000/acme-xcom"}, "XC525"),
    ],
)
def test_settings_of_s3(extra: dict[str, object], code: str) -> None:
    assert loud(with_connection({"conn_type": "aws", "extra": extra})) == {code}


def test_an_endpoint_of_the_service_switches_the_other_off() -> None:
    extra = {"endpoint_url": "minio:9000", "service_config": {"s3": {"endpoint_url": "http://minio:9000"}}}
    assert loud(with_connection({"conn_type": "aws", "extra": extra})) == set()


def test_an_ignored_host_is_told_unless_a_variable_names_the_endpoint() -> None:
    data: dict[str, object] = {"conn_type": "aws", "host": "http://minio", "port": 9000}
    assert loud(with_connection(data)) == {"XC522"}
    assert loud(with_connection(data, ("AWS_ENDPOINT_URL_S3", '"http://minio:9000"'))) == set()


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ({}, {"XC520"}),
        ({"anon": False}, set()),
        ({"anon": True}, {"XC515"}),
        ({"anon": 1}, {"XC515"}),
        ({"extra__wasb__anon": True}, {"XC515"}),
        ({"sas_token": "$(SAS)"}, set()),
        ({"anon": False, "client_id": "x"}, {"XC522"}),
        ({"anon": False, "extra__azure__account_host": "x"}, {"XC522"}),
        ({"anon": False, "account_host": "blob.core.windows.net"}, {"XC523"}),
        ({"anon": False, "account_host": "https://acmexcom.blob.core.windows.net"}, {"XC523"}),
        ({"connection_string": "SharedAccessSignature=x"}, {"XC523", "XC805"}),
    ],
)
def test_settings_of_azure(extra: dict[str, object], expected: set[str]) -> None:
    data: dict[str, object] = {"conn_type": "wasb", "extra": {"account_name": "acmexcom", **extra}}
    assert loud(with_connection(data)) == expected


@pytest.mark.parametrize(
    ("airflow", "severity"), [((3, 0), "error"), ((3, 1), "error"), ((3, 2), "warning"), (None, "warning")]
)
def test_anonymous_access_depends_on_the_version(airflow: tuple[int, ...] | None, severity: str) -> None:
    text = azure(connection='\'{"conn_type": "azure", "extra": {"account_name": "acmexcom"}}\'')
    assert [f.severity for f in found(text, airflow=airflow) if f.code == "XC520"] == [severity]
    assert "XC520" not in codes(text, airflow=(3, 3))


def test_a_uri_says_false_to_airflow_31_only() -> None:
    text = azure(connection='"wasb://?account_name=acmexcom&anon=false"')
    assert "XC515" not in codes(text, airflow=(3, 1))
    assert all("XC515" in codes(text, airflow=version) for version in ((3, 0), (3, 3)))


def test_a_connection_string_in_the_environment_decides() -> None:
    aws = '\'{"conn_type": "aws"}\''
    env = "commonEnv:\n  - name: AZURE_STORAGE_CONNECTION_STRING\n    valueFrom: {secretKeyRef: {name: a, key: b}}"
    text = azure(connection=aws).replace("commonEnv:", env)
    assert loud(text) == {"XC521"}
    assert "XC513" in loud(azure(connection=aws))


@pytest.mark.parametrize(
    "extra",
    [
        {"keyfile_dict": 5}, {"keyfile_dict": {"type": "service_account"}}, {"keyfile_dict": '"{}"'}, {"scope": ["a"]},
        {"impersonation_chain": 5}, {"key_path": "~/key.json"}, {"key_path": "key.p12"}, {"key_path": "gs://k/key.json"},
        {"idp_issuer_url": "https://idp"}, {"is_anonymous": True, "key_path": "/key.json"},
    ],
)  # fmt: skip
def test_settings_of_google_that_fail(extra: dict[str, object]) -> None:
    assert "XC523" in loud(with_connection({"conn_type": "google_cloud_platform", "extra": extra}))


def test_the_name_of_anonymous_access_at_google() -> None:
    assert loud(with_connection({"conn_type": "google_cloud_platform", "extra": {"anonymous": True}})) == {"XC522"}


@pytest.mark.parametrize("name", ["AIRFLOW_CON_STORE_ONE", "AIRFLOW_CONN_STOREONE", "AIRFLOW_CONN_STORE.ONE"])
def test_a_connection_under_a_near_name(name: str) -> None:
    text = example(path='"s3://store_one@acme-xcom/etl"', env=((name, '\'{"conn_type": "aws"}\''),))
    assert "XC526" in loud(text)
    assert "XC512" not in codes(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('{"conn_type": "aws", "login": "AKIAMADEUP", "password": "not-a-real-key",}', "password"),
        ('{"conn_type": "wasb", "extra": {"account_key": "bm90LXJlYWw="}', "account_key"),
        ("'aws://AKIAMADEUP:not-a-real-key@'", "password"),
        ("export AIRFLOW_CONN_STORE=aws://AKIAMADEUP:not-a-real-key@", "password"),
        ("DefaultEndpointsProtocol=https;AccountName=acmexcom;AccountKey=bm90LXJlYWw=", "AccountKey"),
        ('{"conn_type": "aws", "password": "<password>",}', None),
        ("'aws://AKIAMADEUP:<password>@'", None),
    ],
)
def test_a_secret_is_found_where_airflow_reads_nothing(text: str, names: str | None) -> None:
    values = example(path='"s3://store@acme-xcom/etl"', env=(("AIRFLOW_CONN_STORE", json.dumps(text)),))
    said = [f.message for f in found(values) if f.code == "XC805"]
    assert said == ([f"AIRFLOW_CONN_STORE holds {names} in plain text; take it from a Secret"] if names else [])


def test_the_scheme_of_an_endpoint_may_be_in_capitals() -> None:
    assert "XC523" not in loud(with_connection({"conn_type": "aws", "extra": {"endpoint_url": "HTTP://minio:9000"}}))


def test_a_uri_with_an_unescaped_endpoint_keeps_its_secret_to_be_found() -> None:
    uri = "aws://AKIAMADEUP:not-a-real-key@/?endpoint_url=http://minio:9000"
    found_connection = connection(uri)
    assert "second ://" in (found_connection.problem or "")
    assert found_connection.members == {"login": "AKIAMADEUP", "password": "not-a-real-key"}
    text = example(path='"s3://store@acme-xcom/etl"', env=(("AIRFLOW_CONN_STORE", f'"{uri}"'),))
    assert {"XC506", "XC805"} <= loud(text)
    assert all("not-a-real-key" not in f.message for f in found(text))
    escaped = connection(uri.replace("http://minio:9000", "http%3A%2F%2Fminio%3A9000"))
    assert escaped.problem is None
    assert escaped.extra == {"endpoint_url": "http://minio:9000"}
    assert connection("aws://?endpoint_url=http://minio:9000").extra == {"endpoint_url": "http://minio:9000"}


@pytest.mark.parametrize("text", ["my_aws://", "'aws://'", "export X=aws://", "aws ://"])
def test_what_is_no_scheme_gives_no_type(text: str) -> None:
    assert connection(text).type is None
    assert "XC507" in loud(example(path='"s3://store@acme-xcom/etl"', env=(("AIRFLOW_CONN_STORE", json.dumps(text)),)))


def test_a_role_beside_an_endpoint_of_its_own_sts_or_of_aws_is_fine() -> None:
    extra: dict[str, object] = {"role_arn": ROLE, "region_name": "eu-west-1", "endpoint_url": "http://minio:9000"}
    sts = {"sts": {"endpoint_url": "http://minio:9000"}, "s3": {"endpoint_url": "http://minio:9000"}}
    assert loud(with_connection({"conn_type": "aws", "extra": extra | {"service_config": sts}})) == set()
    aws = extra | {"endpoint_url": "https://s3.eu-west-1.amazonaws.com"}
    assert loud(with_connection({"conn_type": "aws", "extra": aws})) == set()


@pytest.mark.parametrize(
    ("connection_string", "expected"),
    [
        ("UseDevelopmentStorage=true", {"XC523", "XC528", "XC805"}),
        ("AccountName=a;AccountKey=bm8=;BlobEndpoint=http://127.0.0.1:10000/a", {"XC528", "XC805"}),
        ("AccountName=a;AccountKey=bm8=;BlobEndpoint=http://azurite:10000/a", {"XC805"}),
    ],
)
def test_the_storage_emulator_of_a_laptop(connection_string: str, expected: set[str]) -> None:
    data: dict[str, object] = {"conn_type": "wasb", "extra": {"connection_string": connection_string}}
    assert loud(with_connection(data)) & {"XC523", "XC528", "XC805"} == expected


def test_a_variable_that_names_an_endpoint_in_the_pod() -> None:
    text = example(path='"gs://acme/x"', env=(("STORAGE_EMULATOR_HOST", '"http://localhost:4443"'),))
    assert "XC528" in loud(text)
    other = example(path='"s3://acme/x"', env=(("STORAGE_EMULATOR_HOST", '"http://localhost:4443"'),))
    assert "XC528" not in codes(other)


def test_the_default_connection_is_used_by_name_only() -> None:
    default = "AIRFLOW_CONN_AWS_DEFAULT"
    own = (default, '\'{"conn_type": "aws", "extra": {"endpoint_url": "http://minio:9000"}}\'')
    plain = (default, '\'{"conn_type": "aws", "extra": {"region_name": "eu-west-1"}}\'')
    assert "XC527" in loud(example(path='"s3://acme-xcom/etl"', env=(own,)))
    assert [f.severity for f in found(example(path='"s3://acme-xcom/etl"', env=(plain,))) if f.code == "XC527"] == [
        "info"
    ]
    assert "XC527" not in codes(example(path='"s3://aws_default@acme-xcom/etl"', env=(own,)))


def test_a_key_file_is_there_where_a_volume_is_mounted() -> None:
    data: dict[str, object] = {"conn_type": "google_cloud_platform", "extra": {"key_path": "/secrets/gcp/key.json"}}
    text = with_connection(data)
    assert "XC524" in loud(text)
    mount = "workers:\n  - name: w\n    volumeMounts:\n      - {name: k, mountPath: /secrets/gcp}\n"
    assert "XC524" not in codes(text + mount)
    assert "XC524" in loud(text + mount.replace("/secrets/gcp", "/secrets/g"))


def test_asking_google_anonymously() -> None:
    assert loud(with_connection({"conn_type": "google_cloud_platform", "extra": {"is_anonymous": True}})) == {"XC515"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("s3://acme-xcom/team[1]/etl", {"XC225"}),
        ("gs://acme-xcom/etl//", {"XC215"}),
        ("gs://acme-xcom//", {"XC215"}),
        ("gs://acme-xcom/a//b", set()),
        ("s3://acme-xcom/etl//", set()),
        ("$$(BASE)/etl", {"XC211"}),
    ],
)
def test_prefixes_that_lose_values(path: str, expected: set[str]) -> None:
    assert {code for code in loud(example(path=json.dumps(path))) if code.startswith("XC2")} == expected
