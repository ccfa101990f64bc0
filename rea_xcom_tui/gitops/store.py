"""Keeping bytes in git's own object store, without any filter between."""

from __future__ import annotations

import hashlib
import tempfile
import zlib
from collections.abc import Collection, Sequence

from rea_xcom_tui.gitops.objects import ObjectFormat, hash_bytes
from rea_xcom_tui.gitops.process.runner import Runner

_MANY = 100
"""From so many objects on git itself keeps what it fetches as one pack (`fetch.unpackLimit`)."""


def store_blobs(runner: Runner, contents: Sequence[bytes], object_format: ObjectFormat | None = None) -> list[str]:
    """Store each content as a blob, byte for byte, and return their ids in the same order.

    One `git hash-object` for all: a process for each would cost 3 ms a file. Many become one pack where the repo's
    `object_format` is told, since a file for each is what takes the time. Nothing refers to the blobs, so `git gc` may
    remove those that no commit holds after two weeks (`gc.pruneExpire`).
    """
    if not contents:
        return []
    if object_format is not None and len(contents) >= _MANY:
        oids = [hash_bytes(content, object_format) for content in contents]
        distinct = dict(zip(oids, contents, strict=True)).values()
        runner.read(["index-pack", "--stdin"], stdin=_packed(distinct, object_format))
        return oids
    with tempfile.TemporaryDirectory(prefix="rea-xcom-tui-") as folder:
        paths = [f"{folder}/{number}" for number in range(len(contents))]
        for path, content in zip(paths, contents, strict=True):
            with open(path, "wb") as file:
                file.write(content)
        names = "".join(f"{path}\n" for path in paths).encode()
        # As a reading command: without filters nothing of the repo's own can run, so this is safe in one
        # that may only be viewed too.
        output = runner.read(["hash-object", "-w", "--no-filters", "--stdin-paths"], stdin=names)
    return output.text.split()


def _packed(contents: Collection[bytes], object_format: ObjectFormat) -> bytes:
    """Blobs as a pack: a header, each with its size in groups of bits and deflated, and the sum of all that."""
    parts = [b"PACK", (2).to_bytes(4), len(contents).to_bytes(4)]
    for content in contents:
        kind_and_size, rest = 3 << 4 | len(content) & 15, len(content) >> 4
        head = bytearray()
        while rest:
            head.append(kind_and_size | 128)
            kind_and_size, rest = rest & 127, rest >> 7
        head.append(kind_and_size)
        parts += [bytes(head), zlib.compress(content, 1)]
    pack = b"".join(parts)
    return pack + hashlib.new(object_format, pack, usedforsecurity=False).digest()
