"""In which layers an edit could be made, as text."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from rea_xcom_tui.fleet.edit.ways import Target, Way
from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.text import clean, plural, some

_MOST = 5


def ways_text(found: Sequence[Way], fleet: Fleet) -> str:
    """Every way on a line, the usual one first: how many edits it takes, where, and which deployments each of them
    reaches.

    Empty where there is no choice and no other deployment is reached.
    """
    if len(found) < 2 and not any(target.others for way in found for target in way.targets):
        return ""
    return "\n".join(_line(way, fleet.called, first=way is found[0]) for way in found)


def _line(way: Way, called: Callable[[str], str], *, first: bool) -> str:
    shown = "; ".join(_target(target, called) for target in way.targets[:_MOST])
    more = f"; and {len(way.targets) - _MOST} more" if len(way.targets) > _MOST else ""
    asked = f" with --layer {way.layer}" if way.layer else ""
    left = f"; {way.refused} of the deployments cannot be changed so" if way.refused else ""
    return f"{'in layers' if first else 'or'}: {plural(len(way.targets), 'edit')}{asked}: {shown}{more}{left}"


def _target(target: Target, called: Callable[[str], str]) -> str:
    return f"{clean(target.source)} ({', '.join(_reached(target, called))})"


def _reached(target: Target, called: Callable[[str], str]) -> Iterator[str]:
    yield from (clean(called(one.id), 80) for one in target.asked[:_MOST])
    if len(target.asked) > _MOST:
        yield f"{len(target.asked) - _MOST} more"
    if target.others:
        listed = some(target.others, _MOST, lambda one: clean(called(one.id), 80))
        yield f"and {plural(len(target.others), 'other')} too: {listed}"
