"""What Go's YAML readers and printers take for a date or time.

Helm keeps it as the text that it is, but wants `!!timestamp` before nothing else; kustomize makes a whole time of it;
both put a string that looks like one into quotes when they print it. go-yaml knows four layouts: a date, a date and a
time behind blanks, which has no zone, and both with a `T` between them, which has to have one. Measured with Helm
3.17.1 and 4.2.3 and with Kustomize 5.8.1.
"""

from __future__ import annotations

import re

_TIME = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:([Tt]| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[+-]\d\d:[0-5]\d)?)?",
    re.ASCII,
)
_NANOSECONDS = 9
"""Digits of a second's fraction that Go keeps."""


def go_time(text: str) -> str | None:
    """A date or time as Go prints it in JSON, or None for a text that Go does not take for one, such as a date that
    does not exist."""
    found = _TIME.fullmatch(text)
    if found is None:
        return None
    between, zone = found[4], found[9]
    if between is not None and (zone is not None) != (between in "Tt"):
        return None
    import datetime

    year, month, day, hour, minute, second = (int(found[at] or 0) for at in (1, 2, 3, 5, 6, 7))
    try:
        datetime.datetime(year or 400, month, day, hour, minute, second)  # Go has a year 0, a leap year like 400
    except ValueError:
        return None
    if zone is None or zone[1:] == "00:00":
        zone = "Z"
    elif zone[1:3] > "23":
        return None
    fraction = (found[8] or "")[:_NANOSECONDS].rstrip("0")
    point = f".{fraction}" if fraction else ""
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{point}{zone}"
