"""What a probe takes along: sizes around the threshold, and which texts nobody may see."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.probe.settings import Settings, settings_of
from rea_xcom_tui.fleet.workspace import Workspace
from tests.work import make_work, values

FILE = "a/values.yaml"


def opened(folder: Path, text: str) -> Workspace:
    workspace = Workspace.open(make_work(folder, {FILE: text}).root)
    workspace.scan()
    return workspace


def settings(folder: Path, text: str) -> Settings:
    workspace = opened(folder, text)
    return settings_of(workspace, workspace.fleet.by_id[FILE])


@pytest.mark.parametrize(
    ("threshold", "sizes"),
    [
        ("-1", [(59, "db"), (2_000_000, "db")]),
        ("0", [(59, "object"), (2_000_000, "object")]),
        ("1024", [(59, "db"), (1023, "db"), (1024, "object"), (2_000_000, "object")]),
        ("3000000", [(59, "db"), (2_999_999, "db"), (3_000_000, "object")]),
    ],
)
def test_sizes_lie_on_both_sides_of_the_threshold(tmp_path: Path, threshold: str, sizes: list[tuple[int, str]]) -> None:
    made = settings(tmp_path / "repo", values(path="s3://team/xcom", threshold=threshold))
    assert [(size.bytes, size.where) for size in made.sizes] == sizes


def test_parts_of_secrets_are_secret_and_a_path_with_a_password_is_not_printed(tmp_path: Path) -> None:
    connection = "  - name: AIRFLOW_CONN_STORE\n    value: aws://AKIAKEY:w0rd%2Fof%2Fpass@/?region_name=x\n"
    text = values(path="s3://key:s3cretword@bkt/x", threshold="0").replace(
        "\nannotations", f"{connection}\nannotations"
    )
    made = settings(tmp_path / "repo", text)
    hidden = made.secret_texts()
    assert {"s3cretword", "w0rd%2Fof%2Fpass", "w0rd/of/pass"} <= set(hidden)
    assert list(hidden) == sorted(hidden, key=len, reverse=True)
    assert "s3cretword" not in made.shown_path
    with pytest.raises(Refused, match="the path holds a password"):
        made.without_secrets(5)


def test_secrets_are_asked_for_by_name_in_a_script_that_people_see(tmp_path: Path) -> None:
    connection = '  - name: AIRFLOW_CONN_STORE\n    value: \'{"conn_type": "aws", "password": "w0rdofpass"}\'\n'
    text = values(path="s3://store@bkt/x", threshold="0").replace("\nannotations", f"{connection}\nannotations")
    order = settings(tmp_path / "repo", text).without_secrets(5)
    assert order["ask"] == ["AIRFLOW_CONN_STORE"]
    assert "w0rdofpass" not in str(order)


def test_a_file_that_has_changed_into_something_unreadable_is_told(tmp_path: Path) -> None:
    workspace = opened(tmp_path / "repo", values(path="s3://team/xcom", threshold="0"))
    (tmp_path / "repo" / FILE).write_text("a: [\n")
    with pytest.raises(ToolError, match="can no longer be read"):
        settings_of(workspace, workspace.fleet.by_id[FILE])
