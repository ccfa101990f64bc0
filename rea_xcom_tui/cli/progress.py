"""A word on stderr for whatever lasts: what is being done, and how far it is where that is known."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 1.0
"""Seconds before anything is said: most work is done by then."""

_ON_A_TERMINAL = 0.2
_IN_A_LOG = 10.0
"""Seconds between two words: a terminal's line is drawn again, a log gets one more."""

NO_PROGRESS = "REA_XCOM_TUI_NO_PROGRESS"
"""When set, nothing is said, for jobs whose every line on stderr is sent to somebody."""


class Progress:
    """What lasts, and how much of it is done; `count` may be called from any thread."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._done = self._total = 0
        self._over = threading.Event()

    def count(self, done: int, total: int, *_: object) -> None:
        """Take how far the work is."""
        self._done, self._total = done, total

    def words(self, seconds: float) -> str:
        """What is said after this many seconds."""
        far = f", {self._done:,} of {self._total:,}" if self._total else ""
        return f"{self._what}{far}, {seconds:.0f} s"

    def watch(self) -> None:
        """Speak until the work is over, then take the line off a terminal."""
        started = time.monotonic()
        terminal = sys.stderr.isatty()
        wait, drawn = PATIENCE, False
        while not self._over.wait(wait):
            said = self.words(time.monotonic() - started)
            sys.stderr.write(f"\r\x1b[K{said}" if terminal else f"{said}\n")
            sys.stderr.flush()
            drawn = terminal
            wait = _ON_A_TERMINAL if terminal else _IN_A_LOG
        if drawn:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()

    def end(self) -> None:
        """Let nothing more be said."""
        self._over.set()


@contextmanager
def working(what: str) -> Iterator[Progress]:
    """Say on stderr what is being done, should it last longer than a second."""
    progress = Progress(what)
    if os.environ.get(NO_PROGRESS):
        yield progress
        return
    from rea_xcom_tui.fleet.scan.pool import ONLY_WAITS

    thread = threading.Thread(target=progress.watch, daemon=True, name=ONLY_WAITS)
    thread.start()
    try:
        yield progress
    finally:
        progress.end()
        thread.join()
