"""Reports for continuous integration: JUnit's XML and GitHub's annotations."""

from __future__ import annotations

from collections.abc import Sequence

from rea_xcom_tui.reports.marks import Case, Failure, Mark
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.model import Severity

_GITHUB: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def github(marks: Sequence[Mark]) -> str:
    """GitHub's workflow commands, which annotate the lines of a pull request: what is said of one place in a layer that
    deployments share, once."""
    same: dict[tuple[str, ...], list[Mark]] = {}
    for mark in marks:
        place = f"file={_option(mark.file)},line={max(mark.line, 1)},col={max(mark.column, 1)}"
        same.setdefault((f"::{_GITHUB[mark.severity]} {place}::", mark.message), []).append(mark)
    return "\n".join(
        f"{command}{_data(message + found[0].of(len({each.subject for each in found}) - 1))}"
        for (command, message), found in same.items()
    )


def _data(text: str) -> str:
    return clean(text).replace("%", "%25")


def _option(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def junit(suite: str, group: str, cases: Sequence[Case]) -> str:
    """JUnit XML: the suite `suite` with these cases, all in the class `group`."""
    from xml.sax.saxutils import quoteattr  # it imports what asks servers, which no other format needs

    lines = [
        f"  <testcase classname={quoteattr(group)} name={quoteattr(clean(case.name))}>"
        f"{''.join(_failure(failure) for failure in case.failures)}</testcase>"
        for case in cases
    ]
    failures = sum(len(case.failures) for case in cases)
    head = f'<testsuite name={quoteattr(suite)} tests="{len(cases)}" failures="{failures}" errors="0">'
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', head, *lines, "</testsuite>"])


def _failure(failure: Failure) -> str:
    from xml.sax.saxutils import escape, quoteattr

    kind, message = quoteattr(failure.kind), quoteattr(clean(failure.message))
    return f"<failure type={kind} message={message}>{escape(clean(failure.detail))}</failure>"
