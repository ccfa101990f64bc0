"""What only many deployments together show is found as if each were compared with each, without doing so."""

from __future__ import annotations

from collections.abc import Sequence
from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from rea_xcom_tui.xcom.rules import fleet_names, others
from rea_xcom_tui.xcom.rules.fleet import check_fleet
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.rules.others import Lot, Near, sharers
from rea_xcom_tui.xcom.rules.settings import RuleSettings
from rea_xcom_tui.xcom.spelling import distance

_STORES = st.sampled_from([None, "one", "two", "three"])
_OWNERS = st.sampled_from([None, "", "id a", "id b", "name a"])
_WORDS = st.lists(st.text("abc", max_size=4), max_size=12, unique=True)


def _row(
    number: int, store: str | None = None, owner: str | None = None, account: str = "", bucket: str = ""
) -> FleetRow:
    place = "s3://acme/etl"
    return FleetRow(f"d{number}", place, place, store, owner, line=1, column=1, bucket=bucket, account=account)


def _compared(group: Sequence[FleetRow]) -> list[tuple[str, str, int, bool]]:
    """Each with each."""
    found = []
    for row in group:
        meets = [
            other
            for other in group
            if other is not row
            and not (row.store is not None and other.store is not None and row.store != other.store)
            and not (row.owner and row.owner == other.owner)
        ]
        sure = any(row.store is not None and other.store is not None for other in meets)
        found += [(row.id, meets[0].id, len(meets), sure)] if meets else []
    return found


@given(st.lists(st.tuples(_STORES, _OWNERS), max_size=12))
def test_who_shares_a_place_is_who_meets_another_there(made: list[tuple[str | None, str | None]]) -> None:
    group = [_row(number, store=store, owner=owner) for number, (store, owner) in enumerate(made)]
    assert [(row.id, other.id, count, sure) for row, other, count, sure in sharers(group)] == _compared(group)


@given(st.lists(st.sampled_from("abc"), max_size=8))
def test_the_others_of_a_lot_are_those_with_another_mark(marks: list[str]) -> None:
    lot, rows = Lot(), [_row(number) for number in range(len(marks))]
    for number, mark in enumerate(marks):
        lot.add(number, rows[number], mark)
    for mark in "abcd":
        rest = [(number, rows[number]) for number, other in enumerate(marks) if other != mark]
        assert lot.others(mark) == len(rest)
        assert lot.first(mark) == (rest[0] if rest else None)


@given(_WORDS, st.text("abc", max_size=4))
def test_words_are_near_that_differ_in_a_letter_or_have_two_swapped(words: list[str], word: str) -> None:
    assert list(Near(words).to(word)) == [other for other in words if distance(word, other) == 1]


def test_thousands_at_one_place_are_not_compared_with_each_other() -> None:
    """Every pair would be a million comparisons of a thousand deployments, and of their buckets' parts as many."""
    rows = [
        _row(number, account=f"{number % 3}", bucket=f"acme-usual{number % 50:02}-part{number:04}")
        for number in range(1000)
    ]
    looked = 0

    def counted(one: str, other: str) -> int:
        nonlocal looked
        looked += 1
        return distance(one, other)

    with patch.object(others, "distance", counted):
        found = check_fleet(rows, RuleSettings())
    assert looked < 10 * len(rows)
    assert len(found) == len(rows)
    assert not hasattr(fleet_names, "distance")
