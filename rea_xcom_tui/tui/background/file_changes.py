"""Pending changes made ready for the screen: groups of edits, and each file's diff as lines, secrets masked."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, zip_longest
from typing import TYPE_CHECKING, Literal

import msgspec

from rea_xcom_tui.fleet.edit.pending import Declare, Fix

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.pending import PendingEdit
    from rea_xcom_tui.fleet.workspace import FilePlan
    from rea_xcom_tui.xcom.model import Value

_WORDS = re.compile(r"[^\W_]+|[\W_]")
_PARTS = re.compile(r"[^/@:]+|[/@:]+")
_MOST_WORDS = 600
"""Lines of more words are compared by their start and end alone."""

Kind = Literal["hunk", "same", "removed", "added"]


class DiffLine(msgspec.Struct, frozen=True):
    """One line of a unified diff; `changed` are the character ranges that differ from its counterpart."""

    kind: Kind
    text: str
    changed: tuple[tuple[int, int], ...] = ()


class FileChange(msgspec.Struct, frozen=True):
    """One file's pending change as it is shown."""

    file: str
    lines: tuple[DiffLine, ...]
    edits: tuple[PendingEdit, ...]

    @property
    def counts(self) -> tuple[int, int]:
        """How many lines are added and removed."""
        kinds = [line.kind for line in self.lines]
        return kinds.count("added"), kinds.count("removed")


GroupBy = Literal["cause", "file"]

Pair = tuple[DiffLine | None, DiffLine | None]
"""A line of the old text beside its counterpart in the new one; None where there is none."""


class Group(msgspec.Struct, frozen=True):
    """Edits that belong together: the same change of the same field, or all of one file."""

    key: tuple[object, ...]
    edits: tuple[PendingEdit, ...]

    @property
    def held(self) -> int:
        """How many of them are left out of the next write."""
        return sum(edit.held for edit in self.edits)


def grouped(edits: Sequence[PendingEdit], by: GroupBy) -> list[Group]:
    """The edits by their cause (see `cause_of`), the largest group first; or by file, in order."""
    groups: dict[tuple[object, ...], list[PendingEdit]] = {}
    for edit in edits:
        groups.setdefault(cause_of(edit) if by == "cause" else (edit.file,), []).append(edit)
    found = [Group(key, tuple(members)) for key, members in groups.items()]
    return sorted(found, key=lambda group: -len(group.edits)) if by == "cause" else found


def cause_of(edit: PendingEdit) -> tuple[object, ...]:
    """What makes edits the same change: field and what changes in it, so that one bucket that takes another's place in
    many paths is one; of fixes, the rule; in the baseline, the group.
    """
    if isinstance(edit, Declare):
        return (edit.statement.title, None if edit.statement.group else edit.new)
    if isinstance(edit, Fix):
        return (edit.field,)
    return edit.field, *changed_part(edit.old, edit.new)


def changed_part(old: Value, new: Value) -> tuple[Value, Value]:
    """What differs between two values that are made of parts, such as paths and ARNs: the parts between their common
    start and their common end. Both values as they are where they have nothing in common, or one has nothing else.

    >>> changed_part("s3://aws@one-xcom/etl", "s3://aws@two-xcom/etl"), changed_part("0", "1")
    (('one-xcom', 'two-xcom'), ('0', '1'))
    """
    if not isinstance(old, str) or not isinstance(new, str):
        return old, new
    mine, theirs = _PARTS.findall(old), _PARTS.findall(new)
    most = min(len(mine), len(theirs))
    start = next((at for at in range(most) if mine[at] != theirs[at]), most)
    end = next((at for at in range(most - start) if mine[-1 - at] != theirs[-1 - at]), most - start)
    left, right = "".join(mine[start : len(mine) - end]), "".join(theirs[start : len(theirs) - end])
    return (left, right) if left and right else (old, new)


def side_by_side(lines: Sequence[DiffLine]) -> list[Pair]:
    """The lines of a unified diff as pairs: old on the left, new on the right."""
    pairs: list[Pair] = []
    removed: list[DiffLine] = []
    added: list[DiffLine] = []

    def flush() -> None:
        pairs.extend(zip_longest(removed, added))
        removed.clear()
        added.clear()

    for line in lines:
        if line.kind == "removed":
            removed.append(line)
        elif line.kind == "added":
            added.append(line)
        else:
            flush()
            pairs.append((line, line))
    flush()
    return pairs


KnownChanges = dict[str, tuple["FilePlan", FileChange]]
"""The diffs worked out so far, by file, each with the plan that it shows."""


def file_changes(plans: Iterable[FilePlan], known: KnownChanges | None = None) -> list[FileChange]:
    """The diff of each file. Reads the files' text, so this is work for the jobs' thread.

    The diff of a plan that is `known` is taken from there, and what is new is added.
    """
    changes: list[FileChange] = []
    for plan in plans:
        earlier = known.get(plan.file) if known is not None else None
        if earlier is None or earlier[0] is not plan:
            lines = tuple(diff_lines(plan.hunks()))
            earlier = plan, FileChange(plan.file, lines, plan.edits)
            if known is not None:
                known[plan.file] = earlier
        changes.append(earlier[1])
    return changes


def diff_lines(hunks: Iterable[str]) -> list[DiffLine]:
    """A unified diff, with the words marked that differ between a line and its new form."""
    lines: list[DiffLine] = []
    removed: list[str] = []
    added: list[str] = []

    def flush() -> None:
        lines.extend(_changed_block(removed, added))
        removed.clear()
        added.clear()

    for line in hunks:
        if line.startswith("-"):
            if added:
                flush()
            removed.append(line[1:])
        elif line.startswith("+"):
            added.append(line[1:])
        else:
            flush()
            lines.append(DiffLine("hunk", line) if line.startswith("@@") else DiffLine("same", line[1:]))
    flush()
    return lines


def _changed_block(removed: Sequence[str], added: Sequence[str]) -> list[DiffLine]:
    if len(removed) != len(added):
        return [DiffLine("removed", text) for text in removed] + [DiffLine("added", text) for text in added]
    pairs = [_changed_ranges(old, new) for old, new in zip(removed, added, strict=True)]
    return [
        *(DiffLine("removed", text, pair[0]) for text, pair in zip(removed, pairs, strict=True)),
        *(DiffLine("added", text, pair[1]) for text, pair in zip(added, pairs, strict=True)),
    ]


Ranges = tuple[tuple[int, int], ...]


def _changed_ranges(old: str, new: str) -> tuple[Ranges, Ranges]:
    """What differs between two lines, word by word: the character ranges of each that the other does not have."""
    left, right = _WORDS.findall(old), _WORDS.findall(new)
    if max(len(left), len(right)) > _MOST_WORDS:
        return _changed_middle(old, new)
    first: list[tuple[int, int]] = []
    second: list[tuple[int, int]] = []
    starts = [list(accumulate(map(len, words), initial=0)) for words in (left, right)]
    for kind, a, b, c, d in difflib.SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            first += [(starts[0][a], starts[0][b])] if a < b else []
            second += [(starts[1][c], starts[1][d])] if c < d else []
    return _joined(first), _joined(second)


def _joined(ranges: Sequence[tuple[int, int]]) -> Ranges:
    """Ranges with nothing but one sign between them made one, so that few marks tell the change."""
    found: list[tuple[int, int]] = []
    for start, end in ranges:
        if found and start - found[-1][1] <= 1:
            found[-1] = found[-1][0], end
        else:
            found.append((start, end))
    return tuple(found)


def _changed_middle(old: str, new: str) -> tuple[Ranges, Ranges]:
    """What differs between two very long lines: everything between their common start and their common end."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    first, second = _whole_words(old, start, len(old) - end), _whole_words(new, start, len(new) - end)
    return ((first,) if first[0] < first[1] else ()), ((second,) if second[0] < second[1] else ())


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum():
        end += 1
    return start, end
