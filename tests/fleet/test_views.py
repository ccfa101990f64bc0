"""What `list --format json` keeps of each deployment says what the fleet says, whatever has changed since."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.opening import open_fleet
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.reports import findings_view
from rea_xcom_tui.reports.findings import FORMATS, Report
from rea_xcom_tui.reports.machine import VIEW, dump, fleet_json, showing_json
from tests.work import Work

ETL = "clusters/prod/billing/etl/values.yaml"


def untouched(work: Work) -> None:
    """Nothing happens."""


def edited(work: Work) -> None:
    work.write(ETL, (work.root / ETL).read_text().replace("s3://", "gs://") + "# \x7f é\n")


def staged(work: Work) -> None:
    edited(work)
    work.git("add", "-A")


def removed(work: Work) -> None:
    (work.root / ETL).unlink()


def copied(work: Work) -> None:
    """Beside the old one, in a file that git does not know yet: two of them share a path."""
    work.write("clusters/prod/billing/copy/values.yaml", (work.root / ETL).read_text())


def broken(work: Work) -> None:
    work.write(ETL, "xcomBackend: [\n")


def ignored(work: Work) -> None:
    copied(work)
    work.write(".rea-xcom-tui.toml", '[[rules.ignore]]\ncode = "XC220"\nreason = "they may"\n')


def surrogate(work: Work) -> None:
    """Half of a pair of surrogates, which JSON can name by its number and no text can hold."""
    connection = '\'{"conn_type": "azure", "extra": {"managed_identity_client_id": "\\ud800"}}\''
    path = "abfs://wasb_xcom@xcom/etl"
    text = (work.root / ETL).read_text()
    work.write(
        ETL, text.replace("commonEnv:\n", f"commonEnv:\n  - name: AIRFLOW_CONN_WASB_XCOM\n    value: {connection}\n")
    )
    work.write(ETL, (work.root / ETL).read_text().replace("s3://acme-xcom/etl", path))


def shown(*works: Work) -> str | None:
    showing = opened(*works).show(VIEW)
    return None if showing is None else "".join(showing_json(showing))


def opened(*works: Work) -> Workspace:
    return open_fleet([work.root for work in works])


def checked(*works: Work) -> list[str]:
    """What `check` prints from what is kept of findings."""
    workspace = opened(*works)
    showing = workspace.show(findings_view.VIEW)
    assert showing is not None
    return printed(findings_view.report_of(workspace.root, showing))


def report(*works: Work) -> list[str]:
    """The same from the fleet."""
    fleet = opened(*works).scan()
    rows = [(deployment, finding) for deployment in fleet.deployments for finding in deployment.findings]
    return printed(Report(fleet, rows, fleet.unreadable, len(fleet.deployments)))


def printed(found: Report) -> list[str]:
    return [FORMATS[form](found) for form in sorted(findings_view.FORMATS)]


def told(*works: Work) -> str:
    fleet = opened(*works).scan()
    return fleet_json(fleet, fleet.deployments)


CHANGES = [untouched, edited, staged, removed, copied, broken, ignored, surrogate]


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_view_is_the_fleet(fleet_repo: Work, change: Callable[[Work], None]) -> None:
    assert shown(fleet_repo) == told(fleet_repo)  # cold
    assert shown(fleet_repo) == told(fleet_repo)  # warm
    change(fleet_repo)
    after = told(fleet_repo)
    assert shown(fleet_repo) == after
    assert shown(fleet_repo) == after
    assert checked(fleet_repo) == report(fleet_repo)  # from the records
    assert checked(fleet_repo) == report(fleet_repo)  # from what is kept of findings alone


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_the_view_of_several_repos_is_their_fleet(
    fleet_repo: Work, tmp_path: Path, change: Callable[[Work], None]
) -> None:
    """They share all paths, so each has findings that name the others; they are not in the order of their ids."""
    works = [Work(tmp_path / "repos" / name) for name in ("ml", "ml-2", "data")]
    for work in works:
        shutil.copytree(fleet_repo.root, work.root)
    assert shown(*works) == told(*works)
    change(works[1])
    after = told(*works)
    assert '"ml-2:clusters/' in after
    assert "XC220" in after
    for _ in range(2):  # the second time what is kept is all of the answer
        assert shown(*works) == after
        assert checked(*works) == report(*works)


def test_layers_in_one_of_several_repos_leave_all_to_the_fleet(fleet_repo: Work, tmp_path: Path) -> None:
    other = Work(tmp_path / "other")
    shutil.copytree(fleet_repo.root, other.root)
    assert shown(fleet_repo, other) is not None
    other.write("argo/app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n")
    assert shown(fleet_repo, other) is None


def test_layers_are_left_to_the_fleet(fleet_repo: Work) -> None:
    fleet_repo.write("argo/app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n")
    assert shown(fleet_repo) is None


def test_json_is_plain_ascii_as_the_json_module_writes_it() -> None:
    data = {"a": "\x7f é \u2028 \x1b \ud800", "b": [], "c": {}, "d": [1, {"e": None}], "f": 10**30}
    assert dump(data) == (
        '{\n  "a": "\\u007f \\u00e9 \\u2028 \\u001b \\ud800",\n  "b": [],\n  "c": {},\n  "d": [\n    1,\n    {\n'
        '      "e": null\n    }\n  ],\n  "f": 1000000000000000000000000000000\n}'
    )
