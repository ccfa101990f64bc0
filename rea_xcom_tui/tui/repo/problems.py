"""The fleet's problems, grouped for the screen: pure functions from a fleet and its pending edits to lines."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import msgspec
from msgspec.structs import replace

from rea_xcom_tui.fleet.compare import beyond
from rea_xcom_tui.fleet.edit.pending import Key, Pending, fix_key
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.reports.findings import UNREADABLE_CODE
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.kit.fit import folded, harmless, pad, shorten
from rea_xcom_tui.tui.kit.styled_lines import Line, line_width
from rea_xcom_tui.xcom.model import SEVERITIES, Finding, Severity, as_grave_as

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.row import Ahead

Grouping = Literal["rule", "deployment"]

STANDING = "field"
"""Stands in place of a code where no rule speaks, because it is switched off, and the field is wrong all the same."""

_GLYPHS: dict[Severity, tuple[str, str]] = {
    "error": ("!", "invalid"),
    "warning": ("▲", "edited"),
    "info": ("·", "quiet"),
}


class Problem(msgspec.Struct, frozen=True, gc=False):
    """One finding at one place. Names and messages are foreign text.

    A fleet may have more of them than deployments; a struct is made in a fifth of the time of a frozen data class.
    """

    deployment: str
    name: str
    file: str
    finding: Finding
    env: str = ""
    """The environment, which tells apart deployments of one name; foreign text."""
    pending: bool = False
    """Whether a fix of it, or an edit of its field, is pending."""

    @property
    def readable(self) -> bool:
        """Whether the file could be read, so that there is a cell to go to."""
        return self.finding.code != UNREADABLE_CODE


@dataclass(frozen=True, slots=True)
class Group:
    """Problems under one heading."""

    title: str
    severity: Severity
    problems: tuple[Problem, ...]


def problems_of(fleet: Fleet, pending: Pending, ahead: Ahead | None = None) -> list[Problem]:
    """Every problem of a fleet, unreadable files first, then by deployment and line.

    With `ahead`, the fleet as it will be, what pending edits bring is among them, and what they take away is marked.
    """
    keys = {edit.key for edit in pending.edits}
    touched = {edit.deployment for edit in pending.edits}
    found = [
        Problem(
            file.file, file.file, file.file, Finding(UNREADABLE_CODE, "error", file.message, file.line, file.column)
        )
        for file in fleet.unreadable
    ]
    for deployment in fleet.deployments:
        then = ahead.of(deployment.id, pending) if ahead is not None else None
        name, env = fleet.name_beside_env(deployment), deployment.env or ""
        if then is None and deployment.id not in touched:  # as nearly all
            for finding in (*deployment.findings, *_untold(deployment)):
                found.append(Problem(deployment.id, name, deployment.file_at(finding.layer), finding, env))
            continue
        for finding, settled in _judged(deployment, then, keys):
            found.append(Problem(deployment.id, name, deployment.file_at(finding.layer), finding, env, settled))
    return found


def _judged(deployment: Deployment, then: Deployment | None, keys: Set[Key]) -> Iterator[tuple[Finding, bool]]:
    """What is found in a deployment, and whether something pending takes it away."""
    now = (*deployment.findings, *_untold(deployment))
    if then is None:
        for finding in now:
            yield finding, not keys.isdisjoint({fix_key(deployment.id, finding), (deployment.id, finding.field or "")})
        return
    later = (*then.findings, *_untold(then))
    gone = beyond(now, later)
    for finding in now:
        yield finding, any(finding is one for one in gone)
    for finding in beyond(later, now):
        yield replace(finding, fix=()), False  # a fix is made in the file as it is, where this is not found yet


def _untold(deployment: Deployment) -> Iterator[Finding]:
    """Fields that do not stand as they should and that no finding describes."""
    if deployment.config.shape_problem and not deployment.findings:
        yield Finding(STANDING, "error", deployment.config.shape_problem, 1, 1)
    wrong = [reading for reading in deployment.config.fields.values() if reading.state in ("invalid", "conflict")]
    told = {finding.field for finding in deployment.findings} if wrong else set()
    for reading in wrong:
        if reading.name not in told:
            line, column = (reading.place.line, reading.place.column) if reading.place else (1, 1)
            problem = reading.problem or f"{reading.name} is {reading.state}"
            yield Finding(STANDING, "error", problem, line, column, reading.name)


def at_least(problems: Sequence[Problem], severity: Severity) -> list[Problem]:
    """Those as grave as `severity`, or graver."""
    wanted = as_grave_as(severity)
    return [problem for problem in problems if problem.finding.severity in wanted]


def counts(problems: Sequence[Problem]) -> Counter[Severity]:
    """How many there are of each severity."""
    return Counter(problem.finding.severity for problem in problems)


def grouped(problems: Sequence[Problem], by: Grouping) -> list[Group]:
    """Problems by rule, the gravest and most frequent first, or by deployment."""
    members: dict[str, list[Problem]] = {}
    for problem in problems:
        key = problem.finding.code if by == "rule" else problem.deployment
        members.setdefault(key, []).append(problem)
    groups = [
        Group(_title(found, by), min((p.finding.severity for p in found), key=SEVERITIES.index), tuple(found))
        for found in members.values()
    ]
    if by == "rule":
        groups.sort(key=lambda group: (SEVERITIES.index(group.severity), -len(group.problems), group.title))
    return groups


def _title(found: Sequence[Problem], by: Grouping) -> str:
    first = found[0]
    if by == "deployment":
        env = f"  {first.env}" if first.env else ""
        return first.name if first.name == first.file else f"{first.name}{env}  {first.file}"
    return f"{first.finding.code}  {rule_title(first.finding.code)}"


def rule_title(code: str) -> str:
    """What is wrong, in a few words."""
    from rea_xcom_tui.xcom.rules.families import find

    rule = find(code)
    if rule is not None:
        return rule.title
    return "the file cannot be read" if code == UNREADABLE_CODE else "the field is not as Airflow needs it"


def heading_line(group: Group, width: int) -> Line:
    """The line over a group."""
    glyph, style = _GLYPHS[group.severity]
    count = f"  {len(group.problems)}"
    text = shorten(harmless(group.title), width - len(count) - 2)
    return [(f"{glyph} ", style), (text, "strong"), (count, style)]


def alone_line(group: Group, width: int) -> Line:
    """The line of a rule that has found one thing: heading and problem in one."""
    problem = group.problems[0]
    finding = problem.finding
    glyph, style = ("~", "edited") if problem.pending else _GLYPHS[finding.severity]
    note = _note(problem)
    code = f"{finding.code}  "
    head = _place(problem, width)
    text = shorten(harmless(finding.message), max(8, width - 2 - len(code) - line_width([(head, "")]) - 2 - len(note)))
    return [(f"{glyph} ", style), (code, "strong"), (f"{head}  ", ""), (text, ""), (note, "quiet")]


def _place(problem: Problem, width: int) -> str:
    """Whose problem it is, in which environment, and in which line."""
    room, env_room = max(14, min(34, width // 3)), 8 if width >= 48 else 0
    line = f":{problem.finding.line}" if problem.finding.line else ""
    if not problem.readable:
        size = room + (env_room and env_room + 1)
        return pad(shorten(harmless(f"{problem.file}{line}"), size, "start"), size)
    name = shorten(harmless(problem.name), room - len(line), "middle")
    env = f" {pad(shorten(harmless(problem.env), env_room), env_room)}" if env_room else ""
    return f"{pad(f'{name}{line}', room)}{env}"


def _note(problem: Problem) -> str:
    return "  pending" if problem.pending else "  f fixes" if problem.finding.fix else ""


def problem_line(problem: Problem, by: Grouping, width: int) -> Line:
    """The line of one problem under its heading."""
    finding = problem.finding
    glyph, style = ("~", "edited") if problem.pending else _GLYPHS[finding.severity]
    head = _place(problem, width) if by == "rule" else pad(f"{finding.code}:{finding.line}", 12)
    note = _note(problem)
    text = shorten(harmless(finding.message), max(8, width - line_width([(head, "")]) - 6 - len(note)))
    return [(f"  {glyph} ", style), (f"{head}  ", "" if by == "rule" else "quiet"), (text, ""), (note, "quiet")]


def detail_lines(problem: Problem | None, group: Group | None, width: int) -> list[Line]:
    """The problem in full, and the page of its rule."""
    if problem is None and group is None:
        return []
    shown = problem or (group.problems[0] if group else None)
    lines: list[Line] = []
    if problem is not None:
        finding = problem.finding
        lines += _wrapped(f"{finding.code} {finding.severity}: {finding.message}", width, _GLYPHS[finding.severity][1])
        place = folded(harmless(f"{problem.file}:{finding.line}:{finding.column}"), max(10, width))
        lines += [[(line, "quiet")] for line in place]
        if problem.pending:
            lines += _wrapped("~ A fix or an edit of it is pending; d shows the lines.", width, "edited")
        elif finding.fix:
            lines += _wrapped("f fixes it: the change is shown as pending before anything is written.", width, "good")
        lines.append([])
    elif group is not None:
        fixable = sum(bool(p.finding.fix) and not p.pending for p in group.problems)
        words = f"{plural(len(group.problems), 'finding')}, {fixable} with an automatic fix"
        lines += [*_wrapped(words, width, "strong"), []]
    return [*lines, *_page(shown.finding.code if shown else "", width)]


def _page(code: str, width: int) -> list[Line]:
    from rea_xcom_tui.xcom.rules.families import find

    rule = find(code)
    if rule is None:
        text = "No tool that reads YAML can read this file, and neither can Helm. Fix it by hand; R reads it again."
        return _wrapped(text if code == UNREADABLE_CODE else "Edit the cell (Enter goes there).", width, "")
    lines = _wrapped(f"{rule.code} {rule.name}: {rule.title}.", width, "title")
    for title, text in (("When", rule.what), ("Why it matters", rule.why), ("Versions", rule.versions)):
        if text:
            lines += [[], [(title, "strong")], *_wrapped(text.replace("`", ""), width, "")]
    for title, text in (("Wrong", rule.wrong), ("Right", rule.right)):
        example = [[(shorten(harmless(f"  {line}"), width), "quiet")] for line in text.rstrip("\n").split("\n")]
        lines += [[], [(title, "strong")], *example]
    return [*lines, [], [("Source", "strong")], *_wrapped(rule.source, width, "")]


def _wrapped(text: str, width: int, style: str) -> list[Line]:
    return [[(line, style)] for line in textwrap.wrap(harmless(text), max(10, width))]
