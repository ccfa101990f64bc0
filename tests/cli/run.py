from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rea_xcom_tui.cli.app import execute


@dataclass(frozen=True)
class Ran:
    """What a command left behind: exit code, stdout, stderr."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Cli:
    """Runs commands in this process, on one repo."""

    def __init__(self, capsys: pytest.CaptureFixture[str], root: Path) -> None:
        self.capsys = capsys
        self.root = root

    def __call__(self, *args: str) -> Ran:
        self.capsys.readouterr()
        code = execute(["-C", str(self.root), *args])
        done = self.capsys.readouterr()
        assert "Traceback" not in done.err
        return Ran(code, done.out, done.err)
