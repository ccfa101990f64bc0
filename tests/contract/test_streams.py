"""The real program with a stdout that is closed, full, read by nobody, or of a narrow character set."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.work import FLEET, Work, make_work, values

PROGRAM = [sys.executable, "-m", "rea_xcom_tui"]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo", {**FLEET, "prod/ünï/values.yaml": values("ünï", threshold="abc")})


def run(work: Work, redirect: str, *args: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = f'exec "$@" {redirect}'
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command if "|" not in redirect else f'"$@" {redirect}', "-", *PROGRAM, *args],
        cwd=work.root,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), **env},
        check=False,
    )


def test_a_closed_stdout_changes_no_exit_code(work: Work) -> None:
    assert (run(work, ">&-", "list").returncode, run(work, ">&-", "check").returncode) == (0, 1)
    assert run(work, "2>&-", "lst").returncode == 2


def test_a_full_disk_is_one_sentence_and_nothing_is_written(work: Work) -> None:
    ran = run(work, ">/dev/full", "set", "threshold=5", "--all", "--write")
    assert (ran.returncode, ran.stderr) == (
        2, "rea-xcom-tui: the output cannot be written: No space left on device\n",
    )  # fmt: skip
    assert work.status() == []


def test_a_reader_that_has_gone_stops_nothing(work: Work) -> None:
    assert run(work, "| true", "check").returncode == 1
    ran = run(work, "| true", "set", "threshold=5", "--where", "env:prod threshold:*", "--write")
    assert "Traceback" not in ran.stderr
    assert ran.returncode == 0
    assert len(work.status()) == 3


def test_a_narrow_character_set_shows_escapes(work: Work) -> None:
    ran = run(work, "", "set", "threshold=5", "--where", "threshold:0", PYTHONIOENCODING="latin-1")
    assert (ran.returncode, "\\u2192 5" in ran.stdout) == (0, True)
    assert run(work, "", "show", "prod/ünï/values.yaml", PYTHONIOENCODING="latin-1").returncode == 0


def test_with_no_terminal_the_bare_program_prints_the_list(work: Work) -> None:
    bare, listed = run(work, ""), run(work, "", "list")
    assert (bare.returncode, bare.stdout) == (0, listed.stdout)
    assert "billing-etl" in bare.stdout
