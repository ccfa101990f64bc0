"""A release of a helmfile: its templates joined and its own texts filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from rea_xcom_tui.layouts.helmfile.rendering import NotRendered
from rea_xcom_tui.layouts.helmfile.state import Entry, State
from rea_xcom_tui.text import clean

_PASSES = 6
"""How often Helmfile fills a release's texts until nothing changes."""


class Fill(Protocol):
    """Fills a text with what a release's templates see. Raises `NotRendered`."""

    def __call__(self, text: str, data: Mapping[str, Any], name: str = ..., /) -> str:
        """`name`: the text is that whole file; by default it is somewhere in the helmfile."""


@dataclass(frozen=True, slots=True)
class Option:
    """One entry of `set`, `setTemplate` or `setString`."""

    entry: Entry
    path: str
    value: str | None
    values: tuple[str, ...] | None
    file: str | None
    string: bool = False


@dataclass(frozen=True, slots=True)
class Release:
    """What a release, or a template for releases, says."""

    entry: Entry
    texts: Mapping[str, str] = field(default_factory=dict)
    """`name`, `namespace`, `chart`, `version`, `condition`, `missingFileHandler`, `valuesPathPrefix` and
    `installedTemplate`, as far as they are there."""
    installed: bool | None = None
    installed_by: str | None = None
    """The template that says `installed`; None for the release itself."""
    labels: Mapping[str, str] = field(default_factory=dict)
    values: tuple[Entry, ...] = ()
    values_template: tuple[Entry, ...] = ()
    secrets: tuple[Entry, ...] = ()
    options: tuple[Option, ...] = ()
    options_template: tuple[Option, ...] = ()
    unread: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name."""
        return self.texts.get("name", "")


_TEXTS = (
    "name", "namespace", "chart", "version", "condition", "missingFileHandler", "valuesPathPrefix", "installedTemplate",
)  # fmt: skip
_FILLED = ("name", "chart", "namespace", "version", "installedTemplate")


def read(entry: Entry) -> Release:
    """What one entry says by itself."""
    labels = entry.get("labels")
    return Release(
        entry,
        {key: text for key in _TEXTS if (text := entry.text(key))},
        entry.flag("installed"),
        None,
        {key.name: value.text for key, value in labels.node.entries} if labels is not None else {},
        tuple(entry.list("values")),
        tuple(entry.list("valuesTemplate")),
        tuple(entry.list("secrets")),
        tuple(_option(each) for each in entry.list("set"))
        + tuple(replace(_option(each), string=True) for each in entry.list("setString")),
        tuple(_option(each) for each in entry.list("setTemplate")),
        tuple(
            f"`{key}` at line {found.line} changes what is deployed and is not followed here."
            for key in ("transformers", "jsonPatches", "strategicMergePatches")
            if (found := entry.get(key)) is not None
        ),
    )


def inherited(state: State, entry: Entry, path: tuple[str, ...] = ()) -> Release:
    """A release with the templates that it inherits, the later over the earlier. Raises `NotRendered`."""
    own = read(entry)
    out: Release | None = None
    asked = entry.get("inherit")
    for item in [] if asked is None else [asked] if asked.node.kind == "mapping" else asked.items():
        name = item.text("template")
        if not name:
            return own
        if name in path:
            circle = clean(" -> ".join((*path, name)))
            raise NotRendered(f"Templates inherit one another in a circle: {circle}.", failed=True)
        template = state.templates.get(name)
        if template is None:
            raise NotRendered(f"The template {clean(name)} is not declared anywhere.", failed=True)
        source = _without(inherited(state, template, (*path, name)), [each.node.text for each in item.list("except")])
        if source.installed_by is None and source.installed is not None:
            on = source.installed if name not in state.turned_on else True
            source = replace(source, installed=on, installed_by=None if on is None else name)
        out = source if out is None else _joined(state, out, source)
    return own if out is None else _joined(state, out, own)


def _joined(state: State, weaker: Release, stronger: Release) -> Release:
    """One over the other. A release that turns on what its template turns off turns it on for all that come after it:
    Helmfile writes into the template itself (measured on 0.166)."""
    if stronger.installed and weaker.installed is False and weaker.installed_by is not None:
        state.turned_on.add(weaker.installed_by)
    return over(weaker, stronger)


def over(weaker: Release, stronger: Release) -> Release:
    """One over the other, as Helmfile does: texts replace, lists go on, and `installed: false` cannot turn off what
    a template has turned on (measured on 0.166)."""
    upper = bool(stronger.installed) or weaker.installed is None
    return Release(
        stronger.entry,
        {**weaker.texts, **stronger.texts},
        stronger.installed if upper else weaker.installed,
        stronger.installed_by if upper else weaker.installed_by,
        {**weaker.labels, **stronger.labels},
        weaker.values + stronger.values,
        weaker.values_template + stronger.values_template,
        weaker.secrets + stronger.secrets,
        weaker.options + stronger.options,
        weaker.options_template + stronger.options_template,
        weaker.unread + stronger.unread,
    )


def _without(release: Release, left_out: Sequence[str]) -> Release:
    changes: dict[str, Any] = {
        "labels": {"labels": {}},
        "values": {"values": ()},
        "valuesTemplate": {"values_template": ()},
        "secrets": {"secrets": ()},
        "set": {"options": tuple(option for option in release.options if option.string)},
        "setString": {"options": tuple(option for option in release.options if not option.string)},
        "setTemplate": {"options_template": ()},
    }
    for key in left_out:
        release = replace(release, **changes.get(key, {}))
    return release


def filled(release: Release, data: Mapping[str, Any], fill: Fill) -> tuple[Release, dict[str, Any]]:
    """The release with its own texts filled in, and what its further templates see. Raises `NotRendered`.

    The texts may refer to one another: they are filled again, from what they are in the file, until nothing changes.
    """
    seen = release
    for _ in range(_PASSES):
        told = {**data, "Release": _release_data(seen)}
        made = replace(
            release,
            texts={key: fill(text, told) if key in _FILLED else text for key, text in release.texts.items()},
            labels={key: fill(text, told) for key, text in release.labels.items()},
        )
        if made == seen:
            return made, told
        seen = made
    raise NotRendered(f"The texts of the release {clean(release.name)} refer to one another endlessly.", failed=True)


def _release_data(release: Release) -> dict[str, Any]:
    return {
        "Name": release.name,
        "Namespace": release.texts.get("namespace", ""),
        "Chart": release.texts.get("chart", ""),
        "ChartVersion": release.texts.get("version", ""),
        "Labels": dict(release.labels),
        "KubeContext": "",
    }


def _option(entry: Entry) -> Option:
    values = entry.get("values")
    return Option(
        entry,
        entry.text("name") or "",
        entry.text("value"),
        tuple(item.node.text for item in values.items()) if values is not None else None,
        entry.text("file"),
    )
