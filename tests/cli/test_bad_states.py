"""Campaigns with repos that are gone or not writable, and with clocks that differ: one sentence, nothing half done."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.test_several_repos import REPOS, Repos
from tests.cli.test_waves import AGENTS, TEAMS, Campaign, files, squash
from tests.fleet.test_permissions import as_ordinary_user

COMMIT = ("set", "threshold=0", "--where", "env:prod", "--commit")


@pytest.fixture
def repos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Repos:
    return Repos(tmp_path / "repos", capsys)


def test_a_repo_that_is_gone_is_named_with_the_way_on(repos: Repos, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    repos("set", "threshold=0", "--where", "env:prod", "--plan", str(plan))
    repos("wave", "plan", str(plan), "--by", "env")
    shutil.rmtree(repos.folder / "ml")
    for args in (COMMIT, ("wave", "status", str(plan))):
        ran = repos(*args)
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
        assert f"ml: {repos.folder / 'ml'} is not there; clone it there, or take it out of the fleet" in ran.err
    left = repos("wave", "start", str(plan), "--commit", repos=("platform", "data"))
    assert (left.code, len(left.err.splitlines())) == (3, 1)
    assert "ml:clusters/prod/ml-1/values.yaml" in left.err
    assert [len(repos.subjects(name)) for name in ("platform", "data")] == [1, 1]


def test_a_repo_that_the_user_may_not_write_keeps_all_from_it_and_can_be_left_out(repos: Repos) -> None:
    def run(*args: str) -> subprocess.CompletedProcess[str]:
        named = [word for name in REPOS for word in ("-C", str(repos.folder / name))]
        program = [sys.executable, "-m", "rea_xcom_tui", *named, *args]
        return subprocess.run(program, capture_output=True, text=True, preexec_fn=as_ordinary_user)

    folder = repos.folder / "ml/clusters/prod/ml-2"
    folder.chmod(0o555)
    try:
        refused = run(*COMMIT)
        assert (refused.returncode, [len(repos.subjects(name)) for name in REPOS]) == (3, [1, 1, 1])
        assert all(work.status() == [] for work in repos.works.values())
        assert f"the folder {folder} is not writable for you; -repo:ml in the query leaves it out" in refused.stderr
        done = run("set", "threshold=0", "--where", "env:prod -repo:ml", "--commit")
    finally:
        folder.chmod(0o755)
    assert (done.returncode, [len(repos.subjects(name)) for name in REPOS]) == (0, [2, 2, 1]), done.stderr


def test_a_state_that_forbids_a_wave_tells_no_query_and_a_repo_without_commits_is_named(
    repos: Repos, tmp_path: Path
) -> None:
    plan = str(tmp_path / "plan.json")
    repos("set", "threshold=0", "--where", "env:prod", "--plan", plan)
    repos("wave", "plan", plan, "--by", "env")
    merging = repos.works["data"].root / ".git/MERGE_HEAD"
    merging.write_text(repos.works["data"].head() + "\n")
    for args in (("wave", "start", plan, "--commit"), ("apply", plan, "--commit")):
        refused = repos(*args)
        assert (refused.code, "data: A merge is in progress" in refused.err) == (3, True), refused.err
        assert "query" not in refused.err
        assert [len(repos.subjects(name)) for name in REPOS] == [1, 1, 1]
    merging.unlink()
    shutil.rmtree(repos.folder / "ml/.git")
    repos.works["ml"].git("init", "-q")
    ran = repos("wave", "status", plan)
    assert (ran.code, "ml: there is no commit yet" in ran.err, len(ran.err.splitlines())) == (2, True, 1), ran.err


def test_clocks_that_differ_change_nothing_about_where_a_wave_stands(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clock(year: int) -> None:
        for kind in ("AUTHOR", "COMMITTER"):
            monkeypatch.setenv(f"GIT_{kind}_DATE", f"{year}-01-02T03:04:05Z")

    campaign = Campaign(capsys, tmp_path, {"work": files(TEAMS[:1], AGENTS[:1])})
    campaign.cli("wave", "plan", campaign.plan, "--by", "env")
    first, second, *_ = campaign.status()[0]
    clock(2037)
    squash(campaign.work, campaign.start())
    clock(1999)  # the next one is merged by a machine whose clock is far behind
    squash(campaign.work, campaign.start())
    states, told = campaign.status()
    assert (states[first], states[second], set(list(states.values())[2:])) == ("merged", "merged", {"planned"})
    assert told["next"]["wave"] == list(states)[2]
    clock(1998)
    campaign.work.git("revert", "--no-edit", "HEAD~1")
    campaign.work.git("push", "-q")
    assert campaign.status(1)[0] == {**states, first: "reverted"}
