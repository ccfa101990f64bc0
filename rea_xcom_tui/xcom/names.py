"""The names under which XCom settings stand in a values file and in a container's environment."""

from __future__ import annotations

from typing import Final

from rea_xcom_tui.xcom.model import Cloud, FieldName

BACKEND_KEY: Final = "xcomBackend"
"""The chart's key for the backend class; the chart exports it as `BACKEND_VARIABLE` (vendor documentation)."""

BACKEND_VARIABLE: Final = "AIRFLOW__CORE__XCOM_BACKEND"
PATH_VARIABLE: Final = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH"
THRESHOLD_VARIABLE: Final = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_THRESHOLD"
COMPRESSION_VARIABLE: Final = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_COMPRESSION"
CONNECTION_PREFIX: Final = "AIRFLOW_CONN_"

VARIABLES: Final[dict[FieldName, str]] = {
    "backend": BACKEND_VARIABLE,
    "path": PATH_VARIABLE,
    "threshold": THRESHOLD_VARIABLE,
    "compression": COMPRESSION_VARIABLE,
}
"""The variable of each field that is one. Only this exact spelling counts: lower case, `COMMON.IO`, one
underscore, `_CMD` and `_SECRET` are all ignored (measured on Airflow 3.0.2, 3.1.3 and 3.3.2)."""

STATE_BACKEND_KEY: Final = "stateStoreBackend"
"""The chart's key for the state store's class (chart 2.3.0 and later, whose default it is; exported as below)."""

STATE_BACKEND_VARIABLE: Final = "AIRFLOW__WORKERS__STATE_STORE_BACKEND"

STATE_VARIABLES: Final[dict[FieldName, str]] = {
    "state-backend": STATE_BACKEND_VARIABLE,
    "state-path": "AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_PATH",
    "state-threshold": "AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_THRESHOLD",
    "state-compression": "AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_COMPRESSION",
}
"""The variable of each setting of the state store (common-io 1.8.0 and later)."""

BACKEND_KEYS: Final[dict[FieldName, str]] = {"backend": BACKEND_KEY, "state-backend": STATE_BACKEND_KEY}
"""The chart's own key of those settings that have one."""

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
