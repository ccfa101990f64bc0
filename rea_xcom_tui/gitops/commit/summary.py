"""What git says of a commit that it has made, for commits of so many files that it takes as long as to make them.

`git commit` compares all files of its commit to count the lines that were added and removed. Where the edits alone tell
these numbers, git is told to be quiet, and its words are put together here. If it then turns out that a hook had a hand
in the commit, git is asked to count after all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from rea_xcom_tui.gitops.commit.outcome import commit_made, result_of
from rea_xcom_tui.gitops.commit.refusals import words_of
from rea_xcom_tui.gitops.commit.request import CommitResult
from rea_xcom_tui.gitops.commit.targets import Target, Targets
from rea_xcom_tui.gitops.process.runner import Output, Runner

Lines = tuple[int, int]
"""How many lines were added and how many were removed."""

_MANY = 100
_MOST_COMMITS = 50
_TEXT = 8000
"""In so many bytes git looks for a NUL, by which it knows what is not text."""
_AS_COMMIT_DOES = ("-r", "-B", "-M", "--shortstat", "--summary", "--no-commit-id")
_SAID = "%H%x00%h%x00%s%x00%an <%ae>%x00%cn <%ce>"
"""The id of a commit, whole and short, the first line of its message, its author and who committed it."""


def foretold(runner: Runner, targets: Targets) -> Lines | None:
    """What git would count in a commit of just these edits; None where git has to say itself what it has committed."""
    if len(targets.files) < _MANY:
        return None
    # Of a name or an address that it had to make up, git says so.
    asked = runner.start(["-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT"])
    added = removed = 0
    for target in targets.files:
        lines = _changed(target.change.before or b"", target.change.after) if _is_plain(targets, target) else None
        if lines is None:
            return None
        added, removed = added + lines[0], removed + lines[1]
    return (added, removed) if asked.output(expect=(0, 1, 128)).status == 0 else None


def outcome_of(
    runner: Runner, targets: Targets, output: Output, expected: Mapping[str, frozenset[str]], lines: Lines | None
) -> CommitResult:
    """Say what came of a commit, and what git said of it, or would have said where `lines` were foretold.

    `expected` are the blob ids that each file may have in it. Raises GitProblem when there is no commit.
    """
    if lines is None:
        return result_of(runner, commit_made(runner, output), output, expected)
    oid, short, subject, author, committer = _made(runner, targets)
    result = result_of(runner, oid, output, expected)
    if result.changed_by_hook or set(result.files) != set(targets.paths):
        counted = runner.read(["diff-tree", *_AS_COMMIT_DOES, oid]).text
    else:
        counted = _in_words(len(result.files), *lines)
    by = "" if author == committer else f" Author: {author}\n"
    said = f"[{result.branch or 'detached HEAD'} {short}] {subject}\n{by}{counted}"
    whole = Output(output.status, output.stdout + said.encode("utf-8", "surrogateescape"), output.stderr)
    return msgspec.structs.replace(result, output=words_of(whole))


def _made(runner: Runner, targets: Targets) -> Sequence[str]:
    """The commit that git has just made without a word, as `_SAID` has it.

    It is not HEAD where another process, or a hook, has committed on it since.
    """
    since = _log(runner, f"--max-count={_MOST_COMMITS}", f"{targets.head}..HEAD")
    for made in since if len(since) > 1 else ():
        changed = runner.read(["diff-tree", "-r", "-z", "--name-only", "--no-renames", "--no-commit-id", made[0]]).text
        if set(targets.paths) <= set(changed.split("\0")):
            return made
    return (since or _log(runner, "--max-count=1", "HEAD"))[0]


def _log(runner: Runner, *which: str) -> list[Sequence[str]]:
    words = runner.read(["log", "-z", "--no-show-signature", f"--format={_SAID}", *which, "--"]).text.split("\0")
    return [words[begin : begin + 5] for begin in range(0, len(words) - 1, 5)]


def _in_words(files: int, added: int, removed: int) -> str:
    parts = [f" {files} file{'s' * (files != 1)} changed"]
    if added or not removed:
        parts.append(f"{added} insertion{'s' * (added != 1)}(+)")
    if removed or not added:
        parts.append(f"{removed} deletion{'s' * (removed != 1)}(-)")
    return ", ".join(parts) + "\n"


def _is_plain(targets: Targets, target: Target) -> bool:
    """Whether the blobs of a file before and after are its bytes, and are compared as any text."""
    known, both = targets.conversions, (target.change.before or b"", target.change.after)
    if known.converts(target.path) or "diff" in known.attributes.get(target.path, ()):
        return False
    if (known.autocrlf or known.attributes.get(target.path)) and any(b"\r" in one for one in both):
        return False
    return not any(b"\0" in one[:_TEXT] for one in both)


def _changed(before: bytes, after: bytes) -> Lines | None:
    """How many lines were added and removed, where all ways to compare agree on it; else None."""
    begin = before.rfind(b"\n", 0, _alike(before, after)) + 1
    old, new = before[begin:], after[begin:]
    tail = _alike(old, new, ends=True)
    if not all(tail == len(one) or one[len(one) - tail - 1] == 10 for one in (old, new)):  # in the middle of a line
        end = old.find(b"\n", len(old) - tail) + 1
        tail = len(old) - end if end else 0
    old, new = old[: len(old) - tail], new[: len(new) - tail]
    if 4 * (len(old) + len(new)) > min(len(before), len(after)):
        return None  # of more than that, git may say that the file was rewritten
    removed, added = (one.removesuffix(b"\n").split(b"\n") if one else [] for one in (old, new))
    return (len(added), len(removed)) if set(removed).isdisjoint(added) else None


def _alike(one: bytes, other: bytes, *, ends: bool = False) -> int:
    """With how many of the same bytes both begin, or end."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        if one.endswith(other[len(other) - middle :]) if ends else one.startswith(other[:middle]):
            least = middle
        else:
            most = middle - 1
    return least
