"""What is tried: settings with the outcome that is expected of each, as values files."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

S3_PORT, AZURE_PORT, GCS_PORT = 15000, 15001, 15002
_IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
_BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
AZURE_ACCOUNT = "devstoreaccount1"
AZURE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The account and key that Azurite documents for everyone; they open nothing else."""
AZURE_STRING = (
    f"DefaultEndpointsProtocol=http;AccountName={AZURE_ACCOUNT};AccountKey={AZURE_KEY};"
    f"BlobEndpoint=http://127.0.0.1:{AZURE_PORT}/{AZURE_ACCOUNT};"
)
BUCKET = "xcom-truth"


@dataclass(frozen=True)
class Row:
    """One configuration."""

    name: str
    path: str
    connection: dict[str, Any] | str | None = None
    threshold: str = "1000"
    compression: str | None = None
    backend: str = _BACKEND
    env: dict[str, str] = field(default_factory=dict)

    def values(self) -> str:
        """Its values file."""
        entries = {_IO + "PATH": self.path, _IO + "THRESHOLD": self.threshold}
        if self.compression is not None:
            entries[_IO + "COMPRESSION"] = self.compression
        if self.connection is not None:
            text = self.connection if isinstance(self.connection, str) else json.dumps(self.connection)
            entries["AIRFLOW_CONN_STORE"] = text
        entries |= self.env
        head = f"resourceNamePrefix: {self.name}\nnamespace: {self.name}\nxcomBackend: {json.dumps(self.backend)}\n"
        return (
            head
            + "commonEnv:\n"
            + "".join(f"  - name: {name}\n    value: {json.dumps(text)}\n" for name, text in entries.items())
        )


def _aws(extra: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
    base = {"endpoint_url": _S3_URL, "region_name": "us-east-1"}
    return {
        "conn_type": "aws",
        "login": "made-up",
        "password": "made-up-secret",
        "extra": base | (extra or {}),
        **members,
    }


def _s3(name: str, prefix: str = "/team", **more: Any) -> Row:
    more.setdefault("connection", _aws())
    return Row(name, f"s3://store@{BUCKET}{prefix}", **more)


_S3_URL = f"http://127.0.0.1:{S3_PORT}"
_SERVICES = {"endpoint_url": None, "service_config": {"s3": {"endpoint_url": _S3_URL}}}
_NOBODY = {"profile_name": "nobody", "session_kwargs": {"profile_name": "nobody"}}
_COMPRESSIONS = ("gzip", "bz2", "xz", "lzma", "zip", "lz4", "zstd", "snappy")
_UNREACHED = "http://127.0.0.1:9"
_WASB = {"conn_type": "wasb", "extra": {"connection_string": AZURE_STRING}}


def rows() -> list[Row]:
    """All of them: right ones on each store, and one for each kind of mistake."""
    gcs = {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{GCS_PORT}"}
    return [
        _s3("s3-plain"),
        _s3("s3-threshold-0", threshold="0"),
        _s3("s3-threshold-never", threshold="-1"),
        *(_s3(f"s3-{name}", compression=name) for name in _COMPRESSIONS),
        _s3("s3-prefix-query", "/a?b=1"),
        _s3("s3-prefix-fragment", "/a#b"),
        _s3("s3-prefix-percent", "/a%20b"),
        _s3("s3-prefix-double-slash", "/a//b"),
        _s3("s3-trailing-slash", "/team/"),
        _s3("s3-no-prefix", ""),
        _s3("s3-env-endpoint", connection=_aws({"endpoint_url": None}), env={"AWS_ENDPOINT_URL": _S3_URL}),
        _s3("s3-service-config", connection=_aws(_SERVICES)),
        Row("s3-bucket-missing", "s3://store@no-such-bucket-here/team", _aws()),
        Row("s3-bucket-query", "s3://store@b?x=1/team", _aws()),
        _s3("s3-region-blank", connection=_aws({"region_name": "eu west 1"})),
        _s3("s3-endpoint-no-scheme", connection=_aws({"endpoint_url": f"127.0.0.1:{S3_PORT}"})),
        _s3("s3-endpoint-closed", connection=_aws({"endpoint_url": _UNREACHED})),
        _s3("s3-endpoint-in-config-kwargs", connection=_aws({"config_kwargs": {"endpoint_url": _UNREACHED}})),
        _s3("s3-config-kwargs-null", connection=_aws({"config_kwargs": "text"})),
        _s3("s3-signature-unsigned", connection=_aws({"config_kwargs": {"signature_version": "nonsense"}})),
        _s3("s3-profile-missing", connection=_aws(_NOBODY)),
        _s3("s3-role-malformed", connection=_aws({"role_arn": "not-an-arn"})),
        _s3("s3-connection-undefined", connection=None),
        _s3("s3-connection-no-json", connection='{"conn_type": "aws",'),
        _s3("s3-connection-unknown-member", connection=_aws(region="x")),
        _s3("s3-uri-unescaped-endpoint", connection=f"aws://made-up:made-up-secret@/?endpoint_url={_S3_URL}"),
        _s3("s3-threshold-words", threshold="one megabyte"),
        _s3("s3-threshold-fraction", threshold="1e3"),
        _s3("s3-compression-unknown", compression="brotli"),
        _s3("s3-compression-case", compression="GZIP"),
        _s3("s3-backend-gone", backend="airflow.providers.common.io.xcom.backend.NoSuchBackend"),
        _s3("s3-backend-words", backend="object storage"),
        Row("s3n-scheme", f"s3n://store@{BUCKET}/team", _aws()),
        Row("http-scheme", f"http://{BUCKET}/team"),
        Row("azure-plain", f"abfs://store@{BUCKET}/team", _WASB),
        Row("azure-gzip", f"abfs://store@{BUCKET}/team", _WASB, compression="gzip"),
        Row("azure-env-string", f"abfs://{BUCKET}/team", env={"AZURE_STORAGE_CONNECTION_STRING": AZURE_STRING}),
        Row("azure-prefix-query", f"abfs://store@{BUCKET}/a?b=1", _WASB),
        Row("azure-prefix-up", f"abfs://store@{BUCKET}/../team", _WASB),
        Row("azure-wasb-scheme", f"wasb://store@{BUCKET}/team", _WASB),
        Row("azure-string-newline", f"abfs://store@{BUCKET}/team",
            {"conn_type": "wasb", "extra": {"connection_string": f'"{AZURE_STRING}"'}}),
        Row("azure-container-missing", "abfs://store@no-such-container/team", _WASB),
        Row("azure-undefined", f"abfs://store@{BUCKET}/team"),
        Row("gcs-plain", f"gs://{BUCKET}/team", env=gcs),
        Row("gcs-gzip", f"gs://{BUCKET}/team", compression="gzip", env=gcs),
        Row("gcs-prefix-query", f"gs://{BUCKET}/a?b=1", env=gcs),
        Row("gcs-key-missing", f"gs://store@{BUCKET}/team",
            {"conn_type": "google_cloud_platform", "extra": {"key_path": "/nowhere/key.json"}}, env=gcs),
    ]  # fmt: skip
