"""Every env entry, annotation and label of a values file, wherever the chart takes one.

Helm takes the last of duplicate keys without a word, and Kubernetes the last of duplicate env names; what loses
is kept here too, marked as shadowed, because a person who reads the file may believe it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from rea_xcom_tui.edits import Address, Scalar, Step
from rea_xcom_tui.xcom.facts import fact
from rea_xcom_tui.xcom.model import Node, Place
from rea_xcom_tui.xcom.names import ANNOTATIONS, AZURE_LABEL, COMMON_ENV
from rea_xcom_tui.xcom.sealed import SEALED, sealed_by
from rea_xcom_tui.xcom.secrets import is_secret_name


class EnvEntry(msgspec.Struct, frozen=True, gc=False):
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


class Note(msgspec.Struct, frozen=True, gc=False):
    """One annotation or label."""

    key: str
    address: Address
    """Of its value; empty where a later duplicate key hides it."""
    component: str
    level: tuple[str, ...]
    """The mapping it is in, such as `("serviceAccount", "workers", "annotations")`."""
    value: Node
    shadowed: bool = False


def values_of(mapping: Node, key: str) -> Sequence[tuple[Node, bool]]:
    """Every value under `key` and whether a later duplicate shadows it; the last one is what Helm sees."""
    effective = mapping.get(key)
    if effective is None:
        return ()
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
    value = node.value
    return value if isinstance(value, str) else _scalar_text(value)


def _scalar_text(value: Scalar) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return str(value)


Component = tuple[Node, Address, str, bool]
"""A worker, the dag processor or the triggerer: its mapping, address, name, and whether it is shadowed."""


def components(root: Node) -> tuple[Component, ...]:
    """Every worker, the dag processor and the triggerer of a tree."""
    found: list[Component] = []
    for workers, shadowed in values_of(root, "workers"):
        found += [(*one[:3], True) for one in fact(workers, _workers)] if shadowed else fact(workers, _workers)
    for key in ("dagProcessor", "triggerer"):
        for part, shadowed in values_of(root, key):
            if part.kind == "mapping":
                found.append((part, (key,), key, shadowed))
    return tuple(found)


def _workers(section: Node) -> list[Component]:
    names = Counter([_name(item) for item in section.items])
    found: list[Component] = []
    for index, worker in enumerate(section.items):
        if worker.kind == "mapping":
            name = _name(worker)
            step: Step = ("name", name) if name and names[name] == 1 else index
            found.append((worker, ("workers", step), f"worker {name or index + 1}", False))
    return found


def _name(item: Node) -> str | None:
    return _text_of(item.get("name")) if item.kind == "mapping" else None


def _text_of(node: Node | None) -> str | None:
    return node.value if node is not None and isinstance(node.value, str) else None


def env_entries(root: Node, parts: Sequence[Component]) -> tuple[EnvEntry, ...]:
    """Every named entry of `commonEnv` and of the env lists of the tree's components, which are `parts`."""
    found = common_entries(root)
    known = {entry.name: entry.text for entry in found if not entry.shadowed} if parts else {}
    for part in parts:
        found += entries_of(part, known)
    return tuple(found)


def common_entries(root: Node) -> list[EnvEntry]:
    """The named entries of `commonEnv`."""
    found: list[EnvEntry] = []
    for env, shadowed in values_of(root, COMMON_ENV):
        found += _entries(env, (COMMON_ENV,), "all", shadowed, {})
    return found


def entries_of(part: Component, known: Mapping[str, str | None]) -> list[EnvEntry]:
    """Those that a component has in a list of its own; `known` are the texts of `commonEnv`."""
    holder, address, component, hidden = part
    found: list[EnvEntry] = []
    for env, shadowed in values_of(holder, "env"):
        found += _entries(env, (*address, "env"), component, hidden or shadowed, known)
    return found


_Members = tuple[Node | None, Node | None, Node | None, tuple[Node, ...]]
"""Of an env entry: its name, the value that Helm sees, its `valueFrom`, and the values that this one hides."""


def _members(item: Node) -> _Members:
    found = {key.text: value for key, value in item.entries}
    names = [key.text for key, _ in item.entries]
    values = [value for key, value in item.entries if key.text == "value"]
    for name in ("name", "value", "valueFrom") if "<<" in found else ():
        merged = item.get(name)
        if merged is not None and names.count(name) < 2:
            found[name] = merged
            values = [merged] if name == "value" else values
    return found.get("name"), found.get("value"), found.get("valueFrom"), tuple(values[:-1])


def _entries(
    env: Node, address: Address, component: str, hidden: bool, outer: Mapping[str, str | None]
) -> list[EnvEntry]:
    items = env.items
    if not items:
        return []
    members: list[_Members]
    if getattr(env, "unique", False):
        members = [(item.get("name"), item.get("value"), item.get("valueFrom"), ()) for item in items]
    else:
        members = [_members(item) for item in items]
    names = [_text_of(found[0]) for found in members]
    last = {name: index for index, name in enumerate(names)}
    counts = Counter(names) if len(last) < len(names) else {}
    known = dict(outer)
    entries: list[EnvEntry] = []
    for index, (name, (_, value, value_from, before)) in enumerate(zip(names, members, strict=True)):
        if not name:
            continue
        step: Step = ("name", name) if counts.get(name, 1) == 1 else index
        if value_from is not None and value_from.kind == "scalar" and value_from.value is None:
            value_from = None
        text, reference = _supplied(value, value_from, known)
        known[name] = text
        where = () if hidden else (*address, step)
        lost = hidden or last[name] != index
        entries.append(EnvEntry(name, where, component, items[index], value, value_from, text, reference, lost, before))
    return entries


def _supplied(
    value: Node | None, value_from: Node | None, known: Mapping[str, str | None]
) -> tuple[str | None, str | None]:
    """The text of an env entry, or what supplies it; neither where its value is no scalar."""
    written = "" if value is None else rendered(value)
    if written is None:
        return None, None
    if value_from is not None and not written:
        return None, described(value_from)
    return expand(written, known)


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
    if tool := sealed_by(text):
        return None, SEALED + tool
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


def annotations_of(root: Node) -> tuple[Note, ...]:
    """Every annotation at every level where the chart takes them, most general first within a component."""
    return _notes_of(root, {"annotations": notes_of, "serviceAccount": _of_accounts, "workers": _of_workers})


def labels_of(root: Node) -> tuple[Note, ...]:
    """Every label; the chart takes them at the top level only."""
    return _notes_of(root, {"labels": _labels})


def _notes_of(root: Node, sections: Mapping[str, Callable[[Node], list[Note]]]) -> tuple[Note, ...]:
    found: list[Note] = []
    for key, work_out in sections.items():
        for section, shadowed in values_of(root, key):
            notes = fact(section, work_out)
            found += [replace(note, address=(), shadowed=True) for note in notes] if shadowed else notes
    return tuple(found)


def _of_accounts(section: Node) -> list[Note]:
    found = _of_account(section, ("serviceAccount",), "all", False)
    for part in ("workers", "dagProcessor", "triggerer", "sentinel"):
        for account, shadowed in values_of(section, part):
            found += _of_account(account, ("serviceAccount", part), part, shadowed)
    return found


def _of_workers(section: Node) -> list[Note]:
    found: list[Note] = []
    for worker, address, component, _ in fact(section, _workers):
        for account, shadowed in values_of(worker, "serviceAccount"):
            found += _of_account(account, (*address, "serviceAccount"), component, shadowed)
    return found


def _of_account(account: Node, address: Address, component: str, hidden: bool) -> list[Note]:
    found: list[Note] = []
    for notes, shadowed in values_of(account, "annotations"):
        found += notes_of(notes, (*address, "annotations"), component, hidden or shadowed)
    return found


def _labels(section: Node) -> list[Note]:
    return notes_of(section, ("labels",))


def notes_of(
    notes: Node, address: Address = ("annotations",), component: str = "all", hidden: bool = False
) -> list[Note]:
    """The annotations or labels in one mapping."""
    if notes.kind != "mapping":
        return []
    level = tuple([step for step in address if isinstance(step, str)])
    entries = [(key if isinstance(key := name.value, str) else str(key), value) for name, value in notes.entries]
    effective = dict(entries)
    if not getattr(notes, "unique", False):
        merged = [(key, notes.get(key)) for key in _LOOKED_FOR if key not in effective]
        entries += [(key, value) for key, value in merged if value is not None]
    found: list[Note] = []
    for key, value in entries:
        lost = hidden or effective.get(key, value) is not value
        found.append(Note(key, () if lost else (*address, key), component, level, value, lost))
    return found
