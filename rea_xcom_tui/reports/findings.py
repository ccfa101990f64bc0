"""The findings of the rules as text, JSON, Markdown, SARIF, GitHub annotations and JUnit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from rea_xcom_tui.fleet.edit.extents import Extent
from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.reports import junit_github
from rea_xcom_tui.reports.comment import Section, comment
from rea_xcom_tui.reports.machine import SCHEMA, dump, finding_object
from rea_xcom_tui.reports.marks import About, Case, Failure, Mark
from rea_xcom_tui.reports.sarif import sarif
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import SEVERITIES, Finding, Severity, as_grave_as

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.history.changed_since import FindingsSince

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
    since: FindingsSince | None = None
    """What was before, where only what a branch touches was checked."""
    extents: Mapping[tuple[str, Finding], Extent] = field(default_factory=dict)
    """Where findings end and what fixes them, for formats that tell it; by the deployment's id and the finding."""

    @classmethod
    def of_branch(cls, fleet: Fleet, since: FindingsSince) -> Report:
        """The report of what a branch touches."""
        return cls(fleet, since.rows, since.unreadable, len(since.looked_at), since)

    def status(self, deployment: Deployment, finding: Finding) -> str:
        """`new`, `remaining`, or an empty text where nothing is compared."""
        return "" if self.since is None else _status((deployment.id, finding) in self.since.remaining)

    def status_of_file(self, file: UnreadableFile) -> str:
        """The same of a file that cannot be read."""
        return "" if self.since is None else _status(file.file in self.since.remaining_files)

    def new(self) -> Report:
        """The report without what was there before; the same where nothing is compared."""
        if self.since is None:
            return self
        rows = [row for row in self.rows if (row[0].id, row[1]) not in self.since.remaining]
        files = [file for file in self.unreadable if file.file not in self.since.remaining_files]
        return replace(self, rows=rows, unreadable=files)

    def count(self, severity: Severity) -> int:
        """How many findings have this severity; an unreadable file is an error."""
        number = sum([finding.severity == severity for _, finding in self.rows])
        return number + (len(self.unreadable) if severity == "error" else 0)

    def levels(self) -> list[Severity]:
        """The severities that something new reaches."""
        new = self.new()
        return [level for level in SEVERITIES if new.at_least(level)]

    def at_least(self, level: Severity) -> bool:
        """True when anything is as grave as `level`, or graver."""
        return any(self.count(severity) for severity in as_grave_as(level))


def _status(remains: bool) -> str:
    return "remaining" if remains else "new"


def text(report: Report) -> str:
    """The findings for people, grouped by deployment."""
    lines: list[str] = []
    last = ""
    for deployment, finding in report.rows:
        if deployment.id != last:
            lines += [*([""] if lines else []), f"{clean(deployment.name)}  ({clean(deployment.id)})"]
            last = deployment.id
        told = [report.status(deployment, finding), "fix" if finding.fix else ""]
        fix = "".join(f"  [{word}]" for word in told if word)
        where = deployment.file_at(finding.layer)
        place = f"{clean(where)}:" if where != deployment.file else ""
        place += f"{finding.line}:{finding.column}"
        lines.append(f"  {place}  {finding.severity:<7}  {finding.code}  {clean(finding.message)}{fix}")
    for file in report.unreadable:
        lines += [*([""] if lines else []), clean(file.file)]
        status = f"  [{word}]" if (word := report.status_of_file(file)) else ""
        lines.append(f"  {file.line}:{file.column}  error    {UNREADABLE_CODE}  {clean(file.message)}{status}")
    if report.since is not None and (fixed := _fixed(report.since)):
        lines += [*([""] if lines else []), "fixed:"]
        lines += [f"  {one.severity:<7}  {one.code}  {clean(one.subject)}: {clean(one.message)}" for one in fixed]
    return "\n".join([*lines, *([""] if lines else []), summary(report)])


def summary(report: Report) -> str:
    """One sentence on what was found."""
    counts = [plural(report.count(severity), severity) for severity in SEVERITIES if report.count(severity)]
    found = ", ".join(counts) or "nothing found"
    said = f"{found} in {plural(report.deployments, 'deployment')}"
    if report.since is None:
        return said
    new = report.new()
    fresh = len(new.rows) + len(new.unreadable)
    old = len(report.rows) + len(report.unreadable) - fresh
    gone = len(report.since.fixed) + len(report.since.readable)
    touched = f"{said} touched since {clean(report.since.ref)} ({report.since.base[:7]})"
    return f"{touched}: {fresh} new, {gone} fixed, {old} remaining"


def as_json(report: Report) -> str:
    """The JSON of the contract."""
    findings = [{"deployment": d.id, **finding_object(d, f), **_told(report.status(d, f))} for d, f in report.rows]
    findings += [
        {"deployment": None, **_unreadable_object(file), **_told(report.status_of_file(file))}
        for file in report.unreadable
    ]
    counts: dict[str, int] = {severity: report.count(severity) for severity in SEVERITIES}
    data: dict[str, Any] = {"schema": SCHEMA, "findings": findings}
    if report.since is not None:
        since = report.since
        fixed = [{"deployment": d.id, **finding_object(d, f)} for d, f in since.fixed]
        fixed += [{"deployment": None, **_unreadable_object(file)} for file in since.readable]
        data |= {"fixed": fixed, "since": {"ref": since.ref, "merge_base": since.base}}
    return dump({**data, "summary": {**counts, "deployments": report.deployments}})


def _told(status: str) -> dict[str, str]:
    return {"status": status} if status else {}


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
    """The findings as a comment on a pull request; what is new in front where a branch is judged."""
    if report.since is None:
        return comment("check", summary(report), [_section("", marks(report))])
    new = report.new()
    old = _marks([(d, f) for d, f in report.rows if report.status(d, f) == "remaining"])
    old += _unreadable_marks([file for file in report.unreadable if report.status_of_file(file) == "remaining"])
    sections = [_section("new", marks(new)), _section("fixed", _fixed(report.since), folded=True)]
    return comment("check", summary(report), [*sections, _section("remaining", old, folded=True)])


def _section(title: str, found: Sequence[Mark], *, folded: bool = False) -> Section:
    rows = [(m.severity, m.code, clean(m.subject), f"{clean(m.file)}:{m.line}", clean(m.message)) for m in found]
    return Section(title, ("severity", "code", "deployment", "place", "message"), rows, folded)


def marks(report: Report) -> list[Mark]:
    """Each finding and each unreadable file at its place, in the order of the report."""
    found = []
    for mark, (deployment, finding) in zip(_marks(report.rows), report.rows, strict=True):
        extent = report.extents.get((deployment.id, finding))
        found.append(mark if extent is None else replace(mark, end=extent.end, fix=extent.fix))
    return [*found, *_unreadable_marks(report.unreadable)]


def _marks(rows: Sequence[tuple[Deployment, Finding]]) -> list[Mark]:
    return [
        Mark(f.code, title(f.code), f.severity, f.message, d.file_at(f.layer), f.line, f.column, d.id) for d, f in rows
    ]


def _unreadable_marks(files: Sequence[UnreadableFile]) -> list[Mark]:
    words = title(UNREADABLE_CODE)
    return [Mark(UNREADABLE_CODE, words, "error", u.message, u.file, u.line, u.column, u.file) for u in files]


def _fixed(since: FindingsSince) -> list[Mark]:
    return [*_marks(since.fixed), *_unreadable_marks(since.readable)]


def title(code: str) -> str:
    """What a rule is about, in a few words."""
    from rea_xcom_tui.xcom.rules import families

    rule = families.find(code)
    return rule.title if rule is not None else "The file cannot be read"


def _about(code: str) -> About | None:
    from rea_xcom_tui.xcom.rules import families
    from rea_xcom_tui.xcom.rules.pages import explain

    rule = families.find(code)
    if rule is None:
        return None
    return About(rule.name, rule.severity, rule.what, explain(rule.code), rule.family)


def junit(report: Report) -> str:
    """JUnit XML with one test case for each deployment; every finding is a failure of it."""
    found: dict[str, list[Failure]] = {}
    for mark in marks(report):
        own = mark.subject.partition("#")[0].partition("?")[0] == mark.file
        detail = f"{mark.severity} at {'line ' if own else f'{mark.file}:'}{mark.line}"
        found.setdefault(mark.subject, []).append(Failure(mark.code, mark.message, detail))
    looked_at = [*sorted({d.id for d in report.fleet.deployments}), *(file.file for file in report.unreadable)]
    return junit_github.junit("rea-xcom-tui", "check", [Case(id_, tuple(found.get(id_, ()))) for id_ in looked_at])


FORMATS: dict[str, Callable[[Report], str]] = {
    "text": text,
    "json": as_json,
    "sarif": lambda report: sarif(marks(report), _about),
    "github": lambda report: junit_github.github([replace(m, message=f"{m.code} {m.message}") for m in marks(report)]),
    "junit": junit,
    "markdown": markdown,
}
"""The formats of `check` by name."""
