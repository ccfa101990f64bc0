"""The small forms of the drift screen: what to compare with, accepting, and what else there is to know."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.screen import ScreenResultType
from textual.widgets import Input, Static

from rea_xcom_tui.fleet.drift.against import Against
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.drift.jobs import EntryFound
from rea_xcom_tui.tui.drift.spread_lines import all_spreads
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import LineList, Page, drawn_by
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line

if TYPE_CHECKING:
    from rea_xcom_tui.xcom.drift import Spreads

Accept = tuple[str, str, "date | None"]
"""A reason, an owner, and the last day."""


class DriftForm(Dialog[ScreenResultType]):
    """A dialog over the drift screen, with its keys in the footer. Each form has its own `action_accept`."""

    CSS_PATH = "drift.tcss"
    PLACES: ClassVar[tuple[Place, ...]] = ("drift-form",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("drift-form")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (120, "-wide")]  # noqa: RUF012 - Textual declares it for instances

    def note(self, text: str, style: str = "invalid") -> None:
        """Say something in the dialog."""
        self.query_one("#note", Bar).show([(text, style)])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A form of one line, or of none, has no next one."""
        return action != "next_line" or sum(line.display for line in self.query(Input)) > 1

    def action_next_line(self) -> None:
        """Go to the line below, or from the last to the first."""
        self.focus_next(Input)

    def action_line(self, by: int) -> None:
        """Go to the line above or below."""
        (self.focus_next if by > 0 else self.focus_previous)(Input)

    def action_back(self) -> None:
        """Change nothing."""
        self.dismiss(None)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a fleet can be compared with, beside its majority and itself."""

    now: str
    """What it is compared with now, as the core takes it."""
    declared: bool
    """Whether there is a baseline."""
    here: tuple[str, str] | None
    """Id and name of the deployment under the fleet's cursor."""
    refs: Sequence[tuple[str, str, str]] = ()
    """Branches and tags: full name, name, kind; foreign text."""
    cluster: bool = True
    """Whether the client that reads from a cluster is installed."""


_TYPED = {
    "commit": ("commit", "HEAD~3, v1.2, a commit's id"),
    "releases": ("folder", "a folder with NAME.yaml, written by helm get values NAME -o yaml"),
    "cluster": ("context", "of your kubeconfig; empty for its current one"),
}
"""What is typed, by the option that asks for it: its label and a hint."""

Option = tuple[str, str, str]
"""The answer that an option stands for, or ends in `?` where more is to be typed; its title; what it is, in words."""

INSTALL = "pip install 'rea-xcom-tui[kubernetes]'"


class AgainstForm(DriftForm[str]):
    """Asks what to compare the fleet with. Dismisses with it as the core takes it, or None."""

    AUTO_FOCUS = "#options"

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self._now = choices.now
        self.options: list[Option] = [("majority", "majority", "what most deployments of each group have")]
        declares = "what .rea-xcom.yaml says" if choices.declared else "none declared yet; adopting (a) declares one"
        self.options.append(("baseline" if choices.declared else "", "baseline", declares))
        self.options.append(("components", "itself", "places of one file that override each other, and components"))
        if choices.here is not None:
            name = harmless(choices.here[1])
            self.options.append((f"deployment:{choices.here[0]}", "deployment", f"{name}, under the fleet's cursor"))
        self.options.append(("releases?", "releases", "what is running, from files exported by helm get values"))
        if choices.cluster:
            self.options.append(
                ("cluster?", "cluster", "what is running, from Helm's records; reads Secrets, writes nothing")
            )
        else:
            self.options.append(("", "cluster", f"needs {INSTALL}"))
        self.options.append(("commit?", "commit", "anything git knows; branches and tags are listed below"))
        self.options += [(full, kind, harmless(name)) for full, name, kind in choices.refs]
        self._typing = "commit"

    def compose(self) -> ComposeResult:
        """What can be chosen, and lines for what cannot be listed."""
        with Vertical(classes="dialog"):
            yield Static("Compare the fleet with", classes="title", markup=False)
            yield LineList[Option](id="options")
            with Horizontal(id="typed"):
                yield Static("", classes="label", markup=False)
                yield Input(id="ref", compact=True)
            with Horizontal(id="where"):
                yield Static("namespace", classes="label", markup=False)
                yield Input(id="namespace", compact=True, placeholder="one or more; empty for those of the deployments")
            yield Bar(id="note")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Put the cursor on what counts now."""
        values = [value for value, _, _ in self.options]
        typed, text = self._asked_for()
        self._ask(typed)
        cursor = values.index(self._now) if self._now in values else values.index(f"{typed}?")
        if self._now not in values:
            self.query_one("#ref", Input).value = text
        self.listed.styles.height = max(3, min(len(values), self.size.height - 12))
        entries = [drawn_by(option, partial(self._line, option)) for option in self.options]
        self.call_after_refresh(self.listed.show, entries, cursor)

    @property
    def listed(self) -> LineList[Option]:
        """The options."""
        return self.query_one("#options", LineList)

    def _asked_for(self) -> tuple[str, str]:
        """Which option what counts now was typed for, and what was typed."""
        now = Against.parse(self._now)
        return (now.kind, now.name) if now.kind in ("releases", "cluster") else ("commit", self._now)

    def _ask(self, kind: str) -> None:
        """Show the lines to be typed for this option."""
        label, hint = _TYPED[kind]
        self._typing = kind
        self.query_one("#typed Static", Static).update(label)
        self.query_one("#ref", Input).placeholder = hint
        self.query_one("#where").display = kind == "cluster"

    def _line(self, option: Option, width: int, *, here: bool) -> Line:
        value, title, words = option
        text = f"{'▸' if here else ' '} {pad(title, 12)}"
        if here and self.listed.has_focus:
            return [(pad(shorten(f"{text}  {words}", width), width), "here")]
        return [(text, "strong" if value else "quiet"), (shorten(f"  {words}", width - len(text)), "quiet")]

    def action_line(self, by: int) -> None:
        """Go from line to line, and back to the options."""
        ref = self.query_one("#ref", Input)
        if by < 0:
            (self.listed if ref.has_focus else ref).focus()
        elif self._typing == "cluster":
            self.query_one("#namespace", Input).focus()

    @on(LineList.Chosen)
    def _opened(self) -> None:
        self.action_accept()

    def action_accept(self) -> None:
        """Take what is chosen, or typed."""
        ref = self.query_one("#ref", Input)
        value, title, words = self.options[self.listed.cursor]
        if not self.listed.has_focus:
            self._take_typed(ref.value.strip())
        elif value.endswith("?"):
            if self._typing != value[:-1]:
                ref.value = ""
            self._ask(value[:-1])
            ref.focus()
        elif value:
            self.dismiss(value)
        elif title == "cluster":
            self.note(f"Reading from a cluster {words}, which is not installed.")
        else:
            self.note("This repo declares no baseline yet; a on a cause declares one.")

    def _take_typed(self, text: str) -> None:
        if self._typing == "cluster":
            spaces = tuple(self.query_one("#namespace", Input).value.replace(",", " ").split())
            self.dismiss(Against("cluster", text, spaces).text)
        elif not text:
            self.note("Type a folder." if self._typing == "releases" else "Type a branch, a tag or a commit.")
        else:
            named = Against.parse(text)
            revision = named if named.kind == "revision" else Against("revision", text)
            self.dismiss((Against("releases", text) if self._typing == "releases" else revision).text)


class IgnoreForm(DriftForm[Accept]):
    """Asks why a deviation is accepted, who answers for it, and how long."""

    AUTO_FOCUS = "#reason"

    def __init__(self, what: str, entry: Callable[[IgnoreForm, str, str, date | None], None]) -> None:
        super().__init__()
        self._what = what
        self._entry = entry
        """Works out the entry for what is typed; ends in `EntryFound`."""

    def compose(self) -> ComposeResult:
        """Three lines."""
        with Vertical(classes="dialog"):
            yield Static(f"Accept {clean(self._what)} as it is", classes="title", markup=False)
            for name, hint in (
                ("reason", "why it may differ, for others to read later"),
                ("owner", "who is responsible; may be empty"),
                ("expires", "until when, such as 2027-01-31; may be empty"),
            ):
                with Horizontal():
                    yield Static(name, classes="label", markup=False)
                    yield Input(id=name, compact=True, placeholder=hint)
            hint = "Tab goes to the next line. This is pending in .rea-xcom.yaml until w writes it:"
            yield Static(hint, classes="hint", markup=False)
            yield Page(id="entry")
            yield Bar(id="note")
        yield KeyBar(palette=False)

    @on(Input.Changed)
    def _typed(self) -> None:
        """Show the entry as it would be."""
        names = ("reason", "owner", "expires")
        reason, owner, last = (self.query_one(f"#{name}", Input).value.strip() for name in names)
        try:
            day = date.fromisoformat(last) if last else None
        except ValueError:
            day = None
        self._entry(self, reason or "…", owner, day)

    def on_mount(self) -> None:
        """Show the entry without what is still to be typed."""
        self._typed()

    @on(EntryFound)
    def _found(self, event: EntryFound) -> None:
        styles = {"+": "good", "-": "invalid"}
        lines = [[(harmless(line), styles.get(line[:1], ""))] for line in event.lines]
        page = self.query_one("#entry", Page)
        page.styles.height = max(1, min(len(lines), self.size.height - 14))
        page.show(lambda width: [[(shorten(text, width, "middle"), style)] for [(text, style)] in lines])

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
                self.note(f"{harmless(last.value)} is not a date; write it as 2027-01-31.")
                return
            if day < date.today():
                last.focus()
                self.note(f"{day} has already passed; give a date in the future, or none.")
                return
        self.dismiss((reason.value.strip(), owner.value.strip(), day))


class SpreadForm(DriftForm[None]):
    """How every field spreads over the groups of the fleet."""

    AUTO_FOCUS = "Page"

    def __init__(self, spreads: Spreads) -> None:
        super().__init__()
        self._spreads = spreads

    def compose(self) -> ComposeResult:
        """A bar for each group of each field."""
        with Vertical(classes="dialog spread"):
            yield Static("How the values spread, by group", classes="title", markup=False)
            yield Page(id="spreads")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Draw them."""
        self.query_one("#spreads", Page).show(lambda width: all_spreads(self._spreads, width))

    def action_line(self, by: int) -> None:
        """Scroll."""
        self.query_one("#spreads", Page).scroll_relative(y=by, animate=False)

    def action_accept(self) -> None:
        """Close."""
        self.dismiss(None)


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
        yield KeyBar(palette=False)

    def action_line(self, by: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_accept(self) -> None:
        """Close."""
        self.dismiss(None)
