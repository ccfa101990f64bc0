"""XC21x: a path that Airflow can use, but that does not say what it seems to say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rea_xcom_tui.edits import SetText
from rea_xcom_tui.xcom.airflow import is_at_most_31
from rea_xcom_tui.xcom.clouds import bucket_problem
from rea_xcom_tui.xcom.model import Severity
from rea_xcom_tui.xcom.paths import ParsedPath, as_read, parse_path
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.path import fault, path_sites, show_path, sound_paths
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import odd_path
from rea_xcom_tui.xcom.rules.subject import Site, Subject, mapping

_TRIED = "Tried on Airflow 3.3.2."
_RECORDED = "Recorded on Airflow 3.0.6, 3.1.8, 3.2.2 and 3.3.2."
_QUERY = re.compile(r"[?#].*", re.S)
_S3 = "s3://"
_S3_KEY_BYTES = 1024  # the longest key S3 takes
_ACCESS_POINT = re.compile(
    r"arn:aws[a-z-]*:(?:s3|s3-object-lambda|s3-outposts):[a-z0-9-]*:[0-9]{12}:(?:accesspoint|outpost)[:/][^:/]"
)
_AZURE_SPECIAL = frozenset(("$root", "$logs", "$web"))  # containers that Azure itself names so
_VARIABLE = re.compile(r"\$(?:(?P<plain>\w+)|\{(?P<braced>[^}]*)\}|\((?P<kubernetes>[^)]*)\))")


@rule(
    "XC210",
    "warning",
    title="The path holds template braces",
    what="The path holds `{{ … }}` in a file whose layout fills in no templates.",
    why="Helm does not render its values. If nothing else does, Airflow takes the braces as they are: as a bucket "
    "that does not exist, or, without a scheme, as a path on the container's own disk.",
    wrong=example(path='"s3://{{ .Values.bucket }}/etl"'),
    source=_TRIED,
    when=odd_path,
)
def path_template(subject: Subject) -> Iterator[Hit]:
    """`s3://{{ bucket }}/x`."""
    for site, _ in path_sites(subject):
        if fault(site.text) == "XC210":
            yield at(
                site.node,
                f"path {show_path(site.text)} holds template braces: unless a tool fills them in before Helm, Airflow "
                "takes them as they are",
            )


@rule(
    "XC211",
    "info",
    title="The path holds a variable that is expanded",
    what="The path holds `$NAME`, `${NAME}` or a `$(NAME)` that Kubernetes left alone. A warning where the file does "
    "not define that variable, an error where the path begins with `$$(NAME)`, which nothing replaces, or the variable "
    "leads back to itself.",
    why="Airflow replaces `$NAME` and `${NAME}` from each container's own environment, and leaves the text as it is "
    "where the name is not set there. Two containers with different environments then store in different "
    "places, and readers get a string instead of the data.",
    wrong=example(path='"s3://acme-xcom/$TEAM/etl"'),
    source=_TRIED,
    when=odd_path,
)
def path_expanded(subject: Subject) -> Iterator[Hit]:
    """`s3://b/$HOME/x`."""
    for site, parsed in path_sites(subject):
        if fault(site.text) not in (None, "XC211", "XC206", "XC207"):
            continue
        for match in _VARIABLE.finditer(site.written):
            if match[0] == parsed.bucket and match[0] in _AZURE_SPECIAL and parsed.cloud == "azure":
                continue
            if match["kubernetes"] is not None and _is_escaped(site, match[0]):
                if fault(site.text) == "XC211" and match.start() == 0:
                    said = f"begins with {match[0]}, which nothing replaces: it is a folder on each container's disk"
                    yield at(site.node, f"path {show_path(site.written)} {said}", severity="error")
                continue
            name = match["plain"] or match["braced"] or match["kubernetes"] or ""
            if match["kubernetes"] is None and subject.leads_back(name):
                said = f"{match[0]} leads back to itself, so nothing can fill it in"
                yield at(site.node, f"path {show_path(site.written)}: {said}", severity="error")
                continue
            known = name in subject.env_names and match["kubernetes"] is None
            severity: Severity = "info" if known else "warning"
            yield at(site.node, _expansion(show_path(site.written), match[0], known), severity=severity)


def _is_escaped(site: Site, part: str) -> bool:
    """True where the file writes `$$(NAME)`: Kubernetes leaves `$(NAME)`, which Airflow does not expand."""
    return site.entry is not None and site.entry.value is not None and f"${part}" in site.entry.value.text


def _expansion(path: str, part: str, known: bool) -> str:
    if known:
        return f"path {path}: Airflow replaces {part} from each container's environment"
    if part.startswith("$("):
        return f"path {path}: no earlier entry defines {part}, so it stays as it is"
    return f"path {path}: the file does not define {part}; where the container has no such variable it stays as it is"


@rule(
    "XC212",
    "warning",
    title="The path has a blank or line break that is not what it seems",
    what="The path ends with a blank, which becomes part of every key. Info for a blank at its start and for tabs and "
    "line breaks anywhere, which have no effect.",
    why="A blank at the end becomes part of every object's key, so that lifecycle rules, policies and people who "
    "look for the prefix miss it. Blanks at the start, tabs and line breaks are dropped by Python's URL reader: "
    "`a<TAB>b` is `ab`.",
    wrong=example(path='"s3://acme-xcom/etl "'),
    source=_RECORDED + " Keys were read back from an S3 server.",
    when=odd_path,
)
def path_blank(subject: Subject) -> Iterator[Hit]:
    """`s3://b/x ` with its blank."""
    for site, _ in path_sites(subject):
        read = as_read(site.written)
        bare = read.rstrip()
        if not bare or fault(site.text) in ("XC203", "XC204", "XC205", "XC210", "XC211"):
            continue
        fix = (SetText(site.address, bare),)
        if bare != read:
            said = "has a blank at its end, which becomes part of every key"
            yield at(site.node, f"path {show_path(site.text)} {said}", fix=fix)
        elif read != site.written:
            said = "has a blank, tab or line break that Airflow drops"
            yield at(site.node, f"path {show_path(site.text)} {said}", fix=fix, severity="info")


@rule(
    "XC213",
    "warning",
    title="The path has a `?` or `#`",
    what="The bucket or the prefix holds `?` or `#`. An error in the bucket, info in a prefix where nothing looks "
    "like a "
    "setting (`name=value`).",
    why="A path takes no settings: what follows stays in the key of every object as it is "
    "(`etl?region=x/dag/...`). "
    "In the bucket the cloud refuses the name, and every value that goes to object storage fails its task.",
    wrong=example(path='"s3://acme-xcom/etl?region=eu-west-1"'),
    source=_RECORDED + " Keys were read back from servers of S3, Azure Blob Storage and Google Cloud Storage.",
    when=odd_path,
)
def path_query(subject: Subject) -> Iterator[Hit]:
    """`s3://b/x?y`, `s3://b/x#y`, `s3://b?y`."""
    for site, parsed in sound_paths(subject):
        if parsed.cloud in ("local", "other"):
            continue
        shown = show_path(site.text)
        if found := _QUERY.search(parsed.bucket):
            said = f"{found[0][0]} is part of the bucket's name, which no cloud accepts"
            yield at(site.node, f"path {shown}: {said}", severity="error")
        elif found := _QUERY.search(parsed.prefix):
            setting = "=" in found[0]
            said = (
                f"what follows the {found[0][0]} is not a setting"
                if setting
                else f"the {found[0][0]} is not a separator"
            )
            severity: Severity = "warning" if setting else "info"
            yield at(site.node, f"path {shown}: {said}: it stays in every object's key", severity=severity)


@rule(
    "XC214",
    "error",
    title="The path holds a user and a password",
    what="The part before the `@` holds a colon, such as `user:password@`.",
    why="Airflow takes all of it as a connection id. No connection has that name: Azure and GCP fail the task, S3 "
    "falls back to whatever identity the pod has. What looks like a password is in Git in plain text.",
    wrong=example(path='"s3://AKIAEXAMPLE:not-a-real-key@acme-xcom/etl"'),
    source=_TRIED,
    when=odd_path,
)
def path_credentials(subject: Subject) -> Iterator[Hit]:
    """`s3://user:pw@bucket`."""
    for site, parsed in sound_paths(subject):
        if parsed.conn_id and ":" in parsed.conn_id:
            yield at(
                site.node,
                f"path {show_path(site.text)}: Airflow takes everything before the @ as a connection id, never as "
                "credentials",
            )


@rule(
    "XC215",
    "warning",
    title="The prefix has `..`, `.` or empty parts",
    what="A part of the prefix is `..` or `.`, an error on Azure. For an empty part (`//`), and for a backslash on "
    "Azure, "
    "this is info. An error where a path on Google Cloud ends with two slashes and names no "
    "connection.",
    why="Object stores have no folders: the parts stay in the keys as they are, and consoles and policies disagree "
    "about them. On Azure every write fails: the signed address is not the one that is sent. Azure stores a backslash "
    "as a slash. gcsfs drops slashes at the end, so that Airflow does not know the addresses of its own values.",
    wrong=example(path='"s3://acme-xcom/../etl"'),
    source=_TRIED + " Airflow accepts them verbatim; keys were read back from servers of each cloud's protocol.",
    versions="Airflow 3.1 drops a `.`, 3.3 keeps it, so that it is a warning on Azure where the version is not known.",
    when=odd_path,
)
def path_segments(subject: Subject) -> Iterator[Hit]:
    """`s3://b/../x`, `s3://b//x`."""
    for site, parsed in sound_paths(subject):
        if parsed.cloud in ("local", "other") or is_scheme_twice(site.text):
            continue
        if parsed.cloud == "gcp" and not parsed.conn_id and as_read(site.text).endswith("//"):
            yield from _two_slashes(subject, site, parsed)
            continue
        parts = parsed.prefix.removesuffix("/").split("/")
        if "//" in site.text.partition("://")[2] and "" in parts and parsed.prefix:
            yield at(
                site.node, f"path {show_path(site.text)} has an empty part, which stays in every key", severity="info"
            )
        if ".." in parts or "." in parts:
            part = ".." if ".." in parts else "."
            # Airflow 3.1 drops a single dot before Azure sees it.
            fatal = parsed.cloud == "azure" and (part == ".." or is_at_most_31(subject.version) is False)
            said = "on Azure every write fails" if fatal else "which no object store resolves"
            yield at(
                site.node,
                f'path {show_path(site.text)} has "{part}" in its prefix, {said}',
                severity="error" if fatal else None,
            )
        if "\\" in parsed.prefix and parsed.cloud == "azure":
            said = "has a backslash in its prefix, which Azure stores as a slash"
            yield at(site.node, f"path {show_path(site.text)} {said}", severity="info")


def _two_slashes(subject: Subject, site: Site, parsed: ParsedPath) -> Iterator[Hit]:
    """`gs://bucket/etl//`; straight after the bucket, Airflow 3.1 knows its own values all the same."""
    old = is_at_most_31(subject.version)
    bare = not parsed.prefix.strip("/")
    if bare and old:
        return
    said = "ends with two slashes: on Google Cloud readers get the address instead of the value"
    fix = (SetText(site.address, site.written.rstrip().rstrip("/")),)
    severity: Severity = "warning" if bare and old is None else "error"
    yield at(site.node, f"path {show_path(site.text)} {said}", fix=fix, severity=severity)


@rule(
    "XC216",
    "error",
    title="No bucket or container can have this name",
    what="The bucket or container breaks the naming rules of S3, Azure Blob Storage or Google Cloud Storage. Aliases "
    "and ARNs of S3 access points are fine, ARNs of buckets and roles are not. A warning for an S3 name with "
    "upper-case letters or underscores, which only buckets from before 2018 can have, and for `s3://s3://` where it "
    "works.",
    why="Every value that goes to object storage fails its task when the cloud refuses the name.",
    wrong=example(path='"s3://acme..xcom/etl"'),
    source="The naming rules of Amazon S3, Azure Blob Storage and Google Cloud Storage.",
    versions="3.2 and newer take `s3://s3://bucket` for `s3://bucket`; with 3.0 and 3.1 readers get the address.",
    when=odd_path,
)
def path_bucket_name(subject: Subject) -> Iterator[Hit]:
    """Three clouds' naming rules."""
    for site, parsed in sound_paths(subject):
        if _may_be_filled_in(site, parsed.bucket) and parsed.bucket not in _AZURE_SPECIAL:
            continue
        if _QUERY.search(parsed.bucket):
            continue
        if is_scheme_twice(site.text):
            yield _scheme_twice(subject, site)
            continue
        problem = (
            None if parsed.cloud == "aws" and _is_access_point(parsed) else bucket_problem(parsed.cloud, parsed.bucket)
        )
        if problem:
            severity: Severity = "warning" if _is_legacy_s3(parsed) else "error"
            yield at(site.node, f"path {show_path(site.text)}: {problem.rstrip('.')}", severity=severity)


def is_scheme_twice(text: str) -> bool:
    """True for `s3://s3://bucket/x`, which s3fs reads as if the scheme stood there once, and the bucket can be one."""
    if not as_read(text).startswith(_S3 * 2):
        return False
    once = parse_path(as_read(text).removeprefix(_S3))
    return not once.conn_id and bucket_problem("aws", once.bucket) is None


def _scheme_twice(subject: Subject, site: Site) -> Hit:
    works = is_at_most_31(subject.version) is False
    said = "which works" if works else "with which Airflow 3.0 and 3.1 hand readers the address instead of the value"
    fix = (SetText(site.address, site.written.replace(_S3, "", 1)),)
    severity: Severity = "warning" if works else "error"
    return at(site.node, f"path {show_path(site.text)} has its scheme twice, {said}", severity=severity, fix=fix)


def _may_be_filled_in(site: Site, bucket: str) -> bool:
    """True where the bucket holds a variable that a container may know; nothing replaces `$(NAME)` from `$$(NAME)`."""
    return any(match["kubernetes"] is None or not _is_escaped(site, match[0]) for match in _VARIABLE.finditer(bucket))


def _is_access_point(parsed: ParsedPath) -> bool:
    """True for the ARN of an S3 access point, the only ARN that S3 takes in place of a bucket."""
    return _ACCESS_POINT.match(parsed.bucket) is not None


def _is_legacy_s3(parsed: ParsedPath) -> bool:
    plain = parsed.bucket.lower().replace("_", "-")
    return (
        parsed.cloud == "aws"
        and re.fullmatch(r"[A-Za-z0-9._-]{3,255}", parsed.bucket) is not None
        and bucket_problem("aws", plain[:63].strip("-.")) is None
        and (plain != parsed.bucket or len(parsed.bucket) > 63)
    )


@rule(
    "XC217",
    "warning",
    title="The path is on the container's own disk",
    what="The scheme is `file` or `local`, and no volume of the workers is mounted there.",
    why="Each pod has its own disk: a task in another pod cannot read the value, and the values are lost with the pod.",
    wrong=example(path='"file:///tmp/xcom"'),
    source="Tried on Airflow 3.0.2, 3.1.3 and 3.3.2; Kubernetes documentation on volumes.",
    when=odd_path,
)
def path_local(subject: Subject) -> Iterator[Hit]:
    """`file:///tmp/x`."""
    mounts = tuple(_mounts(subject))
    for site, parsed in sound_paths(subject):
        if parsed.cloud != "local":
            continue
        place = "/" + parsed.prefix.strip("/") + "/"
        if not any(place.startswith(mount.rstrip("/") + "/") for mount in mounts):
            yield at(
                site.node,
                f"path {show_path(site.text)} is on each container's own disk: other pods cannot read it, and it is "
                f"lost "
                "with the pod",
            )


def _mounts(subject: Subject) -> Iterator[str]:
    workers = subject.root.get("workers")
    for worker in workers.items if workers is not None else ():
        mounts = worker.get("volumeMounts") if worker.kind == "mapping" else None
        for mount in mounts.items if mounts is not None else ():
            place = mapping(mount)
            node = place.get("mountPath") if place is not None else None
            if node is not None and isinstance(node.value, str) and node.value.strip("/"):
                yield node.value


@rule(
    "XC218",
    "error",
    title="The prefix leaves no room for keys",
    what="The prefix alone has 1024 bytes or more.",
    why="S3 and GCS take keys of at most 1024 bytes, and every object's key adds dag, run and task to the prefix: "
    "every write fails.",
    wrong=example(path='"s3://acme-xcom/' + "x" * 1024 + '"'),
    source="The documentation of Amazon S3 on object keys.",
    when=odd_path,
)
def path_too_long(subject: Subject) -> Iterator[Hit]:
    """A prefix as long as a whole key."""
    for site, parsed in sound_paths(subject):
        size = len(parsed.prefix.encode("utf-8", "surrogatepass"))
        if parsed.cloud in ("aws", "gcp", "azure") and size >= _S3_KEY_BYTES:
            yield at(site.node, f"the path's prefix has {size} bytes; a whole key may have {_S3_KEY_BYTES}")
