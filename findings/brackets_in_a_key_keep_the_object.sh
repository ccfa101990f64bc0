#!/bin/sh
# Surprise: an object whose key holds square brackets can be written and read through s3fs, and not removed.
# Guess: what `open` finds under a name, `rm` removes under the same name.
# Seen: `rm` takes the name for a pattern, in which `[1]` stands for `1`: FileNotFoundError, and the object stays.
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
fs.mkdir("bucket")
name = "bucket/team[1]/value"
fs.pipe(name, b"1")
with fs.open(name) as file:
    assert file.read() == b"1"
try:
    fs.rm(name)
    said = "removed"
except FileNotFoundError as error:
    said = type(error).__name__
fs.invalidate_cache()
left = fs.find("bucket")
server.stop()
print(f"s3fs {s3fs.__version__}: rm says {said}, left {left}")
assert said == "FileNotFoundError" and left == [name], "an object with brackets in its key can be removed now"
PYTHON
