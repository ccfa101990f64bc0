"""How a file shows at a glance that it holds an object of a tool that deploys charts."""

from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.signs import SIGNS, may_deploy

KINDS = [kind for sign in SIGNS.values() for kind in sign.kinds]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("line", ["kind: {}\n", "a: 1\n  kind : '{}'\n", '{{\n"kind":"{}"}}', "kind:\n  {}"])
def test_a_kind_counts_at_the_start_of_a_line(kind: str, line: str) -> None:
    assert may_deploy(line.format(kind).encode())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "line", ["# kind: {}\n", "a: {{kind: {}}}\n", "kind: {}s\n", "kinds: {}\n", "kind: Pod # {}\n"]
)
def test_a_kind_counts_nowhere_else(kind: str, line: str) -> None:
    assert not may_deploy(line.format(kind).encode())
