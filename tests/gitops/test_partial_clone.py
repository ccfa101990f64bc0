"""Partial clones: what is missing is fetched at once, told before, and named where it cannot be fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.cli.app import execute
from rea_xcom_tui.gitops import Repository
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.repo.revisions_screen import RevisionsScreen
from tests.tui.driver import driving
from tests.work import Work, make_work, values

FILES = {f"clusters/prod/a{number}/values.yaml": values(f"a{number}") for number in range(12)}


@pytest.fixture
def served(tmp_path: Path) -> Work:
    """The server's repo: every file was changed twice."""
    work = make_work(tmp_path / "served", FILES)
    for threshold in ("0", "64"):
        for name in FILES:
            work.write(name, values(name.split("/")[2], threshold=threshold))
        work.commit_all()
    work.git("config", "uploadpack.allowFilter", "true")
    work.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return work


@pytest.fixture
def clone(served: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Work:
    """A clone without old contents, in which every connection to the server is written down."""
    served.git("clone", "-q", "--filter=blob:none", f"file://{served.root}", str(tmp_path / "clone"))
    work = Work(tmp_path / "clone")
    monkeypatch.setenv("GIT_TRACE2_EVENT", str(tmp_path / "trace"))
    return work


def connections(tmp_path: Path) -> int:
    events = (tmp_path / "trace").read_text().splitlines()
    return sum('"child_start"' in event and "git-upload-pack" in event for event in events)


@pytest.mark.parametrize(
    "command",
    [
        ("list", "--ref", "HEAD~1"),
        ("diff", "HEAD~1"),
        ("diff", "HEAD~2..HEAD~1"),
        ("drift", "--against", "HEAD~1", "--fail-on", "never"),
        ("check", "--ref", "HEAD~1"),
    ],
)
def test_one_fetch_which_is_told_before(
    clone: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    code = execute(["-C", str(clone.root), *command])
    assert code in (0, 1)
    files = 24 if ".." in command[1] else 12
    assert f"fetching {files} files that this partial clone left on origin" in capsys.readouterr().err
    # Since when something has drifted is another question, about older contents.
    asked = 2 if command[0] == "drift" else 1
    assert connections(tmp_path) == asked
    execute(["-C", str(clone.root), *command])
    assert "fetching" not in capsys.readouterr().err
    assert connections(tmp_path) == asked


def test_the_history_of_a_file(clone: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["-C", str(clone.root), "history", "a3", "threshold"]) == 0
    said = capsys.readouterr()
    assert "fetching 2 files that this partial clone left on origin" in said.err
    assert said.out.count("threshold") >= 2
    assert connections(tmp_path) == 1


def test_without_the_server_it_is_told_what_is_missing_and_what_brings_it(
    clone: Work, served: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    served.root.rename(served.root.with_name("away"))
    assert execute(["-C", str(clone.root), "diff", "HEAD~1"]) == 2
    said = capsys.readouterr().err
    assert (
        "12 files wanted here are only on origin, because this is a partial clone, and they could not be fetched"
        in said
    )
    assert "`git fetch --refetch --no-filter origin` brings everything" in said
    served.root.with_name("away").rename(served.root)
    clone.git("fetch", "-q", "--refetch", "--no-filter", "origin")
    assert execute(["-C", str(clone.root), "diff", "HEAD~1"]) == 1
    assert "fetching" not in capsys.readouterr().err


def test_in_a_repo_that_is_not_trusted_nothing_is_fetched(
    clone: Work, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clone.hook("pre-commit", "exit 0")
    assert execute(["-C", str(clone.root), "list", "--ref", "HEAD~1"]) == 2
    assert "nothing is fetched in a repo that is open for viewing only; trust the repo" in capsys.readouterr().err
    assert not (tmp_path / "trace").exists() or connections(tmp_path) == 0


def test_a_whole_clone_is_asked_nothing_more(served: Work) -> None:
    repository = Repository.open(served.root)
    repository.bring([entry.oid for entry in repository.tree("HEAD~1") if entry.oid])
    assert [record.argv[1] for record in repository.log.records() if "cat-file" in record.argv] == []


async def test_the_app_says_what_is_fetched(clone: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    usual = RevisionsScreen.say

    def listening(screen: RevisionsScreen, text: str, style: str = "") -> None:
        said.append(text)
        usual(screen, text, style)

    monkeypatch.setattr(RevisionsScreen, "say", listening)
    async with driving(opener(clone.root, read_only=False)) as driver:
        await driver.press("V", "o")
        await driver.type("HEAD~1")
        await driver.press("enter")
        assert "12 changes in 12 deployments" in driver.seen
    assert "Fetching 12 files that this partial clone left on origin…" in said
