"""What HCL is made of: blocks, attributes and expressions."""

from __future__ import annotations

from dataclasses import dataclass, field


class HclError(Exception):
    """The text is not HCL that this reader takes; with the line, counted from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that is there."""

    value: str | int | float | bool | None
    line: int


@dataclass(frozen=True, slots=True)
class Template:
    """A text with holes: texts and the expressions between them."""

    parts: tuple[str | Expression, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A name with attributes, such as `path.module`."""

    path: str
    line: int


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a function."""

    name: str
    arguments: tuple[Expression, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list that is written out."""

    items: tuple[Expression, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Object:
    """An object that is written out, with keys that are literal; others are left out and `whole` is false."""

    entries: tuple[tuple[str, Expression], ...]
    whole: bool
    line: int


@dataclass(frozen=True, slots=True)
class Unknown:
    """An expression that only Terraform can work out."""

    text: str
    line: int


Expression = Literal | Template | Reference | Call | Sequence | Object | Unknown


@dataclass(slots=True)
class Body:
    """What is between the braces of a block, or in a file."""

    attributes: dict[str, Expression] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def all(self, kind: str) -> list[Block]:
        """The blocks of one kind, in order."""
        return [block for block in self.blocks if block.kind == kind]


@dataclass(slots=True)
class Block:
    """A block such as `resource "helm_release" "agent" { ... }`."""

    kind: str
    labels: tuple[str, ...]
    body: Body
    line: int
    last: int = 0
    """The line of its closing brace."""
