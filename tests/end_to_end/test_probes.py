"""Probes from the fleet: asked for, shown side by side, stopped; on a stand-in for Airflow and its store."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.probe import runners
from rea_xcom_tui.tui.home.open import Look, opener
from rea_xcom_tui.tui.probe.screen import ProbeScreen
from rea_xcom_tui.user.memory import Memory
from tests.cli.stand_in_airflow import lay_out
from tests.cli.test_probe import FILES, SECRET, left
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work

NAMES = ("good", "connection", "conflict", "garbles")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    lay_out(tmp_path / "packages", tmp_path / "store")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "packages"))
    monkeypatch.setenv("STAND_IN_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    return make_work(
        tmp_path / "repo",
        {f"{name}/values.yaml": str(FILES[f"{name}/values.yaml"]).replace("Prefix: p", f"Prefix: {name}")
         for name in (*NAMES, "hangs")},
    )  # fmt: skip


async def place(driver: Driver) -> None:
    """Choose this Python."""
    await driver.press("down", "down")
    await driver.type(sys.executable)
    await driver.press("enter")


async def test_side_by_side_with_the_question_first(repo: Work, store: Path) -> None:
    async with driving(opener(repo.root, read_only=False), size=(160, 40)) as driver:
        for name in NAMES:
            await driver.go_to(name)
            await driver.press("space")
        await driver.go_to("good", "threshold")
        await driver.edit("200")
        await driver.press("T")
        assert "Try 4 deployments with the real backend: where?" in driver.dialog
        await place(driver)
        assert "values of 3 deployments?" in driver.dialog
        assert "good: s3://store@bkt/team/_rea_xcom_probe_" in driver.dialog
        assert "1 of them is tried as its pending edits will make it; nothing is written to its file" in driver.dialog
        await driver.press("enter")  # the safe answer is the first
        assert "Nothing was written" in driver.seen
        assert left(store) == []
        await driver.press("r", "y")
        seen = driver.seen
        assert "3 of 4 deployments · 1 passed · 1 differs · 1 failed" in seen
        assert "2 database, 2 object" in seen
        assert "there is no one threshold to try" in seen
        assert "≠" in seen
        assert "contradicts `check`" in seen
        await driver.press("end")
        screen = driver.app.screen
        assert isinstance(screen, ProbeScreen)
        while screen.listed.here is not None and screen.listed.here.candidate.deployment.name != "connection":
            await driver.press("up")
        assert "CONTRADICTS" in screen.detail.text
        assert "please report it" in screen.detail.text
        await driver.press("y")
        assert SECRET not in driver.seen + driver.app.clipboard
        assert "CONTRADICTS" in driver.app.clipboard
        await driver.press("end")
        while screen.listed.here is not None and screen.listed.here.candidate.deployment.name != "good":
            await driver.press("up")
        assert "pending     as its pending edits will make it" in screen.detail.text
        assert "199 B" in screen.detail.text
        await driver.press("escape")
        assert driver.app.screen is driver.home
    assert left(store) == []


async def test_the_place_is_remembered_and_read_only_refuses(repo: Work, store: Path, tmp_path: Path) -> None:
    look = Look(memory=Memory(tmp_path / "state", repo.root))
    async with driving(opener(repo.root, read_only=False), look=look) as driver:
        await driver.go_to("good")
        await driver.press("T", "down", "down", "enter")
        assert "give the path of a Python" in driver.seen
        await driver.type("/nowhere/python")
        await driver.press("enter")
        assert "there is no Python to run at /nowhere/python" in driver.seen
        await driver.press("escape", "T")
        assert "/nowhere/python" in driver.seen
        await driver.press("escape")
    async with driving(opener(repo.root, read_only=True), look=look) as driver:
        await driver.press("T")
        assert "Read-only" in driver.status
    assert left(store) == []


async def test_leaving_stops_and_removes(
    repo: Work, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runners, "_STOPPING", 10)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    monkeypatch.setenv("STAND_IN_FIFO", str(fifo))
    async with driving(opener(repo.root, read_only=False)) as driver:
        await driver.go_to("hangs")
        await driver.press("T")
        await place(driver)
        await driver.pilot.press("y")
        await driver.app.run_worker(fifo.read_bytes, thread=True).wait()  # opens when the object has been written
        assert left(store) != []
        await driver.press("escape")
        assert driver.app.screen is driver.home
    assert left(store) == []
