"""What a repo may say about the rules: switched off, other severities, versions, policies, ignores.

Plain data; reading it from a configuration file is done elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Literal, NamedTuple

import msgspec

from rea_xcom_tui.xcom.model import FieldName, Severity

Test = Literal["is", "is not", "at least", "at most", "like", "not like", "set", "unset"]
"""How a policy compares a field with its values."""


class Policy(msgspec.Struct, frozen=True):
    """What a repo demands of one field, such as `threshold must be 0 in prod`."""

    text: str
    """The line as the user wrote it."""
    field: FieldName
    test: Test
    values: tuple[str, ...] = ()
    """Values in the form fields are typed in; any one of them satisfies `is` and `like`."""
    envs: tuple[str, ...] = ()
    """The environments it is for; empty means all."""
    severity: Severity = "error"


class Ignore(msgspec.Struct, frozen=True):
    """A finding that a repo accepts, with the reason and, if it is to be temporary, its last day."""

    code: str
    reason: str
    files: tuple[str, ...] = ()
    """Patterns for the deployment's id or file (`clusters/dev/*`); empty means every deployment."""
    until: date | None = None
    """The last day on which it holds."""

    def covers(self, code: str, file: str, deployment: str) -> bool:
        """True when it is meant for this rule in this deployment, expired or not."""
        if code != self.code.upper():
            return False
        return not self.files or any(
            fnmatchcase(file, pattern) or fnmatchcase(deployment, pattern) for pattern in self.files
        )

    def expired(self, today: date) -> bool:
        """True when its last day is over."""
        return self.until is not None and today > self.until


class RuleSettings(msgspec.Struct, frozen=True):
    """A repo's settings for the rules. Codes are written in capitals."""

    off: frozenset[str] = frozenset()
    """Codes of rules that are switched off."""
    severities: Mapping[str, Severity] = msgspec.field(default_factory=dict)
    """Severities by code, instead of the rule's own."""
    airflow: tuple[int, ...] | None = None
    """Airflow's version for the files that do not say, such as (3, 1)."""
    agent: tuple[int, ...] | None = None
    """The agent's version for the files that do not say."""
    policies: tuple[Policy, ...] = ()
    ignores: tuple[Ignore, ...] = ()


def no_comment(line: int) -> str | None:
    """The answer for text without comments."""
    return None


class LayerText(msgspec.Struct, frozen=True):
    """The text of the file that one of a deployment's layers is in, for ignore comments."""

    layer: int
    text: str
    comment_on: Callable[[int], str | None] = no_comment


class HelmRefusal(NamedTuple):
    """A place in good YAML at which Helm refuses the whole file."""

    line: int
    column: int
    why: str
    """A sentence."""


class RuleContext(msgspec.Struct, frozen=True):
    """What the rules need to know about a values file besides its tree and its XCom configuration."""

    today: date
    """The day that decides whether an ignore has expired."""
    settings: RuleSettings = RuleSettings()
    file: str = ""
    id: str = ""
    """The deployment's id."""
    env: str | None = None
    """The deployment's environment, for policies."""
    text: str = ""
    """The file's text, for ignore comments and for settings in a later document."""
    comment_on: Callable[[int], str | None] = no_comment
    """The comment on a line counted from 1, or None where the line has none (a `#` inside a string is none)."""
    documents: int = 1
    """How many YAML documents the file holds; Helm reads the first only."""
    refusal: HelmRefusal | None = None
    """What Helm refuses in the file's first document, which is good YAML otherwise."""
    texts: tuple[LayerText, ...] = ()
    """The texts of a deployment's layers, where it has several; `text` and `comment_on` then say nothing."""
    templated: bool = False
    """True where another tool fills in `{{ }}` before Helm sees the values, as in an ApplicationSet."""
