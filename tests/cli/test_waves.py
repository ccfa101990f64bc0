"""`wave`: a promotion over 60 deployments in four waves, merged by plain git in every way, told from git alone."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.fleet.actions.planfile import PlannedEdit, SavedPlan
from rea_xcom_tui.fleet.campaign import status as standing
from rea_xcom_tui.fleet.campaign import waves as cutting
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.scan import scan_revision
from rea_xcom_tui.gitops import Repository
from rea_xcom_tui.reports.waves import cut_markdown, cut_text
from tests.cli.onboarding_layouts import application
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
HAND = "clusters/preprod/ledger/a0/values.yaml"
LATER = "clusters/preprod/search/a1/values.yaml"


class Campaign:
    """Clones with a bare remote each, a plan over all of them, and what its user would type."""

    def __init__(self, capsys: pytest.CaptureFixture[str], folder: Path, content: dict[str, dict[str, str]]) -> None:
        self.works: dict[str, Work] = {}
        for name, repo in content.items():
            seed = make_work(folder / "seeds" / name, repo)
            bare = folder / f"{name}.git"
            subprocess.run(["git", "clone", "-q", "--bare", str(seed.root), str(bare)], check=True)
            subprocess.run(["git", "clone", "-q", str(bare), str(folder / name)], check=True)
            self.works[name] = Work(folder / name)
        self.work = next(iter(self.works.values()))
        self._others = [word for work in list(self.works.values())[1:] for word in ("-C", str(work.root))]
        self._cli = Cli(capsys, self.work.root)
        self.plan = str(folder / "plan.json")
        fields = ("threshold", "path")
        ran = self.cli(
            "promote", *fields, "--from", "env:staging", "--to", "-env:staging", "--each", "--plan", self.plan
        )
        assert ran.code == 0, ran.err

    def cli(self, *args: str) -> Ran:
        return self._cli(*self._others, *args)

    def start(self, *args: str) -> str:
        """Start a wave and push its branch; returns the branch, with main checked out again."""
        ran = self.cli("wave", "start", self.plan, *args, "--commit")
        assert ran.code == 0, ran.err
        named = {work.git("branch", "--show-current").strip(): work for work in self.works.values()}
        (branch,) = named.keys() - {"main"}
        for work in self.works.values():
            if work.git("branch", "--show-current").strip() == branch:
                work.git("push", "-q", "origin", branch)
                work.git("checkout", "-q", "main")
        return branch

    def status(self, code: int = 0) -> tuple[dict[str, str], Any]:
        ran = self.cli("wave", "status", self.plan, "--format", "json")
        assert ran.code == code, ran.out + ran.err
        return {one["name"]: one["state"] for one in ran.json["waves"]}, ran.json


@pytest.fixture
def campaign(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Campaign:
    """Two agents in each of four environments."""
    return Campaign(capsys, tmp_path, {"work": files(TEAMS[:1], AGENTS[:2])})


def squash(work: Work, branch: str, *message: str) -> None:
    """Merge a branch as one commit of another id, with the message that git has collected or one of one's own."""
    work.git("merge", "-q", "--squash", branch)
    work.git("commit", "-q", *(message or ("--no-edit",)))
    work.git("push", "-q")


def rebase(work: Work, branch: str) -> None:
    """Merge a branch by rebasing it after main went on, and delete it everywhere."""
    work.write("README.md", f"meanwhile {branch}\n")
    work.commit_all("meanwhile")
    work.git("rebase", "-q", "main", branch)
    work.git("checkout", "-q", "main")
    work.git("merge", "-q", "--ff-only", branch)
    work.git("push", "-q", "origin", "main", f":{branch}")
    work.git("branch", "-qD", branch)


def join(work: Work, branch: str) -> None:
    """Merge a branch by a merge commit."""
    work.git("merge", "-q", "--no-ff", "-m", f"Merge {branch}", branch)
    work.git("push", "-q")


def test_a_promotion_in_four_waves_over_three_repos_is_told_right_after_every_step(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    c = Campaign(capsys, tmp_path, {team: files((team,), AGENTS) for team in TEAMS})
    growth, ledger, search = c.works.values()

    def expect(code: int = 0, /, **states: str) -> Any:
        found, told = c.status(code)
        assert found == {**dict.fromkeys(ENVS, "planned"), **states}
        return told

    def parts(told: Any, number: int) -> dict[str, str]:
        return {one["repo"]: one["state"] for one in told["waves"][number - 1]["repos"]}

    ran = c.cli("wave", "plan", c.plan, "--by", "env")
    assert [line for line in ran.out.splitlines() if line[:1].isdigit()] == [
        f"{number}. {env}: 15 deployments, 30 edits" for number, env in enumerate(ENVS, 1)
    ]

    # 1: squash-merged with a message of one's own, so that only the values tell; rebase-merged; merged
    branch = c.start()
    told = expect(qa="proposed")
    assert told["next"]["advice"] == f"next: merge wave 1 (qa), which is on {branch} in growth, ledger, search"
    twice = c.cli("wave", "start", c.plan, "--commit")
    assert (twice.code, f"merge wave 1 (qa), which is on {branch} in growth, led" in twice.err) == (3, True), twice.err
    assert "; name the wave to propose it again" in twice.err
    refused = c.cli("wave", "start", c.plan, "preprod", "--commit")
    assert (refused.code, c.work.status()) == (3, [])
    assert "comes after qa, which is not merged yet; merge first, or --force it" in refused.err
    squash(growth, branch, "-m", "Squashed by hand (#1)")
    by_hand = growth.head()
    growth.write(
        ONE.replace("prod", "qa"), growth.read(ONE.replace("prod", "qa")) + b"# a later change of something else\n"
    )
    growth.commit_all("later")
    growth.git("push", "-q")
    rebase(ledger, branch)
    told = expect(qa="proposed")
    assert parts(told, 1) == {"growth": "merged", "ledger": "merged", "search": "proposed"}
    assert told["next"]["advice"] == f"next: merge wave 1 (qa), which is on {branch} in search"
    join(search, branch)
    told = expect(qa="merged")
    holds(c.cli, "wave-status", json.dumps(told))
    assert (told["next"]["wave"], "`wave start" in told["next"]["advice"]) == ("preprod", True)
    made = {one["repo"]: one["commit"] for one in told["waves"][0]["repos"]}
    assert made == {"growth": by_hand, "ledger": ledger.head(), "search": search.git("rev-parse", "HEAD^2").strip()}

    # the same one reverted in one repo, where its message was the user's own; then merged again
    growth.git("revert", "--no-edit", by_hand)
    growth.git("push", "-q")
    told = expect(1, qa="reverted")
    assert told["waves"][0]["repos"][0]["commit"] == by_hand
    assert (parts(told, 1)["growth"], parts(told, 1)["ledger"], told["next"]["wave"]) == ("reverted", "merged", "qa")
    again = c.start("qa")
    assert again == told["waves"][0]["branch"] + "-2"
    join(growth, again)
    expect(qa="merged")

    # 2: edited by hand on its branch before a squash merge that keeps the trailers
    branch = c.start()
    ledger.git("checkout", "-q", branch)
    ledger.write(HAND, ledger.read(HAND).replace(b'"65536"', b'"7"'))
    ledger.commit_all("not this one")
    ledger.git("checkout", "-q", "main")
    for work in c.works.values():
        squash(work, branch)
    told = expect(1, qa="merged", preprod="drifted")
    assert parts(told, 2) == {"growth": "merged", "ledger": "drifted", "search": "merged"}
    odd = [one for one in told["waves"][1]["deployments"] if one["values"] != "new"]
    assert [(one["id"], one["values"], one["running"], one["was"], one["removed"]) for one in odd] == [
        (f"ledger:{HAND}", "other", None, "merged with other values", False)
    ]

    # mended, and another one changed by hand after the merge
    ledger.write(HAND, ledger.read(HAND).replace(b'"7"', b'"65536"'))
    search.write(LATER, search.read(LATER).replace(b'"65536"', b'"0"'))
    for work in (ledger, search):
        work.commit_all("by hand")
        work.git("push", "-q")
    text = c.cli("wave", "status", c.plan)
    assert (text.code, f"     search:{LATER}: has other values, changed since it was merged" in text.out) == (1, True)
    assert f"     in ledger: merged, by {ledger.git('rev-parse', 'HEAD~').strip()[:7]} (" in text.out
    search.git("revert", "--no-edit", "HEAD")
    search.git("push", "-q")

    # 3 and 4: plain merges, each of which is offered only where what comes before it is told as merged again
    for number, env in enumerate(ENVS[2:], 3):
        branch = c.start()
        assert branch.endswith(f"-{number}-{env}")
        for work in c.works.values():
            work.git("merge", "-q", "--ff-only", branch)
            work.git("push", "-q", "origin", "main", f":{branch}")
    told = expect(**dict.fromkeys(ENVS, "merged"))
    assert told["next"] == {"wave": None, "advice": "every wave is merged"}
    assert "every wave is merged; there is nothing to start" in c.cli("wave", "start", c.plan).err


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


def test_a_deployment_that_is_no_longer_there_is_told_and_blocks_nothing(campaign: Campaign) -> None:
    c = campaign
    assert c.cli("wave", "plan", c.plan, "--by", "env").code == 0
    qa, preprod, prod = (f"clusters/{env}/growth/a1/values.yaml" for env in ENVS[:3])
    squash(c.work, c.start())
    squash(c.work, c.start(), "-m", "without its lines")
    c.work.git("rm", "-q", qa, preprod, prod)
    c.work.commit_all("retired")
    c.work.git("push", "-q")
    states, told = c.status()
    assert states == {"qa": "merged", "preprod": "merged", "prod": "planned", "dr": "planned"}
    was = "removed or moved since it was merged"
    for wave, commit in zip(told["waves"], ("HEAD~2", "HEAD~"), strict=False):
        (odd,) = [one for one in wave["deployments"] if one["values"] != "new"]
        assert (odd["values"], odd["was"], odd["removed"]) == ("gone", was, True)
        assert wave["commit"] == c.work.git("rev-parse", commit).strip()
    text = c.cli("wave", "status", c.plan).out
    assert "1. qa            merged    1 of 2 deployments as planned, 1 no longer there, by " in text
    assert f"     {qa}: is not there, {was}" in text
    ran = c.cli("wave", "start", c.plan)
    assert (ran.code, ran.out.count('+    value: "65536"')) == (0, 1), ran.err
    assert f"left out, no longer there: {prod}" in ran.err
    squash(c.work, c.start())
    states, told = c.status()
    assert (states["prod"], told["waves"][2]["deployments"][1]["was"]) == ("merged", was.replace("since", "before"))

    # a file that is there and cannot be read is something else
    there = qa.replace("a1", "a0")
    c.work.write(there, b"a: [\n" + c.work.read(there))
    c.work.commit_all("torn")
    c.work.git("push", "-q")
    assert c.status(1)[0]["qa"] == "drifted"


def test_a_layered_fleet_is_read_once_to_name_the_commits_of_its_waves(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content: dict[str, str] = {}
    for env in ENVS:
        text = application(env).replace("values/prod/growth", f"values/{env}")
        content |= {f"argocd/{env}.yaml": text, f"values/{env}/{env}.yaml": agent(env, "growth", env, "0", "")}
    work, plan = make_work(tmp_path / "work", content), str(tmp_path / "plan.json")
    cli = Cli(capsys, work.root)
    assert cli("set", "threshold=65536", "--all", "--plan", plan).code == 0
    assert cli("wave", "plan", plan, "--by", "env").code == 0
    made = []
    for env in ENVS:
        assert cli("set", "threshold=65536", "--where", f"env:{env}", "--commit", "-m", "by hand").code == 0
        made.append(work.head())
    work.write("README.md", "later\n")
    work.commit_all("later")
    read: list[str] = []

    def counted(repository: Repository, ref: str, reading: Reading) -> Fleet:
        read.append(ref)
        return scan_revision(repository, ref, reading)

    monkeypatch.setattr(standing, "scan_revision", counted)
    waves = cli("wave", "status", plan, "--format", "json").json["waves"]
    assert [(one["state"], one["commit"]) for one in waves] == [("merged", oid) for oid in made]
    assert read == [work.head()]

    # where a file of theirs was otherwise, that commit is read
    file = "values/qa/qa.yaml"
    for old, new in ((b'"65536"', b'"7"'), (b'"7"', b'"65536"')):
        work.write(file, work.read(file).replace(old, new))
        work.commit_all("by hand")
    read.clear()
    waves = cli("wave", "status", plan, "--format", "json").json["waves"]
    assert [one["commit"] for one in waves] == [work.head(), *made[1:]]
    assert read == [work.head(), work.git("rev-parse", "HEAD~").strip()]


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

    # a branch of somebody's with the wave's name behind a slash of its own is not the wave's, that of a remote is
    c.work.git("checkout", "-q", "-b", f"x/{branches['qa']}")
    for one in ("a0", "a1"):
        c.work.write(f"clusters/qa/growth/{one}/values.yaml", agent("qa", "growth", one, "65536", "v2/").encode())
    c.work.commit_all("by hand")
    c.work.git("checkout", "-q", "main")
    assert set(c.status()[0].values()) == {"planned"}
    c.work.git("update-ref", f"refs/remotes/origin/{branches['qa']}", f"x/{branches['qa']}")
    states, told = c.status()
    assert states["qa"] == "proposed"
    assert told["next"]["advice"] == f"next: merge wave 1 (qa), which is on origin/{branches['qa']}"


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
    assert "--replan` plans it again" in ran.err
    again = c.cli("apply", c.plan, "--replan", "--write")
    assert (again.code, again.out) == (3, "")
    assert f"refused: {ONE}: threshold: threshold of {ONE} is 5 now" in again.err
    assert "1 edit of the plan already done" in again.err
    new = tmp_path / "new.json"
    assert c.cli("apply", c.plan, "--replan", "--skip-refused", "--plan", str(new)).code == 3
    assert len(json.loads(new.read_text())["edits"]) == 14
    assert c.cli("apply", str(new), "--write").code == 0
    c.work.write(TWO, c.work.read(TWO) + b"<<<<<<< ours\na: 1\n=======\na: 2\n>>>>>>> theirs\n")
    torn = c.cli("apply", c.plan, "--replan").err
    assert f"refused: {TWO}: threshold: {TWO}, line " in torn
    assert "cannot be read: Lines " in torn
    assert "are an unresolved merge conflict: keep one" in torn


WRONG: list[tuple[tuple[str, ...], str]] = [
    ((), "say which: wave plan"),
    (("plan", "{plan}"), "say what makes a wave: --by env, percent, canary"),
    (("plan", "{plan}", "--by", "percent", "--steps", "50,10"), "have to rise, from 1 or more to 100"),
    (("plan", "{plan}", "--by", "percent", "--steps", "a"), "write them as 10,50,100"),
    (("plan", "{plan}", "--by", "env", "--steps", "100"), "--steps can only be used with --by percent"),
    (("plan", "{plan}", "--by", "canary", "--canary", "name:nobody"), "is a canary by this query"),
    (("plan", "{plan}", "--by", "env", "--order", "prod"), "an order names each wave once"),
    (("plan", "nowhere.json", "--by", "env"), "cannot be read"),
    (("status", "{plan}"), "is not cut into waves; `wave plan"),
    (("status", "{plan}", "--releases", "x", "--cluster", "y"), "exclude each other"),
    (("start", "{plan}", "prod"), "is not cut into waves"),
]


def test_values_from_before_a_plan_over_several_repos_are_no_wave_and_all_its_repos_are_wanted(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    c = Campaign(capsys, tmp_path, {team: files((team,), AGENTS[:1]) for team in TEAMS[:2]})
    c.cli("set", "threshold=65536", "--where", "-env:staging", "--commit")
    c.cli("undo", "--commit")
    for work in c.works.values():
        work.git("push", "-q")
    ran = c.cli("set", "threshold=65536", "--where", "-env:staging", "--plan", c.plan, "--force")
    assert ran.code == 0, ran.err
    assert c.cli("wave", "plan", c.plan, "--by", "env").code == 0
    assert c.status()[0] == dict.fromkeys(ENVS, "planned")
    holds(c.cli, "plan", Path(c.plan).read_text())

    data = json.loads(Path(c.plan).read_text())
    before = tmp_path / "before.json"  # as plans were kept before they told where each repo stood
    before.write_text(json.dumps({key: value for key, value in data.items() if key != "heads"}))
    alone = Cli(capsys, c.work.root)
    others = ("-C", str(make_work(tmp_path / "another", files(TEAMS[2:], AGENTS[:1])).root))
    own = str(tmp_path / "own.json")
    assert alone("set", "threshold=65536", "--all", "--plan", own).code == 0
    for ran, code, said in (
        (alone("wave", "status", c.plan), 2, "was made over several repos; name growth, ledger with -C for each"),
        (alone("wave", "status", str(before)), 2, "was made over several repos; name growth, ledger with -C for each"),
        (alone(*others, "wave", "status", str(before)), 3, "changes deployments in ledger too, such as ledger:clu"),
        (alone("migrate", c.plan), 2, "was made over several repos; name growth, ledger with -C for each"),
        (alone(*others, "wave", "status", c.plan), 3, "changes deployments in ledger too, such as ledger:clusters/dr/"),
        (alone(*others, "apply", c.plan, "--replan"), 3, "which is not among the repos growth, another; name every"),
        (c.cli("wave", "plan", own, "--by", "env"), 2, "was made over one repo or with other names for its repos"),
    ):
        assert (ran.code, said in ran.err) == (code, True), ran.err


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
        ({"campaign": {"id": "x", "waves": [{}]}}, "cannot be read; cut the plan again"),
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


def test_a_wave_names_whom_a_shared_layer_changes_besides() -> None:
    one, other, third = "a/values.yaml", "b/values.yaml", "c/values.yaml"
    edits = (
        PlannedEdit(one, "threshold", "0", "1", "1", layer="base.yaml", shared=True, also=(one, other, third)),
        PlannedEdit(other, "threshold", "0", "1", "1"),
    )
    waves = (cutting.Wave("canary", "x/1", (one,)), cutting.Wave("rest", "x/2", (other,)))
    found = cutting.Campaign("1f0c93ab", "canary", waves, SavedPlan(Path("plan.json"), {}, edits, None, None))
    told = f"base.yaml is shared, so this also changes {other} (of rest), {third}"
    assert cut_text(found).split("\n")[3] == f"   {told}"
    assert told in cut_markdown(found)
    assert cut_text(found).count("shared") == 1
