"""What the configuration says about the screen: mistakes are named with what was probably meant."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from textual.app import App
from textual.keys import _character_to_key
from textual.theme import BUILTIN_THEMES

from rea_xcom_tui.tui.app import FleetApp
from rea_xcom_tui.tui.cells.columns import KEYS
from rea_xcom_tui.tui.help.config_check import SHORT_THEMES, THEMES, keys_of, mistakes_in
from rea_xcom_tui.tui.home.open import Look, look_of
from rea_xcom_tui.tui.keys.commands import COMMANDS
from rea_xcom_tui.tui.kit.ascii import in_ascii
from rea_xcom_tui.tui.kit.themes import OWN_THEMES
from rea_xcom_tui.user.config_models import build
from rea_xcom_tui.user.memory import Memory
from rea_xcom_tui.user.settings import Config
from tests.tui.driver import driving
from tests.work import Work, make_work

PRINTABLE = [chr(code) for code in range(33, 127)]


def test_themes_and_names_of_keys_are_those_of_textual() -> None:
    assert set(THEMES) == {*BUILTIN_THEMES, *(theme.name for theme in OWN_THEMES)} == set(THEMES)
    assert set(SHORT_THEMES.values()) < set(App().available_themes)
    for char in PRINTABLE:
        if char not in ",+":
            assert keys_of(char) == _character_to_key(char)
    assert keys_of(",") == "comma"
    assert keys_of("Ctrl+s, ?") == "ctrl+s,question_mark"


def test_the_default_keys_have_no_conflict_and_are_keys() -> None:
    keymap = {command.id: command.single_keys for command in COMMANDS if command.single_keys}
    assert list(mistakes_in(Config(keymap=keymap))) == []


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (Config(theme="darc"), "ui.theme: there is no theme 'darc'; did you mean dark?"),
        (Config(columns=("name", "treshold")), "there is no column 'treshold'; did you mean threshold?"),
        (Config(keymap={"changes.comit": "f5"}), "there is no command 'changes.comit'; did you mean changes.commit?"),
        (Config(keymap={"changes.commit": "ctrl+ö5"}), "is not a key"),
        (Config(keymap={"changes.commit": "entr"}), "'entr' for changes.commit is not a key; did you mean enter?"),
        (Config(keymap={"changes.commit": "w"}), "w would be both changes.commit and changes.write"),
        (Config(keymap={"changes.commit": "j"}), "j would be both changes.commit and go.down"),
        (Config(keymap={"changes.commit": "g"}), "g would be both changes.commit and"),
        (Config(keymap={"changes.commit": "f1"}), "f1 would be both changes.commit and app.help"),
        (
            Config(keymap={"changes.commit": "f5", "changes.write": "f5"}),
            "f5 would be both changes.commit and changes.w",
        ),
        (Config(keymap={"marked.edit": "E"}), "marked.edit is two keys in a row (g e), which a keymap cannot change"),
    ],
    ids=str,
)
def test_each_mistake_is_one_sentence(config: Config, said: str) -> None:
    (sentence, *more) = mistakes_in(config)
    assert said in sentence
    assert len(more) <= len([key for key in config.keymap.values() if key == "g"]) * 20


def test_keys_may_change_places_and_no_theme_is_no_mistake() -> None:
    assert not list(mistakes_in(Config(keymap={"changes.commit": "w", "changes.write": "c"})))
    assert not list(
        mistakes_in(Config(theme="dark", columns=("path",), keymap={"changes.commit": "K", "app.theme": "f6"}))
    )


def config_check(root: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "rea_xcom_tui", "-C", str(root), "config", "check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_config_check_tells_every_mistake_of_the_screen_without_starting_it(fleet_repo: Work) -> None:
    file = fleet_repo.root / ".rea-xcom-tui.toml"
    file.write_text(
        '[ui]\ntheme = "high-contrast"\nglyphs = "ascii"\n'
        '[ui.keymap]\n"changes.commit" = "f5"\n[queries]\nbig = "threshold:>0"\n'
    )
    assert config_check(fleet_repo.root).returncode == 0
    look = look_of(fleet_repo.root)
    assert (look.theme, look.ascii, look.keymap) == ("high-contrast", True, {"changes.commit": "f5"})
    file.write_text('[ui]\ntheme = "hich-contrast"\n[ui.keymap]\n"chnges.commit" = "f5"\n')
    done = config_check(fleet_repo.root)
    assert done.returncode == 2
    assert "did you mean high-contrast?" in done.stderr
    assert "did you mean changes.commit?" in done.stderr
    file.write_text('[queries]\nbig = "treshold:>0"\n')
    done = config_check(fleet_repo.root)
    assert done.returncode == 2
    assert "the query 'big' has a mistake" in done.stderr


async def test_newcomers_are_shown_once_how_to_begin_and_mistakes_are_told(small: Work, tmp_path: Path) -> None:
    look = Look(memory=Memory(tmp_path, tmp_path / "repo"), mistakes=("ui.theme: there is no theme 'x'", "another"))
    async with driving(small, (80, 24), look=look) as driver:
        assert "New here?" in driver.seen
        assert "Nothing is written before w or c" in driver.seen
        assert "! configuration: ui.theme: there is no theme 'x' (and 1 mistake more)" in driver.seen
        await driver.press("escape")
        assert "New here?" not in driver.seen
    async with driving(small, (80, 24), look=look) as driver:
        assert "New here?" not in driver.seen


async def test_in_ascii_nothing_else_is_drawn(small: Work, tmp_path: Path) -> None:
    look = Look(ascii=True, keymap={"changes.diff": "f6"})
    async with driving(small, (120, 40), look=look) as driver:
        for keys in (
            ["space", "s", "W"],
            ["question_mark"],
            ["escape", "f"],
            ["escape", "C"],
            ["escape", "exclamation_mark"],
        ):
            await driver.press(*keys)
            strips = driver.app.screen._compositor.render_strips()
            drawn = "".join(in_ascii(segment.text) for strip in strips for segment in strip)
            shown = "".join(segment.text for strip in strips for segment in strip)
            assert drawn == shown
            assert {char for char in shown if not char.isascii()} == set()


async def test_an_empty_repo_says_what_one_can_do(tmp_path: Path) -> None:
    async with driving(make_work(tmp_path / "empty", {"README.md": "# Nothing yet\n"}), (80, 24)) as driver:
        assert "There are no agent values files in this repo" in driver.seen
        assert "rea-xcom-tui demo" in driver.seen
        for key in (
            "e",
            "f",
            "space",
            "o",
            "d",
            "w",
            "c",
            "exclamation_mark",
            "Q",
            "escape",
            "C",
            "escape",
            "equals_sign",
        ):
            await driver.press(key)
        assert driver.app.return_code is None


async def test_a_moved_key_works_and_help_and_footer_tell_it_and_the_theme_is_chosen_in_the_palette(
    small: Work,
) -> None:
    look = Look(keymap={"fleet.filter": "f6", "mark.toggle": "m"})
    async with driving(small, (80, 24), look=look) as driver:
        await driver.press("m", "space")
        assert len(driver.table.marks) == 1
        assert "f6 filter" in driver.seen
        await driver.press("question_mark")
        await driver.type("fleet.filter")
        assert "f6" in driver.dialog
        await driver.press("escape", "f6")
        assert driver.home.filter_bar.input.has_focus
        await driver.press("escape", "ctrl+p")
        await driver.type("colours")
        await driver.press("enter")
        await driver.type("high-contrast-light")
        await driver.press("enter")
        assert driver.app.theme == "high-contrast-light"
    for configured, expected in ((None, "high-contrast-light"), ("nord", "nord")):
        later = Look(theme=configured, memory=look.memory)
        async with driving(small, (80, 24), look=later) as driver:
            assert driver.app.theme == expected, "a choice counts until the configuration says something else"


@pytest.mark.parametrize("theme", ["dark", "light", "high-contrast"])
async def test_style_sheets_are_read_once_with_the_colours_of_the_theme(
    small: Work, monkeypatch: pytest.MonkeyPatch, theme: str
) -> None:
    again: list[str] = []
    monkeypatch.setattr(FleetApp, "refresh_css", lambda app, animate=True: again.append(app.theme))
    async with driving(small, (80, 24), look=Look(theme=theme)) as driver:
        app = driver.app
        assert (app.theme, again) == (theme, [])
        assert app.screen.styles.background.hex.casefold() == app.current_theme.background
        light = theme == "light"
        assert {f"-theme-{theme}", "-light-mode" if light else "-dark-mode"} <= app.classes
        assert ("-dark-mode" if light else "-light-mode") not in app.classes


def test_the_example_in_the_documentation_is_right() -> None:
    page = (Path(__file__).parents[2] / "docs" / "configuration.md").read_text("utf-8")
    example = page.partition("```toml\n")[2].partition("```")[0]
    config = build([(Path("example.toml"), tomllib.loads(example))])
    assert list(mistakes_in(config)) == []
    assert config.queries
    assert [key for key in KEYS if f"`{key}`" not in page] == [], "docs/configuration.md names every column"
