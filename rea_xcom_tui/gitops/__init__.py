"""The repo as git sees it: files, blobs, state, history and safe commits. The only place that imports git."""

from __future__ import annotations

from rea_xcom_tui.gitops.blame import LineOrigin
from rea_xcom_tui.gitops.branches import PROTECTED_PATTERNS, NamedRef, is_protected, proposed_branch
from rea_xcom_tui.gitops.commit.request import Change, CommitResult
from rea_xcom_tui.gitops.create import HistoryStep
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
from rea_xcom_tui.gitops.repository import Repository, create_repository
from rea_xcom_tui.gitops.state import RepoState
from rea_xcom_tui.gitops.work_tree import Look
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
    "create_repository",
    "hash_bytes",
    "is_protected",
    "progress_of",
    "proposed_branch",
    "pull_request_url",
    "without_userinfo",
]
