"""What changed underneath: for each pending edit whose field is no longer what it was, both values and a choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, Literal, get_args

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Static

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line, Painted
from rea_xcom_tui.xcom.compare import said

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.conflicts import Conflict
    from rea_xcom_tui.fleet.workspace import Workspace

Choice = Literal["ours", "theirs", "later"]
_WORDS: dict[Choice, str] = {"ours": "keep ours", "theirs": "take theirs", "later": "later"}
_STYLES: dict[Choice, str] = {"ours": "edited", "theirs": "good", "later": "quiet"}


class Resolved(Message):
    """What was decided is done; `words` says what."""

    words: str


class ConflictScreen(Dialog["Mapping[int, Choice]"]):
    """Shows theirs and ours of each conflict. Dismisses with the choice of each, by its place in the list."""

    CSS_PATH = "conflicts.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("conflict", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("conflict")
    AUTO_FOCUS = "LineList"

    def __init__(self, conflicts: Sequence[Conflict]) -> None:
        super().__init__()
        self.conflicts = conflicts
        self.choices: list[Choice] = ["later"] * len(conflicts)

    def compose(self) -> ComposeResult:
        """What has happened, the list, both values in full, and the keys."""
        count = plural(len(self.conflicts), "pending edit")
        with Vertical(classes="dialog"):
            yield Static(f"Changed underneath: {count} to decide about", classes="title", markup=False)
            yield Static(
                "Somebody else has changed these fields since you edited them. Nothing is written until you decide.",
                classes="body",
                markup=False,
            )
            yield LineList[int](id="conflicts")
            yield Painted(id="values")
            yield Bar(id="note")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show the conflicts."""
        entries = [Entry(index, partial(self._line, index)) for index in range(len(self.conflicts))]
        self.query_one(LineList).show(entries)

    def _line(self, index: int, width: int) -> Line:
        conflict, choice = self.conflicts[index], self.choices[index]
        edit = conflict.edit
        name = harmless(conflict.name or edit.deployment)
        room = max(10, width - 14 - len(edit.field) - 2)
        return [
            (pad(_WORDS[choice], 13), _STYLES[choice]),
            (f"{edit.field}  ", "strong"),
            (pad(shorten(name, room, "middle"), room), "unreadable" if conflict.gone else ""),
        ]

    @on(LineList.Moved)
    def _moved(self) -> None:
        self.query_one("#note", Bar).show([])
        here = self.query_one(LineList).here
        if here is None:
            return
        conflict = self.conflicts[here]
        edit, width = conflict.edit, max(20, self.query_one("#values").content_size.width)
        now = conflict.theirs
        theirs = value_words(said(now)) if now is not None else harmless(conflict.gone)
        rows = (
            ("was", value_words(edit.old), "quiet"),
            ("theirs", theirs, "good"),
            ("ours", value_words(edit.new), "edited"),
        )
        self.query_one("#values", Painted).paint(
            [[(f"{label:>6}  ", "quiet"), (shorten(text, width - 8, "middle"), style)] for label, text, style in rows]
        )

    def action_take(self, choice: Choice) -> None:
        """Choose for the conflict under the cursor, and go on to the next."""
        shown = self.query_one(LineList)
        here = shown.here
        if here is None:
            return
        conflict = self.conflicts[here]
        if choice == "ours" and conflict.gone:
            self.query_one("#note", Bar).show(
                [("There is nowhere to keep it: take theirs, or decide later.", "invalid")]
            )
            return
        self.choices[here] = choice
        shown.refresh()
        shown.cursor += 1

    def action_take_all(self, choice: Choice) -> None:
        """Choose the same for all; what has nowhere to go stays as it was chosen."""
        for index, conflict in enumerate(self.conflicts):
            if not (choice == "ours" and conflict.gone):
                self.choices[index] = choice
        self.query_one(LineList).refresh()

    @on(LineList.Chosen)
    def _double_clicked(self) -> None:
        """Choose the next of the three."""
        here = self.query_one(LineList).here
        if here is not None:
            order: tuple[Choice, ...] = ("later", "theirs") if self.conflicts[here].gone else get_args(Choice)
            self.choices[here] = order[(order.index(self.choices[here]) + 1) % len(order)]
            self.query_one(LineList).refresh()

    def action_apply(self) -> None:
        """Go on with what is chosen."""
        self.dismiss(dict(enumerate(self.choices)))

    def action_back(self) -> None:
        """Decide everything later."""
        self.dismiss({})


def ask(screen: Screen[Any], work: jobs.Jobs, conflicts: Sequence[Conflict]) -> None:
    """Ask the user about these conflicts; `Resolved` comes to `screen` when what was chosen is done."""

    def done(choices: Mapping[int, Choice] | None) -> None:
        work.run(screen, "settle what has changed underneath", _settling(conflicts, choices or {}))

    screen.app.push_screen(ConflictScreen(conflicts), done)


def _settling(conflicts: Sequence[Conflict], choices: Mapping[int, Choice]) -> Callable[[Workspace], Resolved]:
    def work(workspace: Workspace) -> Resolved:
        from rea_xcom_tui.fleet.edit.conflicts import keep_ours, take_theirs

        chosen: dict[Choice, list[Conflict]] = {"ours": [], "theirs": [], "later": []}
        for index, conflict in enumerate(conflicts):
            chosen[choices.get(index, "later")].append(conflict)
        keep_ours(workspace, chosen["ours"])
        take_theirs(workspace, chosen["theirs"])
        said = {"ours": "kept", "theirs": "dropped for what is in the file", "later": "still to decide; w asks again"}
        return Resolved(", ".join(f"{len(found)} {said[name]}" for name, found in chosen.items() if found))

    return work
