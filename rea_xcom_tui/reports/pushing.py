"""A push in words, and the change table for the description of its pull request."""

from __future__ import annotations

from rea_xcom_tui.fleet.actions.push import Pushed, PushPlan
from rea_xcom_tui.reports.changes import semantic_markdown
from rea_xcom_tui.text import clean, plural

_MOST_COMMITS = 10


def plan_lines(plan: PushPlan) -> list[str]:
    """What would be pushed, and where to: one line for each fact."""
    going = plan.outgoing
    where = "a new branch there" if not going.known else f"{len(going.commits)} ahead, {going.behind} behind"
    lines = [f"push {clean(going.branch)} to {clean(going.remote)} ({clean(plan.url)}): {where}"]
    for commit in going.commits[:_MOST_COMMITS]:
        lines.append(f"  {commit.oid[:10]}  {clean(commit.author, 24)}  {clean(commit.subject, 100)}")
    if len(going.commits) > _MOST_COMMITS:
        lines.append(f"  and {plural(len(going.commits) - _MOST_COMMITS, 'more commit')}")
    return lines


def result_line(pushed: Pushed) -> str:
    """What became of the push."""
    words = {"new": "is a new branch on", "updated": "is updated on", "up-to-date": "was up to date on"}
    result = pushed.result
    return f"{clean(result.branch)} {words[result.status]} {clean(result.remote)}"


def description(plan: PushPlan) -> str:
    """The change table as Markdown, for the description of a pull request; empty where no setting changes."""
    return semantic_markdown(plan.changes) if plan.changes else ""
