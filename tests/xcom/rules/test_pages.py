from __future__ import annotations

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.xcom.rules.families import find, rules
from rea_xcom_tui.xcom.rules.fleet import FLEET_CODES
from rea_xcom_tui.xcom.rules.layers import LAYER_CODES
from rea_xcom_tui.xcom.rules.maintenance import PAST_MAINTENANCE
from rea_xcom_tui.xcom.rules.pages import explain
from rea_xcom_tui.xcom.rules.registry import Rule
from tests.xcom.rules.helpers import codes, loud

FILE_RULES = [rule for rule in rules() if rule.code not in FLEET_CODES | LAYER_CODES | {PAST_MAINTENANCE}]


@pytest.mark.parametrize("rule", FILE_RULES, ids=lambda rule: rule.code)
def test_the_wrong_example_fires_its_rule(rule: Rule) -> None:
    assert rule.code in codes(rule.wrong, settings=rule.settings)


@pytest.mark.parametrize("rule", FILE_RULES, ids=lambda rule: rule.code)
def test_the_right_example_is_free_of_errors_and_warnings(rule: Rule) -> None:
    assert loud(rule.right, settings=rule.settings) == set()
    assert rule.code not in codes(rule.right, settings=rule.settings)


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
def test_every_page_says_when_why_and_from_where(rule: Rule) -> None:
    page = explain(rule.code)
    assert page.startswith(f"{rule.code} {rule.name} ({rule.severity})")
    for heading in ("When:", "Why it matters:", "Wrong:", "Right:", "Source:"):
        assert heading in page
    assert explain(rule.name) == page
    assert find(rule.code.lower()) is rule


def test_an_unknown_code_names_the_nearest() -> None:
    with pytest.raises(ToolError, match="did you mean XC"):
        explain("XC1011")
    with pytest.raises(ToolError, match="threshold-unset"):
        explain("treshold-unset")
