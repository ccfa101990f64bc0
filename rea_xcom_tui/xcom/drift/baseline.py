"""Drift from a baseline: what a repo has declared its fields to be, group by group, and what it accepts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fnmatch import fnmatchcase

from rea_xcom_tui.text import plural, some
from rea_xcom_tui.xcom.compare import effect, stated
from rea_xcom_tui.xcom.drift.expectations import Expectation
from rea_xcom_tui.xcom.drift.majority import Norm, deviations_from
from rea_xcom_tui.xcom.drift.model import DEFAULT_GROUPS, Deviation, Dimension, Group, Notice, Outcome, Row, groups
from rea_xcom_tui.xcom.drift.norms import LEAST_HOLDERS, members_of, tallies
from rea_xcom_tui.xcom.drift.patterns import kind_of
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, FieldName, FieldReading, Value

_NAMED = 10
"""How many groups are named in a notice."""

ANY_KEY = "*"
"""In a group's name: whatever this dimension is."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """A deviation that is accepted, by whom, why and how long."""

    deployments: tuple[str, ...]
    """Ids or names, with `*` for anything."""
    field: FieldName
    actual: str | None
    """The value that is accepted; None accepts every one."""
    reason: str
    owner: str | None = None
    expires: date | None = None
    """The last day it holds."""
    line: int = 0

    def accepts(self, deviation: Deviation) -> bool:
        """Whether it accepts a deviation, wherever that is."""
        values = (_text(deviation.actual), _text(deviation.kind))
        return self.field == deviation.field and (self.actual is None or self.actual in values)

    def covers(self, deviation: Deviation, name: str) -> bool:
        """Whether it accepts a deviation of the deployment with this name."""
        return self.accepts(deviation) and any(_names(word, deviation.deployment, name) for word in self.deployments)

    def expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires is not None and today > self.expires


def _names(word: str, id_: str, name: str) -> bool:
    """Whether an ignore's word is about a deployment; an id may hold what looks like a wildcard."""
    return word in (id_, name) or fnmatchcase(id_, word) or fnmatchcase(name, word)


@dataclass(frozen=True, slots=True)
class Baseline:
    """What the fields of each group should be."""

    by: tuple[Dimension, ...] = DEFAULT_GROUPS
    expected: Mapping[str, Mapping[FieldName, Expectation]] | None = None
    """By group, such as `prod`, `prod/aws` or `*/azure`; None where a repo has no baseline of its own."""
    ignores: tuple[Ignore, ...] = ()
    per_environment: tuple[str, ...] = ()
    """What belongs to its environment and is not promoted: fields, and `bucket` for the buckets of paths."""

    def for_group(self, keys: Sequence[str]) -> dict[FieldName, Expectation]:
        """What counts in a group: the most specific entry for each field, the later of two alike."""
        fitting = [(_specific(name), fields) for name, fields in (self.expected or {}).items() if _covers(name, keys)]
        found: dict[FieldName, Expectation] = {}
        for _, fields in sorted(fitting, key=lambda pair: pair[0]):
            found |= fields
        return found


def _parts(name: str) -> list[str]:
    return [part.strip() for part in name.split("/")]


def _covers(name: str, keys: Sequence[str]) -> bool:
    parts = _parts(name)
    return len(parts) <= len(keys) and all(part in (ANY_KEY, key) for part, key in zip(parts, keys, strict=False))


def _specific(name: str) -> int:
    return sum(part != ANY_KEY for part in _parts(name))


def baseline_deviations(rows: Sequence[Row], baseline: Baseline) -> Outcome:
    """Compare every row with what the baseline says about its group. What it does not speak of is not drift."""
    deviations: list[Deviation] = []
    notices: list[Notice] = []
    covered: set[str] = set()
    left: list[tuple[Row, FieldName]] = []
    silent: list[Group] = []
    untold: dict[FieldName, list[tuple[Group, list[str]]]] = {}
    for group in groups(rows, baseline.by):
        expected = baseline.for_group(group.keys)
        covered |= {name for name in baseline.expected or {} if _covers(name, group.keys)}
        if not expected:
            silent.append(group)
        left += [(row, name) for row in group.rows for name in expected if told_by_check(row, row.config.fields[name])]
        for field in FIELDS:
            if field in expected:
                found, open_ = _of_group(group, expected[field])
                deviations += found
                if open_:
                    untold.setdefault(field, []).append((group, open_))
    if silent:
        ids = tuple(row.id for group in silent for row in group.rows)
        named = some([f"{group.name} ({len(group.rows)})" for group in silent], _NAMED, str)
        notices.append(Notice("other", f"the baseline says nothing about {named}", ids))
    for field, places in untold.items():
        ids = tuple(id_ for _, open_ in places for id_ in open_)
        named = some([group.name for group, _ in places], _NAMED, str)
        text = f"{field}: git cannot tell whether {len(ids)} in {named} are as the baseline says"
        notices.append(Notice("other", text, ids))
    if idle := [name for name in baseline.expected or {} if name not in covered]:
        notices.append(
            Notice("other", f"the baseline mentions {some(idle, _NAMED, str)}, which no deployment belongs to")
        )
    return Outcome(tuple(deviations), (*notices, *_left_to_check(left)))


def _of_group(group: Group, expected: Expectation) -> tuple[Sequence[Deviation], list[str]]:
    """What differs in a group, and the ids of those of which that cannot be determined."""
    if expected.kind == "same":
        return _same(group, expected), []
    deviations: list[Deviation] = []
    untold: list[str] = []
    for row in group.rows:
        reading = row.config.fields[expected.field]
        verdict = "as expected" if told_by_check(row, reading) else expected.judge(reading, row.names)
        if verdict == "cannot tell":
            untold.append(row.id)
        elif verdict == "differs":
            deviations.append(_deviation(group, row, expected))
    return deviations, untold


def told_by_check(row: Row, reading: FieldReading) -> bool:
    """Whether a field is not a matter of drift: Airflow refuses its value, it is in conflict, or its name is
    misspelt."""
    return reading.state in ("conflict", "invalid") or reading.name in row.misread


def _left_to_check(rows: Sequence[tuple[Row, FieldName]]) -> Iterator[Notice]:
    """One notice for everything that `check` reports."""
    if rows:
        ids = tuple(dict.fromkeys(row.id for row, _ in rows))
        text = "whose value Airflow refuses, or which are in conflict or misspelt, are left to `check`"
        yield Notice("other", f"{plural(len(rows), 'field')} {text}", ids)


def _deviation(group: Group, row: Row, expected: Expectation) -> Deviation:
    reading = row.config.fields[expected.field]
    value: Value = effect(reading) if reading.state == "set" else stated(reading)
    kind = kind_of(expected.field, value, row.names)
    return Deviation(
        row.id,
        expected.field,
        group.name,
        expected.text,
        value,
        kind,
        expected.target(reading, row.names),
        expected.severity or TABLE[expected.field].severity,
        f"the baseline of {group.name} says so",
    )


def _same(group: Group, expected: Expectation) -> Sequence[Deviation]:
    """Hold a group to what most of it have; where no value is more common than the others, all of it drifts."""
    members = members_of(group, expected.field)
    counted = list(tallies(members, expected.field))
    if not counted or counted[0].holders == counted[0].size:
        return []
    top = counted[0]
    clear = top.holders * 2 > top.size or (top.holders >= LEAST_HOLDERS and top.holders > top.runner_up)
    if clear:
        reason = f"the baseline wants one value in {group.name}, and {top.holders} of {top.size} have this one"
        found = deviations_from(Norm(top.value, reason), group.name, members)
    else:
        reason = f"the baseline wants one value in {group.name}, and there are several"
        alone = [_deviation(group, member.row, expected) for member in members]
        found = [replace(deviation, reason=reason) for deviation in alone]
    severity = expected.severity or TABLE[expected.field].severity
    return [replace(deviation, severity=severity) for deviation in found]


@dataclass(frozen=True, slots=True)
class Accepted:
    """A deviation that an ignore accepts."""

    deviation: Deviation
    ignore: Ignore


def apply_ignores(
    outcome: Outcome, ignores: Sequence[Ignore], names: Mapping[str, str], today: date, *, stale: bool = True
) -> tuple[Outcome, tuple[Accepted, ...]]:
    """Take out what is accepted. Ignores that have expired, or that nothing needs any more, become notices.

    `names` holds the deployments' names by id. Without `stale`, what nothing needs is not reported: it was accepted in
    another comparison.
    """
    kept: list[Deviation] = []
    accepted: list[Accepted] = []
    needed: set[tuple[int, str]] = set()
    index = _Index(ignores)
    for deviation in outcome.deviations:
        covering = index.covering(deviation, names.get(deviation.deployment, ""))
        active = [(ignore, word) for ignore, word in covering if not ignore.expired(today)]
        needed |= {(id(ignore), word) for ignore, word in active or covering}
        if active:
            accepted.append(Accepted(deviation, active[0][0]))
        else:
            kept.append(deviation)
    notices = (*outcome.notices, *_about_ignores(ignores, needed, today, stale=stale))
    return Outcome(tuple(kept), notices), tuple(accepted)


class _Index:
    """Ignores by the words that say what they are about: thousands name one deployment each, and few have a `*`."""

    def __init__(self, ignores: Sequence[Ignore]) -> None:
        self._exact: dict[tuple[str, str], list[tuple[int, Ignore, str]]] = {}
        self._wild: list[tuple[int, Ignore, str]] = []
        for number, ignore in enumerate(ignores):
            for word in ignore.deployments:
                self._exact.setdefault((ignore.field, word), []).append((number, ignore, word))
                if any(char in word for char in "*?["):
                    self._wild.append((number, ignore, word))

    def covering(self, deviation: Deviation, name: str) -> list[tuple[Ignore, str]]:
        """Those that cover a deviation of the deployment with this name, with their word for it, as in the file."""
        offered = list(self._exact.get((deviation.field, deviation.deployment), ()))
        if name != deviation.deployment:
            offered += self._exact.get((deviation.field, name), ())
        offered += [one for one in self._wild if _names(one[2], deviation.deployment, name)]
        fitting = {(number, word): ignore for number, ignore, word in offered if ignore.accepts(deviation)}
        return [(ignore, word) for (_, word), ignore in sorted(fitting.items(), key=lambda pair: pair[0])]


def _about_ignores(
    ignores: Iterable[Ignore], needed: set[tuple[int, str]], today: date, *, stale: bool
) -> list[Notice]:
    notices = []
    for ignore in ignores:
        idle = [word for word in ignore.deployments if (id(ignore), word) not in needed]
        place = f" (line {ignore.line})" if ignore.line else ""
        if len(idle) == len(ignore.deployments):
            if stale:
                said = f"the ignore of {ignore.field} for {some(ignore.deployments, _NAMED, str)}{place}"
                notices.append(Notice("ignore", f"{said} no longer accepts anything; remove it"))
            continue
        if idle and stale:
            said = f"the ignore of {ignore.field}{place} no longer accepts anything for {some(idle, _NAMED, str)}"
            notices.append(Notice("ignore", f"{said}; remove that part of it"))
        if ignore.expired(today):
            said = f"the ignore of {ignore.field} for {some(ignore.deployments, _NAMED, str)}{place}"
            notices.append(Notice("ignore", f"{said} ended on {ignore.expires}; fix the drift or give a new date"))
    return notices


def _text(value: Value) -> str:
    return "unset" if value is None else str(value)
