"""A review as text for people, JSON, and a comment on the pull request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rea_xcom_tui.fleet.campaign.review import Review, Reviewed
from rea_xcom_tui.fleet.qualified import belongs, within
from rea_xcom_tui.reports.changes import worded
from rea_xcom_tui.reports.comment import Section, comment
from rea_xcom_tui.reports.findings import UNREADABLE_CODE
from rea_xcom_tui.reports.machine import SCHEMA, dump, finding_object
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.drift import Deviation


def text(found: Review) -> str:
    """The review for people: the verdict last, where a terminal leaves the eye."""
    lines: list[str] = []
    last = ""
    for one in found.changes:
        if one.change.deployment != last:
            lines.append(clean(one.change.deployment))
            last = one.change.deployment
        lines.append(f"  {_change(one)}")
        lines += [f"    {clean(one.impact)}"] if one.impact and one.change.kind == "changed" else []
    for title, rows in _sections(found):
        if rows:
            lines += ["", f"{title}:", *(f"  {clean('  '.join(row))}" for row in rows)]
    parts = [summary(found.within(one.repo), one.repo) for one in found.repos]
    return "\n".join([*lines, *([""] if lines else []), *parts, summary(found)])


def summary(found: Review, repo: str = "") -> str:
    """What was compared with what, and the verdict, on one line; of one of several repos with its name."""
    base = f" ({found.base[:7]})" if found.base else f" in {plural(len(found.repos), 'repo')}"
    where = f"{clean(repo)}: " if repo else ""
    return f"{where}{clean(found.ref)} onto {clean(found.onto)}{base}: {found.verdict()}"


def _change(one: Reviewed) -> str:
    change = one.change
    if change.kind != "changed":
        return f"{change.kind}{f': {one.impact}' if one.impact else ''}"
    return f"{change.field}: {worded(change.old)} → {worded(change.new)}"


def _sections(found: Review) -> list[tuple[str, list[tuple[str, ...]]]]:
    since = found.findings
    new: list[tuple[str, ...]] = [
        (finding.severity, finding.code, deployment.id, finding.message)
        for deployment, finding in since.rows
        if (deployment.id, finding) not in since.remaining
    ]
    new += [
        ("error", UNREADABLE_CODE, file.file, file.message)
        for file in since.unreadable
        if file.file not in since.remaining_files
    ]
    fixed: list[tuple[str, ...]] = [(f.severity, f.code, d.id, f.message) for d, f in since.fixed]
    fixed += [("error", UNREADABLE_CODE, file.file, "can be read again") for file in since.readable]
    return [
        ("new findings", new),
        ("fixed findings", fixed),
        (f"drift added, against the {found.against}", _drift(found.made)),
        (f"drift resolved, against the {found.against}", _drift(found.healed)),
    ]


def _drift(deviations: Iterable[Deviation]) -> list[tuple[str, ...]]:
    return [
        (one.severity, one.field, one.deployment, f"expected {worded(one.expected)}, {one.reason}")
        for one in deviations
    ]


def markdown(found: Review) -> str:
    """The review as a comment on the pull request."""
    changes = [
        (
            one.change.deployment,
            one.change.field or one.change.kind,
            worded(one.change.old) if one.change.kind == "changed" else "",
            worded(one.change.new) if one.change.kind == "changed" else "",
            one.impact,
        )
        for one in found.changes
    ]
    header = ("severity", "code", "deployment", "message")
    sections = [Section("changed", ("deployment", "field", "before", "after", "impact"), changes)]
    for title, rows in _sections(found):
        columns = ("severity", "field", "deployment", "expected") if title.startswith("drift") else header
        sections.append(Section(title, columns, rows, folded="fixed" in title or "resolved" in title))
    parts = [(one.repo, found.within(one.repo).verdict()) for one in found.repos]
    if parts:
        sections.insert(0, Section("by repo", ("repo", "verdict"), parts))
    return comment("review", f"**{clean(found.verdict())}**", sections)


def as_json(found: Review) -> str:
    """The review as plain data, see `schema review`."""
    since = found.findings
    return dump(
        {
            "schema": SCHEMA,
            "ref": found.ref,
            **(_repos(found) if found.repos else _compared(found)),
            "verdict": _verdict(found),
            "changes": [{**_change_object(one), **_repo(found, one.change.deployment)} for one in found.changes],
            "findings": {
                "new": [
                    {"deployment": d.id, **finding_object(d, f), **_repo(found, d.id)}
                    for d, f in since.rows
                    if (d.id, f) not in since.remaining
                ]
                + [_torn(found, u.file, u.message) for u in since.unreadable if u.file not in since.remaining_files],
                "fixed": [{"deployment": d.id, **finding_object(d, f), **_repo(found, d.id)} for d, f in since.fixed]
                + [_torn(found, u.file, u.message) for u in since.readable],
                "remaining": len(since.remaining) + len(since.remaining_files),
            },
            "drift": {
                "against": found.against or None,
                "made": [{**_deviation(one), **_repo(found, one.deployment)} for one in found.made],
                "healed": [{**_deviation(one), **_repo(found, one.deployment)} for one in found.healed],
            },
            "notes": list(found.notes),
        }
    )


def _compared(found: Review) -> dict[str, Any]:
    return {"commit": found.commit, "onto": found.onto, "merge_base": found.base}


def _verdict(found: Review) -> dict[str, Any]:
    return {"level": found.level, "text": found.verdict(), "in_flight": list(found.in_flight)}


def _repos(found: Review) -> dict[str, Any]:
    """What is in the place of what is compared, where several repos are: each with its own verdict."""
    parts = ((one.repo, found.within(one.repo)) for one in found.repos)
    return {"repos": [{"repo": repo, **_compared(part), "verdict": _verdict(part)} for repo, part in parts]}


def _repo(found: Review, name: str) -> dict[str, Any]:
    """The repo of an id or file, where several are compared."""
    repo = name.partition(":")[0]
    return {"repo": repo} if found.repos and belongs(repo, name) else {}


def _change_object(one: Reviewed) -> dict[str, Any]:
    change = one.change
    return {
        "deployment": change.deployment,
        "kind": change.kind,
        "field": change.field or None,
        "old": change.old,
        "new": change.new,
        "old_state": change.old_state,
        "new_state": change.new_state,
        "impact": one.impact or None,
    }


def _torn(found: Review, file: str, message: str) -> dict[str, Any]:
    mine = _repo(found, file)
    path = within(mine.get("repo", ""), file)
    return {"deployment": None, "code": UNREADABLE_CODE, "severity": "error", "file": path, "message": message, **mine}


def _deviation(one: Deviation) -> dict[str, Any]:
    return {
        "deployment": one.deployment,
        "field": one.field,
        "expected": one.expected,
        "actual": one.actual,
        "severity": one.severity,
        "reason": one.reason,
    }


FORMATS = {"text": text, "json": as_json, "markdown": markdown}
