"""Both ways of committing, in every kind of repo: plain (the file was clean) and mixed (the user has changes)."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import CommitRefused
from tests.gitops.conftest import LINES, VALUES, edit, refused
from tests.work import Work

CONTENT = "\n".join(LINES) + "\n"


def start(root: Path, *init: str) -> Work:
    root.mkdir(parents=True)
    work = Work(root)
    work.git("init", "-q", *init)
    work.write(VALUES, CONTENT)
    work.write("other/other.txt", "one\n")
    work.commit_all()
    return work


def plain(tmp_path: Path) -> Work:
    return start(tmp_path / "repo")


def sha256(tmp_path: Path) -> Work:
    return start(tmp_path / "repo", "--object-format=sha256")


def index_version_4(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("update-index", "--index-version", "4")
    return work


def split_index(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("config", "core.splitIndex", "true")
    work.git("update-index", "--split-index")
    assert list((work.root / ".git").glob("sharedindex.*"))
    return work


def untracked_cache(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("update-index", "--force-untracked-cache")
    work.git("status")
    return work


def sparse_checkout(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("sparse-checkout", "set", "dep")
    assert not (work.root / "other").exists()
    return work


def sparse_index(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("sparse-checkout", "set", "--cone", "--sparse-index", "dep")
    assert "other/\n" in work.git("ls-files", "--sparse")
    return work


def linked_work_tree(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("worktree", "add", "-q", "-b", "linked", str(tmp_path / "linked"))
    return Work(tmp_path / "linked")


def submodule(tmp_path: Path) -> Work:
    inner = start(tmp_path / "inner")
    outer = start(tmp_path / "outer")
    outer.git("submodule", "add", "-q", str(inner.root), "sub")
    outer.git("commit", "-q", "-m", "submodule")
    return Work(outer.root / "sub")


def shallow(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.write("other/other.txt", "two\n")
    work.commit_all()
    work.git("clone", "-q", "--depth=1", work.root.as_uri(), str(tmp_path / "shallow"))
    return Work(tmp_path / "shallow")


def blobless(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("config", "uploadpack.allowFilter", "true")
    work.git("clone", "-q", "--filter=blob:none", work.root.as_uri(), str(tmp_path / "partial"))
    return Work(tmp_path / "partial")


def split_from_git_dir(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo", f"--separate-git-dir={tmp_path / 'elsewhere.git'}")
    assert (work.root / ".git").is_file()
    return work


def packed_refs_and_objects(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("gc", "-q")
    return work


def no_file_modes(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.git("config", "core.fileMode", "false")
    (work.root / VALUES).chmod(0o755)
    return work


def reftable(tmp_path: Path) -> Work:
    return start(tmp_path / "repo", "--ref-format=reftable")


def several_linked_files(tmp_path: Path) -> Work:
    """A values file that is one file with another name outside of the repo, and beside a submodule and a link."""
    work = start(tmp_path / "repo")
    (tmp_path / "hard").hardlink_to(work.root / VALUES)
    (work.root / "link.yaml").symlink_to(VALUES)
    work.commit_all()
    return work


def with_attributes(tmp_path: Path) -> Work:
    work = start(tmp_path / "repo")
    work.write(".gitattributes", "* text=auto eol=lf\n*.yaml diff=yaml whitespace=trailing-space\n")
    work.commit_all()
    return work


def with_others_marked(tmp_path: Path) -> Work:
    """Other files are assume-unchanged and skip-worktree, which has to stay so."""
    work = start(tmp_path / "repo")
    for name in ("assumed", "skipped"):
        work.write(name, f"{name}\n")
    work.commit_all()
    work.git("update-index", "--assume-unchanged", "assumed")
    work.git("update-index", "--skip-worktree", "skipped")
    return work


def knows_reftable() -> bool:
    """Whether this git has the newer way to keep refs (2.45 and later)."""
    done = subprocess.run(["git", "init", "-h"], capture_output=True, text=True, check=False)
    return "--ref-format" in done.stdout + done.stderr


KINDS = [
    plain,
    several_linked_files,
    with_attributes,
    with_others_marked,
    *([reftable] if knows_reftable() else []),
    sha256,
    index_version_4,
    split_index,
    untracked_cache,
    sparse_checkout,
    sparse_index,
    linked_work_tree,
    submodule,
    shallow,
    blobless,
    split_from_git_dir,
    packed_refs_and_objects,
    no_file_modes,
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_both_commits(tmp_path: Path, kind: Callable[[Path], Work]) -> None:
    work = kind(tmp_path)
    before = work.head()
    flags = work.git("ls-files", "-v")
    work.open().commit(edit(work, old=b"k25: 25", new=b"k25: OURS"), "plain")
    assert work.committed_files() == [VALUES]
    assert work.status() == []
    work.write(VALUES, work.read(VALUES).replace(b"k5: 5", b"k5: STAGED"))
    work.git("add", VALUES)
    work.write(VALUES, work.read(VALUES).replace(b"k10: 10", b"k10: DIRTY"))
    work.open().commit(edit(work, old=b"k20: 20", new=b"k20: OURS"), "mixed")
    assert work.committed_files() == [VALUES]
    expected = CONTENT.replace("k25: 25", "k25: OURS").replace("k20: 20", "k20: OURS")
    assert work.committed(VALUES) == expected.encode()
    assert work.staged(VALUES) == expected.replace("k5: 5", "k5: STAGED").encode()
    assert work.status() == [f"MM {VALUES}"]
    assert work.git("rev-parse", "HEAD~2").strip() == before
    assert work.git("ls-files", "-v") == flags
    assert work.git("ls-tree", "HEAD", VALUES).startswith("100644")
    assert "error" not in work.git("fsck", "--no-dangling", check=False)


def test_a_path_inside_a_submodule_belongs_to_another_repo(tmp_path: Path) -> None:
    work = submodule(tmp_path)
    outer = Work(tmp_path / "outer")
    changes = edit(work, old=b"k25: 25", new=b"k25: OURS")
    refused(outer, {f"sub/{VALUES}": changes[VALUES]}, "sub.* is in no commit yet")


def test_a_program_that_moves_the_branch_without_the_lock(work: Work) -> None:
    """The pre-commit hook stands for a program that commits past the index while ours is on its way."""
    work.write(VALUES, CONTENT)
    work.commit_all()
    work.write("other.txt", "by another program\n")
    work.git("add", "other.txt")
    tree = work.git("write-tree").strip()
    theirs = work.git("commit-tree", tree, "-p", "HEAD", "-m", "theirs").strip()
    work.git("reset", "-q", "--hard")
    work.write(VALUES, CONTENT.replace("k5: 5", "k5: DIRTY"))
    work.hook("pre-commit", f"git update-ref HEAD {theirs}")
    with pytest.raises(CommitRefused, match="keep changing this repo"):
        work.open().commit(edit(work, old=b"k25: 25", new=b"k25: OURS"), "ours")
    assert work.head() == theirs
    assert work.committed("other.txt") == b"by another program\n"


def test_environment_of_a_surrounding_git_does_not_matter(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_INDEX_FILE", os.devnull)
    monkeypatch.setenv("GIT_DIR", "/nonexistent")
    changes = edit(work)
    work.open().commit(changes, "ours")
    monkeypatch.delenv("GIT_INDEX_FILE")
    monkeypatch.delenv("GIT_DIR")
    assert work.committed_files() == [VALUES]
    assert work.status() == []
