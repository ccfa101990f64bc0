"""A secret of a connection appears on no screen, in no dialog, message or clipboard, and in nothing the app keeps."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from textual.app import App
from textual.dom import NoScreen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

from rea_xcom_tui.tui.cells.explain import cell_status, panel_lines
from rea_xcom_tui.tui.cells.rows import COLUMNS
from rea_xcom_tui.tui.cells.start_text import choices, start_text
from rea_xcom_tui.tui.file.lines import entries_of, marked
from rea_xcom_tui.tui.file.screen import read_text
from rea_xcom_tui.tui.home.open import opener
from tests.contract.test_no_secret_anywhere import files, secret
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work

HIDDEN = re.compile(r"CANARY\d\d")
TRIED = ("prod/json/values.yaml", "prod/path-38/values.yaml", "prod/uri/values.yaml")
"""A connection in JSON and one in a URI, and a password in a path."""


class Watch:
    """Everything that is drawn, told or copied, whatever the test does meanwhile."""

    def __init__(self) -> None:
        self.leaks: dict[str, set[str]] = {}
        self.where = ""
        self.screens: set[str] = set()

    def look(self, kind: str, text: str) -> None:
        for found in HIDDEN.findall(text):
            self.leaks.setdefault(f"{self.where}: {kind}", set()).add(found)


@contextmanager
def watching(monkeypatch: pytest.MonkeyPatch) -> Iterator[Watch]:
    """Look at every line that any widget draws, at every toast and at whatever reaches the clipboard."""
    watch = Watch()
    drawn = Widget.render_lines

    def render_lines(self: Widget, crop: object) -> list[Strip]:
        lines = drawn(self, crop)  # type: ignore[arg-type]
        with suppress(NoScreen):  # what is drawn last may have left its screen meanwhile
            watch.screens.add(type(self.screen).__name__)
        watch.look(type(self).__name__, "\n".join(strip.text for strip in lines))
        return lines

    def noted(name: str, told: Callable[..., object]) -> Callable[..., object]:
        def note(self: App[int], text: str, **more: object) -> object:
            watch.look(name, text)
            return told(self, text, **more)

        return note

    monkeypatch.setattr(Widget, "render_lines", render_lines)
    monkeypatch.setattr(App, "notify", noted("toast", App.notify))
    monkeypatch.setattr(App, "copy_to_clipboard", noted("clipboard", App.copy_to_clipboard))
    yield watch


@pytest.fixture
def work(tmp_path: Path) -> Work:
    carried = {path.replace("prod/", "staging/"): str(files()[path]).replace('"10"', '"13"') for path in TRIED}
    work = make_work(tmp_path / "repo", {**files(), **carried})
    work.git("switch", "-q", "-c", "raised")
    for path in TRIED:
        work.write(path, work.read(path).replace(b'"10"', b'"12"').replace(b"/x", b"/y"))
    work.commit_all("Raise and move")
    work.git("switch", "-q", "main")
    for path in sorted(files())[:4]:
        work.write(path, work.read(path).replace(b'"10"', b'"11"'))
    work.commit_all("Raise some thresholds")
    work.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    work.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    return work


async def home(driver: Driver) -> None:
    """Back to the fleet from wherever one is."""
    for _ in range(8):
        if driver.app.screen is not driver.home:
            await driver.press("escape")
    assert driver.app.screen is driver.home, f"Esc does not lead out of {driver.app.screen}"


def every_row(driver: Driver, watch: Watch) -> None:
    """What the fleet and the file view show of each row, and what an editor and the clipboard get of each cell."""
    workspace = driver.home.workspace
    assert workspace is not None
    for row in driver.table.rows:
        watch.where = f"row {row.id}"
        watch.look("panel", str(panel_lines(row, 400)))
        for column in COLUMNS:
            watch.look(column.key, f"{row.cell(column.key)} {cell_status(row, column)}")
            if column.field is not None and row.deployment is not None:
                watch.look("editor", f"{start_text(row, column.field)} {choices(column.field)}")
                watch.look("copied", str(row.value(column.field)))
        if row.deployment is not None:
            text = read_text(workspace, row.deployment.file)
            marks = marked(row.deployment, text.file, len(text.lines), row.added)
            watch.look("file", str([entry.draw(400) for entry in entries_of(text, row, marks, 400)]))


async def through_every_screen(driver: Driver, watch: Watch) -> None:
    """Open whatever there is to see; the terminal is tall enough for nearly all of it."""

    async def go(where: str, *keys: str) -> None:
        watch.where = where
        await driver.press(*keys)

    driver.table.go_to_id("prod/path-38/values.yaml")
    driver.table.cursor_column = driver.columns.index("path")
    await go("cell", "y", "e", "escape", "W", "f", "escape")
    await go("history", "H", "enter", "escape", "escape")
    await go("file", "g", "f", "escape")
    await go("saved queries", "Q", "escape", "C", "escape", "b")
    await go("problems", "exclamation_mark", "s", "g", "end", "escape")
    await go("drift", "equals_sign", "enter", "m", "escape", "escape", "escape")
    await go("compare", "a", "equals_sign", "escape", "g", "space")
    await go("revisions", "V", "escape", "at", "escape")
    watch.where = "query"
    await driver.type("/path:s3")
    await driver.press("tab", "escape")


async def through_every_campaign(driver: Driver, watch: Watch, folder: Path) -> None:
    """Try, promote, plan, cut into waves and review, and begin a new deployment."""

    async def put(text: str) -> None:
        """Have a text in the input at once, which costs less than typing it."""
        assert isinstance(driver.app.focused, Input)
        driver.app.focused.value = text
        await driver.settle()

    tells_all = folder / "python"
    tells_all.write_text('#!/bin/sh\nread -r script; read -r order; echo "$order" >&2; exit 3\n')
    tells_all.chmod(0o755)
    for identifier in TRIED:
        driver.table.go_to_id(identifier)
        await driver.press("space")
    watch.where = "probe"
    await driver.press("T", "down", "down")
    await put(str(tells_all))
    await driver.press("enter", "y", "down", "y", "escape")
    watch.where = "new"
    for identifier, shown in zip(TRIED[:2], ("+commonEnv:", "*** stands for a secret"), strict=True):
        driver.table.go_to_id(identifier)
        await driver.press("N")
        await put("another")
        assert shown in driver.seen
        await driver.press("escape")
    for text, shown in (
        ("promote threshold path connection from env:staging to env:prod", "for 3 pairs"),
        (f"plan {folder / 'plan.json'}", "saved to"),
        (f"waves {folder / 'plan.json'}", "0 of 1 wave merged"),
        ("review raised", "of 3 deployments"),
    ):
        watch.where = text.split()[0]
        await driver.press("colon")
        await put(text)
        await driver.press("enter")
        assert shown in driver.seen
        await driver.press("down", *(["escape"] if driver.app.screen is not driver.home else []))
    await driver.press("u")
    watch.look("plan", (folder / "plan.json").read_text())


async def through_every_change(driver: Driver, watch: Watch) -> None:
    """Edit every row in every way, look at what is pending, write, undo, commit and push it."""
    watch.where = "bulk"
    await driver.press("a")
    for field, text in (("threshold", "77"), ("path", "s3://my@new-bucket/z"), ("compression", "zip")):
        driver.table.cursor_column = driver.columns.index(field)
        await driver.press("g", "e")
        await driver.type(text)
        await driver.press("enter", "enter", "enter")
        await home(driver)
    watch.where = "pending"
    await driver.press("d", "down", "s", "g", "down", "down", "escape")
    watch.where = "write"
    await driver.press("w", "enter", *(["escape"] * 2))
    watch.where = "undo"
    await driver.press("u", "t", "escape")
    watch.where = "pending again"
    for field in ("threshold", "connection"):
        driver.home.edits.edit([row.id for row in driver.table.rows if row.deployment], field, "79")  # type: ignore[arg-type]
        await driver.settle()
        await home(driver)
    watch.where = "commit"
    await driver.press("c", "s", "s", "enter", "escape", "escape")
    await home(driver)
    watch.where = "push"
    await driver.press("P", "enter", "m", "y", "escape")
    watch.where = "reverse"
    await driver.press("u", "t")
    await home(driver)
    await driver.press("d", "down", "escape")


async def test_no_secret_is_drawn_told_copied_or_kept(
    work: Work, isolated: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with watching(monkeypatch) as watch:
        async with driving(opener(work.root, read_only=False), (130, 60), every_frame=True) as driver:
            every_row(driver, watch)
            await through_every_screen(driver, watch)
            await through_every_campaign(driver, watch, tmp_path)
            await through_every_change(driver, watch)
    for folder in (work.root / ".git" / "rea-xcom-tui", isolated):
        for path in folder.rglob("*"):
            if path.is_file():
                watch.where = os.fspath(path)
                watch.look("file", path.read_bytes().decode("latin-1"))
    watch.where = "log"
    watch.look("git", work.git("log", "--format=%B", "--all"))
    assert {where: sorted(found) for where, found in sorted(watch.leaks.items())} == {}
    assert watch.screens >= {
        "FleetScreen", "ValuesScreen", "FileScreen", "HistoryScreen", "ProblemsScreen", "DriftScreen", "CompareScreen",
        "RevisionsScreen", "LogScreen", "DiffScreen", "CommitScreen", "PushScreen", "QueriesScreen", "ColumnsScreen",
        "BulkScreen", "Question", "ReviewScreen", "CampaignScreen", "ProbePlaceScreen", "ProbeScreen", "NewScreen",
    }  # fmt: skip
    assert secret(1).startswith("CANARY01"), "the canaries are those of the files"
