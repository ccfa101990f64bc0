"""The drift screens: every line fits, every key does something, and a large fleet costs no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rea_xcom_tui.fleet.drift.report import Compared
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.tui.drift import compare_lines
from rea_xcom_tui.tui.drift import lines as drift_lines
from rea_xcom_tui.tui.drift.compare_screen import CompareScreen
from rea_xcom_tui.tui.drift.detail_lines import aligned
from rea_xcom_tui.tui.drift.forms import AgainstForm, IgnoreForm, NotesForm, SpreadForm
from rea_xcom_tui.tui.drift.screen import DriftScreen
from rea_xcom_tui.tui.keys.commands import Place, of_place
from rea_xcom_tui.tui.kit.styled_lines import Line, line_width
from rea_xcom_tui.xcom.drift import Deviation, Since, Target, gather
from rea_xcom_tui.xcom.model import FIELDS, FieldReading
from tests.tui.driver import driving
from tests.tui.fleets import HOSTILE, deployment, large_fleet, small_fleet
from tests.tui.test_hygiene import owners_of
from tests.work import make_work

TEXTS = st.one_of(
    st.none(),
    st.integers(-1, 10**12),
    st.sampled_from(
        ["zip", "s3://b/[prod]/x", HOSTILE, "日本語" * 9, "arn:aws:iam::123456789012:role/" + "x" * 40, "a" * 900]
    ),
    st.text(max_size=30),
)
WHENS: Sequence[drift_lines.When] = ("…", "not committed", Since("4f1c2e9d0a", HOSTILE, "2026-09-03T10:00:00+00:00"))


def fleet() -> Fleet:
    rows = tuple(
        msgspec.structs.replace(deployment(), id=f"d{n}/values.yaml", name=name)
        for n, name in enumerate(("plain", HOSTILE, "日本語" * 12))
    )
    return replace(small_fleet(), deployments=rows)


def deviation(fleet: Fleet, index: int, expected: str | int | None, actual: str | int | None) -> Deviation:
    id_ = fleet.deployments[index].id
    target = Target(expected) if index else None
    return Deviation(id_, "path", "prod/aws", expected, actual, actual, target, "warning", HOSTILE)


def harmless(line: Line) -> bool:
    return all(char.isprintable() for text, _ in line for char in text)


@settings(max_examples=60, deadline=None)
@given(st.integers(70, 220), TEXTS, TEXTS, st.sampled_from(WHENS))
def test_every_line_of_drift_fits_and_is_harmless(
    width: int, expected: str | int | None, actual: str | int | None, when: drift_lines.When
) -> None:
    found = fleet()
    members = [deviation(found, index, expected, actual) for index in range(3)]
    cause = gather(members)[0]
    matrix = {member.deployment: {member.field: member} for member in members}
    grid = drift_lines.Grid(matrix, found, width)
    drawn = [
        drift_lines.cause_head(width),
        drift_lines.cause_line(cause, width, when, here=False, focused=True),
        drift_lines.cause_line(cause, width, when, here=True, focused=True),
        drift_lines.cause_title(cause, width),
        drift_lines.cause_reason(cause, width),
        grid.head(0),
        *(grid.line(index, 0) for index in range(3)),
        *(drift_lines.member_line(member, found, width, when, here=False) for member in members),
        *drift_lines.cell_lines(members[1], when, width),
    ]
    assert all(line_width(line) <= width for line in drawn)
    assert all(harmless(line) for line in drawn)


@settings(max_examples=40, deadline=None)
@given(st.integers(60, 220), st.integers(2, 9), st.integers(0, 9))
def test_deployments_side_by_side_fit_and_are_all_reached(width: int, count: int, first: int) -> None:
    size, shown = compare_lines.columns(width, count, first)
    assert shown.stop <= count
    assert shown.start <= first
    assert 14 + len(shown) * (size + 2) <= width
    reached = {index for start in range(count) for index in compare_lines.columns(width, count, start)[1]}
    assert reached == set(range(count))
    sides = [compare_lines.Side(HOSTILE, f"clusters/{index}/values.yaml") for index in range(count)]
    assert all(line_width(line) <= width and harmless(line) for line in compare_lines.head_lines(sides, width, first))
    texts = [("x" * 30 * index) + HOSTILE for index in range(count)]
    for differs in (False, True):
        readings = [
            FieldReading("path", text, text, "invalid" if index % 2 else "set") for index, text in enumerate(texts)
        ]
        row = Compared(tuple(readings), ("a/b.yaml:3",) * count, differs)
        drawn = compare_lines.field_lines(row, sides, width, first)
        assert all(line_width(line) <= width and harmless(line) for line in drawn)


@pytest.mark.parametrize("width", [60, 77, 117, 200])
def test_every_column_of_the_matrix_can_be_brought_into_sight(width: int) -> None:
    found = fleet()
    members = [replace(deviation(found, 0, 1, HOSTILE * 3), field=field) for field in FIELDS]
    grid = drift_lines.Grid({members[0].deployment: {member.field: member for member in members}}, found, width)
    for column in (*range(6), *reversed(range(6))):
        grid.look_at(column)
        assert column in grid.shown
        for line in (grid.head(column), grid.line(0, column)):
            assert line_width(line) <= width
            assert any(style in ("title", "here") for _, style in line)
    assert (grid.shown == range(6)) == (width >= 150)


def test_what_differs_side_by_side_is_not_cut() -> None:
    sides = [compare_lines.Side(name, f"{name}.yaml") for name in "ab"]
    texts = ("s3://" + "x" * 60 + "1" + "y" * 60, "s3://" + "x" * 60 + "2" + "y" * 60)
    readings = tuple(FieldReading("path", text, text, "set") for text in texts)
    row = Compared(readings, ("a.yaml:3", "b.yaml:3"), True)
    lines = compare_lines.field_lines(row, sides, 80, 0)
    for column, text in enumerate(texts, 1):
        assert "".join(line[column][0].strip() for line in lines[:-2]) == text
    thresholds = FieldReading("threshold", 0, "0", "set"), FieldReading("threshold")
    unset = Compared(thresholds, ("a.yaml:3", ""), True)
    shown = ["".join(span[0] for span in line) for line in compare_lines.field_lines(unset, sides, 80, 0)]
    assert "unset (never)" in shown[0]
    assert "Airflow's default" in shown[1]


@pytest.mark.parametrize(
    ("place", "owners"),
    [
        ("drift", (DriftScreen,)),
        ("compare", (CompareScreen,)),
        ("drift-form", (AgainstForm, IgnoreForm, NotesForm, SpreadForm)),
    ],
)
def test_every_command_of_drift_can_be_done(place: Place, owners: tuple[type, ...]) -> None:
    commands = of_place(place)
    assert commands
    for command in commands:
        for owner in owners:
            name = f"action_{command.action.partition('(')[0]}"
            assert any(hasattr(one, name) for one in owners_of(owner)), command.id


async def test_of_many_deployments_only_what_is_in_sight_is_drawn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    drawn: list[Deviation] = []

    def counted(member: Deviation, *args: Any, **named: Any) -> Line:
        drawn.append(member)
        return member_line(member, *args, **named)

    member_line = drift_lines.member_line
    monkeypatch.setattr(drift_lines, "member_line", counted)
    async with driving(make_work(tmp_path / "large", large_fleet(500, odd=10)), (160, 14)) as driver:
        assert "50 drifted" in driver.header
        await driver.press("D")
        screen = driver.app.screen
        assert isinstance(screen, DriftScreen)
        assert [len(cause.members) for cause in screen.comparing.causes] == [50]
        await driver.press("enter", "end")
        assert screen.chosen[0].deployment == screen.comparing.causes[0].members[-1].deployment
        for key in ("up", "pageup", "home"):
            drawn.clear()
            await driver.press(key)
            assert 0 < len(drawn) <= 14 * 3, key
        assert screen.chosen[0] == screen.comparing.causes[0].members[0]


def test_numbers_are_not_torn_apart_to_align_them() -> None:
    lines = ["".join(text for text, _ in line).rstrip() for line in aligned("threshold", 1048576, 4096, 80)]
    assert lines == ["   expected 1048576 (1 MiB)", "   actual   4096 (4 KiB)"]
    paths = [
        "".join(text for text, _ in line) for line in aligned("path", "s3://growth-prod-xcom/ads", "s3://tmp/ads", 80)
    ]
    assert [path.index("/ads") for path in paths] == [33, 33], "what paths share stands under each other"
