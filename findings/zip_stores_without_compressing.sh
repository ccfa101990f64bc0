#!/bin/sh
# Surprise: fsspec's compression "zip" makes larger files than no compression at all.
# Guess: like gzip, it shrinks text that repeats.
# Seen: the archive's member is stored, not deflated: 2,000,002 bytes become 2,000,108 (1,986 with gzip).
# Versions: fsspec 2026.9.0, Python 3.12.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check fsspec==2026.9.0
"$folder/venv/bin/python" - "$folder" <<'PYTHON'
import os
import sys
import zipfile

import fsspec

folder = sys.argv[1]
text = b'"' + b"x" * 2_000_000 + b'"'
sizes = {}
for name, suffix in (("zip", ".zip"), ("gzip", ".gz")):
    path = f"{folder}/value{suffix}"
    with fsspec.open(f"file://{path}", "wb", compression=name) as file:
        file.write(text)
    sizes[name] = os.path.getsize(path)
with zipfile.ZipFile(f"{folder}/value.zip") as archive:
    (member,) = archive.infolist()
print(f"fsspec {fsspec.__version__}: {len(text)} bytes become {sizes['zip']} with zip, {sizes['gzip']} with gzip")
assert member.compress_type == zipfile.ZIP_STORED, "the member is compressed now"
assert sizes["zip"] > len(text), "zip shrinks the value now"
assert sizes["gzip"] < 10_000, "gzip does not shrink the value any more"
PYTHON
