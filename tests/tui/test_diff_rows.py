"""The rows of many files' diffs: counted at once, made when they are in view."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from rea_xcom_tui.tui.background.file_changes import DiffLine, FileChange
from rea_xcom_tui.tui.changes import diff_view
from rea_xcom_tui.tui.changes.diff_view import DiffView

_LINES = (
    DiffLine("hunk", "@@ -1,4 +1,4 @@"),
    DiffLine("same", "a: 1"),
    DiffLine("removed", "old: " + "x" * 130),
    DiffLine("added", "new: 日本語" + "y" * 70),
    DiffLine("added", ""),
    DiffLine("same", ""),
    DiffLine("removed", "gone: 1"),
)
_FILES = [FileChange(f"clusters/prod/etl{number}/values.yaml", _LINES, ()) for number in range(300)]


class Shown(App[None]):
    """A diff and nothing else."""

    def compose(self) -> ComposeResult:
        """The diff."""
        yield DiffView()


@pytest.mark.parametrize(("width", "sides"), [(60, False), (140, False), (140, True)])
async def test_rows_are_where_they_were_counted(width: int, sides: bool) -> None:
    app = Shown()
    async with app.run_test(size=(width, 20)) as pilot:
        view = app.query_one(DiffView)
        view.show(_FILES)
        view.show_sides(sides)
        await pilot.pause()
        rows = view.text.split("\n")
        assert view.virtual_size.height == len(rows)
        assert view.change == (1, 2 * len(_FILES))
        for file in (_FILES[0], _FILES[123]):
            view.go_to(file.file)
            await pilot.pause()
            top = view.scroll_offset.y
            assert rows[top] == file.file
            assert view.render_line(0).text.rstrip() == file.file
            assert view.render_line(2).text.startswith(" a: 1")
        await pilot.press("end")
        assert view.render_line(19).text.startswith("-gone: 1")


async def test_rows_are_made_of_files_in_view_only(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def noted(file: str) -> str:
        made.append(file)
        return file

    monkeypatch.setattr(diff_view, "harmless", noted)
    app = Shown()
    async with app.run_test(size=(140, 20)) as pilot:
        view = app.query_one(DiffView)
        view.show(_FILES)
        await pilot.pause()
        view.go_to(_FILES[200].file)
        await pilot.pause()
        assert _FILES[200].file in made
        assert len(made) < 20
