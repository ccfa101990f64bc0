"""The two ways a values file can disappoint: it cannot be read, or it cannot be edited exactly."""

from __future__ import annotations

from rea_xcom_tui.errors import Refused, ToolError


class Unreadable(ToolError):
    """A values file that Helm could not read either, or that is not a file to read at all.

    `line` and `column` count from 1 and say where; both are 0 where no place can be named.
    """

    def __init__(self, sentence: str, line: int = 0, column: int = 0) -> None:
        super().__init__(sentence)
        self.line = line
        self.column = column


class RefusedEdit(Refused):
    """An edit that cannot be made exactly, or cannot be proved; nothing was changed.

    `code` is a short stable name of the reason (docs/exact-edits.md lists them all); `line` and `column`
    count from 1, 0 where no place can be named. The text says what, where, why, and what the user can do.
    """

    def __init__(self, code: str, sentence: str, line: int = 0, column: int = 0) -> None:
        super().__init__(sentence)
        self.code = code
        self.line = line
        self.column = column
