"""Sizes as people write and read them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.units import human, parse_size

SIZES = {
    "1MiB": 1048576, "512 KB": 512000, "64k": 65536, "64K": 65536, "1.5 MiB": 1572864, "never": -1, "Always": 0,
    "1048576": 1048576, " 10 ": 10, "1_000": 1000, "2Gi": 2 * 1024**3, "1 gb": 10**9, "1g": 1024**3, "0": 0, "-1": -1,
    "+5": 5, "1.0": 1, "1.5 KB": 1500, "12 B": 12, "010": 10,
}  # fmt: skip


@pytest.mark.parametrize(("text", "size"), SIZES.items())
def test_parse(text: str, size: int) -> None:
    assert parse_size(text) == size


REFUSED = ("", "abc", "1.5", "0.1 KiB", "1 TiB", "1,000", "1 MiB x", "0x10", "1e6", "-1 KB", "٣", "$X", "9" * 50, "1.",
           ".5")  # fmt: skip


@pytest.mark.parametrize("text", REFUSED)
def test_refuse(text: str) -> None:
    with pytest.raises(ValueError, match=r"\.$") as error:
        parse_size(text)
    assert len(str(error.value)) < 140


SAID = {
    1048576: "1 MiB", 1572864: "1.5 MiB", 1024: "1 KiB", 65536: "64 KiB", 1000: "1 KB", 1500: "1.5 KB", 10**9: "1 GB",
    0: "always", -1: "never", -5: "never", 512: "512", 1: "1", 1234567: "≈ 1.18 MiB", 123456789: "≈ 118 MiB",
    5 * 1024**3: "5 GiB",
}  # fmt: skip


@pytest.mark.parametrize(("size", "text"), SAID.items())
def test_human(size: int, text: str) -> None:
    assert human(size) == text


@given(st.integers(-1, 2**63))
def test_what_is_said_is_exact_or_says_that_it_is_not(size: int) -> None:
    said = human(size)
    if said.startswith("≈"):
        near = float(said.split()[1]) * {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}[said.split()[2]]
        assert abs(near - size) <= size * 0.01
    else:
        assert parse_size(said) == size


@given(st.text(max_size=50) | st.from_regex(r"[0-9._ ]{1,8}[kmgibKMGIB]{0,3}", fullmatch=True))
def test_any_text_is_a_size_or_refused(text: str) -> None:
    with suppress(ValueError):
        assert isinstance(parse_size(text), int)
