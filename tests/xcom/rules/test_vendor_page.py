from __future__ import annotations

import pytest

from tests.xcom.rules.helpers import found

S3 = """\
xcomBackend: "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"

commonEnv:
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH
    value: "s3://<connection-id>@<bucket>/<path-to-xcom>"
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD
    value: "0" # Zero means always store in the object store
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_COMPRESSION
    value: "zip"

annotations:
  eks.amazonaws.com/role-arn: arn:aws:iam::<AWS_ACCOUNT_ID>:role/AstronomerAgentRole
"""

AZURE = """\
xcomBackend: "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"

commonEnv:
  - name: AIRFLOW_CONN_WASB_XCOM # Defines the Azure Blob Storage connection
    value: '{"conn_type":"azure","login":"<storage_account_name>","extra":"{\\"anon\\": false, \
\\"account_name\\":\\"<storage_account_name>\\",\\"managed_identity_client_id\\":\\"<your-managed-identity-client-id>\\",\
\\"workload_identity_tenant_id\\":\\"<your-tenant-id>\\"}"}'
  - name: AIRFLOW__CORE__LOAD_EXAMPLES
    value: "True"
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH
    value: abfs://wasb_xcom@<container>/<path>
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD
    value: "0" # Zero means always store in the object store
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_COMPRESSION
    value: "zip"

labels:
  azure.workload.identity/use: "true"

annotations:
  azure.workload.identity/client-id: "<managed-identity-client-id>"
"""

CLIENT = "0f5a7c1e-9b1c-4f2d-8a3e-6d7c8b9a0f1e"
FILLED = {
    "<connection-id>": "aws_xcom",
    "<bucket>": "acme-agent-xcom",
    "<path-to-xcom>": "etl/xcom",
    "<AWS_ACCOUNT_ID>": "123456789012",
    "<storage_account_name>": "acmeagentxcom",
    "<your-managed-identity-client-id>": CLIENT,
    "<managed-identity-client-id>": CLIENT,
    "<your-tenant-id>": "7d1f0b9a-2c3d-4e5f-8a9b-0c1d2e3f4a5b",
    "<container>": "xcom",
    "<path>": "etl",
}


def filled(text: str) -> str:
    for placeholder, value in FILLED.items():
        text = text.replace(placeholder, value)
    assert "<" not in text
    return text


@pytest.mark.parametrize("airflow", [None, (3, 0), (3, 1), (3, 2), (3, 3)])
@pytest.mark.parametrize("example", [S3, AZURE], ids=["S3", "Azure"])
def test_the_vendor_page_with_its_placeholders_filled_in_only_meets_what_is_to_know_about_zip(
    example: str, airflow: tuple[int, ...] | None
) -> None:
    assert [(f.code, f.severity) for f in found(filled(example), airflow=airflow)] == [("XC406", "info")]


def test_the_placeholders_themselves_are_errors() -> None:
    assert {f.code for f in found(S3)} == {"XC209", "XC406", "XC601"}
    assert {f.code for f in found(AZURE)} == {"XC209", "XC406", "XC508", "XC602"}
    container = AZURE.replace("<container>", "xcom").replace("<path>", "etl")
    assert {f.code for f in found(container)} == {"XC406", "XC508", "XC602"}


def test_the_line_the_page_shows_in_passing_stops_every_component() -> None:
    text = filled(S3).replace(
        "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend", "AIRFLOW__CORE__XCOM_BACKEND"
    )
    finding, _ = found(text)
    assert (finding.code, finding.severity, finding.line, finding.column) == ("XC103", "error", 1, 14)
