"""Starts and stops the stores: moto's server, Azurite (also over TLS), and a GCS emulator, on loopback."""

from __future__ import annotations

import contextlib
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from scripts.store_truth.rows import (
    ALIAS_BUCKET,
    AZURE_PORT,
    AZURE_STRING,
    AZURE_TLS_PORT,
    BUCKET,
    GCS_PORT,
    S3_PORT,
)

PYTHON_PACKAGES = ("moto[server,s3]==5.2.5", "gcp-storage-emulator==2026.7.19", "azure-storage-blob")
NPM_PACKAGE = "azurite@3.37.0"
_START = 300
_GRACE = 10.0
"""How long a server may take to end once it was asked to, in seconds."""

_CONTAINER = (
    "import sys; from azure.storage.blob import BlobServiceClient as C; "
    "C.from_connection_string(sys.stdin.read()).create_container(sys.argv[1])"
)


def install(work: Path) -> Path:
    """Install the stores' programs below `work`, where they are missing; returns the folder of Python's programs."""
    programs = work / "stores" / "bin"
    if not (programs / "moto_server").exists():
        subprocess.run([sys.executable, "-m", "venv", work / "stores"], check=True)
        subprocess.run([programs / "python", "-m", "pip", "install", "--quiet", *PYTHON_PACKAGES], check=True)
    if not (work / "node_modules" / ".bin" / "azurite-blob").exists():
        subprocess.run(["npm", "install", "--silent", "--prefix", work, NPM_PACKAGE], check=True)
    return programs


@contextlib.contextmanager
def running(work: Path) -> Iterator[None]:
    """The three stores with the bucket `BUCKET` in each, all in memory; Azure's a second time, over TLS."""
    programs = install(work)
    azurite: list[str | Path] = [work / "node_modules/.bin/azurite-blob", "--silent", "--inMemoryPersistence"]
    # Nothing is told to its makers: without a network, what it tells at its end would keep it from ending, too.
    azurite += ["--skipApiVersionCheck", "--disableTelemetry", "--blobHost", "127.0.0.1", "--blobPort"]
    certificate, key = certificate_of(work)
    commands: tuple[list[str | Path], ...] = (
        [programs / "moto_server", "-H", "127.0.0.1", "-p", str(S3_PORT)],
        [*azurite, str(AZURE_PORT)],
        [*azurite, str(AZURE_TLS_PORT), "--cert", certificate, "--key", key],
        [programs / "gcp-storage-emulator", "start", "--host", "127.0.0.1", "--port", str(GCS_PORT), "--in-memory"],
    )  # fmt: skip
    with contextlib.ExitStack() as stack:
        log = stack.enter_context((work / "stores.log").open("wb"))
        servers: list[subprocess.Popen[bytes]] = []
        stack.callback(end, servers)
        for command in commands:
            servers.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        for address in (f"http://127.0.0.1:{port}" for port in (S3_PORT, AZURE_PORT, GCS_PORT)):
            _wait(address)
        _wait(f"https://127.0.0.1:{AZURE_TLS_PORT}", ssl.create_default_context(cafile=str(certificate)))
        for bucket in (BUCKET, ALIAS_BUCKET):
            _call("PUT", f"http://127.0.0.1:{S3_PORT}/{bucket}")
        _call("POST", f"http://127.0.0.1:{GCS_PORT}/storage/v1/b?project=p", f'{{"name": "{BUCKET}"}}')
        over_tls = AZURE_STRING.replace(f"http://127.0.0.1:{AZURE_PORT}", f"https://127.0.0.1:{AZURE_TLS_PORT}")
        for account in (AZURE_STRING, over_tls):
            trusting = {**os.environ, "REQUESTS_CA_BUNDLE": str(certificate)}
            subprocess.run(
                [programs / "python", "-c", _CONTAINER, BUCKET], input=account, text=True, check=True, env=trusting
            )
        yield


def end(servers: Iterable[subprocess.Popen[Any]], grace: float = _GRACE) -> None:
    """End servers that were started here: they are asked to, all at once, and killed where they have not after `grace`
    seconds. Azurite, for one, waits for ever where a connection to it is still open."""
    running = [server for server in servers if server.poll() is None]
    for server in running:
        server.terminate()
    latest = time.monotonic() + grace
    for server in running:
        try:
            server.wait(max(0.0, latest - time.monotonic()))
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def certificate_of(work: Path) -> tuple[Path, Path]:
    """A certificate that signs itself, for 127.0.0.1, and its key; made where it is missing."""
    certificate, key = work / "azurite.pem", work / "azurite.key"
    if not certificate.exists():
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "3650", "-subj", "/CN=127.0.0.1",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
    return certificate, key


def _call(method: str, url: str, body: str = "") -> None:
    head = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(url, data=body.encode(), method=method, headers=head)
    urllib.request.urlopen(request, timeout=10).close()


def _wait(address: str, context: ssl.SSLContext | None = None) -> None:
    """Wait until a store answers, whatever it says."""
    end = time.monotonic() + _START
    while True:
        try:
            urllib.request.urlopen(address, timeout=2, context=context).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return
