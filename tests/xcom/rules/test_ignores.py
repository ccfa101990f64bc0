from __future__ import annotations

from datetime import date

import pytest

from rea_xcom_tui.xcom.model import Severity
from rea_xcom_tui.xcom.names import THRESHOLD_VARIABLE
from rea_xcom_tui.xcom.rules.engine import stale_ignores
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.settings import Ignore, RuleSettings
from tests.xcom.rules.helpers import TODAY, codes, found, judged

SMALL = '"4096"'


def commented(comment: str, threshold: str = SMALL) -> str:
    return example(threshold=f"{threshold} # {comment}")


def test_a_comment_on_the_line_accepts_the_finding_and_keeps_the_reason() -> None:
    judgement = judged(commented("rea-xcom: ignore[XC306] small values may stay"))
    assert "XC306" not in {f.code for f in judgement.findings}
    assert [(a.finding.code, a.reason, a.ignore) for a in judgement.accepted] == [
        ("XC306", "small values may stay", None)
    ]


@pytest.mark.parametrize(
    "text",
    [
        example(threshold=SMALL).replace('    value: "4096"', '    # rea-xcom: ignore[XC306] why\n    value: "4096"'),
        example(threshold=SMALL).replace("THRESHOLD\n", "THRESHOLD # rea-xcom: ignore[XC306] why\n"),
        example(threshold=SMALL).replace(
            f"  - name: {THRESHOLD_VARIABLE}",
            f"  # rea-xcom: ignore[XC306] why\n  # and more\n\n  - name: {THRESHOLD_VARIABLE}",
        ),
        example(threshold=">- # rea-xcom: ignore[XC306] why\n      4096"),
    ],
    ids=["above the value", "beside the name", "above the entry", "beside a block"],
)
def test_where_a_comment_may_stand(text: str) -> None:
    assert codes(text) & {"XC306", "XC901", "XC903"} == set()


def test_a_hash_inside_a_string_is_no_comment() -> None:
    text = example(path='"s3://acme-xcom/etl #rea-xcom: ignore[XC213] no"')
    assert "XC213" in codes(text)


def test_other_rules_of_the_line_stay() -> None:
    text = commented("rea-xcom: ignore[XC306] why", threshold="4096")
    assert codes(text) == {"XC610", "XC701"}


def test_several_codes_share_a_comment() -> None:
    assert codes(commented("rea-xcom: ignore[XC306, xc701] why", threshold="4096")) == {"XC610"}


@pytest.mark.parametrize("comment", ["why (until 2027-01-31)", "until 2027-01-31 why", "why, until 2027-01-31"])
def test_a_date_is_the_last_day_it_holds(comment: str) -> None:
    text = commented(f"rea-xcom: ignore[XC306] {comment}")
    before = judged(text, today=date(2027, 1, 31))
    assert [a.reason for a in before.accepted] == ["why"]
    assert not {f.code for f in before.findings} & {"XC306", "XC902"}
    after = {f.code for f in found(text, today=date(2027, 2, 1))}
    assert {"XC306", "XC902"} <= after


def test_a_comment_that_accepts_nothing_is_reported_expired_or_not() -> None:
    for until in ("", " until 2020-01-01"):
        text = commented(f"rea-xcom: ignore[XC306] why{until}", threshold='"0"')
        (finding,) = (f for f in found(text) if f.code.startswith("XC9"))
        assert (finding.code, finding.severity, finding.line) == ("XC901", "warning", 6)


@pytest.mark.parametrize(
    ("comment", "accepted"),
    [
        ("rea-xcom: ignore[XC306]", True),
        ("rea-xcom: ignore[] why", False),
        ("rea-xcom: ignore XC306 why", False),
        ("rea-xcom: ignore[XC999] why", False),
        ("rea-xcom: ignore[threshold] why", False),
        ("rea-xcom: ignore[XC306] why until 2027-13-01", False),
        ("rea-xcom: ignore[XC306] why until 31.1.2027", False),
    ],
)
def test_what_cannot_be_read_is_said(comment: str, accepted: bool) -> None:
    seen = codes(commented(comment))
    assert "XC903" in seen
    assert ("XC306" not in seen) == accepted


def test_a_rule_that_is_switched_off_is_silent_and_so_is_its_comment() -> None:
    settings = RuleSettings(off=frozenset(("XC306",)))
    assert codes(commented("rea-xcom: ignore[XC306] why"), settings=settings) == {"XC610"}


@pytest.mark.parametrize("severity", ["error", "warning", "info"])
def test_a_severity_of_the_repo_counts(severity: Severity) -> None:
    settings = RuleSettings(severities={"XC306": severity, "XC901": severity})
    assert [f.severity for f in found(example(threshold=SMALL), settings=settings) if f.code == "XC306"] == [severity]
    unused = commented("rea-xcom: ignore[XC306] why", threshold='"0"')
    assert [f.severity for f in found(unused, settings=settings) if f.code == "XC901"] == [severity]


def test_the_repo_ignores_by_pattern_and_day() -> None:
    until = Ignore("XC306", "dev is small", ("clusters/dev/*",), date(2026, 11, 22))
    settings = RuleSettings(ignores=(until,))
    text = example(threshold=SMALL)
    dev = judged(text, settings=settings, file="clusters/dev/a/values.yaml")
    assert [(a.reason, a.ignore) for a in dev.accepted] == [("dev is small", until)]
    assert "XC306" in codes(text, settings=settings, file="clusters/prod/a/values.yaml")
    late = codes(text, settings=settings, file="clusters/dev/a/values.yaml", today=date(2026, 11, 23))
    assert "XC306" in late
    assert stale_ignores(settings, dev.accepted, TODAY) == ()
    assert stale_ignores(settings, (), TODAY) == (
        "The ignore of XC306 for clusters/dev/* no longer accepts anything: remove it.",
    )
    assert stale_ignores(settings, (), date(2027, 1, 1)) == (
        "The ignore of XC306 for clusters/dev/* ended on 2026-11-22: remove or renew it.",
    )
