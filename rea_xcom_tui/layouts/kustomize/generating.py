"""ConfigMaps and Secrets that a kustomization generates, and the hashes in their names."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from rea_xcom_tui.layouts.kustomize.files import Entry
from rea_xcom_tui.layouts.kustomize.objects import Broken, DataSource, Object
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.merged import plain

ReadFile = Callable[[str], tuple[str, bytes]]
"""Reads a file by its path as the kustomization writes it: its path from the repo's root, and its bytes."""


@dataclass(slots=True)
class Generated:
    """What a generator's entry says."""

    kind: str
    name: str
    namespace: str
    behavior: str
    hashed: bool
    type: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    data: dict[str, bytes] = field(default_factory=dict)
    sources: dict[str, DataSource] = field(default_factory=dict)

    def manifest(self) -> dict[str, object]:
        """The object as plain data."""
        metadata: dict[str, object] = {"name": self.name}
        if self.namespace:
            metadata["namespace"] = self.namespace
        if self.labels:
            metadata["labels"] = dict(self.labels)
        if self.annotations:
            metadata["annotations"] = dict(self.annotations)
        out: dict[str, object] = {"apiVersion": "v1", "kind": self.kind, "metadata": metadata}
        if self.kind == "Secret":
            out["type"] = self.type or "Opaque"
            out["data"] = {key: base64.b64encode(value).decode() for key, value in self.data.items()}
            return out
        text: dict[str, str] = {}
        binary: dict[str, str] = {}
        for key, value in self.data.items():
            try:
                text[key] = value.decode()
            except UnicodeDecodeError:
                binary[key] = base64.b64encode(value).decode()
        if text:
            out["data"] = text
        if binary:
            out["binaryData"] = binary
        return out


def read_generator(entry: Entry, kind: str, general: Entry | None, file: str, read: ReadFile) -> Generated:
    """One entry of `configMapGenerator` or `secretGenerator`, its files read. Raises `Broken`."""
    options = entry.get("options")
    own = Entry(options, ()) if options is not None else None
    # An entry's own options add to generatorOptions; a `true` of either disables the hash.
    levels = [level for level in (general, own) if level is not None]
    hashed = not any(_says_true(level, "disableNameSuffixHash") for level in levels)
    made = Generated(
        kind, entry.text_of("name"), entry.text_of("namespace"), entry.text_of("behavior") or "create", hashed,
        entry.text_of("type"),
        {key: value for level in levels for key, value in level.texts_of("labels").items()},
        {key: value for level in levels for key, value in level.texts_of("annotations").items()},
    )  # fmt: skip

    def add(key: str, value: bytes, source: DataSource, at: Entry) -> None:
        if key in made.data:
            sentence = (
                f"The key {clean(key, 80)} of {kind} {clean(made.name, 80)} is given twice; kustomize refuses that."
            )
            raise Broken(Problem(sentence, file, at.node.line, at.node.column))
        made.data[key] = value
        made.sources[key] = source

    for item in (*entry.items_of("envs"), *entry.items_of("env")):
        path, data = read(item.text)
        for key, line in _env_lines(data):
            add(key, line, DataSource(path), item)
    for item in entry.items_of("literals"):
        key, equals, text = item.text.partition("=")
        if not equals or not key:
            sentence = "A literal has to be written as key=value; kustomize refuses this one."
            raise Broken(Problem(sentence, file, item.node.line, item.node.column))
        add(key, _unquoted(text).encode(), DataSource(file, item.pointer), item)
    for item in entry.items_of("files"):
        key, equals, written = item.text.rpartition("=")
        path, data = read(written)
        add(key if equals else written.rpartition("/")[2], data, DataSource(path), item)
    return made


def _says_true(entry: Entry, key: str) -> bool:
    found = entry.get(key)
    return found is not None and found.value is True


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


def _env_lines(data: bytes) -> list[tuple[str, bytes]]:
    out: list[tuple[str, bytes]] = []
    for line in data.decode("utf-8-sig", "replace").splitlines():
        stripped = line.lstrip()
        if stripped and not stripped.startswith("#"):
            key, equals, value = stripped.partition("=")
            if equals:
                out.append((key, value.encode()))
    return out


def name_hash(found: Object) -> str:
    """The hash that kustomize appends to the name of a generated ConfigMap or Secret (`hasher.go`)."""
    root = {key: plain(value) for key, (_, value) in found.root.members().items()}
    content = {"kind": found.kind, "name": "", "data": root.get("data", "")}
    if found.kind == "Secret":
        content["type"] = root.get("type", "")
        if root.get("stringData"):
            content["stringData"] = root["stringData"]
    elif root.get("binaryData"):
        content["binaryData"] = root["binaryData"]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    digest = hashlib.sha256(text.encode()).hexdigest()[:10]
    return digest.translate(str.maketrans("013ae", "ghkmt"))
