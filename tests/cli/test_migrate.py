"""`migrate`: who shares a prefix, in which order, and commands that a shell takes as they are."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.fleet.actions.planfile import PlannedEdit, SavedPlan
from rea_xcom_tui.fleet.campaign import migration
from rea_xcom_tui.fleet.campaign.migration import Sharers, copy_command
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.reports.migration import as_json
from rea_xcom_tui.xcom.paths import ParsedPath, parse_path
from tests.cli.run import Cli
from tests.work import make_work, values

FILES = {
    "clusters/prod/a/values.yaml": values("a", path="s3://aws_xcom@old/shared"),
    "clusters/prod/b/values.yaml": values("b", path="s3://aws_xcom@old/shared/b"),
    "clusters/prod/c/values.yaml": values("c", path="s3://aws_xcom@old/shared/c"),
    "clusters/prod/d/values.yaml": values("d", path="s3://aws_xcom@old/other"),
    "clusters/prod/e/values.yaml": values("e", path="s3://aws_xcom@new/d"),
}
A, B, C, D, E = FILES


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Cli:
    return Cli(capsys, make_work(tmp_path / "repo", FILES).root)


def test_who_shares_a_place_and_in_which_order(cli: Cli, tmp_path: Path) -> None:
    plan = str(tmp_path / "plan.json")
    assert cli("set", "path=s/old/new/", "--where", "name:a,b,d", "--plan", plan).code == 0
    told = cli("migrate", plan, "--format", "json").json
    assert [[move["deployment"] for move in group] for group in told["groups"]] == [[D], [A, B]]
    moves = {move["deployment"]: move for group in told["groups"] for move in group}
    assert moves[A]["left_behind"] == [C]
    assert moves[B]["shares_old"] == [A]
    assert moves[A]["shares_new"] == [B]
    assert moves[D]["breaks"]
    assert moves[D]["copy"] == "aws s3 sync s3://old/other/ s3://new/other/"
    text = cli("migrate", plan).out
    assert f"shares the old place with {C}, which the plan leaves there" in text
    assert text.count("rea-xcom-tui probe") == 6
    assert cli("migrate", plan, "--format", "markdown").out.startswith("<!-- rea-xcom-tui migrate -->")


def test_a_wider_path_goes_first_because_nothing_is_lost(cli: Cli, tmp_path: Path) -> None:
    plan = str(tmp_path / "plan.json")
    ran = cli("set", "path=s3://aws_xcom@old", "--where", "name:d", "--plan", plan)
    assert ran.code == 0
    assert not cli("migrate", plan, "--format", "json").json["groups"][0][0]["breaks"]
    assert cli("set", "threshold=5", "--all", "--plan", plan, "--force").code == 0
    ran = cli("migrate", plan)
    assert (ran.code, "moves no path" in ran.err) == (2, True)


def test_many_moves_are_not_compared_each_with_each(monkeypatch: pytest.MonkeyPatch) -> None:
    places = {f"r{at:03}/values.yaml": f"s3://c@old-{at % 5}/t{at // 10}/{at % 2 or ''}" for at in range(400)}
    texts = {file: values(file, path=place) for file, place in places.items()}
    rows = [read_deployment(file, text.encode(), Reading()) for file, text in texts.items()]
    fleet = Fleet(Path(), None, None, tuple(row for row in rows if isinstance(row, Deployment)))
    moved = [PlannedEdit(id_, "path", old, old.replace("old", "new"), "") for id_, old in places.items()][::2]
    read: list[str] = []

    def counted(text: str) -> ParsedPath:
        read.append(text)
        return parse_path(text)

    monkeypatch.setattr(migration, "parse_path", counted)
    found = migration.migration(fleet, SavedPlan(Path("plan.json"), {}, tuple(moved), None, None))
    assert len(found.moves) == 200
    assert len(read) < 10 * len(places)  # each with each were 80,000 comparisons
    (first,) = (move for move in found.moves if move.deployment == "r000/values.yaml")
    assert first.left_behind == first.shares_old == Sharers(1, ("r005/values.yaml",))
    assert first.shares_new == Sharers()


def test_thousands_that_share_a_place_are_counted_and_not_named_in_each_of_their_moves() -> None:
    def told(count: int) -> Any:
        ids = [f"r{at:04}/values.yaml" for at in range(count)]
        content = values("r", path="s3://c@old/shared").encode()
        rows = [read_deployment(id_, content, Reading()) for id_ in ids]
        fleet = Fleet(Path(), None, None, tuple(row for row in rows if isinstance(row, Deployment)))
        edits = [PlannedEdit(id_, "path", "s3://c@old/shared", "s3://c@new/shared", "") for id_ in ids[1:]]
        text = as_json(migration.migration(fleet, SavedPlan(Path("plan.json"), {}, tuple(edits), None, None)))
        (group,) = json.loads(text)["groups"]
        return len(text), group[-1], ids

    small, move, ids = told(300)
    assert (move["shares_old"], move["shares_old_count"]) == (ids[:100], 299)
    assert (move["shares_new"], move["shares_new_count"]) == (ids[1:101], 298)
    assert (move["left_behind"], move["left_behind_count"]) == (ids[:1], 1)
    assert told(600)[0] < 2.2 * small


def test_as_many_as_are_named_leave_out_the_one_that_moves() -> None:
    ids = [f"r{at}/values.yaml" for at in range(101)]
    rows = [read_deployment(id_, values("r", path="s3://c@old/x").encode(), Reading()) for id_ in ids]
    fleet = Fleet(Path(), None, None, tuple(row for row in rows if isinstance(row, Deployment)))
    edits = (PlannedEdit(ids[50], "path", "s3://c@old/x", "s3://c@new/x", ""),)
    (move,) = migration.migration(fleet, SavedPlan(Path("plan.json"), {}, edits, None, None)).moves
    assert move.shares_old == move.left_behind == Sharers(100, tuple(id_ for id_ in ids if id_ != ids[50]))
    assert move.shares_new == Sharers()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("s3://c@a/x y", "s3://b", ["aws", "s3", "sync", "s3://a/x y/", "s3://b/"]),
        ("gs://a/x", "gs://b/x", ["gcloud", "storage", "rsync", "--recursive", "gs://a/x/", "gs://b/x/"]),
        ("s3://a", "gs://b", ["gcloud", "storage", "rsync", "--recursive", "s3://a/", "gs://b/"]),
        ("abfs://wasb@c/x", "abfs://wasb@d/x", ["rclone", "copy", "wasb:c/x", "wasb:d/x"]),
        ("file:///a;b", "file:///c", ["cp", "-a", "/a;b/.", "/c/"]),
    ],
)
def test_copy_commands_are_those_of_the_store(old: str, new: str, words: list[str]) -> None:
    assert shlex.split(copy_command(old, new)) == words
