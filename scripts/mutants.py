"""Mutation testing of a sample: does a test notice when a line of the code says something else?

    python scripts/mutants.py --sample 500 --minutes 60
    python scripts/mutants.py --room xcom/rules --sample 20 --seed 7

Mutants are made from the syntax tree (a comparison turned round, a number off by one, `and` for `or`, a condition
denied, a `return` of nothing), a random sample of all there are in `values` and `xcom/rules`. Each is written into a
copy of the project, never into the work tree, and the tests of its room are run upon it until one fails. Survivors are
printed with their line: either a test is missing, or the change means the same.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TESTS = {"values": ["tests/values"], "xcom/rules": ["tests/xcom"]}
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the change of this number at the node of this number."""

    room: str
    file: Path
    line: int
    what: str
    node: int
    change: int

    def source(self) -> str:
        """The file as it would be."""
        tree = ast.parse((ROOT / self.file).read_text("utf-8"))
        target = next(each for at, each in enumerate(ast.walk(tree)) if at == self.node)
        list(_changes(target))[self.change][1](target)
        return ast.unparse(ast.fix_missing_locations(tree))


def mutants(room: str) -> Iterator[Mutant]:
    """Every mutant of a room's modules."""
    for path in sorted((ROOT / "rea_xcom_tui" / room).rglob("*.py")):
        file = path.relative_to(ROOT)
        for number, node in enumerate(ast.walk(ast.parse(path.read_text("utf-8")))):
            for change, (what, _) in enumerate(_changes(node)):
                yield Mutant(room, file, getattr(node, "lineno", 0), what, number, change)


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], object]]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        new = _TURNED[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} -> {new.__name__}", lambda n: n.ops.__setitem__(0, new())
    if isinstance(node, ast.BoolOp):
        new_op = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} -> {new_op.__name__}", lambda n: setattr(n, "op", new_op())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield (
            "not taken away",
            lambda n: (
                setattr(n, "op", ast.UAdd())
                or setattr(n, "operand", ast.Call(ast.Name("bool", ast.Load()), [n.operand], []))
            ),
        )
    if isinstance(node, ast.If):
        yield "condition denied", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield f"{node.value} -> {node.value + 1}", lambda n: setattr(n, "value", n.value + 1)
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield f"{node.value} -> {not node.value}", lambda n: setattr(n, "value", not n.value)


def killed(mutant: Mutant, folder: Path, seconds: float) -> bool:
    """Whether a test of the room fails upon the mutant; one that never ends counts as noticed."""
    target = folder / mutant.file
    before = target.read_text("utf-8")
    target.write_text(mutant.source(), "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *TESTS[mutant.room]]
    try:
        ran = subprocess.run(
            command, cwd=folder, env=_environment(folder), capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    finally:
        target.write_text(before, "utf-8")
    return ran.returncode != 0


def _environment(folder: Path) -> dict[str, str]:
    # The copy comes before the installed project, which is the work tree itself.
    return {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}


def main() -> int:
    """Try a sample and print what survived."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", choices=list(TESTS), action="append")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--minutes", type=float, default=60, help="stop then, whatever is left")
    options = parser.parse_args()
    found = [mutant for room in options.room or TESTS for mutant in mutants(room)]
    sample = random.Random(options.seed).sample(found, min(options.sample, len(found)))
    print(f"{len(found)} mutants, {len(sample)} of them tried", flush=True)
    started, survivors, tried = time.monotonic(), [], 0
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder)
        for name in ("rea_xcom_tui", "tests", "sample_repos", "docs", "scripts", "benchmarks"):
            shutil.copytree(ROOT / name, copied / name, ignore=shutil.ignore_patterns("__pycache__", "__snapshots__"))
        for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
            shutil.copy(ROOT / name, copied / name)
        for mutant in sample:
            if time.monotonic() - started > options.minutes * 60:
                break
            tried += 1
            if not killed(mutant, copied, 600):
                survivors.append(mutant)
                print(f"survived: {mutant.file}:{mutant.line}: {mutant.what}", flush=True)
    print(f"{tried} tried, {tried - len(survivors)} noticed, {len(survivors)} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main())
