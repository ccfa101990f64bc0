"""One `helm_release`: the layers that its literal parts tell.

As the provider puts them together (terraform-provider-helm 2 and 3, `getValues`): the texts of `values` in order,
each read as its first document and merged as Helm merges files, then `set`, `set_list`, `set_sensitive`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from rea_xcom_tui.layouts.charts import chart_ref
from rea_xcom_tui.layouts.model import ChartRef, EntryPoint, Layer, Problem, entry_id, opaque
from rea_xcom_tui.layouts.referenced import referenced
from rea_xcom_tui.layouts.terraform.syntax import (
    Block,
    Body,
    Call,
    Expression,
    Literal,
    Object,
    Reference,
    Sequence,
    Template,
    Unknown,
)
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.documents import first_document
from rea_xcom_tui.values.merged import Rule

_STEP = re.compile(r"[.\[]")
_IN_HCL = "The value is written in Terraform's own language; edit it there."


@dataclass(frozen=True, slots=True)
class Module:
    """A folder of Terraform files."""

    folder: str
    locals: dict[str, Expression] = field(default_factory=dict)
    is_root: bool = True
    """Whether no other folder of the repo calls it as a module."""


@dataclass(slots=True)
class _Release:
    tree: Tree
    module: Module
    file: str
    block: Block
    layers: list[Layer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)

    def text(self, expression: Expression | None, depth: int = 0) -> str | None:
        """The text that an expression is sure to give, or None."""
        if depth > 10:
            return None
        match expression:
            case Literal(value=value) if value is not None:
                return str(value).lower() if isinstance(value, bool) else str(value)
            case Template(parts=parts):
                texts = [part if isinstance(part, str) else self.text(part, depth + 1) for part in parts]
                return None if None in texts else "".join(text for text in texts if text is not None)
            case Reference(path="path.module"):
                return "."
            case Reference(path="path.root" | "path.cwd") if self.module.is_root:
                return "."
            case Reference(path=path) if path.startswith("local."):
                return self.text(self.module.locals.get(path.removeprefix("local.")), depth + 1)
            case _:
                return None

    def read(self) -> EntryPoint | None:
        """The entry point, or None for a release that is switched off."""
        body = self.block.body
        label = self.block.labels[1]
        if self.text(body.attributes.get("count")) == "0":
            return None
        self._repeats(body)
        name = self.text(body.attributes.get("name"))
        if name is None:
            self.unknown.append(f"Only Terraform knows the name of the release; it is called {clean(label)} here.")
        self._values(body.attributes.get("values"))
        self._sets(body)
        return EntryPoint(
            entry_id(self.file, f"helm_release.{label}"),
            self.file,
            "terraform",
            name or label,
            tuple(self.layers),
            line=self.block.line,
            namespace=self.text(body.attributes.get("namespace")),
            chart=self._chart(body),
            problems=tuple(self.problems),
            unknown=tuple(self.unknown),
            conflict=self._overlap(),
        )

    def _repeats(self, body: Body) -> None:
        for key in ("for_each", "count"):
            expression = body.attributes.get(key)
            if expression is not None and self.text(expression) != "1":
                self.unknown.append(
                    f"`{key}` at line {expression.line} makes several releases, or none; only Terraform knows which."
                )

    def _chart(self, body: Body) -> ChartRef:
        chart = self.text(body.attributes.get("chart"))
        repo = self.text(body.attributes.get("repository"))
        version = self.text(body.attributes.get("version"))
        return chart_ref(self.tree, self.module.folder, chart, version, is_here=repo is None)

    # -- values -------------------------------------------------------------------------------------

    def _values(self, expression: Expression | None, depth: int = 0) -> None:
        match expression:
            case None | Literal(value=None):
                return
            case Sequence(items=items):
                for item in items:
                    self._value(item)
            case Call(name="concat", arguments=arguments) if depth < 10:
                for argument in arguments:
                    self._values(argument, depth + 1)
            case Reference(path=path) if path.startswith("local.") and depth < 10:
                told = self.module.locals.get(path.removeprefix("local."))
                self._refuse(expression) if told is None else self._values(told, depth + 1)
            case _:
                self._refuse(expression)

    def _value(self, item: Expression, depth: int = 0) -> None:
        match item:
            case Call(name="file", arguments=(argument,)):
                path = self.text(argument)
                if path is None:
                    self._refuse(item)
                else:
                    self._file(path, item.line)
            case Literal(value=str(text)):
                self._inline(text, item.line)
            case Reference(path=path) if path.startswith("local.") and depth < 10:
                told = self.module.locals.get(path.removeprefix("local."))
                self._refuse(item) if told is None else self._value(told, depth + 1)
            case Template():
                filled = self.text(item)
                self._refuse(item) if filled is None else self._inline(filled, item.line)
            case _:
                self._refuse(item)

    def _file(self, path: str, line: int) -> None:
        if path.startswith("/"):
            self.layers.append(
                opaque(f"{clean(path)} (a file of the machine)", "It is outside the repo; edit it there.")
            )
            return
        found = referenced(self.tree, self.module.folder, path, (self.file, line), reader="first document")
        if isinstance(found, Layer):
            self.layers.append(found)
        elif found is not None:
            self.problems.append(found)

    def _inline(self, text: str, line: int) -> None:
        root, error = first_document(text)
        if error is not None:
            self.problems.append(Problem(f"The values are not YAML: {clean(error)}", self.file, line))
        if root is not None:
            self.layers.append(
                Layer(
                    "values text",
                    self.file,
                    ("helm_release", self.block.labels[1], "values"),
                    reader="first document",
                    content=root,
                    why_not=_IN_HCL,
                )
            )

    def _refuse(self, item: Expression) -> None:
        self.layers.append(
            opaque(
                f"{_words(item)} at {clean(self.file)}:{item.line}",
                "Only Terraform works it out; edit what it is made from.",
            )
        )

    # -- set ----------------------------------------------------------------------------------------

    def _sets(self, body: Body) -> None:
        for kind in ("set", "set_list", "set_sensitive"):
            for line, attributes in self._set_bodies(body, kind):
                self._set(kind, line, attributes)

    def _set_bodies(self, body: Body, kind: str) -> Iterator[tuple[int, dict[str, Expression]]]:
        for block in body.blocks:
            if block.kind == kind:
                yield block.line, block.body.attributes
            elif block.kind == "dynamic" and block.labels == (kind,):
                self._refuse(Unknown(f'dynamic "{kind}"', block.line))
        listed = body.attributes.get(kind)
        if isinstance(listed, Sequence):
            for item in listed.items:
                if isinstance(item, Object) and item.whole:
                    yield item.line, dict(item.entries)
                else:
                    self._refuse(item)
        elif listed is not None and not (isinstance(listed, Literal) and listed.value is None):
            self._refuse(listed)

    def _set(self, kind: str, line: int, attributes: dict[str, Expression]) -> None:
        path, value = self.text(attributes.get("name")), self._set_text(kind, attributes.get("value"))
        if path is None:
            self._refuse(Unknown(kind, line))
            return
        words = f"{kind} {clean(path)} at {clean(self.file)}:{line}"
        if kind == "set_sensitive":
            self.layers.append(opaque(words, "Terraform hides its value; edit it there.", kind="secret"))
            return
        if value is None:
            self.layers.append(opaque(words, "Only Terraform knows its value."))
            return
        rules: dict[str | None, Rule] = {"string": "set-string", "literal": "set-literal"}
        pointer = ("helm_release", self.block.labels[1], kind, path)
        rule = rules.get(self.text(attributes.get("type")), "set")
        self.layers.append(Layer("parameter", self.file, pointer, rule=rule, path=path, value=value, why_not=_IN_HCL))

    def _set_text(self, kind: str, value: Expression | None) -> str | None:
        if kind != "set_list":
            return self.text(value)
        if not isinstance(value, Sequence):
            return None
        texts = [self.text(item) for item in value.items]
        return None if None in texts else "{" + ",".join(text for text in texts if text is not None) + "}"

    def _overlap(self) -> str | None:
        """`set` blocks are a set without an order, so those that write into one another give either outcome."""
        paths = [layer.path for layer in self.layers if layer.path]
        once = set(paths)
        twice = {path for path, count in Counter(paths).items() if count > 1}
        for path in paths:
            above = [path[: found.start()] for found in _STEP.finditer(path)]
            shorter = next((each for each in above if each in once), path if path in twice else None)
            if shorter is not None:
                names = f"{clean(shorter)} and of {clean(path)}"
                return f"The options `set` of {names} overlap, and Terraform keeps no order of them."
        return None


def read_release(tree: Tree, module: Module, file: str, block: Block) -> EntryPoint | None:
    """The entry point of a `helm_release`, or None for one that is switched off."""
    return _Release(tree, module, file, block).read()


def _words(item: Expression) -> str:
    match item:
        case Call(name=name, arguments=arguments):
            first = arguments[0] if arguments else None
            text = f'"{first.value}"' if isinstance(first, Literal) else "..." if arguments else ""
            return f"Terraform's {clean(name)}({clean(text)})"
        case Reference(path=path):
            return f"Terraform's {clean(path)}"
        case Unknown(text=text):
            return f"Terraform's {clean(text, 60)}"
        case _:
            return "a Terraform expression"
