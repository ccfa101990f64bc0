"""What the budgets are held against: the least that any tool would have to do, run in a process of its own.

    python -m benchmarks.speed.references loop|floor|put|blobs|status|events|lines|proof|sizes ROOT [OLD NEW]

Prints wall and CPU seconds of the work alone, without the start of Python, as JSON.
"""

from __future__ import annotations

import json
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path


def agents(root: Path) -> list[Path]:
    """The agent values files of a fleet."""
    return sorted(root.glob("clusters/**/*.yaml"))


def loop(root: Path) -> None:
    """Load every agent file with PyYAML's C safe loader."""
    import yaml

    for file in agents(root):
        yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader)


def floor(root: Path) -> None:
    """List the repo's files, read each that may be YAML, and look for one word in it."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-s", "-z"], check=True, stdout=subprocess.PIPE).stdout
    for row in listed.split(b"\0"):
        _, _, name = row.partition(b"\t")
        if name.endswith((b".yaml", b".yml")):
            b"xcomBackend" in Path(os.fsdecode(os.fsencode(root) + b"/" + name)).read_bytes()  # noqa: B015


def put(root: Path) -> None:
    """Write the bytes of every agent file anew, each whole or not at all: a temporary file, fsync, rename."""
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        for number, file in enumerate(agents(root)):
            temporary = os.path.join(folder, f".{number}.tmp")
            descriptor = os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o644)
            os.write(descriptor, file.read_bytes())
            os.fsync(descriptor)
            os.close(descriptor)
            os.replace(temporary, os.path.join(folder, str(number)))


def blobs(root: Path, old: str, new: str) -> None:
    """Ask git which files differ between two commits, and read both blobs of each."""
    told = subprocess.run(
        ["git", "-C", str(root), "diff-tree", "-r", "--raw", "-z", "--no-abbrev", old, new],
        check=True,
        stdout=subprocess.PIPE,
    ).stdout
    wanted = [oid for head in told.split(b"\0")[::2] if head for oid in head.split()[2:4]]
    ask = b"".join(oid + b"\n" for oid in wanted)
    subprocess.run(
        ["git", "-C", str(root), "cat-file", "--batch", "--buffer"], input=ask, check=True, stdout=subprocess.PIPE
    )


def status(root: Path) -> None:
    """Ask git for the state of the work tree."""
    subprocess.run(["git", "-C", str(root), "status", "--porcelain"], check=True, stdout=subprocess.DEVNULL)


def events(root: Path, times: int = 1) -> None:
    """Have libyaml tell the events of every agent file, so many times, and make nothing of them."""
    import yaml

    for file in agents(root):
        data = file.read_bytes()
        for _ in range(times):
            for _ in yaml.parse(data, Loader=yaml.CSafeLoader):
                pass


def lines(root: Path) -> None:
    """Ask of each line of every agent file once what stands before its colon, which any reader in Python must."""
    for file in agents(root):
        for line in file.read_bytes().split(b"\n"):
            line.partition(b":")


def proof(root: Path) -> None:
    """What two readers that share no code take for an exact edit: libyaml before and after it, and ruamel.yaml for the
    section that it touches."""
    from ruamel.yaml import YAML

    events(root, 2)
    for file in agents(root):
        sections = re.split(r"(?m)^(?=[A-Za-z])", file.read_text(encoding="utf-8-sig"))
        for section in sections:
            if "THRESHOLD" in section:
                for _ in YAML(typ="safe", pure=True).parse(section):
                    pass


def sizes(root: Path) -> None:
    """Ask the system for the size of every file that git lists."""
    listed = subprocess.run(["git", "-C", str(root), "ls-files", "-z"], check=True, stdout=subprocess.PIPE).stdout
    for name in listed.split(b"\0")[:-1]:
        os.lstat(os.fsencode(root) + b"/" + name)


WORK: dict[str, Callable[..., None]] = {
    each.__name__: each for each in (loop, floor, put, blobs, status, events, lines, proof, sizes)
}


def main() -> None:
    """Do one of them."""
    name, root, *more = sys.argv[1:]
    work = WORK[name]
    import yaml  # noqa: F401 - its import is no part of the work

    began, spent = time.perf_counter(), cpu()
    work(Path(root), *more)
    print(json.dumps({"wall": time.perf_counter() - began, "cpu": cpu() - spent}))


def cpu() -> float:
    """CPU seconds of this process and its children so far."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
