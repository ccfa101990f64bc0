"""What other tools make of values files when one value changes: the figures of docs/comparison.md.

    pip install yaml-edit ruamel.yaml && apt-get install yq
    python benchmarks/other_editors.py

In every deployment of the three sample repos that has a threshold, it is given another one: by this project's edits, by
yaml-edit, by ruamel.yaml's round trip, and by the `yq` that Debian calls so (a jq wrapper). An outcome is exact when
one line differs from before and a YAML reader sees that value changed and nothing else. Missing tools are left out.
"""

from __future__ import annotations

import difflib
import importlib.util
import io
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from rea_xcom_tui import values

ROOT = Path(__file__).resolve().parents[1]

NAME = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD"
NEW = "2097152"
Edit = Callable[[str], str]


def ours(text: str) -> str:
    return values.edit(text.encode(), [values.SetText(("commonEnv", ("name", NAME), "value"), NEW)]).decode()


def by_yaml_edit(text: str) -> str:
    from yaml_edit import Document

    document = Document.parse(text)
    for item in document["commonEnv"].as_sequence():
        entry = item.as_mapping()
        if entry["name"] == NAME:
            entry["value"] = NEW
    return str(document)


def by_ruamel(text: str) -> str:
    from ruamel.yaml import YAML

    reader = YAML()
    reader.preserve_quotes = True
    reader.width = 10_000
    document = reader.load(text)
    for item in document["commonEnv"]:
        if item["name"] == NAME:
            item["value"] = NEW
    out = io.StringIO()
    reader.dump(document, out)
    return out.getvalue()


def by_yq(text: str) -> str:
    command = ["yq", "-y", f'(.commonEnv[] | select(.name == "{NAME}") | .value) = "{NEW}"']
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def tools() -> dict[str, Edit]:
    found: dict[str, Edit] = {"rea-xcom-tui": ours}
    if importlib.util.find_spec("yaml_edit"):
        found["yaml-edit"] = by_yaml_edit
    found["ruamel.yaml round trip"] = by_ruamel
    if shutil.which("yq"):
        found["yq (Debian's)"] = by_yq
    return found


def plain(text: str) -> object:
    return yaml.safe_load(text)


def files() -> list[str]:
    found = []
    for path in sorted((ROOT / "sample_repos").rglob("*.yaml")):
        text = path.read_text("utf-8")
        try:
            document = plain(text)
        except yaml.YAMLError:
            continue
        env = document.get("commonEnv") if isinstance(document, dict) else None
        if isinstance(env, list) and sum(e.get("name") == NAME and e.get("value") != NEW for e in env) == 1:
            found.append(text)
    return found


def wanted(text: str) -> object:
    document = plain(text)
    for entry in document["commonEnv"]:
        if entry["name"] == NAME:
            entry["value"] = NEW
    return document


def changed_lines(before: str, after: str) -> int:
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), n=0, lineterm="")
    return sum(line.startswith("+") and not line.startswith("+++") for line in lines)


def main() -> int:
    texts = files()
    print(f"{len(texts)} values files, one value changed in each\n")
    print("| tool | exact | more lines changed | of these, comments lost | another outcome | refused | ms per file |")
    print("|---|---|---|---|---|---|---|")
    for name, edit in tools().items():
        exact = more = lost = wrong = failed = 0
        start = time.perf_counter()
        outcomes = []
        for text in texts:
            try:
                outcomes.append(edit(text))
            except Exception as error:  # whatever another tool raises counts as its failure
                outcomes.append(None)
                print(f"{name}: {type(error).__name__}", file=sys.stderr)
        took = (time.perf_counter() - start) * 1000 / len(texts)
        for text, after in zip(texts, outcomes, strict=True):
            if after is None:
                failed += 1
                continue
            if plain(after) != wanted(text):
                wrong += 1
                continue
            lines = changed_lines(text, after)
            exact += lines == 1
            more += lines != 1
            lost += after.count("#") < text.count("#")
        print(f"| {name} | {exact} | {more} | {lost} | {wrong} | {failed} | {took:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
