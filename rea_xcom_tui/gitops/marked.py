"""Commits that a line of their message marks, wherever squash and rebase merges have carried that line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rea_xcom_tui.gitops.process.runner import Runner

_FORMAT = "%H%x00%aN%x00%at%x00%S%x00%B"
_FIELDS = 5
_SAFE = ("--no-ext-diff", "--no-show-signature", "--no-color", "--encoding=UTF-8")
_TOPO = "--topo-order"  # clocks differ, and a commit may claim any time


@dataclass(frozen=True, slots=True)
class MarkedCommit:
    """A commit whose message holds what was looked for. Author, ref and message are foreign text."""

    oid: str
    author: str
    time: int
    """When it was written, in seconds since the epoch, as it claims."""
    ref: str
    """The ref by which it was found, such as `refs/heads/wave-1`."""
    message: str

    def value(self, key: str) -> str | None:
        """What the last line `KEY: VALUE` says, also where a squash merge has indented it; None without one."""
        found = None
        for line in self.message.splitlines():
            name, colon, value = line.strip().partition(":")
            if colon and name.lower() == key.lower():
                found = value.strip()
        return found


def marked_commits(
    runner: Runner, text: str, start: str | None, *, without: Sequence[str] = (), limit: int = 1000
) -> list[MarkedCommit]:
    """The newest commits whose message holds `text`, by the order of the history.

    Those that `start` (a hex id) has, or where that is None those of every local branch and every remote's branch;
    not those that any of `without` (hex ids) has.
    """
    tips = [start] if start is not None else ["--branches", "--remotes"]
    excluded = ["--not", *without, "--"] if without else ["--"]
    chosen = ["--source", "--fixed-strings", f"--grep={text}", f"--max-count={limit}"]
    arguments = ["log", "-z", f"--format={_FORMAT}", _TOPO, *_SAFE, *chosen, *tips, *excluded]
    tokens = list(runner.read_tokens(arguments))
    rows = (tokens[at : at + _FIELDS] for at in range(0, len(tokens) - _FIELDS + 1, _FIELDS))
    return [MarkedCommit(oid.strip(), author, _seconds(time), ref, body) for oid, author, time, ref, body in rows]


def _seconds(text: str) -> int:
    return max(int(text), 0) if text.lstrip("-").isdigit() else 0
