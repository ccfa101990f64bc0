"""Columns: chosen, ordered, kept for the repo, in full; and what the mouse does in the table."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from textual.geometry import Region
from textual.widgets import Input

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.tui.cells.columns import EVERY, KEYS, LAST_CHANGE, chosen_columns, widened
from rea_xcom_tui.tui.cells.rows import COLUMNS, counted, rows_of
from rea_xcom_tui.tui.home.open import Look
from rea_xcom_tui.tui.kit.cell_editor import CellEditor
from rea_xcom_tui.user.memory import Memory
from tests.tui.driver import driving
from tests.tui.fleets import hostile_repo, small_fleet
from tests.work import BACKEND, Work

SMALL = (80, 24)


def test_columns_are_chosen_by_key_and_the_name_is_always_first() -> None:
    chosen = chosen_columns(["path", "name", "nothing", "path", "env"])
    assert [column.key for column in chosen] == ["name", "path", "env"]
    assert chosen_columns([]) == chosen_columns(["nothing"]) == COLUMNS
    assert LAST_CHANGE in EVERY


def test_every_column_has_a_cell_a_sort_key_and_room_for_its_longest_value() -> None:
    rows = rows_of(small_fleet(), Pending())
    for row in rows:
        assert all(isinstance(row.cell(key).text, str) for key in KEYS)
        assert [row.sort_value(key) for key in KEYS]
    wide = {column.key: column for column in widened(chosen_columns(KEYS), rows, 200)}
    assert wide["backend"].least == len(BACKEND)
    assert wide["path"].least == max(len(row.cell("path").text) for row in rows)
    narrow = widened(chosen_columns(KEYS), rows, 60)
    assert all(narrow[0].most + column.lead + column.most + column.note_width + 3 <= 60 for column in narrow[1:])


async def test_values_are_counted_as_each_row_tells_them(tmp_path: Path) -> None:
    async with driving(hostile_repo(tmp_path), SMALL) as driver:
        await driver.go_to(driver.names[0], "threshold")
        await driver.edit("7MiB")
        rows = [row for row in driver.home.rows if row.deployment is not None]
        assert any(row.edits for row in rows)
        for key in KEYS:
            told = [row.told(key) for row in rows]
            counts, notes = counted(rows, key)
            assert counts == Counter(cell.shown(full=True) for cell in told)
            assert {(text, notes.get(text, "")) for text in counts} == {
                (cell.shown(full=True), cell.note) for cell in told
            }


async def test_columns_are_kept_for_the_repo_and_outside_of_it(small: Work, tmp_path: Path) -> None:
    look = Look(columns=("env", "path", "state"), memory=Memory(tmp_path / "state", tmp_path))
    async with driving(small, SMALL, look=look) as driver:
        assert driver.columns == ["name", "env", "path", "state"]
        await driver.press("right", "right", "g", "left")
        assert driver.columns == ["name", "path", "env", "state"]
        assert driver.table.column.key == "path"
        await driver.press("g", "minus")
        assert driver.columns == ["name", "env", "state"]
        await driver.press("C")
        assert "[ ] path" in driver.seen
        assert "[x] state" in driver.seen
        await driver.press("down", "down", "space", "down", "space", "K", "enter")
        assert driver.columns[:2] == ["name", "env"]
        assert "state" not in driver.columns
        assert len(driver.columns) == 3
        await driver.press("less_than_sign", "g", "minus")
        assert "The name always stays" in driver.status
        kept = driver.columns
    async with driving(small, SMALL, look=look) as driver:
        assert driver.columns == kept
        await driver.press("C", "escape")
        assert driver.columns == kept
        await driver.press("C", "r")
        assert driver.columns == ["name", "env", "path", "state"]
    assert look.memory.columns == ()


async def test_values_in_full_are_scrolled_sideways_beside_the_name(small: Work) -> None:
    async with driving(small, SMALL) as driver:
        path = "s3://aws_xcom@billing-etl-prod-xcom/airflow/xcom"
        await driver.press("W", "right", "right", "right")
        assert path in driver.seen
        assert BACKEND not in driver.seen, "what all have is told once over the table, and not in each row"
        assert "billing-etl" in driver.seen
        await driver.press("R")
        assert path in driver.seen, "also after reading again"
        await driver.resize(100, 24)
        assert path in driver.seen
        await driver.press("W")
        assert path not in driver.seen.rsplit("\n", 3)[0]


async def test_the_mouse_moves_sorts_marks_and_edits(small: Work) -> None:
    async with driving(small, (120, 24)) as driver:
        table, click = driver.table, driver.pilot.click
        span = table.layout_now.span(driver.columns.index("threshold"))
        assert span is not None
        await click(table, offset=(span[0] + 2, 0))
        assert driver.names[0] == "payments"
        await click(table, offset=(4, 0), shift=True)
        assert table.sorted_by["name"] == "▲2"
        await click(table, offset=(span[0] + 2, 3))
        assert (table.cursor_row, table.column.key) == (2, "threshold")
        await click(table, offset=(0, 3))
        await click(table, offset=(5, 5), control=True)
        assert len(table.marks) == 2
        await click(table, offset=(5, 8), shift=True)
        assert len(table.marks) == 5
        await click(table, offset=(0, 3))
        assert len(table.marks) == 4
        await click(table, offset=(span[0] + 2, 4), times=2)
        await driver.settle()
        assert driver.home.query("CellEditor")
        await driver.press("escape")
        await click("#query")
        assert driver.home.filter_bar.input.has_focus


async def test_an_editor_that_was_just_opened_follows_its_cell_before_its_first_drawing(small: Work) -> None:
    """A terminal may tell its size between the key that opens the editor and the moment that its parts exist."""
    async with driving(small, SMALL) as driver:
        editor = CellEditor("7", Region(2, 5, 10, 1), lambda text: text, ())
        mounted = driver.home.mount(editor)
        editor.place(Region(20, 9, 10, 1))
        await mounted
        await driver.settle()
        assert editor.region.offset == (20, 9)
        assert editor.query_one(Input).region.width == 20
