"""What is asked of Airflow for each kind of question. Runs inside the venv, in a child of its own per question."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from typing import Any

from .cases import COMPRESSION, PATH, THRESHOLD
from .scrub import failure, scrub
from .stand_in import stand_in_class

Answer = dict[str, object]
Probe = Callable[[dict[str, Any], str], Answer]

_COORDINATES = {"key": "return_value", "task_id": "task", "dag_id": "dag", "run_id": "run", "map_index": -1}
_SIZES = {"2": "", "10": "x" * 8, "2097152": "x" * (2_097_152 - 2)}
"""Bytes of JSON, and a value that has just as many."""
_LARGEST_TRIED = 4_194_304
_LOCAL = ("", "file", "local")


class _Row:
    """What the database gives back for an XCom: as much of it as a backend reads."""

    key = "return_value"

    def __init__(self, value: object) -> None:
        self.value = value


def _backend() -> Any:
    return importlib.import_module("airflow.providers.common.io.xcom.backend")


def _write(value: object) -> Any:
    return _backend().XComObjectStorageBackend.serialize_value(value, **_COORDINATES)


def _read(stored: object) -> Any:
    return _backend().XComObjectStorageBackend.deserialize_value(_Row(stored))


def _forget() -> None:
    """Make the backend read its settings again, as a new process would."""
    module = _backend()
    for getter in (module._get_threshold, module._get_compression, module._get_base_path):
        getter.cache_clear()
    store = importlib.import_module("airflow.sdk.io.store")
    store._STORE_CACHE.clear()


def _where(value: object) -> str:
    """Write a value and say where it went: the row holds the value itself, or an address ending in our ids."""
    stored = str(_write(value))
    return "object" if "/run/task/" in stored else "db"


def _setting(name: str, read: Callable[[], object], folder: str) -> Answer:
    """Read one setting: what Airflow makes of it, or how it fails."""
    try:
        return {"parsed": scrub(read(), folder)}
    except Exception as error:  # whatever Airflow raises is the answer
        return {"parsed": None, **failure(error, name, folder)}


def threshold(question: dict[str, Any], folder: str) -> Answer:
    """Which number it is, and where values of some sizes go."""
    detail = _setting("setting", _backend()._get_threshold, folder)
    number = detail["parsed"]
    try:
        detail["where"] = {size: _where(value) for size, value in _SIZES.items()}
        if isinstance(number, int) and 3 <= number <= _LARGEST_TRIED:
            detail["boundary"] = {
                "below": _where("x" * (number - 3)),
                "equal": _where("x" * (number - 2)),
            }
    except Exception as error:  # whatever Airflow raises is the answer
        return {"outcome": "error", "detail": {**detail, **failure(error, "write", folder)}}
    return {"outcome": "ok", "detail": detail}


def compression(question: dict[str, Any], folder: str) -> Answer:
    """Whether a value can be written, with which suffix, and whether one for the database still can."""
    detail = _setting("setting", _backend()._get_compression, folder)
    outcome = "ok"
    try:
        stored = _write("x" * 200)
        name = os.path.basename(str(stored))
        detail["suffix"] = name[36:]
        detail["object_write"] = "ok"
        path = str(stored).partition("://")[2]
        with open(path, "rb") as file:
            detail["packed"] = file.read() != b'"' + b"x" * 200 + b'"'
        detail["read"] = "value" if _read(stored) == "x" * 200 else "other"
    except Exception as error:  # whatever Airflow raises is the answer
        outcome = "error"
        detail["object_write"] = "error"
        detail.update(failure(error, "write", folder))
    os.environ[THRESHOLD] = "-1"
    _forget()
    try:
        _write("x")
        detail["db_write"] = "ok"
    except Exception as error:  # whatever Airflow raises is the answer
        detail["db_write"] = "error"
        detail["db_exception"] = type(error).__name__
    return {"outcome": outcome, "detail": detail}


def _conn_id(path: Any) -> str | None:
    """The connection id of a path: an attribute since Airflow 3.2, a storage option before."""
    found = path.conn_id if hasattr(type(path), "conn_id") else path.storage_options.get("conn_id")
    return None if found is None else str(found)


def _parts(path: Any, folder: str) -> Answer:
    """What Airflow takes a path apart into."""
    conn_id = _conn_id(path)
    # Airflow 3.0 and 3.1 say the connection id once more in front of the bucket
    bucket = str(path.bucket).removeprefix(f"{conn_id}@")
    parts: Answer = {
        "text": str(path), "protocol": str(path.protocol), "conn_id": conn_id, "bucket": bucket, "key": str(path.key),
    }  # fmt: skip
    scrubbed = scrub(parts, folder)
    assert isinstance(scrubbed, dict)
    return scrubbed


def _use_stand_in(path: Any, filesystem: Any) -> dict[str, bytes]:
    """Let this path's store, and any the path library makes for itself, keep its objects in a dict."""
    files: dict[str, bytes] = {}
    kind = stand_in_class(type(filesystem), files)
    protocol = str(path.protocol)
    importlib.import_module("fsspec").register_implementation(protocol, kind, clobber=True)
    importlib.import_module("airflow.sdk.io.store").attach(protocol, _conn_id(path), fs=kind())
    return files


def path(question: dict[str, Any], folder: str) -> Answer:
    """How it is taken apart, which store it gets, which key is written, and whether it is read back."""
    detail: Answer = {}
    stage = "path"
    try:
        base = _backend()._get_base_path()
        detail.update(_parts(base, folder))
        stage = "filesystem"
        filesystem = base.fs
        detail["filesystem"] = type(filesystem).__name__
        local = detail["filesystem"] == "LocalFileSystem"
        detail["where"] = "local" if local else "object"
        _forget()
        files = {} if local else _use_stand_in(base, filesystem)
        stage = "write"
        stored = _write("x" * 8)
        detail["stored"] = scrub(str(stored), folder)
        if not local:
            sent = [dict(zip(("bucket", "key"), filesystem.split_path(name), strict=False)) for name in sorted(files)]
            detail["objects"] = scrub(sent, folder)
        stage = "read"
        back = _read(stored)
    except Exception as error:  # whatever Airflow raises is the answer
        answer: Answer = {"outcome": "error", "detail": {**detail, **failure(error, stage, folder)}}
    else:
        kept = back == "x" * 8
        detail["read"] = "value" if kept else "address"
        answer = {"outcome": "ok" if kept else "lost", "detail": detail}
    _add_db_outcome(answer["detail"])
    return answer


def _add_db_outcome(detail: Any) -> None:
    """Say whether values that stay in the database can be written and read under the same path."""
    os.environ[THRESHOLD] = "-1"
    _forget()
    asked: dict[str, Callable[[object], object]] = {"db_write": _write, "db_read": _read}
    for name, work in asked.items():
        try:
            detail[name] = "ok" if work("small") == "small" else "other"
        except Exception as error:  # whatever Airflow raises is the answer
            detail[name] = type(error).__name__


def _put_there(name: str) -> None:
    """Let a class of this name be there, as an image with the user's own code would have it; none of Airflow's own."""
    import sys
    import types

    path, _, attribute = name.rpartition(".")
    base = importlib.import_module("airflow.sdk.bases.xcom").BaseXCom
    if path and not path.startswith("airflow."):
        module = sys.modules.setdefault(path, types.ModuleType(path))
        if not hasattr(module, attribute):
            setattr(module, attribute, type(attribute, (base,), {"__module__": path}))


def backend(question: dict[str, Any], folder: str) -> Answer:
    """Which class the worker ends up with when it imports its XCom module."""
    import sys

    sys.modules.pop("airflow.sdk.execution_time.xcom", None)
    if question.get("ask", {}).get("as_if") == "there":
        _put_there(str(question["value"]))
    try:
        found = importlib.import_module("airflow.sdk.execution_time.xcom").XCom
    except Exception as error:  # whatever Airflow raises is the answer
        return {"outcome": "error", "detail": failure(error, "import", folder)}
    name = f"{found.__module__}.{found.__qualname__}"
    return {"outcome": "ok", "detail": {"class": name, "default": name.endswith(".BaseXCom")}}


def connection(question: dict[str, Any], folder: str) -> Answer:
    """What a task gets when it asks for the connection."""
    sdk: Any = importlib.import_module("airflow.sdk")
    try:
        found = sdk.Connection.get(question["ask"]["conn_id"])
    except Exception as error:  # whatever Airflow raises is the answer
        undefined = type(error).__name__ == "AirflowNotFoundException"
        return {"outcome": "undefined" if undefined else "error", "detail": failure(error, "get", folder)}
    fields = ("conn_type", "host", "login", "password", "schema", "port", "extra", "description")
    detail: Answer = {name: getattr(found, name, None) for name in fields}
    try:
        detail["extra_read"] = found.extra_dejson
    except Exception as error:  # whatever Airflow raises is the answer
        detail["extra_read"] = None
        detail.update(failure(error, "extra", folder))
    scrubbed = scrub(detail, folder)
    assert isinstance(scrubbed, dict)
    return {"outcome": "ok", "detail": scrubbed}


_STORE_SECRETS = ("account_key", "client_secret", "connection_string", "key", "sas_token", "secret")
_STORE_FACTS = ("account_name", "account_url", "anon", "client_id", "tenant_id", "endpoint_url", "project")


def store(question: dict[str, Any], folder: str) -> Answer:
    """Which filesystem the path and the connection make together, and whom it would be at the cloud."""
    try:
        filesystem = importlib.import_module("airflow.sdk").ObjectStoragePath(os.environ[PATH]).fs
    except Exception as error:  # whatever Airflow raises is the answer
        return {"outcome": "error", "detail": failure(error, "filesystem", folder)}
    detail: Answer = {"filesystem": type(filesystem).__name__}
    for name in _STORE_FACTS:
        value = getattr(filesystem, name, None)
        detail[name] = value if isinstance(value, str | int | bool | None) else type(value).__name__
    detail["secrets"] = [name for name in _STORE_SECRETS if getattr(filesystem, name, None)]
    credential = getattr(filesystem, "sync_credential", None) or getattr(filesystem, "credential", None)
    detail["credential"] = None if credential is None else type(credential).__name__
    scrubbed = scrub(detail, folder)
    assert isinstance(scrubbed, dict)
    return {"outcome": "ok", "detail": scrubbed}


def variable(question: dict[str, Any], folder: str) -> Answer:
    """Whether a setting under this name reaches Airflow."""
    option = question["ask"]["option"]
    module = _backend()
    read: dict[str, tuple[Callable[[], object], str]] = {
        "threshold": (module._get_threshold, "7"),
        "path": (lambda: str(module._get_base_path()), f"file://{folder}/x"),
        "compression": (module._get_compression, "zip"),
    }
    if option == "backend":
        answer = backend(question, folder)
        detail = answer["detail"]
        assert isinstance(detail, dict)
        taken = answer["outcome"] == "ok" and detail["default"] is False
        return {"outcome": "ok" if taken else "ignored", "detail": {"parsed": detail.get("class")}}
    getter, wanted = read[option]
    detail = _setting("setting", getter, folder)
    taken = detail["parsed"] is not None and str(detail["parsed"]) == str(scrub(wanted, folder))
    return {"outcome": "ok" if taken else "ignored", "detail": detail}


def change(question: dict[str, Any], folder: str) -> Answer:
    """Write under one setting, read under another: does the task still get its value?"""
    text = question.get("ask", {}).get("text", "payload")
    os.makedirs(f"{folder}/cwd/a", exist_ok=True)
    try:
        stored = _write(text)
    except Exception as error:  # whatever Airflow raises is the answer
        return {"outcome": "error", "detail": failure(error, "write", folder)}
    if question.get("ask", {}).get("meanwhile") == "delete":
        os.unlink(str(stored).partition("://")[2])
    for name in (PATH, THRESHOLD, COMPRESSION):
        os.environ.pop(name, None)
    os.environ.update({name: value.replace("<TMP>", folder) for name, value in question["then"].items()})
    _forget()
    detail: Answer = {"stored": scrub(str(stored), folder)}
    try:
        back = _read(stored)
    except Exception as error:  # whatever Airflow raises is the answer
        return {"outcome": "error", "detail": {**detail, **failure(error, "read", folder)}}
    detail["read"] = "value" if back == text else "address" if back == stored else "other"
    return {"outcome": "ok" if back == text else "lost", "detail": detail}


def deployment(question: dict[str, Any], folder: str) -> Answer:
    """All settings together: which class, and whether a small and a large value come back from where they went."""
    chosen = backend(question, folder)
    if chosen["outcome"] == "error":
        return chosen
    detail = chosen["detail"]
    assert isinstance(detail, dict)
    if detail["default"]:
        return {"outcome": "database", "detail": detail}
    try:
        base = _backend()._get_base_path()
        detail["where"], detail["read"] = {}, {}
        if str(base.protocol) not in _LOCAL and _backend()._get_threshold() >= 0:
            filesystem = base.fs
            _forget()
            _use_stand_in(base, filesystem)
        for size, value in _SIZES.items():
            stored = _write(value)
            detail["where"][size] = "object" if "/run/task/" in str(stored) else "db"
            detail["read"][size] = "value" if _read(stored) == value else "address"
    except Exception as error:  # whatever Airflow raises is the answer
        return {"outcome": "error", "detail": {**detail, **failure(error, "write", folder)}}
    return {"outcome": "lost" if "address" in detail["read"].values() else "ok", "detail": detail}


_PROBES: dict[str, Probe] = {
    "threshold": threshold, "compression": compression, "path": path, "backend": backend,
    "connection": connection, "store": store, "variable": variable, "change": change,
    "deployment": deployment,
}  # fmt: skip


def answer(question: dict[str, Any], folder: str) -> Answer:
    """Answer one question: `outcome` in a word, `detail` in typed facts."""
    return _PROBES[str(question["kind"])](question, folder)
