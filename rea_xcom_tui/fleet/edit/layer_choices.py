"""The layers that could take the edit of one deployment, each tried out, so that a person can choose among them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.expressions import INHERIT, UNSET, is_inherit
from rea_xcom_tui.fleet.edit.placing import USUAL, Placing
from rea_xcom_tui.fleet.qualified import qualified, within
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.session import Editing


@dataclass(frozen=True, slots=True)
class LayerChoice:
    """One layer that could take an edit, and what would come of it."""

    layer: str
    text: str
    """What is to be set there, as one types it."""
    usual: bool
    """Whether the value in force is there, so that the edit goes there unless another is chosen."""
    carries: bool
    """Whether the list in force would have to come along."""
    others: tuple[str, ...] = ()
    """What the other deployments are called that would change too."""
    reason: str = ""
    """Why the edit cannot be made there; empty where it can."""

    @property
    def removes(self) -> bool:
        """Whether it removes an override instead of setting a value."""
        return is_inherit(self.text)


def layer_choices(workspace: Editing, id_: str, field: FieldName, text: str | None) -> tuple[LayerChoice, ...]:
    """The layers of a deployment that could take an edit, the strongest first, and the removal of its override.

    `text` is what was typed, None to remove the field. Nothing of a deployment that is one plain file.
    """
    deployment = workspace.fleet.by_id[id_]
    if not deployment.stack:
        return ()
    repo, member = workspace.home_of(id_)
    takers = member.chooser().takers(member.deployment(within(repo, id_)), field)
    wanted = text if text is not None else UNSET
    try:
        usual = workspace.edit_to(deployment, field, None, "", USUAL).layer
    except Refused:
        usual = ""
    found = []
    for taker in reversed(takers):
        source = qualified(repo, taker.source)
        choice = LayerChoice(source, wanted, source == usual, taker.carries and wanted != UNSET)
        if not is_inherit(wanted):
            found.append(_tried(workspace, id_, field, choice))
        if source == usual and len(takers) != len(deployment.stack):
            removal = _tried(workspace, id_, field, replace(choice, text=INHERIT, carries=False))
            found += [removal] if not removal.reason else []
    return tuple(found)


def _tried(workspace: Editing, id_: str, field: FieldName, choice: LayerChoice) -> LayerChoice:
    """The same with what comes of it."""
    deployment = workspace.fleet.by_id[id_]
    try:
        edit = workspace.evaluated(deployment, field, choice.text, Placing(choice.layer, named=True))
    except (ToolError, ValueError) as error:
        return replace(choice, reason=str(error))
    proof = workspace.prove([edit])
    if proof.refused:
        return replace(choice, reason=proof.refused[0].reason)
    (made,) = proof.made([edit])
    return replace(choice, others=tuple(map(workspace.fleet.called, made.also)))
