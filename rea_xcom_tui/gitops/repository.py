"""One git repo, as the rest of the tool sees it."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rea_xcom_tui.gitops import branches, history, joint_history, listing, remotes, status
from rea_xcom_tui.gitops.discover import discover, existing_folder
from rea_xcom_tui.gitops.exposures import Exposure, find_exposures, fingerprint, read_settings
from rea_xcom_tui.gitops.objects import ObjectFormat, hash_bytes, read_blobs
from rea_xcom_tui.gitops.process.log import CommandLog
from rea_xcom_tui.gitops.process.runner import Runner
from rea_xcom_tui.gitops.unread import ATTRIBUTES_KEYS, sets_attributes
from rea_xcom_tui.gitops.work_tree import Look
from rea_xcom_tui.user.trust import TrustStore

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import partial
    from rea_xcom_tui.gitops.blame import LineOrigin
    from rea_xcom_tui.gitops.branches import NamedRef
    from rea_xcom_tui.gitops.commit.request import Change, CommitResult, Verify
    from rea_xcom_tui.gitops.history import Commit, FileRevision
    from rea_xcom_tui.gitops.listing import FileEntry
    from rea_xcom_tui.gitops.marked import MarkedCommit
    from rea_xcom_tui.gitops.outgoing import ChangedFile, Outgoing
    from rea_xcom_tui.gitops.packing import Meanwhile
    from rea_xcom_tui.gitops.process.watch import Watch
    from rea_xcom_tui.gitops.push import PushResult
    from rea_xcom_tui.gitops.state import RepoState
    from rea_xcom_tui.user.settings import Forge

_MOMENT = 2.0
"""Seconds for which what a git folder could run is taken to be what it just was."""


class Repository:
    """A git repo with a work tree. One object per thread: use `for_another_thread` for more.

    Every method asks git again, nothing is cached. Methods raise GitProblem when git fails. What only some of them need
    is imported there: a command that lists the fleet has git at work before the rest of the tool is imported.
    """

    def __init__(
        self, runner: Runner, *, root: Path, git_dir: Path, common_dir: Path, object_format: ObjectFormat
    ) -> None:
        self.root = root
        """The top of the work tree, absolute."""
        self.git_dir = git_dir
        """The git folder of this work tree, absolute. Linked work trees have one each."""
        self.common_dir = common_dir
        """The git folder that all work trees share."""
        self.object_format: ObjectFormat = object_format
        self.skipped: tuple[bytes, ...] = ()
        """The names that the newest listing left out because they are not UTF-8."""
        self._runner = runner
        self.tell: partial.Tell | None = None
        """Hears what is fetched for a partial clone."""
        self._brought: set[str] = set()
        """The contents that are known to be here."""
        self._weighed = -math.inf
        """When it was last looked what the git folder could run, by a clock of its own."""
        self._may_set_attributes = True  # as long as the configuration has not been read
        self._trusted: frozenset[Exposure] | None = None
        """What of the git folder may run; None where the caller vouches for whatever is in it."""

    @classmethod
    def open(
        cls,
        path: str | os.PathLike[str],
        *,
        log: CommandLog | None = None,
        trust: TrustStore | None = None,
    ) -> Repository:
        """Open the repo whose work tree holds `path` (a folder or a file in it).

        With `trust`, a repo whose git folder could run programs is opened for viewing only, unless the user
        has trusted exactly these programs before; without it the caller vouches for the repo. Raises
        GitProblem, with what to do, when there is none, when it is bare, when another user owns it
        and when git is missing.
        """
        folder = existing_folder(Path(path))
        runner = Runner(folder, log or CommandLog(), view=True)
        root, git_dir, common_dir, object_format = discover(runner, folder)
        repository = cls(
            Runner(root, runner.log, view=trust is not None),
            root=root,
            git_dir=git_dir,
            common_dir=common_dir,
            object_format=object_format,
        )
        if trust is not None:
            found = repository.exposures()
            repository._trusted = frozenset(found if trust.trusts(root, fingerprint(found)) else ())
            repository._weigh(found)
        return repository

    @property
    def viewing(self) -> bool:
        """Whether the repo is open for viewing only, so that none of its programs can run."""
        return self._runner.view

    def exposures(self) -> tuple[Exposure, ...]:
        """List what the git folder could run on this machine: settings and hooks. Runs none of it."""
        viewer = Runner(self.root, self.log, view=True)
        settings = read_settings(viewer)
        self._may_set_attributes = any(key in ATTRIBUTES_KEYS for _, key, _ in settings)
        return find_exposures(settings, self.root, self.common_dir)

    def judge_unless_just_done(self) -> None:
        """As `judge`, but not a second time within a moment, such as when a repo is read right after it was opened."""
        if time.monotonic() - self._weighed > _MOMENT:
            self.judge()

    def judge(self) -> tuple[Exposure, ...]:
        """Look again at what the git folder could run, and return what of it the user has not trusted.

        The repo is open for viewing only as long as there is any: a hook that comes, or becomes another one, while
        the repo is open ends the trust.
        """
        if self._trusted is None:
            return ()
        return self._weigh(self.exposures())

    def _weigh(self, found: Iterable[Exposure]) -> tuple[Exposure, ...]:
        """Open the repo for viewing only where what its git folder could run is not all trusted; return the rest."""
        self._weighed = time.monotonic()
        untrusted = tuple(item for item in found if item not in (self._trusted or ()))
        self._runner.view = bool(untrusted)
        return untrusted

    def trust(self, shown: Iterable[Exposure] | None = None, store: TrustStore | None = None) -> None:
        """Let run what was `shown` to the user (None: whatever is there now), and remember it in `store`.

        Anything else that is there by now keeps the repo open for viewing only.
        """
        now = self.exposures() if shown is None or store is not None else ()
        known = self._trusted or frozenset()
        self._trusted = known | frozenset(now if shown is None else shown)
        if not self.judge() and store is not None:
            store.trust(self.root, fingerprint(now))

    def for_another_thread(self) -> Repository:
        """Return an object of its own for the same repo, which writes to the same command log."""
        other = Repository(
            Runner(self.root, self.log, view=self._runner.view),
            root=self.root,
            git_dir=self.git_dir,
            common_dir=self.common_dir,
            object_format=self.object_format,
        )
        other._trusted, other._may_set_attributes = self._trusted, self._may_set_attributes
        other.tell = self.tell
        return other

    @property
    def log(self) -> CommandLog:
        """The git commands that were run."""
        return self._runner.log

    def head(self) -> str | None:
        """Return the id of the commit that is checked out, or None when there is none yet."""
        return branches.head_commit(self._runner)

    def branch(self) -> str | None:
        """Return the branch that is checked out, or None when HEAD is detached."""
        return branches.current_branch(self._runner)

    def resolve(self, ref: str) -> str:
        """Return the commit id that `ref` names. Raises GitProblem when there is none."""
        return branches.resolve(self._runner, ref)

    def state(self) -> RepoState:
        """Return how the repo stands: branch, unfinished operations, upstream, lock, identity."""
        from rea_xcom_tui.gitops.state import read_state

        return read_state(self._runner, self.git_dir)

    def tracked_and_untracked(self) -> list[FileEntry]:
        """List the files of the index, then the untracked ones that are not ignored; see `skipped`."""
        tracked = listing.index_files(self._runner)
        untracked = listing.untracked_files(self._runner)
        self.skipped = tracked.skipped + untracked.skipped
        return [*tracked.entries, *untracked.entries]

    def look(self, *, conversions: bool = True) -> Look:
        """Start to ask git for all that a scan of the work tree needs; `skipped` is then in its answer."""
        elsewhere = self._may_set_attributes or sets_attributes(self.root, self.common_dir)
        return Look(self._runner, conversions=conversions, attributes=elsewhere)

    def tracked(self) -> list[FileEntry]:
        """List the files of the index. Names that are not UTF-8 are left out."""
        return list(listing.index_files(self._runner).entries)

    def tree(self, commit: str) -> list[FileEntry]:
        """List the files of a commit (a ref or an id). Names that are not UTF-8 go to `skipped`."""
        found = listing.tree_files(self._runner, self.resolve(commit))
        self.skipped = found.skipped
        return list(found.entries)

    def blobs(self, oids: Sequence[str], *, limit: int | None = None) -> dict[str, bytes]:
        """Return the bytes of each blob; those of more than `limit` bytes are left out.

        What a partial clone lacks of them is fetched first, at once; see `bring`.
        """
        self.bring(oids)
        return read_blobs(self._runner, oids, limit=limit)

    def bring(self, oids: Sequence[str]) -> None:
        """Fetch in one go what a partial clone lacks of these contents, and tell so before.

        Call it with all that will be wanted, before the contents are asked for in portions. Raises GitProblem, with
        what brings them, where that cannot be.
        """
        from rea_xcom_tui.gitops import partial

        wanted = [oid for oid in oids if oid not in self._brought]
        remote = partial.promisor(self._runner) if wanted else None
        if remote is not None:
            self.judge()
            partial.bring(self._runner, wanted, remote, self.tell)
        self._brought.update(wanted)

    def store(self, contents: Sequence[bytes], meanwhile: Meanwhile = None) -> list[str]:
        """Keep each content as a blob, byte for byte, and return the blob ids in the same order; see `store_blobs`."""
        from rea_xcom_tui.gitops.store import store_blobs

        return store_blobs(self._runner, contents, self.object_format, meanwhile)

    def hash_bytes(self, data: bytes) -> str:
        """Return the blob id of exactly these bytes in this repo's object format."""
        return hash_bytes(data, self.object_format)

    def dirty(self, paths: Iterable[str] | None = None) -> frozenset[str]:
        """Return the tracked paths (of `paths`) that differ from HEAD, in the index or in the work tree."""
        from rea_xcom_tui.gitops.viewing import viewed_dirty_paths

        limits = None if paths is None else list(paths)
        if self.viewing:
            return viewed_dirty_paths(self._runner, self.object_format, limits)
        return status.dirty_paths(self._runner, limits)

    def history(self, path: str, *, start: str = "HEAD", limit: int | None = None) -> list[FileRevision]:
        """Return the commits up to `start` that changed the file, newest first, through its renames.

        The blobs before and after can be had from `blobs`, to see what a commit did to one key.
        """
        return history.file_history(self._runner, self.resolve(start), path, limit=limit)

    def histories(self, paths: Collection[str], *, start: str = "HEAD") -> dict[str, list[FileRevision]]:
        """Return the history of each of `paths`, from one walk through the log for all of them."""
        return history.file_histories(self._runner, self.resolve(start), paths)

    def joint_history(self, paths: Collection[str], *, start: str = "HEAD") -> list[tuple[Commit, str]]:
        """Return the commits that changed one of `paths`, newest first, each with the first such file."""
        return joint_history.joint_history(self._runner, self.resolve(start), paths)

    def joint_walk(
        self, groups: Mapping[str, Collection[str]], *, start: str = "HEAD"
    ) -> Iterator[tuple[Commit, list[str]]]:
        """Yield the commits that changed a path of some group, newest first, each with the names of these groups."""
        return joint_history.joint_walk(self._runner, self.resolve(start), groups)

    def last_changes(
        self, paths: Collection[str], *, start: str = "HEAD", since: str | None = None
    ) -> dict[str, Commit]:
        """Return the newest commit (not one that `since` has) that changed each of `paths`, from one walk."""
        return history.last_changes(
            self._runner, self.resolve(start), paths, since=None if since is None else self.resolve(since)
        )

    def blame(self, commit: str, path: str) -> list[LineOrigin]:
        """Return each line of a file in a commit, with who wrote it."""
        from rea_xcom_tui.gitops.blame import blame

        return blame(self._runner, self.resolve(commit), path)

    def git_version(self) -> str:
        """What git says of its own version, such as `git version 2.47.1`."""
        return self._runner.read(["version"]).text.strip()

    def shallow(self) -> bool:
        """Whether the histories begin later than the repo did, because only its newest part was cloned."""
        return history.is_shallow(self._runner)

    def retellings(self) -> str:
        """Return what else than its id decides how a commit is described (for keys of what is remembered of it)."""
        return history.retellings(self._runner, self.common_dir)

    def commit_files(self, commit: str) -> tuple[Commit, tuple[str, ...]]:
        """Return a commit and the paths it changed; of a merge, those that differ from its first parent."""
        return history.commit_files(self._runner, self.resolve(commit))

    def marked(self, text: str, start: str | None = None, *, without: Sequence[str] = ()) -> list[MarkedCommit]:
        """Return the commits whose message holds `text`: of `start`, or of every branch; see `gitops.marked`."""
        from rea_xcom_tui.gitops.marked import marked_commits

        tip = None if start is None else self.resolve(start)
        return marked_commits(self._runner, text, tip, without=[self.resolve(ref) for ref in without])

    def changes_of(
        self, start: str, paths: Collection[str], *, without: str | None, limit: int
    ) -> list[tuple[str, frozenset[str]]]:
        """Return the newest commits up to `start` that changed any of `paths`, newest first, each with those paths."""
        past = None if without is None else self.resolve(without)
        return history.changes_of(self._runner, self.resolve(start), paths, without=past, limit=limit)

    def branches(self) -> list[str]:
        """List the local branches, the one with the newest commit first."""
        from rea_xcom_tui.gitops import switching

        return switching.local_branches(self._runner)

    def refs(self) -> list[NamedRef]:
        """List branches, the remotes' branches as of the last fetch, and tags, each kind with the newest first."""
        return branches.named_refs(self._runner)

    def merge_base(self, one: str, other: str) -> str | None:
        """Return the newest commit that both revisions come from, or None where there is none."""
        return branches.merge_base(self._runner, self.resolve(one), self.resolve(other))

    def switch(self, branch: str, *, watch: Watch | None = None) -> None:
        """Check out a local branch that is there already, only where no file has changes of its own.

        Raises SwitchRefused, with everything as it was.
        """
        from rea_xcom_tui.gitops import switching

        self.judge()
        switching.switch_branch(self._runner, self.git_dir, branch, watch)

    def commit(
        self,
        changes: Mapping[str, Change],
        message: str,
        *,
        branch: str | None = None,
        sign_off: bool = False,
        attached: bool = False,
        verify: Verify | None = None,
        watch: Watch | None = None,
        command: str = "",
        writes: tuple[int, ...] = (),
    ) -> CommitResult:
        """Commit exactly `changes`, which are in the work tree already, and nothing else.

        What the user has staged or changed besides, in other files or elsewhere in the same ones, stays so. `branch`
        names a new branch to make for it. With `attached`, hooks and signing programs may use the terminal. `verify` is
        asked before a file is committed that holds other changes of the user's; `watch` receives what the hooks say
        while they run, and can cancel. `command` and `writes`, the numbers of the writes that it holds, are for the log
        of operations. Raises CommitRefused when the repo's state, a file or a hook forbids the commit; the files then
        stay as they are (apart from what a hook did to them), and index and branch are as they were.
        """
        from rea_xcom_tui.gitops.commit.commit import commit_changes
        from rea_xcom_tui.gitops.commit.request import Request
        from rea_xcom_tui.gitops.process.watch import Watch

        request = Request(
            root=self.root,
            git_dir=self.git_dir,
            object_format=self.object_format,
            changes=changes,
            message=message,
            branch=branch,
            sign_off=sign_off,
            attached=attached,
            verify=verify,
            watch=watch or Watch(),
            command=command,
            writes=writes,
        )
        self.judge()
        return commit_changes(self._runner, request)

    def remotes(self) -> list[str]:
        """List the names of the remotes."""
        return remotes.remotes(self._runner)

    def default_remote(self, branch: str | None = None) -> str | None:
        """Return the remote that `branch` would be pushed to, or None where that is not clear."""
        return remotes.default_remote(self._runner, branch)

    def remote_url(self, remote: str) -> str:
        """Return the address a push to `remote` goes to, without user name and password."""
        return remotes.remote_url(self._runner, remote)

    def default_branch(self, remote: str) -> str | None:
        """Return the branch that pull requests of this remote go to, as of the newest clone or fetch, or None."""
        return remotes.default_branch(self._runner, remote)

    def outgoing(self, remote: str, branch: str) -> Outgoing:
        """Return what a push of `branch` to `remote` would send, as far as this repo knows."""
        from rea_xcom_tui.gitops.outgoing import outgoing

        return outgoing(self._runner, remote, branch)

    def changed_files(self, old: str, new: str) -> tuple[ChangedFile, ...]:
        """Return the regular files that differ between two commits, with their blobs."""
        from rea_xcom_tui.gitops.outgoing import changed_files

        return changed_files(self._runner, self.resolve(old), self.resolve(new))

    def push(
        self,
        branch: str,
        *,
        remote: str | None = None,
        options: Sequence[str] = (),
        watch: Watch | None = None,
        attached: bool = False,
        trial: bool = False,
    ) -> PushResult:
        """Push a local branch, never by force, and let it track its copy on the server; see `push.push_branch`.

        `watch` receives git's progress and the server's words, and can cancel. Raises PushFailed.
        """
        from rea_xcom_tui.gitops.push import push_branch

        self.judge()
        how = {"attached": attached, "trial": trial}
        return push_branch(self._runner, branch, remote=remote, options=options, watch=watch, **how)

    def pull_request_url(
        self, branch: str, target: str, *, remote: str, forges: Mapping[str, Forge] | None = None
    ) -> str | None:
        """Return the page on which a pull request is opened, derived from the remote's address, or None.

        `forges` says which forge runs on a host whose name does not say.
        """
        from rea_xcom_tui.gitops.forge import pull_request_url

        return pull_request_url(self.remote_url(remote), branch, target, forges)

    def recover_commit(self) -> str | None:
        """Set index and branch right after a commit that was cut off by a crash, and say what was done.

        Returns None when there was nothing to fix, when another copy of this tool is at work, and in a repo
        open for viewing only. Files of the work tree stay. Raises CommitRefused when git left a lock behind.
        """
        from rea_xcom_tui.gitops.commit.recovery import recover_cut_off

        return None if self.judge() else recover_cut_off(self._runner, self.git_dir)

    def pushed(self, commit: str) -> tuple[str, ...] | None:
        """Return the remotes' branches, as of the last fetch, that hold a commit; None where HEAD does not hold it."""
        return branches.pushed(self._runner, commit)
