"""From a cell to its line in the user's own editor, and back."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.cells.explain import place_of
from rea_xcom_tui.tui.home.external_editor import editor_command
from rea_xcom_tui.tui.home.part import FleetPart

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace


class FleetEditor(FleetPart):
    """Hands the terminal to the editor, and reads the repo again when it comes back."""

    def action_open_editor(self) -> None:
        """Open the line of the cell under the cursor."""
        row, workspace = self.table.cursor, self.workspace
        if workspace is None or not self.shown.ready:
            self.say("The repo is still being read; there is no line to open yet.", "edited")
            return
        if row is None:
            self.say("There is no deployment under the cursor to open.")
            return
        self.open_line(*place_of(row, self.table.column))

    def open_line(self, file: str, line: int) -> None:
        """Open a line of a file in the user's editor; then read the repo again."""
        workspace = self.workspace
        if workspace is None:
            return
        shown = clean(f"{file}:{line}")
        try:
            workspace.check_writable()
        except Refused as error:
            self.say(f"An editor could write, and {clean(error)}. The line is {shown}.", "invalid")
            return
        try:
            command = editor_command(os.environ, workspace.on_disk(file), line)
        except ValueError as error:
            self.say(f"{clean(error)} The line is {shown}.", "invalid")
            return

        def edit(workspace: Workspace) -> jobs.Restored:
            code = run_editor(command, workspace.here.root)
            workspace.scan()
            words = f"Back from {Path(command[0]).name}: {shown} was read again."
            if code:
                words = f"{Path(command[0]).name} ended with exit code {code}; {shown} was read again."
            return jobs.Restored(words, jobs.scanned(workspace))

        self.jobs.in_terminal(self.home, f"open {shown} in an editor", edit)


def run_editor(command: list[str], folder: Path) -> int:
    """Run the editor until it ends; its exit code. Raises `ToolError` where it cannot be started."""
    try:
        return subprocess.run(command, cwd=folder, check=False).returncode
    except FileNotFoundError:
        raise ToolError(f"there is no program {clean(command[0])}; VISUAL or EDITOR names it") from None
    except OSError as error:
        raise ToolError(f"{clean(command[0])} cannot be run: {error.strerror}") from error
