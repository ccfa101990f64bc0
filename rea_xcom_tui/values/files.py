"""Values files on disk: read with suspicion, written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Collection, Iterator

from rea_xcom_tui import durable
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import RefusedEdit, Unreadable
from rea_xcom_tui.values.reading import MAX_BYTES

StrPath = str | os.PathLike[str]

_BY_LIST = 8
"""When so many folders in one were looked at, its list is read instead."""

_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_file(path: StrPath, root: StrPath) -> bytes:
    """The bytes of a regular file of at most 2 MB inside the folder `root`; a relative path starts there.

    Symbolic links are followed as long as they stay inside. Nothing is opened that could block or act, such as
    a named pipe or a device. Raises `Unreadable` otherwise, with a sentence.
    """
    real, _ = _real_path(path, root)
    with _opened(real, path) as (descriptor, status):
        if status.st_size > MAX_BYTES:
            raise Unreadable(
                f"{_shown(path)} has {status.st_size:,} bytes; values files of up to {MAX_BYTES:,} are read."
            )
        return _read_all(descriptor, path)


class Files:
    """Reads many files below one folder as `read_file` does, and looks at each folder on the way once.

    As long as it lives: one is for one scan. It can be pickled, and looks for itself then.
    """

    def __init__(self, root: StrPath) -> None:
        self._root = os.path.abspath(root)
        self._folders: set[str] = {""}
        """Those on the way to which, from the root, there is no link, the root being the empty one."""
        self._asked: dict[str, int] = {}
        """How many folders within a folder were looked at one by one."""

    def __reduce__(self) -> tuple[type[Files], tuple[str]]:
        return Files, (self._root,)

    def read(self, path: str, *, behind_no_link: bool = False) -> bytes:
        """The bytes of the file at a path that starts at the root. Raises `Unreadable`.

        With `behind_no_link`, the folders on the way are not looked at: the caller has it from somebody who follows no
        link either, and is right about it.
        """
        data = self._plainly(path, look=not behind_no_link or ".." in path)
        return read_file(path, self._root) if data is None else data

    def is_plain(self, path: str) -> bool:
        """Whether there is no link on the way to a folder or file below the root, itself included.

        Raises OSError where there is nothing.
        """
        if path in self._folders:
            return True
        above = ""
        for name in path.split("/"):
            here = f"{above}/{name}" if above else name
            if name in ("", ".", "..") or (here not in self._folders and not self._look(above, here)):
                return False
            above = here
        return True

    def _look(self, above: str, here: str) -> bool:
        """Whether what is in a folder is no link. Fleets have thousands of folders in one: its list tells of all."""
        asked = self._asked[above] = self._asked.get(above, 0) + 1
        if asked == _BY_LIST:
            inside = f"{above}/" if above else ""
            with os.scandir(f"{self._root}/{above}") as entries:
                self._folders.update([f"{inside}{one.name}" for one in entries if one.is_dir(follow_symlinks=False)])
        if here not in self._folders:
            if stat.S_ISLNK(os.lstat(f"{self._root}/{here}").st_mode):
                return False
            self._folders.add(here)
        return True

    def _plainly(self, path: str, *, look: bool) -> bytes | None:
        """The bytes of a small regular file; None for what takes a closer look, as with `look` a link on the way."""
        try:
            if look and not self.is_plain(path.rpartition("/")[0]):
                return None
            descriptor = os.open(f"{self._root}/{path}", _OPEN)  # never follows a link
        except (OSError, ValueError):
            return None
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_BYTES:
                return None
            data = os.read(descriptor, status.st_size + 1)
            return data if len(data) == status.st_size else None
        except OSError:
            return None
        finally:
            os.close(descriptor)


class Successor(durable.Replacement):
    """A new version of a file, `data`, that is in its place only once it has been `put`.

    The file at `path` must be `expected`. The new one has its mode, owner and attributes. `token` is what the temporary
    file's name holds (see `durable.temporary_name`), so that one which a crash has left is known again. Raises
    `RefusedEdit`, with nothing changed: `outside` when the file is outside of `root` or in its `.git`;
    `changed-on-disk` when it no longer holds `expected`; `hard-link` when it has other names, which would keep the old
    content, unless `hard_links` accepts that; `owner` when the owner cannot be kept; `not-writable`; `write` when the
    file system fails. Raises `Unreadable` when there is no such file.
    """

    def __init__(
        self,
        path: StrPath,
        data: bytes,
        *,
        expected: bytes,
        root: StrPath,
        hard_links: bool = False,
        token: str | None = None,
    ) -> None:
        self._file, self._expected = path, expected
        self._real, self._status = _checked(path, expected, root, hard_links)
        if not os.access(self._real, os.W_OK):
            raise RefusedEdit("not-writable", f"{_shown(path)} is write-protected; nothing was written.")
        super().__init__(self._real, data, token=token, prepare=self._prepare)

    def make(self) -> None:
        """Write the content beside the file. Raises `RefusedEdit`: `owner`, `write`."""
        with _failing(self._file):
            super().make()

    def _prepare(self, descriptor: int, temporary: str) -> None:
        _keep_owner(self._file, descriptor, self._status)
        os.fchmod(descriptor, stat.S_IMODE(self._status.st_mode))
        _keep_attributes(self._real, temporary)

    def sync(self) -> None:
        """Have the content on the disk. Raises `RefusedEdit`: `write`."""
        with _failing(self._file):
            super().sync()

    def put(self) -> None:
        """Take the file's place at once, so that nobody ever sees half a file, once the content is on the disk.

        A symbolic link stays and its target is replaced. Raises `RefusedEdit` with the file as it was:
        `changed-on-disk` when it does not hold what was expected any more, or is not the file that it was, with its
        mode, owner and names; `write`. Raises `Unreadable` likewise.
        """
        with _opened(self._real, self._file) as (current, now):
            if _identity(now) != _identity(self._status) or _read_all(current, self._file) != self._expected:
                raise _changed(self._file)
        with _failing(self._file):
            super().put()


def _identity(status: os.stat_result) -> tuple[int, ...]:
    """What a replacement would not keep, or not find out."""
    return status.st_dev, status.st_ino, status.st_mode, status.st_uid, status.st_gid, status.st_nlink


def _checked(path: StrPath, expected: bytes, root: StrPath, hard_links: bool) -> tuple[str, os.stat_result]:
    """The real path and the status of a file that may be replaced. Raises as `Successor` does."""
    real, real_root = _real_path(path, root, refusal="outside")
    if ".git" in os.path.relpath(real, real_root).split(os.sep):
        raise RefusedEdit("outside", f"{_shown(path)} belongs to git itself; it is never written.")
    with _opened(real, path) as (descriptor, status):
        if _read_all(descriptor, path) != expected:
            raise _changed(path)
        _refuse_links(path, status, hard_links)
    return real, status


def write(
    path: StrPath, data: bytes, *, expected: bytes, root: StrPath, hard_links: bool = False, token: str | None = None
) -> None:
    """Replace the content of the file at `path`, which must be `expected`, by `data`. As `Successor`, at once."""
    if data == expected:
        _checked(path, expected, root, hard_links)
        return
    successor = Successor(path, data, expected=expected, root=root, hard_links=hard_links, token=token)
    try:
        successor.make()
        successor.sync()
        successor.put()
    finally:
        successor.drop()


@contextlib.contextmanager
def _failing(path: StrPath) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RefusedEdit("write", f"{_shown(path)} could not be written: {_reason(error)}. It is unchanged.") from None


def create(path: StrPath, data: bytes, *, root: StrPath, token: str | None = None) -> None:
    """Make a new file at `path` that holds `data`, whole or not at all; never over one that is there.

    Folders on the way that are missing are made. `token` is as in `write`. Raises `RefusedEdit`, with nothing changed:
    `outside` when the folder is outside of `root` or in its `.git`; `changed-on-disk` when something is there already,
    also a link that leads nowhere; `write` when the file system fails.
    """
    folder, name = os.path.split(os.path.join(os.path.abspath(root), path))
    real_folder, real_root = os.path.realpath(folder), os.path.realpath(root)
    inside = os.path.relpath(real_folder, real_root).split(os.sep)
    if ".." in inside or ".git" in (*inside, name):
        raise RefusedEdit("outside", f"{_shown(path)} is not a place for a new file in this repository.")
    try:
        os.makedirs(real_folder, exist_ok=True)
        durable.create(os.path.join(real_folder, name), data, token=token)
    except FileExistsError:
        raise RefusedEdit(
            "changed-on-disk",
            f"{_shown(path)} could not be created because somebody else has already created it; look at it first.",
        ) from None
    except OSError as error:
        _remove_empty(real_folder, real_root)
        raise RefusedEdit("write", f"{_shown(path)} could not be created: {_reason(error)}.") from None


def remove(path: StrPath, *, expected: bytes, root: StrPath) -> None:
    """Remove the regular file at `path`, which must hold `expected`, with folders that are empty then, which git does
    not know; a link is refused.

    Raises `RefusedEdit`, with nothing changed: `outside`, `changed-on-disk` or `write`. Raises `Unreadable` when
    there is no such file.
    """
    real, real_root = _real_path(path, root, refusal="outside")
    if ".git" in os.path.relpath(real, real_root).split(os.sep):
        raise RefusedEdit("outside", f"{_shown(path)} belongs to git itself; it is never removed.")
    with _opened(real, path) as (descriptor, _):
        if os.path.islink(os.path.join(os.path.abspath(root), path)) or _read_all(descriptor, path) != expected:
            raise _changed(path)
    try:
        os.unlink(real)
    except OSError as error:
        raise RefusedEdit("write", f"{_shown(path)} could not be removed: {error.strerror}.") from None
    durable.sync_folder(os.path.dirname(real))
    _remove_empty(os.path.dirname(real), real_root)


def _remove_empty(folder: str, root: str) -> None:
    """Remove a folder and those above it, up to the root, as long as they are empty."""
    while folder != root and folder.startswith(root + os.sep):
        try:
            os.rmdir(folder)
        except OSError:
            return
        folder = os.path.dirname(folder)


def remove_temporary(path: StrPath, *, token: str, wrote: Collection[bytes], root: StrPath) -> None:
    """Remove what a crash has left beside the file at `path` of a write with this token.

    An empty `token` stands for a write of version 0.1.0, whose temporary files had names of chance: those go whose
    content is the whole or the beginning of what it `wrote`.
    """
    base = os.path.realpath(root)
    folder, name = os.path.split(os.path.realpath(os.path.join(base, path)))
    if not f"{folder}{os.sep}".startswith(base.rstrip(os.sep) + os.sep):
        return  # nothing of ours was ever written there
    if token:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(os.path.join(folder, durable.temporary_name(name, token)))
        return
    with contextlib.suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if not (entry.name.startswith(f".{name[:100]}.") and durable.is_temporary(entry.name)):
                continue
            with contextlib.suppress(Unreadable):
                left = read_file(entry.path, root)
                if not entry.is_symlink() and any(data.startswith(left) for data in wrote):
                    os.unlink(entry.path)


def _keep_owner(path: StrPath, descriptor: int, status: os.stat_result) -> None:
    """Give the new file the old one's owner and group; without them it would not be the same file."""
    new = os.fstat(descriptor)
    if (new.st_uid, new.st_gid) == (status.st_uid, status.st_gid):
        return
    try:
        os.fchown(descriptor, status.st_uid, status.st_gid)
    except PermissionError:
        raise RefusedEdit(
            "owner",
            f"{_shown(path)} belongs to another user or group, which a new version could not keep; "
            "nothing was written.",
        ) from None


def _keep_attributes(source: str, target: str) -> None:
    """Copy extended attributes, such as access lists, where the system has them and lets us."""
    if not hasattr(os, "listxattr"):
        return
    with contextlib.suppress(OSError):
        for name in os.listxattr(source):
            with contextlib.suppress(OSError):
                os.setxattr(target, name, os.getxattr(source, name))


def _refuse_links(path: StrPath, status: os.stat_result, accepted: bool) -> None:
    if status.st_nlink > 1 and not accepted:
        raise RefusedEdit(
            "hard-link",
            f"{_shown(path)} is a hard link: {status.st_nlink - 1} other name(s) of the same file would keep "
            "the old content. Make it a file of its own first.",
        )


def _real_path(path: StrPath, root: StrPath, refusal: str | None = None) -> tuple[str, str]:
    """The real path of a file, without links in it below the root, and the root it is in."""
    base = os.path.abspath(root)
    full = os.path.join(base, path)
    try:
        if _is_plain(full, base):
            return full, base
        real, real_base = os.path.realpath(full, strict=True), os.path.realpath(base, strict=True)
    except OSError as error:
        raise Unreadable(f"{_shown(path)} cannot be opened: {error.strerror}.") from None
    if real.startswith(real_base.rstrip(os.sep) + os.sep):
        return real, real_base
    sentence = f"{_shown(path)} leads out of the repository, to {clean(real, 200)}."
    raise RefusedEdit(refusal, sentence) if refusal else Unreadable(sentence)


def _is_plain(full: str, base: str) -> bool:
    """Whether a path is below the base without a link on the way, so that it need not be resolved.

    Resolving costs ten times as much as looking, and a scan reads ten thousand files.
    """
    return full.startswith(base + os.sep) and Files(base).is_plain(full[len(base) + 1 :])


@contextlib.contextmanager
def _opened(real: str, path: StrPath) -> Iterator[tuple[int, os.stat_result]]:
    """An open regular file and its status. Opening never waits, not even for a named pipe."""
    try:
        descriptor = os.open(real, _OPEN)
    except OSError as error:
        raise Unreadable(f"{_shown(path)} cannot be opened: {error.strerror}.") from None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            kind = next((name for test, name in _KINDS if test(status.st_mode)), "something else")
            raise Unreadable(f"{_shown(path)} is {kind}, not a regular file.")
        yield descriptor, status
    finally:
        os.close(descriptor)


def _read_all(descriptor: int, path: StrPath) -> bytes:
    parts: list[bytes] = []
    left = MAX_BYTES + 1
    try:
        while left > 0 and (part := os.read(descriptor, left)):
            parts.append(part)
            left -= len(part)
    except OSError as error:
        raise Unreadable(f"{_shown(path)} cannot be read: {error.strerror}.") from None
    return b"".join(parts)


def _changed(path: StrPath) -> RefusedEdit:
    return RefusedEdit(
        "changed-on-disk",
        f"{_shown(path)} was changed by someone else since it was read; nothing was written. Read it again.",
    )


def _reason(error: OSError) -> str:
    """Why a write failed; a full disk in words that tell what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"{error.strerror}; make room and try again"
    return error.strerror or type(error).__name__


def _shown(path: StrPath) -> str:
    return clean(os.fspath(path), 300)
