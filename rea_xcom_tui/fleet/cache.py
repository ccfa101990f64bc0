"""What earlier scans read, by git blob id, so that a second start reads only what has changed.

Positions count lines and columns and never bytes, because git may convert line ends on checkout and the bytes
on disk then differ from the blob. The cache is the user's own: a folder only they can enter.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from rea_xcom_tui import __version__
from rea_xcom_tui.fleet.judging import Reading
from rea_xcom_tui.fleet.records import Record

_READER = 2
"""Grows whenever the same bytes are read differently than before."""

_TABLE = "create table if not exists records (key blob primary key, record text, seen integer) without rowid"
_MOST_ROWS = 400_000
_VARIABLES = 900


class Cache:
    """Records of files by key. Every failure of the cache is a miss: it may never keep a scan from working."""

    def __init__(self, path: Path | None) -> None:
        self._connection: sqlite3.Connection | None = None
        if path is None:
            return
        with contextlib.suppress(OSError, sqlite3.Error):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
            connection.execute("pragma journal_mode=wal")
            connection.execute("pragma synchronous=off")
            connection.execute(_TABLE)
            self._connection = connection

    def get(self, keys: Iterable[bytes]) -> Iterator[tuple[bytes, Record]]:
        """The records that are known for these keys, in portions as they are read."""
        if self._connection is None:
            return
        wanted = list(keys)
        for start in range(0, len(wanted), _VARIABLES):
            some = wanted[start : start + _VARIABLES]
            marks = ",".join("?" * len(some))
            try:
                rows = self._connection.execute(f"select key, record from records where key in ({marks})", some)
                found = [(key, json.loads(record) if record else None) for key, record in rows]
            except (sqlite3.Error, ValueError):
                return
            yield from found

    def put(self, records: Mapping[bytes, Record], day: int) -> None:
        """Keep records; `day` (an ordinal) tells later which are old."""
        if self._connection is None or not records:
            return
        rows = [(key, json.dumps(record) if record else None, day) for key, record in records.items()]
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("begin")
            self._connection.executemany("insert or replace into records values (?, ?, ?)", rows)
            self._connection.execute("commit")
            self._trim()

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            with contextlib.suppress(sqlite3.Error):
                self._connection.close()

    def _trim(self) -> None:
        assert self._connection is not None
        (count,) = self._connection.execute("select count(*) from records").fetchone()
        if count > _MOST_ROWS:
            self._connection.execute(
                "delete from records where key in (select key from records order by seen limit ?)", (count // 2,)
            )


def cache_path() -> Path:
    """Where the cache is: the platform's cache folder of this user."""
    from platformdirs import user_cache_path

    return user_cache_path("rea-xcom-tui") / "readings.sqlite3"


class Keys:
    """Makes the keys under which files are kept: what was read, under which name, by which reader and settings."""

    def __init__(self, reading: Reading) -> None:
        rules = reading.rules
        settings = (
            __version__,
            _READER,
            reading.judged,
            reading.environments,
            sorted(rules.off),
            sorted(rules.severities.items()),
            (rules.airflow, rules.agent, rules.policies, rules.ignores),
            reading.today if rules.ignores else None,
        )
        self._start = hashlib.blake2b(repr(settings).encode(), digest_size=20)
        self._today = reading.today.isoformat()

    def key(self, file: str, oid: str, *, dated: bool = False) -> bytes:
        """The key of one file with this blob; a `dated` one holds for today only (comments that expire)."""
        hasher = self._start.copy()
        day = self._today if dated else ""
        hasher.update(f"{oid}\0{day}\0{file}".encode("utf-8", "surrogateescape"))
        return hasher.digest()
