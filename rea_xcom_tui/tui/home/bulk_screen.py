"""One value for many deployments: what would change is shown before anything does."""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from rea_xcom_tui.fleet.edit.placing import OWN, SHARED
from rea_xcom_tui.fleet.edit.rehearsal import Preview, Rehearsal, Suggestion, present, rehearse, suggestions
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.cells.forms import form_of
from rea_xcom_tui.tui.changes.foreseen import outlook_words
from rea_xcom_tui.tui.home.bulk_lines import Room, Sight, count_spans, preview_line, suggestion_line
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import Entries, Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Line, Painted, Span
from rea_xcom_tui.tui.kit.text_line import LeavingLine
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

TYPED_FROM = 20
"""From this many changes on, their count has to be typed."""
_AROUND_ROWS = 13
"""Lines of the dialog around the list: frame, title, two inputs, counts, note, and the blanks between them."""
_DRAWN_WITHIN = 0.15
"""Seconds for which the work goes on to wait for the first rows to be drawn, at most."""
_FEWEST_ROWS = 6
"""Lines for the list even where fewer deployments are edited, so that suggestions fit too."""


class Previewed(Message):
    """The preview for one text is worked out."""

    asked: int
    sight: Sight


class Glimpsed(Message):
    """What the values alone say of one text, maybe not of all deployments yet; the edits are still to be proved."""

    def __init__(self, asked: int, sight: Sight) -> None:
        super().__init__()
        self.asked, self.sight = asked, sight
        self.drawn = threading.Event()
        """Set once it is on the screen, or has been found to be out of date."""


class Suggested(Message):
    """Values that one may want, where none is typed yet."""

    asked: int
    found: Sequence[Suggestion]
    now: Sequence[Preview]
    """What the deployments have now."""


class GoOn(Message):
    """The user is done with what was typed so far. It comes by the way of the keys, so that it overtakes none."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person has decided."""

    ids: list[str]
    """Which deployments are to change."""
    text: str
    layer: str | None
    """Which layers take the edits, as `Editing.edit` has it."""


class BulkScreen(Dialog[Answer]):
    """Asks for one value and shows what it would do. Dismisses with what is to be done, or None."""

    CSS_PATH = "bulk.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("bulk", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("bulk")
    AUTO_FOCUS = "#value"

    def __init__(
        self,
        work: jobs.Jobs,
        field: FieldName,
        ids: Sequence[str],
        text: str = "",
        layers: Sequence[str] | None = None,
        hidden: int = 0,
    ) -> None:
        """`layers` are those that all of the deployments have; None where none of them is made of layers. `hidden` is
        how many of them the table does not show."""
        super().__init__()
        self._layers: list[str | None] = [None, *((OWN, SHARED, *layers) if layers is not None else ())]
        """The answers to which layers take the edits, the chosen one first."""
        self.jobs = work
        self.field = field
        self.ids = list(ids)
        self.start = text
        self._hidden = hidden
        self._sight = Sight()
        self._question: tuple[str, str, str | None] | None = None
        """What was asked about last: the value, where it is to change, and the layer."""
        self._asked = self._answered = 0
        """Which text was asked about last, and which one the preview in sight is about."""
        self._left_out: set[str] = set()
        """Who is to stay as it is, whatever the value."""
        self._place = 0
        """The row that the cursor was on before the preview was worked out again."""
        self._told_refused = False
        """Whether the user has been told that what is refused stays as it is."""

    def compose(self) -> ComposeResult:
        """The verb and the count, the value, what would happen, and the confirmation."""
        with Vertical(classes="dialog"):
            unseen = f", {self._hidden} of them not shown in the table" if self._hidden else ""
            title = f"Set {self.field} on {plural(len(self.ids), 'deployment')}{unseen}"
            yield Static(title, classes="title", markup=False)
            with Horizontal(id="first"):
                yield Static("new value", classes="label", markup=False)
                yield LeavingLine(
                    self.start,
                    id="value",
                    compact=True,
                    leaves_by="bulk.rows",
                )
            with Horizontal():
                yield Static("only where it is now", classes="label", markup=False)
                yield LeavingLine(id="only", compact=True, placeholder="any", leaves_by="bulk.rows")
            with Horizontal(id="in-layers"):
                yield Static("in which layers", classes="label", markup=False)
                yield Static(id="layer", markup=False)
            yield Painted(id="counts")
            yield LineList["Preview | Suggestion"](id="rows")
            with Horizontal(id="confirmation"):
                yield Static(classes="label", id="ask", markup=False)
                yield Input(id="confirm", compact=True)
            yield Painted(id="note")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show what the value that is given already would do."""
        self.query_one("#confirmation").display = False
        self.query_one("#in-layers").display = len(self._layers) > 1
        self._make_room()  # before anything is laid out, so that it is laid out once
        self._ask()

    def on_resize(self) -> None:
        """Make the list fit the terminal as it is now."""
        self._make_room()

    def _make_room(self) -> None:
        """Give the list as many lines as it has deployments, as far as the terminal has room for them."""
        parts = _AROUND_ROWS + (len(self._layers) > 1) + (len(self.ids) >= TYPED_FROM)
        room = self.app.size.height * 9 // 10 - parts
        self.query_one("#value", Input).placeholder = shorten(form_of(self.field).placeholder, self._beside_label)
        self._rows.styles.height = max(3, min(max(_FEWEST_ROWS, len(self.ids)), room))

    def _note(self, *spans: Span) -> None:
        """Say something below the list, on as many lines as it takes."""
        width = max(20, self.query_one("#note").content_size.width)
        lines: list[list[Span]] = []
        for text, style in spans:
            lines += [[(line, style)] for line in textwrap.wrap(text, width, subsequent_indent="  ")]
        self.query_one("#note", Painted).paint(lines)

    @property
    def in_layer(self) -> str | None:
        """Which layers are to take the edits."""
        return self._layers[0]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Plain files have no layers to choose from."""
        return len(self._layers) > 1 if action == "layer" else True

    def action_layer(self) -> None:
        """Let other layers take the edits."""
        self._layers = [*self._layers[1:], self._layers[0]]
        self._ask()

    def _tell_layer(self) -> None:
        words = {
            None: "where each value is",
            OWN: "each deployment in a layer of its own",
            SHARED: "as few layers as give all of them the value",
        }
        said = words.get(self.in_layer) or harmless(str(self.in_layer))
        shared = " · ".join(self.rehearsal.shared)
        said += f", in {plural(self.rehearsal.files, 'file')}" if self.rehearsal.files else ""
        hint = "  (Ctrl+L for others)"
        said += f": {shared}" if shared else hint if len(said + hint) <= self._beside_label else ""
        self.query_one("#layer", Static).update(shorten(said, self._beside_label))

    @property
    def _beside_label(self) -> int:
        """The cells beside a label, before it is laid out too."""
        return min(116, self.app.size.width * 94 // 100) - 28

    @on(Input.Changed, "#value,#only")
    def _typed(self) -> None:
        self._ask()

    def _ask(self) -> None:
        text, only = self.query_one("#value", Input).value, self.query_one("#only", Input).value
        ids, field, layer = self.ids, self.field, self.in_layer
        if self._question == (text, only, layer):
            return  # an input also reports the text that it was made with
        self._question = text, only, layer
        self._asked += 1
        asked = self._asked
        self._forget()
        if not text.strip():

            def suggest(workspace: Workspace) -> Suggested:
                return Suggested(asked, suggestions(workspace, ids, field), present(workspace, ids, field))

            self.jobs.run(self, "look up what is usual", suggest)
            return

        def work(workspace: Workspace, progress: Callable[[int, int], None]) -> Previewed:
            def unless_typed_on(done: int, total: int) -> None:
                if asked != self._asked:
                    raise jobs.Cancelled
                progress(done, total)

            told = jobs.ticking(ids, unless_typed_on)

            def glimpse(seen: Rehearsal) -> None:
                glimpsed = Glimpsed(asked, Sight.of(seen))
                self.post_message(glimpsed)
                # What is worked out next would hold Python's lock while these rows wait to be drawn.
                glimpsed.drawn.wait(_DRAWN_WITHIN)

            seen = rehearse(workspace, told, field, text, only, unless_typed_on, glimpse, layer)
            return Previewed(asked, Sight.of(seen))

        self.jobs.run_long(self, "work out the preview", work)

    def _forget(self) -> None:
        """Show no preview of another text than the one in sight, not even for a moment."""
        self._place = self._rows.cursor or self._place
        self._sight, self._told_refused = Sight(), False
        self._rows.show([], 0)
        self._tell_layer()
        self.query_one("#counts", Painted).paint([[("working out what would change", "quiet")]])
        self.query_one("#confirmation").display = False

    @on(Suggested)
    def _suggested(self, event: Suggested) -> None:
        """Offer what the fleet has."""
        if event.asked != self._asked:
            return
        self._answered = event.asked
        longest = max((len(value_words(one.value)) for one in event.found), default=0)
        entries: list[Entry[Preview | Suggestion]] = [
            Entry(one, partial(suggestion_line, one, self.field, longest)) for one in event.found
        ]
        self._sight = Sight(room=Room.of(event.now))
        entries += [Entry(one, partial(self._line, one)) for one in event.now]
        self._rows.show(entries, 0)
        usual = "type a value, or take one that is usual here: ↓ and Enter"
        partly = (
            "type s/old/new/ to change a part of each value" if TABLE[self.field].kind == "path" else "type a value"
        )
        words = usual if event.found else partly
        self.query_one("#counts", Painted).paint([[(words, "")]])

    @on(jobs.Working)
    def _working(self, event: jobs.Working) -> None:
        self.query_one("#counts", Painted).paint([[(f"looking at {event.done} of {event.total}", "quiet")]])

    @on(Glimpsed)
    def _glimpsed(self, event: Glimpsed) -> None:
        """Show the rows at once; nothing can be applied before the edits are proved."""
        if event.asked == self._asked != self._answered:
            self._show_rows(event.sight)
            self.call_after_refresh(event.drawn.set)
        else:
            event.drawn.set()

    @on(Previewed)
    def _previewed(self, event: Previewed) -> None:
        if event.asked != self._asked:
            return
        self._answered = event.asked
        self._show_rows(event.sight)
        self._tell_layer()
        self._show_counts()

    def _show_rows(self, sight: Sight) -> None:
        """Show these in place of those in sight, which may be in another order, with the cursor on the same one."""
        here, place = self._rows.here, self._rows.cursor if self._rows.entries else self._place
        if place and isinstance(here, Preview):
            place = sight.places.get(here.id, place)
        self._sight = sight
        self._rows.show(Entries(sight.rows, self._entry), place)

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        """Say why nothing can be previewed; nothing can then be applied."""
        self.query_one("#counts", Painted).paint([[(f"! {clean(event.reason)}", "invalid")]])

    def _show_counts(self) -> None:
        """Show how many end which way, and what has to be typed."""
        changes = len(self.changing)
        spans = [
            *count_spans(self._sight, changes),
            *outlook_words(self.rehearsal.outlook.without(self._left_out)),
        ]
        self.query_one("#counts", Painted).paint([spans])
        self.query_one("#confirmation").display = changes >= TYPED_FROM
        self.query_one("#ask", Static).update(f"type {changes} to apply")

    @property
    def _rows(self) -> LineList[Preview | Suggestion]:
        return self.query_one("#rows", LineList)

    @property
    def rehearsal(self) -> Rehearsal:
        """What would become of all, as far as it is in sight."""
        return self._sight.rehearsal

    @property
    def changing(self) -> Sequence[str]:
        """The ids that would change."""
        changing = self._sight.changing
        return [id_ for id_ in changing if id_ not in self._left_out] if self._left_out else changing

    @on(LineList.Moved)
    def _moved(self) -> None:
        """Say of the row under the cursor which file it is, and in full why it does not change."""
        here = self._rows.here
        if not isinstance(here, Preview):
            self._note()
            return
        why = f" · {harmless(here.reason)}" if here.reason else ""
        line: list[Span] = [(f"{harmless(here.file)}{why}", "quiet")]
        for verb, finding in self._sight.findings.get(here.id, ()):
            style = "good" if verb == "removes" else "edited" if finding.severity == "info" else "invalid"
            line.append((f"{verb} {finding.code} {harmless(finding.message)}", style))
        self._note(*line)

    @on(LineList.Chosen)
    def action_leave_out(self) -> None:
        """Leave the deployment under the cursor as it is, or take it in again, and go on to the next."""
        here = self._rows.here
        if isinstance(here, Suggestion):
            value = self.query_one("#value", Input)
            value.value = here.text
            value.focus()
        elif here is not None and here.outcome == "change":
            self._left_out ^= {here.id}
            self._rows.cursor += 1
            self._rows.refresh()
            self._show_counts()
        elif here is not None:
            given = self.query_one("#value", Input).value.strip()
            why = "It would not change, so there is nothing to leave out." if given else "Type a value first."
            self._note((why, "quiet"))

    def on_key(self, event: events.Key) -> None:
        """Leave out as the key comes by, so that an Enter right after it finds that done."""
        bound = self.active_bindings.get(event.key)
        if self._rows.has_focus and bound is not None and bound.binding.id == "bulk.leave-out":
            event.stop()
            self.action_leave_out()

    def action_rows(self) -> None:
        """Go to the rows."""
        self.set_focus(self._rows)

    def _entry(self, row: Preview | Suggestion) -> Entry[Preview | Suggestion]:
        if isinstance(row, Preview):
            return Entry(row, partial(self._line, row))
        return Entry(row, partial(suggestion_line, row, self.field, 0))

    def _line(self, row: Preview, width: int) -> Line:
        return preview_line(row, self.field, width, self._sight.room, left_out=row.id in self._left_out)

    def action_apply(self) -> None:
        """Apply, after the keys that were typed before; on a suggestion, take it."""
        if self._rows.has_focus and isinstance(self._rows.here, Suggestion):
            self.action_leave_out()
        else:
            (self.focused or self).post_message(GoOn())

    @on(GoOn)
    def _apply(self) -> None:
        """Apply, once the count is typed where many change."""
        if any(line.keep("enter") for line in self.query(LeavingLine)):
            return  # the keys before it are still on their way to the rows
        ids = self.changing
        confirm = self.query_one("#confirm", Input)
        if self._answered != self._asked:
            # What changes must have been seen; typing ahead of it is no consent.
            self._note(("Still working out what would change; Enter again once it is shown.", "edited"))
        elif not self.query_one("#value", Input).value.strip():
            self._note(("Type a value, or choose one with ↓ and Enter.", "edited"))
        elif not ids:
            self._note(("Nothing would change.", "invalid"))
        elif (refused := self._sight.counts.get("refused", 0)) and not self._told_refused:
            self._told_refused = True
            stay = "stays as it is" if refused == 1 else "stay as they are"
            self._note((f"Enter again changes {len(ids)}; {refused} refused {stay}.", "edited"))
        elif len(ids) >= TYPED_FROM and confirm.value.strip() != str(len(ids)):
            confirm.focus()
            self._note((f"{len(ids)} deployments would change: type {len(ids)} and Enter applies it.", "edited"))
        else:
            self.dismiss(Answer([*ids], self.query_one("#value", Input).value.strip(), self.in_layer))

    def action_back(self) -> None:
        """Change nothing."""
        self._asked += 1
        self.dismiss(None)
