"""Rendering a chart's templates as `helm template` does, as far as this reader goes."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from typing import Any

from rea_xcom_tui.layouts.gotemplate.errors import TemplateError, TooMuch
from rea_xcom_tui.layouts.gotemplate.evaluate import Renderer, Rules
from rea_xcom_tui.layouts.gotemplate.goformat import NO_VALUE, Record, Unknown

HELM = Rules(missing="nil")
_MOST_GREEDY = 4
"""After this many templates that do too much, the others of a chart are no longer given work of their own."""


def render_chart(
    chart: str,
    version: str,
    templates: Mapping[str, str],
    values: Mapping[str, Any],
    *,
    release: str,
    namespace: str,
    files: Mapping[str, str] | None = None,
    renderer: Renderer | None = None,
) -> dict[str, str | TemplateError]:
    """The text of each template by its path in `templates/`, notes and files that begin with `_` left out.

    `values` are what the chart sees, every number of a file a float; `files` the chart's other files. A template that
    gives no text has its error there; Helm then renders none of them.
    """
    renderer = renderer or Renderer(HELM)
    found = files or {}
    out: dict[str, str | TemplateError] = {}
    greedy = 0
    common = {
        "Values": values,
        "Release": Record(
            "the release",
            Name=release,
            Namespace=namespace,
            Service="Helm",
            IsInstall=True,
            IsUpgrade=False,
            Revision=1,
        ),
        "Chart": Record("the chart", Name=chart, Version=version, AppVersion=Unknown("the chart's appVersion")),
        "Capabilities": Unknown("what the cluster can do"),
        "Files": Record("the chart's files", Get=lambda path: found.get(path, "")),
        "Subcharts": Unknown("the values of subcharts"),
    }
    for path, source in templates.items():
        try:
            renderer.add(path, source)
        except TemplateError as error:
            out[path] = error
    for path in templates:
        if path in out or posixpath.basename(path).startswith("_") or path.endswith("NOTES.txt"):
            continue
        here = Record("the template", Name=f"{chart}/templates/{path}", BasePath=f"{chart}/templates")
        try:
            out[path] = renderer.render(path, {**common, "Template": here}).replace(NO_VALUE, "")
        except TemplateError as error:
            out[path] = error
            greedy += isinstance(error, TooMuch)
            if isinstance(error, TooMuch) and greedy <= _MOST_GREEDY:
                renderer.renew()
    return out
