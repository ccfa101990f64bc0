"""Edits and fixes of deployments that are made of layers: which deployments share them is said, and the layer chosen,
beforehand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Static

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed, Part, takes
from rea_xcom_tui.tui.changes.foreseen import changed_fields, changed_lines
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.dialogs import STAY, Choice, Failure, Question
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import LineList, drawn_by
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Line
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.layer_choices import LayerChoice
    from rea_xcom_tui.fleet.edit.pending import Fix, PendingEdit
    from rea_xcom_tui.fleet.edit.plan import Proof
    from rea_xcom_tui.fleet.workspace import Refusal, Workspace

Tell = Callable[[int, int], None]
_MOST_LINES = 12
_MOST_TOLD = 4


class LayersOffered(Message):
    """The layers that could take an edit which was not made, because a person has to choose among them."""

    deployment: str
    name: str
    field: FieldName
    choices: Sequence[LayerChoice]


class FixesShared(Message):
    """Fixes that were not made, because they would fix other deployments too; `retry` makes them for all of those."""

    refusals: Sequence[Refusal]
    retry: Callable[[Workspace, Tell], Message]


class FixesForeseen(Message):
    """What the fixes of one rule come to, before any of them is pending."""

    def __init__(self, workspace: Workspace, code: str, fixes: Sequence[Fix], proof: Proof) -> None:
        super().__init__()
        self.code, self.fixes, self.refused = code, fixes, proof.refused
        self.names = {one.deployment: workspace.fleet.called(one.deployment) for one in proof.refused}
        self.changes = changed_fields(workspace, proof.files)
        self.lines = sum(changed_lines(file) for file in proof.files)
        self.files = len(proof.files)

    def question(self) -> Question:
        """Ask whether they are to become pending: the whole outcome, and what cannot be fixed."""
        reach = plural(len({one.deployment for one in self.fixes}), "deployment")
        body = [f"{change} · {plural(count, 'deployment')}" for change, count in self.changes.most_common(_MOST_TOLD)]
        body.append(f"{plural(self.lines, 'line')} in {plural(self.files, 'file')}; one step that u undoes.")
        for one in self.refused[:_MOST_TOLD]:
            body.append(f"! not {clean(self.names[one.deployment], 60)}: {clean(one.reason)}")
        left = len(self.refused) - _MOST_TOLD
        body += [f"and {left} more that cannot be fixed"] if left > 0 else []
        title = f"Fix {plural(len(self.fixes), 'finding')} of {self.code} in {reach}?"
        if not self.fixes:
            return Failure(f"fix {plural(len(self.refused), 'finding')} of {self.code}", "\n".join(body[1:]))
        return Question(title, "\n".join(body), [Choice("m", "Enter", "fix, as pending edits", "fix"), STAY])


def edited(
    workspace: Workspace,
    ids: Sequence[str],
    field: FieldName,
    text: str | None,
    progress: Tell,
    layer: str | None = None,
    *,
    choose: bool = False,
) -> Message:
    """Make edits pending, `text` None to remove the field; or offer the layers that could take the edit of one.

    They are offered where that is asked for (`choose`), and where the usual one is shared with others.
    """
    if not choose:
        told = jobs.ticking(ids, progress)
        if text is None:
            step, refusals = workspace.unset(told, field, layer)
        else:
            step, refusals = workspace.edit(told, field, text, progress, layer)
        if layer is not None or len(ids) != 1 or not any(refusal.others for refusal in refusals):
            return jobs.Edited(step, refusals)
    from rea_xcom_tui.fleet.edit.layer_choices import layer_choices

    deployment = workspace.fleet.by_id[ids[0]]
    return LayersOffered(
        deployment.id,
        workspace.fleet.called(deployment.id),
        field,
        layer_choices(workspace, deployment.id, field, text),
    )


def fixed(
    workspace: Workspace,
    ids: Sequence[str],
    code: str | None,
    place: tuple[int, int] | None,
    progress: Tell,
    *,
    shared: bool = False,
) -> Message:
    """Make fixes pending; or tell that they would fix other deployments too, with nothing pending."""
    fixes, proof = workspace.proposed_fixes(ids, code, place, progress, shared=shared)
    others = [refusal for refusal in proof.refused if refusal.others]
    if others:
        return FixesShared(others, lambda again, tell: fixed(again, ids, code, place, tell, shared=True))
    return jobs.Edited(workspace.put_fixes(fixes), list(proof.refused))


def foreseen_fixes(workspace: Workspace, ids: Sequence[str], code: str, progress: Tell) -> Message:
    """Tell what the fixes of a rule would do, with nothing pending; or that they would fix other deployments too."""
    fixes, proof = workspace.proposed_fixes(ids, code, None, progress)
    others = [refusal for refusal in proof.refused if refusal.others]
    if others:
        return FixesShared(others, lambda again, tell: fixed(again, ids, code, None, tell, shared=True))
    return FixesForeseen(workspace, code, fixes, proof)


class LayersScreen(Dialog["LayerChoice"]):
    """Asks which layer is to take an edit, and says of each which deployments it changes. Dismisses with the choice, or
    None."""

    PLACES: ClassVar[tuple[Place, ...]] = ("layers", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("layers")
    AUTO_FOCUS = "#layers"
    DEFAULT_CSS = """
    LayersScreen {
        .dialog { width: 108; }
        & .title { text-style: bold; margin: 0 0 1 0; }
        & LineList { height: auto; max-height: 12; overflow-y: auto; }
        & #whom { margin: 1 0 0 0; height: auto; max-height: 6; }
    }
    """

    def __init__(self, name: str, field: FieldName, choices: Sequence[LayerChoice]) -> None:
        super().__init__()
        self.choices = choices
        self._title = f"Which layer of {harmless(name)} takes the new {field}?"

    def compose(self) -> ComposeResult:
        """A title, the layers, and which deployments the one under the cursor changes."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield LineList["LayerChoice"](id="layers")
            yield Static(id="whom", markup=False)
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Begin at a layer that changes nobody else, where there is one."""
        listed: LineList[LayerChoice] = self.query_one("#layers", LineList)
        listed.styles.height = max(1, min(len(self.choices), _MOST_LINES))
        possible = [at for at, one in enumerate(self.choices) if not one.reason]
        alone = [at for at in possible if not self.choices[at].others and not self.choices[at].removes]
        start = (alone or possible or [0])[0]
        listed.show([drawn_by(one, partial(self._line, one)) for one in self.choices], start)

    def _line(self, one: LayerChoice, width: int, *, here: bool) -> Line:
        style = "here" if here else "quiet" if one.reason else ""
        what = "remove the override in " if one.removes else ""
        whom = "refused" if one.reason else f"changes {len(one.others) + 1}" if one.others else "changes this one alone"
        note = f"{whom}{' · has the value now' if one.usual and not one.removes else ''}"
        room = max(10, width - len(note) - len(what) - 4)
        where = harmless(one.layer)
        if cell_len(where) > room:  # what a file holds of the values is said in all lines alike
            where = where.partition("#")[0]
        return [(f" {what}{shorten(where, room, 'start')}", style), (f"  {note} ", style or "quiet")]

    @on(LineList.Moved)
    def _moved(self) -> None:
        here: LayerChoice | None = self.query_one("#layers", LineList).here
        self.query_one("#whom", Static).update(clean(_whom(here), 600) if here is not None else "")

    @on(LineList.Chosen)
    def action_choose(self) -> None:
        """Take the layer under the cursor; one that cannot take the edit says why."""
        here: LayerChoice | None = self.query_one("#layers", LineList).here
        if here is None or here.reason:
            self.app.bell()
        else:
            self.dismiss(here)

    def action_back(self) -> None:
        """Change nothing."""
        self.dismiss(None)


def _whom(choice: LayerChoice) -> str:
    if choice.reason:
        return f"! {choice.reason}"
    along = "The entries of the list in force come along, because a list replaces the weaker ones whole. "
    said = along if choice.carries else ""
    if choice.removes:
        said += "What the weaker layers say is in force then. "
    if not choice.others:
        return f"{said}No other deployment changes."
    return f"{said}{plural(len(choice.others), 'other deployment')} would change too: {', '.join(choice.others)}."


class LayeredEdits(Part[Composed[Any]]):
    """Makes edits and fixes pending, and asks about layers that others share."""

    def edit(
        self, ids: Sequence[str], field: FieldName, text: str | None, layer: str | None = None, *, choose: bool = False
    ) -> None:
        """Make edits pending, as one step; `text` None takes the field out of the file.

        `layer` is the one that takes them, see `Editing.edit`; with `choose`, a person is asked.
        """

        def work(workspace: Workspace, progress: Tell) -> Message:
            return edited(workspace, ids, field, text, progress, layer, choose=choose)

        self.jobs.run_long(self.home, f"set {field}", work)

    def fix(self, ids: Sequence[str], code: str, place: tuple[int, int] | None, verb: str = "fix") -> None:
        """Make the fixes of a rule pending, or with a `place` (line and column) that of one finding."""

        def work(workspace: Workspace, progress: Tell) -> Message:
            return fixed(workspace, ids, code, place, progress)

        self.jobs.run_long(self.home, verb, work)

    def revert(self, edit: PendingEdit) -> None:
        """Drop a pending edit."""
        key, verb = edit.key, f"revert {edit.field}"
        self.jobs.run(self.home, verb, lambda workspace: jobs.Edited(workspace.pending.drop([key], verb), []))

    @takes(LayersOffered)
    def _layers_offered(self, event: LayersOffered) -> None:
        if not event.choices:
            self.say("This deployment is one plain file; there is no layer to choose.")
            return

        def chosen(choice: LayerChoice | None) -> None:
            if choice is not None:
                self.edit([event.deployment], event.field, choice.text, choice.layer)

        self.app.push_screen(LayersScreen(event.name, event.field, event.choices), chosen)

    @takes(FixesShared)
    def _fixes_shared(self, event: FixesShared) -> None:
        names = list(dict.fromkeys(name for refusal in event.refusals for name in refusal.others))
        count = len({refusal.deployment for refusal in event.refusals})

        def answered(answer: str | None) -> None:
            if answer:
                self.jobs.run_long(self.home, "fix", event.retry)

        question = Question(
            f"Fix {plural(len(names), 'other deployment')} too?",
            f"What has to be fixed in {plural(count, 'deployment')} is in layers that others share: "
            f"{clean(', '.join(names), 600)}. The fixes become pending changes; nothing is written yet.",
            [Choice("m", "Enter", f"fix all {len(names) + count}", "fix"), STAY],
        )
        self.app.push_screen(question, answered)
