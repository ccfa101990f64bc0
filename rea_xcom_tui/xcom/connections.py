"""What Airflow makes of the text of a connection variable (`AIRFLOW_CONN_<ID>`).

The text holds passwords and keys. Objects here carry them only in fields that `repr` leaves out; nothing of
them belongs on a screen, in a report or in an error.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from rea_xcom_tui.xcom.model import Cloud

MEMBERS: Final = frozenset(("conn_type", "host", "login", "password", "schema", "port", "extra", "description"))
"""All that a connection's JSON may hold; any other member makes Airflow say the connection is not defined."""

TYPE_CLOUDS: Final[dict[str, Cloud]] = {
    "aws": "aws", "s3": "aws", "azure": "azure", "wasb": "azure", "adls": "azure", "azure_data_lake": "azure",
    "google_cloud_platform": "gcp", "gcpssh": "gcp",
}  # fmt: skip
"""The cloud of each connection type that is seen with object storage."""

CLIENT_ID_MEMBERS: Final = ("managed_identity_client_id", "workload_identity_client_id")
"""Members of an Azure connection's extra that hold the identity's client id."""

_UNDEFINED: Final = "so Airflow takes the connection as not defined."

_PREFIXES: Final = ("", "extra__azure__", "extra__wasb__", "extra__adls__", "extra__azure_data_lake__")


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection as Airflow reads it from its variable."""

    form: Literal["json", "uri", "empty"]
    type: str | None = None
    problem: str | None = None
    """Why Airflow reports it as not defined, in one sentence without any of its content, or None."""
    extra_problem: str | None = None
    """Why its `extra` is silently taken as empty, or None."""
    members: dict[str, object] = field(default_factory=dict, repr=False)
    """The JSON's members, or the URI's parts by the same names."""
    extra: dict[str, object] = field(default_factory=dict, repr=False)
    """The extra, decoded."""

    @property
    def cloud(self) -> Cloud | None:
        """The cloud of its type, or None."""
        return TYPE_CLOUDS.get(self.type or "")

    def client_ids(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Every client id of an Azure identity in it, each with its pointer from the JSON root.

        In a URI the pointer is empty: such a member cannot be changed alone.
        """
        found: list[tuple[tuple[str, ...], str]] = []
        for member in CLIENT_ID_MEMBERS if self.extra else ():
            for prefix in _PREFIXES:
                text = self.extra.get(prefix + member)
                if isinstance(text, str) and text:
                    pointer = ("extra", prefix + member) if self.form == "json" else ()
                    found.append((pointer, text))
        return tuple(found)


@lru_cache(maxsize=256)
def connection(text: str) -> Connection:
    """Read a connection's text as Airflow does (measured on 3.3.2).

    A text that starts with `{`, blanks aside, is JSON, any other is a URI. What cannot be parsed is reported by
    Airflow as a connection that is not defined, which hides the real reason. Free text is taken as a URI with
    no type, without an error.
    """
    bare = text.strip()
    if not bare:
        return Connection("empty", problem="An empty text defines no connection.")
    return _from_json(bare) if bare.startswith("{") else _from_uri(bare)


def _from_json(text: str) -> Connection:
    try:
        data = json.loads(text)
    except ValueError as error:
        where = f" at character {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else ""
        hint = " (JSON takes double quotes only)" if text[1:].lstrip().startswith("'") else ""
        return Connection("json", problem=f"Its text is not JSON{where}{hint}, {_UNDEFINED}")
    except RecursionError:
        return Connection("json", problem=f"Its JSON is nested too deeply, {_UNDEFINED}")
    problem = _member_problem(data)
    extra, extra_problem = _extra_of(data.get("extra"))
    return Connection("json", _type_of(data.get("conn_type")), problem, extra_problem, data, extra)


def _member_problem(data: dict[str, object]) -> str | None:
    """Why these members define no connection (recorded on Airflow 3.1.8 and 3.3.2).

    `login` and `password` take a text or null and nothing else, not even 0. `host`, `schema` and `conn_type` take
    whatever counts as empty besides. `description` takes anything.
    """
    unknown = sorted(set(data) - MEMBERS)
    if unknown:
        return f'Its JSON has the unknown member "{unknown[0][:40]}", {_UNDEFINED}'
    for name in ("conn_type", "host", "schema", "login", "password"):
        value = data.get(name)
        empty = value is None if name in ("login", "password") else not value
        if not empty and not isinstance(value, str):
            return f"Its {name} is not a string, {_UNDEFINED}"
    if data.get("port") and not _is_port(data["port"]):
        return f"Its port is not a whole number, {_UNDEFINED}"
    return None


def _type_of(conn_type: object) -> str | None:
    if not isinstance(conn_type, str) or not conn_type:
        return None
    return "postgres" if conn_type == "postgresql" else conn_type.replace("-", "_")


def _is_port(port: object) -> bool:
    try:
        int(port)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return False
    return True


def _extra_of(extra: object) -> tuple[dict[str, object], str | None]:
    """Decode `extra`: JSON in a string and an object work alike; what is empty counts as none.

    A text that is not JSON is dropped without an error. JSON that is not an object makes the store's class raise an
    error when it looks for its settings (recorded on Airflow 3.1.8 and 3.3.2).
    """
    if not extra:
        return {}, None
    if isinstance(extra, str):
        try:
            extra = json.loads(extra)
        except (ValueError, RecursionError):
            return {}, "Its extra is not JSON, so Airflow drops it without an error."
    if isinstance(extra, dict):
        return extra, None
    return {}, "Its extra is JSON but not an object, so the store cannot be built and the task fails."


def _from_uri(text: str) -> Connection:
    """As `Connection.from_uri` of Airflow 3.3.2 does, step by step.

    A second `://` is taken for the host's own protocol, and then neither `@` nor `:` may be before it: an unescaped
    `endpoint_url=http://...` behind a user and a password makes the connection undefined.
    """
    count = text.count("://")
    try:
        scheme = urlsplit(text).scheme
        rest = text.replace(f"{scheme}://", "" if count == 2 else "//")
        before = rest.split("://", 1)[0] if count == 2 else ""
        parts = urlsplit(rest)
        port = parts.port
        problem = None
    except ValueError:
        return _undefined_uri(
            text, f"Its URI has a bad port, a bracket or an unescaped / in the password, {_UNDEFINED}"
        )
    if count > 2:
        problem = f"Its URI has more than two schemes, {_UNDEFINED}"
    elif "@" in before or ":" in before:
        problem = f"Its URI has a second :// behind a user or port; write it as %3A%2F%2F, {_UNDEFINED}"
    if problem:
        return _undefined_uri(text, problem)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    extra: dict[str, object] = dict(query)
    extra_problem = None
    if "__extra__" in query:
        extra, extra_problem = _extra_of(query["__extra__"])
    members: dict[str, object] = {
        "host": unquote(parts.hostname or ""),
        "login": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "schema": unquote(parts.path[1:]),
        "port": port,
    }
    members = {name: value for name, value in members.items() if value}
    return Connection("uri", _type_of(scheme), None, extra_problem, members, extra)


def _undefined_uri(text: str, problem: str) -> Connection:
    """A URI that defines nothing; its user and password are kept, because they are secrets all the same."""
    scheme, _, rest = text.partition("://")
    user, at, _ = rest.rpartition("@")
    login, _, password = user.partition(":")
    members: dict[str, object] = {"login": unquote(login), "password": unquote(password)} if at else {}
    return Connection("uri", _type_of(scheme.lower()), problem, None, members, {})
