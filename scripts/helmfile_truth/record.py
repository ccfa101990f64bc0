"""The recorded answers: one line for each seed, as compressed JSON lines in the tests."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from .cases import Case, case

DATA = Path(__file__).parents[2] / "tests" / "data" / "engines" / "helmfile.jsonl.gz"


def digest(made: Case) -> str:
    """Tells whether a seed still gives the repo that the answer is about."""
    return hashlib.sha256(json.dumps([made.environment, made.files]).encode()).hexdigest()[:12]


def write(cases: Iterable[Case], path: Path = DATA) -> int:
    """Write the answers. Returns how many there are."""
    lines = [
        json.dumps(
            {"seed": made.seed, "of": digest(made), "answer": made.answer}, separators=(",", ":"), sort_keys=True
        )
        for made in cases
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
    return len(lines)


def read(path: Path = DATA) -> Iterator[Case]:
    """The recorded cases. Raises `ValueError` where a seed gives another repo than was asked about."""
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        data = json.loads(line)
        made = case(data["seed"])
        if digest(made) != data["of"]:
            raise ValueError(f"seed {data['seed']} gives another repo now; record the answers anew")
        made.answer = data["answer"]
        yield made
