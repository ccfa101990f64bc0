"""Many blobs as one pack, since a file for each is what takes the time."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Collection, Sequence

from rea_xcom_tui.gitops.objects import ObjectFormat, hash_bytes
from rea_xcom_tui.gitops.process.runner import Runner

Meanwhile = Callable[[], None] | None
"""What else there is to do while git is at work."""


def store_as_pack(
    runner: Runner, contents: Sequence[bytes], object_format: ObjectFormat, meanwhile: Meanwhile = None
) -> list[str]:
    """Store each content as a blob in one pack, byte for byte, and return their ids in the same order."""
    oids = [hash_bytes(content, object_format) for content in contents]
    distinct = dict(zip(oids, contents, strict=True)).values()
    asked = runner.start(["index-pack", "--stdin"], stdin=_packed(distinct, object_format))
    if meanwhile is not None:
        meanwhile()
    asked.output()
    return oids


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
