"""The terminal UI in a browser of this machine: textual-serve's server, closed to everybody else.

textual-serve is made for apps that may be shown to others, and its own page fetches a font from Google (seen in 1.1.3).
So the page is ours and loads what the package has with it, and forbids the browser to load anything else; requests have
to be made to this machine by name, and those that a page makes have to come from this one.
"""

from __future__ import annotations

import asyncio
import hmac
import os
import secrets
import shlex
import signal
import socket
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from string import Template

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager
from textual_serve.server import Server

LOOPBACK = "127.0.0.1"
NAMES = frozenset((LOOPBACK, "localhost"))
"""What this machine may be called by a request. Other names could be made to lead here by whoever owns them."""

_PAGE = Path(__file__).with_name("browser.html")
_FONT_SIZES = range(6, 41)
_PATIENCE = 5.0
"""Seconds that sessions have to end in when the server ends."""

_LARGEST = range(10, 1001)
"""How many columns or lines a page may have."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Session(AppService):
    """One run of the app for one tab, without a shell in between, which is over once its process is."""

    def __init__(self, command: Sequence[str], socket: web.WebSocketResponse, downloads: DownloadManager) -> None:
        super().__init__(
            shlex.join(command),
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=socket.close,  # type: ignore[arg-type]  # what it returns is not looked at
            download_manager=downloads,
        )
        self._words = command

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        environment = self._build_environment(width, height)
        process = await create_subprocess_exec(*self._words, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment)
        self._process, self._stdin = process, process.stdin
        return process

    async def stop(self) -> None:
        """Ask the app to end, and see that it does."""
        process = self._process
        try:
            async with asyncio.timeout(_PATIENCE):
                await super().stop()
                if process is not None:
                    await process.wait()
        except TimeoutError:
            if process is not None and process.returncode is None:
                process.kill()
                await process.wait()


class BrowserServer(Server):
    """Serves sessions of one command, each in a process of its own, on a listening socket of the loopback address.

    With `writable`, who has not been given the address with its key is turned away: others who use this machine could
    else write to the repo.
    """

    def __init__(self, command: Sequence[str], listening: socket.socket, *, writable: bool) -> None:
        port = listening.getsockname()[1]
        super().__init__(shlex.join(command), LOOPBACK, port, "rea-xcom-tui")
        self._words = command
        self._listening = listening
        self._writable = writable
        self._key = secrets.token_urlsafe(24) if writable else ""
        self._sessions: set[asyncio.Task[object]] = set()

    @property
    def _cookie(self) -> str:
        """The cookie with the key; a browser sends those of one port to all others of the machine."""
        return f"rea-xcom-tui-{self.port}"

    @property
    def address(self) -> str:
        """What is to be opened in the browser."""
        return f"http://{LOOPBACK}:{self.port}/" + (f"?key={self._key}" if self._key else "")

    def serve(self, debug: bool = False) -> None:
        """Serve until Ctrl+C, or a signal to end, and end all sessions then."""
        loop = asyncio.new_event_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, self.request_exit)
        web.run_app(
            self._make_app(),
            sock=self._listening,
            handle_signals=False,
            loop=loop,
            print=lambda *_: None,
            access_log=None,
            shutdown_timeout=_PATIENCE,
        )

    async def _make_app(self) -> web.Application:
        app = await super()._make_app()
        app.middlewares.append(self._guard)
        return app

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing; the command has printed the address."""

    async def on_shutdown(self, app: web.Application) -> None:
        """End the sessions."""
        running = [*self._sessions]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """One session, from the first frame to the last."""
        socket = web.WebSocketResponse(heartbeat=15)
        await socket.prepare(request)
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        session = Session(self._words, socket, self.download_manager)
        try:
            await session.start(_cells(request, "width", 80), _cells(request, "height", 24))
            await self._process_messages(socket, session)
        except (ValueError, LookupError, TypeError, AssertionError):
            await socket.close(code=1007, message=b"not understood")  # what no page of ours sends
        finally:
            await session.stop()
            self._sessions.discard(task)
        return socket

    async def handle_index(self, request: web.Request) -> web.Response:
        """The page, in a font size that `?fontsize=` may name."""
        if "key" in request.query:
            # The key goes into a cookie, so that it does not stay in the address, the history and on the screen.
            moved = web.HTTPSeeOther("/")
            moved.set_cookie(self._cookie, request.query["key"], httponly=True, samesite="Strict", path="/")
            raise moved
        size = request.query.get("fontsize", "")
        nonce = secrets.token_urlsafe(16)
        page = Template(_PAGE.read_text(encoding="utf-8")).substitute(
            title=self.title,
            socket=f"ws://{request.host}/ws",
            font_size=size if size.isdecimal() and int(size) in _FONT_SIZES else "16",
            writable="true" if self._writable else "false",
            nonce=nonce,
        )
        response = web.Response(text=page, content_type="text/html")
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
            f"font-src 'self'; img-src 'self' data:; connect-src 'self' ws://{request.host}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )
        return response

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if why := self._closed_to(request):
            return web.Response(status=403, text=f"{why}\n")
        response = await handler(request)
        if not response.prepared:
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _closed_to(self, request: web.Request) -> str:
        """Why a request is turned away, in a sentence; empty where it is not."""
        name = request.host.rpartition(":")[0] or request.host
        if name not in NAMES:
            return f"This server answers to {LOOPBACK} and localhost alone."
        origin = request.headers.get("Origin")
        if origin is not None and origin != f"http://{request.host}":
            return "This server accepts no requests from other pages."
        if self._key and not request.path.startswith("/static/"):
            given = request.query.get("key") or request.cookies.get(self._cookie, "")
            if not hmac.compare_digest(given.encode(), self._key.encode()):
                return "This address lacks its key: open the one that `serve` printed."
        return ""


def _cells(request: web.Request, name: str, usual: int) -> int:
    """The size that a page asks for."""
    text = request.query.get(name, "")
    return int(text) if text.isdecimal() and int(text) in _LARGEST else usual


def listen(port: int) -> socket.socket:
    """A socket that listens on the loopback address; port 0 is any free one. Raises `OSError` where it is taken."""
    listening = socket.create_server((LOOPBACK, port))
    os.set_inheritable(listening.fileno(), False)
    return listening
