"""Plain values files at links inside the repo: each is a deployment of its own, and all of one file change with it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.edit.reach import shared_files
from rea_xcom_tui.fleet.history.changed_since import changed_since
from rea_xcom_tui.fleet.history.revisions import compare_revisions, parse_range
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.workspace import Workspace
from tests.fleet.test_kept_layers import FILES
from tests.layered import env
from tests.work import BACKEND, Work, make_work

VALUES = {f"{place}/values.yaml": f"xcomBackend: {BACKEND}\n{env(f'{place}/xcom')}" for place in ("dev", "prod")}
ROWS = ["dev/values.yaml", "prod/values.yaml", "stage/values.yaml"]


def opened(root: Path) -> Workspace:
    workspace = Workspace.open(root)
    workspace.scan()
    return workspace


def linked(root: Path, files: dict[str, str], links: dict[str, str]) -> Work:
    work = make_work(root, files)
    for link, target in links.items():
        (root / link).parent.mkdir(exist_ok=True)
        (root / link).symlink_to(target)
    work.commit_all("link")
    return work


@pytest.mark.parametrize(
    "links",
    [{"stage/values.yaml": "../dev/values.yaml"}, {"stage": "dev", "dev/again": "..", "out": "/etc", "up": "../.."}],
)
def test_a_link_is_a_row_and_changes_with_its_file(tmp_path: Path, links: dict[str, str]) -> None:
    work = linked(tmp_path / "repo", VALUES, links)
    workspace = opened(work.root)
    assert [row.id for row in workspace.fleet.deployments] == ROWS
    assert [row.id for row in opened(work.root).fleet.deployments] == ROWS  # what is kept is told alike

    workspace.edit(["stage/values.yaml"], "threshold", "7")
    plan = workspace.plan()
    assert [file.file for file in plan.files] == ["dev/values.yaml"]
    (shared,) = shared_files(plan.edits)
    assert "2 deployments would change, another too: " in shared.sentence(workspace.fleet.called)
    assert "set threshold to 7 on 2 " in workspace.commit_message()
    workspace.write()
    for now in (workspace, opened(work.root)):
        dirty = {row.id: (row.dirty, row.field("threshold").value) for row in now.fleet.deployments}
        assert dirty == {ROWS[0]: (True, 7), ROWS[1]: (False, 1024), ROWS[2]: (True, 7)}

    told = compare_revisions(workspace.repository, workspace.fleet, parse_range("HEAD"))
    assert [(one.deployment, one.field) for one in told.changes] == [(ROWS[0], "threshold"), (ROWS[2], "threshold")]
    since = changed_since(workspace.repository, workspace.fleet, "HEAD", Reading())
    assert since.touched == {ROWS[0], ROWS[2]}


def test_a_layer_behind_a_link_is_changed_with_the_link_and_with_its_file(tmp_path: Path) -> None:
    work = linked(tmp_path / "repo", FILES, {"ml.yaml": "ml/real.yaml"})

    def dirty() -> set[str]:
        return {row.name for row in opened(work.root).fleet.deployments if row.dirty}

    before = (work.root / "ml/real.yaml").read_bytes()
    assert dirty() == set()
    work.write("ml/real.yaml", before + b"# more\n")
    assert dirty() == {"ml"}
    work.write("ml/real.yaml", before)
    os.unlink(work.root / "ml.yaml")
    (work.root / "ml.yaml").symlink_to("ml/other.yaml")
    assert dirty() == {"ml"}
