"""Which repos the user trusts to run their hooks and programs, remembered outside of them."""

from __future__ import annotations

import json
import os
from pathlib import Path

from rea_xcom_tui import durable
from rea_xcom_tui.errors import ToolError


class TrustStore:
    """The user's trust in repos, kept in one JSON file. A repo whose programs change must be trusted again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def default(cls) -> TrustStore:
        """Return the store in the user's own state folder."""
        from platformdirs import user_state_path

        return cls(user_state_path("rea-xcom-tui") / "trusted.json")

    def trusts(self, root: Path, fingerprint: str) -> bool:
        """Tell whether exactly these programs of the repo at `root` are trusted."""
        return self._read().get(_key(root)) == fingerprint

    def trust(self, root: Path, fingerprint: str) -> None:
        """Remember the user's trust. Raises ToolError when the file cannot be written."""
        self._write({**self._read(), _key(root): fingerprint})

    def forget(self, root: Path) -> None:
        """Take the trust back. Raises ToolError when the file cannot be written."""
        self._write({key: value for key, value in self._read().items() if key != _key(root)})

    def _read(self) -> dict[str, str]:
        try:
            data = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}  # nothing is trusted then, which is safe
        if not isinstance(data, dict):
            return {}
        return {key: value for key, value in data.items() if isinstance(value, str)}

    def _write(self, data: dict[str, str]) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            durable.replace(self.path, json.dumps(data, indent=1).encode())
        except OSError as error:
            raise ToolError(
                f"{self.path} cannot be written ({error.strerror}), so the trust is not remembered; "
                "check the folder's permissions."
            ) from error


def _key(root: Path) -> str:
    return os.path.realpath(root)
