"""Another process commits in a tight loop while this tool commits."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rea_xcom_tui.gitops import Change, CommitRefused
from tests.gitops.conftest import LINES, VALUES, edit
from tests.work import Work

LOOP = """
i=0
while [ ! -f .git/stop ]; do
    i=$((i+1)); echo $i > other.txt
    git commit -q -m "theirs $i" -- other.txt 2>/dev/null
done
"""


@contextmanager
def other_process(work: Work) -> Iterator[None]:
    process = subprocess.Popen(["sh", "-c", LOOP], cwd=work.root)
    try:
        yield
    finally:
        (work.root / ".git" / "stop").touch()
        process.wait()


def commit_patiently(work: Work, changes: dict[str, Change], message: str) -> str:
    """Commit, as often as the other process spoils it for us.

    `git commit -- PATH` reads the index before it locks it. When our commit falls in between, the other one
    puts our file's old entry back into the index (not into its commit). That is then a staged change like
    any other, to be refused, and the user's to undo.
    """
    for _ in range(20):
        try:
            return work.open().commit(changes, message).oid
        except CommitRefused as error:
            if "Another git process holds" in str(error):
                continue  # it had the lock whenever we looked, which a machine with much else to do allows
            if "has changes of yours" not in str(error) or b"DIRTY" in work.staged(VALUES):
                raise
            while work.git("diff", "--cached", "--name-only", "--", VALUES):
                work.git("reset", "-q", "--", VALUES, check=False)
    raise AssertionError("never free")


@pytest.mark.parametrize("mixed", [False, True], ids=["plain", "mixed"])
def test_no_commit_of_ours_undoes_anothers(work: Work, mixed: bool) -> None:
    work.write(VALUES, "\n".join(LINES) + "\n")
    work.commit_all()
    if mixed:
        work.write(VALUES, work.read(VALUES).replace(b"k5: 5", b"k5: DIRTY"))
    made = []
    with other_process(work):
        for number in range(8):
            old = b"k25: 25" if number == 0 else b"k25: ours %d" % (number - 1)
            changes: dict[str, Change] = edit(work, old=old, new=b"k25: ours %d" % number)
            made.append(commit_patiently(work, changes, f"ours {number}"))
    assert len(set(made)) == 8
    ours = [line.split() for line in work.git("log", "--format=%H %s").splitlines() if " ours " in line]
    assert [oid for oid, *_ in ours] == made[::-1]
    for oid, *_ in ours:
        assert work.committed_files(oid) == [VALUES]
    assert len(work.git("log", "--format=%s", "--grep=theirs").splitlines()) >= 2
    assert (b"DIRTY" in work.read(VALUES)) == mixed
    assert b"DIRTY" not in work.committed(VALUES)
