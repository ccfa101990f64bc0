"""Our verdicts held against what real Airflow versions and kubectl did, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.xcom.model import Finding
from rea_xcom_tui.xcom.names import OBJECT_STORAGE_BACKEND
from scripts.airflow_truth.record import read_plausible
from scripts.airflow_truth.verdicts import (
    FAMILIES,
    NOT_IN_A_FILE,
    TAKEN_IN_SILENCE,
    agreement,
    disagreement,
    errors_about,
    reading,
)
from tests.xcom.rules.helpers import found

pytestmark = pytest.mark.xdist_group("airflow-truth")
"""In one process, which judges each of the rows once."""
DATA = Path(__file__).parents[2] / "data" / "airflow"


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


def about(row: dict[str, Any], version: tuple[int, ...]) -> list[Finding]:
    return list(reading(row, version)[1])


@pytest.mark.parametrize(("version", "row"), records())
def test_the_verdict_is_airflows(version: tuple[int, ...], row: dict[str, Any]) -> None:
    assert disagreement(row, version) is None


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


@pytest.mark.parametrize("version", read_plausible())
def test_plausible_settings_are_judged_as_airflow_does(version: str) -> None:
    numbers = tuple(int(part) for part in version.split(".")[:2])
    found = agreement(read_plausible()[version], numbers)
    assert {kind for kind, tally in found.items() if tally.decided < 30} == set()
    assert {kind: tally.wrong for kind, tally in found.items() if tally.wrong} == {}
    said = {kind: f"{tally.silences.total()}, {100 * tally.share:.4g} %" for kind, tally in found.items()}
    assert said == table_of_the_page()[version]


def table_of_the_page() -> dict[str, dict[str, str]]:
    """By version and kind of question, how many stand apart and the share that agrees, as the documentation has it."""
    page = (DATA.parents[2] / "docs" / "airflow-truth.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:1] == "|"]
    head = next(row for row in rows if row[:2] == ["kind", "settings"])
    body = rows[rows.index(head) + 2 :]
    body = body[: next((at for at, row in enumerate(body) if len(row) != len(head)), len(body))]
    return {
        title.partition(":")[0]: {row[0].partition(":")[0]: row[column] for row in body}
        for column, title in enumerate(head)
        if column > 1
    }


def judged_rows() -> Iterator[tuple[tuple[int, ...], dict[str, Any]]]:
    yield from (param.values for param in records())
    for version, rows in read_plausible().items():
        numbers = tuple(int(part) for part in version.split(".")[:2])
        yield from ((numbers, row) for row in rows)


def test_every_excuse_is_needed() -> None:
    used: set[str] = set()
    excused: set[tuple[str, str]] = set()
    for version, row in judged_rows():
        codes, _ = errors_about(row, version)
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
