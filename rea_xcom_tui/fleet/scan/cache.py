"""What earlier scans read, by git blob id, so that a second start reads only what has changed.

What is on the disk is not always the blob. A key holds its size there, so that another checkout with other line ends is
another file; what git turns into something else on checkout (a filter, another encoding, an expanded `$Id$`) is
never kept, because neither blob nor attributes tell what was made of it. The cache is the user's own: a folder
only they can enter.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from zlib import crc32

import msgspec

from rea_xcom_tui import __version__
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import Record

_READER = 7
"""Grows whenever the same bytes are read differently than before, and when records become others."""

_TABLE = "create table if not exists records (key blob primary key, record blob, seen integer, dated integer)"
_OLD_TABLE = "drop table if exists readings"
_MOST_BYTES = 512 << 20
_VARIABLES = 900
_AT_ONCE = 2_000
_SHOWN = b"first"
_KEY = 20
"""Bytes of a key."""
_SUM = 4
"""Bytes at the end of a record for a sum over its key and itself: the database has none, so it takes whatever a disk
or another program has made of a record for sound."""


class Kept(msgspec.Struct, frozen=True):
    """A record, and whether it holds for the day on which it was made only (comments that expire)."""

    record: Record
    dated: bool = False


class Cache:
    """Records of files by key. Every failure of the cache is a miss: it may never keep a scan from working."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        """Where it is; None where there is none."""
        self._connection: sqlite3.Connection | None = None
        if path is None:
            return
        with contextlib.suppress(OSError, sqlite3.Error):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                self._connection = _opened(path)
            except sqlite3.OperationalError:  # another instance has it for itself, or the disk is full
                raise
            except sqlite3.DatabaseError:  # a crash of the machine has left half of it
                path.unlink()
                self._connection = _opened(path)

    def get(self, keys: Iterable[bytes], day: int) -> Iterator[tuple[bytes, Record]]:
        """The records that are known for these keys on `day` (an ordinal), in portions as they are read."""
        if self._connection is None:
            return
        wanted = list(keys)
        for start in range(0, len(wanted), _VARIABLES):
            some = wanted[start : start + _VARIABLES]
            marks = ",".join("?" * len(some))
            try:
                query = f"select key, record from records where key in ({marks}) and (not dated or seen = ?)"
                rows = self._connection.execute(query, (*some, day))
                found = [(key, whole[:-_SUM]) for key, whole in rows if _is_whole(key, whole)]
            except (sqlite3.Error, ValueError):
                return
            yield from found

    @contextlib.contextmanager
    def filling(self, day: int) -> Iterator[Callable[[bytes, Kept], None]]:
        """Gives what takes records as they are made on `day` (an ordinal); they are kept in portions."""
        waiting: dict[bytes, Kept] = {}

        def keep(key: bytes, kept: Kept) -> None:
            waiting[key] = kept
            if len(waiting) >= _AT_ONCE:
                self.put(waiting, day)
                waiting.clear()

        try:
            yield keep
        finally:
            self.put(waiting, day)

    def nothing(self, scope: bytes, day: int) -> set[bytes]:
        """The keys of files that are known to be nothing for us. They are kept as one record, whose key is `scope`:
        in most repos they are more than all others, and a row for each would take longer than to read them."""
        blob = next((record for _, record in self.get([scope], day)), b"")
        return {blob[at : at + _KEY] for at in range(0, len(blob), _KEY)}

    def put_nothing(self, scope: bytes, keys: Collection[bytes], day: int) -> None:
        """Keep that these files, and no others, are nothing for us."""
        self.put({scope: Kept(b"".join(keys))}, day)

    def first(self, scope: bytes, day: int) -> frozenset[str]:
        """The files of a repo that were shown first when it was read last; to be looked up first, and no more."""
        blob = next((record for _, record in self.get([scope + _SHOWN], day)), b"")
        return frozenset(blob.decode("utf-8", "surrogateescape").split("\0")) if blob else frozenset()

    def put_first(self, scope: bytes, files: Collection[str], day: int) -> None:
        """Keep which files of a repo are shown first."""
        self.put({scope + _SHOWN: Kept("\0".join(sorted(files)).encode("utf-8", "surrogateescape"))}, day)

    def put(self, records: Mapping[bytes, Kept], day: int) -> None:
        """Keep records that were made on `day` (an ordinal), which tells later which are old."""
        if self._connection is None or not records:
            return
        rows = ((key, kept.record + _summed(key, kept.record), day, kept.dated) for key, kept in records.items())
        with contextlib.suppress(sqlite3.Error):
            with self._connection:  # all of it or nothing, and it is over also where it fails
                self._connection.execute("begin")
                self._connection.executemany("insert or replace into records values (?, ?, ?, ?)", rows)
            self._trim()

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()

    def _trim(self) -> None:
        """Leave out the older half where the file has grown beyond all use; what is freed is used again."""
        assert self._connection is not None
        ask = self._connection.execute
        (used,) = ask(
            "select (page_count - freelist_count) * page_size from pragma_page_count, pragma_freelist_count, "
            "pragma_page_size"
        ).fetchone()
        if used > _MOST_BYTES:
            older = "select key from records order by seen limit (select count(*) / 2 from records)"
            ask(f"delete from records where key in ({older})")


def _summed(key: bytes, record: bytes | memoryview) -> bytes:
    return crc32(record, crc32(key)).to_bytes(_SUM, "big")


def _is_whole(key: bytes, whole: object) -> bool:
    """Whether what is in the database is a record as it was kept."""
    if not isinstance(whole, bytes) or len(whole) < _SUM:
        return False
    return _summed(key, memoryview(whole)[:-_SUM]) == whole[-_SUM:]


def installed(package: str) -> object:
    """Which copy of a package is installed, told without importing it or searching for its version."""
    found = find_spec(package)
    if found is None or found.origin is None:
        return None
    status = os.stat(found.origin)
    return found.origin, status.st_size, status.st_mtime_ns


def _opened(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
    # Rows of 3 KB would leave a third of small pages empty, and fewer pages are put together sooner. A log that is
    # written ahead has all that is new twice, a journal for taking back none of it. Together that halves what it takes
    # to keep a first scan.
    connection.execute("pragma page_size=32768")
    # Where an instance of before has it open, both can go on with its log.
    with contextlib.suppress(sqlite3.OperationalError):
        connection.execute("pragma journal_mode=delete")
    connection.execute("pragma synchronous=off")
    connection.execute(_TABLE)
    connection.execute(_OLD_TABLE)
    return connection


class Keys:
    """Makes the keys under which files are kept: what was read, under which name, by which reader and settings."""

    def __init__(self, reading: Reading) -> None:
        rules = reading.rules
        settings = (
            __version__,
            _READER,
            sys.version_info[:2],  # Unicode's tables, by which text is made harmless
            installed("yaml"),
            reading.judged,
            reading.environments,
            sorted(rules.off),
            sorted(rules.severities.items()),
            (rules.airflow, rules.agent, rules.policies, rules.ignores),
            reading.today if rules.ignores else None,
        )
        self._start = hashlib.blake2b(repr(settings).encode(), digest_size=_KEY)

    def scope(self, root: Path) -> bytes:
        """The key under which it is kept which files of a repo are nothing for us."""
        return self.key(f"{root}\0nothing", "", 0)

    def key(self, file: str, oid: str, size: int) -> bytes:
        """The key of one file with this blob, of which a checkout has made so many bytes."""
        hasher = self._start.copy()
        hasher.update(f"{oid}\0{size}\0{file}".encode("utf-8", "surrogateescape"))
        return hasher.digest()
