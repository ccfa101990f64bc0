"""Where things are in the baseline file, and the error that reports mistakes there."""

from __future__ import annotations

from collections.abc import Callable

from rea_xcom_tui.errors import ToolError

Location = tuple[str | int, ...]
Places = dict[Location, tuple[int, int]]
"""Line and column of what is at each place of the file."""

KEY = "[key]"
"""At the end of a location: the key there, not what follows it."""


class BadBaseline(ToolError):
    """A baseline file with mistakes; the text has one line for each."""


Complain = Callable[[list[tuple[Location, str]]], BadBaseline]
"""Makes the error for a list of places and what is wrong there."""
