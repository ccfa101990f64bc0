"""What the tutorial and the recipes print is what the commands say: each is carried out on the demo repo."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rea_xcom_tui.cli.app import execute
from rea_xcom_tui.samples.demo import DEFAULT_SAMPLE, lay_out

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGES = [
    page for page in (DOCS / "tutorial.md", *sorted(DOCS.glob("how-to/*.md"))) if "$ rea-xcom-tui" in page.read_text()
]
_BLOCK = re.compile(r"^( *)```console\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_SAMPLE = re.compile(r"`rea-xcom-tui demo --sample ([\w-]+)")


def steps(page: Path) -> Iterator[tuple[str, list[str]]]:
    """Each command of a page with the lines that it is said to print; `…` stands for others."""
    for indent, block in _BLOCK.findall(page.read_text("utf-8")):
        for part in block.replace(f"\n{indent}", "\n").removeprefix(indent).split("$ ")[1:]:
            command, *lines = part.splitlines()
            yield command, [line for line in lines if line.strip() and line.strip() != "…"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_happens(
    page: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = _SAMPLE.search(page.read_text("utf-8"))
    monkeypatch.chdir(lay_out(sample[1] if sample else DEFAULT_SAMPLE, tmp_path / "xcom-demo"))
    carried_out = list(steps(page))
    assert carried_out
    for command, wanted in carried_out:
        capsys.readouterr()
        words = shlex.split(command)
        if words[0] == "git":
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            said = done.stdout + done.stderr
        else:
            assert words[0] == "rea-xcom-tui"
            code = execute(words[1:])
            both = capsys.readouterr()
            said = both.out + both.err
            ends = (3,) if any(line.startswith("refused: ") for line in wanted) else (0, 1)
            assert code in ends, f"{command}: {said}"
        flat = [" ".join(line.split()) for line in said.splitlines()]
        for line in wanted:
            assert any(_is(" ".join(line.split()), known) for known in flat), f"{command}\n{line}\nis not in\n{said}"


def _is(wanted: str, said: str) -> bool:
    """Whether a line is the one that is shown; a `…` at its end leaves the rest out."""
    return said.startswith(wanted[:-1].rstrip()) if wanted.endswith("…") else said == wanted
