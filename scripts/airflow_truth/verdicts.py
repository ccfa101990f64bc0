"""This tool's verdict on the questions that Airflow was asked, and where the two disagree.

Runs in the project's own environment; nothing of Airflow is imported.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.airflow import threshold as judge_threshold
from rea_xcom_tui.xcom.connections import Connection, connection
from rea_xcom_tui.xcom.model import Configuration, Finding
from rea_xcom_tui.xcom.names import BACKEND_VARIABLE, OBJECT_STORAGE_BACKEND, PATH_VARIABLE
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.engine import judge
from rea_xcom_tui.xcom.rules.settings import RuleContext, RuleSettings

from .evidence import shown, task_gets

TAKEN_IN_SILENCE: Mapping[str, str] = {
    "XC205": "a bucket called `s3:bucket`, which no cloud has",
    "XC209": "a placeholder",
    "XC213": "a ? or # in the bucket, which no cloud takes",
    "XC214": "user and password as a connection id",
    "XC215": "a `.` or `..` in the prefix, at which Azure's server refuses the signature",
    "XC216": "a bucket's name that the cloud refuses",
    "XC222": "a colon in the bucket's name, which the cloud refuses",
    "XC503": "an undefined connection where S3 falls back",
    "XC506": "an undefined connection where S3 falls back",
    "XC502": "an undefined connection where S3 falls back",
    "XC504": "an extra that is dropped",
    "XC507": "free text as a connection without a type",
    "XC513": "a connection of another cloud",
    "XC515": "the text false, which is true",
    "XC518": "an empty connection where S3 falls back",
    "XC520": "Azure asked anonymously; a store's record says whether it is",
    "XC523": "a setting that only the first call to the cloud shows to be wrong",
    "XC526": "a connection that is not found, where S3 falls back",
    "XC519": "an account that cannot exist",
}
"""Errors of ours where Airflow itself raises none: the loss is silent, or the cloud is the one that refuses."""

NOT_IN_A_FILE: Mapping[tuple[str, str], str | None] = {
    ("backend", "AirflowConfigException"): "XC112",
    ("backend", "TypeError"): "XC112",
    ("store", "FileNotFoundError"): None,
    ("store", "DefaultCredentialsError"): None,
    ("store", "TransportError"): None,  # 3.0 asks Google while it builds the store, and the network is not there
}
"""Failures that only the image or the pod can explain; of a class of the user's own we say that much."""

FAMILIES: Mapping[str, tuple[str, ...]] = {
    "threshold": ("XC3",),
    "compression": ("XC4",),
    "backend": ("XC1",),
    "path": ("XC2", "XC5"),
    "connection": ("XC5",),
    "store": ("XC2", "XC5"),
    "variable": ("XC708",),
    "deployment": ("XC1", "XC2", "XC3", "XC4", "XC5"),
}
"""The families of rules that speak about a kind of question."""

_READING = frozenset(f"XC50{digit}" for digit in "1234567")
"""The rules about what a task gets when it asks for a connection; the others are about the store built from it."""

_ANONYMOUS = frozenset(("XC515", "XC520"))
_TODAY = date(2026, 11, 28)


def as_file(row: Mapping[str, Any]) -> str:
    """A values file that gives a container the row's environment."""
    env = dict(row["env"])
    lines = []
    if row["kind"] != "backend" and BACKEND_VARIABLE not in env:
        lines.append(f"xcomBackend: {OBJECT_STORAGE_BACKEND}")
    if row["kind"] == "connection" and PATH_VARIABLE not in env and row["outcome"] == "undefined":
        env[PATH_VARIABLE] = f"abfs://{row['ask']['conn_id']}@container/x"
    lines.append("commonEnv:" if env else "commonEnv: []")
    for name, value in env.items():
        text = value.replace("<TMP>", "/tmp/truth").replace("$", "$$")
        lines += [f"  - name: {json.dumps(name)}", f"    value: {json.dumps(text)}"]
    return "\n".join(lines) + "\n"


def reading(row: Mapping[str, Any], version: tuple[int, ...]) -> tuple[Configuration, tuple[Finding, ...]]:
    """What the tool reads in the row's file, and the findings of the families that the row is about."""
    config, findings = _judged(as_file(row), version)
    return config, tuple(f for f in findings if f.code.startswith(FAMILIES[row["kind"]]))


@cache
def _judged(text: str, version: tuple[int, ...]) -> tuple[Configuration, tuple[Finding, ...]]:
    """What the tool reads in a file, and all its findings. Several questions are asked about each row."""
    values = ValuesFile.parse(text.encode())
    config = read(values.root, "", version)
    context = RuleContext(today=_TODAY, settings=RuleSettings(airflow=version), text=values.text)
    return config, judge(values.root, config, context).findings


def _wrong_value(row: Mapping[str, Any], version: tuple[int, ...], findings: tuple[Finding, ...]) -> str | None:
    """Where something works, but as something else than the tool shows: `wrong value` with its name, or None."""
    detail, text = row["detail"], row["value"] or ""
    if row["kind"] == "path" and detail.get("objects") and "$" not in text and not findings:
        parsed, sent = parse_path(text), detail["objects"][0]
        shown = {"conn_id": parsed.conn_id, "bucket": parsed.bucket, "key": parsed.prefix.strip("/")}
        real = {"conn_id": detail["conn_id"], "bucket": sent["bucket"], "key": sent["key"].partition("/dag/")[0]}
        real["key"] = "" if sent["key"].startswith("dag/") else real["key"]
        return next((f"wrong value {name}" for name in shown if shown[name] != real[name]), None)
    if row["kind"] == "threshold" and row["value"] is not None:
        read = judge_threshold(text, version).value
        return "wrong value threshold" if "parsed" in detail and read != detail["parsed"] and "$" not in text else None
    return _wrong_connection(detail, connection(text)) if row["kind"] == "connection" else None


def _wrong_connection(detail: Mapping[str, Any], found: Connection) -> str | None:
    if (found.type or "") != (detail.get("conn_type") or ""):
        return "wrong value type"
    if any((found.members.get(name) or None) != (detail.get(name) or None) for name in ("login", "password")):
        return "wrong value login"
    read = detail.get("extra_read")
    real = {name: str(value) for name, value in read.items()} if isinstance(read, dict) else {}
    shown = {name: str(value) for name, value in found.extra.items()}
    return "wrong value extra" if found.form == "json" and real != shown else None


def _is_anonymous(detail: Mapping[str, Any]) -> bool:
    """Whether an Azure store has been built that shows nobody's credentials to the cloud."""
    azure = detail.get("filesystem") == "AzureBlobFileSystem"
    return azure and bool(detail["anon"]) and not detail.get("secrets") and not detail.get("credential")


def errors_about(row: Mapping[str, Any], version: tuple[int, ...]) -> tuple[frozenset[str], tuple[Finding, ...]]:
    """The codes of the errors that speak about what the row shows, and all findings of its families."""
    _, findings = reading(row, version)
    errors = frozenset(f.code for f in findings if f.severity == "error")
    return errors & _READING if row["kind"] == "connection" else errors, findings


def disagreement(row: Mapping[str, Any], version: tuple[int, ...]) -> str | None:
    """How the verdict differs from what Airflow did: `miss`, `false alarm` with the codes, or None."""
    errors, findings = errors_about(row, version)
    if row["outcome"] == "ok" and row["kind"] == "store" and "anon" in row["detail"]:
        anonymous = _is_anonymous(row["detail"])
        if anonymous != bool(errors & _ANONYMOUS) and not errors & {"XC513", "XC519"}:
            return "miss anonymous" if anonymous else "false alarm anonymous"
    if (
        row["kind"] == "deployment"
        and "object" not in row["detail"].get("where", {}).values()
        and row["outcome"] == "ok"
    ):
        return None  # none of the values was large enough to show what the other settings do
    told = {f.code for f in findings if f.severity != "info"} | {f.code for f in findings if f.code == "XC512"}
    if row["outcome"] in ("ok", "database"):
        wrong = errors if shown(errors, row, version) is False else errors - set(TAKEN_IN_SILENCE)
        if wrong and row["outcome"] == "ok":
            return f"false alarm {', '.join(sorted(wrong))}"
        return _wrong_value(row, version, findings) or (None if told else _lost_connection(row))
    if told:
        return None
    if row["detail"].get("if_there") not in (None, "ok"):
        return "miss: no class can be called so"
    excuse = (row["kind"], row["detail"].get("exception", ""))
    if excuse in NOT_IN_A_FILE:
        said = NOT_IN_A_FILE[excuse]
        if said is None or said in {f.code for f in findings}:
            return None
    return f"miss {row['outcome']} {row['detail'].get('exception', '')}".rstrip()


def _lost_connection(row: Mapping[str, Any]) -> str | None:
    """Where a store was built, whether the task's connection was there at all."""
    found = task_gets(row) if row["kind"] in ("store", "deployment") else None
    return "miss undefined connection" if found is not None and found["outcome"] == "undefined" else None


def silence(row: Mapping[str, Any], version: tuple[int, ...]) -> str | None:
    """What makes a row one that nothing recorded decides: the codes of ours that Airflow raises nothing for, nor
    anything else in the answer shows, or the exception that only an image explains. None for rows that are decided."""
    errors, findings = errors_about(row, version)
    if row["outcome"] == "ok":
        quiet = errors & set(TAKEN_IN_SILENCE)
        return None if shown(quiet, row, version) else ", ".join(sorted(quiet)) or None
    if "if_there" in row["detail"]:
        return None
    excuse = (row["kind"], row["detail"].get("exception", ""))
    told = any(finding.severity != "info" for finding in findings)
    return excuse[1] if row["outcome"] != "database" and excuse in NOT_IN_A_FILE and not told else None


@dataclass(slots=True)
class Tally:
    """Of one kind of question: how many, which of them are known silences, and a line for each that is wrong."""

    count: int = 0
    silences: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    @property
    def decided(self) -> int:
        """Questions that Airflow decides by itself."""
        return self.count - self.silences.total()

    @property
    def share(self) -> float:
        """Of those, the part on which tool and Airflow agree."""
        return 1 - len(self.wrong) / self.decided if self.decided else 1.0


def agreement(rows: Iterable[Mapping[str, Any]], version: tuple[int, ...]) -> dict[str, Tally]:
    """By kind of question, how tool and Airflow agree. Known silences are counted apart."""
    found: dict[str, Tally] = {}
    for row in rows:
        tally = found.setdefault(row["kind"], Tally())
        tally.count += 1
        wrong = disagreement(row, version)
        if wrong is not None:
            tally.wrong.append(f"{wrong}: {json.dumps(row['value'])[:160]}")
        elif quiet := silence(row, version):
            tally.silences[quiet] += 1
    return found
