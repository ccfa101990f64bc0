"""What would break the screens without any test of theirs noticing."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
import textwrap
from functools import cache
from inspect import signature
from pathlib import Path
from types import FunctionType
from unittest.mock import MagicMock

import pytest
from textual.message_pump import MessagePump
from textual.screen import Screen

import rea_xcom_tui.tui
from rea_xcom_tui.tui.background.parts import Composed
from rea_xcom_tui.tui.home.guidance import idle_commands
from rea_xcom_tui.tui.keys.commands import COMMANDS, ORDER, PLACES, WRITING, Place, of_place

ROOT = Path(rea_xcom_tui.tui.__file__).parent
MOST_CLASSES, MOST_MEMBERS = 5, 70
MODULES = [name for _, name, _ in pkgutil.walk_packages([str(ROOT)], "rea_xcom_tui.tui.")]


def own_classes() -> list[type]:
    found = []
    for name in MODULES:
        module = importlib.import_module(name)
        found += [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == name]
    return [c for c in found if issubclass(c, MessagePump)]


@pytest.mark.parametrize("cls", own_classes(), ids=lambda cls: cls.__name__)
def test_no_class_takes_a_private_name_of_textual(cls: type) -> None:
    theirs = {name for base in cls.__mro__ if base.__module__.startswith("textual") for name in private_names(base)}
    ours = {name for base in cls.__mro__ if base.__module__.startswith("rea_xcom_tui") for name in private_names(base)}
    assert not ours & theirs


@cache
def private_names(cls: type) -> frozenset[str]:
    """Private names that the body of a class defines, or assigns on self."""
    names = set()
    for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(cls)))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
    return frozenset(name for name in names if name.startswith("_") and not name.startswith("__") and name != "_")


def test_ids_and_keys_are_unique_and_every_command_can_be_done() -> None:
    assert len({command.id for command in COMMANDS}) == len(COMMANDS)
    for place in PLACES:
        keys = [key for command in of_place(place) for key in command.keys.split(",")]
        assert len(keys) == len(set(keys)), place
    table_keys = {key for command in of_place("table") for key in command.keys.split(",")}
    fleet_keys = {key for command in of_place("fleet") for key in command.keys.split(",")}
    assert not table_keys & fleet_keys


def owners_of(owner: type) -> list[type]:
    """A screen's class and those of its parts."""
    if not issubclass(owner, Composed):
        return [owner]
    given = [MagicMock() for given in signature(owner).parameters.values() if given.default is given.empty]
    return [owner, *map(type, owner(*given).parts)]


def made_of(cls: type) -> tuple[int, int]:
    """How many of our own classes a screen is, and how many members they give it."""
    ours = [base for base in cls.__mro__ if base.__module__.startswith("rea_xcom_tui")]
    names = {
        name for base in ours for name, member in vars(base).items() if isinstance(member, FunctionType | property)
    }
    return len(ours), len({name for name in names if not name.startswith("__")})


SCREENS = [cls for cls in own_classes() if issubclass(cls, Screen)]


@pytest.mark.parametrize("cls", SCREENS, ids=lambda cls: cls.__name__)
def test_no_screen_grows_into_a_pile_of_classes_again(cls: type) -> None:
    """What a screen can do beyond this belongs to parts, see `tui/background/parts.py`; these stay as small."""
    for one in owners_of(cls):
        classes, members = made_of(one)
        assert classes <= MOST_CLASSES, one
        assert members <= MOST_MEMBERS, one


@pytest.mark.parametrize("cls", SCREENS, ids=lambda cls: cls.__name__)
def test_each_command_of_a_screen_is_done_in_one_place(cls: type) -> None:
    screen, *parts = owners_of(cls)
    actions = [name for part in parts for name in dir(part) if name.startswith("action_")]
    assert len(actions) == len(set(actions))
    assert not {name for name in actions if hasattr(screen, name)}


def test_every_action_exists() -> None:
    from rea_xcom_tui.tui.app import FleetApp
    from rea_xcom_tui.tui.changes.commit_screen import CommitScreen
    from rea_xcom_tui.tui.changes.diff_screen import DiffScreen
    from rea_xcom_tui.tui.changes.push_screen import PushScreen
    from rea_xcom_tui.tui.file.screen import FileScreen
    from rea_xcom_tui.tui.home.bulk_screen import BulkScreen
    from rea_xcom_tui.tui.home.columns_screen import ColumnsScreen
    from rea_xcom_tui.tui.home.command_bar import CommandLine
    from rea_xcom_tui.tui.home.filter_bar import FilterBar
    from rea_xcom_tui.tui.home.queries_screen import QueriesScreen
    from rea_xcom_tui.tui.home.screen import FleetScreen
    from rea_xcom_tui.tui.home.table import FleetTable
    from rea_xcom_tui.tui.home.values_screen import ValuesScreen
    from rea_xcom_tui.tui.kit.cell_editor import CellEditor
    from rea_xcom_tui.tui.kit.line_list import LineList
    from rea_xcom_tui.tui.repo.branches_screen import BranchesScreen
    from rea_xcom_tui.tui.repo.history_screen import HistoryScreen
    from rea_xcom_tui.tui.repo.log_screen import LogScreen
    from rea_xcom_tui.tui.repo.problems_screen import ProblemsScreen
    from rea_xcom_tui.tui.repo.revisions_screen import RevisionsScreen

    owners: dict[Place, type] = {
        "fleet": FleetScreen,
        "table": FleetTable,
        "editor": CellEditor,
        "file": FileScreen,
        "diff": DiffScreen,
        "commit": CommitScreen,
        "bulk": BulkScreen,
        "values": ValuesScreen,
        "list": LineList,
        "problems": ProblemsScreen,
        "push": PushScreen,
        "history": HistoryScreen,
        "revisions": RevisionsScreen,
        "log": LogScreen,
        "branches": BranchesScreen,
        "query": FilterBar,
        "line": CommandLine,
        "queries": QueriesScreen,
        "columns": ColumnsScreen,
        "any": FleetApp,
    }
    for place, owner in owners.items():
        for command in of_place(place):
            name = f"action_{command.action.partition('(')[0]}"
            assert any(hasattr(one, name) for one in owners_of(owner)), command.id


def test_the_footer_of_each_place_has_six_to_ten_keys_at_most() -> None:
    places: tuple[Place, ...] = ("fleet", "diff", "commit")
    for place in places:
        for idle in (idle_commands(edits=True, changed=False), idle_commands(edits=False, changed=True)):
            known = [command for command in of_place(place, "any") if command.footer and command.single_keys]
            shown = [command for command in known if command.id not in idle]
            assert 3 <= len(shown) <= 10, place


def test_every_command_of_the_fleet_has_a_task_and_every_writing_command_is_one() -> None:
    for command in of_place("fleet", "table", "any"):
        assert command.task in ORDER, command.id
    assert {command.id for command in COMMANDS} >= WRITING


def test_no_heavy_import_before_the_first_frame() -> None:
    code = (
        "import sys, rea_xcom_tui.tui.app, rea_xcom_tui.tui.home.open, rea_xcom_tui.tui.home.screen\n"
        "print([name for name in ('git', 'pydantic', 'ruamel', 'yaml', 'ruamel.yaml') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_old_names_of_textual_are_not_used() -> None:
    for path in ROOT.rglob("*.py"):
        assert "Select.BLANK" not in path.read_text()
