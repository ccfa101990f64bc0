from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

from tests.work import FLEET, Work, make_work

# Each start of the program, and each process of the tests, would compile every module anew where the environment
# forbids keeping what was compiled.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Whoever runs the tests in the background may have these ignored, which the programs that they start would inherit.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)

settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("same")
"""A change is judged by the same examples on every machine; `--hypothesis-profile explore` looks for new ones."""

if "COVERAGE_PROCESS_CONFIG" in os.environ:
    # What a child process has measured is written when it ends by itself, and not when it is killed.
    from rea_xcom_tui.fleet.scan import pool

    _kill = pool._Children._kill

    def _end(children: pool._Children) -> None:
        for child in children._processes if children.sound else ():
            assert isinstance(child, subprocess.Popen)
            assert child.stdin is not None
            with suppress(OSError, subprocess.TimeoutExpired):
                child.stdin.close()
                child.wait(20)
        _kill(children)

    pool._can_fork = lambda: False  # a fork ends without writing it
    pool._Children._kill = _end  # type: ignore[assignment, method-assign]


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Places for a HOME for each test. pytest's own folders take the longer the more of them there are."""
    base = tmp_path_factory.mktemp("homes")
    return (base / str(number) for number in count())


@pytest.fixture(autouse=True)
def isolated(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the developer's own HOME and git configuration out of the tests, and give git an identity."""
    home = next(homes)
    home.mkdir()
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(home / name.lower()))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("REA_XCOM_TUI_NO_PROGRESS", "1")  # what lasts a second depends on the machine
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Ann\n\temail = ann@example.com\n[init]\n\tdefaultBranch = main\n"
        '[gc]\n\tauto = 0\n[protocol "file"]\n\tallow = always\n'
    )
    return home


@pytest.fixture
def fleet_repo(tmp_path: Path) -> Work:
    """A real repo with three deployments."""
    return make_work(tmp_path / "fleet", FLEET)
