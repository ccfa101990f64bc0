"""Keeping bytes in git's own object store, without any filter between."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

from rea_xcom_tui.gitops.objects import ObjectFormat
from rea_xcom_tui.gitops.packing import Meanwhile, store_as_pack
from rea_xcom_tui.gitops.process.runner import Runner

_MANY = 100
"""From so many objects on git itself keeps what it fetches as one pack (`fetch.unpackLimit`)."""


def store_blobs(
    runner: Runner, contents: Sequence[bytes], object_format: ObjectFormat | None = None, meanwhile: Meanwhile = None
) -> list[str]:
    """Store each content as a blob, byte for byte, and return their ids in the same order.

    One `git hash-object` for all: a process for each would cost 3 ms a file. Many become one pack where the repo's
    `object_format` is told, since a file for each is what takes the time. Nothing refers to the blobs, so `git gc` may
    remove those that no commit holds after two weeks (`gc.pruneExpire`). `meanwhile` is called while many are stored.
    """
    if not contents:
        return []
    if object_format is not None and len(contents) >= _MANY:
        return store_as_pack(runner, contents, object_format, meanwhile)
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
