"""Passwords and signatures that somebody has written into a path, hidden in everything that is made of a reading.

Airflow takes all before the `@` of a path as the connection's id (measured on 3.0.2, 3.1.3 and 3.3.2), so that
`s3://user:password@bucket` works for nobody; but the password is there, and must not be shown again.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec.structs import replace

from rea_xcom_tui.xcom.model import Configuration, FieldName, FieldReading, Place
from rea_xcom_tui.xcom.secrets import MASK

_Hide = Callable[[str], str]
_Value = str | int | None
_SIGNED = re.compile(
    r"([?&#;][^=&#;\s]{0,60}(?:sig|signature|token|secret|passw|passwd|password|pwd|credential|key|sas)=)[^&#\s]+", re.I
)
"""The part of a query that signs or opens it: `sig=` of Azure's SAS, `X-Amz-Signature=`, `token=`."""

_SCHEME = re.compile(r"\s*[A-Za-z][A-Za-z0-9+.\-]*:/{1,3}")


def hide_in_path(text: str) -> str:
    """The path as it may be shown: what is after a colon before its `@` is hidden, and so is a signature or key in a
    query (`?sig=...`). A plain connection id stays as it is.
    """
    return _hide_password(_SIGNED.sub(rf"\1{MASK}", text) if "=" in text else text)


def _hide_password(text: str) -> str:
    head, _, rest = text.rpartition("@")
    if ":" not in head:
        return text
    scheme = _SCHEME.match(head)
    start = scheme.end() if scheme else 0
    user, colon, secret = head[start:].partition(":")
    if not colon or not secret or "/" in user or "@" in user:
        return text
    return f"{head[:start]}{user}:{MASK}@{rest}"


def hide_in_id(text: str) -> str:
    """The connection's id as a path names it, without what is after a colon."""
    user, colon, secret = text.partition(":")
    return f"{user}:{MASK}" if colon and secret else text


def without_passwords(config: Configuration) -> Configuration:
    """The configuration with passwords in path and connection hidden; itself, where there are none."""
    path, connection = config.fields["path"], config.fields["connection"]
    texts = {path.raw, path.value}
    for place in path.places:
        texts.add(place.raw)
        texts.add(place.value)
    if not [text for text in texts if isinstance(text, str) and hide_in_path(text) != text]:
        return config
    fields: dict[FieldName, FieldReading] = {
        **config.fields,
        "path": _hidden(path, hide_in_path),
        "connection": _hidden(connection, hide_in_id),
    }
    return replace(config, fields=fields)


def _hidden(reading: FieldReading, hide: _Hide) -> FieldReading:
    problem = reading.problem
    for place in reading.places:
        if problem and place.raw:
            problem = problem.replace(place.raw, hide(place.raw))
    return replace(
        reading,
        value=_said(reading.value, hide),
        raw=None if reading.raw is None else hide(reading.raw),
        place=None if reading.place is None else _hidden_place(reading.place, hide),
        places=tuple(_hidden_place(place, hide) for place in reading.places),
        problem=problem,
    )


def _hidden_place(place: Place, hide: _Hide) -> Place:
    return replace(place, raw=hide(place.raw), value=_said(place.value, hide))


def _said(value: _Value, hide: _Hide) -> _Value:
    return hide(value) if isinstance(value, str) else value
