"""SARIF 2.1.0, as code-scanning services take it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

from rea_xcom_tui import __version__
from rea_xcom_tui.reports.machine import dump
from rea_xcom_tui.reports.marks import About, Mark
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.ends import Position
from rea_xcom_tui.xcom.model import Severity

_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEMS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "recommendation"}
"""What GitHub's code scanning calls them."""


def sarif(marks: Sequence[Mark], about: Callable[[str], About | None] = lambda code: None) -> str:
    """One run with a result for each mark, and a rule for each of their codes; `about` tells more of a rule.

    Columns count characters, as the marks have them, which SARIF calls Unicode code points.
    """
    titles = {mark.code: mark.title for mark in marks}
    codes = sorted(titles)
    driver = {
        "name": "rea-xcom-tui",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(code, titles[code], about(code)) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [{**_result(mark), "ruleIndex": codes.index(mark.code)} for mark in marks],
    }
    return dump({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _rule(code: str, title: str, about: About | None) -> dict[str, Any]:
    told: dict[str, Any] = {"id": code, "shortDescription": {"text": title}}
    if about is None:
        return {**told, "help": {"text": title}}
    return {
        **told,
        "name": about.name,
        "fullDescription": {"text": about.what},
        "help": {"text": about.page, "markdown": f"```text\n{about.page.rstrip()}\n```"},
        "defaultConfiguration": {"level": _LEVELS[about.severity]},
        "properties": {"tags": [about.family], "problem.severity": _PROBLEMS[about.severity]},
    }


def _result(mark: Mark) -> dict[str, Any]:
    file = {"uri": quote(mark.file), "uriBaseId": "%SRCROOT%"}
    start = max(mark.line, 1), max(mark.column, 1)
    region = _region(start, mark.end) if mark.end is not None else {"startLine": start[0], "startColumn": start[1]}
    told = {
        "ruleId": mark.code,
        "level": _LEVELS[mark.severity],
        "message": {"text": clean(mark.message + mark.of())},
        "locations": [{"physicalLocation": {"artifactLocation": file, "region": region}}],
        "partialFingerprints": {"subject/v1": _fingerprint(mark)},
    }
    if mark.fix:
        changes = [
            {"deletedRegion": _region(one.start, one.end), "insertedContent": {"text": one.text}} for one in mark.fix
        ]
        told["fixes"] = [
            {
                "description": {"text": f"The automatic fix of {mark.code}"},
                "artifactChanges": [{"artifactLocation": file, "replacements": changes}],
            }
        ]
    return told


def _region(start: Position, end: Position) -> dict[str, int]:
    """A stretch of text; its end is the position behind the last character, as in the marks."""
    return {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}


def _fingerprint(mark: Mark) -> str:
    """What stays the same when lines move, so that a service knows a result again."""
    said = "\0".join((mark.code, mark.file, mark.subject, mark.message))
    return hashlib.sha256(said.encode("utf-8", "surrogateescape")).hexdigest()[:32]
