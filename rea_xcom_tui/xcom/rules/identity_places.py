"""XC61x: identity settings that reach no service account: misspelt, at a wrong level, of a wrong shape, or empty."""

from __future__ import annotations

from collections.abc import Iterator

from rea_xcom_tui.edits import RenameKey, Step
from rea_xcom_tui.xcom.chart_entries import rendered
from rea_xcom_tui.xcom.facts import fact
from rea_xcom_tui.xcom.model import Change, Node, Severity
from rea_xcom_tui.xcom.names import ANNOTATIONS, AZURE_LABEL, COMMON_ENV
from rea_xcom_tui.xcom.rules.examples import ROLE, example
from rea_xcom_tui.xcom.rules.identity_names import (
    BARE_ROLE,
    DEEPEST,
    IDENTITY_KEYS,
    letters,
    may_stray,
    meant_identity,
)
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.shape import Shape, marked
from rea_xcom_tui.xcom.rules.subject import Subject, is_null, mapping, show

_ROLE_KEY = ANNOTATIONS["aws"]
_PARTS = ("workers", "dagProcessor", "triggerer", "sentinel")
_RIGHT = example(rest=f"serviceAccount:\n  annotations:\n    {_ROLE_KEY}: {ROLE}")
_SOURCE = "The chart's downloaded values file; the clouds' documentation on identities of pods."
_NOTHING = "Kubernetes keeps it as it is and no cloud looks at it: the pods get no identity, and access fails."


def _has_misspelt(shape: Shape) -> bool:
    return any(meant_identity(key) for key in shape.notes | shape.labels)


def _may_have_stray(shape: Shape) -> bool:
    """What is below `annotations` and `labels` can only be a stray key where it is not text."""
    named = any(key in IDENTITY_KEYS or meant_identity(key) for key in shape.keys)
    return named or shape.may_have("stray") or "untyped" in shape.marks


@rule(
    "XC611",
    "error",
    title="The key of an identity is misspelt",
    what="An annotation or label is close to one that gives a pod its identity: `role_arn` or `rolearn` for "
    "`role-arn`, `gcp-serviceaccount`, `clientId`, the name without its domain, or a key with quotes inside.",
    why=_NOTHING,
    wrong=example(rest=f"serviceAccount:\n  annotations:\n    eks.amazonaws.com/role_arn: {ROLE}"),
    right=_RIGHT,
    source=_SOURCE,
    when=_has_misspelt,
)
def identity_misspelt(subject: Subject) -> Iterator[Hit]:
    """`eks.amazonaws.com/role_arn`."""
    taken = {note.address for note in (*subject.annotations, *subject.labels)}
    for note in (*subject.annotations, *subject.labels):
        right = meant_identity(note.key)
        if right is None:
            continue
        free = bool(note.address) and (*note.address[:-1], right) not in taken
        fix: tuple[Change, ...] = (RenameKey(note.address, right),) if free else ()
        yield at(note.value, f"{show(note.key)} is not read by any cloud: the name is {right}", fix=fix)


def _stray(
    node: Node, trail: tuple[Step, ...], known: frozenset[tuple[int, int, int]]
) -> Iterator[tuple[Node, str, str]]:
    """Every key of an identity that no level of the chart takes: its node, its right name, and where it is."""
    if len(trail) > DEEPEST:
        return
    for index, item in enumerate(node.items if trail == ("workers",) else ()):
        yield from _stray(item, (*trail, index), known)
    for key, value in node.entries:
        name = str(key.value)
        right = name if name in IDENTITY_KEYS else meant_identity(name)
        if right is None and trail and letters(name) in BARE_ROLE:
            right = _ROLE_KEY if "role" in name.lower() else ANNOTATIONS["gcp"]
        if right is not None and right != AZURE_LABEL and value.kind == "scalar":
            if (value.layer, value.line, value.column) not in known and rendered(value):
                yield key, right, ".".join(str(step) for step in trail)
        elif name not in (COMMON_ENV, "env") and value.kind != "scalar" and fact(value, may_stray):
            yield from _stray(value, (*trail, name), known)


@rule(
    "XC612",
    "error",
    title="The identity is where the chart does not look",
    what="A key that gives pods their identity is at a level other than `annotations`, `serviceAccount."
    "annotations`, `serviceAccount.PART.annotations` and `workers[].serviceAccount.annotations`: directly below "
    "`serviceAccount`, below `serviceAccounts`, `annotation` or `serviceAccount.worker`, or in a worker's own "
    "`annotations`.",
    why="The chart renders what it knows and drops the rest: no service account carries it, and access fails.",
    wrong=example(rest=f"serviceAccount:\n  annotation:\n    {_ROLE_KEY}: {ROLE}"),
    right=_RIGHT,
    source=_SOURCE,
    when=_may_have_stray,
)
def identity_level(subject: Subject) -> Iterator[Hit]:
    """`serviceAccount.role-arn`, `serviceAccount.worker`, `workers[].annotations`."""
    notes = (*subject.root.annotations, *subject.root.labels)
    known = frozenset((note.value.layer, note.value.line, note.value.column) for note in notes)
    for node, right, level in _stray(subject.root, (), known):
        place = f"below {level}" if level else "at the top level"
        said = f"{show(node.text)} has no effect {place}: {right} belongs in serviceAccount.annotations"
        yield at(node, said)


def _note_levels(subject: Subject) -> Iterator[tuple[str, Node]]:
    """Every `annotations` that the chart takes below service accounts, whatever its shape."""
    accounts = mapping(subject.root.get("serviceAccount"))
    holders = [("serviceAccount", accounts)]
    if accounts is not None:
        holders += [(f"serviceAccount.{part}", mapping(accounts.get(part))) for part in _PARTS]
    for holder, _, name, hidden in subject.root.components:
        if name.startswith("worker ") and not hidden:
            holders.append((f"{name}: serviceAccount", mapping(holder.get("serviceAccount"))))
    for level, account in holders:
        node = account.get("annotations") if account is not None else None
        if node is not None:
            yield f"{level}.annotations", node


@rule(
    "XC613",
    "error",
    title="Annotations of a service account are not a mapping",
    what="`annotations` below a service account is a list or a single value, or the identity itself is a list or a "
    "mapping.",
    why="The chart fails to render, or Kubernetes refuses the service account.",
    wrong=example(rest=f"serviceAccount:\n  annotations:\n    - {_ROLE_KEY}: {ROLE}"),
    right=_RIGHT,
    source=_SOURCE,
    when=lambda shape: shape.may_have("odd notes"),
)
def identity_shape(subject: Subject) -> Iterator[Hit]:
    """A list where a mapping belongs."""
    for level, node in _note_levels(subject):
        if node.kind != "mapping" and not is_null(node):
            kind = "list" if node.kind == "sequence" else "single value"
            yield at(node, f"{level} is a {kind}; Kubernetes takes a mapping of names to strings")


@rule(
    "XC614",
    "error",
    title="The identity is empty",
    what="An annotation that gives pods their identity is the empty string or blanks. A warning for null, which "
    "`--set` "
    "or another layer may fill in.",
    why="The annotation is there but names no identity: the pods get no identity, and access fails.",
    wrong=example(rest=f'serviceAccount:\n  annotations:\n    {_ROLE_KEY}: ""'),
    right=_RIGHT,
    source=_SOURCE,
    when=marked("odd identity"),
)
def identity_empty(subject: Subject) -> Iterator[Hit]:
    """`eks.amazonaws.com/role-arn: ""`."""
    for note in subject.annotations:
        text = rendered(note.value)
        if note.key in ANNOTATIONS.values() and text is not None and not text.strip():
            null = is_null(note.value)
            unless = " unless --set or another layer fills it in" if null else ""
            severity: Severity = "warning" if null else "error"
            yield at(note.value, f"{note.key} is empty, so pods get no identity{unless}", severity=severity)
