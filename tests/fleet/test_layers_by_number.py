"""The layers of a deployment by their numbers."""

from __future__ import annotations

from rea_xcom_tui.fleet.scan.layered import read_entry
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.model import AGENT_CHART, ChartRef, EntryPoint, Problem
from tests.layouts.repos import tree_of


def test_a_finding_of_a_deployment_without_layers_is_in_its_own_file() -> None:
    wrong = (Problem("The name is empty.", "apps/a.yaml", 4),)
    entry = EntryPoint("apps/a.yaml", "apps/a.yaml", "argocd", "a", (), chart=ChartRef(AGENT_CHART), problems=wrong)
    row = read_entry(entry, tree_of({"apps/a.yaml": "kind: Application\n"}), Reading())
    assert row is not None
    assert row.findings
    assert {row.file_at(one.layer) for one in row.findings} == {"apps/a.yaml"}
    assert {row.layer_at(one.layer).file for one in row.findings} == {"apps/a.yaml"}
