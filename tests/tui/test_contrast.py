"""Every text can be read, in every theme and every style, with and without colours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from rich.color_triplet import ColorTriplet
from rich.segment import Segment
from textual.theme import Theme

from rea_xcom_tui import tui
from rea_xcom_tui.tui.app import FleetApp
from rea_xcom_tui.tui.home.open import opener
from rea_xcom_tui.tui.kit.contrast import LEAST, contrast
from rea_xcom_tui.tui.kit.styled_lines import STYLES, Bar, Painted
from rea_xcom_tui.tui.kit.themes import OWN_THEMES
from tests.tui.driver import driving
from tests.work import Work, values


def test_contrast_is_that_of_the_guidelines() -> None:
    black, white, grey = ColorTriplet(0, 0, 0), ColorTriplet(255, 255, 255), ColorTriplet(118, 118, 118)
    assert contrast(black, white) == pytest.approx(21)
    assert contrast(grey, white) == pytest.approx(4.54, abs=0.01)
    assert contrast(grey, grey) == 1


def _is_text(text: str) -> bool:
    """Whether something in it is to be read, and not only lines, bars and blocks that part what is."""
    return any(not char.isspace() and not "\u2500" <= char <= "\u259f" for char in text)


def too_faint(app: FleetApp, segments: list[Segment], what: str) -> set[str]:
    """The texts of a line, as it reaches the terminal, that are too near to their background."""
    for line_filter in app.get_line_filters():
        segments = line_filter.apply(segments, app.screen.styles.background)
    found = set()
    for text, style, _ in segments:
        if _is_text(text) and style is not None and style.color is not None and style.bgcolor is not None:
            fore, back = style.color.triplet, style.bgcolor.triplet
            if fore is not None and back is not None and contrast(fore, back) < LEAST:
                found.add(f"{what}: {text.strip()[:20]} {contrast(fore, back):.2f}")
    return found


@pytest.mark.parametrize("no_color", ["", "1"])
async def test_every_text_of_every_theme(fleet_repo: Work, monkeypatch: pytest.MonkeyPatch, no_color: str) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    fleet_repo.write("clusters/prod/billing/bad/values.yaml", values("bad", threshold="many", path="s3:/x"))
    faint: set[str] = set()
    async with driving(opener(fleet_repo.root, read_only=False)) as driver:
        app = driver.app
        themes = list(app.available_themes)
        assert len(themes) > 15
        for theme in themes:
            app.theme = theme
            await driver.settle()
            for number, strip in enumerate(app.screen._compositor.render_strips()):
                faint |= too_faint(app, list(strip), f"{theme}, line {number}")
            for widget in (app.screen.query_one("#status", Bar), *app.screen.query(Painted)):
                for name in STYLES:
                    faint |= too_faint(app, [Segment("text", widget.style_of(name))], f"{theme}, {name}")
    assert faint == set()


@pytest.mark.parametrize("theme", OWN_THEMES, ids=lambda theme: theme.name)
async def test_the_colours_of_our_own_themes_need_no_help(fleet_repo: Work, theme: Theme) -> None:
    faint: set[str] = set()
    async with driving(opener(fleet_repo.root, read_only=False), theme=theme.name) as driver:
        for widget in (driver.app.screen.query_one("#status", Bar), driver.home.panel):
            for name in STYLES:
                style = widget.style_of(name)
                assert style.color is not None
                assert style.bgcolor is not None
                fore, back = style.color.triplet, style.bgcolor.triplet
                if (
                    name not in ("edge", "bar")
                    and fore is not None
                    and back is not None
                    and contrast(fore, back) < LEAST
                ):
                    faint.add(f"{name} {contrast(fore, back):.2f}")
    assert faint == set()


def test_no_color_of_the_app_does_not_reach_hooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bool, str | None]] = []

    def run(app: FleetApp) -> int:
        seen.append((app.no_color, os.environ.get("NO_COLOR")))
        return 0

    monkeypatch.setattr(FleetApp, "run", run)
    tui.run(tmp_path, read_only=False, no_color=True)
    monkeypatch.setenv("NO_COLOR", "yes")
    tui.run(tmp_path, read_only=False, no_color=True)
    tui.run(tmp_path, read_only=False, no_color=False)
    assert seen == [(True, None), (True, "yes"), (True, "yes")]
