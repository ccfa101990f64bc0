"""What in an answer shows that an error of ours is true, although Airflow itself raises nothing.

Each function says True where the answer shows it, False where it shows the contrary, and None where it shows neither.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rea_xcom_tui.xcom.names import PATH_VARIABLE
from rea_xcom_tui.xcom.paths import parse_path

STORES = Path(__file__).resolve().parents[2] / "tests" / "data" / "stores"
"""What probes of real stores saw, recorded by `scripts.store_truth`."""

Row = Mapping[str, Any]
Version = tuple[int, ...]
Evidence = Callable[[Row, Version], bool | None]

_PLACEHOLDER = re.compile(r"[<{$]")
_DOTS = re.compile(r"(?:^|/)\.{1,2}(?:/|$)")
_CLOUDS = {"S3FileSystem": "aws", "AzureBlobFileSystem": "azure"}
_TYPES = {
    "aws": ("aws", "s3"), "azure": ("wasb", "adls", "azure", "azure_data_lake"), "gs": ("google_cloud_platform", "gcp"),
}  # fmt: skip


def task_gets(row: Row) -> Mapping[str, Any] | None:
    """What a task gets when it asks for the row's connection: `outcome`, `conn_type` and `extra_read`."""
    if row["kind"] == "connection":
        return {**row["detail"], "outcome": row["outcome"]}
    found = row["detail"].get("task")
    return found if isinstance(found, Mapping) else None


def _undefined(row: Row, _: Version) -> bool | None:
    found = task_gets(row)
    return None if found is None else found["outcome"] == "undefined"


def _without_type(row: Row, _: Version) -> bool | None:
    found = task_gets(row)
    return None if found is None else not found.get("conn_type")


def _without_extra(row: Row, _: Version) -> bool | None:
    found = task_gets(row)
    if found is None:
        return None
    read = found.get("extra_read")
    return not (isinstance(read, Mapping) and read)


def _of_another_cloud(row: Row, _: Version) -> bool | None:
    found = task_gets(row)
    cloud = _CLOUDS.get(row["detail"].get("filesystem", ""), "gs")
    if found is None or not found.get("conn_type"):
        return None
    return str(found["conn_type"]).replace("-", "_") not in _TYPES[cloud]


def _anonymous(row: Row, _: Version) -> bool | None:
    detail = row["detail"]
    return bool(detail["anon"]) if detail.get("filesystem") == "AzureBlobFileSystem" and "anon" in detail else None


def _object(row: Row) -> Mapping[str, str] | None:
    objects = row["detail"].get("objects")
    return objects[0] if objects else None


def _taken_literally(row: Row, _: Version) -> bool | None:
    sent = _object(row)
    return None if sent is None else bool(_PLACEHOLDER.search(sent["bucket"] + sent["key"]))


def _password_in_id(row: Row, _: Version) -> bool | None:
    detail = row["detail"]
    return ":" in (detail["conn_id"] or "") if "conn_id" in detail else None


def _colon_in_bucket(row: Row, _: Version) -> bool | None:
    sent = _object(row)
    return None if sent is None else ":" in sent["bucket"]


def _dots_that_azure_refuses(row: Row, version: Version) -> bool | None:
    sent = _object(row)
    if sent is None or _cloud(row) != "azure":
        return None
    if not _DOTS.search(sent["key"]):
        return False
    name = "azure-prefix-up" if ".." in sent["key"] else "azure-prefix-dot"
    return _failed(name, version)


def _query_in_bucket(row: Row, version: Version) -> bool | None:
    sent = _object(row)
    if sent is None or _cloud(row) != "aws":
        return None
    return bool(re.search(r"[?#]", sent["bucket"])) and _failed("s3-bucket-query", version)


def _name_refused(row: Row, _: Version) -> bool | None:
    sent = _object(row)
    known = _names().get(_cloud(row), {})
    if sent is None or sent["bucket"] not in known:
        return None
    if known[sent["bucket"]] != "made":
        return True
    # An emulator may take what its cloud refuses; but where the bucket is another than we read, so is its name.
    return None if parse_path(row["env"][PATH_VARIABLE]).bucket == sent["bucket"] else False


def _cloud(row: Row) -> str:
    return _CLOUDS.get(row["detail"].get("filesystem", ""), "")


@cache
def _names() -> Mapping[str, Mapping[str, str]]:
    file = STORES / "names.json"
    read: Mapping[str, Mapping[str, str]] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return read


@cache
def _outcomes(version: Version) -> Mapping[str, str]:
    start = ".".join(map(str, version))
    files = sorted(STORES.glob(f"airflow-{start}*.json"))
    return {row["row"]: row["status"] for file in files for row in json.loads(file.read_text(encoding="utf-8"))}


def _failed(name: str, version: Version) -> bool | None:
    """Whether a probe of a real store failed under this version; None where it was not recorded."""
    found = _outcomes(version).get(name)
    return None if found is None else found != "passed"


EVIDENCE: Mapping[str, Evidence] = {
    "XC205": _colon_in_bucket,
    "XC209": _taken_literally,
    "XC213": _query_in_bucket,
    "XC214": _password_in_id,
    "XC215": _dots_that_azure_refuses,
    "XC216": _name_refused,
    "XC222": _colon_in_bucket,
    "XC502": _undefined,
    "XC503": _undefined,
    "XC504": _without_extra,
    "XC506": _undefined,
    "XC507": _without_type,
    "XC513": _of_another_cloud,
    "XC515": _anonymous,
    "XC518": _undefined,
    "XC520": _anonymous,
    "XC526": _undefined,
}
"""By code of a rule."""


def shown(codes: frozenset[str], row: Row, version: Version) -> bool | None:
    """Whether the answer shows that something is lost as these errors say: one that is shown is enough."""
    answers = [EVIDENCE[code](row, version) if code in EVIDENCE else None for code in codes]
    if True in answers:
        return True
    return False if answers and all(answer is False for answer in answers) else None
