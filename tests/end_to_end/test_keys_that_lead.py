"""Every key answers: what may follow a prefix, what Tab completes, what is kept, and where keys are not offered."""

from __future__ import annotations

import re

import pytest

from rea_xcom_tui.tui.home.command_bar import CommandLine, completions
from rea_xcom_tui.tui.home.command_line import PromoteLine, promote_line
from rea_xcom_tui.tui.home.open import Look, opener
from rea_xcom_tui.tui.kit.which_key import Follow
from tests.tui.driver import Driver, driving
from tests.work import Work


def strip(driver: Driver) -> str:
    """What the strip of keys shows; nothing while it is hidden."""
    follow = driver.home.query_one(Follow)
    return follow.text if follow.display else ""


async def test_a_strip_tells_what_may_follow_a_prefix(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.go_to("billing-etl")
        assert strip(driver) == ""
        await driver.press("y")
        assert "Copy the name" in strip(driver)
        await driver.press("n")
        assert strip(driver) == ""
        assert driver.home.copying.copied == "billing-etl"
        await driver.press("y", "f")
        assert str(driver.home.copying.copied).startswith("clusters/prod/billing/etl/values.yaml:")
        await driver.press("z")
        assert "Fold the group" in strip(driver)
        await driver.press("escape")
        assert strip(driver) == ""


async def test_a_digit_goes_to_a_column_and_g_slash_filters_by_the_cell(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("2")
        assert driver.table.column.key == driver.columns[2]
        await driver.press("9")
        assert driver.table.column.key == driver.columns[min(9, len(driver.columns) - 1)]
        await driver.press("0", "1", "g", "slash")
        assert driver.home.filter_bar.input.value == "env:dev"


async def test_the_command_line_completes_in_place_with_its_keys_in_the_footer(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        await driver.press("colon")
        assert "Tab complete" in driver.seen
        await driver.type("set thr")
        await driver.press("tab")
        line = driver.home.query_one(CommandLine)
        assert (line.has_focus, line.value) == (True, "set threshold=")
        await driver.type("7 where env:pr")
        await driver.press("tab")
        assert line.value == "set threshold=7 where env:prod"
        await driver.press("escape")
        assert driver.table.has_focus


def test_what_the_command_line_may_become() -> None:
    known = {"env": ("prod", "dev"), "threshold": ("0", "1048576")}
    assert completions("unset comp", known) == ["unset compression"]
    assert completions("set threshold=1", known) == ["set threshold=1048576"]
    assert completions("filter env:de", known) == ["filter env:dev"]
    assert "changes.write" in completions("changes.w", known)
    assert completions("nonsense", known) == []
    for begun, whole in (
        ("promote thr", "promote threshold "),
        ("promote threshold --f", "promote threshold --from "),
        ("promote threshold --from env:de", "promote threshold --from env:dev"),
        ("promote path --from env:dev --t", "promote path --from env:dev --to "),
        ("promote path from env:dev to env:de", "promote path from env:dev to env:dev"),
        ("promote path --from a --to b --e", "promote path --from a --to b --each"),
        ("promote --p", "promote --propose"),
    ):
        assert completions(begun, known) == [whole]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("path, threshold from a b to -c", PromoteLine(("path", "threshold"), "a b", "-c")),
        ("path --to='env:prod a' --from env:x --each", PromoteLine(("path",), "env:x", "env:prod a", each=True)),
        ("--propose", PromoteLine(propose=True)),
        ("path --from a", "takes fields and both sides"),
        ("path --from a --to b --write", "--write cannot be given here"),
        ("state-path from a to b", "can be promoted"),
        ("--propose path", "nothing else goes with it"),
    ],
)
def test_a_promotion_is_asked_for_in_the_words_of_the_command(text: str, read: PromoteLine | str) -> None:
    if isinstance(read, PromoteLine):
        assert promote_line(text) == read
        return
    with pytest.raises(ValueError, match=re.escape(read)):
        promote_line(text)


async def test_a_mistyped_value_is_guessed_and_the_rows_stay_meanwhile(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        shown = driver.names
        await driver.press("slash")
        await driver.type("env:prdo")
        assert (driver.names, driver.home.filter_bar.offered) == (shown, ["prod"])
        await driver.press("enter")
        assert "Did you mean env:prod?" in driver.seen
        await driver.press("slash", "tab", "enter")
        assert driver.home.filter_bar.input.value == "env:prod"
        await driver.press("escape", "slash")
        await driver.type("treshold:0")
        assert (driver.names, driver.home.filter_bar.offered) == (shown, ["threshold:0"])


async def test_filter_and_order_are_kept_for_the_repo(fleet_repo: Work) -> None:
    look = Look()
    async with driving(opener(fleet_repo.root, read_only=False), look=look) as driver:
        await driver.press("slash", *"env", "colon", *"prod", "enter", "s", "s")
        shown = driver.names
    assert (look.memory.query, look.memory.sorting) == ("env:prod", ("-name",))
    async with driving(opener(fleet_repo.root, read_only=False), look=look) as driver:
        assert driver.names == shown
        assert "Esc shows all" in driver.status


async def test_where_nothing_may_be_written_no_key_for_it_is_offered(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=True)) as driver:
        await driver.press("3")
        footer = driver.seen.splitlines()[-1]
        assert "edit" not in footer
        assert "Enter open" in footer
        await driver.press("question_mark")
        assert "Write the files" not in driver.dialog
        await driver.press("escape", "D")
        assert "fix" not in driver.seen.splitlines()[-1]


async def test_the_wheel_never_leaves_an_edit_behind(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False), (100, 14)) as driver:
        await driver.press("3")
        driver.table.scroll_to(y=3, animate=False, force=True)
        await driver.press("e")
        assert driver.table.scroll_offset.y == 0
        assert not driver.table.allow_vertical_scroll
        await driver.press("escape")
        assert driver.table.allow_vertical_scroll


async def test_with_edits_the_footer_tells_what_to_do_with_them(fleet_repo: Work) -> None:
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        assert "w write" not in driver.seen.splitlines()[-1]
        await driver.go_to("billing-etl", "threshold")
        await driver.edit("77")
        assert "w write" in driver.seen.splitlines()[-1]
        await driver.press("ctrl+c")
        assert "q quits" in driver.status
