from __future__ import annotations

import pytest

from tests.cli.run import Cli
from tests.work import Work


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], fleet_repo: Work) -> Cli:
    return Cli(capsys, fleet_repo.root)
