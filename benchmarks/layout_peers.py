"""What other tools that merge values make of layered repos: the figures of docs/comparison.md.

    python -m venv peers && peers/bin/pip install argocheck==0.5.0 merge-helm-values==1.4.0
    python -m benchmarks.layout_peers peers/bin/python ~/.cache/engine-truth

Of each deployment of the sample repos, and of random fleets of Applications with the answers of real Helm 4.2, path
and threshold in force are held against the truth. argocheck gets every Application of a repo, with a chart of ours in
place of the one from a registry, and real Helm for what it hands over. merge-helm-values knows no entry points: it is
told the values files of each deployment in their order, as this tool found them, so that its merging alone is measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.samples.demo import lay_out, samples
from rea_xcom_tui.xcom.compare import current_value
from scripts.edit_truth.fleets import IO, Maker
from scripts.engine_truth import engines, helm
from scripts.engine_truth.cases import Case, ChartCase

ROOT = Path(__file__).resolve().parents[1]
Truth = tuple[str | None, str | None]
"""Path and threshold in force."""
_FLEETS = 60

_ARGOCHECK = """
import json, sys, pathlib
from argocheck.helm import build_template_cmd
from argocheck.parser import parse_all_applications
out = []
for text, root, chart, scratch in json.load(sys.stdin):
    root, scratch = pathlib.Path(root), pathlib.Path(scratch)
    try:
        for app in parse_all_applications(text):
            refs = {one.ref: root for one in app.sources if one.ref}
            for one in app.sources:
                if one.chart:
                    name = one.release_name or app.name
                    out.append([name, build_template_cmd(pathlib.Path(chart), one, name, "x", scratch, ref_map=refs)])
    except Exception as error:
        print(error, file=sys.stderr)
json.dump(out, sys.stdout)
"""
_MERGE = """
import json, sys
from merge_helm_values import load_values_file, merge_values
out = []
for files in json.load(sys.stdin):
    try:
        merged = merge_values([load_values_file(None, file) or {} for file in files])
        out.append(json.loads(json.dumps(merged, default=str)))
    except Exception as error:
        print(error, file=sys.stderr)
        out.append(None)
json.dump(out, sys.stdout)
"""


def main() -> None:
    """Print the table."""
    python, work = Path(sys.argv[1]), Path(sys.argv[2])
    found: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        tried = Tried(python, work, Path(folder))
        for name in samples():
            expected = _planted(name)
            if expected:
                found[name] = tried.sample(name, expected)
        found["random Applications"] = tried.random()
    for name, counts in found.items():
        told = " | ".join(str(counts[tool]) for tool in ("all", "rea-xcom-tui", "argocheck", "merge-helm-values"))
        print(f"| {name} | {told} |")


def _planted(name: str) -> dict[str, Truth]:
    """Path and threshold of each deployment of a sample that is made of layers, by id."""
    planted = tomllib.loads((ROOT / "sample_repos/planted.toml").read_text()).get(name, {})
    rows = planted.get("release", []) if isinstance(planted, dict) else []
    return {
        row["id"]: (row.get("path"), str(row["threshold"]) if "threshold" in row else None)
        for row in rows
        if not row.get("unreached")
    }


class Tried:
    """The tools, each tried on a repo."""

    def __init__(self, python: Path, work: Path, folder: Path) -> None:
        self.python, self.work, self.folder = python, work, folder
        self.chart = folder / "chart"
        (self.chart / "templates").mkdir(parents=True)
        (self.chart / "Chart.yaml").write_text("apiVersion: v2\nname: stand-in\nversion: 1.0.0\n")
        (self.chart / "templates" / "out.yaml").write_text("values: {{ .Values | toJson }}\n")

    def sample(self, name: str, expected: Mapping[str, Truth]) -> Counter[str]:
        """How many deployments of a sample each tool has right."""
        root = self.folder / name
        lay_out(name, root)
        return self._ours(root, expected)

    def random(self) -> Counter[str]:
        """How many deployments of random fleets of Applications each tool has right, by the answers of Helm 4.2."""
        total: Counter[str] = Counter()
        for seed in range(9_000_000, 9_000_000 + _FLEETS):
            fleet = Maker(seed).fleet()
            if "agents.yaml" in fleet.files:
                continue
            root = self.folder / str(seed)
            for file, text in fleet.files.items():
                (root / file).parent.mkdir(parents=True, exist_ok=True)
                (root / file).write_text(text)
            for link, target in fleet.links.items():
                (root / link).symlink_to(target)
            expected: dict[str, Truth] = {}
            for name in fleet.stacks:
                texts, options = fleet.given(name)
                answer = helm.ask(engines.binary(self.work, "4.2"), Case(texts, options, ChartCase("")), root)
                expected[f"apps/{name}.yaml"] = _truth(answer)
            subprocess.run(["git", "init", "-q"], cwd=root, check=True)
            total += self._ours(root, expected)
        return total

    def _ours(self, root: Path, expected: Mapping[str, Truth]) -> Counter[str]:
        rows = {row.id: row for row in Workspace.open(root).scan().deployments}
        right: Counter[str] = Counter({"all": len(expected)})
        ask: list[tuple[str, list[str]]] = []
        names: dict[str, str] = {}
        for id_, truth in expected.items():
            row = rows.get(id_)
            if row is None:
                continue
            names[id_] = row.name
            shown = (current_value(row.field("path")), current_value(row.field("threshold")))
            right["rea-xcom-tui"] += tuple(None if one is None else str(one) for one in shown) == truth
            whole = [one for one in row.stack if one.file and not one.opaque]
            if all(one.source == one.file for one in whole):
                ask.append((id_, [str(root / one.file) for one in whole]))
        merged = self._run(_MERGE, [files for _, files in ask])
        right["merge-helm-values"] += sum(
            _truth(values) == expected[id_] for (id_, _), values in zip(ask, merged, strict=True)
        )
        seen = dict(self._argocheck(root))
        right["argocheck"] += sum(seen.get(names.get(id_, "")) == truth for id_, truth in expected.items())
        return right

    def _argocheck(self, root: Path) -> Iterator[tuple[str, Truth]]:
        texts = [
            path.read_text("utf-8", "replace") for path in sorted(root.rglob("*.yaml")) if ".git" not in path.parts
        ]
        jobs = [(text, str(root), str(self.chart), str(self.folder)) for text in texts if "kind: Application" in text]
        binary = str(engines.binary(self.work, "4.2"))
        for name, command in self._run(_ARGOCHECK, jobs) if jobs else ():
            ran = subprocess.run([binary, *command[1:]], capture_output=True, text=True, check=False)
            yield name, _truth(yaml.safe_load(ran.stdout)["values"]) if ran.returncode == 0 else ("failed", None)

    def _run(self, program: str, jobs: object) -> Any:
        command = [str(self.python), "-c", program]
        ran = subprocess.run(command, input=json.dumps(jobs), capture_output=True, text=True, check=True)
        return json.loads(ran.stdout)


def _truth(values: Any) -> Truth:
    """Path and threshold in some values, as pods get them."""
    listed = values.get("commonEnv") if isinstance(values, dict) else None
    known = {
        entry.get("name"): entry.get("value")
        for entry in (listed if isinstance(listed, list) else ())
        if isinstance(entry, dict)
    }
    said: Callable[[str], str | None] = lambda name: None if known.get(name) is None else str(known[name])  # noqa: E731
    return said(f"{IO}PATH"), said(f"{IO}THRESHOLD")


if __name__ == "__main__":
    main()
