"""States of a repo that people meet, named for what they are, with the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.write.undo import undo_newest
from rea_xcom_tui.gitops import Repository, TrustStore
from tests.cli.run import Cli
from tests.work import FLEET, Work, make_work, values

ETL = "clusters/prod/billing/etl/values.yaml"
OURS = '    value: "1048576"\n'


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_committed_conflict_markers_are_named(fleet_repo: Work, cli: Cli, ends: str, style: str) -> None:
    base = '||||||| parent\n    value: "1"\n' if style == "diff3" else ""
    marks = f'<<<<<<< HEAD\n{OURS}{base}=======\n    value: "0"\n>>>>>>> topic (Lower it)\n'
    fleet_repo.write(ETL, FLEET[ETL].replace(OURS, marks).replace("\n", ends))
    fleet_repo.commit_all("merged in haste")
    last = 17 if style == "merge" else 19
    sentence = f"Lines 13 to {last} are an unresolved merge conflict: keep one of the two sides and take out the marks."
    (row,) = cli("list", "--format", "json").json["unreadable"]
    assert (row["file"], row["line"], row["message"]) == (ETL, 13, sentence)
    (old,) = cli("list", "--format", "json", "--ref", "HEAD").json["unreadable"]
    assert old["message"] == sentence


def test_a_file_without_all_the_marks_is_no_conflict(fleet_repo: Work, cli: Cli) -> None:
    fleet_repo.write(ETL, FLEET[ETL].replace(OURS, f"<<<<<<< HEAD\n{OURS}"))
    (row,) = cli("list", "--format", "json").json["unreadable"]
    assert "conflict" not in row["message"]


def test_values_inside_submodules_are_told(fleet_repo: Work, cli: Cli, tmp_path: Path) -> None:
    make_work(tmp_path / "inner", {"prod/values.yaml": values("inner")})
    fleet_repo.git("submodule", "--quiet", "add", str(tmp_path / "inner"), "agents/team")
    fleet_repo.commit_all("take in a submodule")
    words = "values inside 1 submodule left out, such as agents/team; open its folder as a repo of its own"
    for options in ((), ("--ref", "HEAD")):
        ran = cli("list", *options)
        assert "inner" not in ran.out
        assert words in ran.out
    assert "submodule" not in cli("list", "--ref", "HEAD~1").out


@pytest.mark.parametrize("placed", ["beside", "around"])
def test_a_bare_repo_names_its_work_trees(
    fleet_repo: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str], placed: str
) -> None:
    place = tmp_path / "place"
    bare = place / (".bare" if placed == "around" else "fleet.git")
    fleet_repo.git("clone", "-q", "--bare", str(fleet_repo.root), str(bare))
    if placed == "around":
        (place / ".git").write_text("gitdir: ./.bare\n")
    opened = Cli(capsys, place if placed == "around" else bare)
    assert "is a bare repo without files to edit; clone it and open the clone" in opened("list").err
    for name in ("main", "topic"):
        branch = ["-b", name] if name == "topic" else [name]
        Work(bare).git("worktree", "add", "-q", str(place / name), *branch)
    ran = opened("list")
    assert ran.code == 2
    assert f"is a bare repo without files to edit; open one of its work trees: {place}/main, {place}/topic." in ran.err
    assert Cli(capsys, place / "topic")("list").code == 0


def test_undo_after_a_formatting_hook_names_the_way_out(fleet_repo: Work, cli: Cli) -> None:
    fleet_repo.hook("pre-commit", f"sed -i 's/^# billing-etl/# formatted/' {ETL}; git add {ETL}")
    store = TrustStore.default()
    repository = Repository.open(fleet_repo.root, trust=store)
    repository.trust(store=store)
    assert cli("set", "threshold=0", "--where", "name:billing-etl", "--commit").code == 0
    commit = fleet_repo.head()[:12]
    with pytest.raises(Refused) as caught:
        undo_newest(repository)
    assert "has changed since it was written (a hook changed it as it was committed)" in str(caught.value)
    assert f"`revert {commit}` puts back the fields that its commit changed" in str(caught.value)
    ran = cli("undo", "--write")  # the same way, as edits
    assert ran.code == 0
    assert f"is committed as {commit[:8]} " in ran.err
    text = fleet_repo.read(ETL).decode()
    assert text == FLEET[ETL].replace("# billing-etl", "# formatted")
