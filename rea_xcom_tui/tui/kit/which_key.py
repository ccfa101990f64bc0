"""What may follow the first of two keys, told while one waits for the second."""

from __future__ import annotations

from rea_xcom_tui.tui.keys.commands import Place, of_place
from rea_xcom_tui.tui.kit.styled_lines import Span

_SHOWN = {"space": "Space", "left": "←", "right": "→", "minus": "-"}


def what_follows(prefix: str, *places: Place) -> list[Span]:
    """The keys after a prefix with what each does, as a line: `g  e edit all marked  c commit`."""
    line: list[Span] = [(f"{prefix} ", "key"), ("▏", "edge")]
    for command in of_place(*places):
        for first, second in command.chords:
            if first == prefix:
                line += [(f" {_SHOWN.get(second, second)}", "key"), (f" {_short(command.title)} ", "words")]
    return [*line, (" Esc", "key"), (" none", "words")]


def _short(title: str) -> str:
    return title[:1].lower() + title[1:]
