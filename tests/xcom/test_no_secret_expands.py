"""A variable that holds a secret is never shown as the value of a field that refers to it."""

from __future__ import annotations

import pytest

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.reports.machine import deployment_object

SECRET = """xcomBackend: a.b.C
commonEnv:
  - name: AIRFLOW_CONN_MY
    value: '{"conn_type":"aws","password":"CANARY"}'
  - name: AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_%s
    value: "%s"
"""


@pytest.mark.parametrize("option", ["PATH", "THRESHOLD", "COMPRESSION"])
@pytest.mark.parametrize(
    "text", ["$AIRFLOW_CONN_MY", "${AIRFLOW_CONN_MY}", "$(AIRFLOW_CONN_MY)", "s3://b/$(AIRFLOW_CONN_MY)"]
)
def test_no_secret_expands(option: str, text: str) -> None:
    found = read_deployment("a/values.yaml", (SECRET % (option, text)).encode(), Reading())
    assert isinstance(found, Deployment)
    assert "CANARY" not in str(deployment_object(found))
