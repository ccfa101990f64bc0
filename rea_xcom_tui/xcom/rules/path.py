"""XC20x: whether Airflow can use the path at all, and where values go if it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.airflow import is_at_most_31
from rea_xcom_tui.xcom.model import Severity
from rea_xcom_tui.xcom.names import PATH_VARIABLE, connection_variable
from rea_xcom_tui.xcom.paths import SCHEMES, STRIPPED, ParsedPath, as_read, parse_path, path
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import lacks, odd_path, store_of
from rea_xcom_tui.xcom.rules.subject import Site, Subject, once, show
from rea_xcom_tui.xcom.secrets import MASK

_MEASURED = "Tried on Airflow 3.0.2, 3.1.3 and 3.3.2 with common-io 1.6.0, 1.7.0 and 1.11.0."
_TRIED_33 = "Tried on Airflow 3.3.2 with the newest amazon, azure and google providers."
_SHORT = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?!//)")  # a scheme without its two slashes
_OPTIONAL = frozenset(("sftp", "ssh"))  # documented for the sftp provider with its extra sshfs
_PASSWORD = re.compile(r":(?!//).*@", re.S)
_SIGNATURE = re.compile(r"\?.*=.*", re.S)
_LEADING_VARIABLE = re.compile(r"\$(?:\w+|\{[^}]+\}|\([^)]+\))")
PLACEHOLDER = re.compile(r"<[^<>/@\s][^<>/@]*>")


def show_path(text: str) -> str:
    """A path as a message shows it: what may be a password before the `@`, or a signature, is masked."""
    if store_of(text) is None:
        text = _SIGNATURE.sub(f"?{MASK}", _PASSWORD.sub(f":{MASK}@", text, count=1))
    return show(text)


@once
def path_sites(subject: Subject) -> Iterator[tuple[Site, ParsedPath]]:
    """Every path that some component uses, in its parts; none where the values stay in the database."""
    if not subject.only_database:
        for site in subject.sites(PATH_VARIABLE):
            yield site, parse_path(site.text)


@lru_cache(maxsize=256)
def fault(text: str) -> str | None:
    """The one reason why a path leads nowhere, as a code, or None. The first of several counts."""
    if store_of(text) is not None:
        return None
    parsed = parse_path(text)
    if not text.strip():
        return "XC202"
    if PLACEHOLDER.search(text):
        return "XC209"
    if "{{" in text:
        return "XC210"
    if _LEADING_VARIABLE.match(text.lstrip(STRIPPED)):
        return "XC211"
    if short := _SHORT.match(as_read(text)):
        scheme = short[1].lower()
        return None if scheme in ("file", "local") else "XC205" if scheme in SCHEMES else "XC204"
    if parsed.scheme is None:
        return "XC203"
    if parsed.fails:
        return "XC224"
    if path(text, (3, 3)).accepted is False:
        return "XC204"
    if parsed.lost_host:
        return "XC206"
    return "XC207" if not parsed.bucket and parsed.cloud not in ("local", "other") else None


@once
def sound_paths(subject: Subject) -> Iterator[tuple[Site, ParsedPath]]:
    """The paths whose bucket and prefix are worth a closer look."""
    for site, parsed in path_sites(subject):
        if fault(site.text) is None:
            yield site, parsed


def _with_fault(subject: Subject, code: str) -> Iterator[tuple[Site, ParsedPath]]:
    for site, parsed in path_sites(subject):
        if fault(site.text) == code:
            yield site, parsed


@rule(
    "XC201",
    "error",
    title="The object-storage class has no path",
    what="The backend is the object-storage class and no component has a path. A warning while the threshold keeps "
    "every value in the database; then only info on Airflow 3.3.",
    why="Values that should go to object storage go nowhere. The chart's download sets the class and leaves the path "
    "out, so an untouched file is in this state.",
    wrong=example(path=None),
    source=_MEASURED,
    versions="3.0 and 3.1: a task fails when it writes a value, and every read fails too, even with threshold -1, "
    "unless the provider's defaults happen to be loaded. 3.3: no error; values are written below the container's "
    "working directory, readers get a file name instead of the data, and the data is lost with the pod.",
    when=lacks(PATH_VARIABLE),
)
def path_unset(subject: Subject) -> Iterator[Hit]:
    """The class without a path."""
    if not subject.stores_objects or subject.path_entries or PATH_VARIABLE in subject.misspelt:
        return
    old = is_at_most_31(subject.version)
    severity: Severity = "error" if subject.may_store else "info" if old is False else "warning"
    outcome = _unset_outcome(old) if subject.may_store else _idle_outcome(old)
    yield at(subject.anchor, f"no path is set for the object-storage class: {outcome}", severity=severity)


def _idle_outcome(old: bool | None) -> str:
    stored = "nothing is stored while the threshold is unset or negative"
    if old is False:
        return stored
    return f"{stored}, but {'Airflow' if old else 'on 3.0 and 3.1 Airflow'} may fail every read without a path"


def _unset_outcome(old: bool | None) -> str:
    if old:
        return "Airflow 3.0 and 3.1 fail when a task writes or reads a value"
    if old is False:
        return "values go to the container's own disk and are lost with the pod"
    return (
        "Airflow 3.0 and 3.1 fail when a task writes or reads a value; 3.3 puts values on the container's "
        "own disk, where they are lost with the pod"
    )


@rule(
    "XC202",
    "error",
    title="The path is empty",
    what="The path is the empty string, blanks, or null. A warning for null, which `--set` or another layer may fill "
    "in, and where the threshold keeps every value in the database.",
    why="No version raises an error: values go to the container's own disk, readers get a path as a string instead of "
    "the data, and the data is lost with the pod.",
    wrong=example(path='""'),
    source=_MEASURED,
    versions="3.0 and 3.1 write below the root of the file system, where a non-root container may not write; 3.3 "
    "writes below the working directory.",
    when=odd_path,
)
def path_empty(subject: Subject) -> Iterator[Hit]:
    """`""`, `~`, or nothing after `value:`."""
    for site, _ in _with_fault(subject, "XC202"):
        unless = "unless --set or another layer fills it in, " if site.null else ""
        severity: Severity = "warning" if site.null or not subject.may_store else "error"
        yield at(
            site.node,
            f"the path is {'null' if site.null else 'empty'}: {unless}values go to the container's own disk, and "
            "readers get a string instead of the data",
            severity=severity,
        )


@rule(
    "XC203",
    "error",
    title="The path has no scheme",
    what="The path does not start with a scheme such as `s3://`.",
    why="Airflow takes it as a path on the container's own disk, without an error: readers get a string instead of the "
    "data, and the data is lost with the pod.",
    wrong=example(path='"acme-xcom/etl"'),
    source=_MEASURED,
    versions="A relative path counts from the root on 3.0 and 3.1, from the working directory on 3.3.",
    when=odd_path,
)
def path_no_scheme(subject: Subject) -> Iterator[Hit]:
    """`/x`, `rel/x`, `s3//b/x`, `~/x`."""
    for site, _ in _with_fault(subject, "XC203"):
        yield at(
            site.node,
            f"path {show_path(site.text)} has no scheme: values go to the container's own disk, without an error, and "
            "readers get a string instead of the data",
        )


@rule(
    "XC204",
    "error",
    title="Airflow cannot use the path's scheme",
    what="The scheme is one that no cloud provider of Airflow registers for object storage, such as `wasb`, `az`, "
    "`http`, `hdfs` or `s3n`. A warning for `sftp` and `ssh`, which Airflow's sftp provider registers where the "
    "image has it, and for `s3n` on Airflow 3.0 and 3.1, which still take it.",
    why="Every value that goes to object storage fails its task.",
    wrong=example(path='"wasb://wasb_xcom@xcom/etl"'),
    source=_TRIED_33 + " `wasb://` is in public tutorials; `s3n` is registered but refused.",
    when=odd_path,
)
def path_scheme(subject: Subject) -> Iterator[Hit]:
    """`wasb`, `az`, `http` and the unknown."""
    for site, parsed in _with_fault(subject, "XC204"):
        usable = {"aws": "s3", "azure": "abfs", "gcp": "gs"}.get(parsed.cloud, "s3, abfs or gs")
        scheme = as_read(site.text).partition(":")[0]
        if scheme.lower() in _OPTIONAL:
            said = f"the scheme {scheme} works only where the image holds the provider for it"
            yield at(site.node, f"path {show_path(site.text)}: {said}", severity="warning")
        elif scheme.lower() == "s3n" and is_at_most_31(subject.version):
            said = "only Airflow 3.0 and 3.1 take the scheme s3n; write s3://"
            yield at(site.node, f"path {show_path(site.text)}: {said}", severity="warning")
        else:
            said = f"Airflow cannot use the scheme {scheme}; write {usable}://"
            yield at(site.node, f"path {show_path(site.text)}: {said}")


@rule(
    "XC205",
    "error",
    title="The path lacks the two slashes after its scheme",
    what="The path starts like `s3:/bucket` or `s3:bucket` instead of `s3://bucket`. A warning on Airflow 3.0 and 3.1 "
    "where one of the slashes is there.",
    why="With one slash Airflow finds no bucket in it and raises ValueError; with none it takes `s3:bucket` as the "
    "bucket's name, which the cloud refuses. Every value that goes to object storage fails its task.",
    wrong=example(path='"s3:/acme-xcom/etl"'),
    source="Recorded on Airflow 3.0.6, 3.1.8, 3.2.2 and 3.3.2.",
    versions="3.0 and 3.1 read one slash as two, and hand readers the address where there is none.",
    when=odd_path,
)
def path_slashes(subject: Subject) -> Iterator[Hit]:
    """`s3:/b/x`, `s3:b/x`."""
    for site, _ in _with_fault(subject, "XC205"):
        scheme, _, rest = as_read(site.text).partition(":")
        what = f"path {show_path(site.text)} lacks"
        if rest.startswith("/") and is_at_most_31(subject.version):
            said = f"{what} one of the two slashes after {scheme}:; Airflow 3.2 and newer raise ValueError for it"
            yield at(site.node, said, severity="warning")
        else:
            yield at(site.node, f"{what} the two slashes after {scheme}:, so its bucket is lost")


@rule(
    "XC206",
    "error",
    title="The Azure URL with a host is misread",
    what="The path is an Azure URL such as `abfss://container@account.dfs.core.windows.net/p`. A warning where the "
    "file "
    "defines a connection with the container's name, which is what Airflow then uses.",
    why="Airflow reads what comes before the `@` as a connection id: here the container becomes the connection, the "
    "first folder becomes the container, and the account is lost. The account belongs in the connection.",
    wrong=example(path='"abfss://xcom@acmexcom.dfs.core.windows.net/etl"'),
    source=_TRIED_33,
    when=odd_path,
)
def path_azure_host(subject: Subject) -> Iterator[Hit]:
    """`container@account.dfs.core.windows.net`."""
    for site, parsed in _with_fault(subject, "XC206"):
        read = "the first folder as the container"
        read += ", and the container as the connection" if parsed.conn_id else ""
        defined = bool(parsed.conn_id) and connection_variable(parsed.conn_id or "") in subject.env_names
        yield at(
            site.node,
            f"path {show_path(site.text)} is misread: Airflow takes {read}, and loses {parsed.lost_host}; write "
            "abfs://CONNECTION_ID@CONTAINER/PREFIX",
            severity="warning" if defined and parsed.bucket else None,
        )


@rule(
    "XC207",
    "error",
    title="The path has no bucket",
    what="There is nothing between the scheme and the first slash, or the scheme is `adl`, whose container Airflow "
    "loses. A warning where there are four slashes, and a bucket after them.",
    why="Airflow raises ValueError: every value that goes to object storage fails its task.",
    wrong=example(path='"s3:///etl"'),
    source="Recorded on Airflow 3.0.6, 3.1.8, 3.2.2 and 3.3.2.",
    versions="3.0 and 3.1 take the first part of the prefix for the bucket, so there it is a warning; 3.1.8 hands "
    "readers of an adl:// path the address instead of the value. After four slashes every version takes what follows "
    "for the bucket, without a connection id.",
    when=odd_path,
)
def path_no_bucket(subject: Subject) -> Iterator[Hit]:
    """`s3:///x`, `adl://container/x`."""
    for site, parsed in _with_fault(subject, "XC207"):
        lost = parsed.scheme == "adl"
        why = "Airflow loses the container of an adl:// path; write abfs://" if lost else "it names no bucket"
        old = is_at_most_31(subject.version)
        folder = parsed.cloud == "azure" and not lost and bool(parsed.prefix.strip("/"))
        first = "" if lost else _after_four_slashes(parsed)
        if folder:
            why += ", and the first folder becomes the container"
        elif first:
            why = f"it has four slashes, after which {clean(first)} is taken for the bucket; write two"
        harmless = old or folder or bool(first)
        yield at(site.node, f"path {show_path(site.text)}: {why}", severity="warning" if harmless else None)


def _after_four_slashes(parsed: ParsedPath) -> str:
    """What Airflow takes for the bucket where a path has two slashes too many; empty where it finds none."""
    first, _, _ = parsed.prefix.removeprefix("/").partition("/")
    four = parsed.conn_id is None and parsed.prefix.startswith("/")
    return first if four and first.strip() and "@" not in first else ""


@rule(
    "XC208",
    "error",
    title="The path's scheme is in capitals",
    what="The scheme holds upper-case letters. Not reported on Airflow 3.2 and newer; a warning where the version is "
    "not known.",
    why="Every value that goes to object storage fails its task with ValueError.",
    wrong=example(path='"S3://acme-xcom/etl"'),
    source=_MEASURED,
    versions="3.0 and 3.1 refuse it, 3.2 and 3.3 take it as lower case.",
    when=odd_path,
)
def path_scheme_case(subject: Subject) -> Iterator[Hit]:
    """`S3://b/x` up to Airflow 3.1."""
    for site, parsed in path_sites(subject):
        if parsed.written_scheme == parsed.scheme or fault(site.text) not in (None, "XC207"):
            continue
        verdict = airflow.is_at_most_31(subject.version)
        if verdict is False or parsed.scheme is None:
            continue
        fixed = site.written.replace(parsed.written_scheme or "", parsed.scheme, 1)
        who = "this version of Airflow refuses" if verdict else "Airflow 3.0 and 3.1 refuse (3.2 and newer take)"
        yield at(
            site.node,
            f"path {show_path(site.text)}: {who} a scheme in capitals",
            fix=(SetText(site.address, fixed),),
            severity="error" if verdict else "warning",
        )


@rule(
    "XC209",
    "error",
    title="The path still has a placeholder",
    what="The path holds text in angle brackets, such as `<bucket>`.",
    why="Airflow takes the text as it is, without an error, and the cloud refuses it when a task writes.",
    wrong=example(path='"s3://<connection-id>@<bucket>/<path-to-xcom>"'),
    source=_MEASURED + " The placeholders are those of Astronomer's page.",
    when=odd_path,
)
def path_placeholder(subject: Subject) -> Iterator[Hit]:
    """`s3://<bucket>/x`."""
    for site, _ in _with_fault(subject, "XC209"):
        found = ", ".join(PLACEHOLDER.findall(site.text))
        yield at(site.node, f"path {show_path(site.text)} still has the placeholder {found[:80]}")
