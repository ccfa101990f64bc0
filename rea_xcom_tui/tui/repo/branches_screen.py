"""Choosing another branch to check out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Line


class BranchesScreen(Dialog[str]):
    """The local branches; dismisses with the one to switch to, or None."""

    PLACES: ClassVar[tuple[Place, ...]] = ("branches", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("branches")
    AUTO_FOCUS = "LineList"
    DEFAULT_CSS = """
    BranchesScreen {
        & .title { text-style: bold; width: 1fr; }
        & .body { width: 1fr; color: $text-muted; margin: 0 0 1 0; }
        & LineList { height: auto; max-height: 20; }
    }
    """

    def __init__(self, current: str, others: Sequence[str]) -> None:
        super().__init__()
        self.current = current
        self.others = others

    @property
    def idle(self) -> frozenset[str]:
        """The line of keys offers to switch only where there is another branch."""
        return frozenset() if self.others else frozenset({"branches.switch"})

    def compose(self) -> ComposeResult:
        """The verb and the consequence, and the branches."""
        with Vertical(classes="dialog"):
            here = shorten(harmless(self.current), 34, "middle")
            yield Static(f"Switch from {here} to another branch", classes="title", markup=False)
            yield Static(
                "Refused while a file has uncommitted changes, so nothing is lost.", classes="body", markup=False
            )
            yield LineList[str](id="list")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show the branches, the one with the newest commit first."""
        listed = self.query_one(LineList)
        listed.empty_text = "This repo has no other branch; a commit can create one (b there)."
        listed.styles.height = min(20, max(1, len(self.others)))
        listed.show([Entry(name, partial(_line, name)) for name in self.others])

    @on(LineList.Chosen)
    def action_switch(self) -> None:
        """Take the branch under the cursor."""
        if self.others:
            self.dismiss(self.query_one(LineList).here)

    def action_back(self) -> None:
        """Stay where one is."""
        self.dismiss(None)


def _line(name: str, width: int) -> Line:
    return [(shorten(f" {harmless(name)}", width, "middle"), "")]
