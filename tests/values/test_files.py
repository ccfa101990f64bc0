"""Files on disk: what is read, what is refused, and what a write keeps."""

from __future__ import annotations

import os
import pickle
import shutil
import stat
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from rea_xcom_tui.values import RefusedEdit, Unreadable, create, read_file, remove, remove_temporary, write
from rea_xcom_tui.values.files import Files


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    root = tmp_path / "repo"
    (root / "apps").mkdir(parents=True)
    (root / "apps/values.yaml").write_bytes(b"a: 1\n")
    return root


def refusal(path: str | Path, root: Path, *, expected: bytes = b"a: 1\n", hard_links: bool = False) -> RefusedEdit:
    with pytest.raises(RefusedEdit) as caught:
        write(path, b"a: 2\n", expected=expected, root=root, hard_links=hard_links)
    assert str(caught.value).endswith(".")
    return caught.value


def test_reads_relative_and_absolute_paths(repo: Path) -> None:
    assert read_file("apps/values.yaml", repo) == b"a: 1\n"
    assert read_file(repo / "apps/values.yaml", repo) == b"a: 1\n"
    assert read_file(str(repo / "apps/../apps/values.yaml"), str(repo)) == b"a: 1\n"


def test_reads_through_a_linked_root(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "alias").symlink_to(repo)
    assert read_file("apps/values.yaml", tmp_path / "alias") == b"a: 1\n"
    assert read_file(repo / "apps/values.yaml", tmp_path / "alias") == b"a: 1\n"


def test_follows_links_that_stay_inside(repo: Path) -> None:
    (repo / "link.yaml").symlink_to("apps/values.yaml")
    (repo / "folder").symlink_to("apps")
    assert read_file("link.yaml", repo) == b"a: 1\n"
    assert read_file("folder/values.yaml", repo) == b"a: 1\n"


@pytest.mark.parametrize("through", ["file", "folder", "dots"])
def test_never_leaves_the_root(repo: Path, tmp_path: Path, through: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "values.yaml").write_bytes(b"a: 1\n")
    (repo / "file.yaml").symlink_to(outside / "values.yaml")
    (repo / "folder").symlink_to(outside)
    path = {"file": "file.yaml", "folder": "folder/values.yaml", "dots": "../outside/values.yaml"}[through]
    with pytest.raises(Unreadable, match="leads out of the repository"):
        read_file(path, repo)
    assert refusal(path, repo).code == "outside"
    assert (outside / "values.yaml").read_bytes() == b"a: 1\n"


def test_a_link_loop_is_refused(repo: Path) -> None:
    (repo / "one.yaml").symlink_to("two.yaml")
    (repo / "two.yaml").symlink_to("one.yaml")
    with pytest.raises(Unreadable, match=r"one\.yaml cannot be opened"):
        read_file("one.yaml", repo)


def test_a_named_pipe_does_not_hang(repo: Path) -> None:
    os.mkfifo(repo / "pipe.yaml")
    with pytest.raises(Unreadable, match="a named pipe, not a regular file"):
        read_file("pipe.yaml", repo)


@pytest.mark.parametrize(("path", "why"), [("apps", "a folder"), ("none.yaml", "cannot be opened")])
def test_only_regular_files_are_read(repo: Path, path: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        read_file(path, repo)


def test_a_large_file_is_not_read(repo: Path) -> None:
    (repo / "large.yaml").write_bytes(b"#" * 2_000_001)
    with pytest.raises(Unreadable, match="2,000,001 bytes"):
        read_file("large.yaml", repo)


def test_a_file_that_may_not_be_read(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", denied)
    with pytest.raises(Unreadable, match="Permission denied"):
        read_file("apps/values.yaml", repo)


def test_write_keeps_the_mode_and_leaves_no_other_file(repo: Path) -> None:
    path = repo / "apps/values.yaml"
    path.chmod(0o640)
    write("apps/values.yaml", b"a: 2\n", expected=b"a: 1\n", root=repo)
    assert path.read_bytes() == b"a: 2\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(repo / "apps") == ["values.yaml"]


def test_the_same_content_is_not_written(repo: Path) -> None:
    before = (repo / "apps/values.yaml").stat()
    write("apps/values.yaml", b"a: 1\n", expected=b"a: 1\n", root=repo)
    after = (repo / "apps/values.yaml").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_link_stays_a_link(repo: Path) -> None:
    (repo / "link.yaml").symlink_to("apps/values.yaml")
    write("link.yaml", b"a: 2\n", expected=b"a: 1\n", root=repo)
    assert (repo / "link.yaml").is_symlink()
    assert (repo / "apps/values.yaml").read_bytes() == b"a: 2\n"


def test_a_hard_link_is_refused_unless_accepted(repo: Path) -> None:
    os.link(repo / "apps/values.yaml", repo / "other.yaml")
    assert refusal("other.yaml", repo).code == "hard-link"
    assert (repo / "other.yaml").read_bytes() == b"a: 1\n"
    write("other.yaml", b"a: 2\n", expected=b"a: 1\n", root=repo, hard_links=True)
    assert (repo / "other.yaml").read_bytes() == b"a: 2\n"
    assert (repo / "apps/values.yaml").read_bytes() == b"a: 1\n"


def test_a_file_changed_meanwhile_is_refused(repo: Path) -> None:
    (repo / "apps/values.yaml").write_bytes(b"a: 9\n")
    assert refusal("apps/values.yaml", repo).code == "changed-on-disk"
    assert (repo / "apps/values.yaml").read_bytes() == b"a: 9\n"


def test_a_change_at_the_last_moment_is_seen(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_fsync = os.fsync

    def someone_saves(descriptor: int) -> None:
        (repo / "apps/values.yaml").write_bytes(b"theirs: 1\n")
        real_fsync(descriptor)

    monkeypatch.setattr(os, "fsync", someone_saves)
    assert refusal("apps/values.yaml", repo).code == "changed-on-disk"
    assert (repo / "apps/values.yaml").read_bytes() == b"theirs: 1\n"
    assert os.listdir(repo / "apps") == ["values.yaml"]


@pytest.mark.parametrize("call", ["fsync", "replace", "fchmod"])
def test_a_failing_disk_leaves_the_old_file(repo: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, call, full)
    found = refusal("apps/values.yaml", repo)
    assert found.code == "write"
    assert "No space left on device" in str(found)
    assert (repo / "apps/values.yaml").read_bytes() == b"a: 1\n"
    assert os.listdir(repo / "apps") == ["values.yaml"]


def test_an_owner_that_cannot_be_kept_is_refused(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real_fstat = os.fstat

    def someone_elses(descriptor: int) -> os.stat_result:
        values = list(real_fstat(descriptor))
        values[stat.ST_UID] += values[stat.ST_SIZE] != len(b"a: 1\n")  # the new file looks like another user's
        return os.stat_result(values)

    def denied(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchown", denied)
    monkeypatch.setattr(os, "fstat", someone_elses)
    with pytest.raises(RefusedEdit) as caught:
        write("apps/values.yaml", b"a: 22\n", expected=b"a: 1\n", root=repo)
    assert caught.value.code == "owner"
    assert (repo / "apps/values.yaml").read_bytes() == b"a: 1\n"


def test_a_write_protected_file_is_refused(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert refusal("apps/values.yaml", repo).code == "not-writable"


def test_git_itself_is_never_written(repo: Path) -> None:
    (repo / ".git").mkdir()
    (repo / ".git/config").write_bytes(b"a: 1\n")
    assert refusal(".git/config", repo).code == "outside"


def test_makes_a_new_file_and_never_over_another(repo: Path) -> None:
    before = os.umask(0o027)
    try:
        create("apps/new.yaml", b"a: 1\n", root=repo)
    finally:
        os.umask(before)
    assert (repo / "apps/new.yaml").read_bytes() == b"a: 1\n"
    assert stat.S_IMODE((repo / "apps/new.yaml").stat().st_mode) == 0o640
    (repo / "dangling").symlink_to("nowhere")
    for path, code in (
        ("apps/new.yaml", "changed-on-disk"),
        ("dangling", "changed-on-disk"),
        ("../out.yaml", "outside"),
        (".git/x", "outside"),
    ):
        with pytest.raises(RefusedEdit) as caught:
            create(path, b"a: 2\n", root=repo)
        assert caught.value.code == code
    assert sorted(os.listdir(repo / "apps")) == ["new.yaml", "values.yaml"]


def test_makes_a_file_where_there_are_no_hard_links(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(source: str, target: str) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    create("new.yaml", b"a: 1\n", root=repo)
    assert (repo / "new.yaml").read_bytes() == b"a: 1\n"
    with pytest.raises(RefusedEdit):
        create("new.yaml", b"a: 2\n", root=repo)


def test_removes_only_what_it_expects(repo: Path) -> None:
    (repo / "link.yaml").symlink_to("apps/values.yaml")
    for path, content in (("apps/values.yaml", b"a: 2\n"), ("link.yaml", b"a: 1\n")):
        with pytest.raises(RefusedEdit, match="changed by someone else"):
            remove(path, expected=content, root=repo)
    remove("apps/values.yaml", expected=b"a: 1\n", root=repo)
    assert not (repo / "apps").exists(), "git does not know empty folders"
    with pytest.raises(Unreadable):
        remove("apps/values.yaml", expected=b"a: 1\n", root=repo)


def test_of_what_a_write_of_the_first_version_left_only_its_own_goes(repo: Path) -> None:
    """Its temporary files had names of chance, so that their content has to tell them."""
    left = {"whole": b"a: 22\n", "begun": b"a: 2", "another's": b"a: 3\n"}
    for at, data in enumerate(left.values()):
        (repo / f"apps/.values.yaml.0123456789a{at}.tmp").write_bytes(data)
    (repo / "theirs").write_bytes(b"a: 22\n")
    (repo / "apps/.values.yaml.0123456789a3.tmp").symlink_to(repo / "theirs")
    remove_temporary("apps/values.yaml", token="", wrote=[b"b: 1\n", b"a: 22\n"], root=repo)
    assert sorted(os.listdir(repo / "apps")) == [
        ".values.yaml.0123456789a2.tmp", ".values.yaml.0123456789a3.tmp", "values.yaml",
    ]  # fmt: skip


def test_a_root_that_is_gone_is_told_as_such(repo: Path, tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="cannot be opened: No such file"):
        read_file(repo / "apps/values.yaml", tmp_path / "gone")


@pytest.mark.parametrize("seed", range(6))
def test_many_files_are_read_as_each_by_itself(tmp_path: Path, seed: int) -> None:
    """Folders are looked at by the list of the one that they are in, where they are many."""
    root, outside = tmp_path / "repo", tmp_path / "outside"
    paths = [f"apps/app{number:02d}/values.yaml" for number in range(30)]
    for path in (*paths, "values.yaml", "apps/values.yaml", "apps/app03/deep/er/values.yaml"):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)
    outside.mkdir()
    (outside / "values.yaml").write_text("secret")
    for number, target in ((5, outside), (12, "app13"), (20, outside), (29, "../apps/app00"), (25, "nowhere")):
        shutil.rmtree(root / f"apps/app{number:02d}")
        (root / f"apps/app{number:02d}").symlink_to(target)
    paths += [
        "values.yaml",
        "apps/values.yaml",
        "apps/app03/deep/er/values.yaml",
        "apps/gone/values.yaml",
        "apps/app01",
    ]
    paths += ["apps/../values.yaml", "apps//values.yaml", "./values.yaml", "apps/app01/values.yaml/x", ""]
    Random(seed).shuffle(paths)
    files = Files(root)

    def told(read: Callable[[], bytes]) -> bytes | str:
        try:
            return read()
        except Unreadable as error:
            return str(error)

    found = {path: told(partial(files.read, path)) for path in paths}
    assert found == {path: told(partial(read_file, path, root)) for path in paths}
    assert found["apps/app12/values.yaml"] == b"apps/app13/values.yaml"
    assert "leads out of the repository" in str(found["apps/app05/values.yaml"])
    assert pickle.loads(pickle.dumps(files)).read("values.yaml") == b"values.yaml"


def test_the_folders_on_the_way_are_not_looked_at_for_who_knows_that_no_link_is_among_them(tmp_path: Path) -> None:
    root, outside = tmp_path / "repo", tmp_path / "outside"
    for folder in (root / "apps", outside):
        folder.mkdir(parents=True)
        (folder / "values.yaml").write_text(folder.name)
    (root / "apps/link.yaml").symlink_to(outside / "values.yaml")
    (root / "linked").symlink_to(outside)
    files = Files(root)
    assert files.read("apps/values.yaml", behind_no_link=True) == b"apps"
    assert files.read("linked/values.yaml", behind_no_link=True) == b"outside"  # who says so has to be right
    for path in ("apps/link.yaml", "apps/../../outside/values.yaml", "apps/../linked/values.yaml"):
        with pytest.raises(Unreadable, match="leads out of the repository"):
            files.read(path, behind_no_link=True)
