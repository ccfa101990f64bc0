from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.run import Cli
from tests.servers import http_backend
from tests.work import Work

ETL = "clusters/prod/billing/etl/values.yaml"


@pytest.fixture
def server(fleet_repo: Work, tmp_path: Path) -> Work:
    """The server of `fleet_repo`, which has its main branch."""
    fleet_repo.git("init", "-q", "--bare", str(tmp_path / "server.git"))
    fleet_repo.git("remote", "add", "origin", str(tmp_path / "server.git"))
    fleet_repo.git("push", "-q", "-u", "origin", "main")
    fleet_repo.git("remote", "set-head", "origin", "main")
    return Work(tmp_path / "server.git")


def test_a_new_branch_is_pushed_with_its_change_table(fleet_repo: Work, server: Work, cli: Cli) -> None:
    cli("set", "threshold=0", "--where", "name:billing-etl", "--commit", "--branch", "rea/always")
    done = cli("push", "--yes")
    assert done.code == 0
    assert "push rea/always to origin" in done.err
    assert "xcom: set threshold to 0 on billing-etl" in done.err
    assert "rea/always is a new branch on origin" in done.err
    assert done.out.splitlines()[0] == "XCom settings of 1 deployment:"
    assert f"| {ETL} | threshold | 1048576 (1 MiB) | 0" in done.out
    assert server.git("rev-parse", "rea/always").strip() == fleet_repo.head()


def test_nobody_is_asked_without_a_terminal_and_nothing_is_pushed(fleet_repo: Work, server: Work, cli: Cli) -> None:
    cli("set", "threshold=0", "--all", "--commit", "--branch", "rea/always")
    done = cli("push")
    assert done.code == 3
    assert "--yes" in done.err
    assert server.git("branch", "--list", "rea/*") == ""


def test_the_page_of_the_pull_request_is_printed(fleet_repo: Work, server: Work, cli: Cli) -> None:
    hook = server.root / "hooks" / "post-receive"
    hook.write_text("#!/bin/sh\necho 'Create a pull request: https://git.example.com/a/b/pull/new/x' >&2\n")
    hook.chmod(0o755)
    cli("set", "threshold=0", "--all", "--commit", "--branch", "rea/always")
    assert cli("push", "--yes").out.splitlines()[0] == "https://git.example.com/a/b/pull/new/x"


def test_a_refusal_quotes_the_server(fleet_repo: Work, server: Work, cli: Cli) -> None:
    hook = server.root / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\necho 'policy: no' >&2; exit 1\n")
    hook.chmod(0o755)
    cli("set", "threshold=0", "--all", "--commit")
    done = cli("push", "--yes")
    assert done.code == 2
    assert "origin refused the branch main: policy: no" in done.err


def test_what_cannot_be_pushed(fleet_repo: Work, cli: Cli) -> None:
    assert "this repo has no remote; add one with git remote add" in cli("push", "--yes").err
    fleet_repo.git("remote", "add", "one", "/nowhere")
    assert "there is no remote two; the remotes are one" in cli("push", "--remote", "two", "--yes").err
    assert "read-only" in cli("--read-only", "push", "--yes").err
    fleet_repo.git("switch", "-q", "--detach")
    done = cli("push", "--yes")
    assert (done.code, "HEAD is detached" in done.err) == (3, True)


def test_nothing_to_push(fleet_repo: Work, server: Work, cli: Cli) -> None:
    done = cli("push")
    assert done.code == 0
    assert "nothing to push" in done.err


def test_the_link_of_a_host_whose_forge_is_configured(fleet_repo: Work, server: Work, cli: Cli) -> None:
    server.git("config", "http.receivepack", "true")
    with http_backend(server.root.parent) as address:
        fleet_repo.git("remote", "set-url", "origin", f"{address}/server.git")
        cli("set", "threshold=0", "--all", "--commit", "--branch", "rea/always")
        fleet_repo.write(".rea-xcom-tui.toml", '[repo]\nforges = { "127.0.0.1" = "gitea" }\n')
        done = cli("push", "--yes")
    link = f"{address.replace('http:', 'https:')}/server/compare/main...rea/always"
    assert done.out.splitlines()[0] == link


def test_forges_in_the_configuration(fleet_repo: Work, cli: Cli) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", '[repo]\nforges = { "Git.corp.example" = "gitlab" }\n')
    assert "git.corp.example=gitlab" in cli("config", "show").out
    fleet_repo.write(".rea-xcom-tui.toml", '[repo]\nforges = { "git.corp.example" = "svn" }\n')
    wrong = cli("config", "check")
    assert wrong.code == 2
    assert "repo.forges.git.corp.example" in wrong.err
