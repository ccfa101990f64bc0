"""`serve`: who is answered, what the page loads, and a session. `scripts/try_browser.py` tries it in a real browser."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from aiohttp import ClientSession, ClientWSTimeout, CookieJar, WSMsgType, WSServerHandshakeError
from aiohttp.web import AppRunner, SockSite

from rea_xcom_tui.cli.browser import BrowserServer, listen
from tests.cli.run import Cli
from tests.work import make_work, values

SESSION = (sys.executable, "-m", "rea_xcom_tui", "--read-only", "open", "--browser")


@asynccontextmanager
async def serving(*command: str, writable: bool = False) -> AsyncIterator[tuple[BrowserServer, ClientSession]]:
    """A server of this process, as the command runs it, and a browser's cookies for it."""
    server = BrowserServer(command, listen(0), writable=writable)
    runner = AppRunner(await server._make_app(), shutdown_timeout=5)
    await runner.setup()
    await SockSite(runner, server._listening).start()
    try:
        async with ClientSession(
            f"http://127.0.0.1:{server.port}", cookie_jar=CookieJar(unsafe=True), timeout=None
        ) as browser:
            yield server, browser
    finally:
        await runner.cleanup()


async def test_the_page_and_all_that_it_names_come_from_this_server_and_nobody_else_is_answered() -> None:
    async with serving("true") as (server, browser):
        here = f"127.0.0.1:{server.port}"
        assert server.address == f"http://{here}/"
        answer = await browser.get("/?fontsize=20")
        page = await answer.text()
        assert 'data-font-size="20"' in page
        assert re.findall(r"(?:https?|wss?)://([^/\"]*)", page) == [here]
        named = re.findall(r'(?:\bsrc|\bhref|url)\s*[=(]\s*"([^"]*)"', page)
        assert len(named) == 8
        for one in named:
            assert urlsplit(one).netloc in ("", here), one
            if one.startswith("/"):
                assert (await browser.get(one)).status == 200, one
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert re.findall(r"(?:https?|wss?)://([^; ]+)", policy) == [here]
        other = f"127.0.0.1:{server.port + 1}"
        assert (await browser.get("/", headers={"Host": f"localhost:{server.port}"})).status == 200
        for headers in ({"Host": "evil.example"}, {"Host": f"evil.example:{server.port}"}, {"Origin": "null"},
                        {"Origin": "http://evil.example"}, {"Origin": f"http://{other}"}):  # fmt: skip
            for path in ("/", "/ws", "/static/js/textual.js"):
                assert (await browser.get(path, headers=headers)).status == 403, (headers, path)


async def test_writing_needs_the_key_which_does_not_stay_in_the_address() -> None:
    async with serving("true", writable=True) as (server, browser):
        key = urlsplit(server.address).query.removeprefix("key=")
        assert len(key) >= 32
        for path in ("/", "/?key=wrong", "/ws"):
            assert (await browser.get(path)).status == 403, path
        with pytest.raises(WSServerHandshakeError):
            await browser.ws_connect("/ws")
        moved = await browser.get(f"/?key={key}", allow_redirects=False)
        assert (moved.status, moved.headers["Location"]) == (303, "/")
        assert {"HttpOnly", "SameSite=Strict"} <= set(moved.headers["Set-Cookie"].split("; "))
        assert key not in await (await browser.get("/")).text()
        await (await browser.ws_connect("/ws")).close()


async def test_a_session_shows_the_fleet_and_ends_with_its_tab(tmp_path: Path) -> None:
    root = make_work(tmp_path / "fleet", {"clusters/prod/etl/values.yaml": values("etl", threshold="0")}).root
    async with serving(*SESSION, str(root)) as (_, browser):
        socket = await browser.ws_connect("/ws?width=120&height=40", timeout=ClientWSTimeout(ws_close=20))
        sent = ""
        while not ("Nothing can be edited or written" in sent and "1 deployment" in sent):
            message = await socket.receive(30)
            assert message.type in (WSMsgType.BINARY, WSMsgType.TEXT), sent
            sent += message.data.decode() if message.type == WSMsgType.BINARY else ""
        await socket.send_json(["stdin", "q"])
        while (await socket.receive(30)).type in (WSMsgType.BINARY, WSMsgType.TEXT):
            pass
        assert socket.closed


def test_what_cannot_be_served_is_said_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = Cli(capsys, make_work(tmp_path / "fleet", {"x.yaml": "a: 1\n"}).root)
    with listen(0) as other:
        taken = cli("serve", "--port", str(other.getsockname()[1]))
    assert (taken.code, taken.err.count("\n")) == (2, 1)
    assert "is taken; choose another with --port" in taken.err
    assert cli("--read-only", "serve", "--writable").code == 2
    assert "is not in a git repo" in Cli(capsys, tmp_path)("serve").err
    monkeypatch.setitem(sys.modules, "textual_serve.server", None)
    monkeypatch.delitem(sys.modules, "rea_xcom_tui.cli.browser", raising=False)
    assert "install rea-xcom-tui[serve]" in cli("serve").err
