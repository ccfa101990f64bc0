"""Edits of layers that deployments share, held against outcomes that real Helm has proved (`scripts/edit_truth`)."""

from __future__ import annotations

from dataclasses import replace

from scripts.edit_truth import record
from scripts.edit_truth.proof import judged, sequence
from scripts.edit_truth.record import mark
from scripts.edit_truth.repos import Repos


def test_the_records_are_many_and_of_every_kind() -> None:
    marks = [each for _, fleet in record.read() for each in fleet]
    assert len(marks) >= 5_000
    assert 1_000 < marks.count("refused") < len(marks) / 2


def test_edits_have_the_outcomes_that_were_proved() -> None:
    for seed, marks in list(record.read())[::12]:
        assert [mark(made) for _, _, _, _, made, _ in sequence(seed)] == marks, seed


def test_edits_in_other_layouts_have_the_outcomes_that_were_proved() -> None:
    fleets = list(record.read(record.LAYOUTS))
    assert sum(len(marks) for _, marks in fleets) >= 900
    for seed, marks in fleets[::40]:
        assert [mark(made) for _, _, _, _, made, _ in sequence(seed, Repos)] == marks, seed


def test_a_wrong_outcome_would_be_told() -> None:
    """The proof itself can fail: a value that nobody asked for, and one that was asked for and has not come."""
    _, _, _, request, made, _ = next(each for each in sequence(2_026_000_001) if each[4].done and each[3].text)
    name = made.done[0]
    entry = {"name": "TEAM", "value": "x"}
    old, new = {"commonEnv": [entry]}, {"commonEnv": [{**entry, "value": "y"}]}
    assert any("more than" in said for said in judged(name, request, made, old, new, False))
    assert any("was to become" in said for said in judged(name, request, made, old, old, False))
    assert not list(judged("another", replace(request, layer=None), made, old, old, False))
