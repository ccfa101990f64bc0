"""Reading the identity: annotations of service accounts, and for Azure the client id inside the connection."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from rea_xcom_tui.xcom.alone import note_alone
from rea_xcom_tui.xcom.chart_entries import EnvEntry, Note, rendered
from rea_xcom_tui.xcom.connections import Connection
from rea_xcom_tui.xcom.identities import identity_key, identity_problem
from rea_xcom_tui.xcom.model import UNSET, Cloud, FieldReading, Place
from rea_xcom_tui.xcom.names import ANNOTATIONS
from rea_xcom_tui.xcom.resolve import Candidate, lines, single
from rea_xcom_tui.xcom.sealed import sealed_reference

Definitions = Sequence[tuple[EnvEntry, Connection]]

_CLOUDS = {key: cloud for cloud, key in ANNOTATIONS.items()}

_BYSTANDERS = ("dagProcessor", "sentinel")
"""Components that neither read nor write XComs: their identity is their own affair (vendor documentation)."""


def read_identity(
    notes: Sequence[Note], definitions: Definitions, cloud: Cloud | None
) -> tuple[FieldReading, Cloud | None]:
    """The identity of the cloud that the path goes to, or of whichever cloud has one; and that cloud.

    Which cloud's annotation counts is decided by the path. Places of other clouds are still listed.
    """
    named = [(note, of_note) for note in notes if (of_note := _CLOUDS.get(note.key)) is not None]
    members = [(entry, *member) for entry, linked in definitions for member in linked.client_ids()]
    if len(named) == 1 and not members and (alone := note_alone(*named[0])) is not None:
        return alone, named[0][1]
    found: dict[Cloud, list[Candidate]] = {}
    for note, of_note in named:
        found.setdefault(of_note, []).append(_of_note(note, of_note))
    for each in members:
        found.setdefault("azure", []).append(_of_member(*each))
    by_cloud = {name: found[name] for name in ANNOTATIONS if name in found}
    if not by_cloud:
        return UNSET["identity"], None
    chosen = cloud if cloud in by_cloud else _first(by_cloud)
    deciding = by_cloud[chosen]
    places = tuple([candidate.place for each in by_cloud.values() for candidate in each])
    if len(places) == 1 and not places[0].shadowed:
        return single("identity", deciding[0], places), chosen
    return _settle(deciding, tuple(sorted(places, key=lambda place: (place.line, place.column)))), chosen


def _first(by_cloud: dict[Cloud, list[Candidate]]) -> Cloud:
    """The cloud with an identity that is not empty, else the first one."""
    filled = [cloud for cloud, found in by_cloud.items() if any(not c.empty for c in found)]
    return (filled or list(by_cloud))[0]


def _of_note(note: Note, cloud: Cloud) -> Candidate:
    text = rendered(note.value)
    place = Place(
        note.address,
        note.value.line,
        note.value.column,
        note.value.text,
        text,
        note.component,
        "annotation",
        note.shadowed,
        layer=note.value.layer,
    )
    if sealed := sealed_reference(text or ""):
        return Candidate(replace(place, raw="", value=None), ("reference", sealed), reference=sealed)
    if text is None:
        return Candidate(place, ("shape",), problem="The annotation is a list or a mapping; it takes a string.")
    return _candidate(place, text, cloud)


def _of_member(entry: EnvEntry, pointer: tuple[str, ...], text: str) -> Candidate:
    place = replace(entry.place(), raw=text, value=text, kind="json", pointer=pointer)
    return _candidate(place, text, "azure")


def _candidate(place: Place, text: str, cloud: Cloud) -> Candidate:
    if not text:
        return Candidate(replace(place, value=None), None, empty=True)
    return Candidate(place, identity_key(text), text, problem=identity_problem(cloud, text))


def _settle(found: list[Candidate], places: tuple[Place, ...]) -> FieldReading:
    relevant = [c for c in found if c.place.component not in _BYSTANDERS] or found
    live = [c for c in relevant if not c.place.shadowed]
    if not live:
        hidden = relevant[-1].place
        problem = f"It is set at {lines(relevant)}, but a later block of the same name replaces that one."
        return FieldReading("identity", None, hidden.raw, "conflict", hidden, places, problem=problem)
    counting = _effective(live)
    decides = counting[0]
    shadowed = [c for c in relevant if c.place.shadowed]
    differing = {c.outcome for c in (*counting, *shadowed) if not c.empty}
    if len(differing) > 1:
        return FieldReading(
            "identity", decides.value, decides.place.raw, "conflict", decides.place, places,
            problem=_conflict([*counting, *shadowed]),
        )  # fmt: skip
    return single("identity", decides, places)


def _conflict(candidates: list[Candidate]) -> str:
    inside = [c for c in candidates if c.place.kind == "json"]
    notes = [c for c in candidates if c.place.kind != "json"]
    if inside and notes and len({c.outcome for c in notes}) == 1:
        return f"The annotation at {lines(notes)} names a different client id than the connection at {lines(inside)}."
    return f"It is set differently: {lines(candidates, components=True)}."


def _effective(live: list[Candidate]) -> list[Candidate]:
    """The places that have an effect on workers and triggerer, those that decide first.

    On a service account the more specific annotation replaces the more general one. How the top-level
    annotations, which reach every object, merge with them is not known, so they always count.
    """
    top = [c for c in live if c.place.kind == "annotation" and c.place.address[:1] == ("annotations",)]
    accounts = [c for c in live if c.place.kind == "annotation" and c not in top]
    inside = [c for c in live if c.place.kind == "json"]
    general = [c for c in accounts if c.place.component == "all"]
    workers = [c for c in accounts if c.place.component == "workers"]
    single_workers = [c for c in accounts if c.place.component.startswith("worker ")]
    triggerer = [c for c in accounts if c.place.component == "triggerer"]
    others = [c for c in accounts if c.place.component in _BYSTANDERS]
    shared = workers or ([] if triggerer and single_workers else general)
    rest = general if not triggerer else []
    ordered = [*top, *(shared or general), *single_workers, *triggerer, *rest, *inside, *others]
    filled = [c for c in ordered if not c.empty] or ordered
    return list(dict.fromkeys(filled))
