"""Rules about the layers that a deployment's values are made of: what one drops, hides or leaves open.

They need the whole stack and not the values in force alone, so whoever puts the layers together applies them.
"""

from __future__ import annotations

from typing import Final

from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.registry import Rule, add

DROPS: Final = "XC731"
BROKEN: Final = "XC732"
ENGINES: Final = "XC733"
OPEN: Final = "XC734"
UNSURE: Final = "XC735"

LAYER_CODES: Final = frozenset((DROPS, BROKEN, ENGINES, OPEN, UNSURE))
"""Codes that only a deployment's stack of layers can decide."""

_OVERLAY = "commonEnv:\n  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD\n    value: '0'\n"

add(
    Rule(
        DROPS,
        "overlay-drops-entries",
        "warning",
        None,
        title="An overlay drops entries of the list below it",
        what="A layer has a `commonEnv` of its own, and entries of a weaker layer's `commonEnv` are not in it.",
        why="Helm replaces lists whole: what the overlay does not repeat is silently lost.",
        wrong=_OVERLAY,
        right=example(),
        source="Helm 3.17.1, 4.1.4 and 4.2.3 (run).",
        versions="The same in every Helm.",
    )
)
add(
    Rule(
        BROKEN,
        "layer-broken",
        "error",
        None,
        title="A layer is missing, or cannot be read",
        what="A file that the entry point names does not exist, leads out of the repo, is not YAML, or is refused by "
        "its "
        "engine; or the entry point itself names its layers in a way that its engine refuses.",
        why="The engine stops there, so the deployment stays as it was, or gets other values than the files say.",
        wrong=_OVERLAY,
        right=example(),
        source="Argo CD 3.5, Flux (helm-controller 1.6), Kustomize 5.8.1, Helmfile 0.166 (run or read).",
    )
)
add(
    Rule(
        ENGINES,
        "engines-differ",
        "warning",
        None,
        title="Helm versions compute different values from these layers",
        what="Helm 3, 4.1 and 4.2 do not agree on a field, as with several YAML documents in one file, or with nulls "
        "over a chart's defaults.",
        why="An upgrade of the tool that deploys would change the deployment, though nothing in Git changes.",
        wrong="xcomBackend: a.B\n---\nxcomBackend: c.D\n",
        right=example(),
        source="Helm 3.17.1, 4.1.4, 4.2.3 and 4.3.1 (run).",
        versions="Set `engine` in the configuration to say which Helm counts.",
    )
)
add(
    Rule(
        OPEN,
        "may-be-overridden",
        "info",
        None,
        title="Something outside Git may override a value",
        what="A Secret, an encrypted file or another source whose content is not in Git is stronger than the layer "
        "that sets the field.",
        why="The value that is shown is right only if that source does not set the field.",
        wrong=_OVERLAY,
        right=example(),
        source="The order of layers of the deployment's engine.",
    )
)
add(
    Rule(
        UNSURE,
        "values-not-certain",
        "info",
        None,
        title="What the deployment gets is not certain",
        what="A template, a generator or an option of the deploying tool can change the values in a way that Git does "
        "not show, or its outcome depends on chance.",
        why="A value that is not certain is never shown as certain, and what decides it is named.",
        wrong=_OVERLAY,
        right=example(),
        source="The documentation and source of the deployment's engine.",
    )
)
