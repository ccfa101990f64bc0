"""What the right end of the fleet's header tells: how many deployments there are, and what is the matter with them."""

from __future__ import annotations

from dataclasses import dataclass

from rea_xcom_tui.fleet.edit.pending import Declare, Pending
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.kit.styled_lines import Span

READ_ONLY: tuple[Span, ...] = (("  ", ""), (" read-only ", "here"))


def reading_words(done: int, total: int) -> list[Span]:
    """How far the repo has been read."""
    return [(f"reading {done} of {total}" if total else "reading", "edited")]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many deployments there are, and how many of them something is the matter with."""

    deployments: int
    problems: int
    unreadable: int
    drifted: int
    uncommitted: int = 0
    """Files that were written here and are in no commit yet."""

    def words(self, pending: Pending, *, short: bool) -> list[Span]:
        """The counts that are not zero; `short` tells them by their signs."""
        edited = len({edit.deployment for edit in pending.edits if not isinstance(edit, Declare)})
        declared = sum(isinstance(edit, Declare) for edit in pending.edits)
        told: list[tuple[int, str, str, str]] = [
            (self.problems, "!", "with problems", "invalid"),
            (self.unreadable, "?", "unreadable", "unreadable"),
            (self.drifted, "≠", "drifted", "drift"),
            (edited, "~", "edited", "edited"),
            (declared, "yaml~", "for the baseline", "edited"),
            (pending.held, "○", "left out", "edited"),
            (self.uncommitted, "●", "uncommitted", "drift"),
        ]
        spans: list[Span] = [(plural(self.deployments, "deployment"), "")]
        for count, glyph, words, style in told:
            if count:
                spans += [(" · ", "quiet"), (f"{glyph}{count}" if short else f"{count} {words}", style)]
        return spans
