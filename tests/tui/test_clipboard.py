"""Copying inside tmux, with a stand-in for it: text goes to its buffer, also where it is older than `-w`."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from rea_xcom_tui.tui.kit.clipboard import give_to_tmux, inside_tmux
from tests.tui.driver import driving
from tests.work import Work

NEW = '#!/bin/sh\n[ "$*" = "load-buffer -w -" ] && cat > "$(dirname "$0")/buffer"\n'
OLD = '#!/bin/sh\n[ "$*" = "load-buffer -" ] && cat > "$(dirname "$0")/buffer"\n'


@pytest.fixture
def tmux(tmp_path: Path) -> Path:
    program = tmp_path / "bin" / "tmux"
    program.parent.mkdir()
    program.write_text(NEW)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program


def test_new_and_old_tmux_take_the_text(tmux: Path) -> None:
    for script in (NEW, OLD):
        tmux.write_text(script)
        assert give_to_tmux(str(tmux), "s3://bücket/$(x)\n")
        assert (tmux.parent / "buffer").read_text("utf-8") == "s3://bücket/$(x)\n"
        (tmux.parent / "buffer").unlink()
    tmux.write_text("#!/bin/sh\nexit 1\n")
    assert not give_to_tmux(str(tmux), "x")
    assert not give_to_tmux(str(tmux.parent / "nothing"), "x")


async def test_copying_a_cell_goes_to_the_terminal_and_to_tmux(
    small: Work, tmux: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inside_tmux({}) is None
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    monkeypatch.setenv("PATH", f"{tmux.parent}:/usr/bin:/bin")
    async with driving(small, (80, 24)) as driver:
        await driver.go_to("billing-etl", "threshold")
        await driver.press("y", "y")
        assert driver.app.clipboard == "1048576"
        assert (tmux.parent / "buffer").read_text() == "1048576"
        await driver.go_to("crm-sync", "threshold")
        await driver.press("p")
        assert driver.cell("crm-sync", "threshold") == "edited 1048576"
