"""What a baseline says about a field: a value, a set, a range, a pattern, or the same within the group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rea_xcom_tui.xcom.compare import effect
from rea_xcom_tui.xcom.drift.model import Target, target_of
from rea_xcom_tui.xcom.drift.patterns import ANYTHING, Pattern
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName, FieldReading, Severity, Value
from rea_xcom_tui.xcom.units import NEVER, human, parse_size

SAME: Final = "same"
ANY: Final = "any"
UNSET: Final = ("unset", "none")
RANGE: Final = ".."

Verdict = Literal["as expected", "differs", "cannot tell"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one field should be. Make one with `expectation`."""

    field: FieldName
    choices: tuple[Value | Pattern, ...] = ()
    """The values or patterns that are right; empty for the other kinds."""
    least: int | None = None
    most: int | None = None
    """The ends of a range of thresholds, both included; `never` is above every size."""
    kind: Literal["choices", "range", "same", "any"] = "choices"
    severity: Severity | None = None

    @property
    def text(self) -> Value:
        """What is expected, as a person says it; a single value as it is."""
        if self.kind == "same":
            return "the same in the whole group"
        if self.kind == "any":
            return "anything"
        if self.kind == "range":
            low = "" if self.least is None else human(self.least)
            return f"{low}{RANGE}{'' if self.most is None else human(self.most)}"
        if len(self.choices) == 1:
            return _said(self.choices[0])
        return " or ".join(str(_said(choice)) if choice is not None else "unset" for choice in self.choices)

    def judge(self, reading: FieldReading, names: Mapping[str, str]) -> Verdict:
        """Whether a field is as expected; what a Secret supplies or a name that is missing cannot be determined."""
        if self.kind in ("any", "same"):
            return "as expected"
        if reading.state == "reference":
            return "cannot tell"
        if reading.state in ("conflict", "invalid"):
            return "differs"
        value = effect(reading)
        if self.kind == "range":
            return "as expected" if self._within(value) else "differs"
        verdicts = [_fits(choice, value, names) for choice in self.choices]
        if True in verdicts:
            return "as expected"
        return "cannot tell" if None in verdicts else "differs"

    def target(self, reading: FieldReading, names: Mapping[str, str]) -> Target | None:
        """What sets a field right, where the expectation leaves one value only."""
        if self.kind != "choices" or len(self.choices) != 1:
            return None
        choice = self.choices[0]
        if not isinstance(choice, Pattern):
            return target_of(reading, choice)
        text = choice.concrete(names, {})
        return None if text is None else target_of(reading, text)

    def _within(self, value: Value) -> bool:
        size = float("inf") if not isinstance(value, int) or value < 0 else float(value)
        low = 0.0 if self.least is None else _size(self.least)
        high = float("inf") if self.most is None else _size(self.most)
        return low <= size <= high


def _size(bound: int) -> float:
    return float("inf") if bound < 0 else float(bound)


def _said(choice: Value | Pattern) -> Value:
    return choice.text if isinstance(choice, Pattern) else choice


def _fits(choice: Value | Pattern, value: Value, names: Mapping[str, str]) -> bool | None:
    if not isinstance(choice, Pattern):
        return value == choice
    return choice.matches(value, names) if isinstance(value, str) else False


def expectation(field: FieldName, given: Sequence[str], severity: Severity | None = None) -> Expectation:
    """Read what a baseline says about a field, in its short form.

    One text is a value, a pattern, `same`, `any`, `unset`, or for the threshold a range such as
    `64KiB..1MiB`, `..1MiB` or `1MiB..`; several texts are a set of values and patterns. Raises `ValueError` with one
    sentence.
    """
    if not given:
        raise ValueError("A set needs at least one value.")
    if len(given) == 1:
        text = given[0].strip()
        if text == SAME:
            return Expectation(field, kind="same", severity=severity)
        if text == ANY:
            return Expectation(field, kind="any", severity=severity)
        if TABLE[field].kind == "size" and RANGE in text:
            return _range(text, severity)
    return Expectation(field, tuple(_choice(field, text.strip()) for text in given), severity=severity)


def _range(text: str, severity: Severity | None) -> Expectation:
    low, _, high = text.partition(RANGE)
    if not low.strip() and not high.strip():
        raise ValueError("A range has at least one end, such as ..1MiB.")
    least = parse_size(low) if low.strip() else None
    most = parse_size(high) if high.strip() else None
    if least is not None and most is not None and _size(least) > _size(most):
        raise ValueError(f"The range {text} ends before it begins.")
    return Expectation("threshold", (), least, most, "range", severity)


def _choice(field: FieldName, text: str) -> Value | Pattern:
    if text in (SAME, ANY):
        raise ValueError(f"{text} is used on its own, not in a set.")
    if TABLE[field].kind == "size":
        return NEVER if text in UNSET else max(parse_size(text), NEVER)
    if text in UNSET or not text:
        return None
    if TABLE[field].names:
        return Pattern.parse(str(TABLE[field].alone(text)))
    if "{" in text or ANYTHING in text:
        raise ValueError(f"{field} takes values, not patterns; patterns are for path, identity and connection.")
    return text
