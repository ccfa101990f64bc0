"""Puts real Airflow versions into venvs, asks them, and writes what they answered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from .cases import Case
from .inputs_connection import connection_cases
from .inputs_storage import storage_cases
from .plausible import plausible_cases

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements"
DATA = HERE.parent.parent / "tests" / "data" / "airflow"
SCHEMA = 1


def _depends_on_defaults(case: Case) -> bool:
    """Whether the providers' default settings can matter: some setting that is asked about is not given."""
    if case.kind in ("threshold", "compression", "path"):
        return case.value is None or not case.value.strip()
    return case.kind in ("variable", "change")


_VARIANTS: Mapping[str, Callable[[Case], bool]] = {
    "provider_defaults": _depends_on_defaults,
    "optional_packages_missing": lambda case: case.kind == "compression",
}
"""States of a process in which some questions are asked again, beside the plain one."""

WANTED = (
    "apache-airflow-providers-common-io",
    "apache-airflow-providers-amazon[s3fs]",
    "apache-airflow-providers-microsoft-azure",
    "apache-airflow-providers-google",
    "lz4",
    "python-snappy",
    "zstandard",
)
"""What is installed beside Airflow: the clouds' providers, and the optional compression packages."""


class TruthError(Exception):
    """Something kept the script from recording; the text says what and what to do."""


def versions() -> list[str]:
    """The Airflow versions that have pinned requirements here, oldest first."""
    names = [path.name.removeprefix("airflow-").removesuffix(".txt") for path in REQUIREMENTS.glob("airflow-*.txt")]
    return sorted(names, key=lambda name: [int(part) for part in name.split(".")])


def data_file(version: str) -> Path:
    """Where the answers of one Airflow version are kept."""
    return DATA / f"airflow-{version}.json"


def all_cases() -> list[Case]:
    """Every question, in the order of the recorded data."""
    return storage_cases() + connection_cases()


def lock(version: str, day: str, pins: Iterable[str] = ()) -> Path:
    """Pin everything an Airflow version needs as it could be installed on `day` (YYYY-MM-DD), with uv.

    `pins` are further requirements, for where uv would rather take an older provider.
    """
    wanted = "\n".join((f"apache-airflow=={version}", *WANTED, *pins))
    command = [
        "uv", "pip", "compile", "--quiet", "--no-header", "--no-annotate", "--python-version", "3.12",
        "--exclude-newer", day, "-",
    ]  # fmt: skip
    target = REQUIREMENTS / f"airflow-{version}.txt"
    target.write_text(_run(command, {}, wanted), encoding="utf-8")
    return target


def install(version: str, work: Path, python: str) -> Path:
    """Return the Python of a venv with this Airflow under `work`, making the venv where it is missing."""
    pinned = REQUIREMENTS / f"airflow-{version}.txt"
    if not pinned.exists():
        raise TruthError(f"no requirements for Airflow {version} in {REQUIREMENTS}: add them with --lock")
    folder = work / f"venv-{version}"
    interpreter = folder / "bin" / "python"
    done = folder / "installed.txt"
    if done.exists() and done.read_text() == pinned.read_text():
        return interpreter
    work.mkdir(parents=True, exist_ok=True)
    os.chmod(work, 0o755)  # the probe answers as an ordinary user, who has to read the packages
    _run([python, "-m", "venv", "--clear", str(folder)], {})
    # the pins are complete, so pip has nothing to resolve
    _run(["nice", str(interpreter), "-m", "pip", "install", "--quiet", "--no-deps", "-r", str(pinned)], {})
    done.write_text(pinned.read_text())
    return interpreter


def refresh(version: str, work: Path, python: str) -> Path:
    """Ask one Airflow version everything and write its data file; return the file."""
    interpreter = install(version, work, python)
    cases = all_cases()
    fresh = _ask(interpreter, work, [case for case in cases if case.kind == "backend"], "fresh")
    plain = _ask(interpreter, work, [case for case in cases if case.kind != "backend"], "plain")
    answers = {id(case): answer for found in (fresh, plain) for case, answer in found.answers}
    variants: dict[int, dict[str, object]] = {}
    for state, wanted in _VARIANTS.items():
        asked = [case for case in cases if wanted(case)]
        for case, answer in _ask(interpreter, work, asked, state).answers:
            if answer != answers[id(case)]:
                variants.setdefault(id(case), {})[state] = answer
    records = []
    for case in cases:
        record = {**case.as_data(), **answers[id(case)]}
        if id(case) in variants:
            record["variants"] = variants[id(case)]
        records.append(record)
    head = {"airflow": version, "python": plain.python, "packages": plain.packages}
    file = data_file(version)
    write(file, head, records)
    return file


_ASKED = "AIRFLOW_CONN_XCOM_STORE"
_KEPT = ("exception", "parsed", "conn_id", "objects", "filesystem", "anon", "secrets", "credential", "where",
         "conn_type", "login", "password", "extra_read", "class", "task", "if_there")  # fmt: skip
"""What is kept of an answer to a plausible question: enough to judge it again."""


def plausible(seed: int, count: int, names: Iterable[str], work: Path, python: str) -> dict[str, list[dict[str, Any]]]:
    """Ask Airflow versions `count` plausible questions made from `seed`; each version's rows."""
    cases = plausible_cases(seed, count)
    found = {}
    for version in names:
        interpreter = install(version, work, python)
        rows = [_row(case, answer) for case, answer in _ask(interpreter, work, cases, "plain").answers]
        ask_further(rows, interpreter, work)
        found[version] = rows
    return found


def ask_further(rows: list[dict[str, Any]], interpreter: Path, work: Path) -> None:
    """Ask what the answers leave open, and put it into their `detail`.

    `task`: what a task gets for the connection that a store was built from. `if_there`: the outcome for a backend that
    could not be imported, if its class were there.
    """
    asked: list[tuple[dict[str, Any], str, Case]] = []
    for row in rows:
        env, kind = row["env"], row["kind"]
        if kind in ("store", "deployment") and row["outcome"] == "ok" and _ASKED in env:
            asked.append((row, "task", Case("connection", None, env, {"conn_id": "xcom_store"})))
        elif kind == "backend" and row["outcome"] == "error":
            asked.append((row, "if_there", Case("backend", row["value"], env, {"as_if": "there"})))
    answers = _ask(interpreter, work, [case for _, _, case in asked], "plain").answers
    for (row, name, _), (_, answer) in zip(asked, answers, strict=True):
        detail = answer["detail"]
        assert isinstance(detail, dict)
        kept = {key: detail[key] for key in ("conn_type", "extra_read") if key in detail}
        row["detail"][name] = {**kept, "outcome": answer["outcome"]} if name == "task" else answer["outcome"]


def _row(case: Case, answer: dict[str, object]) -> dict[str, Any]:
    detail = answer["detail"]
    assert isinstance(detail, dict)
    kept = {name: detail[name] for name in _KEPT if name in detail}
    return {**case.as_data(), "outcome": answer["outcome"], "detail": kept}


def keep_plausible(rows: Mapping[str, list[dict[str, Any]]], seed: int, count: int) -> Path:
    """Write the rows of `plausible` beside the recorded data; return the file."""
    file = DATA / "plausible.json"
    merged = []
    for together in zip(*rows.values(), strict=True):
        answers = {
            version: {"outcome": row["outcome"], "detail": row["detail"]}
            for version, row in zip(rows, together, strict=True)
        }
        question = {name: value for name, value in together[0].items() if name not in ("outcome", "detail")}
        same = len({json.dumps(answer, sort_keys=True) for answer in answers.values()}) == 1
        merged.append({**question, "answers": {"all": next(iter(answers.values()))} if same else answers})
    write(file, {"seed": seed, "count": count, "versions": list(rows)}, merged)
    return file


def read_plausible() -> dict[str, list[dict[str, Any]]]:
    """The rows that `keep_plausible` wrote, by version."""
    data = json.loads((DATA / "plausible.json").read_text(encoding="utf-8"))
    found: dict[str, list[dict[str, Any]]] = {version: [] for version in data["versions"]}
    for record in data["records"]:
        question = {name: value for name, value in record.items() if name != "answers"}
        for version, rows in found.items():
            rows.append({**question, **record["answers"].get(version, record["answers"].get("all"))})
    return found


def write(file: Path, head: Mapping[str, object], records: Iterable[Mapping[str, object]]) -> None:
    """Write a data file: sorted keys, one record a line, so that a refresh shows as a diff of records."""
    lines = [f" {json.dumps(key)}: {json.dumps(head[key], sort_keys=True)}," for key in sorted(head)]
    rows = ",\n".join("  " + json.dumps(record, sort_keys=True) for record in records)
    text = "\n".join(["{", *lines, f' "records": [\n{rows}\n ],', f' "schema": {SCHEMA}', "}", ""])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


class _Answers:
    """What one run of the probe said."""

    def __init__(self, said: Mapping[str, object], cases: list[Case]) -> None:
        answers, packages = said["answers"], said["packages"]
        assert isinstance(answers, list)
        assert isinstance(packages, dict)
        self.answers: list[tuple[Case, dict[str, object]]] = list(zip(cases, answers, strict=True))
        self.packages: dict[str, str] = packages
        self.python = str(said["python"])


def _ask(interpreter: Path, work: Path, cases: list[Case], state: str) -> _Answers:
    questions, answers = work / "questions.json", work / "answers.json"
    questions.write_text(json.dumps([case.as_data() for case in cases]), encoding="utf-8")
    command = [str(interpreter), "-m", "airflow_truth.probe", str(questions), str(answers), state]
    _run(command, {"PYTHONPATH": str(HERE.parent)})
    return _Answers(json.loads(answers.read_text(encoding="utf-8")), cases)


def _run(command: list[str], env: Mapping[str, str], text: str = "") -> str:
    """Run a command and return what it prints, or raise TruthError with the end of what it complained about."""
    print("+", " ".join(command), file=sys.stderr)
    try:
        done = subprocess.run(
            command, env={**os.environ, **env}, input=text, capture_output=True, text=True, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        raise TruthError(f"there is no {command[0]} on this machine: install it, or say where it is") from None
    if done.returncode:
        raise TruthError(f"{command[0]} ended with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout
