"""Putting an old value back as it was, as a pending edit like any other."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.pending import PendingEdit, Reversed, SetField, Step
from rea_xcom_tui.fleet.edit.plan import Refusal
from rea_xcom_tui.fleet.edit.several import refusal_in
from rea_xcom_tui.fleet.history.revisions import Range, compare_revisions
from rea_xcom_tui.fleet.several import Several
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.fields import TABLE, holder
from rea_xcom_tui.xcom.model import Value

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Commit, Repository
    from rea_xcom_tui.xcom.compare import FieldDelta

_SHORT_ID = re.compile(r"[0-9a-f]{4,39}")
"""A commit's id in short, which in another repo may by chance be another commit."""

_NO_VALUE = {"reference": "a Secret or ConfigMap supplied it", "conflict": "it was set twice, with different outcomes"}


def put_back(workspace: Workspace, id_: str, delta: FieldDelta) -> Step | None:
    """Make the value from before a difference pending, literally: it is not an expression, whatever it looks like.

    Returns None where the field has that value already. Raises `Refused` where there is no old value that an edit
    could write, and where the edit cannot be made.
    """
    edit = _edit(workspace, id_, delta)
    refused = workspace.prove([edit]).refused
    if refused:
        raise Refused(refused[0].reason)
    return workspace.pending.put([edit], f"put the old {delta.field} back")


def take_back_commit(
    workspace: Workspace, revision: str, progress: Callable[[int, int], None] | None = None
) -> tuple[Commit, Step | None, list[Refusal]]:
    """Make the inverse of everything that a commit changed in the fleet's fields pending, as one step.

    What has been changed again since, or cannot be put back, is refused with its reason and is not part of the step;
    what has its old value already needs nothing. Over several repos, `progress` is told how many of them are done, and
    what it raises ends the work with nothing pending. Raises `Refused` where the commit as a whole has no inverse.
    """
    if isinstance(workspace, Several):
        return take_back_in(workspace, repos_with(workspace, revision), progress)
    repository = workspace.repository
    commit = _with_parent(repository, revision)
    edits: list[SetField] = []
    refusals: list[Refusal] = []
    between = Range(commit.parents[0], commit.oid)
    for change in compare_revisions(repository, workspace.fleet, between).changes:
        try:
            edit = _inverse(workspace, change)
        except (Refused, ValueError) as error:
            refusals.append(Refusal(change.deployment, change.field or "path", str(error)))
        else:
            edits += [edit] if edit is not None else []
    made = {edit.key for edit in edits}
    # What is a part of another field comes back with that one.
    kept = [one for one in edits if TABLE[one.field].part_of is None or (one.deployment, holder(one.field)) not in made]
    kept = [replace(one, reverses=Reversed(commit.oid, commit.subject)) for one in kept]
    step = workspace.pending.put(kept, f"reverse commit {commit.oid[:10]}")
    return commit, step, [*refusals, *workspace.drop_refused({edit.key for edit in kept})]


def _with_parent(repository: Repository, revision: str) -> Commit:
    """A commit that has one commit before it. Raises `Refused` for another, which has no inverse."""
    commit, _ = repository.commit_files(revision)
    if len(commit.parents) != 1:
        why = "is a merge; name the commit that it brought" if commit.parents else "is the first one"
        raise Refused(f"{commit.oid[:12]} {why}, so there is nothing to go back to")
    return commit


def repos_with(workspace: Several, revision: str) -> dict[str, str]:
    """The repos that have a revision, such as `HEAD` or a branch, or the one that `NAME:` names, and what it is there.

    Raises `ToolError` where none has it, or a short id would mean several commits.
    """
    repo, colon, rest = revision.partition(":")
    if colon and repo in workspace.repos:
        return {repo: rest}
    having = []
    for name, member in workspace.repos.items():
        with suppress(ToolError):
            member.repository.resolve(revision)
            having.append(name)
    if not having:
        raise ToolError(f"none of the repos has a commit {clean(revision, 60)}; its id or NAME:COMMIT is wanted")
    if len(having) > 1 and _SHORT_ID.fullmatch(revision):
        named = ", ".join(clean(f"{name}:{revision}") for name in having[:3])
        raise ToolError(f"{len(having)} of the repos have a commit {clean(revision, 60)}; say which, such as {named}")
    return dict.fromkeys(having, revision)


def take_back_in(
    workspace: Several, commits: Mapping[str, str], progress: Callable[[int, int], None] | None = None
) -> tuple[Commit, Step | None, list[Refusal]]:
    """As `take_back_commit`, of one commit in each of these repos; returns the first of them. Raises `Refused` where
    one of them has no inverse."""
    told: list[tuple[Commit, Step | None, list[Refusal]]] = []
    for repo, revision in commits.items():  # before the work in any of them
        try:
            _with_parent(workspace.repos[repo].repository, revision)
        except Refused as refusal:
            alone = "; NAME:COMMIT puts back one repo's" if len(commits) > 1 else ""
            raise Refused(f"{clean(repo)}: {refusal}{alone}") from refusal
    edits: list[PendingEdit] = []
    refusals: list[Refusal] = []
    with workspace.helped(len(workspace.fleet.deployments)):
        for done, (repo, revision) in enumerate(commits.items()):
            if progress is not None:
                progress(done, len(commits))
            edits += workspace.proposed(repo, _taking_back(revision, told))
            refusals += [refusal_in(repo, refusal) for refusal in told[-1][2]]
    names = ", ".join(commit.oid[:10] for commit, _, _ in told[:3]) + (" ..." if len(told) > 3 else "")
    noun = "commit" if len(told) == 1 else f"{len(told)} commits"
    return told[0][0], workspace.pending.put(edits, f"reverse {noun} {names}"), refusals


def _taking_back(revision: str, told: list[tuple[Commit, Step | None, list[Refusal]]]) -> Callable[[Workspace], object]:
    return lambda member: told.append(take_back_commit(member, revision))


def _inverse(workspace: Workspace, change: FieldDelta) -> SetField | None:
    if change.deployment not in workspace.fleet.by_id:
        raise Refused("that deployment no longer exists")
    edit = _edit(workspace, change.deployment, change)
    if edit.new == edit.old:
        return None
    if edit.old != change.new:
        raise Refused(f"it has been changed again since: it is {_shown(edit.old)} now, not {_shown(change.new)}")
    return edit


def _shown(value: Value) -> str:
    return "unset" if value is None else clean(value, 60)


def _edit(workspace: Workspace, id_: str, delta: FieldDelta) -> SetField:
    deployment = workspace.deployment(id_)
    if delta.kind != "changed" or not delta.field:
        verb = "came" if delta.kind == "added" else "went"
        raise Refused(f"the deployment itself {verb} with this commit; there is no old value to put back")
    if delta.old_state in _NO_VALUE:
        why = _NO_VALUE[delta.old_state]
        by_hand = f"edit {clean(deployment.file)} by hand"
        raise Refused(f"before this commit {why}, which no single value expresses; {by_hand}")
    value = delta.old
    if value is not None:
        try:
            checked = workspace.check(delta.field, str(value), deployment).value
        except ValueError as error:
            raise Refused(f"the old value {clean(value, 60)} cannot be put back: {error}") from error
        if checked != value:
            raise Refused(f"the old value {clean(value, 60)} cannot be put back: Airflow would not take it")
    return workspace.edit_to(deployment, delta.field, value, "" if value is None else str(value))
