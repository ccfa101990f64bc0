"""`--set` and its siblings: values at paths into what the layers before give, in the grammar of Helm's `strvals`."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from rea_xcom_tui.values.charts import Engine, MergeFailed
from rea_xcom_tui.values.merged import Made, Members, Merged, Part, overlaid

_MAX_INDEX = 65_536
_MAX_LEVELS = 30
_WHOLE = re.compile(r"[+-]?[0-9]+")
_INDEX = re.compile(r"[+-]?[0-9]+")
_WORDS = {"true": True, "false": False, "null": None, "0": 0}


def assigned(root: Merged, part: Part, engine: Engine) -> Merged:
    """The tree with what a `set...` part says in it. Raises `MergeFailed` where Helm gives up.

    Of `set` and `set-string`, the value may hold further assignments behind a comma, as on the command line.
    """
    if part.rule == "set-json" and not part.path:
        return _whole_object(root, part, engine)
    setter = _Setter(part)
    members = root.members()
    setter.run(members)
    return Merged(root.node, root.part, members)


def _whole_object(root: Merged, part: Part, engine: Engine) -> Merged:
    """`--set-json '{...}'`: Helm 4 merges the object, Helm 3 knows no such form."""
    if engine == "3":
        raise MergeFailed("Helm 3 takes no whole object for --set-json.", part)
    try:
        data = json.loads(part.value)
    except ValueError:
        raise MergeFailed("The value for --set-json is not JSON.", part) from None
    return overlaid(root, Merged(Made(data, *_place(part)), part))


class _End(Exception):
    """The expression is at its end."""


class _Setter:
    """One expression, read character by character as Helm reads it."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.text = part.path if part.rule in ("set-file", "set-literal") else f"{part.path}={part.value}"
        if part.rule in ("set-file", "set-literal"):
            self.text += "="
        self.at = 0

    def run(self, members: Members) -> None:
        """Carry out every assignment of the expression."""
        try:
            while True:
                self.key(members, 0)
        except _End:
            return

    def fail(self, why: str) -> NoReturn:
        """Give up as Helm does."""
        raise MergeFailed(f"Helm cannot set {self.part.path}: {why}.", self.part, _place(self.part)[0])

    def until(self, stops: str) -> tuple[str, str]:
        """The characters up to one of the stops, which is taken too; an empty stop means the end."""
        out: list[str] = []
        escapes = self.part.rule != "set-literal"
        while self.at < len(self.text):
            char = self.text[self.at]
            self.at += 1
            if char in stops:
                return "".join(out), char
            if char == "\\" and escapes:
                if self.at == len(self.text):
                    break
                char = self.text[self.at]
                self.at += 1
            out.append(char)
        return "".join(out), ""

    def key(self, members: Members, level: int) -> None:
        """One assignment below a mapping."""
        key, stop = self.until("=[,.")
        if not stop:
            if not key:
                raise _End
            self.fail(f"the key {key} has no value")
        if stop == "[":
            self._item_of(members, key, level)
        elif stop == "=":
            value, ended = self.value()
            self._put(members, key, value)
            if ended:
                raise _End
        elif stop == ",":
            self.fail(f"the key {key} has no value")
        else:
            self._below(members, key, level + 1)

    def _below(self, members: Members, key: str, level: int) -> None:
        if level > _MAX_LEVELS:
            self.fail(f"it goes more than {_MAX_LEVELS} levels deep")
        found = members.get(key)
        if found is not None and found[1].kind != "mapping":
            self.fail(f"{key} is {_said(found[1])}, not a mapping")
        inner = found[1].members() if found is not None else {}
        try:
            self.key(inner, level)
        finally:
            if inner:
                self._put(members, key, self._mapping(found[1] if found else None, inner))
        if not inner:
            self.fail(f"the key {key} has no value")

    def _item_of(self, members: Members, key: str, level: int) -> None:
        at = self.index()
        found = members.get(key)
        if found is not None and found[1].kind != "sequence":
            self.fail(f"{key} is {_said(found[1])}, not a list")
        items = list(found[1].items) if found is not None else []
        items, ended = self.item(items, at, level)
        self._put(members, key, self._sequence(found[1] if found is not None else None, items))
        if ended:
            raise _End

    def item(self, items: list[Merged], at: int, level: int) -> tuple[list[Merged], bool]:
        """One assignment below an item of a list: the list, and whether the expression is at its end."""
        if at < 0:
            self.fail(f"there is no item {at}")
        rest, stop = self.until("[.=")
        if rest:
            self.fail(f"{rest} follows an index")
        if not stop:
            return items, True
        existing = items[at] if at < len(items) else None
        if stop == "=":
            value, _ = self.value()
            return self._at(items, at, value), False
        if stop == "[":
            following = self.index()
            if existing is not None and existing.kind != "sequence" and not existing.is_null():
                self.fail(f"item {at} is {_said(existing)}, not a list")
            inner, ended = self.item(list(existing.items) if existing is not None else [], following, level)
            return self._at(items, at, self._sequence(existing, inner)), ended
        return self._below_item(items, at, existing, level)

    def _below_item(
        self, items: list[Merged], at: int, existing: Merged | None, level: int
    ) -> tuple[list[Merged], bool]:
        members = existing.members() if existing is not None else {}
        try:
            self.key(members, level)
        except _End:
            # An empty value at the very end: Helm keeps what it has written into an item that was there, and
            # forgets one that was not.
            if existing is None:
                return items, True
            return self._at(items, at, self._mapping(existing, members)), True
        return self._at(items, at, self._mapping(existing, members)), False

    def index(self) -> int:
        """The number between brackets; the opening one is taken already."""
        text, stop = self.until("]")
        if not stop or not _INDEX.fullmatch(text):
            self.fail(f"[{text}] is not an index")
        return int(text)

    def value(self) -> tuple[Merged, bool]:
        """The value behind `=`, and whether the expression ends with an empty one."""
        rule = self.part.rule
        if rule in ("set-file", "set-literal"):
            return self._node(self.part.value), False
        if rule == "set-json":
            return self._json(), False
        if self.at == len(self.text):
            return self._node(""), True
        if self.text[self.at] != "{":
            text, _ = self.until(",")
            return self._node(self._typed(text)), False
        self.at += 1
        out: list[object] = []
        while True:
            text, stop = self.until(",}")
            if not stop:
                self.fail("its list has no closing brace")
            out.append(self._typed(text))
            if stop == "}":
                break
        if self.text[self.at : self.at + 1] == ",":
            self.at += 1
        return self._node(out), False

    def _json(self) -> Merged:
        rest = self.text[self.at :]
        blank = len(rest) - len(rest.lstrip(" "))
        if rest[blank : blank + 1] in ("", ","):
            self.at += blank + 1
            return self._node(None)
        try:
            data, end = json.JSONDecoder().raw_decode(rest, blank)
        except (ValueError, RecursionError):
            self.fail("its value is not JSON")
        self.at += end
        while self.text[self.at : self.at + 1] in (" ", ","):
            self.at += 1
            if self.text[self.at - 1] == ",":
                break
        return self._node(data)

    def _typed(self, text: str) -> object:
        if self.part.rule == "set-string":
            return text
        if text.lower() in _WORDS:
            return _WORDS[text.lower()]
        if text and text[0] != "0" and _WHOLE.fullmatch(text) and -(2**63) <= int(text) < 2**63:
            return int(text)
        return text

    def _at(self, items: list[Merged], at: int, value: Merged) -> list[Merged]:
        if at > _MAX_INDEX:
            self.fail(f"there is no item {at}: Helm stops at {_MAX_INDEX}")
        items = items + [self._node(None) for _ in range(at + 1 - len(items))]
        items[at] = value
        return items

    def _put(self, members: Members, key: str, value: Merged) -> None:
        if key:
            known = members.get(key)
            members[key] = (known[0] if known is not None else self._node(key), value)

    def _node(self, data: object) -> Merged:
        return Merged(Made(data, *_place(self.part)), self.part)

    def _mapping(self, existing: Merged | None, members: Members) -> Merged:
        base = existing if existing is not None and existing.kind == "mapping" else self._node({})
        return Merged(base.node, self.part, members)

    def _sequence(self, existing: Merged | None, items: list[Merged]) -> Merged:
        base = existing if existing is not None and existing.kind == "sequence" else self._node([])
        return Merged(base.node, self.part, items=tuple(items))


def _place(part: Part) -> tuple[int, int]:
    return (part.documents[0].line, part.documents[0].column) if part.documents else (1, 1)


def _said(node: Merged) -> str:
    return "null" if node.is_null() else {"mapping": "a mapping", "sequence": "a list"}.get(node.kind, "a single value")
