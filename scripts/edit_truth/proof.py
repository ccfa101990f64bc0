"""What real engines say before and after an edit: just what was meant has changed, in just the deployments meant."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rea_xcom_tui.fleet.edit.expressions import INHERIT
from rea_xcom_tui.user.layout_settings import HelmEngine
from scripts.engine_truth import engines
from scripts.engine_truth.model import same

from .answers import Answers
from .fleets import IO, Fleet, Maker
from .product import FIX, Asked, Made, asked, carried_out

_EDITS = 6
"""So many edits are made one after the other in each fleet."""
_ENGINES: tuple[HelmEngine, ...] = ("3", "4.1", "4.2")


@dataclass(frozen=True, slots=True)
class Proof:
    """One edit and what came of it."""

    seed: int
    number: int
    engine: HelmEngine
    request: Asked
    made: Made
    wrong: tuple[str, ...] = ()
    """What has changed though it should not, or has not though it should."""
    asked: int = 0
    """How many answers of the engine it took."""

    @property
    def is_last(self) -> bool:
        """Whether it is the last edit of its fleet."""
        return self.number == _EDITS - 1


def sequence(seed: int, make: type[Maker] = Maker) -> Iterator[tuple[int, HelmEngine, Fleet, Asked, Made, Fleet]]:
    """The edits of one fleet: number, engine, the fleet before, the request, what is made of it, the fleet after."""
    maker = make(seed)
    fleet = maker.fleet()
    engine = maker.random.choice(_ENGINES)
    engine = {"helmfile": "3", "kustomize": "4.2"}.get(fleet.layout, engine)  # type: ignore[assignment]
    for number in range(_EDITS):
        request = asked(maker.random, fleet)
        made = carried_out(fleet, request, engine)
        after = replace(fleet, files={**fleet.files, **made.contents})
        yield number, engine, fleet, request, made, after
        fleet = after


def proofs(count: int, seed: int, work: Path, make: type[Maker] = Maker) -> Iterator[Proof]:
    """So many edits, each held against the engine."""
    for engine in _ENGINES:
        engines.binary(work, engine)
    seeds = range(seed * 1_000_000, seed * 1_000_000 + -(-count // _EDITS))
    pool = ThreadPoolExecutor(2)
    try:
        for proved in pool.map(lambda each: proved_in(each, work, make), seeds):
            yield from proved
    finally:
        pool.shutdown(cancel_futures=True)


def proved_in(seed: int, work: Path, make: type[Maker] = Maker) -> list[Proof]:
    """The edits of one fleet, each held against the engine."""
    out: list[Proof] = []
    answers = Answers(work)
    for number, engine, before, request, made, after in sequence(seed, make):
        known = answers.asked
        wrong: list[str] = []
        for name in before.stacks if made.contents or made.done else ():
            old, new = (answers.of(fleet, name, engine) for fleet in (before, after))
            wrong += judged(name, request, made, old, new, _shares(before, name, request))
        out.append(Proof(seed, number, engine, request, made, tuple(wrong), answers.asked - known))
    return out


def _shares(fleet: Fleet, name: str, request: Asked) -> bool:
    """Whether a deployment has the layer that the request names among its own."""
    if request.layer is None:
        return False
    real = fleet.links.get(request.layer, request.layer)
    return any(fleet.links.get(piece.file, piece.file) == real for piece in fleet.stacks[name])


def judged(name: str, request: Asked, made: Made, old: Any, new: Any, shares: bool) -> Iterator[str]:
    """What is wrong with a deployment after an edit; `shares` tells whether it has the layer that was named."""
    if old is None or new is None:
        if not same(old, new):
            yield f"{name}: Helm said {old} before and says {new} now"
        return
    field = request.field
    was, now = _value(old, field), _value(new, field)
    if request.text == FIX:
        yield from _fixed(name, made, old, new)
        return
    wanted = made.expected.get(name) if request.text == INHERIT else request.text
    if not same(_rest(old, field), _rest(new, field)):
        yield f"{name}: more than {field} has changed, from {old} to {new}"
    if name in made.done:
        if now != wanted:
            yield f"{name}: {field} was to become {wanted} and is {now}"
    elif was != now and not (shares and made.done and (now == request.text or request.text == INHERIT)):
        yield f"{name}: {field} has become {now} instead of {was}, and nobody asked for that"


def _fixed(name: str, made: Made, old: Any, new: Any) -> Iterator[str]:
    """What is wrong where numbers were to be put into quotes: in the deployments that were asked for, nowhere else."""
    if not same(_texts(old), _texts(new)):
        yield f"{name}: a fix has changed more than quotes, from {old} to {new}"
    elif name in made.done and not same(_texts(new), new):
        yield f"{name}: there still is a number in {new}"
    elif name not in made.done and not same(old, new):
        yield f"{name}: {old} has become {new}, and nobody asked for that"


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    """The same with the numbers of `commonEnv` as texts."""
    listed = values.get("commonEnv")
    if not isinstance(listed, list):
        return values
    return {**values, "commonEnv": [_text(entry) for entry in listed]}


def _text(entry: Any) -> Any:
    is_number = isinstance(entry, dict) and isinstance(entry.get("value"), int | float)
    return {**entry, "value": str(int(entry["value"]))} if is_number else entry


def _value(values: dict[str, Any], field: str) -> str | None:
    """A field as pods get it: the variable of the backend stands above its key."""
    named = [entry for entry in values.get("commonEnv") or [] if _is(entry, field)]
    found = named[-1].get("value") if named else values.get("xcomBackend") if field == "backend" else None
    return None if found is None else str(found)


def _rest(values: dict[str, Any], field: str) -> dict[str, Any]:
    """Everything but the field; that a list or a key is empty or absent is no difference to any pod. An entry without a
    name, which a parameter makes beyond a list's end, is none either: Kubernetes takes no such entry at all."""
    out = {key: value for key, value in values.items() if key != "xcomBackend" or field != "backend"}
    listed = [each for each in out.pop("commonEnv", None) or [] if not _is(each, field) and _has_name(each)]
    return {**out, "commonEnv": listed} if listed else out


def _has_name(entry: Any) -> bool:
    return not isinstance(entry, dict) or "name" in entry


def _is(entry: Any, field: str) -> bool:
    variable = "AIRFLOW__CORE__XCOM_BACKEND" if field == "backend" else IO + field.upper()
    return isinstance(entry, dict) and entry.get("name") == variable
