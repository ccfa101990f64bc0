from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import driving
from tests.tui.fleets import SMALL, file_of, hostile_repo, large_fleet
from tests.work import BACKEND, Work, make_work


async def test_shows_the_fleet_with_counts_and_states(small: Work) -> None:
    async with driving(small) as driver:
        assert driver.names[:2] == ["orders", "payments"]
        assert driver.names[-1] == "clusters/prod/broken/values.yaml"
        assert "10 deployments · 3 with problems · 1 unreadable" in driver.header
        assert "gitops-platform" in driver.header
        assert "⎇ main" in driver.header
        assert driver.cell("crm-sync", "compression") == "invalid gz"
        assert driver.cell("search-index", "path") == "reference Secret xcom key path"
        assert "The file is not YAML at line 4" in driver.seen


async def test_the_status_line_explains_the_cell_in_words(small: Work) -> None:
    async with driving(small) as driver:
        await driver.go_to("crm-sync", "compression")
        assert '! Airflow refuses "gz" as a compression; write gzip' in driver.status
        await driver.go_to("search-index", "path")
        assert "from Secret xcom key path" in driver.status
        await driver.go_to("billing-etl", "threshold")
        assert "values of 1 MiB and more go to object storage" in driver.status
        assert "values.yaml:13, commonEnv" in driver.status


async def test_the_panel_shows_the_deployment_under_the_cursor_and_gives_way_on_narrow_terminals(small: Work) -> None:
    async with driving(small) as driver:
        await driver.go_to("crm-sync")
        assert driver.panel_shown()
        assert 'write "gzip" (line 15)' in driver.home.panel.text
        assert file_of("crm-sync") in driver.home.panel.text
        await driver.press("I")
        assert not driver.panel_shown()
    async with driving(small, (80, 24)) as driver:
        assert not driver.panel_shown()
        await driver.press("I")
        assert "orders" in driver.home.panel.text


async def test_editing_in_place_is_pending_until_undone(small: Work) -> None:
    async with driving(small) as driver:
        await driver.go_to("billing-etl", "threshold")
        await driver.edit("2048")
        assert driver.cell("billing-etl", "threshold") == "edited 2048"
        assert driver.table.cursor_id == "clusters/prod/billing-ml/values.yaml"
        assert "1 edited" in driver.header
        await driver.press("u")
        assert driver.cell("billing-etl", "threshold") == "1048576"
        assert "Undone: set threshold to 2048" in driver.status
        await driver.press("U")
        assert driver.cell("billing-etl", "threshold") == "edited 2048"
        await driver.go_to("billing-etl", "threshold")
        await driver.press("x")
        assert not driver.home.pending.edits


async def test_a_refused_value_keeps_the_editor_open_with_the_reason_beneath(small: Work) -> None:
    async with driving(small) as driver:
        await driver.go_to("billing-etl", "compression")
        await driver.edit("gz")
        assert '! Airflow refuses "gz" as a compression; write gzip' in driver.seen
        await driver.press("escape")
        assert not driver.home.pending.edits
        assert "as a compression; write gzip" not in driver.seen
        await driver.edit("gzip", "tab")
        assert driver.cell("billing-etl", "compression") == "edited gzip"
        assert driver.table.column.key == "identity"


async def test_completion_is_offered_for_the_fields_with_few_values(small: Work) -> None:
    async with driving(small) as driver:
        await driver.go_to("billing-etl", "compression")
        await driver.press("e")
        await driver.replace("zs")
        await driver.press("right", "enter")
        assert driver.cell("billing-etl", "compression") == "edited zstd"


async def test_an_edit_that_cannot_be_made_is_told_in_a_sentence(small: Work) -> None:
    async with driving(small) as driver:
        await driver.go_to("search-index", "path")
        await driver.edit("s3://bucket/x")
        assert "path comes from Secret xcom key path (line 12), so it is not in this file" in driver.dialog
        await driver.press("escape")
        assert driver.app.screen is driver.home


async def test_filter_is_live_and_the_cursor_stays_on_its_row(small: Work) -> None:
    async with driving(small) as driver:
        await driver.go_to("crm-sync")
        await driver.press("slash")
        await driver.type("prod r c")
        assert "crm-sync" in driver.names
        assert "warehouse" not in driver.names
        assert driver.table.cursor_id == "clusters/prod/crm-sync/values.yaml"
        await driver.press("enter")
        assert driver.table.has_focus
        await driver.press("escape")
        assert len(driver.names) == 11
        await driver.press("slash")
        await driver.type("no such thing")
        assert "Nothing matches this filter" in driver.seen


async def test_a_value_that_is_counted_can_be_filtered_to_and_marked(small: Work) -> None:
    file = file_of("warehouse", "staging")
    small.write(file, SMALL[file].replace(BACKEND, "acme.XComObjectStorageBackend"))
    async with driving(small) as driver:
        await driver.press("slash", *"etl", "space", "O", "R", "space", *"warehouse", "enter")
        assert "backend" in driver.columns, "it is a column of its own where it differs"
        await driver.go_to("warehouse", "backend")
        await driver.press("f")
        assert "backend: 2 values in 2 deployments shown" in driver.seen  # though both end in XComObjectStorageBackend
        await driver.press("enter")
        assert driver.home.filter_bar.input.value == "(etl OR warehouse) backend:acme.XComObjectStorageBackend"
        assert driver.names == ["warehouse"]
        await driver.press("escape", "slash", *"prod", "enter")
        await driver.go_to("search-index", "path")
        await driver.press("f", "enter")  # a Secret holds it, which no query says
        assert driver.names == ["search-index"]
        assert "Showing only: path is Secret xcom key path" in driver.status
        await driver.press("escape")
        await driver.go_to("orders", "compression")
        await driver.press("f", "space")
        assert "Marked 7 deployments with compression zip." in driver.status
        await driver.press("f", *["down"] * 3, "enter")
        assert driver.names == ["orders"]
        assert driver.home.filter_bar.input.value == "compression:?"


async def test_sort_by_number_then_by_another_column(small: Work) -> None:
    async with driving(small) as driver:
        await driver.go_to("billing-etl", "threshold")
        await driver.press("s")
        assert driver.names[0] == "payments"
        await driver.press("s")
        assert driver.names[:3] == ["warehouse", "billing-etl", "billing-ml"]
        assert driver.names[-1] == "clusters/prod/broken/values.yaml"
        await driver.press("less_than_sign", "S", "S")
        assert driver.names[:3] == ["warehouse", "billing-ml", "billing-etl"]


async def test_marks_are_kept_by_deployment(small: Work) -> None:
    async with driving(small) as driver:
        await driver.press("space", "space")
        assert len(driver.table.marks) == 2
        await driver.press("slash")
        await driver.type("staging")
        await driver.press("enter", "a")
        assert len(driver.table.marks) == 4
        assert "2 not shown" in driver.seen
        await driver.press("escape", "i")
        assert len(driver.table.marks) == 6
        await driver.press("g", "space")
        assert len(driver.table.marks) == 0


async def test_a_range_grows_with_the_cursor_and_escape_takes_it_back(small: Work) -> None:
    async with driving(small) as driver:
        await driver.press("v", "down", "down")
        assert len(driver.table.marks) == 3
        await driver.press("up")
        assert len(driver.table.marks) == 2
        await driver.press("escape")
        assert len(driver.table.marks) == 0
        await driver.press("v", "down", "v", "down", "down")
        assert len(driver.table.marks) == 2


async def test_read_only_is_shown_and_nothing_can_be_edited(small: Work) -> None:
    async with driving(opener(small.root, read_only=True)) as driver:
        assert "read-only" in driver.header
        await driver.go_to("billing-etl", "threshold")
        await driver.press("e")
        assert "Read-only: the tool was started with --read-only" in driver.status
        await driver.press("w", "c", "delete", "x", "p")
        assert not driver.home.pending.edits
    assert small.status() == []
    assert small.git("log", "--format=%s") == "first\n"


async def test_a_repo_that_cannot_be_opened_ends_the_app_with_a_sentence(tmp_path: Path) -> None:
    async with driving(opener(tmp_path, read_only=False)) as driver:
        app = driver.app
    assert f"{tmp_path} is not in a git repo" in str(app.failure)
    assert app.return_code == 2


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_hostile_names_and_values_are_harmless(tmp_path: Path, size: tuple[int, int]) -> None:
    async with driving(hostile_repo(tmp_path), size) as driver:
        for key in ("down", "down", "down", "right", "right", "right", "right"):
            await driver.press(key)
            assert "\x1b" not in driver.seen
            assert "\u202e" not in driver.seen
        assert "[red]" in driver.seen
        await driver.press("e", "x", "enter", "d")
        assert "\x1b" not in driver.seen
        await driver.press("escape", "c")
        assert "\x1b" not in driver.seen


async def test_the_repo_is_opened_and_read_once(small: Work) -> None:
    done: list[str] = []

    class Counting(Workspace):
        def scan(
            self, progress: Callable[[int, int, Collection[Deployment]], None] | None = None, *, ref: str | None = None
        ) -> Fleet:
            done.append("scan")
            return super().scan(progress, ref=ref)

    def open_repo() -> Workspace:
        done.append("open")
        return Counting.open(small.root)

    async with driving(open_repo, (80, 24)):
        assert done == ["open", "scan"]


async def test_the_cursor_stays_on_its_deployment_while_the_repo_is_read_again(tmp_path: Path) -> None:
    async with driving(make_work(tmp_path / "large", large_fleet(200))) as driver:
        assert len(driver.names) == 200
        driver.table.cursor_row = driver.names.index("team05-svc-000005")
        await driver.press("R")
        assert driver.table.cursor_id == file_of("team05-svc-000005", "staging")
