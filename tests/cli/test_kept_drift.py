"""What `drift` keeps of a clean fleet says what it would say anew, whatever has changed since."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import pytest

from rea_xcom_tui.fleet.drift.kept import Memory
from rea_xcom_tui.fleet.scan import changed, scan
from rea_xcom_tui.fleet.scan.workers import Task
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops import Repository
from rea_xcom_tui.reports.drift import FORMATS
from tests.cli.run import Cli, Ran
from tests.work import Work, values

ETL = "clusters/prod/team/etl1/values.yaml"
OTHER = "clusters/prod/team/etl2/values.yaml"


@pytest.fixture
def fleet_repo(fleet_repo: Work) -> Work:
    """A fleet in which one deployment differs from all others."""
    for number in range(16):
        text = values(f"etl{number}", path=f"s3://team-xcom/etl{number}", threshold="0" if number == 1 else "1048576")
        fleet_repo.write(f"clusters/prod/team/etl{number}/values.yaml", text)
    fleet_repo.commit_all("Add the team's")
    return fleet_repo


def untouched(work: Work) -> None:
    """Nothing happens."""


def edited(work: Work) -> None:
    work.write(ETL, work.read(ETL).replace(b'"0"', b'"1048576"'))


def committed(work: Work) -> None:
    edited(work)
    work.commit_all()


def added(work: Work) -> None:
    work.write("clusters/prod/team/new/values.yaml", values("new", threshold="7"))


def configured(work: Work) -> None:
    """Other folders are environments, by which deployments are grouped."""
    work.write(".rea-xcom-tui.toml", '[repo]\nenvironments = ["team"]\n')
    work.commit_all()


def with_a_baseline_that_git_ignores(work: Work) -> None:
    work.write(".git/info/exclude", ".rea-xcom.yaml\n")
    ignore = (
        f"ignore:\n  - deployment: {ETL}\n    field: threshold\n    actual: 0\n    reason: it may\n    owner: Ana\n"
    )
    work.write(".rea-xcom.yaml", f"version: 1\n{ignore}")
    assert work.status() == []


def told_by_another_name(work: Work) -> None:
    """Who has introduced it, by a mailmap beside the repo."""
    author = work.git("log", "-1", "--format=%ae").strip()
    (work.root.parent / "mailmap").write_text(f"Somebody Else <else@example.com> <{author}>\n")
    work.git("config", "mailmap.file", str(work.root.parent / "mailmap"))


def amended(work: Work) -> None:
    work.git("commit", "-q", "--amend", "--author", "Another <another@example.com>", "-m", "Other words")


def hidden_from_git(work: Work) -> None:
    """Of the same size, in a file that git is told not to look at."""
    work.git("update-index", "--assume-unchanged", OTHER)
    work.write(OTHER, work.read(OTHER).replace(b'"1048576"', b'"2048576"'))
    assert work.status() == []


def left_out_by_a_flag(work: Work) -> None:
    """As hidden, in a file that is there although a sparse checkout would leave it out."""
    work.git("update-index", "--skip-worktree", OTHER)
    work.write(OTHER, work.read(OTHER).replace(b'"1048576"', b'"2048576"'))
    assert work.status() == []


def named_in_other_bytes(work: Work) -> None:
    """A new file whose name is not UTF-8, which a note tells of."""
    (work.root / os.fsdecode(b"caf\xe9.yaml")).write_text(values("new"))


def grafted(work: Work) -> None:
    """The newest commit has another parent, which had all of it."""
    parent = work.git("commit-tree", "HEAD^{tree}", "-m", "All", env={"GIT_AUTHOR_NAME": "Somebody"}).strip()
    work.write(".git/info/grafts", f"{work.head()} {parent}\n")


def with_a_copy(work: Work) -> None:
    """A file whose name says that it is one, of which a note tells."""
    work.write(f"{ETL}.bak", work.read(ETL))
    work.commit_all()


def with_a_job(work: Work) -> None:
    """A command that combines files, of which a note tells."""
    command = "helm upgrade a oci://quay.io/astronomer/remote-execution-agent -f clusters/prod/team/etl1/values.yaml"
    steps = f"on: push\njobs:\n  a:\n    steps:\n      - run: {command} -f {OTHER}\n"
    work.write(".github/workflows/deploy.yaml", steps)
    work.commit_all()


def with_a_submodule(work: Work) -> None:
    """Another repo in a folder, of which a note tells."""
    work.git("update-index", "--add", "--cacheinfo", f"160000,{work.head()},other")
    work.git("commit", "-q", "-m", "Add the other repo")


def partly_checked_out(work: Work) -> None:
    """A note tells of what is left out."""
    work.git("sparse-checkout", "set", "--no-cone", "/*", f"!/{OTHER}")
    assert work.status() == []


def with_another_repo_in_it(work: Work) -> None:
    """Which git names as one folder, and nobody reads."""
    (work.root / "clusters/prod/other").mkdir()
    work.git("init", "-q", "clusters/prod/other")


CHANGES = [
    untouched, edited, committed, added, configured, with_a_baseline_that_git_ignores, told_by_another_name, amended,
    hidden_from_git, left_out_by_a_flag, named_in_other_bytes, grafted,
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_is_kept_is_what_would_be_said(cli: Cli, fleet_repo: Work, change: Callable[[Work], None]) -> None:
    before = drift(cli)
    assert drift(cli) == before
    assert "threshold" in before.out
    assert is_kept(fleet_repo)
    change(fleet_repo)
    assert is_kept(fleet_repo) == (change is untouched)
    for form in FORMATS:
        anew = drift(cli, "--format", form, "--no-cache")
        assert drift(cli, "--format", form) == anew
        assert drift(cli, "--format", form) == anew
    assert drift(cli, "--fail-on", "never").code == 0
    assert drift(cli, "--no-since") == drift(cli, "--no-since", "--no-cache")


def test_of_a_deployment_that_was_none_while_it_was_read_nothing_is_kept(
    cli: Cli, fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when another branch is checked out for a moment; what is there meanwhile is as long."""
    there = fleet_repo.read(ETL)

    def then_saved(repository: Repository, tasks: Sequence[Task]) -> list[Task]:
        (fleet_repo.root / ETL).write_bytes(b"#" * len(there))
        return changed.named_by_content(repository, tasks)

    with monkeypatch.context() as patch:
        patch.setattr(scan, "named_by_content", then_saved)
        assert ETL not in drift(cli).out
    (fleet_repo.root / ETL).write_bytes(there)
    anew = drift(cli, "--no-cache")
    assert ETL in anew.out
    assert drift(cli) == anew


NOTED = [with_a_copy, with_a_job, with_a_submodule, partly_checked_out]


@pytest.mark.parametrize("change", [*CHANGES, *NOTED, with_another_repo_in_it], ids=lambda change: change.__name__)
def test_a_listing_and_a_check_say_what_they_would_say_anew(
    cli: Cli, fleet_repo: Work, change: Callable[[Work], None]
) -> None:
    commands = [("list", "--format", "json"), ("check",), ("check", "--format", "json")]
    for command in commands:
        cli(*command)
    change(fleet_repo)
    for command in commands:
        anew = cli(*command, "--no-cache")
        assert ("note: " in anew.err) == (command[0] == "check" and change in (*NOTED, named_in_other_bytes))
        assert cli(*command) == anew
        assert cli(*command) == anew


def drift(cli: Cli, *args: str) -> Ran:
    ran = cli("drift", *args)
    assert ran.code in (0, 1), ran.err
    return ran


def is_kept(work: Work) -> bool:
    workspace = Workspace.open(work.root)
    workspace.look_ahead()
    return Memory(workspace, ("text", "", "True")).find() is not None
