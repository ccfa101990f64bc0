"""The values files that a rule's page shows, built from what differs."""

from __future__ import annotations

from rea_xcom_tui.xcom.names import (
    COMPRESSION_VARIABLE,
    OBJECT_STORAGE_BACKEND,
    PATH_VARIABLE,
    THRESHOLD_VARIABLE,
)

BACKEND_LINE = f"xcomBackend: {OBJECT_STORAGE_BACKEND}"
ROLE = "arn:aws:iam::123456789012:role/AgentRole"
CLIENT_ID = "11111111-2222-3333-4444-555555555555"
AZURE_PATH = '"abfs://wasb_xcom@xcom/etl"'
AZURE_CONNECTION = f"""'{{"conn_type": "azure", "extra": {{"anon": false, "account_name": "acmexcom", \
"managed_identity_client_id": "{CLIENT_ID}"}}}}'"""


def example(
    *,
    backend: str | None = BACKEND_LINE,
    path: str | None = '"s3://acme-xcom/etl"',
    threshold: str | None = '"0"',
    compression: str | None = None,
    env: tuple[tuple[str, str], ...] = (),
    before: str = "",
    rest: str = "",
) -> str:
    """A whole values file. Each value is YAML text as it is in a file; None leaves the entry out."""
    entries = [*env, (PATH_VARIABLE, path), (THRESHOLD_VARIABLE, threshold), (COMPRESSION_VARIABLE, compression)]
    lines = [before.rstrip("\n")] if before else []
    lines += [backend] if backend else []
    lines.append("commonEnv:")
    for name, value in entries:
        if value is not None:
            lines += [f"  - name: {name}", f"    value: {value}"]
    lines += [rest.strip("\n")] if rest else []
    return "\n".join(lines) + "\n"


def azure(
    *,
    connection: str | None = AZURE_CONNECTION,
    label: str | None = '"true"',
    client_id: str | None = CLIENT_ID,
    path: str = AZURE_PATH,
    rest: str = "",
) -> str:
    """A values file for Azure Blob Storage with workload identity."""
    tail = f"labels:\n  azure.workload.identity/use: {label}\n" if label else ""
    tail += f"annotations:\n  azure.workload.identity/client-id: {client_id}\n" if client_id else ""
    env = (("AIRFLOW_CONN_WASB_XCOM", connection),) if connection else ()
    return example(env=env, path=path, rest=tail + rest)
