from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.xcom.rules.helpers import codes, found, loud

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

DEPLOYMENTS = [
    (sample, deployment["file"]) for sample, parts in MANIFEST.items() for deployment in parts.get("deployment", ())
]


@pytest.mark.parametrize(("sample", "file"), DEPLOYMENTS, ids=lambda value: str(value))
def test_each_planted_mistake_is_found_and_nothing_else(sample: str, file: str) -> None:
    planted = {p["file"] for p in MANIFEST[sample]["planted"] if p["kind"] == "mistake"}
    text = (SAMPLES / sample / file).read_text(encoding="utf-8")
    assert loud(text) == (CODES[file] if file in planted else set())


def test_every_planted_mistake_has_its_rule() -> None:
    planted = {p["file"] for parts in MANIFEST.values() for p in parts.get("planted", ()) if p["kind"] == "mistake"}
    assert planted == set(CODES)


DOWNLOADED = """\
# astro-remote-execution-agent values.yaml, generated for
# chart 2.0.0 and agent 1.6.0.
resourceNamePrefix: etl
image: images.astronomer.cloud/baseimages/astro-remote-execution-agent:3.2-2-python-3.13-astro-agent-1.6.0
agentTokenSecretName: agent-token
# agentToken:
secretBackend: airflow.secrets.local_filesystem.LocalFilesystemBackend
xcomBackend: airflow.providers.common.io.xcom.backend.XComObjectStorageBackend
# Example:
# commonEnv:
#   - name: AIRFLOW__LOGGING__REMOTE_LOGGING
#     value: True
commonEnv: [{"name":"ASTRO_ORGANIZATION_ID","value":"org"},{"name":"ASTRO_DEPLOYMENT_ID","value":"dep"}]
labels: {}
annotations: {}
serviceAccount:
  annotations: {}
  workers:
    create: true
    annotations: {}
loggingSidecar:
  env: []
workers:
  - name: default-worker
    env: []
triggerer:
  env: []
sentinel:
  image: images.astronomer.cloud/baseimages/astro-remote-execution-sentinel:1.6.0
  env: []
"""


def test_an_untouched_download_stores_nothing_and_is_told_so() -> None:
    assert [(f.code, f.severity, f.line) for f in found(DOWNLOADED)] == [
        ("XC201", "info", 8),
        ("XC304", "warning", 8),
    ]


def test_a_file_that_set_fills_in_is_warned_about_its_nulls_only() -> None:
    text = """\
resourceNamePrefix: aws-re-dr
image: ~
agentTokenSecretName: ~
xcomBackend: airflow.providers.common.io.xcom.backend.XComObjectStorageBackend
commonEnv:
  - name: ASTRO_DEPLOYMENT_ID
    value: ~
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH
    value: ~
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD
    value: "0"
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_COMPRESSION
    value: gzip
"""
    (finding,) = found(text)
    assert (finding.code, finding.severity, finding.line, finding.column) == ("XC202", "warning", 9, 12)


def test_values_of_an_invented_schema_have_the_wrong_shape() -> None:
    text = "xcomBackend:\n  type: k8s\nsecretBackend:\n  type: vault\nagents: {a: {}}\nimage: {tag: x}\nenv: []\n"
    assert codes(text) == {"XC108"}
