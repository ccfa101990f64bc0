"""Whose a deployment is, and the names that its paths and identities are made of."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.layouts.naming import deployment_name
from rea_xcom_tui.xcom.placeholders import variants

_GENERIC_FOLDERS = frozenset(
    "agent agents airflow app apps argo argocd base chart charts cluster clusters config deploy deployment "
    "deployments environment environments env envs fleet flux gitops helm helmfile infra infrastructure k8s kubernetes "
    "kustomize manifests overlay overlays platform rea release releases service services team teams tenant tenants "
    "values".split()
)
"""Folders that say what kind of thing is in them, not whose it is."""

_SEPARATORS = re.compile(r"[-_.]")


def names_of(deployment: Deployment) -> Mapping[str, str]:
    """The words that placeholders stand for in its paths and identities, those that it has, with their variants."""
    return _names(within(deployment.repo, deployment.file), deployment.name, deployment.env, deployment.namespace)


@lru_cache(maxsize=1 << 14)
def _names(file: str, name: str, env: str | None, namespace: str | None) -> Mapping[str, str]:
    """The same. Remembered, because a fleet is compared again after each edit; of a huge one only a part."""
    return placeholders(name, env, namespace, *_team_and_short_name(file, name, env))


def placeholders(name: str, env: str | None, namespace: str | None, team: str | None, short: str) -> Mapping[str, str]:
    """The words behind the placeholders of a deployment whose team is known."""
    words = {"name": name, "short": short}
    for placeholder, word in (("team", team), ("env", env), ("namespace", namespace)):
        if word:
            words[placeholder] = word
    return variants(words)


def team_and_short_name(deployment: Deployment) -> tuple[str | None, str]:
    """Whose deployment it is, and what it is called within its team.

    Where a folder or the file is called like the end of the name (`billing-etl` in `clusters/prod/billing/etl`), what
    precedes that is the team. Else the nearest folder above that is neither the environment nor a general word
    (`clusters`, `values`) is.
    """
    return _team_and_short_name(within(deployment.repo, deployment.file), deployment.name, deployment.env)


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
