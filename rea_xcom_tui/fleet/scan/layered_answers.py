"""What is said of a clean fleet that is made of layers, kept as it was said, for as long as all that it depends on is
the same.

Entry points may lead to any file that git lists, whatever its name, so each counts with its size and its mode on the
disk. Where anything else could have a say, nothing is kept: a link, a file that git is told not to look at, a Helm that
renders templates.
"""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from importlib.util import find_spec
from typing import TYPE_CHECKING, Protocol

import msgspec

from rea_xcom_tui.fleet.scan.answers import Answers, name_of
from rea_xcom_tui.fleet.scan.cache import Cache, Keys
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.trees import remotes_of
from rea_xcom_tui.gitops.unread import CheckedOut, index_paths, is_usual, lists_links
from rea_xcom_tui.layouts.signs import HELM_EXTRA
from rea_xcom_tui.user.cached import cache_path
from rea_xcom_tui.values import Unreadable, read_file

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Fleet
    from rea_xcom_tui.gitops import Look, Repository

OF_LAYERS = name_of(b"layers")
"""Stands last among the names of a state with layers."""
_COARSE = 20_000_000
"""How many nanoseconds the clock of a file system may be behind: a tick of the system's, and some more."""


class LayeredState(msgspec.Struct, frozen=True):
    """The state of a working tree with layers, as git has been asked about it."""

    repository: Repository
    reading: Reading
    asked: Look

    def name(self) -> bytes | None:
        """A name for all that its fleet depends on, or None where something has none; to be asked while git is still
        comparing the files."""
        return self._name(None) if self._may_be_named() else None

    def unchanged(self) -> CheckedOut | None:
        """What is checked out, where nothing differs from it and nothing is new; waits for git."""
        return self.asked.unchanged()

    def name_of(self, fleet: Fleet) -> bytes | None:
        """The name of the state in which a fleet has just been read; None where that is not sure.

        A file that has changed since git was asked may be another one than git has seen, though it be as long.
        """
        is_empty = not fleet.deployments and not fleet.unreadable  # of which more is said than what it holds
        if is_empty or not self._may_be_named() or self.unchanged() is None:
            return None
        tree = fleet.layouts.tree if fleet.layouts is not None else None
        lost = tree is not None and None in tree.was_read.values()
        if lost or not all(self._can_be_read(one.file) for one in fleet.unreadable):
            return None  # it may only have been so for a moment
        return self._name(tree.remotes if tree is not None else None, until=self.asked.began - _COARSE)

    def is_as_seen(self) -> bool:
        """Whether no file that git lists has changed since git was asked."""
        listed, root = self.asked.listed, os.fspath(self.repository.root)
        return _on_disk(root, index_paths(listed), self.asked.began - _COARSE) is not None

    def _may_be_named(self) -> bool:
        listed = self.asked.listed
        return is_usual(listed) and not lists_links(listed) and find_spec(HELM_EXTRA) is None

    def _can_be_read(self, file: str) -> bool:
        root = self.repository.root
        try:
            read_file(root / file, root)
        except Unreadable:
            return False
        return True

    def _name(self, remotes: Sequence[str] | None, *, until: int | None = None) -> bytes | None:
        listed, root = self.asked.listed, self.repository.root
        disk = _on_disk(os.fspath(root), index_paths(listed), until)
        if disk is None:
            return None
        reading = self.reading
        urls = remotes_of(self.repository) if remotes is None else remotes
        who = os.geteuid(), os.getgroups()
        words = repr((reading.layouts, reading.engine, reading.fleet_rules, who, *urls))
        scope = Keys(reading).scope(root)
        return name_of(OF_LAYERS, scope, listed, disk, words.encode())


def _on_disk(root: str, paths: Iterable[str], until: int | None) -> bytes | None:
    """Size and mode of files on the disk; None where one has changed in any way after this time in nanoseconds."""
    told = array("q")
    lstat, tell = os.lstat, told.append
    for path in paths:
        try:
            status = lstat(f"{root}/{path}")
        except OSError:
            tell(-1)
            continue
        if until is not None and status.st_ctime_ns >= until:
            return None
        tell(status.st_size)
        tell(status.st_mode)
    return told.tobytes()


class ReadFleet(Protocol):
    """What a session knows of a fleet that it has read."""

    @property
    def fleet(self) -> Fleet:
        """What was read."""

    @property
    def repository(self) -> Repository:
        """The repo, where it is one."""

    @property
    def members(self) -> Mapping[str, ReadFleet]:
        """The repos that it is made of, by name."""

    def reading(self) -> Reading:
        """How it was read and judged."""


class Unsaid(msgspec.Struct, frozen=True):
    """Where what is going to be said of a fleet is kept, if it turns out to be one of layers that can be named."""

    answers: Answers
    state: LayeredState

    @property
    def asked(self) -> Look | None:
        """What git has been asked for the next scan."""
        return self.state.asked

    def keep(self, workspace: ReadFleet, portions: Iterable[bytes]) -> None:
        """Keep what is said of the fleet as it has been read."""
        fleet = workspace.fleet
        _keep(self.answers, [self.state.name_of(fleet)] if fleet.layouts is not None else [], portions)


class UnsaidTogether(msgspec.Struct, frozen=True):
    """The same of several repos, some of which are of layers."""

    answers: Answers
    asked: None = None
    looks: dict[str, Look] = msgspec.field(default_factory=dict)
    """What git has been asked about the repos for the scan, by their names."""

    def keep(self, workspace: ReadFleet, portions: Iterable[bytes]) -> None:
        """Keep what is said of the fleet as it has been read."""
        members = workspace.members
        if not all(repo in self.looks for repo in members):
            return
        of_layers = any(member.fleet.layouts is not None for member in members.values())
        states = {repo: LayeredState(one.repository, one.reading(), self.looks[repo]) for repo, one in members.items()}
        names = [state.name_of(members[repo].fleet) for repo, state in states.items()] if of_layers else []
        _keep(self.answers, names, portions)


def _keep(answers: Answers, names: Sequence[bytes | None], portions: Iterable[bytes]) -> None:
    """Keep what is said of a state with layers, where all of it has names; without any it can be shown."""
    place = cache_path()
    if place is None:
        return
    with closing(Cache(place)) as cache:
        if not names:
            answers.forget(cache, OF_LAYERS)
        known = [name for name in names if name is not None]
        if known and len(known) == len(names):
            for _ in answers.keep(cache, (*known, OF_LAYERS), portions):
                pass
