"""The paths of files themselves, which differ for links to other files of the repo."""

from __future__ import annotations

import os
from pathlib import Path


class RealPaths:
    """The real paths of files of one repo; each folder is looked at once."""

    def __init__(self, root: Path) -> None:
        self._root = str(root)
        self._known = {self._root: os.path.realpath(root)}

    def inside(self, path: str) -> str:
        """The real path of a file, both from the root of the repo; one that is outside of it is absolute."""
        return self._real(f"{self._root}/{path}").removeprefix(os.path.join(self._known[self._root], ""))

    def _real(self, path: str) -> str:
        known = self._known.get(path)
        if known is None:
            folder, name = os.path.split(path)
            known = f"{self._real(folder)}/{name}"
            self._known[path] = known = os.path.realpath(known) if os.path.islink(known) else known
        return known
