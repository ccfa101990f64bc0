"""What is running, as Helm's records in the cluster tell it; an optional extra, and read-only.

Helm 3 and 4 keep each revision of a release in a Secret of type `helm.sh/release.v1`, labelled with `owner=helm`,
`name`, `status` and `version`, whose `release` is base64 of gzip of JSON (Helm's storage driver; records older than
compression lack the gzip). Only the values that the user gave are looked at, and of them only the XCom settings:
nothing else of a record is kept, shown or written anywhere.
"""

from __future__ import annotations

import base64
import binascii
import json
import time
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.drift.cluster_login import connect
from rea_xcom_tui.fleet.drift.releases import Release, configuration
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Unreadable

if TYPE_CHECKING:
    from kubernetes.client import CoreV1Api

MOST_BYTES = 16_000_000
"""A record that unpacks to more is not read: it is no record of this chart, and may be a bomb."""

_TIMEOUT = (3, 15)
_PATIENCE = 60
"""Seconds for all that a namespace answers."""
_MOST_ANSWERED = 64_000_000
"""Bytes that a namespace may answer: a record has at most 1 MB, and one is asked for of each release."""
_GZIP = b"\x1f\x8b"
_SELECTOR = "owner=helm,status=deployed"


def running_releases(namespaces: Sequence[str], context: str | None = None) -> list[Release]:
    """Read the deployed releases of these namespaces from the cluster of a kubeconfig context.

    Needs the right to list Secrets there, and nothing else. Raises `ToolError` with one sentence when the client
    is not installed, the cluster cannot be reached, or the right is missing.
    """
    if not namespaces:
        raise ToolError("no deployment names its namespace, so there is no telling where to look for releases")
    api = connect(context)
    return [release for namespace in namespaces for release in _of_namespace(api, namespace)]


def _of_namespace(api: CoreV1Api, namespace: str) -> Iterator[Release]:
    from kubernetes.client import ApiException
    from urllib3.exceptions import HTTPError

    try:
        found = _secrets(api, namespace)
    except ApiException as error:
        why = {401: "the cluster does not know you", 403: "you may not list Secrets there"}.get(error.status)
        raise ToolError(
            f"the releases of namespace {clean(namespace)} cannot be read: {why or clean(error.reason, 200)}; "
            "compare with exported files (--releases DIR) instead"
        ) from error
    except HTTPError as error:
        raise ToolError(f"the cluster does not answer: {clean(error, 200)}") from error
    except ValueError as error:
        raise ToolError(
            f"the releases of namespace {clean(namespace)} cannot be read: {error}; "
            "compare with exported files (--releases DIR) instead"
        ) from error
    yield from (_release(secret, namespace) for secret in _newest(found))


def _secrets(api: CoreV1Api, namespace: str) -> list[dict[str, Any]]:
    """The Secrets of a namespace's releases, as JSON has them. Raises `ValueError` for too much or something else."""
    until = time.monotonic() + _PATIENCE
    response: Any = api.list_namespaced_secret(
        namespace, label_selector=_SELECTOR, _request_timeout=_TIMEOUT, _preload_content=False
    )
    parts: list[bytes] = []
    size = 0
    for part in response.stream(1 << 16):
        parts.append(part)
        size += len(part)
        if size > _MOST_ANSWERED:
            raise ValueError(f"they have more than {_MOST_ANSWERED:,} bytes together")
        if time.monotonic() > until:
            raise ValueError(f"they did not arrive within {_PATIENCE} seconds")
    try:
        items = json.loads(b"".join(parts))["items"] or []
    except (ValueError, KeyError, TypeError, RecursionError):
        raise ValueError("what answers is not a cluster") from None
    return [item for item in items if isinstance(item, dict) and isinstance(item.get("metadata"), dict)]


def _newest(secrets: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The highest revision of each release. Versions are numbers: as texts, 10 would come before 2."""
    newest: dict[str, tuple[int, dict[str, Any]]] = {}
    for secret in secrets:
        labels = secret["metadata"].get("labels") or {}
        name, version = str(labels.get("name", "")), str(labels.get("version", ""))
        if name and version.isdecimal() and int(version) >= newest.get(name, (0, {}))[0]:
            newest[name] = (int(version), secret)
    return [secret for _, (_, secret) in sorted(newest.items())]


def _release(secret: dict[str, Any], namespace: str) -> Release:
    name = str(secret["metadata"]["labels"]["name"])
    source = f"Secret {namespace}/{secret['metadata'].get('name')}"
    try:
        config = configuration(json.dumps(user_values(str((secret.get("data") or {}).get("release", "")))).encode())
    except (Unreadable, ValueError) as problem:
        return Release(name, (), None, source, str(problem), namespace)
    return Release(name, (), config, source, namespace=namespace)


def user_values(encoded: str) -> dict[str, Any]:
    """The values that a user gave a release, from the text of its Secret. Raises `ValueError` in one sentence."""
    try:
        packed = base64.b64decode(base64.b64decode(encoded, validate=True), validate=True)
    except binascii.Error:
        raise ValueError("The record is not base64, so it is not one of Helm's.") from None
    data = _unpacked(packed) if packed.startswith(_GZIP) else packed
    if len(data) > MOST_BYTES:
        raise ValueError(f"The record unpacks to more than {MOST_BYTES:,} bytes; it is not read.")
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        raise ValueError("The record is not JSON, so it is not one of Helm's.") from None
    config = record.get("config") if isinstance(record, dict) else None
    if config is None:
        return {}
    if not isinstance(config, dict):
        raise ValueError("The record's values are not a mapping.")
    return config


def _unpacked(packed: bytes) -> bytes:
    """At most one byte more than is allowed, however much there is."""
    try:
        return zlib.decompressobj(wbits=31).decompress(packed, MOST_BYTES + 1)
    except zlib.error:
        raise ValueError("The record is not gzip, so it is not one of Helm's.") from None
