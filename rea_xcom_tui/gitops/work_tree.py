"""What git says of a work tree as a whole, asked all at once."""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import cached_property

import msgspec
from msgspec.structs import replace

from rea_xcom_tui.gitops.branches import current_branch, head_commit
from rea_xcom_tui.gitops.conversions import converted_paths
from rea_xcom_tui.gitops.listing import FileEntry, Listing, index_listing, index_listing_of, untracked_listing
from rea_xcom_tui.gitops.process.runner import Reading, Runner
from rea_xcom_tui.gitops.status import HEADER, STATUS, dirty_in, head_in
from rea_xcom_tui.gitops.unread import CheckedOut

_LISTED = ("ls-files", "-s", "-v", "-z")
_UNTRACKED = ("ls-files", "-o", "--exclude-standard", "-z")
_CONVERTED = ("ls-files", "-z", "--", ":(top,exclude,attr:!filter !ident !working-tree-encoding)")
"""Lists the files for which some attribute is not unspecified; no file at all for nearly every repo. Asking
check-attr about every file takes as long as a whole status."""


class WorkTree(msgspec.Struct, frozen=True):
    """What a work tree holds."""

    entries: tuple[FileEntry, ...]
    """The files of the index, then the untracked ones that are not ignored."""
    skipped: tuple[bytes, ...]
    """The names that are left out because they are not UTF-8."""
    dirty: frozenset[str] | None
    """The tracked paths that differ from HEAD; None in a repo that is only viewed, which is to be asked otherwise."""
    converted: frozenset[str]
    """The tracked paths whose bytes are not those of the blob, line ends aside."""
    head: str | None
    """The commit that is checked out, or None when there is none yet."""
    branch: str | None
    """The branch that is checked out, or None when HEAD is detached."""


class Look:
    """Git's answers on their way: what is asked runs beside each other, and beside whatever Python does meanwhile.

    Looking through the work tree is what takes long, so git does that once, for changes and for new files. Where a repo
    is only viewed it is not asked for changes, because filters would run.

    Which files attributes convert takes a quarter as long again, and some need not know it; unless `conversions`, it is
    asked once somebody does. Unless `attributes`, there is none that would but by a file that git lists or calls new.
    """

    def __init__(self, runner: Runner, *, conversions: bool = True, attributes: bool = True) -> None:
        self.began = time.time_ns()
        """When git was asked, in nanoseconds."""
        self._runner = runner
        self._work_tree = runner.start(_UNTRACKED if runner.view else [*STATUS, "-uall", *HEADER])
        self._viewed = runner.view
        self._listed = runner.start(_LISTED)
        self._marked: Reading | None = None
        self._attributes = attributes
        if conversions and attributes:  # else the listing tells whether to ask, and is not waited for here
            self.ask_conversions()
        self._head = head_commit(runner) if runner.view else None
        self._branch = current_branch(runner) if runner.view else None

    def ask_conversions(self) -> None:
        """Start to ask which files attributes convert, unless that has been asked, or none is known that would."""
        if self._marked is None and (self._attributes or self.lists_attributes):
            self._marked = self._runner.start(_CONVERTED)

    @cached_property
    def listed(self) -> bytes:
        """How git lists the index: each file with its mode, blob id and flags, which is known long before the rest."""
        return self._listed.output().stdout

    @cached_property
    def index(self) -> Listing:
        """The files of the index."""
        return index_listing(self.listed)

    def index_of(self, paths: Iterable[str]) -> Listing:
        """What the index holds of a few files, as long as it has not been read as a whole."""
        return index_listing_of(self.listed, paths)

    @property
    def is_answered(self) -> bool:
        """Whether nobody would have to wait for git any more."""
        return self._work_tree.has_ended and (self._marked is None or self._marked.has_ended)

    @property
    def lists_attributes(self) -> bool:
        """Whether the index lists files in which attributes are set."""
        return b".gitattributes\0" in self.listed

    def work_tree(self, *, conversions: bool = True) -> WorkTree:
        """Wait for all answers. Raises GitProblem where git could not give one.

        Without `conversions`, for who compares with the blobs whatever he reads, no path is told to be converted unless
        that has been asked already.
        """
        wanted = conversions or self._marked is not None
        return replace(self._tree, converted=self._converted) if wanted else self._tree

    def unchanged(self) -> CheckedOut | None:
        """What is checked out, where nothing differs from it and nothing is new or converted; else None.

        Waits for the answers as `work_tree` does, and reads no listing. Where a repo is only viewed it is not known.
        """
        if self._viewed or self._converted or not all(record.startswith(b"# ") for record in self._told):
            return None
        return CheckedOut(*head_in(self._told))

    @cached_property
    def _converted(self) -> frozenset[str]:
        self.ask_conversions()
        if self._marked is None:
            if not any(record.endswith(b".gitattributes") for record in self._told):  # a new one
                return frozenset()
            self._marked = self._runner.start(_CONVERTED)
        marked = self._marked.output().text.split("\0")
        return converted_paths(self._runner, [name for name in marked if name])

    @cached_property
    def _told(self) -> list[bytes]:
        return [record for record in self._work_tree.output().stdout.split(b"\0") if record]

    @cached_property
    def _tree(self) -> WorkTree:
        index, records = self.index, self._told
        dirty = None if self._viewed else dirty_in(records)
        if not self._viewed:
            self._head, self._branch = head_in(records)
        new = records if self._viewed else [record[2:] for record in records if record.startswith(b"? ")]
        untracked = untracked_listing(new)
        return WorkTree(
            entries=(*index.entries, *untracked.entries),
            skipped=index.skipped + untracked.skipped,
            dirty=dirty,
            converted=frozenset(),
            head=self._head,
            branch=self._branch,
        )
