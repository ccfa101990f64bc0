"""Layers that only a CI job's command tells: said with the command's line, and printed as configuration that works."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.run import Cli
from tests.work import BACKEND, IO, make_work

WORKFLOW = """on: push
jobs:
  deploy:
    strategy: {matrix: {environment: [dev, prod]}}
    steps:
    - run: |
        helm upgrade --install agent-${{ matrix.environment }} astronomer/astro-remote-execution-agent \\
          -n airflow --set secretKey=hunter2 \\
          -f deploy/base.yaml -f deploy/values-${{ matrix.environment }}.yaml
"""


def path(bucket: str) -> str:
    return f"commonEnv:\n  - {{name: {IO}PATH, value: 's3://{bucket}/x'}}\n"


def test_a_command_that_lays_files_over_one_another_is_told_and_can_be_configured(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {
        ".github/workflows/deploy.yml": WORKFLOW,
        "deploy/base.yaml": f"xcomBackend: {BACKEND}\n",
        "deploy/values-dev.yaml": path("dev-bucket"),
        "deploy/values-prod.yaml": path("prod-bucket"),
    }
    work = make_work(tmp_path / "repo", files)
    cli = Cli(capsys, work.root)
    told = cli("list")
    assert "a command in .github/workflows/deploy.yml, line 7, combines deploy/base.yaml and deploy/values-" in told.out
    printed = cli("config", "suggest")
    assert printed.out.startswith("# from the command in .github/workflows/deploy.yml, line 7\n[[layouts.layers]]\n")
    assert "hunter2" not in printed.out + told.out

    work.write(".rea-xcom-tui.toml", printed.out)
    rows = cli("list")
    assert "config suggest" not in rows.out
    for name in ("agent-dev", "agent-prod"):
        row = next(line for line in rows.out.splitlines() if line.startswith(name))
        assert "XComObjectStorageBackend" in row
        assert f"s3://{name.removeprefix('agent-')}-bucket/x" in row
