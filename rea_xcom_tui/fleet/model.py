"""The fleet: every deployment of a repo as one row, plus the files that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from rea_xcom_tui.xcom.model import Configuration, FieldName, FieldReading, Finding
from rea_xcom_tui.xcom.rules.fleet import FleetRow

Layout = Literal["values", "argocd", "flux", "kustomize", "helmfile", "umbrella"]
"""Where a deployment's values live: a plain values file, or inside another tool's file."""


@dataclass(frozen=True, slots=True)
class Deployment:
    """One agent deployment: where its values live and what they say."""

    id: str
    """The file, followed by `#` and a pointer where one file holds several deployments."""
    name: str
    env: str | None
    namespace: str | None
    file: str
    config: Configuration
    layout: Layout = "values"
    layers: tuple[str, ...] = ()
    """The files whose values are merged, weakest first; a plain values file has one."""
    findings: tuple[Finding, ...] = ()
    dirty: bool = False
    """True when the file differs from HEAD in the index or the work tree."""
    digest: str = ""
    """Blob id of the bytes that were read, to tell later whether the file has changed."""
    row: FleetRow | None = None
    """What the rules over the whole fleet need to know of it."""
    ignores: tuple[int, ...] = ()
    """Which of the repo's ignores accept a finding in it, by their place in the configuration."""

    def field(self, name: FieldName) -> FieldReading:
        """The reading of one of the six fields."""
        return self.config.fields[name]


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A file that should be an agent values file but cannot be read as one."""

    file: str
    message: str
    line: int = 0
    column: int = 0


@dataclass(frozen=True, slots=True)
class Fleet:
    """What a scan found. Deployments are in the order of their ids."""

    root: Path
    head: str | None
    branch: str | None
    deployments: tuple[Deployment, ...] = ()
    unreadable: tuple[UnreadableFile, ...] = ()
    ref: str | None = None
    """The revision that was read, or None for the working tree."""
    notices: tuple[str, ...] = ()
    """What else a person should know about the scan, such as files with names that are not UTF-8."""
    by_id: Mapping[str, Deployment] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {d.id: d for d in self.deployments})
