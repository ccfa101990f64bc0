"""Blobs: their ids and their bytes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Literal

from rea_xcom_tui.gitops.problems import GitProblem
from rea_xcom_tui.gitops.process.runner import Runner

ObjectFormat = Literal["sha1", "sha256"]

_HEX_ID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")


def hash_bytes(data: bytes, object_format: ObjectFormat = "sha1") -> str:
    """Return the id git gives a blob of exactly these bytes, without eol conversion and filters."""
    new = hashlib.sha256 if object_format == "sha256" else hashlib.sha1
    return new(b"blob %d\0%b" % (len(data), data), usedforsecurity=False).hexdigest()


def is_blob(oid: str, data: bytes, object_format: ObjectFormat, digest: str = "") -> bool:
    """Tell whether these bytes are a blob's, line ends aside; `digest` is the id of just these, where that is known."""
    if oid == (digest or hash_bytes(data, object_format)):
        return True
    return b"\r\n" in data and oid == hash_bytes(data.replace(b"\r\n", b"\n"), object_format)


def is_hex_id(text: str) -> bool:
    """Tell whether `text` is a full object id, and so safe anywhere in a command line."""
    return _HEX_ID.fullmatch(text) is not None


def read_blobs(runner: Runner, oids: Sequence[str], *, limit: int | None = None) -> dict[str, bytes]:
    """Return the bytes of each blob, through one `git cat-file --batch`.

    Blobs of more than `limit` bytes are left out. Raises GitProblem for an id the repo has no blob for.
    """
    wanted = list(dict.fromkeys(oids))
    for oid in wanted:
        if not is_hex_id(oid):
            raise GitProblem(f"{oid!r} is not the id of a git object.")
    if limit is not None:
        wanted = [oid for oid, size in _sizes(runner, wanted) if size <= limit]
    if not wanted:
        return {}
    output = runner.read(["cat-file", "--batch", "--buffer"], stdin=_lines(wanted)).stdout
    blobs: dict[str, bytes] = {}
    position = 0
    for oid in wanted:
        end = output.index(b"\n", position)
        size = _size_in(output[position:end], oid, runner)
        position = end + 1
        blobs[oid] = output[position : position + size]
        position += size + 1
    return blobs


def _sizes(runner: Runner, oids: Sequence[str]) -> Iterable[tuple[str, int]]:
    if not oids:
        return ()
    output = runner.read(["cat-file", "--batch-check", "--buffer"], stdin=_lines(oids)).stdout
    lines = output.splitlines()
    return [(oid, _size_in(line, oid, runner)) for oid, line in zip(oids, lines, strict=True)]


def _lines(oids: Iterable[str]) -> bytes:
    return "".join(f"{oid}\n" for oid in oids).encode("ascii")


def _size_in(line: bytes, oid: str, runner: Runner) -> int:
    """Read the size from cat-file's header `<oid> blob <size>`."""
    words = line.decode("ascii", "replace").split(" ")
    if len(words) != 3 or words[1] != "blob":
        raise GitProblem(
            f"The repo {runner.directory} has no file content {oid}, which it should have; git fsck says more."
        )
    return int(words[2])
