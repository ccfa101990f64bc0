"""Fields whose value depends on an order that the deploying tool does not keep, or not always."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from msgspec.structs import replace

from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.model import Configuration, FieldReading
from rea_xcom_tui.xcom.reading import read

_OF_A_SECRET = "from the cluster"


def in_conflict(config: Configuration, entry: EntryPoint, tree: Tree, reading: Reading) -> Configuration:
    """The configuration where fields that single options set, and those that another order of the options would change,
    are in conflict."""
    if entry.conflict is None:
        return config
    outcomes = [_read(each, tree, reading) for each in (entry, *_orders(entry))]
    flat = entry.flat_layers
    fields = dict(config.fields)
    for name, now in config.fields.items():
        layer = now.place.layer if now.place is not None else -1
        is_option = 0 <= layer < len(flat) and flat[layer].rule.startswith("set")
        if is_option or len({_said(outcome.fields[name]) for outcome in outcomes}) > 1:
            fields[name] = replace(now, state="conflict", problem=clean(entry.conflict, 400))
    return replace(config, fields=fields)


def _orders(entry: EntryPoint) -> Iterator[EntryPoint]:
    """The entry point with its options in the other orders that its tool may take."""
    options = [layer for layer in entry.layers if _is_option(layer)]
    others = [layer for layer in entry.layers if not _is_option(layer)]
    if entry.layout == "flux":  # over the inline values, where they are below them
        yield entry.with_layers([*others, *map(_as_option, options)])
        return
    turned = [each for _, run in groupby(options, lambda layer: layer.rule) for each in reversed(list(run))]
    yield entry.with_layers([*others, *turned])


def _is_option(layer: Layer) -> bool:
    return layer.rule.startswith("set") or (layer.is_opaque and bool(layer.path))


def _as_option(layer: Layer) -> Layer:
    """What a Secret sets at one path, as an option with a text that nobody knows."""
    return replace(layer, rule="set-literal", value=_OF_A_SECRET) if layer.is_opaque else layer


def _read(entry: EntryPoint, tree: Tree, reading: Reading) -> Configuration:
    return read(effective(entry, tree, reading.layouts.engine or "4.2").stack.root)


def _said(reading: FieldReading) -> str:
    return f"{reading.state} {reading.value} {reading.reference} {reading.raw}"
