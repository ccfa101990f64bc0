"""What is to be committed, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from rea_xcom_tui.gitops.objects import ObjectFormat
from rea_xcom_tui.gitops.process.watch import Watch


class Change(msgspec.Struct, frozen=True):
    """What an edit did to one file of the work tree, in the bytes that are on the disk."""

    before: bytes | None
    """What it held before the edit; None for a file the edit made."""
    after: bytes
    """What it holds now."""
    made_here: bool = False
    """Whether the caller has made the file, `before` included, so that all of it may be committed while git does
    not know it yet."""
    taken_back: tuple[bytes, ...] = ()
    """What the caller had written there and has taken away again, while a commit may still hold it."""


Verify = Callable[[str, bytes, bytes], str | None]
"""Called with path, bytes of HEAD and bytes to be committed where these are not simply the edit's before and
after, because the file holds other changes of the user's. Returns why they must not be committed, or None."""


class Request(msgspec.Struct, frozen=True):
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
    verify: Verify | None = None
    watch: Watch = msgspec.field(default_factory=Watch)
    command: str = ""
    """The command that asks for it, for the log of operations."""

    writes: tuple[int, ...] = ()
    """The writes of the log of operations that it holds."""

    @property
    def title(self) -> str:
        """The first line of the message."""
        return self.message.strip().partition("\n")[0]

    def arguments(self) -> list[str]:
        """Return the `git commit` command that reads its message from standard input."""
        options = ["--signoff"] if self.sign_off else []
        return ["commit", "-F", "-", "--cleanup=whitespace", "--no-verbose", *options]


class CommitResult(msgspec.Struct, frozen=True):
    """A commit that was made."""

    oid: str
    branch: str | None
    """The branch it is on."""
    files: tuple[str, ...]
    """The files it changes."""
    output: str
    """What git and the hooks said (foreign text: pass it through `clean`)."""
    blobs: Mapping[str, str]
    """The blob of each of them in it, except for those that it removes."""
    changed_by_hook: tuple[str, ...] = ()
    """Files whose committed content is not the edit's, because a hook changed or added them."""
