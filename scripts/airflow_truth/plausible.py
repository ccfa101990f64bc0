"""Plausible values: settings as people write them, mistakes favoured, made anew from a seed.

A right value is taken and, more often than not, something happens to it that happens to people: quotes are kept, a
letter is lost, a blank comes along, a variable is left in. Nothing here is meant to break Airflow or a library: only
texts that somebody could paste into a values file are made.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence

from .cases import BACKEND, COMPRESSION, GOOGLE_IDENTITY, OBJECT_STORAGE, PATH, THRESHOLD, TMP, Case

_DISK = f"file://{TMP}/x"
_WORDS = ("etl", "orders", "acme-xcom", "xcom", "prod", "team a", "eu-west-1", "aws_xcom", "wasb_xcom", "gcp_xcom")
_THRESHOLDS = ("0", "-1", "1", "10", "1000", "4096", "65536", "1048576", "10485760", "1e6", "1.5", "1_000", "1,000",
               "1MiB", "64k", "512 KB", "0x10", "012", "true", "never", "1.048576e+06", "100.0", "+5", "")  # fmt: skip
_COMPRESSIONS = ("zip", "gzip", "bz2", "xz", "lzma", "lz4", "zstd", "gz", "zst", "snappy", "none", "deflate", "br", "")
_BACKENDS = (
    OBJECT_STORAGE, OBJECT_STORAGE, OBJECT_STORAGE, "airflow.models.xcom.BaseXCom", "airflow.sdk.bases.xcom.BaseXCom",
    "airflow.models.BaseXCom", "airflow.sdk.BaseXCom", "airflow.sdk.execution_time.xcom.BaseXCom",
    "airflow.providers.common.io.xcom.backend.BaseXCom", BACKEND,
    "airflow.providers.amazon.aws.xcom_backends.s3.S3XComBackend", "airflow.models.xcom.XCom",
)  # fmt: skip
_SCHEMES = ("s3", "s3", "s3", "s3a", "gs", "gs", "gcs", "abfs", "abfs", "abfss", "adl", "wasb", "az", "file", "s3n")
_BUCKETS = ("acme-xcom", "acme.xcom", "xcom", "My_Bucket", "arn:aws:s3:::acme-xcom", "acme-xcom.s3.amazonaws.com",
            "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap", "xcom@acme.dfs.core.windows.net", "$root",
            "")  # fmt: skip
_PREFIXES = ("", "/", "/etl", "/etl/", "/team/etl", "/team::etl", "/a//b", "/./etl", "/../etl", "/etl?x=1", "/etl#a",
             "/dt=2026-01-01", "/a b", "/a%20b", "/$TEAM/etl", "/${TEAM}", "/{{ env }}", "/<team>", "/ä",
             "/etl\\x")  # fmt: skip
_IDS = ("aws_xcom", "wasb_xcom", "xcom-store", "xcom.store", "_x", "C", "user:pw", "[c]", "AIRFLOW_CONN_XC", "")
_CONNECTION_STRING = (
    "DefaultEndpointsProtocol=https;AccountName=acmexcom;AccountKey=bm90LXJlYWw=;EndpointSuffix=core.windows.net"
)
_EXTRAS: dict[str, tuple[tuple[str, object], ...]] = {
    "aws": (
        ("region_name", "eu-west-1"), ("region_name", "eu west 1"), ("endpoint_url", "http://minio:9000"),
        ("endpoint_url", "minio:9000"), ("role_arn", "arn:aws:iam::123456789012:role/x"), ("profile_name", "nope"),
        ("config_kwargs", {"signature_version": "s3v4"}), ("config_kwargs", None), ("config_kwargs", "{}"),
        ("config_kwargs", {"endpoint_url": "http://minio:9000"}), ("service_config", {"s3": {}}),
        ("service_config", "{}"), ("assume_role_method", "assume_role"), ("assume_role_method", "web"),
        ("aws_access_key_id", "AKIAMADEUP"), ("aws_secret_access_key", "made-up"), ("verify", False),
    ),
    "azure": (
        ("account_name", "acmexcom"), ("account_name", "acmexcom"), ("account_name", "acmexcom"), ("account_name", ""),
        ("account_name", ["acmexcom"]), ("account_name", "acme-xcom"), ("account_key", "bm90LXJlYWw="),
        ("account_key", 5), ("account_key", "not base64!"), ("anon", False), ("anon", True), ("anon", "false"),
        ("anon", 1), ("anon", ""), ("tenant_id", "11111111-2222-3333-4444-555555555555"), ("sas_token", "sv=1&sig=x"),
        ("managed_identity_client_id", "11111111-2222-3333-4444-555555555555"),
        ("account_host", "acmexcom.blob.core.windows.net"),
        ("account_host", "blob.core.windows.net"),
        ("connection_string", _CONNECTION_STRING),
        ("connection_string", "SharedAccessSignature=sv=1"), ("connection_string", "nonsense"),
    ),
    "google_cloud_platform": (
        ("project", "acme"), ("key_path", f"{TMP}/google.json"), ("key_path", "/missing.json"),
        ("key_path", "~/key.json"),
        ("key_path", "key.p12"), ("key_path", "gs://keys/key.json"), ("keyfile_dict", "{bad"), ("keyfile_dict", 5),
        ("keyfile_dict", {"type": "service_account"}), ("keyfile_dict", json.dumps(json.dumps({"a": 1}))),
        ("scope", "https://www.googleapis.com/auth/cloud-platform"), ("scope", ["a"]), ("impersonation_chain", 5),
        ("impersonation_chain", "x@acme.iam.gserviceaccount.com"), ("idp_issuer_url", "https://idp"),
        ("num_retries", 5),
        ("is_anonymous", True), ("anonymous", True), ("credential_config_file", "/missing.json"),
    ),
}  # fmt: skip
_TYPES = {"aws": "aws", "azure": "wasb", "google_cloud_platform": "google_cloud_platform"}
_MEMBERS: tuple[tuple[str, object], ...] = (
    ("login", "AKIAMADEUP"), ("login", 5), ("login", None), ("password", "made-up"), ("password", 0), ("host", "h"),
    ("host", 5), ("host", ""), ("schema", True), ("schema", "https"), ("port", 443), ("port", "443"), ("port", "x"),
    ("description", 5), ("description", "x"), ("type", "aws"), ("extras", {}), ("conn_id", "c"), ("region_name", "x"),
)  # fmt: skip
_URIS = (
    "aws://", "aws://?region_name=eu-west-1", "aws://AKIAMADEUP:made-up@/?region_name=eu-west-1",
    "aws://AKIAMADEUP:made%2Fup@", "aws://AKIA:made/up@/?region_name=x", "aws:///?endpoint_url=http://minio:9000",
    "aws://K:S@/?endpoint_url=http://minio:9000", "aws://K:S@/?endpoint_url=http%3A%2F%2Fminio%3A9000", "my_aws://",
    "aws://?__extra__=%7B%22region_name%22%3A+%22x%22%7D", "s3://", "AWS://", "aws:/", "aws", "export X=aws://",
    "wasb://?account_name=acmexcom", "wasb://?account_name=acmexcom&anon=false", "wasb://acmexcom:key@host",
    "wasb://?account_name=acmexcom&account_host=https://acmexcom.blob.core.windows.net",
    "azure-data-lake://u:p@/?tenant_id=t",
    "google-cloud-platform://?project=p", "google-cloud-platform:///?extra__google_cloud_platform__project=p",
)  # fmt: skip

Make = Callable[[random.Random], Case]


def _slip(text: str, chance: random.Random) -> str:
    """What happens to a text on its way into a file."""
    place = chance.randrange(len(text) + 1)
    slips: Sequence[str] = (
        f"'{text}'", f'"{text}"', f" {text}", f"{text} ", f"{text}\n", f"\t{text}", f"\u00a0{text}", text.upper(),
        text.capitalize(), text[:place] + text[place + 1 :],
        text[:place] + text[place : place + 1] * 2 + text[place + 1 :],
        text[1:], text[:-1], f"{text}.", f"${{{text}}}", f"$({text}", f"<{text}>", f"$ {text}", f"{text} # why",
        text[:place] + chance.choice("-_. /:@$%~,;") + text[place:], text.replace("/", "//", 1), text.replace("_", "-"),
        text.replace("://", ":/", 1), text.replace("://", ":", 1), f"$TEAM/{text}", text.replace("o", "0", 1),
    )  # fmt: skip
    return chance.choice(slips)


def _written(text: str, chance: random.Random, often: float = 0.6) -> str:
    return _slip(text, chance) if chance.random() < often else text


def _threshold(chance: random.Random) -> Case:
    text = _written(chance.choice(_THRESHOLDS), chance)
    return Case("threshold", text, {PATH: _DISK, THRESHOLD: text})


def _compression(chance: random.Random) -> Case:
    text = _written(chance.choice(_COMPRESSIONS), chance)
    return Case("compression", text, {PATH: _DISK, THRESHOLD: "0", COMPRESSION: text})


def _backend(chance: random.Random) -> Case:
    text = _written(chance.choice(_BACKENDS), chance)
    return Case("backend", text, {BACKEND: text})


def _path_text(chance: random.Random, often: float) -> str:
    conn = chance.choice(_IDS) + "@" if chance.random() < 0.5 else ""
    text = f"{chance.choice(_SCHEMES)}://{conn}{chance.choice(_BUCKETS)}{chance.choice(_PREFIXES)}"
    return _written(text, chance, often)


def _connections(path: str) -> dict[str, str]:
    """A right connection under every usual id that the path holds, of the cloud that the path is on."""
    scheme = path.strip().lower()
    extra: dict[str, object] = {}
    kind = "aws"
    if scheme.startswith(("abfs", "adl", "wasb")):
        kind, extra = "wasb", {"account_name": "acmexcom", "account_key": "bm90LXJlYWw="}
    elif scheme.startswith("g"):
        kind = "google_cloud_platform"
    text = json.dumps({"conn_type": kind, "extra": extra})
    return {f"AIRFLOW_CONN_{name.upper()}": text for name in _IDS if name and name.lower() in scheme}


def _path(chance: random.Random) -> Case:
    text = _path_text(chance, 0.4)
    return Case("path", text, {THRESHOLD: "0", **GOOGLE_IDENTITY, **_connections(text), PATH: text})


def _json_connection(chance: random.Random) -> tuple[str, str]:
    cloud = chance.choice(tuple(_EXTRAS))
    extra = dict(chance.choice(_EXTRAS[cloud]) for _ in range(chance.randrange(4)))
    data: dict[str, object] = {"conn_type": _TYPES[cloud], "extra": extra}
    if chance.random() < 0.35:
        data.update([chance.choice(_MEMBERS)])
    if chance.random() < 0.2:
        odd: Sequence[object] = (json.dumps(extra), "", "{bad", 5, True, [], ["a"], "null", "[]", "a=b")
        data["extra"] = chance.choice(odd)
    return cloud, json.dumps(data)


def _connection(chance: random.Random) -> Case:
    if chance.random() < 0.5:
        text = _written(_json_connection(chance)[1], chance, 0.2)
    else:
        text = _written(chance.choice(_URIS), chance, 0.4)
    names = ("AIRFLOW_CONN_XCOM_STORE",) * 8 + (
        "AIRFLOW_CON_XCOM_STORE",
        "AIRFLOW_CONN_XCOMSTORE",
        "airflow_conn_xcom_store",
    )
    return Case("connection", text, {chance.choice(names): text}, {"conn_id": "xcom_store"})


def _store(chance: random.Random) -> Case:
    cloud, text = _json_connection(chance)
    path = {"aws": "s3", "azure": "abfs", "google_cloud_platform": "gs"}[cloud] + "://xcom_store@acme-xcom/etl"
    ambient = GOOGLE_IDENTITY if cloud.startswith("google") else {}
    return Case("store", text, {PATH: path, THRESHOLD: "0", "AIRFLOW_CONN_XCOM_STORE": text, **ambient})


def _deployment(chance: random.Random) -> Case:
    path = _path_text(chance, 0.1)
    env = {
        PATH: path, THRESHOLD: _written(chance.choice(_THRESHOLDS), chance, 0.1), **_connections(path),
        **GOOGLE_IDENTITY, BACKEND: _written(chance.choice(_BACKENDS[:5]), chance, 0.1),
    }  # fmt: skip
    if chance.random() < 0.6:
        env[COMPRESSION] = _written(chance.choice(_COMPRESSIONS), chance, 0.1)
    return Case("deployment", path, env)


_MAKERS: dict[str, tuple[Make, int]] = {
    "threshold": (_threshold, 12), "compression": (_compression, 8), "backend": (_backend, 12), "path": (_path, 28),
    "connection": (_connection, 20), "store": (_store, 12), "deployment": (_deployment, 12),
}  # fmt: skip
"""Each kind with how it is made and how many of a hundred are of it."""


def plausible_cases(seed: int, count: int) -> list[Case]:
    """`count` different questions (fewer only where a kind runs out of them), the same ones for the same seed."""
    return [case for kind in _MAKERS for case in _of_kind(kind, seed, count)]


def _of_kind(kind: str, seed: int, count: int) -> Iterator[Case]:
    make, share = _MAKERS[kind]
    chance = random.Random(f"{seed} {kind}")
    seen: set[str] = set()
    wanted = max(1, count * share // 100)
    for _ in range(wanted * 10):
        case = make(chance)
        key = json.dumps(case.as_data(), sort_keys=True)
        if "\x00" not in key and key not in seen:
            seen.add(key)
            yield case
        if len(seen) == wanted:
            return
