"""Deployments of one name are told apart in as few words as it takes."""

from __future__ import annotations

import msgspec
import pytest

from rea_xcom_tui.fleet.edit.pending import Pending
from rea_xcom_tui.tui.cells.apart import tell_apart
from rea_xcom_tui.tui.cells.rows import Row
from tests.tui.fleets import HOSTILE, deployment


def told(*rows: tuple[str, str | None, str | None, str | None]) -> list[str]:
    """What stands beside the names of deployments with these ids, environments, clusters and namespaces."""
    made = [
        Row(msgspec.structs.replace(deployment(), id=id_, env=env, cluster=cluster, namespace=space), Pending())
        for id_, env, cluster, space in rows
    ]
    tell_apart(made)
    return [row.apart for row in made]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([("a.yaml", "prod", None, None)], [""]),
        ([("a.yaml", "prod", None, None), ("b.yaml", "dev", None, None)], ["", ""]),
        ([("a.yaml", "prod", "eu", "x"), ("b.yaml", "prod", "us", "x")], ["eu", "us"]),
        ([("a.yaml", "prod", "eu", "x"), ("b.yaml", "prod", "eu", "y")], ["x", "y"]),
        ([("a.yaml", "prod", None, "x"), ("b.yaml", "prod", "eu", "x")], ["", "eu"]),
        ([("a.yaml", "prod", "eu", "x"), ("b.yaml", "prod", None, "y")], ["x", "y"]),
        (
            [("k.yaml#/charts/0?name=k-eu", None, None, "x"), ("k.yaml#/charts/0?name=k-us", None, None, "x")],
            ["k-eu", "k-us"],
        ),
        (
            [
                ("lib/fleet.yaml?cluster=eu&name=s/one/c/eu/agent", None, "eu", None),
                ("lib/fleet.yaml?cluster=eu&name=s/two/c/eu/agent", None, "eu", None),
                ("lib/fleet.yaml?cluster=us", None, "us", None),
            ],
            ["eu one", "eu two", "us"],
        ),
        ([("c/eu/etl/v.yaml", None, None, None), ("c/us/etl/v.yaml", None, None, None)], ["eu", "us"]),
        ([("c/eu/1/v.yaml", None, None, None), ("c/us/2/v.yaml", None, None, None)], ["eu/1", "us/2"]),
        ([("c/v.yaml", None, None, None), ("c/us/v.yaml", None, None, None)], ["v.yaml", "us/v.yaml"]),
        ([("a/v.yaml#/0", None, None, None), ("a/v.yaml#/1", None, None, None)], ["0", "1"]),
        (
            [("a/1/v.yaml", "prod", "eu", "x"), ("a/2/v.yaml", "prod", "eu", "x"), ("a/3/v.yaml", "prod", "us", "x")],
            ["1", "2", "3"],
        ),
    ],
)
def test_in_as_few_words_as_it_takes(
    rows: list[tuple[str, str | None, str | None, str | None]], words: list[str]
) -> None:
    assert told(*rows) == words


def test_what_tells_them_apart_is_harmless_and_forgotten_when_it_is_not_needed_any_more() -> None:
    hostile = told(("a.yaml", "prod", HOSTILE, None), ("b.yaml", "prod", "eu", None))
    assert all(word.isprintable() for word in hostile)
    first = Row(msgspec.structs.replace(deployment(), id="a", cluster="eu"), Pending())
    tell_apart([first, Row(msgspec.structs.replace(deployment(), id="b", cluster="us"), Pending())])
    assert first.apart == "eu"
    tell_apart([first])
    assert first.apart == ""
