"""Texts made to fit a number of cells."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rea_xcom_tui.fleet.edit.rehearsal import Preview
from rea_xcom_tui.tui.cells.paths import PathColumn
from rea_xcom_tui.tui.home.bulk_lines import Room, preview_line
from rea_xcom_tui.tui.kit.fit import short_account, short_class, shorten, shorten_change


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
    assert short_class("values-{{ x }}.yaml of the chart") == "values-{{ x }}.yaml of the chart"
    assert short_account("airflow@team-prod.iam.gserviceaccount.com") == "airflow@team-prod"
    assert short_account("arn:aws:iam::123456789012:role/x") == "arn:aws:iam::123456789012:role/x"


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        ("10 → 20", 7, "10 → 20"),
        ("s3://bucket/old → s3://bucket/new", 25, "…bucket/old → …bucket/new"),
        ("zip → s3://a/very/long/path/of/it", 20, "zip → s3://…th/of/it"),
        ("s3://a/very/long/path/of/it → zip", 20, "s3://…th/of/it → zip"),
        ("no change in the middle of it", 9, "no …of it"),
    ],
)
def test_both_sides_of_a_change_are_seen(text: str, width: int, expected: str) -> None:
    assert shorten_change(text, width) == expected


@given(old=st.text("ab→ é漢", max_size=30), new=st.text("ab漢", max_size=30), width=st.integers(6, 60))
def test_it_fits_and_keeps_the_arrow(old: str, new: str, width: int) -> None:
    shown = shorten_change(f"{old} → {new}", width)
    assert cell_len(shown) <= width
    assert " → " in shown


@pytest.mark.parametrize(
    ("width", "short"),
    [
        (48, "s3://aws_xcom@tmp-kim-debug/growth-experiments"),
        (40, "s3://tmp-kim-debug/growth-experiments"),
        (34, "tmp-kim-debug/growth-experiments"),
        (24, "tmp-kim-debug/…periments"),
        (14, "tmp-kim-debug…"),
        (13, "tmp-…m-debug/"),
        (12, "tmp-…m-debug"),
    ],
)
def test_a_path_keeps_its_bucket_the_longest(width: int, short: str) -> None:
    assert shorten("s3://aws_xcom@tmp-kim-debug/growth-experiments", width, "path") == short
    assert len(shorten("/opt/xcom/some/place/on/disk", width, "path")) <= width


@pytest.mark.parametrize("prefix", ["", "/", "/x", "/growth-experiments"])
def test_what_is_cut_of_a_path_shows_that_it_is(prefix: str) -> None:
    path = f"s3://tmp-kim-debug{prefix}"
    column = PathColumn([path])
    for width in range(1, len(path) + 2):
        for shown in (shorten(path, width, "path"), column.fit(path, width).rstrip()):
            whole = shown in (path, path.removeprefix("s3://"))
            assert ("…" in shown) is not whole, (width, shown)
            assert len(shown) <= width


def test_reasons_in_a_preview_stand_in_one_column() -> None:
    rows = [Preview("a", "a", "a.yaml", old, "0", "refused", "no such codec") for old in ("zip", None, "gzip")]
    room = Room.of(rows)
    lines = ["".join(text for text, _ in preview_line(row, "compression", 70, room, left_out=False)) for row in rows]
    assert len({line.index("refused: no such codec") for line in lines}) == 1


@pytest.mark.parametrize(
    ("width", "schemes", "shown"),
    [
        (40, ("s3",), ["s3://aws_xcom@shop-prod-xcom/orders", "s3://shop-dr-xcom/warehouse"]),
        (29, ("s3",), ["s3://shop-prod-xcom/orders", "s3://shop-dr-xcom/warehouse"]),
        (24, ("s3",), ["shop-prod-xcom/orders", "shop-dr-xcom/warehouse"]),
        (20, ("s3",), ["shop-prod-xcom/…ders", "shop-dr-xcom/…ehouse"]),
        (25, ("s3", "gs"), ["s3://shop-prod-xcom/…ders", "s3://shop-dr-xcom/…ehouse"]),
        (25, ("s3", ""), ["s3://shop-prod-xcom/…ders", "s3://shop-dr-xcom/…ehouse"]),
    ],
)
def test_the_paths_of_one_column_are_written_alike(width: int, schemes: tuple[str, ...], shown: list[str]) -> None:
    paths = ["s3://aws_xcom@shop-prod-xcom/orders", "s3://shop-dr-xcom/warehouse"]
    column = PathColumn(paths, schemes)
    assert [column.fit(path, width).rstrip() for path in paths] == shown
    assert column.fit("gs://shop-prod-xcom/a", width).startswith("gs://")  # brought in by an edit
    column.cloud_told = True
    narrow = [column.fit(paths[0], room).rstrip() for room in (16, 15, 14)]
    assert narrow == ["shop-prod-xcom/…", "shop-prod-xcom…", "shop-…od-xcom/"]
    assert column.fit("s3://shop-prod-xcom", 14) == "shop-prod-xcom"
    assert [column.fit(path, 24).rstrip() for path in paths] == ["shop-prod-xcom/orders", "shop-dr-xcom/warehouse"]
    assert all(len(column.fit(path, width)) == width for path in (*paths, "/opt/xcom", "s3://a", ""))
