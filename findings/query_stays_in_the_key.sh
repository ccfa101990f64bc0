#!/bin/sh
# Surprise: `?` and `#` in an object storage path of Airflow are letters of the object's key.
# Guess: as in any URL, they begin a query and a fragment, which are no part of the key.
# Seen: `s3://bucket/etl?region=x` writes the object `etl?region=x/value`; the path's own `key` says `etl`.
# Versions: apache-airflow-task-sdk 1.3.2, s3fs and fsspec 2026.9.0, moto 5.2.5, Python 3.12.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "moto[server,s3]==5.2.5" s3fs==2026.9.0 \
    fsspec==2026.9.0 apache-airflow-core==3.3.2 apache-airflow-task-sdk==1.3.2 apache-airflow-providers-amazon==9.39.0
env -i PATH=/usr/bin:/bin HOME="$folder" AIRFLOW_HOME="$folder" AWS_ACCESS_KEY_ID=made-up AWS_SECRET_ACCESS_KEY=made-up \
    AWS_DEFAULT_REGION=us-east-1 "$folder/venv/bin/python" - <<'PYTHON'
import os
from importlib.metadata import version

from moto.server import ThreadedMotoServer

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
os.environ["AWS_ENDPOINT_URL"] = f"http://{host}:{port}"

import boto3
from airflow.sdk import ObjectStoragePath

boto3.client("s3").create_bucket(Bucket="bucket")
base = ObjectStoragePath("s3://bucket/etl?region=x")
with (base / "value").open("wb") as file:
    file.write(b"1")
keys = [item["Key"] for item in boto3.client("s3").list_objects_v2(Bucket="bucket")["Contents"]]
server.stop()
print(f"task-sdk {version('apache-airflow-task-sdk')}, s3fs {version('s3fs')}: keys {keys}, path.key {base.key!r}")
assert keys == ["etl?region=x/value"], "the query is no part of the key any more"
PYTHON
