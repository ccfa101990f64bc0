"""Real git servers on loopback, for as long as a test needs them."""

from __future__ import annotations

import base64
import http.server
import os
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit


@contextmanager
def git_daemon(base: Path) -> Iterator[str]:
    """Serve the bare repos in `base` by git's own daemon; gives the address they stand under."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            subprocess.run(
                ["git", "daemon", "--inetd", "--export-all", "--enable=receive-pack", f"--base-path={base}", str(base)],
                stdin=self.request.fileno(),
                stdout=self.request.fileno(),
                stderr=subprocess.DEVNULL,
                check=False,
            )

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server, _running(server):
        yield f"git://127.0.0.1:{server.server_address[1]}"


@contextmanager
def http_backend(base: Path, login: str | None = None) -> Iterator[str]:
    """Serve the bare repos in `base` by git's own HTTP backend; with `login` (`name:password`) to nobody else."""
    wanted = login and "Basic " + base64.b64encode(login.encode()).decode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if wanted and self.headers.get("Authorization") != wanted:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="forge"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._answer(_backend(self, base, login))

        do_POST = do_GET

        def _answer(self, output: bytes) -> None:
            head, _, body = output.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n"))
            self.send_response(int(headers.pop("Status", "200").split(" ")[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, _running(server):
        yield f"http://127.0.0.1:{server.server_port}"


def _backend(request: http.server.BaseHTTPRequestHandler, base: Path, login: str | None) -> bytes:
    address = urlsplit(request.path)
    variables = {
        "GIT_PROJECT_ROOT": str(base),
        "GIT_HTTP_EXPORT_ALL": "1",
        "REMOTE_USER": (login or "anyone:").split(":")[0],
        "REMOTE_ADDR": "127.0.0.1",
        "REQUEST_METHOD": request.command,
        "PATH_INFO": address.path,
        "QUERY_STRING": address.query,
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
    }
    body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
    done = subprocess.run(
        ["git", "http-backend"], input=body, env={**os.environ, **variables}, capture_output=True, check=False
    )
    return done.stdout


@contextmanager
def _running(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
