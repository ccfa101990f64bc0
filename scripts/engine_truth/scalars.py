"""Scalars and environment lists as people write them, asked of a real Helm.

Mistakes are favoured: other YAML versions' words, tags, quotes and escapes of JSON, numbers in every spelling.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import helm, model
from .cases import Case, ChartCase

_BATCH = 25
_WORDS = (
    "true", "True", "TRUE", "tRue", "false", "yes", "Yes", "no", "No", "NO", "on", "On", "off", "OFF", "y", "Y", "n",
    "N", "null", "Null", "NULL", "nUll", "~", "none", "None", "nil", "", "never", "always", "zip", "gzip", "s3://b/x",
    "s3://conn@bucket/x", "arn:aws:iam::123456789012:role/x", "{{ x }}", "${X}", "$(X)", "@x", "*x", "%x", "`x`", "<<",
    "=", "-", "?", "? a", "a: b", "a:", ":a", "a #b", "a#b", "# a", "[a", "a]", "{a", "a, b", "[]", "{}", "[a, 5]",
    "{a: 5}", "!", "! ", "&x", "|", ">", "\ufeffx", "\u00a05", "a\u2028b", "x'y", 'x"y', "inf", "nan", ".inf", "-.inf",
    "+.inf", ".Inf", ".nan", ".NaN", ".NAN", "Infinity",
)  # fmt: skip
_NUMBERS = (
    "0", "-0", "1", "-1", "+5", "10", "999999", "1000000", "1048576", "99999999999999999999", "9007199254740993", "00",
    "012", "089", "0o12", "0O12", "0o8", "0x1F", "0X1f", "0x", "0b11", "0B11", "0b2", "1_000", "1__0", "_1",
    "1_", "1,000",
    "1e6", "1E6", "1e+06", "1.048576e+06", "1e400", "1e-400", ".5", "5.", "1.0", "1.5", "-.5", "+.5", "1.5.2",
    "1e", "e1",
    "0.1e1", "12:30", "12:30:45", "190:20:30", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01 00:00:00",
    "1 # c", "1#c",
)  # fmt: skip
_TAGS = ("!!str", "!!int", "!!float", "!!bool", "!!null", "!!binary", "!!timestamp", "!!set", "!", "!vault", "!!merge",
         "!<tag:yaml.org,2002:str>", "!<tag:yaml.org,2002:int>", "!!omap", "!!seq", "!!map")  # fmt: skip
_BINARY = ("aGk=", "aGk", "aGkh", "not base64!", "aG k=", '"aGk="', "")
_ESCAPES = (
    "\\/", "\\'", '\\"', "\\\\", "\\n", "\\t", "\\0", "\\e", "\\x41", "\\u0041", "\\U00000041", "\\_", "\\L", "\\P",
    "\\a", "\\b", "\\v", "\\f", "\\r", "\\ ", "\\q", "\\$", "\\x4", "\\ud83d\\ude00", "\\ud800",
)  # fmt: skip
"""Without the one for NEL, which breaks the template that prints Helm's answer."""


def _plain(chance: random.Random) -> str:
    return chance.choice((*_WORDS, *_NUMBERS, *_NUMBERS))


def _scalar(chance: random.Random) -> str:
    """One value of a key, as it stands after the colon."""
    kind = chance.randrange(10)
    text = _plain(chance)
    if kind < 4:
        return text
    if kind == 4:
        return "'" + text.replace("'", chance.choice(("''", "''", "'"))) + "'"
    if kind in (5, 6):
        body = "".join(chance.choice((*_ESCAPES, *"ab5: ", "s3:\\/\\/b", text.replace('"', ""))) for _ in range(3))
        return f'"{body}"'
    if kind in (7, 8):
        tag = chance.choice(_TAGS)
        text = chance.choice(_BINARY) if tag == "!!binary" else text
        return f"{tag} {chance.choice((text, text, repr(text)))}"
    head = chance.choice(("|", "|-", "|+", ">", ">-", ">+", "|2"))
    return f"{head}\n    " + text.replace("\n", "\n    ") + chance.choice(("", "\n", "\n\n    b", "\n      c"))


def _entry(chance: random.Random) -> str:
    """One item of an environment list, in one of its shapes."""
    value = _plain(chance)
    safe = value.replace('"', "")
    shapes: Sequence[str] = (
        f"- name: T\n  value: {value}", f'- name: T\n  value: "{safe}"', f'- {{name: T, value: "{safe}"}}',
        f'- {{"name":"T","value":"{safe}"}}', f"- {{name: T, value: {safe}}}", "- name: T", "- T=1", "- T: 1",
        "- ~", "-",
        f"- name: {value}\n  value: x", "- name: T\n  valueFrom: {secretKeyRef: {name: s, key: k}}",
        f"- name: T\n  value: &v {value}\n- name: U\n  value: *v", f"- name: T\n  value: a\n  value: {value}",
        "- &e {name: T, value: a}\n- {<<: *e, name: U}", f"- name: T\n\n  # why\n  value: {value}",
        f"- name: T\n  value:\n    {value}", f"-  name: T\n   value: {value}", f"- name: T\n   value: {value}",
        f"- name: T\n  value: |\n    {value}", f"- !e {{name: T, value: {safe}}}", "- [name, T]", f"- 'T'\n- {value}",
    )  # fmt: skip
    return chance.choice(shapes)


def made(seed: int, count: int) -> tuple[list[str], list[str]]:
    """So many different scalars, and a fifth as many environment lists; the same ones for the same seed."""
    chance = random.Random(seed)
    scalars: dict[str, None] = {}
    lists: dict[str, None] = {}
    while len(scalars) < count:
        scalars[_scalar(chance)] = None
    while len(lists) < max(1, count // 5):
        items = "\n".join(_entry(chance) for _ in range(chance.choice((1, 1, 2))))
        lists["\n" + "\n".join("  " + line if line else "" for line in items.split("\n"))] = None
    return list(scalars), list(lists)


@dataclass(slots=True)
class Tally:
    """How many were asked, and those on which the model and Helm differ."""

    count: int = 0
    wrong: list[str] = field(default_factory=list)


def compared(values: Sequence[str], engine: str, binary: Path, work: Path) -> Tally:
    """Ask one Helm; what the model takes is asked in batches, and one by one only where a batch differs."""
    tally = Tally(len(values))
    taken = [value for value in values if _said(value, engine) is not None]
    batches = [taken[start : start + _BATCH] for start in range(0, len(taken), _BATCH)]
    batches += [[value] for value in values if _said(value, engine) is None]
    for batch in batches:
        tally.wrong += _differences(batch, engine, binary, work)
    return tally


def _said(value: str, engine: str) -> object:
    return model.effective(_case([value]), engine)  # type: ignore[arg-type]


def _differences(batch: Sequence[str], engine: str, binary: Path, work: Path) -> Iterator[str]:
    case = _case(batch)
    said, answer = model.effective(case, engine), helm.ask(binary, case, work)  # type: ignore[arg-type]
    if said is not model.UNKNOWN and model.same(said, answer):
        return
    if len(batch) > 1:
        half = len(batch) // 2
        yield from _differences(batch[:half], engine, binary, work)
        yield from _differences(batch[half:], engine, binary, work)
    elif said is not None and answer is not None and said is not model.UNKNOWN:
        yield f"{batch[0]!r}: the model reads {said!r}, Helm {answer!r}"
    else:
        yield f"{batch[0]!r}: {'Helm refuses it' if answer is None else f'Helm reads {answer!r}'}, the model {said!r}"


def _case(values: Sequence[str]) -> Case:
    text = "".join(f"k{number}: {value}\n" for number, value in enumerate(values))
    return Case([text], [], ChartCase(""))
