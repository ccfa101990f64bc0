"""What a change would do is told before it is done, and a diff shows it at any width."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen

from rea_xcom_tui.tui.changes.commit_screen import CommitScreen
from rea_xcom_tui.tui.changes.diff_screen import DiffScreen
from rea_xcom_tui.tui.changes.diff_view import DiffView
from rea_xcom_tui.tui.home.bulk_screen import BulkScreen
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.fit import shorten_change
from tests.tui.driver import Driver, driving
from tests.work import Work, make_work, values

PROD = [f"clusters/prod/svc{number}/values.yaml" for number in range(6)]
DEV = "clusters/dev/svc0/values.yaml"
SHARED = "clusters/prod/shared/values.yaml"


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    thresholds = ("1048576", "1048576", "65536", "0", "1048576", "65536")
    files = {file: values(f"svc{at}", threshold=thresholds[at]) for at, file in enumerate(PROD)}
    work = make_work(tmp_path / "fleet", {**files, DEV: values("svc0", threshold="4096")})
    work.git("init", "-q", "--bare", str(tmp_path / "remote.git"))
    work.git("remote", "add", "origin", str(tmp_path / "remote.git"))
    work.git("push", "-q", "-u", "origin", "main")
    return work


async def test_all_of_prod_but_one_from_the_open_table_to_the_pushed_branch(repo: Work) -> None:
    pressed: list[str] = []

    async with driving(opener(repo.root, read_only=False), (120, 40)) as driver:

        async def press(*keys: str) -> None:
            pressed.extend(keys)
            await driver.press(*keys)

        await press("slash", *"env:prod", "enter", "a")
        await press(*["right"] * driver.columns.index("threshold"), "space", "g", "e", "0")
        assert "4 change" in driver.seen
        assert "1 already so" in driver.seen
        await press("enter", "c", "p")
        assert "pull request" in driver.seen or "origin" in driver.seen
        await press("enter")
        assert "Pushed" in driver.seen
    assert len(pressed) <= 24, f"{len(pressed)} keys: {' '.join(pressed)}"
    branch = repo.git("branch", "--show-current").strip()
    assert branch.startswith("rea/xcom-")
    assert branch.endswith("set-threshold-to-0-on-4-prod-deployments"), "cut between words, if at all"
    assert repo.git("ls-remote", "--heads", "origin", branch).split()[0] == repo.head()
    assert sorted(repo.committed_files()) == [PROD[at] for at in (1, 2, 4, 5)]
    assert b'"1048576"' in repo.read(PROD[0]), "the one that was left out"


async def test_a_bulk_edit_opens_with_what_is_usual_and_shows_no_stale_preview(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (120, 40)) as driver:
        await driver.type("/env:prod\n")
        await driver.press("a", *["right"] * driver.columns.index("threshold"), "g", "e")
        assert "refused" not in driver.seen
        assert "1048576 (1 MiB)  3 of 6 in prod have it" in driver.seen
        await driver.press("enter")
        assert isinstance(driver.app.screen, BulkScreen), "nothing is done without a value"
        await driver.press("down", "enter")
        assert "3 change    3 already so" in driver.seen
        await driver.press("down", *["down"] * 3, "space")
        assert "nothing to leave out" in driver.seen, "a key that has nothing to do says so"
        screen = driver.app.screen
        screen._forget()
        assert not screen.changing, "what was worked out for another text is gone before the next is asked about"
        await driver.press("escape")
        await driver.press("less_than_sign", *["right"] * driver.columns.index("path"), "g", "e")
        await driver.type("s/nowhere/x/")
        assert "unaffected" in driver.seen
        assert "already so" not in driver.seen
        await driver.press("escape")
        await driver.press("less_than_sign", *["right"] * driver.columns.index("threshold"), "g", "e", "0")
        preview = driver.app.screen
        assert isinstance(preview, BulkScreen)
        _, *others = preview.changing
        await driver.rush("down", "space", "enter")  # Enter, however close behind, finds left out what was left out
        assert {edit.deployment for edit in driver.home.pending.edits} == {*others}


async def test_write_asks_alike_everywhere_and_tells_the_outcome(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (120, 40)) as driver:
        driver.home.edits.edit(PROD[:2], "path", "gs://one-bucket/xcom")
        await driver.settle()
        for way in ((), ("d",)):
            await driver.press(*way, "w")
            assert "Write 2 edits in 2 deployments to 2 files?" in driver.dialog
            assert "2 lines in 2 files" in driver.dialog
            assert "gs://one-bucket/xcom · " in driver.dialog
            assert "Would add " in driver.dialog
            assert "  + " in driver.dialog
            assert repo.status() == []
            await driver.press("escape")
        assert isinstance(driver.app.screen, DiffScreen)
        await driver.press("w", "enter")
        assert "Wrote 2 files" in driver.status, "what was done is told, and stays"
        assert len(repo.status()) == 2


def shown(driver: Driver) -> Screen[Any]:
    """The screen that is on top."""
    return driver.app.screen


@pytest.mark.parametrize("way", ["equals_sign", "exclamation_mark", "enter"], ids=["drift", "problems", "file"])
async def test_a_write_leaves_one_where_one_came_from_and_so_does_esc(repo: Work, way: str) -> None:
    async with driving(opener(repo.root, read_only=False), (120, 40)) as driver:
        driver.home.edits.edit(PROD[:2], "threshold", "65536")
        await driver.settle()
        await driver.go_to("svc0", "name")
        await driver.press(way)
        here = shown(driver)
        assert here is not driver.home
        await driver.press("d", "c")
        assert isinstance(shown(driver), CommitScreen)
        await driver.press("escape")
        assert isinstance(shown(driver), DiffScreen), "Esc at the commit leads back to the diff"
        await driver.press("w", "escape", "escape")
        assert shown(driver) is here
        await driver.press("d", "w", "enter")
        assert shown(driver) is here
        assert "Wrote 2 files; c commits." in driver.seen
        assert len(repo.status()) == 2
        await driver.press("c", "escape")
        assert shown(driver) is here
        await driver.press("c", "enter")
        assert shown(driver) is driver.home, "what goes on from a commit is in the fleet"
        assert "Committed" in driver.status
    assert repo.status() == []


async def test_esc_at_the_commit_leads_back_to_the_diff_in_the_fleet_too(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (120, 40)) as driver:
        driver.home.edits.edit(PROD[:2], "threshold", "65536")
        await driver.settle()
        await driver.press("d", "c", "escape")
        assert isinstance(shown(driver), DiffScreen)
        await driver.press("escape")
        assert shown(driver) is driver.home


async def test_what_cannot_be_made_keeps_all_of_it_from_being_written_unless_one_says_so(repo: Work) -> None:
    async with driving(opener(repo.root, read_only=False), (120, 40)) as driver:
        driver.home.edits.edit(PROD[:2], "threshold", "7")
        await driver.settle()
        repo.write(PROD[0], repo.read(PROD[0]).replace(b'value: "1048576"', b'value: &t "1048576"') + b"other: *t\n")
        await driver.press("w")
        assert "1 edit cannot be made, so nothing is written unless you leave it out" in driver.dialog
        assert "svc0 (prod), threshold: " in driver.dialog, "there is one of the name in dev, too"
        await driver.press("enter")
        assert b'"1048576"' in repo.read(PROD[1]), "the first answer is the safe one"
        await driver.press("w", "o")
        assert b'value: "7"' in repo.read(PROD[1])
        assert driver.home.pending.held == 1


@pytest.mark.parametrize("width", [60, 100, 200])
async def test_the_changed_part_of_a_long_line_is_on_the_screen(tmp_path: Path, width: int) -> None:
    role = "arn:aws:iam::123456789012:role/a-very-long-path/of-a-role/that-goes-on/and-on/until-it-names/"
    work = make_work(tmp_path / "long", {"prod/z/values.yaml": values("z", role=f"{role}oldAgent")})
    async with driving(opener(work.root, read_only=False), (width, 30)) as driver:
        driver.home.edits.edit(["prod/z/values.yaml"], "identity", f"{role}newAgent")
        await driver.settle()
        await driver.press("d")
        for sides in (False, True):
            if sides:
                await driver.press("s")
            drawn = "".join(driver.app.screen.query_one(DiffView).text.split())
            seen = "".join(driver.seen.split())
            assert "oldAgent" in drawn
            assert "oldAgent" in seen.replace("│", "") or width < 100
            assert "newAgent" in seen.replace("│", "") or width < 100
            view = driver.app.screen.query_one(DiffView)
            edge = [view.render_line(y).text[-1] for y in range(view.size.height)]
            assert set(edge) == {" "}, "a scroll bar hides nothing"
        await driver.press("n", "N")


def test_what_both_values_share_gives_way_first() -> None:
    old = "arn:aws:iam::123456789012:role/growthAgent"
    for width in range(24, 100):
        shown = shorten_change(f"{old} → {old[:-5]}Other", width)
        assert len(shown) <= width
        left, _, right = shown.partition(" → ")
        assert left != right, "the two sides look different at any width"


async def test_a_change_of_an_azure_identity_tells_all_the_places_that_it_touches(tmp_path: Path) -> None:
    account = '{"conn_type": "wasb", "extra": {"managed_identity_client_id": "b81d4e6f-1111-2222-3333-a4455660915b"}}'
    text = values("z", path="abfs://wasb_xcom@cont/x", role=None).replace(
        "annotations: {}",
        "annotations:\n  azure.workload.identity/client-id: b81d4e6f-1111-2222-3333-a4455660915b",
    )
    text = text.replace("commonEnv:\n", f"commonEnv:\n  - name: AIRFLOW_CONN_WASB_XCOM\n    value: '{account}'\n")
    work = make_work(tmp_path / "azure", {"prod/z/values.yaml": text, "prod/y/values.yaml": text})
    async with driving(opener(work.root, read_only=False), (160, 40)) as driver:
        await driver.press("a", *["right"] * driver.columns.index("identity"), "g", "e")
        await driver.type("c81d4e6f-1111-2222-3333-a4455660915c")
        assert "annotation + connection JSON" in driver.seen
        assert "→ c81d4e" in driver.seen, "the new value has as much room as the old one"
        await driver.press("escape")
