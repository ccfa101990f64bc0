"""Evaluating a Go template, within bounds that keep a hostile one harmless."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from rea_xcom_tui.layouts.gotemplate import collections, logic, numbers, strings  # noqa: F401 - they fill FUNCTIONS
from rea_xcom_tui.layouts.gotemplate.errors import Failed, TemplateError, TooMuch, Unsupported
from rea_xcom_tui.layouts.gotemplate.functions import FUNCTIONS, truth
from rea_xcom_tui.layouts.gotemplate.functions import Function as Entered
from rea_xcom_tui.layouts.gotemplate.goformat import MISSING, Int64, Record, Unknown, as_text, type_name
from rea_xcom_tui.layouts.gotemplate.parser import parse
from rea_xcom_tui.layouts.gotemplate.syntax import (
    Action,
    Branch,
    Call,
    Dot,
    Fields,
    Function,
    Jump,
    Literally,
    Operand,
    Parsed,
    Part,
    Pipeline,
    Text,
    Variable,
)
from rea_xcom_tui.text import clean

MAX_STEPS = 1_000_000
"""Evaluations of one render, large texts and lists counted by their size; about two seconds."""

MAX_OUTPUT = 4_000_000
"""Characters that one render may give."""

MAX_CALLS = 40
"""Templates that include one another."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What differs between the programs that evaluate templates."""

    missing: Literal["nothing", "nil", "error"] = "nil"
    """What a key that a map does not have gives: Go's own, Helm's (a nil), or an error."""
    without: frozenset[str] = frozenset()
    """Functions that this program does not have."""


class _Jump(Exception):
    def __init__(self, word: str) -> None:
        self.word = word


Scope = dict[str, Any]


class Renderer:
    """Templates that can call one another, and the work that they may still do.

    A renderer counts over all its renders, so that a chart with many templates is bounded as one.
    """

    def __init__(
        self,
        rules: Rules | None = None,
        steps: int = MAX_STEPS,
        functions: Mapping[str, Entered] | None = None,
        *,
        holes: bool = False,
    ) -> None:
        """`functions` are the program's own, over those that all share. With `holes`, what is not known leaves a text
        that `HOLE` finds, as long as nothing is decided by it."""
        self.holes = holes
        self.rules = rules or Rules()
        self.functions: Mapping[str, Entered] = {**FUNCTIONS, **functions} if functions else FUNCTIONS
        self.sources: dict[str, Parsed] = {}
        self._defined: dict[str, tuple[Part, ...]] = {}
        self._inline: dict[str, Parsed] = {}
        self._steps = self._left = steps
        self._size = 0
        self._calls = 0
        self.written: list[Any] = []
        """Every collection that was written as a whole by `toYaml` or `toJson`, as the object itself."""

    def add(self, name: str, source: str) -> Parsed:
        """Take in a template under its name. Raises `Failed` for one that Go does not accept."""
        parsed = parse(source, name)
        self.sources[name] = parsed
        self._defined |= parsed.defined
        self._defined[name] = parsed.body
        return parsed

    def render(self, name: str, data: Any) -> str:
        """The text of a template. Raises `Failed`, `Unsupported` or `TooMuch`, each with its place."""
        try:
            return self._run(name, self._defined[name], data)
        except RecursionError:  # a collection nested deeper than any real one
            raise TooMuch(f"{clean(name)} nests values too deeply.", name) from None

    def spend(self, cost: int) -> None:
        """Count work. Raises `TooMuch` where none is left."""
        self._left -= cost
        if self._left < 0:
            raise TooMuch("The template does more work than one repo's template may.")

    def renew(self) -> None:
        """Grant a quarter of the work anew, and of what may be written, after a template that has used all up."""
        self._left = max(self._left, self._steps // 4)
        self._size = min(self._size, MAX_OUTPUT * 3 // 4)

    def include(self, name: str, data: Any) -> str:
        """The text of a template by its name, for `include` and `template`. Raises `Failed` where there is none."""
        if name not in self._defined:
            raise Failed(f"There is no template named {clean(name, 200)!r}.")
        return self._run(name, self._defined[name], data)

    def inline(self, source: str, data: Any) -> str:
        """The text of a template that is itself a value, for `tpl`."""
        parsed = self._inline.get(source)
        if parsed is None:
            self.spend(1 + len(source) // 16)
            parsed = self._inline[source] = parse(source, "tpl")
        if parsed.defined:
            self._defined = {**self._defined, **parsed.defined}
        return self._run("tpl", parsed.body, data)

    def _run(self, name: str, body: Sequence[Part], data: Any) -> str:
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise TooMuch(f"Templates include one another more than {MAX_CALLS} levels deep.")
        try:
            run = _Run(self, name)
            run.parts(body, data, {"$": data})
            return "".join(run.out)
        finally:
            self._calls -= 1

    def count_output(self, text: str) -> None:
        """Count characters that are written. Raises `TooMuch`."""
        self._size += len(text)
        if self._size > MAX_OUTPUT:
            raise TooMuch(f"The template writes more than {MAX_OUTPUT:,} characters.")


class _Run:
    """One template at work."""

    def __init__(self, renderer: Renderer, name: str) -> None:
        self.renderer = renderer
        self.name = name
        self.out: list[str] = []

    def write(self, text: str) -> None:
        self.renderer.count_output(text)
        self.out.append(text)

    def parts(self, parts: Iterable[Part], dot: Any, scope: Scope) -> None:
        """Run parts; what they declare is in `scope` until its owner drops it."""
        for part in parts:
            self.renderer.spend(1)
            match part:
                case Text():
                    self.write(part.text)
                case Action():
                    value = self.pipeline(part.pipeline, dot, scope)
                    if self.renderer.holes and isinstance(value, Unknown):
                        value = value.hole
                    if not part.pipeline.variables:
                        self.write(self.at(part.pipeline.line, as_text, value))
                case Branch():
                    self.branch(part, dot, scope)
                case Call():
                    data = MISSING if part.pipeline is None else self.pipeline(part.pipeline, dot, scope)
                    data = None if data is MISSING else data
                    self.write(self.at(part.line, self.renderer.include, part.name, data))
                case Jump():
                    raise _Jump(part.word)

    def branch(self, part: Branch, dot: Any, scope: Scope) -> None:
        inner = _Scope(scope)
        value = self.pipeline(part.pipeline, dot, inner, ranged=part.word == "range")
        if part.word == "range":
            self.range(part, value, dot, inner)
        elif self.at(part.pipeline.line, truth, value):
            self.parts(part.body, value if part.word == "with" else dot, _Scope(inner))
        else:
            self.parts(part.otherwise, dot, _Scope(inner))

    def range(self, part: Branch, value: Any, dot: Any, scope: Scope) -> None:
        if isinstance(value, int) and len(part.pipeline.variables) > 1:
            self.at(part.pipeline.line, _two_variables)
        pairs = self.at(part.pipeline.line, _pairs, value)
        if not pairs:
            self.parts(part.otherwise, dot, _Scope(scope))
            return
        names = part.pipeline.variables
        for key, item in pairs:
            self.renderer.spend(1)
            inner = _Scope(scope)
            told = (item,) if len(names) == 1 else (key, item)
            for name, each in zip(names, told, strict=False):
                (inner.declare if part.pipeline.declares else inner.assign)(name, each)
            try:
                self.parts(part.body, item, inner)
            except _Jump as jump:
                if jump.word == "break":
                    break

    # -- pipelines -----------------------------------------------------------------------------------

    def pipeline(self, pipeline: Pipeline, dot: Any, scope: Scope, *, ranged: bool = False) -> Any:
        """The value of a pipeline; a nil that it ends with is not a value at all any more, as in Go."""
        value: Any = MISSING
        for at, command in enumerate(pipeline.commands):
            piped = () if at == 0 else (value,)
            value = self.command(command, piped, dot, scope)
            value = MISSING if value is None else value
        if not ranged:
            for name in pipeline.variables:
                if pipeline.declares:
                    scope[name] = value
                else:
                    self.at(pipeline.line, _assign, scope, name, value)
        return value

    def command(self, command: Sequence[Operand], piped: tuple[Any, ...], dot: Any, scope: Scope) -> Any:
        self.renderer.spend(1)
        first, arguments = command[0], command[1:]
        if isinstance(first, Function):
            return self.call(first, arguments, piped, dot, scope)
        if isinstance(first, Fields):
            receiver = self.operand(first.base, dot, scope)
            for name in first.names[:-1]:
                receiver = self.at(first.line, self.field, receiver, name)
            method = receiver.fields.get(first.names[-1]) if isinstance(receiver, Record) else None
            if callable(method):
                values = [*(self.operand(each, dot, scope) for each in arguments), *piped]
                return self.at(first.line, method, *values)
            if arguments or piped:
                self.at(first.line, _no_function, first.names[-1])
            return self.at(first.line, self.field, receiver, first.names[-1])
        if arguments or piped:
            self.at(first.line, _no_function, "a value")
        return self.operand(first, dot, scope)

    def call(self, name: Function, arguments: Sequence[Operand], piped: tuple[Any, ...], dot: Any, scope: Scope) -> Any:
        if name.name in ("and", "or"):
            value: Any = MISSING
            for each in arguments:
                value = self.operand(each, dot, scope)
                if self.at(name.line, truth, value) == (name.name == "or"):
                    return value
            return piped[0] if piped else value
        known = self.renderer.functions.get(name.name)
        if known is None or name.name in self.renderer.rules.without:
            if self.renderer.holes:
                return Unknown(f"the function {name.name}")
            self.at(name.line, _unknown_function, name.name)
        values = [*(self.argument(each, dot, scope) for each in arguments), *piped]
        if self.renderer.holes and (open_ := next((each for each in values if isinstance(each, Unknown)), None)):
            return open_
        return self.at(name.line, known, self.renderer, name.name, values)

    def argument(self, operand: Operand, dot: Any, scope: Scope) -> Any:
        """An operand's value as an argument; a written `nil` has no type, so that it fits a map."""
        value = self.operand(operand, dot, scope)
        return MISSING if value is None and isinstance(operand, Literally) else value

    def operand(self, operand: Operand, dot: Any, scope: Scope) -> Any:
        match operand:
            case Literally():
                return operand.value
            case Dot():
                return dot
            case Variable():
                if operand.name not in scope:
                    self.at(operand.line, _no_variable, operand.name)
                return scope[operand.name]
            case Pipeline():
                inner = _Scope(scope)
                return self.pipeline(operand, dot, inner)
            case Function():
                return self.call(operand, (), (), dot, scope)
        value = self.operand(operand.base, dot, scope)
        for name in operand.names:
            value = self.at(operand.line, self.field, value, name)
        return value() if callable(value) else value

    def field(self, value: Any, name: str) -> Any:
        """`.name` of a value."""
        if isinstance(value, dict):
            if name in value:
                return value[name]
            if self.renderer.rules.missing == "error":
                raise Failed(f"There is no {clean(name, 200)!r} in the map, and missingkey=error is set.")
            return None if self.renderer.rules.missing == "nil" else MISSING
        if value is MISSING and self.renderer.rules.missing != "error":
            return MISSING
        if isinstance(value, Unknown):
            if self.renderer.holes:
                return value
            raise Unsupported(f"It needs {value.what}, which Git does not hold.")
        if isinstance(value, Record):
            if name not in value.fields:
                raise Unsupported(f"It asks for {clean(name, 200)!r} of {value.what}, which is not read here.")
            return value.fields[name]
        raise Failed(f"It asks for {clean(name, 200)!r} of a {type_name(value)}.")

    def at(self, line: int, call: Any, *arguments: Any) -> Any:
        """Call, and give an error the place where it happens, unless it has one from further in."""
        try:
            return call(*arguments)
        except TemplateError as error:
            if not error.template:
                error.template, error.line = self.name, line
                error.args = (f"{clean(self.name)}:{line}: {error}",)
            raise


class _Scope(dict[str, Any]):
    """Variables of a block, over those around it."""

    def __init__(self, outer: Mapping[str, Any]) -> None:
        super().__init__()
        self.outer = outer

    def __missing__(self, name: str) -> Any:
        return self.outer[name]

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or name in self.outer

    def declare(self, name: str, value: Any) -> None:
        """`:=`"""
        self[name] = value

    def assign(self, name: str, value: Any) -> None:
        """`=`: where it was declared."""
        _assign(self, name, value)


def _assign(scope: Scope, name: str, value: Any) -> None:
    at: Any = scope
    while isinstance(at, _Scope) and not dict.__contains__(at, name):
        at = at.outer
    if name not in at:
        _no_variable(name)
    at[name] = value


def _pairs(value: Any) -> Sequence[tuple[Any, Any]]:
    if value is MISSING or value is None:
        return ()
    if isinstance(value, dict):
        return [(key, value[key]) for key in sorted(value)]
    if isinstance(value, list):
        return list(enumerate(value))
    if type(value) in (int, Int64):
        if value > MAX_STEPS:
            raise TooMuch("The template counts further than one repo's template may.")
        return [(at, at) for at in range(value)]
    if isinstance(value, Unknown):
        raise Unsupported(f"It needs {value.what}, which Git does not hold.")
    raise Failed(f"range cannot go over a {type_name(value)}.")


def _two_variables() -> None:
    raise Failed("range over a number takes one variable.")


def _no_function(name: str) -> None:
    raise Failed(f"{clean(name, 100)} is not a function but is given arguments.")


def _no_variable(name: str) -> None:
    raise Failed(f"The variable {clean(name, 100)} is not defined.")


def _unknown_function(name: str) -> None:
    raise Unsupported(f"It uses the function {clean(name, 100)}, which is not read here.")
