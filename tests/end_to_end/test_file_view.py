"""The values file on screen: what stands in it, who wrote it, what is wrong, and editing it in place."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.tui.file.screen import FileScreen
from rea_xcom_tui.tui.file.stack_screen import StackScreen
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.cell_editor import CellEditor
from tests.tui.driver import Driver, driving
from tests.work import BACKEND, IO, Work, make_work

ETL = "clusters/prod/etl/values.yaml"
DAY = "2026-09-03"
TEXT = f"""\
resourceNamePrefix: etl
agentToken: CANARY-secret
xcomBackend: {BACKEND}
commonEnv:
  - name: {IO}PATH
    value: s3://acme-xcom/etl
  - name: {IO}THRESHOLD
    value: "1048576" # 1 MiB
"""


@pytest.fixture
def work(tmp_path: Path) -> Work:
    work = make_work(tmp_path / "fleet", {ETL: TEXT, "clusters/prod/ml/values.yaml": TEXT.replace("etl", "ml")})
    work.write(ETL, TEXT.replace("s3://acme-xcom/etl", "s3://acme-xcom/warehouse"))
    work.git("commit", "-qam", "Move it", "--author=Ana <ana@example.com>", "--date=2026-09-03T10:00:00Z")
    return work


def line_of(driver: Driver, text: str) -> str:
    return next(line for line in driver.seen.split("\n") if text in line)


async def test_enter_on_the_name_shows_the_file_with_settings_findings_and_authors(work: Work) -> None:
    work.write(ETL, work.read(ETL).decode() + "# mine\n")
    async with driving(opener(work.root, read_only=False)) as driver:
        await driver.press("enter")
        assert isinstance(driver.app.screen, FileScreen)
        assert "CANARY" not in driver.seen
        assert line_of(driver, "warehouse").split() == [
            "6",
            "p",
            "value:",
            "s3://acme-xcom/warehouse",
            "2026-09-03",
            "Ana",
        ]
        assert line_of(driver, '"1048576"').split()[:2] == ["8", "t"]
        lines = driver.seen.split("\n")
        beneath = lines[next(at for at, line in enumerate(lines) if "agentToken" in line) + 1]
        assert "╰" in beneath
        assert "XC801 error" in beneath
        at = lines.index(beneath)
        shown = " ".join(line.strip(" ╰") for line in lines[at : at + 3])
        row = driver.home.table.cursor
        (told,) = (one.message for one in row.findings if one.code == "XC801") if row is not None else ("",)
        assert told in shown, "a finding is told in full"
        assert line_of(driver, "# mine").split() == ["9", "#", "mine"]
        await driver.press("escape")
        assert not isinstance(driver.app.screen, FileScreen)


async def test_a_setting_is_edited_in_its_line_and_findings_are_gone_through(work: Work) -> None:
    async with driving(opener(work.root, read_only=False)) as driver:
        await driver.press("enter", "home", "n")
        assert "XC801" in driver.seen.split("\n")[-2]
        await driver.press("right", "right", "right", "right")
        while "threshold: " not in driver.seen.split("\n")[-2]:
            await driver.press("right")
        await driver.edit("0")
        assert "~ → 0 (always)" in line_of(driver, '"1048576"')
        assert driver.home.pending.get(ETL, "threshold") is not None
        await driver.press("u")
        assert "~ →" not in driver.seen
        await driver.edit("-7.5")
        assert driver.app.screen.query(CellEditor)
        await driver.press("escape", "e")
        await driver.replace("64k")
        await driver.press("enter", "escape")
        assert driver.cell("etl", "threshold") == "edited 65536"


async def test_g_f_shows_it_from_any_column_and_a_read_only_repo_offers_no_edit(work: Work) -> None:
    async with driving(opener(work.root, read_only=True)) as driver:
        await driver.go_to("etl", "threshold")
        await driver.press("g", "f")
        assert isinstance(driver.app.screen, FileScreen)
        assert "threshold: 1048576" in driver.seen.split("\n")[-2]
        assert "e edit" not in driver.seen.split("\n")[-1]
        await driver.press("e")
        assert not driver.home.pending.edits


async def test_a_file_that_cannot_be_read_says_why(work: Work) -> None:
    work.write("clusters/prod/bad/values.yaml", "xcomBackend: [\n")
    async with driving(opener(work.root, read_only=False)) as driver:
        await driver.press("end", "enter")
        assert "not YAML" in driver.dialog


async def test_each_layer_shows_what_stands_in_it(tmp_path: Path) -> None:
    config = (
        '[[layouts.manifests]]\nfiles = "agents.yaml"\nitems = "agents"\nlayers = ["/base.yaml", "{item.values}"]\n'
        'name = "{item.name}"\nchart = "astro-remote-execution-agent"\n'
    )
    files = {
        ".rea-xcom-tui.toml": config,
        "agents.yaml": "agents:\n  - {name: etl, values: etl.yaml}\n",
        "base.yaml": TEXT,
        "etl.yaml": "# its own\nxcomBackend: acme.Backend\n",
    }
    work = make_work(tmp_path / "layers", files)
    async with driving(opener(work.root, read_only=False)) as driver:
        await driver.press("enter")
        assert "etl.yaml  layer 2 of 2" in driver.seen
        assert line_of(driver, "acme.Backend").split()[:2] == ["2", "b"]
        await driver.press("tab")
        assert "base.yaml  layer 1 of 2" in driver.seen
        assert line_of(driver, "1048576").split()[:2] == ["8", "t"]
        assert "XC801" in driver.seen
        await driver.press("s")
        assert isinstance(driver.app.screen, StackScreen)
        assert "2 layers, weakest left, strongest right" in driver.seen
        level = line_of(driver, "acme.Backend").split()
        assert level[:2] == ["3", "✗b"], "the same setting of both layers stands level"
        assert level[-4:] == ["2", "b", "xcomBackend:", "acme.Backend"]
        assert "CANARY" not in driver.seen
        await driver.press("home", "n", "enter")
        assert "etl.yaml  layer 2 of 2" in driver.seen
        assert "backend: acme.Backend" in driver.seen.split("\n")[-2]
