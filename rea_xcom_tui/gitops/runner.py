"""Running git commands in one repo."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from rea_xcom_tui.gitops import environment
from rea_xcom_tui.gitops.following import Watch, follow
from rea_xcom_tui.gitops.log import CommandLog, without_userinfo
from rea_xcom_tui.gitops.problems import GitFailed, GitProblem

if TYPE_CHECKING:
    import git

ANY_STATUS = range(-64, 256)
"""Every way a command can end: exit codes, and signals as negative numbers."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a git command left behind."""

    status: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """Standard output as text; bytes that are not UTF-8 become lone surrogates."""
        return self.stdout.decode("utf-8", "surrogateescape")


class Runner:
    """Runs git in one folder, through GitPython's process wrapper, and keeps a log of it.

    Every command gets its own session, so that nothing it starts can ask on the terminal or hang there.
    Not for use by several threads at once.
    """

    def __init__(self, directory: Path, log: CommandLog, *, view: bool) -> None:
        self.directory = directory
        self.log = log
        self.view = view
        """True while the repo's own configuration must not be able to run anything."""
        self._git = _wrapper(directory)

    def read(
        self,
        arguments: Sequence[str],
        *,
        stdin: bytes | None = None,
        expect: Container[int] = (0,),
        env: Mapping[str, str] | None = None,
    ) -> Output:
        """Run a command that only reads. Raises GitFailed for an exit code that is not in `expect`."""
        variables = {**environment.for_reading(view=self.view), **(env or {})}
        return self._checked(arguments, self._run(arguments, stdin, variables, attached=False), expect)

    def write(
        self,
        arguments: Sequence[str],
        *,
        stdin: bytes | None = None,
        expect: Container[int] = (0,),
        env: Mapping[str, str] | None = None,
        attached: bool = False,
    ) -> Output:
        """Run a command that changes the repo, with the user's own configuration.

        With `attached` it shares the terminal's session, so that it can ask for a passphrase. Raises
        GitFailed for an exit code that is not in `expect`, and GitProblem while the repo may only be viewed.
        """
        variables = self._for_writing(env, attached=attached)
        return self._checked(arguments, self._run(arguments, stdin, variables, attached=attached), expect)

    def follow(
        self,
        arguments: Sequence[str],
        watch: Watch,
        *,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        attached: bool = False,
    ) -> Output:
        """Run a command like `write`, whatever its exit code, while `watch` hears what it says.

        The command is ended when it falls silent for too long or is cancelled; see Watch.
        """
        variables = self._for_writing(env, attached=attached)
        return self._run(arguments, stdin, variables, attached=attached, watch=watch)

    def _for_writing(self, env: Mapping[str, str] | None, *, attached: bool) -> dict[str, str]:
        if self.view:
            raise GitProblem(
                f"{self.directory} is open for viewing only, because its git folder could run programs; "
                "trust the repo first."
            )
        return {**environment.for_writing(attached=attached), **(env or {})}

    def command(self, arguments: Sequence[str], *, attached: bool = False) -> list[str]:
        """Return the whole command line for `arguments`, without the variables git must not inherit."""
        unwanted = environment.foreign(attached=attached)
        prefix = ["env", *(part for name in unwanted for part in ("-u", name))] if unwanted else []
        return [*prefix, _executable(), *arguments]

    def _run(
        self,
        arguments: Sequence[str],
        stdin: bytes | None,
        variables: Mapping[str, str],
        *,
        attached: bool,
        watch: Watch | None = None,
    ) -> Output:
        from git.exc import GitCommandNotFound

        if not os.access(self.directory, os.X_OK):
            # GitPython would quietly run the command somewhere else.
            raise GitProblem(f"The folder {self.directory} cannot be entered; check that it is still there.")
        started, clock = time.time(), time.perf_counter()
        output = Output(-1, b"", "")
        try:
            with _as_file(stdin) as stream:
                output = self._execute(arguments, stream, variables, watch, attached=attached)
        except GitCommandNotFound as error:
            raise GitProblem("The git program is not installed, or not on PATH; install git.") from error
        finally:
            seconds = time.perf_counter() - clock
            self.log.add(["git", *arguments], started=started, seconds=seconds, status=output.status)
        return output

    def _execute(
        self,
        arguments: Sequence[str],
        stream: BinaryIO | None,
        variables: Mapping[str, str],
        watch: Watch | None,
        *,
        attached: bool,
    ) -> Output:
        command = self.command(arguments, attached=attached)
        if watch is not None:
            process = self._git.execute(
                command, istream=stream, as_process=True, env=dict(variables), start_new_session=not attached
            )
            assert process.proc is not None
            status, out, err = follow(process.proc, watch, own_session=not attached)
            return Output(status, out, err.decode("utf-8", "surrogateescape"))
        status, stdout, stderr = self._git.execute(
            command,
            istream=stream,
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env=dict(variables),
            start_new_session=not attached,
        )
        return Output(status, stdout, stderr)

    def _checked(self, arguments: Sequence[str], output: Output, expect: Container[int]) -> Output:
        if output.status not in expect:
            raise GitFailed(
                f"git {arguments[0]} failed in {self.directory}: {reason(output.stderr)}",
                status=output.status,
                stderr=output.stderr,
            )
        return output


@contextmanager
def _as_file(data: bytes | None) -> Iterator[BinaryIO | None]:
    """Give `data` as a file that a child process can read, or nothing."""
    if data is None:
        yield None
        return
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        yield file


def reason(stderr: str) -> str:
    """Return the line of git's complaint that says most, as the end of a sentence and without secrets."""
    lines = [line.strip() for line in without_userinfo(stderr).splitlines() if line.strip()]
    for mark in ("fatal: ", "error: "):
        for line in lines:
            if line.startswith(mark):
                return _ended(line.removeprefix(mark))
    return _ended(lines[-1]) if lines else "it gave no reason."


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _wrapper(directory: Path) -> git.Git:
    try:
        import git
    except ImportError as error:  # GitPython refuses to be imported where there is no git program
        raise GitProblem("The git program is not installed, or not on PATH; install git.") from error
    return git.Git(directory)


def _executable() -> str:
    import git

    return str(git.Git.GIT_PYTHON_GIT_EXECUTABLE or "git")
