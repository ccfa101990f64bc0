"""The command palette, fed from the registry."""

from __future__ import annotations

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from rea_xcom_tui.tui.keys.commands import Command, of_place, shown_keys


class RegistryCommands(Provider):
    """The commands of the screen that the palette was opened on, by title or id."""

    @property
    def _known(self) -> list[Command]:
        places = getattr(self.screen, "PLACES", ())
        return [command for command in of_place(*places, "any") if command.palette]

    async def _do(self, command: Command) -> None:
        screen = self.screen
        target = screen if hasattr(screen, f"action_{command.action.partition('(')[0]}") else self.app
        await target.run_action(command.action)

    async def discover(self) -> Hits:
        """Every command, before anything is typed."""
        for command in self._known:
            yield DiscoveryHit(f"{command.title}", partial(self._do, command), help=self._help(command))

    async def search(self, query: str) -> Hits:
        """The commands that match what is typed."""
        matcher = self.matcher(query)
        for command in self._known:
            text = f"{command.title} · {command.id}"
            if (score := matcher.match(text)) > 0:
                yield Hit(score, matcher.highlight(text), partial(self._do, command), help=self._help(command))

    def _help(self, command: Command) -> str:
        look = getattr(self.app, "look", None)
        keys = shown_keys(command, look.keymap if look else {})
        return f"{keys}  {command.help}".strip().replace("[", "\\[")
