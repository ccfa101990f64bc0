"""Edits of deployments that are made of layers: which layer takes one, what it changes there, and who else changes.

A layer is edited as the values file that it is, wherever it is. Then the values in force of every deployment that
shares a touched file are worked out again, and must be what was meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import msgspec

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.apply import fix_now
from rea_xcom_tui.fleet.edit.layer_bytes import (
    below,
    carried_out,
    editable,
    is_option,
    is_text,
    refuse_counted,
    refuse_generated,
    refuse_variables,
    why_generated,
    why_not,
    with_option,
)
from rea_xcom_tui.fleet.edit.layer_changes import (
    LayerOf,
    field_changes,
    fix_changes,
    in_list,
    option_text,
    refuse_more_than,
    without_override,
)
from rea_xcom_tui.fleet.edit.layer_refusals import (
    changed_fields,
    changed_key,
    concerns,
    culprits,
    cured,
    why_astray,
    why_beside,
    why_not_fixed,
    why_not_made,
    why_shared,
)
from rea_xcom_tui.fleet.edit.pending import Fix, Key, LayerEdit, SetField
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan, Refusal
from rea_xcom_tui.fleet.model import Deployment, Layouts
from rea_xcom_tui.fleet.scan.layered import look, read_entry
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.trees import changed_tree
from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.model import EntryPoint, Layer
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.layout_settings import HelmEngine
from rea_xcom_tui.values.merged import Merged
from rea_xcom_tui.values.stack import Stack, document_of, flat, table_at
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.fields import holder
from rea_xcom_tui.xcom.model import Change, Configuration, FieldName, Finding, Value
from rea_xcom_tui.xcom.names import COMMON_ENV
from rea_xcom_tui.xcom.reading import read


@dataclass(frozen=True, slots=True)
class Taker:
    """A layer that could take an edit of a field."""

    source: str
    file: str
    carries: bool
    """Whether the list in force would have to come along, because the layer has none of its own."""


class LayerEdits:
    """Makes and proves edits in the layers of a repo, on the files as they are now."""

    def __init__(
        self,
        layouts: Layouts,
        reading: Reading,
        read_now: Callable[[str], bytes],
        called: Callable[[str], str] | None = None,
    ) -> None:
        """`called` says what a deployment is called among all, by its id."""
        self._layouts = layouts
        self._called = called
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
        self._generated: dict[str, bool] = {}

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

    def root(self, id_: str, contents: Mapping[str, bytes]) -> Merged:
        """The values in force of the deployment with this id, as if some files held other bytes. Raises `Refused`."""
        tree, entries = self._state(contents)
        entry = self._entry(id_, entries)
        return effective(entry, tree, self._engine(entry)).stack.root

    def choose(self, deployment: Deployment, field: FieldName, wanted: str | None = None) -> int:
        """The layer that takes an edit: the one that is named, else where the value in force is, else the strongest
        that can be edited. Raises `Refused` where there is none, or it cannot be edited here."""
        entry = self._entry(deployment.id, self._layouts.by_id)
        layers = entry.flat_layers
        if wanted is not None:
            named = [
                number for number, layer in enumerate(layers) if wanted in (layer.source, layer.file, layer.through)
            ]
            if not named:
                known = ", ".join(clean(layer.source) for layer in layers if layer.file)
                raise Refused(f"{clean(wanted)} is not a layer of {clean(deployment.id)}; its layers are {known}")
            return editable(layers, max(named), field)
        standing = self._standing(entry, deployment, field)
        if standing is not None:
            return editable(layers, standing, field)
        numbers = [
            number for number, layer in enumerate(layers) if layer.editable and layer.file and not is_option(layer)
        ]
        if not numbers:
            raise Refused(f"no layer of {clean(deployment.id)} can be edited here; {why_not(layers)}")
        return numbers[-1]

    def takers(self, deployment: Deployment, field: FieldName) -> list[Taker]:
        """The layers that could take an edit of a field so that it is in force, weakest first."""
        entry = self._entry(deployment.id, self._layouts.by_id)
        layers = entry.flat_layers
        standing = self._standing(entry, deployment, field)
        listed = in_list(deployment.config, field)
        return [
            Taker(layer.source, layer.file, listed and standing is not None and number != standing)
            for number, layer in enumerate(layers)
            if layer.editable
            and is_text(layer)
            and number >= (standing or 0)
            and (number == standing or not is_option(layer))
            and not self._is_generated(layer)
        ]

    def _is_generated(self, layer: Layer) -> bool:
        """Whether edits of a layer are refused because a program regenerates its file."""
        known = self._generated.get(layer.file)
        if known is None:
            data = self._now.read(layer.file) or b""
            known = why_generated(data, layer.file, self._reading.layouts.generated) is not None
            self._generated[layer.file] = known
        return known

    def _has_own(self, edit: LayerEdit, deployment: Deployment | None) -> bool:
        """Whether a layer that no other deployment has could take an edit."""
        if deployment is None or isinstance(edit, Fix):
            return False
        return any(self._users[taker.source] == 1 for taker in self.takers(deployment, edit.field))

    @cached_property
    def _users(self) -> Counter[str]:
        """How many deployments each layer is in."""
        entries = self._layouts.found.entries
        return Counter(source for entry in entries for source in {layer.source for layer in entry.flat_layers})

    def _standing(self, entry: EntryPoint, deployment: Deployment, field: FieldName) -> int | None:
        """The layer that a field's value in force is in, or else the list that it would be in; None where it is in none
        that can be edited."""
        place = deployment.field(holder(field)).place
        if place is not None:
            return place.layer
        if in_list(deployment.config, field):
            stack = effective(entry, self._layouts.tree, self._engine(entry)).stack
            listed = stack.find((COMMON_ENV,))
            number = listed.layer if listed is not None else None
            if number is not None and is_option(entry.flat_layers[number]):
                # It sets something of one entry; another entry goes to the list that it does so in.
                lists = (said.part.layer for said in stack.said((COMMON_ENV,)) if said.node.kind == "sequence")
                number = max((at for at in lists if not is_option(entry.flat_layers[at])), default=None)
            if number is not None and entry.flat_layers[number].editable:
                return number
        return None

    def layer_of_fix(self, deployment: Deployment, finding: Finding) -> int:
        """The layer that takes the fix of a finding. Raises `Refused` where there is none."""
        entry = self._entry(deployment.id, self._layouts.by_id)
        layers = entry.flat_layers
        made = effective(entry, self._layouts.tree, self._engine(entry)).stack
        number = LayerOf(made, min(finding.layer, len(layers) - 1))(finding.fix[0])
        return editable(layers, number, f"what {finding.code} is about")

    def inherited(self, deployment: Deployment, edit: SetField) -> Value:
        """The value that a field has once the override that an edit is about is gone. Raises `Refused`."""
        data = self.apply(self._read_now(edit.file), edit, {})
        after = self.deployments([deployment.id], {edit.file: data}).get(deployment.id)
        if after is None:
            raise Refused(f"{clean(deployment.id)} would no longer be a deployment without that; edit it by hand")
        return current_value(after.field(edit.field))

    def apply(self, data: bytes, edit: LayerEdit, contents: Mapping[str, bytes]) -> bytes:
        """The bytes of a layer's file after an edit; `contents` are those of the files that are changed already.

        Raises `Refused` where it cannot be made exactly.
        """
        state = {**contents, edit.file: data}
        tree, entries = self._state(state)
        entry = self._entry(edit.deployment, entries)
        layers = entry.flat_layers
        numbers = [number for number, layer in enumerate(layers) if layer.source == edit.layer]
        if not numbers:
            raise Refused(f"{clean(edit.layer)} is no longer a layer of {clean(edit.deployment)}; rescan, then repeat")
        number = editable(layers, numbers[-1], edit.field)
        layer = layers[number]
        stack = effective(entry, tree, self._engine(entry)).stack
        if isinstance(edit, Fix):
            fix = self._fix_now(edit, entry, tree, state)
            if not fix:
                return data
            edit = replace(edit, finding=msgspec.structs.replace(edit.finding, fix=fix))
        if is_option(layer):
            return with_option(data, layer, option_text(edit, layer, number, read(stack.root)))
        if isinstance(edit, SetField) and _takes_out(edit, read(stack.root)):
            refuse_counted(layers[number + 1 :], layer)
        edits = _edits(edit, stack, layers, number)
        refuse_generated(data, layer, self._reading.layouts.generated)
        refuse_variables(data, layer, edits, entry)
        made = carried_out(data, layer, edits)
        if isinstance(edit, SetField) and edit.inherits:
            tree, entries = self._state({**state, edit.file: made})
            entry = self._entry(edit.deployment, entries)
            after = effective(entry, tree, self._engine(entry)).stack
            if read(after.root).fields[edit.field].state == "unset":
                raise Refused(
                    f"no weaker layer than {clean(edit.layer)} says {edit.field} of {clean(edit.deployment)}, so there "
                    "is no override to remove; `unset` removes the value"
                )
            refuse_more_than(edit.field, stack, after, layer)
        return made

    def _fix_now(self, edit: Fix, entry: EntryPoint, tree: Tree, contents: Mapping[str, bytes]) -> tuple[Change, ...]:
        """What fixes a finding now, see `fix_now`."""

        def of_rule(row: Deployment | None) -> list[Finding]:
            return [one for one in row.findings if one.code == edit.finding.code] if row is not None else []

        found = of_rule(read_entry(entry, tree, self._reading, contents))
        return fix_now(edit, found, lambda: of_rule(self.deployments([edit.deployment], {}).get(edit.deployment)))

    def _judge(
        self, edits: Sequence[LayerEdit], contents: Mapping[str, bytes], touched: Sequence[Deployment]
    ) -> tuple[dict[tuple[str, str], Refusal], dict[Key, list[str]]]:
        """Why edits that change these files' contents cannot be made, by deployment and field; and which other
        deployments they change, by what they are about.

        Every one of the `touched` deployments must have just the values that were asked for it, and no other value
        than before where nothing was, unless an edit may change who shares its layer.
        """
        ids = [deployment.id for deployment in touched]
        before, after = self.deployments(ids, {}), self.deployments(ids, contents)
        asked: dict[str, list[LayerEdit]] = {}
        for edit in edits:
            asked.setdefault(edit.deployment, []).append(edit)
        refused: dict[tuple[str, str], Refusal] = {}
        others: dict[tuple[str, str], list[Deployment]] = {}
        also: dict[Key, list[str]] = {}
        for deployment in touched:
            old, new = before.get(deployment.id), after.get(deployment.id)
            mine = asked.get(deployment.id, [])
            for edit in mine:
                why = why_not_fixed(edit, mine, old, new) if isinstance(edit, Fix) else why_not_made(edit, old, new)
                if why is not None:
                    refused[edit.deployment, edit.field] = Refusal(edit.deployment, edit.field, why)
            if (key := self._changed_beside(deployment.id, (old, new), contents)) is not None:
                for edit in mine or [one for one in edits if one.file in deployment.files]:
                    refusal = Refusal(edit.deployment, edit.field, why_beside(edit, key, deployment))
                    refused.setdefault((edit.deployment, edit.field), refusal)
            for fix in cured(edits, mine, deployment, old, new):
                if fix.shared:
                    also.setdefault(fix.key, []).append(deployment.id)
                else:
                    others.setdefault((fix.deployment, fix.field), []).append(deployment)
            for field in changed_fields(old, new):
                if not any(concerns(edit, field) for edit in mine):
                    for edit in culprits(edits, field, deployment):
                        if not edit.shared:
                            others.setdefault((edit.deployment, edit.field), []).append(deployment)
                        elif (why := why_astray(edit, field, deployment, new)) is not None:
                            refusal = Refusal(edit.deployment, edit.field, why)
                            refused.setdefault((edit.deployment, edit.field), refusal)
                        else:
                            also.setdefault(edit.key, []).append(deployment.id)
        for edit in edits:
            reached = others.get((edit.deployment, edit.field))
            if reached:
                own = self._has_own(edit, before.get(edit.deployment))
                why_not = why_shared(edit, reached, self._called, has_own=own)
                refused.setdefault((edit.deployment, edit.field), why_not)
        return refused, also

    def _changed_beside(self, id_: str, rows: Iterable[Deployment | None], contents: Mapping[str, bytes]) -> str | None:
        """A top-level key of a deployment's values that no edit is about and that would change nevertheless, or None.

        Only where kustomize has read or patched something can that be: it may read the rest of a layer in another way
        once something is patched there, or nothing any more.
        """
        entry = self._layouts.by_id.get(id_)
        if entry is None or not any(one.reader == "kustomize" or one.content is not None for one in entry.flat_layers):
            return None
        try:
            was, now = self.root(id_, {}), self.root(id_, contents)
        except Refused:
            return None
        return changed_key(was, now, rows)

    def plan(self, edits: Sequence[LayerEdit], touched: Callable[[Iterable[str]], Sequence[Deployment]]) -> Plan:
        """Make edits, each on what those before it left, and prove them together.

        `touched` says which deployments use some files. What is refused is left out, and the rest is made again without
        it. Each edit that is made comes back with the other deployments that it changes.
        """
        refused: dict[tuple[str, str], Refusal] = {}
        also: dict[Key, list[str]] = {}
        left = list(edits)
        while left:
            before: dict[str, bytes] = {}
            contents: dict[str, bytes] = {}
            fixed: set[tuple[str, str, object]] = set()
            for edit in left:
                if isinstance(edit, Fix):
                    mark = (edit.file, edit.layer, edit.finding.fix)
                    if mark in fixed:
                        continue  # one fix for all who share the layer
                    fixed.add(mark)
                try:
                    before.setdefault(edit.file, self._read_now(edit.file))
                    contents[edit.file] = self.apply(contents.get(edit.file, before[edit.file]), edit, contents)
                except ToolError as error:
                    refused[edit.deployment, edit.field] = Refusal(edit.deployment, edit.field, str(error))
            made = [edit for edit in left if (edit.deployment, edit.field) not in refused]
            found, also = self._judge(made, contents, touched(contents)) if made else ({}, {})
            refused |= found
            kept = [edit for edit in left if (edit.deployment, edit.field) not in refused]
            if len(kept) == len(left):
                break
            left = kept
        left = [replace(edit, also=tuple(dict.fromkeys(also.get(edit.key, ())))) for edit in left]
        files = [
            FilePlan(file, before[file], data, tuple(edit for edit in left if edit.file == file))
            for file, data in (contents.items() if left else ())
            if data != before[file]
        ]
        return Plan(tuple(files), tuple(refused.values()))

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


def _takes_out(edit: SetField, config: Configuration) -> bool:
    """Whether an edit takes an entry out of a list."""
    return (edit.new is None or edit.inherits) and in_list(config, edit.field)


def _edits(edit: LayerEdit, stack: Stack, layers: Sequence[Layer], number: int) -> list[values.Edit]:
    """The edits of a layer's own document."""
    part = next(part for part in flat(stack.parts) if part.layer == number)
    prefix = stack.below[len(part.chart) :] if part.chart is not None else stack.below
    own = table_at(document_of(part, stack.engine), prefix, part)
    if isinstance(edit, Fix):
        changes = fix_changes(own, stack, edit, layers, number)
    elif edit.inherits:
        changes = without_override(own, edit.field, layers[number])
    else:
        changes = field_changes(own, stack, edit, layers[number])
    return [below(prefix, each) for each in changes]
