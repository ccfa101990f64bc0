"""The values in force: layers put together as Helm, by its version, puts them together.

A stack knows for every address what is in force, which layer says so, what each other layer says there, and which
layers that nobody can read here might still change it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from rea_xcom_tui.edits import Address
from rea_xcom_tui.values.charts import Chart, Engine, MergeFailed, NotModelled, Release, with_charts
from rea_xcom_tui.values.documents import LastLineLost
from rea_xcom_tui.values.merged import Made, Merged, Part, Readable, is_named, overlaid, reached
from rea_xcom_tui.values.patches import json_patched, strategic
from rea_xcom_tui.values.setting import assigned

Effect = Literal["in force", "combined", "hidden", "deleted"]
"""What becomes of what a layer says: it stands, it stands together with other layers' parts of the same mapping or
list, a stronger layer replaces it, or a stronger layer takes the key away with a null."""

__all__ = ["Chart", "Engine", "MergeFailed", "Part", "Said", "Stack", "flat", "layered", "stack"]

_SET_RULES = ("set", "set-string", "set-json", "set-file", "set-literal")


@dataclass(frozen=True, slots=True)
class Said:
    """What one layer says of an address."""

    part: Part
    node: Merged
    effect: Effect
    address: Address
    """Where it is in the layer's own document, the keys that lead to a subchart included."""


@dataclass(slots=True, eq=False)
class Stack:
    """The outcome of a list of layers under one version of Helm."""

    root: Merged
    """The effective values of the chart that was asked for."""
    parts: tuple[Part, ...]
    """What was put together, weakest first."""
    engine: Engine
    below: tuple[str, ...] = ()
    """The keys that lead from the release's values to the chart that was asked for."""
    error: str | None = None
    """Why Helm refuses these layers, as one sentence; the tree then holds what could be put together before it."""
    is_modelled: bool = True
    """False where `error` is not a refusal of Helm's: this tool does not know what Helm makes of the layers."""
    error_part: Part | None = None
    error_line: int = 0
    disabled: bool = False
    """Whether a condition or tag turns off the subchart that was asked for."""
    user: Merged | None = field(default=None, repr=False)
    """The layers put together without any chart; None where that fails."""
    release: Release | None = field(default=None, repr=False)
    """Those with the charts; None where nothing is known of these, or where that fails."""
    _opaque: tuple[Part, ...] = field(default=(), init=False)

    def __post_init__(self) -> None:
        self._opaque = tuple(part for part in flat(self.parts) if part.rule == "opaque")

    def at(self, below: Sequence[str]) -> Stack:
        """The same release as the chart at `below` sees it."""
        out = replace(self, below=tuple(below))
        if self.user is not None:
            out.root = table_at(self.user, out.below, self.user.part)
        if self.release is not None:
            coalesced = self.release.seen_by(out.below)
            out.root, out.disabled = coalesced.root, coalesced.disabled
        return out

    def find(self, address: Address) -> Merged | None:
        """The node in force at an address of the effective values, or None."""
        return reached(self.root, address)

    def said(self, address: Address) -> tuple[Said, ...]:
        """What each layer says at an address, weakest first; of named list items, the items of that name."""
        full = (*self.below, *address)
        force = self.find(address)
        numbered = (*self.below, *_numbered(self.root, address))
        out: list[Said] = []
        for part in flat(self.parts):
            for at, node in _says(part, numbered if part.rule in _SET_RULES else full, self.engine):
                if node is not None:
                    out.append(Said(part, node, self._effect(node, force), at))
        return tuple(out)

    def hidden(self, address: Address) -> tuple[Said, ...]:
        """What weaker layers say at an address without effect."""
        return tuple(each for each in self.said(address) if each.effect in ("hidden", "deleted"))

    def may_hide(self, key: str) -> bool:
        """Whether a layer beside the one in force may say something of a top-level key: a quick look, which may say so
        without need."""
        force = self.find((key,))
        if self.below or force is None:
            return True
        others = (part for part in flat(self.parts) if part is not force.part)
        return any(
            part.rule in _SET_RULES or part.chart or any(one.get(key) is not None for one in part.documents)
            for part in others
        )

    def may_override(self, address: Address) -> tuple[Part, ...]:
        """The layers that nobody can read here and that are stronger than the one that says what is in force.

        Where nothing is in force, that is every such layer. One that is weaker changes nothing: what is above it
        replaces a scalar or a list whole. One that is encrypted in place still tells its keys (its `documents`).
        """
        if not self._opaque:
            return ()
        force = self.find(address)
        deepest = -1 if force is None or force.is_combined else force.layer
        order = [part.layer for part in flat(self.parts)]
        rank = {layer: at for at, layer in enumerate(order)}
        floor = rank.get(deepest, -1)
        above = (part for part in self._opaque if rank[part.layer] > floor)
        return tuple(part for part in above if _may_say(part, (*self.below, *address)))

    def _effect(self, node: Merged, force: Merged | None) -> Effect:
        if force is None:
            return "deleted"
        if _same_place(force, node):
            return "in force" if not force.is_combined else "combined"
        return "combined" if force.is_combined and force.kind == node.kind else "hidden"


def stack(
    parts: Iterable[Part], engine: Engine = "4.2", *, chart: Chart | None = None, below: Sequence[str] = ()
) -> Stack:
    """Put layers together, weakest first, and give what the chart at `below` sees.

    `chart` is the release's chart with its subcharts, whose defaults are parts of their own (see `Part.chart`); None
    means that nothing is known of it. What
    Helm refuses does not raise: the stack's `error` says it.
    """
    known = tuple(parts)
    out = Stack(_empty(known), known, engine)
    try:
        out.user = user = layered([part for part in known if part.chart is None], engine)
        if chart is not None:
            out.release = with_charts(_filled(chart, known, engine, ()), user, engine)
    except MergeFailed as failed:
        out.error, out.error_part, out.error_line = str(failed), failed.part, failed.line
        out.is_modelled = not isinstance(failed, NotModelled)
    return out.at(below)


def _filled(chart: Chart, parts: Sequence[Part], engine: Engine, keys: tuple[str, ...]) -> Chart:
    """The chart and its subcharts with the defaults that the parts hold."""
    own = [part for part in parts if part.chart == keys]
    defaults = layered(own, engine) if own else None
    subcharts = tuple(_filled(sub, parts, engine, (*keys, sub.name)) for sub in chart.subcharts)
    return replace(chart, defaults=defaults, subcharts=subcharts)


def layered(parts: Sequence[Part], engine: Engine) -> Merged:
    """Layers put together without any chart: as Helm does with its `-f` and `--set` options.

    Raises `MergeFailed` where Helm gives up.
    """
    root = _empty(parts)
    for part in parts:
        root = _with(root, part, engine)
    return root


def _with(root: Merged, part: Part, engine: Engine) -> Merged:
    if part.rule == "opaque":
        return root
    if part.rule in _SET_RULES:
        return assigned(root, part, engine)
    if part.rule == "json6902":
        return json_patched(root, part)
    content = document_of(part, engine)
    if part.rule == "strategic":
        return strategic(root, content)
    return content if part.rule == "replace" or root.is_made_empty() else overlaid(root, content)


def document_of(part: Part, engine: Engine) -> Merged:
    """The one document that a reader makes of a layer. Raises `MergeFailed` for what the engine cannot read."""
    if part.inner:
        inner = layered(part.inner, engine)
        return overlaid(inner, _documents(part, engine)) if part.documents else inner
    return _documents(part, engine)


def _documents(part: Part, engine: Engine) -> Merged:
    documents = part.documents
    first = engine == "3" or part.first_only
    error = part.later_error
    if error is not None and not (first and documents):
        kind = NotModelled if isinstance(error, LastLineLost) else MergeFailed
        raise kind(str(error), part, error.line + part.line_shift)
    root = _empty((part,))
    for document in documents[:1] if first else documents:
        if document.kind != "mapping":
            if document.kind == "scalar" and document.value is None:
                continue
            what = "a list" if document.kind == "sequence" else "a single value"
            raise MergeFailed(f"It holds {what}; Helm wants keys with values.", part, document.line + part.line_shift)
        over = Merged(document, part)
        root = over if not root.members() else overlaid(root, over)
    return root


def _empty(parts: Sequence[Part]) -> Merged:
    return Merged(Made({}), parts[0] if parts else Part(-1))


def table_at(root: Merged, keys: tuple[str, ...], part: Part) -> Merged:
    """The mapping below these keys, or an empty one of this layer."""
    node = reached(root, keys)
    return node if node is not None and node.kind == "mapping" else Merged(Made({}), part)


def flat(parts: Iterable[Part]) -> Iterator[Part]:
    """Every part, those within groups before the group that holds them."""
    for part in parts:
        yield from flat(part.inner)
        yield part


def _same_place(force: Merged, node: Merged) -> bool:
    """Whether what is in force is this very node, in this very document of its layer."""
    if force.part is not node.part:
        return False
    return node.part.rule in _SET_RULES or (force.line, force.column) == (node.line, node.column)


def _numbered(root: Merged, address: Address) -> Address:
    """The address with numbers in place of names of list items, as far as the tree has them: options count."""
    out: Address = ()
    node: Merged | None = root
    for step in address:
        if isinstance(step, tuple) and node is not None:
            found = [at for at, item in enumerate(node.items) if is_named(item, step)]
            step = found[-1] if found else step
        out = (*out, step)
        node = reached(node, (step,)) if node is not None else None
    return out


def _may_say(part: Part, full: Address) -> bool:
    """Whether an opaque part may hold something at an address: its keys may be known though its values are not."""
    if not part.documents:
        return True
    keys = tuple(step for step in full if isinstance(step, str))
    for document in part.documents:
        node: Readable | None = document
        for key in keys:
            if node is None or node.kind != "mapping":
                break
            node = node.get(key)
        if node is not None:
            return True
    return False


def _says(part: Part, full: Address, engine: Engine) -> Iterator[tuple[Address, Merged | None]]:
    """What a part says at an address of the release's values, with its address in the part's own documents."""
    if part.rule == "opaque":
        return
    if part.rule in _SET_RULES:
        try:
            alone = assigned(_empty((part,)), part, engine)
        except MergeFailed:
            return
        node = reached(alone, full)
        padding = node is not None and node.is_null() and part.value.lower() != "null"
        yield full, None if padding else node
        return
    own: Address = full
    if part.chart is not None:
        if full[: len(part.chart)] != part.chart:
            return
        own = full[len(part.chart) :]
    documents = part.documents[:1] if part.first_only or engine == "3" else part.documents
    for document in documents:
        yield own, reached(Merged(document, part), own)
