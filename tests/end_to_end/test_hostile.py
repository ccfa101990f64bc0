"""Hostile names, values, branches and commits on a real repo: harmless and readable on every screen."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from rich.cells import cell_len

from rea_xcom_tui.tui.changes.diff_screen import DiffScreen
from rea_xcom_tui.tui.changes.diff_view import DiffView
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.keys.commands import PLACES
from tests.end_to_end.test_read_only import go_home, openers
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

EVIL = "[red]x \x1b[31m\x1b]0;t\x07 \u202egnp.exe 日本語 🚀 a\nb\tc"
LONG = "y" * 10_000
FILES = {
    f"prod/{EVIL}/values.yaml": values("evil", path="s3://[red]\\e[2J\\u202e日本語🚀\\n/x", compression="[b]\\x1b[2J"),
    "prod/long/values.yaml": values(
        "long", path=f"s3://b/{LONG}", role=f"arn:aws:iam::1:role/{LONG}", compression=LONG
    ),
    "prod/plain/values.yaml": values("plain"),
    f"prod/broken {EVIL}/values.yaml": values("broken") + f"x: [{LONG}\n",
}


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    work = make_work(tmp_path / "fleet [red]日本語", {})
    for path, text in FILES.items():
        work.write(path, text)
    work.git("config", "user.name", "[red]\x1b[31m\u202eEve 日本語")
    work.git("checkout", "-q", "-b", "feat/日本語\u202e-🚀")
    work.commit_all(f"{EVIL}\n\n{LONG}")
    work.git("branch", "other/red\u202e")
    return work


def check(driver: Driver, what: str) -> None:
    """Nothing that a terminal obeys is on the screen, and every line has its width."""
    width = driver.app.size.width
    for line in driver.seen.split("\n"):
        odd = {char for char in line if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")}
        assert not odd, (what, odd, line)
        assert cell_len(line) == width, (what, line)


async def test_every_screen_is_harmless_and_keeps_its_width(repo: Work) -> None:
    evil, _, plain, broken = sorted(FILES, key=list(FILES).index)
    async with driving(opener(repo.root, read_only=False), (100, 24)) as driver:
        workspace = driver.home.workspace
        assert workspace is not None
        check(driver, "fleet")
        assert broken in {row.id for row in driver.table.rows}
        assert "[red]" in driver.seen
        workspace.edit([evil, "prod/long/values.yaml", plain], "path", "s3://aws_xcom@team-xcom/new")
        workspace.edit([evil, "prod/long/values.yaml"], "compression", "gzip")
        assert len(workspace.pending) == 5
        for place, reach in openers([evil, plain]).items():
            if place in ("push",):
                continue  # there is no remote here; its texts are git's, tested with a server
            assert place in PLACES
            await reach(driver)
            check(driver, place)
            await driver.press("down")
            check(driver, place)
            if isinstance(driver.app.screen, DiffScreen):
                for key in ("down", "g", "s", "down", "down"):
                    await driver.press(key)
                    check(driver, f"{place} {key}")
                assert "y" * 30 in driver.app.screen.query_one(DiffView).text
            await go_home(driver)
        for row in range(len(driver.table.rows)):
            driver.table.cursor_row = row
            for column in range(len(driver.columns)):
                driver.table.cursor_column = column
                await driver.pilot.pause()
                check(driver, f"row {row}, {driver.columns[column]}")
