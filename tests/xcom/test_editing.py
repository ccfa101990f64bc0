"""New values are checked strictly, and what is wrong is said in one short sentence."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.airflow import threshold
from rea_xcom_tui.xcom.editing import check
from rea_xcom_tui.xcom.model import FIELDS, FieldName
from tests.xcom.trees import AZURE_EXAMPLE, BACKEND, CLIENT_ID, ROLE, S3_EXAMPLE, config

AWS, AZURE, EMPTY = config(S3_EXAMPLE), config(AZURE_EXAMPLE), config(f"xcomBackend: {BACKEND}\n")
ACCOUNT = "xcom-agent@team-project.iam.gserviceaccount.com"

GOOD: list[tuple[FieldName, str, str | int | None, str, str]] = [
    ("threshold", "1.5 MiB", 1572864, "1572864", "= 1572864 bytes · values of this size and more go to S3"),
    ("threshold", "always", 0, "0", "always · every value goes to S3"),
    ("threshold", "-1", -1, "-1", "never · every value stays in Airflow's database, outside your own cloud"),
    ("threshold", " 1 ", 1, "1", "= 1 byte · values of this size and more go to S3"),
    ("compression", "gzip", "gzip", "gzip", "new objects end in .gz"),
    ("compression", "zstd", "zstd", "zstd", "new objects end in .zst · the image needs the Python package zstandard"),
    ("compression", "none", None, "", "not set · objects are stored as they are"),
    ("compression", "", None, "", "not set · objects are stored as they are"),
    ("path", "s3://c@bucket/x", "s3://c@bucket/x", "s3://c@bucket/x", "S3, bucket bucket · connection c"),
    ("path", "gs://bucket", "gs://bucket", "gs://bucket",
     "Google Cloud Storage, bucket bucket · but the identity belongs to AWS"),
    ("path", "file:///data/xcom", "file:///data/xcom", "file:///data/xcom",
     "the container's own disk · values are lost with the pod unless it is shared"),
    ("backend", BACKEND, BACKEND, BACKEND, "values go to object storage as path and threshold say"),
    ("backend", "my.own.Backend", "my.own.Backend", "my.own.Backend",
     "a class of your own · the image must have it, Git cannot tell"),
    ("identity", ROLE, ROLE, ROLE, "an IAM role of account 123456789012"),
    ("connection", "my_aws", "my_aws", "my_aws", "defined by AIRFLOW_CONN_MY_AWS or by the secrets backend"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "text", "value", "written", "meaning"), GOOD)
def test_good_values(field: FieldName, text: str, value: str | int | None, written: str, meaning: str) -> None:
    checked = check(field, text, AWS)
    assert (checked.value, checked.text, checked.meaning) == (value, written, meaning)


BAD: list[tuple[FieldName, str, str]] = [
    ("threshold", "", "is not a size"),
    ("threshold", "-2", "Every negative"),
    ("threshold", "1e6", "is not a size"),
    ("threshold", "0.1k", "whole number"),
    ("threshold", "99999999999 GiB", "more than any value"),
    ("compression", "gz", "write gzip"),
    ("compression", "snappy", "it takes zip"),
    ("compression", "ZIP", "write zip"),
    ("path", "", "cannot be empty"),
    ("path", "bucket/x", "looks like s3://"),
    ("path", "wasb://c@cont/x", "abfs or abfss"),
    ("path", "hdfs://h/x", "s3 or abfs or gs"),
    ("path", "S3://bucket/x", "use s3 or s3a"),
    ("path", "s3n://bucket/x", "use s3"),
    ("path", "s3:///x", "names no bucket"),
    ("path", "s3://Bucket/x", "lower-case"),
    ("path", "gs://goog-x/x", "goog"),
    ("path", "abfs://cont/x", "Azure needs a connection"),
    ("path", "abfs://c@co--nt/x", "container"),
    ("path", "abfs://c@/x", "names no container"),
    ("path", "adl://c@cont/x", "loses the container"),
    ("path", "abfss://cont@acct.dfs.core.windows.net/x", "misreads"),
    ("path", "s3://<bucket>/x", "placeholder <bucket>"),
    ("path", "s3://{{ b }}/x", "placeholder {{"),
    ("path", "s3://bucket/$HOME/x", "variable, $HOME"),
    ("path", "s3://bucket/$(X)", "variable"),
    ("path", "s3://bucket/a b", "blanks"),
    ("path", "s3://bucket/a?b", "no ?"),
    ("path", "s3://bucket/a#b", "no ?"),
    ("path", "s3://bucket//x", "empty folder"),
    ("path", "s3://bucket/../x", "dots"),
    ("path", "s3://bucket/" + "x" * 1025, "longer than"),
    ("path", "s3://user:pw@bucket/x", "connection id has"),
    ("path", "s3://a@b@bucket/x", "connection id has"),
    ("path", "file://", "no folder"),
    ("path", "s3://bucket/\x1b[0m", "control"),
    ("backend", "", "cannot be empty"),
    ("backend", "XComObjectStorageBackend", "not a dotted class path"),
    ("backend", "AIRFLOW__CORE__XCOM_BACKEND", "variable's name"),
    ("backend", "a b.C", "not a dotted"),
    ("backend", "ä.Ö", "letters, digits"),
    ("identity", "arn:aws:iam::1:role/x", "12 digits"),
    ("identity", CLIENT_ID, "A role ARN looks like"),
    ("identity", "", "A role ARN looks like"),
    ("connection", "", "letters, digits"),
    ("connection", "a@b", "letters, digits"),
    ("connection", "a/b", "letters, digits"),
    ("connection", "<connection-id>", "letters, digits"),
]


@pytest.mark.parametrize(("field", "text", "part"), BAD)
def test_bad_values(field: FieldName, text: str, part: str) -> None:
    with pytest.raises(ValueError, match=re.escape(part)) as error:
        check(field, text, AWS)
    assert len(str(error.value)) < 160
    assert "\n" not in str(error.value)
    assert type(error.value) is ValueError, "pydantic's own error is not for the user's eyes"


def test_an_identity_is_one_of_the_deployments_cloud() -> None:
    assert check("identity", CLIENT_ID, AZURE).value == CLIENT_ID
    with pytest.raises(ValueError, match="UUID"):
        check("identity", ROLE, AZURE)


@pytest.mark.parametrize("text", [ROLE, CLIENT_ID, ACCOUNT])
def test_without_a_cloud_its_form_tells(text: str) -> None:
    assert check("identity", text).value == text
    assert check("identity", text, EMPTY).value == text


def test_without_a_cloud_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"role ARN .AWS., a client id .Azure. or a service account"):
        check("identity", "me", EMPTY)


def test_a_connection_needs_a_path() -> None:
    with pytest.raises(ValueError, match="set the path first"):
        check("connection", "x", EMPTY)
    assert check("connection", "x").value == "x"


@given(st.integers(-1, 2**63 - 1))
def test_what_is_written_for_a_threshold_is_what_airflow_reads(size: int) -> None:
    checked = check("threshold", str(size))
    assert checked.value == threshold(checked.text).value == size


@given(st.sampled_from(FIELDS), st.text(max_size=40) | st.text(alphabet="s3://@abfgc.-$<>{} ~", max_size=30))
def test_any_text_passes_or_gets_a_sentence(field: FieldName, text: str) -> None:
    try:
        checked = check(field, text, AZURE)
    except ValueError as error:
        sentence = str(error)
    else:
        sentence = checked.meaning
    assert sentence


def test_reading_and_queries_do_not_import_pydantic() -> None:
    code = (
        "import sys, rea_xcom_tui.xcom.reading, rea_xcom_tui.xcom.recognise, rea_xcom_tui.xcom.changes;"
        "import rea_xcom_tui.xcom.query; print('pydantic' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
