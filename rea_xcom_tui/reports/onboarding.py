"""A new deployment in words: every line that it adds, what the row would say, and what is open."""

from __future__ import annotations

from dataclasses import replace

from rea_xcom_tui.fleet.campaign.onboarding import Onboarding
from rea_xcom_tui.fleet.qualified import deployment_in, qualified
from rea_xcom_tui.reports.changes import unified, worded
from rea_xcom_tui.reports.machine import SCHEMA, deployment_object, dump
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom.model import FIELDS


def text(found: Onboarding, repo: str = "") -> str:
    """The diff of each file, then the row as it would be read, with its findings; in one of several repos, by name."""
    files = [replace(file, file=qualified(repo, file.file)) for file in found.files]
    lines = [line for file in files for line in unified(file)]
    row = deployment_in(repo, found.row)
    lines.append(f"{clean(row.name)} ({clean(row.id)})")
    lines += [f"  {name}: {worded(row.field(name).value)}" for name in FIELDS]
    lines += [f"  {one.severity} {one.code}: {clean(one.message)}" for one in row.findings]
    return "\n".join(lines)


def as_json(found: Onboarding, repo: str = "") -> str:
    """The row, the files and what is open, as plain data."""
    return dump(
        {
            "schema": SCHEMA,
            "deployment": deployment_object(deployment_in(repo, found.row)),
            "files": [{"file": one.file, "made": one.made, "diff": list(unified(one))} for one in found.files],
            "open": list(found.open),
            "left_out": list(found.left_out),
        }
    )
