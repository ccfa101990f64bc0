from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.cli.run import Cli
from tests.work import Work, make_work

MakeCli = Callable[[Mapping[str, str | bytes]], tuple[Cli, Work]]


@pytest.fixture
def on_repo(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> MakeCli:
    """Makes a repo of these files with one commit, and what runs commands on it."""

    def make(files: Mapping[str, str | bytes]) -> tuple[Cli, Work]:
        work = make_work(tmp_path / "repo", files)
        return Cli(capsys, work.root), work

    return make
