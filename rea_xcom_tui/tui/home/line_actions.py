"""What is typed after `:` in the fleet, done."""

from __future__ import annotations

from textual import on

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.home.bulk_actions import FleetBulk
from rea_xcom_tui.tui.home.command_bar import CommandLine
from rea_xcom_tui.tui.home.command_line import (
    CampaignLine,
    CompareLine,
    DoLine,
    FilterLine,
    SaveLine,
    SetLine,
    parse_line,
)
from rea_xcom_tui.tui.home.sorting import query_matcher
from rea_xcom_tui.tui.home.suggestions import KnownValues
from rea_xcom_tui.tui.kit.styled_lines import Bar


class FleetLineActions(FleetBulk):
    """Opens the command line over the status line, and does what was typed there."""

    async def action_command_line(self) -> None:
        """Type a command; what was typed after the key comes to it already."""
        if not self.query(CommandLine):
            line = CommandLine(KnownValues(self.rows))
            await self.mount(line, before="#status")
            self.set_focus(line)

    @on(CommandLine.Offered)
    def _offered(self, event: CommandLine.Offered) -> None:
        self.query_one("#status", Bar).show(event.line)

    @on(CommandLine.Left)
    def _left_line(self) -> None:
        self.table.focus()
        self.show_status()

    def on_descendant_blur(self) -> None:
        """The command line is there only while one types in it."""
        for line in self.query(CommandLine):
            if not line.has_focus:
                line.remove()

    @on(CommandLine.Entered)
    async def _line_entered(self, event: CommandLine.Entered) -> None:
        self.set_focus(self.table)  # at once, because no command works while one types
        self.show_status()
        try:
            parsed = parse_line(event.text)
            if isinstance(parsed, SetLine):
                await self._set_line(parsed)
            elif isinstance(parsed, FilterLine):
                self.filter_by(parsed.query)
            elif isinstance(parsed, SaveLine):
                self.save_query(parsed.name)
            elif isinstance(parsed, CompareLine):
                self.compare_revisions(parsed.revisions)
            elif isinstance(parsed, CampaignLine):
                self.campaign_line(parsed.verb, parsed.text)
            else:
                await self._do(parsed)
        except (ValueError, ToolError) as error:
            self.say(f"! {clean(error)}", "invalid")

    async def _do(self, line: DoLine) -> None:
        name = f"action_{line.command.action.partition('(')[0]}"
        target = self if hasattr(self, name) else self.app
        await target.run_action(line.command.action)

    async def _set_line(self, line: SetLine) -> None:
        if self.may_change() is None:
            return
        if line.where is not None:
            matcher = query_matcher(line.where)
            ids = [row.id for row in self.rows if row.deployment and (matcher is None or matcher(row))]
        else:
            here = self.table.cursor
            ids = self.marked_ids() if len(self.table.marks) else [here.id] if here and here.deployment else []
        if not ids:
            self.query_one("#status", Bar).show([("! no deployment is selected by this", "invalid")])
        elif len(ids) == 1:
            self.edit(ids, line.field, line.text)
        else:
            await self.edit_many(ids, line.field, "unset" if line.text is None else line.text)
