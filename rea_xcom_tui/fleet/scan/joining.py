"""The fleets of several repos as one, judged together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from rea_xcom_tui.fleet.model import Fleet, RepoInfo
from rea_xcom_tui.fleet.qualified import deployment_in, unreadable_in, unused_in
from rea_xcom_tui.fleet.scan.judge import with_fleet_findings, without_fleet_findings
from rea_xcom_tui.fleet.scan.reading import Reading


def joined_fleet(
    fleets: Mapping[str, Fleet],
    root: Path,
    reading: Reading,
    *,
    ref: str | None = None,
    asides: Sequence[str] = (),
) -> Fleet:
    """One fleet of those of several repos by name, with what only all of them together show.

    `asides` are notices before those of the repos.
    """
    rows = [deployment_in(repo, one) for repo, fleet in fleets.items() for one in fleet.deployments]
    judged, _ = with_fleet_findings(map(without_fleet_findings, rows), reading)
    return Fleet(
        root,
        None,
        None,
        tuple(judged),
        tuple(unreadable_in(repo, file) for repo, fleet in fleets.items() for file in fleet.unreadable),
        tuple(unused_in(repo, file) for repo, fleet in fleets.items() for file in fleet.unused),
        ref,
        (*asides, *(f"{repo}: {notice}" for repo, fleet in fleets.items() for notice in fleet.notices)),
        repos=tuple(RepoInfo(repo, fleet.root, fleet.head, fleet.branch) for repo, fleet in fleets.items()),
    )
