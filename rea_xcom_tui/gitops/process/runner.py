"""Running git commands in one repo."""

from __future__ import annotations

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

import msgspec

from rea_xcom_tui.gitops.problems import GitFailed, GitProblem
from rea_xcom_tui.gitops.process import environment
from rea_xcom_tui.gitops.process.log import CommandLog, without_userinfo
from rea_xcom_tui.gitops.process.watch import Watch, follow, stop

if TYPE_CHECKING:
    import git

ANY_STATUS = range(-64, 256)
"""Every way a command can end: exit codes, and signals as negative numbers."""

_CHUNK = 1 << 16


class Output(msgspec.Struct, frozen=True):
    """What a git command left behind."""

    status: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """Standard output as text; bytes that are not UTF-8 become lone surrogates."""
        return self.stdout.decode("utf-8", "surrogateescape")


class Reading:
    """A command that only reads and is running, so that several can run beside each other and beside Python."""

    def __init__(self, runner: Runner, arguments: Sequence[str], stdin: bytes | None, env: Mapping[str, str]) -> None:
        self._runner = runner
        self._arguments = arguments
        self._started, self._clock = time.time(), time.perf_counter()
        # Files instead of pipes: a pipe that nobody reads yet would stop the command when it is full.
        self._out = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the output is read
        self._err = tempfile.TemporaryFile()  # noqa: SIM115
        with _as_file(stdin) as stream, _git_must_be_there():
            self._process = runner.popen(arguments, env, self._out, self._err, stream)

    @property
    def has_ended(self) -> bool:
        """Whether its output can be had at once."""
        return self._process.poll() is not None

    def output(self, expect: Container[int] = (0,)) -> Output:
        """Wait for its end and return what it left. Raises GitFailed for an exit code that is not in `expect`."""
        status = self._process.wait()
        with self._out, self._err:
            stdout, stderr = (_whole(file) for file in (self._out, self._err))
        seconds = time.perf_counter() - self._clock
        self._runner.log.add(["git", *self._arguments], started=self._started, seconds=seconds, status=status)
        output = Output(status, stdout, stderr.decode("utf-8", "surrogateescape"))
        return self._runner.checked(self._arguments, output, expect)


_GITPYTHONS_OWN = {"LANGUAGE": "C", "LC_ALL": "C"}
"""What GitPython sets in the environment of every command; here for the commands that it does not run."""


def _whole(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


class Runner:
    """Runs git in one folder and keeps a log of it.

    Commands that only read are started directly, because a start of this tool asks git before it can show anything,
    and importing GitPython takes longer than git takes to answer. All others go through GitPython's process wrapper.
    Every command gets its own session, so that nothing it starts can ask on the terminal or hang there.
    Not for use by several threads at once.
    """

    def __init__(self, directory: Path, log: CommandLog, *, view: bool) -> None:
        self.directory = directory
        self.log = log
        self.view = view
        """True while the repo's own configuration must not be able to run anything."""
        self.commits: set[str] = set()
        """Ids that git has named as commits of this repo: asked again, they are what they were."""

    def read(
        self,
        arguments: Sequence[str],
        *,
        stdin: bytes | None = None,
        expect: Container[int] = (0,),
    ) -> Output:
        """Run a command that only reads. Raises GitFailed for an exit code that is not in `expect`."""
        return self.start(arguments, stdin=stdin).output(expect)

    def start(self, arguments: Sequence[str], *, stdin: bytes | None = None) -> Reading:
        """Start a command that only reads; its output is asked for later."""
        self._check_folder()
        return Reading(self, arguments, stdin, environment.for_reading(view=self.view))

    def popen(
        self,
        arguments: Sequence[str],
        env: Mapping[str, str],
        stdout: IO[bytes] | int,
        stderr: IO[bytes] | int,
        stdin: BinaryIO | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a command that only reads, as GitPython would."""
        return subprocess.Popen(
            self.command(arguments, reads=True),
            cwd=self.directory,
            env={**os.environ, **_GITPYTHONS_OWN, **env},
            stdin=stdin or subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )

    def read_tokens(self, arguments: Sequence[str]) -> Iterator[str]:
        """Run a command that only reads and yield what it prints between NULs, as it comes.

        The command is ended when the caller stops asking. Raises GitFailed when it fails.
        """
        started, clock = time.time(), time.perf_counter()
        self._check_folder()
        with _git_must_be_there():
            process = self.popen(arguments, environment.for_reading(view=self.view), subprocess.PIPE, subprocess.PIPE)
        status: int | None = None
        errors: list[bytes] = []
        assert process.stdout is not None
        assert process.stderr is not None
        # Nobody else reads the complaints, and a full pipe would stop the command.
        drain = threading.Thread(target=lambda pipe: errors.append(pipe.read()), args=(process.stderr,))
        drain.start()
        try:
            rest = b""
            while chunk := os.read(process.stdout.fileno(), _CHUNK):
                *tokens, rest = (rest + chunk).split(b"\0")
                yield from (token.decode("utf-8", "surrogateescape") for token in tokens)
            if rest:
                yield rest.decode("utf-8", "surrogateescape")
            status = process.wait()
        finally:
            if status is None:
                stop(process, own_session=True)
            drain.join()
            process.stdout.close()
            process.stderr.close()
            seconds = time.perf_counter() - clock
            self.log.add(["git", *arguments], started=started, seconds=seconds, status=process.returncode)
        stderr = b"".join(errors).decode("utf-8", "surrogateescape")
        self.checked(arguments, Output(status, b"", stderr))

    def write(
        self,
        arguments: Sequence[str],
        *,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Output:
        """Run a command that changes the repo, with the user's own configuration.

        Raises GitFailed where it fails, and GitProblem while the repo may only be viewed.
        """
        return self.checked(arguments, self._run(arguments, stdin, self._for_writing(env)))

    def follow(
        self,
        arguments: Sequence[str],
        watch: Watch,
        *,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        attached: bool = False,
    ) -> Output:
        """Run a command like `write`, whatever its exit code, while `watch` receives what it says.

        The command is ended when it falls silent for too long or is cancelled; see Watch. With `attached` it shares
        the terminal's session, so that it can ask for a passphrase.
        """
        return self._run(arguments, stdin, self._for_writing(env), watch, attached=attached)

    def _for_writing(self, env: Mapping[str, str] | None) -> dict[str, str]:
        if self.view:
            raise GitProblem(
                f"{self.directory} is open for viewing only, because its git folder could run programs; "
                "trust the repo first."
            )
        return {**environment.for_writing(str(self.directory)), **(env or {})}

    def command(self, arguments: Sequence[str], *, attached: bool = False, reads: bool = False) -> list[str]:
        """Return the whole command line for `arguments`, without the variables git must not inherit."""
        writing = environment.unwanted_for_writing(attached=attached)
        unwanted = environment.unwanted_for_reading() if reads else writing
        prefix = ["env", *(part for name in unwanted for part in ("-u", name))] if unwanted else []
        return [*prefix, git_program(), *arguments]

    def _run(
        self,
        arguments: Sequence[str],
        stdin: bytes | None,
        variables: Mapping[str, str],
        watch: Watch | None = None,
        *,
        attached: bool = False,
    ) -> Output:
        started, clock = time.time(), time.perf_counter()
        output = Output(-1, b"", "")
        try:
            with _as_file(stdin) as stream:
                output = self._execute(arguments, stream, variables, watch, attached=attached)
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
        if watch is not None:
            process = self._start(arguments, variables, stream, attached=attached)
            status, out, err = follow(process, watch, own_session=not attached)
            return Output(status, out, err.decode("utf-8", "surrogateescape"))
        self._check_folder()
        with _git_must_be_there():
            status, stdout, stderr = _wrapper(self.directory).execute(
                self.command(arguments, attached=attached),
                istream=stream,
                with_extended_output=True,
                with_exceptions=False,
                stdout_as_string=False,
                strip_newline_in_stdout=False,
                env=dict(variables),
                start_new_session=not attached,
            )
        return Output(status, stdout, stderr)

    def _start(
        self,
        arguments: Sequence[str],
        variables: Mapping[str, str],
        stream: BinaryIO | None,
        *,
        attached: bool,
    ) -> subprocess.Popen[bytes]:
        self._check_folder()
        with _git_must_be_there():
            handle = _wrapper(self.directory).execute(
                self.command(arguments, attached=attached),
                istream=stream,
                as_process=True,
                env=dict(variables),
                start_new_session=not attached,
            )
        # GitPython's handle would end the process when it is thrown away; here somebody else sees to that.
        process, handle.proc = handle.proc, None
        assert process is not None
        return process

    def _check_folder(self) -> None:
        """See that the folder is there; GitPython would quietly run the command somewhere else."""
        if not os.access(self.directory, os.X_OK):
            raise GitProblem(f"The folder {self.directory} cannot be entered; check that it is still there.")

    def checked(self, arguments: Sequence[str], output: Output, expect: Container[int] = (0,)) -> Output:
        """Return the output of a command. Raises GitFailed for an exit code that is not in `expect`."""
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


@contextmanager
def _git_must_be_there() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise GitProblem(_NO_GIT) from error
    except Exception as error:
        # GitPython's own error is looked at by name, so that it need not be imported for a command it does not run.
        if type(error).__name__ == "GitCommandNotFound":
            raise GitProblem(_NO_GIT) from error
        raise


_NO_GIT = "The git program is not installed, or not on PATH; install git."


def literal(path: str) -> str:
    """Return the pathspec that means exactly `path` from the root, whatever is in its name.

    GIT_LITERAL_PATHSPECS would say the same for all paths, but the user's hooks inherit it and find no `*.yaml` any
    more. For commands that only read; for those that also run hooks see `literal_for_hooks`.
    """
    return f":(top,literal){path}"


def literal_for_hooks(path: str) -> str:
    """Return what `literal` does for a command whose variables are the user's own; run at the root."""
    return path if environment.literal_pathspecs() else literal(path)


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
        raise GitProblem(_NO_GIT) from error
    return git.Git(directory)


def git_program() -> str:
    """The git program, which GitPython lets the user name."""
    return os.environ.get("GIT_PYTHON_GIT_EXECUTABLE") or "git"
