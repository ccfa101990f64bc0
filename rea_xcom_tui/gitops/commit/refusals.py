"""Why git did not commit, said in one sentence."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import msgspec

from rea_xcom_tui.gitops.commit.request import Request
from rea_xcom_tui.gitops.commit.run import is_set
from rea_xcom_tui.gitops.problems import CommitRefused
from rea_xcom_tui.gitops.process.log import without_userinfo
from rea_xcom_tui.gitops.process.runner import Output, Runner, reason
from rea_xcom_tui.gitops.state import read_state
from rea_xcom_tui.gitops.status import dirty_paths

_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg")
UNSIGNED = "git could not sign the commit; unlock the key (it may ask for a passphrase) and commit again."
"""Why a commit was refused, where the user's key was not to be had."""
DIED = 128
"""How git ends when it gives up itself, and not because a hook told it to."""
INTERRUPTED = (-signal.SIGINT, -signal.SIGTERM, 128 + signal.SIGINT, 128 + signal.SIGTERM)
"""How git ends after Ctrl+C, and when it is told to end."""
_LOCK_FILE = re.compile(r"(?P<path>/[^\n]*?\.lock)\b")
"""A lock file in git's words, which may be in any language."""


def busy(runner: Runner, output: Output) -> bool:
    """Tell whether git failed because another git process holds a lock or has just moved the branch."""
    return _lock_in(runner, output) is not None or "cannot lock ref" in output.stderr


def _lock_in(runner: Runner, output: Output) -> Path | None:
    """The lock that git could not take because it is there already, or was a moment ago."""
    if output.status != DIED or (found := _LOCK_FILE.search(output.stderr)) is None:
        return None
    path = Path(found["path"])
    return path if path.exists() or "File exists" in output.stderr or os.access(path.parent, os.W_OK) else None


def words_of(output: Output) -> str:
    """Return everything that git and the hooks said, without the secrets of URLs."""
    said = (part.strip() for part in (output.stderr, output.text))
    return without_userinfo("\n".join(part for part in said if part))


def refusal(runner: Runner, request: Request, output: Output) -> CommitRefused:
    """Return what to raise after `git commit` ended with an error."""
    sentence = _sentence(runner, request, output)
    changed = [path for path, change in request.changes.items() if _differs(request.root / path, change.after)]
    if changed:
        sentence += f" The hook changed {', '.join(changed)}; look at that before you commit again."
    return CommitRefused(sentence, output=words_of(output))


def _sentence(runner: Runner, request: Request, output: Output) -> str:
    if request.watch.stopped is not None:
        return "The commit was cancelled; nothing was committed."
    if output.status in INTERRUPTED:
        return "The commit was interrupted; nothing was committed."
    if busy(runner, output):
        lock = _lock_in(runner, output)
        if lock is not None and lock.exists():
            return held_lock_sentence(lock)
        return "Other git processes keep changing this repo; commit again in a moment."
    state = msgspec.structs.replace(read_state(runner, request.git_dir), locked=None)
    if not state.identity_ok:
        return state.refusal() or reason(output.stderr)
    if output.status == DIED and is_set(runner, "commit.gpgSign"):
        return UNSIGNED
    if output.status == DIED:
        return f"git did not commit: {reason(words_of(output))}"
    if not dirty_paths(runner, list(request.changes)):
        return "git sees no difference to commit in these files; scan the repo again."
    if hooks := active_hooks(runner, *_HOOKS):
        return f"A hook ({' or '.join(hooks)}) refused the commit; see what it says, fix that and commit again."
    return f"git did not commit: {reason(words_of(output))}"


def held_lock_sentence(path: Path) -> str:
    """Say that git's lock file is there, and what to do about it."""
    return f"Another git process holds {path}; wait until it ends. If no git runs here any more, delete that file."


def active_hooks(runner: Runner, *names: str) -> list[str]:
    """Return which of these hooks the repo has."""
    folder = runner.directory / runner.read(["rev-parse", "--git-path", "hooks"]).text.rstrip("\n")
    return [name for name in names if os.access(folder / name, os.X_OK)]


def _differs(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() != content
    except OSError:
        return True
