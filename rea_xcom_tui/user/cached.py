"""Where the user's caches are, and whether there is anything in them."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

NO_CACHE = "REA_XCOM_TUI_NO_CACHE"
"""When set in the environment, as `--no-cache` does, nothing is taken from the cache and nothing is kept."""


def cache_folder() -> Path:
    """Where caches are: the platform's cache folder of this user."""
    from platformdirs import user_cache_path

    return user_cache_path("rea-xcom-tui")


def cache_path() -> Path | None:
    """Where the cache is; None where the user wants none."""
    return None if os.environ.get(NO_CACHE) else cache_folder() / "readings.sqlite3"


def was_cached() -> bool:
    """Whether anything may be known from before this process; else all files will be read."""
    place = cache_path()
    return place is not None and _was_there(place)


@cache
def _was_there(place: Path) -> bool:
    return os.path.exists(place)  # false also where nobody may look, which `Path.exists` raises
