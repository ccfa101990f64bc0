"""The layers of one source of an Application, weakest first, as Argo CD hands them to Helm.

Order (read in Argo CD's `reposerver/repository/repository.go` and `util/helm/cmd.go`): `valueFiles` in order, then
`valuesObject` or else `values`, `parameters`, those with `forceString`, `fileParameters`. The files
`.argocd-source.yaml` and `.argocd-source-<app>.yaml` of the source's folder change the source before that.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from rea_xcom_tui.layouts.argocd.globs import GLOB_CHARS, expanded
from rea_xcom_tui.layouts.argocd.pieces import Piece
from rea_xcom_tui.layouts.model import Layer, Options, Problem, opaque
from rea_xcom_tui.layouts.referenced import referenced
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.merged import Merged, Part, overlaid

_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)\}|(\w+))", re.ASCII)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_HOLE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_UNKNOWN_VARIABLES = ("ARGOCD_APP_REVISION", "ARGOCD_APP_REVISION_SHORT", "ARGOCD_APP_REVISION_SHORT_8")
_REF = re.compile(r"[a-zA-Z0-9_-]+")


@dataclass(slots=True)
class SourceLayers:
    """Reads the layers of one source; what it finds is in its lists."""

    tree: Tree
    options: Options
    app: str
    namespace: str
    root: Piece
    sources: Sequence[Piece]
    folder: str | None
    """The folder of this repo that the source's `path` means; None for a chart from elsewhere."""
    release: str = ""
    layers: list[Layer] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    """The values files as they are named, missing ones too."""
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    conflict: str | None = None
    _seen: set[str] = field(default_factory=set)

    def read(self, source: Piece) -> SourceLayers:
        """Read a source; returns itself."""
        helm = self._overridden(source)
        self.release = helm["releaseName"].node.text if "releaseName" in helm else ""
        lenient = helm["ignoreMissingValueFiles"].node.value is True if "ignoreMissingValueFiles" in helm else False
        for item in helm["valueFiles"].items() if "valueFiles" in helm else ():
            self._values_file(item, source, lenient)
        self._values(helm)
        self._parameters(helm["parameters"].items() if "parameters" in helm else [])
        for item in helm["fileParameters"].items() if "fileParameters" in helm else ():
            self._file_parameter(item)
        return self

    # -- files that change the source ----------------------------------------------------------------

    def _overridden(self, source: Piece) -> dict[str, Piece]:
        """The keys of `helm`, those of `.argocd-source*.yaml` over the source's own."""
        own = source.get("helm")
        helm = {key: piece for key in own.names() if (piece := own.get(key)) is not None} if own is not None else {}
        if self.folder is None:
            return helm
        for name in (".argocd-source.yaml", f".argocd-source-{self.app}.yaml"):
            path = posixpath.join(self.folder, name)
            over = self._override(path) if "/" not in name else None
            for key in over.names() if over is not None else ():
                piece = over.get(key) if over is not None else None
                if piece is None or piece.is_null:
                    helm.pop(key, None)
                elif key == "valuesObject" and key in helm and helm[key].node.kind == "mapping":
                    helm[key] = _joined(helm[key], piece)
                else:
                    helm[key] = piece
        return helm

    def _override(self, path: str) -> Piece | None:
        try:
            found = self.tree.documents(path)
        except (Unreadable, LinkOut) as error:
            self.problems.append(Problem(f"{clean(path)} cannot be read: {clean(error)}", path))
            return None
        if found is None or not found.roots:
            if found is not None and found.error is not None:
                self.problems.append(Problem(f"{clean(path)} cannot be read: {clean(found.error)}", path))
            return None
        return Piece(found.roots[0], path, raw=found.roots[0]).get("helm")

    # -- values --------------------------------------------------------------------------------------

    def _values(self, helm: dict[str, Piece]) -> None:
        """`valuesObject` if it is there at all, else `values`; they are never merged."""
        whole = helm.get("valuesObject")
        if whole is not None and not whole.is_null:
            self.layers.append(whole.layer("values object"))
            return
        text = helm.get("values")
        if text is None or not text.node.text.strip():
            return
        if text.is_as_written:
            self.layers.append(text.layer("values text"))
            return
        try:
            documents = read_documents(text.node.text)
        except Unreadable as error:
            if "{{" in text.node.text or "<no value>" in text.node.text:
                self.unknown.append(f"Its values text at line {text.line} is filled with something unknown.")
            else:
                self._problem(f"The values of {clean(self.app)} are not YAML: {clean(error)}", text)
            return
        layers = [text.layer("values text", content=root) for root in documents.roots]
        self.layers += layers[:1] if self.options.argocd < (3, 5) else layers

    def _values_file(self, item: Piece, source: Piece, lenient: bool) -> None:
        written = item.node.text
        if not written:
            return
        base, path = self._referenced(written, source, item)
        if base is None:
            return
        holes = _HOLE.search(path)
        if holes is not None:
            self.unknown.append(
                f"The values file {clean(written)} depends on {clean(holes[0])}, which Git does not hold."
            )
            self.layers.append(opaque(clean(written), "Nothing here says which file that is."))
            return
        self.paths.append(path)
        if GLOB_CHARS.search(path) and self.options.argocd >= (3, 4):
            self._glob(base, path, item, lenient)
            return
        layer = referenced(self.tree, base, path, (item.file, item.line), may_be_missing=lenient)
        if isinstance(layer, Problem):
            self.problems.append(msgspec.structs.replace(layer, column=item.node.column if item.is_as_written else 0))
        elif layer is not None:
            self._add_file(layer)

    def _add_file(self, layer: Layer) -> None:
        """Add a values file; since 3.4 one that is named twice stays at its first place only."""
        if self.options.argocd >= (3, 4) and layer.file in self._seen:
            return
        self._seen.add(layer.file)
        self.layers.append(layer)

    def _glob(self, base: str, path: str, item: Piece, lenient: bool) -> None:
        try:
            pattern = self.tree.join(base, path)
        except LinkOut:
            self._problem(f"The values files {clean(path)} lead out of the repo, so they are not read.", item)
            return
        matched = list(expanded(self.tree, pattern))
        if not matched and not lenient:
            self._problem(f"No values file matches {clean(path)}; Argo CD then fails.", item)
        for file in matched:
            layer = referenced(self.tree, "", file, (item.file, item.line), may_be_missing=True)
            if isinstance(layer, Layer):
                self._add_file(layer)

    def _referenced(self, written: str, source: Piece, item: Piece) -> tuple[str | None, str]:
        """The folder that a values file's path counts from, and the path; None where it is not of this repo."""
        if written.startswith("$"):
            first, _, rest = written.partition("/")
            for each in self.sources:
                if each.text("ref") and first == f"${each.text('ref')}":
                    return self._of_ref(each, rest, item)
            named = first[1:].strip("{}")
            if _REF.fullmatch(named) and not named.startswith("ARGOCD_"):
                known = ", ".join(f"${each.text('ref')}" for each in self.sources if each.text("ref"))
                has = f"there are {clean(known)}" if known else "none has one"
                self._problem(f"No source has the ref {clean(first)} of {clean(written)}; {has}.", item)
                return None, ""
        path = self._substituted(written, item)
        if _URL.match(path):
            self._opaque_file(path, "It is loaded from the address itself.")
            return None, ""
        if self.folder is not None:
            return self.folder, path
        where = source.text("repoURL")
        if source.text("chart"):
            self._opaque_file(f"{path} of the chart {source.text('chart')}", "It is in the chart itself.")
        else:
            self._opaque_file(f"{path} of {where}", "It is in another repo.")
        return None, ""

    def _of_ref(self, source: Piece, rest: str, item: Piece) -> tuple[str | None, str]:
        path = self._substituted(rest, item)
        if source.text("chart"):
            self._problem(
                f"The source with the ref ${clean(source.text('ref'))} has a chart; Argo CD refuses that.", item
            )
            return None, ""
        if not self.tree.is_here(source.text("repoURL"), path.partition("/")[0] if "/" in path else ""):
            self._opaque_file(f"{path} of {source.text('repoURL')}", "It is in another repo.")
            return None, ""
        return "", path

    def _opaque_file(self, words: str, why: str) -> None:
        self.paths.append(words)
        self.layers.append(opaque(clean(words), why))

    # -- parameters ----------------------------------------------------------------------------------

    def _parameters(self, items: Sequence[Piece]) -> None:
        """`--set` and `--set-string`; of one name the last counts, and between names Argo CD's order is random."""
        last = {item.text("name"): item for item in items if item.text("name")}
        plain = [item for item in last.values() if not _forced(item)]
        forced = [item for item in last.values() if _forced(item)]
        for group in (plain, forced):
            names = sorted(item.text("name") for item in group)
            self._check_overlap(names)
            for item in group:
                self.layers.append(self._parameter(item))

    def _check_overlap(self, names: Sequence[str]) -> None:
        for name in names:
            for other in names:
                if other != name and other.startswith((name + ".", name + "[")):
                    what = f"The parameters {clean(name)} and {clean(other)} overlap"
                    self.conflict = f"{what}, and Argo CD sets them in random order."

    def _parameter(self, item: Piece) -> Layer:
        value = item.get("value")
        text = value.node.text if value is not None else ""
        sent = _escaped(self._substituted(text, item))
        rule = "set-string" if _forced(item) else "set"
        path = item.text("name")
        if "{{" in sent or any(f"${name}" in text for name in _UNKNOWN_VARIABLES):
            return opaque(f"parameter {clean(path)}", f"{clean(text)} is filled when Argo CD syncs.", file=item.file)
        if value is None or not value.is_as_written:
            at = value or item
            return Layer(
                "parameter",
                at.file,
                at.pointer if at.raw is not None else (),
                at.document,
                rule=rule,  # type: ignore[arg-type]
                path=path,
                value=sent,
                why_not=at.why_not or "The parameter has no value of its own.",
            )
        own = None if sent == text else sent
        return Layer("parameter", value.file, value.pointer, value.document, rule=rule, path=path, value=own)  # type: ignore[arg-type]

    def _file_parameter(self, item: Piece) -> None:
        name, path = item.text("name"), self._substituted(item.text("path"), item)
        if not name or not path:
            return
        if self.folder is None:
            self.layers.append(opaque(f"{clean(path)} (file parameter {clean(name)})", "It is in another repo."))
            return
        layer = referenced(self.tree, self.folder, path, (item.file, item.line))
        if not isinstance(layer, Layer):
            self.problems += [layer] if layer is not None else []
            return
        data = self.tree.read(layer.file) or b""
        why = f"{clean(layer.file)} as a whole is the value of {clean(name)}."
        value = data.decode(errors="replace")
        self.layers.append(Layer("parameter", layer.file, rule="set-file", path=name, value=value, why_not=why))

    # -- variables -----------------------------------------------------------------------------------

    def _substituted(self, text: str, item: Piece) -> str:
        """`$NAME` and `${NAME}` of Argo CD's build environment; any other name gives an empty text."""
        if "$" not in text:
            return text
        known = dict(self._environment())

        def value(found: re.Match[str]) -> str:
            name = found[1] or found[2]
            if name is None:
                return "$"
            if name in _UNKNOWN_VARIABLES:
                self.unknown.append(f"{clean(text)} holds ${clean(name)}, which is known only when Argo CD syncs.")
                return "{{" + name + "}}"
            if name not in known:
                self._problem(
                    f"Argo CD has no variable ${clean(name)}, so {clean(text)} gets an empty text there.", item
                )
            return known.get(name, "")

        return _VARIABLE.sub(value, text)

    def _environment(self) -> Iterator[tuple[str, str]]:
        source = self.sources[0]
        yield "ARGOCD_APP_NAME", self.app
        yield "ARGOCD_APP_NAMESPACE", self.namespace
        yield "ARGOCD_APP_PROJECT_NAME", self.root.text("spec", "project")
        for each in self.sources:
            if self.folder is not None and each.text("path"):
                source = each
        yield "ARGOCD_APP_SOURCE_REPO_URL", source.text("repoURL")
        yield "ARGOCD_APP_SOURCE_PATH", source.text("path")
        yield "ARGOCD_APP_SOURCE_TARGET_REVISION", source.text("targetRevision")

    def _problem(self, sentence: str, at: Piece) -> None:
        self.problems.append(Problem(sentence, at.file, at.line, at.node.column if at.is_as_written else 0))


def _forced(item: Piece) -> bool:
    flag = item.get("forceString")
    return flag is not None and flag.node.value is True


def _escaped(value: str) -> str:
    """A parameter's value as Argo CD hands it to `--set`: commas escaped, except in `{a,b}`."""
    if value.startswith("{") and value.endswith("}"):
        return value
    return re.sub(r"(?<!\\),", r"\\,", value)


def _joined(own: Piece, over: Piece) -> Piece:
    """A valuesObject with another merged over it, as a JSON merge patch does."""
    node = overlaid(Merged(own.node, Part(0, own.file)), Merged(over.node, Part(1, over.file)))
    why = f"{clean(over.file)} is merged over it; edit it there."
    return replace(over, node=node, raw=None, why_not=why)
