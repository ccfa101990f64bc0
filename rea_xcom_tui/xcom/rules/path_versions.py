"""XC22x: paths that one version of Airflow takes and another does not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rea_xcom_tui.xcom.airflow import is_at_most_31
from rea_xcom_tui.xcom.model import SetText
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.path import show_path, sound_paths
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.subject import Subject

_RIGHT = example()
_RECORDED = "Recorded on Airflow 3.0.6, 3.1.8, 3.2.2 and 3.3.2."
_EMPTY_ID = re.compile(r"(://)@(?=[^/])")


@rule(
    "XC221",
    "path-empty-connection",
    "warning",
    "path",
    title="The path has an @ without a connection id",
    what="An `@` stands right after `://`. Reported where Airflow is 3.1 or older, or not known.",
    why="Airflow stores addresses without the `@`. 3.1.8 then does not know them as its own: readers get the address "
    "instead of the value, without an error.",
    wrong=example(path='"s3://@acme-xcom/etl"'),
    right=_RIGHT,
    source=_RECORDED,
    versions="3.0.6, 3.2.2 and 3.3.2 read the value.",
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
    "path-port",
    "warning",
    "path",
    title="A colon stands in the path's bucket",
    what="The bucket holds a colon, as the ARN of an access point or a port does. An error on Airflow 3.0 and 3.1, a "
    "warning where the version is not known, and not reported on newer ones.",
    why="Airflow 3.0 and 3.1 take what follows the colon for a port and raise ValueError or drop it: values that go "
    "to object storage fail their task.",
    wrong=example(path='"s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/etl"'),
    right=_RIGHT,
    source=_RECORDED,
    versions="3.2 and newer take it.",
)
def path_port(subject: Subject) -> Iterator[Hit]:
    """`s3://arn:aws:s3:...:accesspoint/x`, `s3://bucket:443/x`."""
    old = is_at_most_31(subject.version)
    if old is False:
        return
    for site, parsed in sound_paths(subject):
        if parsed.cloud == "aws" and ":" in parsed.bucket:
            said = "has a colon in its bucket, which Airflow 3.0 and 3.1 take for a port and refuse"
            yield at(site.node, f"path {show_path(site.text)} {said}", severity="error" if old else None)
