"""Finding the repo. The core is imported here, after the first frame, because it brings git and pydantic along."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Look:
    """What the configuration says about the screen."""

    theme: str | None = None
    keymap: Mapping[str, str] = field(default_factory=dict)
    """Command id to key."""
    columns: tuple[str, ...] = ()
    """Keys of the table's columns, in order; empty means all."""


def look_of(path: Path) -> Look:
    """What the user's and the repo's configuration say about the screen, read without asking git.

    A mistake in a file counts as an empty one here: opening the repo reads it again and says what is wrong.
    """
    from rea_xcom_tui.errors import ToolError
    from rea_xcom_tui.fleet.config import load_config

    folder = path.expanduser().absolute()
    root = next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)
    try:
        config = load_config(root)
    except ToolError:
        return Look()
    return Look(config.theme, config.keymap, config.columns)
