"""Running the rules over one deployment, and over a fleet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec
from msgspec.structs import replace

from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.model import Configuration, Finding, Node
from rea_xcom_tui.xcom.rules import families
from rea_xcom_tui.xcom.rules.fleet import FLEET_CODES
from rea_xcom_tui.xcom.rules.fleet_facts import row_of
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.rules.ignores import Comment, find_comments
from rea_xcom_tui.xcom.rules.policy import POLICY_CODE, policy_findings
from rea_xcom_tui.xcom.rules.settings import Ignore, RuleContext, RuleSettings
from rea_xcom_tui.xcom.rules.shape import shape_of
from rea_xcom_tui.xcom.rules.subject import Subject, name_node

_LONGEST = 400  # letters of a message; names in it come from the file and may have any length

Used = tuple[int, int, str]
"""An ignore comment by its layer and line, and a code that it has accepted."""


class Accepted(msgspec.Struct, frozen=True):
    """A finding that an ignore accepts, and who says so."""

    finding: Finding
    reason: str
    ignore: Ignore | None = None
    """The repo's ignore; None where a comment in the file accepts it."""


class Judgement(msgspec.Struct, frozen=True):
    """What the rules say about one deployment."""

    findings: tuple[Finding, ...]
    """In the order of the file."""
    accepted: tuple[Accepted, ...] = ()


def check(root: Node, config: Configuration, context: RuleContext) -> tuple[Finding, ...]:
    """What the rules find in one deployment, in the order of the file, ignores and severities applied."""
    return judge(root, config, context).findings


def judge(root: Node, config: Configuration, context: RuleContext) -> Judgement:
    """The same, together with the findings that an ignore accepts."""
    return _judged(Subject(root, config, context))


def survey(root: Node, config: Configuration, context: RuleContext) -> tuple[Judgement, FleetRow]:
    """What `judge` and `fleet_row` say, for less work than both; the row's id is the context's."""
    subject = Subject(root, config, context)
    return _judged(subject), row_of(context.id, subject)


def _judged(subject: Subject) -> Judgement:
    context = subject.context
    found = _run(subject)
    comments = find_comments(context)
    neighbours = _neighbours(subject) if comments else {}
    kept, accepted, used = _apply(found, comments, context, neighbours)
    kept += _comment_findings(comments, used, context)
    if len(kept) > 1:
        kept.sort(key=_order)
    return Judgement(tuple(kept), tuple(accepted))


def _order(finding: Finding) -> tuple[int, int, str]:
    return finding.line, finding.column, finding.code


def _run(subject: Subject) -> list[Finding]:
    settings = subject.context.settings
    found = []
    for rule, look in families.concerned(shape_of(subject), settings.off):
        for hit in look(subject):
            severity = settings.severities.get(rule.code) or hit.severity or rule.severity
            message = clean(hit.message, _LONGEST)
            field = rule.field or subject.field_at.get((hit.layer, hit.line, hit.column))
            found.append(Finding(rule.code, severity, message, hit.line, hit.column, field, hit.fix, hit.layer))
    if settings.policies and POLICY_CODE not in settings.off:
        found += [_with_severity(finding, settings) for finding in policy_findings(subject)]
    return found


def _with_severity(finding: Finding, settings: RuleSettings) -> Finding:
    return replace(finding, severity=settings.severities.get(finding.code, finding.severity))


def _neighbours(subject: Subject) -> dict[tuple[int, int], frozenset[int]]:
    """The lines of each env entry by layer and line: a comment beside its name speaks for its value too."""
    groups: dict[tuple[int, int], frozenset[int]] = {}
    for entry in subject.every_entry:
        named = name_node(entry)
        nodes = [named, entry.value or entry.value_from]
        lines = frozenset(node.line for node in nodes if node is not None and node.layer == named.layer)
        for line in lines:
            at = named.layer, line
            groups[at] = groups.get(at, frozenset()) | lines
    return groups


def _apply(
    found: list[Finding],
    comments: tuple[Comment, ...],
    context: RuleContext,
    neighbours: dict[tuple[int, int], frozenset[int]],
) -> tuple[list[Finding], list[Accepted], set[Used]]:
    if not comments and not context.settings.ignores:
        return found, [], set()
    kept: list[Finding] = []
    accepted: list[Accepted] = []
    used: set[Used] = set()
    for finding in found:
        lines = neighbours.get((finding.layer, finding.line), frozenset((finding.line,)))
        beside = (c for c in comments if c.layer == finding.layer and finding.code in c.codes and c.target in lines)
        comment = next(beside, None)
        if comment is not None:
            used.add((comment.layer, comment.line, finding.code))
        ignore = _repo_ignore(finding.code, context)
        if comment is not None and comment.active(context.today):
            accepted.append(Accepted(finding, comment.reason))
        elif ignore is not None:
            accepted.append(Accepted(finding, ignore.reason, ignore))
        else:
            kept.append(finding)
    return kept, accepted, used


def _repo_ignore(code: str, context: RuleContext) -> Ignore | None:
    for ignore in context.settings.ignores:
        if ignore.covers(code, context.file, context.id) and not ignore.expired(context.today):
            return ignore
    return None


def _comment_findings(comments: tuple[Comment, ...], used: set[Used], context: RuleContext) -> list[Finding]:
    found = []
    for comment in comments:
        for code, message in _complaints(comment, used, context):
            rule = families.find(code)
            if rule is not None and code not in context.settings.off:
                new = Finding(code, rule.severity, message, comment.line, comment.column, layer=comment.layer)
                found.append(_with_severity(new, context.settings))
    return found


def _complaints(comment: Comment, used: set[Used], context: RuleContext) -> Iterator[tuple[str, str]]:
    if comment.problem is not None:
        yield "XC903", f"this ignore comment {comment.problem}; it accepts nothing"
        return
    if not comment.reason:
        yield "XC903", f"ignore[{', '.join(comment.codes)}] gives no reason; say why the finding is accepted"
    for code in comment.codes:
        if families.find(code) is None:
            yield "XC903", f"ignore[{code}]: there is no rule with this code"
        elif (comment.layer, comment.line, code) not in used:
            if code not in FLEET_CODES | context.settings.off:
                yield "XC901", f"ignore[{code}] accepts nothing here; remove the comment"
        elif comment.expired(context.today):
            yield "XC902", f"ignore[{code}] ended on {comment.until}; fix the finding or give a new date"


def stale_ignores(settings: RuleSettings, accepted: Iterable[Accepted], today: date) -> tuple[str, ...]:
    """One sentence for each of the repo's ignores that has expired or accepted nothing in the whole fleet."""
    used = {accept.ignore for accept in accepted}
    sentences = []
    for ignore in settings.ignores:
        where = f" for {', '.join(ignore.files)}" if ignore.files else ""
        if ignore.expired(today):
            sentences.append(f"The ignore of {ignore.code}{where} ended on {ignore.until}: remove or renew it.")
        elif ignore not in used:
            sentences.append(f"The ignore of {ignore.code}{where} no longer accepts anything: remove it.")
    return tuple(sentences)
