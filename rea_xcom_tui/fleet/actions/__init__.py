"""What a person asks for in one go: each takes a workspace and does one thing."""

from __future__ import annotations

from typing import Literal, get_args

SplitBy = Literal["field", "env", "team", "cause"]
SPLITS: tuple[SplitBy, ...] = get_args(SplitBy)
"""What edits can be split by; a cause is a cause of drift that is fixed, or else the same old and new value."""
