"""The remotes of a repo: their names, their addresses, and which one a branch goes to."""

from __future__ import annotations

from rea_xcom_tui.gitops.process.log import without_userinfo
from rea_xcom_tui.gitops.process.runner import Runner


def remotes(runner: Runner) -> list[str]:
    """List the names of the remotes."""
    return runner.read(["remote"]).text.splitlines()


def default_remote(runner: Runner, branch: str | None) -> str | None:
    """Return the remote git itself would push `branch` to, or None where that is not clear."""
    known = remotes(runner)
    settings = runner.read(["config", "-z", "--get-regexp", r"^(remote\.pushdefault|branch\.)"], expect=(0, 1)).text
    chosen = dict(setting.partition("\n")[::2] for setting in settings.split("\0"))
    keys = [f"branch.{branch}.pushremote", "remote.pushdefault", f"branch.{branch}.remote"]
    for key in keys if branch else keys[1:2]:
        if chosen.get(key) in known:
            return chosen[key]
    if len(known) == 1:
        return known[0]
    return "origin" if "origin" in known else None


def remote_url(runner: Runner, remote: str) -> str:
    """Return the address a push to `remote` goes to, without user name and password."""
    return without_userinfo(runner.read(["remote", "get-url", "--push", "--", remote]).text.strip())


def default_branch(runner: Runner, remote: str) -> str | None:
    """Return the branch that the remote's HEAD names, as of the newest clone or fetch, or None.

    A remote that was added later than the repo was made has no such HEAD; its main or master is taken then.
    """
    ref = runner.read(["symbolic-ref", "-q", f"refs/remotes/{remote}/HEAD"], expect=(0, 1, 128)).text.strip()
    if ref:
        return ref.removeprefix(f"refs/remotes/{remote}/")
    for name in ("main", "master"):
        known = ["show-ref", "--verify", "--quiet", f"refs/remotes/{remote}/{name}"]
        if runner.read(known, expect=(0, 1)).status == 0:
            return name
    return None
