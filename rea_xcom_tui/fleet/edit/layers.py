"""Edits of deployments that are made of layers: which layer takes one, what it changes there, and who else changes.

A layer is edited as the values file that it is, wherever it stands. Then the values in force of every deployment that
shares a touched file are worked out anew, and must be what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.as_values_edits import edits_for
from rea_xcom_tui.fleet.edit.layer_refusals import LINKED, causes, changed_fields, why_astray, why_not_made, why_shared
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan, Refusal
from rea_xcom_tui.fleet.model import Deployment, Layouts
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.layered import look, read_entry
from rea_xcom_tui.fleet.scan.trees import changed_tree
from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.patterns import matches
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.layout_settings import HelmEngine
from rea_xcom_tui.values.merged import Made, Merged, Part
from rea_xcom_tui.values.stack import Stack, document_of, flat
from rea_xcom_tui.xcom.changes import changes_for
from rea_xcom_tui.xcom.model import AddEnv, Change, FieldName
from rea_xcom_tui.xcom.names import COMMON_ENV, VARIABLES
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.reading import read

_DOCUMENT = re.compile(rb"^---(?=[ \t\r\n]|\Z)", re.MULTILINE)
_GENERATED = re.compile(
    rb"^#.*\b(?:auto-?generated|generated (?:by|from|with)|do not edit)\b", re.IGNORECASE | re.MULTILINE
)
_HEAD = 1_000
"""How many bytes at its start may say that a file is generated."""
_VARIABLE = re.compile(r"\$\{[^}]*\}")


class LayerEdits:
    """Makes and proves edits in the layers of a repo, upon the files as they are now."""

    def __init__(self, layouts: Layouts, reading: Reading, read_now: Callable[[str], bytes]) -> None:
        self._layouts = layouts
        self._reading = reading
        self._read_now = read_now

        def read_file(path: str) -> bytes | None:
            try:
                return read_now(path)
            except values.Unreadable:
                return None

        known = layouts.tree
        self._now = Tree(known.paths, read_file, links=known.links, remotes=known.remotes)
        self._structure = frozenset(entry.file for entry in layouts.found.entries) | frozenset(
            layer.file for entry in layouts.found.entries for layer in entry.flat_layers if layer.content is not None
        )
        """Files that say which deployments and layers there are, not only what the layers say."""

    def deployments(self, ids: Iterable[str], contents: Mapping[str, bytes]) -> dict[str, Deployment]:
        """The deployments with these ids, as if some files held other bytes; one that is gone then is left out."""
        tree, entries = self._state(contents)
        found: dict[str, Deployment] = {}
        for id_ in ids:
            entry = entries.get(id_)
            row = read_entry(entry, tree, self._reading, contents) if entry is not None else None
            if row is not None:
                found[id_] = row
        return found

    def choose(self, deployment: Deployment, field: FieldName, wanted: str | None = None) -> int:
        """The layer that takes an edit: the one that is named, else where the value in force stands, else the
        strongest that can be edited. Raises `Refused` where there is none, or it cannot be edited here."""
        entry = self._entry(deployment.id, self._layouts.by_id)
        layers = entry.flat_layers
        if wanted is not None:
            named = [number for number, layer in enumerate(layers) if wanted in (layer.source, layer.file)]
            if not named:
                known = ", ".join(clean(layer.source) for layer in layers if layer.file)
                raise Refused(f"{clean(wanted)} is not a layer of {clean(deployment.id)}; its layers are {known}")
            return _editable(layers, max(named), field)
        place = deployment.field("path" if field == "connection" else field).place
        if place is not None:
            return _editable(layers, place.layer, field)
        if field in VARIABLES:
            listed = effective(entry, self._layouts.tree, self._engine(entry)).stack.find((COMMON_ENV,))
            if listed is not None and layers[listed.layer].editable:
                return listed.layer
        numbers = [number for number, layer in enumerate(layers) if layer.editable and layer.file]
        if not numbers:
            raise Refused(f"no layer of {clean(deployment.id)} can be edited here; {_why_not(layers)}")
        return numbers[-1]

    def apply(self, data: bytes, edit: SetField, contents: Mapping[str, bytes]) -> bytes:
        """The bytes of a layer's file after an edit; `contents` are those of the files that are changed already.

        Raises `Refused` where it cannot be made exactly.
        """
        tree, entries = self._state({**contents, edit.file: data})
        entry = self._entry(edit.deployment, entries)
        layers = entry.flat_layers
        numbers = [number for number, layer in enumerate(layers) if layer.source == edit.layer]
        if not numbers:
            raise Refused(f"{clean(edit.layer)} is no longer a layer of {clean(edit.deployment)}; rescan, then repeat")
        number = _editable(layers, numbers[-1], edit.field)
        layer = layers[number]
        stack = effective(entry, tree, self._engine(entry)).stack
        if layer.rule.startswith("set"):
            return _option(data, layer, edit)
        if edit.new is None and edit.field in VARIABLES:
            _refuse_counted(layers[number + 1 :], layer)
        part = next(part for part in flat(stack.parts) if part.layer == number)
        prefix = stack.below[len(part.chart) :] if part.chart is not None else stack.below
        own = _at(document_of(part, stack.engine), prefix, part)
        edits = [_below(prefix, each) for each in edits_for(_changes(own, stack, edit, layer))]
        self._refuse_generated(data, layer)
        if entry.layout == "flux":
            _refuse_variables(data, layer, edits)
        return _carried_out(data, layer, edits)

    def _refuse_generated(self, data: bytes, layer: Layer) -> None:
        """Refuse to edit a file that a program writes anew: the configuration says so, or its first lines do."""
        said = _GENERATED.search(data[:_HEAD]) is not None
        if said or matches(layer.file, self._reading.layouts.generated):
            why = "its first lines say so" if said else "the configuration says so"
            raise Refused(f"{clean(layer.file)} is generated ({why}); change what it is generated from")

    def refusals(
        self, edits: Sequence[SetField], contents: Mapping[str, bytes], touched: Sequence[Deployment]
    ) -> dict[tuple[str, str], str]:
        """Why edits that change these files' contents cannot be made, by deployment and field.

        Every one of the `touched` deployments must have just the values that were asked for it, and no other value
        than before where nothing was.
        """
        ids = [deployment.id for deployment in touched]
        before, after = self.deployments(ids, {}), self.deployments(ids, contents)
        asked: dict[str, dict[str, SetField]] = {}
        for edit in edits:
            asked.setdefault(edit.deployment, {})[edit.field] = edit
        refused: dict[tuple[str, str], str] = {}
        others: dict[tuple[str, str], list[str]] = {}
        for deployment in touched:
            old, new = before.get(deployment.id), after.get(deployment.id)
            mine = asked.get(deployment.id, {})
            for edit in mine.values():
                if (why := why_not_made(edit, old, new)) is not None:
                    refused[edit.deployment, edit.field] = why
            for field in changed_fields(old, new):
                if not any(field in LINKED.get(name, {name}) for name in mine):
                    for edit in causes(edits, field, deployment):
                        if not edit.shared:
                            others.setdefault((edit.deployment, edit.field), []).append(deployment.name)
                        elif (why := why_astray(edit, field, deployment, new)) is not None:
                            refused.setdefault((edit.deployment, edit.field), why)
        for edit in edits:
            names = others.get((edit.deployment, edit.field))
            if names:
                refused.setdefault((edit.deployment, edit.field), why_shared(edit, names))
        return refused

    def plan(self, edits: Sequence[SetField], touched: Callable[[Iterable[str]], Sequence[Deployment]]) -> Plan:
        """Make edits, each upon what those before it left, and prove them together.

        `touched` tells which deployments have a part in some files. What is refused is left out, and the rest is made
        anew without it.
        """
        refused: dict[tuple[str, str], str] = {}
        left = list(edits)
        while left:
            before: dict[str, bytes] = {}
            contents: dict[str, bytes] = {}
            for edit in left:
                try:
                    before.setdefault(edit.file, self._read_now(edit.file))
                    contents[edit.file] = self.apply(contents.get(edit.file, before[edit.file]), edit, contents)
                except ToolError as error:
                    refused[edit.deployment, edit.field] = str(error)
            made = [edit for edit in left if (edit.deployment, edit.field) not in refused]
            refused |= self.refusals(made, contents, touched(contents)) if made else {}
            kept = [edit for edit in left if (edit.deployment, edit.field) not in refused]
            if len(kept) == len(left):
                break
            left = kept
        files = [
            FilePlan(file, before[file], data, tuple(edit for edit in left if edit.file == file))
            for file, data in (contents.items() if left else ())
            if data != before[file]
        ]
        return Plan(tuple(files), tuple(Refusal(*key, reason) for key, reason in refused.items()))

    def layouts(self, touched: Iterable[str]) -> Layouts:
        """What the layouts find in the files as they are now, after those that are `touched` have changed."""
        if self._structure.isdisjoint(touched):
            return replace(self._layouts, tree=self._now, known=self._layouts.found)
        return look(self._now, self._reading)

    def _state(self, contents: Mapping[str, bytes]) -> tuple[Tree, Mapping[str, EntryPoint]]:
        """The files and entry points with some contents changed."""
        if not contents:
            return self._now, self._layouts.by_id
        tree = changed_tree(self._now, contents)
        if self._structure.isdisjoint(contents):
            return tree, self._layouts.by_id
        return tree, look(tree, self._reading).by_id

    def _engine(self, entry: EntryPoint) -> HelmEngine:
        return entry.engine or self._layouts.engine

    def _entry(self, id_: str, entries: Mapping[str, EntryPoint]) -> EntryPoint:
        entry = entries.get(id_)
        if entry is None:
            raise Refused(f"{clean(id_)} is no longer there; rescan, then look at it again")
        return entry


def _editable(layers: Sequence[Layer], number: int, field: str) -> int:
    """The number of a layer that can be edited. Raises `Refused` with the way out where it cannot."""
    layer = layers[number]
    if layer.why_not or layer.is_opaque:
        raise Refused(f"{field} stands in {clean(layer.source)}, which is not edited here: {clean(layer.why_not, 300)}")
    # What a tool has filled in or built stands in a file all the same, where it says so; the proof tells whether an
    # edit there has the outcome that is meant.
    built = layer.content is not None and (not layer.pointer or bool(layer.within))
    if built or not layer.file:
        raise Refused(
            f"{field} stands in {clean(layer.source)}, whose text "
            "a tool makes from a template or a patch; edit that by hand"
        )
    return number


def _why_not(layers: Sequence[Layer]) -> str:
    return next((clean(layer.why_not, 200) for layer in reversed(layers) if layer.why_not), "edit them by hand")


def _option(data: bytes, layer: Layer, edit: SetField) -> bytes:
    """An option of a tool, such as a parameter of Argo CD, holds its value as one text."""
    if edit.new is None or not layer.pointer:
        raise Refused(
            f"{edit.field} is set by the option {clean(layer.path)} in {clean(layer.source)}; edit it by hand"
        )
    return _carried_out(data, replace(layer, pointer=()), [values.SetText(layer.pointer, str(edit.new))])


def _refuse_counted(stronger: Sequence[Layer], layer: Layer) -> None:
    """Refuse to take an entry out of a list whose entries an option counts: it would set another one then."""
    for option in stronger:
        if option.rule.startswith("set") and option.path.startswith(f"{COMMON_ENV}["):
            raise Refused(
                f"{clean(option.source)} counts the entries of {COMMON_ENV} ({clean(option.path, 80)}), and taking one "
                f"out of {clean(layer.source)} would move it to another; edit both by hand"
            )


def _changes(own: Merged, stack: Stack, edit: SetField, layer: Layer) -> tuple[Change, ...]:
    """What a layer has to say so that the field has its new value."""
    config = read(own)
    field, new = edit.field, edit.new
    if field == "connection" and config.fields["path"].state == "unset":
        path = read(stack.root).fields["path"].value
        if not isinstance(path, str):
            raise Refused("The connection is part of the path, and there is none; set the path first.")
        field, new = "path", parse_path(path).with_connection(None if new is None else str(new))
    if config.fields[field].state != "unset" or field not in VARIABLES:
        if new is None and config.fields[field].state == "unset":
            raise Refused(_not_there(edit, layer))
        return changes_for(config, field, new)
    if new is None:
        raise Refused(_not_there(edit, layer))
    force = stack.find((COMMON_ENV,))
    if own.get(COMMON_ENV) is not None or force is None:
        return changes_for(config, field, new)
    return _carried_over(force, VARIABLES[field], str(new), layer)


def _not_there(edit: SetField, layer: Layer) -> str:
    where = clean(layer.source)
    return f"{where} does not set {edit.field}, so there is nothing to remove in it; name the layer that does"


def _carried_over(force: Merged, variable: str, text: str, layer: Layer) -> tuple[Change, ...]:
    """A list of its own for a layer that had none: it replaces the weaker ones whole, so their entries come along."""
    entries: dict[str, str] = {}
    for item in force.items:
        name, value = item.get("name"), item.get("value")
        if name is None or value is None or value.kind != "scalar" or len(item.members()) != 2:
            what = clean(name.text if name is not None else "an entry without a name", 80)
            raise Refused(
                f"a commonEnv in {clean(layer.source)} would replace the one in {clean(force.file)} whole, and "
                f"{what} cannot be carried over by itself; edit it by hand, or name the layer that has the list"
            )
        entries[name.text] = value.text
    entries[variable] = text
    return tuple(AddEnv((COMMON_ENV,), name, value) for name, value in entries.items())


def _at(root: Merged, keys: Sequence[str], part: Part) -> Merged:
    node: Merged | None = root
    for key in keys:
        node = node.get(key) if node is not None and node.kind == "mapping" else None
    return node if node is not None and node.kind == "mapping" else Merged(Made({}), part)


def _below(keys: Sequence[str], edit: values.Edit) -> values.Edit:
    """The same edit of a tree that stands below these keys."""
    return replace(edit, address=(*keys, *edit.address)) if keys else edit


def _refuse_variables(data: bytes, layer: Layer, edits: Sequence[values.Edit]) -> None:
    """Refuse to put a value over a variable that Flux fills in: it would be lost for every cluster."""
    start, end = _span(data, layer.document) if layer.pointer or layer.document else (0, len(data))
    known = values.ValuesFile.parse(data[start:end])
    for edit in edits:
        if isinstance(edit, values.SetText) and layer.kind != "values text":
            node = known.find((*layer.pointer, *edit.address))
            found = _VARIABLE.search(node.text) if node is not None and node.kind == "scalar" else None
            if found is not None:
                raise Refused(
                    f"the value in {clean(layer.file)} is the variable {clean(found[0])}, which Flux fills in for each "
                    "cluster; change the variable, or edit the file by hand"
                )


def _carried_out(data: bytes, layer: Layer, edits: Sequence[values.Edit]) -> bytes:
    """The bytes of a layer's file after edits of what the layer says."""
    if not edits:
        return data
    if layer.kind == "values text":
        wrapped: list[values.Edit] = [values.InBlock(layer.pointer, tuple(edits))]
    else:
        wrapped = [replace(each, address=(*layer.pointer, *each.address)) for each in edits]
    if not layer.pointer and not layer.document:
        return values.edit(data, wrapped)
    start, end = _span(data, layer.document)
    return data[:start] + values.edit(data[start:end], wrapped) + data[end:]


def _span(data: bytes, number: int) -> tuple[int, int]:
    """Where one of a file's documents begins and ends; a marker at the start of a line always begins one."""
    marks = [found.start() for found in _DOCUMENT.finditer(data)]
    head = data[: marks[0]] if marks else data
    if any(line.strip() and not line.lstrip().startswith((b"#", b"%")) for line in head.split(b"\n")):
        marks = [0, *marks]
    marks = marks or [0]
    if number >= len(marks):
        raise Refused("the documents of the file cannot be distinguished; edit it by hand")
    start = 0 if number == 0 else marks[number]
    return start, marks[number + 1] if number + 1 < len(marks) else len(data)
