from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.fleets import small_repo
from tests.work import Work


class Today(date):
    """A day that does not pass."""

    @classmethod
    def today(cls) -> Today:
        return cls(2026, 11, 22)


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing moves and nothing blinks, and no day passes, so that what is seen depends on keys alone."""
    monkeypatch.setattr("rea_xcom_tui.fleet.actions.branch.date", Today)
    monkeypatch.setenv("TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(Input, "cursor_blink", False)


@pytest.fixture
def small(tmp_path: Path) -> Work:
    """A real repo with ten deployments, which show every state that a cell can have."""
    return small_repo(tmp_path)
