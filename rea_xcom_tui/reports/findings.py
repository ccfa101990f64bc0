"""The findings of the rules as text, JSON, Markdown, SARIF, GitHub annotations and JUnit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.reports import junit_github
from rea_xcom_tui.reports.machine import SCHEMA, dump, finding_object
from rea_xcom_tui.reports.marks import Case, Failure, Mark
from rea_xcom_tui.reports.sarif import sarif
from rea_xcom_tui.reports.tables import markdown_table
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import Finding, Severity

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From the gravest to the mildest."""

UNREADABLE_CODE = "XC000"
"""The code of a file that should be agent values and cannot be read; Helm could not read it either."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found, ready to be printed in any format."""

    fleet: Fleet
    rows: Sequence[tuple[Deployment, Finding]]
    unreadable: Sequence[UnreadableFile]
    deployments: int
    """How many deployments were checked."""

    def count(self, severity: Severity) -> int:
        """How many findings have this severity; an unreadable file is an error."""
        number = sum(finding.severity == severity for _, finding in self.rows)
        return number + (len(self.unreadable) if severity == "error" else 0)

    def at_least(self, level: Severity) -> bool:
        """True when anything is as grave as `level`, or graver."""
        return any(self.count(severity) for severity in SEVERITIES[: SEVERITIES.index(level) + 1])


def text(report: Report) -> str:
    """The findings for people, grouped by deployment."""
    lines: list[str] = []
    last = ""
    for deployment, finding in report.rows:
        if deployment.id != last:
            lines += [*([""] if lines else []), f"{clean(deployment.name)}  ({clean(deployment.id)})"]
            last = deployment.id
        fix = "  [fix]" if finding.fix else ""
        lines.append(
            f"  {finding.line}:{finding.column}  {finding.severity:<7}  {finding.code}  {clean(finding.message)}{fix}"
        )
    for file in report.unreadable:
        lines += [*([""] if lines else []), clean(file.file)]
        lines.append(f"  {file.line}:{file.column}  error    {UNREADABLE_CODE}  {clean(file.message)}")
    return "\n".join([*lines, *([""] if lines else []), summary(report)])


def summary(report: Report) -> str:
    """One sentence on what was found."""
    counts = [plural(report.count(severity), severity) for severity in SEVERITIES if report.count(severity)]
    found = ", ".join(counts) or "nothing found"
    return f"{found} in {plural(report.deployments, 'deployment')}"


def as_json(report: Report) -> str:
    """The JSON of the contract."""
    findings = [{"deployment": d.id, **finding_object(d, f)} for d, f in report.rows]
    findings += [{"deployment": None, **_unreadable_object(file)} for file in report.unreadable]
    counts: dict[str, int] = {severity: report.count(severity) for severity in SEVERITIES}
    return dump({"schema": SCHEMA, "findings": findings, "summary": {**counts, "deployments": report.deployments}})


def _unreadable_object(file: UnreadableFile) -> dict[str, Any]:
    return {
        "code": UNREADABLE_CODE,
        "severity": "error",
        "field": None,
        "message": file.message,
        "file": file.file,
        "line": file.line,
        "column": file.column,
    }


def markdown(report: Report) -> str:
    """The findings as a Markdown table, such as for a comment on a pull request."""
    rows = [
        (f.severity, f.code, clean(d.name), f"{clean(d.file_at(f.layer))}:{f.line}", clean(f.message))
        for d, f in report.rows
    ]
    rows += [
        ("error", UNREADABLE_CODE, "", f"{clean(file.file)}:{file.line}", clean(file.message))
        for file in report.unreadable
    ]
    table = markdown_table(("severity", "code", "deployment", "place", "message"), rows) if rows else ""
    return f"{table}\n\n{summary(report)}".lstrip()


def marks(report: Report) -> list[Mark]:
    """Each finding and each unreadable file at its place, in the order of the report."""
    return [
        *(
            Mark(f.code, title(f.code), f.severity, f.message, d.file_at(f.layer), f.line, f.column, d.id)
            for d, f in report.rows
        ),
        *(
            Mark(UNREADABLE_CODE, title(UNREADABLE_CODE), "error", u.message, u.file, u.line, u.column, u.file)
            for u in report.unreadable
        ),
    ]


def title(code: str) -> str:
    """What a rule is about, in a few words."""
    from rea_xcom_tui.xcom.rules import registry

    rule = registry.find(code)
    return rule.title if rule is not None else "The file cannot be read"


def junit(report: Report) -> str:
    """JUnit XML with one test case for each deployment; every finding is a failure of it."""
    found: dict[str, list[Failure]] = {}
    for mark in marks(report):
        detail = f"{mark.severity} at line {mark.line}"
        found.setdefault(mark.subject, []).append(Failure(mark.code, mark.message, detail))
    looked_at = [*sorted({d.id for d in report.fleet.deployments}), *(file.file for file in report.unreadable)]
    return junit_github.junit("rea-xcom-tui", "check", [Case(id_, tuple(found.get(id_, ()))) for id_ in looked_at])


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "json": as_json,
    "sarif": lambda report: sarif(marks(report)),
    "github": lambda report: junit_github.github([replace(m, message=f"{m.code} {m.message}") for m in marks(report)]),
    "junit": junit,
    "markdown": markdown,
}
"""The formats of `check` by name."""
