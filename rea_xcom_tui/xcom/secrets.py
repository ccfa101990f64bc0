"""What in a values file is secret, and how it is shown: its place and kind, never its content."""

from __future__ import annotations

import json
import re
from functools import lru_cache

MASK = "***"
"""What is where a secret would be shown."""

SECRET_KEYS = frozenset(("agentToken", "imagePullSecretData", "sentinelAuthSecret", "apiKey"))
"""Keys of the chart whose value is a secret in plain text (the chart's reference names a Secret for each)."""

_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|PWD|CREDENTIAL|PRIVATE|API_?KEY|ACCESS_?KEY|FERNET|SAS|CONN_STR", re.I)
_HARMLESS_NAME = re.compile(r"_(?:NAME|PATH|FILE|ID|BACKEND)$|SECRET_?NAME|SECRETS__BACKEND$", re.I)

_VISIBLE_MEMBERS = frozenset((
    "conn_type", "host", "port", "schema", "description", "extra", "anon", "account_name", "account_url",
    "account_host", "managed_identity_client_id", "workload_identity_client_id",
    "workload_identity_tenant_id", "tenant_id", "tenantId", "client_id", "region_name", "role_arn",
    "endpoint_url", "service_config", "config_kwargs",
    "signature_version", "s3", "addressing_style", "project", "key_path", "scope", "scopes", "num_retries",
    "impersonation_chain", "verify", "use_ssl", "bucket_name", "container", "external_id", "profile_name",
    "assume_role_method", "is_fallback", "extra__wasb__account_name", "extra__azure__account_name",
))  # fmt: skip
_AZURE_TYPES = frozenset(("azure", "wasb", "adls", "azure_data_lake"))


@lru_cache(maxsize=1024)
def is_secret_name(name: str) -> bool:
    """True when an env variable's name says that its value may be a secret (every connection is one)."""
    if name.upper().startswith("AIRFLOW_CONN_"):
        return True
    return bool(_SECRET_NAME.search(name)) and not _HARMLESS_NAME.search(name)


def mask(name: str, text: str) -> str:
    """The text of a secret variable or key as it may be shown."""
    if name.upper().startswith("AIRFLOW_CONN_"):
        return mask_connection(text)
    return MASK if text else text


def mask_connection(text: str) -> str:
    """A connection's value with everything hidden but what says where it leads.

    JSON keeps its members' names; members that are not known to be harmless are masked, the `extra` is
    entered also where it is JSON in a string. A URI keeps scheme, host and path; anything else is masked
    whole.
    """
    if not text.strip():
        return text
    try:
        data = json.loads(text)
    except ValueError:
        return _mask_uri(text)
    if not isinstance(data, dict):
        return MASK
    return json.dumps(_masked(data, _kind(data)), ensure_ascii=False)


def mask_line(line: str) -> str:
    """One line out of the middle of a connection's JSON: shown only when it is a single harmless member."""
    body = line.strip()
    match = re.fullmatch(r'(\\*)"(\w+)\1"\s*:\s*(?:(\\*)"[^"\\]*\3"|[\w.-]+)\s*,?', body)
    if match and match[2] in _VISIBLE_MEMBERS and match[2] != "extra" and not re.search(r"[@?]", body):
        return line
    if not re.sub(r'[\s{}\[\],"\\\'>|-]', "", body):
        return line
    return line[: len(line) - len(line.lstrip())] + MASK


def _kind(data: dict[str, object]) -> str:
    return str(data.get("conn_type") or "").lower().replace("-", "_")


def _masked(data: dict[str, object], kind: str) -> dict[str, object]:
    return {key: _masked_member(key, value, kind) for key, value in data.items()}


def _masked_member(key: str, value: object, kind: str) -> object:
    if value is None or isinstance(value, bool) or value == "":
        return value
    if key == "login" and kind in _AZURE_TYPES:
        return value
    if key not in _VISIBLE_MEMBERS:
        return MASK
    if isinstance(value, dict):
        return _masked(value, kind)
    if isinstance(value, list):
        return [_masked_member(key, item, kind) for item in value]
    if isinstance(value, str):
        return _masked_text(key, value, kind)
    return value


def _masked_text(key: str, value: str, kind: str) -> str:
    if key == "extra" or value.lstrip().startswith("{"):
        try:
            inner = json.loads(value)
        except ValueError:
            return MASK
        return json.dumps(_masked(inner, kind), ensure_ascii=False) if isinstance(inner, dict) else MASK
    if "@" in value or "?" in value or "://" in value:
        return _mask_uri(value) if "://" in value else MASK if "@" in value and ":" in value else value
    return value


def mask_url(text: str) -> str:
    """A URL without what may open it: the user and password before its host, and its query."""
    return _mask_uri(text) if "@" in text or "?" in text else text


def _mask_uri(text: str) -> str:
    """Scheme, host and path of a URI. A password may hold any character, so the last `@` ends it."""
    scheme, found, rest = text.strip().partition("://")
    if not found or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+._-]*", scheme):
        return MASK
    _, at, place = rest.rpartition("@")
    host, query, _ = place.partition("?")
    return f"{scheme}://{MASK + '@' if at else ''}{host}{'?' + MASK if query else ''}"
