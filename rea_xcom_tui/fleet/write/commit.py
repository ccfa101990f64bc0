"""What a commit needs beyond the files: options, the check of mixed files, and what the repo would run."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.edit.pending import Declare, Fix, PendingEdit, SetField
from rea_xcom_tui.fleet.edit.plan import FilePlan
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.fields import linked
from rea_xcom_tui.xcom.model import FIELDS

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.gitops import Exposure, Repository


_SUMMARY = re.compile(r"(?:(?P<repo>[^\s:]+): )?\[(?P<branch>\S+)(?: [^]]*)? [0-9a-f]{4,64}\] ")
"""The line by which git says what it has made: `[main 1a2b3c4] subject`; of several repos after the name of each."""


class CommitOptions(msgspec.Struct, frozen=True):
    """How a commit is made."""

    branch: str | None = None
    """A new branch to make for it."""
    sign_off: bool = False
    attached: bool = False
    """Whether hooks and signing programs may use the terminal, which the caller has cleared for them."""
    on_line: Callable[[str], None] | None = None
    """Called with each line that git and its hooks say, while they say it; foreign text."""
    cancelled: threading.Event = msgspec.field(default_factory=threading.Event)
    """Set it from another thread to end a hook that takes too long; nothing is then committed."""


def wants_terminal(reason: str) -> bool:
    """Whether a commit was refused for a signature that failed, perhaps for want of a passphrase."""
    from rea_xcom_tui.gitops.commit.refusals import UNSIGNED

    return UNSIGNED in reason


HOOK_CHANGED = "A hook changed more than the edits in this commit"


def in_short(output: str) -> tuple[str, str]:
    """What was committed, in git's own line, and what a hook changed besides, both from what a commit said.

    Over several repos it is told how many they are and on which branch.
    """
    lines = output.strip().splitlines() or [""]
    made = {found["repo"]: found for line in reversed(lines) if (found := _SUMMARY.match(line))}
    hook = next((line for line in lines if HOOK_CHANGED in line), "")
    if len(made) > 1:
        repos: dict[str, list[str]] = {}
        for repo, found in reversed(made.items()):
            repos.setdefault(found["branch"], []).append(repo)
        if len(repos) == 1:
            return f"{len(made)} repos, branch {next(iter(repos))}", hook
        told = (f"{branch} in {ones[0] if len(ones) == 1 else f'{len(ones)} repos'}" for branch, ones in repos.items())
        return f"{len(made)} repos: {', '.join(told)}", hook
    return next((found.string for found in made.values()), lines[0]), hook


class NotTrusted(Refused):
    """The repo's git folder could run programs, and the user has not said that it may."""


def exposed_words(exposure: Exposure) -> str:
    """What a git folder could run on this machine, on one line."""
    return f"{exposure.kind} {clean(exposure.name)}: {clean(exposure.value, 120)}"


def check_trust(repository: Repository, what: str) -> None:
    """Raise `NotTrusted` where `what` (a commit, a push) would run what the user has not trusted."""
    found = repository.judge()
    if found:
        things = ", ".join(exposed_words(exposure) for exposure in found[:3])
        raise NotTrusted(
            f"a {what} would run what this repo's git folder sets up ({things}), and you have not trusted it yet; "
            "look at it, then trust the repo"
        )


def verifier(files: Sequence[FilePlan]) -> Callable[[str, bytes, bytes], str | None]:
    """The check of a file that holds other changes of the user's: what is to be committed must say just our edits.

    Called with the path, HEAD's bytes and the bytes to be committed; returns why they must not be, or None.
    """

    from rea_xcom_tui.fleet.edit.apply import configuration

    edits = {file.file: file.edits for file in files}

    def verify(path: str, head: bytes, committed: bytes) -> str | None:
        wanted = edits.get(path, ())
        statements = [edit.statement for edit in wanted if isinstance(edit, Declare)]
        if statements:
            return _verified_baseline(path, head, committed, statements)
        if any(edit.layer for edit in wanted):
            return f"{clean(path)} is a layer and holds other changes of yours too; commit or stash those first"
        try:
            before, after = configuration(head), configuration(committed)
        except Unreadable as problem:
            return f"what would be committed of {clean(path)} cannot be read: {problem}"
        ours = {edit.field: edit for edit in wanted if isinstance(edit, SetField)}
        for name in FIELDS:
            now = current_value(after.fields[name])
            if name in ours and now != ours[name].new:
                return f"what would be committed of {clean(path)} does not have the new {name}"
            if name not in ours and not _linked(name, wanted) and now != current_value(before.fields[name]):
                return f"what would be committed of {clean(path)} also changes {name}, which is not ours"
        return None

    return verify


def _verified_baseline(path: str, head: bytes, committed: bytes, says: Sequence[Statement]) -> str | None:
    from rea_xcom_tui.fleet.baseline.file import parse_baseline
    from rea_xcom_tui.fleet.baseline.statements import meaning, with_statements

    try:
        alike = meaning(with_statements(parse_baseline(head), says)) == meaning(parse_baseline(committed))
    except ToolError as problem:
        return f"what would be committed of {clean(path)} cannot be read: {problem}"
    return None if alike else f"what would be committed of {clean(path)} contains more than was pending"


def _linked(field: str, edits: Sequence[PendingEdit]) -> bool:
    """Whether a field may change because another was edited: the connection is a part of the path."""
    return any(isinstance(edit, Fix) or edit.field in linked(field) for edit in edits)
