"""Bytes that are kept in git's object store, few as objects of their own, many as one pack."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.gitops import GitProblem, Repository
from tests.work import Work

CONTENTS = [b"", b"x", *(bytes([number % 256]) * size for number, size in enumerate((15, 16, 2047, 2048, 300_000)))]
MANY = [*CONTENTS, *(b"\xff\r\n%d\n" % (number % 60) for number in range(120))]


def test_what_there_is_to_do_meanwhile_is_done_once(tmp_path: Path) -> None:
    Work(tmp_path).git("init", "-q")
    done: list[int] = []
    repository = Repository.open(tmp_path)
    oids = repository.store(MANY, lambda: done.append(len(list(repository.log.records()))))
    assert len(done) == 1
    assert len(repository.log.records()) == done[0] + 1  # git had been started, and its answer was not there yet
    assert repository.blobs(oids[:1])[oids[0]] == MANY[0]


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("contents", [CONTENTS, MANY], ids=["few", "many"])
def test_what_is_stored_is_read_back(tmp_path: Path, object_format: str, contents: list[bytes]) -> None:
    work = Work(tmp_path)
    work.git("init", "-q", f"--object-format={object_format}")
    (tmp_path / "file").write_bytes(contents[-1])
    work.git("add", "file")  # one is there already
    repository = Repository.open(tmp_path)
    oids = repository.store(contents)
    assert oids == [repository.hash_bytes(content) for content in contents]
    assert [repository.blobs([oid])[oid] for oid in oids] == contents
    assert repository.store(contents) == oids
    packs = list((tmp_path / ".git/objects/pack").glob("*.pack"))
    assert len(packs) == (contents is MANY)
    assert "error" not in work.git("fsck", "--strict")
    work.git("prune", "--expire=now")
    work.git("repack", "-q", "-a", "-d")  # what no commit holds goes as ever
    assert work.git("cat-file", "-e", oids[1], check=False) == ""
    with pytest.raises(GitProblem):
        Repository.open(tmp_path).blobs([oids[1]])
