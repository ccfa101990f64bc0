"""Random stacks of layers, weighted as real fleets are: most are a base with overlays that replace lists."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field
from typing import Any

_NAMES = ("LOG_LEVEL", "TEAM", "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH", "POOL", "REGION")
_KEYS = ("xcomBackend", "commonEnv", "workers", "labels", "annotations", "image", "serviceAccount", "replicas",
         "extra")  # fmt: skip
_BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
_SCALARS = (
    "1", "0", "s3://bucket/xcom", "'1024'", "true", "yes", "off", "012", "0x1F", "1_000", "1e3", "12:30", "0.5", "''",
    '"x y"', "2026-01-01", "~", "null", _BACKEND, "1000000", "+5",
)  # fmt: skip
_NULL_SHARE = 0.1

_PECULIAR = (
    "", "# nothing\n", "{}\n", "null\n", "~\n", "---\n", "---\n---\n", "---\n---\na: 1\n", "--- # comment\na: 1\n",
    "%YAML 1.1\n---\na: 1\n", "%YAML 1.2\n---\na: 1\n", "--- null\n", "--- {a: 1}\n", "a: 1\n--- # more\nb: 2\n",
    "---a: 1\nb: 2\n", "a: 1\n...\n", "a: 1\n...\n---\nb: 2\n", "a: 1\n---\n", "a: 1\n---\n# nothing\n---\na: 2\n",
    "a: 1\n---\nnull\n---\nb: 2\n", "a: {b: 1, c: 2}\n---\na: {b: null}\n", "a: [1]\n---\na: [2, 3]\n",
    "a: &x 1\n---\nb: *x\n", "a: 1\n---\n- b\n", "a: 1\n---\ntext\n", "a: 1\n---\nb: [\n", "[]\n", "text\n", "3\n",
    "a: 1\na: 2\n", "a: {b: 1, b: 2}\n", "a: [{b: 1, b: 2}]\n", "x: &x {k: 1, m: 1}\nz: {k: 2, <<: *x, m: 3}\n",
    "x: &x {k: 1}\nv: &v {k: 2, w: 2}\nz: {<<: [*x, *v]}\n", "x: &x {k: 1}\nv: &v {k: 2}\nz:\n  <<: *x\n  <<: *v\n",
    "z: {'<<': {k: 1}}\n", "x: &x [1, 2]\nz: *x\n", "1: a\nyes: b\nn: c\non: d\n1.5: e\n", "~: a\n", "null: a\n",
    "\ufeffa: 1\n", "a: 1\r\nb: 2\r\n", "a: 1\rb: 2\r", "a: 'x'\t\n", "a:\t1\n", "a: 1\t# comment\n",
    "a: 1\n\t\nb: 2\n", "- \ta: 1\n", '{"a": [1, {"b": null}], "c": 1e3}', "a: !!int '012'\n", "a: !!str 1\n",
    "a: !x y\n", "a: !x\n", "a: {{ .x }}\n", "a: '{{ .x }}'\n", "a: |\n  ---\n  b\n", "a: '\n\n  ---\n  b'\n", "a: 1",
    "a: .inf\n", "a: 9007199254740993\n", "a: 1e400\n", "a: 0b11\n", "a: 0o14\n", "a: 089\n", "a: 1__0\n", "a: 12e03\n",
    "a: =\n", "a: tRue\n", "a: 1,000\n", "a: 2026-01-01T10:00:00Z\n", "a: -0\n", "a: 1.\n", "a: .5\n", "a: 0x\n",
    "a: _1\n", f"a: {'x' * 4093}", f"a: {'x' * 4092}", f"a: {'x' * 4093}\n",
)  # fmt: skip


@dataclass(slots=True)
class Dependency:
    """A subchart as its parent has it."""

    name: str
    chart: ChartCase
    alias: str = ""
    condition: str = ""
    tags: list[str] = field(default_factory=list)
    imports: list[Any] = field(default_factory=list)


@dataclass(slots=True)
class ChartCase:
    """A chart with its own values.yaml."""

    defaults: str
    dependencies: list[Dependency] = field(default_factory=list)


@dataclass(slots=True)
class Case:
    """One stack: what Helm is given, and what each version of it made of that."""

    files: list[str]
    options: list[list[str]]
    """Rule, path and value, in the order in which Helm applies them."""
    chart: ChartCase
    answers: dict[str, Any] = field(default_factory=dict)
    """By engine: the effective values, or None where it refused."""


def peculiar() -> list[Case]:
    """One values file each, in every way in which readers of YAML are known to disagree."""
    return [Case([text], [], ChartCase("")) for text in _PECULIAR]


class Maker:
    """Makes random cases; the same seed makes the same cases."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def chance(self, share: float) -> bool:
        """True in this share of calls."""
        return self.random.random() < share

    def case(self) -> Case:
        """One stack."""
        umbrella = self.chance(0.35)
        names = self._children() if umbrella else []
        chart = self._chart(names)
        files = [self._file(names, layer) for layer in range(self.random.choice((0, 1, 1, 2, 2, 2, 3, 3, 4)))]
        options = [self._option(names) for _ in range(self.random.choice((1, 1, 2, 3)))] if self.chance(0.35) else []
        order = ("set-json", "set", "set-string", "set-literal")
        return Case(files, sorted(options, key=lambda each: order.index(each[0])), chart)

    def _children(self) -> list[str]:
        return self.random.sample(("agent", "agent-tide", "sidecar"), self.random.choice((1, 1, 2, 3)))

    def _chart(self, names: list[str], level: int = 0) -> ChartCase:
        out = ChartCase(self._file(names, 0) if self.chance(0.8) else "")
        for name in names:
            inner = ["inner"] if level == 0 and self.chance(0.2) else []
            each = Dependency("sub" if self.chance(0.5) else name, self._chart(inner, level + 1))
            if each.name != name:
                each.alias = name
            if self.chance(0.35):
                each.condition = self.random.choice((f"{name}.enabled", f"{name}.on,{name}.enabled", "switch"))
            if self.chance(0.15):
                each.tags = [self.random.choice(("front", "back"))]
            if self.chance(0.12):
                each.imports = [self.random.choice(({"child": "labels", "parent": "labels"}, "data"))]
            out.dependencies.append(each)
        known = {each.name for each in out.dependencies}
        return out if len(known) == len(out.dependencies) else self._chart(names, level)

    def _file(self, names: list[str], layer: int) -> str:
        """A values file; that of an umbrella holds its subcharts' values below their names."""
        texts = [self._document(names)]
        while self.chance(0.07):
            texts.append(self._document(names))
        if self.chance(0.02):
            texts.insert(
                self.random.randrange(len(texts) + 1), self.random.choice(("", "# nothing\n", "{}\n", "null\n"))
            )
        if self.chance(0.006):
            texts.insert(self.random.randrange(len(texts) + 1), self.random.choice(("[1]\n", "a: [\n", "text\n")))
        return "---\n".join(texts)

    def _document(self, names: list[str]) -> str:
        out = self._mapping(list(_KEYS), 0)
        if self.chance(0.2 if not names else 0.5):
            out += "global:\n" + self._mapping(["region", "labels", "image"], 2)
        if names and self.chance(0.2):
            out += f"tags: {{front: {self._bool()}, back: {self._bool()}}}\n"
        if names and self.chance(0.2):
            out += f"switch: {self._bool()}\n"
        for name in names:
            if self.chance(0.7):
                out += self._child(name)
        return out or "{}\n"

    def _child(self, name: str) -> str:
        if self.chance(0.02):
            return f"{name}: {self.random.choice(('null', 'text', '[]', '{}'))}\n"
        body = self._mapping(list(_KEYS), 2)
        if self.chance(0.3):
            body += f"  enabled: {self._bool()}\n"
        if self.chance(0.15):
            body += "  exports:\n    data:\n" + self._mapping(["extra", "labels"], 6)
        if self.chance(0.2):
            body += "  global:\n" + self._mapping(["region", "labels", "image"], 4)
        if self.chance(0.15):
            body += "  inner:\n" + self._mapping(list(_KEYS), 4)
        return f"{name}:\n{body}" if body else f"{name}: {{}}\n"

    def _bool(self) -> str:
        return self.random.choice(("true", "false", "false", "null", "'false'"))

    def _mapping(self, keys: list[str], indent: int) -> str:
        chosen = self.random.sample(keys, self.random.randrange(1, min(5, len(keys)) + 1))
        return "".join(self._entry(key, indent) for key in chosen)

    def _entry(self, key: str, indent: int) -> str:
        pad = " " * indent
        if self.chance(_NULL_SHARE):
            return f"{pad}{key}:{self.random.choice((' null', '', ' ~'))}\n"
        shape = {"commonEnv": "list", "workers": "list", "labels": "map", "annotations": "map", "image": "map",
                 "serviceAccount": "map", "extra": "map"}.get(key, "scalar")  # fmt: skip
        if self.chance(0.06):
            shape = self.random.choice(("list", "map", "scalar"))
        if shape == "scalar":
            return f"{pad}{key}: {self.random.choice(_SCALARS)}\n"
        if self.chance(0.12):
            return f"{pad}{key}: {'[]' if shape == 'list' else '{}'}\n"
        if shape == "list":
            return f"{pad}{key}:\n" + "".join(self._env(indent) for _ in range(self.random.randrange(1, 4)))
        return f"{pad}{key}:\n" + self._small_map(indent + 2)

    def _env(self, indent: int) -> str:
        pad = " " * indent
        if self.chance(0.05):
            return f"{pad}- {self.random.choice(('null', 'text', '[1]', '3'))}\n"
        name = self.random.choice(_NAMES)
        return f"{pad}- name: {name}\n{pad}  value: {self.random.choice(_SCALARS)}\n"

    def _small_map(self, indent: int) -> str:
        out = ""
        for key in self.random.sample(("a", "b", "c", "d"), self.random.randrange(1, 4)):
            if self.chance(0.2):
                inner = self.random.sample(("a", "b", "c"), self.random.randrange(1, 3))
                lines = [f"{' ' * (indent + 2)}{each}: {self._leaf()}\n" for each in inner]
                out += f"{' ' * indent}{key}:\n" + "".join(lines)
            else:
                out += f"{' ' * indent}{key}: {self._leaf()}\n"
        return out

    def _leaf(self) -> str:
        return "null" if self.chance(0.2) else self.random.choice(_SCALARS)

    def _option(self, names: list[str]) -> list[str]:
        rule = self.random.choices(("set", "set-string", "set-json", "set-literal"), (12, 4, 2, 1))[0]
        path = self.random.choice((
            "xcomBackend", "commonEnv[0].value", "commonEnv[1].value", "commonEnv[3].value", "commonEnv[0]", "labels.a",
            "labels.d.a", "labels", "commonEnv", "image.a", "extra.b", "commonEnv[0].name", "workers[0].env[0].value",
            "commonEnv.X", "replicas", "annotations.a\\.b", "matrix[0][1]", "global.region",
        ))  # fmt: skip
        if names and self.chance(0.5):
            path = f"{self.random.choice(names)}.{path}"
        if rule == "set-json":
            data = self.random.choice((1, "x", None, [], [{"name": "A", "value": "1"}], {"a": None, "b": 2}, True))
            return [rule, path, json.dumps(data)]
        value = self.random.choice((
            "x", "1", "012", "0", "true", "null", "", "a\\,b", "{a,b}", "{}", "1e3", "yes", "+5", "-3", "x,replicas=4",
            "1024", "s3://bucket/x=y", "{1,null,x},replicas=2", "a b", "1048576", "x\\", "{a",
        ))  # fmt: skip
        return [rule, path, value]
