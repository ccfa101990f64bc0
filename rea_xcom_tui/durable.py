"""Files written whole or not at all, and a lock that goes with its process.

Every file that this tool writes is written here, but for a cache, which may be lost: under a temporary name in the same
folder, brought to the disk, and only then given its own name at once. A crash leaves the old file or the new one, and
at most a temporary file whose name says what it is.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
from collections.abc import Callable, Iterator
from contextvars import ContextVar

StrPath = str | os.PathLike[str]
Prepare = Callable[[int, str], None]

_ENDING = ".rea-xcom-tui.tmp"
_LONGEST = 100
"""How much of a file's name is in its temporary one, because names have a longest length, 255 bytes mostly."""
_TEMPORARY = re.compile(r"\..+\.(?:[0-9a-f]{12}\.rea-xcom-tui|[0-9a-f]{12}|[a-z0-9_]{8})\.tmp", re.DOTALL)
"""Names of temporary files; the two shorter forms are those of version 0.1.0."""


def new_token() -> str:
    """Twelve random hexadecimal digits that no other temporary file has in its name."""
    return os.urandom(6).hex()


def temporary_name(name: str, token: str) -> str:
    """The temporary name for a file called `name`, in the same folder, of the work that has this token.

    >>> temporary_name("values.yaml", "0123456789ab")
    '.values.yaml.0123456789ab.rea-xcom-tui.tmp'
    """
    return f".{name[:_LONGEST]}.{token}{_ENDING}"


def is_temporary(path: str) -> bool:
    """Whether a path is that of a temporary file of this tool, which never holds values of anybody.

    >>> is_temporary("prod/.values.yaml.0123456789ab.rea-xcom-tui.tmp"), is_temporary("prod/values.yaml")
    (True, False)
    """
    return path.endswith(".tmp") and _TEMPORARY.fullmatch(path.rpartition("/")[2]) is not None


class Replacement:
    """New content for the file at `path`, under its temporary name until it takes the file's place or is dropped.

    It has `mode` less the umask, unless `prepare` sets another, which is called with the descriptor and the temporary
    path. Nothing is on the disk before it is made, so that whoever makes it can have it in hand by then: an interrupt
    may come at any moment. Make it, bring it to the disk, then put it; and drop it in any case.
    """

    def __init__(
        self, path: StrPath, data: bytes, *, token: str | None = None, prepare: Prepare | None = None, mode: int = 0o600
    ) -> None:
        self._path, self._data, self._mode, self._prepare_it = path, data, mode, prepare
        self._folder, name = os.path.split(os.path.abspath(path))
        self._name = os.path.join(self._folder, temporary_name(name, token or new_token()))
        self._descriptor: int | None = None
        self._temporary: str | None = None

    def make(self) -> None:
        """Write it under its temporary name. Raises `OSError`, and what `prepare` raises, with nothing left."""
        self._temporary = self._name  # before it is there, as an interrupt may come as soon as it is
        try:
            try:
                self._descriptor = os.open(self._name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, self._mode)
            except FileExistsError:  # that is somebody else's
                self._temporary = None
                raise
            _write_all(self._descriptor, self._data)
            if self._prepare_it is not None:
                self._prepare_it(self._descriptor, self._name)
        except BaseException:  # also an interrupt: half a content must not stay; it goes on
            self.drop()
            raise

    def begin(self) -> None:
        """Have the system begin to bring the content to the disk, where it can be told to; `sync` waits for it."""
        if self._descriptor is not None and hasattr(os, "posix_fadvise"):
            with contextlib.suppress(OSError):
                os.posix_fadvise(self._descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def sync(self) -> None:
        """Have the content on the disk. Raises `OSError`."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)
            self._close()

    def put(self) -> None:
        """Have the content, which is on the disk, take the file's place at once. Raises `OSError`."""
        if self._temporary is not None:
            os.replace(self._temporary, self._path)
            self._temporary = None
            sync_folder(self._folder)

    def link(self) -> None:
        """Give the whole content its name, if that is free; where there are no hard links, write it again under it."""
        assert self._temporary is not None
        try:
            os.link(self._temporary, self._path)
        except FileExistsError:
            raise
        except OSError:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
            try:
                _write_all(descriptor, self._data)
                os.fsync(descriptor)
            except BaseException:  # also an interrupt: half a new file must not stay; it goes on
                os.unlink(self._path)
                raise
            finally:
                os.close(descriptor)
        self.drop()
        sync_folder(self._folder)

    def drop(self) -> None:
        """Leave nothing of a content that has not been put, so that the file is as it was."""
        self._close()
        if self._temporary is not None:
            with contextlib.suppress(OSError):
                os.unlink(self._temporary)
            self._temporary = None

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def replace(path: StrPath, data: bytes, *, prepare: Prepare | None = None) -> None:
    """Give the file at `path` the content `data`, as `Replacement`; it is as it was when anything is raised."""
    replacement = Replacement(path, data, prepare=prepare)
    try:
        replacement.make()
        replacement.sync()
        replacement.put()
    finally:  # also an interrupt: what was meant for the file must not be left about
        replacement.drop()


def create(path: StrPath, data: bytes, *, token: str | None = None) -> None:
    """Make a new file at `path`, with the mode that the umask gives.

    Raises `FileExistsError` when the name is taken, and `OSError`; nothing has changed then.
    """
    new = Replacement(path, data, token=token, mode=0o666)
    try:
        new.make()
        new.sync()
        new.link()
    finally:
        new.drop()


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


_waiting: ContextVar[set[str] | None] = ContextVar("_waiting", default=None)
"""The folders whose names are brought to the disk later, each once."""


@contextlib.contextmanager
def folders_at_the_end() -> Iterator[None]:
    """Bring the names of all files that are replaced meanwhile to the disk at the end, which then takes it no longer
    than those of one. Until then, a crash may leave the old file under its name, as it may right before a replacement.
    """
    before = _waiting.get()
    try:
        _waiting.set(set())
        yield
    finally:
        folders = _waiting.get() or ()
        _waiting.set(before)
        for folder in folders:
            sync_folder(folder)


def sync_folder(folder: StrPath) -> None:
    """Bring a folder's names to the disk; some file systems cannot, and the content is there already."""
    waiting = _waiting.get()
    if waiting is not None:
        waiting.add(os.fspath(folder))
        return
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def locked(path: StrPath) -> Iterator[bool]:
    """Hold the lock file at `path`, which is made where there is none; gives False when another process holds it.

    The lock goes with its process, however that ends, so that a crash never leaves it behind. Raises `OSError` where
    no lock can be made.
    """
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
