"""What is running, as Helm's own exports tell it: one file of `helm get values -o yaml` for each release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.drifting_rows import DriftRow
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.values import Unreadable, ValuesFile, read_file
from rea_xcom_tui.xcom.drift import Notice, Outcome
from rea_xcom_tui.xcom.drift.reference import state_deviations
from rea_xcom_tui.xcom.hiding import without_passwords
from rea_xcom_tui.xcom.model import Configuration
from rea_xcom_tui.xcom.reading import read

_SUFFIXES = frozenset((".yaml", ".yml", ".json"))
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Release:
    """One Helm release with the values its user gave it."""

    name: str
    hints: tuple[str, ...]
    """What narrows down which deployment it is: its namespace, or the folders its export lies in."""
    config: Configuration | None
    source: str
    """Where it was read, for people."""
    problem: str | None = None
    """Why it cannot be read, or None."""


def exported_releases(folder: Path) -> list[Release]:
    """Read a folder of exports, `NAME.yaml` each, in subfolders that name a namespace or environment if need be.

    Raises `ToolError` when there is no such folder or nothing in it.
    """
    if not folder.is_dir():
        raise ToolError(f"there is no folder {clean(folder)} with exported releases; make it with `helm get values`")
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and not path.is_dir())
    if not files:
        raise ToolError(f"{clean(folder)} holds no exported release; write NAME.yaml with `helm get values -o yaml`")
    return [_exported(folder, path) for path in files]


def _exported(folder: Path, path: Path) -> Release:
    relative = path.relative_to(folder)
    try:
        config = configuration(read_file(path, folder))
    except Unreadable as problem:
        return Release(path.stem, relative.parts[:-1], None, str(relative), str(problem))
    return Release(path.stem, relative.parts[:-1], config, str(relative))


def configuration(data: bytes) -> Configuration:
    """The configuration that values say, whether YAML or JSON. Raises `Unreadable`."""
    return without_passwords(read(ValuesFile.parse(data).root))


def release_deviations(rows: Sequence[DriftRow], releases: Sequence[Release]) -> Outcome:
    """Compare each deployment with the release of its name.

    A release is matched by the deployment's name or its name within the team, and where that fits several, by
    namespace, environment or team. A release that fits none or several, and a deployment that no release fits,
    are told and never guessed over.
    """
    states: dict[str, Configuration] = {}
    seen: dict[str, str] = {}
    notices: list[Notice] = []
    for release in releases:
        said = f"release {clean(release.name)} ({clean(release.source)})"
        fitting = _fitting(rows, release)
        if release.problem is not None or release.config is None:
            notices.append(Notice("no release", f"{said} cannot be read: {release.problem}"))
        elif not fitting:
            notices.append(Notice("no row", f"{said} fits no deployment"))
        elif len(fitting) > 1:
            notices.append(_ambiguous(said, fitting))
        elif fitting[0].id in states:
            text = f"{said} and {seen[fitting[0].id]} both fit {fitting[0].id}; the second is not compared"
            notices.append(Notice("other", text, (fitting[0].id,)))
        else:
            states[fitting[0].id] = release.config
            seen[fitting[0].id] = said
    found = state_deviations(rows, states, "the running release", "no release for")
    return Outcome(found.deviations, (*found.notices, *notices))


def _fitting(rows: Iterable[DriftRow], release: Release) -> list[DriftRow]:
    for name in ("name", "short"):
        found = [row for row in rows if row.names.get(name) == release.name]
        for hint in release.hints:
            narrowed = [row for row in found if hint in _said_of(row)]
            found = narrowed or found
        if found:
            return found
    return []


def _said_of(row: DriftRow) -> Iterator[str]:
    return (row.names[name] for name in ("namespace", "env", "team") if name in row.names)


def _ambiguous(said: str, fitting: Sequence[DriftRow]) -> Notice:
    ids = [row.id for row in fitting]
    shown = ", ".join(ids[:_NAMED]) + (", ..." if len(ids) > _NAMED else "")
    text = (
        f"{said} fits {plural(len(ids), 'deployment')}: {shown}; narrow the query, or put the file in a "
        "folder called like the environment or namespace"
    )
    return Notice("no row", text, tuple(ids))
