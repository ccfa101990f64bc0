"""What is tried: settings with the outcome that is expected of each, as values files.

Every fact about a store that a values file can show has a row here; what it is about is in the row's name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

S3_PORT, AZURE_PORT, GCS_PORT, AZURE_TLS_PORT = 15000, 15001, 15002, 15003
_IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
_BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
AZURE_ACCOUNT = "devstoreaccount1"
AZURE_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="
"""The account and key that Azurite documents for everyone; they open nothing else."""
AZURE_STRING = (
    f"DefaultEndpointsProtocol=http;AccountName={AZURE_ACCOUNT};AccountKey={AZURE_KEY};"
    f"BlobEndpoint=http://127.0.0.1:{AZURE_PORT}/{AZURE_ACCOUNT};"
)
AZURE_HOST = f"127.0.0.1:{AZURE_TLS_PORT}/{AZURE_ACCOUNT}"
"""Where Azurite answers over TLS, as adlfs wants only an account's host name."""
BUCKET = "xcom-truth"
ALIAS_BUCKET = "xcom-ap-1a2b3c4d5e6f7a8b9c0d1e2f3a4b5-s3alias"
"""A bucket that is called like the alias of an access point."""


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
    cold: bool = False
    """Whether it needs a Python of its own: a library reads one of its variables when it is imported."""

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
    base: dict[str, Any] = {"endpoint_url": _S3_URL, "region_name": "us-east-1"}
    whole: dict[str, Any] = {"conn_type": "aws", "login": "made-up", "password": "made-up-secret",
                             "extra": base | (extra or {}), **members}  # fmt: skip
    whole["extra"] = {name: value for name, value in whole["extra"].items() if value is not _LEFT_OUT}
    return {name: value for name, value in whole.items() if value is not _LEFT_OUT}


def _azure(extra: dict[str, Any], kind: str = "wasb", **members: Any) -> dict[str, Any]:
    return {"conn_type": kind, "extra": extra, **members}


def _s3(name: str, prefix: str = "/team", **more: Any) -> Row:
    more.setdefault("connection", _aws())
    return Row(f"s3-{name}", f"s3://store@{BUCKET}{prefix}", **more)


def _abfs(name: str, prefix: str = "/team", **more: Any) -> Row:
    more.setdefault("connection", _WASB)
    return Row(f"azure-{name}", f"abfs://store@{BUCKET}{prefix}", **more)


def _gs(name: str, prefix: str = "/team", **more: Any) -> Row:
    conn = "store@" if "connection" in more else ""
    more["env"] = _EMULATED | more.get("env", {})
    return Row(f"gcs-{name}", f"gs://{conn}{BUCKET}{prefix}", **more)


_LEFT_OUT = object()
_S3_URL = f"http://127.0.0.1:{S3_PORT}"
_S3_BY_ENV = {
    "AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up-secret", "AWS_ENDPOINT_URL": _S3_URL,
    "AWS_DEFAULT_REGION": "us-east-1",
}  # fmt: skip
_NOBODY = {"profile_name": "nobody", "session_kwargs": {"profile_name": "nobody"}}
_COMPRESSIONS = ("gzip", "bz2", "xz", "lzma", "zip", "lz4", "zstd", "snappy")
_UNREACHED = "http://127.0.0.1:9"
_WASB = _azure({"connection_string": AZURE_STRING})
_EMULATED = {"STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{GCS_PORT}"}
_ROLE = "arn:aws:iam::123456789012:role/XcomRole"
_LITERAL = "/a%20b+c=d & e:g~h*i{j}@k\u00e4"
_OTHER_SPELLINGS: tuple[tuple[str, str], ...] = (
    ("prefix-query", "/a?b=1"), ("prefix-fragment", "/a#b"), ("prefix-literal", _LITERAL),
    ("prefix-brackets", "/a[1]b"), ("prefix-percent-slash", "/a%2Fb"),
    ("prefix-double-slash", "/a//b"), ("prefix-backslash", "/a\\b"), ("prefix-dot", "/./team"),
    ("prefix-up", "/../team"), ("prefix-tab", "/a\tb"), ("trailing-newline", "/team\n"), ("trailing-blank", "/team "),
    ("trailing-slash", "/team/"), ("trailing-slashes", "/team//"), ("no-prefix", ""),
)  # fmt: skip
"""Prefixes as people write them; each is tried on each store."""


def rows() -> list[Row]:
    """All of them: right ones on each store, and one for each kind of mistake."""
    return [*_settings(), *_paths(), *_s3_connections(), *_azure_connections(), *_google_connections()]


def _settings() -> Iterator[Row]:
    """Threshold, compression and backend, all on S3."""
    yield _s3("plain")
    yield _s3("threshold-0", threshold="0")
    yield _s3("threshold-100", threshold="100")
    yield _s3("threshold-never", threshold="-1")
    yield from (_s3(name, compression=name) for name in _COMPRESSIONS)
    yield _s3("threshold-words", threshold="one megabyte")
    yield _s3("threshold-fraction", threshold="1e3")
    yield _s3("compression-unknown", compression="brotli")
    yield _s3("compression-case", compression="GZIP")
    yield _s3("backend-gone", backend="airflow.providers.common.io.xcom.backend.NoSuchBackend")
    yield _s3("backend-words", backend="object storage")


def _paths() -> Iterator[Row]:
    """Prefixes, buckets and schemes."""
    for make in (_s3, _abfs, _gs):
        yield from (make(name, prefix) for name, prefix in _OTHER_SPELLINGS)
    yield Row("s3-bucket-missing", "s3://store@no-such-bucket-here/team", _aws())
    yield Row("s3-bucket-query", "s3://store@b?x=1/team", _aws())
    yield Row("s3-bucket-arn", f"s3://store@arn:aws:s3:::{BUCKET}/team", _aws())
    point = "arn:aws:s3:us-east-1:123456789012:accesspoint/ap"
    yield Row("s3-bucket-access-point", f"s3://store@{point}/team", _aws())
    yield Row("s3-chain-no-id", f"s3://{BUCKET}/team::etl", env=_S3_BY_ENV)
    yield Row("s3-bucket-alias", f"s3://store@{ALIAS_BUCKET}/team", _aws())
    yield Row("s3-chain", f"s3://store@{BUCKET}/team::etl", _aws())
    yield Row("s3-upper-scheme", f"S3://store@{BUCKET}/team", _aws())
    yield Row("s3a-scheme", f"s3a://store@{BUCKET}/team", _aws())
    yield Row("s3n-scheme", f"s3n://store@{BUCKET}/team", _aws())
    yield Row("http-scheme", f"http://{BUCKET}/team")
    yield Row("azure-wasb-scheme", f"wasb://store@{BUCKET}/team", _WASB)
    yield Row("azure-abfss-scheme", f"abfss://store@{BUCKET}/team", _WASB)
    yield Row("azure-adl-scheme", f"adl://store@{BUCKET}/team", _WASB)
    yield Row("azure-url", f"abfss://{BUCKET}@{AZURE_ACCOUNT}.dfs.core.windows.net/team", _WASB)
    yield Row("azure-container-missing", "abfs://store@no-such-container/team", _WASB)
    yield Row("gcs-bucket-slashes", f"gs://{BUCKET}//", env=_EMULATED)
    yield Row("gcs-scheme", f"gcs://{BUCKET}/team", env=_EMULATED)
    yield Row("gcs-bucket-missing", "gs://no-such-bucket-here/team", env=_EMULATED)
    yield _s3("gzip-prefix-query", "/a?b=1", compression="gzip")
    yield _abfs("plain")
    yield _abfs("gzip", compression="gzip")
    yield _gs("plain")
    yield _gs("gzip", compression="gzip")


def _s3_connections() -> Iterator[Row]:
    away: dict[str, Any] = {"endpoint_url": _LEFT_OUT}
    keys = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up-secret"}
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3"):
        yield _s3("env-endpoint" + name.removeprefix("AWS_ENDPOINT_URL").lower().replace("_", "-"),
                  connection=_aws(away), env={name: _S3_URL})  # fmt: skip
    tried: dict[str, dict[str, Any]] = {
        # where the store is
        "service-config": {**away, "service_config": {"s3": {"endpoint_url": _S3_URL}}},
        "service-config-wins": {"endpoint_url": _UNREACHED, "service_config": {"s3": {"endpoint_url": _S3_URL}}},
        "service-config-null": {"service_config": {"s3": {"endpoint_url": None}}},
        "endpoint-host-in-extra": {**away, "host": _S3_URL},
        "endpoint-old-name": {**away, "aws_endpoint_url": _S3_URL},
        "endpoint-client-kwargs": {**away, "client_kwargs": {"endpoint_url": _S3_URL}},
        "endpoint-no-scheme": {"endpoint_url": f"127.0.0.1:{S3_PORT}"},
        "endpoint-capitals": {"endpoint_url": _S3_URL.upper()},
        "endpoint-closed": {"endpoint_url": _UNREACHED},
        "endpoint-bucket": {"endpoint_url": f"{_S3_URL}/{BUCKET}"},
        "endpoint-in-config-kwargs": {"config_kwargs": {"endpoint_url": _UNREACHED}},
        # what cannot be built
        "region-blank": {"region_name": "eu west 1"},
        "config-kwargs-null": {"config_kwargs": None},
        "config-kwargs-text": {"config_kwargs": "text"},
        "config-kwargs-unknown": {"config_kwargs": {"no_such_option": 1}},
        "service-config-text": {"service_config": "text"},
        "profile-missing": _NOBODY,
        "profile-in-session": {"session_kwargs": {"profile_name": "nobody"}},
        # roles
        "role": {"role_arn": _ROLE},
        "role-sts": {"role_arn": _ROLE, "service_config": {"sts": {"endpoint_url": _S3_URL},
                                                            "s3": {"endpoint_url": _S3_URL}}},
        "role-no-region": {"role_arn": _ROLE, "region_name": _LEFT_OUT},
        "role-malformed": {"role_arn": "not-an-arn"},
        "role-method": {"role_arn": _ROLE, "assume_role_method": "assume"},
        # signatures
        **{f"signature-{name}": {"config_kwargs": {"signature_version": name}}
           for name in ("s3v4", "s3", "v4", "v2", "unsigned", "nonsense")},
    }  # fmt: skip
    yield from (_s3(name, connection=_aws(extra)) for name, extra in tried.items())
    yield _s3("endpoint-host", connection=_aws(away, host="127.0.0.1", port=S3_PORT))
    yield _s3("login-alone", connection=_aws(password=_LEFT_OUT))
    yield _s3("connection-undefined", connection=None)
    yield _s3("connection-no-json", connection='{"conn_type": "aws",')
    yield _s3("connection-unknown-member", connection=_aws(region="x"))
    yield _s3("connection-of-azure", connection=_WASB)
    yield _s3("uri-unescaped-endpoint", connection=f"aws://made-up:made-up-secret@/?endpoint_url={_S3_URL}")
    yield _s3("uri-escaped-endpoint", connection="aws://made-up:made-up-secret@/?endpoint_url="
              + _S3_URL.replace(":", "%3A").replace("/", "%2F"))  # fmt: skip
    yield _s3("uri-endpoint-no-user", connection=f"aws:///?endpoint_url={_S3_URL}&region_name=us-east-1", env=keys)
    yield Row(
        "s3-default-id-unused", f"s3://{BUCKET}/team", env=keys | {"AIRFLOW_CONN_AWS_DEFAULT": json.dumps(_aws())}
    )


def _azure_connections() -> Iterator[Row]:
    host = {"account_name": AZURE_ACCOUNT, "account_host": AZURE_HOST}
    keyed = host | {"account_key": AZURE_KEY}
    variable = {"AZURE_STORAGE_CONNECTION_STRING": AZURE_STRING}
    yield Row("azure-env-string", f"abfs://{BUCKET}/team", env=variable)
    tried: dict[str, dict[str, Any]] = {
        "key": keyed,
        "anon-unsaid": host,
        "anon-false": host | {"anon": False},
        "anon-true": host | {"anon": True},
        "anon-text": host | {"anon": "false"},
        "prefix-own": {"extra__wasb__connection_string": AZURE_STRING},
        "prefix-other": {"extra__azure__connection_string": AZURE_STRING},
        "client-in-extra": host | {"anon": False, "client_id": "11111111-2222-3333-4444-555555555555",
                                   "client_secret": "made-up", "tenant_id": "11111111-2222-3333-4444-555555555555"},
        "host-domain": {"account_name": AZURE_ACCOUNT, "account_key": AZURE_KEY,
                        "account_host": "blob.core.windows.net"},
        "host-url": {"account_name": AZURE_ACCOUNT, "account_key": AZURE_KEY, "account_host": f"https://{AZURE_HOST}"},
        "string-quotes": {"connection_string": f'"{AZURE_STRING}"'},
        "string-newline": {"connection_string": AZURE_STRING + "\n"},
        "key-number": host | {"account_key": 5},
    }  # fmt: skip
    yield from (_abfs(name, connection=_azure(extra)) for name, extra in tried.items())
    yield _abfs("host-of-another", connection=_azure(keyed, host="other.blob.core.windows.net"))
    yield _abfs("principal-no-password", connection=_azure(host | {"tenant_id": "11111111-2222-3333-4444-555555555555"},
                                                           login="11111111-2222-3333-4444-555555555555"))  # fmt: skip
    yield _abfs("env-string-wins", connection=_azure({"account_name": "other", "account_key": AZURE_KEY}), env=variable)
    yield _abfs("env-string-aws", connection=_aws(), env=variable)
    yield _abfs("connection-of-aws", connection=_aws())
    yield _abfs("undefined", connection=None)
    yield Row("azure-default-id-unused", f"abfs://{BUCKET}/team", env={"AIRFLOW_CONN_WASB_DEFAULT": json.dumps(_WASB)})


def _google_connections() -> Iterator[Row]:
    tried: dict[str, dict[str, Any]] = {
        "anonymous-misnamed": {"anonymous": True},
        "key-missing": {"key_path": "/nowhere/key.json"},
        "key-p12": {"key_path": "/nowhere/key.p12"},
        "key-dict-twice": {"keyfile_dict": json.dumps(json.dumps({"type": "service_account"}))},
        "key-dict-empty": {"keyfile_dict": {"type": "service_account"}},
        "two-keys": {"key_path": "/nowhere/key.json", "keyfile_dict": {"type": "service_account"}},
        "scope-list": {"scope": ["https://www.googleapis.com/auth/cloud-platform"]},
    }
    for name, extra in tried.items():
        yield _gs(name, connection={"conn_type": "google_cloud_platform", "extra": extra})
    # With credentials, gcsfs of 2026 asks by gRPC what kind of bucket it is, and the emulator speaks HTTP alone.
    nobody = {"conn_type": "google_cloud_platform", "extra": {"is_anonymous": True}}
    yield _gs("is-anonymous", connection=nobody, env={"GCSFS_EXPERIMENTAL_ZB_HNS_SUPPORT": "false"}, cold=True)
    yield _gs("undefined", connection=None)
    unusable = {"conn_type": "google_cloud_platform", "extra": {"key_path": "/nowhere/key.json"}}
    yield _gs("default-id-unused", env={"AIRFLOW_CONN_GOOGLE_CLOUD_DEFAULT": json.dumps(unusable)})
