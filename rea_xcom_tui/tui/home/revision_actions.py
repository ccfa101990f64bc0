"""From the fleet to the comparison of revisions."""

from __future__ import annotations

from rea_xcom_tui.tui.home.part import FleetPart


class FleetRevisions(FleetPart):
    """Opens the comparison of revisions, by key and by `:compare OLD..NEW`."""

    def action_revisions(self) -> None:
        """Compare the files here with what is checked out; other revisions can be chosen there."""
        self.compare_revisions("HEAD")

    def compare_revisions(self, text: str) -> None:
        """Show what differs between two revisions: `OLD`, `OLD..NEW` or `OLD...NEW`."""
        from rea_xcom_tui.fleet.history.revisions import parse_range
        from rea_xcom_tui.tui.repo.revisions_screen import RevisionsScreen

        if not self.shown.ready or self.workspace is None:
            self.say("The repo is still being read; revisions can be compared when it is.", "edited")
        else:
            screen = RevisionsScreen(self.jobs, self.workspace, parse_range(text))
            self.app.push_screen(screen, lambda _: self.home.values_changed())
