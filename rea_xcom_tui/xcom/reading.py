"""Reading an XCom configuration out of a values tree: six fields, each with its state and its places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from msgspec.structs import replace

from rea_xcom_tui.xcom import airflow, paths
from rea_xcom_tui.xcom.alone import entry_alone, key_alone
from rea_xcom_tui.xcom.chart_entries import EnvEntry, rendered, values_of
from rea_xcom_tui.xcom.connections import Connection, connection
from rea_xcom_tui.xcom.expansion import expanded
from rea_xcom_tui.xcom.fields import TABLE, Field
from rea_xcom_tui.xcom.model import UNSET, Cloud, Configuration, FieldName, FieldReading, Node, Place
from rea_xcom_tui.xcom.names import connection_variable
from rea_xcom_tui.xcom.reading_identity import read_identity
from rea_xcom_tui.xcom.recognise import broken_sections
from rea_xcom_tui.xcom.resolve import Candidate, settle
from rea_xcom_tui.xcom.sealed import SEALED_NAME, sealed_by, sealed_reference, sealed_tool
from rea_xcom_tui.xcom.tree import tree_of
from rea_xcom_tui.xcom.versions import versions

Judge = Callable[[str], airflow.Verdict]


def read(root: Node, header: str = "", airflow_version: airflow.Version = None) -> Configuration:
    """Read the six fields of one values tree, whatever its shape; never fails on a well-formed tree.

    `header` is the comment at the top of the file, where downloads since chart 2.0 name the agent's version.
    `airflow_version` is what else is known of Airflow's version, used where the file does not say.
    """
    tree = tree_of(root)
    told, agent = versions(tree, tree.rest.versions, header)
    version = told or airflow_version
    by_name = tree.entries_by_name
    fields = dict(UNSET)
    for name in [*map(_OF_VARIABLE.get, by_name), *[name for key, name in _OF_KEY if tree.get(key) is not None]]:
        if name is not None:
            fields[name] = _setting(name, TABLE[name], tree, by_name, version)
    path = fields["path"]
    parsed = paths.parse_path(path.value) if isinstance(path.value, str) else None
    linked, definitions = _read_connection(path, parsed, by_name)
    filled_in = paths.parse_path(expanded(parsed.text, tree.every_entry)) if parsed and "$" in parsed.text else parsed
    cloud_hint = filled_in.cloud if filled_in else None
    identity, identity_cloud = read_identity(tree.annotations, definitions, cloud_hint)
    fields["identity"], fields["connection"] = identity, linked
    problem = tree.shape_problem
    names_sealed_by = next(filter(None, map(_name_sealed_by, by_name)), None)
    return Configuration(
        _unknown_where_names_are_sealed(fields, names_sealed_by) if names_sealed_by else fields,
        _cloud(cloud_hint, identity_cloud, definitions, path),
        prefix=_text(tree, "resourceNamePrefix"),
        namespace=_text(tree, "namespace"),
        airflow=version,
        agent=agent,
        shape_problem=problem[0] if problem else None,
        azure_label=tree.rest.azure_label,
        broken=broken_sections(tree) if problem else (),
        encrypted=tree.rest.sealed or names_sealed_by or _first_sealed(fields),
    )


_name_sealed_by = lru_cache(maxsize=1024)(sealed_by)


def _unknown_where_names_are_sealed(
    fields: Mapping[FieldName, FieldReading], tool: str
) -> dict[FieldName, FieldReading]:
    """The fields where variables' names are encrypted: what nothing else sets may be set by one of those."""
    supplied = SEALED_NAME + tool
    return {
        name: replace(reading, state="reference", reference=supplied) if reading.state == "unset" else reading
        for name, reading in fields.items()
    }


def _first_sealed(fields: Mapping[FieldName, FieldReading]) -> str | None:
    """The tool that has encrypted a field's value, or None."""
    references = [reading.reference for reading in fields.values() if reading.reference is not None]
    return next(filter(None, map(sealed_tool, references)), None) if references else None


def _text(root: Node, key: str) -> str | None:
    node = root.get(key)
    text = None if node is None else node.value
    return text if text and isinstance(text, str) and (text[0].islower() or not sealed_by(text)) else None


Entries = Mapping[str, Sequence[EnvEntry]]
"""Env entries by their names."""


_OF_VARIABLE: dict[str, FieldName] = {field.variable: name for name, field in TABLE.items() if field.variable}
"""The fields that have a variable of their own, by its name."""
_OF_KEY: tuple[tuple[str, FieldName], ...] = tuple([(field.key, name) for name, field in TABLE.items() if field.key])


def _setting(name: FieldName, field: Field, root: Node, entries: Entries, version: airflow.Version) -> FieldReading:
    """One of those, where something sets it."""
    mine = entries.get(field.variable or "", ())
    keys = [] if field.key is None else values_of(root, field.key)
    if len(mine) + len(keys) == 1:
        alone = entry_alone(name, mine[0], version) if mine else key_alone(name, keys[0][0], version)
        if alone is not None:
            return alone
    told = field.judge
    assert told is not None

    def judge(text: str) -> airflow.Verdict:
        return told(text, version)

    found = [found for entry in mine for found in _entry_candidates(entry, judge, name, entries)]
    if field.key is not None:
        return _read_backend(name, [_backend_key(field.key, *value, judge) for value in keys], found)
    return settle(name, _in_order(found))


def _in_order(candidates: list[Candidate]) -> list[Candidate]:
    if len(candidates) < 2:
        return candidates
    return sorted(candidates, key=lambda candidate: (candidate.place.line, candidate.place.column))


def _entry_candidates(entry: EnvEntry, judge: Judge, name: FieldName, entries: Entries) -> list[Candidate]:
    """The candidate of an env entry, after those of values that a later `value` key in it hides."""
    place = entry.place()
    hidden = [_hidden_value(node, place, judge) for node in entry.hidden_values]
    if entry.reference is not None:
        return [*hidden, Candidate(place, ("reference", entry.reference), reference=entry.reference)]
    if entry.text is None:
        problem = "Its value is a list or a mapping; an env entry takes a string."
        return [*hidden, Candidate(replace(place, value=None), ("shape",), problem=problem)]
    if entry.value_from is not None and entry.text:
        both = Candidate(replace(place, value=None), ("valueFrom",))
        return [*hidden, judged(place, entry.text, judge), both]
    variable = airflow.expanded_name(entry.text)
    if TABLE[name].kind != "path" and variable and variable in entries:
        reference = f"variable {variable}"
        return [*hidden, Candidate(replace(place, value=None), ("reference", reference), reference=reference)]
    return [*hidden, judged(place, entry.text, judge)]


def _hidden_value(node: Node, place: Place, judge: Judge) -> Candidate:
    hidden = replace(place, address=(), line=node.line, column=node.column, raw=node.text, shadowed=True)
    return judged(hidden, rendered(node) or "", judge)


def judged(place: Place, text: str, judge: Judge) -> Candidate:
    """The candidate of a plain text, by what Airflow makes of it."""
    verdict = judge(text)
    refused = verdict.accepted is False
    value = verdict.value
    outcome: object = ("refused", text) if refused else value
    if isinstance(value, int) and not refused:
        outcome = max(value, airflow.DEFAULT_THRESHOLD)  # every negative threshold means the same: never
    empty = value is None and not refused
    typed = None if refused and isinstance(value, int) else value
    there = place if typed is place.value else replace(place, value=typed)
    return Candidate(there, outcome, typed, problem=verdict.problem if refused else None, empty=empty)


def _read_backend(name: FieldName, keys: list[Candidate], found: list[Candidate]) -> FieldReading:
    """The class by the chart's key or by its variable. An empty key exports nothing, so it never disagrees.

    Which of the two wins when they differ is not known, as the chart's templates are not public.
    """
    if found:
        keys = [candidate for candidate in keys if not candidate.empty]
    reading = settle(name, _in_order(found) + keys)
    if len(reading.places) < 2:
        return reading
    return replace(reading, places=tuple(sorted(reading.places, key=lambda place: (place.line, place.column))))


def _backend_key(key: str, node: Node, shadowed: bool, judge: Judge) -> Candidate:
    address = () if shadowed else (key,)
    text = rendered(node)
    if sealed := sealed_reference(text or ""):
        place = Place(address, node.line, node.column, "", None, kind="reference", shadowed=shadowed, layer=node.layer)
        return Candidate(place, ("reference", sealed), reference=sealed)
    place = Place(address, node.line, node.column, node.text, text, kind="key", shadowed=shadowed, layer=node.layer)
    if text is None:
        named = "a list" if node.kind == "sequence" else "a mapping"
        problem = f"`{key}` is {named}; it takes a class path."
        return Candidate(place, ("shape",), problem=problem)
    return judged(place, text, judge)


def _read_connection(
    path: FieldReading, parsed: paths.ParsedPath | None, entries: Entries
) -> tuple[FieldReading, tuple[tuple[EnvEntry, Connection], ...]]:
    """The connection that the path names, and its definitions in the file.

    An id without a variable is not an error: the secrets backend may define it, which Git cannot see.
    """
    if path.state == "reference":
        return FieldReading("connection", None, None, "reference", path.place, path.places, path.reference), ()
    if parsed is None or not parsed.conn_id:
        if path.state == "conflict" and _ids(path) != {None}:
            return replace(path, name="connection", value=None, raw=None), ()
        return UNSET["connection"], ()
    variable = connection_variable(parsed.conn_id)
    found = entries.get(variable, ())
    definitions = tuple([(entry, connection(entry.text)) for entry in found if entry.text is not None])
    of_path = tuple([_as_id(place, _conn_id(place)) for place in path.places])
    places = (*of_path, *[_as_id(entry.place(), parsed.conn_id) for entry in found])
    live = [linked for entry, linked in definitions if not entry.shadowed]
    reading = FieldReading(
        "connection", parsed.conn_id, parsed.conn_id, "set",
        of_path[0] if path.places == (path.place,) else path.place and _as_id(path.place, parsed.conn_id),
        places if len(places) < 2 else tuple(sorted(places, key=lambda place: (place.line, place.column))),
        next((entry.reference for entry in found if entry.reference), None) if found else None,
        live[-1].type if live else _written_type(found),
    )  # fmt: skip
    if path.state == "conflict" and len(_ids(path)) > 1:
        return replace(reading, state="conflict", problem=path.problem), definitions
    if len(found) > 1 and len({entry.text for entry in found}) > 1:
        where = " and ".join(str(line) for line in sorted({entry.node.line for entry in found}))
        problem = f"{variable} is defined with different contents at lines {where}."
        return replace(reading, state="conflict", problem=problem), definitions
    if live and live[-1].problem:
        return replace(reading, state="invalid", problem=f"{variable}: {live[-1].problem}"), definitions
    return reading, definitions


def _as_id(place: Place, conn_id: str | None) -> Place:
    """The place as one that says no more than a connection's id."""
    return Place(
        place.address, place.line, place.column, conn_id or "", conn_id,
        place.component, place.kind, place.shadowed, place.pointer, place.layer,
    )  # fmt: skip


def _written_type(found: Sequence[EnvEntry]) -> str | None:
    """The type of a connection whose text only the cluster completes, as with `$(PASSWORD)` in its JSON."""
    texts = [rendered(entry.value) for entry in found if entry.value is not None and not entry.shadowed]
    return connection(texts[-1] or "").type if texts else None


def _conn_id(place: Place) -> str | None:
    return paths.parse_path(place.value).conn_id if isinstance(place.value, str) else None


def _ids(path: FieldReading) -> set[str | None]:
    return {_conn_id(place) for place in path.places}


def _cloud(
    of_path: Cloud | None,
    of_identity: Cloud | None,
    definitions: Sequence[tuple[EnvEntry, Connection]],
    path: FieldReading,
) -> Cloud:
    """The cloud of the path; without one that of the identity, then of the connection.

    A path that Git cannot know still means that some store is used, so it is `other` when nothing else tells.
    """
    if of_path is not None:
        return of_path
    of_connection = next((linked.cloud for _, linked in definitions if linked.cloud), None)
    return of_identity or of_connection or ("other" if path.state == "reference" else "none")
