"""The findings of the rules as text, JSON, Markdown, SARIF, GitHub annotations and JUnit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.reports.machine import SCHEMA, dump, finding_object
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


def github(report: Report) -> str:
    """GitHub's workflow commands, which annotate the lines of a pull request."""
    kinds = {"error": "error", "warning": "warning", "info": "notice"}
    lines = [
        _github(kinds[f.severity], d.file_at(f.layer), f.line, f.column, f"{f.code} {f.message}")
        for d, f in report.rows
    ]
    lines += [
        _github("error", file.file, file.line, file.column, f"{UNREADABLE_CODE} {file.message}")
        for file in report.unreadable
    ]
    return "\n".join(lines)


def _github(kind: str, file: str, line: int, column: int, message: str) -> str:
    def data(value: str) -> str:
        return clean(value).replace("%", "%25")

    def option(value: str) -> str:
        return data(value).replace(":", "%3A").replace(",", "%2C")

    return f"::{kind} file={option(file)},line={max(line, 1)},col={max(column, 1)}::{data(message)}"


def sarif(report: Report) -> str:
    """SARIF 2.1.0, as code-scanning services take it."""
    from rea_xcom_tui import __version__

    levels = {"error": "error", "warning": "warning", "info": "note"}
    results = [
        _sarif_result(f.code, levels[f.severity], f.message, d.file_at(f.layer), f.line, f.column)
        for d, f in report.rows
    ]
    results += [
        _sarif_result(UNREADABLE_CODE, "error", file.message, file.file, file.line, file.column)
        for file in report.unreadable
    ]
    codes = sorted({str(result["ruleId"]) for result in results})
    driver = {
        "name": "rea-xcom-tui",
        "version": __version__,
        "rules": [{"id": code, "shortDescription": {"text": _title(code)}} for code in codes],
    }
    return dump(
        {
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
            "version": "2.1.0",
            "runs": [{"tool": {"driver": driver}, "results": results}],
        }
    )


def _sarif_result(code: str, level: str, message: str, file: str, line: int, column: int) -> dict[str, Any]:
    from urllib.parse import quote

    region = {"startLine": max(line, 1), "startColumn": max(column, 1)}
    place = {"artifactLocation": {"uri": quote(file), "uriBaseId": "%SRCROOT%"}, "region": region}
    return {
        "ruleId": code,
        "level": level,
        "message": {"text": clean(message)},
        "locations": [{"physicalLocation": place}],
    }


def _title(code: str) -> str:
    from rea_xcom_tui.xcom.rules import registry

    rule = registry.find(code)
    return rule.title if rule is not None else "The file cannot be read"


def junit(report: Report) -> str:
    """JUnit XML with one test case for each deployment; every finding is a failure of it."""
    by_id: dict[str, list[Finding]] = {}
    for deployment, finding in report.rows:
        by_id.setdefault(deployment.id, []).append(finding)
    cases = [_junit_case(id_, by_id.get(id_, [])) for id_ in sorted({d.id for d in report.fleet.deployments})]
    broken = [
        _junit_case(file.file, [Finding(UNREADABLE_CODE, "error", file.message, file.line, file.column)])
        for file in report.unreadable
    ]
    failures = len(report.rows) + len(report.unreadable)
    head = f'<testsuite name="rea-xcom-tui" tests="{len(cases) + len(broken)}" failures="{failures}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, *broken, "</testsuite>"])


def _junit_case(name: str, findings: Sequence[Finding]) -> str:
    body = "".join(
        f"<failure type={quoteattr(f.code)} message={quoteattr(clean(f.message))}>"
        f"{escape(f'{f.severity} at line {f.line}')}</failure>"
        for f in findings
    )
    return f'  <testcase classname="check" name={quoteattr(clean(name))}>{body}</testcase>'


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "json": as_json,
    "sarif": sarif,
    "github": github,
    "junit": junit,
    "markdown": markdown,
}
"""The formats of `check` by name."""
