"""Drift for other tools: SARIF, GitHub's annotations and JUnit, each difference at its own line."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from rea_xcom_tui import __version__
from rea_xcom_tui.fleet.drift.report import DriftReport
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.reports.changes import worded
from rea_xcom_tui.reports.machine import dump
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.drift import Deviation
from rea_xcom_tui.xcom.model import Severity

_GITHUB: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}
_SARIF: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}


@dataclass(frozen=True, slots=True)
class _Spot:
    """A difference with the place where it stands."""

    file: str
    line: int
    column: int
    message: str
    deviation: Deviation


def _spots(report: DriftReport, fleet: Fleet) -> list[_Spot]:
    return [_spot(deviation, fleet) for deviation in report.deviations]


def _spot(deviation: Deviation, fleet: Fleet) -> _Spot:
    deployment = fleet.by_id[deviation.deployment]
    place = deployment.field(deviation.field).place
    expected, actual = (worded(deviation.field, value) for value in (deviation.expected, deviation.actual))
    message = f"{deviation.field} is {actual}, expected {expected}: {clean(deviation.reason)}"
    line, column = (place.line, place.column) if place else (1, 1)
    file = deployment.file_at(place.layer) if place else deployment.file
    return _Spot(file, max(line, 1), max(column, 1), message, deviation)


def github(report: DriftReport, fleet: Fleet) -> str:
    """GitHub's workflow commands, which annotate the lines of a pull request."""
    return "\n".join(
        f"::{_GITHUB[spot.deviation.severity]} file={_option(spot.file)},line={spot.line},col={spot.column}"
        f"::{_data(spot.message)}"
        for spot in _spots(report, fleet)
    )


def _data(text: str) -> str:
    return clean(text).replace("%", "%25")


def _option(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def sarif(report: DriftReport, fleet: Fleet) -> str:
    """SARIF 2.1.0, as code-scanning services take it; each field is a rule."""
    spots = _spots(report, fleet)
    fields = sorted({spot.deviation.field for spot in spots})
    rules = [
        {"id": f"drift-{name}", "shortDescription": {"text": f"{name} differs from what it should be"}}
        for name in fields
    ]
    results = [
        {
            "ruleId": f"drift-{spot.deviation.field}",
            "level": _SARIF[spot.deviation.severity],
            "message": {"text": spot.message},
            "locations": [
                {
                    "physicalLocation": {
                        "artifactLocation": {"uri": quote(spot.file), "uriBaseId": "%SRCROOT%"},
                        "region": {"startLine": spot.line, "startColumn": spot.column},
                    }
                }
            ],
        }
        for spot in spots
    ]
    driver = {"name": "rea-xcom-tui", "version": __version__, "rules": rules}
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return dump({"$schema": schema, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]})


def junit(report: DriftReport, fleet: Fleet) -> str:
    """JUnit XML with one test case for each cause, which fails; one that passes where nothing differs."""
    cases = [
        f'  <testcase classname="drift" name={quoteattr(f"{cause.field} {clean(cause.actual)}")}>'
        f'<failure type="{cause.severity}" message={quoteattr(_cause_text(cause.field, cause.expected, cause.actual))}>'
        f"{escape(clean(', '.join(cause.deployments)))}</failure></testcase>"
        for cause in report.causes
    ] or ['  <testcase classname="drift" name="nothing differs"></testcase>']
    head = f'<testsuite name="rea-xcom-tui drift" tests="{len(cases)}" failures="{len(report.causes)}">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"])


def _cause_text(field: str, expected: str | int | None, actual: str | int | None) -> str:
    return f"{field} is {worded(field, actual)}, expected {worded(field, expected)}"
