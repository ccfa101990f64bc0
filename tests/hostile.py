"""A repo that comes with a git folder made to run programs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.work import Work

HOOKS = ["post-index-change", "pre-commit", "reference-transaction", "post-checkout", "pre-push", "post-commit"]


class Hostile(Work):
    """A repo in which every key and hook that git could run leaves a mark."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.marks = root.parent / "marks"

    def trap(self, key: str, tail: str = "") -> None:
        self.git("config", key, f"sh -c 'touch {self.marks}/{key}; {tail}' --")

    def marked(self) -> list[str]:
        return sorted(path.name for path in self.marks.iterdir())


def make_hostile(root: Path, files: Mapping[str, str]) -> Hostile:
    """Make a repo with three commits (the number in each file counts them), a tag v1, and traps in everything.

    The files differ from the newest commit in the work tree as well.
    """
    root.mkdir(parents=True)
    work = Hostile(root)
    work.git("init", "-q")
    work.marks.mkdir()
    work.write("secret.enc", "x\n")
    work.write("other.txt", "one\n")
    work.write(".gitattributes", "*.yaml diff=ev\n*.enc filter=evf\n*.yaml merge=ev\n")
    for number in range(1, 4):
        for path, content in files.items():
            work.write(path, content % number)
        work.commit_all()
    work.git("tag", "-a", "v1", "-m", "one")
    signed_by_nobody(work)
    for path, content in files.items():
        work.write(path, content % 4)
    work.trap("core.fsmonitor", "exit 1")
    for key in ("diff.external", "core.sshCommand", "credential.helper", "core.editor", "core.askPass"):
        work.trap(key)
    for key in ("core.alternateRefsCommand", "merge.ev.driver", "filter.evf.process", "core.gitProxy"):
        work.trap(key)
    for key in ("filter.evf.clean", "filter.evf.smudge", "core.pager", "pager.log", "diff.ev.textconv"):
        work.trap(key, "cat")
    program = work.root / ".git" / "gpg"
    program.write_text(f"#!/bin/sh\ntouch {work.marks}/gpg.program\nexit 1\n")
    program.chmod(0o755)
    work.git("config", "gpg.program", str(program))
    work.git("config", "log.showSignature", "true")
    work.git("config", "remote.origin.url", f"ext::sh -c touch% {work.marks}/ext-url")
    work.git("config", "protocol.ext.allow", "always")
    work.git("config", "hook.ev.command", f"touch {work.marks}/hook.ev.command")
    for name in HOOKS:
        work.git("config", "--add", "hook.ev.event", name)
        work.hook(name, f"touch {work.marks}/hook.{name}")
    os.utime(work.root / "secret.enc", (1, 1))
    for mark in work.marks.iterdir():
        mark.unlink()
    return work


def signed_by_nobody(work: Work) -> None:
    """Put a commit with a signature on top, so that showing signatures would call the gpg program."""
    tree, parent = work.git("rev-parse", "HEAD^{tree}", "HEAD").split()
    text = (
        f"tree {tree}\nparent {parent}\nauthor u <u@e> 1 +0000\ncommitter u <u@e> 1 +0000\n"
        "gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nsigned\n"
    )
    done = subprocess.run(
        ["git", "hash-object", "-t", "commit", "-w", "--stdin"],
        cwd=work.root,
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    work.git("update-ref", "refs/heads/main", done.stdout.decode().strip())
