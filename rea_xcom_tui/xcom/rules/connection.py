"""XC51x and XC52x: connections that Airflow reads, but that do not fit the path or the cloud."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from rea_xcom_tui.edits import SetMember
from rea_xcom_tui.xcom.chart_entries import rendered
from rea_xcom_tui.xcom.clouds import CLOUD_NAMES, account_problem
from rea_xcom_tui.xcom.connections import Connection
from rea_xcom_tui.xcom.identities import identity_key
from rea_xcom_tui.xcom.model import Change, Severity
from rea_xcom_tui.xcom.names import ANNOTATIONS, CONNECTION_PREFIX, PATH_VARIABLE, connection_variable
from rea_xcom_tui.xcom.paths import ParsedPath
from rea_xcom_tui.xcom.rules.connection_text import Defined, defined
from rea_xcom_tui.xcom.rules.examples import AZURE_CONNECTION, azure, example
from rea_xcom_tui.xcom.rules.path import sound_paths
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import marked, odd_path, odd_use, undefined
from rea_xcom_tui.xcom.rules.subject import Site, Subject, once, show
from rea_xcom_tui.xcom.stores import azure_field, brings_azure_key, google_field

_MEASURED = "Tried on Airflow 3.3.2 with the newest amazon, azure and google providers."
_ACCOUNT_VARIABLES = frozenset(("AZURE_STORAGE_ACCOUNT_NAME", "AZURE_STORAGE_CONNECTION_STRING"))
_NEAR_PREFIX = re.compile(r"AIRFLOW_(?:CON|CONN|CONNECTION|CONNS|COM|CNN|CNON)_+(?P<id>.+)")
_AWS_PATH = '"s3://aws_xcom@acme-xcom/etl"'
_AWS_CONNECTION = (("AIRFLOW_CONN_AWS_XCOM", '\'{"conn_type": "aws", "extra": {"region_name": "eu-west-1"}}\''),)


@once
def named(subject: Subject) -> Iterator[tuple[Site, ParsedPath, str]]:
    """Every path that names a connection, with the id."""
    for site, parsed in sound_paths(subject):
        if parsed.conn_id and ":" not in parsed.conn_id:
            yield site, parsed, parsed.conn_id


@once
def uses(subject: Subject) -> Iterator[tuple[ParsedPath, Defined]]:
    """Every connection of the file that a path of the file uses and that Airflow can read."""
    if "@" not in "".join([site.text for site in subject.sites(PATH_VARIABLE)]):
        return  # no path names any, as nearly everywhere
    seen = set()
    for _, parsed, conn_id in named(subject):
        for one in defined(subject):
            key = (parsed.cloud, one.entry.name, one.node.line, one.node.column)
            if one.entry.name == connection_variable(conn_id) and not one.connection.problem and key not in seen:
                seen.add(key)
                yield parsed, one


def member(found: Connection, name: str) -> object:
    """A setting of an Azure connection, under its own name or prefixed with the connection's own type."""
    return azure_field(found, name) or None


def nearest(conn_id: str, names: frozenset[str]) -> str | None:
    """A variable that was meant to define this connection and does not, or None where it is defined or nothing is near.

    Names that differ in hyphens and underscores alone have a rule of their own.
    """
    variable = connection_variable(conn_id)
    if not conn_id or ":" in conn_id or variable in names or _twin(variable, names):
        return None
    if conn_id in names and conn_id.startswith(CONNECTION_PREFIX):
        return conn_id
    plain = _letters(conn_id)
    for name in sorted(names):
        match = _NEAR_PREFIX.fullmatch(name)
        if match is not None and _letters(match["id"]) == plain:
            return name
    return None


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _twin(variable: str, names: frozenset[str]) -> str | None:
    """A defined connection whose name differs in hyphens and underscores only."""
    plain = variable.replace("-", "_")
    return next((n for n in sorted(names) if n.startswith(CONNECTION_PREFIX) and n.replace("-", "_") == plain), None)


@rule(
    "XC511",
    "error",
    title="The connection is defined with an underscore and used with a hyphen",
    what="The path names a connection that the file defines except for `-` and `_`.",
    why="Airflow changes nothing but the case of an id: a hyphen stays a hyphen, and the connection is not found. "
    "Azure and GCP fail the task; S3 falls back to the pod's own identity, or to anonymous access.",
    wrong=azure(path='"abfs://wasb-xcom@xcom/etl"'),
    source=_MEASURED + " AIRFLOW_CONN_WASB-XCOM does define `wasb-xcom`.",
    when=undefined,
)
def connection_hyphen(subject: Subject) -> Iterator[Hit]:
    """`wasb-xcom` and AIRFLOW_CONN_WASB_XCOM."""
    for site, _, conn_id in named(subject):
        variable = connection_variable(conn_id)
        twin = _twin(variable, subject.env_names)
        if variable not in subject.env_names and twin:
            yield at(site.node, f"the path's connection {show(conn_id)} is not {twin}: a hyphen stays a hyphen")


@rule(
    "XC512",
    "info",
    title="The connection is not defined in this file",
    what="The path names a connection and no env entry defines it. Not reported for S3 where the file gives an AWS "
    "role, which S3 falls back to.",
    why="It may come from the secrets backend or the image, which Git cannot show. If it does not, Azure and GCP "
    "fail the task; S3 falls back to the pod's own identity, or to anonymous access, with a warning in the log.",
    wrong=example(path=_AWS_PATH),
    right=example(path=_AWS_PATH, env=_AWS_CONNECTION),
    source=_MEASURED,
    when=undefined,
)
def connection_elsewhere(subject: Subject) -> Iterator[Hit]:
    """An id without its variable."""
    upper = frozenset(name.upper() for name in subject.env_names)
    role = any(note.key == ANNOTATIONS["aws"] and rendered(note.value) for note in subject.annotations)
    for site, parsed, conn_id in named(subject):
        variable = connection_variable(conn_id)
        if (
            variable in upper
            or nearest(conn_id, subject.env_names)
            or _twin(variable, subject.env_names)
            or (parsed.cloud == "aws" and role)
        ):
            continue
        if parsed.cloud == "aws":
            outcome = "S3 falls back to the pod's own identity or anonymous access"
        else:
            outcome = "the task fails"
        yield at(
            site.node,
            f"connection {show(conn_id)} is not defined in this file; if nothing else defines it, {outcome}",
        )


@rule(
    "XC513",
    "error",
    title="The connection is for a different cloud than the path",
    what="The path's scheme and the connection's type belong to different clouds.",
    why="Azure cannot build the file system without an account and fails the task. S3 and GCS take a connection of any "
    "type, find no keys in it, and fall back to the pod's own identity, S3 also to anonymous access.",
    wrong=example(path='"s3://wasb_xcom@acme-xcom/etl"', env=(("AIRFLOW_CONN_WASB_XCOM", AZURE_CONNECTION),)),
    right=example(path=_AWS_PATH, env=_AWS_CONNECTION),
    source=_MEASURED,
    when=odd_use,
)
def connection_other_cloud(subject: Subject) -> Iterator[Hit]:
    """`s3://` with an Azure connection."""
    for parsed, one in uses(subject):
        cloud = one.connection.cloud
        if parsed.cloud == "azure" and "AZURE_STORAGE_CONNECTION_STRING" in subject.env_names:
            continue  # adlfs takes that before any connection, so the connection's type does not matter
        if cloud and parsed.cloud in ANNOTATIONS and cloud != parsed.cloud:
            yield at(
                one.node,
                f"{one.entry.name} is of type {show(one.connection.type or '')} ({CLOUD_NAMES[cloud]}), but the path's "
                f"scheme is {parsed.scheme}:// ({CLOUD_NAMES[parsed.cloud]})",
            )


@rule(
    "XC514",
    "error",
    title="The Azure connection names no account",
    what="The connection of an Azure path has neither `account_name` nor `connection_string` in its extra, and no "
    "AZURE_STORAGE_ACCOUNT_NAME is set. `login` and `host` do not count.",
    why="The file system cannot be built: every value that goes to object storage fails its task.",
    wrong=azure(connection='\'{"conn_type": "azure", "login": "acmexcom"}\''),
    source=_MEASURED + " apache/airflow issues 38746 and 40410.",
    when=odd_use,
)
def connection_no_account(subject: Subject) -> Iterator[Hit]:
    """`login` alone."""
    if subject.env_names & _ACCOUNT_VARIABLES:
        return
    for parsed, one in uses(subject):
        found = one.connection
        if parsed.cloud != "azure" or found.cloud not in ("azure", None) or found.extra_problem:
            continue
        if not member(found, "account_name") and not member(found, "connection_string"):
            yield at(one.node, f"{one.entry.name} has no account_name in its extra; login alone is not enough")


@rule(
    "XC515",
    "error",
    title="The connection accesses the cloud anonymously",
    what="`anon` in an Azure connection's extra is true, a number other than 0, or a string. A warning where the "
    "connection brings a key, which is used all the same. In a URI only Airflow 3.1 reads `anon=false` as "
    "false. A warning where a Google connection has `is_anonymous`.",
    why='The string "false" is not empty and so counts as true: Azure is asked anonymously and '
    "refuses. Nobody may write anonymously to a Google bucket unless it is public, and on Airflow 3.3 a task's write "
    "keeps waiting.",
    wrong=azure(connection=AZURE_CONNECTION.replace('"anon": false', '"anon": "false"')),
    source=_MEASURED,
    when=odd_use,
)
def connection_anon_text(subject: Subject) -> Iterator[Hit]:
    """`"anon": "false"`."""
    for parsed, one in uses(subject):
        if parsed.cloud == "gcp" and google_field(one.connection, "is_anonymous"):
            said = "is_anonymous is set: Google is accessed anonymously"
            yield at(one.node, f"{one.entry.name}: {said}", severity="warning")
        anon = azure_field(one.connection, "anon")
        if one.connection.form == "uri" and isinstance(anon, str) and (subject.version or ())[:2] == (3, 1):
            anon = _decoded(anon)  # it reads each value of a URI's query as JSON where it is JSON
        if parsed.cloud == "azure" and anon:
            fix: tuple[Change, ...] = ()
            meant = isinstance(anon, str) and anon.strip().lower() in ("false", "no", "0")
            if meant and one.connection.form == "json" and "anon" in one.connection.extra:
                fix = (SetMember((*one.entry.address, "value"), ("extra", "anon"), False),)
            said = f"is the text {show(anon)}, which counts as true" if isinstance(anon, str) else "is true"
            keyed = brings_azure_key(one.connection)
            outcome = "it has no effect beside the key" if keyed else "access is anonymous"
            severity: Severity = "warning" if keyed else "error"
            yield at(one.node, f"{one.entry.name}: anon {said}: {outcome}", fix=fix, severity=severity)


def _decoded(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


@rule(
    "XC516",
    "warning",
    title="Connection and annotation name different client ids",
    what="The client id in the Azure connection's extra is not the one in any annotation of the service accounts.",
    why="The pod's token is for the annotation's identity, and the connection asks for another. Unless both are "
    "federated with the service account, access fails, and the error does not say why.",
    wrong=azure(client_id="99999999-2222-3333-4444-555555555555"),
    source="A practitioner's guide to Remote Execution on Azure; Azure's documentation on workload identity.",
    when=marked("odd path", "odd connection", "other id"),
)
def connection_client_id(subject: Subject) -> Iterator[Hit]:
    """Two ids that should be one."""
    notes = [rendered(n.value) or "" for n in subject.annotations if n.key == ANNOTATIONS["azure"]]
    known = {identity_key(text) for text in notes if text and not subject.filled_in(text) and "<" not in text}
    if not known:
        return
    for parsed, one in uses(subject):
        if parsed.cloud != "azure":
            continue
        for pointer, client_id in one.connection.client_ids():
            if identity_key(client_id) in known or "<" in client_id or "{" in client_id or "$" in client_id:
                continue
            name = pointer[-1] if pointer else "its client id"
            yield at(one.node, f"{one.entry.name}: {name} {show(client_id)} is not the client id of the annotation")


@rule(
    "XC517",
    "error",
    title="An Azure path needs a connection",
    what="The path is on Azure, names no connection, and no AZURE_STORAGE_ACCOUNT_NAME is set.",
    why="Only the connection names the storage account; without it the file system cannot be built, and every value "
    "that goes to object storage fails its task. `s3://` and `gs://` without a connection use the pod's identity and "
    "are fine.",
    wrong=azure(path='"abfs://xcom/etl"'),
    source=_MEASURED,
    when=lambda shape: odd_path(shape) or any(one.cloud == "azure" and not one.variable for one in shape.stores),
)
def connection_missing(subject: Subject) -> Iterator[Hit]:
    """`abfs://container/x`."""
    if subject.env_names & _ACCOUNT_VARIABLES:
        return
    for site, parsed in sound_paths(subject):
        if parsed.cloud == "azure" and not parsed.conn_id:
            yield at(site.node, f"path {show(site.text)} names no connection, so Azure's account is not known")


@rule(
    "XC518",
    "error",
    title="The path's connection is empty",
    what="The variable of the connection that the path names is the empty string or null. A warning for null, which "
    "`--set` or another layer may fill in.",
    why="Airflow takes an empty connection as not defined. Azure and GCP fail the task; S3 falls back to the pod's own "
    "identity, or to anonymous access.",
    wrong=azure(connection='""'),
    source=_MEASURED,
    when=marked("odd path", "odd connection"),
)
def connection_empty(subject: Subject) -> Iterator[Hit]:
    """`AIRFLOW_CONN_X` with nothing in it."""
    for variable in sorted({connection_variable(conn_id) for _, _, conn_id in named(subject)}):
        for site in subject.sites(variable):
            if not site.text.strip():
                severity: Severity = "warning" if site.null else "error"
                unless = ", unless --set or another layer fills it in" if site.null else ""
                yield at(site.node, f"{variable} is empty, so it defines no connection{unless}", severity=severity)


@rule(
    "XC519",
    "error",
    title="No Azure storage account can have this name",
    what="`account_name` in the connection's extra is not 3 to 24 lower-case letters and digits.",
    why="The account's host name does not exist: every value that goes to object storage fails its task.",
    wrong=azure(connection=AZURE_CONNECTION.replace("acmexcom", "acme-xcom")),
    source="Azure's naming rules for storage accounts.",
    when=odd_use,
)
def connection_account_name(subject: Subject) -> Iterator[Hit]:
    """`account_name: acme-xcom`."""
    for parsed, one in uses(subject):
        account = member(one.connection, "account_name")
        if parsed.cloud != "azure" or not isinstance(account, str) or set(account) & set("<{$"):
            continue
        if problem := account_problem(account):
            yield at(one.node, f"{one.entry.name}: account_name {show(account)}: {problem.rstrip('.')}")


def has_credentials(found: Connection) -> bool:
    """True when a connection brings an identity of its own, whatever the service account has."""
    keys = ("password", "account_key", "sas_token", "connection_string", "aws_secret_access_key", "role_arn",
            "profile_name", "key_path", "keyfile_dict", "key_secret_name", "impersonation_chain",
            "credential_config_file", "managed_identity_client_id", "workload_identity_client_id")  # fmt: skip
    google = {name.removeprefix("extra__google_cloud_platform__") for name, v in found.extra.items() if v}
    return any(found.members.get(key) or member(found, key) or key in google for key in keys)
