"""A real git repo in a temporary folder, driven as its user would drive it, and values files to put in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rea_xcom_tui.gitops import Repository

BACKEND = "airflow.providers.common.io.xcom.backend.XComObjectStorageBackend"
IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"


class Work:
    """A git repo and the commands its user would type."""

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

    def raw(self, *arguments: str) -> bytes:
        return subprocess.run(["git", *arguments], cwd=self.root, capture_output=True, check=True).stdout

    def open(self) -> Repository:
        return Repository.open(self.root)

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

    def changed_lines(self, revision: str = "HEAD") -> list[str]:
        """The added and removed lines of a commit, without the file headers."""
        lines = self.git("show", "--format=", "-U0", revision).splitlines()
        return [line for line in lines if line[:1] in "+-" and not line.startswith(("+++", "---"))]

    def hook(self, name: str, script: str) -> None:
        bare = not (self.root / ".git").exists()
        path = (self.root if bare else self.root / ".git") / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)


def values(
    name: str = "etl",
    *,
    path: str | None = "s3://aws_xcom@team-xcom/etl",
    threshold: str | None = "1048576",
    compression: str | None = "zip",
    role: str | None = "arn:aws:iam::123456789012:role/etlAgent",
) -> str:
    """A short agent values file as people write it."""
    env = {"PATH": path, "THRESHOLD": threshold, "COMPRESSION": compression}
    items = "".join(f'  - name: {IO}{key}\n    value: "{text}"\n' for key, text in env.items() if text is not None)
    notes = f"annotations:\n  eks.amazonaws.com/role-arn: {role}\n" if role else "annotations: {}\n"
    return (
        f"# {name}\nresourceNamePrefix: {name}\nnamespace: {name}-ns\n\nxcomBackend: {BACKEND}\n\n"
        f"commonEnv:\n  - name: ASTRO_DEPLOYMENT_ID\n    value: dep-{name}\n{items}\n{notes}labels: {{}}\n"
    )


_TEMPLATES: dict[tuple[tuple[str, str | bytes], ...], tempfile.TemporaryDirectory[str]] = {}


def make_work(root: Path, files: Mapping[str, str | bytes]) -> Work:
    """Make a repo with one commit that holds these files.

    The first such repo of a process is made by git, and the others are copies of it, which saves most of the time.
    """
    key = tuple(sorted(files.items()))
    if key not in _TEMPLATES:
        _TEMPLATES[key] = tempfile.TemporaryDirectory(prefix="template-")
        first_commit(Work(Path(_TEMPLATES[key].name)), files)
    shutil.copytree(_TEMPLATES[key].name, root, symlinks=True)
    work = Work(root)
    work.git("update-index", "-q", "--refresh")  # copies are other files, which git would have to compare first
    return work


def first_commit(work: Work, files: Mapping[str, str | bytes]) -> None:
    """Make an empty folder a repo with one commit that holds these files, or with none."""
    work.git("init", "-q", "--template=")
    for path, content in files.items():
        work.write(path, content)
    if files:
        work.commit_all("first")


FLEET = {
    "clusters/prod/billing/etl/values.yaml": values("billing-etl"),
    "clusters/prod/billing/ml/values.yaml": values("billing-ml", threshold="0"),
    "clusters/dev/crm/sync/values.yaml": values("crm-sync", path="s3://crm-dev-xcom/sync", threshold="65536"),
    "README.md": "# A fleet\n",
}
"""Three deployments in two environments, and a neighbour that is none."""
