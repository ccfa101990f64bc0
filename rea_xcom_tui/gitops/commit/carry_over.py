"""Taking one edit over to another version of the same file."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from rea_xcom_tui.gitops.process.runner import ANY_STATUS, Runner


def carry_over(runner: Runner, before: bytes, after: bytes, other: bytes) -> bytes | None:
    """Return `other` with the edit that made `after` of `before`, or None where that is not clear.

    Not clear is an edit on or next to lines in which `other` differs from `before`.
    """
    if other == before:
        return after
    with tempfile.TemporaryDirectory(prefix="rea-xcom-tui-") as folder:
        paths = [Path(folder) / name for name in ("other", "before", "after")]
        for path, content in zip(paths, (other, before, after), strict=True):
            path.write_bytes(content)
        output = runner.read(["merge-file", "-p", "-q", *map(str, paths)], expect=ANY_STATUS)
    if output.status != 0 or _difference(before, after) != _difference(other, output.stdout):
        return None
    return output.stdout


def _difference(old: bytes, new: bytes) -> tuple[Counter[bytes], Counter[bytes]]:
    old_lines, new_lines = Counter(old.splitlines(True)), Counter(new.splitlines(True))
    return old_lines - new_lines, new_lines - old_lines
