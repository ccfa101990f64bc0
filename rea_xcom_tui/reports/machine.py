"""The fleet as JSON, in the schema that scripts rely on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, FieldReading, Finding

SCHEMA = 1
"""Version of the JSON; grows only when a key changes its meaning."""


def fleet_json(fleet: Fleet, deployments: Iterable[Deployment]) -> str:
    """The JSON of `list` and `show`: the repo, the chosen deployments and the unreadable files."""
    return dump(fleet_object(fleet, deployments))


def fleet_yaml(fleet: Fleet, deployments: Iterable[Deployment]) -> str:
    """The same as YAML."""
    from rea_xcom_tui.reports.yaml_text import yaml_text

    return yaml_text(fleet_object(fleet, deployments))


def fleet_lines(deployments: Iterable[Deployment]) -> str:
    """Each deployment as JSON on a line of its own."""
    return "\n".join(json.dumps(deployment_object(one), ensure_ascii=True) for one in deployments)


def fleet_object(fleet: Fleet, deployments: Iterable[Deployment]) -> dict[str, Any]:
    """The repo, the chosen deployments and the unreadable files as plain data."""
    return {
        "schema": SCHEMA,
        **repo_objects(fleet),
        "deployments": [deployment_object(deployment) for deployment in deployments],
        "unreadable": [unreadable_object(file) for file in fleet.unreadable],
        "unused": [{"file": file.file, "reason": file.reason} for file in fleet.unused],
    }


def dump(data: Mapping[str, Any]) -> str:
    """JSON text in plain ASCII, so that no terminal sees a control or bidirectional character in it."""
    return indented(ascii_json(data)).decode()


def indented(data: bytes) -> bytes:
    """JSON with two blanks for each level."""
    try:
        return msgspec.json.format(data, indent=2)
    except msgspec.DecodeError:  # half of a pair of surrogates, which JSON can tell and text cannot hold
        return json.dumps(json.loads(data), indent=2, ensure_ascii=True).encode()


def ascii_json(data: Mapping[str, Any]) -> bytes:
    """Compact JSON in plain ASCII."""
    try:
        text = msgspec.json.encode(data)
    except (UnicodeEncodeError, OverflowError):  # half of a pair of surrogates; a number beyond 64 bits
        text = b"\x7f"
    if text.isascii() and b"\x7f" not in text:
        return text
    return json.dumps(data, ensure_ascii=True, separators=(",", ":")).encode()


def repo_objects(fleet: Fleet) -> dict[str, Any]:
    """Which repo was read, as `repo`; of a fleet of several, each as `repos`."""
    if not fleet.repos:
        return {"repo": repo_object(fleet)}
    return {"repos": [{"name": one.name, **repo_of(one.root, one.head, one.branch, fleet.ref)} for one in fleet.repos]}


def repo_object(fleet: Fleet) -> dict[str, Any]:
    """Which repo and which revision was read."""
    return repo_of(fleet.root, fleet.head, fleet.branch, fleet.ref)


def repo_of(root: Path, head: str | None, branch: str | None, ref: str | None = None) -> dict[str, Any]:
    """A repo and what was read of it."""
    return {"root": str(root), "head": head, "branch": branch, "ref": ref}


def deployment_object(deployment: Deployment) -> dict[str, Any]:
    """One deployment with all six fields, its state store, its findings and its state in git."""
    return {
        **read_object(deployment),
        "findings": [finding_object(deployment, finding) for finding in deployment.findings],
        "git": {"dirty": deployment.dirty},
    }


def read_object(deployment: Deployment) -> dict[str, Any]:
    """One deployment with all that its values say."""
    fields = deployment.config.fields
    return {
        "id": deployment.id,
        **({"repo": deployment.repo} if deployment.repo else {}),
        "name": deployment.name,
        "env": deployment.env,
        "namespace": deployment.namespace,
        "cluster": deployment.cluster,
        "file": within(deployment.repo, deployment.file),
        "layout": deployment.layout,
        "layers": [within(deployment.repo, layer) for layer in deployment.layers],
        "unreached": deployment.unreached,
        "cloud": deployment.config.cloud,
        "fields": {name: field_object(deployment, fields[name]) for name in FIELDS},
        "state": {
            name.removeprefix("state-"): field_object(deployment, fields[name])
            for name in STATE_FIELDS
            if name in fields
        },
        "problem": deployment.config.shape_problem,
        "encrypted": deployment.config.encrypted,
    }


def field_object(deployment: Deployment, reading: FieldReading) -> dict[str, Any]:
    """One field: value, raw text, state and the place that decides."""
    place, file, line, column = reading.place, None, None, None
    if place is not None:
        file, line, column = deployment.file, place.line, place.column
        if deployment.stack or deployment.repo:
            file = within(deployment.repo, deployment.file_at(place.layer))
    data: dict[str, Any] = {
        "value": reading.value,
        "raw": reading.raw,
        "state": reading.state,
        "file": file,
        "line": line,
        "column": column,
    }
    if reading.name == "connection":
        data["type"] = reading.type
    if reading.state == "reference":
        data["reference"] = reading.reference
    if reading.problem:
        data["problem"] = reading.problem
    return data


def finding_object(deployment: Deployment, finding: Finding) -> dict[str, Any]:
    """One finding of a rule, with its place."""
    return finding_in(within(deployment.repo, deployment.file_at(finding.layer)), finding)


def finding_in(file: str, finding: Finding) -> dict[str, Any]:
    """One finding in a file."""
    return {
        "code": finding.code,
        "severity": finding.severity,
        "field": finding.field,
        "message": finding.message,
        "file": file,
        "line": finding.line,
        "column": finding.column,
    }


def unreadable_object(file: UnreadableFile) -> dict[str, Any]:
    """A file that should be an agent values file but cannot be read."""
    return {"file": file.file, "line": file.line, "column": file.column, "message": file.message}
