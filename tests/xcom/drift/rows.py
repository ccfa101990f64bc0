"""Rows made from a few facts, for the tests of drift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rea_xcom_tui.xcom.model import FIELDS, Cloud, Configuration, FieldName, FieldReading
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.placeholders import variants


@dataclass(frozen=True)
class PlainRow:
    id: str
    cloud: Cloud
    config: Configuration
    names: Mapping[str, str]
    misread: frozenset[FieldName] = frozenset()


Fact = str | int | FieldReading | None


def row(name: str, env: str = "prod", team: str = "billing", cloud: Cloud = "aws", **facts: Fact) -> PlainRow:
    """A row whose fields are as a well-kept prod deployment has them, but for the given facts."""
    usual: dict[str, Fact] = {
        "backend": "a.b.Backend",
        "path": f"s3://aws_xcom@{team}-{env}-xcom/{name}",
        "threshold": 0,
        "compression": "zip",
        "identity": f"arn:aws:iam::123456789012:role/{team}Agent",
        "connection": "aws_xcom",
    }
    given = {**usual, **facts}
    if "connection" not in facts and isinstance(given["path"], str):
        given["connection"] = parse_path(given["path"]).conn_id
    config = Configuration({field: _reading(field, given[field]) for field in FIELDS}, cloud)
    words = {"name": f"{team}-{name}", "short": name, "env": env, "team": team, "namespace": f"ns-{team}"}
    return PlainRow(f"{env}/{team}/{name}", cloud, config, variants(words))


def _reading(field: FieldName, fact: Fact) -> FieldReading:
    if isinstance(fact, FieldReading):
        return fact
    return FieldReading(field, fact, None if fact is None else str(fact), "unset" if fact is None else "set")


def fleet(count: int, env: str = "prod", team: str = "billing", threshold: int = 0) -> list[PlainRow]:
    """So many rows that are all alike."""
    return [row(f"app{number}", env, team, threshold=threshold) for number in range(count)]
