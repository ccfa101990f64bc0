"""What plausible values are made of: right texts, and texts that somebody might take for right."""

from __future__ import annotations

import json

from .cases import BACKEND, OBJECT_STORAGE, TMP

THRESHOLDS = (
    "0", "-1", "-2", "1", "2", "3", "9", "10", "11", "100", "1000", "4096", "65536", "1048576", "2097152", "10485760",
    "1073741824", "99999999999999999999", "1e6", "1E6", "1e+06", "1.5", "1.0", ".5", "1.", "0.0", "-1.0", "1_000",
    "1__000", "1,000", "1 000", "1.048576e+06", "1.048576e+07", "1e23", "1e400", "100.0", "+5", "- 1", "−1", "007",
    "012", "0x10", "0o12", "0b11", "٣", "１０", "1MiB", "64k", "512 KB", "10MB", "1 MB", "1m", "true", "True", "false",
    "null", "None", "never", "always", "inf", "nan", "", " ", "~", "$HOME", "${SIZE}", "$(SIZE)", "{{ size }}",
    "<bytes>", "one megabyte", "1048576 # 1 MiB", "1024*1024", "0" * 40 + "5",
)  # fmt: skip
COMPRESSIONS = (
    "zip", "gzip", "bz2", "xz", "lzma", "lz4", "zstd", "gz", "zst", "snappy", "none", "None", "null", "deflate", "br",
    "brotli", "bzip2", "zlib", "tar", "tgz", "infer", "auto", "default", "false", "true", "0", "9", "gzip:9", "lzo",
    "zipfile", "", " ", "~", "${ZIP}", "$(ZIP)", "{{ compression }}", "<none>",
)  # fmt: skip
BACKENDS = (
    OBJECT_STORAGE, OBJECT_STORAGE, OBJECT_STORAGE, "airflow.models.xcom.BaseXCom", "airflow.sdk.bases.xcom.BaseXCom",
    "airflow.models.BaseXCom", "airflow.sdk.BaseXCom", "airflow.sdk.execution_time.xcom.BaseXCom",
    "airflow.providers.common.io.xcom.backend.BaseXCom", BACKEND, "airflow.models.xcom.XCom",
    "airflow.models.xcom.XComModel", "airflow.providers.amazon.aws.xcom_backends.s3.S3XComBackend",
    "airflow.providers.common.io.xcom.backend.XComObjectStoreBackend", "XComObjectStorageBackend", "BaseXCom",
    "airflow.providers.common.io.xcom.backend", "airflow.providers.common.io.XComObjectStorageBackend",
    "airflow.providers.google.cloud.xcom_backends.gcs.GCSXComBackend", "truth_custom.Custom",
    "truth_broken.Custom", "include.xcom_backend.CustomXComBackend", "airflow.providers.common.io.xcom.XCom", "",
)  # fmt: skip
SCHEMES = (
    "s3", "s3", "s3", "s3a", "gs", "gs", "gcs", "abfs", "abfs", "abfss", "adl", "wasb", "wasbs", "az", "file", "local",
    "s3n", "S3", "http", "https", "hdfs", "memory", "",
)  # fmt: skip
BUCKETS = (
    "acme-xcom", "acme-xcom", "acme.xcom", "xcom", "My_Bucket", "xcom_prod", "-xcom", "xc", "x" * 64, "192.168.0.1",
    "xn--xcom", "acme..xcom", "arn:aws:s3:::acme-xcom", "arn:aws:iam::123456789012:role/XcomRole",
    "arn:aws:s3:eu-west-1:123456789012:accesspoint/ap", "arn:aws:s3:eu-west-1:123456789012:accesspoint:ap",
    "xcom-ap-1a2b3c-s3alias", "acme-xcom.s3.amazonaws.com", "acme-xcom:443", "xcom@acme.dfs.core.windows.net",
    "xcom@acme.blob.core.windows.net", "acme.dfs.core.windows.net", "goog-xcom", "$root", "$logs", "$web", "$(BUCKET)",
    "$(BUCKET", "${BUCKET}", "$$(BUCKET)", "{{ bucket }}", "<bucket>", "s3://acme-xcom", "acme xcom", "",
)  # fmt: skip
PREFIXES = (
    "", "/", "//", "/etl", "/etl", "/etl/", "/etl//", "/team/etl", "/team::etl", "/a//b", "/./etl", "/../etl",
    "/etl/..", "/etl?x=1", "/etl#a", "/dt=2026-01-01", "/a b", "/a%20b", "/a%2Fb", "/a+b", "/a&b", "/a;b", "/a:b",
    "/a~b", "/a*b", "/a[1]b", "/{a}", "/a@b", "/$TEAM/etl", "/${TEAM}", "/$(TEAM)", "/$$(TEAM)", "/~/etl",
    "/{{ env }}", "/<team>", "/ä", "/etl\\x", "/a\nb", "/a\tb", "/etl\n", "/etl ", "/" + "x" * 900,
)  # fmt: skip
WHOLE_PATHS = (
    "$", "${BUCKET/x", "$(BUCKET", "$BASE", "$BASE/etl", "${BASE}/etl", "$(BASE)", "$(BASE)/etl", "s3:acme-xcom/etl",
    "s3:/acme-xcom/etl", "s3//acme-xcom/etl", "acme-xcom/etl", "/opt/xcom", "./xcom", "~/xcom", "s3://s3://acme-xcom",
    "https://acme.blob.core.windows.net/xcom", "arn:aws:s3:::acme-xcom/etl", f"file://{TMP}/x", f"{TMP}/x", "None",
    "null", "{{ path }}", "<path>", "s3://[c]@acme-xcom/etl", "abfs://c[0]@xcom/etl", "",
)  # fmt: skip
IDS = (
    "aws_xcom", "aws_xcom", "wasb_xcom", "gcp_xcom", "xcom-store", "xcom.store", "_x", "C", "Xcom_Store", "aws_default",
    "xcom", "user:pw", "[c]", "AIRFLOW_CONN_XC", "a b", "",
)  # fmt: skip
SURROUNDINGS: tuple[tuple[str, str], ...] = (
    ("AZURE_STORAGE_ACCOUNT_NAME", "acmexcom"), ("AZURE_STORAGE_ANON", "false"), ("AZURE_STORAGE_ANON", "true"),
    ("AZURE_STORAGE_ACCOUNT_KEY", "bm90LXJlYWw="), ("AWS_ENDPOINT_URL", "http://minio:9000"),
    ("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-1"), ("TEAM", "payments"), ("BUCKET", "acme-xcom"),
    ("BASE", "s3://acme-xcom"), ("BASE", ""), ("BASE", "gs://acme-xcom/base"),
    ("AZURE_STORAGE_CONNECTION_STRING",
     "DefaultEndpointsProtocol=https;AccountName=other;AccountKey=bm90LXJlYWw=;EndpointSuffix=core.windows.net"),
)  # fmt: skip
"""Variables that may stand beside the settings and change what they mean."""

_CONNECTION_STRING = (
    "DefaultEndpointsProtocol=https;AccountName=acmexcom;AccountKey=bm90LXJlYWw=;EndpointSuffix=core.windows.net"
)
_ID = "11111111-2222-3333-4444-555555555555"
_GOOGLE: tuple[tuple[str, object], ...] = (
    ("project", "acme"), ("key_path", f"{TMP}/google.json"), ("key_path", "/missing.json"), ("key_path", "~/key.json"),
    ("key_path", "key.p12"), ("key_path", "gs://keys/key.json"), ("key_path", ""), ("key_path", 5),
    ("keyfile_dict", "{bad"), ("keyfile_dict", 5), ("keyfile_dict", {}), ("keyfile_dict", ""),
    ("keyfile_dict", {"type": "service_account"}), ("keyfile_dict", json.dumps(json.dumps({"a": 1}))),
    ("keyfile_dict", json.dumps({"type": "service_account"})), ("keyfile_dict", []),
    ("scope", "https://www.googleapis.com/auth/cloud-platform"), ("scope", ["a"]), ("scope", ""),
    ("impersonation_chain", 5), ("impersonation_chain", "x@acme.iam.gserviceaccount.com"),
    ("impersonation_chain", ["x@acme.iam.gserviceaccount.com"]), ("idp_issuer_url", "https://idp"), ("num_retries", 5),
    ("is_anonymous", True), ("is_anonymous", False), ("anonymous", True), ("credential_config_file", "/missing.json"),
)  # fmt: skip
EXTRAS: dict[str, tuple[tuple[str, object], ...]] = {
    "aws": (
        ("region_name", "eu-west-1"), ("region_name", "eu-west-1"), ("region_name", "eu west 1"), ("region_name", ""),
        ("region_name", None), ("region_name", 5), ("endpoint_url", "http://minio:9000"), ("endpoint_url", ""),
        ("endpoint_url", "minio:9000"), ("endpoint_url", None), ("endpoint_url", "http://minio:9000/acme-xcom"),
        ("host", "http://minio:9000"), ("aws_endpoint_url", "http://minio:9000"),
        ("role_arn", "arn:aws:iam::123456789012:role/x"), ("role_arn", ""), ("role_arn", None),
        ("profile_name", "nope"),
        ("config_kwargs", {"signature_version": "s3v4"}), ("config_kwargs", None), ("config_kwargs", "{}"),
        ("config_kwargs", {"endpoint_url": "http://minio:9000"}), ("config_kwargs", {"retries": {"max_attempts": 3}}),
        ("config_kwargs", []), ("service_config", {"s3": {}}), ("service_config", {"s3": {"endpoint_url": None}}),
        ("service_config", "{}"), ("service_config", None), ("assume_role_method", "assume_role"),
        ("assume_role_method", "web"), ("aws_access_key_id", "AKIAMADEUP"), ("aws_secret_access_key", "made-up"),
        ("session_kwargs", {"profile_name": "x"}), ("client_kwargs", {"endpoint_url": "http://minio:9000"}),
        ("verify", False), ("verify", "/etc/ca.pem"),
    ),
    "azure": (
        *[("account_name", "acmexcom")] * 6, ("account_name", ""), ("account_name", ["acmexcom"]), ("account_name", 5),
        ("account_name", "acme-xcom"), ("account_name", None), ("account_key", "bm90LXJlYWw="), ("account_key", 5),
        ("account_key", "not base64!"), ("account_key", ""), ("anon", False), ("anon", False), ("anon", True),
        ("anon", "false"), ("anon", "False"), ("anon", 0), ("anon", 1), ("anon", ""), ("anon", None),
        ("tenant_id", _ID), ("client_id", _ID), ("client_secret", "made-up"), ("sas_token", "sv=1&sig=x"),
        ("sas_token", 5), ("managed_identity_client_id", _ID), ("workload_identity_client_id", _ID),
        ("workload_identity_tenant_id", _ID), ("account_host", "acmexcom.blob.core.windows.net"),
        ("account_host", "blob.core.windows.net"), ("account_host", "https://acmexcom.blob.core.windows.net"),
        ("connection_string", _CONNECTION_STRING), ("connection_string", _CONNECTION_STRING + "\n"),
        ("connection_string", "SharedAccessSignature=sv=1"), ("connection_string", "nonsense"),
        ("connection_string", ""),
        ("connection_string", 5), ("extra__wasb__account_name", "acmexcom"), ("extra__azure__account_name", "acmexcom"),
        ("extra__wasb__anon", True), ("extra__wasb__anon", False),
    ),
    "google_cloud_platform": (
        *_GOOGLE, *((f"extra__google_cloud_platform__{name}", value) for name, value in _GOOGLE[::3]),
    ),
}  # fmt: skip
TYPES = {
    "aws": ("aws", "aws", "aws", "s3", "AWS", ""),
    "azure": ("wasb", "wasb", "azure", "adls", "azure_data_lake", "Azure"),
    "google_cloud_platform": ("google_cloud_platform", "google_cloud_platform", "google-cloud-platform", "gcp"),
}
MEMBERS: tuple[tuple[str, object], ...] = (
    ("login", "AKIAMADEUP"), ("login", 5), ("login", None), ("login", 0), ("login", False), ("login", ["a"]),
    ("login", ""), ("password", "made-up"), ("password", 0), ("password", True), ("password", {}), ("password", None),
    ("host", "h"), ("host", 5), ("host", ""), ("host", True), ("host", 1.5), ("host", ["h"]), ("host", None),
    ("schema", True), ("schema", "https"), ("schema", 5), ("schema", []), ("port", 443), ("port", "443"), ("port", "x"),
    ("port", 1.5), ("port", True), ("port", ""), ("port", None), ("port", "443 "), ("description", 5),
    ("description", "x"), ("description", ["a"]), ("conn_type", 5), ("conn_type", None), ("conn_type", "nothing"),
    ("type", "aws"), ("extras", {}), ("conn_id", "c"), ("region_name", "x"), ("uri", "aws://"), ("Login", "x"),
)  # fmt: skip
ODD_EXTRAS: tuple[object, ...] = ("", "{bad", 5, 1.5, True, False, None, [], ["a"], "null", "[]", "5", "a=b", '"text"')
URIS = (
    "aws://", "aws://?region_name=eu-west-1", "aws://AKIAMADEUP:made-up@/?region_name=eu-west-1", "aws:///",
    "aws://AKIAMADEUP:made%2Fup@", "aws://AKIA:made/up@/?region_name=x", "aws:///?endpoint_url=http://minio:9000",
    "aws://K:S@/?endpoint_url=http://minio:9000", "aws://K:S@/?endpoint_url=http%3A%2F%2Fminio%3A9000", "my_aws://",
    "aws://?__extra__=%7B%22region_name%22%3A+%22x%22%7D", "s3://", "AWS://", "aws:/", "aws", "export X=aws://",
    "AIRFLOW_CONN_XCOM_STORE=aws://", "aws ://", "1aws://", "amazon-web-services://", "aws://K:S@h:x/", "aws://@",
    "aws://$(KEY):$(SECRET)@", "wasb://?account_name=acmexcom", "wasb://?account_name=acmexcom&anon=false",
    "wasb://?account_name=acmexcom&anon=true", "wasb://acmexcom:key@host", "wasb://acmexcom:key@",
    "wasb://?account_name=acmexcom&account_host=https://acmexcom.blob.core.windows.net",
    "wasb://?connection_string=DefaultEndpointsProtocol%3Dhttps%3BAccountName%3Dacmexcom%3BAccountKey%3Dbm90LXJlYWw%3D",
    "azure-data-lake://u:p@/?tenant_id=t", "azure://?account_name=acmexcom", "google-cloud-platform://",
    "google-cloud-platform://?project=p", "google_cloud_platform://?project=p", "gcp://?project=p",
    "google-cloud-platform:///?extra__google_cloud_platform__project=p", "postgres://u:p@h:5432/db", "",
    "DefaultEndpointsProtocol=https;AccountName=acmexcom;AccountKey=bm90LXJlYWw=",
)  # fmt: skip
VARIABLES = ("AIRFLOW_CONN_XCOM_STORE",) * 16 + (
    "AIRFLOW_CON_XCOM_STORE", "AIRFLOW_CONN_XCOMSTORE", "AIRFLOW_CONN_XCOM-STORE", "AIRFLOW_CONN_XCOM.STORE",
    "airflow_conn_xcom_store", "AIRFLOW_CONN_xcom_store", "AIRFLOW__CONN__XCOM_STORE", "AIRFLOW_CONNECTION_XCOM_STORE",
    "AIRFLOW_CONN_X_COM_STORE", "XCOM_STORE",
)  # fmt: skip
"""Names under which somebody might define the connection `xcom_store`."""
