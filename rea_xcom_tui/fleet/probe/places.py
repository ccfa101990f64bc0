"""Where a user wants probes to run, and what is ready to be tried there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.outlook import prospect
from rea_xcom_tui.fleet.edit.session import Editing
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.probe.runners import Place, docker_place, kubectl_place, python_place
from rea_xcom_tui.fleet.probe.settings import Settings, settings_of

Kind = Literal["python", "docker", "kubectl"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Where:
    """A kind of place with its argument: the path of a Python, an image, or a context of kubectl.

    Without an argument it is the image that the values name, or kubectl's current context.
    """

    kind: Kind
    argument: str = ""

    @classmethod
    def parse(cls, text: str) -> Where | None:
        """`python /opt/airflow/bin/python`, `docker`, `kubectl prod-eu`; None for anything else."""
        word, _, argument = text.strip().partition(" ")
        kind = next((kind for kind in KINDS if kind == word), None)
        return None if kind is None else cls(kind, argument.strip())

    def __str__(self) -> str:
        return f"{self.kind} {self.argument}".strip()

    def place(self, settings: Settings) -> Place:
        """The place for one deployment. Raises `ToolError` where there is none."""
        if self.kind == "python":
            if not self.argument:
                raise ToolError("give the path of a Python that has Airflow")
            return python_place(self.argument)
        if self.kind == "docker":
            return docker_place(self.argument or None, settings)
        return kubectl_place(self.argument or None, settings)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One deployment that is to be tried: with its settings and place, or with the reason why it cannot be."""

    deployment: Deployment
    settings: Settings | None = None
    place: Place | None = None
    refusal: str = ""
    called: str = ""
    """What the deployment is called among all of the fleet."""

    @property
    def target(self) -> str:
        """Where its values would be written; empty where nothing would."""
        if self.settings is None or not self.settings.writes:
            return ""
        return f"{self.settings.shown_path}/{self.settings.own}"


def candidates(workspace: Editing, ids: Iterable[str]) -> list[Candidate]:
    """These deployments, each as its pending edits will make it, with what a probe takes along. Raises `ToolError`
    where a pending edit cannot be made.

    Call it on the workspace's own thread.
    """
    ahead = _ahead(workspace)
    found = []
    for now in map(workspace.deployment, ids):
        then = ahead.deployments.get(now.id, now)
        called = workspace.fleet.called(now.id)
        try:
            if now.id in ahead.refused:
                raise ToolError(ahead.refused[now.id])
            pending = then.config != now.config or bool(workspace.pending.of(now.id))
            found.append(Candidate(then, settings_of(workspace, then, ahead.contents, pending=pending), called=called))
        except ToolError as error:
            found.append(Candidate(then, refusal=str(error), called=called))
    return found


@dataclass(frozen=True, slots=True)
class _Ahead:
    """The fleet as everything that is pending, held back or not, will make it; that is what its table shows."""

    contents: Mapping[str, bytes] = field(default_factory=dict)
    """What files will hold."""
    deployments: Mapping[str, Deployment] = field(default_factory=dict)
    """Those that will be others or be judged otherwise than now."""
    refused: Mapping[str, str] = field(default_factory=dict)
    """Why the edits of some cannot be made."""


def _ahead(workspace: Editing) -> _Ahead:
    if not len(workspace.pending):
        return _Ahead()
    try:
        plan = workspace.plan(held=True)
    except ToolError as error:  # something that was edited is gone; that concerns none of the others
        return _Ahead(refused={edit.deployment: str(error) for edit in workspace.pending.edits})
    plans = [file for file in plan.files if workspace.deployments_of({file.file})]
    contents = {file.file: file.after for file in plans}
    refused = {
        each.deployment: f"its pending edit of {each.field} cannot be made: {each.reason}" for each in plan.refused
    }
    return _Ahead(contents, prospect(workspace, contents, plans).judged() if plans else {}, refused)


def with_places(chosen: Sequence[Candidate], where: Where) -> list[Candidate]:
    """The same with their places, which may mean asking docker or a cluster."""
    placed = []
    for each in chosen:
        try:
            place = where.place(each.settings) if each.settings is not None else None
            placed.append(replace(each, place=place))
        except ToolError as error:
            placed.append(replace(each, settings=None, place=None, refusal=str(error)))
    return placed
