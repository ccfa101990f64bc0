"""A repo's fleet and the pending edits over it. Nothing here writes; see `fleet.workspace` for that."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.baseline.file import BASELINE_FILE
from rea_xcom_tui.fleet.edit.pending import (
    Declare,
    Fix,
    Key,
    Pending,
    PendingEdit,
    SetField,
    Step,
    Value,
    current_value,
    fixable,
)
from rea_xcom_tui.fleet.edit.plan import FilePlan, Known, Plan, Proof, Refusal, plan_edits, plan_known
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.scan.cache import Cache, cache_path
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.scan import Progress, scan_revision, scan_worktree
from rea_xcom_tui.fleet.write.gate import writable_problem
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.user.config import load_config
from rea_xcom_tui.values import read_file
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.fleet.edit.conflicts import Conflict
    from rea_xcom_tui.fleet.edit.layers import LayerEdits
    from rea_xcom_tui.gitops import Repository
    from rea_xcom_tui.user.layout_settings import HelmEngine

__all__ = ["Checked", "Editing"]

_NOT_FIXED = (
    "the deployment is made of layers, and a fix is worked out for one plain file; edit the field itself, which goes "
    "to the layer that holds it"
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A new value that passed its model, and what it means in words."""

    value: Value
    text: str
    """The text that will stand in the file."""
    meaning: str
    """What the value means, such as `= 1572864 bytes · values of this size and more go to S3`."""


class Editing:
    """A repo, its fleet, and the pending edits over it."""

    def __init__(self, repository: Repository, *, read_only: str | None = None) -> None:
        self.repository = repository
        self.root = repository.root
        self.read_only = read_only
        """Why nothing may be written, or None when writing is allowed."""
        self.config = load_config(repository.root)
        if read_only is None and self.config.read_only:
            self.read_only = "the configuration says read_only"
        self.fleet = Fleet(root=repository.root, head=None, branch=None)
        self.pending = Pending()
        self.engine: HelmEngine | None = None
        """The Helm whose merge counts, where the user has named one."""
        self._known_plans: Known = {}
        self._choosing: tuple[Fleet, LayerEdits] | None = None
        self._parts: tuple[Fleet, Mapping[str, Sequence[int]]] | None = None
        """Which deployments have a part in which file, by their place in the fleet that this was made of."""

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Find the repo around `path`. Raises `ToolError` with one sentence when there is none.

        A repo whose git folder could run programs is only looked at, so that nothing of it runs, until the user
        trusts it; that concerns commits alone, files can be written.
        """
        from rea_xcom_tui.gitops import Repository, TrustStore

        repository = Repository.open(path, trust=TrustStore.default())
        why = "the tool was started with --read-only" if read_only else None
        return cls(repository, read_only=why or writable_problem(repository.root, repository.git_dir))

    def scan(self, progress: Progress | None = None, *, ref: str | None = None) -> Fleet:
        """Read the repo anew, from the working tree or a revision, and return its fleet; pending edits stay."""
        self.repository.judge()
        if ref is None:
            cache = Cache(cache_path())
            try:
                self.fleet = scan_worktree(self.repository, self.reading(), progress, cache)
            finally:
                cache.close()
        else:
            self.fleet = scan_revision(self.repository, ref, self.reading(), progress)
        return self.fleet

    def check(self, field: FieldName, text: str, deployment: Deployment | None = None) -> Checked:
        """Check what a user typed for a field. Raises `ValueError` with one short sentence."""
        from rea_xcom_tui.xcom.editing import check

        checked = check(field, text, deployment.config if deployment else None)
        return Checked(checked.value, checked.text, checked.meaning)

    def value(self, deployment: Deployment, field: FieldName) -> Value:
        """The value of a field as it will be: the pending one, else the one in the file."""
        edit = self.pending.get(deployment.id, field)
        return edit.new if edit is not None else current_value(deployment.field(field))

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
        `layer` names the layer that takes the edit; every deployment that shares it may change then.
        """
        edits: list[SetField] = []
        refusals: list[Refusal] = []
        for deployment in self._deployments(deployments):
            try:
                edits.append(self.evaluated(deployment, field, text, layer))
            except (ValueError, Refused) as error:
                refusals.append(Refusal(deployment.id, field, str(error)))
        return self._put(edits, refusals, f"set {field} to {clean(text, 60)}", progress)

    def unset(
        self, deployments: Iterable[str], field: FieldName, layer: str | None = None
    ) -> tuple[Step | None, list[Refusal]]:
        """Remove a field of these deployments, as one undoable step; `layer` is as in `edit`."""
        edits: list[SetField] = []
        refusals: list[Refusal] = []
        for deployment in self._deployments(deployments):
            try:
                edits.append(self.edit_to(deployment, field, None, "", layer))
            except Refused as error:
                refusals.append(Refusal(deployment.id, field, str(error)))
        return self._put(edits, refusals, f"unset {field}")

    def fix(
        self,
        deployments: Iterable[str],
        code: str | None = None,
        place: tuple[int, int] | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[Step | None, list[Refusal]]:
        """Make the mechanical fixes of findings (all, of one rule, at one line and column) one undoable step.

        `progress` is called with the fixes proved and their number; what it raises ends the work, with nothing
        pending that was not before.
        """
        chosen = list(self._deployments(deployments))
        layered = [
            Refusal(deployment.id, finding.field or "backend", _NOT_FIXED)
            for deployment in chosen
            if deployment.stack
            for finding in fixable(deployment.findings)
            if code in (None, finding.code) and place in (None, (finding.line, finding.column))
        ]
        edits = [
            Fix(deployment.id, finding, deployment.file_at(finding.layer))
            for deployment in chosen
            if not deployment.stack
            for finding in fixable(
                finding
                for finding in deployment.findings
                if code in (None, finding.code) and place in (None, (finding.line, finding.column))
            )
        ]
        proof = self.prove(edits, progress)
        proved = proof.made(edits)
        return self.pending.put(proved, f"fix {plural(len(proved), 'finding')}"), [*layered, *proof.refused]

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
        from rea_xcom_tui.xcom.impact import impact

        if isinstance(edit, Fix):
            return "pods restart"
        if isinstance(edit, Declare):
            return "what counts as drift changes; no deployment does"
        return impact(edit.field, edit.old, edit.new, self.deployment(edit.deployment).config)

    def deployment(self, id_: str) -> Deployment:
        """The deployment with this id. Raises `ToolError` when the fleet has none."""
        found = self.fleet.by_id.get(id_)
        if found is None:
            raise ToolError(f"{id_} is not a deployment of this fleet any more; rescan, then look at it again")
        return found

    def plan(self, progress: Callable[[int, int], None] | None = None) -> Plan:
        """The files as they would be after the pending edits that are not held. Nothing is written."""
        edits = self.pending.chosen
        known = self._known_plans
        return plan_edits(edits, self.file_of, self._read_if_there, progress, self.reading(), known, self.plan_layers)

    def plan_layers(self, edits: Sequence[SetField]) -> Plan:
        """The plan for the edits of deployments that are made of layers, proved together."""
        editor = self.layer_edits()
        if editor is None:
            return Plan((), tuple(Refusal(e.deployment, e.field, "the repo has no layers any more") for e in edits))
        return editor.plan(edits, self.deployments_of)

    def layer_edits(self) -> LayerEdits | None:
        """What edits layers, upon the files as they are now; None in a repo without entry points."""
        from rea_xcom_tui.fleet.edit.layers import LayerEdits

        found = self.fleet.layouts
        return LayerEdits(found, self.reading(), self.read_now) if found is not None else None

    def drop_refused(self, among: Collection[Key] | None = None) -> list[Refusal]:
        """Drop the pending edits that cannot be made, of these keys or of all, and return why each cannot."""
        edits = [edit for edit in self.pending.edits if among is None or edit.key in among]
        places = {(edit.deployment, edit.field) for edit in edits}
        refused = [one for one in self.plan().refused if (one.deployment, one.field) in places]
        gone = {(one.deployment, one.field) for one in refused}
        keys = [edit.key for edit in edits if (edit.deployment, edit.field) in gone]
        self.pending.drop(keys, "edits that cannot be made")
        return refused

    def fingerprint(self) -> int:
        """A number that changes when a file of the fleet or the checked-out commit does, see `fleet.scan.footprint`."""
        from rea_xcom_tui.fleet.scan.footprint import footprint

        return footprint(self.repository, self.fleet)

    def check_unchanged(self, edit: SetField) -> None:
        """Raise `Refused` when the field of an edit does not have the value that the edit was made upon."""
        now = current_value(self.deployment(edit.deployment).field(edit.field))
        if now != edit.old:
            raise Refused(
                f"{edit.field} of {clean(edit.deployment)} is {clean(now)} now and was {clean(edit.old)} when the "
                "edit was planned; plan it anew"
            )

    def conflicts(self, *, scanned: bool = False) -> tuple[Conflict, ...]:
        """The pending edits whose field has changed since they were made; see `fleet.conflicts`."""
        from rea_xcom_tui.fleet.edit.conflicts import find_conflicts

        return find_conflicts(self, scanned=scanned)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is pending in the baseline file."""
        return tuple(edit.statement for edit in self.pending.edits if isinstance(edit, Declare))

    # ---- internals

    def reading(self) -> Reading:
        """How the repo's configuration has files read and judged."""
        config = self.config
        return Reading(config.environments, config.rules, layouts=config.layouts, engine=self.engine)

    def _deployments(self, ids: Iterable[str]) -> Iterator[Deployment]:
        """One after the other, so that who gives the ids knows how far the work is."""
        return (self.deployment(id_) for id_ in ids)

    def evaluated(self, deployment: Deployment, field: FieldName, text: str, layer: str | None = None) -> SetField:
        """The edit that a typed text or expression asks for, not proved yet; of one that leaves the value alone, an
        edit to what is there. Raises `ValueError` or `Refused` with one sentence."""
        from rea_xcom_tui.fleet.edit.expressions import leaves_alone

        old = self.value(deployment, field)
        if leaves_alone(field, text, old):
            alone = SetField(deployment.id, field, old, old, "", deployment.file)
            return self.pending.get(deployment.id, field) or alone
        wanted = self.wanted(deployment, field, text)
        if wanted is None:
            return self.edit_to(deployment, field, None, "", layer)
        return self.edit_to(deployment, field, self.check(field, wanted, deployment).value, wanted, layer)

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
        self, deployment: Deployment, field: FieldName, value: Value, text: str, layer: str | None = None
    ) -> SetField:
        """The edit that gives a field a value that has passed its model, not proved yet. Raises `Refused`."""
        from rea_xcom_tui.xcom.changes import changes_for

        reading = deployment.field(field)
        old = current_value(reading)
        # Where places disagree, the value is only that of one of them: the others would stay as they are.
        if value != old or reading.state == "conflict":
            changes_for(deployment.config, field, value)
        if not deployment.stack:
            return SetField(deployment.id, field, old, value, text, deployment.file)
        editor = self._chooser()
        info = deployment.layer_at(editor.choose(deployment, field, layer))
        named = layer is not None
        return SetField(deployment.id, field, old, value, text, info.file, layer=info.source, shared=named)

    def _chooser(self) -> LayerEdits:
        """What chooses layers in the fleet as it was read."""
        if self._choosing is None or self._choosing[0] is not self.fleet:
            editor = self.layer_edits()
            if editor is None:
                raise Refused("the layers of this deployment are not known any more; rescan, then repeat the edit")
            self._choosing = self.fleet, editor
        return self._choosing[1]

    def _put(
        self,
        edits: Sequence[SetField],
        refusals: list[Refusal],
        title: str,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[Step | None, list[Refusal]]:
        proof = self.prove(edits, progress)
        changing = [edit for edit in proof.made(edits) if self._differs(edit)]
        step = self.pending.put(changing, f"{title} on {plural(len(changing), 'deployment')}")
        return step, [*refusals, *proof.refused]

    def _differs(self, edit: SetField) -> bool:
        """Whether an edit asks for another value than the one that its field is to have already."""
        known = self.pending.get(edit.deployment, edit.field)
        return edit.new != (known.new if known is not None else edit.old)

    def prove(self, edits: Iterable[PendingEdit], progress: Callable[[int, int], None] | None = None) -> Proof:
        """Make edits in memory and prove them, see `fleet.edit.prove`."""
        from rea_xcom_tui.fleet.edit.prove import prove

        return prove(self, edits, progress)

    def plan_of(self, file: str, edits: list[PendingEdit]) -> tuple[FilePlan | None, list[Refusal]]:
        """The plan for one file, the earlier one where nothing has changed since."""
        return plan_known(file, edits, self._read_if_there, self.reading(), self._known_plans)

    def file_of(self, edit: PendingEdit) -> str:
        """The file that an edit changes: its own, or the one in the repo that its own is a link to.

        Raises `ToolError` when the edit's deployment is not in the fleet any more.
        """
        if not isinstance(edit, Declare):
            self.deployment(edit.deployment)
        return self.real_file(edit.file)

    def real_file(self, file: str) -> str:
        """A file of the repo, or the one in the repo that it is a link to."""
        if not os.path.islink(self.root / file):
            return file
        try:
            return (self.root / file).resolve().relative_to(self.root.resolve()).as_posix()
        except (OSError, ValueError):
            return file  # a loop, or out of the repo: reading it says so

    def read_now(self, file: str) -> bytes:
        """The bytes of a file of the repo as they are now. Raises `Unreadable`."""
        return read_file(self.root / file, self.root)

    def deployments_of(self, files: Iterable[str]) -> list[Deployment]:
        """The deployments that have a part in any of these files, named by their real paths, in the fleet's order."""
        if self._parts is None or self._parts[0] is not self.fleet:
            parts: dict[str, list[int]] = {}
            real: dict[str, str] = {}
            for number, deployment in enumerate(self.fleet.deployments):
                for file in deployment.files:
                    if file not in real:
                        real[file] = self.real_file(file)
                    parts.setdefault(real[file], []).append(number)
            self._parts = self.fleet, parts
        numbers = {number for file in files for number in self._parts[1].get(file, ())}
        return [self.fleet.deployments[number] for number in sorted(numbers)]

    def _read_if_there(self, file: str) -> bytes | None:
        """As `read_now`; None for a baseline file that the repo does not have yet."""
        return None if file == BASELINE_FILE and not os.path.lexists(self.root / file) else self.read_now(file)

    def _refresh(self, plan: Plan) -> None:
        """Read the files of a plan again, so that the fleet shows what is on disk."""
        from rea_xcom_tui.fleet.edit.outlook import as_if

        names = [file.file for file in plan.files if file.file != BASELINE_FILE]
        self._replace(as_if(self, {name: self.read_now(name) for name in names}))
        editor = self.layer_edits()
        if editor is not None and names:
            self.fleet = replace(self.fleet, layouts=editor.layouts(names))

    def _replace(self, fresh: dict[str, Deployment]) -> None:
        rows = tuple(fresh.get(d.id, d) for d in self.fleet.deployments)
        self.fleet = replace(self.fleet, deployments=rows)


def _worded(step: Step) -> str:
    return step.title
