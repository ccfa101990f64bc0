"""What all deployments together show, kept until one of them says something else of what it hangs on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rea_xcom_tui.xcom.model import Finding
from rea_xcom_tui.xcom.rules.fleet import FleetRow, check_fleet
from rea_xcom_tui.xcom.rules.settings import RuleSettings

_Found = Mapping[str, tuple[Finding, ...]]
_last: list[tuple[tuple[FleetRow, ...], RuleSettings, _Found]] = []
"""What was found last, and in what."""


def fleet_findings(rows: Iterable[FleetRow], settings: RuleSettings) -> _Found:
    """What `check_fleet` finds. Most edits change no path, account or name: then it is what was found before them."""
    known = tuple(rows)
    for of, under, found in _last[:]:
        if of == known and under == settings:
            return found
    found = check_fleet(known, settings)
    _last[:] = [(known, settings, found)]
    return found
