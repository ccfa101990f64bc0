"""No process that the program starts may fail for, or write over, the screen of the running app."""

from __future__ import annotations

import ast
import re
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "rea_xcom_tui"
HANDED_OVER = {"run_editor"}
"""These have the whole terminal, which the app has left and paints anew afterwards."""
STARTS = {"run", "Popen", "call", "check_call", "check_output"}


_MAY = re.compile(r"subprocess|multiprocessing|ProcessPool|\bos\b.*\b(system|popen|spawn|posix_spawn|fork)")
"""What a module has in its text that starts a process: the others need not be parsed, which takes long for all."""


def parsed() -> dict[str, ast.Module]:
    """Every module of the package that may start a process, by its path."""
    texts = {str(path.relative_to(PACKAGE)): path.read_text("utf-8") for path in sorted(PACKAGE.rglob("*.py"))}
    assert len(texts) > 500
    return {path: ast.parse(text) for path, text in texts.items() if _MAY.search(text)}


def test_no_pool_of_the_standard_library() -> None:
    """Its resource tracker asks for the number of a standard error that has none under Textual."""
    imported = {
        (file, f"{module}{alias.name}")
        for file, tree in parsed().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for module in [f"{node.module}." if isinstance(node, ast.ImportFrom) else ""]
        for alias in node.names
    }
    assert len(imported) > 50
    assert {one for one in imported if "multiprocessing" in one[1] or "ProcessPool" in one[1]} == set()


def test_every_process_is_told_where_its_complaints_go() -> None:
    calls = {
        (file, function.name, _is_told(node, function))
        for file, tree in parsed().items()
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and _starts_a_process(node.func)
    }
    assert len(calls) >= 4
    assert {(file, name) for file, name, told in calls if not told and name not in HANDED_OVER} == set()


def _is_told(call: ast.Call, function: ast.AST) -> bool:
    """A fork is told by the function that makes it, in which a file for its errors is asked for its number."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "fork":
        return "errors.fileno()" in ast.unparse(function)
    return bool({word.arg for word in call.keywords} & {"stderr", "capture_output"})


def _starts_a_process(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and (
            (function.value.id == "subprocess" and function.attr in STARTS)
            or (
                function.value.id == "os"
                and function.attr.startswith(("system", "popen", "spawn", "posix_spawn", "fork"))
            )
        )
    )
