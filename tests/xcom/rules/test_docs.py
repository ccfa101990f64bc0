from __future__ import annotations

from rea_xcom_tui.xcom.rules.families import rules
from rea_xcom_tui.xcom.rules.pages import document


def test_every_rule_has_a_row_and_a_section_that_it_links_to() -> None:
    text = document()
    for rule in rules():
        assert f"| [{rule.code}](#{rule.code.lower()}-{rule.name}) | {rule.name} | {rule.severity} |" in text
        assert f"\n### {rule.code} {rule.name}\n" in text


def test_codes_and_names_are_unique_and_sorted_by_family() -> None:
    codes = [rule.code for rule in rules()]
    assert codes == sorted(set(codes))
    assert len({rule.name for rule in rules()}) == len(codes)
    assert all(rule.family for rule in rules())
