"""The fleet's header: repo and branch, how many deployments there are, and what is the matter with them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from rich.cells import cell_len

from rea_xcom_tui.fleet.edit.pending import Declare, Pending
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.cells.rows import UNCOMMITTED
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.styled_lines import Span, line_width

_GAP, _LEAST_BRANCH = 2, 12

READ_ONLY: tuple[Span, ...] = (("  ", ""), (" read-only ", "here"))


def reading_words(done: int, total: int) -> list[Span]:
    """How far the repo has been read."""
    return [(f"reading {done} of {total}" if total else "reading", "edited")]


def head_line(
    title: str, branch: str, beside: Sequence[Span], ways: Sequence[Sequence[Span]], width: int
) -> tuple[list[Span], Sequence[Span]]:
    """Both ends of the header: program, repo and branch, and the first of the `ways` to tell the counts that leaves the
    branch whole in `width` cells, since it is shown nowhere else. Where none does, the program's name gives way, then
    the middle of the branch.
    """
    left: list[Span] = [("rea-xcom-tui", "title")]
    left += [(f"  {harmless(title)}", "strong")] if title else []
    if not branch:
        return left, ways[0]
    name = harmless(branch)
    used = line_width([*left, *beside]) + len("  ⎇ ") + _GAP
    if title and used + cell_len(name) + min(map(line_width, ways)) > width:
        left = [(harmless(title), "strong")]  # everybody knows which program this is
        used = line_width([*left, *beside]) + len("  ⎇ ") + _GAP
    right = next((way for way in ways if used + cell_len(name) + line_width(way) <= width), ways[-1])
    name = shorten(name, max(_LEAST_BRANCH, width - used - line_width(right)), "middle")
    return [*left, (f"  ⎇ {name}", ""), *beside], right


class Counts(msgspec.Struct, frozen=True):
    """How many deployments there are, and how many of them something is the matter with."""

    deployments: int
    problems: int
    unreadable: int
    drifted: int
    uncommitted: int = 0
    """Files that were written here and are in no commit yet."""

    def words(self, pending: Pending, *, short: bool) -> list[Span]:
        """The counts that are not zero; `short` tells them by their signs."""
        edited = len(pending.changed)
        declared = [*map(type, pending.edits)].count(Declare)
        told: list[tuple[int, str, str, str]] = [
            (self.problems, "!", "with problems", "invalid"),
            (self.unreadable, "?", "unreadable", "unreadable"),
            (self.drifted, "≠", "drifted", "drift"),
            (edited, "~", "edited", "edited"),
            (declared, "baseline ~", "for the baseline", "edited"),
            (pending.held, "○", "left out", "edited"),
            (self.uncommitted, UNCOMMITTED, "uncommitted", "drift"),
        ]
        spans: list[Span] = [(plural(self.deployments, "deployment"), "")]
        for count, glyph, words, style in told:
            if count:
                spans += [(" · ", "quiet"), (f"{glyph}{count}" if short else f"{count} {words}", style)]
        return spans
