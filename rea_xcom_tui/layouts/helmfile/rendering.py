"""Templates of helmfiles: what the small reader of Go templates covers of Helmfile's own functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from rea_xcom_tui.layouts.gotemplate import Failed, Renderer, Rules, TemplateError
from rea_xcom_tui.layouts.gotemplate.functions import Function
from rea_xcom_tui.layouts.gotemplate.goformat import NO_VALUE, Unknown
from rea_xcom_tui.text import clean


class NotRendered(Exception):
    """A template gives no text here: the sentence says where and why, with the line in the template (0 if unknown).

    `reason` is the sentence without where, for texts that are somewhere in a file. `failed` says that Helmfile gives up
    too, so that it is a mistake of the repo and not a limit of this reader.
    """

    def __init__(self, sentence: str, line: int = 0, *, failed: bool = False, reason: str = "") -> None:
        super().__init__(sentence)
        self.reason = reason or sentence
        self.line = line
        self.failed = failed


class Render(Protocol):
    """Fills a template. Raises `NotRendered`."""

    def __call__(
        self, text: str, data: Mapping[str, Any], name: str, *, lenient: bool = False, holes: bool = False
    ) -> str:
        """`lenient`: what is missing is empty, as in Helmfile's first pass over a part. `holes`: what only the machine
        knows leaves a text that `HOLE` finds."""


def render(text: str, data: Mapping[str, Any], name: str, *, lenient: bool = False, holes: bool = False) -> str:
    """Fill a template as Helmfile does, for which a missing key is an error. Raises `NotRendered`."""
    rules = Rules(missing="nothing" if lenient else "error")
    renderer = Renderer(rules, functions=_FUNCTIONS, holes=holes)
    try:
        renderer.add(name, text)
        made = renderer.render(name, dict(data))
    except TemplateError as error:
        reason = str(error).removeprefix(f"{clean(name)}:{error.line}: ")
        raise NotRendered(str(error), error.line, failed=isinstance(error, Failed), reason=reason) from None
    return made.replace(NO_VALUE, "") if lenient else made


def _env(name: str) -> Unknown:
    return Unknown(f"the environment variable {clean(name, 100)} of the machine that runs Helmfile")


def _get(path: str, *rest: Any) -> Any:
    """`get "a.b" [default] object`: the value below these keys."""
    *default, found = rest
    for key in path.split("."):
        if not isinstance(found, dict) or key not in found:
            if default:
                return default[0]
            raise Failed(f"There is no {clean(path, 200)!r}, and no default is given.")
        found = found[key]
    return found


_FUNCTIONS: Mapping[str, Function] = {
    "env": Function(_env, "s"),
    "requiredEnv": Function(_env, "s"),
    "get": Function(_get, "saa*"),
    "getOrNil": Function(lambda path, found: _get(path, None, found), "sa"),
}
"""Helmfile's own, over those of sprig."""
