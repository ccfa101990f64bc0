"""The shape of the baseline file, checked by pydantic. Imports pydantic: import it only when there is a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from rea_xcom_tui.fleet.baseline.places import KEY, Complain, Location, Places
from rea_xcom_tui.xcom.drift.baseline import Baseline, Ignore
from rea_xcom_tui.xcom.drift.expectations import ANY, SAME, UNSET, Expectation, expectation
from rea_xcom_tui.xcom.drift.model import DEFAULT_GROUPS, Dimension
from rea_xcom_tui.xcom.drift.patterns import ANYTHING, Pattern
from rea_xcom_tui.xcom.editing import check
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, FieldName, Severity
from rea_xcom_tui.xcom.units import NEVER, parse_size

Kept = FieldName | Literal["bucket"]
"""What may belong to its environment."""

_OR = " or "


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Wanted(_Model):
    """What is said about one field, in any of its forms."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: Any) -> dict[str, Any]:
        """The forms that are written, of which `forms` makes the model."""
        one = {"type": ["string", "number", "null"]}
        either = {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
        keys = {**dict.fromkeys(_FORMS, either), "same": {"const": True}}
        mappings = [
            {
                "type": "object",
                "properties": {kind: keys[kind], "severity": {"enum": list(get_args(Severity))}},
                "required": [kind],
                "additionalProperties": False,
            }
            for kind in _FORMS
        ]
        what = "A value, a list or `a or b`, a range such as `64KiB..4MiB`, a pattern such as `s3://{team}-xcom/{name}`"
        return {"description": f"{what}, `same`, `unset` or `any`.", "anyOf": [*either["anyOf"], *mappings]}

    texts: list[str]
    severity: Severity | None = None

    @model_validator(mode="before")
    @classmethod
    def forms(cls, given: Any) -> dict[str, Any]:
        """A scalar, a list, or a mapping with one of `value`, `any_of`, `range`, `pattern` and `same`."""
        if not isinstance(given, Mapping):
            return {"texts": _texts(given)}
        rest = dict(given)
        severity = rest.pop("severity", None)
        if len(rest) != 1 or (kind := next(iter(rest))) not in _FORMS:
            raise ValueError(
                f"a mapping has exactly one of {', '.join(_FORMS)}, and may have a severity; "
                "a text that begins with a brace needs quotes"
            )
        if kind == "same" and rest[kind] is not True:
            raise ValueError("same can only be true")
        return {"texts": [SAME] if kind == "same" else _texts(rest[kind]), "severity": severity}


_FORMS = ("value", "any_of", "range", "pattern", "same")


def _texts(given: Any) -> list[str]:
    if isinstance(given, list):
        return [_text(item) for item in given]
    text = _text(given)
    return text.split(_OR)


def _text(given: Any) -> str:
    if given is None:
        return "unset"
    if isinstance(given, bool):
        raise ValueError("this is true or false for Helm; put it in quotes if text is meant")
    if isinstance(given, float) and given.is_integer():
        return str(int(given))
    if isinstance(given, str | int | float):
        return str(given)
    raise ValueError("a value, a set of values, or a mapping with one of " + ", ".join(_FORMS))


class IgnoreEntry(_Model):
    """One entry of `ignore`."""

    deployment: list[Annotated[str, Field(min_length=1)]] = Field(
        min_length=1,
        json_schema_extra={"type": ["string", "array"]},
        description="The deployment's id, or a glob, or a list of them.",
    )
    field: FieldName
    actual: str | None = Field(
        None,
        json_schema_extra={"anyOf": [{"type": ["string", "number", "null"]}]},
        description="Only while the value is this one; any without it.",
    )
    reason: str = Field(min_length=1)
    """Why it is accepted."""
    owner: str | None = None
    """Who answers for it."""
    expires: date | None = None
    """Its last day, such as 2027-01-31."""

    @field_validator("deployment", mode="before")
    @classmethod
    def one_or_several(cls, given: Any) -> Any:
        """One deployment, or a list of them."""
        return [given] if isinstance(given, str) else given

    @field_validator("actual", mode="before")
    @classmethod
    def any_scalar(cls, given: Any) -> Any:
        """A value as it is written, number or text."""
        return given if given is None else _text(given)


class BaselineFile(_Model):
    """The whole file."""

    version: Literal[1]
    by: list[Dimension] = Field(default_factory=lambda: list(DEFAULT_GROUPS), min_length=1)
    """What makes a group; env and cloud without it."""
    baseline: dict[str, dict[FieldName, Wanted]] | None = None
    """What is right, by group (`prod`, `prod/azure`, `*`) and field."""
    per_environment: dict[Kept, str] = Field(
        default_factory=dict, json_schema_extra={"type": ["object", "array"], "items": {"type": "string"}}
    )
    """What may differ between environments, so that it is never carried over: a list, or names with reasons."""
    ignore: list[IgnoreEntry] = Field(default_factory=list)
    """Differences that are accepted."""

    @field_validator("by")
    @classmethod
    def each_once(cls, given: list[Dimension]) -> list[Dimension]:
        """No dimension twice: a group would be called `prod/prod`."""
        if len(set(given)) < len(given):
            raise ValueError("each of these may appear once")
        return given

    @field_validator("per_environment", mode="before")
    @classmethod
    def names_or_reasons(cls, given: Any) -> Any:
        """A list of names, or a mapping of names to reasons, which may be empty."""
        if isinstance(given, list):
            return {str(name): "" for name in given}
        if isinstance(given, Mapping):
            return {name: "" if reason is None else reason for name, reason in given.items()}
        return {} if given is None else given

    @field_validator("baseline", "ignore", mode="before")
    @classmethod
    def may_be_empty(cls, given: Any, info: Any) -> Any:
        """A key with nothing after it is as good as none."""
        return ([] if info.field_name == "ignore" else None) if given is None else given


def build(data: Any, complain: Complain, places: Places) -> Baseline:
    """The baseline that plain data describes. Raises what `complain` makes of the mistakes."""
    try:
        file = BaselineFile.model_validate(data)
    except ValidationError as error:
        # A key that may be one of two kinds of words is a mistake for each of them.
        mistakes = list(dict.fromkeys(_mistake(problem) for problem in error.errors(include_url=False)))
        raise complain([*mistakes, *_beside_the_shape(data)]) from error
    wrong: list[tuple[Location, str]] = []
    expected: dict[str, dict[FieldName, Expectation]] = {}
    for group, fields in (file.baseline or {}).items():
        if not all(part.strip() for part in group.split("/")) or len(group.split("/")) > len(file.by):
            wanted = "/".join(file.by)
            wrong.append((("baseline", group, KEY), f"a group is named {wanted}, with * or nothing more for any"))
        expected[group] = {}
        for field, wanted_ in fields.items():
            try:
                expected[group][field] = _expectation(field, wanted_)
            except ValueError as error:
                wrong.append((("baseline", group, field), str(error)))
    if wrong:
        raise complain(wrong)
    ignores = [_ignore(entry, places.get(("ignore", index), (0, 0))[0]) for index, entry in enumerate(file.ignore)]
    told = expected if file.baseline is not None else None
    return Baseline(tuple(file.by), told, tuple(ignores), tuple(file.per_environment))


def _beside_the_shape(data: Any) -> Iterator[tuple[Location, str]]:
    """Mistakes in what is said of fields, where the file's shape has mistakes besides: all are reported at once."""
    groups = data.get("baseline") if isinstance(data, Mapping) else None
    for group, fields in groups.items() if isinstance(groups, Mapping) else ():
        for field, given in fields.items() if isinstance(fields, Mapping) else ():
            try:
                wanted = Wanted.model_validate(given) if field in FIELDS else None
            except ValidationError:
                continue  # told already
            try:
                if wanted is not None:
                    _expectation(field, wanted)
            except ValueError as error:
                yield ("baseline", group, field), str(error)


def _expectation(field: FieldName, wanted: Wanted) -> Expectation:
    found = expectation(field, wanted.texts, wanted.severity)
    for choice in found.choices:
        if TABLE[field].kind == "size" or choice is None:
            continue
        text = choice.text if isinstance(choice, Pattern) else str(choice)
        if "{" not in text and ANYTHING not in text and text not in (SAME, ANY):
            check(field, text)
    return found


def read_expectation(field: FieldName, text: str, severity: Severity | None = None) -> Expectation:
    """What a text, as it is in the file, says about a field. Raises `ValueError` with one sentence."""
    return replace(_expectation(field, Wanted.model_validate(text)), severity=severity)


def is_sayable(field: FieldName, text: str) -> bool:
    """Whether a baseline may say this about a field; it may not where a rule would call the value a mistake."""
    try:
        read_expectation(field, text)
    except ValueError:
        return False
    return True


def _ignore(entry: IgnoreEntry, line: int) -> Ignore:
    actual = entry.actual
    if TABLE[entry.field].kind == "size" and actual is not None and actual not in UNSET:
        with suppress(ValueError):  # a text that is not a size is accepted as it stands: Airflow may refuse it, too
            actual = str(max(parse_size(actual), NEVER))
    return Ignore(tuple(entry.deployment), entry.field, actual, entry.reason, entry.owner, entry.expires, line)


def _mistake(problem: Any) -> tuple[Location, str]:
    """Where a mistake is, and what it is in words of this file instead of pydantic's."""
    where: Location = tuple(problem["loc"])
    kind, message = str(problem["type"]), str(problem["msg"])
    if kind == "extra_forbidden":
        keys = IgnoreEntry.model_fields if where[0] == "ignore" else BaselineFile.model_fields
        return (*where, KEY), "there is no such key" + _near(where[-1], keys)
    if where[0] == "per_environment" and KEY in where:
        return (*where[:2], KEY), "there is no such field; name fields, or bucket" + _near(
            where[1], (*FIELDS, "bucket")
        )
    if where[-1:] == (KEY,):  # pydantic's own word for a key that its type does not allow
        return where, f"there is no such field; it {message[6:]}{_near(where[-2], FIELDS)}"
    if kind == "literal_error" and where == ("version",):
        return where, "it should be the number 1; other versions of this file are not known here"
    if kind == "literal_error":
        return where, f"it {message[6:]}{_near(problem['input'], map(str, _words(message)))}"
    if kind in _WANTED:
        return where, _WANTED[kind]
    cause = problem.get("ctx", {}).get("error")
    message = str(cause) if cause is not None else message
    return where, message[:1].lower() + message[1:]


_WANTED = {
    "missing": "this key is missing",
    "dict_type": "a mapping of keys to values is expected here",
    "model_type": "a mapping of keys to values is expected here",
    "list_type": "a list is expected here, such as [a, b] or lines that begin with a dash",
    "too_short": "the list is empty",
    "string_type": "text is expected here; put it in quotes",
    "string_too_short": "this is empty",
} | dict.fromkeys(
    ("date_type", "date_parsing", "date_from_datetime_parsing", "date_from_datetime_inexact"),
    "this is not a date; write it as 2027-01-31",
)
"""What is wrong, by pydantic's name for it."""


def _words(message: str) -> Iterator[str]:
    """The words in quotes of a message that lists what is allowed."""
    yield from message.split("'")[1::2]


def _near(word: object, known: Iterable[str]) -> str:
    found = get_close_matches(str(word).lower(), list(known), n=1)
    return f"; did you mean {found[0]}?" if found else ""
