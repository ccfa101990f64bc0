from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from rea_xcom_tui import values
from rea_xcom_tui.edits import RenameKey
from rea_xcom_tui.fleet.edit.one_file import plan_file
from rea_xcom_tui.fleet.edit.pending import Fix, fixable
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.xcom.model import Change, Finding
from rea_xcom_tui.xcom.rules.examples import AZURE_CONNECTION, azure, example
from rea_xcom_tui.xcom.rules.families import rules
from rea_xcom_tui.xcom.rules.fleet import FLEET_CODES
from rea_xcom_tui.xcom.rules.layers import LAYER_CODES
from rea_xcom_tui.xcom.rules.registry import Rule
from rea_xcom_tui.xcom.rules.settings import RuleSettings
from tests.xcom.rules.helpers import codes, found, loud

FIXED_AUTOMATICALLY = {
    "XC103", "XC104", "XC105", "XC106", "XC107", "XC122", "XC124", "XC125",
    "XC208", "XC212", "XC221", "XC303", "XC308", "XC402", "XC403",
    "XC404", "XC406",
    "XC502", "XC505", "XC515", "XC520", "XC605", "XC611", "XC606", "XC607", "XC701", "XC702", "XC703", "XC708",
    "XC713",
}  # fmt: skip
"""The rules whose wrong example has an automatic fix."""


def mends(findings: Iterable[Finding]) -> tuple[Change, ...]:
    """The changes that fix all these findings of one deployment, in an order that works.

    Two findings may ask for the same change, which is made once; where they ask for different ones at one place
    the first wins, and the next check finds what is left. Names change last, as other changes find their entry
    by its name.
    """
    chosen: dict[tuple[object, ...], Change] = {}
    for finding in findings:
        keys = [_subject(change) for change in finding.fix]
        if not any(key in chosen for key in keys):
            chosen.update(zip(keys, finding.fix, strict=True))
    return tuple(sorted(chosen.values(), key=lambda change: isinstance(change, RenameKey)))


def _subject(change: Change) -> tuple[object, ...]:
    """What a change is about: two changes with the same subject cannot both be made."""
    detail = getattr(change, "pointer", None) or getattr(change, "key", None)
    return (isinstance(change, RenameKey), change.address, detail)


def fixed(text: str, findings: tuple[Finding, ...]) -> str:
    return values.edit(text.encode(), mends(findings)).decode()


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_a_fix_silences_its_rule_and_wakes_no_other(rule: Rule) -> None:
    if rule.code in FLEET_CODES | LAYER_CODES:
        return
    before = found(rule.wrong, settings=rule.settings)
    mine = tuple(finding for finding in before if finding.code == rule.code and finding.fix)
    assert bool(mine) == (rule.code in FIXED_AUTOMATICALLY), "the wrong example has a fix, or has none"
    if mine:
        after = fixed(rule.wrong, mine)
        assert rule.code not in codes(after)
        assert loud(after) <= {finding.code for finding in before}


@pytest.mark.parametrize("rule", [one for one in rules() if one.code in FIXED_AUTOMATICALLY], ids=lambda one: one.code)
@pytest.mark.parametrize("quoted", [True, False])
def test_a_fix_goes_with_those_of_other_rules_as_check_makes_them(rule: Rule, quoted: bool) -> None:
    """Without its quotes, the value that a rule is about often has findings of other rules as well."""
    file, reading = "prod/etl/values.yaml", Reading(rules=rule.settings or RuleSettings())
    text = rule.wrong if quoted else re.sub(r'value: "([\w.+-]+)"', r"value: \1", rule.wrong)
    row = read_deployment(file, text.encode(), reading)
    assert isinstance(row, Deployment)
    plan, refused = plan_file(file, [Fix(file, one, file) for one in fixable(row.findings)], text.encode(), reading)
    assert refused == []
    assert (plan is not None) == any(one.fix for one in row.findings)
    after = read_deployment(file, text.encode() if plan is None else plan.after, reading)
    assert isinstance(after, Deployment)
    assert [one for one in after.findings if one.fix] == []


def test_all_fixes_of_a_file_go_together() -> None:
    text = example(
        backend="xcomBackend: airflow.providers.common.io.xcom.backend.XComObjectStoreBackend",
        threshold="1048576",
        compression="gz",
        env=(
            ("AIRFLOW__COMMON_IO__XCOM_OBJECTSTORE_PATH", '"s3://acme-xcom/etl"'),
            ("DEBUG", "yes"),
        ),
        path=None,
    )
    assert loud(text) == {"XC104", "XC402", "XC701", "XC702", "XC708"}
    after = fixed(text, found(text))
    assert loud(after) == set()
    assert 'value: "1048576"' in after
    assert "value: gzip" in after or 'value: "gzip"' in after
    assert 'value: "true"' in after


@pytest.mark.parametrize("number", ["012", "0x1F", "0b11", "0o12"])
def test_a_number_that_people_read_otherwise_is_not_quoted_for_them(number: str) -> None:
    findings = [finding for finding in found(example(threshold=number)) if finding.code == "XC701"]
    assert len(findings) == 1
    assert findings[0].fix == ()
    assert "which Helm reads as" in findings[0].message


def test_an_anonymous_text_becomes_false() -> None:
    text = azure(connection=AZURE_CONNECTION.replace('"anon": false', '"anon": "false"'))
    after = fixed(text, tuple(f for f in found(text) if f.code == "XC515"))
    assert '"anon": false' in after
    assert loud(after) == set()


def test_a_rename_never_makes_a_duplicate() -> None:
    right = example(env=(("AIRFLOW__COMMON.IO__XCOM_OBJECTSTORAGE_THRESHOLD", '"7"'),))
    finding = next(f for f in found(right) if f.code == "XC708")
    assert (finding.severity, finding.fix) == ("warning", ())
    twice = example(
        threshold=None,
        env=(
            ("airflow__common_io__xcom_objectstorage_threshold", '"7"'),
            ("AIRFLOW_COMMON_IO_XCOM_OBJECTSTORAGE_THRESHOLD", '"0"'),
        ),
    )
    fixes = [f.fix for f in found(twice) if f.code == "XC708"]
    assert [len(fix) for fix in fixes] == [1, 0]


def test_a_name_and_its_value_are_fixed_together() -> None:
    text = example(threshold=None, env=(("AIRFLOW_COMMON_IO_XCOM_OBJECTSTORAGE_THRESHOLD", "0"),))
    assert loud(text) == {"XC701", "XC708"}
    assert loud(fixed(text, found(text))) == set()


def test_one_label_is_added_for_two_that_have_no_effect() -> None:
    label = 'azure.workload.identity/use: "true"'
    text = azure(label=None, rest=f"  {label}\nserviceAccount:\n  annotations:\n    {label}\n")
    assert [f.code for f in found(text) if f.severity == "error"] == ["XC607", "XC607"]
    after = fixed(text, found(text))
    assert after.count("use:") == 3
    assert loud(after) == set()
