#!/bin/sh
# Surprise: an Azure file system with an account name and nothing else asks anonymously, whatever identity the pod has.
# Guess: without `anon`, the pod's managed or workload identity is used.
# Seen: adlfs 2026.2.0 (pinned beside Airflow 3.1.8) is anonymous and has no credential; 2026.4.0 and later take
# DefaultAzureCredential.
# Versions: adlfs 2026.2.0 and 2026.8.0, Python 3.12.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
say() {
    "${PYTHON:-python3}" -m venv --clear "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --disable-pip-version-check "adlfs==$1"
    env -i PATH=/usr/bin:/bin HOME="$folder" "$folder/venv/bin/python" - <<'PYTHON'
from importlib.metadata import version

import adlfs

store = adlfs.AzureBlobFileSystem(account_name="madeup")
credential = None if store.credential is None else type(store.credential).__name__
print(f"adlfs {version('adlfs')}: anon {bool(store.anon)}, credential {credential}")
PYTHON
}
old=$(say 2026.2.0)
new=$(say 2026.8.0)
echo "$old"
echo "$new"
[ "$old" = "adlfs 2026.2.0: anon True, credential None" ]
[ "$new" = "adlfs 2026.8.0: anon False, credential DefaultAzureCredential" ]
