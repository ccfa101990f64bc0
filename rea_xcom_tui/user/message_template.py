"""The first line of generated commit messages as a house wants it, such as `chore({field}): {summary}`."""

from __future__ import annotations

import re
from collections.abc import Mapping

DEFAULT = "xcom: {summary}"

PLACES = {
    "summary": "what is done, such as `set threshold to 0 on 12 prod deployments`",
    "field": "the fields that change, separated by commas",
    "env": "the environments of the deployments, separated by commas; `several` where there are more than three",
    "count": "how many deployments change",
    "name": "the deployment's name where there is one, else the count",
}
"""What a template can hold, each in braces, and what takes its place."""

_PLACE = re.compile(r"\{([^{}]*)\}")


def check(template: str) -> str:
    """Return the template. Raises `ValueError`, with a sentence, where it cannot make a first line."""
    if not template.strip() or "\n" in template or "\r" in template:
        raise ValueError("a message template is one line, such as 'chore(xcom): {summary}'")
    for name in _PLACE.findall(template):
        if name not in PLACES:
            known = ", ".join(f"{{{place}}}" for place in PLACES)
            raise ValueError(f"a message template has no {{{name}}}; it can have {known}")
    return template


def filled(template: str, values: Mapping[str, str]) -> str:
    """The first line of a message: each place with its value, and nothing else taken for one.

    >>> filled("chore({field}): {summary}", {"field": "path", "summary": "set path on etl"})
    'chore(path): set path on etl'
    """
    return _PLACE.sub(lambda found: values.get(found[1], found[0]), template)
