"""Many files are written beside each other, and yet each as safely as one alone."""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from rea_xcom_tui import durable
from rea_xcom_tui.fleet.write.putting import Putting, Way
from rea_xcom_tui.values import RefusedEdit

TOKEN = "0123456789ab"


@pytest.fixture
def ways(tmp_path: Path) -> list[Way]:
    found = [Way(f"f{number:03d}.yaml", b"a: 1\n", f"a: {number}00\n".encode()) for number in range(150)]
    for way in found:
        (tmp_path / way.file).write_bytes(way.now or b"")
    return found


def contents(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.iterdir()}


def before(ways: list[Way]) -> dict[str, bytes | None]:
    return {way.file: way.now for way in ways}


def after(ways: list[Way]) -> dict[str, bytes | None]:
    return {way.file: way.then for way in ways}


def test_each_content_is_on_the_disk_before_its_name_and_many_at_once(
    tmp_path: Path, ways: list[Way], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, str]] = []
    fsync, replace, advise = os.fsync, os.replace, os.posix_fadvise

    def name(path: str) -> str:
        return os.path.basename(path)

    def advised(descriptor: int, *how: int) -> None:
        told.append(("begun", name(os.readlink(f"/proc/self/fd/{descriptor}"))))
        advise(descriptor, *how)

    def synced(descriptor: int) -> None:
        told.append(("on the disk", name(os.readlink(f"/proc/self/fd/{descriptor}"))))
        fsync(descriptor)

    def replaced(source: str, target: str) -> None:
        told.append(("in its place", name(source)))
        replace(source, target)

    monkeypatch.setattr(os, "posix_fadvise", advised)
    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    putting = Putting(tmp_path, ways, TOKEN)
    putting.go()
    assert contents(tmp_path) == after(ways)
    assert putting.done == ways
    of_files = [one for one in told if one[1] != tmp_path.name]
    names = [f".{way.file}.{TOKEN}.rea-xcom-tui.tmp" for way in ways]
    expected: list[tuple[str, str]] = []
    for first in range(0, 150, 64):
        for what in ("begun", "on the disk", "in its place"):
            expected += [(what, one) for one in names[first : first + 64]]
    assert of_files == expected
    assert told[-1] == ("on the disk", tmp_path.name)


@pytest.mark.parametrize("at", [0, 1, 63, 64, 100, 149])
def test_what_ends_the_work_leaves_nothing_beside_the_files(tmp_path: Path, ways: list[Way], at: int) -> None:
    def stop(done: int, of: int) -> None:
        assert of == 150
        if done == at:
            raise KeyboardInterrupt

    putting = Putting(tmp_path, ways, TOKEN, stop)
    with pytest.raises(KeyboardInterrupt):
        putting.go()
    assert putting.done == ways[:at]
    assert contents(tmp_path) == before(ways) | after(ways[:at])


@pytest.mark.parametrize("at", [0, 1, 63, 64, 100, 149])
def test_a_file_that_somebody_else_changes_meanwhile_is_left_to_them(
    tmp_path: Path, ways: list[Way], at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync = os.fsync

    def theirs(descriptor: int) -> None:
        if f"{ways[at].file}." in os.readlink(f"/proc/self/fd/{descriptor}"):
            (tmp_path / ways[at].file).write_bytes(b"theirs: 1\n")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", theirs)
    putting = Putting(tmp_path, ways, TOKEN)
    with pytest.raises(RefusedEdit, match=f"{ways[at].file} was changed by someone else"):
        putting.go()
    assert putting.done == ways[:at]
    assert contents(tmp_path) == before(ways) | after(ways[:at]) | {ways[at].file: b"theirs: 1\n"}


@contextmanager
def few_open_files(more: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(map(int, os.listdir("/proc/self/fd"))) + more, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("more", [2, 3, 10])
def test_where_few_files_may_be_open_fewer_are_written_at_once(tmp_path: Path, ways: list[Way], more: int) -> None:
    with few_open_files(more):
        Putting(tmp_path, ways, TOKEN).go()
    assert contents(tmp_path) == after(ways)


def test_where_there_is_room_for_one_new_version_only_one_is_written_at_once(
    tmp_path: Path, ways: list[Way], monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write

    def full(descriptor: int, data: bytes) -> int:
        if len([name for name in os.listdir(tmp_path) if name.endswith(".tmp")]) > 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return write(descriptor, data)

    monkeypatch.setattr(os, "write", full)
    Putting(tmp_path, ways, TOKEN).go()
    assert contents(tmp_path) == after(ways)


def test_files_that_are_made_and_removed_keep_their_turn(tmp_path: Path, ways: list[Way]) -> None:
    ways[70] = Way("new.yaml", None, b"new: 1\n")
    ways[71] = Way(ways[71].file, b"a: 1\n", None)
    ways.insert(72, Way(ways[71].file, None, b"again: 1\n"))
    ways.insert(73, Way("new.yaml", b"new: 1\n", b"new: 2\n"))
    putting = Putting(tmp_path, ways, TOKEN)
    putting.go()
    assert putting.done == ways
    found = contents(tmp_path)
    assert found.pop("f070.yaml") == b"a: 1\n"
    assert found == after(ways)


def test_two_names_that_are_one_in_their_first_hundred_letters(tmp_path: Path) -> None:
    ways = [Way(f"{'x' * 120}{number}.yaml", b"a: 1\n", b"a: 2\n") for number in range(3)]
    for way in ways:
        (tmp_path / way.file).write_bytes(b"a: 1\n")
    Putting(tmp_path, ways, TOKEN).go()
    assert contents(tmp_path) == after(ways)


@pytest.mark.parametrize("at", [0, 5, 63, 64])
def test_a_file_whose_mode_somebody_else_changes_meanwhile_keeps_it(
    tmp_path: Path, ways: list[Way], at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    fsync, theirs = os.fsync, tmp_path / ways[at].file

    def changed(descriptor: int) -> None:
        if f"{theirs.name}." in os.readlink(f"/proc/self/fd/{descriptor}"):
            theirs.chmod(0o600)
        fsync(descriptor)

    theirs.chmod(0o644)
    monkeypatch.setattr(os, "fsync", changed)
    putting = Putting(tmp_path, ways, TOKEN)
    with pytest.raises(RefusedEdit, match=f"{ways[at].file} was changed by someone else"):
        putting.go()
    assert putting.done == ways[:at]
    assert theirs.stat().st_mode & 0o777 == 0o600


def test_an_interrupt_at_any_line_is_met_and_leaves_nothing_beside_the_files(tmp_path: Path) -> None:
    files = ("durable.py", "values/files.py", "write/putting.py")
    ways = [Way(f"f{number}.yaml", b"a: 1\n", b"a: 2\n") for number in range(3)]
    at = lines = 0

    def look(frame: FrameType, event: str, _: object) -> Any:
        nonlocal lines
        if not frame.f_code.co_filename.endswith(files):
            return None
        lines += event == "line"
        if event == "line" and lines == at:
            raise KeyboardInterrupt
        return look

    while at == lines:
        at, lines = at + 1, 0
        for way in ways:
            (tmp_path / way.file).write_bytes(b"a: 1\n")
        met = False
        sys.settrace(look)
        try:
            Putting(tmp_path, ways, TOKEN).go()
        except KeyboardInterrupt:
            met = True
        finally:
            sys.settrace(None)
            durable._waiting.set(None)  # where the interrupt met its being set back
        assert met is (lines == at)
        assert sorted(contents(tmp_path)) == [way.file for way in ways]
    assert at > 200
