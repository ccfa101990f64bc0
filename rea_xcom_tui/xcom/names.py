"""The names under which XCom settings are in a values file and in a container's environment."""

from __future__ import annotations

from typing import Final

from rea_xcom_tui.xcom.model import Cloud

BACKEND_KEY: Final = "xcomBackend"
"""The chart's key for the backend class; the chart exports it as `BACKEND_VARIABLE` (vendor documentation)."""

BACKEND_VARIABLE: Final = "AIRFLOW__CORE__XCOM_BACKEND"
PATH_VARIABLE: Final = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH"
THRESHOLD_VARIABLE: Final = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD"
COMPRESSION_VARIABLE: Final = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_COMPRESSION"
CONNECTION_PREFIX: Final = "AIRFLOW_CONN_"

STATE_BACKEND_KEY: Final = "stateStoreBackend"
"""The chart's key for the state store's class (chart 2.3.0 and later, whose default it is; exported as below)."""

STATE_BACKEND_VARIABLE: Final = "AIRFLOW__WORKERS__STATE_STORE_BACKEND"

STATE_STORE_BACKEND: Final = "airflow.providers.common.io.state_store.backend.StateStoreObjectStorageBackend"

OBJECT_STORAGE_BACKEND: Final = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"

ANNOTATIONS: Final[dict[Cloud, str]] = {
    "aws": "eks.amazonaws.com/role-arn",
    "azure": "azure.workload.identity/client-id",
    "gcp": "iam.gke.io/gcp-service-account",
}
"""The annotation that gives a service account its cloud identity (EKS, Azure and GKE documentation)."""

AZURE_LABEL: Final = "azure.workload.identity/use"
"""The pod label without which Azure's webhook does nothing; its value must be the string "true"."""

COMMON_ENV: Final = "commonEnv"


def connection_variable(conn_id: str) -> str:
    """The variable that defines a connection: the id is upper-cased and nothing else is changed.

    A hyphen stays a hyphen, and an id in lower case in a variable's name is never found (measured on
    Airflow 3.3.2).
    """
    return CONNECTION_PREFIX + conn_id.upper()
