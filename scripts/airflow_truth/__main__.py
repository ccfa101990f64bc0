"""Records what real Airflow versions make of XCom settings; run it from the repo's root.

python -m scripts.airflow_truth --list
python -m scripts.airflow_truth --refresh 3.3.2 --work ~/.cache/airflow-truth
python -m scripts.airflow_truth --plausible 2000 --seed 7 --against 3.1.8 3.3.2 --work ~/.cache/airflow-truth
python -m scripts.airflow_truth --lock 3.4.0 --day 2027-01-31
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

from . import kubernetes, record
from .verdicts import agreement


def _list() -> None:
    """Print each version with its providers and how much is recorded of it."""
    counts = Counter(case.kind for case in record.all_cases())
    print(f"{counts.total()} questions:", ", ".join(f"{kind} {count}" for kind, count in counts.items()))
    for version in record.versions():
        file = record.data_file(version)
        if not file.exists():
            print(f"{version}: not recorded")
            continue
        data = json.loads(file.read_text(encoding="utf-8"))
        packages = data["packages"]
        told = [
            f"{name.removeprefix('apache-airflow-providers-')} {packages[name]}"
            for name in sorted(packages)
            if "providers" in name
        ]
        print(f"{version}: {len(data['records'])} records, Python {data['python']}, {', '.join(told)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.airflow_truth", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--list", action="store_true", help="what is asked and what is recorded")
    what.add_argument("--refresh", nargs="+", metavar="VERSION", help="ask these Airflow versions again, or `all`")
    what.add_argument("--lock", metavar="VERSION", help="pin the requirements of an Airflow version (needs uv)")
    what.add_argument("--kubernetes", action="store_true", help="ask kubectl again how it types YAML scalars")
    what.add_argument(
        "--plausible", type=int, metavar="COUNT", help="ask so many made-up settings and say where the tool disagrees"
    )
    parser.add_argument("--seed", type=int, default=1, help="with --plausible: the same seed makes the same settings")
    parser.add_argument("--against", nargs="+", metavar="VERSION", help="with --plausible: these Airflow versions")
    parser.add_argument("--keep", action="store_true", help="with --plausible: write the answers to the recorded data")
    parser.add_argument("--day", metavar="YYYY-MM-DD", help="with --lock: packages as they were on that day")
    parser.add_argument("--pin", nargs="+", default=[], metavar="NAME==VERSION", help="with --lock: pin these as well")
    parser.add_argument("--work", type=Path, help="folder for the venvs (default: a temporary one, removed afterwards)")
    parser.add_argument("--python", default=sys.executable, help="the Python for the venvs (3.12 is what is recorded)")
    return parser


def _refresh(names: list[str], work: Path, python: str) -> None:
    for version in record.versions() if names == ["all"] else names:
        print(f"wrote {record.refresh(version, work, python)}")


def _ask(arguments: argparse.Namespace, work: Path) -> None:
    if arguments.plausible:
        _plausible(arguments, work)
    else:
        _refresh(arguments.refresh, work, arguments.python)


def _plausible(arguments: argparse.Namespace, work: Path) -> None:
    """Ask, and print agreement per kind of question and each disagreement."""
    names = arguments.against or record.versions()[-1:]
    rows = record.plausible(arguments.seed, arguments.plausible, names, work, arguments.python)
    for version, answers in rows.items():
        numbers = tuple(int(part) for part in version.split(".")[:2])
        for kind, tally in agreement(answers, numbers).items():
            quiet = ", ".join(f"{code} {count}" for code, count in sorted(tally.silences.items()))
            print(
                f"{version} {kind}: {tally.count} asked, {tally.silences.total()} known silences ({quiet}); "
                f"{tally.decided - len(tally.wrong)} of {tally.decided} agree, {100 * tally.share:.2f} %"
            )
            print("\n".join(f"  {line}" for line in sorted(tally.wrong)), end="\n" if tally.wrong else "")
    if arguments.keep:
        print(f"wrote {record.keep_plausible(rows, arguments.seed, arguments.plausible)}")


def main() -> int:
    """Do what the arguments say; 0 when it is done, 2 when it could not be."""
    arguments = _parser().parse_args()
    try:
        if arguments.list:
            _list()
        elif arguments.kubernetes:
            print(f"wrote {kubernetes.refresh()}")
        elif arguments.lock:
            if not arguments.day:
                raise record.TruthError("--lock needs --day, the day after the Airflow version came out")
            print(f"wrote {record.lock(arguments.lock, arguments.day, arguments.pin)}")
        elif arguments.work:
            _ask(arguments, arguments.work)
        else:
            with tempfile.TemporaryDirectory(prefix="airflow-truth-") as work:
                _ask(arguments, Path(work))
    except record.TruthError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
