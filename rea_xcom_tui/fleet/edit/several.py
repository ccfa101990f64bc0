"""Edits and plans of one of several repos, as it knows them and as the whole fleet does."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from rea_xcom_tui.fleet.edit.pending import Declare, PendingEdit
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan, Proof, Refusal
from rea_xcom_tui.fleet.qualified import qualified, within


def edit_in(repo: str, edit: PendingEdit) -> PendingEdit:
    """An edit of a repo as the whole fleet knows it."""
    if isinstance(edit, Declare):
        return replace(edit, file=qualified(repo, edit.file), repo=repo)
    also = tuple(qualified(repo, id_) for id_ in edit.also)
    named = replace(edit, deployment=qualified(repo, edit.deployment), file=qualified(repo, edit.file), also=also)
    return replace(named, layer=qualified(repo, named.layer)) if named.layer else named


def edit_of(repo: str, edit: PendingEdit) -> PendingEdit:
    """An edit of the whole fleet as its repo knows it."""
    if isinstance(edit, Declare):
        return replace(edit, file=within(repo, edit.file), repo="")
    also = tuple(within(repo, id_) for id_ in edit.also)
    named = replace(edit, deployment=within(repo, edit.deployment), file=within(repo, edit.file), also=also)
    return replace(named, layer=within(repo, named.layer)) if named.layer else named


def refusal_in(repo: str, refusal: Refusal) -> Refusal:
    """A refusal in a repo as the whole fleet knows it."""
    return msgspec.structs.replace(refusal, deployment=qualified(repo, refusal.deployment))


def file_in(repo: str, file: FilePlan) -> FilePlan:
    """The plan of a repo's file as the whole fleet knows it."""
    return replace(file, file=qualified(repo, file.file), edits=tuple(edit_in(repo, edit) for edit in file.edits))


def plan_in(repo: str, plan: Plan | Proof) -> tuple[list[FilePlan], list[Refusal]]:
    """What a plan or proof of a repo comes to, as the whole fleet knows it."""
    return [file_in(repo, file) for file in plan.files], [refusal_in(repo, one) for one in plan.refused]
