"""A repo's own demands on the fields, one line each: `threshold must be 0 in prod`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import cast

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, FieldName, FieldReading, Finding, Severity
from rea_xcom_tui.xcom.rules.path import show_path
from rea_xcom_tui.xcom.rules.settings import Policy, Test
from rea_xcom_tui.xcom.rules.subject import Subject, show
from rea_xcom_tui.xcom.units import parse_size

POLICY_CODE = "XC904"

_LINE = re.compile(
    r"(?P<field>\w+)\s+must\s+(?P<verb>not be|be at least|be at most|be|not match|match)\s+(?P<values>.+?)"
    r"(?:\s+in\s+(?P<envs>[\w.,\s-]+))?"
)
_TESTS: dict[str, Test] = {
    "be": "is",
    "not be": "is not",
    "be at least": "at least",
    "be at most": "at most",
    "match": "like",
    "not match": "not like",
}
_NEVER = float("inf")  # a negative threshold sends nothing to object storage, whatever its size


def parse_policy(text: str, severity: Severity = "error") -> Policy:
    """Read one line such as `path must match s3://acme-* or gs://acme-* in prod, dr`.

    The forms are `FIELD must be VALUE`, `must not be`, `must be at least`, `must be at most`, `must match
    PATTERN`, `must not match`, `must be set`, `must not be set`, with `or` between values and an optional
    `in ENVIRONMENT, ...`. Raises ToolError with one sentence for anything else.
    """
    match = _LINE.fullmatch(" ".join(text.split()))
    if not match:
        raise ToolError(f"The policy {show(text)} is not understood: write `threshold must be 0 in prod`.")
    if match["field"] not in FIELDS:
        raise ToolError(f"The policy {show(text)} names no field: write one of {', '.join(FIELDS)}.")
    field = cast(FieldName, match["field"])
    values = tuple(value.strip(" \"'") for value in match["values"].split(" or "))
    test = _TESTS[match["verb"]]
    if values == ("set",) and test in ("is", "is not"):
        test, values = ("set" if test == "is" else "unset"), ()
    if TABLE[field].kind == "size":
        for value in values:
            _number(value, text)
    elif test in ("at least", "at most"):
        raise ToolError(f"The policy {show(text)} compares sizes, which only threshold has.")
    envs = tuple(env.strip() for env in (match["envs"] or "").split(",") if env.strip())
    return Policy(text, field, test, values, envs, severity)


def _number(value: str, text: str) -> float:
    try:
        number = parse_size(value)
    except ValueError as error:
        raise ToolError(f"The policy {show(text)} is not understood: {error}") from error
    return _NEVER if number < 0 else number


def policy_findings(subject: Subject) -> Iterator[Finding]:
    """A finding for every policy that the deployment does not meet. A reference is never judged."""
    for policy in subject.context.settings.policies:
        if policy.envs and subject.context.env not in policy.envs:
            continue
        reading = subject.config.fields[policy.field]
        if reading.state == "reference" or _met(policy, reading):
            continue
        node = reading.place or subject.anchor
        said = "is not set" if reading.state == "unset" else f"is {_said(reading)}"
        message = f"{policy.field} {said}, but this repo demands: {clean(policy.text, 120)}"
        yield Finding(POLICY_CODE, policy.severity, message, node.line, node.column, policy.field, layer=node.layer)


def _said(reading: FieldReading) -> str:
    text = str(reading.raw if reading.value is None else reading.value)
    if reading.name == "connection":  # what comes before an `@` may be a user and a password
        text = text.partition(":")[0]
    return show_path(text) if reading.name == "path" else show(text)


def _met(policy: Policy, reading: FieldReading) -> bool:
    if policy.test in ("set", "unset"):
        return (reading.state != "unset") == (policy.test == "set")
    if TABLE[policy.field].kind == "size":
        return _number_met(policy, reading)
    value = "none" if reading.state == "unset" or not reading.value else str(reading.value)
    if policy.test in ("is", "is not"):
        return (value in policy.values) == (policy.test == "is")
    return any(fnmatchcase(value, pattern) for pattern in policy.values) == (policy.test == "like")


def _number_met(policy: Policy, reading: FieldReading) -> bool:
    wanted = [_number(value, policy.text) for value in policy.values]
    if reading.state == "invalid" or not isinstance(reading.value, int | None):
        return False
    actual = _NEVER if reading.value is None or reading.value < 0 else reading.value
    if policy.test == "at least":
        return actual >= min(wanted)
    if policy.test == "at most":
        return actual <= max(wanted)
    return (actual in wanted) == (policy.test in ("is", "like"))
