"""A repo's fleet and the pending edits over it. Nothing here writes; see `fleet.workspace` for that."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

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
from rea_xcom_tui.fleet.edit.plan import Known, Plan, Refusal, plan_edits, plan_file
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
    from rea_xcom_tui.gitops import Repository

__all__ = ["Checked", "Editing"]

Edit = TypeVar("Edit", bound=PendingEdit)

PROVE_AT_ONCE = 20
"""Up to this many edits are proved when they are made; more are proved when the plan is made."""


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
        self._known_plans: Known = {}

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

    def edit(self, deployments: Iterable[str], field: FieldName, text: str) -> tuple[Step | None, list[Refusal]]:
        """Set a field of these deployments to what was typed, as one undoable step.

        The text may be an expression over the old value, see `fleet.expressions`. Edits that cannot be made
        are returned as refusals and are not part of the step. A few edits are proved right away; many are
        proved when the plan is made, before anything is written.
        """
        edits: list[SetField] = []
        refusals: list[Refusal] = []
        for deployment in self._deployments(deployments):
            try:
                edits.append(self._evaluated(deployment, field, text))
            except (ValueError, Refused) as error:
                refusals.append(Refusal(deployment.id, field, str(error)))
        return self._put(edits, refusals, f"set {field} to {clean(text, 60)}")

    def unset(self, deployments: Iterable[str], field: FieldName) -> tuple[Step | None, list[Refusal]]:
        """Remove a field of these deployments, as one undoable step."""
        edits: list[SetField] = []
        refusals: list[Refusal] = []
        for deployment in self._deployments(deployments):
            try:
                edits.append(self._pending_edit(deployment, field, None, ""))
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
        edits = [
            Fix(deployment.id, finding, deployment.file)
            for deployment in self._deployments(deployments)
            for finding in fixable(
                finding
                for finding in deployment.findings
                if code in (None, finding.code) and place in (None, (finding.line, finding.column))
            )
        ]
        proved, refusals = self.proved(edits, progress)
        return self.pending.put(proved, f"fix {plural(len(proved), 'finding')}"), refusals

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
            raise ToolError(f"{id_} is no deployment of this fleet any more; rescan, then look at it again")
        return found

    def plan(self, progress: Callable[[int, int], None] | None = None) -> Plan:
        """The files as they would be after the pending edits that are not held. Nothing is written."""
        edits = self.pending.chosen
        return plan_edits(edits, self.file_of, self._read_if_there, progress, self.reading(), self._known_plans)

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
        """A number that changes when a values file of the fleet or the checked-out commit does, without reading.

        So it does when a file or folder comes or goes beside those of the fleet, because that may be a deployment.
        """
        marks: list[object] = [self.repository.head(), self.repository.branch()]
        readable = (deployment.file for deployment in self.fleet.deployments)
        files = [BASELINE_FILE, *readable, *(broken.file for broken in self.fleet.unreadable)]
        for file in (*files, *folders_of(files)):
            try:
                stat = os.stat(self.root / file)
                marks.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
            except OSError:
                marks.append(None)
        return hash(tuple(marks))

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
        return Reading(environments=self.config.environments, rules=self.config.rules)

    def _deployments(self, ids: Iterable[str]) -> Iterator[Deployment]:
        """One after the other, so that who gives the ids knows how far the work is."""
        return (self.deployment(id_) for id_ in ids)

    def _evaluated(self, deployment: Deployment, field: FieldName, text: str) -> SetField:
        from rea_xcom_tui.fleet.edit.expressions import evaluate, leaves_alone

        old = self.value(deployment, field)
        if leaves_alone(field, text, old):
            return self.pending.get(deployment.id, field) or SetField(
                deployment.id, field, old, old, "", deployment.file
            )
        wanted = evaluate(field, text, old, lambda name: self._value_of(name, field))
        if wanted is None:
            return self._pending_edit(deployment, field, None, "")
        return self._pending_edit(deployment, field, self.check(field, wanted, deployment).value, wanted)

    def _value_of(self, name: str, field: FieldName) -> Value:
        found = [d for d in self.fleet.deployments if name in (d.id, d.name)]
        if len(found) != 1:
            raise ValueError(f"{len(found) or 'no'} deployments are called {clean(name)}; give the id of one")
        return self.value(found[0], field)

    def _pending_edit(self, deployment: Deployment, field: FieldName, value: Value, text: str) -> SetField:
        from rea_xcom_tui.xcom.changes import changes_for

        reading = deployment.field(field)
        old = current_value(reading)
        # Where places disagree, the value is only that of one of them: the others would stay as they are.
        if value != old or reading.state == "conflict":
            changes_for(deployment.config, field, value)
        return SetField(deployment.id, field, old, value, text, deployment.file)

    def _put(self, edits: Sequence[SetField], refusals: list[Refusal], title: str) -> tuple[Step | None, list[Refusal]]:
        proved, refused = self.proved(edits) if len(edits) <= PROVE_AT_ONCE else (edits, [])
        refusals += refused
        changing = [edit for edit in proved if self._differs(edit)]
        return self.pending.put(changing, f"{title} on {plural(len(changing), 'deployment')}"), refusals

    def _differs(self, edit: SetField) -> bool:
        """Whether an edit asks for another value than the one that its field is to have already."""
        known = self.pending.get(edit.deployment, edit.field)
        return edit.new != (known.new if known is not None else edit.old)

    def proved(
        self, edits: Iterable[Edit], progress: Callable[[int, int], None] | None = None
    ) -> tuple[list[Edit], list[Refusal]]:
        """Make edits in memory; those that can be made, and why each of the others cannot.

        All edits of one file are proved together, with what is pending in it already, whoever asked for them.
        `progress` is called with the edits proved and their number; what it raises ends the work.
        """
        known = list(edits)
        files: dict[str, list[Edit]] = {}
        for edit in known:
            files.setdefault(self.file_of(edit), []).append(edit)
        pending = self._pending_in({*files, *(edit.file for edit in known)})
        refusals: list[Refusal] = []
        done = 0
        for file, mine in files.items():
            if progress is not None:
                progress(done, len(known))
            done += len(mine)
            keys = {edit.key for edit in mine}
            others = [edit for edit in pending.get(file, ()) if edit.key not in keys]
            wanted: list[PendingEdit] = [*others, *(edit for edit in mine if edit.new != edit.old)]
            _, refused = plan_file(file, wanted, self.read_now, self.reading())
            asked = {(edit.deployment, edit.field) for edit in mine}
            refusals += [refusal for refusal in refused if (refusal.deployment, refusal.field) in asked]
        bad = {(refusal.deployment, refusal.field) for refusal in refusals}
        return [edit for edit in known if (edit.deployment, edit.field) not in bad], refusals

    def _pending_in(self, names: Collection[str]) -> dict[str, list[PendingEdit]]:
        """What is pending in the files with these names, by the file itself where a name is a link."""
        found: dict[str, list[PendingEdit]] = {}
        for edit in self.pending.edits:
            if edit.file in names:
                found.setdefault(self.real_file(edit.file), []).append(edit)
        return found

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

    def _read_if_there(self, file: str) -> bytes | None:
        """As `read_now`; None for a baseline file that the repo does not have yet."""
        return None if file == BASELINE_FILE and not os.path.lexists(self.root / file) else self.read_now(file)

    def _refresh(self, plan: Plan) -> None:
        """Read the files of a plan again, so that the fleet shows what is on disk."""
        from rea_xcom_tui.fleet.scan.read import read_deployment

        fresh: dict[str, Deployment] = {}
        names = {file.file for file in plan.files}
        for name in {d.file for d in self.fleet.deployments if self.real_file(d.file) in names}:
            data = self.read_now(name)
            found = read_deployment(name, data, self.reading(), digest=self.repository.hash_bytes(data), dirty=True)
            if isinstance(found, Deployment):
                fresh[found.id] = found
        self._replace(fresh)

    def _replace(self, fresh: dict[str, Deployment]) -> None:
        rows = tuple(fresh.get(d.id, d) for d in self.fleet.deployments)
        self.fleet = replace(self.fleet, deployments=rows)


def folders_of(files: Iterable[str]) -> set[str]:
    """The folders that these files lie in, up to the repo's root."""
    found = {""}
    for file in files:
        folder = os.path.dirname(file)
        while folder not in found:
            found.add(folder)
            folder = os.path.dirname(folder)
    return found


def _worded(step: Step) -> str:
    return step.title
