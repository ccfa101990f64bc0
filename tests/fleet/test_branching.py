from __future__ import annotations

from datetime import date

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.actions.branch import branch_choice, other_branches, switch_branch
from rea_xcom_tui.fleet.actions.repo_status import standing
from rea_xcom_tui.fleet.workspace import Workspace
from tests.work import Work

ETL = "clusters/prod/billing/etl/values.yaml"
DAY = date(2026, 11, 22)
MESSAGE = "xcom: set threshold to 0 on billing-etl\n\nbody"


def opened(work: Work) -> Workspace:
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace


def configured(work: Work, patterns: str) -> Workspace:
    work.write(".rea-xcom-tui.toml", f"[repo]\nprotected_branches = {patterns}\n")
    return opened(work)


def test_usual_names_are_protected_and_a_free_name_is_proposed(fleet_repo: Work) -> None:
    choice = branch_choice(opened(fleet_repo), MESSAGE, DAY)
    name = "rea/xcom-2026-11-22-set-threshold-to-0-on-billing-etl"
    assert (choice.current, choice.protected, choice.closed, choice.proposed) == ("main", True, False, name)
    fleet_repo.git("branch", name)
    assert branch_choice(opened(fleet_repo), MESSAGE, DAY).proposed == f"{name}-2"
    fleet_repo.git("switch", "-q", name)
    assert not branch_choice(opened(fleet_repo), MESSAGE, DAY).protected


def test_the_branch_that_pull_requests_go_to_is_protected(fleet_repo: Work) -> None:
    fleet_repo.git("switch", "-q", "-c", "trunk")
    fleet_repo.git("remote", "add", "origin", "git@git.example:o/r.git")
    assert not branch_choice(opened(fleet_repo), MESSAGE, DAY).protected
    fleet_repo.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    fleet_repo.git("remote", "set-head", "origin", "trunk")
    choice = branch_choice(opened(fleet_repo), MESSAGE, DAY)
    assert (choice.protected, choice.closed) == (True, False)
    assert not branch_choice(configured(fleet_repo, '["main"]'), MESSAGE, DAY).protected


def test_the_configuration_decides_where_it_says_anything(fleet_repo: Work) -> None:
    assert branch_choice(configured(fleet_repo, '["ma*"]'), MESSAGE, DAY).closed
    assert not branch_choice(configured(fleet_repo, "[]"), MESSAGE, DAY).protected


def test_a_detached_head_has_only_a_new_branch(fleet_repo: Work) -> None:
    fleet_repo.git("switch", "-q", "--detach")
    choice = branch_choice(opened(fleet_repo), MESSAGE, DAY)
    assert (choice.current, choice.closed) == (None, True)


def test_switching_reads_the_other_fleet(fleet_repo: Work) -> None:
    fleet_repo.git("switch", "-q", "-c", "topic")
    fleet_repo.write(ETL, fleet_repo.read(ETL).replace(b"1048576", b"7"))
    fleet_repo.commit_all()
    fleet_repo.git("switch", "-q", "main")
    workspace = opened(fleet_repo)
    assert other_branches(workspace) == ["topic"]
    fleet = switch_branch(workspace, "topic")
    assert (fleet.branch, fleet.by_id[ETL].field("threshold").value) == ("topic", 7)


def test_nothing_pending_written_or_changed_is_carried_along(fleet_repo: Work) -> None:
    fleet_repo.git("branch", "topic")
    workspace = opened(fleet_repo)
    workspace.edit([ETL], "threshold", "7")
    with pytest.raises(Refused, match="1 edit in 1 deployment are based on the values of this branch"):
        switch_branch(workspace, "topic")
    workspace.write()
    with pytest.raises(Refused, match="what was written is not committed yet"):
        switch_branch(workspace, "topic")
    again = opened(fleet_repo)
    with pytest.raises(Refused, match="has changes that are not committed"):
        switch_branch(again, "topic")
    with pytest.raises(Refused, match="read-only"):
        switch_branch(Workspace.open(fleet_repo.root, read_only=True), "topic")
    assert fleet_repo.git("branch", "--show-current").strip() == "main"


def test_a_repo_in_order_says_nothing(fleet_repo: Work) -> None:
    assert standing(opened(fleet_repo)).sentences() == []


def test_what_is_out_of_the_ordinary_is_said_with_what_to_do(fleet_repo: Work) -> None:
    fleet_repo.git("switch", "-q", "--detach")
    fleet_repo.hook("pre-commit", "exit 0")
    fleet_repo.write(".git/MERGE_HEAD", fleet_repo.head())
    said = standing(Workspace.open(fleet_repo.root, read_only=True)).sentences()
    assert [sentence.replace(",", ":").split(":")[0] for sentence in said] == [
        "Read-only",
        "A merge is in progress in this repo",
        "HEAD is detached",
        "Viewing only",
    ]


def test_an_upstream_that_is_ahead_or_elsewhere(fleet_repo: Work) -> None:
    fleet_repo.git("branch", "up")
    fleet_repo.git("branch", "-q", "--set-upstream-to=up")
    fleet_repo.git("switch", "-q", "up")
    fleet_repo.write("README.md", "theirs\n")
    fleet_repo.commit_all()
    fleet_repo.git("switch", "-q", "main")
    assert standing(opened(fleet_repo)).sentences() == ["1 commit behind up: git pull, then R."]
    fleet_repo.write("README.md", "ours\n")
    fleet_repo.commit_all()
    assert standing(opened(fleet_repo)).sentences() == [
        "Diverged from up (1 commit here, 1 commit there): git pull --rebase, then R."
    ]
