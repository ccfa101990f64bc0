"""Pushing a branch: never by force, never with a prompt that nobody sees, never without an end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import msgspec

from rea_xcom_tui.gitops.commit.refusals import DIED, INTERRUPTED, active_hooks, words_of
from rea_xcom_tui.gitops.forge import printed_url
from rea_xcom_tui.gitops.problems import PushFailed
from rea_xcom_tui.gitops.process import environment
from rea_xcom_tui.gitops.process.log import without_userinfo
from rea_xcom_tui.gitops.process.runner import Output, Runner, reason
from rea_xcom_tui.gitops.process.watch import Watch
from rea_xcom_tui.gitops.progress import progress_of
from rea_xcom_tui.gitops.remotes import default_remote, remotes

SILENCE_LIMIT = 60.0
"""After this many seconds without a word from the server a push is given up."""


class PushResult(msgspec.Struct, frozen=True):
    """A branch that is on the server now."""

    remote: str
    branch: str
    """Its name on the server."""
    status: Literal["new", "updated", "up-to-date"]
    messages: tuple[str, ...]
    """What the server said (foreign text: pass it through `clean`)."""
    request_url: str | None
    """The pull request's page, where the server named one."""


_TRIAL = ("--dry-run", "--no-verify")


def push_branch(
    runner: Runner,
    branch: str,
    *,
    remote: str | None = None,
    options: Sequence[str] = (),
    watch: Watch | None = None,
    attached: bool = False,
    trial: bool = False,
) -> PushResult:
    """Push the local `branch` to the branch of the same name, and let it track that.

    `options` are push options (`merge_request.create`); a server that takes none gets none. With `attached` git and SSH
    may ask for a password on the terminal, which the caller has cleared. A `trial` sends nothing and runs no hook: it
    says whether the server can be reached, and has nothing that is not here. Raises PushFailed, with the server's words
    in `output`.
    """
    chosen = remote or default_remote(runner, branch)
    if chosen is None or chosen not in remotes(runner):
        raise PushFailed("This repo has no such remote to push to; add one with git remote add.", kind="remote")
    ref = f"refs/heads/{branch}"
    if runner.read(["show-ref", "--verify", "--quiet", ref], expect=(0, 1)).status != 0:
        raise PushFailed(f"There is no branch {branch} to push.", kind="remote")
    watch = watch or Watch()
    if watch.silence_limit is None and not attached:
        watch.silence_limit = SILENCE_LIMIT
    words = ["push", *(_TRIAL if trial else ()), "--porcelain", "--progress", "--set-upstream"]
    target = ["--", chosen, f"{ref}:{ref}"]
    arguments = [*words, *(part for option in options for part in ("-o", option)), *target]
    output = runner.follow(arguments, watch, attached=attached)
    told = _in_english(runner, output, arguments, watch)
    if options and "does not support push options" in told.stderr:
        arguments = [*words, *target]
        output = runner.follow(arguments, watch, attached=attached)
        told = _in_english(runner, output, arguments, watch)
    messages = tuple(without_userinfo(line) for line in _server_lines(output))
    if output.status != 0:
        raise _failure(runner, output, told, watch, chosen, branch, messages)
    return PushResult(chosen, branch, _status(output), messages, printed_url(f"remote: {m}" for m in messages))


def _in_english(runner: Runner, output: Output, arguments: Sequence[str], watch: Watch) -> Output:
    """Return the failure in words that can be understood here.

    The push itself speaks the user's language, because the user's hook inherits it. Where that is not English, git is
    asked once more, without hooks and without sending anything.
    """
    told = watch.stopped is not None or output.status != DIED or environment.speaks_english()
    if output.status == 0 or told:
        return output
    trial = [*arguments[:1], *_TRIAL, *arguments[1:]]
    again = Watch(silence_limit=watch.silence_limit, cancelled=watch.cancelled)
    return runner.follow(trial, again, env=environment.english())


def _words(output: Output) -> str:
    """Everything that was said, apart from how far each stage was."""
    lines = re.split(r"[\r\n]+", words_of(output))
    return "\n".join(line.replace("\t", "  ") for line in lines if progress_of(line) is None)


def _server_lines(output: Output) -> list[str]:
    lines = re.split(r"[\r\n]+", output.stderr)
    said = [line.removeprefix("remote:").strip() for line in lines if line.startswith("remote:")]
    return [line for line in said if line and progress_of(line) is None]


def _status(output: Output) -> Literal["new", "updated", "up-to-date"]:
    """Read the line `flag<TAB>from:to<TAB>summary` that git prints for the branch."""
    for line in output.text.splitlines():
        if line.startswith("*\t"):
            return "new"
        if line.startswith("=\t"):
            return "up-to-date"
    return "updated"


def _failure(
    runner: Runner, output: Output, told: Output, watch: Watch, remote: str, branch: str, messages: Sequence[str]
) -> PushFailed:
    """Say why the push failed; `told` is the failure in English."""
    errors = told.stderr.lower()
    rejected = next((line for line in output.text.splitlines() if line.startswith("!\t")), "")
    words = _words(output)
    if watch.stopped == "cancelled" or (watch.stopped is None and output.status in INTERRUPTED):
        return PushFailed("The push was cancelled.", kind="cancelled", output=words)
    if watch.stopped == "silence" or "timed out" in errors or "operation too slow" in errors:
        return PushFailed(f"{remote} does not answer; push again later.", kind="network", output=words)
    if "[remote rejected]" in rejected:
        said = f": {messages[0]}" if messages else "."
        return PushFailed(f"{remote} refused the branch {branch}{said}", kind="refused", output=words)
    if "[rejected]" in rejected:
        return PushFailed(
            f"{remote} has commits on {branch} that are not here: git pull --rebase, or push under another name.",
            kind="behind",
            output=words,
        )
    if any(mark in errors for mark in _AUTHENTICATION):
        return PushFailed(
            f"{remote} did not accept who you are; set up a credential helper or an SSH agent, then push again.",
            kind="authentication",
            output=words,
        )
    if not rejected and output.status != DIED and active_hooks(runner, "pre-push"):
        return PushFailed("The pre-push hook refused the push; see what it says.", kind="hook", output=words)
    return PushFailed(f"git could not push to {remote}: {reason(told.stderr)}", kind="other", output=words)


_AUTHENTICATION = (
    "could not read username",
    "could not read password",
    "authentication failed",
    "permission denied (publickey",
    "host key verification failed",
)
