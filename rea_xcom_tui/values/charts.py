"""Charts under the layers: how Helm gives each chart its values, with defaults, subcharts, globals and conditions.

The rules are those of Helm's `CoalesceValues` and `ProcessDependencies`, by version: their outcomes were recorded from
the real engines, and the tests hold this module against the records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from rea_xcom_tui.values.merged import Made, Members, Merged, Part, plain, reached

Engine = Literal["3", "4.1", "4.2"]
"""Whose merge counts: Helm 3, Helm 4.0 and 4.1, or Helm 4.2 and newer."""

_GLOBAL = "global"


class MergeFailed(Exception):
    """Helm refuses the layers: the sentence says why, with the part and line where one is to blame."""

    def __init__(self, sentence: str, part: Part | None = None, line: int = 0) -> None:
        super().__init__(sentence)
        self.part = part
        self.line = line


class NotModelled(MergeFailed):
    """Helm may take the layers, but this tool does not know what it makes of them."""


@dataclass(frozen=True, slots=True)
class Import:
    """One entry of a dependency's `import-values`: from a path in the subchart's values to one in the parent's."""

    child: str
    parent: str
    """Empty for the short form, whose table goes to the root of the parent's values."""


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """A chart as far as the repo holds it."""

    name: str
    """Its name, or the alias under which its parent has it: the key of its values in the parent's."""
    defaults: Merged | None = None
    """Its own values.yaml as its engine reads it; None where the repo does not hold it."""
    subcharts: tuple[Chart, ...] = ()
    condition: str = ""
    """As its parent has it: comma-separated paths in the parent's values, the first that is a boolean decides."""
    tags: tuple[str, ...] = ()
    imports: tuple[Import, ...] = ()


@dataclass(frozen=True, slots=True)
class Coalesced:
    """The values that one chart of a release sees."""

    root: Merged
    disabled: bool = False
    """Whether the release leaves this chart out."""


@dataclass(frozen=True, slots=True)
class Release:
    """The values of a release's chart with those of all its subcharts in them."""

    root: Merged
    enabled: Chart
    """The chart without the subcharts that the release leaves out."""

    def seen_by(self, below: Sequence[str]) -> Coalesced:
        """The values that the chart at `below` sees."""
        root = reached(self.root, below)
        node: Chart | None = self.enabled
        for key in below:
            node = next((sub for sub in node.subcharts if sub.name == key), None) if node is not None else None
        return Coalesced(root if root is not None else _made({}, self.root), node is None)


def with_charts(chart: Chart, user: Merged, engine: Engine) -> Release:
    """The values of a release with its charts. Raises `MergeFailed` where Helm refuses."""
    rules = _Rules(engine)
    enabled = rules.enabled(chart, user, "")
    return Release(rules.coalesced(rules.imported(enabled), user), enabled)


@dataclass(frozen=True, slots=True)
class _Rules:
    """Helm's rules in one version."""

    engine: Engine

    def enabled(self, chart: Chart, values: Merged, prefix: str) -> Chart:
        """The chart without the subcharts that a tag or a condition turns off.

        For a subchart's own subcharts, Helm puts the release's values on that subchart's defaults, as if it were the
        release's chart: so its `tags` count at the root.
        """
        values = self.coalesced(chart, values)
        tags = values.get("tags")
        kept = []
        for sub in chart.subcharts:
            if not _is_on(sub, values, prefix, tags):
                continue
            kept.append(self.enabled(sub, values, f"{prefix}{sub.name}."))
        return replace(chart, subcharts=tuple(kept))

    def imported(self, chart: Chart) -> Chart:
        """The chart with its subcharts' defaults in its own, as Helm prepares every chart that has dependencies."""
        if not chart.subcharts:
            return chart
        chart = replace(chart, subcharts=tuple(self.imported(sub) for sub in chart.subcharts))
        base = _made({}, chart.defaults)
        merged = self.coalesced(chart, base, merge=True)
        brought = base
        for sub in chart.subcharts:
            for each in sub.imports:
                table = _table(merged, f"{sub.name}.{each.child}")
                if table is not None:
                    table = _nested(each.parent, table)
                    if _clash(table, brought):
                        raise NotModelled(f"Two import-values of {chart.name} bring tables to the same key.")
                    brought = self._tables(brought, table, merge=True)
        return replace(chart, defaults=self._tables(merged, brought, merge=True))

    def coalesced(self, chart: Chart, values: Merged, *, merge: bool = False) -> Merged:
        """The values on the defaults of the chart and its subcharts; `merge` keeps nulls for a later round."""
        members = values.members()
        self._onto_defaults(chart, members, merge=merge)
        out = self._subcharts(chart, members, values, merge=merge)
        if out.get(_GLOBAL) is not members.get(_GLOBAL):
            _share_globals(chart, out)
        return _mapping(values, out)

    def _subcharts(self, chart: Chart, members: Members, values: Merged, *, merge: bool) -> Members:
        """The members of a chart's values with the values of each of its subcharts in them."""
        members = dict(members)
        for sub in chart.subcharts:
            found = members.get(sub.name)
            if found is None:
                found = (_made(sub.name, values), _made({}, values))
            elif found[1].kind != "mapping":
                raise MergeFailed(
                    f"The value of the subchart {sub.name} is not a mapping, which Helm refuses.",
                    found[1].part,
                    found[1].line,
                )
            inner = found[1].members()
            self._globals(inner, members, values)
            onto = _mapping(found[1], inner)
            members[sub.name] = (found[0], self.coalesced(sub, onto, merge=merge))
            _leak_globals(members, members[sub.name][1], found[1])
        return members

    def _onto_defaults(self, chart: Chart, members: Members, *, merge: bool) -> None:
        children = {sub.name for sub in chart.subcharts}
        clean = self.engine == "4.2"
        for name, (key, default) in (chart.defaults.members() if chart.defaults is not None else {}).items():
            found = members.get(name)
            if found is None:
                if not (clean and not merge and default.is_null()):
                    members[name] = (key, _without_nulls(default) if clean and not merge else default)
            elif found[1].is_null() and not merge:
                del members[name]
            elif found[1].kind == "mapping" and default.kind == "mapping":
                keeping = merge or name in children
                source = _without_nulls(default) if clean and not keeping else default
                members[name] = (found[0], self._tables(found[1], source, merge=keeping))

    def _tables(self, over: Merged, under: Merged, *, merge: bool) -> Merged:
        """A mapping on another: the first wins, mappings deeply; its nulls take keys away unless `merge`."""
        out, source = over.members(), under.members()
        for name, (key, value) in source.items():
            mine = out.get(name)
            if mine is None:
                out[name] = (key, value)
            elif mine[1].is_null() and not merge:
                if self.engine == "3" or not value.is_null():  # Helm 4 keeps a null on a default that is one too
                    del out[name]
            elif mine[1].kind == "mapping" and value.kind == "mapping":
                out[name] = (mine[0], self._tables(mine[1], value, merge=merge))
        return _mapping(over, out)

    def _globals(self, inner: Members, outer: Members, values: Merged) -> None:
        """Give a subchart the globals of its parent; the parent's win."""
        own, given = inner.get(_GLOBAL), outer.get(_GLOBAL)
        if any(each is not None and each[1].kind != "mapping" for each in (own, given)):
            return
        out = own[1].members() if own is not None else {}
        for name, (key, value) in (given[1].members() if given is not None else {}).items():
            mine = out.get(name)
            if mine is None:
                out[name] = (key, value)
            elif value.kind != "mapping":
                if mine[1].kind != "mapping":
                    out[name] = (key, value)
            elif mine[1].kind == "mapping":
                out[name] = (key, self._tables(value, mine[1], merge=True))
        key, node = own or given or (_made(_GLOBAL, values), _made({}, values))
        inner[_GLOBAL] = (key, _mapping(node, out))


def _leak_globals(outer: Members, sub: Merged, before: Merged) -> None:
    """Put what a subchart added to the globals in its parent's, too, where Helm does.

    Helm copies the tables of `global` for a subchart one level deep, so that the tables within them are shared: what
    the subchart's own values and defaults add there reaches the parent and the subcharts after it.
    """
    given, got, own = outer.get(_GLOBAL), sub.get(_GLOBAL), before.get(_GLOBAL)
    if given is None or got is None or given[1].kind != "mapping" or got.kind != "mapping":
        return
    out = given[1].members()
    changed = False
    for name, (key, table) in list(out.items()):
        mine, shared = own.get(name) if own is not None and own.kind == "mapping" else None, got.get(name)
        if table.kind != "mapping" or shared is None or (mine is not None and mine.kind != "mapping"):
            continue
        inner = {
            each: (each_key, same if (same := shared.get(each)) is not None and value.kind == "mapping" else value)
            for each, (each_key, value) in table.members().items()
        }
        if any(plain(pair[1]) != plain(table.members()[each][1]) for each, pair in inner.items()):
            out[name] = (key, _mapping(table, inner))
            changed = True
    if changed:
        outer[_GLOBAL] = (given[0], _mapping(given[1], out))


def _share_globals(chart: Chart, members: Members) -> None:
    """Show each subchart what the others have added to the tables of `global` that it shares with them."""
    given = members.get(_GLOBAL)
    for sub in chart.subcharts if given is not None else ():
        key, values = members[sub.name]
        inner = values.members()
        if given is None or _GLOBAL not in inner or inner[_GLOBAL][1].kind != "mapping":
            continue
        own_key, own = inner[_GLOBAL]
        out = own.members()
        for name, (_, table) in given[1].members().items():
            if table.kind == "mapping" and name in out and out[name][1].kind == "mapping":
                shared = {each: pair for each, pair in table.members().items() if pair[1].kind == "mapping"}
                out[name] = (out[name][0], _mapping(out[name][1], {**out[name][1].members(), **shared}))
        inner[_GLOBAL] = (own_key, _mapping(own, out))
        _share_globals(sub, inner)
        members[sub.name] = (key, _mapping(values, inner))


def _clash(one: Merged, other: Merged) -> bool:
    tables = [name for name, (_, value) in one.members().items() if value.kind == "mapping"]
    return any((found := other.get(name)) is not None and found.kind == "mapping" for name in tables)


def _is_on(sub: Chart, values: Merged, prefix: str, tags: Merged | None) -> bool:
    on = True
    if tags is not None and tags.kind == "mapping":
        said = [found.value for tag in sub.tags if (found := tags.get(tag)) is not None]
        if False in [value for value in said if isinstance(value, bool)]:
            on = any(value is True for value in said)
    for path in sub.condition.strip().split(","):
        found = reached(values, (prefix + path).split(".")) if path else None
        if found is not None and isinstance(found.value, bool):
            return found.value
    return on


def _table(values: Merged, path: str) -> Merged | None:
    found = reached(values, path.split("."))
    return found if found is not None and found.kind == "mapping" else None


def _nested(path: str, table: Merged) -> Merged:
    """The table below the keys of a path; `.` or nothing stands for the root."""
    for key in reversed([key for key in path.split(".") if key]):
        table = _mapping(table, {key: (_made(key, table), table)})
    return table


def _without_nulls(node: Merged) -> Merged:
    """A mapping without the nulls in it and in the mappings below it; lists keep theirs."""
    if node.kind != "mapping":
        return node
    kept = {name: (key, _without_nulls(value)) for name, (key, value) in node.members().items() if not value.is_null()}
    return _mapping(node, kept)


def _mapping(node: Merged, members: Members) -> Merged:
    return Merged(node.node, node.part, members)


def _made(data: str | Mapping[str, object], near: Merged | None) -> Merged:
    return Merged(Made(data), near.part if near is not None else Part(-1))
