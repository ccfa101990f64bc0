"""Removing what stands on a file's last line: everything above it stays, byte for byte."""

from __future__ import annotations

import pytest

from rea_xcom_tui.values import Remove, ValuesFile, edit

ABOVE = "a: 1\nlabels: {}\n"


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("blank", ["", "\n", "\n\n", "  \n"], ids=["none", "one", "two", "blanks"])
@pytest.mark.parametrize("end", ["\n", ""], ids=["newline", "no-newline"])
def test_blank_lines_above_stay(newline: str, blank: str, end: str) -> None:
    before = (ABOVE + blank + "backend: x.Y" + end).replace("\n", newline).encode()
    after = edit(before, [Remove(("backend",))])
    wanted = ABOVE + blank
    if not end and not blank:
        wanted = wanted.removesuffix(
            "\n"
        )  # a file without a last newline stays one, where no blank line has to go for it
    assert after == wanted.replace("\n", newline).encode()
    assert ValuesFile.parse(after)
