"""The proved edits as data: what the tool made of each, which a test makes anew and compares."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .product import Made
from .proof import Proof

DATA = Path(__file__).parents[2] / "tests" / "data" / "engines" / "edits.jsonl.gz"
LAYOUTS = DATA.with_name("edits-layouts.jsonl.gz")
"""Those in fleets of Flux, kustomize and Helmfile."""


def mark(made: Made) -> str:
    """A short name for what became of a request: `refused`, or the bytes of the files that change."""
    if not made.done:
        return "refused"
    text = json.dumps([sorted(made.contents.items()), sorted(made.done), len(made.refused)])
    return hashlib.blake2b(text.encode(), digest_size=6).hexdigest()


def write(seen: Iterable[Proof], path: Path = DATA) -> int:
    """Write the edits, those of one fleet in a line. Returns how many there are."""
    fleets: dict[int, list[str]] = {}
    count = 0
    for each in seen:
        fleets.setdefault(each.seed, []).append(mark(each.made))
        count += 1
    lines = [json.dumps([seed, marks], separators=(",", ":")) for seed, marks in fleets.items()]
    path.write_bytes(gzip.compress("\n".join(lines).encode(), 9, mtime=0))
    return count


def read(path: Path = DATA) -> Iterator[tuple[int, list[str]]]:
    """The seed of each fleet, and what became of its edits."""
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        data: list[Any] = json.loads(line)
        yield data[0], data[1]
