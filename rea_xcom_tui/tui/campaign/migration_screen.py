"""A path migration on the screen: each move in its order, who shares its places, and the commands to copy."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.campaign.migration import Migration, Move
    from rea_xcom_tui.fleet.workspace import Workspace


class Worked(Message):
    """What the plan does to stored values, what its deployments are called, and the same as a comment."""

    found: Migration
    names: Mapping[str, str]
    comment: str


class MigrationScreen(ListScreen["Move", None]):
    """The moves of a plan that moves paths, in the order in which to do them. Nothing is ever copied from here."""

    PLACES: ClassVar[tuple[Place, ...]] = ("migration", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("migration")

    def __init__(self, work: jobs.Jobs, plan: Path) -> None:
        super().__init__(work)
        self.plan = plan
        self._comment = ""
        self._names: Mapping[str, str] = {}
        """What the deployments are called."""

    def on_mount(self) -> None:
        """Work out what the plan does to stored values."""
        self.say("Checking who shares the paths…", "edited")
        self.jobs.run(self, "work out what the plan moves", partial(_worked, self.plan))

    def _failed(self, event: jobs.Failed) -> None:
        self.fail(event, leave=True)

    @on(Worked)
    def _show(self, event: Worked) -> None:
        found, self._names, self._comment = event.found, event.names, event.comment
        self.query_one("#header", Bar).show(
            [("Path migration  ", "title"), (harmless(self.plan.name), "strong")],
            [(f"{plural(len(found.moves), 'move')} in {plural(len(found.groups), 'step')}", "quiet")],
        )
        numbered = [(number, move) for number, group in enumerate(found.groups, 1) for move in group]
        self.listed.show([Entry(move, partial(move_line, number, move, self._names)) for number, move in numbered])
        losing = sum(move.breaks for move in found.moves)
        if losing:
            self.say(f"Running tasks of {plural(losing, 'deployment')} lose what is stored: let runs finish.", "edited")
        else:
            self.say("Running tasks lose nothing.", "good")
        self._details()

    @on(LineList.Moved)
    def _details(self) -> None:
        here = self.listed.here
        self.detail.show(partial(details, here, self._names) if here is not None else lambda _: ())

    def action_copy(self) -> None:
        """Copy the command that copies the stored values of the move under the cursor."""
        here = self.listed.here
        if here is not None:
            self.app.copy_to_clipboard(here.copy)
            self.say("Copied the command; it is yours to run.", "good")

    def action_copy_all(self) -> None:
        """Copy all steps as Markdown."""
        if self._comment:
            self.app.copy_to_clipboard(self._comment)
            self.say("Copied all steps as Markdown.", "good")


def _worked(plan: Path, workspace: Workspace) -> Worked:
    from rea_xcom_tui.fleet.actions.planfile import read_plan
    from rea_xcom_tui.fleet.campaign.migration import migration
    from rea_xcom_tui.reports.migration import markdown

    found = migration(workspace.fleet, read_plan(workspace, plan))
    told = {id_ for move in found.moves for id_ in (move.deployment, *move.left_behind.ids, *move.shares_new.ids)}
    return Worked(found, {id_: workspace.fleet.called(id_) for id_ in told}, markdown(found))


def move_line(number: int, move: Move, names: Mapping[str, str], width: int) -> Line:
    """A move on one line: its step, whose it is, and whether running tasks lose anything."""
    told, style = ("loses values", "invalid") if move.breaks else ("loses nothing", "good")
    if move.left_behind.count:
        told, style = f"{told}, {move.left_behind.count} left behind", "invalid"
    name = shorten(harmless(names.get(move.deployment, move.deployment)), max(8, width - len(told) - 7), "middle")
    return [(f"{number:>3}. ", "quiet"), (f"{name}  ", "strong"), (told, style)]


def details(move: Move, names: Mapping[str, str], width: int) -> list[Line]:
    """A move in full: its places, who shares them, and the steps around the change."""
    from rea_xcom_tui.reports.migration import steps

    lines: list[Line] = [
        [(shorten(harmless(names.get(move.deployment, move.deployment)), width, "middle"), "title")],
        [],
    ]
    lines += [[(shorten(f"from  {harmless(move.old)}", width, "middle"), "quiet")]]
    lines += [[(shorten(f"to    {harmless(move.new)}", width, "middle"), "edited")], []]
    for label, sharers, style in (
        ("the plan leaves at the old place", move.left_behind, "invalid"),
        ("shares the new place with", move.shares_new, "drift"),
    ):
        if sharers.count:
            called = [shorten(harmless(names.get(id_, id_)), width - 2, "middle") for id_ in sharers.ids]
            called += [f"and {more} more"] if (more := sharers.count - len(called)) else []
            lines += [[(label, style)], *([(f"  {name}", "")] for name in called)]
    lines += [[], [("steps; none of them is run here", "quiet")]]
    for number, step in enumerate(steps(move), 1):
        wrapped = textwrap.wrap(f"{number} {harmless(step)}", max(10, width), subsequent_indent="  ")
        lines += [[(line, "")] for line in wrapped]
    return lines
