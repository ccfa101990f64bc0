"""Mutation testing of a sample: does a test notice when a line of the code says something else?

    python scripts/branches.py --part values --part xcom --part data --part layouts    first: which tests run what
    python scripts/mutants.py --sample 500 --nearest 20 --others 5 --record first.json    a quick look at each
    python scripts/mutants.py --sample 500 --again first.json --record second.json        more tests for what is left
    python scripts/mutants.py --room xcom/rules --sample 20 --seed 7
    python scripts/mutants.py --only rea_xcom_tui/values/proof.py:120    those of one line

Mutants are made from the syntax tree (a comparison turned round, a number off by one, `and` for `or`, a condition
denied, a `not` taken away), a random sample of all there are in `values` and `xcom/rules`. Tests are collected once
and everything is imported. For each mutant the process forks, puts the changed code into the functions that are there,
and runs the tests that ran its line, the smallest first, until one fails. Code that runs only while a module is
imported cannot be changed so; such a mutant gets a process of its own, which imports the changed module and runs its
tests.

A line that many tests run is shown to the nearest of them and some others (`--nearest`, `--others`), or to all of them
with `--all-tests`. Nothing is written to the work tree. Survivors are printed with their line: either a test is
missing, or the change means the same. `--record FILE` keeps what was tried as JSON.
"""

from __future__ import annotations

import argparse
import ast
import gc
import importlib.abc
import importlib.util
import json
import os
import random
import resource
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
ROOMS = {"values": ("tests/values", "tests/data", "tests/layouts"), "xcom/rules": ("tests/xcom",)}
"""Rooms, and where their tests are."""

_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """One change of one file: the change of this number at the node of this number."""

    file: str
    line: int
    what: str
    node: int
    change: int

    def code(self) -> CodeType:
        """The module as it would be, with the lines as they are."""
        tree = ast.parse((ROOT / self.file).read_text("utf-8"))
        target = next(each for at, each in enumerate(ast.walk(tree)) if at == self.node)
        list(_changes(target))[self.change][1](target)
        return compile(ast.fix_missing_locations(tree), str(ROOT / self.file), "exec", dont_inherit=True)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.what}"


def mutants(room: str) -> Iterator[Mutant]:
    """Every mutant of a room's modules."""
    for path in sorted((ROOT / "rea_xcom_tui" / room).rglob("*.py")):
        for number, node in enumerate(ast.walk(ast.parse(path.read_text("utf-8")))):
            for change, (what, _) in enumerate(_changes(node)):
                yield Mutant(path.relative_to(ROOT).as_posix(), getattr(node, "lineno", 0), what, number, change)


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[Any], object]]]:
    if isinstance(node, ast.Compare) and type(node.ops[0]) in _TURNED:
        new = _TURNED[type(node.ops[0])]
        yield f"{type(node.ops[0]).__name__} -> {new.__name__}", lambda n: n.ops.__setitem__(0, new())
    if isinstance(node, ast.BoolOp):
        new_op = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"{type(node.op).__name__} -> {new_op.__name__}", lambda n: setattr(n, "op", new_op())
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "not taken away", _affirm
    if isinstance(node, ast.If):
        yield "condition denied", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    if isinstance(node, ast.Constant) and type(node.value) is int:
        yield f"{node.value} -> {node.value + 1}", lambda n: setattr(n, "value", n.value + 1)
    if isinstance(node, ast.Constant) and type(node.value) is bool:
        yield f"{node.value} -> {not node.value}", lambda n: setattr(n, "value", not n.value)


def _affirm(node: Any) -> None:
    node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)  # twice not, which is a truth value too


class Near:
    """Which tests run a line, from what `scripts/branches.py` has kept."""

    def __init__(self) -> None:
        from coverage import CoverageData

        self._data: list[tuple[Path, Any]] = []
        for part in ("values", "xcom", "data", "layouts"):
            for path in (ROOT / "build/branches").glob(f"{part}.data*"):
                data = CoverageData(basename=str(path))
                data.read()
                self._data.append((path, data))
        if not self._data:
            sys.exit("no coverage is kept; run scripts/branches.py first")
        self._lines: dict[str, dict[int, set[str]]] = {}
        self.size: Counter[str] = Counter()
        """How many lines each test runs, which tells how much else it looks at, and how long it takes."""

        self.known: set[str] = set()
        """Tests that were there when it was measured."""

        for _, data in self._data:
            self.known |= {context.split("|")[0] for context in data.measured_contexts()}
            for file in data.measured_files():
                if "/xcom/" in file or "/values/" in file:
                    for contexts in data.contexts_by_lineno(file).values():
                        self.size.update({context.split("|")[0] for context in contexts})

    def tests(self, file: str, line: int) -> set[str]:
        """The ids of the tests that ran a line; an empty text among them is its import."""
        if file not in self._lines:
            lines: dict[int, set[str]] = defaultdict(set)
            for _, data in self._data:
                measured = next((name for name in data.measured_files() if name.endswith("/" + file)), None)
                for number, contexts in (data.contexts_by_lineno(measured) if measured else {}).items():
                    lines[number] |= {context.split("|")[0] for context in contexts}
            self._lines[file] = lines
        return self._lines[file].get(line, set())

    def of_module(self, file: str) -> set[str]:
        """The ids of the tests that ran any line of a module."""
        self.tests(file, 0)
        return set().union(*self._lines[file].values())


def functions_by_file() -> dict[str, list[FunctionType]]:
    """All functions that there are of this project, by the file that they stand in."""
    found: dict[str, list[FunctionType]] = defaultdict(list)
    for function in gc.get_objects():
        if isinstance(function, FunctionType) and function.__code__.co_filename.startswith(str(ROOT)):
            found[function.__code__.co_filename].append(function)
    return found


def put_in_place(mutant: Mutant, functions: dict[str, list[FunctionType]]) -> bool:
    """Give the functions of the mutant's module their changed code; False where no function has another one."""
    path = str(ROOT / mutant.file)
    with open(path, encoding="utf-8") as file:
        before = compile(file.read(), path, "exec", dont_inherit=True)
    changed: dict[tuple[str, int], CodeType] = {}
    for old, new in zip(_codes(before), _codes(mutant.code()), strict=True):
        if old != new:
            changed[(old.co_qualname, old.co_firstlineno)] = new
    found = False
    for function in functions.get(path, ()):
        new = changed.get((function.__code__.co_qualname, function.__code__.co_firstlineno))
        if new is not None and len(new.co_freevars) == len(function.__code__.co_freevars):
            function.__code__ = new
            found = True
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


class ImportChanged(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from its changed code."""

    def __init__(self, mutant: Mutant) -> None:
        self._mutant = mutant
        self._name = mutant.file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> Any:
        """This loader for that module, nothing for the others."""
        if fullname != self._name:
            return None
        return importlib.util.spec_from_file_location(fullname, str(ROOT / self._mutant.file), loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the changed code."""
        exec(self._mutant.code(), module.__dict__)


@dataclass
class Outcome:
    """What became of one mutant."""

    mutant: Mutant
    how: str
    tests: int
    seconds: float


class Runner:
    """A plug-in of pytest that runs the chosen mutants where pytest would run the tests."""

    def __init__(self, sample: list[Mutant], near: Near, options: argparse.Namespace) -> None:
        self._sample, self._near, self._options = sample, near, options
        self.outcomes: list[Outcome] = []
        self._functions: dict[str, list[FunctionType]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Fork once for each mutant."""
        items = {item.nodeid: item for item in session.items}
        for file in {mutant.file for mutant in self._sample}:
            importlib.import_module(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
        self._functions = functions_by_file()
        gc.freeze()  # what is there already is shared by all children
        started = time.monotonic()
        children: dict[int, tuple[Mutant, int, float]] = {}
        waiting = list(reversed(self._sample))
        while waiting or children:
            late = time.monotonic() - started > self._options.minutes * 60
            if late and not children:
                break
            while waiting and len(children) < self._options.processes and not late:
                mutant = waiting.pop()
                chosen = self._chosen(mutant, items)
                child = os.fork()
                if not child:
                    self._in_the_child(session, mutant, chosen)
                children[child] = (mutant, len(chosen), time.monotonic())
            self._wait(children)
        return True

    def _chosen(self, mutant: Mutant, items: dict[str, pytest.Item]) -> list[pytest.Item]:
        ids = self._near.tests(mutant.file, mutant.line)
        if not ids - {""}:
            ids = self._near.of_module(mutant.file)
        found = [items[one] for one in ids if one in items]
        name = f"test_{Path(mutant.file).stem}."
        found.sort(key=lambda item: (name not in item.nodeid, self._near.size[item.nodeid], item.nodeid))
        # Of tests that were written since, nobody knows what they run.
        new = [item for id_, item in items.items() if id_ not in self._near.known]
        new += [item for id_, item in items.items() if id_ in self._near.known and id_.startswith(self._options.first)]
        if self._options.all_tests:
            return new + found
        near, rest = found[: self._options.nearest], found[self._options.nearest :]
        return new + near + random.Random(0).sample(rest, min(self._options.others, len(rest)))

    def _in_the_child(self, session: pytest.Session, mutant: Mutant, chosen: list[pytest.Item]) -> None:
        os.setsid()
        seconds = int(self._options.seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        silence = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(silence, number)
        code = 3
        try:
            if not chosen:
                code = 4
            elif put_in_place(mutant, self._functions):
                session.items = chosen
                session.config.option.maxfail = 1
                from _pytest.main import pytest_runtestloop

                try:
                    pytest_runtestloop(session)
                finally:
                    code = 1 if session.testsfailed else 0
            else:
                ids = list(dict.fromkeys(item.nodeid.split("[")[0] for item in chosen))
                again = [sys.executable, __file__, "--imported", str(mutant.node), str(mutant.change), mutant.file]
                os.execv(sys.executable, [*again, *ids])
        except BaseException:
            code = code or 1
        finally:
            os._exit(code)

    def _wait(self, children: dict[int, tuple[Mutant, int, float]]) -> None:
        child, status = os.waitpid(-1, os.WNOHANG)
        if not child:
            for one, (_, _, begun) in children.items():
                if time.monotonic() - begun > self._options.seconds * 10:  # it waits for something
                    os.killpg(one, signal.SIGKILL)
            time.sleep(0.02)
            return
        if child not in children:
            return
        mutant, tests, begun = children.pop(child)
        code = os.waitstatus_to_exitcode(status)
        how = {0: "survived", 4: "not run by a test"}.get(code, "noticed" if code > 0 else "never ended")
        self.outcomes.append(Outcome(mutant, how, tests, time.monotonic() - begun))
        if how != "noticed":
            print(f"{how}: {mutant} ({tests} tests)", flush=True)
        if len(self.outcomes) % 25 == 0:
            print(f"{len(self.outcomes)} tried: {dict(Counter(one.how for one in self.outcomes))}", flush=True)
        if self._options.record:
            write(self._options.record, self.outcomes, len(self._sample), self._options)


def write(path: Path, outcomes: list[Outcome], wanted: int, options: argparse.Namespace) -> None:
    """Keep what was tried."""
    counts = Counter(one.how for one in outcomes)
    left = [str(one.mutant) for one in outcomes if one.how in ("survived", "not run by a test")]
    head = {"seed": options.seed, "of": options.of, "sample": wanted, "tried": len(outcomes)}
    content = {**head, **counts, "left": sorted(left)}
    path.write_text(json.dumps(content, indent=1) + "\n", "utf-8")


def in_a_process_of_its_own(node: int, change: int, file: str, ids: list[str]) -> int:
    """Import the changed module and run these tests upon it."""
    sys.path.insert(0, str(ROOT))
    sys.meta_path.insert(0, ImportChanged(Mutant(file, 0, "", node, change)))
    return int(pytest.main([*USUAL, "-x", *ids]) != 0)


USUAL = ["-p", "no:cacheprovider", "-p", "no:xdist", "-o", "addopts=", f"--rootdir={ROOT}"]


def main() -> int:
    """Try a sample and print what survived."""
    if sys.argv[1:2] == ["--imported"]:
        return in_a_process_of_its_own(int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], sys.argv[5:])
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--room", choices=list(ROOMS), action="append")
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--within", choices=list(ROOMS), help="only what of the sample is in this room")
    parser.add_argument("--start", type=int, default=0, help="go on after so many of the sample")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--minutes", type=float, default=60, help="stop then, whatever is left")
    parser.add_argument("--seconds", type=float, default=30, help="CPU time for one mutant, which then never ends")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--nearest", type=int, default=60, help="tests that run its line and little else")
    parser.add_argument("--others", type=int, default=40, help="some of the rest by chance")
    parser.add_argument("--first", metavar="FILE", action="append", default=[], help="tests to show before any other")
    parser.add_argument("--all-tests", action="store_true", help="show each mutant to every test that runs its line")
    parser.add_argument("--again", type=Path, metavar="FILE", help="only what a record of the same sample has left")
    parser.add_argument("--only", metavar="FILE:LINE", action="append", help="mutants of these lines, not a sample")
    parser.add_argument("--record", type=Path, metavar="FILE")
    options = parser.parse_args()
    rooms = options.room or list(ROOMS)
    found = [mutant for room in rooms for mutant in mutants(room)]
    options.of, options.first = len(found), tuple(options.first)
    sample = random.Random(options.seed).sample(found, min(options.sample, len(found)))
    if options.within:
        sample = [one for one in sample if one.file.startswith(f"rea_xcom_tui/{options.within}/")]
    sample = sample[options.start :]
    if options.again:
        left = json.loads(options.again.read_text("utf-8"))["left"]
        sample = [one for one in sample if str(one) in left]
    if options.only:
        sample = [one for one in found if f"{one.file}:{one.line}" in options.only]
    print(f"{len(found)} mutants, {len(sample)} of them to be tried", flush=True)
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    runner = Runner(sample, Near(), options)
    pytest.main(
        [
            *USUAL,
            "-p",
            "no:terminal",
            "-s",
            *(folder for room in rooms if options.within in (None, room) for folder in ROOMS[room]),
        ],
        plugins=[runner],
    )
    counts = Counter(one.how for one in runner.outcomes)
    print(f"{len(runner.outcomes)} tried: " + ", ".join(f"{count} {how}" for how, count in sorted(counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
