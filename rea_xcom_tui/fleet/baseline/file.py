"""The baseline file `.rea-xcom.yaml`: where it is and how it is read.

    version: 1
    by: [env, cloud]               # what makes a group; this is what counts when it is left out
    baseline:
      prod:                        # a group: one part for each of `by`, `*` or nothing for any
        threshold: 0
        path: "s3://{team}-{env}-xcom/{name}"
        compression: zip or gzip   # a set; [zip, gzip] too
      dev:
        threshold: 64KiB..4MiB     # a range
        identity: same             # whatever it is, the same in the whole group
      prod/azure:                  # more special than `prod`
        backend: {value: a.b.Class, severity: error}
    per_environment:               # what `promote` does not carry, with the reason; a list of names does too
      bucket: "{team}-xcom of each account"
    ignore:
      - deployment: clusters/prod/crm/*
        field: compression
        actual: gzip
        reason: the partner's tool reads nothing else
        owner: Ana
        expires: "2027-01-31"

Every mistake is reported with line, column and key. A file without `baseline` only accepts deviations (`ignore`) and
says how groups are made (`by`); the majority then stays what the fleet is compared with.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.baseline.places import KEY, BadBaseline, Location, Places
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Node, Unreadable, ValuesFile, read_file
from rea_xcom_tui.xcom.drift.baseline import Baseline

_MOST_MISTAKES = 5
_MOST_PLACES = 200_000
"""Keys and values in one file; one of the largest size that is read has fewer unless it repeats itself by aliases."""


def baseline_path(root: Path) -> Path:
    """Where a repo's baseline file is, whether it exists or not."""
    return root / BASELINE_FILE


def load_baseline(root: Path) -> Baseline:
    """Read a repo's baseline from its working tree; an empty one where there is no file.

    Raises `BadBaseline` for a file with mistakes and `Unreadable` for one that cannot be read.
    """
    path = baseline_path(root)
    if not path.exists() and not path.is_symlink():
        return Baseline()
    return parse_baseline(read_file(path, root))


def parse_baseline(data: bytes) -> Baseline:
    """Read the bytes of a baseline file. Raises `BadBaseline` with every mistake, line, column and key named."""
    if not data.strip():
        return Baseline()
    try:
        parsed = ValuesFile.parse(data)
    except Unreadable as problem:
        raise BadBaseline(f"{BASELINE_FILE}:{problem.line}:{problem.column}: {problem}") from problem
    if parsed.documents > 1:
        raise _bad([(1, 1, "", f"the file holds {parsed.documents} YAML documents, and one is read; join them")])
    from rea_xcom_tui.fleet.baseline.models import build

    places: Places = {}
    mistakes: list[tuple[int, int, str, str]] = []
    plain = _plain(parsed.root, (), places, mistakes)
    if mistakes:
        raise _bad(mistakes)
    return build(plain, lambda problems: _bad([_placed(where, why, places) for where, why in problems]), places)


def _plain(node: Node, where: Location, places: Places, mistakes: list[tuple[int, int, str, str]]) -> Any:
    """A node as plain data; scalars as Helm reads them. Notes where each is, and what cannot be read here."""
    if len(places) > _MOST_PLACES:  # aliases of aliases make gigabytes of a few lines
        raise _bad(
            [(node.line, node.column, "", f"the file says more than {_MOST_PLACES:,} things; is it a baseline?")]
        )
    places[where] = (node.line, node.column)
    if node.kind == "sequence":
        return [_plain(item, (*where, index), places, mistakes) for index, item in enumerate(node.items)]
    if node.kind == "mapping":
        found: dict[str, Any] = {}
        for key, value in node.entries:
            name = key.text
            shown = ".".join(map(str, (*where, name)))
            if name in found:
                known = places[*where, name, KEY][0]
                mistakes.append((key.line, key.column, shown, f"this key is already on line {known}"))
            elif name == "<<" and not key.style:
                mistakes.append((key.line, key.column, shown, "merges are not read here; write the keys out"))
            found[name] = _plain(value, (*where, name), places, mistakes)
            places[(*where, name, KEY)] = (key.line, key.column)
        return found
    return node.value


def _placed(where: Location, why: str, places: Places) -> tuple[int, int, str, str]:
    """A mistake with line and column: of the thing itself, or of the nearest thing around it."""
    shown = ".".join(str(part) for part in where if part != KEY)
    while where:
        if where in places:
            return (*places[where], shown, why)
        where = where[:-1]
    return 1, 1, shown, why


def _bad(mistakes: list[tuple[int, int, str, str]]) -> BadBaseline:
    found = sorted(set(mistakes))
    lines = [
        f"{BASELINE_FILE}:{line}:{column}: " + (f"'{clean(key)}': " if key else "") + clean(why)
        for line, column, key, why in found[:_MOST_MISTAKES]
    ]
    if len(found) > _MOST_MISTAKES:
        lines.append(f"and {len(found) - _MOST_MISTAKES} more mistakes in {BASELINE_FILE}")
    return BadBaseline("\n".join(lines))
