"""The functions that templates may call: their table, and how arguments are checked against Go's types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from rea_xcom_tui.layouts.gotemplate.errors import Failed, Unsupported
from rea_xcom_tui.layouts.gotemplate.goformat import MISSING, Int64, Unknown, as_text, type_name

_GO_TYPES = {"s": str, "i": int, "b": bool, "m": dict}
_GO_NAMES = {"s": "string", "i": "int", "b": "bool", "m": "map[string]interface {}"}


class Caller(Protocol):
    """The renderer, as the functions of a template see it."""

    @property
    def written(self) -> list[Any]:
        """Every collection that was written as a whole, as the object itself; the writers add to it."""

    def spend(self, cost: int) -> None:
        """Count work. Raises `TooMuch` where none is left."""

    def include(self, name: str, data: Any) -> str:
        """The text of a template by its name. Raises `Failed` where there is none."""

    def inline(self, source: str, data: Any) -> str:
        """The text of a template that is itself a value."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function and the types of its arguments: s string, i int, b bool, m map, a any; a last `*` repeats."""

    call: Callable[..., Any]
    types: str
    optional: int = 0
    bound: bool = False
    """Whether it takes the renderer first."""

    def __call__(self, renderer: Caller, name: str, arguments: Sequence[Any]) -> Any:
        """Check the arguments as Go does, and call. Raises `Failed` where Go would."""
        types = self.types.rstrip("*")
        repeats = self.types.endswith("*")
        least = len(types) - (1 if repeats else self.optional)
        if len(arguments) < least or (len(arguments) > len(types) and not repeats):
            raise Failed(f"{name} is called with {len(arguments)} arguments.")
        checked = [_checked(name, value, types[min(at, len(types) - 1)]) for at, value in enumerate(arguments)]
        renderer.spend(sum(map(_weight, checked)))
        return self.call(renderer, *checked) if self.bound else self.call(*checked)


FUNCTIONS: dict[str, Function] = {}
"""Every function known here, by name; the modules of this folder fill it."""


def function(names: str, types: str = "", *, optional: int = 0, bound: bool = False) -> Callable[..., Any]:
    """Enter a function under its names (separated by blanks)."""

    def enter(call: Callable[..., Any]) -> Callable[..., Any]:
        for name in names.split():
            FUNCTIONS[name] = Function(call, types, optional, bound)
        return call

    return enter


def functions(table: Mapping[str, tuple[str, Callable[..., Any]]]) -> None:
    """Enter functions of one expression: the types of their arguments and what they are, by their names."""
    for names, (types, call) in table.items():
        function(names, types)(call)


def _checked(name: str, value: Any, kind: str) -> Any:
    if isinstance(value, Unknown):
        raise Unsupported(f"{name} needs {value.what}, which Git does not hold.")
    if kind == "a":
        return None if value is MISSING else value
    if kind == "m" and value is MISSING:
        return {}
    if type(value) is not _GO_TYPES[kind]:
        got = "nothing" if value is MISSING or value is None else f"a {type_name(value)}"
        raise Failed(f"{name} needs a {_GO_NAMES[kind]} but gets {got}.")
    return value


def _weight(value: Any) -> int:
    return len(value) // 64 if isinstance(value, str | list | dict) else 0


def truth(value: Any) -> bool:
    """Whether Go takes a value for true. Raises `Unsupported` for a value that Git does not hold."""
    if isinstance(value, Unknown):
        raise Unsupported(f"It needs {value.what}, which Git does not hold.")
    return value is not None and value is not MISSING and (bool(value) if type(value) in _SIMPLE else True)


_SIMPLE = (bool, int, Int64, float, str, list, dict)


def as_list(name: str, value: Any) -> list[Any]:
    """A list argument. Raises `Failed` for anything else."""
    if not isinstance(value, list):
        raise Failed(f"{name} needs a list but gets a {type_name(value)}.")
    return value


def texts(value: Any) -> list[str]:
    """sprig's `strslice`: every item that is not nil as a text; a single value is a list of one."""
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return [as_text(item) for item in items if item is not None]
