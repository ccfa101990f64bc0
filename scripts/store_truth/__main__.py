"""Probes real stores under recorded Airflow versions and holds `check` against them; run it from the repo's root.

python -m scripts.store_truth --work ~/.cache/store-truth 3.1.8 3.3.2
python -m scripts.store_truth --work ~/.cache/store-truth --names

It installs Airflow (as scripts.airflow_truth does), moto's server, Azurite and a GCS emulator below the folder, lays
out one deployment for each row, runs `rea-xcom-tui probe` and `check` on them, and writes what the probes saw to
`tests/data/stores/airflow-VERSION.json`. A row on which they disagree is marked; where the reason is not known (in
`verdict.OUTSIDE`), it exits with 1. With `--names` it asks which names of buckets the servers refuse.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from scripts.airflow_truth.record import install
from scripts.store_truth import names
from scripts.store_truth.rows import Row, rows
from scripts.store_truth.stores import certificate_of, end, running
from scripts.store_truth.stores import install as install_stores
from scripts.store_truth.verdict import ABOUT_SECRETS, FIELDS, agrees, judged

DATA = Path(__file__).resolve().parents[2] / "tests" / "data" / "stores"
NOBODY = "http://127.0.0.1:9"
"""An address at which nobody answers."""

_KEPT = ("bytes", "where", "stored", "equal", "purged")


def _tool(repo: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "rea_xcom_tui", "-C", str(repo), *arguments, "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        raise SystemExit(f"{' '.join(arguments[:1])} said: {done.stderr}")
    answer = json.loads(done.stdout)
    assert isinstance(answer, dict)
    return answer


def lay_out(repo: Path, version: str, chosen: list[Row], text: Callable[[Row], str]) -> None:
    """Make a repo with a deployment for each row, for a version of Airflow."""
    for row in chosen:
        file = repo / row.name / "values.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(text(row), encoding="utf-8")
    major_minor = ".".join(version.split(".")[:2])
    (repo / ".rea-xcom-tui.toml").write_text(f'[rules]\nairflow = "{major_minor}"\n', encoding="utf-8")
    subprocess.run(["git", "init", "-q", str(repo)], check=True)
    subprocess.run(["git", "-C", str(repo), "add", "-A"], check=True)


def surroundings(home: str, certificate: Path) -> dict[str, str]:
    """No identity of the person who runs this, no service that hands one out, and no way to the real clouds.

    What asks AWS itself, and not the store here, meets a closed port.
    """
    return {
        "HOME": home, "AWS_EC2_METADATA_DISABLED": "true", "NO_GCE_CHECK": "true", "AWS_MAX_ATTEMPTS": "1",
        "AWS_ENDPOINT_URL": NOBODY, "AZURE_POD_IDENTITY_AUTHORITY_HOST": NOBODY,
        "SSL_CERT_FILE": str(certificate), "REQUESTS_CA_BUNDLE": str(certificate),
    }  # fmt: skip


@contextlib.contextmanager
def warmed(python: Path, work: Path) -> Iterator[Path]:
    """A program that answers like this Python, with Airflow imported already (see `warm`)."""
    with tempfile.TemporaryDirectory(prefix="warm-", dir=work) as folder:
        program, path = Path(folder) / "python", Path(folder) / "socket"
        script = Path(__file__).with_name("warm.py")
        program.write_text(f'#!/bin/sh\nexec {sys.executable} {script} run {path} "$@"\n', encoding="utf-8")
        program.chmod(0o755)
        server = subprocess.Popen([python, script, "serve", path], stdout=subprocess.DEVNULL)
        try:
            while not path.exists():
                if server.poll() is not None:
                    raise SystemExit(f"{python} cannot import Airflow")
                time.sleep(0.2)
            yield program
        finally:
            end([server])


def ask(version: str, python: Path, warm: Path, chosen: list[Row]) -> list[dict[str, Any]]:
    """Probe and check every row with one Airflow version; `warm` answers faster than its Python, but for some rows."""
    with tempfile.TemporaryDirectory(prefix="store-truth-") as folder:
        repo, other = Path(folder) / "probed", Path(folder) / "checked"
        lay_out(repo, version, chosen, Row.values)
        lay_out(other, version, chosen, judged)
        probed: dict[str, dict[str, Any]] = {}
        for program, cold in ((warm, False), (python, True)):
            names = [f"{row.name}/values.yaml" for row in chosen if row.cold is cold]
            if names:
                found = _tool(repo, "probe", *names, "--python", str(program), "--yes", "--timeout", "60")["probes"]
                probed |= dict(zip(names, found, strict=True))
        findings = _tool(other, "check", "--fail-on", "never")["findings"]
    return [_record(row, probed[f"{row.name}/values.yaml"], findings) for row in chosen]


def _record(row: Row, outcome: dict[str, Any], findings: list[dict[str, Any]]) -> dict[str, Any]:
    said = [
        (f["severity"], f["code"])
        for f in findings
        if f["deployment"] == outcome["deployment"] and f["field"] in FIELDS and not f["code"].startswith(ABOUT_SECRETS)
    ]
    return {
        "row": row.name,
        "path": row.path,
        "status": outcome["status"],
        "step": outcome["step"],
        "cause": (outcome["causes"] or [None])[-1],
        "identity": outcome["identity"],
        "values": [{key: value[key] for key in _KEPT if key in value} for value in outcome["values"]],
        "left": len(outcome["left"]),
        "check": sorted({f"{severity} {code}" for severity, code in said}),
    }


def keep(file: Path, records: list[dict[str, Any]]) -> None:
    """Write the records, in the order of the rows; rows that were not asked stay, those that are no more go."""
    found = {record["row"]: record for record in json.loads(file.read_text(encoding="utf-8"))} if file.exists() else {}
    # What `check` says is not kept: the tests ask it anew.
    found |= {record["row"]: {key: record[key] for key in record if key != "check"} for record in records}
    kept = [found[row.name] for row in rows() if row.name in found]
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=True) + "\n", encoding="utf-8")


def main() -> int:
    """Ask every version; 0 when `check` and probe agree on all rows."""
    parser = argparse.ArgumentParser(prog="python -m scripts.store_truth", description=__doc__)
    parser.add_argument("versions", nargs="*", metavar="VERSION")
    parser.add_argument("--names", action="store_true", help="ask the servers for names of buckets, not Airflow")
    parser.add_argument("--work", type=Path, required=True, help="folder for the venvs and the stores")
    parser.add_argument("--airflow", type=Path, help="folder with the venvs of Airflow, if they are elsewhere")
    parser.add_argument("--python", default=sys.executable, help="the Python for the venvs")
    parser.add_argument("--only", nargs="+", help="only rows whose name begins so; the others stay as recorded")
    parser.add_argument("--cold", action="store_true", help="start Python anew for each row, as users' probes do")
    arguments = parser.parse_args()
    if bool(arguments.versions) == arguments.names:
        parser.error("name versions of Airflow, or --names")
    arguments.work.mkdir(parents=True, exist_ok=True)
    if arguments.names:
        with running(arguments.work):
            names.record(install_stores(arguments.work), names.asked(), DATA / "names.json")
        return 0
    chosen = [row for row in rows() if not arguments.only or row.name.startswith(tuple(arguments.only))]
    disagreements = 0
    with running(arguments.work), tempfile.TemporaryDirectory(prefix="store-truth-") as home:
        # Before Airflow is imported: aiohttp reads then which certificates it trusts.
        os.environ.update(surroundings(home, certificate_of(arguments.work)[0]))
        for version in arguments.versions:
            python = install(version, arguments.airflow or arguments.work, arguments.python)
            with contextlib.nullcontext(python) if arguments.cold else warmed(python, arguments.work) as program:
                records = ask(version, python, program, chosen)
            for record in records:
                agree = agrees(record["row"], record["status"], [tuple(said.split()) for said in record["check"]])
                disagreements += not agree
                mark = "  " if agree else "≠ "
                print(f"{mark}{version} {record['row']:30} {record['status']:8} {', '.join(record['check'])}"
                      f"   {record['step'] or ''} {record['cause'] or ''}"[:230])  # fmt: skip
            keep(DATA / f"airflow-{version}.json", records)
    count = len(chosen) * len(arguments.versions)
    print(f"{count} rows, {disagreements} on which check and probe disagree without a known reason")
    return 1 if disagreements else 0


if __name__ == "__main__":
    sys.exit(main())
