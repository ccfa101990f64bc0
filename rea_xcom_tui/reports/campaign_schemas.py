"""The machine formats of reviews, promotions and waves as models, from which their JSON Schemas are made."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from rea_xcom_tui.reports.schema_parts import Id, Line, Model, Value, Version
from rea_xcom_tui.xcom.model import FieldName, Severity, State


class WaveDeployment(Model):
    """How one deployment of a wave stands."""

    id: Id
    values: Literal["old", "new", "other", "gone"]
    running: bool | None
    """Whether what runs has the planned values; null where that was not asked or is not known."""
    was: str | None
    removed: bool
    """Whether its file or entry is no longer there; such a deployment does not keep its wave from being merged."""


WaveState = Literal["planned", "proposed", "partial", "merged", "running", "reverted", "drifted"]


class WaveMade(Model):
    """By which commit a wave was merged, and where it is proposed; of several repos, in the first that tells it."""

    commit: str | None
    """The commit by which it was merged: one with its trailers, else the one that brought the last of its values."""
    author: str | None
    date: Annotated[str, Field(pattern="Z$")] | None
    proposed_on: str | None


class WaveRepo(WaveMade):
    """Where one wave stands in one of several repos."""

    repo: str
    state: WaveState


class WaveTarget(Model):
    """What the waves are merged into in one of several repos."""

    repo: str
    onto: str
    commit: str


class WaveObject(WaveMade):
    """Where one wave stands."""

    number: int
    name: str
    branch: str
    state: WaveState
    repos: list[WaveRepo]
    """Where it stands in each repo that it changes; empty where the fleet is one repo."""
    deployments: list[WaveDeployment]


class WaveNext(Model):
    """What is to be done next."""

    wave: str | None
    advice: str


class WaveStatusOutput(Model):
    """What `wave status --format json` prints."""

    schema_: Version = Field(alias="schema")
    campaign: str
    plan: str
    onto: str
    commit: str
    """The commit of the branch that the waves are merged into; of several repos, that of the first."""
    repos: list[WaveTarget]
    """The same for each of several repos; empty where the fleet is one repo."""
    asked: str | None
    """The source that said what runs."""
    waves: list[WaveObject]
    next: WaveNext


class ReviewChange(Model):
    """One difference that a branch makes."""

    deployment: Id
    kind: Literal["changed", "added", "removed", "readable", "unreadable"]
    field: FieldName | None
    old: Value
    new: Value
    old_state: State
    new_state: State
    impact: str | None
    """What it does to values already stored and to running pods."""
    repo: str | None = None
    """Only where several repos are reviewed."""


class ReviewVerdict(Model):
    """How the review ends."""

    level: Literal["ok", "look", "stop"]
    text: str
    in_flight: list[Id]
    """Deployments whose running tasks get an address instead of the data stored before."""


class ReviewFinding(Model):
    """A finding that came or went; of a file that cannot be read, only its first keys."""

    deployment: Id | None
    code: str
    severity: Severity
    file: str
    message: str
    field: FieldName | None = None
    line: Line | None = None
    column: Line | None = None
    repo: str | None = None
    """Only where several repos are reviewed."""


class ReviewFindings(Model):
    """What the rules say of the deployments that the branch touches."""

    new: list[ReviewFinding]
    fixed: list[ReviewFinding]
    remaining: int


class ReviewDeviation(Model):
    """One field of one deployment that differs."""

    deployment: Id
    field: FieldName
    expected: Value
    actual: Value
    severity: Severity
    reason: str
    repo: str | None = None
    """Only where several repos are reviewed."""


class ReviewDrift(Model):
    """The drift that the branch makes and heals."""

    against: str | None
    made: list[ReviewDeviation]
    healed: list[ReviewDeviation]


class ReviewRepo(Model):
    """What is compared in one of several repos that have the branch, and how that ends."""

    repo: str
    commit: str
    onto: str
    merge_base: str
    verdict: ReviewVerdict


class ReviewOutput(Model):
    """What `review --format json` prints."""

    schema_: Version = Field(alias="schema")
    ref: str
    commit: str | None = None
    """Left out, as `onto` and `merge_base` are, where several repos are reviewed; see `repos`."""
    onto: str | None = None
    merge_base: str | None = None
    repos: list[ReviewRepo] | None = None
    """Only where several repos are reviewed: those that have the branch."""
    verdict: ReviewVerdict
    """Of all of it."""
    changes: list[ReviewChange]
    findings: ReviewFindings
    drift: ReviewDrift
    notes: list[str]


class CarriedObject(Model):
    """What becomes of one field of one pair."""

    from_: Id = Field(alias="from")
    to: Id
    field: FieldName
    value: Value
    """What the source has."""
    old: Value
    new: Value
    outcome: Literal["change", "same", "kept", "refused"]
    reason: str | None


class TwiceObject(Model):
    """A deployment with more than one partner."""

    deployment: Id
    partners: list[Id]
    reason: str


class AloneObject(Model):
    """The deployments of each side without a partner."""

    from_: list[Id] = Field(alias="from")
    to: list[Id]


class ToldFinding(Model):
    """A finding that edits would add or remove."""

    deployment: Id
    code: str
    severity: Severity
    field: FieldName | None
    message: str


class OutlookObject(Model):
    """Which findings edits would add and remove."""

    adds: list[ToldFinding]
    removes: list[ToldFinding]


class PromoteOutput(Model):
    """What `promote --format json` prints."""

    schema_: Version = Field(alias="schema")
    fields: list[FieldName]
    carried: list[CarriedObject]
    twice: list[TwiceObject]
    alone: AloneObject
    findings: OutlookObject
