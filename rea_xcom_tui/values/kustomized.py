"""What kustomize makes of a YAML text: another library than Helm's, which types scalars in its own way.

kustomize reads manifests and patches with go-yaml's third version, prints JSON and lets Helm or Flux read that. `yes`
and `on` are strings there, dates get a time, an explicit key beats a merged one wherever it stands, and a key twice is
an error. Measured with Kustomize 5.8.1.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.events import MAX_EVENTS
from rea_xcom_tui.values.nodes import Kind, Node, is_merge
from rea_xcom_tui.values.resolve import STRING_TAG, WORDS, Scalar, resolve

_DATE = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt]|[ ]+)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)?)?",
)
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
        "_index",
        "_odd",
        "column",
        "entries",
        "items",
        "kind",
        "line",
        "name",
        "quoted",
        "source",
        "text",
        "value",
    )

    def __init__(self, source: Node, kind: Kind, line: int, column: int) -> None:
        self.source = source
        """The node of the file, or of the text in it."""
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
                self._odd = is_plain and (
                    not isinstance(resolve(self.text), str) or _DATE.fullmatch(self.text) is not None
                )
        return self._odd

    def as_string(self, *, quoted: bool = True) -> Kustomized:
        """The scalar as a string: as it is where it is one, else as it is written."""
        made = Kustomized(self.source, "scalar", self.line, self.column)
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
    return _Reader(aliases, shift, at).read(root)


class _Reader:
    def __init__(self, aliases: bool, shift: int, at: tuple[int, int] | None) -> None:
        self._aliases = aliases
        self._shift = shift
        self._at = at
        self._left = MAX_EVENTS

    def _made(self, node: Node, kind: Kind) -> Kustomized:
        line, column = self._at or (node.line + self._shift, node.column)
        return Kustomized(node, kind, line, column)

    def read(self, node: Node) -> Kustomized:
        self._left -= 1
        if self._left < 0:
            raise Unreadable(
                f"Line {node.line} repeats an anchor so often that more than {MAX_EVENTS:,} values come of it.",
                node.line,
                node.column,
            )
        made = self._made(node, node.kind)
        if node.is_alias and not self._aliases:
            made.kind = "scalar"
        elif node.kind == "mapping":
            made.entries = tuple(self._entries(node).values())
        elif node.kind == "sequence":
            made.items = tuple(self.read(item) for item in node.items)
        else:
            made.value, made.text = _scalar(node)
            made.name = made.text
            made.quoted = not node.target.implicit[0] and node.tag is None
        return made

    def _entries(self, node: Node) -> dict[str, tuple[Kustomized, Kustomized]]:
        own: dict[str, tuple[Kustomized, Kustomized]] = {}
        merged: list[Node] = []
        for key, value in node.entries:
            if is_merge(key.raw):
                merged.append(value)
                continue
            if value.is_alias and not self._aliases:
                continue
            name = self._key(key)
            if name.name in own:
                first = own[name.name][0].line
                raise Unreadable(
                    f"Line {key.line} has the key {name.name[:80]!r} a second time (first at line {first}); "
                    "kustomize refuses that.",
                    key.line,
                    key.column,
                )
            own[name.name] = (name, self.read(value))
        if not self._aliases:
            return own
        out: dict[str, tuple[Kustomized, Kustomized]] = {}
        for value in merged:
            for source in reversed(value.items) if value.kind == "sequence" else (value,):
                if source.kind != "mapping":
                    raise Unreadable(
                        f"Line {value.line} merges something that is not a mapping.", value.line, value.column
                    )
                out.update(self._entries(source))
        return {**out, **own}

    def _key(self, key: Node) -> Kustomized:
        made = self._made(key, "scalar")
        made.value, made.text = _scalar(key)
        made.name = made.text
        if not isinstance(made.value, str):
            raise Unreadable(
                f"Line {key.line} has the key {made.text[:80]!r}, which kustomize does not read as a string and "
                "refuses; put it in quotes.",
                key.line,
                key.column,
            )
        return made


def _scalar(node: Node) -> tuple[Scalar, str]:
    """The value that kustomize's JSON has, and its text."""
    event = node.target
    tag = None if event.tag in (None, "!") else str(event.tag)
    text = str(event.value)
    if tag == _BINARY_TAG:
        try:
            text = base64.b64decode(re.sub(r"\s", "", text), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise Unreadable(f"Line {node.line} has binary data that is not text.", node.line, node.column) from None
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
    date = _DATE.fullmatch(text)
    return _time(date) or text if date is not None else resolve(text)


def _time(found: re.Match[str]) -> str | None:
    """A date as Go prints its time in JSON, or None for one that does not exist."""
    import datetime

    year, month, day, hour, minute, second = (int(found[at] or 0) for at in range(1, 7))
    try:
        datetime.datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None
    zone = found[8]
    if zone is None:
        zone = "Z"
        if found[4] is not None and found[0][10:11] in "Tt" and "-" not in found[0][:4]:
            return None  # with a T, go-yaml wants a zone
    fraction = (found[7] or "").rstrip("0")
    point = f".{fraction}" if fraction else ""
    zone = "Z" if zone in ("+00:00", "-00:00") else zone
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{point}{zone}"
