"""Try `rea-xcom-tui serve` in a real browser: headless Chromium on the demo fleet, driven over its debugging port.

    python scripts/try_browser.py [PICTURE.png]     (needs chromium, such as Debian's package, and the extra dev)

Opens the page, reads what its terminal is sent, opens a file, edits and commits in a writable session, and quits. Ends
with exit code 1 where the page or anything on it asks for something from elsewhere, where the browser complains, or
where the screen is not what the keys should lead to. Nothing is skipped: without Chromium it ends with exit code 2.
"""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pyte

from rea_xcom_tui.samples.demo import lay_out

PATIENCE = 30.0
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
COLUMNS, LINES = 300, 120
"""As many as a page may have; what the browser asks for is taken from the address of its socket."""


class Tab:
    """One tab: what it asked for, what it complained about, and the screen of its terminal."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.ByteStream(self.screen)

    async def listen(self) -> None:
        """Take what the browser tells."""
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            else:
                self._take(told["method"], told["params"])

    def _take(self, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(told["url"])
            if size := re.search(r"width=(\d+)&height=(\d+)", told["url"]):
                self.screen.resize(int(size[2]), int(size[1]))
        elif method == "Network.webSocketFrameReceived" and told["response"]["opcode"] == 2:
            self._stream.feed(base64.b64decode(told["response"]["payloadData"]))
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(told["exceptionDetails"])[:400])
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.complaints.append(told["entry"]["text"])

    async def do(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask the browser for something."""
        number = next(self._numbers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        answer = await self._answers[number]
        if "error" in answer:
            raise SystemExit(f"{method}: {answer['error']}")
        return dict(answer["result"])

    async def evaluate(self, code: str) -> Any:
        """The value of an expression in the page."""
        return (await self.do("Runtime.evaluate", expression=code))["result"].get("value")

    async def press(self, *keys: str) -> None:
        """Press keys: single characters, or names as the browser has them."""
        codes = {"Enter": (13, "\r"), "Escape": (27, "")}
        for key in keys:
            code, text = codes.get(key, (0, key))
            event = {"key": key, "text": text, "windowsVirtualKeyCode": code}
            await self.do("Input.dispatchKeyEvent", type="keyDown", **event)
            await self.do("Input.dispatchKeyEvent", type="keyUp", **event)

    @property
    def text(self) -> str:
        """What its terminal shows."""
        return "\n".join(self.screen.display)

    async def see(self, text: str) -> None:
        """Wait until something is on the screen."""
        try:
            async with asyncio.timeout(PATIENCE):
                while text not in self.text:
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise SystemExit(f"not on the screen after {PATIENCE:.0f} s: {text}\n{self.text}") from None

    async def open(self, address: str) -> None:
        """Go to a page, and forget what the one before has shown."""
        self.screen.reset()
        await self.do("Page.navigate", url=address)

    async def wait_for(self, code: str) -> None:
        """Wait until an expression is true in the page."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not await self.evaluate(code):
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise SystemExit(f"not so after {PATIENCE:.0f} s: {code}\n{self.text}") from None


@asynccontextmanager
async def serving(repo: Path, environment: dict[str, str], *options: str) -> AsyncIterator[str]:
    """The address that the server has printed, while it runs."""
    command = [sys.executable, "-m", "rea_xcom_tui", "-C", str(repo), "serve", "--port", "0", *options]
    server = await asyncio.create_subprocess_exec(*command, env=environment, stdout=subprocess.PIPE)
    assert server.stdout is not None
    try:
        yield (await server.stdout.readline()).decode().strip()
    finally:
        server.terminate()
        await server.wait()


@asynccontextmanager
async def browsing(program: str, profile: Path) -> AsyncIterator[Tab]:
    """A tab of a headless browser with a profile of its own."""
    options = ["--headless=new", "--remote-debugging-port=0", f"--user-data-dir={profile}", "--window-size=1280,800",
               "--no-first-run", "--disable-background-networking", "--disable-gpu",
               "--enable-unsafe-swiftshader"]  # fmt: skip
    options += ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = await asyncio.create_subprocess_exec(
        program, *options, "about:blank", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert browser.stderr is not None
    try:
        async with asyncio.timeout(PATIENCE):
            while not (found := re.search(rb"ws://(\S+?)/", await browser.stderr.readline())):
                pass
        async with aiohttp.ClientSession() as session:
            tabs = await (await session.get(f"http://{found[1].decode()}/json")).json()
            page = next(tab for tab in tabs if tab["type"] == "page")
            async with session.ws_connect(page["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                tab = Tab(socket)
                listening = asyncio.create_task(tab.listen())
                for domain in ("Network", "Page", "Runtime", "Log"):
                    await tab.do(f"{domain}.enable")
                yield tab
                listening.cancel()
    finally:
        browser.kill()
        await browser.wait()


def elsewhere(addresses: Sequence[str]) -> list[str]:
    """Those that lead away from this machine."""
    return [one for one in addresses if urlsplit(one).scheme != "data" and urlsplit(one).hostname != "127.0.0.1"]


async def look(tab: Tab, address: str, picture: Path | None) -> None:
    """A read-only session: the fleet, a file, no edit, the end."""
    await tab.open(address)
    await tab.see("read-only")
    await tab.see("attribution")
    await tab.press("Enter")
    await tab.see("values.yaml")
    await tab.see("resourceNamePrefix:")
    if picture is not None:
        await asyncio.sleep(1)  # the picture is drawn after the page has got it
        shot = await tab.do("Page.captureScreenshot", format="png")
        picture.write_bytes(base64.b64decode(shot["data"]))
        print(picture)
    await tab.press("e", "Escape")
    await tab.see("deployments")
    await tab.press("q")
    await tab.wait_for("document.body.classList.contains('-closed')")


async def change(tab: Tab, address: str, repo: Path) -> None:
    """A writable session: an edit is committed."""
    before = _git(repo, "rev-list", "--count", "HEAD")
    await tab.open(address)
    await tab.see("deployments")
    await tab.see("prod")
    await tab.press(":")
    await tab.see("Tab complete")
    await tab.press(*"set threshold=4242", "Enter")
    await tab.see("u takes it back")
    await tab.press("c")
    await tab.see("Only these files are committed")
    await tab.press("Enter")
    await tab.see("Committed")
    if int(_git(repo, "rev-list", "--count", "HEAD")) != int(before) + 1:
        raise SystemExit("the commit that the screen tells of is not in the repo")
    if "key=" in str(await tab.evaluate("location.href")):
        raise SystemExit("the key has stayed in the address")
    await tab.press("q")
    await tab.wait_for("document.body.classList.contains('-closed')")


def _git(repo: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(repo), *arguments], check=True, capture_output=True, text=True).stdout


async def run(program: str, picture: Path | None) -> int:
    """Everything in one browser; the exit code."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        repo = lay_out("mixed-monorepo", folder / "gitops-platform")
        environment = {**os.environ, "HOME": temporary, "XDG_STATE_HOME": f"{temporary}/s", "XDG_CACHE_HOME": temporary}
        async with browsing(program, folder / "profile") as tab:
            async with serving(repo, environment) as address:
                await look(tab, address, picture)
            async with serving(repo, environment, "--writable") as address:
                await change(tab, address, repo)
            away = elsewhere(tab.requests)
            print(f"{len(tab.requests)} requests, {len(away)} to elsewhere; {len(tab.complaints)} complaints")
            for line in (*away, *tab.complaints):
                print(f"  {line}")
            return 1 if away or tab.complaints else 0


def main() -> int:
    """Find the browser and run."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        print("no chromium on the PATH", file=sys.stderr)
        return 2
    return asyncio.run(run(program, Path(sys.argv[1]) if len(sys.argv) > 1 else None))


if __name__ == "__main__":
    sys.exit(main())
