"""Layers side by side: settings that several layers make stand level, and what wins is lit."""

from __future__ import annotations

import pytest

from rea_xcom_tui.tui.file.stack_lines import LayerText, head_line, level_line, levelled, settings_only
from rea_xcom_tui.tui.kit.styled_lines import line_width

BASE = LayerText(
    "base.yaml",
    ["a: 1", "b: 2", "- name: P", "  value: s3://b", "- name: T", "  value: '0'", "end: x"],
    {4: ("path", "hidden"), 6: ("threshold", "in force")},
    shared=9,
)
OWN = LayerText("own/\x1b[31mvalues.yaml", ["- name: P", "  value: s3://日本語", "z: 1"], {2: ("path", "in force")})


def test_every_line_is_there_once_in_order_and_the_same_settings_are_level() -> None:
    rows = levelled([BASE, OWN])
    for number, layer in enumerate((BASE, OWN)):
        assert [row[number] for row in rows if row[number]] == list(range(1, len(layer.lines) + 1))
    assert (4, 2) in rows
    assert (3, 1) in rows, "what leads to a setting stands level too"
    assert settings_only([BASE, OWN], rows) == [(2, None), (3, 1), (4, 2), (5, None), (6, None)]
    assert levelled([]) == []
    assert head_line([], 0, 80) == []


def test_settings_only_are_their_lines_and_the_keys_that_lead_to_them() -> None:
    text = [
        "x: 1",
        "agent:",
        "  # env",
        "  commonEnv:",
        "  - name: OTHER",
        "    value: 1",
        "  - from: 2",
        "    name: P",
    ]
    text += ["    value: s3://b", "    more: 3", "  - value: '0'", "    name: T", "  y:", "    name: no"]
    layer = LayerText("a.yaml", text, {9: ("path", "in force"), 11: ("threshold", "in force")})
    assert [row[0] for row in settings_only([layer], levelled([layer]))] == [2, 4, 7, 8, 9, 11, 12]


def test_layers_that_order_the_same_settings_otherwise_lose_no_line() -> None:
    other = LayerText("o.yaml", ["t", "p"], {1: ("threshold", "in force"), 2: ("path", "in force")})
    rows = levelled([BASE, other])
    assert [row[1] for row in rows if row[1]] == [1, 2]
    assert [row[0] for row in rows if row[0]] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("width", [40, 79, 120, 200])
def test_what_wins_is_lit_and_every_line_fits(width: int) -> None:
    layers = [BASE, OWN, BASE, OWN]
    for first in range(4):
        assert line_width(head_line(layers, first, width)) <= width
        for row in levelled(layers):
            for here in (False, True):
                line = level_line(layers, row, first, width, here=here)
                assert line_width(line) <= width
                assert all(text.isprintable() for text, _ in line)
    styles = dict(level_line([BASE, OWN], (4, 2), 0, 120, here=False))
    assert styles["  value: s3://b"] == "quiet"
    assert styles["✗p "] == "quiet"
    assert styles["  value: s3://日本語"] == "added-word"
