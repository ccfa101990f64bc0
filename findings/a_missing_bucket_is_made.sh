#!/bin/sh
# Surprise: the folders that Airflow's XCom backend makes before it writes a value make the bucket too.
# Guess: a misspelt bucket is an error, as with every client of S3.
# Seen: `makedirs("misspelt/etl/dag")` makes the bucket `misspelt`, if the identity may; no error, no warning.
# Versions: s3fs and fsspec 2026.9.0, moto 5.2.5, Python 3.12.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check "moto[server,s3]==5.2.5" s3fs==2026.9.0 \
    fsspec==2026.9.0
env -i PATH=/usr/bin:/bin HOME="$folder" AWS_ACCESS_KEY_ID=made-up AWS_SECRET_ACCESS_KEY=made-up \
    AWS_DEFAULT_REGION=us-east-1 "$folder/venv/bin/python" - <<'PYTHON'
import logging

import s3fs
from moto.server import ThreadedMotoServer

logging.disable(logging.CRITICAL)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
fs = s3fs.S3FileSystem(endpoint_url=f"http://{host}:{port}")
before = fs.ls("")
fs.makedirs("misspelt-bucket/etl/dag", exist_ok=True)
fs.invalidate_cache()
after = fs.ls("")
server.stop()
print(f"s3fs {s3fs.__version__}: buckets before {before}, after {after}")
assert (before, after) == ([], ["misspelt-bucket"]), "making a folder no longer makes the bucket"
PYTHON
