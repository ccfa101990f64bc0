"""One case on disk, and what a real Helm makes of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from .cases import Case, ChartCase

_MARK = "VALUES-IN-FORCE:"
_TEMPLATE = f"# {_MARK} {{{{ .Values | toJson }}}}\nx: 1\n"


def ask(helm: Path, case: Case, work: Path) -> Any:
    """The effective values of the release, subcharts' included, or None where Helm refuses the layers."""
    folder = work / "case"
    shutil.rmtree(folder, ignore_errors=True)
    write_chart(folder / "chart", "release", case.chart)
    command = [str(helm), "template", "name", str(folder / "chart")]
    for number, text in enumerate(case.files):
        (folder / f"{number}.yaml").write_bytes(text.encode())
        command += ["-f", str(folder / f"{number}.yaml")]
    for rule, path, value in case.options:
        command += [f"--{rule}", f"{path}={value}" if path else value]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(work), check=False)
    if done.returncode:
        return None
    line = next(line for line in done.stdout.splitlines() if _MARK in line)
    return json.loads(line.partition(_MARK)[2])


def environment(work: Path) -> dict[str, str]:
    """An environment in which Helm finds nothing of the user's."""
    home = str(work / "home")
    return {**os.environ, "HOME": home, **{f"HELM_{kind}_HOME": home for kind in ("CACHE", "CONFIG", "DATA")}}


def write_chart(folder: Path, name: str, chart: ChartCase) -> None:
    """The chart as a folder; only the release's own has a template, which prints the values of all."""
    (folder / "templates").mkdir(parents=True)
    meta: dict[str, Any] = {"apiVersion": "v2", "name": name, "version": "0.1.0"}
    if chart.dependencies:
        meta["dependencies"] = [
            {
                "name": each.name,
                "version": "0.1.0",
                "repository": "",
                **({"alias": each.alias} if each.alias else {}),
                **({"condition": each.condition} if each.condition else {}),
                **({"tags": each.tags} if each.tags else {}),
                **({"import-values": each.imports} if each.imports else {}),
            }
            for each in chart.dependencies
        ]
    (folder / "Chart.yaml").write_text(json.dumps(meta), encoding="utf-8")
    (folder / "values.yaml").write_bytes(chart.defaults.encode())
    if name == "release":
        (folder / "templates" / "values.yaml").write_text(_TEMPLATE, encoding="utf-8")
    for each in chart.dependencies:
        write_chart(folder / "charts" / each.name, each.name, each.chart)
