"""What a shell may complete: deployments, fields and their values, terms of a query, columns, rules and revisions.

Each function is given to one parameter of a command. Completing reads the repo as the command would; what cannot be
read offers nothing, because a shell has no place for an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from click.shell_completion import CompletionItem

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.text import clean

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Fleet
    from rea_xcom_tui.gitops import Repository

Items = list[CompletionItem]
T = TypeVar("T")
_MOST = 200


def deployments(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The names of deployments, or the ids of those whose name is not theirs alone."""
    fleet = _fleet(ctx)
    if fleet is None:
        return []
    names: dict[str, int] = {}
    for one in fleet.deployments:
        names[one.name] = names.get(one.name, 0) + 1
    offered = ((one.name if names[one.name] == 1 else one.id, one.id) for one in fleet.deployments)
    return _items(((text, "" if text == id_ else id_) for text, id_ in offered), incomplete)


def query(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Keys of the query language, and the values after a key that the fleet has."""
    from rea_xcom_tui.xcom.query.completion import complete

    fleet = _fleet(ctx) if ":" in incomplete else None
    found = complete(incomplete, len(incomplete), _known(fleet) if fleet is not None else None, _MOST)
    return _items(((one.apply(incomplete), one.note) for one in found), "")


def assignments(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """`FIELD=`, and then the values that the fleet has, with those that always go."""
    from rea_xcom_tui.xcom.airflow import COMPRESSIONS
    from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS

    field, equals, value = incomplete.partition("=")
    if not equals:
        return _items(((f"{name}=", "") for name in (*FIELDS, *STATE_FIELDS)), field)
    fleet = _fleet(ctx)
    usual = {"threshold": ("always", "never", "1MiB"), "compression": (*COMPRESSIONS, "none")}
    known = _known(fleet).get(field, ()) if fleet is not None else ()
    return _items(((f"{field}={text}", "") for text in (*usual.get(field, ()), *known)), f"{field}={value}")


def fields(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The six fields and the state store's settings."""
    from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS

    return _items(((name, "") for name in (*FIELDS, *STATE_FIELDS)), incomplete)


def columns(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The last of several columns."""
    from rea_xcom_tui.reports.tables import COLUMN_NAMES

    before = incomplete.rpartition(",")
    head = before[0] + before[1]
    return _items(((head + name, "") for name in COLUMN_NAMES if name not in head.split(",")), incomplete)


def codes(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """The rules."""
    from rea_xcom_tui.xcom.rules import families

    return _items(((rule.code, rule.title) for rule in families.rules()), incomplete.upper())


def revisions(ctx: click.Context, param: click.Parameter, incomplete: str) -> Items:
    """Branches and tags."""
    found = _read(lambda: [ref.name for ref in _repository(ctx).refs()])
    return _items(((name, "") for name in dict.fromkeys(found or ())), incomplete)


def _items(offered: Iterable[tuple[str, str]], beginning: str) -> Items:
    """What begins so. What a terminal might obey, or a shell would read as more than one line, is left out."""
    safe = ((text, note) for text, note in offered if text.startswith(beginning) and clean(text) == text)
    unique = dict(safe)
    return [CompletionItem(text, help=clean(note) or None) for text, note in list(unique.items())[:_MOST]]


def _known(fleet: Fleet) -> dict[str, tuple[str, ...]]:
    """The values that the fleet has, by key of the query language."""
    from rea_xcom_tui.xcom.model import FIELDS

    found: dict[str, dict[str, None]] = {}
    for one in fleet.deployments:
        said = {"name": one.name, "file": one.file, "env": one.env, "cluster": one.cluster, "namespace": one.namespace}
        values = [*said.items(), *((name, one.field(name).value) for name in FIELDS)]
        for key, value in values:
            if value is not None:
                found.setdefault(key, {})[str(value)] = None
        for finding in one.findings:
            found.setdefault("code", {})[finding.code] = None
    return {key: tuple(sorted(values)) for key, values in found.items()}


def _fleet(ctx: click.Context) -> Fleet | None:
    from rea_xcom_tui.fleet.workspace import Workspace

    return _read(lambda: Workspace.open(_root(ctx), read_only=True).scan())


def _repository(ctx: click.Context) -> Repository:
    from rea_xcom_tui.gitops import Repository as Opened

    return Opened.open(_root(ctx))


def _read(make: Callable[[], T]) -> T | None:
    try:
        return make()
    except (ToolError, OSError):
        return None


def _root(ctx: click.Context) -> Path:
    """The repo that the line names so far."""
    at: click.Context | None = ctx
    while at is not None:
        if at.params.get("repos"):
            return Path(str(at.params["repos"][0]))
        at = at.parent
    return Path()
