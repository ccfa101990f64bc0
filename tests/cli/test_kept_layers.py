"""What commands keep of a clean fleet of layers is what they would say anew, whatever has changed since."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from rea_xcom_tui.cli.app import execute
from rea_xcom_tui.fleet.drift.kept import Memory
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.opening import open_fleet
from rea_xcom_tui.fleet.scan import layered_answers
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.reports import findings_view, fleet_view
from rea_xcom_tui.user.cached import cache_path
from rea_xcom_tui.user.fleets import read_fleets
from tests.cli.run import Cli
from tests.layered import CHART, application, env
from tests.work import BACKEND, FLEET, Work, make_work

ETL = "values/etl.yaml"
GIT = "https://git.example.com/gitops.git"
COMMANDS = [
    ("list", "--format", "json"),
    ("check",),
    ("check", "--format", "json"),
    ("drift",),
    ("drift", "--format", "json", "--no-since"),
]


CHART_YAML = (
    f"apiVersion: v2\nname: own\nversion: 1.0.0\ndependencies: [{{name: {CHART}, version: 1.0.0, repository: r}}]\n"
)
FILES = {
    "values/base.yaml": f"# Ordered by us\nxcomBackend: {BACKEND}\nlabels: {{a: b}}\n",
    **{f"values/d{number}.yaml": env(f"d{number}/xcom") for number in range(6)},
    **{
        f"apps/d{number}.yaml": application(f"d{number}", "values/base.yaml", f"values/d{number}.yaml")
        for number in range(6)
    },
    ETL: env("etl/xcom", "0000"),
    "apps/etl.yaml": application("etl", "values/base.yaml", ETL),
    "own/Chart.yaml": CHART_YAML,
    "own/values.yaml": f"{CHART}:\n  xcomBackend: {BACKEND}\n  commonEnv: []\n",
    "values/unused.yaml": "xcomBackend: a.b.C\n",
    "notes.md": "nothing\n",
    ".gitignore": "ignored*\n",
}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo", FILES)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], work: Work) -> Cli:
    return Cli(capsys, work.root)


def untouched(work: Work) -> None:
    """Nothing happens."""


def touched(work: Work) -> None:
    os.utime(work.root / ETL)


def edited(work: Work) -> None:
    work.write(ETL, env("etl/xcom", "1024"))


def edited_back(work: Work) -> None:
    edited(work)
    work.write(ETL, FILES[ETL])


def staged(work: Work) -> None:
    edited(work)
    work.git("add", "-A")


def committed(work: Work) -> None:
    """As long as before."""
    edited(work)
    work.commit_all()


def only_staged_back(work: Work) -> None:
    """The index has another file than the commit, and the disk has the commit's."""
    staged(work)
    work.write(ETL, FILES[ETL])


def with_an_empty_commit(work: Work) -> None:
    work.git("commit", "-q", "--allow-empty", "-m", "Nothing")


def gone(work: Work) -> None:
    (work.root / ETL).unlink()


def untracked(work: Work) -> None:
    work.write("apps/new.yaml", application("new", "values/base.yaml", ETL))


def untracked_name(work: Work) -> None:
    """A chart's values need not look like any."""
    work.write("own/charts/other/values.yaml", "a: b\n")


def ignored(work: Work) -> None:
    work.write("ignored.yaml", application("new", "values/base.yaml", ETL))


def linked(work: Work) -> None:
    (work.root / ETL).unlink()
    (work.root / ETL).symlink_to("d1.yaml")


def linked_for_good(work: Work) -> None:
    linked(work)
    work.commit_all()


def with_a_remote(work: Work) -> None:
    work.git("remote", "add", "origin", "https://git.example.com/elsewhere.git")


def with_this_remote(work: Work) -> None:
    work.git("remote", "add", "origin", GIT)


def with_a_remote_by_another_name(work: Work) -> None:
    with_a_remote(work)
    work.git("config", f"url.{GIT}.insteadOf", "https://git.example.com/elsewhere.git")


def configured(work: Work) -> None:
    work.write(".rea-xcom-tui.toml", '[layouts]\nengine = "3"\ndeployed = ["values/unused.yaml"]\n')
    work.commit_all()


def configured_beside_git(work: Work) -> None:
    """In a file that git ignores."""
    work.write(".git/info/exclude", ".rea-xcom-tui.toml\n")
    work.write(".rea-xcom-tui.toml", '[layouts]\ndeployed = ["values/unused.yaml"]\n')


def judged_otherwise(work: Work) -> None:
    work.write(".git/info/exclude", ".rea-xcom-tui.toml\n")
    work.write(".rea-xcom-tui.toml", '[rules]\noff = ["XC220", "XC301", "XC306"]\n')


def accepted(work: Work) -> None:
    """An ignore that accepts nothing, of which a note tells."""
    work.write(".rea-xcom-tui.toml", '[[rules.ignore]]\ncode = "XC220"\nreason = "they may"\n')
    work.commit_all()


def accepted_in_a_comment(work: Work) -> None:
    work.write(ETL, "# rea-xcom: ignore XC306 until 2000-01-01\n" + FILES[ETL])
    work.commit_all()


def on_a_branch(work: Work) -> None:
    work.git("checkout", "-q", "-b", "other")


def on_another_branch(work: Work) -> None:
    on_a_branch(work)
    committed(work)


def detached(work: Work) -> None:
    work.git("checkout", "-q", "--detach")


def with_another_dependency(work: Work) -> None:
    work.write("own/Chart.yaml", CHART_YAML.replace(CHART, "x" * len(CHART)))
    work.commit_all()


def with_a_subchart(work: Work) -> None:
    work.write("own/charts/agent/Chart.yaml", f"apiVersion: v2\nname: {CHART}\nversion: 1.0.0\n")
    work.write("own/charts/agent/values.yaml", env("sub/xcom"))
    work.commit_all()


def hidden_from_git(work: Work) -> None:
    work.git("update-index", "--assume-unchanged", ETL)
    edited(work)
    assert work.status() == []


def hidden_by_a_sparse_checkout(work: Work) -> None:
    work.git("update-index", "--skip-worktree", ETL)
    edited(work)
    assert work.status() == []


def partly_checked_out(work: Work) -> None:
    work.git("sparse-checkout", "set", "--no-cone", "/*", "!/values/d1.yaml")
    assert work.status() == []


def other_line_ends(work: Work) -> None:
    work.git("config", "core.autocrlf", "true")
    (work.root / ETL).unlink()
    work.git("checkout", "--", ETL)
    assert b"\r\n" in work.read(ETL)
    assert work.status() == []


def filtered(work: Work) -> None:
    """What a filter leaves on the disk, git does not compare."""
    work.write(".gitattributes", f"{ETL} filter=same\n")
    work.git("config", "filter.same.clean", "sed s/1024/0000/")
    work.commit_all()
    edited(work)
    work.git("add", ETL)
    assert work.status() == []


def executable(work: Work) -> None:
    (work.root / ETL).chmod(0o755)


def unreadable(work: Work) -> None:
    work.write("apps/etl.yaml", application("etl", "values/base.yaml", ETL) + "  bad: [\n")
    work.write("values/bad.yaml", "xcomBackend: [\n")
    work.commit_all()


def with_a_submodule(work: Work) -> None:
    work.git("update-index", "--add", "--cacheinfo", f"160000,{work.head()},other")
    work.git("commit", "-q", "-m", "Add the other repo")


def with_a_copy(work: Work) -> None:
    work.write("values/etl.yaml.bak", FILES["own/values.yaml"])
    work.commit_all()


def named_in_other_bytes(work: Work) -> None:
    (work.root / os.fsdecode(b"caf\xe9.yaml")).write_text(env("new"))


def named_in_other_bytes_for_good(work: Work) -> None:
    named_in_other_bytes(work)
    work.commit_all()


def with_a_baseline(work: Work) -> None:
    work.write(".git/info/exclude", ".rea-xcom.yaml\n")
    work.write(".rea-xcom.yaml", "version: 1\nignore: []\n")


def without_layers(work: Work) -> None:
    work.git("rm", "-q", "-r", "apps", "own")
    work.git("commit", "-q", "-m", "Plain")


def without_deployments(work: Work) -> None:
    work.git("rm", "-q", "-r", "apps", "values")
    work.write("own/Chart.yaml", CHART_YAML.replace(CHART, "another"))
    work.write("own/values.yaml", "a: b\n")
    work.commit_all()


KEPT = [untouched, touched, edited_back, ignored]
"""After which all that was kept is told again."""
CHANGES = [
    *KEPT, edited, staged, committed, only_staged_back, with_an_empty_commit, gone, untracked, untracked_name, linked,
    linked_for_good, with_a_remote, with_this_remote, with_a_remote_by_another_name, configured, configured_beside_git,
    judged_otherwise, accepted, accepted_in_a_comment, on_a_branch, on_another_branch, detached,
    with_another_dependency, with_a_subchart, hidden_from_git, hidden_by_a_sparse_checkout, partly_checked_out,
    other_line_ends, filtered, executable, unreadable, with_a_submodule, with_a_copy, named_in_other_bytes,
    named_in_other_bytes_for_good, with_a_baseline, without_layers, without_deployments,
]  # fmt: skip
STILL: dict[Callable[[Work], None], list[str]] = {
    with_an_empty_commit: ["list", "check"], on_a_branch: ["list", "check"], detached: ["list", "check"],
    with_a_baseline: ["list", "check"],
}  # fmt: skip
"""What is still told again after other changes."""


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_is_kept_is_what_would_be_said(cli: Cli, work: Work, change: Callable[[Work], None]) -> None:
    for command in [*COMMANDS, *COMMANDS]:
        cli(*command)
    assert kept(work) == ["list", "check", "drift"]
    change(work)
    assert kept(work) == (["list", "check", "drift"] if change in KEPT else STILL.get(change, []))
    for number, command in enumerate(COMMANDS):
        first = cli(*command) if number % 2 else None
        anew = cli(*command, "--no-cache")
        assert first in (None, anew)
        assert [cli(*command) for _ in range(2)] == [anew, anew]


@pytest.mark.parametrize("change", [linked_for_good, hidden_from_git, partly_checked_out, filtered, untracked, edited])
def test_where_anything_else_may_have_a_say_nothing_is_kept(
    cli: Cli, work: Work, change: Callable[[Work], None]
) -> None:
    change(work)
    for command in [*COMMANDS, *COMMANDS]:
        cli(*command)
    assert kept(work) == []


def test_what_a_helm_renders_is_not_kept(cli: Cli, work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    for command in [*COMMANDS, *COMMANDS]:
        cli(*command)
    monkeypatch.setattr(layered_answers, "find_spec", lambda name: ModuleSpec(name, None))
    assert kept(work) == []


def test_a_file_that_has_changed_while_others_were_read_has_nothing_kept(
    cli: Cli, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is as long as before, and git had called it clean."""
    name_of = layered_answers.LayeredState.name_of

    def changed(state: layered_answers.LayeredState, fleet: Fleet) -> bytes | None:
        edited(work)
        assert state.unchanged() is not None
        return name_of(state, fleet)

    monkeypatch.setattr(layered_answers.LayeredState, "name_of", changed)
    for command in COMMANDS:
        cli(*command)
        work.write(ETL, FILES[ETL])
    assert kept(work) == []


def test_one_who_may_not_read_a_file_has_answers_of_his_own(
    cli: Cli, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    for command in [*COMMANDS, *COMMANDS]:
        cli(*command)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert kept(work) == []


def test_of_what_is_damaged_or_lost_nothing_is_told(cli: Cli, work: Work) -> None:
    anew = {command: cli(*command, "--no-cache") for command in COMMANDS}
    for command in [*COMMANDS, *COMMANDS]:
        cli(*command)
    place = cache_path()
    assert place is not None
    kept = sorted(place.with_name("answers").iterdir())
    assert len(kept) >= len(COMMANDS)
    for one in kept:
        data = one.read_bytes()
        for damaged in (None, b"", data[:-1], data[: len(data) // 2], b"\0" * len(data)):
            if damaged is None:
                one.unlink()
            else:
                one.write_bytes(damaged)
            assert {command: cli(*command) for command in COMMANDS} == anew


def test_layers_in_one_of_several_repos_are_told_as_they_are(
    capsys: pytest.CaptureFixture[str], work: Work, fleet_repo: Work
) -> None:
    both = Cli(capsys, work.root)
    where = ("-C", str(work.root), "-C", str(fleet_repo.root))
    for command in COMMANDS:
        for change in (untouched, edited):
            change(work)
            anew = both(*command, *where, "--no-cache")
            assert [both(*command, *where) for _ in range(2)] == [anew, anew]
        work.write(ETL, FILES[ETL])


ACROSS = [("list", "--format", "json"), ("check",)]


def kept_of(*works: Work) -> list[str]:
    """Which commands would tell again what they have told of several repos before."""
    found = []
    for name, view, form in (("list", fleet_view.VIEW, ""), ("check", findings_view.VIEW, "text")):
        showing = open_fleet([one.root for one in works], look=True).show(view, form)
        found += [name] if showing is not None and showing.kept is not None else []
    return found


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_what_is_kept_of_several_repos_is_what_would_be_said(
    capsys: pytest.CaptureFixture[str], work: Work, fleet_repo: Work, change: Callable[[Work], None]
) -> None:
    both = Cli(capsys, work.root)
    where = ("-C", str(work.root), "-C", str(fleet_repo.root))
    for command in [*ACROSS, *ACROSS]:
        both(*command, *where)
    assert kept_of(work, fleet_repo) == ["list", "check"]
    change(work)
    assert kept_of(work, fleet_repo) == (["list", "check"] if change in (*KEPT, *STILL) else [])
    for number, command in enumerate(ACROSS):
        first = both(*command, *where) if number % 2 else None
        anew = both(*command, *where, "--no-cache")
        assert first in (None, anew)
        assert [both(*command, *where) for _ in range(2)] == [anew, anew]


def test_a_plain_repo_beside_layers_counts_too(
    capsys: pytest.CaptureFixture[str], work: Work, fleet_repo: Work
) -> None:
    both = Cli(capsys, work.root)
    where = ("-C", str(work.root), "-C", str(fleet_repo.root))
    file = next(file for file in FLEET if file.endswith(".yaml"))
    before = fleet_repo.read(file)
    for change in (before.replace(b"1048576", b"2097152"), before, b"xcomBackend: [\n"):
        for command in [*ACROSS, *ACROSS]:
            both(*command, *where)
        assert kept_of(work, fleet_repo) == ["list", "check"]
        fleet_repo.write(file, change)
        assert kept_of(work, fleet_repo) == []
        for command in ACROSS:
            anew = both(*command, *where, "--no-cache")
            assert [both(*command, *where) for _ in range(2)] == [anew, anew]
        fleet_repo.git("commit", "-qam", "as it is now")


def test_which_repo_is_only_read_is_told_once_each_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], work: Work, fleet_repo: Work
) -> None:
    fleets = tmp_path / "fleets.toml"
    fleets.write_text(f'[repos.a]\npath = "{work.root}"\n[repos.b]\npath = "{fleet_repo.root}"\nbranch = "release"\n')
    for form in (["list", "--format", "json"], ["check"]):
        told = []
        for more in ["--no-cache"], [], [], []:
            execute(["--fleet", str(fleets), *form, *more])
            told.append(capsys.readouterr())
        assert told == told[:1] * 4
    assert told[0].err.count("is only read") == 1
    showing = open_fleet(read_fleets(fleets), look=True).show(findings_view.VIEW, "text")
    assert showing is not None
    assert showing.kept is not None


def kept(work: Work) -> list[str]:
    """Which commands would tell again what they have told before."""
    found = []
    for name, view, form in (("list", fleet_view.VIEW, ""), ("check", findings_view.VIEW, "text")):
        showing = Workspace.open(work.root).show(view, form)
        found += [name] if showing is not None and showing.kept is not None else []
    workspace = Workspace.open(work.root)
    workspace.fleet_rules = False
    workspace.look_ahead()
    return [*found, "drift"] if Memory(workspace, ("text", "", "True")).find() is not None else found
