from __future__ import annotations

from pathlib import Path

from tests.work import Work


def with_server(work: Work, tmp_path: Path) -> None:
    work.git("init", "-q", "--bare", str(tmp_path / "server.git"))
    work.git("remote", "add", "origin", str(tmp_path / "server.git"))
    work.git("push", "-q", "-u", "origin", "main")
    work.git("remote", "set-head", "origin", "main")


def commit(work: Work, text: str) -> str:
    work.write("other.txt", f"{text}\n")
    return work.commit_all(text)


def test_a_new_branch_sends_what_no_branch_of_the_server_has(work: Work, tmp_path: Path) -> None:
    with_server(work, tmp_path)
    base = work.head()
    work.git("switch", "-q", "-c", "topic")
    commit(work, "first of two")
    commit(work, "second")
    found = work.open().outgoing("origin", "topic")
    assert [c.subject for c in found.commits] == ["second", "first of two"]
    assert (found.known, found.behind, found.target, found.base) == (False, 0, "main", base)


def test_a_branch_the_server_knows_is_ahead_and_behind(work: Work, tmp_path: Path) -> None:
    with_server(work, tmp_path)
    base = work.head()
    theirs = commit(work, "theirs")
    work.git("push", "-q")
    work.git("reset", "-q", "--hard", base)
    commit(work, "ours")
    found = work.open().outgoing("origin", "main")
    assert [c.subject for c in found.commits] == ["ours"]
    assert (found.known, found.behind, found.base) == (True, 1, theirs)


def test_a_remote_that_was_added_later(work: Work, tmp_path: Path) -> None:
    with_server(work, tmp_path)
    work.git("remote", "set-head", "origin", "--delete")
    base = work.head()
    work.git("switch", "-q", "-c", "topic")
    commit(work, "ours")
    found = work.open().outgoing("origin", "topic")
    assert (found.target, found.base) == ("main", base)


def test_nothing_to_send(work: Work, tmp_path: Path) -> None:
    with_server(work, tmp_path)
    assert work.open().outgoing("origin", "main").commits == ()


def test_the_files_of_a_commit_and_of_a_merge(work: Work) -> None:
    work.git("switch", "-q", "-c", "topic")
    work.write("odd\nname.yaml", "x: 1\n")
    work.write("other.txt", "topic\n")
    topic = work.commit_all("two files")
    found, files = work.open().commit_files(topic)
    assert (found.subject, files) == ("two files", ("odd\nname.yaml", "other.txt"))
    work.git("switch", "-q", "main")
    work.write("main.txt", "main\n")
    work.commit_all("on main")
    work.git("merge", "-q", "--no-edit", "topic")
    assert work.open().commit_files("HEAD")[1] == ("odd\nname.yaml", "other.txt")
