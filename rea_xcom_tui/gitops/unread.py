"""What can be told of a work tree without git, or from its answers without an entry being made of every file."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import msgspec

from rea_xcom_tui.gitops.process.runner import git_program


class CheckedOut(msgspec.Struct, frozen=True):
    """What is checked out."""

    head: str | None
    """The commit, or None when there is none yet."""
    branch: str | None
    """The branch, or None when HEAD is detached."""


def index_paths(output: bytes) -> list[str]:
    """The paths in what `ls-files -s -v -z` has printed, each as often as it is listed, also what is not UTF-8."""
    return [record.partition("\t")[2] for record in output.decode("utf-8", "surrogateescape").split("\0")[:-1]]


def is_usual(output: bytes) -> bool:
    """Whether it lists only files that git looks at itself and that are merged, all with names that are UTF-8."""
    try:
        output.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return (b"\0" + output).count(b"\0H ") == output.count(b"\0")


def lists_links(output: bytes) -> bool:
    """Whether it lists a link."""
    return b"\0H 120000 " in b"\0" + output


def is_monitored(git_dir: Path) -> bool:
    """Whether git may believe a file system monitor of a file that it is as it was, and not look at it itself.

    The index names what it knows from one by these letters. Where they are in the name of a file, nothing is lost but
    time.
    """
    try:
        return b"FSMN" in (git_dir / "index").read_bytes()
    except OSError:
        return True


ATTRIBUTES_KEYS = ("core.attributesfile", "attr.tree")
"""The settings that name a file of attributes, or a commit whose files of attributes count."""
_GIT, _SYSTEM = Path("/usr/bin/git"), Path("/etc/gitattributes")
"""The git that comes with Linux, and where it has the system's file of attributes."""


def sets_attributes(root: Path, common_dir: Path) -> bool:
    """Whether attributes come from elsewhere than files that git lists: from one in the root, in the git folder, of the
    user or of the system, or from a commit that the environment names.

    Where git has the system's is only known of the one that comes with Linux: of any other, there may be one. One below
    the root that git is told to ignore is not looked for, which would take as long as to ask git.
    """
    git = shutil.which(git_program())
    if sys.platform != "linux" or git is None or Path(git).resolve() != _GIT or "GIT_ATTR_SOURCE" in os.environ:
        return True
    home = Path(os.environ.get("HOME", ""))
    own = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config", "git", "attributes")
    files = (root / ".gitattributes", common_dir / "info" / "attributes", own, _SYSTEM)
    return any(map(os.path.lexists, files))


def index_file(root: Path) -> Path:
    """Where the index of the work tree at `root` should be, for who only estimates its size.

    Raises OSError or ValueError where its `.git` cannot be read, or holds what is no path.
    """
    folder = root / ".git"
    if folder.is_file():  # a work tree of its own, or a submodule
        folder = root / os.fsdecode(folder.read_bytes()).removeprefix("gitdir:").strip()
    return folder / "index"
