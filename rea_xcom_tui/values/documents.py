"""All YAML documents of a text: Helm 4 merges those of a values file, and manifests come many in one file."""

from __future__ import annotations

import math
import re

import msgspec

from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.events import MAX_DEPTH, Stream, read_streams
from rea_xcom_tui.values.nodes import EmptyRoot, Node, Raw
from rea_xcom_tui.values.reading import ValuesFile, decode
from rea_xcom_tui.values.resolve import decoded_binary, is_whole
from rea_xcom_tui.values.times import go_time

_BUFFER = 4096
"""Bytes at a time that Helm 4 reads: a last line of so many, without a newline, gets lost until 4.3."""

_MAX_EXPANDED = 400_000
"""How many nodes a document may stand for with its aliases followed; from here on Helm's reader counts, too."""

_ESCAPED_SLASH = re.compile(r"(?<!\\)(?:\\\\)*\\/")
_NO_JSON = re.compile(
    r"\.(?:inf|nan)|!!?(?:<|int|bool|float|null|timestamp|binary)|\\/|(?:^|[\s{,?])(?:~|null)?[ \t]*:(?:\s|$)",
    re.IGNORECASE | re.MULTILINE,
)

_SIGNS = (
    ".inf", ".nan", "!", "\\/", "null:", "~:", "{:", ",:", "?:", " :", "\t:", "\n:", "\r:",
    "\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f",
)  # fmt: skip
"""One of these is in every ASCII text, in small letters, in which the expression finds something, but for a colon at
its very beginning. To look for all of them takes a seventh of the time."""


def _is_no_json(text: str) -> bool:
    """Whether a text has what JSON cannot hold, as the expression says."""
    if text.isascii() and not text.startswith(":"):
        lower = text.lower()
        if not any(sign in lower for sign in _SIGNS):
            return False
    return _NO_JSON.search(text) is not None


_MARKS = {"\\": ("\\/",), "~": ("~:", "~ :"), "null": ("null:", "null :"), ".inf": (".inf",), ".nan": (".nan",)}
"""One of these, by what they have in common and most texts lack, is in every text that Helm refuses for another reason
than a tag, a null key without a word, or aliases: the quick reader leaves those to the full one."""


class LastLineLost(Unreadable):
    """A text whose last line some versions of Helm lose without a word."""


class Documents(msgspec.Struct, frozen=True, eq=False):
    """The documents of a text, as far as it can be read."""

    roots: tuple[Node, ...]
    """The root of each document, of whatever kind; lines and columns count in the whole text. One that is empty or
    null reads as an empty mapping."""
    error: Unreadable | None = None
    """What makes the rest of the text, behind these documents, unreadable."""
    helm_4: Unreadable | None = None
    """What makes Helm 4 refuse or misread the text as a values file, although it is good YAML."""
    every_helm: Unreadable | None = None
    """What makes every Helm refuse the first document as a values file."""
    text: str = ""
    multiplied: tuple[Unreadable | None, ...] = ()
    """For each document, what makes its aliases multiply beyond all bounds, which every reader refuses."""

    def comment_on(self, line: int) -> str | None:
        """The comment on a line of the text, counted from 1, as `ValuesFile.comment_on` gives it."""
        found = [root.file.comment_on(line) for root in self.roots]
        return found[0] if found and None not in found else None


def read_documents(data: bytes | str) -> Documents:
    """Read every document of a file's bytes, or of a text within a file.

    Raises `Unreadable` when nothing of it can be read: it is no UTF-8 text, or beyond the limits.
    """
    text, bom = (data, False) if isinstance(data, str) else decode(data)
    streams, error = read_streams(text)
    roots = tuple(_Document(text, bom, stream).root for stream in streams)
    multiplied = tuple(map(_aliasing, streams))
    refusals = [bomb or helm_refusal(text, root) for bomb, root in zip(multiplied, roots, strict=True)]
    later = next((each for each in refusals[1:] if each is not None), None)
    return Documents(roots, error, _helm_4(text) or later, refusals[0] if refusals else None, text, multiplied)


def first_document(text: str) -> tuple[Node | None, Unreadable | None]:
    """The first document of a text within a file; where there is none, what is wrong with the text, if anything is."""
    try:
        read = read_documents(text)
    except Unreadable as error:
        return None, error
    return (read.roots[0], None) if read.roots else (None, read.error)


def is_plain_to_helm(text: str) -> bool:
    """Whether nothing in a text is such that versions of Helm differ about it or refuse it, good YAML as it may be. A
    quick look, which may say no without need."""
    return _helm_4(text) is None and not _is_no_json(text)


def _helm_4(text: str) -> Unreadable | None:
    """Helm 4 cuts a text into documents by its lines, before any YAML reader sees it."""
    if "---" in text:
        for number, line in enumerate(text.split("\n"), 1):
            rest = line[3:].strip()
            if line.startswith("---") and rest and not rest.startswith("#"):
                return Unreadable(f"Line {number} has text after ---, which Helm 4 refuses.", number, 4)
            if line.startswith("%"):
                return Unreadable(f"Line {number} has a directive, which Helm 4 cannot read.", number, 1)
    last = text.rpartition("\n")[2]
    if last and len(last.encode()) % _BUFFER == 0:
        at = text.count("\n") + 1
        return LastLineLost(f"Helm 4.0 to 4.2 drop line {at}, the last; add a newline at its end.", at, 1)
    return None


def may_be_refused(text: str) -> bool:
    """A quick look: False for every text that `read_quickly` takes and `helm_refusal` has nothing to say of."""
    lower = text.lower()
    return any(common in lower and any(mark in lower for mark in marks) for common, marks in _MARKS.items())


def helm_refusal(text: str, root: Node) -> Unreadable | None:
    """What every Helm refuses in good YAML, or None: infinities, null keys, `\\/` in double quotes, a tag that its text
    contradicts. `root` is the document's, as read from `text`."""
    if not _is_no_json(text):
        return None
    ahead = [root]
    while ahead:
        node = ahead.pop()
        if node.is_alias:
            continue  # its anchor is looked at where it is
        if _denies_its_tag(node) or (node.style == '"' and _ESCAPED_SLASH.search(text[node.start : node.end])):
            return Unreadable(f"Line {node.line} is a scalar that Helm refuses to read.", node.line, node.column)
        if isinstance(node.value, float) and not math.isfinite(node.value):
            return Unreadable(f"Line {node.line} has {node.text}, which Helm refuses.", node.line, node.column)
        for key, _ in node.entries:
            if key.value is None and not key.style and key.kind == "scalar":
                return Unreadable(f"Line {key.line} has null as a key, which Helm refuses.", key.line, key.column)
        ahead += reversed((*node.items, *(value for _, value in node.entries)))
    return None


def _denies_its_tag(node: Node) -> bool:
    """`!!int abc`: a tag of YAML's own that asks for a type which the text is not (Helm 3.17.2 and 4.2.3)."""
    tag = (node.tag or "").removeprefix("tag:yaml.org,2002:")
    if tag in ("null", "timestamp", "binary", "int") and node.kind == "scalar":
        read = {"null": node.value is None, "timestamp": go_time(node.text) is not None, "int": is_whole(node.text)}
        return not read.get(tag, decoded_binary(node.text) is not None)
    if node.kind != "scalar" or tag not in ("bool", "float"):
        return False
    is_bool = isinstance(node.value, bool)
    return not is_bool if tag == "bool" else is_bool or not isinstance(node.value, int | float)


def _aliasing(stream: Stream) -> Unreadable | None:
    """Aliases that multiply, or that nest, beyond all use: Helm's reader refuses such documents too.

    An alias comes after its anchor, and so do those within the anchor; each anchor is therefore measured once.
    """
    sizes: dict[int, tuple[int, int]] = {}
    targets = {id(alias): target for alias, target in stream.aliases}
    for alias, target in stream.aliases:
        size, depth = _measured(target, targets, sizes)
        if size > _MAX_EXPANDED or depth > MAX_DEPTH:
            line = alias.start_mark.line + 1
            return Unreadable(f"Line {line} repeats an anchor until the document grows beyond all bounds.", line, 1)
    size, depth = _measured(stream.root, targets, sizes) if stream.aliases else (0, 0)
    if size > _MAX_EXPANDED or depth > MAX_DEPTH:
        return Unreadable("The aliases of the document repeat its anchors beyond all bounds.", 1, 1)
    return None


def _measured(raw: Raw, targets: dict[int, Raw], sizes: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """How many nodes a node stands for with its aliases followed, and how deep they go."""
    raw = targets.get(id(raw), raw)
    if not isinstance(raw, list):
        return 1, 1
    known = sizes.get(id(raw))
    if known is None:
        within = [_measured(child, targets, sizes) for child in raw[1:-1]]
        known = sizes[id(raw)] = 1 + sum(size for size, _ in within), 1 + max((deep for _, deep in within), default=0)
    return known


class _Document(ValuesFile):
    """One of several documents of a text; unlike a values file, its root may be of any kind."""

    __slots__ = ()

    def __init__(self, text: str, bom: bool, stream: Stream) -> None:
        root, stream.root = stream.root, None
        super().__init__(text, bom, stream)
        stream.root = root
        node = Node(self, root)
        empty = node.kind == "scalar" and node.value is None and not node.is_alias
        self.root = EmptyRoot(self, root) if empty else node
