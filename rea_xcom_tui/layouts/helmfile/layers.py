"""The layers of a release: its values in order, its secrets, then its options."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rea_xcom_tui.layouts.gotemplate.goformat import HOLE
from rea_xcom_tui.layouts.helmfile.releases import Fill, Option, Release
from rea_xcom_tui.layouts.helmfile.rendering import NotRendered
from rea_xcom_tui.layouts.helmfile.state import Entry
from rea_xcom_tui.layouts.model import Layer, Problem, opaque
from rea_xcom_tui.layouts.patterns import glob_pattern
from rea_xcom_tui.layouts.referenced import is_sealed, referenced, sealed_layer
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.values.documents import Documents, read_documents
from rea_xcom_tui.values.merged import Made, plain
from rea_xcom_tui.values.resolve import resolve

_SKIPS_MISSING = ("Warn", "Info", "Debug")
_FILLED_IN = "A template of the helmfile writes it; edit the helmfile."
_TEMPLATED_FILE = "The file is a template (.gotmpl); edit the template."
_REFERENCE = "ref+"
_QUOTED = re.compile(r"""^[\s{}\[\]&*!|>'"%@`#,?:-]|: |:$| #|\s$|\n""")
"""What Go's YAML writes in quotes."""


@dataclass(slots=True)
class Layers:
    """Gathers the layers of one release, and what is wrong with them."""

    tree: Tree
    base: str
    """The folder that relative paths start from."""
    release: Release
    data: Mapping[str, Any]
    """What the release's templates see."""
    fill: Fill
    layers: list[Layer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    holes: dict[str, str] = field(default_factory=dict)
    """Texts that stand for what Git does not hold, each with what that is."""

    def gather(self) -> None:
        """All of them, weakest first."""
        for entry in self.release.values_template:
            self._item(entry, templated=True)
        for entry in self.release.values:
            self._item(entry, templated=False)
        for entry in self.release.secrets:
            self._secret(entry)
        for option in self.release.options_template:
            self._option(option, templated=True)
        for option in self.release.options:
            self._option(option, templated=False)

    def _item(self, entry: Entry, *, templated: bool) -> None:
        node = entry.node
        if node.kind == "mapping":
            self._mapping(entry, templated=templated)
        elif node.kind == "scalar" and isinstance(node.value, str) and node.text:
            path = self._path(entry)
            if path is not None:
                self._file(entry, path)
        else:
            sentence = "An entry of `values` is the path of a file or a mapping; correct it."
            self.problems.append(Problem(sentence, entry.part.file, entry.line))

    def _path(self, entry: Entry) -> str | None:
        """The path of an entry with its templates filled; an opaque layer where they cannot be."""
        try:
            path = self.release.texts.get("valuesPathPrefix", "") + self.fill(entry.node.text, self.data)
        except NotRendered as error:
            self._not_filled(error, clean(entry.node.text), entry)
            return None
        return None if self._has_hole(path) else path

    def _has_hole(self, words: str) -> bool:
        """Whether a text depends on what Git does not hold; then what it names is an opaque layer."""
        hole = HOLE.search(words)
        if hole is not None:
            self.layers.append(opaque(clean(words), f"It depends on {clean(hole[1])}, which Git does not hold."))
        return hole is not None

    def _mapping(self, entry: Entry, *, templated: bool) -> None:
        content = None
        if templated:
            content = self._filled_mapping(entry)
            if content is None:
                return
        if _REFERENCE in str(plain(entry.node)):
            self.unknown.append(f"The mapping at line {entry.line} takes values from a store of secrets (`ref+...`).")
        part = entry.part
        if not part.as_written:
            self.holes |= {hole[0]: hole[1] for text in _texts(plain(entry.node)) for hole in HOLE.finditer(text)}
        if templated or not part.as_written:
            made = content if content is not None else entry.node
            self.layers.append(
                Layer("values object", part.file, entry.address, part.number, content=made, why_not=_FILLED_IN)
            )
        else:
            self.layers.append(Layer("values object", part.file, entry.address, part.number))

    def _filled_mapping(self, entry: Entry) -> Made | None:
        try:
            return Made(_each_text(plain(entry.node), lambda text: self.fill(text, self.data)), entry.line)
        except NotRendered as error:
            self._not_filled(error, f"valuesTemplate at line {entry.line}", entry)
            return None

    def _not_filled(self, error: NotRendered, words: str, entry: Entry) -> None:
        """A layer whose template gives nothing here: unknown, or a mistake where Helmfile gives up as well."""
        if error.failed:
            sentence = f"Helmfile cannot fill in {words}: {clean(error.reason)}"
            self.problems.append(Problem(sentence, entry.part.file, entry.line))
        else:
            self.layers.append(opaque(f"{words} ({clean(error.reason)})", clean(error.reason)))

    # -- files ----------------------------------------------------------------------------------------

    def _file(self, entry: Entry, path: str) -> None:
        if path.startswith(("/", "git::", _REFERENCE)) or "://" in path:
            where = "outside the repo" if path.startswith("/") else "elsewhere"
            self.layers.append(opaque(f"{clean(path)} ({where})", f"{clean(path)} is {where}; edit it there."))
            return
        says = (entry.part.file, entry.line)
        skips = self.release.texts.get("missingFileHandler") in _SKIPS_MISSING
        if any(mark in path for mark in "*?["):
            path = self._globbed(path, says, skips=skips) or ""
            if not path:
                return
        found = referenced(self.tree, self.base, path, says, may_be_missing=skips)
        if isinstance(found, Problem):
            self.problems.append(found)
        elif found is not None and path.endswith(".gotmpl") and not found.is_opaque:
            self._templated_file(found.file)
        elif found is not None:
            self.layers.append(found)

    def _globbed(self, path: str, says: tuple[str, int], *, skips: bool) -> str | None:
        """The one file that a glob finds, relative to the base."""
        try:
            pattern = glob_pattern(self.tree.join(self.base, path))
        except LinkOut as error:
            self.problems.append(Problem(f"{clean(path)} {error.does}, so it is not read.", *says))
            return None
        found = [each for each in self.tree.paths if pattern.fullmatch(each)]
        if len(found) > 1:
            sentence = f"{clean(path)} matches {len(found)} files; Helmfile accepts no globs in a release's values."
            self.problems.append(Problem(sentence, *says))
        elif not found and not skips:
            self.problems.append(Problem(f"The values file {clean(path)} does not exist; add it.", *says))
        return posixpath.relpath(found[0], self.base or ".") if len(found) == 1 else None

    def _templated_file(self, path: str) -> None:
        data = self.tree.read(path) or b""
        try:
            text = self.fill(data.decode("utf-8", "replace"), self.data, path)
            read = read_documents(text)
        except NotRendered as error:
            if error.failed:
                self.problems.append(
                    Problem(f"Helmfile cannot fill in this template: {clean(error)}", path, error.line)
                )
            else:
                self.layers.append(opaque(f"{clean(path)} ({clean(error.reason)})", _TEMPLATED_FILE))
            return
        except Unreadable as error:
            read = Documents((), error)
        if read.error is not None:
            sentence = f"The template's result is not YAML: {clean(read.error)}"
            self.problems.append(Problem(sentence, path, read.error.line))
            return
        root = read.roots[0] if read.roots else Made({})
        if len(read.roots) > 1:
            self.unknown.append(f"{clean(path)} makes several YAML documents, of which only the first is looked at.")
        self.layers.append(Layer("values file", path, content=root, why_not=_TEMPLATED_FILE))

    def _secret(self, entry: Entry) -> None:
        path = self._path(entry) if entry.node.kind == "scalar" else None
        if path is None:
            return
        try:
            target = None if path.startswith("/") else self.tree.resolve(self.tree.join(self.base, path))
        except LinkOut:
            target = None
        data = self.tree.read(target) if target is not None else None
        if target is not None and data is not None and is_sealed(self.tree, target, data):
            self.layers.append(sealed_layer(target))
        elif target is None and self.release.texts.get("missingFileHandler") in _SKIPS_MISSING:
            return
        else:
            words = f"{clean(path)} (secrets)"
            self.layers.append(opaque(words, "It is encrypted; edit it with helm-secrets.", kind="secret"))

    # -- options --------------------------------------------------------------------------------------

    def _option(self, option: Option, *, templated: bool) -> None:
        path, value, values = option.path, option.value, option.values
        if templated:
            try:
                path = self.fill(path, self.data)
                value = None if value is None else self.fill(value, self.data)
                values = None if values is None else tuple(self.fill(each, self.data) for each in values)
            except NotRendered as error:
                self._not_filled(error, f"set {clean(path)}", option.entry)
                return
        if value:
            text = value
        elif option.file:
            self.layers.append(
                opaque(f"set {clean(path)} from the file {clean(option.file)}", "Edit the file that it is taken from.")
            )
            return
        elif values:
            text = "{" + ",".join(_escaped(each) for each in values) + "}"
        else:
            return
        if self._has_hole(f"set {path} to {text}"):
            return
        if text.startswith(_REFERENCE):
            self.layers.append(opaque(f"set {clean(path)} from {clean(text)}", "It is in a store.", kind="secret"))
            return
        part = option.entry.part
        at = option.entry.address
        self.layers.append(
            Layer(
                "parameter",
                part.file,
                (*at, "value") if part.as_written and value else at,
                part.number,
                rule="set-string" if option.string else "set",
                path=_escaped(path),
                value=text if values and not value else _escaped(text),
                why_not="" if part.as_written and not templated and value else _FILLED_IN,
            )
        )


def _escaped(text: str) -> str:
    """As Helmfile hands a text to Helm's `--set`."""
    return text.replace("{", "\\{").replace("}", "\\}").replace(",", "\\,")


def _texts(data: Any) -> Iterator[str]:
    if isinstance(data, dict | list):
        for each in data.values() if isinstance(data, dict) else data:
            yield from _texts(each)
    elif isinstance(data, str):
        yield data


def _each_text(data: Any, change: Any) -> Any:
    if isinstance(data, dict):
        return {key: _each_text(value, change) for key, value in data.items()}
    if isinstance(data, list):
        return [_each_text(value, change) for value in data]
    return _retyped(data, change) if isinstance(data, str) and "{{" in data else data


def _retyped(text: str, change: Any) -> Any:
    """A text filled in. Helmfile fills the mapping's YAML and reads it again, so that one that needs no quotes as a
    template may become a number or a boolean."""
    made = change(text)
    return made if _QUOTED.search(text) else resolve(made) if made else None
