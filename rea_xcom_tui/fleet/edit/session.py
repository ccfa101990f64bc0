"""A repo's fleet and the pending edits over it. Nothing here writes; see `fleet.workspace` for that."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import msgspec

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.edit.pending import Declare, Fix, Key, PendingEdit, SetField, Step, fixable
from rea_xcom_tui.fleet.edit.placing import OWN, SHARED, USUAL, How, Placing
from rea_xcom_tui.fleet.edit.plan import Plan, Proof, Refusal
from rea_xcom_tui.fleet.edit.state import FleetState
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import FieldName, Finding, Value

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.conflicts import Conflict
    from rea_xcom_tui.xcom.editing.checking import CheckedValue


class Editing(FleetState):
    """A repo, its fleet, and edits that are put over it, each step of which can be undone."""

    def check(self, field: FieldName, text: str, deployment: Deployment | None = None) -> CheckedValue:
        """Check what a user typed for a field. Raises `ValueError` with one short sentence."""
        from rea_xcom_tui.xcom.editing import check

        return check(field, text, deployment.config if deployment else None)

    def edit(
        self,
        deployments: Iterable[str],
        field: FieldName,
        text: str,
        progress: Callable[[int, int], None] | None = None,
        layer: str | None = None,
    ) -> tuple[Step | None, list[Refusal]]:
        """Set a field of these deployments to what was typed, as one undoable step.

        The text may be an expression over the old value, see `fleet.expressions`. Edits that cannot be made
        are returned as refusals and are not part of the step. `progress` is called while they are proved.
        `layer` names the layer that takes the edit, and every deployment that shares it may change then; or it is
        `own` or `shared`, see `fleet.edit.ways`.
        """
        from rea_xcom_tui.fleet.edit.many import planners_ahead

        edits: list[SetField] = []
        refusals: list[Refusal] = []
        ids = list(deployments)
        plain = sum(id_ in self.fleet.by_id and not self.fleet.by_id[id_].stack for id_ in ids)
        with planners_ahead(plain if self.crew is None else 0):
            for deployment, place in self.placed(ids, field, layer):
                try:
                    edits.append(self.evaluated(deployment, field, text, place))
                except (ValueError, Refused) as error:
                    refusals.append(Refusal(deployment.id, field, str(error)))
            from rea_xcom_tui.fleet.edit.expressions import in_words

            return self._put(edits, refusals, in_words(field, text), progress)

    def unset(
        self, deployments: Iterable[str], field: FieldName, layer: str | None = None
    ) -> tuple[Step | None, list[Refusal]]:
        """Remove a field of these deployments, as one undoable step; `layer` is as in `edit`."""
        edits: list[SetField] = []
        refusals: list[Refusal] = []
        for deployment, place in self.placed(deployments, field, layer):
            try:
                edits.append(self.edit_to(deployment, field, None, "", place))
            except Refused as error:
                refusals.append(Refusal(deployment.id, field, str(error)))
        return self._put(edits, refusals, f"unset {field}")

    def fix(
        self,
        deployments: Iterable[str],
        code: str | None = None,
        place: tuple[int, int] | None = None,
        progress: Callable[[int, int], None] | None = None,
        *,
        shared: bool = False,
    ) -> tuple[Step | None, list[Refusal]]:
        """Make the automatic fixes of findings (all, of one rule, at one line and column) one undoable step.

        A fix goes to the layer that the finding is in; `shared` lets other deployments that share it change too.
        `progress` is called with the fixes proved and their number; what it raises ends the work, with nothing pending
        that was not before.
        """
        edits, proof = self.proposed_fixes(deployments, code, place, progress, shared=shared)
        return self.put_fixes(edits), list(proof.refused)

    def proposed_fixes(
        self,
        deployments: Iterable[str],
        code: str | None = None,
        place: tuple[int, int] | None = None,
        progress: Callable[[int, int], None] | None = None,
        *,
        shared: bool = False,
    ) -> tuple[list[Fix], Proof]:
        """The fixes that `fix` would make pending, and what they come to, with nothing pending yet."""
        edits: list[Fix] = []
        refusals: list[Refusal] = []
        for deployment in self._deployments(deployments):
            wanted = [
                finding
                for finding in deployment.findings
                if code in (None, finding.code) and place in (None, (finding.line, finding.column))
            ]
            for finding in fixable(wanted):
                try:
                    edits.append(self.fix_of(deployment, finding, shared=shared))
                except Refused as error:
                    refusals.append(Refusal(deployment.id, finding.code, str(error)))
        proof = self.prove(edits, progress)
        return proof.made(edits), msgspec.structs.replace(proof, refused=(*refusals, *proof.refused))

    def put_fixes(self, fixes: Sequence[Fix]) -> Step | None:
        """Make fixes pending that `proposed_fixes` has proved, as one undoable step."""
        from rea_xcom_tui.fleet.edit.reach import reach_words

        codes = {one.field for one in fixes}
        of = f" of {codes.pop()}" if len(codes) == 1 else ""
        where = f" on {reach_words(fixes, self.fleet.called)}" if any(one.also for one in fixes) else ""
        return self.pending.put(fixes, f"fix {plural(len(fixes), 'finding')}{of}{where}")

    def fix_of(self, deployment: Deployment, finding: Finding, *, shared: bool = False) -> Fix:
        """The automatic fix of a finding, not proved yet. Raises `Refused` where no layer takes it."""
        if not deployment.stack:
            return Fix(deployment.id, finding, deployment.file)
        info = deployment.layer_at(self.chooser().layer_of_fix(deployment, finding))
        return Fix(deployment.id, finding, info.file, layer=info.source, shared=shared)

    def plan(self, progress: Callable[[int, int], None] | None = None, *, held: bool = False) -> Plan:
        """As the plan of any fleet; which deployments each edit changes is noted in what is pending."""
        from rea_xcom_tui.fleet.edit.reach import in_plain_files

        found = super().plan(progress, held=held)
        found = msgspec.structs.replace(found, files=in_plain_files(self, found.files))
        self.pending.note(found.edits)
        return found

    def undo(self) -> str | None:
        """Take back the newest step; returns what was undone in words, or None."""
        step = self.pending.undo()
        return _worded(step) if step else None

    def redo(self) -> str | None:
        """Do again what was last undone; returns what was redone in words, or None."""
        step = self.pending.redo()
        return _worded(step) if step else None

    def impact(self, edit: PendingEdit) -> str:
        """What an edit does to values already stored and to running pods, in one sentence."""
        from rea_xcom_tui.xcom.fields import impact_of

        if isinstance(edit, Fix):
            return "pods restart"
        if isinstance(edit, Declare):
            return "what counts as drift changes; no deployment does"
        return impact_of(edit.field, edit.old, edit.new, self.deployment(edit.deployment).config)

    def drop_refused(self, among: Collection[Key] | None = None) -> list[Refusal]:
        """Drop the pending edits that cannot be made, of these keys or of all, and return why each cannot."""
        edits = [edit for edit in self.pending.edits if among is None or edit.key in among]
        places = {(edit.deployment, edit.field) for edit in edits}
        refused = [one for one in self.plan().refused if (one.deployment, one.field) in places]
        gone = {(one.deployment, one.field) for one in refused}
        keys = [edit.key for edit in edits if (edit.deployment, edit.field) in gone]
        self.pending.drop(keys, "edits that cannot be made")
        return refused

    def check_unchanged(self, edit: SetField) -> None:
        """Raise `Refused` when the field of an edit does not have the value that the edit was based on."""
        from rea_xcom_tui.xcom.compare import current_value

        now = current_value(self.deployment(edit.deployment).field(edit.field))
        if now != edit.old:
            raise Refused(
                f"{edit.field} of {clean(edit.deployment)} is {clean(now)} now and was {clean(edit.old)} when the "
                "edit was planned; plan it again"
            )

    def conflicts(self, *, scanned: bool = False) -> tuple[Conflict, ...]:
        """The pending edits whose field has changed since they were made; see `fleet.conflicts`."""
        if not self.pending.edits:
            return ()
        from rea_xcom_tui.fleet.edit.conflicts import find_conflicts

        return find_conflicts(self, scanned=scanned)

    def placed(self, ids: Iterable[str], field: FieldName, layer: str | None) -> Iterator[tuple[Deployment, Placing]]:
        """Each deployment with the layer that takes its edit, one after the other."""
        if layer not in (OWN, SHARED):
            yield from ((deployment, Placing(layer, named=layer is not None)) for deployment in self._deployments(ids))
            return
        chosen = list(self._deployments(ids))
        if any(layer in deployment.layers for deployment in chosen):  # a file of that very name
            yield from ((deployment, Placing(layer, named=True)) for deployment in chosen)
            return
        from rea_xcom_tui.fleet.edit.ways import places

        found = places(self, [deployment for deployment in chosen if deployment.stack], field, cast("How", layer))
        for deployment in chosen:
            yield deployment, Placing.of(found.get(deployment.id))

    def evaluated(self, deployment: Deployment, field: FieldName, text: str, place: Placing = USUAL) -> SetField:
        """The edit that a typed text or expression asks for, not proved yet; of one that leaves the value alone, an
        edit to what is there. Raises `ValueError` or `Refused` with one sentence."""
        from rea_xcom_tui.fleet.edit.expressions import is_inherit, leaves_alone

        old = self.value(deployment, field)
        if leaves_alone(field, text, old):
            alone = SetField(deployment.id, field, old, old, "", deployment.file)
            return self.pending.get(deployment.id, field) or alone
        if is_inherit(text):
            return self.inheriting(deployment, field, place)
        wanted = self.wanted(deployment, field, text)
        if wanted is None:
            return self.edit_to(deployment, field, None, "", place)
        return self.edit_to(deployment, field, self.check(field, wanted, deployment).value, wanted, place)

    def wanted(self, deployment: Deployment, field: FieldName, text: str) -> str | None:
        """The text that a typed text or expression comes to for one deployment; None for no value at all.

        Raises `ValueError` with one short sentence.
        """
        from rea_xcom_tui.fleet.edit.expressions import evaluate

        return evaluate(field, text, self.value(deployment, field), lambda name: self._value_of(name, field))

    def _value_of(self, name: str, field: FieldName) -> Value:
        found = [d for d in self.fleet.deployments if name in (d.id, d.name)]
        if len(found) != 1:
            raise ValueError(f"{len(found) or 'no'} deployments are called {clean(name)}; give the id of one")
        return self.value(found[0], field)

    def edit_to(
        self, deployment: Deployment, field: FieldName, value: Value, text: str, place: Placing = USUAL
    ) -> SetField:
        """The edit that gives a field a value that has passed its model, not proved yet. Raises `Refused`."""
        from rea_xcom_tui.xcom.changes import changes_for
        from rea_xcom_tui.xcom.compare import current_value

        reading = deployment.field(field)
        old = current_value(reading)
        # Where places disagree, the value is only that of one of them: the others would stay as they are.
        if value != old or reading.state == "conflict":
            changes_for(deployment.config, field, value)
        if not deployment.stack:
            return SetField(deployment.id, field, old, value, text, deployment.file)
        info = deployment.layer_at(self.chooser().choose(deployment, field, place.source()))
        return SetField(deployment.id, field, old, value, text, info.file, layer=info.source, shared=place.named)

    def inheriting(self, deployment: Deployment, field: FieldName, place: Placing = USUAL) -> SetField:
        """The edit that removes the override of a field, so that what weaker layers say is in force; not proved yet.

        Raises `Refused` where no layer overrides another.
        """
        from rea_xcom_tui.fleet.edit.expressions import INHERIT
        from rea_xcom_tui.xcom.compare import current_value

        if not deployment.stack:
            raise Refused(
                f"{clean(deployment.id)} is one plain file, so there is no override to remove; "
                "`unset` removes the value"
            )
        old = current_value(deployment.field(field))
        editor = self.chooser()
        info = deployment.layer_at(editor.choose(deployment, field, place.source()))
        edit = SetField(
            deployment.id, field, old, None, INHERIT, info.file, layer=info.source, shared=place.named, inherits=True
        )
        real = replace(edit, file=self.real_file(info.file))
        return replace(edit, new=editor.inherited(deployment, real))

    def _put(
        self,
        edits: Sequence[SetField],
        refusals: list[Refusal],
        title: str,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[Step | None, list[Refusal]]:
        from rea_xcom_tui.fleet.edit.reach import reach_words

        proof = self.prove(edits, progress)
        changing = [edit for edit in proof.made(edits) if self._differs(edit)]
        step = self.pending.put(changing, f"{title} on {reach_words(changing, self.fleet.called)}")
        return step, [*refusals, *proof.refused]

    def _differs(self, edit: SetField) -> bool:
        """Whether an edit asks for another value than the one that its field is to have already."""
        known = self.pending.get(edit.deployment, edit.field)
        if edit.inherits:
            return known is None or not known.inherits or known.layer != edit.layer
        return edit.new != (known.new if known is not None else edit.old)

    def prove(self, edits: Iterable[PendingEdit], progress: Callable[[int, int], None] | None = None) -> Proof:
        """Make edits in memory and prove them, see `fleet.edit.prove`."""
        from rea_xcom_tui.fleet.edit.prove import prove

        return prove(self, edits, progress)

    def _refresh(self, plan: Plan) -> None:
        """Read the files of a plan again, so that the fleet shows what is on disk."""
        from rea_xcom_tui.fleet.edit.outlook import fleet_as_if

        # A file that the plan made, and that was taken back, is nowhere to be read.
        there = (file for file in plan.files if not file.made or (self.root / file.file).exists())
        plans = [file for file in there if file.file != BASELINE_FILE]
        names = [file.file for file in plans]
        # Judged as a whole: where two deployments write to one place, an edit of one is a finding of both.
        rows = fleet_as_if(self, {name: self.read_now(name) for name in names}, plans=plans)
        self.fleet = replace(self.fleet, deployments=tuple(rows))
        editor = self.layer_edits()
        if editor is not None and names:
            self.fleet = replace(self.fleet, layouts=editor.layouts(names))

    def _replace(self, fresh: dict[str, Deployment]) -> None:
        rows = tuple(fresh.get(d.id, d) for d in self.fleet.deployments)
        self.fleet = replace(self.fleet, deployments=rows)


def _worded(step: Step) -> str:
    return step.title
