"""What the rules of layers say of options whose order Argo CD leaves to chance, and how that is accepted."""

from __future__ import annotations

from datetime import date

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.layered import read_entry
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.xcom.rules.layers import UNSURE
from rea_xcom_tui.xcom.rules.settings import Ignore, RuleSettings
from tests.layouts.argocd.support import CHART_FILES, Result, app
from tests.work import BACKEND

HELM = (
    f"valuesObject: {{xcomBackend: {BACKEND}}}\n"
    "parameters: [{name: 'commonEnv[0]', value: x}, {name: 'commonEnv[0].name', value: A}, "
    "{name: xcomBackend, value: own.Backend}]"
)
TODAY = date(2026, 11, 22)


def read(rules: RuleSettings) -> Deployment:
    result = Result({**CHART_FILES, "x.yaml": app(HELM)})
    (entry,) = [each for each in result.entries if each.conflict]
    row = read_entry(entry, result.tree, Reading(rules=rules, today=TODAY))
    assert row is not None
    return row


def test_a_field_that_such_an_option_sets_is_in_conflict_with_the_reason() -> None:
    row = read(RuleSettings())
    reading = row.field("backend")
    assert reading.state == "conflict"
    assert reading.problem == (
        "The parameters commonEnv[0] and commonEnv[0].name overlap, and Argo CD sets them in random order."
    )
    assert [finding.message for finding in row.findings if finding.code == UNSURE] == [reading.problem]


def test_the_finding_is_accepted_until_its_day_turned_off_or_made_louder() -> None:
    def told(rules: RuleSettings) -> list[str]:
        return [finding.severity for finding in read(rules).findings if finding.code == UNSURE]

    (usual,) = told(RuleSettings())
    assert told(RuleSettings(ignores=(Ignore(UNSURE, "known", until=TODAY),))) == []
    assert told(RuleSettings(ignores=(Ignore(UNSURE, "known", until=date(2026, 11, 21)),))) == [usual]
    assert told(RuleSettings(ignores=(Ignore(UNSURE, "known", files=("elsewhere/*",)),))) == [usual]
    assert told(RuleSettings(off=frozenset({UNSURE}))) == []
    assert told(RuleSettings(severities={UNSURE: "error"})) == ["error"]


def test_a_field_that_another_order_of_the_options_changes_is_in_conflict_too() -> None:
    path = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH"
    helm = (
        f"valuesObject: {{xcomBackend: {BACKEND}}}\n"
        f"parameters: [{{name: 'commonEnv[0].name', value: {path}}}, {{name: 'commonEnv[0].value', value: 's3://a/b'}},"
        " {name: commonEnv, value: '{}'}]"
    )
    result = Result({**CHART_FILES, "x.yaml": app(helm)})
    (found,) = [each for each in result.entries if each.conflict]
    row = read_entry(found, result.tree, Reading(today=TODAY))
    assert row is not None
    assert row.field("path").place is None  # the empty list comes last as they are written
    assert row.field("path").state == "conflict"
    assert row.field("backend").state == "set"
