"""Runs inside a venv that has Airflow: answers questions, each in a forked child of its own.

    python -m airflow_truth.probe QUESTIONS.json ANSWERS.json STATE

STATE is what the process looks like before a question: `plain`, `provider_defaults` (the providers' own default
settings are loaded, as the airflow command does), `optional_packages_missing` (no lz4, zstandard, snappy), or
`fresh` (nothing is imported beyond Airflow itself: the state in which a backend's class is resolved).

Forking after the imports is fast, and gives every question caches, configuration and stores nobody has touched.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import PackageNotFoundError, version
from types import ModuleType
from typing import Any

_ORDINARY_USER = 65534
_SECONDS_A_QUESTION = 600
_OPTIONAL_PACKAGES = ("lz4", "zstandard", "snappy", "cramjam", "isal", "zipfile_zstd")
_REPORTED_PACKAGES = (
    "adlfs", "apache-airflow", "apache-airflow-core", "apache-airflow-task-sdk", "apache-airflow-providers-amazon",
    "apache-airflow-providers-common-compat", "apache-airflow-providers-common-io", "apache-airflow-providers-google",
    "apache-airflow-providers-microsoft-azure", "fsspec", "gcsfs", "lz4", "python-snappy", "s3fs", "universal-pathlib",
    "zstandard",
)  # fmt: skip
_CUSTOM_BACKEND = """
from airflow.sdk.bases.xcom import BaseXCom

class Custom(BaseXCom):
    pass

class Nested:
    class Inner(BaseXCom):
        pass

def function():
    return Custom

Nothing = None
"""


class _Missing(MetaPathFinder):
    """Makes the optional compression packages look as if they were not installed."""

    def find_spec(self, name: str, path: object = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Refuse those packages; leave the others to the next finder."""
        if name.partition(".")[0] in _OPTIONAL_PACKAGES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def _set_environment(env: Mapping[str, str], folder: str) -> None:
    """Leave nothing in the environment but what a question says and what keeps Airflow small and off the network."""
    fixed = {
        "AIRFLOW_HOME": f"{folder}/airflow", "HOME": f"{folder}/home", "PATH": "/usr/bin:/bin", "TZ": "UTC",
        "AWS_EC2_METADATA_DISABLED": "true", "NO_GCE_CHECK": "true", "LANG": "C.UTF-8",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
    }  # fmt: skip
    os.environ.clear()
    os.environ.update(fixed)
    os.environ.update({name: value.replace("<TMP>", folder) for name, value in env.items()})


class _Token(BaseHTTPRequestHandler):
    """Gives every caller a token: some versions of the Google provider want one before they build a store."""

    def do_POST(self) -> None:
        """Answer a token request."""
        body = b'{"access_token": "made-up", "expires_in": 3600, "token_type": "Bearer"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""


class _Supervisor:
    """Stands for the process that a task asks for what its own environment lacks: it knows no connection."""

    def __init__(self, task_sdk: ModuleType, error: object) -> None:
        self._question = task_sdk.GetConnection
        self._error = error
        self._asked: object = None

    def send(self, message: object) -> object:
        """Answer a message (Airflow 3.1 and later)."""
        return self._error if isinstance(message, self._question) else None

    def send_request(self, _log: object, message: object) -> None:
        """Take a message (Airflow 3.0)."""
        self._asked = message

    def get_message(self) -> object:
        """Answer the message taken before (Airflow 3.0)."""
        return self.send(self._asked)


@contextmanager
def _token_server() -> Iterator[str]:
    """Serve tokens on this machine, in a child of its own; yields the address."""
    server = HTTPServer(("127.0.0.1", 0), _Token)
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        server.serve_forever()
    server.server_close()
    try:
        yield f"http://127.0.0.1:{server.server_port}/token"
    finally:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)


def _make_google_key(token_uri: str) -> str:
    """A well-formed key file of a service account that does not exist."""
    rsa = importlib.import_module("cryptography.hazmat.primitives.asymmetric.rsa")
    form = importlib.import_module("cryptography.hazmat.primitives.serialization")
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode()
    return json.dumps({
        "type": "service_account", "project_id": "ambient", "private_key_id": "made-up", "private_key": text,
        "client_email": "made-up@ambient.iam.gserviceaccount.com", "token_uri": token_uri,
    })  # fmt: skip


def _start_supervisor() -> None:
    """Make this process look like a task's, which has a supervisor to talk to."""
    comms = importlib.import_module("airflow.sdk.execution_time.comms")
    kind = importlib.import_module("airflow.sdk.exceptions").ErrorType.CONNECTION_NOT_FOUND
    runner: Any = importlib.import_module("airflow.sdk.execution_time.task_runner")
    runner.SUPERVISOR_COMMS = _Supervisor(comms, comms.ErrorResponse(error=kind, detail={}))


def _warm_up(state: str, folder: str) -> None:
    """Import everything once, so that children start from loaded modules and untouched caches."""
    if state == "optional_packages_missing":
        sys.meta_path.insert(0, _Missing())
    _set_environment({}, folder)
    warnings.simplefilter("ignore")
    importlib.import_module("logging").disable(50)
    for name in ("airflow", "airflow.configuration", "airflow.sdk"):
        importlib.import_module(name)
    if state == "fresh":
        return
    for name in (
        "airflow.providers.common.io.xcom.backend", "bz2", "lzma",
        "zipfile", "s3fs", "adlfs", "gcsfs", "airflow.providers.amazon.aws.fs.s3",
        "airflow.providers.microsoft.azure.fs.adls", "airflow.providers.google.cloud.fs.gcs",
    ):  # fmt: skip
        importlib.import_module(name)
    _start_supervisor()
    # the first file written by a process finds the providers' filesystems and loads plugins, which takes long
    with importlib.import_module("airflow.sdk").ObjectStoragePath(f"file://{folder}/warm").open("wb") as file:
        file.write(b"")
    importlib.import_module("airflow.sdk.io.store")._STORE_CACHE.clear()
    if state == "provider_defaults":
        importlib.import_module("airflow.providers_manager").ProvidersManager().initialize_providers_configuration()


def _lay_out(folder: str, google_key: str) -> None:
    """Make the folders and files that questions speak of, and go there."""
    for name in ("home", "cwd", "airflow", "modules"):
        os.mkdir(f"{folder}/{name}")
        os.chmod(f"{folder}/{name}", 0o777)
    for path, text in (
        ("modules/truth_custom.py", _CUSTOM_BACKEND),
        ("modules/truth_broken.py", "import truth_missing_dependency\n"),
        ("google.json", google_key),
    ):
        with open(f"{folder}/{path}", "w", encoding="utf-8") as file:
            file.write(text)
    sys.path.insert(0, f"{folder}/modules")
    os.chdir(f"{folder}/cwd")


def _answer(question: dict[str, object], folder: str, google_key: str) -> object:
    """Answer one question in this process, which is spoilt for another one afterwards."""
    probes = importlib.import_module("airflow_truth.probes")
    _lay_out(folder, google_key)
    env = question["env"]
    assert isinstance(env, dict)
    _set_environment(env, folder)
    if os.getuid() == 0:  # a container of the agent does not run as root, and / must stay as it is
        os.setgroups([])
        os.setgid(_ORDINARY_USER)
        os.setuid(_ORDINARY_USER)
        if not os.access(str(json.__file__), os.R_OK):
            raise PermissionError(f"an ordinary user cannot read this Python ({json.__file__}): use another one")
    return probes.answer(question, folder)


def in_child(work: Callable[[], object]) -> object:
    """Run `work` in a forked child, with its output thrown away, and return its result as plain data."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        signal.alarm(_SECONDS_A_QUESTION)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        if "AIRFLOW_TRUTH_DEBUG" not in os.environ:
            os.dup2(nowhere, 2)
        code = 1
        try:
            with os.fdopen(writer, "w", encoding="utf-8") as pipe:
                json.dump(work(), pipe)
            code = 0
        finally:
            os._exit(code)
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        text = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        raise RuntimeError(f"the child that answers a question ended with status {status}: {text[:200]}")
    return json.loads(text)


def _ask(question: dict[str, object], google_key: str) -> object:
    """Answer one question in a folder and a child of its own."""
    folder = tempfile.mkdtemp(prefix="airflow-truth-")
    os.chmod(folder, 0o777)
    try:
        return in_child(lambda: _answer(question, folder, google_key))
    except RuntimeError as error:
        raise RuntimeError(f"{error}: {json.dumps(question)}") from None
    finally:
        shutil.rmtree(folder)


def _packages() -> dict[str, str]:
    found = {}
    for name in _REPORTED_PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def main(questions_file: str, answers_file: str, state: str) -> None:
    """Answer every question of a file and write the answers, in the same order, with the packages' versions."""
    with open(questions_file, encoding="utf-8") as file:
        questions = json.load(file)
    home = tempfile.mkdtemp(prefix="airflow-truth-")
    try:
        os.chmod(home, 0o777)
        with _token_server() as token_uri:
            _warm_up(state, home)
            importlib.import_module("airflow_truth.probes")
            google_key = _make_google_key(token_uri)
            gc.freeze()  # or each child's first collection copies every page of the parent
            answers = [_ask(question, google_key) for question in questions]
    finally:
        shutil.rmtree(home)
    with open(answers_file, "w", encoding="utf-8") as file:
        json.dump({"packages": _packages(), "python": sys.version.split()[0], "answers": answers}, file)


if __name__ == "__main__":
    main(*sys.argv[1:])
