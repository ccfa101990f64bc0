"""XC52x: settings of a connection that a store ignores, cannot be built from, or that the environment overrides."""

from __future__ import annotations

from collections.abc import Iterator

from rea_xcom_tui.edits import SetMember
from rea_xcom_tui.xcom.airflow import is_at_most_31
from rea_xcom_tui.xcom.model import Change, Severity
from rea_xcom_tui.xcom.rules.connection import nearest, uses
from rea_xcom_tui.xcom.rules.connection_surroundings import mounted
from rea_xcom_tui.xcom.rules.examples import AZURE_CONNECTION, AZURE_PATH, azure, example
from rea_xcom_tui.xcom.rules.path import show_path, sound_paths
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import Shape, odd_use, sets, undefined
from rea_xcom_tui.xcom.rules.subject import Subject, name_node, show
from rea_xcom_tui.xcom.stores import (
    AZURE_KEY_VARIABLES,
    azure_field,
    brings_azure_key,
    endpoint_bucket,
    failing,
    google_field,
    ignored,
)

_RECORDED = "Recorded on Airflow 3.1.8 and 3.3.2, against servers of each cloud's protocol."
_AWS_PATH = '"s3://aws_xcom@acme-xcom/etl"'
_ACCOUNT = "AZURE_STORAGE_CONNECTION_STRING"
_FALSE = frozenset(("false", "0", "f", ""))  # what adlfs reads as false in AZURE_STORAGE_ANON


def _aws(extra: str) -> str:
    connection = f"""'{{"conn_type": "aws", "extra": {extra}}}'"""
    return example(path=_AWS_PATH, env=(("AIRFLOW_CONN_AWS_XCOM", connection),))


_AWS_RIGHT = _aws('{"region_name": "eu-west-1", "endpoint_url": "http://minio:9000"}')


def _may_be_anonymous(shape: Shape) -> object:
    named = "AZURE_STORAGE_ACCOUNT_NAME" in shape.names
    return named or "says anon" not in shape.marks or odd_use(shape)


@rule(
    "XC520",
    "error",
    title='Azure is accessed anonymously without `"anon": false`',
    what="An Azure connection has an account's name and no key, SAS token, connection string or service principal, and "
    "does not say `anon`. An error on Airflow 3.0 and 3.1, a warning on 3.2 and where the version is not known, not "
    "reported on 3.3 and where AZURE_STORAGE_ANON=false is set.",
    why="adlfs up to 2026.2 then accesses Azure anonymously, whatever managed or workload identity the pod has, and "
    'Azure refuses: every value that goes to object storage fails its task. `"anon": false` makes every version use '
    "the identity.",
    wrong=azure(connection=AZURE_CONNECTION.replace('"anon": false, ', "")),
    source=_RECORDED + " adlfs 2026.2.0 and older against 2026.4.0 and newer.",
    versions="Airflow 3.0.6 and 3.1.8 pin adlfs 2025.8.0 and 2026.2.0, 3.2.2 and 3.3.2 pin 2026.5.0 and 2026.8.0.",
    when=_may_be_anonymous,
)
def connection_anonymous(subject: Subject) -> Iterator[Hit]:
    """An account name and an identity, without `anon`."""
    said = [entry.text for entry in subject.named("AZURE_STORAGE_ANON")]
    if any(text is not None and text.lower() in _FALSE for text in said) or subject.env_names & AZURE_KEY_VARIABLES:
        return
    old = is_at_most_31(subject.version)
    if subject.version is not None and subject.version[:2] >= (3, 3):
        return
    severity: Severity = "error" if old else "warning"
    who = "Airflow 3.0 and 3.1 access" if old is None else "adlfs up to 2026.2 accesses"
    for parsed, one in uses(subject):
        found = one.connection
        account = azure_field(found, "account_name") or "AZURE_STORAGE_ACCOUNT_NAME" in subject.env_names
        if parsed.cloud != "azure" or not account or azure_field(found, "anon") is not None or brings_azure_key(found):
            continue
        fix: tuple[Change, ...] = ()
        if found.form == "json":
            fix = (SetMember((*one.entry.address, "value"), ("extra", "anon"), False),)
        yield at(
            one.node, f'{one.entry.name} has no "anon": false; {who} Azure anonymously', fix=fix, severity=severity
        )
    if "AZURE_STORAGE_ACCOUNT_NAME" in subject.env_names:
        for site, parsed in sound_paths(subject):
            if parsed.cloud == "azure" and not parsed.conn_id:
                message = f"path {show_path(site.text)} has no connection; {who} Azure anonymously without "
                yield at(site.node, message + "AZURE_STORAGE_ANON=false", severity=severity)


@rule(
    "XC521",
    "warning",
    title="A variable decides which Azure account is used",
    what="AZURE_STORAGE_CONNECTION_STRING is set, and an Azure path names a connection without a connection string of "
    "its own.",
    why="adlfs takes the variable before the connection's account and keys: values go to the variable's account, and "
    "the connection has no say, not even when it is of another cloud.",
    wrong=azure(rest="").replace(
        "commonEnv:",
        f"commonEnv:\n  - name: {_ACCOUNT}\n    valueFrom:\n      secretKeyRef:\n        name: azure\n        key: "
        f"conn",
    ),
    source=_RECORDED,
    when=sets(_ACCOUNT),
)
def connection_overridden(subject: Subject) -> Iterator[Hit]:
    """AZURE_STORAGE_CONNECTION_STRING beside `abfs://conn@...`."""
    entries = [entry for entry in subject.named(_ACCOUNT) if entry.text != "" and entry.component != "dagProcessor"]
    if not entries:
        return
    own = any(azure_field(one.connection, "connection_string") for _, one in uses(subject))
    if not own and any(parsed.cloud == "azure" and parsed.conn_id for _, parsed in sound_paths(subject)):
        said = f"{_ACCOUNT} beats the path's connection: values go to this variable's account"
        yield at(name_node(entries[0]), said)


@rule(
    "XC522",
    "warning",
    title="A connection setting is not read",
    what="S3: a host, `host`, `aws_endpoint_url` or `client_kwargs.endpoint_url` for an endpoint, `session_kwargs."
    "profile_name`, a login without a password, a null in `service_config.s3`, or a role beside an endpoint of your "
    "own. Azure: `client_id` or `client_secret` in extra, a prefix of "
    "another type (`extra__wasb__` with the type azure), or a host of another account. Google: `anonymous`.",
    why="The store is silently built without it. With S3 the real AWS is asked instead of your own server.",
    wrong=_aws('{"region_name": "eu-west-1", "host": "http://minio:9000"}'),
    right=_AWS_RIGHT,
    source=_RECORDED,
    when=odd_use,
)
def connection_ignored_setting(subject: Subject) -> Iterator[Hit]:
    """`"host": "http://minio:9000"`."""
    for parsed, one in uses(subject):
        for problem in ignored(parsed.cloud, one.connection, subject.env_names):
            yield at(one.node, f"{one.entry.name}: {problem}")


@rule(
    "XC523",
    "error",
    title="The store cannot be built from the connection",
    what="S3: `config_kwargs` or `service_config` is not an object, `config_kwargs` has an option that botocore does "
    "not "
    "know, `signature_version` is not one that can write (`unsigned`, `v2`), "
    "the endpoint has no scheme, or region, role or `assume_role_method` "
    "cannot be. Azure: a setting is not a string, `connection_string` is cut or quoted, `account_host` is a domain "
    "or a URL, a service principal has no password. Google: two keys at once, a key that is not one, `scope` or "
    "`impersonation_chain` of the wrong type.",
    why="Every value that goes to object storage fails its task. Airflow 3.3 hides the cause: the log says "
    "NoCredentialsError, or `Must provide either a connection_string or account_name`.",
    wrong=_aws('{"endpoint_url": "minio:9000"}'),
    right=_AWS_RIGHT,
    source=_RECORDED,
    when=odd_use,
)
def connection_setting_fails(subject: Subject) -> Iterator[Hit]:
    """`"config_kwargs": null`, `"endpoint_url": "minio:9000"`."""
    for parsed, one in uses(subject):
        for problem in failing(parsed.cloud, one.connection, subject.env_names):
            if not subject.filled_in(one.text):
                yield at(one.node, f"{one.entry.name}: {problem}")


@rule(
    "XC524",
    "warning",
    title="The connection needs something that the pod must have",
    what="An S3 connection has `profile_name`, or a `role_arn` without `region_name` where no AWS_DEFAULT_REGION is "
    "set. A Google connection has `key_path` or `credential_config_file`, and no `mountPath` of the file covers it.",
    why="A profile that the container's files do not have is ProfileNotFound, and a key's file FileNotFoundError. "
    "Taking a role without a region is NoRegionError: AWS_REGION is not used there, and neither is the endpoint.",
    wrong=_aws('{"role_arn": "arn:aws:iam::123456789012:role/XcomRole"}'),
    right=_aws('{"role_arn": "arn:aws:iam::123456789012:role/XcomRole", "region_name": "eu-west-1"}'),
    source=_RECORDED,
    when=odd_use,
)
def connection_needs_pod(subject: Subject) -> Iterator[Hit]:
    """`role_arn` without a region."""
    for parsed, one in uses(subject):
        extra = one.connection.extra
        for name in ("key_path", "credential_config_file") if parsed.cloud == "gcp" else ():
            file = google_field(one.connection, name)
            if isinstance(file, str) and file.startswith("/") and not mounted(subject.root, file):
                said = f"{name} works only where the image has that file: no mountPath of this file covers it"
                yield at(one.node, f"{one.entry.name}: {said}")
        if parsed.cloud != "aws":
            continue
        if extra.get("profile_name"):
            yield at(one.node, f"{one.entry.name}: profile_name works only where the container has that profile's file")
        if extra.get("role_arn") and not extra.get("region_name") and "AWS_DEFAULT_REGION" not in subject.env_names:
            yield at(one.node, f"{one.entry.name}: role_arn needs region_name; AWS_REGION is not used for it")


@rule(
    "XC525",
    "warning",
    title="The endpoint already names the bucket",
    what="The path of `endpoint_url` starts with the bucket that the path names.",
    why="The bucket then appears twice: keys begin with its name, and a stray object of that name is written.",
    wrong=_aws('{"region_name": "eu-west-1", "endpoint_url": "http://minio:9000/acme-xcom"}'),
    right=_AWS_RIGHT,
    source=_RECORDED,
    when=odd_use,
)
def connection_endpoint_bucket(subject: Subject) -> Iterator[Hit]:
    """`http://minio:9000/acme-xcom`."""
    for parsed, one in uses(subject):
        if parsed.cloud == "aws" and parsed.bucket and endpoint_bucket(one.connection, parsed.bucket):
            yield at(
                one.node, f"{one.entry.name}: endpoint_url ends with the bucket, which is then part of every key too"
            )


@rule(
    "XC526",
    "error",
    title="A connection is defined under a name close to the one the path uses",
    what="The path's connection is not defined, and the file defines one whose name differs in one letter, in "
    "separators "
    "only, or in its prefix (`AIRFLOW_CON_`); or the path names the variable instead of the id.",
    why="Airflow upper-cases the id and changes nothing else, so the connection is not found. Azure and GCP fail the "
    "task; S3 falls back to the pod's own identity, or to anonymous access.",
    wrong=azure(path='"abfs://wasbxcom@xcom/etl"'),
    right=azure(path=AZURE_PATH),
    source=_RECORDED,
    when=undefined,
)
def connection_near_name(subject: Subject) -> Iterator[Hit]:
    """`AIRFLOW_CONN_WASBXCOM` and `wasb_xcom`."""
    for site, parsed in sound_paths(subject):
        near = nearest(parsed.conn_id or "", subject.env_names)
        if near is not None:
            yield at(
                site.node, f"the path's connection {show(parsed.conn_id or '')} is not {near}: the id must be the same"
            )
