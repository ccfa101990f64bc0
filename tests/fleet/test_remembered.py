"""What is kept outside the repo: it outlasts the session, belongs to one repo, and never gets in the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.user.memory import Memory


def test_each_repo_has_its_own_memory_and_it_outlasts_the_session(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    first = Memory.of(one)
    for query in ("env:prod", "threshold:>0", " env:prod ", "", "x" * 3000):
        first.used(query)
    first.save_query("large", "threshold:>=1MiB")
    first.keep_columns(["name", "path"])
    first.hinted()
    again = Memory.of(one)
    assert again.history == ("threshold:>0", "env:prod")
    assert again.queries == {"large": "threshold:>=1MiB"}
    assert again.columns == ("name", "path")
    again.forget_query("large")
    again.keep_columns([])
    assert (first.queries, first.columns) == ({}, ())
    assert Memory.of(other).history == ()
    assert not Memory.of(other).first_time
    assert not one.exists(), "nothing is written into a repo"


def test_only_the_user_can_read_it_and_what_is_broken_counts_as_empty(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    memory = Memory(folder, tmp_path)
    memory.used("env:prod")
    (file,) = (folder / "repos").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    for broken in ("", "[]", "{", '{"history": "env:prod", "queries": [1], "columns": {}}', "\xff"):
        file.write_bytes(broken.encode("latin-1"))
        assert (memory.history, memory.queries, memory.columns) == ((), {}, ())
    memory.used("back")
    assert memory.history == ("back",)


def test_where_nothing_can_be_kept_only_what_was_asked_for_complains(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("a file where the folder should be")
    memory = Memory(folder, tmp_path)
    memory.used("env:prod")
    memory.hinted()
    assert memory.history == ()
    assert memory.first_time
    with pytest.raises(ToolError, match=r"cannot be written, so this is not kept"):
        memory.save_query("mine", "env:prod")


def test_without_a_folder_it_lasts_as_long_as_the_session() -> None:
    memory = Memory()
    memory.used("env:prod")
    assert memory.history == ("env:prod",)
    assert Memory().history == ()
