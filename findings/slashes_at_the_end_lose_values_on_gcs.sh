#!/bin/sh
# Surprise: with two slashes at the end of a path on Google Cloud Storage, tasks get an address instead of their value.
# Guess: slashes at the end make no difference, as on S3 and Azure.
# Seen: the value is written to `etl/dag/...` and its address says so, but the base path keeps its `//`, and so the
#   address is not known as one of the backend's own: a reader is handed the address. No error, no warning.
# Versions: apache-airflow-task-sdk 1.3.2, common-io 1.11.0, google 22.8.0, gcsfs 2026.10.1, Python 3.12.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check gcp-storage-emulator==2026.7.19 gcsfs==2026.10.1 \
    apache-airflow-core==3.3.2 apache-airflow-task-sdk==1.3.2 apache-airflow-providers-common-io==1.11.0 \
    apache-airflow-providers-google==22.8.0
env -i PATH=/usr/bin:/bin HOME="$folder" AIRFLOW_HOME="$folder" NO_GCE_CHECK=true "$folder/venv/bin/python" - <<'PYTHON'
import logging
import os
import socket
from types import SimpleNamespace

from gcp_storage_emulator.server import create_server

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = create_server("127.0.0.1", port, in_memory=True, default_bucket="bucket")
server.start()
os.environ["STORAGE_EMULATOR_HOST"] = f"http://127.0.0.1:{port}"
logging.disable(logging.CRITICAL)

setting = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
os.environ[setting + "THRESHOLD"] = "0"
seen = {}
for ending in ("", "/", "//"):
    os.environ[setting + "PATH"] = "gs://bucket/etl" + ending
    from airflow.providers.common.io.xcom import backend

    for read in (backend._get_base_path, backend._get_threshold):
        read.cache_clear()
    where = {"key": "return_value", "dag_id": "dag", "run_id": "run", "task_id": "task", "map_index": -1}
    stored = backend.XComObjectStorageBackend.serialize_value("value", **where)
    back = backend.XComObjectStorageBackend.deserialize_value(SimpleNamespace(key="return_value", value=stored))
    seen[ending] = back == "value"
server.stop()
print(f"read back by what the path ends with: {seen}")
assert seen == {"": True, "/": True, "//": False}, "slashes at the end make another difference now"
PYTHON
