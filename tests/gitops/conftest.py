from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import Repository

VALUES = "dep/values.yaml"


class Work:
    """A real git repo in a temporary folder, driven as its user would drive it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def git(self, *arguments: str, check: bool = True, env: Mapping[str, str] | None = None) -> str:
        done = subprocess.run(
            ["git", *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(env or {})},
            check=False,
        )
        if check and done.returncode != 0:
            raise AssertionError(f"git {arguments} failed: {done.stderr}")
        return done.stdout

    def write(self, path: str, content: bytes | str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    def read(self, path: str) -> bytes:
        return (self.root / path).read_bytes()

    def commit_all(self, message: str = "by hand") -> str:
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.head()

    def head(self) -> str:
        return self.git("rev-parse", "HEAD").strip()

    def status(self) -> list[str]:
        return self.git("status", "--porcelain", "-z").split("\0")[:-1]

    def committed_files(self, revision: str = "HEAD") -> list[str]:
        out = self.git("diff-tree", "-r", "-z", "--name-only", "--no-commit-id", revision)
        return out.split("\0")[:-1]

    def committed(self, path: str, revision: str = "HEAD") -> bytes:
        return self.raw("cat-file", "blob", f"{revision}:{path}")

    def staged(self, path: str) -> bytes:
        return self.raw("cat-file", "blob", f":{path}")

    def raw(self, *arguments: str) -> bytes:
        return subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, check=True).stdout

    def hook(self, name: str, script: str) -> None:
        path = self.root / ".git" / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def open(self) -> Repository:
        return Repository.open(self.root)


@pytest.fixture(autouse=True)
def isolated_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep the developer's own git configuration out of the tests, and give git an identity."""
    home = tmp_path / "home"
    home.mkdir()
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    (home / ".gitconfig").write_text(
        "[user]\n\tname = Ann\n\temail = ann@example.com\n[init]\n\tdefaultBranch = main\n"
        '[gc]\n\tauto = 0\n[protocol "file"]\n\tallow = always\n'
    )
    return home


def make_work(root: Path) -> Work:
    root.mkdir(parents=True)
    work = Work(root)
    work.git("init", "-q")
    work.write(VALUES, "a: 1\nb: 1\nc: 1\n")
    work.write("other.txt", "one\n")
    work.commit_all("first")
    return work


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo")
