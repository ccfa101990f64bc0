"""The one gate for writes: every change of a file or of the repo passes through here, or does not happen."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan
from rea_xcom_tui.fleet.write.commit import CommitOptions, check_trust, verifier
from rea_xcom_tui.fleet.write.putting import Progress, Putting, Way, put
from rea_xcom_tui.fleet.write.real_paths import RealPaths
from rea_xcom_tui.text import clean, utc

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import CommitResult, Repository
    from rea_xcom_tui.gitops.operations import Operation, OperationFile, OperationLog


_UNFINISHED = (
    "run `rea-xcom-tui undo` to take it back, or `rea-xcom-tui undo --finish` to finish it, before anything else is "
    "written"
)


class Gate(msgspec.Struct, frozen=True):
    """What is between an intention and the disk."""

    repository: Repository
    read_only: str | None = None
    """Why nothing may be written, or None."""
    protected: tuple[str, ...] = ()
    """Patterns of branches that the repo's configuration closes for direct commits."""
    command: str = "app"
    """The command that writes, for the log of operations."""
    together: str = ""
    """What this write shares with those that are one with it in other repos."""
    meanwhile: Callable[[], None] | None = None
    """Called while git keeps the bytes of many files."""

    def check(self, *, commit: bool = False, new_branch: bool = False) -> None:
        """Raise `Refused` with one sentence when nothing may be written, or no commit made, right now."""
        if self.read_only is not None:
            raise Refused(f"nothing may be written: {self.read_only}")
        cut_off = self._log.cut_off()
        if cut_off is not None:
            raise Refused(f"an earlier write ('{clean(cut_off.title)}', {cut_off.when}) was cut off; {_UNFINISHED}")
        if commit:
            check_trust(self.repository, "commit")
            reason = self.repository.state().refusal(new_branch=new_branch)
            if reason is not None:
                raise Refused(reason)
            self._check_branch(new_branch=new_branch)

    def _check_branch(self, *, new_branch: bool) -> None:
        from rea_xcom_tui.gitops import is_protected

        if new_branch or not self.protected:
            return
        branch = self.repository.branch()
        if branch is not None and is_protected(branch, self.protected):
            raise Refused(
                f"{clean(branch)} is protected by this repo's configuration, so nothing was committed to it; "
                "commit to a new branch instead (--branch NAME)"
            )

    def write(self, plan: Plan, title: str, progress: Progress | None = None) -> Operation:
        """Write every file of a plan, or none. Raises `Refused`; the files are then as they were.

        `progress` is called before each file with those done and their number; what it raises ends the write, with
        every file as it was.
        """
        self.check()
        plan.check()
        log = self._log
        with log.held():
            operation = log.begin(
                title,
                utc(time.time()),
                self._store(plan.files),
                tuple((edit.deployment, edit.field) for edit in plan.edits),
                command=self.command,
                branch=self.repository.branch(),
                together=self.together,
            )
            return self._put_all(log, operation, plan.files, progress)

    @property
    def _log(self) -> OperationLog:
        from rea_xcom_tui.gitops.operations import OperationLog

        return OperationLog(self.repository.git_dir)

    def _put_all(
        self, log: OperationLog, operation: Operation, files: Sequence[FilePlan], progress: Progress | None
    ) -> Operation:
        ways = [Way(file.file, file.was, file.after) for file in files]
        putting = Putting(self.repository.root, ways, operation.token, progress)
        try:
            putting.go()
            return log.mark(operation, "written")
        except BaseException as error:
            # Whatever cut the write off, also an interrupt: no file may be left half of the plan's way. Where
            # one cannot be put back, the record stays, and the next start offers to finish or take back.
            # An interrupt may also come when a file has its new bytes and is not noted yet.
            begun = files[: len(putting.done) + (not isinstance(error, Exception))]
            if self._take_back(begun, operation.token):
                log.forget(operation)
            elif isinstance(error, Exception):
                why = str(error) or "The write was stopped."
                raise Refused(f"{why} Not every file could be put back either; {_UNFINISHED}") from error
            if isinstance(error, values.RefusedEdit):
                raise values.RefusedEdit(error.code, f"{error} {_all_as_it_was(files)}") from error
            if isinstance(error, values.Unreadable):  # it has vanished, or become another kind, since it was read
                raise Refused(f"{error} {_all_as_it_was(files)}") from error
            if isinstance(error, OSError):
                raise Refused(
                    f"{clean(error.filename or '')} cannot be written: {error.strerror}. {_all_as_it_was(files)}"
                ) from error
            raise

    def commit(
        self, operations: Sequence[Operation], files: Sequence[FilePlan], message: str, options: CommitOptions
    ) -> CommitResult:
        """Commit exactly these files' changes, which are on disk already; `check` has let them through before.

        What may have changed since is looked at again, the repo's state among it by the commit itself.
        """
        from rea_xcom_tui.gitops import Change, Watch

        self.check()
        check_trust(self.repository, "commit")
        self._check_branch(new_branch=options.branch is not None)
        real = RealPaths(self.repository.root)
        changes = {
            real.inside(file.file): Change(file.was, file.after, self._made_here(file), self._taken_back(file))
            for file in files
        }
        return self.repository.commit(
            changes,
            message,
            branch=options.branch,
            sign_off=options.sign_off,
            attached=options.attached,
            verify=verifier(files),
            watch=Watch(on_line=options.on_line, cancelled=options.cancelled),
            command=self.command,
            writes=tuple(operation.number for operation in operations),
        )

    def _made_here(self, file: FilePlan) -> bool:
        """Whether the bytes before a plan are those of a file that this tool has made, by the log's word.

        The baseline file is the only one that it makes.
        """
        if file.made or file.file != BASELINE_FILE:
            return file.made
        wanted = self.repository.hash_bytes(file.before)
        for operation in self._log.operations():
            known = next((one for one in operation.files if one.path == file.file and one.after == wanted), None)
            if known is not None and operation.phase in ("written", "committed"):
                if not known.before:
                    return True
                wanted = known.before
        return False

    def _taken_back(self, file: FilePlan) -> tuple[bytes, ...]:
        """What a file that is made again held when this tool had made it before, by the log's undone operations."""
        if not file.made:
            return ()
        from rea_xcom_tui.gitops import GitProblem

        undone = [operation for operation in self._log.operations() if operation.phase == "undone"]
        ids = {one.after for operation in undone for one in operation.files if one.path == file.file and one.after}
        found: list[bytes] = []
        for oid in sorted(ids):
            with suppress(GitProblem):  # git has forgotten it, so no commit holds it
                found += self.repository.blobs([oid]).values()
        return tuple(found)

    def take_back(self, operation: Operation, files: Sequence[FilePlan]) -> None:
        """Put the old bytes back after a commit that was refused, where ours still are, and forget the write."""
        if self._take_back(files, operation.token):
            self._log.forget(operation)

    def _take_back(self, files: Sequence[FilePlan], token: str) -> bool:
        """Put the old bytes back; False when the disk did not let us."""
        complete = True
        for file in reversed(files):
            try:
                put(self.repository.root, Way(file.file, file.after, file.was), token)
            except values.RefusedEdit as problem:
                # Where somebody else has changed the file since, their bytes stay, ours are not put over them.
                complete = complete and problem.code == "changed-on-disk"
            except values.Unreadable:
                # Where somebody has taken the file away, there is nothing of ours left to put back.
                complete = complete and not (self.repository.root / file.file).exists()
            except OSError:
                complete = False
        return complete

    def _store(self, files: Sequence[FilePlan]) -> tuple[OperationFile, ...]:
        from rea_xcom_tui.gitops.operations import NO_FILE, OperationFile

        contents = [data for file in files for data in (file.before, file.after)]
        oids = self.repository.store(contents, self.meanwhile)
        return tuple(
            OperationFile(file.file, NO_FILE if file.made else oids[2 * i], oids[2 * i + 1])
            for i, file in enumerate(files)
        )


def _all_as_it_was(files: Sequence[FilePlan]) -> str:
    if len(files) == 1:
        return "Nothing is half done."
    return f"Nothing is half done: all {len(files)} files of this write are as they were."
