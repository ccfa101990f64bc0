"""The repo as git sees it: files, blobs, state, history and safe commits. The only place that imports git."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rea_xcom_tui.gitops.blame import LineOrigin
    from rea_xcom_tui.gitops.branches import PROTECTED_PATTERNS, NamedRef, is_protected, proposed_branch
    from rea_xcom_tui.gitops.commit.request import Change, CommitResult
    from rea_xcom_tui.gitops.create import HistoryStep, write_history
    from rea_xcom_tui.gitops.exposures import Exposure
    from rea_xcom_tui.gitops.forge import pull_request_url
    from rea_xcom_tui.gitops.history import Commit, FileRevision
    from rea_xcom_tui.gitops.listing import FileEntry
    from rea_xcom_tui.gitops.marked import MarkedCommit
    from rea_xcom_tui.gitops.objects import hash_bytes
    from rea_xcom_tui.gitops.outgoing import ChangedFile, Outgoing
    from rea_xcom_tui.gitops.problems import CommitRefused, GitFailed, GitProblem, PushFailed, SwitchRefused
    from rea_xcom_tui.gitops.process.log import CommandLog, CommandRecord, without_userinfo
    from rea_xcom_tui.gitops.process.watch import Watch
    from rea_xcom_tui.gitops.progress import progress_of
    from rea_xcom_tui.gitops.push import PushResult
    from rea_xcom_tui.gitops.repository import Repository
    from rea_xcom_tui.gitops.state import RepoState
    from rea_xcom_tui.gitops.work_tree import Look, WorkTree
    from rea_xcom_tui.user.trust import TrustStore

__all__ = [
    "PROTECTED_PATTERNS",
    "Change",
    "ChangedFile",
    "CommandLog",
    "CommandRecord",
    "Commit",
    "CommitRefused",
    "CommitResult",
    "Exposure",
    "FileEntry",
    "FileRevision",
    "GitFailed",
    "GitProblem",
    "HistoryStep",
    "LineOrigin",
    "Look",
    "MarkedCommit",
    "NamedRef",
    "Outgoing",
    "PushFailed",
    "PushResult",
    "RepoState",
    "Repository",
    "SwitchRefused",
    "TrustStore",
    "Watch",
    "WorkTree",
    "hash_bytes",
    "is_protected",
    "progress_of",
    "proposed_branch",
    "pull_request_url",
    "without_userinfo",
    "write_history",
]

_ROOMS = (
    "gitops.problems",
    "gitops.repository",
    "user.trust",
    "gitops.listing",
    "gitops.objects",
    "gitops.exposures",
    "gitops.work_tree",
    "gitops.branches",
    "gitops.blame",
    "gitops.commit.request",
    "gitops.create",
    "gitops.forge",
    "gitops.history",
    "gitops.marked",
    "gitops.outgoing",
    "gitops.process.log",
    "gitops.process.watch",
    "gitops.progress",
    "gitops.push",
    "gitops.state",
)
"""Where they are, what nearly every command needs first. One is imported when a name is asked for that none before it
has: before git has been asked about the working tree, each import is time in which git could have been at work."""


def __getattr__(name: str) -> Any:
    for room in _ROOMS if name in __all__ else ():
        module = import_module(f"rea_xcom_tui.{room}")
        if hasattr(module, name):
            found = globals()[name] = getattr(module, name)
            return found
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
