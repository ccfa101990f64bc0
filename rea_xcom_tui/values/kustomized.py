"""What kustomize makes of a YAML text: another library than Helm's, which types scalars in its own way.

kustomize reads manifests and patches with go-yaml's third version, prints JSON and lets Helm or Flux read that. `yes`
and `on` are strings there, dates get a time, an explicit key beats a merged one wherever it is, and a key twice is an
error. Measured with Kustomize 5.8.1.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rea_xcom_tui.edits import Scalar
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.events import MAX_EVENTS
from rea_xcom_tui.values.nodes import Kind, Node, NodeFile, Raw, is_merge, tag_of
from rea_xcom_tui.values.resolve import STRING_TAG, WORDS, resolve
from rea_xcom_tui.values.times import go_time

_ONLY_YAML_1_1 = frozenset(word for word, value in WORDS.items() if isinstance(value, bool)) - frozenset(
    ("true", "True", "TRUE", "false", "False", "FALSE")
)
_BINARY_TAG = "tag:yaml.org,2002:binary"
_CORE = "tag:yaml.org,2002:"


class Kustomized:
    """A node as kustomize reads it: aliases and merge keys are filled in, scalars typed by YAML 1.2 and a little more.

    Reads as a `Readable`; made all at once, within limits, by `kustomized`.
    """

    __slots__ = (
        "_file",
        "_index",
        "_odd",
        "_raw",
        "column",
        "entries",
        "items",
        "kind",
        "line",
        "name",
        "quoted",
        "text",
        "value",
    )

    def __init__(self, file: NodeFile, raw: Raw, kind: Kind, line: int, column: int) -> None:
        self._file = file
        self._raw = raw
        self.kind: Kind = kind
        self.line = line
        self.column = column
        self.quoted = False
        """Whether it is written in quotes or as a block; a patch that puts an unquoted scalar there then makes a
        string of that too."""
        self.value: Scalar = None
        self.text = ""
        self.name = ""
        self.items: Sequence[Kustomized] = ()
        self.entries: Sequence[tuple[Kustomized, Kustomized]] = ()
        self._index: Mapping[str, Kustomized] | None = None
        self._odd: bool | None = None

    def __repr__(self) -> str:
        return f"<{self.kind} at {self.line}:{self.column}>"

    @property
    def source(self) -> Node:
        """The node of the file, or of the text in it."""
        return Node(self._file, self._raw)

    def get(self, key: str) -> Kustomized | None:
        """The value under `key`, or None."""
        if self._index is None:
            self._index = {name.name: value for name, value in self.entries}
        return self._index.get(key)

    def is_odd(self) -> bool:
        """Whether it is, or a mapping that holds, a string without quotes that YAML 1.1 reads as something else."""
        if self._odd is None:
            if self.kind == "mapping":
                self._odd = any(value.is_odd() for _, value in self.entries)
            else:
                is_plain = self.kind == "scalar" and isinstance(self.value, str) and not self.quoted
                self._odd = is_plain and not isinstance(resolve(self.text), str)
        return self._odd

    def as_string(self, *, quoted: bool = True) -> Kustomized:
        """The scalar as a string: as it is where it is one, else as it is written."""
        made = Kustomized(self._file, self._raw, "scalar", self.line, self.column)
        made.text = self.value if isinstance(self.value, str) else self.text
        made.value = made.name = made.text
        made.quoted = quoted
        return made

    def requoted(self) -> Kustomized:
        """The scalar as it is read where kustomize gives it the quotes of what it replaces."""
        made = self.as_string()
        made.value = made.name = made.text = str(self.source.target.value)
        return made


def kustomized(root: Node, *, aliases: bool = True, shift: int = 0, at: tuple[int, int] | None = None) -> Kustomized:
    """A document as kustomize reads it. Without `aliases`, as it re-reads a valuesFile that is mixed with
    valuesInline: aliases and merge keys vanish. Of a text within a file, `shift` is added to each line, or all of it
    stands `at` one line and column.

    Raises `Unreadable`, with the line, for what kustomize refuses: a key twice, a key that is not a string; and for
    aliases that multiply beyond all bounds.
    """
    return _Reader(root.file, aliases, shift, at).read(root.raw)


class _Reader:
    """Reads the events of a file themselves: a node of each would cost more than the reading."""

    def __init__(self, file: NodeFile, aliases: bool, shift: int, at: tuple[int, int] | None) -> None:
        self._file = file
        self._aliases = aliases
        self._shift = shift
        self._at = at
        self._left = MAX_EVENTS

    def _made(self, raw: Raw, kind: Kind) -> Kustomized:
        mark = (raw[0] if raw.__class__ is list else raw).start_mark
        line, column = self._at or (mark.line + 1 + self._shift, mark.column + 1)
        return Kustomized(self._file, raw, kind, line, column)

    def read(self, raw: Raw) -> Kustomized:
        self._left -= 1
        if self._left < 0:
            line, column = _place(raw)
            raise Unreadable(
                f"Line {line} repeats an anchor so often that more than {MAX_EVENTS:,} values come of it.", line, column
            )
        targets = self._file.targets
        target = targets.get(id(raw), raw) if targets else raw
        if target is not raw and not self._aliases:
            return self._made(raw, "scalar")
        if target.__class__ is not list:
            return self._scalar(raw, target)
        if _is_mapping(target):
            made = self._made(raw, "mapping")
            made.entries = tuple(self._entries(target).values())
        else:
            made = self._made(raw, "sequence")
            made.items = tuple([self.read(item) for item in target[1:-1]])
        return made

    def _scalar(self, raw: Raw, target: Raw) -> Kustomized:
        made = self._made(raw, "scalar")
        made.value, made.text = _scalar(target)
        made.name = made.text
        made.quoted = not target.implicit[0] and (target is not raw or tag_of(raw) is None)
        return made

    def _entries(self, mapping: Raw) -> dict[str, tuple[Kustomized, Kustomized]]:
        own: dict[str, tuple[Kustomized, Kustomized]] = {}
        merged: list[Raw] = []
        targets = self._file.targets
        for key, value in zip(mapping[1:-1:2], mapping[2:-1:2], strict=True):
            if is_merge(key):
                merged.append(value)
                continue
            if not self._aliases and id(value) in targets:
                continue
            name = self._key(key)
            if name.name in own:
                first = own[name.name][0].line
                line, column = _place(key)
                raise Unreadable(
                    f"Line {line} has the key {name.name[:80]!r} a second time (first at line {first}); "
                    "kustomize refuses that.",
                    line,
                    column,
                )
            own[name.name] = (name, self.read(value))
        if not merged or not self._aliases:
            return own
        out: dict[str, tuple[Kustomized, Kustomized]] = {}
        for value in merged:
            target = self._file.target_of(value)
            several = target.__class__ is list and not _is_mapping(target)
            for one in reversed(target[1:-1]) if several else (value,):
                source = self._file.target_of(one)
                if source.__class__ is not list or not _is_mapping(source):
                    line, column = _place(value)
                    raise Unreadable(f"Line {line} merges something that is not a mapping.", line, column)
                out.update(self._entries(source))
        return {**out, **own}

    def _key(self, key: Raw) -> Kustomized:
        made = self._made(key, "scalar")
        made.value, made.text = _scalar(self._file.target_of(key))
        made.name = made.text
        if not isinstance(made.value, str):
            line, column = _place(key)
            raise Unreadable(
                f"Line {line} has the key {made.text[:80]!r}, which kustomize does not read as a string and "
                "refuses; put it in quotes.",
                line,
                column,
            )
        return made


def _is_mapping(collection: Raw) -> bool:
    return bool(collection[0].__class__.__name__ == "MappingStartEvent")


def _place(raw: Raw) -> tuple[int, int]:
    mark = (raw[0] if raw.__class__ is list else raw).start_mark
    return mark.line + 1, mark.column + 1


def _scalar(event: Raw) -> tuple[Scalar, str]:
    """The value that kustomize's JSON has, and its text."""
    tag = None if event.tag in (None, "!") else str(event.tag)
    text = str(event.value)
    if tag == _BINARY_TAG:
        try:
            text = base64.b64decode(re.sub(r"\s", "", text), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            line, column = _place(event)
            raise Unreadable(f"Line {line} has binary data that is not text.", line, column) from None
        return text, text
    if tag == STRING_TAG or (tag is not None and not tag.startswith(_CORE)) or (tag is None and not event.implicit[0]):
        return text, text
    value = resolve_1_2(text)
    return value, value if isinstance(value, str) else text


@lru_cache(maxsize=4096)
def resolve_1_2(text: str) -> Scalar:
    """The value of an unquoted scalar in go-yaml's third version, as its JSON has it."""
    if text in _ONLY_YAML_1_1:
        return text
    return go_time(text) or resolve(text)
