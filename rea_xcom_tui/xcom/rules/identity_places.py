"""XC61x: identity settings that reach no service account: misspelt, at a wrong level, of a wrong shape, or empty."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from rea_xcom_tui.edits import RenameKey, Step
from rea_xcom_tui.xcom.chart_entries import rendered
from rea_xcom_tui.xcom.model import Change, Node, Severity
from rea_xcom_tui.xcom.names import ANNOTATIONS, AZURE_LABEL, COMMON_ENV
from rea_xcom_tui.xcom.rules.examples import ROLE, example
from rea_xcom_tui.xcom.rules.registry import Hit, at, rule
from rea_xcom_tui.xcom.rules.subject import Subject, is_null, mapping, show
from rea_xcom_tui.xcom.spelling import distance
from rea_xcom_tui.xcom.tree import fact

_KEYS = (*ANNOTATIONS.values(), "azure.workload.identity/tenant-id", AZURE_LABEL)
_ROLE_KEY = ANNOTATIONS["aws"]
_PARTS = ("workers", "dagProcessor", "triggerer", "sentinel")
_DEEPEST = 6  # levels of mappings that are looked through for a stray key
_MOST_LOOKED_AT = 5_000  # nodes of one part
_BARE_ROLE = frozenset(("rolearn", "iamrolearn", "iamrole", "gcpserviceaccount", "gserviceaccount"))
_RIGHT = example(rest=f"serviceAccount:\n  annotations:\n    {_ROLE_KEY}: {ROLE}")
_SOURCE = "The chart's downloaded values file; the clouds' documentation on identities of pods."
_NOTHING = "Kubernetes keeps it as it is and no cloud looks at it: the pods get no identity, and access fails."


@lru_cache(maxsize=4096)
def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


@lru_cache(maxsize=4096)
def meant_identity(key: str) -> str | None:
    """The annotation or label that a key is close to, or None for a right one and for all others.

    Near means: other separators or case, quotes inside, up to two wrong letters, or the name without its domain.
    """
    if key in _KEYS:
        return None
    plain = _letters(key)
    for right in _KEYS:
        known = _letters(right)
        if plain == known or ("/" in key and distance(plain, known) <= 2):
            return right
        if right != AZURE_LABEL and "/" not in key and plain == _letters(right.partition("/")[2]):
            return right
    return None


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
    when=lambda subject: any(meant_identity(note.key) for note in (*subject.annotations, *subject.labels)),
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


def _may_stray(node: Node) -> bool:
    """Whether some key in a part of the file looks like that of an identity; a quick no for nearly every part.

    It looks as deep as `_stray` does. In an endless part (aliases of aliases stand for millions of nodes) the answer is
    yes, and `_stray` looks for itself.
    """
    ahead = [(node, 0)]
    for _ in range(_MOST_LOOKED_AT):
        if not ahead:
            return False
        each, deep = ahead.pop()
        if deep < _DEEPEST:
            ahead += [(item, deep + 1) for item in each.items]
        for key, value in each.entries:
            name = str(key.value)
            if name in _KEYS or meant_identity(name) is not None or _letters(name) in _BARE_ROLE:
                return True
            if deep < _DEEPEST:
                ahead.append((value, deep + 1))
    return True


def _stray(
    node: Node, trail: tuple[Step, ...], known: frozenset[tuple[int, int, int]]
) -> Iterator[tuple[Node, str, str]]:
    """Every key of an identity that no level of the chart takes: its node, its right name, and where it is."""
    if len(trail) > _DEEPEST:
        return
    for index, item in enumerate(node.items if trail == ("workers",) else ()):
        yield from _stray(item, (*trail, index), known)
    for key, value in node.entries:
        name = str(key.value)
        right = name if name in _KEYS else meant_identity(name)
        if right is None and trail and _letters(name) in _BARE_ROLE:
            right = _ROLE_KEY if "role" in name.lower() else ANNOTATIONS["gcp"]
        if right is not None and right != AZURE_LABEL and value.kind == "scalar":
            if (value.layer, value.line, value.column) not in known and rendered(value):
                yield key, right, ".".join(str(step) for step in trail)
        elif name not in (COMMON_ENV, "env") and value.kind != "scalar" and fact(value, _may_stray):
            yield from _stray(value, (*trail, name), known)


def _may_have_stray(subject: Subject) -> bool:
    """Whether `_stray` may find something. All that is in `annotations` and `labels` themselves is in its place."""
    for name, _, value in subject.keys:
        if name in ("annotations", "labels") and value.kind == "mapping":
            if any(inner.kind != "scalar" for _, inner in value.entries):
                return True
        elif name in _KEYS or meant_identity(name) is not None:
            return True
        elif name == COMMON_ENV or value.kind == "scalar":
            continue
        elif fact(value, _may_stray):
            return True
    return False


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
