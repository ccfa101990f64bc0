"""The pictures of the documentation: all are made by the script, shown somewhere, and name keys that there are.

`python -m scripts.screenshots --check` takes all of them anew, which is too long for here.
"""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from rea_xcom_tui.tui.keys.commands import COMMANDS
from scripts.screenshots import HOME, SILENT, STOPS, TOUR

ROOT = Path(__file__).resolve().parents[1]
WORDS = {(command.shown.split(", ")[0], command.footer) for command in COMMANDS if command.footer}
"""What footers say: keys, and the words for what they do."""


def footers(svg: str) -> list[list[str]]:
    """The texts of the last line of each frame."""
    lines = dict(re.findall(r'<g id="(l\d+)">(.*)</g>', svg))
    last = [re.findall(r'href="#(l\d+)"', frame)[-1] for frame in re.findall(r"<g(?: class=\"f\d+\")?><text.*", svg)]
    return [[unescape(text) for text in re.findall(r">([^<]+)</text>", lines[line])] for line in last]


def test_every_picture_is_made_by_the_script_and_shown() -> None:
    made = {f"{name}.svg" for name in (*STOPS, *SILENT, "tour")}
    assert {path.name for path in HOME.iterdir()} == made
    pages = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "README.md", *ROOT.glob("docs/**/*.md")))
    for name in made:
        assert f"images/{name}" in pages, name
    assert pages.index("images/tour.svg") < pages.index("\n## "), "the README opens with it"


@pytest.mark.parametrize("name", [*STOPS, "tour"])
def test_the_keys_that_pictures_show_are_those_of_the_app(name: str) -> None:
    found = footers((HOME / f"{name}.svg").read_text(encoding="utf-8"))
    assert len(found) == (len(TOUR) if name == "tour" else 1)
    for texts in found:
        shown = [text for text in texts if text not in ("▏", "^P", "Commands", "▏^P Commands")]
        pairs = list(zip(shown[::2], shown[1::2], strict=True))
        assert len(pairs) >= 2
        assert set(pairs) <= WORDS, (name, set(pairs) - WORDS)
