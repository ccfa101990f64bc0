"""The terminal app: theme, palette, quitting. What happens on a screen is the screen's business."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from textual.app import App
from textual.binding import BindingType
from textual.events import Event, Paste
from textual.filter import LineFilter
from textual.widgets import Input

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background.jobs import Fetching, Jobs
from rea_xcom_tui.tui.help.palette import RegistryCommands
from rea_xcom_tui.tui.home.open import Look
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import WRITING
from rea_xcom_tui.tui.kit.ascii import AsciiSigns
from rea_xcom_tui.tui.kit.clipboard import give_to_tmux, inside_tmux
from rea_xcom_tui.tui.kit.contrast import ReadableText
from rea_xcom_tui.tui.kit.left_once import Palette
from rea_xcom_tui.tui.kit.styled_lines import STYLES
from rea_xcom_tui.tui.kit.themes import DARK, OWN_THEMES

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

_LINE_END = re.compile(r"\r\n|\r|\n")
_READABLE = ReadableText()
_ASCII = AsciiSigns()


@runtime_checkable
class Says(Protocol):
    """A screen with a status line."""

    def say(self, text: str, style: str = "") -> None:
        """Say something there."""


class FleetApp(App[int]):
    """The fleet of one repo. `opener` finds the repo; it is called off the screen's thread."""

    TITLE = "rea-xcom-tui"
    CSS_PATH: ClassVar = [Path(__file__).with_name("app.tcss"), Path(__file__).with_name("home") / "fleet.tcss"]
    """The fleet's among them: read with its screen, it would have all style sheets read once more."""
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"painted--{name}" for name in STYLES}
    COMMANDS: ClassVar = {RegistryCommands}
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("any")
    ENABLE_COMMAND_PALETTE = True
    PAUSE_GC_ON_SCROLL = True

    def __init__(self, opener: Callable[[], Workspace], *, read_only: bool = False, look: Look | None = None) -> None:
        super().__init__()
        self.look = look or Look()
        self.jobs = Jobs(self, opener)
        self.read_only = read_only
        self.failure: str | None = None
        """Why the app ended at once, for stderr."""
        self._begin_with_theme()

    def on_mount(self) -> None:
        """Show the fleet."""
        from rea_xcom_tui.tui.home.screen import FleetScreen

        self.theme = self._wanted_theme()
        self.watch(self, "theme", self._theme_chosen, init=False)
        self.set_keymap(dict(self.look.keymap))
        self.push_screen(FleetScreen(self.jobs, self.fail, self.look))

    def _wanted_theme(self) -> str:
        wanted = (self.look.memory.theme(self.look.theme), self.look.theme, DARK.name)
        return next(name for name in wanted if name in self.available_themes)

    def _begin_with_theme(self) -> None:
        """Take a theme of ours before any style sheet is read, because another would have all read once more."""
        for theme in OWN_THEMES:
            self.register_theme(theme)
        name = self._wanted_theme()
        if name not in (theme.name for theme in OWN_THEMES):
            return  # one of Textual's may change more than variables and classes
        self.set_reactive(App.theme, name)
        self.stylesheet.set_variables(self.get_css_variables())
        dark = self.current_theme.dark
        for own, there in ((f"-theme-{name}", True), ("-dark-mode", dark), ("-light-mode", not dark)):
            self.set_class(there, own, update=False)

    def _theme_chosen(self, name: str) -> None:
        """Keep the theme for the next start."""
        try:
            self.look.memory.keep_theme(name, self.look.theme)
        except ToolError as error:
            self.notify(clean(error), severity="warning", markup=False)

    def on_unmount(self) -> None:
        """Let the jobs' thread go."""
        self.jobs.close()

    def on_fetching(self, event: Fetching) -> None:
        """Say what is being fetched on the status line of the screen that is waiting for it."""
        far = "" if event.percent is None else f" {event.percent} %"
        words = f"Fetching {plural(event.count, 'file')} that this partial clone left on {clean(event.remote)}…{far}"
        if isinstance(self.screen, Says):
            self.screen.say(words, "edited")

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What every line goes through before it is shown."""
        filters = super().get_line_filters()
        return [*filters, _READABLE, *([_ASCII] if self.look.ascii else [])]

    async def on_event(self, event: Event) -> None:
        """Have a paste into a line of input begin with its first text, which Textual would drop after a line end."""
        if isinstance(event, Paste) and not event.is_forwarded and isinstance(self.focused, Input):
            self._paste_line(self.focused, event.text)
            return
        await super().on_event(event)

    def _paste_line(self, line: Input, text: str) -> None:
        """Insert the first line of `text` that is not empty, and say what is left out."""
        lines = [part for part in _LINE_END.split(text) if part.strip()]
        if not lines:
            return
        if line.selection.is_empty:
            line.insert_text_at_cursor(lines[0])
        else:
            line.replace(lines[0], *line.selection)
        if len(lines) > 1:
            self.notify(f"Only the first of {len(lines)} pasted lines is taken here.", markup=False)

    def copy_to_clipboard(self, text: str) -> None:
        """Copy by the terminal's own escape, which works over ssh; inside tmux also through tmux."""
        super().copy_to_clipboard(text)
        if (tmux := inside_tmux(os.environ)) is not None:
            self.run_worker(partial(give_to_tmux, tmux, text), thread=True, exit_on_error=False)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While one types, a question mark is a question mark."""
        typing = self.focused is not None and self.focused.check_consume_key("question_mark", "?")
        return not (action == "help" and typing)

    async def action_help(self) -> None:
        """Show the keys of the present screen; what is typed next is searched for."""
        from rea_xcom_tui.tui.help.screen import HelpScreen

        if not isinstance(self.screen, HelpScreen):
            without = WRITING if self.writes_nothing else ()
            screen = HelpScreen(getattr(self.screen, "PLACES", ()), self.look.keymap, without)
            await self.push_screen(screen)
            screen.set_focus(screen.query_one(Input))

    def action_command_palette(self) -> None:
        """Show the list of commands."""
        if not isinstance(self.screen, Palette):
            self.push_screen(Palette(id="--command-palette"))

    async def action_leave(self) -> None:
        """Quit, after the question that the fleet asks when something would be lost."""
        from rea_xcom_tui.tui.home.screen import FleetScreen

        for screen in self.screen_stack:
            if isinstance(screen, FleetScreen):
                screen.changes.action_leave()
                return
        self.exit(0)

    @property
    def writes_nothing(self) -> bool:
        """Whether nothing may be written in this session, so that no key for it is offered."""
        from rea_xcom_tui.tui.home.screen import FleetScreen

        found = next((screen for screen in self.screen_stack if isinstance(screen, FleetScreen)), None)
        workspace = found.workspace if found is not None else None
        return self.read_only or (workspace is not None and workspace.read_only is not None)

    def action_help_quit(self) -> None:
        """On Ctrl+C: stop what takes long, or tell how to leave."""
        if not self.jobs.stop():
            words = "Esc goes back, q quits; Ctrl+Q quits from anywhere."
            if isinstance(self.screen, Says):
                self.screen.say(words)
            else:
                self.notify(words, markup=False)

    def fail(self, reason: str) -> None:
        """End at once with a sentence for stderr and exit code 2."""
        self.failure = reason
        self.exit(2, return_code=2)
