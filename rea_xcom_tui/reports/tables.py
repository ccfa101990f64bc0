"""The fleet as a table for people: plain text, CSV and Markdown."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.reports.shorten import class_name, middle
from rea_xcom_tui.text import clean, plural
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
    """A field's cell: the value, or how it stands where there is none; problems carry a `!`."""
    mark = " !" if reading.state in ("invalid", "conflict") else ""
    if reading.state == "reference":
        return f"({clean(reading.reference)})"
    text = reading.value if reading.value is not None else reading.raw if mark else None
    return f"{clean(text)}{mark}" if text is not None else f"-{mark}"


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
    return ", ".join(words) or "ok"


def _wrong(reading: FieldReading) -> bool:
    return reading.state in ("invalid", "conflict")


def _field(name: FieldName) -> Callable[[Deployment], str]:
    return lambda deployment: shown(deployment.field(name))


COLUMNS: tuple[Column, ...] = (
    Column("NAME", lambda d: clean(d.name)),
    Column("ENV", lambda d: clean(d.env or "-")),
    Column("CLOUD", lambda d: d.config.cloud),
    Column("BACKEND", lambda d: class_name(shown(d.field("backend")))),
    Column("PATH", _field("path")),
    Column("THRESHOLD", lambda d: threshold(d.field("threshold")), right=True),
    Column("COMPR.", _field("compression")),
    Column("IDENTITY", _field("identity")),
    Column("STATE", state),
)


_WIDEST = 160
"""Characters of a cell at most."""


def text_table(fleet: Fleet, deployments: Sequence[Deployment], width: int | None = None) -> str:
    """The table of `list`. With a `width`, paths and identities, then other columns, are shortened to fit.

    Without one, only what no screen has room for is shortened: one file with a name without end must not make every
    line as long.
    """
    rows = [[column.cell(d) for column in COLUMNS] for d in deployments]
    widths = [min(_WIDEST, max([len(c.title), *(len(row[i]) for row in rows)])) for i, c in enumerate(COLUMNS)]
    _fit(widths, width)
    lines = [_line([column.title for column in COLUMNS], widths)] if rows else []
    lines += [_line([middle(cell, widths[i]) for i, cell in enumerate(row)], widths) for row in rows]
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


def _fit(widths: list[int], width: int | None) -> None:
    if width is None:
        return
    flexible = [i for i, column in enumerate(COLUMNS) if column.title in _FLEXIBLE]
    others = sorted(set(range(len(widths))) - set(flexible), key=lambda i: -widths[i])
    for i in (*flexible, *others):
        excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        if excess > 0:
            widths[i] = max(min(widths[i], 16), widths[i] - excess)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [cell.rjust(widths[i]) if COLUMNS[i].right else cell.ljust(widths[i]) for i, cell in enumerate(cells)]
    return _GAP.join(padded).rstrip()


PLAIN_HEADER: tuple[str, ...] = ("id", "name", "env", "namespace", "cloud", *FIELDS, "state")
"""The columns of CSV and Markdown."""


def _plain_row(deployment: Deployment) -> list[str]:
    fields = [deployment.field(name) for name in FIELDS]
    values = [clean(f.value if f.value is not None else "") for f in fields]
    head = [deployment.id, deployment.name, deployment.env or "", deployment.namespace or ""]
    return [*(clean(text) for text in head), deployment.config.cloud, *values, state(deployment)]


def csv_table(deployments: Sequence[Deployment]) -> str:
    """The table as CSV with a header; an unset value is empty, and no cell is a formula (see `csv_cell`)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(PLAIN_HEADER)
    writer.writerows([csv_cell(cell) for cell in _plain_row(deployment)] for deployment in deployments)
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


def fleet_markdown(deployments: Sequence[Deployment]) -> str:
    """The fleet as a Markdown table."""
    return markdown_table(PLAIN_HEADER, [_plain_row(deployment) for deployment in deployments])


def _markdown_cell(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("|", "\\|").replace("`", "\\`").replace("<", "&lt;")
    escaped = escaped.replace("*", "\\*").replace("_", "\\_").replace("[", "\\[")
    # A backslash does not keep GitHub from notifying a person; an empty comment between sign and name does.
    return _LINKED.sub(lambda sign: f"{sign[0]}<!-- -->", escaped)
