"""A small package with the interface of Airflow that a probe uses, and a folder for a store, for probes to run on.

Faults are asked for in the deployment's own settings (`STAND_IN_FAULT`), so that what arrives there is tested too.
"""

from __future__ import annotations

from pathlib import Path

_CONFIGURATION = """
import importlib, os

class Conf:
    def getimport(self, section, key):
        name = os.environ["AIRFLOW__CORE__XCOM_BACKEND"]
        module, _, attribute = name.rpartition(".")
        return getattr(importlib.import_module(module), attribute)

conf = Conf()
"""
_SDK = """
import os, shutil
from pathlib import Path

STORE = Path(os.environ["STAND_IN_STORE"])

class Files:
    def info(self, bucket):
        if not (STORE / bucket).is_dir():
            raise FileNotFoundError(bucket)
    def find(self, place):
        return [str(f.relative_to(STORE)) for f in (STORE / place).rglob("*") if f.is_file()]
    def rm(self, name):
        (STORE / name).unlink()

class ObjectStoragePath:
    fs = Files()
    def __init__(self, text):
        self.text = text
        self.scheme, _, rest = text.partition("://")
        self.conn_id, _, self.path = rest.rpartition("@")
        self.bucket, _, self.key = self.path.partition("/")
    def __truediv__(self, name):
        return ObjectStoragePath(f"{self.text}/{name}")
    def exists(self):
        return (STORE / self.path).exists()
    def stat(self):
        return (STORE / self.path).stat()
"""
_STORE = """
import os

def get_fs(conn_id, storage_options=None):
    if os.environ.get("STAND_IN_FAULT") == "connection":
        raise ValueError("cannot sign with " + os.environ["AIRFLOW_CONN_STORE"])
"""
_BACKEND = """
import json, os, signal
from airflow.sdk import STORE, ObjectStoragePath

IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
FAULT = os.environ.get("STAND_IN_FAULT")

class XComObjectStorageBackend:
    @staticmethod
    def _get_full_path(address):
        return ObjectStoragePath(address)
    @staticmethod
    def serialize_value(value, *, key, dag_id, run_id, task_id, map_index):
        print("log of a task")
        text = json.dumps(value)
        threshold = int(os.environ.get(IO + "THRESHOLD", "-1"))
        if FAULT == "elsewhere" or threshold < 0 or len(text) < threshold:
            return value
        if FAULT == "denied":
            try:
                raise OSError("403 AccessDenied for " + json.loads(os.environ["AIRFLOW_CONN_STORE"])["password"])
            except OSError as error:
                raise PermissionError("no") from error
        if FAULT == "exit":
            os._exit(9)
        address = ObjectStoragePath(os.environ[IO + "PATH"]) / dag_id / run_id / task_id / str(len(text))
        file = STORE / address.path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        if FAULT == "hangs":
            if "STAND_IN_FIFO" in os.environ:
                open(os.environ["STAND_IN_FIFO"], "w").close()
            while True:
                signal.pause()
        return address.text
    @staticmethod
    def deserialize_value(row):
        if FAULT == "garbles" or "://" not in row.value:
            return row.value
        return json.loads((STORE / ObjectStoragePath(row.value).path).read_text())
    @staticmethod
    def purge(row):
        if "://" in row.value and FAULT != "keeps":
            (STORE / ObjectStoragePath(row.value).path).unlink(missing_ok=True)
"""


def lay_out(root: Path, store: Path, version: str = "3.3.2") -> None:
    """Make the package in `root` and a store with the bucket `bkt`."""
    files = {
        "airflow/__init__.py": "",
        "airflow/configuration.py": _CONFIGURATION,
        "airflow/sdk/__init__.py": _SDK,
        "airflow/providers/amazon/aws/fs/s3.py": _STORE,
        "airflow/providers/common/io/xcom/backend.py": _BACKEND,
        f"apache_airflow-{version}.dist-info/METADATA": f"Name: apache-airflow\nVersion: {version}\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (store / "bkt").mkdir(parents=True)
