"""The values of the object storage settings, the backend class and the variables' names."""

from __future__ import annotations

from .cases import BACKEND, COMPRESSION, GOOGLE_IDENTITY, OBJECT_STORAGE, PATH, THRESHOLD, TMP, Case, one_variable

_DISK = f"file://{TMP}/x"

THRESHOLDS: tuple[str | None, ...] = (
    # unset, empty, signs
    None, "", " ", "-1", "-2", "-1000000", "-0", "0", "00", "+5", "- 1", "−1",
    # around the 10 bytes of the probe's value, and sizes people use
    "1", "2", "3", "9", "10", "11", "100", "1000", "4096", "65536", "1048576", "2097152", "10485760",
    "1073741824", "99999999999999999999",
    # blanks and other spellings that int() takes or refuses
    " 10 ", "10\n", "\t10", "\u00a010", "010", "1_000", "1__000", "_10", "1,000", "1 000", "٣", "１０",
    # what Helm makes of big unquoted integers, and other floats
    "1e6", "1E6", "1e+06", "1.048576e+06", "1.048576e+07", "1.0", "1.", ".5", "1.5", "0.0", "-1.0", "1048576.0",
    "1e-1", "1e400", "inf", "nan",
    # other bases, units, words, quotes, comments
    "0x10", "0o12", "0b11", "abc", "10 # c", "10MB", "1MiB", "64k", "512 KB", "True", "false", "None", "null",
    "never", "always", "'10'", '"10"', "{{ 10 }}", "<bytes>",
    # what Airflow expands before it reads
    "~", "$HOME", "$XCOM_TRUTH", "${XCOM_TRUTH}0", "${MISSING}", "$(OTHER)",
)  # fmt: skip

COMPRESSIONS: tuple[str | None, ...] = (
    None, "", " ", "zip", "gzip", "bz2", "xz", "lzma", "lz4", "zstd",
    "gz", "zst", "snappy", "deflate", "infer", "bzip2", "zlib", "brotli", "br", "tar", "lzo", "bogus",
    "ZIP", "Gzip", "GZIP", " gzip ", "gzip ", " zip", "gzip\n", ".gz", "gzip,zip", "gzip # c", "'gzip'",
    "none", "None", "null", "false", "True", "0", "auto", "default", "~", "$XCOM_TRUTH", "${MISSING}",
)  # fmt: skip

LOCAL_PATHS: tuple[str | None, ...] = (
    None, "", " ", f"file://{TMP}/a", f"file://{TMP}/b/", f"{TMP}/noscheme", f"file:{TMP}/c", f"FILE://{TMP}/d",
    f"local://{TMP}/e", f"file://conn@{TMP}/f", "/xcom-truth/abs", "relative/dir", "./relative",
    "file://relative/dir",
    "~", "~/x", "$XCOM_TRUTH/x", "${MISSING}", "${MISSING}/x", "{{ bucket }}", "<path-to-xcom>", "null", "None",
    "s3//bucket/x", "arn:aws:s3:::bucket/x", "bucket", "C:\\xcom", "'s3://bucket/x'", '"s3://bucket/x"',
)  # fmt: skip

REMOTE_PATHS: tuple[str, ...] = (
    # plain, and where the connection id ends
    "s3://bucket", "s3://bucket/", "s3://bucket/x", "s3://bucket/x/", "s3://bucket/x/y/z",
    "s3://conn@bucket", "s3://conn@bucket/x", "s3://Conn@bucket/x", "s3://my-conn@bucket/x", "s3://c@d@bucket/x",
    "s3://user:pw@bucket/x", "s3://@bucket/x", "s3://conn@/x", "s3://conn@bucket/a@b", "s3://bucket:443/x",
    # bucket missing, slashes
    "s3:///x", "s3://", "s3:/bucket/x", "s3:bucket/x", "s3:\\\\bucket\\x", "s3://bucket//x//y/", "s3://bucket/../x",
    "s3://bucket/./x",
    # schemes
    "S3://bucket/x", "s3a://bucket/x", "s3a://conn@bucket/x", "S3A://bucket/x", "s3n://bucket/x", "gs://bucket/x",
    "gs://conn@bucket/x", "gcs://bucket/x", "gcs://conn@bucket/x", "GS://bucket/x", "abfs://container/x",
    "abfs://conn@container/x", "abfss://conn@container/x", "ABFS://conn@container/x", "adl://conn@container/x",
    "az://conn@container/x", "wasb://conn@container/x", "wasbs://conn@container/x", "hdfs://host/x",
    "http://host/x", "https://host/x", "memory://x", "nope://x/y", "ftp://host/x", "sftp://host/x", "dbfs:/x",
    # the usual Azure and AWS addresses
    "abfss://container@account.dfs.core.windows.net/p", "abfs://container@account.dfs.core.windows.net/p/q",
    "abfss://container@account.dfs.core.windows.net", "wasbs://container@account.blob.core.windows.net/p",
    "abfss://conn@container@account.dfs.core.windows.net/p", "https://account.blob.core.windows.net/container/p",
    "https://bucket.s3.amazonaws.com/x", "s3://bucket.s3.amazonaws.com/x",
    "s3://arn:aws:s3:eu-west-1:123456789012:accesspoint/ap/x",
    "gs://bucket.storage.googleapis.com/x",
    # names a cloud refuses, which Airflow does not look at
    "s3://My_Bucket/x", "s3://ab/x", "s3://192.168.0.1/x", "s3://bücket/x", "gs://goog-bucket/x",
    "abfs://conn@Container/x",
    # placeholders, templates, blanks
    "s3://<connection-id>@<bucket>/<path-to-xcom>", "s3://{{ bucket }}/x", "s3://bucket/{{ dag_id }}",
    " s3://bucket/x", "s3://bucket/x ", "s3://bucket/x\n", "s3://bucket /x", "s3://bucket/a b",
    "s3://conn @bucket/x",
    # query, fragment, escapes
    "s3://bucket/a?x=1", "s3://bucket?x=1", "s3://bucket/a#f", "s3://bucket/a%20b", "s3://bucket/a,b",
    "s3://bucket/$(POD_NAME)/x",
    # what Airflow expands
    "s3://${XCOM_TRUTH}/x", "s3://${MISSING}/x", "s3://bucket/$HOME/x", "s3://bucket/$XCOM_TRUTH", "s3://bucket/~/x",
    "s3://bucket/$$HOME/x",
)  # fmt: skip

BACKENDS: tuple[str | None, ...] = (
    None, "", " ", OBJECT_STORAGE,
    f" {OBJECT_STORAGE}", f"{OBJECT_STORAGE} ", f"{OBJECT_STORAGE}\n", f"'{OBJECT_STORAGE}'", f"{OBJECT_STORAGE}.",
    OBJECT_STORAGE.lower(), OBJECT_STORAGE.replace("airflow", "Airflow", 1), OBJECT_STORAGE.replace(".XCom", ":XCom"),
    OBJECT_STORAGE.replace("ObjectStorage", "Objectstorage"),
    OBJECT_STORAGE.replace("ObjectStorage", "ObjectStore"),
    "airflow.providers.common.io.xcom.backend", "airflow.providers.common.io.xcom.XComObjectStorageBackend",
    "airflow.providers.common.io.backend.XComObjectStorageBackend", "XComObjectStorageBackend",
    "airflow.providers.amazon.aws.xcom_backends.s3.S3XComBackend",
    "AIRFLOW__CORE__XCOM_BACKEND", BACKEND.lower(), "xcom", "nope.mod.Cls", ".", "truth_custom",
    "airflow.models.xcom.BaseXCom", "airflow.sdk.bases.xcom.BaseXCom", "airflow.models.xcom.XCom",
    "airflow.models.xcom.XComModel", "airflow.sdk.execution_time.xcom.XCom",
    "airflow.providers.common.io.state_store.backend.StateStoreObjectStorageBackend",
    "truth_custom.Custom", "truth_custom.Nested.Inner", "truth_custom.function", "truth_custom.Nothing",
    "truth_broken.Custom",
    "collections.OrderedDict", "builtins.object", "~", "null", "None", "none", "true", "{'type': 'k8s'}",
    "$XCOM_TRUTH", "${MISSING}",
)  # fmt: skip
"""`truth_custom` and `truth_broken` are modules the probe lays out: a backend of one's own, and one that
fails at import."""

_CONNECTIONS = {
    "abfs": '{"conn_type":"wasb","extra":{"account_name":"acct"}}',
    "gs": '{"conn_type":"google_cloud_platform","extra":{"project":"p"}}',
    "s3": '{"conn_type":"aws"}',
}
"""What stands under the ids `conn` and `my-conn` while a path is tried; any other id is not defined."""

_PROBE = "7"


def _variables() -> list[Case]:
    """Other spellings of the variables' names: are they read at all?"""
    spellings: list[tuple[str, dict[str, str]]] = [
        ("threshold", {THRESHOLD: _PROBE}),
        ("threshold", {THRESHOLD.replace("COMMON_IO", "COMMON.IO"): _PROBE}),
        ("threshold", {THRESHOLD.replace("COMMON_IO", "COMMONIO"): _PROBE}),
        ("threshold", {THRESHOLD.replace("COMMON_IO", "COMMON__IO"): _PROBE}),
        ("threshold", {THRESHOLD.replace("COMMON_IO", "COMMON-IO"): _PROBE}),
        ("threshold", {THRESHOLD.lower(): _PROBE}),
        ("threshold", {"AIRFLOW__common_io__xcom_objectstorage_threshold": _PROBE}),
        ("threshold", {"AIRFLOW__COMMON_IO__xcom_objectstorage_threshold": _PROBE}),
        ("threshold", {THRESHOLD.title(): _PROBE}),
        ("threshold", {THRESHOLD.replace("AIRFLOW__", "AIRFLOW_"): _PROBE}),
        ("threshold", {THRESHOLD.replace("__", "_"): _PROBE}),
        ("threshold", {THRESHOLD.replace("COMMON_IO__", "COMMON_IO_"): _PROBE}),
        ("threshold", {THRESHOLD.replace("AIRFLOW__", ""): _PROBE}),
        ("threshold", {THRESHOLD.replace("COMMON_IO", "CORE"): _PROBE}),
        ("threshold", {THRESHOLD.replace("OBJECTSTORAGE", "OBJECTSTORE"): _PROBE}),
        ("threshold", {THRESHOLD.replace("OBJECTSTORAGE", "OBJECT_STORAGE"): _PROBE}),
        ("threshold", {THRESHOLD.replace("XCOM_OBJECT", "XCOM__OBJECT"): _PROBE}),
        ("threshold", {f"{THRESHOLD} ": _PROBE}),
        ("threshold", {f"{THRESHOLD}_CMD": f"echo {_PROBE}"}),
        ("threshold", {f"{THRESHOLD}_SECRET": "truth"}),
        ("threshold", {THRESHOLD: _PROBE, f"{THRESHOLD}_CMD": "echo 8"}),
        ("threshold", {THRESHOLD: _PROBE, THRESHOLD.replace("COMMON_IO", "COMMON.IO"): "9"}),
        ("path", {PATH: _DISK}),
        ("path", {PATH.replace("OBJECTSTORAGE", "OBJECTSTORE"): _DISK}),
        ("path", {f"{PATH}_CMD": f"echo {_DISK}"}),
        ("compression", {COMPRESSION: "zip"}),
        ("compression", {COMPRESSION.replace("COMMON_IO", "COMMON.IO"): "zip"}),
        ("backend", {BACKEND: OBJECT_STORAGE}),
        ("backend", {BACKEND.lower(): OBJECT_STORAGE}),
        ("backend", {BACKEND.replace("__", "_"): OBJECT_STORAGE}),
        ("backend", {BACKEND.replace("CORE", "core"): OBJECT_STORAGE}),
        ("backend", {f"{BACKEND}_CMD": f"echo {OBJECT_STORAGE}"}),
        ("backend", {f"{BACKEND}_SECRET": "truth"}),
        ("backend", {BACKEND.replace("CORE", "COMMON_IO"): OBJECT_STORAGE}),
    ]
    return [Case("variable", " + ".join(env), env, {"option": option}) for option, env in spellings]


def _changes() -> list[Case]:
    """A value is written under one setting and read under another."""
    written = {PATH: f"file://{TMP}/a", THRESHOLD: "0"}

    def change(name: str, then: dict[str, str], env: dict[str, str] = written, **ask: str) -> Case:
        return Case("change", name, env, ask, then)

    def path(text: str) -> dict[str, str]:
        return {**written, PATH: text}

    packed = {**written, COMPRESSION: "gzip"}
    in_db = {**written, THRESHOLD: "-1"}
    return [
        change("nothing", written),
        change("threshold to -1", {**written, THRESHOLD: "-1"}),
        change("threshold to 1048576", {**written, THRESHOLD: "1048576"}),
        change("threshold unset", {PATH: written[PATH]}),
        change("threshold from -1 to 0", written, in_db),
        change("threshold to a wrong text", {**written, THRESHOLD: "10MB"}),
        change("compression from none to gzip", packed),
        change("compression from gzip to none", written, packed),
        change("compression from gzip to zip", {**written, COMPRESSION: "zip"}, packed),
        change("compression from gzip to a wrong name", {**written, COMPRESSION: "bogus"}, packed),
        change("compression from none to a wrong name", {**written, COMPRESSION: "bogus"}),
        change("path to a sibling", path(f"file://{TMP}/b")),
        change("path to a longer sibling", path(f"file://{TMP}/ab")),
        change("path to its parent", path(f"file://{TMP}")),
        change("path to a child", path(f"file://{TMP}/a/d")),
        change("path gains a trailing slash", path(f"file://{TMP}/a/")),
        change("path gains a second slash", path(f"file://{TMP}//a")),
        change("path to another scheme of the same store", path(f"local://{TMP}/a")),
        change("path loses its scheme", path(f"{TMP}/a")),
        change("path gains a connection id", path(f"file://conn@{TMP}/a")),
        change("path loses its connection id", written, path(f"file://conn@{TMP}/a")),
        change("path gets another connection id", path(f"file://d@{TMP}/a"), path(f"file://conn@{TMP}/a")),
        change("path to another cloud", path("s3://bucket/a")),
        change("path to an unusable scheme", path("nope://bucket/a")),
        change("path set empty", path("")),
        change("path unset", {THRESHOLD: "0"}),
        change("a value in the database that looks like an address", written, in_db, text="s3://a/b"),
        change("object deleted", written, meanwhile="delete"),
    ]


def _paths() -> list[Case]:
    """Each path with threshold 0, and with the connections that a right path of its cloud would need."""
    cases = one_variable("path", PATH, LOCAL_PATHS, {THRESHOLD: "0", "XCOM_TRUTH": "from-env"})
    for text in REMOTE_PATHS:
        scheme = text.strip().partition(":")[0].lower()
        cloud = "gs" if scheme.startswith("g") else "s3" if scheme.startswith("s3") else "abfs"
        connection = _CONNECTIONS[cloud]
        names = {"AIRFLOW_CONN_CONN": connection, "AIRFLOW_CONN_MY-CONN": connection}
        ambient = GOOGLE_IDENTITY if cloud == "gs" else {}
        env = {THRESHOLD: "0", "XCOM_TRUTH": "from-env", **ambient, **names, PATH: text}
        cases.append(Case("path", text, env))
    return cases


def storage_cases() -> list[Case]:
    """Every question about settings, in the order of the recorded data."""
    return [
        *one_variable("threshold", THRESHOLD, THRESHOLDS, {PATH: _DISK, "XCOM_TRUTH": "10"}),
        *one_variable("compression", COMPRESSION, COMPRESSIONS, {PATH: _DISK, THRESHOLD: "0", "XCOM_TRUTH": "zip"}),
        *_paths(),
        *one_variable("backend", BACKEND, BACKENDS, {"XCOM_TRUTH": OBJECT_STORAGE}),
        *_variables(),
        *_changes(),
    ]
