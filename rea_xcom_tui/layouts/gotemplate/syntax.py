"""The tree of a Go template."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Literally:
    """A constant: a text, a number, a boolean or nil."""

    value: str | int | float | bool | None
    line: int


@dataclass(frozen=True, slots=True)
class Dot:
    """`.`"""

    line: int


@dataclass(frozen=True, slots=True)
class Variable:
    """`$` or `$name`."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Function:
    """A function's name, with or without arguments after it."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Fields:
    """`base.a.b`."""

    base: Operand
    names: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands joined by `|`, and the variables that take the result."""

    commands: tuple[tuple[Operand, ...], ...]
    line: int
    variables: tuple[str, ...] = ()
    declares: bool = False


Operand = Literally | Dot | Variable | Function | Fields | Pipeline


@dataclass(frozen=True, slots=True)
class Text:
    """What is outside of actions."""

    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """`{{ pipeline }}`."""

    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Branch:
    """`if`, `with` or `range` with its two bodies."""

    word: Literal["if", "with", "range"]
    pipeline: Pipeline
    body: tuple[Part, ...]
    otherwise: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """`{{ template "name" pipeline }}`."""

    name: str
    pipeline: Pipeline | None
    line: int


@dataclass(frozen=True, slots=True)
class Jump:
    """`break` or `continue`."""

    word: Literal["break", "continue"]


Part = Text | Action | Branch | Call | Jump


@dataclass(slots=True)
class Parsed:
    """One source: its own body and the templates that it defines."""

    name: str
    body: tuple[Part, ...] = ()
    defined: dict[str, tuple[Part, ...]] = field(default_factory=dict)
