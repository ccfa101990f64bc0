"""What git knows of many files at once is what it says of a few of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.gitops import CommandLog
from rea_xcom_tui.gitops.commit.known import Entries, ask_entries
from rea_xcom_tui.gitops.listing import MAX_PATHS_AS_ARGUMENTS
from rea_xcom_tui.gitops.process.runner import Runner
from tests.gitops.conftest import edit
from tests.work import Work, make_work

MANY = [f"dep{number:03d}/values.yaml" for number in range(MAX_PATHS_AS_ARGUMENTS + 1)]


@pytest.fixture
def many(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo", {path: f"a: {path}\n" for path in MANY})


def _known(work: Work, paths: list[str]) -> Entries:
    runner = Runner(work.root, CommandLog(), view=False)
    return ask_entries(runner, work.root / ".git", work.head(), paths)()


def _asked_one_by_one(work: Work, paths: list[str]) -> Entries:
    found = [_known(work, [path]) for path in paths]
    return {path: one for head, _ in found for path, one in head.items()}, {
        path: one for _, index in found for path, one in index.items()
    }


def test_many_are_known_as_one_is(many: Work) -> None:
    odd = MANY[:9]
    many.write(odd[0], "a: staged\n")
    many.git("add", odd[0])
    many.git("update-index", "--chmod=+x", odd[1])
    many.git("rm", "-q", "--cached", odd[2])
    many.write(odd[3], "a: only on the disk\n")
    many.git("update-index", "--assume-unchanged", odd[4])
    many.git("update-index", "--skip-worktree", odd[5])
    many.write(odd[6], "a: staged, and not looked at\n")
    many.git("add", odd[6])
    many.git("update-index", "--assume-unchanged", odd[6])
    (many.root / odd[7]).unlink()
    (many.root / odd[7]).symlink_to("nowhere")
    many.git("add", odd[7])
    many.write("new/values.yaml", "a: new\n")
    many.git("add", "new/values.yaml")
    many.write("beside.yaml", "a: not asked for\n")
    many.git("add", "beside.yaml")
    paths = [*MANY, "new/values.yaml", "nowhere/values.yaml"]
    assert _known(many, paths) == _asked_one_by_one(many, paths)


def test_a_file_that_is_to_be_added_is_not_in_head(many: Work) -> None:
    many.write("intended.yaml", "a: 1\n")
    many.git("add", "--intent-to-add", "intended.yaml")
    in_head, in_index = _known(many, [*MANY, "intended.yaml"])
    assert "intended.yaml" in in_index
    assert "intended.yaml" not in in_head


def test_an_index_that_is_gone_holds_nothing(many: Work) -> None:
    (many.root / ".git" / "index").unlink()
    in_head, in_index = _known(many, MANY)
    assert sorted(in_head) == MANY
    assert in_index == {}


def test_another_git_that_writes_the_index_meanwhile_changes_nothing_of_head(many: Work) -> None:
    runner = Runner(many.root, CommandLog(), view=False)
    asked = ask_entries(runner, many.root / ".git", many.head(), MANY)
    before = many.git("rev-parse", f"HEAD:{MANY[0]}").strip()
    many.write(MANY[0], "a: staged\n")
    many.git("add", MANY[0])
    assert asked()[0][MANY[0]].oid == before


def test_one_command_asks_for_all_and_no_tree_is_read(many: Work) -> None:
    changes = {path: change for name in MANY for path, change in edit(many, name, b"a: ", b"b: ").items()}
    repository = many.open()
    result = repository.commit(changes, "many")
    assert sorted(result.files) == MANY
    assert {path: many.git("rev-parse", f"HEAD:{path}").strip() for path in MANY[:3]} == {
        path: result.blobs[path] for path in MANY[:3]
    }
    assert not [record for record in repository.log.records() if "ls-tree" in record.argv]
