"""From the fleet to campaigns: plans saved and applied, promotions, waves, reviews, and new deployments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.tui.background.parts import takes
from rea_xcom_tui.tui.home.command_line import promote_line
from rea_xcom_tui.tui.home.part import FleetPart
from rea_xcom_tui.tui.kit.dialogs import CLOSE, Question
from rea_xcom_tui.tui.kit.messages import Message

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.xcom.model import FieldName


class Said(Message):
    """What a job has done, in words."""

    text: str
    style: str = "good"
    left: str = ""
    """What is left to do, too long for the status line."""


class FleetCampaigns(FleetPart):
    """Does what is typed after `:` about plans, waves, promotions and reviews."""

    def campaign_line(self, verb: str, text: str) -> None:
        """Do what a command line says. Raises `ValueError` with one sentence where it cannot be understood."""
        if not self.shown.ready or self.workspace is None:
            self.say("The repo is still being read; this can be done when it is.", "edited")
        elif verb == "plan":
            self._save_plan(Path(text).expanduser())
        elif verb == "apply":
            self._apply_plan(Path(text).expanduser())
        elif verb == "promote":
            self._promote(text)
        elif verb == "waves":
            self._waves(text)
        elif verb == "migrate":
            from rea_xcom_tui.tui.campaign.migration_screen import MigrationScreen

            self.app.push_screen(MigrationScreen(self.jobs, Path(text).expanduser()))
        elif verb == "new":
            name, _, source = text.replace(" --from ", " from ").partition(" from ")
            self._new(name.strip(), Path(source.strip()).expanduser() if source.strip() else None)
        elif verb == "enable":
            self._enable(text)
        else:
            from rea_xcom_tui.tui.campaign.review_screen import ReviewScreen

            self.app.push_screen(ReviewScreen(self.jobs, self.workspace, text), self._reviewed)

    def _waves(self, text: str) -> None:
        from rea_xcom_tui.tui.campaign.campaign_screen import CampaignScreen, Cut

        plain = text.replace(" --by ", " by ").replace(" --steps ", " ").replace(" --canary ", " ")
        file, _, how = plain.partition(" by ")
        cut = Cut.of(how) if how else None
        screen = CampaignScreen(self.jobs, Path(file.strip()).expanduser(), cut)
        self.app.push_screen(screen, lambda _: self._left_campaign())

    def _left_campaign(self) -> None:
        """Show what a wave that was started has made pending."""
        self.home.values_changed()
        workspace = self.workspace
        begun = workspace.trailed if workspace is not None else None
        if begun is not None and workspace is not None and len(workspace.pending):
            self.say(f"{clean(begun.title)} is pending; c commits it to the branch {clean(begun.branch)}", "good")

    def action_enable(self) -> None:
        """Turn XCom on for the deployment under the cursor."""
        self._enable("")

    def _enable(self, text: str) -> None:
        here = self.table.cursor
        if self.home.may_change() is None:
            return
        if here is None or here.deployment is None:
            self.say("Go to a deployment that has no XCom in object storage yet.", "edited")
            return
        fields = dict(_assigned(word) for word in text.split())
        target = here.deployment

        def work(workspace: Workspace) -> Said:
            from rea_xcom_tui.fleet.campaign.connecting import left_undefined
            from rea_xcom_tui.fleet.campaign.onboarding import enable

            row = workspace.deployment(target.id)
            edits, refused = enable(workspace, row, fields)
            if refused:
                return Said(f"{refused[0].field} refused: {refused[0].reason}", "invalid")
            text = f"{plural(edits, 'setting')} pending as its siblings have them; d shows them, w writes"
            return Said(text, left=left_undefined(workspace, row, fields))

        self.jobs.run(self.home, "turn XCom on", work)

    def _reviewed(self, deployment: str | None) -> None:
        row = next((row for row in self.rows if row.id == deployment), None)
        if row is not None:
            self.table.go_to_id(row.id)
            self.home.call_after_refresh(self.home.run_action, "show_file")

    def _save_plan(self, path: Path) -> None:
        if self.workspace is not None and not len(self.workspace.pending):
            self.say("Nothing is pending, so there is no plan to save.", "edited")
            return

        def work(workspace: Workspace) -> Said:
            from rea_xcom_tui.fleet.actions.planfile import save_plan

            save_plan(workspace, path)
            return Said(f"{workspace.pending.describe()} saved to {path}; :waves {path} cuts it into waves")

        self.jobs.run(self.home, "save the plan", work)

    def _apply_plan(self, path: Path) -> None:
        def work(workspace: Workspace) -> Said:
            from rea_xcom_tui.fleet.actions.planfile import read_plan, replan

            found = replan(workspace, read_plan(workspace, path))
            workspace.pending.put(found.edits, f"plan {path.name}")
            refused = f", {len(found.refused)} refused: {found.refused[0].reason}" if found.refused else ""
            done = f", {len(found.done)} already done" if found.done else ""
            text = f"{plural(len(found.edits), 'edit')} of the plan pending{done}{refused}"
            return Said(text, "edited" if found.refused else "good")

        self.jobs.run(self.home, "apply the plan", work)

    def _promote(self, text: str) -> None:
        wanted = promote_line(text)
        if wanted.propose:
            self.jobs.run(self.home, "propose what belongs to its environment", _propose)
            return

        def work(workspace: Workspace) -> Said:
            from rea_xcom_tui.fleet.campaign.connecting import promoted_undefined
            from rea_xcom_tui.fleet.campaign.promote import make_pending, promote, refusals
            from rea_xcom_tui.fleet.query import matching

            sides = [
                [one for one in matching(workspace.fleet, query) if not one.unreached]
                for query in (wanted.source, wanted.target)
            ]
            found = promote(workspace, wanted.fields, sides[0], sides[1], each=wanted.each)
            make_pending(workspace, found)
            refused = refusals(found)
            lonely = len(found.pairing.alone_from) + len(found.pairing.alone_to)
            made = f"{plural(len(found.edits), 'edit')} pending" if found.edits else "Nothing to change"
            parts = [f"{made} for {plural(len(found.pairing.pairs), 'pair')}"]
            parts += [f"{lonely} without a partner"] if lonely else []
            parts += [found.outlook.sentence()] if found.edits and found.outlook.sentence() else []
            parts += [f"{len(refused)} refused: {refused[0].reason}"] if refused else []
            text = "; ".join(parts)
            return Said(text, "edited" if refused else "good", promoted_undefined(workspace, found))

        self.say("Working out the promotion…", "edited")
        self.jobs.run(self.home, "promote", work)

    @takes(Said)
    def _said(self, event: Said) -> None:
        self.home.values_changed()
        self.say(clean(event.text), event.style)
        if event.left:
            told = f"{event.left[:1].upper()}{event.left[1:]}."
            self.app.push_screen(Question("Pending; one thing is left to do", told, [CLOSE]))

    def action_new_deployment(self) -> None:
        """Add a deployment after the one under the cursor."""
        self._new()

    def _new(self, name: str = "", source: Path | None = None) -> None:
        from rea_xcom_tui.tui.campaign.new_screen import NewScreen

        here = self.table.cursor
        if not self.shown.ready or self.workspace is None or here is None or here.deployment is None:
            self.say("Go to the deployment that the new one is to be like, then press N.", "edited")
            return
        self.app.push_screen(NewScreen(self.jobs, here.deployment, name, source), self._made)

    def _made(self, name: str | None) -> None:
        if name is not None:
            self.home.call_after_refresh(self.home.run_action, "rescan")
            self.say(f"{name} is written; the fleet is being read again", "good")


def _propose(workspace: Workspace) -> Said:
    """Make pending in the baseline files what the fleet keeps apart by environment."""
    from rea_xcom_tui.fleet.campaign.belonging import declare, propose

    found = propose(workspace.fleet)
    if not found:
        return Said("Nothing differs by environment as a rule, so there is nothing to declare.", "quiet")
    if declare(workspace, found) is None:
        return Said("The baseline file declares all of it already.", "quiet")
    named = ", ".join(dict.fromkeys(one.name for one in found))
    return Said(f"{named} pending as what belongs to its environment; d shows it, w writes")


def _assigned(word: str) -> tuple[FieldName, str]:
    name, equals, value = word.partition("=")
    if not equals or not value:
        raise ValueError(f"{clean(word)} is not an assignment; write FIELD=VALUE, such as threshold=1MiB")
    return _field(name), value


def _field(name: str) -> FieldName:
    from rea_xcom_tui.xcom.model import FIELDS

    for field in FIELDS:
        if field == name:
            return field
    raise ValueError(f"there is no field {clean(name)}; the fields are {', '.join(FIELDS)}")
