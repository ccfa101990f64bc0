"""How far a transfer of git's is, from the lines that it prints."""

from __future__ import annotations

import re

_PROGRESS = re.compile(r"^(?:remote: )?(?P<stage>[^\W\d_][\w ’']{0,60}):\s+(?P<percent>\d{1,3})% ")
"""A stage and how far it is, in any language."""


def progress_of(line: str) -> tuple[str, int] | None:
    """Read a line such as `Writing objects:  45% (90/200)`: what is being done, and how far in percent."""
    found = _PROGRESS.match(line)
    return None if found is None else (found["stage"], int(found["percent"]))
