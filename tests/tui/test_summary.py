"""What the rows say together is worked out before they are shown, and is right as well with what is pending on them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from rea_xcom_tui.fleet.edit.pending import Pending, SetField
from rea_xcom_tui.fleet.edit.row import Ahead, overlaid
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.cells import rows
from rea_xcom_tui.tui.cells.columns import MAY_BE_TOLD_ONCE, value_of
from rea_xcom_tui.tui.cells.rows import COLUMNS, Row, rows_of
from rea_xcom_tui.tui.cells.summary import Summary, cloud_said, scheme_said, threshold_said
from rea_xcom_tui.xcom.model import FieldName
from tests.tui.driver import driving
from tests.tui.fleets import large_fleet, small_fleet
from tests.work import Work, make_work

SAYINGS = (threshold_said, cloud_said, scheme_said)
NEW: dict[FieldName, tuple[object, ...]] = {
    "threshold": (0, 5, 65536, None),
    "path": ("s3://new/xcom", "gs://new/xcom", "/tmp/xcom", None),
}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the rows whose cells have been made, for each of their cells."""
    found: list[str] = []
    make = rows._make_cell

    def counted(row: Row, key: str) -> Any:
        found.append(row.id)
        return make(row, key)

    monkeypatch.setattr(rows, "_make_cell", counted)
    return found


def counted_one_by_one(summary: Summary) -> list[list[tuple[object, int]]]:
    """The same counts from a look at each row."""
    seen = [row.seen for row in summary.rows if row.seen is not None]
    counts = [Counter(said for one in seen if (said := saying(one)) is not None) for saying in SAYINGS]
    return [list(each.items()) for each in counts]


def any_edit(random: Random, ids: list[str]) -> SetField:
    """Some edit of some deployment, which may change others too."""
    field = random.choice(list(NEW))
    new: Any = random.choice(NEW[field])
    also = tuple(random.sample(ids, random.choice((0, 0, 2))))
    return SetField(random.choice(ids), field, "old", new, str(new), "values.yaml", also=also)


@pytest.mark.parametrize("seed", range(20))
def test_the_counts_are_those_of_a_look_at_each_row_whatever_is_pending_and_undone(seed: int) -> None:
    random, pending, fleet = Random(seed), Pending(), small_fleet()
    ids = [one.id for one in fleet.deployments]
    summary = Summary(rows_of(fleet, pending), pending).prepare()
    for _ in range(30):
        step = random.choice(("put", "put", "undo", "redo", "drop", "ahead", "restore"))
        if step == "put":
            pending.put([any_edit(random, ids) for _ in range(random.randint(1, 4))], "some")
        elif step == "drop":
            pending.drop([edit.key for edit in pending.edits[:2]], "drop")
        elif step == "ahead":
            edits = {id_: pending.changing(id_) for id_ in pending.changed}
            ahead = Ahead({id_: overlaid(fleet.by_id[id_], each) for id_, each in edits.items()}, edits)
            for row in summary.rows:
                row.drift(frozenset(), ahead)
        elif step == "restore":
            pending.restore(pending.copy())
        else:
            getattr(pending, step)()
        assert [list(each.items()) for each in summary.counts(*SAYINGS)] == counted_one_by_one(summary)


def test_what_is_told_once_and_who_has_most_to_tell_is_found_as_by_a_look_at_each_row() -> None:
    fleet = small_fleet()
    summary = Summary(rows_of(fleet, Pending()), Pending()).prepare()
    for column in (column for column in COLUMNS if column.key in MAY_BE_TOLD_ONCE):
        values = Counter(value_of(one, column) for one in fleet.deployments)
        told = [same for same in summary.told_once([column]) if same.column is column]
        value, count = values.most_common(1)[0]
        assert [(same.count, same.total) for same in told] == (
            [(count, len(fleet.deployments))] if value and count * 10 >= len(fleet.deployments) * 9 else []
        )
    by_findings = sorted(summary.rows, key=lambda row: -len(row.deployment.findings) if row.deployment else 0)
    assert list(summary.fullest) == by_findings[:12]
    assert summary.deployments == len(fleet.deployments)
    assert summary.name_widths == (max(len(one.name) for one in fleet.deployments), 0)


async def test_a_fleet_that_has_been_read_is_shown_without_a_look_at_each_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[str] = []
    seen = Row.seen.fget  # type: ignore[attr-defined]

    def counted(row: Row) -> Any:
        looks.append(row.id)
        return seen(row)

    work = make_work(tmp_path / "fleet", large_fleet(600, odd=3))
    async with driving(work, (120, 24)) as driver:
        assert driver.home.workspace is not None
        now = jobs.scanned(driver.home.workspace)
        monkeypatch.setattr(Row, "seen", property(counted))
        driver.home.show_fleet(now)
        assert len(set(looks)) <= 200, "those in view, and some from all over"
        await driver.settle()
        assert "always ━━━━━━━━ 400  4 KiB ━━━━ 200   cloud aws" in driver.seen.split("\n")[1]


async def test_after_an_edit_only_the_cells_of_edited_rows_are_made_again_and_all_that_is_counted_is_right(
    small: Work, made: list[str]
) -> None:
    def told(seen: str) -> list[str]:
        """What is told of all rows, and the table."""
        lines = seen.split("\n")
        return [*lines[:3], *(line[:100].rstrip() for line in lines[3:-3])]

    async with driving(small, (160, 40)) as driver:
        await driver.press("down", "down")
        before = told(driver.seen)
        ids = [row.id for row in driver.home.rows if row.deployment is not None and row.name.startswith("billing")]
        made.clear()
        driver.home.edits.edit(ids, "threshold", "7MiB")
        await driver.settle()
        differing = {row.id for row in driver.home.rows if row.drifted}
        assert set(ids) <= set(made) <= {*ids, *differing}
        assert sorted(id_ for id_ in driver.home.pending.changed) == sorted(ids)
        assert driver.cell("billing-ml", "threshold") == "edited 7340032"
        assert "2 edited" in driver.seen
        assert "always ━━━ 4  7 MiB ━━ 2  never ━ 1  other 3" in driver.seen.split("\n")[1]
        await driver.press("u")
        assert told(driver.seen) == before, "also what differs and how values spread is as it was"
