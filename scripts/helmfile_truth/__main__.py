"""Records what real Helmfile makes of random small repos; run it from the repo's root.

python -m scripts.helmfile_truth --record 400 --work ~/.cache/engine-truth
python -m scripts.helmfile_truth --check 300 --seed 5000 --work ~/.cache/engine-truth
python -m scripts.helmfile_truth --recorded
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import engine, model, record
from .cases import Case, case


def answered(seeds: Iterable[int], work: Path) -> Iterator[Case]:
    """The cases of these seeds with Helmfile's answers."""
    for seed in seeds:
        made = case(seed)
        made.answer = engine.ask(made, work)
        yield made


def check(cases: Iterable[Case]) -> int:
    """Hold the model against the answers, print every difference, and return how many there are."""
    counts: Counter[str] = Counter()
    for made in cases:
        said, unknown = model.said(made)
        kind = "given up" if made.answer is None else "no release" if not made.answer else "releases"
        if unknown:
            counts["not known"] += 1
            print(f"--- seed {made.seed} {made.environment}: not known: {'; '.join(dict.fromkeys(unknown))}")
        elif model.same(said, made.answer):
            counts[f"same ({kind})"] += 1
        else:
            counts["different"] += 1
            print(f"--- seed {made.seed} {made.environment}\nmodel    {json.dumps(said)}")
            print(f"Helmfile {json.dumps(made.answer)}")
    print(", ".join(f"{name}: {count}" for name, count in sorted(counts.items())))
    return counts["different"]


def main() -> int:
    """Do what the arguments say; 1 where the model and Helmfile differ."""
    parser = argparse.ArgumentParser(prog="python -m scripts.helmfile_truth", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--record", type=int, metavar="N", help="ask about N random repos and keep the answers as data")
    what.add_argument("--check", type=int, metavar="N", help="hold the model against Helmfile on N random repos")
    what.add_argument("--recorded", action="store_true", help="hold the model against the answers that are kept")
    what.add_argument("--show", type=int, metavar="SEED", help="print the repo of a seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("~/.cache/engine-truth"), help="folder for the engine")
    arguments = parser.parse_args()
    work: Path = arguments.work.expanduser()
    if arguments.show is not None:
        for path, text in case(arguments.show).files.items():
            print(f"=== {path}\n{text}")
        return 0
    if arguments.record:
        seeds = range(arguments.seed, arguments.seed + arguments.record)
        print(f"wrote {record.write(answered(seeds, work))} answers to {record.DATA}")
        return 0
    seeds = range(arguments.seed, arguments.seed + (arguments.check or 0))
    return 1 if check(record.read() if arguments.recorded else answered(seeds, work)) else 0


if __name__ == "__main__":
    sys.exit(main())
