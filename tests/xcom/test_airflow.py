"""Our verdicts against what real Airflow versions did with the same values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.airflow import Version
from tests.xcom.trees import BACKEND

OLD, NEW = (3, 1), (3, 3)

TAKEN = {
    "-1": -1, "0": 0, "1": 1, "9": 9, "11": 11, "-2": -2, " 10 ": 10, "1_000": 1000, "010": 10, "+5": 5,
    "1048576": 1048576, "٣": 3,
}  # fmt: skip
REFUSED = ("", "abc", "0x10", "1.5", "10 # c", "True", "10MB", "~", "null", "$HOME", "inf", "nan", "1e400", "--1")
ONLY_NEW = {"1e6": 1_000_000, "1.0": 1, "1.048576e+06": 1_048_576}


@pytest.mark.parametrize("version", [(3, 0), OLD, (3, 2), NEW, None])
@pytest.mark.parametrize(("text", "value"), TAKEN.items())
def test_thresholds_that_every_version_takes(text: str, value: int, version: Version) -> None:
    verdict = airflow.threshold(text, version)
    assert (verdict.accepted, verdict.value, verdict.problem) == (True, value, None)


@pytest.mark.parametrize("version", [OLD, NEW, None])
@pytest.mark.parametrize("text", REFUSED)
def test_thresholds_that_every_version_refuses(text: str, version: Version) -> None:
    verdict = airflow.threshold(text, version)
    assert (verdict.accepted, verdict.value) == (False, None)
    assert verdict.problem


@pytest.mark.parametrize(("text", "value"), ONLY_NEW.items())
def test_thresholds_that_only_newer_versions_take(text: str, value: int) -> None:
    accepted = [airflow.threshold(text, version).accepted for version in ((3, 0), OLD, (3, 2), NEW, (4, 0), None)]
    assert accepted == [False, False, True, True, True, None]
    assert airflow.threshold(text, NEW).value == value
    assert airflow.threshold(text, OLD).hint == str(value)


@given(st.integers(-(10**20), 10**20))
def test_every_integer_is_a_threshold(number: int) -> None:
    assert airflow.threshold(str(number)).value == number


@given(st.text(max_size=20))
def test_a_threshold_is_what_int_takes_or_a_whole_float(text: str) -> None:
    verdict = airflow.threshold(text, OLD)
    try:
        assert verdict.value == int(text)
    except ValueError:
        assert verdict.accepted is False


@pytest.mark.parametrize("name", ["zip", "gzip", "bz2", "xz", "lzma", "lz4", "zstd"])
def test_compressions_that_work(name: str) -> None:
    assert airflow.compression(name).value == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [("gz", "gzip"), ("zst", "zstd"), ("snappy", None), ("ZIP", "zip"), ("Gzip", "gzip"), (" gzip ", "gzip"),
     (" ", None), ("none", None), ("None", None), ("deflate", None), ("infer", None), ("~", None)],
)  # fmt: skip
def test_compressions_that_fail(name: str, hint: str | None) -> None:
    verdict = airflow.compression(name)
    assert (verdict.accepted, verdict.value, verdict.hint) == (False, None, hint)


def test_an_empty_compression_is_none() -> None:
    assert airflow.compression("") == airflow.Verdict(True, None)


BACKENDS_REFUSED = {
    f" {BACKEND}": BACKEND,
    f"{BACKEND} ": BACKEND,
    BACKEND.lower(): BACKEND,
    "airflow.providers.common.io.xcom.backend.XComObjectStoreBackend": BACKEND,
    "airflow.providers.common.io.xcom.backend": BACKEND,
    "XComObjectStorageBackend": BACKEND,
    "AIRFLOW__CORE__XCOM_BACKEND": BACKEND,
    "airflow.models.xcom.XComModel": None,
    "~": None,
    "null": None,
}


@pytest.mark.parametrize(("text", "hint"), BACKENDS_REFUSED.items())
def test_backends_that_stop_every_component(text: str, hint: str | None) -> None:
    verdict = airflow.backend(text)
    assert (verdict.accepted, verdict.hint) == (False, hint)


@pytest.mark.parametrize(
    "text", [BACKEND, "airflow.models.xcom.BaseXCom", "airflow.sdk.bases.xcom.BaseXCom", "my.own.C"]
)
def test_backends_that_start(text: str) -> None:
    assert airflow.backend(text) == airflow.Verdict(True, text)


@pytest.mark.parametrize(
    ("text", "part"),
    [("s3://b/$HOME/x", "$HOME"), ("s3://${B}/x", "${B}"), ("~", "~"), ("~/x", "~"), ("~root/x", "~root"),
     ("s3://b/~/x", None), ("s3://b/x$", None), ("a$(B)", None)],
)  # fmt: skip
def test_what_airflow_expands(text: str, part: str | None) -> None:
    assert airflow.expands(text) == part
