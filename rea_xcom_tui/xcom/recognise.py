"""Telling agent values from everything else in a repo, by content and never by file name.

The keys are those of the chart `astro-remote-execution-agent` as its downloaded values files carry them.
The community Airflow chart shares `workers`, `dagProcessor`, `triggerer` and even `dagBundleConfigList`
(below `dagProcessor`), so these say little; `xcomBackend`, `astroDeploymentAPIURL` and the agent's image occur
in no other Airflow chart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import msgspec

from rea_xcom_tui.xcom.facts import fact
from rea_xcom_tui.xcom.model import Node

Verdict = Literal["agent", "wrong shape", "no"]

OWN_KEYS = ("xcomBackend", "astroDeploymentAPIURL")
"""Keys that no other chart has: one of them is enough."""

TELLING_KEYS = (
    "commonEnv", "secretBackend", "stateStoreBackend", "agentTokenSecretName",
    "agentTokenFile", "sentinelAuthSecretName", "sentinelAuthSecret", "sentinelAuthSecretFile",
)  # fmt: skip
"""Keys that are rare elsewhere: two of them are enough."""

SHARED_KEYS = (
    "resourceNamePrefix", "dagBundleConfigList", "agentToken", "imagePullSecretData", "loggingSidecar", "sentinel",
    "openLineage", "dagProcessor", "triggerer",
)  # fmt: skip
"""Keys that other charts have too: they only add weight."""

_IMAGE = re.compile(r"(?:^|/)astro-remote-execution-(?:agent|sentinel)(?:[:@]|$)")
_OWN_VARIABLE = re.compile(r"AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_|ASTRO_DEPLOYMENT_|ASTRO_WORKSPACE_ID$")
_ENOUGH = 4

_KEYS = tuple(key.encode() for key in OWN_KEYS + TELLING_KEYS)
PARTS_OF_KEYS = (b"Backend", b"astro", b"commonEnv", b"agentToken", b"sentinelAuthSecret")
"""One of these is in each of those keys, and in the image's name."""
_FIRST_KEY = b"\nxcomBackend:"
"""How nearly every agent values file has one of them."""
_IMAGE_NAME = b"astro-remote-execution-"
_KEY_AT_START = re.compile(
    rb"(?:^(?:\xef\xbb\xbf)?[ \t]{0,200}(?:\{[ \t]{0,200})?|[{,][ \t\r\n]{0,200})[\"']?"
    rb"(?:(?:%b)[\"']?[ \t\r\n]{0,200}:|image[\"']?[ \t]{0,9}:[^\n#,}]{0,300}%b)" % (b"|".join(_KEYS), _IMAGE_NAME),
    re.MULTILINE,
)


def has_signature(data: bytes) -> bool:
    """Whether bytes have the look of agent values, as those of every file that is agent values: a key that tells, where
    a key can be. A file that has it and cannot be parsed is worth reporting.

    That is at the start of a line or of a member of a flow mapping, quoted or not; a comment line does not
    count. It is cheap enough to be asked of every file of a repo, and takes linear time on any bytes.
    """
    if _FIRST_KEY in data:
        return True
    return any(map(data.__contains__, PARTS_OF_KEYS)) and _KEY_AT_START.search(data) is not None


class Recognition(msgspec.Struct, frozen=True):
    """What a values tree is: agent values, something that looks like them but has the wrong shape, or neither."""

    verdict: Verdict
    reason: str | None = None
    """For `wrong shape`: one sentence on what is wrong."""
    line: int = 0
    column: int = 0

    @property
    def is_agent(self) -> bool:
        """True when the tree makes a row of the fleet, in the right shape or not."""
        return self.verdict != "no"


NOT_AGENT = Recognition("no")
_AGENT = Recognition("agent")


def recognise(root: Node) -> Recognition:
    """Say whether a tree is agent values, by its keys, and whether the parts that carry XCom have their shape.

    A tree with both `apiVersion` and `kind` is a Kubernetes manifest and never agent values.
    """
    if root.kind != "mapping" or (root.get("apiVersion") is not None and root.get("kind") is not None):
        return NOT_AGENT
    if _weight(root) < _ENOUGH:
        return NOT_AGENT
    problem = fact(root, shape_problem)
    if problem is None:
        return _AGENT
    reason, node = problem
    return Recognition("wrong shape", reason, node.line, node.column)


def _weight(root: Node) -> int:
    if root.get(OWN_KEYS[0]) is not None or root.get(OWN_KEYS[1]) is not None:
        return _ENOUGH
    weight = 2 * sum(root.get(key) is not None for key in TELLING_KEYS)
    if weight and _has_own_variable(root.get("commonEnv")):
        return _ENOUGH
    if weight < _ENOUGH and (_is_own_image(root) or _is_own_image(root.get("sentinel"))):
        return _ENOUGH
    workers = root.get("workers")
    weight += sum(root.get(key) is not None for key in SHARED_KEYS)
    weight += workers is not None and workers.kind == "sequence"
    # The shared keys never suffice alone: other charts have any of them.
    return weight if any(root.get(key) is not None for key in TELLING_KEYS) else 0


def _is_own_image(holder: Node | None) -> bool:
    image = holder.get("image") if holder is not None and holder.kind == "mapping" else None
    return image is not None and isinstance(image.value, str) and bool(_IMAGE.search(image.value))


def _has_own_variable(common: Node | None) -> bool:
    if common is None or common.kind != "sequence":
        return False
    names = (item.get("name") for item in common.items if item.kind == "mapping")
    return any(n is not None and isinstance(n.value, str) and _OWN_VARIABLE.match(n.value) for n in names)


SHAPES = (
    ("xcomBackend", "scalar"), ("commonEnv", "sequence"), ("workers", "sequence"), ("dagProcessor", "mapping"),
    ("triggerer", "mapping"), ("annotations", "mapping"), ("labels", "mapping"), ("serviceAccount", "mapping"),
)  # fmt: skip
"""The kinds that the chart takes."""


def shape_problem(root: Node) -> tuple[str, Node] | None:
    """The first part that the chart cannot take in the shape it has, as a sentence and its node, or None.

    Only parts that carry XCom settings are looked at. Null stands for an unset key in the chart's own files
    (1.x downloads write `~`), so it is never a wrong shape.
    """
    return next(((sentence, node) for _, sentence, node in shape_problems(root)), None)


def shape_problems(root: Node) -> Iterator[tuple[str, str, Node]]:
    """Every part that the chart cannot take in the shape it has: its top-level key, a sentence, its node."""
    for key, wanted in SHAPES:
        node = root.get(key)
        if node is not None and not _fits(node, wanted):
            yield key, _sentence(key, node, wanted), node
    for key in ("commonEnv", "workers", "dagProcessor", "triggerer"):
        node = root.get(key)
        if node is not None:
            yield from [(key, *found) for found in _problems_below(key, node)]


def broken_sections(root: Node) -> tuple[str, ...]:
    """The top-level keys whose shape leaves no exact edit below them.

    An empty item of a list (`- ~`), whose place `--set` may fill when the chart is installed, is in nobody's way.
    """
    return tuple(dict.fromkeys(key for key, _, node in shape_problems(root) if not _is_null(node)))


def _problems_below(name: str, node: Node) -> list[tuple[str, Node]]:
    if name == "commonEnv":
        return _list_problems(name, node)
    found: list[tuple[str, Node]] = []
    for part in node.items if name == "workers" else (node,):
        env = part.get("env") if part.kind == "mapping" else None
        if env is not None and not _fits(env, "sequence"):
            found.append((_sentence(f"{name} env", env, "sequence"), env))
        elif env is not None:
            found += _list_problems(f"{name} env", env)
        elif name == "workers" and part.kind != "mapping" and not _is_null(part):
            found.append((_sentence("an item of workers", part, "mapping"), part))
    return found


def _list_problems(name: str, env: Node) -> list[tuple[str, Node]]:
    return [
        (f"`{name}` has an entry that is {_said(item)}, not a mapping with `name` and `value`.", item)
        for item in env.items
        if item.kind != "mapping"
    ]


def _fits(node: Node, wanted: str) -> bool:
    return node.kind == wanted or _is_null(node)


def _is_null(node: Node) -> bool:
    return node.kind == "scalar" and (node.value is None or node.value == "")


def _sentence(key: str, node: Node, wanted: str) -> str:
    named = {"scalar": "a class path", "sequence": "a list", "mapping": "a mapping"}[wanted]
    return f"`{key}` is {_said(node)}; the agent's chart takes {named}."


def _said(node: Node) -> str:
    return {"mapping": "a mapping", "sequence": "a list", "scalar": "a plain value"}[node.kind]
