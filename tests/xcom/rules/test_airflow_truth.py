"""Our verdicts held against what real Airflow versions and kubectl did, row by row."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.xcom.model import Finding
from rea_xcom_tui.xcom.names import BACKEND_VARIABLE, OBJECT_STORAGE_BACKEND, PATH_VARIABLE
from tests.xcom.rules.helpers import found

DATA = Path(__file__).parents[2] / "data" / "airflow"

TAKEN_IN_SILENCE = {
    "XC205": "a bucket called `s3:bucket`, which no cloud has",
    "XC209": "a placeholder",
    "XC214": "user and password as a connection id",
    "XC216": "a bucket's name that the cloud refuses",
    "XC502": "an undefined connection where S3 falls back",
    "XC504": "an extra that is dropped",
    "XC507": "free text as a connection without a type",
    "XC513": "a connection of another cloud",
    "XC515": "the text false, which is true",
    "XC519": "an account that cannot exist",
}
"""Errors of ours where Airflow itself raises none: the loss is silent, or the cloud is the one that refuses."""

NOT_IN_A_FILE = {
    ("backend", "AirflowConfigException"): "XC112",
    ("backend", "TypeError"): "XC112",
    ("store", "FileNotFoundError"): None,
    ("store", "DefaultCredentialsError"): None,
}
"""Failures that only the image or the pod can explain; of a class of the user's own we say that much."""

FAMILIES = {
    "threshold": ("XC3",),
    "compression": ("XC4",),
    "backend": ("XC1",),
    "path": ("XC2", "XC5"),
    "connection": ("XC5",),
    "store": ("XC2", "XC5"),
    "variable": ("XC708",),
}


def records() -> list[Any]:
    rows = []
    for file in sorted(DATA.glob("airflow-*.json")):
        data = json.loads(file.read_text(encoding="utf-8"))
        version = tuple(int(part) for part in data["airflow"].split(".")[:2])
        for row in data["records"]:
            if row["kind"] in FAMILIES:
                name = f"{data['airflow']}-{row['kind']}-{row['value']}"
                rows.append(pytest.param(version, row, id=name.encode("ascii", "replace").decode()[:90]))
    return rows


def as_file(row: dict[str, Any]) -> str:
    """A values file that gives a container the row's environment."""
    env = dict(row["env"])
    lines = []
    if row["kind"] != "backend" and BACKEND_VARIABLE not in env:
        lines.append(f"xcomBackend: {OBJECT_STORAGE_BACKEND}")
    if row["kind"] == "connection" and row["outcome"] == "undefined":
        env[PATH_VARIABLE] = f"abfs://{row['ask']['conn_id']}@container/x"
    lines.append("commonEnv:" if env else "commonEnv: []")
    for name, value in env.items():
        text = value.replace("<TMP>", "/tmp/truth").replace("$", "$$")
        lines += [f"  - name: {json.dumps(name)}", f"    value: {json.dumps(text)}"]
    return "\n".join(lines) + "\n"


def about(row: dict[str, Any], version: tuple[int, ...]) -> list[Finding]:
    return [f for f in found(as_file(row), airflow=version) if f.code.startswith(FAMILIES[row["kind"]])]


@pytest.mark.parametrize(("version", "row"), records())
def test_the_verdict_is_airflows(version: tuple[int, ...], row: dict[str, Any]) -> None:
    findings = about(row, version)
    errors = {f.code for f in findings if f.severity == "error"}
    if row["outcome"] == "ok":
        assert errors <= set(TAKEN_IN_SILENCE)
        return
    told = {f.code for f in findings if f.severity != "info"}
    told |= {f.code for f in findings if f.code == "XC512"}  # Git cannot know that nothing else defines it
    excuse = (row["kind"], row["detail"].get("exception", ""))
    if not told and excuse in NOT_IN_A_FILE:
        said = NOT_IN_A_FILE[excuse]
        assert said is None or said in {f.code for f in findings}
        return
    assert told


@pytest.mark.parametrize(("version", "row"), [p for p in records() if p.values[1]["kind"] == "threshold"])
def test_where_values_go_is_what_we_say(version: tuple[int, ...], row: dict[str, Any]) -> None:
    parsed = row["detail"].get("parsed")
    if row["outcome"] != "ok":
        return
    seen = {f.code for f in about(row, version)} & {"XC304", "XC305", "XC306", "XC307"}
    if row["value"] is None:
        assert seen == {"XC304"}
    else:
        assert seen == ({"XC305"} if parsed < 0 else {"XC307"} if parsed >= 1 << 30 else {"XC306"} if parsed else set())


def test_every_excuse_is_needed() -> None:
    used, excused = set(), set()
    for param in records():
        version, row = param.values
        codes = {f.code for f in about(row, version) if f.severity == "error"}
        if row["outcome"] == "ok":
            used |= codes
        elif not codes:
            excused.add((row["kind"], row["detail"].get("exception", "")))
    assert used == set(TAKEN_IN_SILENCE)
    assert set(NOT_IN_A_FILE) <= excused


PLACES = {
    "env": "commonEnv:\n  - name: T\n    value: {}\n",
    "label": "labels:\n  t: {}\n",
    "annotation": "annotations:\n  t: {}\n",
}
TYPING = {"XC701", "XC702", "XC703"}


def typing_rows() -> list[Any]:
    data = json.loads((DATA / "kubernetes.json").read_text(encoding="utf-8"))
    rows = [row for row in data["records"] if row["kind"] == "typing" and row["place"] in PLACES]
    return [pytest.param(row, id=f"{row['place']}-{row['value']}") for row in rows]


@pytest.mark.parametrize("row", typing_rows())
def test_kubernetes_takes_what_we_leave_alone(row: dict[str, Any]) -> None:
    text = f"xcomBackend: {OBJECT_STORAGE_BACKEND}\n" + PLACES[row["place"]].format(row["value"])
    try:
        codes = {f.code for f in found(text)}
    except Unreadable:
        assert row["outcome"] == "error"
        return
    assert bool(codes & TYPING) == (row["outcome"] == "error")


def test_kubernetes_refuses_the_lists_we_refuse() -> None:
    data = json.loads((DATA / "kubernetes.json").read_text(encoding="utf-8"))
    for row in data["records"]:
        if row["kind"] == "env list":
            text = f"xcomBackend: {OBJECT_STORAGE_BACKEND}\ncommonEnv:\n" + row["yaml"]
            codes = {f.code for f in found(text)} & {"XC701", "XC711"}
            assert bool(codes) == (row["outcome"] == "error"), row["value"]


def test_large_numbers_are_told_in_the_form_that_helm_gives_them() -> None:
    data = json.loads((DATA / "helm.json").read_text(encoding="utf-8"))
    large = 0
    for row in data["records"]:
        if row["kind"] != "helm scalar":
            continue
        text = f"xcomBackend: {OBJECT_STORAGE_BACKEND}\n" + PLACES["env"].format(row["value"])
        messages = {f.code: f.message for f in found(text) if f.code in TYPING}
        assert bool(messages) == (row["detail"]["type"] in ("number", "bool")), row["value"]
        if "e+" in row["detail"]["bare"]:
            large += 1
            assert f"renders as {row['detail']['bare']};" in messages["XC702"]
    assert large > 3
