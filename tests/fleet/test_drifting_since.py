"""Since when and by whom, for a whole fleet at once."""

from __future__ import annotations

from pathlib import Path

from rea_xcom_tui.fleet.drift.since import find_since
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.xcom.drift import Deviation
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
