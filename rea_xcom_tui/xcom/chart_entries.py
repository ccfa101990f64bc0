"""Every env entry, annotation and label of a values file, wherever the chart takes one.

Helm takes the last of duplicate keys without a word, and Kubernetes the last of duplicate env names; what loses
is kept here too, marked as shadowed, because a person who reads the file may believe it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from rea_xcom_tui.edits import Address, Scalar, Step
from rea_xcom_tui.xcom.model import Node, Place
from rea_xcom_tui.xcom.names import ANNOTATIONS, AZURE_LABEL, COMMON_ENV
from rea_xcom_tui.xcom.sealed import sealed_reference
from rea_xcom_tui.xcom.secrets import is_secret_name


class EnvEntry(msgspec.Struct, frozen=True):
    """One item of an env list."""

    name: str
    address: Address
    """Of the entry; empty where a later duplicate key hides its list."""
    component: str
    node: Node
    """The entry itself."""
    value: Node | None
    value_from: Node | None
    text: str | None
    """What the container gets, as far as the file says; None where something else supplies it."""
    reference: str | None = None
    """What supplies it then, such as `Secret xcom key path`."""
    shadowed: bool = False
    hidden_values: tuple[Node, ...] = ()
    """Values of the same entry that a later `value` key in it replaces."""

    def place(self) -> Place:
        """The place of its value."""
        node = self.value if self.value is not None else self.value_from or self.node
        address = self.address
        if address and self.value is not None:
            address = (*address, "value")
        return Place(
            address,
            node.line,
            node.column,
            raw=self.value.text if self.value is not None else "",
            value=self.text,
            component=self.component,
            kind="reference" if self.reference else "env",
            shadowed=self.shadowed,
            layer=node.layer,
        )


class Note(msgspec.Struct, frozen=True):
    """One annotation or label."""

    key: str
    address: Address
    """Of its value; empty where a later duplicate key hides it."""
    component: str
    level: tuple[str, ...]
    """The mapping it is in, such as `("serviceAccount", "workers", "annotations")`."""
    value: Node
    shadowed: bool = False


def values_of(mapping: Node, key: str) -> list[tuple[Node, bool]]:
    """Every value under `key` and whether a later duplicate shadows it; the last one is what Helm sees."""
    effective = mapping.get(key)
    if effective is None:
        return []
    if getattr(mapping, "unique", False):
        return [(effective, False)]
    found = [value for name, value in mapping.entries if name.text == key]
    if len(found) < 2:
        return [(effective, False)]
    return [(value, index < len(found) - 1) for index, value in enumerate(found)]


def rendered(node: Node | None) -> str | None:
    """A scalar as the text Kubernetes would see; null is empty, None means: not a scalar.

    Helm reads numbers as floats and booleans by YAML 1.1; how the chart prints them is not known, so this is
    the plain form (`1048576`, `true`), which `toYaml` prints too (measured with sigs.k8s.io/yaml 1.3).
    """
    if node is None or node.kind != "scalar":
        return None
    return _scalar_text(node.value)


def _scalar_text(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


def env_entries(root: Node, parts: Sequence[Component] | None = None) -> tuple[EnvEntry, ...]:
    """Every named entry of `commonEnv` and of the env lists of workers, dag processor and triggerer.

    `parts` are the tree's components, where the caller has them already.
    """
    common = tuple(_common_entries(root))
    known = {entry.name: entry.text for entry in common if not entry.shadowed}
    return common + tuple(_component_entries(components(root) if parts is None else parts, known))


def _common_entries(root: Node) -> Iterator[EnvEntry]:
    for env, shadowed in values_of(root, COMMON_ENV):
        yield from _entries(env, (COMMON_ENV,), "all", shadowed, {})


def _component_entries(parts: Sequence[Component], common: Mapping[str, str | None]) -> Iterator[EnvEntry]:
    for holder, address, component, hidden in parts:
        for env, shadowed in values_of(holder, "env"):
            yield from _entries(env, (*address, "env"), component, hidden or shadowed, common)


Component = tuple[Node, Address, str, bool]
"""A worker, the dag processor or the triggerer: its mapping, address, name, and whether it is shadowed."""


def components(root: Node) -> tuple[Component, ...]:
    """Every worker, the dag processor and the triggerer of a tree."""
    return tuple(_components(root))


def _components(root: Node) -> Iterator[Component]:
    for workers, shadowed in values_of(root, "workers"):
        names = Counter([_name(item) for item in workers.items])
        for index, worker in enumerate(workers.items):
            if worker.kind == "mapping":
                name = _name(worker)
                step: Step = ("name", name) if name and names[name] == 1 else index
                yield worker, ("workers", step), f"worker {name or index + 1}", shadowed
    for key in ("dagProcessor", "triggerer"):
        for holder, shadowed in values_of(root, key):
            if holder.kind == "mapping":
                yield holder, (key,), key, shadowed


def _name(item: Node) -> str | None:
    return _text_of(item.get("name")) if item.kind == "mapping" else None


def _text_of(node: Node | None) -> str | None:
    return node.value if node is not None and isinstance(node.value, str) else None


_MEMBERS = ("name", "value", "valueFrom")


def _members(item: Node) -> dict[str, list[Node]]:
    """The values of an env entry by key, the one that Helm sees last. In one pass, as a fleet has very many."""
    if getattr(item, "unique", False):
        return {name: [value] for name in _MEMBERS if (value := item.get(name)) is not None}
    found: dict[str, list[Node]] = {}
    for key, value in item.entries:
        found.setdefault(key.text, []).append(value)
    if "<<" in found:
        for name in _MEMBERS:
            merged = item.get(name)
            if merged is not None and len(found.get(name, ())) < 2:
                found[name] = [merged]
    return found


def _entries(
    env: Node, address: Address, component: str, hidden: bool, outer: Mapping[str, str | None]
) -> Iterator[EnvEntry]:
    if not env.items:
        return
    members = [_members(item) for item in env.items]
    names = [_text_of(found["name"][-1]) if "name" in found else None for found in members]
    last = {name: index for index, name in enumerate(names)}
    counts = Counter(names) if len(last) < len(names) else {}
    known = dict(outer)
    for index, (name, item) in enumerate(zip(names, env.items, strict=True)):
        if not name:
            continue
        step: Step = ("name", name) if counts.get(name, 1) == 1 else index
        entry_address = () if hidden else (*address, step)
        entry = _entry(item, members[index], name, entry_address, component, known)
        known[name] = entry.text
        yield replace(entry, shadowed=True) if hidden or last[name] != index else entry


def _entry(
    item: Node,
    members: Mapping[str, list[Node]],
    name: str,
    address: Address,
    component: str,
    known: Mapping[str, str | None],
) -> EnvEntry:
    given = members.get("value", [])
    value = given[-1] if given else None
    value_from = members["valueFrom"][-1] if "valueFrom" in members else None
    if value_from is not None and value_from.kind == "scalar" and value_from.value is None:
        value_from = None
    written = rendered(value)
    reference = None
    text: str | None
    if written is None and value is not None:
        text = None
    elif value_from is not None and not written:
        text, reference = None, described(value_from)
    else:
        text, reference = expand(written or "", known)
    return EnvEntry(name, address, component, item, value, value_from, text, reference, False, tuple(given[:-1]))


def described(value_from: Node) -> str:
    """Say where a `valueFrom` takes its value: `Secret xcom key path`, `ConfigMap …`, `field metadata.name`."""
    for source, noun in (("secretKeyRef", "Secret"), ("configMapKeyRef", "ConfigMap")):
        node = value_from.get(source) if value_from.kind == "mapping" else None
        if node is not None:
            return f"{noun} {_member(node, 'name')} key {_member(node, 'key')}"
    for source, noun, member in (("fieldRef", "field", "fieldPath"), ("resourceFieldRef", "resource", "resource")):
        node = value_from.get(source) if value_from.kind == "mapping" else None
        if node is not None:
            return f"{noun} {_member(node, member)}"
    return "valueFrom"


def _member(node: Node, key: str) -> str:
    return rendered(node.get(key) if node.kind == "mapping" else None) or "?"


_VARIABLE = re.compile(r"\$(?:\$|\(([^)]*)\))")


def expand(text: str, known: Mapping[str, str | None]) -> tuple[str | None, str | None]:
    """Expand `$(NAME)` as Kubernetes does, from the variables defined before: the text, or what supplies it.

    `$$` escapes, and a name that is not known stays as it is (Kubernetes API reference, EnvVar). Text that
    is encrypted is supplied by whoever holds the key. A variable whose name says that it is secret is
    never expanded: what it supplies would be shown as the value of a field.
    """
    if sealed := sealed_reference(text):
        return None, sealed
    if "$" not in text:
        return text, None
    for match in _VARIABLE.finditer(text):
        if match[1] is not None and match[1] in known and (known[match[1]] is None or is_secret_name(match[1])):
            return None, f"variable {match[1]}"
    return _VARIABLE.sub(lambda m: "$" if m[1] is None else known.get(m[1]) or _literal(m, known), text), None


def _literal(match: re.Match[str], known: Mapping[str, str | None]) -> str:
    return "" if match[1] in known else match[0]


_LOOKED_FOR = (*ANNOTATIONS.values(), AZURE_LABEL)
"""What a merge may supply: merged keys are not among a mapping's entries and must be asked for."""


def annotations_of(root: Node, parts: Sequence[Component] | None = None) -> tuple[Note, ...]:
    """Every annotation at every level where the chart takes them, most general first within a component.

    `parts` are the tree's components, where the caller has them already.
    """
    return tuple(_notes(root, "annotations", components(root) if parts is None else parts))


def labels_of(root: Node) -> tuple[Note, ...]:
    """Every label; the chart takes them at the top level only."""
    return tuple(_notes_at(root, ("labels",), "all", False))


def _notes(root: Node, key: str, parts: Sequence[Component]) -> Iterator[Note]:
    yield from _notes_at(root, (key,), "all", False)
    for accounts, shadowed in values_of(root, "serviceAccount"):
        if accounts.kind != "mapping":
            continue
        yield from _notes_at(accounts, ("serviceAccount", key), "all", shadowed)
        for part in ("workers", "dagProcessor", "triggerer", "sentinel"):
            for account, inner in values_of(accounts, part):
                yield from _notes_at(account, ("serviceAccount", part, key), part, shadowed or inner)
    for worker, address, component, shadowed in parts:
        if component.startswith("worker "):
            for account, inner in values_of(worker, "serviceAccount"):
                yield from _notes_at(account, (*address, "serviceAccount", key), component, shadowed or inner)


def _notes_at(holder: Node, address: Address, component: str, hidden: bool) -> Iterator[Note]:
    if holder.kind != "mapping":
        return
    level = tuple(step for step in address if isinstance(step, str))
    for notes, shadowed in values_of(holder, str(address[-1])):
        if notes.kind != "mapping":
            continue
        effective = {str(name.value): value for name, value in notes.entries}
        for name, value in notes.entries:
            key = str(name.value)
            lost = hidden or shadowed or effective[key] is not value
            yield Note(key, () if lost else (*address, key), component, level, value, lost)
        for key in _LOOKED_FOR:
            if key not in effective and (merged := notes.get(key)) is not None:
                lost = hidden or shadowed
                yield Note(key, () if lost else (*address, key), component, level, merged, lost)
