"""What the screens with a list and the details of one entry share."""

from __future__ import annotations

from pathlib import Path
from typing import Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import LineList, Page
from rea_xcom_tui.tui.kit.styled_lines import Bar

Key = TypeVar("Key")
Result = TypeVar("Result")


class ListScreen(Composed[Result], Generic[Key, Result]):
    """A header, a list, the details of what is under the cursor, a status line and the keys."""

    CSS_PATH = Path(__file__).with_name("list.tcss")
    AUTO_FOCUS = "LineList"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]  # noqa: RUF012 - Textual declares it for instances

    def compose(self) -> ComposeResult:
        """Header, list and details, status, keys."""
        yield Bar(id="header")
        yield from self.beneath_header()
        with Container(id="both"):
            yield LineList[Key](id="list")
            yield Page(id="detail")
        yield Bar(id="status")
        yield KeyBar()

    def beneath_header(self) -> ComposeResult:
        """What stays in view over the list; nothing on most screens."""
        yield from ()

    @property
    def listed(self) -> LineList[Key]:
        """The list."""
        return self.query_one("#list", LineList)

    @property
    def detail(self) -> Page:
        """The details."""
        return self.query_one("#detail", Page)

    @on(jobs.Failed)
    def _job_failed(self, event: jobs.Failed) -> None:
        self._failed(event)

    def _failed(self, event: jobs.Failed) -> None:
        self.fail(event)
