"""How many files hand a threshold on: from its file to the table, and from an edit to the new bytes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

import rea_xcom_tui
from tests.cli.run import Cli
from tests.work import make_work, values

PACKAGE = f"{Path(rea_xcom_tui.__file__).parent}/"
FILE = "clusters/prod/billing/etl/values.yaml"


def entered(act: Callable[[], object], value: int, until: str = "") -> set[str]:
    """The files of which a function has the value in its hands, as a number or as a text of its own.

    Where it is only a part of a file, a record or a message it does not count. What comes after `until`, a file and a
    function, is not looked at any more.
    """
    found: set[str] = set()
    done = False

    def look(frame: FrameType, event: str, result: object) -> None:
        nonlocal done
        name = frame.f_code.co_filename
        if done or event != "return" or not name.startswith(PACKAGE):
            return
        known = (result, *frame.f_locals.values())
        if any(type(one) in (int, str) and str(one) == str(value) for one in known):
            found.add(name.removeprefix(PACKAGE))
        done = f"{name.removeprefix(PACKAGE)}:{frame.f_code.co_name}" == until

    sys.setprofile(look)
    try:
        act()
    finally:
        sys.setprofile(None)
    return found


def test_a_threshold_is_handed_on_by_few_files(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {FILE: values("billing-etl", threshold="424242")})
    cli = Cli(capsys, work.root)
    read = entered(lambda: cli("list"), 424242)
    assert {"values/section_lines.py", "xcom/alone.py", "xcom/airflow.py", "xcom/units.py"} <= read
    assert len(read) <= 8, sorted(read)
    edit = entered(lambda: cli("set", "threshold=535353", "--all", "--write"), 535353, "values/splice.py:carry_out")
    assert {"cli/commands/set.py", "fleet/edit/session.py", "xcom/changes.py", "values/quoting.py"} <= edit
    assert len(edit) <= 10, sorted(edit)
    assert b'"535353"' in (work.root / FILE).read_bytes()
