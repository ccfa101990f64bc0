"""The user's own editor on a real repo, in a real terminal; and files that change on disk by themselves."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.tui.background.jobs import Scanned
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.cell_editor import CellEditor
from tests.terminal.driver import Terminal
from tests.tui.driver import Driver, driving
from tests.work import Work

FILE = "clusters/prod/billing/etl/values.yaml"

FAKE = """#!{python}
import json, pathlib, sys
line, file = sys.argv[1:]
pathlib.Path({told!r}).write_text(json.dumps([line, file]))
path = pathlib.Path(file)
path.write_bytes(path.read_bytes().replace(b'"1048576"', b'"4096"'))
print("FAKE EDITOR HERE", flush=True)
"""


def test_the_editor_opens_the_line_and_the_file_is_read_again(
    fleet_repo: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, editor = tmp_path / "told", tmp_path / "my bin" / "vim"
    editor.parent.mkdir()
    editor.write_text(FAKE.format(python=sys.executable, told=str(told)))
    editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("VISUAL", f"'{editor}'")
    before = fleet_repo.read(FILE)
    terminal = Terminal(fleet_repo.root)
    try:
        terminal.expect("3 deployments")
        terminal.send("jlllo")
        terminal.expect("FAKE EDITOR HERE")
        terminal.expect("Back from vim")
        terminal.expect("4 KiB")
        terminal.send("e64 KiB\r")  # as fast as a line that was stuck: no key may go astray
        terminal.expect("set threshold to 64 KiB")
        terminal.send("u")
        terminal.expect("Undone: set threshold to 64 KiB")
        terminal.send("q")
        assert terminal.exit_code() == 0
    finally:
        terminal.end()
    line, file = json.loads(told.read_text())
    assert Path(file) == fleet_repo.root / FILE
    assert b"1048576" in before.splitlines()[int(line.removeprefix("+")) - 1]
    assert fleet_repo.read(FILE) == before.replace(b'"1048576"', b'"4096"')


async def test_files_that_change_on_disk_are_read_again_without_disturbing_what_is_typed(fleet_repo: Work) -> None:
    path = fleet_repo.root / FILE

    def change(old: bytes, new: bytes) -> None:
        path.write_bytes(path.read_bytes().replace(old, new))

    async def look(driver: Driver) -> None:
        """What the timer does every few seconds."""
        driver.home.reading.look_at_disk()
        await driver.settle()

    async with driving(opener(fleet_repo.root, read_only=False), (120, 24)) as driver:
        await driver.go_to("billing-etl", "compression")
        await driver.edit("gzip")
        await driver.go_to("billing-etl", "threshold")
        change(b'"1048576"', b'"4096"')
        await driver.press("slash")
        await driver.type("billing")
        await look(driver)
        assert driver.cell("billing-etl", "threshold") == "1048576", "not while one types a query"
        await driver.press("enter")
        await look(driver)
        assert driver.cell("billing-etl", "threshold") == "4096"
        assert driver.cell("billing-etl", "compression") == "edited gzip"
        assert driver.table.cursor_id == FILE
        assert driver.table.column.key == "threshold"
        await driver.press("e")
        await driver.replace("64 K")
        change(b'"4096"', b'"8192"')
        (path.parent.parent / "aaa").mkdir()
        (path.parent.parent / "aaa" / "values.yaml").write_bytes(path.read_bytes().replace(b"etl", b"aaa"))
        await look(driver)
        assert driver.home.query(CellEditor), "not while one types a value"
        driver.home.reading.action_rescan()
        await driver.settle()
        assert "64 K" in driver.seen, "and what is typed stays even when it is read again"
        await driver.type("iB")
        await driver.press("enter")
        assert driver.cell("billing-etl", "threshold") == "edited 65536"
        assert len(driver.home.pending) == 2


async def test_a_file_that_changes_on_disk_is_noticed_without_a_key(fleet_repo: Work) -> None:
    path = fleet_repo.root / FILE
    async with driving(opener(fleet_repo.root, read_only=False), watch=0.3) as driver:
        path.write_bytes(path.read_bytes().replace(b'"1048576"', b'"4096"'))
        async with asyncio.timeout(60):
            while driver.cell("billing-etl", "threshold") != "4096":
                await driver.pilot.pause()


async def test_a_file_that_changes_right_after_it_was_read_is_noticed_too(
    fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the watch compares with is taken when all has been read."""
    path = fleet_repo.root / FILE
    scan, scans = Workspace.scan, list[Fleet]()

    def scanned(self: Workspace, *args: Any) -> Fleet:
        scans.append(scan(self, *args))
        if len(scans) == 1:
            path.write_bytes(path.read_bytes().replace(b'"1048576"', b'"4096"'))
        return scans[-1]

    monkeypatch.setattr(Workspace, "scan", scanned)
    async with driving(opener(fleet_repo.root, read_only=False), watch=0.3) as driver:
        async with asyncio.timeout(60):
            while driver.cell("billing-etl", "threshold") != "4096":
                await driver.pilot.pause()
        assert len(scans) == 2


async def test_what_is_said_of_the_whole_repo_is_said_once(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        home = driver.home
        assert home.workspace is not None
        fleet = replace(home.workspace.here.fleet, notices=("a set of deployments is not shown",))
        home.post_message(Scanned(fleet, home.rows, 0))
        await driver.settle()
        assert "a set of deployments is not shown" in driver.seen
        home.say("Committed 1234567 to main")
        for notices in ((), fleet.notices, ("another set is not shown",)):
            home.post_message(Scanned(replace(fleet, notices=notices), home.rows, 0))
        await driver.settle()
        assert "Committed 1234567 to main" in driver.seen, "reading again hides nothing that was just said"


async def test_notices_of_the_repo_are_over_the_table_until_esc_and_whole_on_their_key(fleet_repo: Work) -> None:
    said = "The deployments of the set remote-execution-agents are not shown. Which clusters Argo CD has is not in Git;"
    more = "name them with their labels in the configuration, under [layouts.clusters]."
    told = (f"{said} {more}", "Three more files are left out.")
    async with driving(opener(fleet_repo.root, read_only=False), size=(80, 24)) as driver:
        assert driver.home.workspace is not None
        fleet = replace(driver.home.workspace.here.fleet, notices=told)
        driver.home.post_message(Scanned(fleet, driver.home.rows, 0))
        await driver.settle()
        await driver.press("down", "up")
        assert said in " ".join(driver.seen.split()), "moving the cursor takes nothing of it away"
        assert "… g n shows all" in driver.seen
        await driver.press("g", "n")
        whole = " ".join(driver.seen.replace("│", " ").split())
        assert "2 notices about this repo" in whole
        assert all(notice in whole for notice in told)
        await driver.press("escape", "slash", *"billing", "enter", "escape")
        assert "are not shown" in driver.seen, "Esc clears the filter first"
        await driver.press("escape")
        assert "are not shown" not in driver.seen
        driver.home.post_message(Scanned(replace(fleet, notices=("Another set is not shown.",)), driver.home.rows, 0))
        await driver.settle()
        assert "Another set is not shown." in driver.seen
        assert "are not shown" not in driver.seen


async def test_an_edit_over_a_field_that_changed_on_disk_is_asked_about_without_a_key(fleet_repo: Work) -> None:
    path = fleet_repo.root / FILE
    async with driving(opener(fleet_repo.root, read_only=False), watch=0.3) as driver:
        await driver.go_to("billing-etl", "threshold")
        await driver.edit("64KiB")
        path.write_bytes(path.read_bytes().replace(b'"1048576"', b'"4096"'))
        async with asyncio.timeout(60):
            while "Changed underneath" not in driver.seen:
                await driver.pilot.pause()
        await driver.press("escape", "w")
        assert "to decide about" in driver.seen
        assert b'"4096"' in path.read_bytes()
