"""Fields and variables that one clear text alone sets, as nearly each: read without a look at what else could set them.

No file has the path or the identity of another, but of the others many say the same, so those are kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Literal

from rea_xcom_tui.edits import Address
from rea_xcom_tui.xcom.airflow import Version
from rea_xcom_tui.xcom.chart_entries import EnvEntry, Note, rendered
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.identities import identity_problem
from rea_xcom_tui.xcom.model import Cloud, FieldName, FieldReading, Node, Place, State
from rea_xcom_tui.xcom.names import COMMON_ENV
from rea_xcom_tui.xcom.sealed import BEFORE_SEALS, sealed_by


def entry_alone(name: FieldName, entry: EnvEntry, version: Version) -> FieldReading | None:
    """A field that only this entry sets, where Airflow takes its text, which has no variable in it; else None."""
    text, value = entry.text, entry.value
    if not text or value is None or "$" in text or entry.value_from is not None or entry.hidden_values:
        return None
    if entry.shadowed:
        return None
    if entry.component == "all" and TABLE[name].kind != "path":
        return _common(name, entry.name, text, value.text, value.line, value.column, value.layer, version)
    return _accepted(
        name, text, version, (*entry.address, "value"), value.line, value.column, value.text, entry.component,
        layer=value.layer,
    )  # fmt: skip


@lru_cache(maxsize=4096)
def _common(
    name: FieldName, variable: str, text: str, raw: str, line: int, column: int, layer: int, version: Version
) -> FieldReading | None:
    return _accepted(
        name, text, version, (COMMON_ENV, ("name", variable), "value"), line, column, raw, layer=layer
    )  # fmt: skip


def key_alone(name: FieldName, node: Node, version: Version) -> FieldReading | None:
    """A field that only its key sets, where Airflow takes its clear text; else None."""
    text = rendered(node)
    if not text or sealed_by(text):
        return None
    return _of_key(name, text, node.text, node.line, node.column, node.layer, version)


@lru_cache(maxsize=4096)
def _of_key(
    name: FieldName, text: str, raw: str, line: int, column: int, layer: int, version: Version
) -> FieldReading | None:
    return _accepted(name, text, version, (TABLE[name].key or "",), line, column, raw, kind="key", layer=layer)


def _accepted(
    name: FieldName,
    text: str,
    version: Version,
    address: Address,
    line: int,
    column: int,
    raw: str,
    component: str = "all",
    kind: Literal["key", "env"] = "env",
    layer: int = 0,
) -> FieldReading | None:
    told = TABLE[name].judge
    assert told is not None
    verdict = told(text, version)
    if verdict.accepted is False or verdict.value is None:
        return None
    place = Place(address, line, column, raw, verdict.value, component, kind, layer=layer)
    return FieldReading(name, verdict.value, raw, "set", place, (place,))


def note_alone(note: Note, cloud: Cloud) -> FieldReading | None:
    """The identity that only this annotation names, where it has a clear text and is not hidden; else None."""
    text, value = note.value.value, note.value
    if not isinstance(text, str) or not text or note.shadowed or sealed_by(text):
        return None
    place = Place(
        note.address, value.line, value.column, value.text, text, note.component, "annotation", layer=value.layer
    )
    problem = identity_problem(cloud, text)
    state: State = "invalid" if problem else "set"
    return FieldReading("identity", text, place.raw, state, place, (place,), problem=problem)


def plain_entries(items: Sequence[Any], address: Address, component: str) -> list[EnvEntry] | None:
    """The entries of a list of a quick reading that has nothing but names and clear texts; None for any other list."""
    found: list[EnvEntry] = []
    for item in items:
        plain = plain_entry(item)
        if plain is None:
            return None
        name, value = plain
        found.append(EnvEntry(name, (*address, ("name", name)), component, item, value, None, value.value))
    return found if len({entry.name for entry in found}) == len(found) else None


def plain_entry(item: Any) -> tuple[str, Any] | None:
    """The name of a variable and the node of its value; None where it is more than a name and a clear text."""
    names = item.names
    if names is None or len(names) != 2 or "name" not in names or "value" not in names:
        return None
    value = names["value"]
    name, text = names["name"].value, value.value
    if not name or type(name) is not str or type(text) is not str or "$" in text:
        return None
    if (text[:1] in BEFORE_SEALS or text[:1] > "~") and sealed_by(text):
        return None
    return name, value
