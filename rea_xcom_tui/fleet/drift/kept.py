"""What `drift` says of a clean fleet, kept as it was said."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing, suppress
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.scan.answers import Answers, name_of
from rea_xcom_tui.fleet.scan.cache import Cache, Keys
from rea_xcom_tui.fleet.scan.layered_answers import OF_LAYERS, LayeredState
from rea_xcom_tui.fleet.scan.views import Glance
from rea_xcom_tui.user.cached import cache_path
from rea_xcom_tui.xcom.model import Severity

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.state import FleetState
    from rea_xcom_tui.fleet.model import Fleet
    from rea_xcom_tui.gitops import WorkTree
    from rea_xcom_tui.gitops.unread import CheckedOut


class Told(msgspec.Struct, frozen=True, array_like=True):
    """What was said."""

    text: str
    notes: list[str]
    levels: list[Severity]
    """The severities that something reaches."""


_TOLD = msgspec.msgpack.Decoder(Told).decode


def _named(there: CheckedOut | WorkTree, rest: Sequence[bytes]) -> bytes:
    """A name for what is checked out, and for what is not among the files of the index."""
    return name_of(f"{there.head}\0{there.branch}".encode("utf-8", "surrogateescape"), *rest)


class Memory:
    """What was said of a workspace's fleet when the same was asked in the same state.

    To be made before the fleet is read, where git has been asked about the working tree. `words` are what was asked.
    Several repos have their answers worked out each time.
    """

    def __init__(self, workspace: FleetState, words: Sequence[str]) -> None:
        self._workspace = workspace
        self._asked = workspace.asked if workspace.members.keys() == {""} else None
        reading = workspace.reading()
        place = name_of(Keys(reading).scope(workspace.root), b"drift", *(word.encode() for word in words))
        self._answers = Answers(place, reading.today.toordinal())
        self._glance: Glance | None = None
        self._layered = LayeredState(workspace.repository, reading, self._asked) if self._asked is not None else None

    def find(self) -> Told | None:
        """What was said, or None where it is not known; the fleet can be read as if nobody had looked then."""
        with closing(Cache(cache_path())) as cache:
            before = self._answers.known(cache)
            if before[-1:] == (OF_LAYERS,):
                name = self._layered.name() if self._layered is not None else None
                state = self._layered_state(name) if name == before[0] else None
            else:
                if not before or (glance := self._look(cache)) is None or glance.name != before[0]:
                    return None
                state = self._state(glance, known=True)
            if state is None or (portions := self._answers.find(cache, state)) is None:
                return None
        with suppress(ValueError):  # a damaged record
            return _TOLD(b"".join(portions))
        return None

    def keep(self, told: Told) -> None:
        """Keep what is said of the fleet as it was read, where everything that it depends on has a name."""
        if (place := cache_path()) is None:
            return
        with closing(Cache(place)) as cache:
            if (state := self._state_of(self._workspace.fleet, cache)) is not None:
                with suppress(UnicodeEncodeError):  # half of a character, which may be in a name
                    portions = [msgspec.msgpack.encode(told)]
                    list(self._answers.keep(cache, state, portions))

    def _state_of(self, fleet: Fleet, cache: Cache) -> Sequence[bytes] | None:
        """Names for the state in which the fleet has been read, or None where it has none."""
        if self._layered is not None and fleet.layouts is not None:
            return self._layered_state(self._layered.name_of(fleet))
        if fleet.unreadable or (glance := self._look(cache)) is None:
            return None
        if self._layered is None or not self._layered.is_as_seen():  # a deployment may not have been one for a moment
            return None
        oids = {entry.path: entry.oid for entry in glance.listed}
        return self._state(glance) if all(one.digest == oids.get(one.file) for one in fleet.deployments) else None

    def _look(self, cache: Cache) -> Glance | None:
        if self._glance is None and self._asked is not None:
            self._glance = Glance(self._workspace.repository, self._workspace.reading(), None, cache, self._asked, None)
        return self._glance

    def _state(self, glance: Glance, *, known: bool = False) -> tuple[bytes, bytes] | None:
        """Names for the files and for all else, or None where there is something that has none.

        With `known` something has been kept under the first name.
        """
        with suppress(OSError):
            if (rest := self._rest()) is None:  # asked while git is still comparing the files
                return None
            there: CheckedOut | WorkTree | None = glance.unchanged() if known else None
            if there is None and (tree := glance.settle()) is not None and glance.is_named(tree):
                there = tree
            if there is not None:
                return glance.name, _named(there, rest)
        return None

    def _layered_state(self, name: bytes | None) -> Sequence[bytes] | None:
        """The same of files that make layers, which have this name."""
        with suppress(OSError):
            if self._layered is not None and name is not None and (rest := self._rest()) is not None:
                there = self._layered.unchanged()
                return None if there is None else (name, _named(there, rest), OF_LAYERS)
        return None

    def _rest(self) -> tuple[bytes, bytes, bytes] | None:
        """What is not among the files of the index: how the history is told, what is configured, and a baseline that
        git ignores. None where the history is not whole."""
        workspace = self._workspace
        if workspace.repository.shallow():
            return None
        settings = msgspec.json.encode(workspace.config, order="deterministic", enc_hook=str)
        baseline = workspace.root / BASELINE_FILE
        told = workspace.repository.retellings().encode("utf-8", "surrogateescape")
        return told, settings, baseline.read_bytes() if baseline.is_file() else b""
