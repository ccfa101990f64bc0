"""XC22x: paths that one version of Airflow takes and another does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom.airflow import is_at_most_31
from rea_xcom_tui.xcom.model import Severity
from rea_xcom_tui.xcom.paths import as_read
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.path import fault, path_sites, show_path, sound_paths
from rea_xcom_tui.xcom.rules.path_details import is_scheme_twice
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import odd_path
from rea_xcom_tui.xcom.rules.subject import Subject

_RECORDED = "Recorded on Airflow 3.0.6, 3.1.8, 3.2.2 and 3.3.2."
_EMPTY_ID = re.compile(r"(://)@(?=[^/])")


@rule(
    "XC221",
    "warning",
    title="The path has an @ without a connection id",
    what="An `@` comes right after `://`. Reported where Airflow is 3.1 or older, or not known.",
    why="Airflow stores addresses without the `@`. 3.1.8 then does not know them as its own: readers get the address "
    "instead of the value, without an error.",
    wrong=example(path='"s3://@acme-xcom/etl"'),
    source=_RECORDED,
    versions="3.0.6, 3.2.2 and 3.3.2 read the value.",
    when=odd_path,
)
def path_empty_connection(subject: Subject) -> Iterator[Hit]:
    """`s3://@bucket/x`."""
    if is_at_most_31(subject.version) is False:
        return
    for site, _ in sound_paths(subject):
        if _EMPTY_ID.search(site.text):
            fix = (SetText(site.address, _EMPTY_ID.sub(r"\1", site.written, count=1)),)
            said = "has an @ without a connection id; Airflow 3.1 then hands readers the address, not the value"
            yield at(site.node, f"path {show_path(site.text)} {said}", fix=fix)


@rule(
    "XC222",
    "warning",
    title="The path's bucket has a colon",
    what="The bucket holds a colon, as the ARN of an access point or a port does. An error on Airflow 3.0 and 3.1, a "
    "warning where the version is not known, and not reported on newer ones.",
    why="Airflow 3.0 and 3.1 take what follows the colon for a port and raise ValueError or drop it: values that go "
    "to object storage fail their task.",
    wrong=example(path='"s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/etl"'),
    source=_RECORDED,
    versions="3.2 and newer take it.",
    when=odd_path,
)
def path_port(subject: Subject) -> Iterator[Hit]:
    """`s3://arn:aws:s3:...:accesspoint/x`, `s3://bucket:443/x`."""
    old = is_at_most_31(subject.version)
    if old is False:
        return
    for site, parsed in sound_paths(subject):
        if parsed.cloud == "aws" and ":" in parsed.bucket and not is_scheme_twice(site.text):
            said = "has a colon in its bucket, which Airflow 3.0 and 3.1 take for a port and refuse"
            yield at(site.node, f"path {show_path(site.text)} {said}", severity="error" if old else None)


@rule(
    "XC223",
    "error",
    title="The path holds two colons together",
    what="The path holds `::`. Not reported on Airflow 3.0 and 3.1; a warning where the version is not known, and "
    "where the path names a connection, so that values are read back.",
    why="fsspec takes `::` for a chain of file systems. Without a connection id every write fails with TypeError; with "
    "one the key is cut at the `::`, so that `team::a` and `team::b` share their keys; `file:` paths hand readers the "
    "address instead of the value.",
    wrong=example(path='"s3://acme-xcom/team::etl"'),
    source=_RECORDED,
    versions="3.0 and 3.1 keep it in the key.",
    when=odd_path,
)
def path_chain(subject: Subject) -> Iterator[Hit]:
    """`s3://bucket/team::etl`."""
    old = is_at_most_31(subject.version)
    for site, parsed in path_sites(subject):
        if "::" in as_read(site.text) and not old and fault(site.text) in (None, "XC206", "XC207"):
            said = "has ::, which cuts the key" if parsed.conn_id else "has ::, with which every write fails"
            more = "" if old is False else " on Airflow 3.2 and newer"
            cut = parsed.conn_id and fault(site.text) is None
            severity: Severity | None = None if old is False and not cut else "warning"
            yield at(site.node, f"path {show_path(site.text)} {said}{more}", severity=severity)


@rule(
    "XC224",
    "error",
    title="The path has brackets before its @",
    what="The part before the `@` holds `[` or `]`.",
    why="Python takes brackets there for an IPv6 address and raises ValueError: every value that goes to object "
    "storage "
    "fails its task.",
    wrong=example(path='"s3://[aws_xcom]@acme-xcom/etl"'),
    right=example(
        path='"s3://aws_xcom@acme-xcom/etl"',
        env=(("AIRFLOW_CONN_AWS_XCOM", '\'{"conn_type": "aws", "extra": {"region_name": "eu-west-1"}}\''),),
    ),
    source="Recorded on Airflow 3.1.8 and 3.3.2.",
    when=odd_path,
)
def path_brackets(subject: Subject) -> Iterator[Hit]:
    """`s3://[conn]@bucket/x`."""
    for site, parsed in path_sites(subject):
        if fault(site.text) == "XC224" and parsed.fails:
            yield at(site.node, f"path {show_path(site.text)} has brackets before its @; Airflow raises ValueError")


@rule(
    "XC225",
    "warning",
    title="Values below square brackets are never removed",
    what="The prefix of a path in object storage holds `[` or `]`.",
    why="Values are written and read, but removing one looks for a pattern: `[1]` matches `1`, so nothing is found, "
    "and clearing a task or deleting its XCom fails with FileNotFoundError. Objects pile up.",
    wrong=example(path='"s3://acme-xcom/team[1]/etl"'),
    source="Recorded on Airflow 3.3.2, against servers of the protocols of S3 and Azure: purge raises.",
    when=odd_path,
)
def path_glob(subject: Subject) -> Iterator[Hit]:
    """`s3://bucket/team[1]`."""
    for site, parsed in sound_paths(subject):
        if parsed.cloud not in ("local", "other") and set(parsed.prefix) & set("[]"):
            said = "has square brackets in its prefix: values are written, but removing them fails"
            yield at(site.node, f"path {show_path(site.text)} {said}")
