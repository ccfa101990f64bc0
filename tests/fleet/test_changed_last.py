"""The last change of each file, remembered between sessions: always what a whole walk through the log says."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.history.last_change import last_changes
from rea_xcom_tui.gitops import Repository
from rea_xcom_tui.tui.background import repo_jobs
from rea_xcom_tui.user.cached import cache_folder
from tests.work import Work, make_work

FILES = ("a/values.yaml", "b/values.yaml", "c/values.yaml")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo", dict.fromkeys(FILES, "a: 1\n"))


def commit(work: Work, path: str, author: str) -> str:
    work.write(path, f"by: {author}\n")
    work.git("add", "-A")
    work.git("commit", "-q", "-m", "by hand", f"--author={author} <{author}@example.com>")
    return work.head()


def told(work: Work, *files: str) -> tuple[dict[str, str], list[str]]:
    """The authors that a new session tells, and the git commands it ran for it; checked against a whole walk."""
    repository = Repository.open(work.root)
    before = len(repository.log.records())
    head, found = last_changes(repository, files or FILES)
    commands = [" ".join(record.argv[1:]) for record in repository.log.records()[before:]]
    whole = repository.last_changes(files or FILES)
    authors = {file: change.author for file, change in found.items() if change is not None}
    assert head == work.head()
    assert authors == {file: one.author for file, one in whole.items()}
    return authors, [command for command in commands if command.startswith("log")]


def test_a_new_session_walks_only_what_is_new(work: Work) -> None:
    first = commit(work, FILES[1], "Bo")
    authors, walks = told(work)
    assert authors == {FILES[0]: "Ann", FILES[1]: "Bo", FILES[2]: "Ann"}
    assert len(walks) == 1
    assert told(work) == (authors, [])
    commit(work, FILES[2], "Cy")
    authors, walks = told(work)
    assert authors == {FILES[0]: "Ann", FILES[1]: "Bo", FILES[2]: "Cy"}
    assert [f"^{first}" in walk for walk in walks] == [True]


def test_other_branches_and_what_a_merge_brings(work: Work) -> None:
    told(work)
    work.git("switch", "-q", "-c", "side")
    commit(work, FILES[0], "Di")
    told(work)
    work.git("switch", "-q", "main")
    assert told(work)[1] == []
    commit(work, FILES[1], "Ed")
    told(work)
    work.git("merge", "-q", "--no-edit", "side")
    assert told(work)[0] == {FILES[0]: "Di", FILES[1]: "Ed", FILES[2]: "Ann"}


def test_history_written_anew(work: Work) -> None:
    commit(work, FILES[0], "Fy")
    told(work)
    work.git("reset", "-q", "--hard", "HEAD~1")
    work.git("reflog", "expire", "--expire=now", "--all")
    work.git("gc", "-q", "--prune=now")
    commit(work, FILES[2], "Gus")
    assert told(work)[0] == {FILES[0]: "Ann", FILES[1]: "Ann", FILES[2]: "Gus"}


def test_files_that_were_not_asked_for_before(work: Work) -> None:
    told(work, FILES[0])
    work.write("new/values.yaml", "a: 1\n")
    assert told(work, *FILES, "new/values.yaml")[0].keys() == set(FILES)
    commit(work, "new/values.yaml", "Hal")
    assert told(work, *FILES, "new/values.yaml")[0]["new/values.yaml"] == "Hal"


def test_a_deployment_is_as_new_as_the_newest_of_its_layers(work: Work) -> None:
    """Told in one walk, its own file first where both are of one commit."""
    work.write(FILES[1], "by: Ida\n")
    work.git(
        "commit", "-qam", "later", "--author=Ida <ida@example.com>", env={"GIT_AUTHOR_DATE": "2030-01-02T03:04:05Z"}
    )
    made = int(work.git("log", "-1", "--format=%at", "HEAD~1"))
    repository = Repository.open(work.root)
    layered, twice, none = (FILES[0], FILES[1], "missing.yaml"), (FILES[2], FILES[0]), ("new.yaml",)
    told = repo_jobs.last_changes({"": repository}, {layered, twice, none}, work.head()).words
    assert told == {
        layered: f"2030-01-02 Ida in {FILES[1]}",
        twice: f"{datetime.fromtimestamp(made, UTC):%Y-%m-%d} Ann",
        none: "not committed yet",
    }
    assert sum(record.argv[1] == "log" for record in repository.log.records()) == 1


@pytest.mark.parametrize(
    "text", ["", "[]", '{"version": 1, "authors": [], "heads": {"x": {"a": [1, 2]}}}', '{"version": 1}']
)
def test_a_damaged_cache_is_a_miss(work: Work, text: str) -> None:
    told(work)
    (path,) = (cache_folder() / "last-changes").iterdir()
    path.write_text(text)
    assert len(told(work)[1]) == 1
    assert told(work)[1] == []


def test_a_cache_that_cannot_be_kept_and_a_repo_without_a_commit(work: Work, tmp_path: Path) -> None:
    cache_folder().mkdir(parents=True, exist_ok=True)
    (cache_folder() / "last-changes").write_text("in the way")
    assert len(told(work)[1]) == 1
    work.git("init", "-q", str(tmp_path / "empty"))
    assert last_changes(Repository.open(tmp_path / "empty"), FILES) == (None, {})
