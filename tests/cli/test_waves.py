"""`wave`: a promotion over 60 deployments in four waves, merged by plain git in every way, told from git alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.cli.run import Cli, Ran
from tests.cli.test_toolchain import holds
from tests.work import Work, make_work, values

ENVS = ("qa", "preprod", "prod", "dr")
TEAMS = ("growth", "ledger", "search")
AGENTS = tuple(f"a{number}" for number in range(5))


def agent(env: str, team: str, name: str, threshold: str, prefix: str) -> str:
    return values(
        f"{team}-{name}",
        path=f"s3://aws_xcom@{team}-{env}-xcom/{prefix}{name}",
        threshold=threshold,
        role=f"arn:aws:iam::222233334444:role/{team}-{env}",
    )


def files(teams: tuple[str, ...], agents: tuple[str, ...]) -> dict[str, str]:
    return {
        f"clusters/{env}/{team}/{name}/values.yaml": agent(env, team, name, *wanted)
        for env, wanted in (("staging", ("65536", "v2/")), *((env, ("0", "")) for env in ENVS))
        for team in teams
        for name in agents
    }


ONE = "clusters/prod/growth/a0/values.yaml"
TWO = "clusters/prod/growth/a1/values.yaml"


class Campaign:
    """A clone with a bare remote, a plan, and what its user would type."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path, content: dict[str, str]) -> None:
        seed = make_work(folder / "seed", content)
        self.bare = folder / "bare.git"
        subprocess.run(["git", "clone", "-q", "--bare", str(seed.root), str(self.bare)], check=True)
        subprocess.run(["git", "clone", "-q", str(self.bare), str(folder / "work")], check=True)
        self.work = Work(folder / "work")
        self.cli = Cli(capsys, self.work.root)
        self.plan = str(folder / "plan.json")
        fields = ("threshold", "path")
        ran = self.cli(
            "promote", *fields, "--from", "env:staging", "--to", "-env:staging", "--each", "--plan", self.plan
        )
        assert ran.code == 0, ran.err

    def main(self) -> None:
        self.work.git("checkout", "-q", "main")
        self.work.git("pull", "-q", "--ff-only")

    def start(self, *args: str) -> str:
        """Start a wave and push its branch; returns the branch, with main checked out again."""
        ran = self.cli("wave", "start", self.plan, *args, "--commit")
        assert ran.code == 0, ran.err
        branch = self.work.git("branch", "--show-current").strip()
        self.work.git("push", "-q", "origin", branch)
        self.main()
        return branch

    def status(self, code: int = 0) -> tuple[dict[str, str], Any]:
        ran = self.cli("wave", "status", self.plan, "--format", "json")
        assert ran.code == code, ran.out + ran.err
        return {one["name"]: one["state"] for one in ran.json["waves"]}, ran.json


@pytest.fixture
def campaign(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Campaign:
    """Two agents in each of four environments."""
    return Campaign(capsys, tmp_path, files(TEAMS[:1], AGENTS[:2]))


def test_a_promotion_in_four_waves_is_told_right_after_every_step(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    c = Campaign(capsys, tmp_path, files(TEAMS, AGENTS))
    git = c.work.git
    ran = c.cli("wave", "plan", c.plan, "--by", "env")
    assert ran.code == 0
    assert [line for line in ran.out.splitlines() if line[:1].isdigit()] == [
        f"{number}. {env}: 15 deployments, 30 edits" for number, env in enumerate(ENVS, 1)
    ]
    assert c.status()[0] == dict.fromkeys(ENVS, "planned")

    # 1: squash-merged, with a message of one's own: only the values tell
    branch = c.start()
    assert c.status()[0] == {**dict.fromkeys(ENVS, "planned"), "qa": "proposed"}
    refused = c.cli("wave", "start", c.plan, "preprod", "--commit")
    assert (refused.code, c.work.status()) == (3, [])
    assert "comes after qa, which is not merged yet; merge first, or --force it" in refused.err
    git("merge", "-q", "--squash", branch)
    git("commit", "-qm", "Squashed by hand (#1)")
    git("push", "-q")
    states, told = c.status()
    holds(c.cli, "wave-status", json.dumps(told))
    assert states == {"qa": "merged", "preprod": "planned", "prod": "planned", "dr": "planned"}
    assert "`wave start" in told["next"]["advice"]
    assert told["next"]["wave"] == "preprod"

    # 2: rebase-merged after main went on, the branch deleted
    branch = c.start()
    c.work.write("README.md", "meanwhile\n")
    c.work.commit_all("meanwhile")
    git("push", "-q")
    git("checkout", "-q", branch)
    git("rebase", "-q", "main")
    git("checkout", "-q", "main")
    git("merge", "-q", "--ff-only", branch)
    git("push", "-q", "origin", "main", f":{branch}")
    git("branch", "-qD", branch)
    states, told = c.status()
    assert states == {"qa": "merged", "preprod": "merged", "prod": "planned", "dr": "planned"}
    assert told["waves"][1]["commit"] == c.work.head()

    # 1 again: reverted; its message was the user's own, so only the history of the values tells
    git("revert", "--no-edit", "HEAD~2")
    git("push", "-q")
    states, told = c.status(1)
    assert states == {"qa": "reverted", "preprod": "merged", "prod": "planned", "dr": "planned"}
    assert told["next"]["wave"] == "qa"
    again = c.start("qa")
    assert again == told["waves"][0]["branch"] + "-2"
    git("merge", "-q", "--no-ff", "-m", "Merge the wave again", again)
    git("push", "-q")
    assert c.status()[0]["qa"] == "merged"

    # 3: edited by hand on its branch before a squash merge that keeps the trailers
    branch = c.start()
    git("checkout", "-q", branch)
    c.work.write(ONE, c.work.read(ONE).replace(b'"65536"', b'"7"'))
    c.work.commit_all("not this one")
    git("checkout", "-q", "main")
    git("merge", "-q", "--squash", branch)
    git("commit", "-q", "--no-edit")
    git("push", "-q")
    states, told = c.status(1)
    assert states == {"qa": "merged", "preprod": "merged", "prod": "drifted", "dr": "planned"}
    odd = [one for one in told["waves"][2]["deployments"] if one["values"] != "new"]
    assert odd == [{"id": ONE, "values": "other", "running": None, "was": "merged with other values"}]

    # mended, and another one changed by hand after the merge
    c.work.write(ONE, c.work.read(ONE).replace(b'"7"', b'"65536"'))
    c.work.write(TWO, c.work.read(TWO).replace(b'"65536"', b'"0"'))
    c.work.commit_all("by hand")
    git("push", "-q")
    states, told = c.status(1)
    assert states["prod"] == "drifted"
    text = c.cli("wave", "status", c.plan)
    assert f"     {TWO}: has other values, changed since it was merged" in text.out
    git("revert", "--no-edit", "HEAD")
    git("commit", "-q", "--amend", "-m", "as it was")
    c.work.write(ONE, c.work.read(ONE).replace(b'"7"', b'"65536"'))
    c.work.commit_all("right again")
    git("push", "-q")
    assert c.status()[0] == {"qa": "merged", "preprod": "merged", "prod": "merged", "dr": "planned"}

    # 4: a plain merge; afterwards nothing is left to start
    git("merge", "-q", "--no-ff", "-m", "last", c.start())
    git("push", "-q")
    states, told = c.status()
    assert states == dict.fromkeys(ENVS, "merged")
    assert told["next"] == {"wave": None, "advice": "every wave is merged"}
    assert "every wave is merged, nothing to start" in c.cli("wave", "start", c.plan).err
    assert (
        c.cli("promote", "threshold", "path", "--from", "env:staging", "--to", "env:prod").err.count("already so") == 1
    )


def test_what_runs_is_told_from_exports(campaign: Campaign, tmp_path: Path) -> None:
    c = campaign
    assert c.cli("wave", "plan", c.plan, "--by", "env").code == 0
    c.work.git("merge", "-q", "--ff-only", c.start())
    c.work.git("push", "-q")
    exports = tmp_path / "exports"
    (exports / "qa").mkdir(parents=True)
    for name in AGENTS[:2]:
        (exports / "qa" / f"growth-{name}.yaml").write_text(agent("qa", "growth", name, "65536", "v2/"))
    ran = c.cli("wave", "status", c.plan, "--releases", str(exports), "--format", "json")
    assert ran.json["waves"][0]["state"] == "running"
    (exports / "qa" / "growth-a0.yaml").write_text(agent("qa", "growth", "a0", "0", "v2/"))
    ran = c.cli("wave", "status", c.plan, "--releases", str(exports))
    assert "2 of 2 deployments as planned, 1 running" in ran.out
    assert "clusters/qa/growth/a0/values.yaml: does not run with the planned values yet" in ran.out


def test_cuts_orders_and_texts(campaign: Campaign) -> None:
    c = campaign
    data = json.loads(Path(c.plan).read_text())
    ran = c.cli("wave", "plan", c.plan, "--by", "percent", "--steps", "5,50,100", "--format", "json")
    assert [(one["name"], len(one["deployments"])) for one in ran.json["waves"]] == [
        ("5%", 1),
        ("50%", 3),
        ("100%", 4),
    ]
    ran = c.cli("wave", "plan", c.plan, "--by", "canary", "--canary", "name:growth-a0 env:dr", "--format", "json")
    assert [(one["name"], len(one["deployments"])) for one in ran.json["waves"]] == [("canary", 1), ("rest", 7)]
    assert c.cli("wave", "plan", c.plan, "--by", "env", "--order", "prod,qa,dr,preprod").code == 0
    kept = json.loads(Path(c.plan).read_text())
    holds(c.cli, "plan", json.dumps(kept))
    assert [one["name"] for one in kept["campaign"]["waves"]] == ["prod", "qa", "dr", "preprod"]
    assert {key: kept[key] for key in data} == data
    branches = {one["name"]: one["branch"] for one in kept["campaign"]["waves"]}
    assert c.cli("wave", "plan", c.plan, "--order", "qa,preprod,prod,dr").code == 0
    kept = json.loads(Path(c.plan).read_text())
    assert {one["name"]: one["branch"] for one in kept["campaign"]["waves"]} == branches
    text = c.cli("wave", "text", c.plan, "preprod").out
    assert text.startswith("<!-- rea-xcom-tui wave -->\n\nWave 2 of 4 (preprod): threshold, path of 2 deployments.")
    assert "It comes after qa. After it comes prod, dr." in text
    assert text.rstrip().splitlines()[-1] == "Xcom-Wave: preprod"
    shown = c.cli("wave", "start", c.plan)
    assert (shown.code, shown.out.count('+    value: "65536"'), c.work.status()) == (0, 2, [])


def test_a_plan_whose_values_have_changed_names_each_and_can_be_planned_anew(
    campaign: Campaign, tmp_path: Path
) -> None:
    c = campaign
    c.work.write(ONE, c.work.read(ONE).replace(b'"0"', b'"5"'))
    c.work.write(TWO, b"# a word\n" + c.work.read(TWO).replace(b'"0"', b'"65536"'))
    ran = c.cli("apply", c.plan, "--write")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (3, "", 1)
    assert "4 preconditions of the plan do not hold" in ran.err
    assert f"threshold of {ONE} is 5 now and was 0 when the edit was planned" in ran.err
    assert "--replan` plans it anew" in ran.err
    again = c.cli("apply", c.plan, "--replan", "--write")
    assert (again.code, again.out) == (3, "")
    assert f"refused: {ONE}: threshold: threshold of {ONE} is 5 now" in again.err
    assert "1 edit of the plan done already" in again.err
    new = tmp_path / "new.json"
    assert c.cli("apply", c.plan, "--replan", "--skip-refused", "--plan", str(new)).code == 3
    assert len(json.loads(new.read_text())["edits"]) == 14
    assert c.cli("apply", str(new), "--write").code == 0


def test_waves_go_through_three_repos(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    works: dict[str, Work] = {}
    for number, team in enumerate(TEAMS):
        works[team] = make_work(tmp_path / team, files((team,), AGENTS[: 2 - number % 2]))
        bare = tmp_path / f"{team}.git"
        subprocess.run(["git", "clone", "-q", "--bare", str(works[team].root), str(bare)], check=True)
        works[team].git("remote", "add", "origin", str(bare))
        works[team].git("fetch", "-q", "origin")
    named = [word for work in works.values() for word in ("-C", str(work.root))]
    cli, plan = Cli(capsys, works[TEAMS[0]].root), str(tmp_path / "plan.json")

    def run(*args: str) -> Ran:
        return cli(*named[2:], *args)

    def states(code: int = 0) -> list[str]:
        ran = run("wave", "status", plan, "--format", "json")
        assert ran.code == code, ran.err
        return [one["state"] for one in ran.json["waves"]]

    ran = run("promote", "threshold", "path", "--from", "env:staging", "--to", "-env:staging", "--each", "--plan", plan)
    assert ran.code == 0, ran.err
    assert run("wave", "plan", plan, "--by", "env").code == 0
    assert states() == ["planned"] * 4
    assert run("wave", "start", plan, "--commit").code == 0
    branch = works["growth"].git("branch", "--show-current").strip()
    assert {work.git("branch", "--show-current").strip() for work in works.values()} == {branch}
    assert states() == ["proposed", "planned", "planned", "planned"]
    for done, work in enumerate(works.values(), 1):
        work.git("checkout", "-q", "main")
        work.git("merge", "-q", "--squash", branch)
        work.git("commit", "-qm", "squashed")
        work.git("push", "-q", "origin", "main")
        assert states()[0] == ("merged" if done == 3 else "proposed")
    works["search"].git("revert", "--no-edit", "HEAD")
    works["search"].git("push", "-q", "origin", "main")
    assert states(1) == ["reverted", "planned", "planned", "planned"]


WRONG: list[tuple[tuple[str, ...], str]] = [
    ((), "say which: wave plan"),
    (("plan", "{plan}"), "say what makes a wave: --by env, percent, canary"),
    (("plan", "{plan}", "--by", "percent", "--steps", "50,10"), "have to grow from 1 or more to 100"),
    (("plan", "{plan}", "--by", "percent", "--steps", "a"), "write them as 10,50,100"),
    (("plan", "{plan}", "--by", "env", "--steps", "100"), "--steps can only be used with --by percent"),
    (("plan", "{plan}", "--by", "canary", "--canary", "name:nobody"), "is a canary by this query"),
    (("plan", "{plan}", "--by", "env", "--order", "prod"), "an order names each wave once"),
    (("plan", "nowhere.json", "--by", "env"), "cannot be read"),
    (("status", "{plan}"), "is not cut into waves; `wave plan"),
    (("status", "{plan}", "--releases", "x", "--cluster", "y"), "exclude each other"),
    (("start", "{plan}", "prod"), "is not cut into waves"),
]


def test_wrong_usage_is_one_sentence(capsys: pytest.CaptureFixture[str], fleet_repo: Work, tmp_path: Path) -> None:
    cli, plan = Cli(capsys, fleet_repo.root), str(tmp_path / "plan.json")
    assert cli("set", "threshold=7", "--all", "--plan", plan).code == 0
    for args, said in WRONG:
        ran = cli("wave", *(arg.format(plan=plan) for arg in args))
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1), args
        assert said in ran.err


def test_a_plan_of_another_version_or_by_another_hand_is_refused(
    capsys: pytest.CaptureFixture[str], fleet_repo: Work, tmp_path: Path
) -> None:
    cli, path = Cli(capsys, fleet_repo.root), tmp_path / "plan.json"
    assert cli("set", "threshold=7", "--all", "--plan", str(path)).code == 0
    assert cli("wave", "plan", str(path), "--by", "env").code == 0
    good = json.loads(path.read_text())
    for change, said in (
        ({"schema": 0}, "was made by another version of the tool (its schema is 0, and 1 is read here)"),
        ({"campaign": {"id": "x", "waves": [{}]}}, "cannot be read; cut the plan anew"),
        ({"campaign": {**good["campaign"], "waves": good["campaign"]["waves"][:1]}}, "do not fit its edits"),
        ({"edits": good["edits"][:1]}, "do not fit its edits"),
    ):
        path.write_text(json.dumps({**good, **change}))
        ran = cli("wave", "status", str(path))
        assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
        assert said in ran.err
    path.write_text(json.dumps(good))
    ran = cli("wave", "start", str(path), "9")
    assert (ran.code, "its waves are dev, prod" in ran.err) == (2, True)
    fleet_repo.git("checkout", "-q", "-b", good["campaign"]["waves"][0]["branch"])
    ran = cli("wave", "start", str(path), "dev")
    assert (ran.code, "is the branch of a wave" in ran.err) == (3, True)
