"""Deployments as drift sees them: what they are called, whose they are, and what is misspelt in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.layouts.naming import deployment_name
from rea_xcom_tui.xcom.drift.patterns import variants
from rea_xcom_tui.xcom.model import Change, Cloud, Configuration, FieldName, RenameKey
from rea_xcom_tui.xcom.names import BACKEND_KEY, VARIABLES

_GENERIC_FOLDERS = frozenset(
    "agent agents airflow app apps argo argocd base chart charts cluster clusters config deploy deployment "
    "deployments environment environments env envs fleet flux gitops helm helmfile infra infrastructure k8s kubernetes "
    "kustomize manifests overlay overlays platform rea release releases service services team teams tenant tenants "
    "values".split()
)
"""Folders that say what kind of thing lies in them, not whose it is."""

_FIELD_OF: dict[str, FieldName] = {name: field for field, name in VARIABLES.items()} | {BACKEND_KEY: "backend"}
_SEPARATORS = re.compile(r"[-_.]")


@dataclass(frozen=True, slots=True)
class DriftRow:
    """One deployment with what patterns in its paths and identities may stand for."""

    id: str
    cloud: Cloud
    config: Configuration
    names: Mapping[str, str]
    """The words behind the placeholders, those that it has."""
    misread: frozenset[FieldName] = frozenset()
    """Fields that nothing sets, while a rule has found the misspelt name of what is meant to."""

    @classmethod
    def of(cls, deployment: Deployment) -> DriftRow:
        """The row of a deployment."""
        config = deployment.config
        names = _names(deployment.file, deployment.name, deployment.env, deployment.namespace)
        return cls(deployment.id, config.cloud, config, names, _misread(deployment) if deployment.findings else _NONE)


_NONE: frozenset[FieldName] = frozenset()


@lru_cache(maxsize=1 << 16)
def _names(file: str, name: str, env: str | None, namespace: str | None) -> Mapping[str, str]:
    """The words behind the placeholders. Remembered, because a fleet is compared anew after each edit."""
    team, short = _team_and_short_name(file, name, env)
    words = {"name": name, "short": short}
    for placeholder, word in (("team", team), ("env", env), ("namespace", namespace)):
        if word:
            words[placeholder] = word
    return variants(words)


def _misread(deployment: Deployment) -> frozenset[FieldName]:
    fields = {_meant(change) for finding in deployment.findings for change in finding.fix}
    return frozenset(field for field in fields if field is not None and deployment.field(field).state == "unset")


def _meant(change: Change) -> FieldName | None:
    """The field that a misspelt name is meant to set, by the name that a rule would give it."""
    return _FIELD_OF.get(change.name) if isinstance(change, RenameKey) else None


def drift_rows(deployments: Iterable[Deployment]) -> list[DriftRow]:
    """The rows of some deployments. One whose file has the wrong shape is left out, since its fields mean nothing,
    and one that nothing in the repo deploys."""
    return [DriftRow.of(each) for each in deployments if each.config.shape_problem is None and not each.unreached]


def team_and_short_name(deployment: Deployment) -> tuple[str | None, str]:
    """Whose deployment it is, and what it is called within its team.

    Where a folder or the file is called like the end of the name (`billing-etl` in `clusters/prod/billing/etl`),
    what stands before that is the team. Else the nearest folder above that is neither the environment nor a
    general word (`clusters`, `values`) is.
    """
    return _team_and_short_name(deployment.file, deployment.name, deployment.env)


def team_and_short_of(file: str, name: str, env: str | None) -> tuple[str | None, str]:
    """The same for a deployment of which only a file, its name and its environment are known."""
    return _team_and_short_name(file, name, env)


def _team_and_short_name(file: str, name: str, env: str | None) -> tuple[str | None, str]:
    *folders, last = file.split("/")
    stem = last.split(".", 1)[0]
    for word in (stem, *reversed(folders)):
        if word and name.endswith(f"-{word}"):
            return name[: -len(word) - 1], word
    short = deployment_name(file, None)
    for folder in reversed(folders):
        if folder not in (short, name) and not _says_nothing(folder, env):
            return folder, short
    return None, short


def _says_nothing(folder: str, env: str | None) -> bool:
    lowered = folder.lower()
    return lowered in _GENERIC_FOLDERS or (env is not None and env in _SEPARATORS.split(lowered))
