"""Colour for what people read: the lines of diffs, and the severities of findings."""

from __future__ import annotations

import re

_RESET = "\x1b[0m"
_SEVERITIES = {"error": "\x1b[31m", "warning": "\x1b[33m", "info": "\x1b[36m"}
_LINES = {"+": "\x1b[32m", "-": "\x1b[31m", "@@": "\x1b[36m", "+++": "\x1b[1m", "---": "\x1b[1m"}
_HEAD = re.compile(r"(\+\+\+ |--- |@@ |\+|-)")
_SEVERITY = re.compile(r"(?<=  )(error|warning|info)(?= )")


def painted(text: str) -> str:
    """The text with colours; without them it is what it was."""
    return "\n".join(_painted(line) for line in text.split("\n"))


def _painted(line: str) -> str:
    if head := _HEAD.match(line):
        return f"{_LINES[head[1].rstrip()]}{line}{_RESET}"
    return _SEVERITY.sub(lambda found: f"{_SEVERITIES[found[0]]}{found[0]}{_RESET}", line, count=1)
