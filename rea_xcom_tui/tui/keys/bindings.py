"""Turns the registry's commands into Textual's bindings."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from rea_xcom_tui.tui.keys.commands import Place, of_place

_IN_ORDER: frozenset[Place] = frozenset({"fleet", "table"})
"""Places whose keys are done one after the other, each before the next is looked at."""


def bindings_of(*places: Place) -> list[BindingType]:
    """The bindings of these places, each with the command's id so that a keymap can move it."""
    return [
        Binding(
            command.single_keys,
            command.action,
            command.footer or command.title,
            show=bool(command.footer),
            key_display=command.shown.split(", ")[0],
            # A key that comes fast must not overtake the one before it, so none of the table waits for a message.
            priority=command.priority or command.place in _IN_ORDER,
            id=command.id,
            tooltip=command.help,
        )
        for command in of_place(*places)
        if command.single_keys
    ]


def chords_of(*places: Place) -> dict[tuple[str, str], str]:
    """What two keys in a row do: (first, second) to the action."""
    return {chord: command.action for command in of_place(*places) for chord in command.chords}
