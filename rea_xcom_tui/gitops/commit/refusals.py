"""Why git did not commit, said in one sentence."""

from __future__ import annotations

import os
import re
import signal
from dataclasses import replace
from pathlib import Path

from rea_xcom_tui.gitops.commit.request import Request
from rea_xcom_tui.gitops.problems import CommitRefused
from rea_xcom_tui.gitops.process.log import without_userinfo
from rea_xcom_tui.gitops.process.runner import Output, Runner, reason
from rea_xcom_tui.gitops.state import read_state

_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg")
INTERRUPTED = (-signal.SIGINT, -signal.SIGTERM, 128 + signal.SIGINT, 128 + signal.SIGTERM)
"""How git ends after Ctrl+C, and when it is told to end."""
_LOCK_FILE = re.compile(r"Unable to create '(?P<path>[^']*\.lock)': File exists")


def busy(output: Output) -> bool:
    """Tell whether git failed because another git process holds a lock or has just moved the branch."""
    return _LOCK_FILE.search(output.stderr) is not None or "cannot lock ref" in output.stderr


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
    errors = output.stderr.lower()
    if request.watch.stopped is not None:
        return "The commit was cancelled; nothing was committed."
    if output.status in INTERRUPTED:
        return "The commit was interrupted; nothing was committed."
    if busy(output):
        lock = _LOCK_FILE.search(output.stderr)
        if lock is not None and Path(lock["path"]).exists():
            return held_lock_sentence(Path(lock["path"]))
        return "Other git processes keep changing this repo; commit again in a moment."
    if "tell me who you are" in errors or "empty ident" in errors:
        state = replace(read_state(runner, request.git_dir, identity=False), identity_ok=False, locked=None)
        return state.refusal() or reason(output.stderr)
    if "failed to sign" in errors or "failed to write commit object" in errors:
        return "git could not sign the commit; unlock the key (it may ask for a passphrase) and commit again."
    if "nothing to commit" in output.text or "no changes added" in output.text:
        return "git sees no difference to commit in these files; scan the repo again."
    if "fatal:" not in errors and (hooks := _active_hooks(runner)):
        return f"A hook ({' or '.join(hooks)}) refused the commit; see what it says, mend that and commit again."
    return f"git did not commit: {reason(words_of(output))}"


def held_lock_sentence(path: Path) -> str:
    """Say that git's lock file is there, and what to do about it."""
    return f"Another git process holds {path}; wait until it ends. If no git runs here any more, delete that file."


def _active_hooks(runner: Runner) -> list[str]:
    folder = runner.directory / runner.read(["rev-parse", "--git-path", "hooks"]).text.rstrip("\n")
    return [name for name in _HOOKS if os.access(folder / name, os.X_OK)]


def _differs(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() != content
    except OSError:
        return True
