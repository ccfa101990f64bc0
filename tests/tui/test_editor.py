"""Which editor is run and how it is told the line; running it for real is tested in `end_to_end`."""

from __future__ import annotations

from pathlib import Path
from shutil import which

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.tui.cells.columns import KEYS, chosen_columns
from rea_xcom_tui.tui.cells.explain import place_of
from rea_xcom_tui.tui.cells.rows import rows_of
from rea_xcom_tui.tui.home.editor_actions import run_editor
from rea_xcom_tui.tui.home.external_editor import editor_command
from rea_xcom_tui.tui.home.open import opener
from tests.tui.driver import driving
from tests.tui.fleets import small_fleet
from tests.work import Work

FILE = Path("/r/a b;$(x).yaml")


@pytest.mark.parametrize(
    ("editor", "expected"),
    [
        ("vim", ["vim", "+7", str(FILE)]),
        ("/usr/bin/nvim -R", ["/usr/bin/nvim", "-R", "+7", str(FILE)]),
        ("emacsclient -t", ["emacsclient", "-t", "+7", str(FILE)]),
        ("nano", ["nano", "+7", str(FILE)]),
        ("code --wait", ["code", "--wait", "--goto", f"{FILE}:7"]),
        ("'/opt/my editor/code'", ["/opt/my editor/code", "--goto", f"{FILE}:7"]),
        ("hx", ["hx", f"{FILE}:7"]),
        ("pycharm", ["pycharm", "--line", "7", str(FILE)]),
        ("something-else", ["something-else", str(FILE)]),
    ],
)
def test_each_editor_is_told_the_line_in_its_own_way(editor: str, expected: list[str]) -> None:
    assert editor_command({"EDITOR": editor}, FILE, 7) == expected


def test_visual_counts_before_editor_and_none_is_a_sentence() -> None:
    assert editor_command({"VISUAL": "vi", "EDITOR": "nano"}, FILE, 0)[:2] == ["vi", "+1"]
    assert editor_command({"VISUAL": " ", "EDITOR": "nano"}, FILE, 3)[0] == "nano"
    with pytest.raises(ValueError, match="No editor is set"):
        editor_command({}, FILE, 3, lambda name: None)
    assert editor_command({}, FILE, 3, {"nano": "/bin/nano", "vi": "/bin/vi"}.get) == ["nano", "+3", str(FILE)]
    assert editor_command({"EDITOR": ""}, FILE, 3, {"sensible-editor": "x"}.get)[:2] == ["sensible-editor", "+3"]
    with pytest.raises(ValueError, match=r"\$EDITOR cannot be understood: No closing quotation"):
        editor_command({"EDITOR": "'vim"}, FILE, 3)
    with pytest.raises(ToolError, match="there is no program no-such-editor; VISUAL or EDITOR names it"):
        run_editor(["no-such-editor", "x"], Path("/"))


def test_every_cell_has_a_line() -> None:
    rows = rows_of(small_fleet(), Pending())
    by_key = {column.key: column for column in chosen_columns(KEYS)}
    for row in rows:
        for column in by_key.values():
            file, line = place_of(row, column)
            assert file == row.id
            assert line >= 1
    etl = next(row for row in rows if row.cell("name").text == "billing-etl")
    assert place_of(etl, by_key["threshold"])[1] == 13
    assert place_of(etl, by_key["name"])[1] == 5


async def test_without_an_editor_and_in_read_only_the_line_is_told(
    small: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.delenv("EDITOR", raising=False)
    only_git = tmp_path / "bin"
    only_git.mkdir()
    (only_git / "git").symlink_to(str(which("git")))
    monkeypatch.setenv("PATH", str(only_git))
    async with driving(small, (80, 24)) as driver:
        await driver.go_to("billing-etl", "threshold")
        await driver.press("o")
        assert "No editor is set" in driver.status
        assert "The line is clusters/prod/billing-etl/values.yaml:13" in driver.status
    monkeypatch.setenv("EDITOR", "false")
    async with driving(opener(small.root, read_only=True), (80, 24)) as driver:
        await driver.go_to("billing-etl", "threshold")
        await driver.press("o")
        assert (
            "An editor could write, and nothing may be written: the tool was started with --read-only" in driver.status
        )
        assert "values.yaml:13" in driver.status
