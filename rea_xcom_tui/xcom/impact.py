"""What a change does to values already stored, and to the pods: one function a field, for the table of fields.

Paths, connection ids, thresholds and compressions were measured by writing with one configuration and reading
with another, on Airflow 3.0.2, 3.1.3 and 3.3.2. All settings are cached by the processes, so a change takes effect
only when the pods restart.
"""

from __future__ import annotations

from rea_xcom_tui.xcom.airflow import uses_object_storage
from rea_xcom_tui.xcom.clouds import STORE_NAMES
from rea_xcom_tui.xcom.model import Configuration, Value
from rea_xcom_tui.xcom.paths import ParsedPath, parse_path

RESTART = "pods restart"
_READABLE = f"{RESTART}; values already stored stay readable"
ADDRESS = "get a URL string instead of the data"
"""In every sentence about a change after which values stored before can no longer be read."""
_URL = f"running tasks that read values stored before {ADDRESS}"


def threshold(old: Value, new: Value, config: Configuration) -> str:
    """Of XCom's threshold."""
    store = STORE_NAMES[config.cloud]
    if not isinstance(new, int) or new < 0:
        return f"{_READABLE}; from then on every value stays in Airflow's database, outside your own cloud."
    what = "every value goes" if new == 0 else f"values of {new} bytes and more go"
    return f"{_READABLE}; from then on {what} to {store}."


def compression(old: Value, new: Value, config: Configuration) -> str:
    """Of XCom's compression."""
    return f"{_READABLE}, whatever they were compressed with."


def connection(old: Value, new: Value, config: Configuration) -> str:
    """Of the connection in the path."""
    return f"{RESTART}; {_URL}, because the connection id is part of each stored address."


def identity(old: Value, new: Value, config: Configuration) -> str:
    """Of the identity of the pods."""
    if new is None:
        return f"{RESTART}; without an identity in the file the pods use what the cluster gives them."
    return f"{RESTART}; values already stored stay readable if the new identity may read them."


def backend(old: Value, new: Value, config: Configuration) -> str:
    """Of the backend class."""
    if uses_object_storage(new):
        return f"{_READABLE}; new values go where path and threshold say."
    return f"{RESTART}; {_URL} where they were put into object storage."


def path(old: Value, new: Value, config: Configuration) -> str:
    """Of XCom's path."""
    if not isinstance(old, str) or not old:
        return f"{RESTART}; new values that reach the threshold go to the new path."
    if not isinstance(new, str) or not new:
        return f"{RESTART}; {_URL}, and new values go to the container's own disk or fail, by Airflow's version."
    before, after = parse_path(old), parse_path(new)
    if _still_covers(before, after):
        return f"{_READABLE}."
    return f"{RESTART}; {_URL}: {_difference(before, after)}."


def _still_covers(before: ParsedPath, after: ParsedPath) -> bool:
    """True when every object below the old path is also below the new one, by the same scheme and connection."""
    if (before.scheme, before.conn_id, before.bucket) != (after.scheme, after.conn_id, after.bucket):
        return False
    narrow, wide = before.prefix.strip("/"), after.prefix.strip("/")
    return not wide or narrow == wide or narrow.startswith(wide + "/")


def _difference(before: ParsedPath, after: ParsedPath) -> str:
    if before.scheme != after.scheme:
        return "the scheme differs"
    if before.bucket != after.bucket:
        return "the bucket differs"
    return "the connection id differs" if before.conn_id != after.conn_id else "the old prefix is not below the new one"


def state_path(old: Value, new: Value, config: Configuration) -> str:
    """Of the state store's path. It names its objects itself, so it looks for them where its path is now."""
    if not old:
        return state(old, new, config)
    return f"{RESTART}; tasks look for their states under the new path, and find none that are under the old one."


def state_class(old: Value, new: Value, config: Configuration) -> str:
    """Of the state store's class."""
    return f"{RESTART}; states kept by another class are not carried over."


def state(old: Value, new: Value, config: Configuration) -> str:
    """Of any other setting of the state store."""
    return f"{RESTART}; new states are kept as the setting says."
