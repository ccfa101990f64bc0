from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.xcom.rules.helpers import loud

SAMPLES = Path(__file__).parents[3] / "sample_repos"
MANIFEST: dict[str, dict[str, Any]] = tomllib.loads((SAMPLES / "planted.toml").read_text(encoding="utf-8"))

CODES = {
    "agents/staging/orders.yaml": {"XC303"},
    "maintenance.yaml": {"XC203"},
    "environments/prod/payout/agent-values.yaml": {"XC204"},
    "environments/staging/documents/agent-values.yaml": {"XC515"},
    "clusters/prod/growth/attribution/values.yaml": {"XC402"},
    "clusters/dr/payments/settlement/values.yaml": {"XC103"},
    "clusters/dr/payments/invoices/values.yaml": {"XC708"},
    "clusters/dr/payments/refunds/values.yaml": {"XC709"},
    "clusters/staging/payments/invoices/values.yaml": {"XC301"},
    "clusters/staging/growth/attribution/values.yaml": {"XC701"},
    "clusters/staging/payments/fraud-score/values.yaml": {"XC705"},
    "clusters/prod/payments/kyc/values.yaml": {"XC605"},
    "clusters/dev/growth/attribution/values.yaml": {"XC601"},
    "clusters/dev/growth/ads-spend/values.yaml": {"XC801"},
}
"""The rule that each planted mistake is for."""

DEPLOYMENTS = [(sample, deployment["file"]) for sample, parts in MANIFEST.items() for deployment in parts["deployment"]]


@pytest.mark.parametrize(("sample", "file"), DEPLOYMENTS, ids=lambda value: str(value))
def test_each_planted_mistake_is_found_and_nothing_else(sample: str, file: str) -> None:
    planted = {p["file"] for p in MANIFEST[sample]["planted"] if p["kind"] == "mistake"}
    text = (SAMPLES / sample / file).read_text(encoding="utf-8")
    assert loud(text) == (CODES[file] if file in planted else set())


def test_every_planted_mistake_has_its_rule() -> None:
    planted = {p["file"] for parts in MANIFEST.values() for p in parts["planted"] if p["kind"] == "mistake"}
    assert planted == set(CODES)
