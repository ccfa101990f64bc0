"""What is shown first at a start is known before all of the repo is looked through."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.scan.cache import Cache, cache_path
from rea_xcom_tui.fleet.scan.scan import _SCREENFUL, is_new
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops import work_tree
from rea_xcom_tui.gitops.listing import Listing, index_listing, index_listing_of
from tests.work import make_work, values

NAMES = ("a", "b\tc", "c/d", "é", "z z")


def test_a_few_files_are_found_in_a_listing_as_in_all_of_it(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {f"{name}/values.yaml": values("one") for name in NAMES})
    work.write("c/values.yaml", values("two").encode())
    work.git("add", "-A")
    listed = work.open().look().listed
    whole = {entry.path: entry for entry in index_listing(listed).entries}
    assert len(whole) == len(NAMES) + 1
    for paths in ([*whole], [*whole][::2], ["gone.yaml", *whole], ["c/values.yaml", "é/values.yaml", "zz"], []):
        found = index_listing_of(listed, paths).entries
        assert {entry.path: entry for entry in found if entry.path in paths} == {
            path: whole[path] for path in paths if path in whole
        }
        assert all(whole[entry.path] == entry for entry in found), "nothing but what is there"


def test_what_was_shown_first_is_told_before_the_whole_index_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = make_work(tmp_path / "repo", {f"prod/{name}/values.yaml": values(name) for name in ("one", "two")})
    Workspace.open(work.root).scan()
    happened: list[str] = []

    def read(output: bytes) -> Listing:
        happened.append("read")
        return index_listing(output)

    monkeypatch.setattr(work_tree, "index_listing", read)
    workspace = Workspace.open(work.root)
    workspace.scan(lambda done, total, new: happened.extend(one.name for one in new))
    assert sorted(happened[:2]) == ["one", "two"]
    assert happened[2:] == ["read"]
    assert [one.name for one in workspace.fleet.deployments] == ["one", "two"]


def test_the_first_screenful_is_told_as_soon_as_it_is_read(tmp_path: Path) -> None:
    files = {f"prod/d{number:02d}/values.yaml": values(f"d{number:02d}") for number in range(_SCREENFUL + 5)}
    work = make_work(tmp_path / "repo", files)
    told: list[tuple[int, int]] = []
    Workspace.open(work.root).scan(lambda done, total, new: told.append((done, len(new))) if new else None)
    assert told[0] == (_SCREENFUL, _SCREENFUL)
    assert sum(new for _, new in told) == len(files)


def test_a_repo_is_new_until_it_has_been_read(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {"prod/one/values.yaml": values("one")})
    reading = Workspace.open(work.root).reading()
    for new in (True, False):
        with closing(Cache(cache_path())) as cache:
            assert is_new(work.open(), reading, cache) is new
        Workspace.open(work.root).scan()
