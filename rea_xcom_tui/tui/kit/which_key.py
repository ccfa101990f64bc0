"""What may follow the first of two keys, told while one waits for the second."""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.tui.keys.commands import Place, of_place
from rea_xcom_tui.tui.kit.fit import pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line, Painted, Span

_SHOWN = {"space": "Space", "left": "←", "right": "→", "minus": "-", "slash": "/"}
_NONE = ("Esc", "none of these")
_GAP = 3


class Follow(Painted):
    """The keys that may come next, over the last lines of the table."""

    def offer(self, prefix: str, *places: Place) -> None:
        """Show what may follow a prefix; nothing where there is no prefix."""
        self.display = bool(prefix)
        if prefix:
            width, height = self.screen.size
            lines = what_follows(prefix, width - 2, *places)
            self.styles.width, self.styles.height = width, len(lines)
            self.styles.offset = (0, height - 1 - len(lines))
            self.paint(lines)


def what_follows(prefix: str, width: int, *places: Place) -> list[Line]:
    """The keys after a prefix with what each does, in as many columns as fit into `width` cells."""
    pairs = [
        (_SHOWN.get(second, second), command.title)
        for command in of_place(*places)
        for first, second in command.chords
        if first == prefix
    ]
    return in_columns(f"{prefix} ", [*pairs, _NONE], width)


def in_columns(head: str, pairs: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """Keys with their words in columns, read downwards; `head` stands before the first line."""
    key = max(len(shown) for shown, _ in pairs)
    words = max(len(title) for _, title in pairs)
    cell = min(key + 1 + words + _GAP, max(12, width - len(head)))
    columns = max(1, (width - len(head) + _GAP) // cell)
    rows = -(-len(pairs) // columns)
    lines: list[Line] = []
    for row in range(rows):
        line: list[Span] = [(head if row == 0 else " " * len(head), "title")]
        for shown, title in pairs[row::rows]:
            line += [
                (pad(shown, key), "key"),
                (" ", ""),
                (pad(shorten(title, cell - key - 1), cell - key - 1), "words"),
            ]
        lines.append(line)
    return lines
