"""Random values files: a model of nested mappings, lists and strings, written in random styles."""

from __future__ import annotations

import json
import random
from typing import Any

from rea_xcom_tui.values.quoting import can_be_plain

Model = Any
Path = tuple[str | int, ...]

_WORDS = (
    "alpha",
    "beta",
    "s3://b/p",
    "it's",
    'say "x"',
    "a: b",
    "# no",
    "{x}",
    "1",
    "yes",
    "",
    "~",
    "ünï 😀",
    "a\\b",
    "- x",
)
_KEYS = ("one", "two", "three", "a.b/c", "d-e", "Ä", "with space", "k1", "k2", "k3", "XCOM_PATH")


def random_model(r: random.Random, depth: int = 0) -> dict[str, Model]:
    """A mapping with two to five entries."""
    keys = r.sample(_KEYS, r.randint(2, 5))
    return {key: _random_value(r, depth + 1) for key in keys}


def _random_value(r: random.Random, depth: int) -> Model:
    choice = r.random()
    if depth < 4 and choice < 0.2:
        return random_model(r, depth)
    if depth < 4 and choice < 0.35:
        return [_random_value(r, depth + 1) for _ in range(r.randint(0, 3))]
    if choice < 0.45:
        return [{"name": f"N{at}", "value": r.choice(_WORDS)} for at in range(r.randint(1, 3))]
    if choice < 0.5:
        return {}
    if choice < 0.6:
        return (
            "\n".join(r.choice(("alpha", "beta: 1", "# x", "", "  deep")) for _ in range(r.randint(1, 3))).strip()
            + "\n"
        )
    return r.choice(_WORDS)


class Writer:
    """Writes a model as YAML text, deciding every matter of style anew each time."""

    def __init__(self, r: random.Random, *, comments: bool = True) -> None:
        self.r = r
        self.comments = comments

    def write(self, model: dict[str, Model]) -> str:
        start = self.r.choice(("", "", "---\n", "# head\n\n"))
        return start + "\n".join(self._mapping(model, 0)) + "\n"

    def _between(self, indent: int) -> list[str]:
        if not self.comments or self.r.random() > 0.2:
            return []
        return [self.r.choice(("", " " * indent + "# note: 'x'", " " * indent + '#- {a: "b"'))]

    def _tail(self, head: str = "") -> str:
        tails = (" # c", "   # 'q", " ") if head.endswith("-") else (" # c", "   # 'q", "\t# t", " ")
        return self.r.choice(tails) if self.comments and self.r.random() < 0.2 else ""

    def _mapping(self, model: dict[str, Model], indent: int) -> list[str]:
        lines: list[str] = []
        for key, value in model.items():
            lines += self._between(indent)
            lines += self._entry(" " * indent + self._quoted(key, in_flow=False) + ":", value, indent, in_list=False)
        return lines

    def _entry(self, head: str, value: Model, indent: int, *, in_list: bool) -> list[str]:
        if isinstance(value, dict | list) and (not value or self.r.random() < 0.25):
            return [f"{head} {self._flow(value)}{self._tail()}"]
        if isinstance(value, dict):
            return [head + self._tail(head), *self._mapping(value, indent + self.r.choice((2, 2, 4)))]
        if isinstance(value, list):
            at = indent + (2 if in_list else self.r.choice((0, 2, 3)))
            return [head + self._tail(head), *self._list(value, at)]
        if isinstance(value, str) and value.endswith("\n") and self.r.random() < 0.7 and value[0] not in " \n":
            return self._block(head, value, indent)
        return [f"{head} {self._quoted(value, in_flow=False)}{self._tail()}"]

    def _block(self, head: str, value: str, indent: int) -> list[str]:
        margin = " " * (indent + self.r.choice((2, 4)))
        lines = [margin + line if line else "" for line in value[:-1].split("\n")]
        blanks = [""] * self.r.randint(0, 2)
        return [head + " |" + self.r.choice(("", "  # c" if self.comments else "")), *lines, *blanks]

    def _list(self, model: list[Model], indent: int) -> list[str]:
        lines: list[str] = []
        for item in model:
            lines += self._between(indent)
            gap = self.r.choice((" ", "   "))
            dash = " " * indent + "-"
            if isinstance(item, dict) and item and self.r.random() < 0.8:
                first, *rest = self._mapping(item, indent + 1 + len(gap))
                while not first.strip() or first.lstrip().startswith("#"):
                    first, *rest = rest
                lines += [dash + gap + first.lstrip(" "), *rest]
            else:
                lines += self._entry(dash, item, indent, in_list=True)
        return lines

    def _flow(self, model: Model) -> str:
        comma, colon = self.r.choice(((", ", ": "), (",", ": ")))
        if isinstance(model, dict):
            return (
                "{"
                + comma.join(f"{self._quoted(k, in_flow=True)}{colon}{self._flow(v)}" for k, v in model.items())
                + "}"
            )
        if isinstance(model, list):
            return "[" + comma.join(map(self._flow, model)) + "]"
        return self._quoted(model, in_flow=True)

    def _quoted(self, text: str, *, in_flow: bool) -> str:
        style = self.r.random()
        if style < 0.5 and can_be_plain(text, in_flow=in_flow):
            return text
        if style < 0.75 and "\n" not in text:
            return "'" + text.replace("'", "''") + "'"
        return json.dumps(text, ensure_ascii=False)


def random_json(r: random.Random, depth: int = 0) -> dict[str, Any]:
    """An object as connections hold it, perhaps with JSON in a string."""
    out: dict[str, Any] = {}
    for key in r.sample(("conn_type", "login", "extra", "port", "ü", "a b", 'x"y'), r.randint(1, 4)):
        choice = r.random()
        if depth < 3 and choice < 0.2:
            out[key] = random_json(r, depth + 1)
        elif depth < 3 and choice < 0.4:
            out[key] = write_json(r, random_json(r, depth + 1))
        else:
            out[key] = r.choice(("azure", "it's", 'q"x', 5, 1.5, True, None, "😀", "a\\b", ""))
    return out


def write_json(r: random.Random, value: dict[str, Any]) -> str:
    """The object with random spacing and escaping."""
    separators = r.choice(((", ", ": "), (",", ":"), (" , ", " : ")))
    return json.dumps(value, separators=separators, ensure_ascii=r.random() < 0.5)


def addresses(model: Model) -> list[Path]:
    """The address of every string in a model."""
    if isinstance(model, dict):
        return [(key, *rest) for key, value in model.items() for rest in addresses(value)]
    if isinstance(model, list):
        return [(at, *rest) for at, value in enumerate(model) for rest in addresses(value)]
    return [()]


def value_at(model: Model, address: Path) -> Model:
    for step in address:
        model = model[step]
    return model


def replaced(model: Model, address: Path, value: Model) -> Model:
    """The model with another value at an address."""
    if not address:
        return value
    step, *rest = address
    if isinstance(model, dict):
        return {k: replaced(v, tuple(rest), value) if k == step else v for k, v in model.items()}
    return [replaced(v, tuple(rest), value) if at == step else v for at, v in enumerate(model)]
