"""XC527, XC528: connections that are never used, and endpoints that a pod does not have."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rea_xcom_tui.xcom.chart_entries import rendered
from rea_xcom_tui.xcom.connections import Connection, connection
from rea_xcom_tui.xcom.model import Node, Severity
from rea_xcom_tui.xcom.names import ANNOTATIONS
from rea_xcom_tui.xcom.rules.connection import uses
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.path import sound_paths
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import odd_use, sets
from rea_xcom_tui.xcom.rules.subject import Subject
from rea_xcom_tui.xcom.stores import azure_field, s3_endpoint

_RECORDED = "Recorded on Airflow 3.1.8 and 3.3.2, against servers of each cloud's protocol."
_NAMED = '"s3://aws_xcom@acme-xcom/etl"'
_DEFAULT = "AIRFLOW_CONN_AWS_DEFAULT"
_AWS_KEYS = ("AWS_ACCESS_KEY_ID", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ROLE_ARN", "AWS_PROFILE")
_LOOPBACK = re.compile(r"(?:https?://)?(?:127(?:\.[0-9]+){3}|localhost|\[::1\])(?![\w.-])", re.I)
_ENDPOINTS = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "STORAGE_EMULATOR_HOST", "AZURE_STORAGE_CONNECTION_STRING")
_CLOUD_OF = {"STORAGE_EMULATOR_HOST": "gcp", "AZURE_STORAGE_CONNECTION_STRING": "azure"}


def _example(path: str, name: str, extra: str) -> str:
    return example(path=path, env=((name, f"""'{{"conn_type": "aws", "extra": {extra}}}'"""),))


@rule(
    "XC527",
    "info",
    title="A path without a connection id does not use the default connection",
    what="An S3 path names no connection and the file defines AIRFLOW_CONN_AWS_DEFAULT. A warning where that "
    "connection has an endpoint, or keys that nothing else in the file gives.",
    why="Operators use `aws_default` where none is named; object storage does not. The pod's own identity asks AWS "
    "itself, whatever endpoint and keys the connection has. Name it in the path: `s3://aws_default@bucket/...`.",
    wrong=_example('"s3://acme-xcom/etl"', _DEFAULT, '{"endpoint_url": "http://minio:9000"}'),
    right=_example('"s3://aws_default@acme-xcom/etl"', _DEFAULT, '{"endpoint_url": "http://minio:9000"}'),
    source=_RECORDED + " Without an id AWS was asked, and Azure's file system could not be built (XC517).",
    when=sets(_DEFAULT),
)
def connection_default_unused(subject: Subject) -> Iterator[Hit]:
    """`s3://bucket/x` beside AIRFLOW_CONN_AWS_DEFAULT."""
    if not any(parsed.cloud == "aws" and not parsed.conn_id for _, parsed in sound_paths(subject)):
        return
    role = any(note.key == ANNOTATIONS["aws"] for note in subject.annotations)
    others = role or subject.env_names.intersection(_AWS_KEYS)
    for site in subject.sites(_DEFAULT):
        found = connection(site.text)
        wanted = bool(s3_endpoint(found)) or (bool(found.members.get("password")) and not others)
        severity: Severity | None = "warning" if wanted and not found.problem else None
        said = f"{_DEFAULT} is not used by a path without a connection id; name it: s3://aws_default@…"
        yield at(site.node, said, severity=severity)


@rule(
    "XC528",
    "warning",
    title="The store's endpoint is the pod itself",
    what="The endpoint of the path's connection, or of a variable that gives one, is localhost or 127.0.0.1; or "
    "Azure's connection string asks for the storage emulator.",
    why="In a container, localhost is the container's own pod. Unless a sidecar listens there, every value that goes "
    "to object storage fails its task: connection refused. Such settings come from a laptop, where the store is.",
    wrong=_example(_NAMED, "AIRFLOW_CONN_AWS_XCOM", '{"endpoint_url": "http://localhost:9000"}'),
    right=_example(_NAMED, "AIRFLOW_CONN_AWS_XCOM", '{"endpoint_url": "http://minio:9000"}'),
    source=_RECORDED + " A closed port is ConnectionRefusedError.",
    when=lambda shape: odd_use(shape) or not shape.names.isdisjoint(_ENDPOINTS),
)
def connection_loopback(subject: Subject) -> Iterator[Hit]:
    """`"endpoint_url": "http://localhost:9000"`."""
    seen: set[tuple[int, int]] = set()
    for parsed, one in uses(subject):
        place = (one.node.line, one.node.column)
        if place not in seen and any(_is_loopback(text) for text in _endpoints(parsed.cloud, one.connection)):
            seen.add(place)
            yield at(one.node, f"{one.entry.name}: its endpoint is localhost, which in a pod is the pod itself")
    clouds = {parsed.cloud for _, parsed in sound_paths(subject)}
    for name in _ENDPOINTS:
        if _CLOUD_OF.get(name, "aws") in clouds:
            for site in subject.sites(name):
                if _is_loopback(site.text):
                    yield at(site.node, f"{name} is localhost, which in a pod is the pod itself")


def _endpoints(cloud: str, found: Connection) -> Iterator[object]:
    if cloud == "aws":
        yield s3_endpoint(found)
    elif cloud == "azure":
        yield azure_field(found, "connection_string")
        yield azure_field(found, "account_host")


def _is_loopback(text: object) -> bool:
    if not isinstance(text, str):
        return False
    for part in text.split(";"):
        name, _, value = part.partition("=")
        if name.strip().lower() == "usedevelopmentstorage" and value.strip().lower() == "true":
            return True
        if name.strip().lower() == "blobendpoint" and _LOOPBACK.match(value.strip()):
            return True
    return bool(_LOOPBACK.match(text.strip()))


def mounted(node: Node, path: str) -> bool:
    """Whether some `mountPath` of the file covers a path in the container."""
    if node.kind == "sequence":
        return any(mounted(item, path) for item in node.items)
    for key, value in node.entries:
        if key.value == "mountPath":
            folder = (rendered(value) or "").rstrip("/")
            if folder and (path == folder or path.startswith(folder + "/")):
                return True
        elif value.kind != "scalar" and mounted(value, path):
            return True
    return False
