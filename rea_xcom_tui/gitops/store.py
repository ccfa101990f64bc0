"""Keeping bytes in git's own object store, without any filter between."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence

from rea_xcom_tui.gitops.process.runner import Runner


def store_blobs(runner: Runner, contents: Sequence[bytes]) -> list[str]:
    """Store each content as a blob, byte for byte, and return their ids in the same order.

    One `git hash-object` for all: a process for each would cost 3 ms a file. Nothing refers to the blobs, so
    `git gc` may remove those that no commit holds after two weeks (`gc.pruneExpire`).
    """
    if not contents:
        return []
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
