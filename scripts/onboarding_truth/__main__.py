"""Add a deployment in each layout, and hold its row against what real Helm makes of its layers.

    python -m scripts.onboarding_truth --work ~/.cache/engine-truth [--record]

For each layout of the tests, without and with the connection that the paths name: a repo, a deployment made after its
sibling, one made from a download, and one whose XCom settings are taken out and turned on again by `enable`; the rows
that `list` shows, and each row's layers given to `helm template` of each version; what Flux would apply is asked of
Kustomize. Prints one line for each answer, and fails where a row and the rendered settings differ.
`--record` keeps what Helm rendered, for the tests.
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

import yaml

from scripts.engine_truth.cases import Case, ChartCase, Dependency
from scripts.engine_truth.engines import HELM, binary
from scripts.engine_truth.helm import ask
from tests.cli.onboarding_layouts import CONNECTED, LAYOUTS, download
from tests.work import IO, make_work

NAMES = ("growth-load", "growth-fresh", "growth-ml")
"""The deployments that are asked about: after a sibling, from a download, turned on again."""

FLEETS = {**LAYOUTS, **CONNECTED}

RECORD = pathlib.Path(__file__).resolve().parents[2] / "tests/data/engines/onboarding.json"


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
        "connection": json.loads(env.get("AIRFLOW_CONN_AWS_XCOM") or "{}").get("conn_type"),
    }


def part(text: str, pointer: str) -> Any:
    """What stands at `/spec/values` in a document."""
    found = yaml.safe_load(text)
    for step in pointer.split("/")[1:]:
        found = found[step]
    return found


def case_of(root: pathlib.Path, row: dict[str, Any]) -> Case:
    """What Helm is given for a row: its layers, or for a section of a chart that chart with its dependency."""
    texts = []
    for layer in row["layers"]:
        file, _, pointer = layer.partition("#")
        text = (root / file).read_text("utf-8")
        texts.append(json.dumps(part(text, pointer)) if pointer else text)
    if row["layout"] != "umbrella":
        return Case(texts, [], ChartCase("{}"))
    (entry,) = [
        one for one in part((root / row["file"]).read_text("utf-8"), "/dependencies") if one["alias"] == row["name"]
    ]
    agent = Dependency(entry["name"], ChartCase("{}"), entry["alias"], entry["condition"])
    return Case([], [], ChartCase(texts[0], dependencies=[agent]))


def built(work: pathlib.Path, root: pathlib.Path) -> list[str]:
    """The names of the HelmReleases that the real Kustomize builds for the cluster."""
    command = [str(binary(work, "4.2", "kubectl")), "kustomize", str(root / "apps/prod")]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [one["metadata"]["name"] for one in yaml.safe_load_all(text)]


def switched_off_and_on(root: pathlib.Path) -> None:
    """Take XCom's settings out of a deployment, but for what all share, and have `enable` give them back."""
    query = ("list", "name:growth-ml", "--format", "json")
    (row,) = json.loads(tool(root, *query))["deployments"]
    # Without its own line for the class, what a shared layer says of it would be in force.
    kept = {"connection"} if len(row["layers"]) == 1 else {"connection", "backend"}
    fields = [name for name in rendered({}) if name not in kept]
    tool(root, "unset", *fields, "--where", "name:growth-ml", "--commit", "-m", "off")
    (row,) = json.loads(tool(root, *query))["deployments"]
    if row["fields"]["path"]["state"] != "unset":
        raise SystemExit(f"{row['id']} still has a path")
    tool(root, "enable", row["id"], "--commit", "-m", "on")


Answers = dict[str, dict[str, dict[str, str | None]]]
"""What each version of Helm rendered, by the deployment's name."""


def layout(name: str, work: pathlib.Path, answers: Answers) -> bool:
    """Try one layout with every version of Helm; whether all agree with the rows."""
    with tempfile.TemporaryDirectory() as folder:
        repo = make_work(pathlib.Path(folder) / "repo", FLEETS[name])
        source = pathlib.Path(folder) / "values.yaml"
        source.write_text(download())
        tool(repo.root, "new", "growth-load", "--from", "growth-etl", "ASTRO_DEPLOYMENT_ID=x", "--commit", "-m", "add")
        tool(repo.root, "new", "growth-fresh", "--from", str(source), "--like", "growth-etl", "--commit", "-m", "add")
        switched_off_and_on(repo.root)
        rows = json.loads(tool(repo.root, "list", f"name:{','.join(NAMES)}", "--format", "json"))
        good = len(rows["deployments"]) == len(NAMES)
        if name.startswith("flux"):
            there = built(work, repo.root)
            good = good and {"growth-load", "growth-fresh"} <= set(there)
            print(f"{name:37} Kustomize builds {', '.join(there)}")
        for row in rows["deployments"]:
            said = {key: field["value"] for key, field in row["fields"].items()}
            said["connection"] = row["fields"]["connection"]["type"]
            for version in HELM:
                answer = ask(binary(work, version), case_of(repo.root, row), pathlib.Path(folder)) or {}
                got = rendered(answer.get(row["name"]) or {} if row["layout"] == "umbrella" else answer)
                answers.setdefault(row["name"], {})[version] = got
                same = {key: None if one is None else str(one) for key, one in said.items()} == got
                told = "agrees" if same else f"differs: {said} and {got}"
                print(f"{name:37} {row['name']:13} Helm {version:4} {told}")
                good = good and same
    return good


def main() -> int:
    """Try every layout."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=pathlib.Path, required=True, help="where the engines are kept")
    parser.add_argument("--record", action="store_true", help="keep what Helm rendered")
    options = parser.parse_args()
    identity = {f"GIT_{who}_{what}": "x@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    os.environ.update(identity)
    kept: dict[str, Answers] = {name: {} for name in FLEETS}
    agreed = [layout(name, options.work.expanduser(), kept[name]) for name in FLEETS]
    if options.record:
        RECORD.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")
    return 0 if all(agreed) else 1


if __name__ == "__main__":
    sys.exit(main())
