"""Edits random fleets whose deployments share layers, and asks real Helm versions what has become of each deployment.

python -m scripts.edit_truth --check 500 --seed 7 --work ~/.cache/engine-truth
python -m scripts.edit_truth --record 5000 --seed 2026 --work ~/.cache/engine-truth
python -m scripts.edit_truth --layouts --check 500 --seed 7 --work ~/.cache/engine-truth

The engines are those of `scripts.engine_truth`. Run it from the repo's root.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from . import record
from .fleets import Maker
from .proof import Proof, proofs
from .repos import Repos


def main() -> int:
    """Do what the arguments say; 1 where anything but what was meant has changed."""
    parser = argparse.ArgumentParser(prog="python -m scripts.edit_truth", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--check", type=int, metavar="N", help="prove so many edits with the real engines")
    what.add_argument("--record", type=int, metavar="N", help="prove so many, and keep what became of them as data")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("~/.cache/engine-truth"), help="folder for the engines")
    parser.add_argument("--minutes", type=float, help="stop after so long, with what there is by then")
    parser.add_argument("--layouts", action="store_true", help="in fleets of Flux, kustomize and Helmfile")
    arguments = parser.parse_args()
    make, data = (Repos, record.LAYOUTS) if arguments.layouts else (Maker, record.DATA)
    begun = time.monotonic()
    seen: list[Proof] = []
    for each in proofs(arguments.check or arguments.record, arguments.seed, arguments.work.expanduser(), make):
        seen.append(each)
        if each.wrong:
            print(f"--- seed {each.seed}, edit {each.number}, Helm {each.engine}: {each.request}")
            print("\n".join(each.wrong), flush=True)
        if arguments.minutes and each.is_last and time.monotonic() - begun > 60 * arguments.minutes:
            break
    wrong = sum(bool(each.wrong) for each in seen)
    refused = sum(bool(each.made.refused) for each in seen)
    asked = sum(each.asked for each in seen)
    print(f"{len(seen)} edits, {refused} of them refused, {asked} answers of Helm, {wrong} edits with another outcome")
    if arguments.record and not wrong:
        print(f"wrote {record.write(seen, data)} edits to {data}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
