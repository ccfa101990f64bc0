"""Since when and by whom, for a whole fleet at once."""

from __future__ import annotations

from pathlib import Path

from rea_xcom_tui.fleet.drift.since import find_since
from rea_xcom_tui.fleet.history.field_history import layered_history
from rea_xcom_tui.fleet.history.layered import newest_changes
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.xcom.drift import Deviation
from rea_xcom_tui.xcom.model import FIELDS
from tests.fleet.test_layered import FILES as LAYERED
from tests.work import make_work, values


def test_since_of_a_whole_fleet_costs_one_walk(tmp_path: Path) -> None:
    names = [f"clusters/prod/team/d{number}/values.yaml" for number in range(6)]
    work = make_work(tmp_path / "repo", {name: values(name.split("/")[3], threshold="4096") for name in names})
    first = work.head()
    brought = {}
    for number, name in enumerate(names[:3]):
        for threshold in ("0", "4096"):
            work.write(name, values(f"d{number}", threshold=threshold))
            brought[name] = work.commit_all()
    for comment in range(12):
        work.write(names[0], values("d0", threshold="4096") + f"# {comment}\n")
        work.commit_all()
    workspace = Workspace.open(work.root)
    workspace.scan()
    before = len(workspace.repository.log.records())
    settled: list[int] = []
    deviations = [Deviation(name, "threshold", "", 0, 4096, 4096, None, "warning", "") for name in names]
    found = find_since(
        workspace.repository, workspace.fleet, deviations, progress=lambda done, total: settled.append(done)
    )
    assert {name: since.commit for (name, _), since in found.items()} == {
        name: brought.get(name, first) for name in names
    }
    commands = [record.argv[1] for record in workspace.repository.log.records()[before:]]
    assert commands.count("log") == 1
    assert len(commands) < 21
    assert settled == sorted(settled)
    before = len(workspace.repository.log.records())
    assert find_since(workspace.repository, workspace.fleet, deviations) == found
    assert "log" not in [record.argv[1] for record in workspace.repository.log.records()[before:]]  # it was kept
    work.write(names[0], values("d0", threshold="0"))
    head = work.commit_all()
    workspace.scan()
    assert find_since(workspace.repository, workspace.fleet, deviations)[names[0], "threshold"].commit == head


def test_since_of_layers_looks_at_each_commit_once_for_all_of_them(tmp_path: Path) -> None:
    agents = LAYERED["clusters/eu/agents.yaml"] + "".join(
        f"  - {{name: more{number}, env: dev, values: ml.yaml}}\n" for number in range(12)
    )
    work = make_work(tmp_path / "repo", {**LAYERED, "clusters/eu/agents.yaml": agents})

    def write(file: str, before: str, after: str, message: str) -> None:
        work.write(file, work.read(file).replace(before.encode(), after.encode()))
        work.commit_all(message)

    write("base.yaml", '"1024"', '"2048"', "base")
    write("clusters/eu/etl.yaml", "# nothing of its own\n", LAYERED["clusters/eu/ml.yaml"], "etl has its own")
    work.git("switch", "-q", "-c", "side")
    write("clusters/eu/ml.yaml", '"0"', '"512"', "ml by a branch")
    work.git("switch", "-q", "-")
    write("base.yaml", "s3://base/xcom", "s3://base/other", "path")
    work.git("merge", "-q", "--no-edit", "side")
    work.git("mv", "clusters/eu/etl.yaml", "clusters/eu/etl2.yaml")
    write("clusters/eu/agents.yaml", "values: etl.yaml", "values: etl2.yaml", "moved")
    write("base.yaml", "xcomBackend", "# only a comment\nxcomBackend", "nothing that counts")
    workspace = Workspace.open(work.root)
    workspace.scan()
    repository, fleet = workspace.repository, workspace.fleet
    rows = [row for row in fleet.deployments if row.stack]
    assert len(rows) == 15
    asked = [(row.id, field) for row in rows for field in FIELDS]
    before = len(repository.log.records())
    settled: list[int] = []
    found = newest_changes(repository, fleet, asked, lambda done, total: settled.append(done))
    commands = [record.argv[1] for record in repository.log.records()[before:]]
    assert commands.count("log") == 1
    assert commands.count("ls-tree") <= 2 * len(work.git("rev-list", "HEAD").split())  # it and the one before it
    assert settled == sorted(set(settled))
    changes = {
        (row.id, field): layered_history(repository, fleet, row, field).changes for row in rows for field in FIELDS
    }
    expected = {key: (told[0].commit, told[0].delta) for key, told in changes.items() if told}
    assert found == expected
    assert len({commit.oid for commit, _ in expected.values()}) >= 4
    deviations = [Deviation(row.id, "threshold", "", 0, 1, 1, None, "warning", "") for row in rows]
    since = find_since(repository, fleet, deviations)
    assert {since[row.id, "threshold"].commit for row in rows[:3]} == {
        expected[row.id, "threshold"][0].oid for row in rows[:3]
    }
