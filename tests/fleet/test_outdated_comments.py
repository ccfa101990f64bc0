from __future__ import annotations

import pytest

from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.fleet.edit.stale_comments import outdated_comments
from rea_xcom_tui.xcom.model import FieldName

THRESHOLD = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD"
PATH = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH"


def noted(above: str, name: str, value: str, *, old: str = "1048576", new: str = "0") -> list[str]:
    """What is noted after a threshold has changed, with these comments above, beside the name and beside the value."""
    entry = f'{above}- name: {THRESHOLD}{name}\n  value: "VALUE"{value}\n'
    text = f"# 1 MiB\ncommonEnv:\n{entry}- name: B\n  value: b  # 1 MiB\n"
    return after(text, "threshold", int(old), int(new))


def after(text: str, field: FieldName, old: str | int, new: str | int) -> list[str]:
    edit = SetField("v.yaml", field, old, new, str(new), "v.yaml")
    return outdated_comments(
        FilePlan("v.yaml", text.replace("VALUE", str(old)).encode(), text.replace("VALUE", str(new)).encode(), (edit,))
    )


@pytest.mark.parametrize(
    ("above", "name", "value", "said"),
    [
        ("", "", "  # 1 MiB", 'line 4 still says "1 MiB"'),
        ("", "", "  # from 1MB on to S3", 'line 4 still says "1MB"'),
        ("", "", "  # was agreed: 1_048_576 bytes", 'line 4 still says "1_048_576 bytes"'),
        ("", "  # 1024k", "", 'line 3 still says "1024k"'),
        ("# values of 1 mib and more\n# go to S3\n", "", "", 'line 3 still says "1 mib"'),
    ],
)
def test_a_comment_that_still_tells_the_old_value(above: str, name: str, value: str, said: str) -> None:
    (note,) = noted(above, name, value)
    assert note == f"the comment on {said}"


@pytest.mark.parametrize("comment", ["  # 2 MiB", "  # see v1048576.1", "  # 0 means all, 1 MiB was usual", "  # ", ""])
def test_other_comments_are_left_in_peace(comment: str) -> None:
    assert noted("", "", comment) == []


def test_always_and_never_are_values_too() -> None:
    assert noted("", "", "  # always", old="0", new="65536") == ['the comment on line 4 still says "always"']
    assert noted("", "", "  # Never!", old="-1", new="0") == ['the comment on line 4 still says "never"']


def test_a_path_in_a_comment_and_never_its_password() -> None:
    text = f"commonEnv:\n# s3://old/xcom\n- name: {PATH}\n  value: VALUE\n"
    assert after(text, "path", "s3://old/xcom", "s3://new/xcom") == ['the comment on line 2 still says "s3://old/xcom"']
    assert after(text, "path", "s3://old", "s3://new") == []
    (note,) = after(text.replace("s3://old/xcom", "s3://u:pw@b/x"), "path", "s3://u:pw@b/x", "s3://u@b/x")
    assert "pw" not in note


def test_a_multiline_hash_inside_a_value_is_no_comment() -> None:
    assert after('a: "x # 1 MiB VALUE"\n', "threshold", 1048576, 0) == []
