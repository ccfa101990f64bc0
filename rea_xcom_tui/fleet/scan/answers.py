"""What a view says of a whole fleet, kept as it was said, for as long as everything that it depends on is the same.

Each answer is a file: as one of tens of megabytes, it takes a database three times as long to keep and to find.
"""

from __future__ import annotations

import hashlib
import os
import struct
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import IO
from zlib import crc32

import msgspec

from rea_xcom_tui.durable import is_temporary, new_token, temporary_name
from rea_xcom_tui.fleet.scan.cache import Cache

_SIZE = 20
"""Bytes of a name."""
_HEAD = struct.Struct(">qIQI")
"""What a file begins with: the day, the number of names, which follow, the bytes of the answer, which is behind these,
and a sum over day, names and answer."""
_MOST_NAMES = 1 << 16
_MOST_BYTES = 256 << 20
"""Bytes of all answers together: the oldest ones go first."""
_PORTION = 1 << 18
"""Bytes of an answer that are read at once."""
_GIVEN_UP = 3600
"""After so many seconds a part belongs to nobody any more: a crash has left it."""


def name_of(*parts: bytes) -> bytes:
    """A name for some bytes, in this order."""
    hasher = hashlib.blake2b(digest_size=_SIZE)
    for part in parts:
        hasher.update(b"%d:" % len(part))
        hasher.update(part)
    return hasher.digest()


class Answers(msgspec.Struct, frozen=True):
    """The one answer that is kept for a place: what a view says of these repos, whatever state they are in.

    The file takes its place once it is whole, and holds the state: the name of each repo's, in their order.
    """

    place: bytes
    day: int

    def known(self, cache: Cache) -> tuple[bytes, ...]:
        """The name of each repo's state when the answer was kept; nothing where there is none."""
        with suppress(OSError, _Damaged), self._path(cache).open("rb") as file:
            return self._names(file)[0]
        return ()

    def find(self, cache: Cache, names: Sequence[bytes]) -> Iterable[bytes] | None:
        """The answer for this state, in portions, or None where it is not there as it was kept."""
        with suppress(OSError, _Damaged):
            answer = _Answer(self._path(cache).open("rb", buffering=0))
            known, length, total = self._names(answer.file)
            if known == tuple(names) and names and answer.is_whole(length, total, _summed(self.day, known)):
                return answer
        return None

    def keep(self, cache: Cache, names: Sequence[bytes], portions: Iterable[bytes]) -> Iterator[bytes]:
        """Keep portions for a state as they pass by, instead of what was kept for another."""
        try:
            path = self._path(cache)
        except _Damaged:
            yield from portions
            return
        part = _Part(path, self.day, names)
        try:
            for portion in portions:
                part.write(portion)
                yield portion
            part.put()
        finally:
            part.close()

    def forget(self, cache: Cache, last: bytes) -> None:
        """Keep no answer any longer for a state whose last name this is."""
        if self.known(cache)[-1:] == (last,):
            with suppress(OSError):
                self._path(cache).unlink()

    def _path(self, cache: Cache) -> Path:
        if cache.path is None:
            raise _Damaged
        return cache.path.with_name("answers") / self.place.hex()

    def _names(self, file: IO[bytes]) -> tuple[tuple[bytes, ...], int, int]:
        """The names that a file holds, the bytes of its answer, and the sum."""
        head = file.read(_HEAD.size)
        if len(head) < _HEAD.size:
            raise _Damaged
        day, number, length, total = _HEAD.unpack(head)
        if day != self.day or number > _MOST_NAMES:
            raise _Damaged
        names = file.read(number * _SIZE)
        if len(names) < number * _SIZE:
            raise _Damaged
        return tuple([names[at : at + _SIZE] for at in range(0, len(names), _SIZE)]), length, total


def _summed(day: int, names: Sequence[bytes]) -> int:
    return crc32(b"".join(names), crc32(b"%d" % day))


class _Damaged(Exception):
    """There is no answer, or not a whole one, or one of another day."""


class _Answer:
    """An answer that is kept. Instead of held in memory it is read twice: to see that it is whole, and to tell it."""

    def __init__(self, file: FileIO) -> None:
        self.file = file
        """Where it is, also where another one takes its place meanwhile."""
        self._start = 0

    def is_whole(self, length: int, total: int, before: int) -> bool:
        """Whether what follows in the file has so many bytes and this sum, to which what is in front of it adds."""
        self._start, read, buffer = self.file.tell(), 0, memoryview(bytearray(_PORTION))
        while size := self.file.readinto(buffer):
            before, read = crc32(buffer[:size], before), read + size
        return (read, before) == (length, total)

    def __iter__(self) -> Iterator[bytes]:
        self.file.seek(self._start)
        while portion := self.file.read(_PORTION):
            yield portion

    def __del__(self) -> None:
        self.file.close()


class _Part:
    """An answer that is being written. Whatever fails, it is not kept, and that is all."""

    def __init__(self, path: Path, day: int, names: Sequence[bytes]) -> None:
        self._path, self._day, self._names = path, day, b"".join(names)
        self._length, self._total = 0, _summed(day, names)
        self._temporary = path.with_name(temporary_name(path.name, new_token()))
        self._file: IO[bytes] | None = None
        with suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._file = open(self._temporary, "xb", opener=_for_the_user)  # noqa: SIM115 - until it is put
            self._write(self._head())

    def _head(self) -> bytes:
        return _HEAD.pack(self._day, len(self._names) // _SIZE, self._length, self._total) + self._names

    def write(self, portion: bytes) -> None:
        """Add a portion."""
        self._length, self._total = self._length + len(portion), crc32(portion, self._total)
        self._write(portion)

    def _write(self, data: bytes) -> None:
        if self._file is not None:
            try:
                self._file.write(data)
            except OSError:
                self.close()

    def put(self) -> None:
        """Have the whole answer take its place, and leave out old ones where all of them are too many."""
        if self._file is not None:
            with suppress(OSError):
                self._file.seek(0)
                self._file.write(self._head())
                self._file.close()
                os.replace(self._temporary, self._path)
                self._file = None
                _trim(self._path)

    def close(self) -> None:
        """Leave out what has not been put."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                self._temporary.unlink()
            with suppress(OSError):
                file.close()


def _for_the_user(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _trim(last: Path) -> None:
    """Leave out the oldest answers but the last one where they are too large together, and what crashes have left."""
    used, long_ago = 0, time.time() - _GIVEN_UP
    with os.scandir(last.parent) as entries:
        found = sorted([(one.stat().st_mtime, one.stat().st_size, one.name) for one in entries], reverse=True)
    for written, size, name in found:
        used += size
        if written < long_ago if is_temporary(name) else (used > _MOST_BYTES and name != last.name):
            with suppress(OSError):
                os.unlink(last.with_name(name))
