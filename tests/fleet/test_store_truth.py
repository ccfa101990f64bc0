"""What `check` says of settings agrees with what a probe saw on real stores, as recorded by scripts/store_truth."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from typing import Any

import pytest

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.xcom.rules.settings import RuleSettings
from scripts.store_truth.__main__ import DATA
from scripts.store_truth.rows import Row, rows
from scripts.store_truth.stores import end
from scripts.store_truth.verdict import ABOUT_SECRETS, ELSEWHERE, FIELDS, ON_LOOPBACK, OUTSIDE, SAID, agrees, judged

RECORDED = [
    (file.stem.removeprefix("airflow-"), record)
    for file in sorted(DATA.glob("airflow-*.json"))
    for record in json.loads(file.read_text(encoding="utf-8"))
]
ROWS = {row.name: row for row in rows()}


@pytest.mark.parametrize(
    ("version", "record"), RECORDED, ids=[f"{version} {record['row']}" for version, record in RECORDED]
)
def test_check_and_probe_agree(version: str, record: dict[str, Any]) -> None:
    airflow = tuple(int(part) for part in version.split(".")[:2])
    reading = Reading(rules=RuleSettings(airflow=airflow))
    deployment = read_deployment("row/values.yaml", judged(ROWS[record["row"]]).encode(), reading)
    assert isinstance(deployment, Deployment)
    said = [(finding.severity, finding.code) for finding in deployment.findings if finding.field in FIELDS]
    assert agrees(record["row"], record["status"], said), (record, said)


def test_every_row_is_recorded_and_nothing_was_left_behind() -> None:
    # A store that refused every request could not be looked at either; that nothing can be told is told then.
    assert {record["row"] for _, record in RECORDED} == set(ROWS)
    written = [record for _, record in RECORDED if any(value["where"] == "object" for value in record["values"])]
    assert len(written) > 20
    assert [record["row"] for record in written if record["left"]] == []
    assert set(OUTSIDE) | ON_LOOPBACK <= set(ROWS)


NAMES = json.loads((DATA / "names.json").read_text(encoding="utf-8"))
SCHEMES = {"aws": "s3", "azure": "abfs"}
REFUSED = [
    (cloud, name)
    for cloud, said in NAMES.items()
    for name, word in said.items()
    if word not in ("made", "EndpointResolutionError")  # access points are AWS's own hosts
    and "@" not in name  # a connection's id ends there
    and not (cloud == "azure" and re.fullmatch(r"[\w.-]+:\d*", name))  # a port is dropped
]


@pytest.mark.parametrize(("cloud", "name"), REFUSED)
def test_a_name_that_a_server_refuses_is_no_name_to_check_either(cloud: str, name: str) -> None:
    text = re.sub(r"\$(?=\()", "$$$$", name)  # so that Kubernetes leaves it as it is
    row = Row("row", f"{SCHEMES[cloud]}://{text}/team")
    deployment = read_deployment("row/values.yaml", row.values().encode(), Reading())
    assert isinstance(deployment, Deployment)
    told = {finding.code for finding in deployment.findings if finding.field == "path" and finding.severity != "info"}
    assert told


def test_excuses_are_needed_and_name_rows() -> None:
    assert set(SAID) <= set(OUTSIDE)
    alone = [
        record["row"]
        for version, record in RECORDED
        if record["row"] in OUTSIDE and record["status"] != "passed" and not _warned(version, record["row"])
    ]
    assert set(alone) == set(OUTSIDE)
    assert ELSEWHERE not in judged(ROWS["s3-endpoint-closed"])


def _warned(version: str, row: str) -> bool:
    airflow = tuple(int(part) for part in version.split(".")[:2])
    reading = Reading(rules=RuleSettings(airflow=airflow))
    deployment = read_deployment("row/values.yaml", judged(ROWS[row]).encode(), reading)
    assert isinstance(deployment, Deployment)
    return any(f.severity != "info" and f.field in FIELDS and f.code[:3] != ABOUT_SECRETS for f in deployment.findings)


def test_the_page_tells_where_versions_differ() -> None:
    seen: dict[str, dict[str, str]] = {}
    for version, record in RECORDED:
        seen.setdefault(record["row"], {})[version] = record["status"]
    page = (DATA.parents[2] / "docs" / "stores.md").read_text(encoding="utf-8")
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line[:3] == "| `"]
    versions = sorted({version for version, _ in RECORDED})
    told = {
        row[0].split("`")[1]: {v: word for v, word in zip(versions, row[1:], strict=False) if word != "not asked"}
        for row in cells
        if len(row) == 6
    }
    assert told == {row: statuses for row, statuses in seen.items() if len(set(statuses.values())) > 1}


_SERVER = "import signal, sys; {}; print('up', flush=True); signal.pause()"


def test_servers_end_also_where_they_do_not_want_to() -> None:
    ways = ("pass", "signal.signal(signal.SIGTERM, signal.SIG_IGN)", "sys.exit(3)")
    servers = [subprocess.Popen([sys.executable, "-c", _SERVER.format(way)], stdout=subprocess.PIPE) for way in ways]
    for server in servers:
        assert server.stdout is not None
        with server.stdout as said:
            said.readline()
    end(servers, grace=0.2)
    assert [server.returncode for server in servers] == [-signal.SIGTERM, -signal.SIGKILL, 3]
