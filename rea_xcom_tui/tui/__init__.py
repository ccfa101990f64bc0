"""The terminal UI: the app, its screens, widgets and the registry of commands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.user.fleets import RepoEntry


def run(*repos: Path | RepoEntry, read_only: bool, no_color: bool) -> int:
    """Open the fleet of a repo, or of several, in the terminal; returns the process's exit code.

    With `no_color`, or NO_COLOR in the environment, nothing is coloured; glyphs and weight tell the states.
    """
    import gc
    import os
    import sys

    from rea_xcom_tui.tui.home.open import begun, look_of, opener, start_readers

    start_readers(*repos)
    # Git looks at the files while the screen is imported and made.
    opening = begun(opener(*repos, read_only=read_only))
    gc.disable()  # what imports make stays, so that looking through it for what could go would only take time

    def opened() -> Workspace:
        try:
            return opening()
        finally:
            gc.freeze()
            gc.set_threshold(700, 10, 10)  # Python's own: many short looks, none of which a key would notice
            gc.enable()

    inherited = os.environ.get("NO_COLOR")
    if no_color:
        os.environ["NO_COLOR"] = "1"
    from rea_xcom_tui.text import clean
    from rea_xcom_tui.tui.app import FleetApp

    app = FleetApp(opened, read_only=read_only, look=look_of(*repos))
    # The app has read it; the user's hooks and editor see what they would see without the app.
    os.environ.pop("NO_COLOR", None)
    if inherited is not None:
        os.environ["NO_COLOR"] = inherited
    code = app.run()
    if app.failure is not None:
        print(clean(app.failure), file=sys.stderr)
    return code if code is not None else app.return_code or 0
