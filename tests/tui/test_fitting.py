from __future__ import annotations

import pytest

from rea_xcom_tui.tui.fitting import short_account, short_class, shorten


@pytest.mark.parametrize(
    ("text", "width", "short"),
    [
        ("ObjectStorage", 13, "ObjectStorage"),
        ("ObjectStorage", 12, "ObjStorage"),
        ("ObjectStorage", 10, "ObjStorage"),
        ("ObjectStorage", 8, "ObjStora"),
        ("AcmeS3Backend", 8, "AcmS3Bac"),
        ("ObjectStorage", 5, "O…age"),
        ("plain_function_of_ours", 10, "pla…f_ours"),
        ("AIRFLOW__CORE", 10, "AIR…__CORE"),
    ],
)
def test_words_of_class_names_are_cut_before_letters_are_left_out(text: str, width: int, short: str) -> None:
    assert shorten(text, width, "words") == short
    assert len(short) <= width


def test_what_all_names_share_is_left_out() -> None:
    assert short_class("airflow.providers.common.io.xcom.backend.XComObjectStorageBackend") == "ObjectStorage"
    assert short_class("acme.xcom.OurBackend") == "OurBackend"
    assert short_account("airflow@team-prod.iam.gserviceaccount.com") == "airflow@team-prod"
    assert short_account("arn:aws:iam::123456789012:role/x") == "arn:aws:iam::123456789012:role/x"
