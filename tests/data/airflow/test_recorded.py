"""The recorded answers are whole, belong to the questions the script asks now, and say nothing of a machine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scripts.airflow_truth import record
from scripts.airflow_truth.plausible import plausible_cases

HERE = Path(__file__).resolve().parent
VERSIONS = record.versions()
QUESTION = ("kind", "value", "env", "ask", "then")
OUTCOMES = {
    "threshold": {"ok", "error"},
    "compression": {"ok", "error"},
    "path": {"ok", "error", "lost"},
    "backend": {"ok", "error"},
    "connection": {"ok", "undefined"},
    "store": {"ok", "error"},
    "variable": {"ok", "ignored"},
    "change": {"ok", "error", "lost"},
}
MACHINE = re.compile(
    r"/tmp/|/root|/home/|/usr/lib|site-packages|airflow-truth-|[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab]"
)


def load(name: str) -> dict[str, Any]:
    data = json.loads((HERE / name).read_text("utf-8"))
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize("version", VERSIONS)
def test_every_question_of_the_script_is_answered_once_and_in_order(version: str) -> None:
    data = load(f"airflow-{version}.json")
    asked = [case.as_data() for case in record.all_cases()]
    assert [{key: row[key] for key in QUESTION if key in row} for row in data["records"]] == asked
    assert len({json.dumps(question, sort_keys=True) for question in asked}) == len(asked) >= 200


def test_plausible_questions_are_those_of_their_seed() -> None:
    data = load("plausible.json")
    asked = [case.as_data() for case in plausible_cases(data["seed"], data["count"])]
    assert [{key: row[key] for key in QUESTION if key in row} for row in data["records"]] == asked
    assert set(data["versions"]) <= set(VERSIONS)


@pytest.mark.parametrize("version", VERSIONS)
def test_answers_are_typed_as_the_readme_says(version: str) -> None:
    for row in load(f"airflow-{version}.json")["records"]:
        for answer in (row, *row.get("variants", {}).values()):
            detail = answer["detail"]
            assert answer["outcome"] in OUTCOMES[row["kind"]], row
            if answer["outcome"] in ("error", "undefined"):
                assert {"exception", "message", "stage"} <= detail.keys(), row
                assert len(detail["message"]) <= 200
            if row["kind"] == "threshold" and answer["outcome"] == "ok":
                assert isinstance(detail["parsed"], int)
                assert set(detail["where"].values()) <= {"db", "object"}
            if row["kind"] == "path" and answer["outcome"] != "error":
                assert detail["read"] == {"ok": "value", "lost": "address"}[answer["outcome"]]
                assert detail["where"] in ("local", "object")


@pytest.mark.parametrize("version", VERSIONS)
def test_the_head_names_the_versions_that_the_requirements_pin(version: str) -> None:
    data = load(f"airflow-{version}.json")
    pinned = dict(
        line.split("==", 1)
        for line in (record.REQUIREMENTS / f"airflow-{version}.txt").read_text("utf-8").splitlines()
        if "==" in line
    )
    assert data["airflow"] == pinned["apache-airflow"] == version
    assert data["packages"] == {name: pinned[name] for name in data["packages"]}
    assert {"adlfs", "fsspec", "gcsfs", "s3fs"} <= data["packages"].keys()


def test_nothing_of_a_machine_or_a_moment_is_in_any_file() -> None:
    files = sorted(HERE.glob("*.json"))
    assert len(files) == len(VERSIONS) + 3
    for file in files:
        for row in load(file.name)["records"]:
            told = {key: value for key, value in row.items() if key not in QUESTION}
            assert not MACHINE.search(json.dumps(told)), (file.name, row)


def test_a_data_file_is_written_the_same_way_twice(tmp_path: Path) -> None:
    for file in HERE.glob("*.json"):
        data = load(file.name)
        head = {key: value for key, value in data.items() if key not in ("records", "schema")}
        again = tmp_path / file.name
        record.write(again, head, data["records"])
        assert again.read_text("utf-8") == file.read_text("utf-8")


def test_the_page_names_every_version_with_its_packages() -> None:
    page = (HERE.parents[2] / "docs" / "airflow-truth.md").read_text("utf-8")
    rows = {cells[0]: cells[1:] for line in page.splitlines() if len(cells := _cells(line)) == 7}
    for version in VERSIONS:
        packages = load(f"airflow-{version}.json")["packages"]
        providers = [packages[f"apache-airflow-providers-{name}"] for name in rows["Airflow"][:4]]
        assert rows[version] == [*providers, packages["fsspec"], packages["adlfs"]]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]
