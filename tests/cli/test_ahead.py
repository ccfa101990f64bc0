"""What a command has git begin before the command line is imported changes nothing of what it says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rea_xcom_tui.cli import ahead
from tests.cli.run import Cli
from tests.work import Work


@pytest.mark.parametrize(
    "words", [["list", "-C", "."], ["check", "prod", "--format", "json"], ["drift", "--repo", "."]]
)
def test_git_is_asked_about_the_repo_that_is_named(
    fleet_repo: Work, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(fleet_repo.root)
    ahead.begin(words)
    begun = ahead.take(Path())
    assert begun is not None
    assert begun[0].root == fleet_repo.root
    assert begun[1].work_tree().dirty == frozenset()
    assert ahead.take(Path()) is None


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["set", "threshold=1"],
        ["list", "--ref", "HEAD"],
        ["list", "--ref=HEAD"],
        ["check", "--fleet", "fleet.toml"],
        ["list", "--help"],
        ["list", "-C", ".", "-C", ".."],
        ["list", "-C."],
        ["drift", "--no-cache"],
        ["list", "-C", "nowhere"],
    ],
)
def test_git_is_not_asked_where_another_answer_may_be_wanted(
    fleet_repo: Work, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.chdir(fleet_repo.root)
    ahead.begin(words)
    assert not ahead._begun


@pytest.mark.parametrize(
    ("folder", "words"),
    [(".", ["list", "--format", "json"]), ("clusters", ["check"]), ("..", ["list"]), (".", ["drift", "--ignore"])],
)
def test_the_program_says_what_the_command_says(fleet_repo: Work, cli: Cli, folder: str, words: list[str]) -> None:
    (fleet_repo.root / "clusters/new.yaml").write_text("xcomBackend: [\n")
    place = str(fleet_repo.root / folder)
    ran = subprocess.run(
        [sys.executable, "-m", "rea_xcom_tui", words[0], "-C", place, *words[1:]], capture_output=True, text=True
    )
    expected = cli(words[0], "-C", place, *words[1:])
    assert (ran.returncode, ran.stdout, ran.stderr) == (expected.code, expected.out, expected.err)
