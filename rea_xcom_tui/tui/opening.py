"""Finding the repo. The core is imported here, after the first frame, because it brings git and pydantic along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace


def opener(path: Path, *, read_only: bool) -> Callable[[], Workspace]:
    """Return what opens the repo around `path`; it raises `ToolError` when there is none."""

    def open_repo() -> Workspace:
        from rea_xcom_tui.fleet.workspace import Workspace

        return Workspace.open(path, read_only=read_only)

    return open_repo
