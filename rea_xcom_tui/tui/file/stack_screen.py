"""The whole stack of a layered deployment side by side, the values that win lit."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.file.stack_lines import (
    LEGEND,
    LayerText,
    Level,
    fields_of,
    head_line,
    in_sight,
    level_line,
    levelled,
    settings_only,
)
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import LineList, drawn_by
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Deployment
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.xcom.model import FieldName

Spot = tuple[str, int]
"""A file and a line in it."""


class Stacked(Message):
    """The layers of a deployment, weakest first."""

    texts: Sequence[LayerText]


class StackScreen(Composed["Spot | None"]):
    """Every layer of one deployment. Dismisses with the place that the user wants to see, or None."""

    CSS_PATH = Path(__file__).with_name("file.tcss")
    PLACES: ClassVar[tuple[Place, ...]] = ("stack", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("stack")
    AUTO_FOCUS = "LineList"

    def __init__(self, work: jobs.Jobs, deployment: Deployment, called: str, field: FieldName | None) -> None:
        super().__init__(work)
        self.deployment = deployment
        self.called = called
        """What it is called among all of the fleet."""
        self.texts: Sequence[LayerText] = ()
        self._rows: Sequence[Level] = ()
        self._go_to = field
        self._only = False
        self._first = 0

    def compose(self) -> ComposeResult:
        """Header, the layers, status, keys."""
        yield Bar(id="header")
        yield LineList[Level](id="list")
        yield Bar(id="status")
        yield KeyBar()

    def on_mount(self) -> None:
        """Read the layers."""
        self.listed.empty_text = "Reading the layers…"
        self.query_one("#header", Bar).show([(harmless(self.called), "title")])
        self.jobs.run(self, "read the layers", lambda workspace: Stacked(layer_texts(workspace, self.deployment)))

    @property
    def listed(self) -> LineList[Level]:
        """The rows."""
        return self.query_one("#list", LineList)

    @on(Stacked)
    def _stacked(self, event: Stacked) -> None:
        self.texts = event.texts
        self.listed.empty_text = "This deployment is made of one file; there are no layers to lay beside it."
        self._first = len(self.texts)  # the strongest, which decide, are in sight
        self._rows = levelled(self.texts)
        self.draw()

    def draw(self) -> None:
        """Draw the layers; the cursor stays on its row, or goes to a field."""
        here = self.listed.here
        rows = settings_only(self.texts, self._rows) if self._only else self._rows
        entries = [drawn_by(row, partial(self._line, row)) for row in rows]
        wanted = [at for at, row in enumerate(rows) if self._go_to in fields_of(self.texts, row)]
        known = {*enumerate(here or ())} - {*enumerate((None,) * len(here or ()))}
        same = [at for at, row in enumerate(rows) if not known.isdisjoint(enumerate(row))]
        told = [at for at, row in enumerate(rows) if fields_of(self.texts, row)]
        self._go_to = None
        self.listed.show(
            entries, (wanted or same or told or [0])[0], lambda width: head_line(self.texts, self._first, width)
        )
        self._show_header()

    def _line(self, row: Level, width: int, *, here: bool) -> Line:
        return level_line(self.texts, row, self._first, width, here=here)

    def _show_header(self) -> None:
        _, shown = in_sight(max(20, self.listed.size.width - 1), len(self.texts), self._first)
        count = len(self.texts)
        part = f"layers {shown.start + 1} to {shown.stop} of {count}" if len(shown) < count else f"{count} layers"
        left = [(harmless(self.called), "title"), (f"  {part}, weakest left, strongest right", "")]
        self.query_one("#header", Bar).show(left, [("settings only", "edited")] if self._only else [])

    def on_resize(self, event: events.Resize) -> None:
        """There is room for more or fewer layers."""
        self.call_after_refresh(self._show_header)

    @on(LineList.Moved)
    def _moved(self) -> None:
        status, row = self.query_one("#status", Bar), self.listed.here
        told: list[tuple[str, str]] = []
        for layer, line in zip(self.texts, row or (), strict=False):
            if line is not None and line in layer.says:
                name, effect = layer.says[line]
                told.append(
                    (
                        f"{name}: {effect} in {harmless(layer.file)}:{line}  ",
                        "good" if effect == "in force" else "quiet",
                    )
                )
        status.show(told or [(shorten(LEGEND, max(20, self.size.width - 2)), "quiet")])

    # What the keys do

    def action_setting(self, by: int) -> None:
        """Go to the next row with a setting, or to the one before."""
        spots = [at for at, entry in enumerate(self.listed.entries) if fields_of(self.texts, entry.key)]
        ahead = [at for at in spots if (at > self.listed.cursor if by > 0 else at < self.listed.cursor)]
        if ahead or spots:
            self.listed.cursor = (ahead or spots)[0 if by > 0 else -1]

    def action_sideways(self, by: int) -> None:
        """Bring other layers into sight."""
        _, shown = in_sight(max(20, self.listed.size.width - 1), len(self.texts), self._first)
        self._first = max(0, min(shown.start + by, len(self.texts) - len(shown)))
        self.listed.refresh()
        self._show_header()

    def action_only(self) -> None:
        """Show only the rows that set something, or all."""
        self._only = not self._only
        self.draw()

    @on(LineList.Chosen)
    def action_go(self) -> None:
        """Show the file of the layer that counts in this row."""
        row = self.listed.here or ()
        lines = [(layer, line) for layer, line in zip(self.texts, row, strict=False) if line is not None]
        said = [(layer, line) for layer, line in lines if line in layer.says]
        force = [(layer, line) for layer, line in said if layer.says[line][1] == "in force"]
        for layer, line in (force or said or lines)[-1:]:
            self.dismiss((layer.file, line))

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self.fail(event, leave=True)


def layer_texts(workspace: Workspace, deployment: Deployment) -> list[LayerText]:
    """Every file of the stack with its text, weakest first; a file that holds several layers is shown once."""
    from rea_xcom_tui.fleet.masking import display_lines
    from rea_xcom_tui.fleet.scan.stacks import stack_of
    from rea_xcom_tui.values import Unreadable

    found: dict[str, LayerText] = {}
    for view in stack_of(workspace.fleet, deployment):
        file = view.info.file or view.info.source
        if not file:
            continue  # it only holds others together
        known = found.pop(file, None)  # the strongest of its places decides where it is
        says = {**(known.says if known else {}), **{said.line: (said.field, said.effect) for said in view.says}}
        lines: Sequence[str] = known.lines if known else ()
        why_not = "" if view.info.file and not view.info.opaque else "its content is not in this repo"
        if not lines and not why_not:
            try:
                lines = display_lines(workspace.read_now(file))
                lines = lines if lines[-1] else lines[:-1]  # the end of the last line begins no other
            except (Unreadable, ToolError) as error:
                why_not = str(error)
        if not lines:
            lines, says = [f"({harmless(why_not)})"], {}
        kept = {line: said for line, said in says.items() if 0 < line <= len(lines)}
        found[file] = LayerText(file, lines, kept, view.shared, why_not)
    return list(found.values())
