"""Ask the real Kustomize 5.8.1 (with Helm 4.2.3) about random kustomizations.

    python -m scripts.kustomize_truth --check 200 --seed 7 --work ~/.cache/engine-truth
    python -m scripts.kustomize_truth --record 400 --charts 100 --seed 3 --work ~/.cache/engine-truth

`--check` compares the tool with kustomize on cases that nobody has seen before; `--record` writes the data of
the tests.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

from rea_xcom_tui.layouts.kustomize.built import WANTED_KINDS
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.merged import plain
from scripts.engine_truth.engines import binary
from scripts.kustomize_truth.builds import Build
from scripts.kustomize_truth.charts import ChartUse
from scripts.kustomize_truth.model import difference

DATA = pathlib.Path(__file__).parents[2] / "tests/data/engines/kustomize.json.gz"


def outcome(work: pathlib.Path, case: Build | ChartUse) -> Any:
    """What kustomize builds: the objects of the kinds that matter, or a chart's values; None where it refuses."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for path, text in case.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        command = [str(binary(work, "4.2", "kubectl")), "kustomize", "--load-restrictor", "LoadRestrictionsNone"]
        if isinstance(case, ChartUse):
            command += ["--enable-helm", "--helm-command", str(binary(work, "4.2", "helm"))]
        run = subprocess.run(
            [*command, str(folder / case.root)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "HOME": name},
        )
    if run.returncode:
        return None
    objects = [plain(root) for root in read_documents(run.stdout).roots]
    wanted = [found for found in objects if isinstance(found, dict) and found.get("kind") in WANTED_KINDS]
    if isinstance(case, ChartUse):
        values = json.loads(wanted[0]["data"]["v"])
        return {key: value for key, value in values.items() if key != "global"}
    return sorted(wanted, key=lambda found: json.dumps(found, sort_keys=True))


def cases(work: pathlib.Path, builds: int, charts: int, seed: int) -> Iterator[dict[str, Any]]:
    """Random cases with kustomize's answers."""
    for at in range(builds):
        build = Build(seed * 1_000_000 + at)
        yield {"kind": "build", "files": build.files, "root": build.root, "outcome": outcome(work, build)}
    for at in range(charts):
        use = ChartUse(seed * 1_000_000 + at)
        yield {"kind": "chart", "files": use.files, "root": use.root, "outcome": outcome(work, use)}


def main() -> int:
    """Check or record, as the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--check", type=int, default=0)
    parser.add_argument("--record", type=int, default=0)
    parser.add_argument("--charts", type=int, default=0)
    asked = parser.parse_args()
    wrong = refused = count = 0
    kept: list[dict[str, Any]] = []
    for case in cases(asked.work, asked.record or asked.check, asked.charts or asked.check // 4, asked.seed):
        count += 1
        refused += case["outcome"] is None
        if told := difference(case):
            wrong += 1
            print(f"{case['kind']} {count}: {told}\n{json.dumps(case['files'], indent=1)}")
        kept.append(case)
    if asked.record:
        text = json.dumps(kept, separators=(",", ":"), sort_keys=True)
        DATA.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{count} cases, {refused} refused by kustomize, {wrong} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
