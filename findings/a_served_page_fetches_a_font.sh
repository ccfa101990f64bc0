#!/bin/sh
# Surprise: the page on which textual-serve shows a local app asks Google for a font.
# Guess: all that it needs comes with the package, whose static files have this very font; a page on localhost then works
#   without the internet and tells nobody that it is open.
# Seen: it links fonts.googleapis.com, and uses neither of the two font files beside it.
# Versions: textual-serve 1.1.3, Textual 8.2.8, Python 3.11.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/pip" install -q --disable-pip-version-check textual-serve==1.1.3 textual==8.2.8
"$work/venv/bin/python" - <<'PYTHON'
import asyncio
import re
from importlib.resources import files

from aiohttp.test_utils import TestClient, TestServer
from textual_serve.server import Server


async def page() -> str:
    app = await Server("true")._make_app()
    async with TestClient(TestServer(app)) as client:
        return await (await client.get("/")).text()


fonts = sorted(one.name for one in (files("textual_serve") / "static" / "fonts").iterdir())
named = re.findall(r'(?:href|src)="(https?://[^"/]+)', asyncio.run(page()))
away = [one for one in named if "localhost" not in one]
print("fonts in the package:", *fonts)
print("other hosts that the page asks:", *away)
assert away == ["https://fonts.googleapis.com"], away
assert any("RobotoMono" in font for font in fonts), fonts
PYTHON
