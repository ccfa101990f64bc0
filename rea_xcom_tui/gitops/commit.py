"""Committing exactly the edits of this tool, with the user's own hooks, signing and identity."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from rea_xcom_tui.gitops.branches import NewBranch, current_branch, head_commit
from rea_xcom_tui.gitops.listing import index_entries, tree_entries
from rea_xcom_tui.gitops.log import without_userinfo
from rea_xcom_tui.gitops.objects import ObjectFormat
from rea_xcom_tui.gitops.problems import CommitRefused, GitProblem
from rea_xcom_tui.gitops.runner import ANY_STATUS, Output, Runner, reason
from rea_xcom_tui.gitops.state import RepoState, read_state
from rea_xcom_tui.gitops.targets import Change, Target, Targets, examine

LOCK_PATIENCE = 2.0
"""How long, in seconds, a commit waits for another git process to let go of the index."""

_HOOKS = ("pre-commit", "prepare-commit-msg", "commit-msg")


@dataclass(frozen=True, slots=True)
class CommitResult:
    """A commit that was made."""

    oid: str
    branch: str | None
    """The branch it is on."""
    files: tuple[str, ...]
    """The files it changes."""
    output: str
    """What git and the hooks said (foreign text: pass it through `clean`)."""
    changed_by_hook: tuple[str, ...] = ()
    """Files whose committed content is not the edit's, because a hook changed or added them."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be committed and how."""

    root: Path
    git_dir: Path
    object_format: ObjectFormat
    changes: Mapping[str, Change]
    message: str
    branch: str | None = None
    """A new branch to make for the commit."""
    sign_off: bool = False
    attached: bool = False
    """Whether hooks and signing programs may use the terminal, which the caller has cleared for them."""

    def arguments(self) -> list[str]:
        """Return the `git commit` command that reads its message from standard input."""
        options = ["--signoff"] if self.sign_off else []
        return ["commit", "-F", "-", "--cleanup=whitespace", *options]


def commit_changes(runner: Runner, request: Request) -> CommitResult:
    """Commit `request`.

    Raises CommitRefused, with index and branch as they were, or GitProblem.
    """
    state = _ready_state(runner, request)
    assert state.head is not None
    targets = examine(runner, request.root, request.object_format, state.head, request.changes)
    for target in targets.files:
        if target.mixed:
            raise CommitRefused(_mixed_sentence(target), path=target.path)
    if request.branch is None:
        output = _commit_only(runner, request, targets, state)
    else:
        output = _on_new_branch(runner, request, targets, state, request.branch)
    return _result(runner, request, targets, output)


def _ready_state(runner: Runner, request: Request) -> RepoState:
    if not request.message.strip():
        raise CommitRefused("The commit message is empty; write at least one line.")
    if runner.view:
        raise CommitRefused(
            "This repo is open for viewing only, because its git folder could run programs; trust it first."
        )
    state = read_state(runner, request.git_dir)
    # A lock is often gone within the time that a commit waits for it.
    sentence = replace(state, locked=None).refusal(new_branch=request.branch is not None)
    if sentence is not None:
        raise CommitRefused(sentence)
    return state


def _mixed_sentence(target: Target) -> str:
    if target.head is None:
        return f"{target.path} is not tracked by git; git add and commit it first."
    if target.staged:
        what = "changes of yours that are staged"
    elif target.unstaged:
        what = "changes of yours that are not committed"
    else:
        what = "a changed executable bit"
    return f"{target.path} had {what} before this edit; commit or undo them first, then commit the edit."


def _on_new_branch(runner: Runner, request: Request, targets: Targets, state: RepoState, name: str) -> Output:
    branch = NewBranch(runner, name, targets.head)
    branch.begin()
    try:
        return _commit_only(runner, request, targets, state)
    except BaseException:
        branch.take_back()
        raise


def _commit_only(runner: Runner, request: Request, targets: Targets, state: RepoState) -> Output:
    """Run `git commit --only`, again and again while another git process is at work."""
    deadline = time.monotonic() + LOCK_PATIENCE
    with tempfile.NamedTemporaryFile(prefix="rea-xcom-tui-") as paths:
        paths.write("".join(f"{path}\0" for path in targets.paths).encode("utf-8", "surrogateescape"))
        paths.flush()
        arguments = [
            *request.arguments(),
            "--only",
            f"--pathspec-from-file={paths.name}",
            "--pathspec-file-nul",
        ]
        while True:
            output = runner.write(
                arguments, stdin=request.message.encode(), expect=ANY_STATUS, attached=request.attached
            )
            if output.status == 0:
                return output
            if not busy(output) or time.monotonic() >= deadline:
                raise refusal(runner, request, output, state)
            time.sleep(random.uniform(0.02, 0.1))
            _check_unmoved(runner, targets)


def busy(output: Output) -> bool:
    """Tell whether git failed because another git process holds a lock or has just moved the branch."""
    return "index.lock': File exists" in output.stderr or "cannot lock ref" in output.stderr


def _check_unmoved(runner: Runner, targets: Targets) -> None:
    """Refuse when another commit has touched one of the files since they were examined."""
    now = tree_entries(runner, "HEAD", targets.paths)
    for target in targets.files:
        if now.get(target.path) != target.head:
            raise CommitRefused(
                f"Another commit has just changed {target.path}; scan the repo and make the edit again.",
                path=target.path,
            )


def refusal(runner: Runner, request: Request, output: Output, state: RepoState) -> CommitRefused:
    """Say in one sentence why git did not commit."""
    words = without_userinfo("\n".join(part for part in (output.stderr, output.text) if part.strip())).strip()
    errors = output.stderr.lower()
    if busy(output):
        sentence = read_state(runner, request.git_dir).refusal() or (
            "Another git process kept changing this repo; commit again in a moment."
        )
    elif "ident" in errors and ("tell me who you are" in errors or "empty ident" in errors):
        sentence = replace(state, identity_ok=False, locked=None).refusal() or reason(output.stderr)
    elif "failed to sign" in errors or "failed to write commit object" in errors:
        sentence = "git could not sign the commit; unlock the key (it may ask for a passphrase) and commit again."
    elif "nothing to commit" in output.text or "no changes added" in output.text:
        sentence = "git sees no difference to commit in these files; scan the repo again."
    elif "fatal:" not in errors and (hooks := _active_hooks(runner)):
        sentence = f"A hook ({' or '.join(hooks)}) refused the commit; see what it says, mend that and commit again."
    else:
        sentence = f"git did not commit: {reason(words)}"
    changed = [path for path, change in request.changes.items() if _differs(request.root / path, change.after)]
    if changed:
        sentence += f" The hook changed {', '.join(changed)}; look at that before you commit again."
    return CommitRefused(sentence, output=words)


def _active_hooks(runner: Runner) -> list[str]:
    folder = runner.directory / runner.read(["rev-parse", "--git-path", "hooks"]).text.rstrip("\n")
    return [name for name in _HOOKS if os.access(folder / name, os.X_OK)]


def _differs(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() != content
    except OSError:
        return True


def _result(runner: Runner, request: Request, targets: Targets, output: Output) -> CommitResult:
    oid = head_commit(runner)
    if oid is None:
        raise GitProblem(f"The new commit in {request.root} cannot be found; look at git log.")
    expected = {
        target.path: targets.conversions.possible_ids(target.path, target.change.after) for target in targets.files
    }
    committed = _changed_files(runner, oid)
    changed = tuple(path for path, blob in committed.items() if blob not in expected.get(path, ()))
    _follow_hook(runner, {path: committed[path] for path in changed if path in expected}, expected)
    _restore_flags(runner, targets)
    words = without_userinfo("\n".join(part.strip() for part in (output.stderr, output.text) if part.strip()))
    return CommitResult(oid, current_branch(runner), tuple(committed), words, changed)


def _changed_files(runner: Runner, oid: str) -> dict[str, str]:
    """Return the blob id of each file that a commit changes."""
    output = runner.read(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-commit-id", oid]).text
    fields = output.split("\0")
    return {path: head.split(" ")[3] for head, path in zip(fields[0::2], fields[1::2], strict=False)}


def _follow_hook(runner: Runner, committed: Mapping[str, str], ours: Mapping[str, frozenset[str]]) -> None:
    """Bring the index to what was committed where a hook changed a file on its way.

    `git commit --only` leaves the version from before the hook in the index, and the user's next commit
    would undo what the hook did.
    """
    stale = {
        path: entry
        for path, entry in (index_entries(runner, list(committed)) if committed else {}).items()
        if entry.oid in ours[path]
    }
    if stale:
        lines = "".join(f"{entry.mode} {committed[path]} 0\t{path}\0" for path, entry in stale.items())
        runner.write(["update-index", "-z", "--index-info"], stdin=lines.encode("utf-8", "surrogateescape"))


def _restore_flags(runner: Runner, targets: Targets) -> None:
    """Mark the files assume-unchanged again that were; git drops the mark when it commits them."""
    marked = [
        target.path for target in targets.files if target.index is not None and "assume-unchanged" in target.index.flags
    ]
    if marked:
        paths = "".join(f"{path}\0" for path in marked).encode("utf-8", "surrogateescape")
        runner.write(["update-index", "--assume-unchanged", "-z", "--stdin"], stdin=paths)
