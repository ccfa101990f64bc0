"""What a report points at: one place in one file, how grave it is, and what is said of it.

Findings and drift both become marks; the writers of the formats that other tools read know nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

from rea_xcom_tui.text import plural
from rea_xcom_tui.values.ends import Position, Replacement
from rea_xcom_tui.xcom.model import Severity


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to point at. `file` and the words are foreign text, which the writers make harmless."""

    code: str
    """The rule, such as `XC101`, or `drift-path`."""
    title: str
    """What the rule is about, in a few words."""
    severity: Severity
    message: str
    file: str
    line: int
    """From 1; what is at no place of its own is at 1."""
    column: int
    subject: str = ""
    """What it is about: the id of a deployment, or the file."""
    end: Position | None = None
    """The position behind its last character, where that is known."""
    fix: tuple[Replacement, ...] = ()
    """What of its file would be replaced to put it right; nothing where only a person can."""

    def of(self, others: int = 0) -> str:
        """Whom it is about, in brackets, where its file does not tell: a layer may be many deployments'."""
        if self.subject in ("", self.file):
            return ""
        more = f" and {plural(others, 'other')}" if others else ""
        return f" [{self.subject}{more}]"


@dataclass(frozen=True, slots=True)
class About:
    """What there is to say of a rule, for services that show it beside each of its results."""

    name: str
    severity: Severity
    """The usual one."""
    what: str
    """When it speaks, in one or two sentences."""
    page: str
    """All of it, as plain text."""
    family: str


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a case fails: its kind, a sentence, and what more there is to say."""

    kind: str
    message: str
    detail: str


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was looked at, for reports of tests: it fails where it has failures."""

    name: str
    failures: tuple[Failure, ...] = ()
