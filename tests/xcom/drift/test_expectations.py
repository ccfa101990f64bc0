from __future__ import annotations

import pytest

from rea_xcom_tui.xcom.drift import Target
from rea_xcom_tui.xcom.drift.expectations import expectation
from rea_xcom_tui.xcom.model import FieldName, FieldReading
from tests.xcom.drift.rows import row


@pytest.mark.parametrize(
    ("field", "given", "right", "wrong"),
    [
        ("threshold", ["1MiB"], [1048576], [0, -1, None]),
        ("threshold", ["never"], [-1, -5, None], [0]),
        ("threshold", ["unset"], [None, -1], [0, 1]),
        ("threshold", ["64KiB..1MiB"], [65536, 1048576], [65535, 1048577, -1, None]),
        ("threshold", ["..1MiB"], [0, 1048576], [-1, 1048577]),
        ("threshold", ["1MiB.."], [1048576, -1, None], [0]),
        ("threshold", ["0", "4k"], [0, 4096], [1]),
        ("compression", ["zip", "unset"], ["zip", None], ["gzip"]),
        ("compression", ["any"], ["zip", None, "gz"], []),
        ("path", ["s3://{team}-{env}-xcom/*"], ["s3://c@billing-prod-xcom/a"], ["s3://billing-dev-xcom/a", None]),
        ("path", ["s3://conn@b/p/"], ["s3://b/p", "s3://other@b/p/"], ["s3://b/q"]),
        ("connection", ["{team}_xcom"], ["billing_xcom"], ["crm_xcom", None]),
        ("identity", ["{uuid}"], ["59C2E8A4-7f1b-4d63-a0e5-18b3d94f6c2a"], ["59c2", None]),
    ],
)
def test_what_fits_and_what_does_not(
    field: FieldName, given: list[str], right: list[str | int | None], wrong: list[str | int | None]
) -> None:
    expected = expectation(field, given)
    for value in [*right, *wrong]:
        reading = FieldReading(field, value, None if value is None else str(value), "unset" if value is None else "set")
        verdict = expected.judge(reading, row("app").names)
        assert (value, verdict) == (value, "as expected" if value in right else "differs")


def test_what_a_secret_supplies_cannot_be_told_and_what_is_refused_differs() -> None:
    expected = expectation("threshold", ["0"])
    assert expected.judge(FieldReading("threshold", None, "", "reference"), {}) == "cannot tell"
    assert expected.judge(FieldReading("threshold", None, "x", "invalid"), {}) == "differs"
    assert expected.judge(FieldReading("threshold", 0, "0", "conflict"), {}) == "differs"


def test_only_one_choice_has_a_target() -> None:
    one = row("app")
    reading = one.config.fields["path"]
    assert expectation("path", ["s3://{team}/{short}"]).target(reading, one.names) == Target(
        "s3://aws_xcom@billing/app"
    )
    assert expectation("path", ["s3://{team}/*"]).target(reading, one.names) is None
    assert expectation("compression", ["zip", "gzip"]).target(one.config.fields["compression"], one.names) is None
    assert expectation("compression", ["unset"]).target(one.config.fields["compression"], one.names) == Target(None)


@pytest.mark.parametrize(
    ("field", "given", "text"),
    [
        ("threshold", ["1MiB"], 1048576),
        ("threshold", ["64KiB.."], "64 KiB.."),
        ("compression", ["zip", "unset"], "zip or unset"),
        ("compression", ["unset"], None),
        ("path", ["s3://{team}"], "s3://{team}"),
        ("backend", ["same"], "the same in the whole group"),
    ],
)
def test_it_says_what_is_expected(field: FieldName, given: list[str], text: object) -> None:
    assert expectation(field, given).text == text


@pytest.mark.parametrize(
    ("field", "given", "why"),
    [
        ("threshold", [], "at least one"),
        ("threshold", [".."], "at least one end"),
        ("threshold", ["2..1"], "ends before"),
        ("threshold", ["1 parsec"], "not a unit"),
        ("compression", ["zip", "same"], "used on its own"),
        ("compression", ["{env}"], "not patterns"),
        ("path", ["s3://{tem}"], "not a placeholder"),
    ],
)
def test_a_mistake_is_told_in_a_sentence(field: FieldName, given: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        expectation(field, given)
