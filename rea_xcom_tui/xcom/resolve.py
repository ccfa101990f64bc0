"""How several places that set one field come to one reading."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from rea_xcom_tui.xcom.model import UNSET, FieldName, FieldReading, Place


class Candidate(msgspec.Struct, frozen=True, gc=False):
    """A place that sets a field, and what would come of it if it were the only one."""

    place: Place
    outcome: object
    """Equal outcomes are the same setting, however they are written."""
    value: str | int | None = None
    reference: str | None = None
    problem: str | None = None
    """Why Airflow would refuse it, or None."""
    empty: bool = False
    """True when it says that nothing is set."""


def settle(name: FieldName, candidates: Sequence[Candidate]) -> FieldReading:
    """Read a field from all the places that set it, given in the order of the file.

    Kubernetes and Helm let the last one win. A setting for all components decides before one for a single
    component, because it is what the deployment as a whole was given.
    """
    if not candidates:
        return UNSET[name]
    if len(candidates) == 1 and not candidates[0].place.shadowed:
        return single(name, candidates[0], (candidates[0].place,))
    decides = deciding(candidates)
    places = tuple(candidate.place for candidate in candidates)
    if decides is None:
        return FieldReading(
            name, None, candidates[-1].place.raw, "conflict", candidates[-1].place, places, problem=_hidden(candidates)
        )
    if len({candidate.outcome for candidate in candidates}) > 1:
        return FieldReading(
            name, decides.value, decides.place.raw, "conflict", decides.place, places, decides.reference,
            problem=_differently(candidates, decides),
        )  # fmt: skip
    return single(name, decides, places)


def single(name: FieldName, decides: Candidate, places: tuple[Place, ...]) -> FieldReading:
    """The reading when all places agree with the deciding one."""
    place = decides.place
    if decides.reference:
        return FieldReading(name, None, place.raw, "reference", place, places, decides.reference)
    if decides.problem:
        return FieldReading(name, decides.value, place.raw, "invalid", place, places, problem=decides.problem)
    if decides.empty:
        return FieldReading(name, None, place.raw, "unset", place, places)
    return FieldReading(name, decides.value, place.raw, "set", place, places)


def deciding(candidates: Sequence[Candidate]) -> Candidate | None:
    """The place whose value counts, or None when later duplicates hide all of them."""
    live = [candidate for candidate in candidates if not candidate.place.shadowed]
    for_all = [candidate for candidate in live if candidate.place.component == "all"]
    return (for_all or live)[-1] if live else None


def _hidden(candidates: Sequence[Candidate]) -> str:
    return (
        f"It is set at {lines(candidates)}, but a later block of the same name replaces that one, so it has no effect."
    )


def _differently(candidates: Sequence[Candidate], decides: Candidate) -> str:
    if all(candidate.place.component == "all" for candidate in candidates):
        return f"It is set with different outcomes at {lines(candidates)}; the one at line {decides.place.line} counts."
    return f"It is set differently for some components: {lines(candidates, components=True)}."


def lines(candidates: Sequence[Candidate], *, components: bool = False) -> str:
    """Say where candidates are: `line 5`, `lines 5 and 9`, `line 5 (all), line 9 (worker big)`."""
    if components:
        return ", ".join(f"line {c.place.line} ({c.place.component})" for c in candidates)
    numbers = [str(line) for line in sorted({candidate.place.line for candidate in candidates})]
    if len(numbers) == 1:
        return f"line {numbers[0]}"
    return f"lines {', '.join(numbers[:-1])} and {numbers[-1]}"
