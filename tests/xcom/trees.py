"""Values trees for the tests: real YAML text through the real reader."""

from __future__ import annotations

from textwrap import dedent

from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.xcom.model import Configuration, FieldName, FieldReading, Node
from rea_xcom_tui.xcom.reading import read

BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
PATH = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH"
THRESHOLD = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD"
COMPRESSION = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_COMPRESSION"
CLIENT_ID = "11111111-2222-3333-4444-555555555555"
OTHER_ID = "99999999-8888-7777-6666-555555555555"
ROLE = "arn:aws:iam::123456789012:role/AgentRole"

AZURE_CONNECTION = (
    '{"conn_type":"azure","login":"acct","extra":"{\\"anon\\": false, \\"account_name\\":\\"acct\\",'
    f'\\"managed_identity_client_id\\":\\"{CLIENT_ID}\\",\\"workload_identity_tenant_id\\":\\"t\\"}}"}}'
)

S3_EXAMPLE = f"""\
xcomBackend: "{BACKEND}"

commonEnv:
 - name: {PATH}
   value: "s3://my_aws@team-bucket/xcom"
 - name: {THRESHOLD}
   value: "0" # Zero means always store in the object store
 - name: {COMPRESSION}
   value: "zip"

annotations:
 eks.amazonaws.com/role-arn: {ROLE}
"""
"""The vendor page's example for Amazon S3 with its placeholders filled in."""

AZURE_EXAMPLE = f"""\
xcomBackend: "{BACKEND}"

commonEnv:
 - name: AIRFLOW_CONN_WASB_XCOM # Defines the Azure Blob Storage connection
   value: '{AZURE_CONNECTION}'
 - name: AIRFLOW__CORE__LOAD_EXAMPLES
   value: "True"
 - name: {PATH}
   value: abfs://wasb_xcom@container/path
 - name: {THRESHOLD}
   value: "0" # Zero means always store in the object store
 - name: {COMPRESSION}
   value: "zip"

labels:
 azure.workload.identity/use: "true"

annotations:
 azure.workload.identity/client-id: "{CLIENT_ID}"
"""
"""The vendor page's example for Azure Blob Storage with its placeholders filled in."""


def tree(text: str | bytes) -> Node:
    """The root of a YAML text; indentation common to all lines is taken off."""
    data = text if isinstance(text, bytes) else dedent(text).encode()
    return ValuesFile.parse(data).root


def config(text: str | bytes, header: str = "") -> Configuration:
    """The configuration of a YAML text."""
    return read(tree(text), header)


def field(text: str | bytes, name: FieldName) -> FieldReading:
    """One field of a YAML text."""
    return config(text).fields[name]


def env(name: str, value: str) -> str:
    """A file whose `commonEnv` has one entry; `value` is YAML."""
    return f"xcomBackend: {BACKEND}\ncommonEnv:\n  - name: {name}\n    value: {value}\n"
