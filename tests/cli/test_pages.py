from __future__ import annotations

import tomllib
from pathlib import Path

from rea_xcom_tui.user.config import load_config
from tests.cli.run import Cli
from tests.work import Work

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_example_of_the_configuration_page_is_right(fleet_repo: Work, cli: Cli) -> None:
    text = (DOCS / "configuration.md").read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    assert tomllib.loads(example)["repo"]["environments"] == ["blue", "green"]
    fleet_repo.write(".rea-xcom-tui.toml", example)
    config = load_config(fleet_repo.root)
    assert config.protected_branches == ("main", "release/*")
    assert [ignore.code for ignore in config.rules.ignores] == ["XC801"]
    shown = cli("config", "show").out
    assert "threshold must be 0 in prod" in shown
    assert cli("config", "check").code == 0


def test_a_wrong_configuration_stops_every_command_with_one_sentence(fleet_repo: Work, cli: Cli) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", "[rules]\nofff = []\n")
    for command in (("list",), ("check",), ("config", "check")):
        ran = cli(*command)
        assert ran.code == 2
        assert "rules.offf" in ran.err
        assert ran.out == ""


def test_a_branch_that_the_repo_protects_takes_no_commit(fleet_repo: Work, cli: Cli) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", "[repo]\nprotected_branches = ['main']\n")
    ran = cli("set", "threshold=7", "--all", "--commit")
    assert ran.code == 3
    assert "--branch" in ran.err
    assert fleet_repo.status() == ["?? .rea-xcom-tui.toml"]
    assert cli("set", "threshold=7", "--all", "--commit", "--branch", "xcom/seven").code == 0
