"""Records what real Airflow versions make of XCom settings; run it from the repo's root.

python -m scripts.airflow_truth --list
python -m scripts.airflow_truth --refresh 3.3.2 --work ~/.cache/airflow-truth
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
    parser.add_argument("--day", metavar="YYYY-MM-DD", help="with --lock: packages as they were on that day")
    parser.add_argument("--pin", nargs="+", default=[], metavar="NAME==VERSION", help="with --lock: pin these as well")
    parser.add_argument("--work", type=Path, help="folder for the venvs (default: a temporary one, removed afterwards)")
    parser.add_argument("--python", default=sys.executable, help="the Python for the venvs (3.12 is what is recorded)")
    return parser


def _refresh(names: list[str], work: Path, python: str) -> None:
    for version in record.versions() if names == ["all"] else names:
        print(f"wrote {record.refresh(version, work, python)}")


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
            _refresh(arguments.refresh, arguments.work, arguments.python)
        else:
            with tempfile.TemporaryDirectory(prefix="airflow-truth-") as work:
                _refresh(arguments.refresh, Path(work), arguments.python)
    except record.TruthError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
