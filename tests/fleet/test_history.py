from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.fleet.drift.since import find_since
from rea_xcom_tui.fleet.history.field_history import full_history
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops import Repository
from rea_xcom_tui.xcom.drift import Deviation
from tests.cli.run import Cli
from tests.work import FLEET, Work, values

ETL = "clusters/prod/billing/etl/values.yaml"
NEW = "clusters/prod/finance/etl/values.yaml"


def changes(work: Work, file: str = ETL, field: str | None = "threshold") -> list[tuple[object, object, str]]:
    found = full_history(Repository.open(work.root), file, field).changes  # type: ignore[arg-type]
    return [(one.delta.old, one.delta.new, one.commit.subject) for one in found]


def as_author(work: Work, name: str, message: str) -> None:
    work.git("add", "-A")
    work.git("-c", f"user.name={name}", "-c", f"user.email={name}@example.com", "commit", "-q", "-m", message)


def test_only_changes_of_the_value_count(fleet_repo: Work) -> None:
    fleet_repo.write(ETL, "# a comment moves every line\n" + FLEET[ETL])
    fleet_repo.commit_all("comment")
    fleet_repo.write(ETL, values("billing-etl", threshold="0").replace('"0"', "'0'"))
    as_author(fleet_repo, "Ben", "to zero")
    fleet_repo.write(ETL, values("billing-etl", threshold="0", compression="gzip"))
    fleet_repo.commit_all("quotes and compression")
    assert changes(fleet_repo) == [(1048576, 0, "to zero"), (None, 1048576, "first")]
    assert changes(fleet_repo, field="compression")[0] == ("zip", "gzip", "quotes and compression")
    first = full_history(Repository.open(fleet_repo.root), ETL, "threshold").changes[0]
    assert (first.commit.author, first.commit.oid) == ("Ben", fleet_repo.git("rev-parse", "HEAD~1").strip())


def test_a_renamed_file_keeps_its_history(fleet_repo: Work) -> None:
    (fleet_repo.root / NEW).parent.mkdir(parents=True)
    fleet_repo.git("mv", ETL, NEW)
    fleet_repo.commit_all("move to finance")
    fleet_repo.write(NEW, values("billing-etl", threshold="5"))
    fleet_repo.commit_all("five")
    assert changes(fleet_repo, NEW) == [(1048576, 5, "five"), (None, 1048576, "first")]


def test_a_copy_starts_its_own_history(fleet_repo: Work) -> None:
    fleet_repo.write(NEW, FLEET[ETL])
    fleet_repo.commit_all("another deployment, copied")
    assert changes(fleet_repo, NEW) == [(None, 1048576, "another deployment, copied")]


def test_it_agrees_with_git_log_of_the_line(fleet_repo: Work) -> None:
    for number in (5, 6, 7):
        fleet_repo.write(ETL, values("billing-etl", threshold=str(number)))
        as_author(fleet_repo, f"author{number}", f"threshold {number}")
    line = FLEET[ETL].splitlines().index('    value: "1048576"') + 1
    log = fleet_repo.git("log", "--format=%H", "-s", f"-L{line},{line}:{ETL}").split()
    found = full_history(Repository.open(fleet_repo.root), ETL, "threshold").changes
    assert [one.commit.oid for one in found] == log


def test_the_command_prints_all_formats(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write(ETL, values("billing-etl", threshold="0"))
    as_author(fleet_repo, "Ben", "to zero")
    text = cli("history", "billing-etl", "threshold")
    assert text.code == 0
    assert "1048576 (1 MiB) → 0 (always)" in text.out.splitlines()[0]
    assert [row["new"] for row in cli("history", ETL, "threshold", "--format", "json").json["changes"]] == [0, 1048576]
    assert cli("history", ETL, "--format", "markdown").out.startswith("| date | commit |")
    assert cli("history", ETL, "treshold").code == 2


def test_a_deployment_that_was_never_committed(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write("clusters/qa/new/values.yaml", values("new"))
    ran = cli("history", "new")
    assert (ran.code, ran.out) == (0, "")
    assert "committed yet" in ran.err


def test_what_a_shallow_clone_does_not_know_is_told_and_not_made_up(fleet_repo: Work, tmp_path: Path) -> None:
    fleet_repo.write(ETL, values("billing-etl", threshold="7"))
    fleet_repo.commit_all()
    fleet_repo.git("clone", "-q", "--depth=1", fleet_repo.root.as_uri(), str(tmp_path / "shallow"))
    told = full_history(Repository.open(tmp_path / "shallow"), ETL)
    assert told.changes == ()
    assert told.gaps == ("what was before this shallow clone begins is not known; git fetch --unshallow fetches it",)
    workspace = Workspace.open(tmp_path / "shallow")
    workspace.scan()
    deviation = Deviation(ETL, "threshold", "", 0, 7, 7, None, "warning", "")
    assert find_since(workspace.repository, workspace.fleet, [deviation]) == {}
    workspace.edit([ETL], "threshold", "8")
    workspace.commit("eight")
    assert [(one.delta.old, one.delta.new) for one in full_history(workspace.repository, ETL).changes] == [(7, 8)]


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        (b"\0GITCRYPT\0xyz", "encrypted by git-crypt: run git-crypt unlock"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            "a pointer of Git LFS: run git lfs pull",
        ),
    ],
)
def test_what_only_stands_in_for_the_file_is_no_change_of_it(fleet_repo: Work, stored: bytes, message: str) -> None:
    fleet_repo.write(ETL, stored)
    fleet_repo.commit_all()
    fleet_repo.write(ETL, values("billing-etl", threshold="7"))
    fleet_repo.commit_all()
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    told = full_history(workspace.repository, ETL, "threshold")
    assert [one.delta.kind for one in told.changes] == ["added"]
    assert told.gaps == ("2 commits of it not shown: git keeps the file encrypted, or in Git LFS",)
    for fleet in (workspace.scan(ref="HEAD~1"), at(fleet_repo, "HEAD~1")):
        assert [message in file.message for file in fleet.unreadable if file.file == ETL] == [True]
        assert len(fleet.deployments) == 2


def at(work: Work, revision: str) -> Fleet:
    """The fleet in the working tree when this revision is checked out."""
    work.git("switch", "-q", "--detach", revision)
    return Workspace.open(work.root).scan()
