"""What the git folder of a repo could run on this machine.

A plain clone brings no such thing along. A repo that is received together with its git folder (an archive, a
shared disk, a build's artefact) can: measured with marker files, plain reading commands ran programs from
the keys listed here. Nothing here runs any of them.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from rea_xcom_tui.gitops.process.log import without_userinfo
from rea_xcom_tui.gitops.process.runner import Runner

_PROGRAMS = re.compile(
    r"""core\.(sshcommand|gitproxy|pager|editor|askpass|alternaterefscommand|hookspath)
    | sequence\.editor | pager\..* | diff\.external | diff\..*\.(textconv|command)
    | filter\..*\.(clean|smudge|process) | merge\..*\.driver
    | credential\.(.*\.)?helper | gpg\.program | gpg\..*\.program | gpg\.ssh\.defaultkeycommand
    | trailer\..*\.(command|cmd) | hook\..*\.command
    | remote\..*\.(uploadpack|receivepack|vcs) | uploadpack\.packobjectshook""",
    re.VERBOSE,
)
_URLS = re.compile(r"remote\..*\.(url|pushurl)|url\..*\.(insteadof|pushinsteadof)")
_TRANSPORT_HELPER = re.compile(r"[A-Za-z0-9+.-]+::")
_BOOLEAN = frozenset({"", "true", "false", "yes", "no", "on", "off", "1", "0"})
_OWN_SCOPES = ("local", "worktree")


class Exposure(msgspec.Struct, frozen=True):
    """One thing in a git folder that could run a program."""

    kind: Literal["setting", "hook"]
    name: str
    """The configuration key, or the hook's name."""
    value: str
    """The setting's value without the secrets of URLs, or the hook's path. Foreign text."""
    digest: str
    """A fingerprint of what would be run."""


Settings = Sequence[tuple[str, str, str]]
"""Scope, key in lower case and value of every setting."""


def find_exposures(settings: Settings, root: Path, common_dir: Path) -> tuple[Exposure, ...]:
    """List what the repo's own configuration and hooks could run. The user's own configuration is left out."""
    found = [
        Exposure("setting", key, without_userinfo(value), _digest(value.encode("utf-8", "surrogateescape")))
        for scope, key, value in settings
        if scope in _OWN_SCOPES and _runs_something(key, value)
    ]
    return (*found, *_hooks(settings, root, common_dir))


def fingerprint(exposures: Sequence[Exposure]) -> str:
    """Return one text for the whole list, which is another as soon as anything in it is."""
    text = "\0".join(f"{item.kind}\0{item.name}\0{item.value}\0{item.digest}" for item in exposures)
    return _digest(text.encode("utf-8", "surrogateescape"))


def read_settings(runner: Runner) -> Settings:
    """All settings that hold in a repo, those of included files too."""
    words = runner.read(["config", "--list", "-z", "--show-scope", "--includes"]).text.split("\0")
    told = [(scope, *setting.partition("\n")[::2]) for scope, setting in zip(words[0::2], words[1::2], strict=False)]
    return [(scope, key.lower(), value) for scope, key, value in told]


def _runs_something(key: str, value: str) -> bool:
    if key == "core.fsmonitor":
        return value.lower() not in _BOOLEAN
    if key.startswith("submodule.") and key.endswith(".update"):
        return value.startswith("!")
    if key.startswith("protocol.") and key.endswith(".allow"):
        return value != "never"
    if _URLS.fullmatch(key):
        return _TRANSPORT_HELPER.match(value) is not None or "::" in key
    return bool(value) and _PROGRAMS.fullmatch(key) is not None


def _hooks(settings: Settings, root: Path, common_dir: Path) -> Iterator[Exposure]:
    folder, users_own = common_dir / "hooks", False
    for scope, key, value in settings:
        # Those of git's own command line are what keeps hooks from running here; of the others the last one counts.
        if key == "core.hookspath" and scope != "command":
            path = Path(os.path.expanduser(value))
            folder, users_own = root / path, scope not in _OWN_SCOPES and path.is_absolute()
    if users_own:
        return
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        path = folder / name
        if name.endswith(".sample") or not path.is_file() or not os.access(path, os.X_OK):
            continue
        try:
            content = path.read_bytes()
        except OSError:
            content = b""
        yield Exposure("hook", name, str(path), _digest(content))


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
