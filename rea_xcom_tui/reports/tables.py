"""The fleet as a table for people: plain text, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.text import class_name, clean, plural
from rea_xcom_tui.xcom.model import FIELDS, FieldName, FieldReading
from rea_xcom_tui.xcom.units import human

_FLEXIBLE = ("PATH", "IDENTITY")
_GAP = "  "


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the text table."""

    title: str
    cell: Callable[[Deployment], str]
    right: bool = False


def shown(reading: FieldReading) -> str:
    """A field's cell: the value, or its state where there is none; problems carry a `!`."""
    mark = " !" if reading.state in ("invalid", "conflict") else ""
    if reading.state == "reference":
        return f"({clean(reading.reference)})"
    text = reading.value if reading.value is not None else reading.raw if mark else None
    return f"{clean(text)}{mark}" if text is not None else f"-{mark}"


def backend(reading: FieldReading) -> str:
    """The last part of a backend's class path, which is what tells backends apart, or its state."""
    name, blank, mark = shown(reading).partition(" !")
    return class_name(name) + blank + mark


def threshold(reading: FieldReading) -> str:
    """A threshold in bytes with its meaning for people, such as ``1048576 1 MiB``."""
    if isinstance(reading.value, int) and reading.state == "set":
        words = human(reading.value)
        return str(reading.value) if words == str(reading.value) else f"{reading.value} {words}"
    return shown(reading)


def state(deployment: Deployment) -> str:
    """What a person should know about the row: wrong fields, findings, local changes."""
    words = [f"{name} {deployment.field(name).state}" for name in FIELDS if _wrong(deployment.field(name))]
    if deployment.config.shape_problem:
        words.insert(0, "wrong shape")
    if deployment.findings and not words:
        words.append(plural(len(deployment.findings), "finding"))
    if deployment.config.encrypted:
        words.append("encrypted")
    if deployment.dirty:
        words.append("dirty")
    if deployment.unreached:
        words.append("unreached")
    return ", ".join(words) or "ok"


def _wrong(reading: FieldReading) -> bool:
    return reading.state in ("invalid", "conflict")


def _field(name: FieldName) -> Callable[[Deployment], str]:
    return lambda deployment: shown(deployment.field(name))


_COLUMNS: dict[str, Column] = {
    "id": Column("ID", lambda d: clean(d.id)),
    "name": Column("NAME", lambda d: clean(d.name)),
    "env": Column("ENV", lambda d: clean(d.env or "-")),
    "namespace": Column("NAMESPACE", lambda d: clean(d.namespace or "-")),
    "repo": Column("REPO", lambda d: clean(d.repo or "-")),
    "cluster": Column("CLUSTER", lambda d: clean(d.cluster or "-")),
    "layout": Column("LAYOUT", lambda d: d.layout),
    "layers": Column("LAYERS", lambda d: clean(" ".join(d.layers))),
    "file": Column("FILE", lambda d: clean(d.file)),
    "cloud": Column("CLOUD", lambda d: d.config.cloud),
    "backend": Column("BACKEND", lambda d: backend(d.field("backend"))),
    "path": Column("PATH", _field("path")),
    "threshold": Column("THRESHOLD", lambda d: threshold(d.field("threshold")), right=True),
    "compression": Column("COMPR.", _field("compression")),
    "identity": Column("IDENTITY", _field("identity")),
    "connection": Column("CONNECTION", _field("connection")),
    "state": Column("STATE", state),
    "findings": Column("FINDINGS", lambda d: " ".join(dict.fromkeys(f.code for f in d.findings)) or "-"),
}
"""Every column by the name that `--columns` takes."""

COLUMN_NAMES: tuple[str, ...] = tuple(_COLUMNS)

DEFAULT_COLUMNS: tuple[str, ...] = (
    "name", "env", "cloud", "backend", "path", "threshold", "compression", "identity", "state",
)  # fmt: skip
"""What the text table shows unless told otherwise."""


def default_columns(fleet: Fleet) -> tuple[str, ...]:
    """What the text table of a fleet shows unless told otherwise: the repo too, where there are several."""
    return ("repo", *DEFAULT_COLUMNS) if fleet.repos else DEFAULT_COLUMNS


_WIDEST = 160
"""Characters of a cell at most."""


def text_table(
    fleet: Fleet, deployments: Sequence[Deployment], width: int | None = None, names: Sequence[str] = DEFAULT_COLUMNS
) -> str:
    """The table of `list` with the columns of these names.

    With a `width`, paths and identities, then other columns, are shortened to fit.

    Without one, only what no screen has room for is shortened: one file with an endless name must not make every line
    as long.
    """
    columns = [_COLUMNS[name] for name in names]
    rows = [[column.cell(d) for column in columns] for d in deployments]
    if "name" in names and "id" not in names:
        at, beside_env = names.index("name"), "env" in names and ("repo" in names or not fleet.repos)
        for row, d in zip(rows, deployments, strict=True):
            row[at] = clean(fleet.name_beside_env(d) if beside_env else fleet.called(d.id))
    widths = [min(_WIDEST, max([len(c.title), *(len(row[i]) for row in rows)])) for i, c in enumerate(columns)]
    _fit(columns, widths, width)
    lines = [_line(columns, [column.title for column in columns], widths)] if rows else []
    lines += [_line(columns, [middle(cell, widths[i]) for i, cell in enumerate(row)], widths) for row in rows]
    lines += unreadable_lines(fleet)
    lines += [f"note: {clean(notice)}" for notice in fleet.notices]
    return "\n".join(lines)


def unreadable_lines(fleet: Fleet) -> list[str]:
    """One line for each file that should be an agent values file but cannot be read."""
    return [
        f"unreadable: {clean(file.file)}{_position(file.line, file.column)}: {clean(file.message)}"
        for file in fleet.unreadable
    ]


def _position(line: int, column: int) -> str:
    return f":{line}:{column}" if line else ""


def _fit(columns: Sequence[Column], widths: list[int], width: int | None) -> None:
    if width is None:
        return
    flexible = [i for i, column in enumerate(columns) if column.title in _FLEXIBLE]
    others = sorted(set(range(len(widths))) - set(flexible), key=lambda i: -widths[i])
    for i in (*flexible, *others):
        excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        if excess > 0:
            widths[i] = max(min(widths[i], 16), widths[i] - excess)


def _line(columns: Sequence[Column], cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.rjust(widths[i]) if columns[i].right else cell.ljust(widths[i]) for i, cell in enumerate(cells)]
    return _GAP.join(padded).rstrip()


PLAIN_HEADER: tuple[str, ...] = ("id", "name", "env", "namespace", "cloud", *FIELDS, "state")
"""The columns of CSV and Markdown."""


def plain_cell(deployment: Deployment, name: str) -> str:
    """A column's value in full, as CSV and Markdown have it; empty where there is none."""
    if name in FIELDS:
        value = deployment.field(name).value
        return clean(value) if value is not None else ""
    if name in ("env", "namespace", "cluster"):
        return clean(getattr(deployment, name) or "")
    cell = _COLUMNS[name].cell(deployment)
    return "" if name == "findings" and cell == "-" else cell


def csv_table(deployments: Sequence[Deployment], names: Sequence[str] = PLAIN_HEADER) -> str:
    """The table as CSV with a header; an unset value is empty, and no cell is a formula (see `csv_cell`)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    writer.writerows([csv_cell(plain_cell(deployment, name)) for name in names] for deployment in deployments)
    return buffer.getvalue().rstrip("\n")


def csv_cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that begins like a formula gets an apostrophe in front.

    Numbers stay as they are, also -1, which is `never`. See OWASP's page on CSV injection.
    """
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text


_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
_LINKED = re.compile(r"(?<![\w.])@(?=\w)|[#!](?=[0-9])")
"""What a forge makes a link of and tells people about: `@name`, `#1` and `!1`."""


def markdown_table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table; pipes and markup in cells are made harmless."""
    lines = ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
    lines += ["| " + " | ".join(_markdown_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def fleet_markdown(deployments: Sequence[Deployment], names: Sequence[str] = PLAIN_HEADER) -> str:
    """The fleet as a Markdown table."""
    return markdown_table(names, [[plain_cell(deployment, name) for name in names] for deployment in deployments])


def _markdown_cell(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("`", "\\`").replace("<", "&lt;")
    escaped = escaped.replace("*", "\\*").replace("_", "\\_").replace("[", "\\[")
    # A backslash does not keep GitHub from notifying a person; an empty comment between sign and name does.
    return _LINKED.sub(lambda sign: f"{sign[0]}<!-- -->", escaped)


def middle(text: str, width: int) -> str:
    """Shorten `text` to `width` characters by its middle, so that the end, which differs, is seen."""
    if len(text) <= width:
        return text
    if width <= 1:
        return "…"[:width]
    tail = (width - 1) * 2 // 3
    return f"{text[: width - 1 - tail]}…{text[len(text) - tail :]}"
