"""A Python that has Airflow imported already: each probe is a forked child of it, so that hundreds take minutes.

    python warm.py serve SOCKET     runs in a venv that has Airflow, until it is ended
    python warm.py run SOCKET ...   stands for that venv's `python`: its arguments, environment and pipes go there

Only imports are shared; every child has caches, configuration and stores that nobody has touched. Standard Python.
"""

from __future__ import annotations

import importlib
import json
import os
import signal
import socket
import sys
import tempfile
from typing import NoReturn

_MODULES = (
    "airflow", "airflow.configuration", "airflow.sdk", "airflow.providers.common.io.xcom.backend", "s3fs", "adlfs",
    "gcsfs", "airflow.providers.amazon.aws.fs.s3", "airflow.providers.amazon.aws.hooks.base_aws",
    "airflow.providers.microsoft.azure.fs.adls", "airflow.providers.google.cloud.fs.gcs",
    "airflow.sdk.execution_time.comms", "airflow.sdk.execution_time.task_runner",
)  # fmt: skip
_LARGEST = 1 << 20


def serve(path: str) -> NoReturn:
    """Import everything, then answer each caller in a child."""
    with tempfile.TemporaryDirectory() as home:
        os.environ["AIRFLOW_HOME"] = home
        for name in _MODULES:
            importlib.import_module(name)
        # The first file that is written finds the providers' file systems, which takes long.
        with importlib.import_module("airflow.sdk").ObjectStoragePath(f"file://{home}/warm").open("wb") as file:
            file.write(b"")
        importlib.import_module("airflow.sdk.io.store")._STORE_CACHE.clear()
        server = socket.socket(socket.AF_UNIX)
        server.bind(path)
        server.listen(64)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        while True:
            caller, _ = server.accept()
            if os.fork() == 0:
                server.close()
                _answer(caller)
            caller.close()


def _answer(caller: socket.socket) -> NoReturn:
    """Run what the caller asks for in a child of this child, and tell its exit code."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, pipes, _, _ = socket.recv_fds(caller, _LARGEST, 3)
    asked = json.loads(text)
    child = os.fork()
    if child == 0:
        caller.close()
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
            os.close(pipe)
        os.environ.clear()
        os.environ.update(asked["env"])
        sys.stdin = os.fdopen(0, encoding="utf-8")
        code = 1
        try:
            exec(asked["code"], {"__name__": "__main__"})
            code = 0
        finally:
            os._exit(code)
    for pipe in pipes:
        os.close(pipe)
    _, status = os.waitpid(child, 0)
    caller.sendall(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def run(path: str, arguments: list[str]) -> int:
    """Hand arguments, environment and pipes over; return the exit code."""
    code = arguments[arguments.index("-c") + 1]
    with socket.socket(socket.AF_UNIX) as server:
        server.connect(path)
        socket.send_fds(server, [json.dumps({"code": code, "env": dict(os.environ)}).encode()], [0, 1, 2])
        return abs(int(server.recv(64) or b"1"))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(sys.argv[2])
    sys.exit(run(sys.argv[2], sys.argv[3:]))
