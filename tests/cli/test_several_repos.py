"""Several repos as one fleet, by command: one table, edits over all of them, and for each its own commit."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.cli.app import execute
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.opening import open_fleet
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.gate import Gate
from rea_xcom_tui.user.fleets import read_fleets
from tests.cli.run import Ran
from tests.cli.test_toolchain import holds
from tests.work import Work, make_work, values

REPOS = ("platform", "data", "ml")


class Repos:
    """Three repos with a bare remote each, and the commands over all of them."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys
        self.works: Mapping[str, Work] = {name: self._made(name) for name in REPOS}

    def _made(self, name: str) -> Work:
        files = {
            f"clusters/{env}/{name}-{n}/values.yaml": values(
                f"{name}-{n}", path=f"s3://aws_xcom@{name}-{env}-xcom/{name}-{n}", compression=None
            )
            for env in ("prod", "staging")
            for n in (1, 2)
        }
        work = make_work(self.folder / name, files)
        remote = Work(self.folder / f"{name}.git")
        remote.root.mkdir()
        remote.git("init", "-q", "--bare")
        work.git("remote", "add", "origin", str(remote.root))
        work.git("push", "-q", "-u", "origin", "main")
        return work

    def __call__(self, *args: str, repos: tuple[str, ...] = REPOS) -> Ran:
        self.capsys.readouterr()
        code = execute([*(word for name in repos for word in ("-C", str(self.folder / name))), *args])
        done = self.capsys.readouterr()
        assert "Traceback" not in done.err
        return Ran(code, done.out, done.err)

    def thresholds(self) -> dict[str, int]:
        return {
            d["id"]: d["fields"]["threshold"]["value"] for d in self("list", "--format", "json").json["deployments"]
        }

    def subjects(self, name: str, revision: str = "HEAD") -> list[str]:
        return self.works[name].git("log", "--format=%s", revision).splitlines()


@pytest.fixture
def repos(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Repos:
    return Repos(tmp_path / "repos", capsys)


def row(repo: str, env: str, n: int) -> str:
    return f"{repo}:clusters/{env}/{repo}-{n}/values.yaml"


def test_check_tells_the_same_notices_with_and_without_the_whole_fleet(repos: Repos) -> None:
    workflow = (
        "run: helm upgrade {0} c --install -f clusters/prod/{0}-1/values.yaml -f clusters/staging/{0}-1/values.yaml\n"
    )
    repos.works["data"].write(".github/workflows/deploy.yml", workflow.format("data"))
    repos.works["ml"].write("clusters/prod/ml-1/values copy.yaml", values("copy"))
    repos.works["ml"].write(".rea-xcom-tui.toml", "[repo]\nread_only = true\n")
    whole = repos("check", "--format", "sarif", "--fail-on", "never")
    kept = repos("check", "--fail-on", "never")
    assert kept.err == whole.err
    assert "note: data: a command in .github/workflows/deploy.yml" in kept.err
    assert "note: ml: 1 file left out" in kept.err
    assert "note: ml is only read" in kept.err


def test_one_table_tells_the_repo_of_each_row_and_queries_ask_for_it(repos: Repos) -> None:
    told = repos("list", "--format", "json", "repo:data,ml", "env:prod").json
    assert "repo" not in told
    assert [one["name"] for one in told["repos"]] == list(REPOS)
    assert {one["root"] for one in told["repos"]} == {str(repos.folder / name) for name in REPOS}
    rows = told["deployments"]
    assert [one["id"] for one in rows] == [row(repo, "prod", n) for repo in ("data", "ml") for n in (1, 2)]
    first = rows[0]
    assert (first["repo"], first["name"], first["file"]) == ("data", "data-1", "clusters/prod/data-1/values.yaml")
    assert first["fields"]["path"]["file"] == first["file"] == first["layers"][0]
    assert repos("list").out.splitlines()[0].split()[:2] == ["REPO", "NAME"]
    assert repos("list", "repo:nowhere").out == ""
    alone = repos("list", "--format", "json", repos=("data",)).json
    assert "repos" not in alone
    assert alone["deployments"][0]["id"] == "clusters/prod/data-1/values.yaml"


def test_folders_may_be_named_as_words_and_are_told_apart_by_as_much_of_the_path_as_it_takes(
    repos: Repos, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = make_work(tmp_path / "others" / "data", {"prod/etl/values.yaml": values("etl")})
    assert execute([str(repos.folder / "data"), str(other.root)]) == 0
    shown = capsys.readouterr().out
    assert "repos/data" in shown
    assert "others/data" in shown


def test_one_edit_over_all_is_one_commit_with_a_message_of_its_own_in_each_repo(repos: Repos) -> None:
    dry = repos("set", "threshold=0", "--where", "env:prod -name:data-2")
    assert dry.code == 0
    assert "5 edits in 5 deployments; nothing was written" in dry.err
    assert set(repos.thresholds().values()) == {1048576}
    done = repos("set", "threshold=0", "--where", "env:prod -name:data-2", "--commit", "--branch", "always")
    assert done.code == 0, done.err
    assert repos.thresholds() == {
        row(repo, env, n): 0 if env == "prod" and (repo, n) != ("data", 2) else 1048576
        for repo in sorted(REPOS)
        for env in ("prod", "staging")
        for n in (1, 2)
    }
    assert [repos.subjects(name)[0] for name in REPOS] == [
        "xcom: set threshold to 0 on 2 prod deployments",
        "xcom: set threshold to 0 on data-1 (prod)",
        "xcom: set threshold to 0 on 2 prod deployments",
    ]
    assert all(work.git("branch", "--show-current").strip() == "always" for work in repos.works.values())
    differs = repos("diff", "main")
    assert differs.code == 1
    assert len(differs.out.splitlines()) == 5
    assert row("data", "prod", 1) in differs.out
    pushed = repos("push", "--yes")
    assert pushed.code == 0, pushed.err
    for name, work in repos.works.items():
        remote = Work(repos.folder / f"{name}.git")
        assert remote.git("rev-parse", "always").strip() == work.head()


def test_nothing_is_pushed_in_any_repo_where_one_server_would_not_take_it(repos: Repos) -> None:
    data, ml = repos.works["data"], repos.works["ml"]
    assert repos("set", "threshold=0", "--where", "env:prod", "--commit").code == 0
    elsewhere = Work(repos.folder / "elsewhere")
    data.git("clone", "-q", str(repos.folder / "data.git"), str(elsewhere.root))
    elsewhere.write("NEWS", "of others\n")
    theirs = elsewhere.commit_all()
    elsewhere.git("push", "-q")

    def there() -> list[str]:
        return [Work(repos.folder / f"{name}.git").git("rev-parse", "main").strip() for name in REPOS]

    before = there()
    told = repos("push", "--yes")  # nobody here has heard of the new commit yet: the server is asked
    assert (told.code, told.out, there()) == (2, "", before)
    assert "data: origin has commits on main that are not here" in told.err
    assert "Nothing was pushed in any repo." in told.err
    data.git("fetch", "-q")
    known = repos("push", "--yes")
    assert (known.code, there()) == (3, before)
    assert "data: its remote has commits that are not here, so nothing was pushed in any repo" in known.err
    data.git("rebase", "-q", "origin/main")

    hook = repos.folder / "ml.git/hooks/pre-receive"
    hook.write_text("#!/bin/sh\necho no >&2; exit 1\n")
    hook.chmod(0o755)
    late = repos("push", "--yes")  # what only the push itself shows: what went before stays, and is named
    assert late.code == 2
    assert "ml: origin refused the branch main: no (pushed before that, and there: platform, data)" in late.err
    hook.unlink()
    repos.works["platform"].git("checkout", "-q", "--detach")
    last = repos("push", "--yes")
    assert last.code == 0, last.err
    assert "platform: left out: no branch is checked out" in last.err
    assert "data: the remote already has everything" in last.err
    assert there()[1:] == [data.head(), ml.head()]
    assert data.git("merge-base", theirs, "HEAD").strip() == theirs
    assert "nothing can be pushed: platform: only read" in repos("--read-only", "push", "--yes").err


def test_undo_takes_back_in_every_repo_what_was_one_and_leaves_the_rest(repos: Repos) -> None:
    assert repos("set", "threshold=5", "--where", row_name("data", "staging", 1), "--write").code == 0
    assert repos("set", "threshold=0", "--where", "env:prod repo:data,ml -name:ml-2", "--write").code == 0
    undone = repos("undo")
    assert undone.code == 0
    assert "undid 'threshold of 3 deployments in 2 repos' of " in undone.out
    assert "3 files put back" in undone.out
    left = repos.thresholds()
    assert left.pop(row("data", "staging", 1)) == 5
    assert set(left.values()) == {1048576}
    assert repos("undo").code == 0
    assert set(repos.thresholds().values()) == {1048576}
    nothing = repos("undo")
    assert nothing.code == 3
    assert repos("set", "threshold=0", "--where", "env:prod repo:data,ml", "--commit").code == 0
    alike = repos("undo", "--write").out
    assert "undid 'threshold of 4 deployments in 2 repos' of " in alike
    assert "the 2 commits that hold it stay" in alike


def test_undo_of_commits_shows_the_reverse_in_every_repo_and_commits_it(repos: Repos) -> None:
    repos("set", "threshold=0", "--where", "env:prod", "--commit")
    shown = repos("undo")
    assert shown.code == 0
    assert "6 edits in 6 deployments; nothing was written" in shown.err
    assert repos("undo", "--commit").code == 0
    assert set(repos.thresholds().values()) == {1048576}
    assert all(len(repos.subjects(name)) == 3 for name in REPOS)


def test_an_undo_that_cannot_be_committed_is_refused_before_any_work_or_names_what_is_put_back(repos: Repos) -> None:
    repos("set", "threshold=0", "--where", "env:prod", "--commit")
    git = repos.works["ml"].git
    git("checkout", "-q", "-b", "topic")
    merging = repos.works["ml"].root / ".git/MERGE_HEAD"
    merging.write_text(repos.works["ml"].head() + "\n")
    refused = repos("undo", "--commit")
    assert (refused.code, "ml: A merge is in progress" in refused.err) == (3, True), refused.err
    assert all(work.status() == [] for work in repos.works.values())
    merging.unlink()
    repos.works["data"].hook("pre-commit", "#!/bin/sh\necho no >&2; exit 1\n")
    stopped = repos("undo", "--commit")
    assert stopped.code == 2
    assert "committed before that, and still there: platform (" in stopped.err
    left = f"{row('data', 'prod', 1)}, {row('data', 'prod', 2)}, {row('ml', 'prod', 1)} and 1 more"
    assert f"put back and not committed: {left}; `git commit` or `git restore` them" in stopped.err
    assert [len(work.status()) for work in repos.works.values()] == [0, 2, 2]


def test_a_wave_that_a_hook_stops_half_way_tells_where_it_is_missing_and_can_be_gone_back_from(
    repos: Repos, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = "".join(f'[repos.{name}]\npath = "{repos.folder / name}"\nbranch = "main"\n' for name in REPOS)
    (tmp_path / "fleets.toml").write_text(named)
    plan = str(tmp_path / "plan.json")
    repos("set", "threshold=0", "--where", "env:prod", "--plan", plan)
    repos("wave", "plan", plan, "--by", "env")
    repos.works["data"].hook("pre-commit", "#!/bin/sh\necho no >&2; exit 1\n")
    assert repos("wave", "start", plan, "--commit").code == 2
    said = repos("wave", "status", plan).out.splitlines()[-1]
    assert said.endswith(f" in platform; then `wave start {plan} 1 --commit` proposes it in data, ml, too"), said
    capsys.readouterr()
    assert execute(["--fleet", str(tmp_path / "fleets.toml"), "undo", "--commit"]) == 3
    told = capsys.readouterr().err
    assert "platform: it has xcom/" in told
    assert "name the repos with -C instead of --fleet" in told
    assert repos("undo", "--commit").code == 0
    assert set(repos.thresholds().values()) == {1048576}


def row_name(repo: str, env: str, n: int) -> str:
    return f"name:{repo}-{n} env:{env}"


def test_what_keeps_one_repo_from_committing_keeps_all_from_it(repos: Repos) -> None:
    git = repos.works["ml"].git
    git("checkout", "-q", "-b", "other")
    repos.works["ml"].write("README", "theirs")
    repos.works["ml"].commit_all()
    git("checkout", "-q", "main")
    repos.works["ml"].write("README", "ours")
    repos.works["ml"].commit_all()
    git("merge", "other", check=False)
    refused = repos("set", "threshold=0", "--where", "env:prod", "--commit")
    assert refused.code == 3
    assert "ml: " in refused.err
    assert "merge" in refused.err
    assert set(repos.thresholds().values()) == {1048576}
    assert [len(repos.subjects(name)) for name in ("platform", "data")] == [1, 1]


def test_a_branch_that_is_there_already_is_told_before_any_work(repos: Repos, monkeypatch: pytest.MonkeyPatch) -> None:
    repos.works["ml"].git("branch", "x")
    args = ("threshold=0", "--commit", "--branch", "x", "--where")
    with monkeypatch.context() as patched:
        patched.setattr(Workspace, "edit", None)
        assert "branch x already in ml; give the new one another name" in repos("set", *args, "env:prod").err
        assert "branch x already in ml" in repos(
            "promote", "threshold", "--from", "env:prod", "--to", "env:staging", "--commit", "--branch", "x"
        ).err  # fmt: skip
        repos.works["data"].git("branch", "x")
        patched.setattr(Workspace, "scan", None)
        assert "branch x already in data, ml;" in repos("set", *args, "env:prod", repos=("data", "ml")).err
    assert repos("set", *args, "repo:platform").code == 0
    assert repos.works["platform"].git("branch", "--show-current").strip() == "x"


def test_a_hook_that_refuses_in_a_later_repo_names_what_was_made_before(repos: Repos) -> None:
    repos.works["ml"].hook("pre-commit", "echo policy says no; exit 1")
    stopped = repos("set", "threshold=0", "--where", "env:prod", "--commit")
    assert stopped.code == 2
    assert "ml: " in stopped.err
    assert "committed before that, and still there: platform (" in stopped.err
    assert "policy says no" in stopped.err
    left = repos.thresholds()
    assert {id_ for id_, value in left.items() if value == 0} == {
        row(repo, "prod", n) for repo in ("platform", "data") for n in (1, 2)
    }
    assert repos.works["ml"].status() == []


def test_a_write_that_fails_in_a_later_repo_leaves_all_as_they_were(
    repos: Repos, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = Gate.write

    def full_disk(gate: Gate, *args: Any, **kwargs: Any) -> Any:
        if gate.repository.root.name == "ml":
            raise Refused("the disk is full, so nothing was written")
        return write(gate, *args, **kwargs)

    monkeypatch.setattr(Gate, "write", full_disk)
    failed = repos("set", "threshold=0", "--where", "env:prod", "--write")
    assert failed.code == 3
    assert "ml: the disk is full" in failed.err
    assert set(repos.thresholds().values()) == {1048576}
    assert all(work.status() == [] for work in repos.works.values())
    assert repos("undo").code == 3


def test_a_plan_over_several_repos_holds_the_content_of_each(repos: Repos, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert repos("set", "threshold=0", "--where", "env:prod", "--plan", str(plan)).code == 0
    assert repos("apply", str(plan), "--write").code == 0
    assert sum(value == 0 for value in repos.thresholds().values()) == 6
    again = repos("apply", str(plan), "--write")
    assert again.code == 3
    assert "has changed since the plan was made" in again.err
    elsewhere = repos("apply", str(plan), "--write", repos=("data", "ml"))
    assert elsewhere.code in (2, 3)
    assert "platform" in elsewhere.err


def test_drift_has_one_majority_and_each_repo_keeps_its_own_baseline(repos: Repos) -> None:
    repos("set", "threshold=7", "--where", "name:data-1 env:prod", "--write")
    found = repos("drift", "--format", "json")
    assert found.code == 1
    assert [cause["deployments"] for cause in found.json["causes"]] == [[row("data", "prod", 1)]]
    accepted = repos("drift", "--ignore", "as agreed", "--commit")
    assert accepted.code == 0, accepted.err
    assert (repos.works["data"].root / ".rea-xcom.yaml").exists()
    assert not (repos.works["ml"].root / ".rea-xcom.yaml").exists()
    assert repos("drift").code == 0
    assert repos("list", "is:drifted").out == ""


def test_history_revert_and_check_since_find_the_repo_that_they_are_about(repos: Repos) -> None:
    repos("set", "compression=gz", "--where", "name:data-1 env:prod")
    work = repos.works["data"]
    # two that share a prefix across repos did so before, which is nothing new
    work.write("clusters/prod/data-2/values.yaml", values("data-2", path="s3://aws_xcom@ml-prod-xcom/ml-2"))
    work.commit_all("share")
    work.git("checkout", "-q", "-b", "topic")
    work.write("clusters/prod/data-1/values.yaml", values("data-1", compression="gz"))
    commit = work.commit_all("compress")
    for other in ("platform", "ml"):
        repos.works[other].git("checkout", "-q", "-b", "topic")
    told = repos("history", row("data", "prod", 1), "compression")
    assert "compress" in told.out
    assert "gz" in told.out
    checked = repos("check", "--changed-since", "main", "--format", "json")
    assert {one["deployment"] for one in checked.json["findings"]} == {row("data", "prod", 1)}
    assert checked.code == 1
    back = repos("revert", commit, "--write")
    assert back.code == 0, back.err
    assert work.read("clusters/prod/data-1/values.yaml") == work.committed("clusters/prod/data-1/values.yaml", "main")
    unknown = repos("revert", "feedc0de")
    assert unknown.code == 2
    assert "none of the repos has" in unknown.err


def test_what_is_done_in_one_repo_is_done_in_all(repos: Repos) -> None:
    repos("set", "threshold=0", "--where", "env:prod", "--commit")
    before = {name: work.head() for name, work in repos.works.items()}
    assert sum(value == 0 for value in repos.thresholds().values()) == 6
    back = repos("revert", "HEAD", "--commit")
    assert (back.code, set(repos.thresholds().values())) == (0, {1048576}), back.err
    assert all(work.git("rev-parse", "HEAD~").strip() == before[name] for name, work in repos.works.items())
    repos.works["ml"].git("tag", "root", repos.works["ml"].git("rev-list", "--max-parents=0", "HEAD").strip())
    repos.works["data"].git("tag", "root")
    root = repos("revert", "root")
    assert (root.code, "ml: " in root.err, "NAME:COMMIT puts back one repo's" in root.err) == (3, True, True), root.err
    one = repos("revert", f"ml:{before['ml']}", "--write")
    assert (one.code, "nothing to change" in one.err or "already has its old value" in one.err) == (0, True), one.err


def test_what_belongs_to_an_environment_is_proposed_and_declared_in_each_repo_that_keeps_it_apart(
    repos: Repos,
) -> None:
    for name in ("data", "ml"):
        for env, threshold in (("prod", "0"), ("staging", "7")):
            for n in (1, 2, 3):
                file = f"clusters/{env}/{name}-{n}/values.yaml"
                path = f"s3://aws_xcom@{name}-{env}-xcom/{name}-{n}"
                repos.works[name].write(file, values(f"{name}-{n}", path=path, threshold=threshold))
        repos.works[name].commit_all()
    told = repos("promote", "--propose", "--commit")
    assert "data: threshold belongs to its environment: 0 in prod, 7 in staging" in told.err
    assert [name for name, work in repos.works.items() if (work.root / ".rea-xcom.yaml").exists()] == ["data", "ml"]
    sides = ("--from", "env:staging", "--to", "env:prod", "--format", "json")
    assert {c["outcome"] for c in repos("promote", "threshold", *sides).json["carried"] if c["to"][0] != "p"} == {
        "kept"
    }
    assert "already declares all of it" in repos("promote", "--propose").err


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[repos.a]\n", "needs a path"),
        ("[repos.a]\npath = 3\n", "needs a path"),
        ('[repos."a b"]\npath = "x"\n', "letters, digits"),
        ('[repos.a]\npath = "x"\nbranhc = "main"\n', "branhc is not known"),
        ('[repo.a]\npath = "x"\n', "repo is not known"),
        ("", "names no repo"),
        ("[", "is not TOML"),
        (
            '[repos.gone]\npath = "gone"\nurl = "https://example.com/gone.git"\n',
            "git clone https://example.com/gone.git",
        ),
        ('[repos.a]\npath = "data"\n[repos.b]\npath = "data/clusters"\n', "are the same repo"),
    ],
)
def test_a_fleet_file_with_a_mistake_says_which(
    repos: Repos, capsys: pytest.CaptureFixture[str], text: str, wanted: str
) -> None:
    file = repos.folder / "fleets.toml"
    file.write_text(text)
    assert execute(["--fleet", str(file), "list"]) == 2
    assert wanted in capsys.readouterr().err


def test_a_fleet_file_names_repos_and_the_branch_that_may_be_written(
    repos: Repos, capsys: pytest.CaptureFixture[str]
) -> None:
    file = repos.folder / "fleets.toml"
    file.write_text('[repos.one]\npath = "platform"\nbranch = "main"\n[repos.two]\npath = "data"\nbranch = "release"\n')
    assert execute(["--fleet", str(file), "list"]) == 0
    told = capsys.readouterr()
    assert "one" in told.out
    assert "two is only read: it has main checked out" in told.out
    refused = execute(["--fleet", str(file), "set", "threshold=0", "--all", "--write"])
    assert refused == 3
    assert "git switch release" in capsys.readouterr().err
    assert execute(["--fleet", str(file), "set", "threshold=0", "--where", "repo:one", "--write"]) == 0
    missing = execute(["--fleet", str(repos.folder / "none.toml"), "list"])
    assert missing == 2
    assert "cannot be read" in capsys.readouterr().err


def test_a_branch_of_some_repos_is_reviewed_as_one_with_a_verdict_for_each(repos: Repos) -> None:
    changed = {"platform": {"threshold": "7"}, "data": {"path": "s3://aws_xcom@ml-prod-xcom/ml-1"}}
    for name, settings in changed.items():
        work = repos.works[name]
        work.git("checkout", "-q", "-b", "topic")
        own = {"path": f"s3://aws_xcom@{name}-prod-xcom/{name}-1", **settings}
        work.write(f"clusters/prod/{name}-1/values.yaml", values(f"{name}-1", compression=None, **own))
        work.commit_all("topic")
        work.git("checkout", "-q", "main")
    ran = repos("review", "topic", "--format", "json")
    told = ran.json
    holds(repos, "review", ran.out)
    assert (ran.code, told["verdict"]["level"], "commit" in told) == (0, "look", False)
    assert [(one["repo"], one["verdict"]["level"]) for one in told["repos"]] == [("platform", "look"), ("data", "look")]
    assert {(one["repo"], one["deployment"], one["field"]) for one in told["changes"]} == {
        ("platform", row("platform", "prod", 1), "threshold"),
        ("data", row("data", "prod", 1), "path"),
    }
    shared = {one["repo"] for one in told["findings"]["new"] if one["code"] == "XC220"}
    assert shared == {"data", "ml"}  # which only both repos together show
    assert told["notes"] == ["not in ml: taken as what a branch there is merged into"]
    text = repos("review", "topic").out.splitlines()
    assert [line.partition(" onto origin/main")[0] for line in text[-3:]] == ["platform: topic", "data: topic", "topic"]
    assert "| platform | look before merging" in repos("review", "topic", "--format", "markdown").out
    alone = repos("review", "data:topic", "--format", "json").json
    assert {one["repo"] for one in (*alone["repos"], *alone["changes"])} == {"data"}
    for work in list(repos.works.values())[:2]:
        work.git("branch", "-q", "pr/7", "topic")
    for ref, said in (
        ("nothing", "none of the repos platform, data, ml has nothing"),
        ("#7", "platform and data have a #7; say which, as in platform:#7"),
        ("ml:topic", "ml: This repo has no commit 'topic'"),
    ):
        wrong = repos("review", ref)
        assert (wrong.code, wrong.out, said in wrong.err, len(wrong.err.splitlines())) == (2, "", True, 1), wrong.err
    repos.works["data"].git("remote", "set-url", "origin", "git@git.example.com:acme/data.git")
    page = repos("review", "https://git.example.com/acme/data/pull/7", "--format", "json").json
    assert [one["repo"] for one in page["repos"]] == ["data"]


def test_new_deployments_and_xcom_for_old_ones_go_into_the_repo_of_their_siblings(repos: Repos) -> None:
    bare = "clusters/prod/data-bare/values.yaml"
    repos.works["data"].write(bare, "resourceNamePrefix: data-bare\nagentToken: x\ncommonEnv: []\n")
    repos.works["data"].commit_all("bare")
    done = repos("new", "data:data-3", "--from", row("data", "prod", 1), "ASTRO_DEPLOYMENT_ID=x", "--commit")
    assert done.code == 0, done.err
    assert f"+++ b/{row('data', 'prod', 3)}" in done.out
    assert [len(repos.subjects(name)) for name in REPOS] == [1, 3, 1]
    assert repos.works["data"].status() == []
    shown = repos("new", "ml-3", "--from", "clusters/prod/ml-1/values.yaml", "--format", "json").json["deployment"]
    assert (shown["repo"], shown["id"], shown["file"]) == ("ml", row("ml", "prod", 3), "clusters/prod/ml-3/values.yaml")
    turned = repos("enable", f"data:{bare}", "threshold=0", "--write")
    assert (turned.code, repos.works["data"].status()) == (0, [f" M {bare}"]), turned.err
    assert "s3://aws_xcom@data-prod-xcom/data-bare" in turned.out
    assert repos("undo").code == 0
    assert repos.works["data"].status() == []
    repos.works["ml"].git("update-ref", "MERGE_HEAD", "HEAD")
    busy = repos("new", "ml:ml-4", "--from", row("ml", "prod", 1), "ASTRO_DEPLOYMENT_ID=x", "--commit")
    assert (busy.code, repos.works["ml"].status(), len(busy.err.splitlines())) == (3, [], 1)
    assert "ml: A merge is in progress in this repo" in busy.err
    for args, code, said in (
        (("new", "nowhere:x", "--from", row("ml", "prod", 1)), 2, "there is no repo nowhere in this fleet"),
        (("new", "ml:x", "--from", row("data", "prod", 1)), 2, "is not in ml, whose layout the new deployment follows"),
        (("new", "ml:ml-1", "--from", row("ml", "prod", 1)), 3, "ml: ml-1 is already the name of a deployment"),
        (("enable", row("ml", "prod", 1)), 3, "already has a path"),
    ):
        wrong = repos(*args)
        assert (wrong.code, wrong.out, said in wrong.err, len(wrong.err.splitlines())) == (code, "", True, 1), wrong.err


def test_the_configuration_of_each_repo_is_told(repos: Repos) -> None:
    file = repos.folder / "data" / ".rea-xcom-tui.toml"
    file.write_text('[repo]\nenvironments = ["prod"]\n')
    listed = repos("config", "path").out.splitlines()
    assert [line.endswith("(not there)") for line in listed] == [True, True, False, True]
    shown = [line.split(maxsplit=1)[1] for line in repos("config", "show").out.splitlines() if line.startswith("repo ")]
    assert shown == list(REPOS)
    assert repos("config", "check").code == 0
    file.write_text("environmnets = 3\n")
    wrong = repos("config", "check")
    assert (wrong.code, wrong.err.startswith("rea-xcom-tui: data: ")) == (2, True)
    assert sum(line.startswith("repo ") for line in repos("debug", repos=("platform", "ml")).out.splitlines()) == 2


def test_the_sample_of_three_repos_is_one_fleet_with_a_campaign_half_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "sample"
    assert execute(["demo", str(folder), "--sample", "three-repos"]) == 0
    shown = capsys.readouterr()
    assert "risk-fraud" in shown.out
    assert "--fleet" in shown.err
    fleet = ("--fleet", str(folder / "fleets.toml"))
    assert execute([*fleet, "check", "--fail-on", "warning"]) == 0
    capsys.readouterr()
    assert execute([*fleet, "wave", "status", str(folder / "campaign.json")]) == 0
    told = capsys.readouterr().out
    assert "1. staging       merged    6 of 6" in told
    assert "2. prod          planned   0 of 9" in told
    assert execute([*fleet, "wave", "start", str(folder / "campaign.json"), "--commit"]) == 0
    assert {Work(folder / name).git("branch", "--show-current").strip() for name in ("growth", "ledger", "risk")} == {
        "xcom/c284e2e4-2-prod"
    }
    capsys.readouterr()
    assert execute([*fleet, "wave", "status", str(folder / "campaign.json")]) == 0
    assert "2. prod          proposed" in capsys.readouterr().out
    growth = Work(folder / "growth")
    message = growth.git("log", "-1", "--format=%B").splitlines()
    assert message[0] == "xcom: 3 edits, wave 2 of 2 (prod)"  # those of this repo, and named as it names them
    assert next(line for line in message if line.startswith("- ")).startswith("- agents/prod/growth-")
    off = open_fleet(read_fleets(folder / "fleets.toml"))
    assert off.read_only is not None
    assert off.read_only.startswith("growth: it has xcom/c284e2e4-2-prod checked out")
    assert off.no_push is None
    assert execute([*fleet, "push", "--yes"]) == 0  # from the wave's branch, although the fleet is of main
    growth.git("checkout", "-q", "main")
    growth.git("merge", "-q", "--squash", "xcom/c284e2e4-2-prod")
    growth.git(
        "commit", "-q", "-m", "By hand", env={"GIT_COMMITTER_DATE": "1971-01-01T00:00:00Z"}
    )  # a clock gone wrong
    growth.git("push", "-q")
    empty = Work(folder / "empty")
    empty.root.mkdir()
    empty.git("init", "-q")
    capsys.readouterr()
    assert execute([*fleet, "-C", str(empty.root), "wave", "status", str(folder / "campaign.json")]) == 0
    lines = capsys.readouterr().out.splitlines()
    known = f"     in growth: merged, by {growth.head()[:7]} ("
    assert known in [line[: len(known)] for line in lines]
    assert "     in ledger: proposed, on xcom/c284e2e4-2-prod" in lines
    assert execute(["demo", str(folder), "--sample", "three-repos"]) == 3
