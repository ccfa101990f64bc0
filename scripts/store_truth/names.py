"""Which names of buckets and containers the servers of S3 and Azure refuse; Google's emulator takes any."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from scripts.airflow_truth.plausible_words import BUCKETS
from scripts.airflow_truth.record import read_plausible
from scripts.store_truth.rows import AZURE_STRING, S3_PORT

_ASK = """
import json, sys
import boto3
from azure.storage.blob import BlobServiceClient

order = json.load(sys.stdin)
s3 = boto3.client("s3", endpoint_url=order["s3"], aws_access_key_id="made-up", aws_secret_access_key="made-up",
                  region_name="us-east-1", config=boto3.session.Config(s3={"addressing_style": "path"}))
blob = BlobServiceClient.from_connection_string(order["azure"])

def tried(make, name):
    try:
        make(name)
    except Exception as error:
        code = getattr(error, "response", None)
        code = code["Error"]["Code"] if isinstance(code, dict) else getattr(error, "error_code", None)
        return str(getattr(code, "value", code) or type(error).__name__)
    return "made"

makers = {"aws": lambda name: s3.create_bucket(Bucket=name), "azure": blob.create_container}
print(json.dumps({cloud: {name: tried(make, name) for name in order["names"]} for cloud, make in makers.items()}))
"""
_IS_THERE = ("BucketAlreadyOwnedByYou", "BucketAlreadyExists", "ContainerAlreadyExists")


def asked() -> list[str]:
    """The names that made-up settings have, those that something has happened to included."""
    found = {name for name in BUCKETS if name}
    for rows in read_plausible().values():
        found.update(sent["bucket"] for row in rows for sent in row["detail"].get("objects") or ())
    return sorted(found - {""})


def record(programs: Path, names: Iterable[str], file: Path) -> None:
    """Ask the running servers to make a bucket of each name, and write what they said: `made`, or why not."""
    order = {"s3": f"http://127.0.0.1:{S3_PORT}", "azure": AZURE_STRING, "names": list(names)}
    done = subprocess.run(
        [programs / "python", "-c", _ASK], input=json.dumps(order), text=True, capture_output=True, check=True
    )
    said = json.loads(done.stdout)
    found = {
        cloud: {name: "made" if word in _IS_THERE else word for name, word in answers.items()}
        for cloud, answers in said.items()
    }
    file.write_text(json.dumps(found, indent=1, ensure_ascii=True, sort_keys=True) + "\n", encoding="utf-8")
