"""The safety page names a test for every promise, and every test it names is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "safety.md").read_text("utf-8")
PROMISES = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| promise", "|---"))]
NAMED = re.compile(r"`(?P<file>tests/[\w/]+\.py)::(?P<test>test_\w+)`")


@pytest.mark.parametrize("promise", PROMISES, ids=lambda line: line.split("|")[1].strip()[:60])
def test_every_promise_names_tests_that_are_there(promise: str) -> None:
    named = NAMED.findall(promise.split("|")[2])
    assert named, "this promise names no test"
    assert [test for file, test in named if test not in functions_of(ROOT / file)] == []


def test_there_are_promises() -> None:
    assert len(PROMISES) > 30


def functions_of(path: Path) -> set[str]:
    """The names of the test functions of a file."""
    body = ast.parse(path.read_text("utf-8")).body if path.exists() else []
    return {node.name for node in body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
