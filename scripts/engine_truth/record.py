"""The recorded answers: cases with what each Helm made of them, as compressed JSON lines in the tests."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .cases import Case, ChartCase, Dependency
from .engines import HELM

DATA = Path(__file__).parents[2] / "tests" / "data" / "engines" / "helm.jsonl.gz"


def write(cases: Iterable[Case], path: Path = DATA) -> int:
    """Write the cases; an answer that every engine gives is kept once. Returns how many there are."""
    lines = []
    for case in cases:
        data = asdict(case)
        first = data["answers"][HELM[0]]
        if all(data["answers"][engine] == first for engine in HELM):
            data["answers"] = {"all": first}
        lines.append(json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
    return len(lines)


def read(path: Path = DATA) -> Iterator[Case]:
    """The recorded cases, each with an answer for every engine."""
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        data = json.loads(line)
        answers = data["answers"]
        if "all" in answers:
            answers = dict.fromkeys(HELM, answers["all"])
        yield Case(data["files"], data["options"], _chart(data["chart"]), answers)


def _chart(data: dict[str, Any]) -> ChartCase:
    return ChartCase(
        data["defaults"],
        [Dependency(**{**each, "chart": _chart(each["chart"])}) for each in data["dependencies"]],
    )
