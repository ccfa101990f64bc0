"""Groups of the fleet's table: which rows belong together, and what is usual among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from rea_xcom_tui.tui.cells.rows import COLUMNS, UNSET, Row

By = Literal["env", "cloud", "cluster", "folder", "repo"]
"""By what rows are grouped."""

GROUPINGS: tuple[tuple[By, ...], ...] = (
    (), ("repo",), ("env",), ("env", "cloud"), ("cluster", "env"), ("folder",),
)  # fmt: skip
"""The groupings that one key goes through; the first is none."""

_SAMPLE = 60
_PATTERNED = ("path", "identity")
_SHORTEST_TEAM = 3


class Group(msgspec.Struct, frozen=True):
    """Rows that belong together."""

    key: tuple[str, ...]
    rows: tuple[int, ...]
    """Indexes of its rows, in the order in which they are shown."""
    usual: Mapping[str, str]
    """For each column where most of its rows agree, what they say; `{name}` and `{team}` stand for their own."""

    @property
    def title(self) -> str:
        """What its rows have in common, in words."""
        return " · ".join(self.key)


def words_of(by: Sequence[By]) -> str:
    """A grouping in words."""
    return " and ".join(by) or "nothing"


def useful(rows: Sequence[Row], by: Sequence[By]) -> bool:
    """Whether rows fall into more than one group, and something tells each group apart."""
    keys = {_key(row, by) for row in rows if row.deployment is not None}
    return len(keys) > 1


def grouped(rows: Sequence[Row], view: Sequence[int], by: Sequence[By]) -> list[Group]:
    """The groups of the rows in view, by name; what could not be read comes last."""
    found: dict[tuple[str, ...], list[int]] = {}
    for index in view:
        found.setdefault(_key(rows[index], by), []).append(index)
    order = sorted(found, key=lambda key: (not key, key))
    return [Group(key or ("unreadable",), tuple(found[key]), _usual(rows, found[key])) for key in order]


class Arrangement:
    """The rows in view, under the headings of their groups where they are grouped."""

    def __init__(self) -> None:
        self.by: tuple[By, ...] = ()
        """By what the rows are grouped; empty for not at all."""
        self.groups: Sequence[Group] = ()
        self.folded: set[tuple[str, ...]] = set()
        """The groups of which only the heading is shown."""
        self.lines: Sequence[int] = ()
        """What each line shows: the index of a row, or -1 - the number of a group whose heading it is."""
        self._group_of: dict[int, Group] = {}

    def arrange(self, rows: Sequence[Row], view: list[int]) -> list[int]:
        """Put these rows under headings; the indexes of those that are shown then, in their order."""
        if not self.by:
            self.lines, self.groups, self._group_of = view, (), {}
            return view
        self.groups = grouped(rows, view, self.by)
        self._group_of = {index: group for group in self.groups for index in group.rows}
        lines: list[int] = []
        for number, group in enumerate(self.groups):
            lines.append(-1 - number)
            lines += () if group.key in self.folded else group.rows
        self.lines = lines
        return [index for index in lines if index >= 0]

    def group_of(self, index: int) -> Group | None:
        """The group of a row; None where rows are not grouped."""
        return self._group_of.get(index)

    def group_at(self, line: int) -> Group | None:
        """The group that a line belongs to."""
        if not self.groups or line >= len(self.lines):
            return None
        index = self.lines[line]
        return self.groups[-1 - index] if index < 0 else self._group_of[index]

    def heading_of(self, group: Group) -> int:
        """The line of a group's heading; 0 where it has none."""
        headings = (at for at, index in enumerate(self.lines) if index < 0 and self.groups[-1 - index].key == group.key)
        return next(headings, 0)

    @property
    def first_row_at(self) -> int:
        """The line of the first row that is not a heading; 0 where every group is folded."""
        return next((at for at, index in enumerate(self.lines) if index >= 0), 0)

    def fold(self, groups: Iterable[Group], *, folded: bool) -> None:
        """Show these groups by their heading only, or with their rows."""
        keys = {group.key for group in groups}
        self.folded = self.folded | keys if folded else self.folded - keys


def _key(row: Row, by: Sequence[By]) -> tuple[str, ...]:
    if row.deployment is None:
        return ()
    return tuple(_part(row, one) for one in by)


def _part(row: Row, by: By) -> str:
    source = row.deployment
    if source is None:
        return UNSET
    if by == "folder":
        parts = source.file.split("/")[:-2]
        return "/".join(parts) or UNSET
    if by == "repo":
        return source.repo or UNSET
    if by == "cloud":
        return source.config.cloud
    return getattr(source, by, None) or UNSET


def _usual(rows: Sequence[Row], indexes: Sequence[int]) -> dict[str, str]:
    step = max(1, len(indexes) // _SAMPLE)
    members = [rows[index] for index in indexes[::step] if rows[index].deployment is not None]
    usual: dict[str, str] = {}
    if len(members) < 2:
        return usual
    for column in COLUMNS:
        if column.field is None and column.key not in ("cloud", "env"):
            continue
        text, count = Counter(pattern_of(row, column.key) for row in members).most_common(1)[0]
        if count * 5 >= len(members) * 3 and count > 1:
            usual[column.key] = text
    return usual


def pattern_of(row: Row, key: str, *, full: bool = False) -> str:
    """A cell's text, with the deployment's own name and its team's taken out where they are in it."""
    text = row.cell(key).shown(full=full)
    if key not in _PATTERNED or row.deployment is None:
        return text
    name = row.deployment.name
    text = text.replace(name, "{name}") if name else text
    team = name.partition("-")[0]
    if len(team) >= _SHORTEST_TEAM and team != name:
        text = text.replace(f"{team}-", "{team}-").replace(f"{team}.", "{team}.")
    return text
