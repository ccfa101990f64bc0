"""What only the whole fleet shows is worked out again where an edit changes what it hangs on, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from rea_xcom_tui.fleet.edit.outlook import as_if, fleet_as_if
from rea_xcom_tui.fleet.scan import findings_kept
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.xcom.rules.fleet import FLEET_CODES, check_fleet
from tests.work import make_work, values

NAMES = ("a", "b", "c", "d")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    files = {f"clusters/prod/{name}/values.yaml": values(name, path=f"s3://bucket-{name}/xcom") for name in NAMES}
    workspace = Workspace.open(make_work(tmp_path / "repo", files).root)
    workspace.scan()
    return workspace


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many deployments were looked at, each time that the whole fleet was."""
    found: list[int] = []

    def counted(rows: tuple[object, ...], *more: object) -> object:
        found.append(len(rows))
        return check_fleet(rows, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(findings_kept, "check_fleet", counted)
    return found


def ahead(workspace: Workspace) -> dict[str, set[str]]:
    """The codes that only the fleet shows, as they will be, by the deployment's name."""
    files = {file.file: file.after for file in workspace.plan().files}
    return {one.name: {finding.code for finding in one.findings} & FLEET_CODES for one in fleet_as_if(workspace, files)}


def test_an_edit_of_thresholds_looks_at_no_other_deployment_and_one_of_a_path_does(
    workspace: Workspace, asked: list[int]
) -> None:
    ids = [one.id for one in workspace.fleet.deployments]
    assert not any(ahead(workspace).values())
    asked.clear()
    for size in ("2MiB", "3MiB"):
        workspace.edit(ids[:2], "threshold", size)
        assert not any(ahead(workspace).values())
    assert not asked
    workspace.edit(ids[:1], "path", "s3://bucket-b/xcom")
    assert ahead(workspace) == {"a": {"XC220"}, "b": {"XC220"}, "c": set(), "d": set()}
    assert asked == [4]
    workspace.undo()
    assert not any(ahead(workspace).values())


@pytest.mark.parametrize("seed", range(5))
def test_it_is_as_if_it_were_worked_out_each_time(workspace: Workspace, seed: int) -> None:
    random, ids = Random(seed), [one.id for one in workspace.fleet.deployments]
    steps: list[Callable[[], object]] = [
        lambda: workspace.edit([random.choice(ids)], "threshold", random.choice(("0", "5", "1MiB"))),
        lambda: workspace.edit([random.choice(ids)], "path", f"s3://bucket-{random.choice(NAMES)}/xcom"),
        lambda: workspace.unset([random.choice(ids)], "threshold"),
        workspace.undo,
        workspace.redo,
    ]
    for _ in range(12):
        random.choice(steps)()
        files = {file.file: file.after for file in workspace.plan().files}
        changed = as_if(workspace, files)
        rows = [row for one in workspace.fleet.deployments if (row := changed.get(one.id, one).row) is not None]
        found = check_fleet(sorted(rows, key=lambda row: row.id), workspace.reading().rules)
        for one in fleet_as_if(workspace, files):
            assert [f for f in one.findings if f.code in FLEET_CODES] == list(found.get(one.id, ()))
