"""Filling an ApplicationSet's template with the parameters of one element."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rea_xcom_tui.layouts.gotemplate import Failed, Renderer, Rules
from rea_xcom_tui.layouts.gotemplate.goformat import as_text

_HOLE = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_WITHOUT = frozenset(("include", "tpl", "required", "lookup", "fromYamlArray", "fromJsonArray"))
_STEPS_OF_SET = 5_000_000

Params = dict[str, Any]


class Filler:
    """Fills texts, as the set's `goTemplate` and `goTemplateOptions` say."""

    def __init__(self, *, go: bool, options: tuple[str, ...] = ()) -> None:
        self.go = go
        missing = "error" if "missingkey=error" in options else "nil" if "missingkey=zero" in options else "nothing"
        self._renderer = Renderer(Rules(missing, _WITHOUT), _STEPS_OF_SET)  # type: ignore[arg-type]

    def text(self, text: str, params: Params) -> str:
        """A text filled. Raises `TemplateError` for one that Argo CD would not fill, or that is not read here."""
        if "{{" not in text:
            return text
        if self.go:
            return self._renderer.inline(text, params)
        return _HOLE.sub(lambda hole: _known(hole, params), text)

    def data(self, data: Any, params: Params) -> Any:
        """Data with every text in it filled, keys too."""
        if isinstance(data, str):
            return self.text(data, params)
        if isinstance(data, dict):
            return {self.text(key, params): self.data(value, params) for key, value in data.items()}
        return [self.data(item, params) for item in data] if isinstance(data, list) else data


def _known(hole: re.Match[str], params: Params) -> str:
    name = hole[1].strip()
    return as_text(params[name]) if name in params else hole[0]


def flattened(data: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested parameters as one level, `a.b` and `list.0`, each as a text: for sets without `goTemplate`, and for
    selectors."""
    out: dict[str, str] = {}
    for key, value in data.items():
        name = f"{prefix}{key}"
        if isinstance(value, dict) and value:
            out |= flattened(value, name + ".")
        elif isinstance(value, list) and value:
            out |= flattened({str(at): item for at, item in enumerate(value)}, name + ".")
        else:
            out[name] = "<nil>" if value is None else as_text(value)
    return out


def patched(data: Any, patch: Any) -> Any:
    """A `templatePatch` over an Application: mappings are merged deeply, all else is replaced whole, a null takes the
    key away. Raises `Failed` where it patches inside `valuesObject`, as Argo CD does."""
    if not isinstance(data, dict) or not isinstance(patch, dict):
        return patch
    out = dict(data)
    for key, value in patch.items():
        if key == "valuesObject" and isinstance(data.get(key), dict) and isinstance(value, dict):
            raise Failed("A templatePatch cannot patch inside valuesObject; Argo CD fails there.")
        if value is None:
            out.pop(key, None)
        else:
            out[key] = patched(out.get(key), value)
    return out


def overridden(template: Any, own: Any) -> Any:
    """A generator's own template over the set's, field by field; what it leaves empty does not count, and lists and
    `valuesObject` win whole."""
    if isinstance(template, dict) and isinstance(own, dict):
        out = dict(template)
        for key, value in own.items():
            if value in ("", None, [], {}):
                continue
            out[key] = value if key == "valuesObject" else overridden(out.get(key), value)
        return out
    return own
