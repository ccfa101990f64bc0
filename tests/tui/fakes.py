"""A workspace in memory, and fleets for it: what the screens show without a repo beneath them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import cast

import msgspec

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.edit.conflicts import Conflict
from rea_xcom_tui.fleet.edit.pending import Pending, PendingEdit, SetField, Step
from rea_xcom_tui.fleet.edit.plan import Planned
from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.fleet.workspace import Checked, FilePlan, Plan, Refusal, Workspace
from rea_xcom_tui.fleet.write.commit import CommitOptions
from rea_xcom_tui.gitops import Commit, Exposure, Outgoing, Repository, RepoState
from rea_xcom_tui.text import plural
from rea_xcom_tui.user.settings import Config
from rea_xcom_tui.xcom.model import (
    Cloud,
    Configuration,
    FieldName,
    FieldReading,
    Finding,
    Place,
    State,
    Value,
)

BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
HOSTILE = "[red]x[/red] \x1b[31mESC\x1b]0;t\x07 \u202egnp.exe 日本語 🚀 a\nb\tc"

_ENV = {
    "path": "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH",
    "threshold": "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD",
    "compression": "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_COMPRESSION",
}
_LINES: dict[FieldName, int] = {
    "backend": 4,
    "path": 7,
    "threshold": 9,
    "compression": 11,
    "identity": 14,
    "connection": 7,
}


def reading(name: FieldName, value: str | int | None, state: State | None = None, **more: str) -> FieldReading:
    """A field as the reader would give it."""
    if value is None and state is None:
        return FieldReading(name)
    address = ("commonEnv", ("name", _ENV[name]), "value") if name in _ENV else ("xcomBackend",)
    place = Place(address, _LINES[name], 12, str(value), value)
    return FieldReading(
        name,
        None if state in ("invalid", "reference") else value,
        None if state == "reference" else str(value),
        state or "set",
        place,
        (place,),
        more.get("reference"),
        more.get("type"),
        more.get("problem"),
    )


def deployment(
    name: str,
    env: str = "prod",
    cloud: Cloud = "aws",
    *,
    path: str | None = None,
    threshold: int | None = 0,
    compression: str | None = "zip",
    findings: tuple[Finding, ...] = (),
    dirty: bool = False,
    **readings: FieldReading,
) -> Deployment:
    """A deployment whose values look real."""
    file = f"clusters/{env}/{name}/values.yaml"
    identity = (
        f"arn:aws:iam::123456789012:role/{name}-agent" if cloud == "aws" else "3f8a1c52-0b8e-4c0e-9f7d-5a1e7f0c2b44"
    )
    fields: dict[FieldName, FieldReading] = {
        "backend": reading("backend", BACKEND),
        "path": reading("path", path or f"s3://aws_xcom@{name}-{env}-xcom/airflow/xcom"),
        "threshold": reading("threshold", threshold),
        "compression": reading("compression", compression),
        "identity": reading("identity", identity),
        "connection": reading("connection", "aws_xcom", type="aws"),
    }
    for other in readings.values():
        fields[other.name] = other
    config = Configuration(MappingProxyType(fields), cloud)
    return Deployment(file, name, env, name, file, config, findings=findings, dirty=dirty, layers=(file,))


def small_fleet() -> Fleet:
    """A dozen deployments with every state a cell can have."""
    never = Finding("XC101", "warning", "threshold is -1, so every value stays in the database", 9, 12, "threshold")
    gz = reading("compression", "gz", "invalid", problem="gz is not a name that Airflow accepts; write gzip")
    twice = reading("threshold", 5, "conflict", problem="set twice with different outcomes, at lines 8 and 40")
    deployments = [
        deployment("billing-etl", threshold=1048576),
        deployment("billing-ml", threshold=1048576),
        deployment("crm-sync", compression=None, gz=gz),
        deployment("fraud-score", threshold=65536, dirty=True),
        deployment("legacy-agent", twice=twice),
        deployment("orders", "dev", "azure", path="abfs://wasb_xcom@orders-dev/xcom", compression=None),
        deployment("payments", "dev", threshold=-1, findings=(never,)),
        deployment("reporting", "staging", "gcp", path="gs://gcp_xcom@reporting-staging-xcom/x", compression="gzip"),
        deployment("search-index", secret=reading("path", None, "reference", reference="Secret xcom key path")),
        deployment("warehouse", "staging", threshold=1500000),
    ]  # fmt: skip
    broken = UnreadableFile(
        "clusters/prod/broken/values.yaml", "line 3: a mapping ends where a value should stand", 3, 1
    )
    return Fleet(Path("/repos/gitops-platform"), "4f1c2e9d", "main", _sorted(deployments), (broken,))


def hostile_fleet() -> Fleet:
    """Names and values that try to break the screen."""
    deployments = [
        deployment("plain"),
        msgspec.structs.replace(deployment("hostile", path=f"s3://{HOSTILE}/x"), name=HOSTILE),
        msgspec.structs.replace(deployment("long", path="s3://" + "x" * 10_000), name="n" * 10_000),
        deployment("日本語のデプロイ", path="s3://バケット/[prod]/データ"),
    ]
    broken = UnreadableFile(f"clusters/{HOSTILE}.yaml", HOSTILE * 3)
    return Fleet(Path("/repos/[bold]evil"), "4f1c2e9d", "feat/[red]\x1b[2J", _sorted(deployments), (broken,))


def large_fleet(count: int) -> Fleet:
    """Many deployments of a few teams."""
    envs = ("prod", "dev", "staging")
    deployments = (
        deployment(f"team{index % 37:02d}-svc-{index:06d}", envs[index % 3], threshold=1024 * (index % 9))
        for index in range(count)
    )
    return Fleet(Path("/repos/large"), "4f1c2e9d", "main", _sorted(deployments))


def _sorted(deployments: Iterable[Deployment]) -> tuple[Deployment, ...]:
    return tuple(sorted(deployments, key=lambda deployment: deployment.id))


class FakeRepository:
    """A repo in order, on main; nothing here asks git."""

    def hash_bytes(self, data: bytes) -> str:
        return ""

    def __init__(self) -> None:
        self.here = RepoState("main", "4f1c2e9d", None, (), None, 0, 0, None, Path("index.lock"), True, False)

    def state(self) -> RepoState:
        return self.here

    def branch(self) -> str | None:
        return self.here.branch

    def head(self) -> str | None:
        return self.here.head

    def dirty(self) -> frozenset[str]:
        return frozenset()

    def remotes(self) -> list[str]:
        return ["origin"]

    def default_remote(self, branch: str | None = None) -> str | None:
        return "origin"

    def default_branch(self, remote: str) -> str | None:
        return "main"

    def remote_url(self, remote: str) -> str:
        return "https://git.example.com/acme/gitops-platform.git"

    def outgoing(self, remote: str, branch: str) -> Outgoing:
        commits = tuple(
            Commit(oid * 10, "Ann", "ann@example.com", 1_700_000_000, (), f"xcom: set {field} on billing-etl")
            for oid, field in (("4f1c", "threshold"), ("9a03", "compression"))
        )
        return Outgoing(remote, branch, False, commits, 0, "main", None)

    def branches(self) -> list[str]:
        return ["main", "topic", "release/2026-11"]


class FakeWorkspace(Workspace):
    """Keeps everything in memory; writing changes the fleet, committing counts."""

    def __init__(self, fleet: Fleet, *, read_only: str | None = None, batches: int = 1) -> None:
        self.repository = cast("Repository", FakeRepository())
        self.config = Config()
        self.root = fleet.root
        self.read_only = read_only
        self.fleet = replace(fleet, deployments=(), unreadable=())
        self.pending = Pending()
        self.engine = None
        self.fleet_rules = True
        self.commits: list[str] = []
        self.refuse_commit: Refused | None = None
        self._found = fleet
        self._batches = batches
        self._done: list[PendingEdit] = []

    def scan(
        self,
        progress: Callable[[int, int, Sequence[Deployment]], None] | None = None,
        *,
        ref: str | None = None,
    ) -> Fleet:
        found = self._found.deployments
        size = max(1, len(found) // self._batches)
        for start in range(0, len(found), size):
            if progress is not None:
                progress(min(start + size, len(found)), len(found), found[start : start + size])
        self.fleet = self._found
        return self.fleet

    def check(self, field: FieldName, text: str, deployment: Deployment | None = None) -> Checked:
        if field == "threshold":
            number = int(text.replace("KiB", "").strip()) * (1024 if "KiB" in text else 1) if text else None
            if number is None:
                raise ValueError("a threshold is a number of bytes, such as 1048576 or 1 MiB")
            return Checked(number, str(number), f"= {number} bytes")
        if field == "path" and "://" not in text:
            raise ValueError(f"{text} has no scheme; write s3://bucket/prefix or the like")
        if field == "compression" and text == "gz":
            raise ValueError("gz is not a name that Airflow accepts; write gzip")
        return Checked(None if text == "none" else text, text, f"{field} becomes {text}")

    def edit(
        self,
        deployments: Iterable[str],
        field: FieldName,
        text: str,
        progress: Callable[[int, int], None] | None = None,
        layer: str | None = None,
    ) -> tuple[Step | None, list[Refusal]]:
        edits, refused = [], []
        for identifier in deployments:
            found = self.fleet.by_id[identifier].field(field)
            if found.state in ("reference", "conflict"):
                refused.append(Refusal(identifier, field, f"{field} is a {found.state} here; edit it by hand"))
            else:
                edits.append(SetField(identifier, field, found.value, self.check(field, text).value, text, identifier))
        return self.pending.put(edits, f"set {field} to {text} on {plural(len(edits), 'deployment')}"), refused

    def unset(
        self, deployments: Iterable[str], field: FieldName, layer: str | None = None
    ) -> tuple[Step | None, list[Refusal]]:
        edits = [SetField(i, field, self.fleet.by_id[i].field(field).value, None, "", i) for i in deployments]
        return self.pending.put(edits, f"unset {field}"), []

    def impact(self, edit: PendingEdit) -> str:
        return "pods restart; values already stored stay readable" if edit.field != "path" else "old values are lost"

    def plan(self, progress: Callable[[int, int], None] | None = None, *, held: bool = False) -> Plan:
        return Plan(tuple(_file_plan(edit) for edit in self.pending.chosen), ())

    def plans_of(
        self, edits: Mapping[str, Sequence[PendingEdit]], progress: Callable[[int, int], None] | None = None
    ) -> dict[str, Planned]:
        return {file: (_file_plan(wanted[-1]), []) for file, wanted in edits.items()}

    def deployments_of(self, files: Iterable[str]) -> list[Deployment]:
        return []  # what the fake plans hold is no values file that could be judged

    def conflicts(self, *, scanned: bool = False) -> tuple[Conflict, ...]:
        return ()

    def write(self, progress: Callable[[int, int], None] | None = None) -> Plan:
        plan = self.plan()
        changed = dict(self.fleet.by_id)
        for edit in plan.edits:
            assert isinstance(edit, SetField)
            old = changed[edit.deployment]
            fields = {**old.config.fields, edit.field: reading(edit.field, edit.new)}
            changed[edit.deployment] = msgspec.structs.replace(
                old, config=msgspec.structs.replace(old.config, fields=fields), dirty=True
            )
        self.pending.settle(edit.key for edit in plan.edits)
        self._done += plan.edits
        self.fleet = self._found = replace(self.fleet, deployments=tuple(changed.values()))
        return plan

    def exposures(self) -> tuple[Exposure, ...]:
        return ()

    def recover_commit(self) -> str | None:
        return None

    def check_writable(self) -> None:
        if self.read_only is not None:
            raise Refused(f"nothing may be written: {self.read_only}")

    def cut_off(self) -> None:
        return None

    def fingerprint(self) -> int:
        return len(self.fleet.deployments)

    def undo_write(self, progress: Callable[[int, int], None] | None = None) -> str:
        raise Refused("there is no write to take back")

    def uncommitted(self) -> tuple[PendingEdit, ...]:
        return tuple(self._done)

    def to_commit(self) -> tuple[str, ...]:
        return tuple(edit.file for edit in self._done)

    def commit_message(self, summary: str | None = None, lead: str = "") -> str:
        edits = [*self._done, *self.pending.chosen]
        return f"xcom: change {len(edits)} values\n\n" + "\n".join(
            f"- {edit.deployment}: {edit.field}" for edit in edits
        )

    def commit(self, message: str, *, branch: str | None = None, options: CommitOptions | None = None) -> str:
        if self.refuse_commit is not None:
            raise self.refuse_commit
        self.write()
        self._done.clear()
        self.commits.append(message)
        return "[main 1a2b3c4] xcom: change 1 values\n 1 file changed"


def _file_plan(edit: PendingEdit) -> FilePlan:
    head = "".join(f"line{number}: x\n" for number in range(1, 6))
    before = f'{head}commonEnv:\n  - name: {edit.field}\n    value: "{_said(edit.old)}"  # note\nlast: y\n'
    after = before.replace(f'"{_said(edit.old)}"', f'"{_said(edit.new)}"')
    return FilePlan(edit.deployment, before.encode(), after.encode(), (edit,))


def _said(value: Value) -> str:
    return "" if value is None else str(value)
