"""Read-only means read-only: every command of the app and of the command line, and nothing has changed."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import pytest
from textual.screen import Screen

from rea_xcom_tui.cli.app import main
from rea_xcom_tui.fleet.edit.conflicts import Conflict
from rea_xcom_tui.fleet.edit.layer_choices import LayerChoice
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.tui.changes.commit_screen import CommitScreen
from rea_xcom_tui.tui.changes.conflicts_screen import ConflictScreen
from rea_xcom_tui.tui.changes.diff_screen import DiffScreen
from rea_xcom_tui.tui.changes.in_layers import LayersScreen
from rea_xcom_tui.tui.changes.push_all_screen import PushAllScreen
from rea_xcom_tui.tui.changes.push_screen import PushScreen
from rea_xcom_tui.tui.drift.forms import IgnoreForm
from rea_xcom_tui.tui.file.stack_screen import StackScreen
from rea_xcom_tui.tui.home.bulk_screen import Answer, BulkScreen
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.keys.commands import PLACES, Place, of_place
from rea_xcom_tui.tui.kit.cell_editor import CellEditor
from rea_xcom_tui.tui.kit.dialogs import Question
from rea_xcom_tui.tui.repo.branches_screen import BranchesScreen
from rea_xcom_tui.xcom.model import FieldReading
from tests.cli.run import Cli
from tests.tui.driver import Driver, driving
from tests.work import FLEET, Work, make_work, values

ETL, ML = "clusters/prod/billing/etl/values.yaml", "clusters/prod/billing/ml/values.yaml"


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    """A repo in which every kind of write has something to do: findings, drift, a write to undo, a branch, a server."""
    sick = {"clusters/prod/billing/sick/values.yaml": values("sick", compression="gz")}
    work = make_work(tmp_path / "fleet", {**FLEET, **sick})
    work.git("branch", "other")
    work.git("clone", "-q", "--bare", ".", str(tmp_path / "server.git"))
    work.git("remote", "add", "origin", str(tmp_path / "server.git"))
    work.write("README.md", "not pushed yet\n")
    work.write(ETL, values("billing-etl", threshold="6"))
    work.commit_all("not pushed yet")
    work.write("README.md", "staged\n")
    work.git("add", "README.md")
    workspace = Workspace.open(work.root)
    workspace.scan()
    workspace.edit([ML], "threshold", "5")
    workspace.write()
    return work


def everything(repo: Work) -> dict[str, tuple[int, bytes]]:
    """Every file of the work tree, of the git folder and of the server, with its mode and content."""
    roots = (repo.root, repo.root.parent / "server.git")
    return {
        str(path): (path.stat().st_mode, path.read_bytes() if path.is_file() else b"")
        for root in roots
        for path in sorted(root.rglob("*"))
    }


async def push(driver: Driver, screen: Screen[Any], then: Callable[[Any], None] | None = None) -> None:
    """Put a screen on top that read-only would not let one reach, so that its own keys are tried too."""
    driver.app.push_screen(screen, then)
    await driver.settle()


async def open_editor(driver: Driver) -> None:
    driver.home.mount(CellEditor("7", driver.table.region, lambda text: text, ()))
    await driver.settle()


async def open_form(driver: Driver) -> None:
    await driver.press("D", "i")
    if not isinstance(driver.app.screen, IgnoreForm):
        await push(driver, IgnoreForm("one", lambda *_: None))


def openers(ids: list[str]) -> dict[Place, Callable[[Driver], Awaitable[None]]]:
    """How to get to where the commands of each place work."""

    def keys(*names: str) -> Callable[[Driver], Awaitable[None]]:
        return lambda driver: driver.press(*names)

    def typed(line: str) -> Callable[[Driver], Awaitable[None]]:
        async def reach(driver: Driver) -> None:
            await driver.press("colon")
            await driver.type(line.removeprefix(":"))
            await driver.press("enter")

        return reach

    def conflict(driver: Driver) -> Awaitable[None]:
        edit = driver.home.pending.edits[0]
        assert isinstance(edit, SetField)
        return push(driver, ConflictScreen([Conflict(edit, FieldReading("threshold", 77, "77", "set"))]))

    def bulk(driver: Driver) -> Awaitable[None]:
        def done(answer: Answer | None) -> None:
            if answer is not None:
                driver.home.edits.edit(answer.ids, "threshold", answer.text, answer.layer)

        return push(driver, BulkScreen(driver.home.jobs, "threshold", ids, "7"), done)

    def stack(driver: Driver) -> Awaitable[None]:
        source = driver.table.rows[0].deployment
        assert source is not None
        return push(driver, StackScreen(driver.home.jobs, source, source.name, None))

    def layers(driver: Driver) -> Awaitable[None]:
        def done(choice: LayerChoice | None) -> None:
            if choice is not None:
                driver.home.edits.edit(ids[:1], "threshold", choice.text, choice.layer)

        choice = LayerChoice("values.yaml", "7", usual=True, carries=False)
        return push(driver, LayersScreen("etl", "threshold", [choice]), done)

    def diff(driver: Driver) -> Awaitable[None]:
        screen = DiffScreen(driver.home.jobs)
        return push(driver, screen, partial(driver.home.changes._after_diff, screen))

    def commit(driver: Driver) -> Awaitable[None]:
        screen = CommitScreen(driver.home.jobs)
        return push(driver, screen, partial(driver.home.changes._after_commit, screen))

    return {
        "layers": layers,
        "fleet": keys(), "table": keys(), "any": keys(), "query": keys("slash"), "line": keys("colon"),
        "queries": keys("Q"),
        "columns": keys("C"), "values": keys("f"), "drift": keys("D"), "problems": keys("exclamation_mark"),
        "compare": keys("g", "space", "a", "equals_sign"), "list": keys("at"), "log": keys("at"), "history": keys("H"),
        "revisions": keys("V"), "file": keys("g", "f"), "spread": keys("F"), "editor": open_editor,
        "drift-form": open_form,
        "conflict": conflict, "bulk": bulk,
        "stack": stack,
        "diff": diff, "commit": commit,
        "push": lambda driver: push(driver, PushScreen(driver.home.jobs)),
        "push-all": lambda driver: push(driver, PushAllScreen(driver.home.jobs)),
        "branches": lambda driver: push(driver, BranchesScreen("main", ["other"]), driver.home.repo._switch),
        "probe": keys("T"), "probe-place": keys("T"), "new": keys("N"),
        "campaign": typed(":waves ../plan.json"), "review": typed(":review HEAD"),
        "migration": typed(":migrate ../plan.json"),
    }  # fmt: skip


async def say_yes(driver: Driver) -> None:
    """Say yes to whatever is asked, but for leaving the app."""
    for _ in range(3):
        top = driver.app.screen
        if isinstance(top, Question):
            yes = [choice.key for choice in top._choices if choice.result not in ("", "discard")]
            await driver.press(*(yes[:1] or ["escape"]))


async def go_home(driver: Driver) -> None:
    while driver.app.screen is not driver.home:
        driver.app.pop_screen()
        await driver.settle()
    await driver.press("escape")


async def test_every_command_of_the_app_leaves_tree_index_and_refs_alone(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=True), (60, 16)) as driver:
        workspace = driver.home.workspace
        assert workspace is not None
        before = everything(repo)
        ids = sorted(FLEET)[1:]
        places = openers(ids)
        assert set(places) == set(PLACES), "tell here how to reach the new place"
        for place, reach in places.items():
            top: object = None
            for command in of_place(place):
                # Pending edits that no key can make here: the gate has to hold even if some way to them leaks.
                if len(workspace.pending) < len(ids):
                    workspace.edit(ids, "threshold", "31337")
                if driver.app.screen is not top or place in ("query", "editor"):
                    await go_home(driver)
                    await reach(driver)
                    top = driver.app.screen
                await driver.press(*command.keys.split(",")[0].split(" "))
                await say_yes(driver)
                assert driver.app.is_running, command.id
                assert everything(repo) == before, command.id
            await go_home(driver)


WRITES = {
    "set": ["threshold=9", "--all"],
    "unset": ["threshold", "--all"],
    "apply": ["../plan.json"],
    "check": ["--fix"],
    "drift": ["--adopt"],
    "revert": ["HEAD~"],
    "undo": [],
    "push": ["--yes"],
    "probe": [ETL, "--python", "python3", "--yes"],
    "promote": ["threshold", "--from", "env:prod", "--to", "env:dev", "--each"],
    "new": [
        "another",
        "--from",
        "clusters/dev/crm/sync/values.yaml",
        "ASTRO_DEPLOYMENT_ID=x",
        "path=s3://crm-dev-xcom/another",
        "identity=arn:aws:iam::123456789012:role/other",
    ],
    "enable": [
        "clusters/prod/billing/bare/values.yaml",
        "path=s3://bucket/bare",
        "identity=arn:aws:iam::123456789012:role/x",
    ],
    "wave": ["start", "../waves.json"],
}
"""The commands that write, each with something to do in the repo of these tests."""
LOOKS = sorted({*main.list_commands(click.Context(main))} - {*WRITES})


def test_no_command_that_can_write_is_left_out() -> None:
    context = click.Context(main)
    for name in LOOKS:
        command = main.get_command(context, name)
        assert command is not None
        options = {word for option in command.params for word in option.opts}
        assert not {"--write", "--commit"} & options, f"{name} writes: give it something to do in `WRITES`"


def test_every_command_that_writes_is_refused(
    repo: Work, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repo.root)
    cli = Cli(capsys, repo.root)
    # A partner to promote to, a file without XCom to enable, and a plan that is cut into waves.
    repo.write("clusters/dev/billing/etl/values.yaml", values("billing-etl", threshold="3"))
    repo.write(
        "clusters/prod/billing/bare/values.yaml", "resourceNamePrefix: bare\nagentTokenSecretName: t\ncommonEnv: []\n"
    )
    repo.commit_all()
    assert cli("set", "threshold=9", "--all", "--plan", "../plan.json").code == 0
    assert cli("set", "threshold=9", "--all", "--plan", "../waves.json").code == 0
    assert cli("wave", "plan", "../waves.json", "--by", "env").code == 0
    before = everything(repo)
    for name, arguments in WRITES.items():
        ways = [["--write"], ["--commit", "-m", "x"], ["--commit", "-m", "x", "--branch", "new"]]
        for way in ways if name not in ("undo", "push", "probe") else [[]]:
            done = cli("--read-only", name, *arguments, *way)
            assert done.code == 3, (name, way, done)
            assert "read-only" in done.err
            assert everything(repo) == before, (name, way)
    assert cli("--read-only", "set", "threshold=9", "--all", "--plan", "plan.json").code == 3
    assert everything(repo) == before


@pytest.mark.parametrize("name", [name for name in LOOKS if name not in ("demo", "lsp", "serve")])
def test_commands_that_look_write_nothing_either(
    repo: Work, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    arguments = {
        "show": [ETL],
        "history": [ETL],
        "explain": ["XC101"],
        "config": ["show"],
        "schema": ["list"],
        "completion": ["bash"],
        "review": ["HEAD", "--onto", "HEAD"],
        "migrate": ["../plan.json"],
    }
    monkeypatch.chdir(repo.root)
    assert (
        Cli(capsys, repo.root)("set", "path=s3://other/x", "--where", "name:billing-etl", "--plan", "../plan.json").code
        == 0
    )
    before = everything(repo)
    done = Cli(capsys, repo.root)(name, *arguments.get(name, []))
    assert done.code in (0, 1), f"{done.err}: name here with which arguments {name} is called"
    assert everything(repo) == before
    shutil.rmtree(repo.root.parent / "server.git")
