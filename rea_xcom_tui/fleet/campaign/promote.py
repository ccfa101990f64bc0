"""Promotion: fields carried from the deployments of one environment to their partners in another, as pending edits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.baseline.file import load_baseline
from rea_xcom_tui.fleet.campaign.pairs import Pair, Pairing, pair
from rea_xcom_tui.fleet.edit.outlook import Outlook, outlook
from rea_xcom_tui.fleet.edit.pending import SetField, Step
from rea_xcom_tui.fleet.edit.plan import Refusal
from rea_xcom_tui.fleet.edit.reach import reach_words
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.teams import names_of
from rea_xcom_tui.text import plural
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.model import FieldName, FieldReading
from rea_xcom_tui.xcom.promoting import BUCKET, CannotCarry, End, Surroundings, carry

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace

Value = str | int | None
Outcome = Literal["change", "same", "kept", "refused"]
OUTCOMES: dict[Outcome, str] = {
    "change": "change",
    "same": "already so",
    "kept": "belong to their environment",
    "refused": "refused",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """What becomes of one field of one pair."""

    source: str
    target: str
    """The ids of both deployments."""
    field: FieldName
    value: Value
    """What the source has."""
    old: Value
    """What the target has."""
    new: Value
    """What the target is to have; None too where nothing is carried."""
    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Promotion:
    """What a promotion would do, worked out and proved; nothing is pending yet."""

    fields: tuple[FieldName, ...]
    pairing: Pairing
    carried: tuple[Carried, ...]
    edits: tuple[SetField, ...] = field(repr=False)
    outlook: Outlook = field(default_factory=Outlook)

    @property
    def refused(self) -> tuple[Carried, ...]:
        """What cannot be carried, each with its reason."""
        return tuple(one for one in self.carried if one.outcome == "refused")

    @property
    def blocked(self) -> int:
        """How many fields and deployments are refused."""
        return len(self.refused) + len(self.pairing.twice)

    def counts(self) -> dict[Outcome, int]:
        """How many fields end which way, in the order in which they are listed."""
        found = [one.outcome for one in self.carried]
        return {outcome: found.count(outcome) for outcome in OUTCOMES if outcome in found}


def promote(
    workspace: Workspace,
    fields: Sequence[FieldName],
    sources: Sequence[Deployment],
    targets: Sequence[Deployment],
    *,
    each: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Promotion:
    """Work out what carrying these fields would change; see `xcom.promoting` for how values are carried.

    Raises `ToolError` where a side is empty, both sides share a deployment, or nothing matches.
    """
    _check_sides(sources, targets)
    pairing = pair(sources, targets, each=each)
    if not pairing.pairs and not pairing.twice:
        raise ToolError(
            f"no deployment of --to has a partner among the {plural(len(sources), 'deployment')} of --from; partners "
            "have the same name, apart from their environment"
        )
    kept = {repo: frozenset(load_baseline(one.root).per_environment) for repo, one in workspace.each().items()}
    around = {name: _around(workspace, name, sources, targets) for name in fields}
    rows: list[Carried] = []
    edits: list[SetField] = []
    for one in pairing.pairs:
        for name in fields:
            mine = kept.get(one.target.repo, frozenset())
            row, edit = _carry(workspace, one, name, replace(around[name], keep_bucket=BUCKET in mine), mine)
            rows.append(row)
            edits += [edit] if edit is not None else []
    proof = workspace.prove(edits, progress)
    why = {(refusal.deployment, refusal.field): refusal.reason for refusal in proof.refused}
    beneath = {file.file: file.after for file in workspace.plan().files} if len(workspace.pending) else None
    return Promotion(
        tuple(fields),
        pairing,
        tuple(_told(row, why.get((row.target, row.field))) for row in rows),
        tuple(proof.made(edits)),
        outlook(workspace, proof.files, beneath),
    )


def make_pending(workspace: Workspace, found: Promotion) -> Step | None:
    """Make what a promotion changes pending, as one undoable step."""
    names = ", ".join(found.fields)
    reach = reach_words(found.edits, workspace.fleet.called)
    return workspace.pending.put(found.edits, f"promote {names} to {reach}")


def refusals(found: Promotion) -> list[Refusal]:
    """Everything that a promotion refuses, as the refusals of edits."""
    told = [Refusal(one.target, one.field, one.reason) for one in found.refused]
    return [
        *told,
        *(Refusal(one.deployment.id, ", ".join(found.fields), one.sentence()) for one in found.pairing.twice),
    ]


def _check_sides(sources: Sequence[Deployment], targets: Sequence[Deployment]) -> None:
    for option, side in (("--from", sources), ("--to", targets)):
        if not side:
            raise ToolError(f"{option} selects no deployment, so there is nothing to carry; `list QUERY` tries a query")
    both = {one.id for one in sources} & {one.id for one in targets}
    if both:
        raise ToolError(
            f"--from and --to both select {plural(len(both), 'deployment')}, such as {min(both)}; narrow one of them"
        )


def _told(row: Carried, reason: str | None) -> Carried:
    return row if reason is None else replace(row, outcome="refused", new=None, reason=reason)


def _around(
    workspace: Workspace, name: FieldName, sources: Iterable[Deployment], targets: Iterable[Deployment]
) -> Surroundings:
    """What both environments use: all of theirs, also what the queries leave out, unless they share an environment."""
    from_envs, to_envs = {one.env for one in sources}, {one.env for one in targets}
    ours, theirs = list(sources), list(targets)
    if not from_envs & to_envs and None not in from_envs | to_envs:
        ours = [one for one in workspace.fleet.deployments if one.env in from_envs]
        theirs = [one for one in workspace.fleet.deployments if one.env in to_envs]
    return Surroundings(_values(ours, name), _values(theirs, name))


def _values(deployments: Iterable[Deployment], name: FieldName) -> frozenset[str]:
    found = (one.config.fields[name].value for one in deployments if name in one.config.fields)
    return frozenset(value for value in found if isinstance(value, str))


def _carry(
    workspace: Workspace, one: Pair, name: FieldName, around: Surroundings, kept: frozenset[str]
) -> tuple[Carried, SetField | None]:
    source, target = one.source, one.target
    reading = source.config.fields.get(name)
    old = workspace.value(target, name)
    value = current_value(reading) if reading is not None else None

    def row(outcome: Outcome, reason: str = "", new: Value = None) -> Carried:
        return Carried(source.id, target.id, name, value, old, new, outcome, reason)

    if name in kept:
        return row("kept", "the baseline file declares it as the environment's own"), None
    if reading is None or reading.state not in ("set", "unset"):
        return row("refused", _no_value(source, name, reading)), None
    try:
        made = carry(name, _end(source, value), _end(target, old), around)
        if made == old and target.config.fields[name].state in ("set", "unset"):
            return row("same", new=made), None  # it is there already, whether or not it would be taken as an edit
        if made is None:
            edit = workspace.edit_to(target, name, None, "")
        else:
            checked = workspace.check(name, str(made), target)
            edit = workspace.edit_to(target, name, checked.value, str(made))
    except (CannotCarry, ValueError, Refused) as problem:
        return row("refused", str(problem)), None
    if not edit.changes and target.config.fields[name].state in ("set", "unset"):
        return row("same", new=edit.new), None
    return row("change", new=edit.new), edit


def _end(deployment: Deployment, value: Value) -> End:
    return End(deployment.id, names_of(deployment), value)


def _no_value(source: Deployment, name: FieldName, reading: FieldReading | None) -> str:
    if reading is None:
        return f"{source.id} has no {name}"
    where = f" from {reading.reference}" if reading.reference else ""
    words = {
        "reference": f"comes{where}, so Git does not know it",
        "conflict": "is set in several places that disagree; settle that first",
        "invalid": f"is '{reading.raw}', which Airflow refuses; fix that first",
    }
    return f"{name} of {source.id} {words.get(reading.state, 'has no one value')}"
