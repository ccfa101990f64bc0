"""What is running, as Helm's own exports tell it: one file of `helm get values -o yaml` for each release."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.row import Row
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.values import Unreadable, ValuesFile, read_file
from rea_xcom_tui.xcom.drift import Notice, Outcome
from rea_xcom_tui.xcom.drift.reference import state_deviations
from rea_xcom_tui.xcom.masking import without_passwords
from rea_xcom_tui.xcom.model import Configuration
from rea_xcom_tui.xcom.reading import read

_SUFFIXES = frozenset((".yaml", ".yml", ".json"))
_NAMED = 5
_TITLE = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:USER-SUPPLIED|COMPUTED) VALUES:[ \t]*\r?\n")


@dataclass(frozen=True, slots=True)
class Release:
    """One Helm release with the values its user gave it."""

    name: str
    hints: tuple[str, ...]
    """What narrows down which deployment it is: its namespace, or the folders its export is in."""
    config: Configuration | None
    source: str
    """Where it was read, for people."""
    problem: str | None = None
    """Why it cannot be read, or None."""
    namespace: str | None = None
    """Its namespace where that is known for sure, by which no deployment of another one is it."""


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


def exported_values(path: Path) -> bytes:
    """The bytes of one values file from wherever it is, without what Helm or Kubernetes puts around its values.

    That is Helm's title, or the ConfigMap in which `kubectl get configmap -o yaml` shows them. Raises `ToolError`
    where the file is empty, no YAML, or another object of Kubernetes.
    """
    try:
        read = read_file(path.resolve(), path.resolve().parent)
    except Unreadable as problem:  # which names the file already
        raise ToolError(str(problem)) from problem
    try:
        data = _without_title(read)
        root = ValuesFile.parse(data).root
    except (Unreadable, ValueError) as problem:
        raise ToolError(f"{clean(path)}: {problem}") from problem
    kind = root.get("kind") if root.kind == "mapping" and root.get("apiVersion") is not None else None
    if kind is None:
        return data
    inside = root.get("data")
    if kind.text != "ConfigMap" or inside is None or inside.kind != "mapping":
        raise ToolError(f"{clean(path)} is a {clean(kind.text)} of Kubernetes and holds no values; name a values file")
    texts = [value for key, value in inside.entries if key.text.endswith((".yaml", ".yml"))]
    if len(texts) != 1:
        raise ToolError(
            f"{clean(path)} is a ConfigMap with {plural(len(texts), 'YAML file')} in its data, and one is expected; "
            "save the values in a file of their own and name that"
        )
    return texts[0].text.encode()


def _exported(folder: Path, path: Path) -> Release:
    relative = path.relative_to(folder)
    try:
        config = configuration(_without_title(read_file(path, folder)))
    except (Unreadable, ValueError) as problem:
        return Release(path.stem, relative.parts[:-1], None, str(relative), str(problem))
    return Release(path.stem, relative.parts[:-1], config, str(relative))


def _without_title(data: bytes) -> bytes:
    """An export without the line that Helm puts above the values where no format was asked for.

    Raises `ValueError` where nothing was exported: a release without values says `null`, a command that failed nothing.
    """
    if not data.strip():
        raise ValueError("The file is empty, so `helm get values` has failed; export it again.")
    return _TITLE.sub(b"", data)


def configuration(data: bytes) -> Configuration:
    """The configuration that values say, whether YAML or JSON. Raises `Unreadable`, `ValueError` for no values."""
    parsed = ValuesFile.parse(data)
    if parsed.documents > 1:
        raise ValueError(f"The file holds {parsed.documents} YAML documents, so it is not an export of values.")
    return without_passwords(read(parsed.root))


def release_deviations(
    rows: Sequence[Row], releases: Sequence[Release], only: Collection[str] | None = None
) -> Outcome:
    """Compare each deployment, or each that `only` names, with the release of its name.

    A release is matched by the deployment's name or its name within the team, and by namespace, environment or team
    where its folders say one: a release in `dev` is never held against a deployment elsewhere. Of several that fit,
    those that `only` names count. A release that fits none or several, and a deployment that no release matches, are
    reported and never guessed at.
    """
    known = frozenset(word for row in rows for word in _said_of(row))
    asked = [row for row in rows if only is None or row.id in only]
    states: dict[str, Configuration] = {}
    seen: dict[str, str] = {}
    doubtful: set[str] = set()
    notices: list[Notice] = []
    for release in releases:
        said = f"release {clean(release.name)} ({clean(release.source)})"
        fitting = _fitting(rows, release, known)
        mine = fitting if only is None else [row for row in fitting if row.id in only]
        if fitting and not mine:
            continue  # of a deployment that is not asked for
        fitting = mine
        if release.problem is not None or release.config is None:
            notices.append(Notice("no release", f"{said} cannot be read: {release.problem}"))
        elif not fitting:
            notices.append(Notice("no row", f"{said} matches no deployment"))
        elif len(fitting) > 1:
            notices.append(_ambiguous(said, fitting))
        elif (id_ := fitting[0].id) in seen and states.get(id_) != release.config:
            text = f"{said} and {seen[id_]} both match {id_} and say different things, so neither is compared"
            notices.append(Notice("other", text, (id_,)))
            doubtful.add(id_)
        else:
            states[id_] = release.config
            seen[id_] = said
    asked = [row for row in asked if row.id not in doubtful]
    found = state_deviations(asked, states, "the running release", "no release for")
    return Outcome(found.deviations, (*found.notices, *notices))


def _fitting(rows: Iterable[Row], release: Release, known: Collection[str]) -> list[Row]:
    for name in ("name", "short"):
        found = [row for row in rows if row.names.get(name) == release.name]
        if release.namespace is not None:
            found = [row for row in found if row.names.get("namespace", release.namespace) == release.namespace]
        for hint in release.hints:
            narrowed = [row for row in found if hint in _said_of(row)]
            found = narrowed if hint in known else narrowed or found
        if found:
            return found
    return []


def _said_of(row: Row) -> Iterator[str]:
    return (row.names[name] for name in ("namespace", "env", "team") if name in row.names)


def _ambiguous(said: str, fitting: Sequence[Row]) -> Notice:
    ids = [row.id for row in fitting]
    shown = ", ".join(ids[:_NAMED]) + (", ..." if len(ids) > _NAMED else "")
    text = (
        f"{said} matches {plural(len(ids), 'deployment')}: {shown}; narrow the query, or put the file in a "
        "folder called like the environment or namespace"
    )
    return Notice("no row", text, tuple(ids))
