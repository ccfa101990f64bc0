"""What the tool keeps for its user between two runs, outside every repo: queries, columns, theme, hints that were
shown.

One JSON file for each repo and one for the user, in the user's own state folder. None of it matters enough to keep
anybody from working: what cannot be read counts as empty.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rea_xcom_tui import durable
from rea_xcom_tui.errors import ToolError

_MOST_QUERIES = 200
_LONGEST_QUERY = 2000
_HINTED = "hinted"


def state_folder() -> Path:
    """The user's own folder for what is kept, whether it exists or not."""
    from platformdirs import user_state_path

    return user_state_path("rea-xcom-tui")


class Memory:
    """What is kept for one repo, and of the user. Without a folder nothing outlasts the object."""

    def __init__(self, folder: Path | None = None, root: Path | None = None) -> None:
        name = hashlib.sha256(os.fsencode(root.resolve())).hexdigest()[:24] if root is not None else None
        self._repo = _Store(folder / "repos" / f"{name}.json" if folder and name else None)
        self._user = _Store(folder / "user.json" if folder else None)
        if root is not None:
            self._repo.always = {"root": str(root)}

    @classmethod
    def of(cls, root: Path | None) -> Memory:
        """What is kept for the repo at `root` in the user's state folder."""
        return cls(state_folder(), root)

    # Queries

    @property
    def history(self) -> tuple[str, ...]:
        """The queries that were used, the newest last."""
        return _texts(self._repo.read().get("history"))

    def used(self, query: str) -> None:
        """Add a query to the history, where it then is the newest. Never raises: a lost history costs little."""
        query = query.strip()
        if query and len(query) <= _LONGEST_QUERY:
            before = [text for text in self.history if text != query]
            with contextlib.suppress(ToolError):
                self._repo.change(history=[*before, query][-_MOST_QUERIES:])

    @property
    def queries(self) -> Mapping[str, str]:
        """The queries that were saved in the UI, by name."""
        found = self._repo.read().get("queries")
        if not isinstance(found, dict):
            return {}
        return {name: text for name, text in found.items() if isinstance(text, str)}

    def save_query(self, name: str, query: str) -> None:
        """Save a query under a name, over one that is there. Raises `ToolError` when it cannot be kept."""
        self._repo.change(queries={**self.queries, name: query})

    def forget_query(self, name: str) -> None:
        """Forget a saved query. Raises `ToolError` when that cannot be kept."""
        self._repo.change(queries={key: text for key, text in self.queries.items() if key != name})

    # Columns

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that were chosen in the UI, in order; empty where none were."""
        return _texts(self._repo.read().get("columns"))

    def keep_columns(self, keys: Sequence[str]) -> None:
        """Keep the columns of this repo's table; none forgets them. Raises `ToolError` when they cannot be kept."""
        self._repo.change(columns=list(keys))

    @property
    def grouping(self) -> tuple[str, ...]:
        """By what the rows of this repo's table were grouped last; empty for not at all."""
        return _texts(self._repo.read().get("grouping"))

    def keep_grouping(self, by: Sequence[str]) -> None:
        """Keep by what the rows are grouped. Raises `ToolError` when it cannot be kept."""
        self._repo.change(grouping=list(by))

    # Probes

    @property
    def probe_place(self) -> str:
        """Where probes of this repo's deployments ran last, as it was typed; empty where none did."""
        found = self._repo.read().get("probe_place")
        return found if isinstance(found, str) else ""

    def probed_in(self, place: str) -> None:
        """Take note of where probes run. Never raises: it is asked for again then."""
        with contextlib.suppress(ToolError):
            self._repo.change(probe_place=place)

    @property
    def query(self) -> str:
        """The query that was in force when this repo was left; empty for none."""
        found = self._repo.read().get("query")
        return found if isinstance(found, str) and len(found) <= _LONGEST_QUERY else ""

    @property
    def sorting(self) -> tuple[str, ...]:
        """By which columns the rows were sorted then, the most important first; `-` before one that went downwards."""
        return _texts(self._repo.read().get("sorting"))

    def keep_view(self, query: str, sorting: Sequence[str]) -> None:
        """Keep query and order for the next start. Never raises: a lost view costs little."""
        if (query, tuple(sorting)) != (self.query, self.sorting):
            with contextlib.suppress(ToolError):
                self._repo.change(query=query, sorting=list(sorting))

    # The user

    def theme(self, configured: str | None) -> str | None:
        """The theme that was chosen in the UI in place of the configured one; None where none was.

        A choice counts for as long as the configuration says what it said then, so that a newer line there wins.
        """
        found = self._user.read().get("themes")
        name = found.get(configured or "") if isinstance(found, dict) else None
        return name if isinstance(name, str) else None

    def keep_theme(self, name: str, configured: str | None) -> None:
        """Keep the theme chosen in place of the configured one. Raises `ToolError` when it cannot be kept."""
        found = self._user.read().get("themes")
        self._user.change(themes={**(found if isinstance(found, dict) else {}), configured or "": name})

    @property
    def first_time(self) -> bool:
        """Whether this user has not yet been shown how to begin; never where that could not be remembered."""
        return self._user.lasting and not self._user.read().get(_HINTED)

    def hinted(self) -> None:
        """Take note that the user was shown how to begin. Never raises: it is shown again then."""
        with contextlib.suppress(ToolError):
            self._user.change(**{_HINTED: True})


def _texts(found: object) -> tuple[str, ...]:
    return tuple(text for text in found if isinstance(text, str)) if isinstance(found, list) else ()


class _Store:
    """One JSON file with an object in it, read at each use because another session may have changed it."""

    def __init__(self, path: Path | None) -> None:
        self.always: dict[str, Any] = {}
        self._path = path
        self._kept: dict[str, Any] = {}

    @property
    def lasting(self) -> bool:
        """Whether it is kept in a file."""
        return self._path is not None

    def read(self) -> dict[str, Any]:
        """What is in the file; empty where there is none or it cannot be used."""
        if self._path is None:
            return self._kept
        try:
            found = json.loads(self._path.read_text("utf-8"))
        except (OSError, ValueError):
            return {}
        return found if isinstance(found, dict) else {}

    def change(self, **values: Any) -> None:
        """Change some of it; the file is replaced whole. Raises `ToolError`."""
        changed = {**self.read(), **self.always, **values}
        if self._path is None:
            self._kept = changed
            return
        try:
            self._replace(self._path, changed)
        except OSError as error:
            raise ToolError(f"{self._path} cannot be written, so this is not kept: {error.strerror}") from error

    @staticmethod
    def _replace(path: Path, data: Mapping[str, Any]) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        durable.replace(path, json.dumps(data, indent=1).encode())
