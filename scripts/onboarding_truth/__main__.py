"""Add a deployment in each layout, and hold its row against what real Helm makes of its layers.

    python -m scripts.onboarding_truth --work ~/.cache/engine-truth

For each layout of the tests: a repo, `new growth-load --from growth-etl --commit`, the row that `list` shows, and the
row's layers given to `helm template` of each version. Prints one line for each layout and version, and fails where the
row and the rendered settings differ.
"""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import Any

from scripts.engine_truth.cases import Case, ChartCase
from scripts.engine_truth.engines import HELM, binary
from scripts.engine_truth.helm import ask
from tests.cli.onboarding_layouts import LAYOUTS
from tests.work import IO, make_work


def tool(root: pathlib.Path, *args: str) -> str:
    """What the installed tool prints; its complaint ends the script."""
    program = pathlib.Path(sys.executable).with_name("rea-xcom-tui")
    done = subprocess.run([str(program), "-C", str(root), *args], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(args)}: {done.stderr}")
    return done.stdout


def rendered(values: dict[str, Any]) -> dict[str, str | None]:
    """The settings that the chart would hand to the agent's containers and service account."""
    env = {entry["name"]: entry.get("value") for entry in values.get("commonEnv") or []}
    return {
        "backend": values.get("xcomBackend"),
        "path": env.get(f"{IO}PATH"),
        "threshold": env.get(f"{IO}THRESHOLD"),
        "compression": env.get(f"{IO}COMPRESSION"),
        "identity": (values.get("annotations") or {}).get("eks.amazonaws.com/role-arn"),
    }


def layout(name: str, work: pathlib.Path) -> bool:
    """Try one layout with every version of Helm; whether all agree with the row."""
    with tempfile.TemporaryDirectory() as folder:
        repo = make_work(pathlib.Path(folder) / "repo", LAYOUTS[name])
        tool(repo.root, "new", "growth-load", "--from", "growth-etl", "ASTRO_DEPLOYMENT_ID=x", "--commit", "-m", "add")
        rows = json.loads(tool(repo.root, "list", "name:growth-load", "--format", "json"))["deployments"]
        (row,) = (one for one in rows if one["name"] == "growth-load")
        said = {key: field["value"] for key, field in row["fields"].items() if key != "connection"}
        texts = [(repo.root / layer).read_text("utf-8") for layer in row["layers"]]
        good = True
        for version in HELM:
            values = ask(binary(work, version), Case(texts, [], ChartCase("{}")), pathlib.Path(folder))
            got = rendered(values or {})
            same = {key: None if one is None else str(one) for key, one in said.items()} == got
            print(f"{name:22} Helm {version:4} {'agrees' if same else f'differs: {said} and {got}'}")
            good = good and same
    return good


def main() -> int:
    """Try every layout."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where the engines are kept")
    options = parser.parse_args()
    identity = {f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    os.environ.update(identity)
    agreed = [layout(name, options.work.expanduser()) for name in LAYOUTS]
    return 0 if all(agreed) else 1


if __name__ == "__main__":
    sys.exit(main())
