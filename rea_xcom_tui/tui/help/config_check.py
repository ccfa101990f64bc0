"""What the configuration says about the screen, held against what there is: commands, keys, columns, themes.

Imports nothing of Textual, so that `config check` can use it without starting a terminal.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from rea_xcom_tui.text import clean
from rea_xcom_tui.tui.cells.columns import KEYS
from rea_xcom_tui.tui.keys.commands import COMMANDS, Command, Place, by_id

if TYPE_CHECKING:
    from rea_xcom_tui.user.settings import Config

OWN_THEMES = ("dark", "light", "high-contrast", "high-contrast-light")
THEMES = (
    "textual-dark", "textual-light", "nord", "gruvbox", "catppuccin-mocha", "dracula", "tokyo-night", "monokai",
    "flexoki", "catppuccin-latte", "catppuccin-frappe", "catppuccin-macchiato", "solarized-light", "solarized-dark",
    "rose-pine", "rose-pine-moon", "rose-pine-dawn", "atom-one-dark", "atom-one-light", "ansi-dark", "ansi-light",
    *OWN_THEMES,
)  # fmt: skip
"""Every theme by its full name."""
SHORT_THEMES: Mapping[str, str] = {"ansi": "ansi-dark"}
"""Short names."""

_MODIFIERS = {"ctrl", "shift", "alt", "super", "meta", "hyper"}
_NAMED_KEYS = {
    "up", "down", "left", "right", "home", "end", "pageup", "pagedown", "insert", "delete", "enter", "tab", "escape",
    "space", "backspace", *(f"f{number}" for number in range(1, 25)),
}  # fmt: skip
_CHARACTERS = {
    "solidus": "slash", "reverse_solidus": "backslash", "commercial_at": "at", "hyphen_minus": "minus",
    "plus_sign": "plus", "low_line": "underscore",
}  # fmt: skip
_OVERLAPPING: tuple[frozenset[Place], ...] = (
    frozenset({"fleet", "table", "any"}), frozenset({"problems", "list", "any"}), frozenset({"history", "list", "any"}),
    frozenset({"revisions", "list", "any"}),
    frozenset({"log", "list", "any"}), frozenset({"branches", "list", "any"}), frozenset({"queries", "list", "any"}),
    frozenset({"columns", "list", "any"}),
)  # fmt: skip
"""Places whose keys work at the same time."""


def theme_name(name: str | None) -> str | None:
    """The full name of a theme."""
    return SHORT_THEMES.get(name, name) if name else None


def keys_of(text: str) -> str:
    """The keys of a keymap's entry in Textual's names: `ctrl+s,?` becomes `ctrl+s,question_mark`."""
    return ",".join(_key_of(key.strip()) for key in text.split(",") if key.strip()) if text != "," else "comma"


def _key_of(key: str) -> str:
    *modifiers, last = key.split("+") if len(key) > 1 else [key]
    if len(last) == 1 and not last.isalnum():
        name = unicodedata.name(last, "").lower().replace("-", "_").replace(" ", "_")
        last = _CHARACTERS.get(name, name) or last
    return "+".join([*(modifier.lower() for modifier in modifiers), last])


def mistakes_in(config: Config) -> Iterator[str]:
    """What is wrong with theme, columns and keymap, one sentence each; none of it keeps the tool from starting."""
    theme = theme_name(config.theme)
    if theme is not None and theme not in THEMES:
        yield f"ui.theme: there is no theme '{clean(config.theme)}'{_near(theme, (*SHORT_THEMES, *THEMES))}"
    for key in config.columns:
        if key not in KEYS:
            yield f"ui.columns: there is no column '{clean(key)}'{_near(key, KEYS)}"
    yield from _keymap_mistakes(config.keymap)


def _keymap_mistakes(keymap: Mapping[str, str]) -> Iterator[str]:
    moved: dict[str, set[str]] = {}
    for identifier, text in keymap.items():
        command = by_id(identifier)
        if command is None:
            known = [command.id for command in COMMANDS if command.single_keys or not command.keys]
            yield f"ui.keymap: there is no command '{clean(identifier)}'{_near(identifier, known)}"
            continue
        if command.keys and not command.single_keys:
            yield f"ui.keymap: {identifier} is two keys in a row ({command.shown}), which a keymap cannot change"
            continue
        keys = keys_of(text).split(",")
        wrong = [key for key in keys if not _is_key(key)]
        for key in wrong:
            yield (
                f"ui.keymap: '{clean(key)}' for {identifier} is not a key{_near(key, _NAMED_KEYS)}; keys are like "
                "ctrl+s, f5, K or ?"
            )
        moved[identifier] = {key for key in keys if key not in wrong}
    yield from _conflicts(moved)


def _conflicts(moved: Mapping[str, set[str]]) -> Iterator[str]:
    """Keys that would do two things in one place. A key may go to a command that takes over from a moved one."""
    told: set[frozenset[str]] = set()
    for identifier, keys in moved.items():
        command = by_id(identifier)
        if command is None:
            continue
        for other in COMMANDS:
            pair = frozenset({identifier, other.id})
            if other.id == identifier or pair in told or not _together(command.place, other.place):
                continue
            both = keys & (moved[other.id] if other.id in moved else set(_keys(other)))
            if both:
                told.add(pair)
                yield f"ui.keymap: {min(both)} would be both {identifier} and {other.id} ({other.title.lower()})"


def _keys(command: Command) -> Iterable[str]:
    """The keys of a command, and the first of those in a row, which would be taken before the second comes."""
    return [*command.single_keys.split(","), *(first for first, _ in command.chords)] if command.keys else []


def _together(one: Place, other: Place) -> bool:
    return one == other or any(one in places and other in places for places in _OVERLAPPING) or "any" in (one, other)


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    if not set(modifiers) <= _MODIFIERS or not last:
        return False
    return len(last) == 1 or last in _NAMED_KEYS or last in {_key_of(char) for char in string.punctuation}


def _near(word: str, known: Iterable[str]) -> str:
    found = get_close_matches(word.lower(), list(known), n=1, cutoff=0.5)
    return f"; did you mean {found[0]}?" if found else ""
