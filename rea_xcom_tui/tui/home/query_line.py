"""The input of the query, which tells at once what is typed, so that it is painted together with what it finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from textual.widgets import Input

from rea_xcom_tui.tui.kit.text_line import LeavingLine


class QueryLine(LeavingLine):
    """An input that calls when something is typed, pasted or deleted. A message would come a frame later."""

    def __init__(self, typed: Callable[[], None], **given: Any) -> None:
        super().__init__(**given)
        self._typed = typed

    def replace(self, text: str, start: int, end: int) -> None:
        """Put a text in place of another."""
        super().replace(text, start, end)
        self._typed()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tell nobody else."""
        event.stop()
