"""Layered deployments that an earlier scan has made, as long as nothing that they depend on has changed.

Two things are kept. A trace says what one search for entry points has read and which rows came of it: while the same
paths are there and those files hold the same bytes, nothing is read or put together at all. And each row by itself,
under all that it is made of, so that after a change elsewhere only the entry points are looked for again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.fleet.model import Deployment, Layouts
from rea_xcom_tui.fleet.scan.cache import Cache, Kept, Keys
from rea_xcom_tui.fleet.scan.gc_paused import made_to_last, no_collection
from rea_xcom_tui.fleet.scan.layer_workers import row_key, rows_in_processes
from rea_xcom_tui.fleet.scan.layered import Layered, Told, read_entry
from rea_xcom_tui.fleet.scan.letting_go import let_go_slowly
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import Record, from_record, to_record
from rea_xcom_tui.gitops.objects import hash_bytes, is_blob
from rea_xcom_tui.layouts.argocd.helm_extra import is_installed
from rea_xcom_tui.layouts.model import EntryPoint, Problem
from rea_xcom_tui.xcom.rules.ignores import MARK

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Repository

_BATCH = 200
_LARGE = 500
"""From this many files on, the garbage collector is told that what a scan makes of them stays."""
_MARK = MARK.encode()
Clean = Mapping[str, tuple[str, int]]
"""Blob id and size on the disk of the files whose bytes are those of their blobs."""


@dataclass(frozen=True, slots=True)
class Files:
    """The files of a working tree, as far as they tell whether something has changed."""

    repository: Repository
    listed: Sequence[FileEntry]
    clean: Clean
    changed: Collection[str]
    """Files that differ from HEAD, and those that git does not track."""


def layered_rows(
    files: Files, layouts: Layouts, reading: Reading, cache: Cache, progress: Told | None = None
) -> Layered:
    """The deployments of all entry points, what has not changed from the cache."""
    settings = _settings(reading)
    trace = hashlib.blake2b(settings + str(files.repository.root).encode("utf-8", "surrogateescape"), digest_size=20)
    day = reading.today.toordinal()
    with no_collection():
        found = _traced(files, layouts, cache, trace.digest(), day)
    if found is not None:
        return found
    is_large = len(files.listed) >= _LARGE
    if is_large:
        let_go_slowly(layouts.tree)
    with made_to_last() if is_large else no_collection():
        return _made(files, layouts, reading, cache, (settings, trace.digest()), progress)


def _made(
    files: Files,
    layouts: Layouts,
    reading: Reading,
    cache: Cache,
    names: tuple[bytes, bytes],
    progress: Told | None,
) -> Layered:
    """The deployments of all entry points, looked for again; rows whose files are as they were come from the cache.

    `names` are those of the settings and of the trace to be kept.
    """
    settings, trace = names
    day = reading.today.toordinal()
    rows: list[Deployment] = []
    keys: list[bytes] = []
    fresh: dict[bytes, Kept] = {}
    named = {row_key(settings, entry, layouts.tree): entry for entry in layouts.found.entries}
    known = {key: row for key, record in cache.get(named, day) for row in _sound(record, files.changed)}
    missing = [entry for key, entry in named.items() if key not in known]
    made = rows_in_processes(files.repository.root, layouts.tree, missing, reading, settings)
    for done, (key, record) in enumerate(made, start=1):
        if key not in named:
            continue  # one of its files has just become another, so that it is made of what was read here
        known[key] = next(iter(_sound(record, files.changed)))
        fresh[key] = Kept(record, _is_dated(named[key], layouts))
        if progress is not None and done % _BATCH == 0:
            progress(done, len(named), ())
    for done, (key, entry) in enumerate(named.items(), start=1):
        if key not in known:
            row = read_entry(entry, layouts.tree, reading)
            known[key] = _marked(row, files.changed) if row is not None else None
            fresh[key] = Kept(to_record(row), _is_dated(entry, layouts))
        if (row := known[key]) is not None:
            rows.append(row)
            keys.append(key)
        if progress is not None and (done % _BATCH == 0 or done == len(named)):
            progress(done, len(named), ())
    cache.put(fresh, day)
    found = Layered(tuple(rows), layouts.found.reached, layouts.found.problems, layouts.found.unnamed)
    _keep_trace(files, layouts, cache, trace, (found, keys), day)
    return found


def _settings(reading: Reading) -> bytes:
    """All that decides how layers are read, beside the files."""
    key = Keys(reading).key("layers", "", 0)
    return key + repr((reading.layouts, reading.engine, is_installed())).encode()


def _is_dated(entry: EntryPoint, layouts: Layouts) -> bool:
    """Whether a comment in one of the files may expire."""
    return any(_MARK in (layouts.tree.was_read.get(file) or b"") for file in entry.files)


def _sound(record: Record, changed: Collection[str]) -> Sequence[Deployment | None]:
    """The row of a record, None for an entry point that deploys something else; nothing for a damaged record."""
    try:
        item = from_record(record)
    except ValueError:
        return ()
    if not isinstance(item, Deployment):
        return () if item is not None else (None,)
    return (_marked(item, changed),)


def _marked(row: Deployment, changed: Collection[str]) -> Deployment:
    """A row, marked where one of its files has changed; rows are kept without marks."""
    if changed and any(file in changed for file in row.files):
        return msgspec.structs.replace(row, dirty=True)
    return row


class _Trace(msgspec.Struct, frozen=True):
    """What one search for entry points has read, and what came of it."""

    paths: str
    """A name for which files there were."""
    read: list[str]
    digest: str
    """A name for what the files that were read held."""
    keys: list[bytes]
    """Those of the rows."""
    reached: list[str]
    problems: list[tuple[str, str, int, int]]
    unnamed: bool


def _traced(files: Files, layouts: Layouts, cache: Cache, key: bytes, day: int) -> Layered | None:
    """What came of an earlier search, if it would come to the same today."""
    record = dict(cache.get([key], day)).get(key)
    if record is None:
        return None
    try:
        trace = msgspec.msgpack.decode(record, type=_Trace)
    except ValueError:  # a damaged record
        return None
    if trace.paths != _paths_digest(files, layouts) or trace.digest != _bytes_digest(files, trace.read):
        return None
    known = dict(cache.get(trace.keys, day))
    sound = (_sound(known.get(each, b""), files.changed) for each in trace.keys)
    rows = [row for found in sound for row in found if row is not None]
    if len(rows) != len(trace.keys):
        return None
    problems = tuple(Problem(*problem) for problem in trace.problems)
    return Layered(tuple(rows), frozenset(trace.reached), problems, trace.unnamed)


def _keep_trace(
    files: Files, layouts: Layouts, cache: Cache, key: bytes, made: tuple[Layered, Sequence[bytes]], day: int
) -> None:
    found, keys = made
    read = layouts.tree.was_read
    for path, (oid, _) in files.clean.items():
        if path in read and not is_blob(oid, read[path] or b"", files.repository.object_format):
            return  # what was read is not the file that git saw, though it may be as long
    names = sorted(read)
    problems = [(each.sentence, each.file, each.line, each.column) for each in found.problems]
    digest = _bytes_digest(files, names, read)
    trace = _Trace(
        _paths_digest(files, layouts), names, digest, list(keys), sorted(found.reached), problems, found.unnamed
    )
    dated = any(_MARK in (data or b"") for data in read.values())
    cache.put({key: Kept(msgspec.msgpack.encode(trace), dated)}, day)


def _paths_digest(files: Files, layouts: Layouts) -> str:
    """A name for which files and links there are, and which URLs mean this repo."""
    words = [f"{entry.mode} {entry.path}" for entry in files.listed]
    words += [f"{link}\0{target}" for link, target in sorted(layouts.tree.links.items())]
    text = "\n".join((*words, *layouts.tree.remotes))
    return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), digest_size=20).hexdigest()


def _bytes_digest(files: Files, paths: Iterable[str], read: Mapping[str, bytes | None] | None = None) -> str:
    """A name for what these files hold: by git's word for those that are as in the index, else by their bytes."""
    from rea_xcom_tui.values import Unreadable, read_file

    root = files.repository.root
    hasher = hashlib.blake2b(digest_size=20)
    for path in paths:
        known = files.clean.get(path)
        if known is None:
            data = read.get(path) if read is not None else None
            if read is None:
                try:
                    data = read_file(root / path, root)
                except Unreadable:
                    data = None
            known = ("", -1) if data is None else (hash_bytes(data, files.repository.object_format), len(data))
        hasher.update(f"{path}\0{known[0]}\0{known[1]}\n".encode("utf-8", "surrogateescape"))
    return hasher.hexdigest()
