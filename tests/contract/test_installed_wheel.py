"""The wheel as a user installs it, seen from outside: every command and exit code, in places that are not friendly."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import click
import pytest

from rea_xcom_tui.cli.app import main
from tests.work import FLEET, Work, make_work, values

ROOT = Path(__file__).resolve().parents[2]
ETL = "clusters/prod/billing/etl/values.yaml"
pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the wheel in it, and its dependencies from the one that runs the tests."""
    folder = tmp_path_factory.mktemp("installed")
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "-q",
        "--disable-pip-version-check",
        "--no-deps",
        "-w",
        str(folder),
        ".",
    ]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    scheme = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
    packages = Path(sysconfig.get_path("purelib", vars=scheme))
    zipfile.ZipFile(wheel).extractall(packages)
    # A .pth within a folder that a .pth names is not read, so the work tree's own editable install does not count here.
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    entry = folder / "venv/bin/rea-xcom-tui"
    entry.write_text(f"#!{folder}/venv/bin/python\nfrom rea_xcom_tui.__main__ import main\nmain()\n")
    entry.chmod(0o755)
    return entry


def run(
    program: Path, root: Path, *words: str, env: Mapping[str, str | None] | None = None
) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in {**os.environ, **(env or {})}.items() if value is not None}
    return subprocess.run(
        [program, *words],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


CALLS: dict[str, list[tuple[int, str]]] = {
    "demo": [(0, "demo DEMO"), (2, "demo --sample none DEMO2")],
    "list": [
        (0, "list env:prod --format csv --columns name,path"),
        (0, "list --ref HEAD --format ndjson --engine 3"),
        (2, "list naem:x"),
        (2, "list --columns nmae"),
    ],
    "check": [
        (1, "check --format json"),
        (0, "check --fail-on never --maintenance --format markdown"),
        (0, "check --changed-since HEAD"),
        (1, "check --ref HEAD --fail-on info --format junit"),
        (0, "check --fix name:billing-etl"),
        (2, "check --write"),
    ],
    "show": [(0, "show billing-etl --format json"), (2, "show nobody")],
    "set": [
        (0, "set threshold=0 --where env:prod"),
        (0, "set compression=bz2 --where env:dev --plan PLAN"),
        (2, "set threshold=0"),
        (3, "set threshold=ten --all"),
        (3, "--read-only set threshold=7 --where env:dev --write"),
        (0, "set threshold=5 --all --if threshold=6 --skip-refused"),
    ],
    "apply": [(0, "apply PLAN"), (2, "apply missing.json")],
    "unset": [(0, "unset compression --where env:dev --write"), (2, "unset colour --all")],
    "undo": [(0, "undo"), (3, "undo")],
    "diff": [(0, "diff HEAD --format json"), (2, "diff nowhere")],
    "drift": [(0, "drift --fail-on never --no-since --format sarif"), (2, "drift --against ref:nowhere")],
    "history": [(0, "history billing-etl threshold --format json"), (2, "history nobody")],
    "review": [(2, "review nowhere")],
    "revert": [(2, "revert nowhere")],
    "explain": [(0, "explain XC402"), (2, "explain XC4O2")],
    "push": [(3, "push")],
    "probe": [(0, "probe billing-etl --print"), (2, "probe nobody --print")],
    "config": [(0, "config path"), (0, "config show"), (0, "config check")],
    "schema": [(0, "schema baseline"), (2, "schema nothing")],
    "completion": [(0, "completion fish"), (2, "completion tcsh")],
    "debug": [(0, "debug")],
}
"""What each command ends with, in this order in one repo."""

ELSEWHERE = {"lsp", "promote", "wave", "new", "enable", "migrate", "serve"}
"""Commands of campaigns and of editors, which have tests of their own."""


def test_every_command_is_called() -> None:
    assert set(CALLS) == set(main.list_commands(click.Context(main))) - ELSEWHERE
    assert {code for calls in CALLS.values() for code, _ in calls} == {0, 1, 2, 3}


def test_every_command_ends_as_the_contract_says(program: Path, tmp_path: Path) -> None:
    work = make_work(tmp_path / "fleet", {**FLEET, ETL: values("billing-etl", compression="gz")})
    places = {"DEMO": str(tmp_path / "demo"), "DEMO2": str(tmp_path / "demo2"), "PLAN": str(tmp_path / "plan.json")}
    for calls in CALLS.values():
        for code, line in calls:
            ran = run(program, work.root, *(places.get(word, word) for word in line.split()))
            assert ran.returncode == code, f"{line}: {ran.returncode}\n{ran.stdout}{ran.stderr}"
            assert "Traceback" not in ran.stderr, line
            assert code < 2 or "rea-xcom-tui: " in ran.stderr, line
            if "--format json" in line and code < 2:
                json.loads(ran.stdout)


@pytest.fixture
def fleet(tmp_path: Path) -> Work:
    return make_work(tmp_path / "fleet", FLEET)


@pytest.mark.parametrize(
    "env",
    [
        {"HOME": None, "XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None, "XDG_STATE_HOME": None, "XDG_DATA_HOME": None},
        {"HOME": "/nonexistent", "XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None, "XDG_STATE_HOME": None},
        {"LC_ALL": "C", "LANG": "C"},
        {"TERM": "dumb", "COLUMNS": "1"},
    ],
    ids=["no HOME", "no such HOME", "C locale", "dumb terminal"],
)
def test_where_it_is_not_friendly(program: Path, fleet: Work, env: dict[str, str | None]) -> None:
    fleet.write("clusters/prod/bücher/values.yaml", values("bücher"))
    ran = run(program, fleet.root, "list", env=env)
    assert ran.returncode == 0, ran.stderr
    assert "billing-etl" in ran.stdout
    ran = run(program, fleet.root, "set", "threshold=0", "--where", "env:dev", "--write", env=env)
    assert ran.returncode == 0, ran.stderr
    assert b'value: "0"' in fleet.read("clusters/dev/crm/sync/values.yaml")


def test_a_reader_that_goes_away_is_no_error(program: Path, fleet: Work) -> None:
    for line in ("list --format json", "check --format text --fail-on never", "explain XC402"):
        ran = subprocess.run(
            ["bash", "-c", f'"$0" {line} | head -c 1 >/dev/null; echo "${{PIPESTATUS[0]}}"', program],
            cwd=fleet.root, capture_output=True, text=True, check=True,
        )  # fmt: skip
        assert ran.stdout == "0\n", line
        assert ran.stderr == "", line
    closed = subprocess.run(["bash", "-c", '"$0" list >&-', program], cwd=fleet.root, capture_output=True, check=False)
    assert (closed.returncode, b"Traceback" in closed.stderr) == (0, False)
