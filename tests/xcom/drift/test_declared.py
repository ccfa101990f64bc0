from __future__ import annotations

from dataclasses import replace
from datetime import date

from rea_xcom_tui.xcom.drift import Outcome, Target
from rea_xcom_tui.xcom.drift.baseline import Baseline, Ignore, apply_ignores, baseline_deviations
from rea_xcom_tui.xcom.drift.expectations import Expectation, expectation
from rea_xcom_tui.xcom.drift.model import Row
from rea_xcom_tui.xcom.model import FieldName, FieldReading
from tests.xcom.drift.rows import PlainRow, fleet, row

TODAY = date(2026, 11, 22)


def declared(**groups: dict[FieldName, str]) -> Baseline:
    expected: dict[str, dict[FieldName, Expectation]] = {
        name.replace("_", "/").replace("any", "*"): {
            f: expectation(f, text.split(" or ")) for f, text in fields.items()
        }
        for name, fields in groups.items()
    }
    return Baseline(expected=expected)


def compare(rows: list[PlainRow], baseline: Baseline) -> Outcome:
    given: list[Row] = list(rows)
    return baseline_deviations(given, baseline)


def test_the_more_special_group_counts() -> None:
    baseline = declared(any={"threshold": "1"}, prod={"threshold": "2"}, any_aws={"threshold": "3"})
    assert baseline.for_group(("dev", "gcp"))["threshold"].text == 1
    assert baseline.for_group(("prod", "gcp"))["threshold"].text == 2
    both = declared(prod={"threshold": "2"}, prod_aws={"threshold": "4"})
    assert both.for_group(("prod", "aws"))["threshold"].text == 4


def test_even_one_deployment_is_held_to_a_baseline() -> None:
    (deviation,) = compare([row("a", threshold=5)], declared(prod={"threshold": "0"})).deviations
    assert (deviation.expected, deviation.actual, deviation.target) == (0, 5, Target(0))
    assert deviation.severity == "warning"
    assert deviation.reason == "the baseline of prod/aws says so"


def test_what_the_baseline_does_not_speak_of_is_no_drift_and_told() -> None:
    outcome = compare([row("a", env="dev"), row("b")], declared(prod={"threshold": "0"}, qa={"threshold": "0"}))
    assert outcome.deviations == ()
    assert [notice.text for notice in outcome.notices] == [
        "the baseline says nothing about dev/aws (1)",
        "the baseline mentions qa, which no deployment belongs to",
    ]


def test_a_value_that_git_does_not_know_and_one_that_is_refused_are_told_and_not_judged() -> None:
    secret = row("s", threshold=FieldReading("threshold", None, "", "reference", reference="Secret x key y"))
    refused = row("r", threshold=FieldReading("threshold", None, "1e6", "invalid"))
    outcome = compare([secret, refused], declared(prod={"threshold": "0"}))
    assert outcome.deviations == ()
    assert [notice.deployments for notice in outcome.notices] == [("prod/billing/s",), ("prod/billing/r",)]
    assert outcome.notices[1].text.startswith("1 field whose value Airflow refuses")


def test_the_same_within_the_group_takes_what_most_have() -> None:
    baseline = declared(prod={"compression": "same", "path": "same"})
    assert compare(fleet(4), baseline).deviations == ()
    (odd,) = compare([*fleet(2), row("odd", compression="gzip")], baseline).deviations
    assert (odd.deployment, odd.expected, odd.target) == ("prod/billing/odd", "zip", Target("zip"))


def test_the_same_within_the_group_without_a_clear_favourite_is_drift_of_all() -> None:
    rows = [*[row(f"a{n}") for n in range(2)], *[row(f"b{n}", compression="gzip") for n in range(2)]]
    found = compare(rows, declared(prod={"compression": "same"})).deviations
    assert len(found) == 4
    assert {deviation.target for deviation in found} == {None}


def test_an_ignore_accepts_one_value_until_its_last_day() -> None:
    outcome = compare([row("a", threshold=5), row("b", threshold=6)], declared(prod={"threshold": "0"}))
    ignore = Ignore(("prod/billing/*",), "threshold", "5", "because", expires=TODAY)
    kept, accepted = apply_ignores(outcome, [ignore], {}, TODAY)
    assert [d.deployment for d in kept.deviations] == ["prod/billing/b"]
    assert [(found.deviation.deployment, found.ignore) for found in accepted] == [("prod/billing/a", ignore)]
    assert kept.notices == ()


def test_an_ignore_that_ended_or_is_not_needed_is_told() -> None:
    outcome = compare([row("a", threshold=5)], declared(prod={"threshold": "0"}))
    ended = Ignore(("prod/billing/a",), "threshold", None, "because", expires=date(2026, 11, 21), line=7)
    idle = replace(ended, deployments=("prod/billing/b",), line=9)
    kept, accepted = apply_ignores(outcome, [ended, idle], {}, TODAY)
    assert len(kept.deviations) == 1
    assert accepted == ()
    assert [notice.text for notice in kept.notices] == [
        "the ignore of threshold for prod/billing/a (line 7) ended on 2026-11-21; fix the drift or give a new date",
        "the ignore of threshold for prod/billing/b (line 9) no longer accepts anything; remove it",
    ]


def test_an_ignore_may_go_by_the_name() -> None:
    outcome = compare([row("a", threshold=5)], declared(prod={"threshold": "0"}))
    ignore = Ignore(("billing-*",), "threshold", None, "because")
    kept, _ = apply_ignores(outcome, [ignore], {"prod/billing/a": "billing-a"}, TODAY)
    assert kept.deviations == ()


def test_an_ignore_that_ended_is_told_only_while_nothing_else_accepts() -> None:
    (found,) = compare([row("r", threshold=5)], declared(prod={"threshold": "0"})).deviations
    ended = Ignore((found.deployment,), "threshold", "5", "old", expires=date(2026, 1, 1), line=3)
    anew = Ignore(("*",), "threshold", None, "new", line=9)
    for ignores, accepted, told in (
        ((ended,), 0, ["ended on 2026-01-01"]),
        ((ended, anew), 1, ["no longer accepts anything; remove it"]),
        ((anew, Ignore(("other",), "threshold", None, "x", line=12)), 1, ["(line 12) no longer accepts anything"]),
    ):
        outcome, taken = apply_ignores(Outcome((found,)), ignores, {}, date(2026, 6, 1))
        assert (len(outcome.deviations), len(taken)) == (1 - accepted, accepted)
        assert len(outcome.notices) == len(told)
        assert all(words in notice.text for words, notice in zip(told, outcome.notices, strict=True))
