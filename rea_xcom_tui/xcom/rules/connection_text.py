"""XC50x: connections whose text Airflow cannot read, or reads as something else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

from rea_xcom_tui.edits import RenameKey, SetMember
from rea_xcom_tui.xcom.chart_entries import EnvEntry
from rea_xcom_tui.xcom.connections import MEMBERS, Connection, connection
from rea_xcom_tui.xcom.model import Change, Node
from rea_xcom_tui.xcom.names import CONNECTION_PREFIX, connection_variable
from rea_xcom_tui.xcom.rules.examples import AZURE_CONNECTION, azure, example
from rea_xcom_tui.xcom.rules.path import sound_paths
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import odd_connection
from rea_xcom_tui.xcom.rules.subject import Subject, name_node, once, show

_MEASURED = "Each text was given to Airflow 3.3.2 through its variable."
_MASKED = "Airflow hides the real reason and reports that the connection is not defined. Azure and GCP fail the task; "
_FALLS_BACK = "S3 falls back to the pod's own identity, or to anonymous access, with no more than a warning in the log."
_NEAR_NAME = re.compile(r"\s*airflow_{1,2}conn(?P<long>ections?)?_{1,2}(?P<id>[^\s_].*?)\s*", re.I)


class Defined(msgspec.Struct, frozen=True):
    """A connection that an env entry defines."""

    entry: EnvEntry
    node: Node
    connection: Connection
    text: str


@once
def defined(subject: Subject) -> Iterator[Defined]:
    """Every connection of the file whose text Git knows."""
    for entry in subject.entries:
        if not entry.name.startswith(CONNECTION_PREFIX) or entry.text is None or subject.filled_in(entry.text):
            continue
        if entry.text.strip():
            yield Defined(entry, entry.value or name_node(entry), connection(entry.text), entry.text)


def used_ids(subject: Subject) -> frozenset[str]:
    """The connection ids that the file's paths name."""
    return frozenset(parsed.conn_id for _, parsed in sound_paths(subject) if parsed.conn_id)


def _lowered(problem: str) -> str:
    """A problem's sentence as it is after a name and a colon."""
    return problem[0].lower() + problem[1:].rstrip(".")


def _json(found: Defined) -> object:
    """The decoded JSON, or None where the text is none."""
    return _decoded(found.text)


@rule(
    "XC501",
    "error",
    title="The connection's JSON cannot be parsed",
    what="The text starts with `{` and is not JSON: a trailing comma, single quotes, a missing brace.",
    why=_MASKED + _FALLS_BACK,
    wrong=azure(connection="\"{'conn_type': 'azure', 'extra': {'account_name': 'acmexcom'}}\""),
    source=_MEASURED,
    when=odd_connection,
)
def connection_no_json(subject: Subject) -> Iterator[Hit]:
    """`{"conn_type": "aws",}`."""
    for found in defined(subject):
        if found.connection.form == "json" and found.connection.problem and _json(found) is None:
            yield at(found.node, f"{found.entry.name}: {_lowered(found.connection.problem)}")


@rule(
    "XC502",
    "error",
    title="The connection's JSON has a member Airflow does not know",
    what="A member is none of conn_type, host, login, password, schema, port, extra, description.",
    why=_MASKED + _FALLS_BACK + " Settings of the cloud belong in `extra`.",
    wrong=azure(connection='\'{"type": "azure", "extra": {"anon": false, "account_name": "acmexcom"}}\''),
    source=_MEASURED,
    when=odd_connection,
)
def connection_unknown_member(subject: Subject) -> Iterator[Hit]:
    """`type`, or a setting beside `extra`."""
    for found in defined(subject):
        data = _json(found) if found.connection.form == "json" else None
        unknown = sorted(set(data) - MEMBERS) if isinstance(data, dict) else []
        if unknown and isinstance(data, dict):
            names = ", ".join(show(name) for name in unknown[:3])
            yield at(
                found.node,
                f"{found.entry.name} has the unknown member {names}: Airflow takes the connection as not defined",
                fix=_type_fix(found, data, unknown),
            )


def _type_fix(found: Defined, data: dict[str, object], unknown: list[str]) -> tuple[Change, ...]:
    """`type` becomes `conn_type`, where nothing else is wrong."""
    kind = data.get("type")
    if unknown != ["type"] or "conn_type" in data or not isinstance(kind, str):
        return ()
    address = (*found.entry.address, "value")
    return (SetMember(address, ("conn_type",), kind), SetMember(address, ("type",), None))


@rule(
    "XC503",
    "error",
    title="A member of the connection's JSON has the wrong type",
    what="`port` is neither a whole number nor a string with one, `conn_type`, `host` or `schema` is not a string, or "
    "`login` or `password` is neither a string nor null. A warning on Airflow 3.0 for `host`, `schema` and `login`, "
    "and for a `password` like 0 or false.",
    why=_MASKED + _FALLS_BACK,
    wrong=azure(connection='\'{"conn_type": "azure", "port": "https", "extra": {"account_name": "acmexcom"}}\''),
    source=_MEASURED + ' A port of "443" is fine.',
    versions="3.0.6 takes a `host`, `schema` and `login` of any type, and a `password` that is empty for Python.",
    when=odd_connection,
)
def connection_member_type(subject: Subject) -> Iterator[Hit]:
    """`"port": "x"`, `"login": 5`."""
    for found in defined(subject):
        data = _json(found) if found.connection.form == "json" else None
        if isinstance(data, dict) and found.connection.problem and not set(data) - MEMBERS:
            said = f"{found.entry.name}: {_lowered(found.connection.problem)}"
            if (subject.version or ())[:2] == (3, 0) and _taken_by_30(data):
                yield at(found.node, f"{said.rstrip('.')}; Airflow 3.1 and newer refuse it", severity="warning")
            else:
                yield at(found.node, said)


def _taken_by_30(data: Mapping[str, object]) -> bool:
    """Whether Airflow 3.0 minds none of the types: it does not look at host, schema, login and an empty password."""
    minded = {
        name: value
        for name, value in data.items()
        if name not in ("host", "schema", "login") and (value or name != "password")
    }
    return connection(json.dumps(minded)).problem is None


@rule(
    "XC504",
    "error",
    title="The connection's extra is dropped",
    what="`extra` is a text that is not JSON, or JSON that is not an object.",
    why="The connection exists, but Airflow takes an extra that is not JSON as empty, without an error: account, "
    "region, "
    "endpoint and role are lost. With a number, boolean or list for an extra the store cannot be built, and the task "
    "fails.",
    wrong=azure(connection='\'{"conn_type": "azure", "extra": "account_name=acmexcom"}\''),
    source=_MEASURED,
    when=odd_connection,
)
def connection_extra_dropped(subject: Subject) -> Iterator[Hit]:
    """`"extra": "{bad"`."""
    for found in defined(subject):
        if found.connection.extra_problem and not found.connection.problem:
            yield at(found.node, f"{found.entry.name}: {_lowered(found.connection.extra_problem)}")


@lru_cache(maxsize=1024)
def _other_name(names: frozenset[str]) -> bool:
    """Whether one of these variables looks like a connection's and is not called as Airflow looks for it."""
    found = (_NEAR_NAME.fullmatch(name) for name in names)
    return any(one is not None and connection_variable(one["id"]) != one.string for one in found)


@rule(
    "XC505",
    "error",
    title="The connection's variable is misspelt",
    what="The name of a variable AIRFLOW_CONN_… has lower-case letters, blanks or doubled underscores, or it starts "
    "with AIRFLOW_CONNECTION_ and the path names its id.",
    why="Airflow upper-cases the connection's id and looks for AIRFLOW_CONN_ with that id only: the connection is "
    "never "
    "found. " + _FALLS_BACK,
    wrong=azure().replace("AIRFLOW_CONN_WASB_XCOM", "AIRFLOW_CONN_wasb_xcom"),
    source=_MEASURED,
    when=lambda shape: _other_name(shape.names),
)
def connection_name(subject: Subject) -> Iterator[Hit]:
    """`AIRFLOW_CONN_wasb_xcom`, `AIRFLOW__CONN__WASB_XCOM`."""
    used = {connection_variable(conn_id) for conn_id in used_ids(subject)}
    for entry in subject.entries:
        match = _NEAR_NAME.fullmatch(entry.name)
        right = connection_variable(match["id"]) if match else entry.name
        if match is None or entry.name in (right, *used) or (match["long"] and right not in used):
            continue
        if entry.name.startswith(f"{CONNECTION_PREFIX}_") and entry.name.isupper() and right not in used:
            continue
        fix = () if right in subject.env_names else (RenameKey(entry.address, right),)
        yield at(name_node(entry), f"{show(entry.name)} is never found: Airflow looks for {right} only", fix=fix)


@rule(
    "XC506",
    "error",
    title="The connection's URI cannot be parsed",
    what="The URI has a bad port, which an unescaped `/` in the password looks like, brackets, more than two `://`, "
    "or a "
    "second `://` behind a user or a port, as in `aws://KEY:SECRET@/?endpoint_url=http://minio:9000`, which has to be "
    "written `http%3A%2F%2Fminio%3A9000`.",
    why=_MASKED + _FALLS_BACK,
    wrong=example(
        env=(("AIRFLOW_CONN_AWS_XCOM", '"aws://AKIAEXAMPLE:not/a-real-key@/?region_name=eu-west-1"'),),
        path='"s3://aws_xcom@acme-xcom/etl"',
    ),
    right=example(
        env=(("AIRFLOW_CONN_AWS_XCOM", '"aws://?region_name=eu-west-1"'),), path='"s3://aws_xcom@acme-xcom/etl"'
    ),
    source=_MEASURED,
    when=odd_connection,
)
def connection_uri(subject: Subject) -> Iterator[Hit]:
    """A `/` in the password that is not written %2F."""
    for found in defined(subject):
        if found.connection.form == "uri" and found.connection.problem:
            yield at(found.node, f"{found.entry.name}: {_lowered(found.connection.problem)}")


@rule(
    "XC507",
    "error",
    title="The connection is neither JSON nor a URI",
    what="The text does not start with `{` nor with a scheme such as `aws://`, or what comes before its `://` is not "
    "a scheme: `my_aws`, a quote, `export NAME=aws`.",
    why="Airflow takes it apart as a URI all the same, without an error, and ends up with a connection that has no "
    "type and no settings.",
    wrong=azure(connection='"account_name=acmexcom"'),
    source=_MEASURED,
    when=odd_connection,
)
def connection_no_type(subject: Subject) -> Iterator[Hit]:
    """Free text, `[]`."""
    for found in defined(subject):
        if found.connection.form == "uri" and not found.connection.problem and not found.connection.type:
            said = "has no type that Airflow can read: no user, host or type is taken from it"
            if "://" not in found.text:
                said = "is neither JSON nor a URI: Airflow reads no settings from it"
            yield at(found.node, f"{found.entry.name} {said}")


@rule(
    "XC508",
    "error",
    title="The connection still has a placeholder",
    what="A member of the connection is a text in angle brackets, such as `<storage_account_name>`.",
    why="Airflow takes the text as it is, and the cloud refuses it when a task writes.",
    wrong=azure(connection=AZURE_CONNECTION.replace("acmexcom", "<storage_account_name>")),
    source="The placeholders are those of Astronomer's page.",
    when=odd_connection,
)
def connection_placeholder(subject: Subject) -> Iterator[Hit]:
    """`"account_name": "<storage_account_name>"`."""
    for found in defined(subject):
        members = {**found.connection.members, **found.connection.extra}
        for member, value in members.items():
            if isinstance(value, str) and re.fullmatch(r"<[^<>]+>", value.strip()):
                yield at(found.node, f"{found.entry.name}: {show(member)} still has a placeholder in angle brackets")


@rule(
    "XC509",
    "error",
    title="The Google key in the connection is not JSON",
    what="`keyfile_dict` in the connection's extra is a text that is not JSON.",
    why="Airflow raises an error when it builds the file system: every value that goes to object storage fails its "
    "task.",
    wrong=example(
        env=(
            (
                "AIRFLOW_CONN_GCP_XCOM",
                """'{"conn_type": "google_cloud_platform", "extra": {"keyfile_dict": "not JSON"}}'""",
            ),
        ),
        path='"gs://gcp_xcom@acme-xcom/etl"',
    ),
    right=example(
        env=(("AIRFLOW_CONN_GCP_XCOM", """'{"conn_type": "google_cloud_platform", "extra": {"project": "acme"}}'"""),),
        path='"gs://gcp_xcom@acme-xcom/etl"',
    ),
    source=_MEASURED,
    when=odd_connection,
)
def connection_keyfile(subject: Subject) -> Iterator[Hit]:
    """`"keyfile_dict": "{bad"`."""
    for found in defined(subject):
        for prefix in ("", "extra__google_cloud_platform__"):
            key = found.connection.extra.get(prefix + "keyfile_dict")
            if isinstance(key, str) and key and not subject.filled_in(key) and _decoded(key) is None:
                yield at(found.node, f"{found.entry.name}: its keyfile_dict is not JSON")


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
