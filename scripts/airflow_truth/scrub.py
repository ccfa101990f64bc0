"""Takes out of an outcome what belongs to this machine and this moment, so that a refresh gives the same data."""

from __future__ import annotations

import re

from .cases import TMP

MESSAGE_LIMIT = 200
"""Characters of an exception's message that are kept."""

_RANDOM = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"), "<UUID>"),
    (re.compile(r"\b0x[0-9a-f]{6,}\b"), "<ADDRESS>"),
    (re.compile(r"(/[^\s'\":]+)?/site-packages(?=/)"), "<SITE>"),
)


def scrub(thing: object, folder: str) -> object:
    """Return plain data with `folder` and everything random in its strings replaced by a name for it."""
    if isinstance(thing, str):
        text = thing
        for path, name in ((f"{folder}/home", "<HOME>"), (f"{folder}/cwd", "<CWD>"), (folder, TMP)):
            text = text.replace(path, name).replace(path.lstrip("/"), name)
        for pattern, name in _RANDOM:
            text = pattern.sub(name, text)
        return text
    if isinstance(thing, dict):
        return {str(key): scrub(value, folder) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [scrub(value, folder) for value in thing]
    return thing


def failure(error: BaseException, stage: str, folder: str) -> dict[str, object]:
    """Say an exception as data: its class, its message in one line, and what was being done."""
    message = str(scrub(" ".join(str(error).split()), folder))
    if len(message) > MESSAGE_LIMIT:
        message = message[: MESSAGE_LIMIT - 1] + "…"
    return {"exception": type(error).__name__, "message": message, "stage": stage}
