"""What a report of a mistake needs: versions and the shape of the repo, and no word of what is in it."""

from __future__ import annotations

import locale
import os
import platform
import sys
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires, version

from rea_xcom_tui import __version__
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.model import FIELDS

_TERMINAL = ("TERM", "COLORTERM", "TERM_PROGRAM", "NO_COLOR", "CLICOLOR_FORCE", "CI")


def environment_lines() -> list[str]:
    """The versions of everything involved, and the parts of the environment that change how it works."""
    lines = [
        f"rea-xcom-tui: {__version__}",
        f"python: {platform.python_implementation()} {platform.python_version()}",
        f"system: {platform.system()} {platform.release()} {platform.machine()}",
        f"encoding: {sys.getfilesystemencoding()}, locale {clean(locale.setlocale(locale.LC_CTYPE), 40)}",
    ]
    lines += [f"{name}: {_version(name)}" for name in _dependencies()]
    # Only whether a variable is set where its value could tell who somebody is.
    lines += [f"{name}: {clean(os.environ[name], 40)}" for name in _TERMINAL if name in os.environ]
    return lines


def _dependencies() -> list[str]:
    try:
        told = requires("rea-xcom-tui") or []
    except PackageNotFoundError:
        told = []
    names = (requirement.partition(";") for requirement in told)
    return [_name(head) for head, _, marker in names if "extra" not in marker]


def _name(requirement: str) -> str:
    return next((requirement[:at] for at, char in enumerate(requirement) if char in "<>=!~[ ("), requirement)


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def fleet_lines(workspace: Workspace) -> list[str]:
    """The repo in numbers."""
    fleet, config = workspace.fleet, workspace.config
    repository = workspace.repository
    rows = fleet.deployments
    git = {
        "commits": fleet.head is not None,
        "on a branch": fleet.branch is not None,
        "shallow": repository.shallow(),
        "viewed only": repository.viewing,
        "read-only": workspace.read_only is not None,
        "linked work tree": (workspace.root / ".git").is_file(),
    }
    lines = [
        f"git: {repository.git_version()}",
        f"repo: {', '.join(name for name, holds in git.items() if holds) or 'plain'}",
        f"deployments: {len(rows)}",
        f"layouts: {_counts(row.layout for row in rows)}",
        f"layers of one: {_spread(len(row.layers) for row in rows)}",
        f"environments: {len({row.env for row in rows if row.env})}",
        f"clusters: {len({row.cluster for row in rows if row.cluster})}",
        f"clouds: {_counts(row.config.cloud for row in rows)}",
        f"unreadable: {len(fleet.unreadable)}, unused: {len(fleet.unused)}, notices: {len(fleet.notices)}",
        f"unreached: {sum(row.unreached for row in rows)}, dirty: {sum(row.dirty for row in rows)}",
        f"encrypted: {sum(row.config.encrypted is not None for row in rows)}",
        f"findings: {_counts(finding.code for row in rows for finding in row.findings)}",
        f"configuration files: {len(config.files)}",
    ]
    return lines + [f"{name}: {_counts(row.field(name).state for row in rows)}" for name in FIELDS]


def _counts(words: Iterable[str]) -> str:
    return ", ".join(f"{word} {count}" for word, count in sorted(Counter(words).items())) or "none"


def _spread(numbers: Iterable[int]) -> str:
    found = sorted(numbers)
    return f"{found[0]} to {found[-1]}" if found else "none"
