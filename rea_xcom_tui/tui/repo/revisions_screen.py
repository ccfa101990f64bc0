"""Two revisions side by side in meaning: which fields of which deployments differ, and who changed them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from rea_xcom_tui.fleet.history.revisions import WORKING_TREE, Range
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.cells.explain import value_words
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten, shorten_change
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line
from rea_xcom_tui.xcom.model import FIELDS

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.history.revisions import Comparison
    from rea_xcom_tui.fleet.model import Deployment, Fleet
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import NamedRef, Repository
    from rea_xcom_tui.xcom.compare import FieldDelta

FILES_HERE = "working tree"
"""What the files as they are on the disk are called here."""


_KINDS = {
    "added": "the deployment is new",
    "removed": "the deployment was removed",
    "readable": "its file could not be read before",
    "unreadable": "its file can no longer be read",
}


class Compared(Message):
    """What differs between two revisions."""

    wanted: Range
    found: Comparison


class Refs(Message):
    """What can be compared, to choose the old or the new side from."""

    refs: Sequence[NamedRef]
    old: bool


class RevisionsScreen(ListScreen["FieldDelta", None]):
    """The changes from one revision to another, or to the working tree."""

    PLACES: ClassVar[tuple[Place, ...]] = ("revisions", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("revisions")
    DEFAULT_CSS = """
    RevisionsScreen #words { height: 1; background: $panel; padding: 0 1; display: none; }
    RevisionsScreen #words.-asked { display: block; }
    """

    def __init__(self, work: jobs.Jobs, workspace: Workspace, wanted: Range) -> None:
        super().__init__(work)
        self.workspace = workspace
        self.wanted = wanted
        self.found: Comparison | None = None

    def compose(self) -> ComposeResult:
        """Like every list, with a line for words to look for."""
        for widget in super().compose():
            if widget.id == "status":
                yield Input(placeholder="words in name, file, field or value", id="words", compact=True)
            yield widget

    def on_mount(self) -> None:
        """Compare."""
        self._compare(self.wanted)

    def _compare(self, wanted: Range) -> None:
        self.say("Comparing…", "edited")

        def take(workspace: Workspace) -> tuple[Repository, Fleet]:
            return workspace.repository.for_another_thread(), workspace.here.fleet

        def work(taken: tuple[Repository, Fleet]) -> Compared:
            from rea_xcom_tui.fleet.history.revisions import compare_revisions

            return Compared(wanted, compare_revisions(*taken, wanted))

        self.jobs.look(self, f"compare {side_name(wanted.old)} with {side_name(wanted.new)}", take, work)

    @on(Compared)
    def _compared(self, event: Compared) -> None:
        self.wanted, self.found = event.wanted, event.found
        self.say("Enter shows who changed it · o and n choose the sides · x swaps them", "quiet")
        self._refresh()

    def _failed(self, event: jobs.Failed) -> None:
        self.say("", "quiet")
        self._refresh()
        self.fail(event)

    @on(Input.Changed, "#words")
    def _refresh(self) -> None:
        words = self.query_one("#words", Input).value.lower().split()
        all_ = self.found.changes if self.found else ()
        shown = [change for change in all_ if _has(change, self._deployment(change), words)]
        self.listed.empty_text = self._nothing(bool(words))
        names = [self._called(change) for change in shown]
        width = max(map(len, names), default=0)
        self.listed.show(
            [
                Entry(change, partial(change_line, change, name, width))
                for change, name in zip(shown, names, strict=True)
            ]
        )
        reach = plural(len({change.deployment for change in shown}), "deployment")
        some = f"{len(shown)} of " if len(shown) < len(all_) else ""
        counts = (
            f"  {some}{plural(len(all_), 'change')} in {reach}" if all_ else "  no differences" if self.found else ""
        )
        sides = f"{side_name(self.wanted.old)} → {side_name(self.wanted.new)}"
        forked = " since they diverged" if self.wanted.forked else ""
        self.query_one("#header", Bar).show(
            [("Revisions  ", "title"), (sides, "strong"), (forked, "quiet")], [(counts, "quiet")]
        )

    def _nothing(self, filtered: bool) -> str:
        if self.found is None:
            return "Nothing compared yet; o and n choose what to compare."
        if filtered and self.found.changes:
            return "No change contains these words; Esc in the line below clears them."
        notes = "".join(f" ({harmless(note)})" for note in self.found.notes)
        return f"No field of any deployment differs between the two.{notes}"

    def _deployment(self, change: FieldDelta) -> Deployment | None:
        return self.workspace.fleet.by_id.get(change.deployment)

    def _called(self, change: FieldDelta) -> str:
        deployment = self._deployment(change)
        gone = change.deployment.rpartition("/")[0] or change.deployment
        return harmless(self.workspace.fleet.called(deployment.id) if deployment else gone)

    @on(LineList.Moved)
    def _moved(self) -> None:
        here = self.listed.here
        self.detail.show(partial(change_details, here) if here else lambda _: ())

    # Choosing what is compared

    def action_old_side(self) -> None:
        """Choose what is compared from."""
        self._ask(old=True)

    def action_new_side(self) -> None:
        """Choose what is compared to."""
        self._ask(old=False)

    def _ask(self, *, old: bool) -> None:
        def take(workspace: Workspace) -> Repository:
            return workspace.repository.for_another_thread()

        self.jobs.look(self, "list the branches", take, lambda repository: Refs(repository.refs(), old=old))

    @on(Refs)
    def _refs(self, event: Refs) -> None:
        choices = [] if event.old else [(FILES_HERE, WORKING_TREE, "files as they are here")]
        choices.append(("HEAD", "HEAD", "checked out"))
        choices += [(ref.name, ref.full, ref.kind) for ref in event.refs]

        def chosen(ref: str | None) -> None:
            if ref is not None:
                sides = {"old": ref} if event.old else {"new": ref}
                self._compare(replace(self.wanted, **sides, forked=False))

        title = "Compare from which revision?" if event.old else "Compare to which revision?"
        self.app.push_screen(RefChoice(title, choices), chosen)

    def action_swap(self) -> None:
        """Exchange the two sides."""
        if self.wanted.new == WORKING_TREE:
            self.say("The working tree is always the new side; n chooses a different one.")
        else:
            self._compare(Range(self.wanted.new, self.wanted.old))

    # Looking

    def action_filter(self) -> None:
        """Type words that the changes must have."""
        line = self.query_one("#words", Input)
        line.add_class("-asked")
        line.focus()

    @on(Input.Submitted, "#words")
    def _filtered(self) -> None:
        self.listed.focus()

    def on_key(self, event: events.Key) -> None:
        """Esc clears the words first, and only then leaves the screen."""
        line = self.query_one("#words", Input)
        if event.key == "escape" and (line.value or self.focused is line):
            event.stop()
            line.value = ""
            line.remove_class("-asked")
            self.listed.focus()

    @on(LineList.Chosen)
    def action_history(self) -> None:
        """Show who changed the field under the cursor."""
        from rea_xcom_tui.tui.repo.history_screen import HistoryScreen

        here = self.listed.here
        deployment = self._deployment(here) if here else None
        if here is None:
            return
        if deployment is None:
            self.say(f"{clean(here.deployment)} is not in the working tree, so its history cannot be shown here.")
            return
        field = here.field if here.field in FIELDS else None
        self.app.push_screen(HistoryScreen(self.jobs, self.workspace, deployment, field))


class RefChoice(Dialog[str]):
    """A revision chosen from a list, or typed. Dismisses with it, or None."""

    AUTO_FOCUS = "Input"
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CSS = """
    RefChoice {
        & .title { text-style: bold; width: 1fr; }
        & Input { background: $panel; margin: 1 0 1 0; }
        & LineList { height: 12; }
        & #told { padding: 0; margin: 1 0 0 0; }
    }
    """

    def __init__(self, title: str, choices: Sequence[tuple[str, str, str]]) -> None:
        super().__init__()
        self._title = title
        self._choices = choices
        """Each as people say it, as git takes it, and what kind it is."""

    def compose(self) -> ComposeResult:
        """What is asked, a line to type in, and what there is."""
        with Vertical(classes="dialog"):
            yield Static(self._title, classes="title", markup=False)
            yield Input(placeholder="type to narrow it down, or any revision: HEAD~3, v1.2, 4f1c2e9", compact=True)
            yield LineList[str](id="refs")
            yield Bar(id="told")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show everything there is."""
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._narrow(event.value)

    def _narrow(self, text: str) -> None:
        words = text.lower().split()
        found = [choice for choice in self._choices if all(word in choice[0].lower() for word in words)]
        listed = self.query_one("#refs", LineList)
        listed.empty_text = f"Enter uses {clean(text, 40)} as typed."
        listed.show([Entry(ref, partial(_ref_line, name, kind)) for name, ref, kind in found])
        self.query_one("#told", Bar).show([("Enter accepts · ↑ ↓ choose · Esc goes back", "quiet")])

    def on_key(self, event: events.Key) -> None:
        """Move in the list and leave the dialog while one types."""
        listed = self.query_one("#refs", LineList)
        if event.key in ("up", "down"):
            event.stop()
            listed.action_list_move(-1 if event.key == "up" else 1)
        elif event.key == "escape":
            event.stop()
            self.dismiss(None)

    @on(Input.Submitted)
    @on(LineList.Chosen)
    def _take(self) -> None:
        listed = self.query_one("#refs", LineList)
        typed = self.query_one(Input).value.strip()
        self.dismiss(typed if listed.here is None else str(listed.here))


def side_name(ref: str) -> str:
    """A side of a comparison as people say it."""
    for prefix in ("refs/heads/", "refs/remotes/", "refs/tags/"):
        ref = ref.removeprefix(prefix)
    return shorten(harmless(ref), 40, "middle") if ref != WORKING_TREE else FILES_HERE


def _has(change: FieldDelta, deployment: Deployment | None, words: Sequence[str]) -> bool:
    name = deployment.name if deployment else ""
    text = f"{name} {change.deployment} {change.field or change.kind} {change.old} {change.new}".lower()
    return all(word in text for word in words)


def _words(change: FieldDelta) -> str:
    if change.kind != "changed":
        return _KINDS[change.kind]
    return f"{value_words(change.old)} → {value_words(change.new)}"


def change_line(change: FieldDelta, name: str, widest: int, width: int) -> Line:
    """One change on one line: deployment, field, old to new."""
    room = max(8, min(widest, width // 3))
    field = pad(change.field or change.kind, 11)
    left = f"{pad(shorten(name, room, 'middle'), room)}  "
    rest = max(10, width - len(left) - len(field) - 1)
    return [(left, "strong"), (f"{field} ", "quiet"), (shorten_change(_words(change), rest), "edited")]


def change_details(change: FieldDelta, width: int) -> list[Line]:
    """A change in full."""
    lines: list[Line] = [[(shorten(harmless(change.deployment), width, "start"), "strong")], []]
    if change.kind != "changed":
        return [*lines, [(_words(change), "")]]
    lines.append([(change.field, "title")])
    for label, value, state in (("was", change.old, change.old_state), ("is", change.new, change.new_state)):
        note = f"  ({state})" if state not in ("set", "unset") else ""
        text = f"{label:<5}{value_words(value)}{note}"
        lines += [[(text[start : start + width], "")] for start in range(0, max(1, len(text)), max(10, width))]
    return lines


def _ref_line(name: str, kind: str, width: int) -> Line:
    room = max(10, width - len(kind) - 3)
    return [(pad(f" {shorten(harmless(name), room - 1, 'middle')}", room), ""), (f"  {kind}", "quiet")]
