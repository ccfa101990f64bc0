"""What a fleet keeps apart by environment, proposed from its own values."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.campaign.belonging import declare, propose
from rea_xcom_tui.fleet.workspace import Workspace
from tests.work import make_work, values

NAMES = ("etl", "ml", "ads", "geo")
ODD = {"etl": "vault-7", "ml": "tank-2", "ads": "barn-9", "geo": "shed-4"}


def fleet(folder: Path, prod_path: str, *, thresholds: tuple[str, str] = ("1", "1"), role: str = "") -> Workspace:
    """Four deployments in staging and in prod."""
    files = {}
    for env, threshold in zip(("staging", "prod"), thresholds, strict=True):
        for name in NAMES:
            path = f"s3://staging-xcom/{name}" if env == "staging" else prod_path.format(name=name, odd=ODD[name])
            files[f"clusters/{env}/{name}/values.yaml"] = values(
                name, path=path, threshold=threshold, role=role.format(env=env, odd=ODD[name]) or None
            )
    workspace = Workspace.open(make_work(folder, files).root)
    workspace.scan()
    return workspace


@pytest.mark.parametrize(
    ("path", "thresholds", "proposed"),
    [
        ("s3://prod-xcom/{name}", ("1", "1"), []),
        ("s3://prod-xcom/{name}", ("1", "0"), ["threshold"]),
        ("s3://{odd}/{name}", ("1", "1"), ["bucket"]),
        ("s3://{odd}/{odd}", ("1", "1"), ["path"]),
    ],
)
def test_what_differs_as_a_rule_is_proposed(
    tmp_path: Path, path: str, thresholds: tuple[str, str], proposed: list[str]
) -> None:
    found = propose(fleet(tmp_path / "repo", path, thresholds=thresholds).fleet)
    assert [one.name for one in found] == proposed
    assert all(one.reason for one in found)


def test_a_proposal_is_declared_once(tmp_path: Path) -> None:
    workspace = fleet(tmp_path / "repo", "s3://prod-xcom/{name}", thresholds=("1", "0"))
    found = propose(workspace.fleet)
    assert declare(workspace, found) is not None
    workspace.write()
    assert b"per_environment:\n  threshold: " in (tmp_path / "repo/.rea-xcom.yaml").read_bytes()
    assert declare(workspace, found) is None


def test_nothing_is_declared_in_a_repo_that_is_only_read(tmp_path: Path) -> None:
    fleet(tmp_path / "repo", "s3://prod-xcom/{name}")
    workspace = Workspace.open(tmp_path / "repo", read_only=True)
    workspace.scan()
    with pytest.raises(Refused, match="nothing may be changed: the tool was started with --read-only"):
        declare(workspace, ())
