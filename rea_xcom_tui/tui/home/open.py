"""Finding the repo, while the screen is still being made."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec

from rea_xcom_tui.user.memory import Memory

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.user.fleets import RepoEntry

Made = TypeVar("Made")


def begun(work: Callable[[], Made]) -> Callable[[], Made]:
    """Begin `work` on a thread of its own; what is returned waits for its end, and returns or raises what it does."""
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="begun")
    outcome = thread.submit(work)
    thread.shutdown(wait=False)
    return outcome.result


def start_readers(*repos: Path | RepoEntry) -> None:
    """Start the processes that will read the repo, where it is one that is large and has not been read yet."""
    root = _root_of(repos[0]) if len(repos) == 1 and isinstance(repos[0], Path) else None
    if root is not None:
        from rea_xcom_tui.fleet.scan.first import start_readers

        start_readers(root.resolve())


def opener(*repos: Path | RepoEntry, read_only: bool) -> Callable[[], Workspace]:
    """Return what opens a repo, or several as one fleet; it raises `ToolError` where one is not there."""

    def open_repos() -> Workspace:
        from rea_xcom_tui.fleet.opening import open_fleet

        workspace = open_fleet(repos, read_only=read_only, look=True)
        workspace.focus_on_first()
        return workspace

    return open_repos


class Look(msgspec.Struct, frozen=True):
    """What the configuration says about the screen."""

    theme: str | None = None
    keymap: Mapping[str, str] = msgspec.field(default_factory=dict)
    """Command id to key."""
    columns: tuple[str, ...] = ()
    """Keys of the table's columns, in order; empty means the usual ones."""
    ascii: bool = False
    """Whether to draw with ASCII signs only."""
    mistakes: tuple[str, ...] = ()
    """What is wrong in the configuration of the screen, one sentence each."""
    memory: Memory = msgspec.field(default_factory=Memory)
    """What is kept for the repo and the user; by default nothing outlasts the session."""


def _root_of(path: Path) -> Path | None:
    folder = path.expanduser().absolute()
    return next((parent for parent in (folder, *folder.parents) if (parent / ".git").exists()), None)


def look_of(*repos: Path | RepoEntry) -> Look:
    """What the user's and the (first) repo's configuration say about the screen, read without asking git.

    A file with a mistake counts as an empty one here: opening the repo reads it again and says what is wrong.
    """
    from rea_xcom_tui.errors import ToolError
    from rea_xcom_tui.tui.help.config_check import keys_of, mistakes_in, theme_name
    from rea_xcom_tui.user.config import load_config

    roots = [_root_of(one if isinstance(one, Path) else one.path) for one in repos]
    root, known = roots[0], [found for found in roots if found is not None]
    # What is chosen for several repos is kept for the folder that holds them.
    memory = Memory.of(root if len(roots) == 1 else Path(os.path.commonpath(known)) if known else None)
    try:
        config = load_config(root)
    except ToolError:
        return Look(memory=memory)
    return Look(
        theme=theme_name(config.theme),
        keymap={command: keys_of(text) for command, text in config.keymap.items()},
        columns=config.columns,
        ascii=config.glyphs == "ascii",
        mistakes=tuple(mistakes_in(config)),
        memory=memory,
    )
