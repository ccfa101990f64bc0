"""What a person sees over a line: the fields that it sets, what is in force, and what Airflow will do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.text import clean, plural, some
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName, FieldReading, Place
from rea_xcom_tui.xcom.outcome import meaning, outcome

_NAME = re.compile(r"""\bname["']?\s*:\s*["']?([A-Z][A-Z0-9_]*)""")
_MOST = 3
"""How many deployments are named one by one."""

FIELD_BY_VARIABLE: dict[str, FieldName] = {
    field.variable: name for name, field in TABLE.items() if field.variable is not None
}
FIELD_BY_KEY: dict[str, FieldName] = {field.key: name for name, field in TABLE.items() if field.key}


def hover(deployments: Sequence[Deployment], file: str, lines: Sequence[str], line: int) -> str | None:
    """Markdown about the settings on a line (from 1) of a file; None where there are none.

    `deployments` are those that the file is part of.
    """
    told = [part for one in deployments if (part := _about(one, file, lines, line)) is not None]
    if not told:
        return None
    same = {part for _, part in told}
    if len(same) == 1 and len(told) > 1:
        names = some([name for name, _ in told], _MOST, _code)
        return f"{told[0][1]}\n\nThe same for {plural(len(told), 'deployment')}: {names}."
    shown = [f"**{_plain(name)}**\n\n{part}" for name, part in told[:_MOST]]
    if len(told) > _MOST:
        shown.append(f"… and {plural(len(told) - _MOST, 'other deployment')} that this file has a part in.")
    return "\n\n---\n\n".join(shown)


def _about(deployment: Deployment, file: str, lines: Sequence[str], line: int) -> tuple[str, str] | None:
    here = list(_fields_on(deployment, file, lines, line))
    if not here:
        return None
    parts = [_field(deployment, reading, place) for reading, place in here]
    will = [f"* {_plain(sentence)}" for sentence in outcome(deployment.config)]
    return deployment.name, "\n\n".join([*parts, "What Airflow will do:", "\n".join(will)])


def _fields_on(
    deployment: Deployment, file: str, lines: Sequence[str], line: int
) -> Iterator[tuple[FieldReading, Place]]:
    """The fields that are set on a line, or on the line after it that belongs to the name on it."""
    named = _NAME.search(lines[line - 1]) if 0 < line <= len(lines) else None
    field = FIELD_BY_VARIABLE.get(named[1]) if named else None
    for reading in deployment.config.fields.values():
        places = reading.places or ((reading.place,) if reading.place else ())
        for place in places:
            near = place.line == line or (reading.name == field and line <= place.line <= line + 1)
            if near and deployment.file_at(place.layer) == file:
                yield reading, place
                break


def _field(deployment: Deployment, reading: FieldReading, place: Place) -> str:
    value = _code(reading.value if reading.value is not None else reading.raw or "")
    head = f"**{reading.name}** {value} · {reading.state}" if value else f"**{reading.name}** · {reading.state}"
    said = meaning(reading, deployment.config)
    lines = [head, *([_plain(said)] if said else [])]
    decides = reading.place
    if place.shadowed or (decides is not None and place != decides):
        where = f"{deployment.file_at(decides.layer)}:{decides.line}" if decides is not None else "elsewhere"
        lines.append(f"What is written here has no effect: {_code(where)} decides.")
    return "\n\n".join(lines)


def _code(text: object) -> str:
    """Foreign text as a code span, in which nothing is markup."""
    shown = clean(text, 400)
    fence = "``" if "`" in shown else "`"
    blank = " " if fence == "``" else ""
    return f"{fence}{blank}{shown}{blank}{fence}" if shown else ""


def _plain(text: str) -> str:
    """A sentence of ours that may hold foreign words, with what Markdown would take for markup escaped."""
    return re.sub(r"([\\`*_\[\]<>#])", r"\\\1", clean(text, 1_000))
