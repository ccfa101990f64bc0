from __future__ import annotations

import json

import pytest

from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.examples import azure, example
from tests.xcom.rules.helpers import found, loud


def verdicts(path: str, airflow: tuple[int, ...] = (3, 3)) -> dict[str, str]:
    return {f.code: f.severity for f in found(example(path=json.dumps(path)), airflow=airflow) if f.code < "XC3"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("s3://acme-xcom/etl?x=1", {"XC213": "warning"}),
        ("s3://acme-xcom/etl#1", {"XC213": "info"}),
        ("s3://acme-xcom?x=1", {"XC213": "error"}),
        ("s3://acme-xcom/etl\n", {"XC212": "info"}),
        (" s3://acme-xcom/etl", {"XC212": "info"}),
        ("s3://acme-\nxcom/etl", {"XC212": "info"}),
        ("s3://acme-xcom/etl ", {"XC212": "warning"}),
        ("\u00a0s3://acme-xcom/etl", {"XC203": "error"}),
        ("s3://acme-xcom/team::etl", {"XC223": "error"}),
        ("s3://[c]@acme-xcom/etl", {"XC224": "error"}),
        ("s3://arn:aws:s3:::acme-xcom/etl", {"XC216": "error", "XC223": "error"}),
        ("gs://arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/x", {"XC216": "error"}),
        ("s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/x", {}),
        ("s3://Acme_Xcom/x", {"XC216": "warning"}),
        (f"s3://{'a' * 64}/x", {"XC216": "warning"}),
        ("s3://acme-xcom-/x", {"XC216": "error"}),
        ("gs://Acme_Xcom/x", {"XC216": "error"}),
        ("$ s3://acme-xcom/x", {"XC203": "error"}),
        ("${BUCKET/x", {"XC203": "error"}),
        ("s3://$root/x", {"XC211": "warning", "XC216": "error"}),
        ("s3://acme-$(B/x", {"XC216": "error"}),
        ("adl://container/x", {"XC207": "error"}),
        ("s3://acme-xcom/a/../b", {"XC215": "warning"}),
    ],
)
def test_paths(path: str, expected: dict[str, str]) -> None:
    assert verdicts(path) == expected


@pytest.mark.parametrize(
    ("path", "version", "severity"),
    [
        ("s3://s3://acme-xcom/etl", (3, 3), "warning"),
        ("s3://s3://acme-xcom/etl", (3, 1), "error"),
        ("s3://s3://acme-xcom", None, "error"),
        ("s3://s3://a/etl", (3, 3), "error"),
        ("s3://store@s3://acme-xcom/etl", (3, 3), "error"),
    ],
)
def test_a_scheme_that_stands_there_twice(path: str, version: tuple[int, ...] | None, severity: str) -> None:
    hits = [f for f in found(example(path=json.dumps(path)), airflow=version) if f.code < "XC3"]
    assert ("XC216", severity) in {(f.code, f.severity) for f in hits}
    if path.startswith("s3://s3://acme"):
        assert len(hits) == 1
        assert hits[0].fix


def test_older_versions_keep_two_colons() -> None:
    assert verdicts("s3://acme-xcom/team::etl", (3, 1)) == {}


@pytest.mark.parametrize(("prefix", "severity"), [("./x", "warning"), ("../x", "error"), ("a\\\\b", "info")])
def test_segments_fail_on_azure(prefix: str, severity: str) -> None:
    text = azure(path=f'"abfs://wasb_xcom@xcom/{prefix}"')
    assert [f.severity for f in found(text) if f.code == "XC215"] == [severity]


@pytest.mark.parametrize(("version", "severity"), [((3, 1), "warning"), ((3, 3), "error")])
def test_a_dot_on_azure_is_dropped_by_older_airflow(version: tuple[int, ...], severity: str) -> None:
    text = azure(path='"abfs://wasb_xcom@xcom/./x"')
    assert [f.severity for f in found(text, airflow=version) if f.code == "XC215"] == [severity]


def test_an_azure_host_works_where_a_connection_has_the_containers_name() -> None:
    path = '"abfss://wasb_xcom@acmexcom.dfs.core.windows.net/etl"'
    assert {f.severity for f in found(azure(path=path)) if f.code == "XC206"} == {"warning"}
    assert {f.severity for f in found(azure(path=path, connection=None)) if f.code == "XC206"} == {"error"}


def test_an_escaped_variable_is_not_expanded() -> None:
    assert "XC211" not in loud(example(path='"s3://acme-xcom/$$(TEAM)"'))
    assert "XC211" in loud(example(path='"s3://acme-xcom/$(TEAM)"'))


def test_a_path_without_slashes_is_still_on_its_cloud() -> None:
    assert parse_path("s3:acme/x").cloud == "aws"
    assert parse_path("C:\\xcom").cloud == "local"


@pytest.mark.parametrize(
    "name",
    [
        "irflow.providers.common.io.xcom.backend.XComObjectStorageBackend",
        "providers.common.io.xcom.backend.XComObjectStorageBackend",
        "apache.airflow.providers.common.io.xcom.backend.XComObjectStorageBackend",
        "airflow.providers.common.io.xcom.backend.XC\u043emObjectStorageBackend",
        "airflow.providers.common.io.xcom.backend.XComObjectStorageBackends",
    ],
)
def test_a_class_that_is_nearly_right_stops_every_component(name: str) -> None:
    (finding,) = [f for f in found(example(backend=f"xcomBackend: {name}")) if f.code.startswith("XC1")]
    assert (finding.code, finding.severity, bool(finding.fix)) == ("XC111", "error", True)


def test_a_class_of_ones_own_stays_ones_own() -> None:
    assert "XC111" not in loud(example(backend="xcomBackend: acme.xcom.XComObjectStorageBackend"))


def test_the_cloud_of_a_path_that_begins_with_a_variable_of_the_file() -> None:
    text = example(path='"$BASE/etl"', env=(("BASE", '"s3://acme-xcom"'),))
    values = ValuesFile.parse(text.encode())
    assert read(values.root).cloud == "aws"


def test_a_connection_that_a_secret_completes_has_its_type() -> None:
    env = (("AIRFLOW_CONN_STORE", '\'{"conn_type": "aws", "password": "$(AWS_PASSWORD)"}\''),)
    secret = "  - name: AWS_PASSWORD\n    valueFrom: {secretKeyRef: {name: a, key: b}}\n"
    text = example(path='"s3://store@acme-xcom/x"', env=env).replace("commonEnv:\n", f"commonEnv:\n{secret}")
    assert read(ValuesFile.parse(text.encode()).root).fields["connection"].type == "aws"
