"""A new deployment: a form that asks only what the fleet's pattern does not say, and shows every line it will add."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal
from textual.widgets import Input, Static

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, shorten
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.line_list import Page
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line
from rea_xcom_tui.xcom.model import FIELDS, FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.campaign.onboarding import Onboarding
    from rea_xcom_tui.fleet.campaign.sibling_files import Wanted
    from rea_xcom_tui.fleet.model import Deployment
    from rea_xcom_tui.fleet.workspace import Workspace


_ASKED = "Type its name; what it will add is shown as you type. Tab goes to the values."


class Previewed(Message):
    """What the form yields: the lines that would be added, or why there are none."""

    number: int
    found: Onboarding | None
    lines: Sequence[str]
    why: str


class Written(Message):
    """The new deployment is on the disk."""


class NewScreen(ListScreen[None, str]):
    """The form. Dismisses with the name of what was written, or None."""

    PLACES: ClassVar[tuple[Place, ...]] = ("new",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("new")
    AUTO_FOCUS = "#name"
    DEFAULT_CSS = """
    NewScreen Horizontal { height: 2; padding: 0 1; }
    NewScreen .label { width: 10; color: $text-muted; }
    NewScreen Input { width: 1fr; height: 1; background: $panel; padding: 0 1; margin: 0 0 1 0; }
    NewScreen #lines { height: 1fr; padding: 0 1; }
    """

    def __init__(self, work: jobs.Jobs, sibling: Deployment, name: str = "", source: Path | None = None) -> None:
        super().__init__(work)
        self.sibling = sibling
        self.source = source
        """A values file that takes the place of the sibling's, such as a download; None for a copy."""
        self._named = name
        self.found: Onboarding | None = None
        self._asked = 0
        self._told = 0
        """The newest of what was asked for that has been told."""

    def compose(self) -> ComposeResult:
        """Header, the two lines of the form, what would be added, what is said, and the keys."""
        yield Bar(id="header")
        with Container():
            with Horizontal():
                yield Static("name", classes="label", markup=False)
                yield Input(self._named, placeholder="name of the new deployment", id="name", compact=True)
            with Horizontal():
                yield Static("values", classes="label", markup=False)
                yield Input(
                    placeholder="what cannot be inferred: KEY=VALUE KEY=VALUE, such as threshold=1MiB",
                    id="values",
                    compact=True,
                )
            yield Page(id="lines")
        yield Bar(id="status")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Say what the new deployment is modelled on."""
        like = harmless(self.sibling.name)
        source = f", with the values of {harmless(self.source.name)}" if self.source is not None else ""
        self.query_one("#header", Bar).show([("New deployment  ", "title"), (f"after {like}{source}", "strong")])
        self.say(_ASKED, "quiet")

    @on(Input.Changed)
    def _typed(self) -> None:
        self.found = None
        self._asked += 1
        number, sibling = self._asked, self.sibling
        try:
            wanted = self._wanted()
        except ValueError as problem:
            self._nothing(harmless(str(problem)), "invalid")
            return
        if not wanted.name:
            self._nothing(_ASKED, "quiet")
            return

        source = self.source
        self.say("Working out what it will add…", "quiet")

        def work(workspace: Workspace) -> Previewed:
            from rea_xcom_tui.errors import ToolError
            from rea_xcom_tui.fleet.campaign.onboarding import new_deployment
            from rea_xcom_tui.fleet.drift.releases import exported_values
            from rea_xcom_tui.fleet.qualified import deployment_of
            from rea_xcom_tui.reports.onboarding import text

            if number != self._asked:  # something else has been typed since
                return Previewed(number, None, (), "")
            try:
                content = exported_values(source) if source is not None else None
                home = workspace.each()[sibling.repo]
                found = new_deployment(home, deployment_of(sibling), replace(wanted, content=content))
            except (ToolError, ValueError) as problem:
                return Previewed(number, None, (), str(problem))
            return Previewed(number, found, text(found, sibling.repo).split("\n"), "")

        self.jobs.run(self, "work out the new deployment", work)

    def _nothing(self, why: str, style: str) -> None:
        """Say why nothing would be added, and show none of the lines that something else would have added."""
        self._told = self._asked
        self.query_one("#lines", Page).show(partial(_painted, ()))
        self.say(why, style)

    def _wanted(self) -> Wanted:
        """What the form says. Raises `ValueError` with one sentence where it is half filled."""
        from rea_xcom_tui.fleet.campaign.sibling_files import Wanted

        fields: dict[FieldName, str] = {}
        others: dict[str, str] = {}
        for word in self.query_one("#values", Input).value.split():
            key, equals, value = word.partition("=")
            if not equals or not value:
                raise ValueError(f"{word} has no value yet; write KEY=VALUE")
            field = next((one for one in FIELDS if one == key), None)
            if field is not None:
                fields[field] = value
            else:
                others[key] = value
        namespace = others.pop("namespace", None)
        name = self.query_one("#name", Input).value.strip()
        return Wanted(name, namespace=namespace, fields=fields, others=others)

    @on(Previewed)
    def _previewed(self, event: Previewed) -> None:
        if event.number != self._asked:
            return
        self._told = event.number
        self.found = event.found
        self.query_one("#lines", Page).show(partial(_painted, event.lines))
        if event.found is None:
            self.say(harmless(event.why), "invalid")
        elif event.found.open:
            self.say(harmless(f"{event.found.open[0]} as one of the values"), "edited")
        else:
            files = plural(len(event.found.files), "file")
            self.say(f"Enter writes {files}; u takes them back", "good")

    def action_next_line(self) -> None:
        """Go to the other line of the form."""
        self.focus_next(Input)

    def action_write(self) -> None:
        """Write what is shown; where a value is missing, go to where it is typed."""
        found = self.found
        if found is None:
            if not self.query_one("#name", Input).value.strip():
                self.query_one("#name", Input).focus()
                self.say("The new deployment has no name yet; type it.", "invalid")
            elif self._told != self._asked:
                self.say("Still working out what it will add; Enter again once it is shown.", "edited")
            return
        if found.open:
            self.query_one("#values", Input).focus()
            self.say(harmless(f"{plural(len(found.open), 'value')} missing: {found.open[0]}"), "invalid")
            return

        repo = self.sibling.repo

        def work(workspace: Workspace) -> Written:
            workspace.each()[repo].write_files(found.plan, found.title)
            return Written()

        self.jobs.run(self, "write the new deployment", work)

    @on(Written)
    def _written(self) -> None:
        self.dismiss(self.found.name if self.found is not None else None)


def _painted(lines: Sequence[str], width: int) -> list[Line]:
    styles = {"+": "added", "-": "removed", "@": "quiet"}
    return [[(shorten(harmless(line), width, "end"), styles.get(line[:1], ""))] for line in lines]
