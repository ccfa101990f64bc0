"""What is typed after `:` in the fleet, done."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.changes.in_layers import LayeredEdits
from rea_xcom_tui.tui.home.bulk_actions import FleetBulk
from rea_xcom_tui.tui.home.campaign_actions import FleetCampaigns
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
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.home.query_actions import FleetQueries
from rea_xcom_tui.tui.home.revision_actions import FleetRevisions
from rea_xcom_tui.tui.home.sorting import query_matcher
from rea_xcom_tui.tui.home.suggestions import KnownValues
from rea_xcom_tui.tui.kit.styled_lines import Bar


@dataclass(eq=False, repr=False)
class FleetLineActions(FleetPart):
    """Opens the command line over the status line, and does what was typed there."""

    edits: LayeredEdits
    bulk: FleetBulk
    queries: FleetQueries
    revisions: FleetRevisions
    campaigns: FleetCampaigns

    async def action_command_line(self) -> None:
        """Type a command; what was typed after the key comes to it already."""
        if not self.home.query(CommandLine):
            line = CommandLine(KnownValues(self.rows))
            await self.home.mount(line, before="#status")
            self.home.set_focus(line)

    @takes(CommandLine.Offered)
    def _offered(self, event: CommandLine.Offered) -> None:
        self.home.query_one("#status", Bar).show(event.line)

    @takes(CommandLine.Left)
    def _left_line(self) -> None:
        self.table.focus()
        self.home.show_status()

    @takes(events.DescendantBlur)
    def _blurred(self) -> None:
        """The command line is there only while one types in it."""
        for line in self.home.query(CommandLine):
            if not line.has_focus:
                line.remove()

    @takes(CommandLine.Entered)
    async def _line_entered(self, event: CommandLine.Entered) -> None:
        self.home.set_focus(self.table)  # at once, because no command works while one types
        self.home.show_status()
        try:
            parsed = parse_line(event.text)
            if isinstance(parsed, SetLine):
                await self._set_line(parsed)
            elif isinstance(parsed, FilterLine):
                self.home.filter_by(parsed.query)
            elif isinstance(parsed, SaveLine):
                self.queries.save_query(parsed.name)
            elif isinstance(parsed, CompareLine):
                self.revisions.compare_revisions(parsed.revisions)
            elif isinstance(parsed, CampaignLine):
                self.campaigns.campaign_line(parsed.verb, parsed.text)
            else:
                await self._do(parsed)
        except (ValueError, ToolError) as error:
            self.say(f"! {clean(error)}", "invalid")

    async def _do(self, line: DoLine) -> None:
        name = f"action_{line.command.action.partition('(')[0]}"
        target = self.home if hasattr(self.home, name) else self.app
        await target.run_action(line.command.action)

    async def _set_line(self, line: SetLine) -> None:
        if self.home.may_change() is None:
            return
        if line.where is not None:
            matcher = query_matcher(line.where)
            ids = [row.id for row in self.rows if row.deployment and (matcher is None or matcher(row))]
        else:
            here = self.table.cursor
            ids = self.bulk.marked_ids() if len(self.table.marks) else [here.id] if here and here.deployment else []
        if not ids:
            self.home.query_one("#status", Bar).show([("! no deployment is selected by this", "invalid")])
        elif len(ids) == 1:
            self.edits.edit(ids, line.field, line.text)
        else:
            await self.bulk.edit_many(ids, line.field, "unset" if line.text is None else line.text)
