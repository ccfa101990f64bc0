"""The JSON of a whole fleet of plain files from what is kept of each deployment, without the deployments themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.shown import Shown, View
from rea_xcom_tui.fleet.scan.views import Showing, ShownRepo
from rea_xcom_tui.reports.machine import (
    SCHEMA,
    ascii_json,
    dump,
    finding_in,
    indented,
    read_object,
    repo_objects,
    repo_of,
    unreadable_object,
)
from rea_xcom_tui.xcom.model import Finding

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.state import FleetState

_ONE = "[\n    0\n  ]"
"""A list of one number in the JSON of an object, in whose place other text is put."""
_AT_ONCE = 100
"""Deployments whose JSON is made at once, so that a large fleet's is never in memory as a whole."""
_PORTION = 1 << 20
"""Characters of a text that are kept together."""


def view_head(deployment: Deployment) -> bytes:
    """The JSON of a deployment up to its findings, compact and in plain ASCII."""
    return ascii_json(read_object(deployment))[:-1] + b',"findings":['


def view_finding(file: str, finding: Finding) -> bytes:
    """The JSON of a finding in a file, compact and in plain ASCII."""
    return ascii_json(finding_in(file, finding))


def _whole_fleet(showing: Showing) -> Iterator[bytes]:
    """What follows on `"deployments": ` in the JSON of a whole fleet, from what is kept of each deployment."""
    files = [unreadable_object(file) for file in showing.unreadable]
    _, _, after = dump({"deployments": [0], "unreadable": files, "unused": []}).partition(_ONE)
    opening, rows = b"[\n", showing.rows()
    while some := [_whole(showing.repos[repo], repo, one, found) for repo, one, found in islice(rows, _AT_ONCE)]:
        text = indented(b'{"":[%b]}' % b",".join(some))
        yield opening + text[text.index(b"[") + 2 : text.rindex(b"\n  ]")]
        opening = b",\n"
    yield (b"[]" if opening == b"[\n" else b"\n  ]") + after.encode()


VIEW = View("list-json-1", view_head, view_finding)


def keep_json(workspace: FleetState, text: str) -> None:
    """Keep what `fleet_json` has said of a whole fleet that no view could show."""
    if workspace.unsaid is not None:
        start = len(_opening(repo_objects(workspace.fleet)))
        portions = (text[at : at + _PORTION].encode() for at in range(start, len(text), _PORTION))
        workspace.unsaid.keep(workspace, portions)


def _opening(repos: Mapping[str, Any]) -> str:
    """What is before the deployments in the JSON of a fleet."""
    return dump({"schema": SCHEMA, **repos, "deployments": [0]}).partition(_ONE)[0]


def showing_json(showing: Showing, cache: Path | None) -> Iterator[bytes]:
    """What `fleet_json` says of a whole fleet, in portions of plain ASCII."""
    yield _opening(_shown_repos(showing)).encode()
    yield from showing.told(cache, _whole_fleet)


def _whole(part: ShownRepo, repo: str, one: Shown, findings: Sequence[bytes]) -> bytes:
    head = one.head
    if repo:  # which has neither quotes nor what JSON escapes
        name, end = repo.encode(), head.index(b'","name":') + 1
        head = b'{"id":"%b:%b,"repo":"%b"%b' % (name, head[len(b'{"id":"') : end], name, head[end:])
    dirty = b"true" if one.id in part.dirty else b"false"
    return b'%b%b],"git":{"dirty":%b}}' % (head, b",".join(findings), dirty)


def _shown_repos(showing: Showing) -> dict[str, Any]:
    of = {name: repo_of(part.root, part.head, part.branch) for name, part in showing.repos.items()}
    return {"repo": of[""]} if "" in of else {"repos": [{"name": name, **repo} for name, repo in of.items()]}
