"""The small forms of the drift screen: what to compare with, accepting, and what else there is to know."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ModalScreen, ScreenResultType
from textual.widgets import Footer, Input, Static

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.bindings import bindings_of
from rea_xcom_tui.tui.commands import Place
from rea_xcom_tui.tui.fitting import harmless, pad
from rea_xcom_tui.tui.widgets.painted import Bar, Line
from rea_xcom_tui.tui.widgets.row_list import RowList

Accept = tuple[str, str, "date | None"]
"""A reason, an owner, and the last day."""


class DriftForm(ModalScreen[ScreenResultType]):
    """A dialog over the drift screen, with its keys in the footer. Each form has its own `action_accept`."""

    CSS_PATH = "drift.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("drift-form",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("drift-form")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - Textual declares it for instances

    def note(self, text: str, style: str = "invalid") -> None:
        """Say something in the dialog."""
        self.query_one("#note", Bar).show([(text, style)])

    def action_back(self) -> None:
        """Change nothing."""
        self.dismiss(None)


class AgainstForm(DriftForm[str]):
    """Asks what to compare the fleet with. Dismisses with it as the core takes it, or None."""

    AUTO_FOCUS = "#options"

    def __init__(self, now: str, here: tuple[str, str] | None, *, declared: bool) -> None:
        super().__init__()
        self.options: list[tuple[str, str, str]] = [
            ("majority", "majority", "what most deployments of each group have")
        ]
        declares = "what .rea-xcom.yaml says" if declared else "none declared yet; adopting (a) declares one"
        self.options.append(("baseline" if declared else "", "baseline", declares))
        self.options.append(("components", "itself", "worker, DAG processor and triggerer of one deployment"))
        if here is not None:
            name = harmless(here[1])
            self.options.append((f"deployment:{here[0]}", "deployment", f"{name}, the one under the fleet's cursor"))
        self.options.append(("?", "commit", "a branch, tag or commit; or releases:FOLDER"))
        self._now = now

    def compose(self) -> ComposeResult:
        """What can be chosen, and a line for what cannot be listed."""
        with Vertical(classes="dialog"):
            yield Static("Compare the fleet with", classes="title", markup=False)
            yield RowList(id="options")
            with Horizontal(id="typed"):
                yield Static("commit", classes="label", markup=False)
                yield Input(id="ref", compact=True, placeholder="main, v1.2, HEAD~3, releases:FOLDER")
            yield Bar(id="note")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Put the cursor on what counts now."""
        values = [value for value, _, _ in self.options]
        typed = self._now not in values
        if typed:
            self.query_one("#ref", Input).value = self._now
            self.query_one("#ref", Input).focus()
        cursor = len(values) - 1 if typed else values.index(self._now)
        self.call_after_refresh(self.query_one(RowList).show, len(values), self._line, None, cursor)

    def _line(self, index: int, width: int, here: bool) -> Line:
        value, title, words = self.options[index]
        text = f"{'▸' if here else ' '} {pad(title, 12)}"
        if here and self.query_one(RowList).has_focus:
            return [(pad(f"{text}  {words}", width), "here")]
        return [(text, "strong" if value else "quiet"), (f"  {words}", "quiet")]

    def on_key(self, event: events.Key) -> None:
        """Move among the options; beyond the last one, type."""
        rows, ref = self.query_one(RowList), self.query_one("#ref", Input)
        if rows.has_focus and event.key in ("down", "j", "up", "k"):
            event.stop()
            if event.key in ("down", "j") and rows.cursor == rows.count - 1:
                ref.focus()
            else:
                rows.move(1 if event.key in ("down", "j") else -1)
        elif ref.has_focus and event.key == "up":
            event.stop()
            rows.focus()

    @on(RowList.Opened)
    def _opened(self) -> None:
        self.action_accept()

    def action_accept(self) -> None:
        """Take what is chosen, or typed."""
        rows, ref = self.query_one(RowList), self.query_one("#ref", Input)
        value = self.options[rows.cursor][0]
        if ref.has_focus:
            if ref.value.strip():
                self.dismiss(ref.value.strip())
            else:
                self.note("Type a branch, a tag or a commit.")
        elif value == "?":
            ref.focus()
        elif value:
            self.dismiss(value)
        else:
            self.note("This repo declares no baseline yet; a on a cause writes one down.")


class IgnoreForm(DriftForm[Accept]):
    """Asks why a deviation is accepted, who answers for it, and how long."""

    AUTO_FOCUS = "#reason"

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what = what

    def compose(self) -> ComposeResult:
        """Three lines."""
        with Vertical(classes="dialog"):
            yield Static(f"Accept {clean(self._what)} as it is", classes="title", markup=False)
            for name, hint in (
                ("reason", "why it may differ; others read it later"),
                ("owner", "who answers for it; may be empty"),
                ("expires", "its last day, such as 2027-01-31; may be empty"),
            ):
                with Horizontal():
                    yield Static(name, classes="label", markup=False)
                    yield Input(id=name, compact=True, placeholder=hint)
            yield Bar(id="note")
        yield Footer(compact=True, show_command_palette=False)

    def on_mount(self) -> None:
        """Say what comes next."""
        self.note("It goes to .rea-xcom.yaml; pending like any edit until w writes it.", "quiet")

    def on_key(self, event: events.Key) -> None:
        """The arrows go from line to line."""
        if event.key in ("up", "down"):
            event.stop()
            (self.focus_next if event.key == "down" else self.focus_previous)(Input)

    def action_accept(self) -> None:
        """Take the three, once there is a reason and the day is one."""
        reason, owner, last = (self.query_one(f"#{name}", Input) for name in ("reason", "owner", "expires"))
        if not reason.value.strip():
            reason.focus()
            self.note("A reason is needed, so that others can tell later whether it still holds.")
            return
        day = None
        if last.value.strip():
            try:
                day = date.fromisoformat(last.value.strip())
            except ValueError:
                last.focus()
                self.note(f"{harmless(last.value)} is no day; write it as 2027-01-31.")
                return
            if day < date.today():
                last.focus()
                self.note(f"{day} is over already; give a day to come, or none.")
                return
        self.dismiss((reason.value.strip(), owner.value.strip(), day))


class NotesForm(DriftForm[None]):
    """What a comparison could not tell, and what is accepted."""

    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, notes: Sequence[str]) -> None:
        super().__init__()
        self._notes = notes

    def compose(self) -> ComposeResult:
        """One paragraph for each."""
        with Vertical(classes="dialog"):
            yield Static("Beside the causes", classes="title", markup=False)
            with VerticalScroll(id="rows"):
                for text in self._notes:
                    yield Static(f"· {clean(text)}", markup=False)
        yield Footer(compact=True, show_command_palette=False)

    def action_accept(self) -> None:
        """Close."""
        self.dismiss(None)
