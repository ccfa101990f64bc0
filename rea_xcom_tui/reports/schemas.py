"""The machine formats as models, from which their JSON Schemas are made; tests hold them against real output."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Annotated, Any, Literal

from pydantic import Field

from rea_xcom_tui.layouts.model import Layout
from rea_xcom_tui.reports.formats import SCHEMAS
from rea_xcom_tui.reports.machine import SCHEMA
from rea_xcom_tui.reports.schema_parts import Id, Line, Model, Value, Version
from rea_xcom_tui.xcom.model import Cloud, FieldName, Severity, State

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Repo(Model):
    """Which repo and which revision was read."""

    root: str
    head: str | None
    """The commit's id; null in a repo without commits."""
    branch: str | None
    ref: str | None
    """The revision that was asked for; null for the working tree."""


class FieldObject(Model):
    """One field of a deployment: what it is, its state, and where it is set."""

    value: Value
    raw: str | None
    """The text as it is in the file."""
    state: State
    file: str | None
    line: Line | None
    column: Line | None
    type: str | None = None
    """Of `connection`: the connection's type, such as `aws`."""
    reference: str | None = None
    """Which Secret or ConfigMap supplies it."""
    problem: str | None = None
    """Why it is invalid or in conflict."""


class FieldObjects(Model):
    """All six fields."""

    backend: FieldObject
    path: FieldObject
    threshold: FieldObject
    compression: FieldObject
    identity: FieldObject
    connection: FieldObject


class StateObjects(Model):
    """The settings of the state store, XCom's sibling (Airflow 3.3 and later)."""

    backend: FieldObject
    path: FieldObject
    threshold: FieldObject
    compression: FieldObject


class FindingObject(Model):
    """What a rule has to say about one place."""

    code: Annotated[str, Field(pattern=r"^XC\d{3}$")]
    severity: Severity
    field: FieldName | None
    message: str
    file: str
    line: Line
    column: Line


class GitObject(Model):
    """The state of the deployment's files in git."""

    dirty: bool


class DeploymentObject(Model):
    """One deployment."""

    id: Id
    name: str
    env: str | None
    namespace: str | None
    cluster: str | None
    file: str
    layout: Layout
    layers: list[str]
    """The sources of its values, weakest first, each `file` or `file#pointer`."""
    unreached: bool
    """Whether no entry point of the repo names it."""
    cloud: Cloud
    fields: FieldObjects
    state: StateObjects
    problem: str | None
    """Why the file has the wrong shape."""
    encrypted: str | None
    """The tool that has encrypted the file or values in it."""
    findings: list[FindingObject]
    git: GitObject


class UnreadableObject(Model):
    """A file that should be agent values and cannot be read."""

    file: str
    line: Line
    column: Line
    message: str


class UnusedObject(Model):
    """An incomplete file with keys of the agent's chart that nothing reaches."""

    file: str
    reason: str


class ListOutput(Model):
    """What `list --format json` and `show --format json` print."""

    schema_: Version = Field(alias="schema")
    repo: Repo
    deployments: list[DeploymentObject]
    unreadable: list[UnreadableObject]
    unused: list[UnusedObject]


class ReportedFinding(FindingObject):
    """A finding with the deployment that it is about; null for a file that cannot be read."""

    deployment: Id | None
    status: Literal["new", "remaining"] | None = None
    """With `--changed-since`: whether it was there at the merge base."""


class CheckSince(Model):
    """What was compared with."""

    ref: str
    merge_base: str
    """The commit's id."""


class CheckSummary(Model):
    """How many findings there are, and how many deployments were checked."""

    error: int
    warning: int
    info: int
    deployments: int


class CheckOutput(Model):
    """What `check --format json` prints."""

    schema_: Version = Field(alias="schema")
    findings: list[ReportedFinding]
    fixed: list[ReportedFinding] | None = None
    """With `--changed-since`: findings of the merge base that are gone."""
    since: CheckSince | None = None
    summary: CheckSummary


class SinceObject(Model):
    """The commit that brought a difference."""

    commit: str
    author: str
    date: Annotated[str, Field(pattern="Z$")]


class TargetObject(Model):
    """What fixes a difference; a null value means: unset the field."""

    value: Value


class MemberObject(Model):
    """One deployment that differs."""

    deployment: Id
    actual: Value
    target: TargetObject | None


class CauseObject(Model):
    """Differences of one field that have one cause."""

    field: FieldName
    expected: Value
    actual: Value
    deployments: list[Id]
    severity: Severity
    since: SinceObject | None
    groups: list[str]
    reason: str
    members: list[MemberObject]


class AcceptedObject(Model):
    """A difference that the baseline file accepts."""

    field: FieldName
    deployment: Id
    actual: Value
    reason: str
    owner: str
    expires: str | None


class NoticeObject(Model):
    """What a comparison could not tell."""

    kind: str
    text: str
    deployments: list[Id]


class DriftSummary(Model):
    """How much differs."""

    causes: int
    drifted: int
    compared: int


class DriftOutput(Model):
    """What `drift --format json` prints."""

    schema_: Version = Field(alias="schema")
    against: str
    causes: list[CauseObject]
    accepted: list[AcceptedObject]
    notices: list[NoticeObject]
    summary: DriftSummary


class PlanEdit(Model):
    """One edit with the value that it starts from."""

    deployment: Id
    field: FieldName
    old: Value
    new: Value
    text: str
    layer: str | None = None
    """Which source of a layered deployment takes it."""
    shared: bool | None = None
    """Whether other deployments that share the layer may change with it."""
    inherits: bool | None = None
    """Whether the layer's own say goes, so that what weaker layers say is in force again."""
    also: list[Id] | None = None
    """The other deployments that change with it, since they share the layer."""


class PlanWave(Model):
    """The deployments of a plan that change together."""

    name: str
    branch: str
    deployments: list[Id]


class PlanCampaign(Model):
    """A plan cut into waves by `wave plan`."""

    id: str
    """By which commits are known, in the trailer `Xcom-Campaign`."""
    by: str
    waves: list[PlanWave]
    """In the order in which they are to be merged."""


class Plan(Model):
    """What `set --plan FILE` saves and `apply` takes."""

    schema_: Version = Field(alias="schema")
    head: str | None
    """The commit that was checked out when it was made; null over several repos."""
    heads: dict[str, str] | None = None
    """The same in each of several repos, by their names."""
    files: dict[str, str]
    """The blob id of each file as it has to be when the plan is carried out."""
    edits: list[PlanEdit]
    campaign: PlanCampaign | None = None


def schema(name: str) -> Mapping[str, Any]:
    """The JSON Schema of a machine format or of the configuration files, by one of the names in `SCHEMAS`."""
    module, model = SCHEMAS[name]
    made = getattr(import_module(module), model).model_json_schema(by_alias=True)
    head = {"$schema": DIALECT, "$id": f"urn:rea-xcom-tui:{name}:{SCHEMA}", "title": f"rea-xcom-tui {name}"}
    return {**head, **{key: value for key, value in made.items() if key != "title"}}
