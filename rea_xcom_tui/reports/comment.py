"""Markdown for one comment on a pull request: it is found again by a marker, folds long lists and never is too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rea_xcom_tui.reports.tables import markdown_table
from rea_xcom_tui.text import clean, plural

MOST = 65_000
"""Characters of a comment at most: GitHub takes 65,536."""

_OPEN = 20
"""How many rows are shown without folding."""
_CELL = 400
"""Characters of a cell at most, so that one message cannot crowd out all others."""
_CLOSING = 300
"""Room for the lines around a table."""


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a comment."""

    title: str
    """What its rows are, such as `remaining`; empty for the only table."""
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    folded: bool = False
    """Whether it is folded however short it is."""


def comment(kind: str, summary: str, sections: Sequence[Section]) -> str:
    """The comment of `kind` (such as `check`). Its first line is a marker that no reader sees."""
    parts = [f"<!-- rea-xcom-tui {kind} -->", summary]
    left = MOST - sum(len(part) + 2 for part in parts) - _CLOSING * len(sections)
    for section in sections:
        if section.rows:
            text = _section(section, left)
            left -= len(text) - _CLOSING
            parts.append(text)
    return "\n\n".join(parts)


def _section(section: Section, room: int) -> str:
    rows = [[clean(cell, _CELL) for cell in row] for row in section.rows]
    table = markdown_table(section.header, [])
    fitting = 0
    for row in rows:
        line = markdown_table((), [row]).rpartition("\n")[2]
        if len(table) + len(line) + 1 > room:
            break
        table += f"\n{line}"
        fitting += 1
    more = len(rows) - fitting
    if not fitting:
        table = ""
    if more:
        table += f"\n\n{plural(more, 'more row')} left out, because a comment holds no more."
    table = table.strip()
    title = f"{len(rows)} {section.title}".strip() if section.title else f"all {plural(len(rows), 'row')}"
    if section.folded or len(rows) > _OPEN:
        return f"<details><summary>{title}</summary>\n\n{table}\n\n</details>"
    return f"**{title}**\n\n{table}" if section.title else table
