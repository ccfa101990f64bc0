#!/bin/sh
# Surprise: a Textual screen that has been dismissed takes the next one with it when it is dismissed once more.
# Guess: the second `dismiss()` of a screen, as of a held Esc, does nothing or is an error at once.
# Seen: keys that wait in the queue of a screen are still handled once it has gone, and each `dismiss()` pops whichever
#   screen is on top then: two keys for the uppermost of three screens close two, and three close all three.
# Versions: Textual 8.2.8, Python 3.11.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check textual==8.2.8
env -i PATH=/usr/bin:/bin HOME="$folder" "$folder/venv/bin/python" - <<'PYTHON'
import asyncio
from importlib.metadata import version

from textual import events
from textual.app import App
from textual.screen import Screen


class Page(Screen):
    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss()


async def closed(keys: int) -> list[str]:
    app = App()
    async with app.run_test() as pilot:
        for name in ("first", "second", "third"):
            await app.push_screen(Page(name=name))
        top = app.screen
        for _ in range(keys):
            top.post_message(events.Key("escape", None))
        await pilot.pause()
        return [screen.name or "" for screen in app.screen_stack[1:]]


seen = [asyncio.run(closed(keys)) for keys in (1, 2, 3)]
print(f"Textual {version('textual')}: left after 1, 2 and 3 keys for the third screen: {seen}")
assert seen == [["first", "second"], ["first"], []], "a screen that has gone no longer takes the next with it"
PYTHON
