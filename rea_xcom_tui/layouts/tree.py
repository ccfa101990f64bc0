"""A read-only view of a repo's files at one state: each is read and parsed once, links are followed inside only."""

from __future__ import annotations

import posixpath
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from rea_xcom_tui.values.documents import Documents, read_documents
from rea_xcom_tui.values.errors import Unreadable

_MAX_LINKS = 40  # as Linux follows, in one path
_MAX_BELOW_LINKS = 50_000
_AZURE = "dev.azure.com"
_SSH_HOSTS = {"ssh.dev.azure.com": _AZURE, "ssh.github.com": "github.com", "altssh.gitlab.com": "gitlab.com"}
_SCP_URL = re.compile(r"(?:[^@/]+@)?([^:/]+):(?!//)(.+)")


class LinkOut(Exception):
    """A path that leaves the repo, through a link or by itself; the text names it."""

    does = "leads out of the repo"
    """What the path does, for a sentence."""


class LinkLoop(LinkOut):
    """A path that links lead round in a circle."""

    does = "leads back to itself through links"


class Tree:
    """The files of a repo, as the layouts see them.

    `read` gives a file's bytes by its path from the root, None where there is none; `links` are the symbolic links
    with their targets as they are written; `remotes` the URLs of the repo's remotes.
    """

    def __init__(
        self,
        paths: Iterable[str],
        read: Callable[[str], bytes | None],
        *,
        links: Mapping[str, str] | None = None,
        remotes: Sequence[str] = (),
    ) -> None:
        self._read = read
        self.links = dict(links or {})
        self.remotes = tuple(remotes)
        self.paths: tuple[str, ...] = tuple(sorted({*paths} - self.links.keys()))
        """Every file that is not a link, in the order of their bytes."""
        self._known = frozenset(self.paths)
        self._bytes: dict[str, bytes | None] = {}
        self._documents: dict[str, Documents | Unreadable] = {}
        self.memo: dict[object, object] = {}
        """What the layouts have worked out about these files and want to keep. Nothing in it knows the tree itself, so
        that all of it is let go of with the tree."""

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file or a link, however deep; the root is the empty text."""
        out: set[str] = {""}
        for path in (*self.paths, *self.links):
            folder = posixpath.dirname(path)
            while folder not in out:
                out.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(out)

    @cached_property
    def named(self) -> tuple[str, ...]:
        """Every path at which there is a file: the files themselves, and links that lead to one within the repo.

        What a linked file names is looked for beside the link, so each of them is a place of its own.
        """
        if not self.links:
            return self.paths
        return tuple(sorted((*self.paths, *(link for link in self.links if self._inner(link) in self._known))))

    @cached_property
    def below_links(self) -> Mapping[str, str]:
        """Every path below a link to a folder of the repo, with the file that it leads to.

        A link to a folder in which one on the way to it stands would go round in a circle, and is not followed.
        """
        found: dict[str, str] = {}
        ahead: list[tuple[str, tuple[str, ...]]] = [(link, (link,)) for link in sorted(self.links, reverse=True)]
        while ahead and len(found) < _MAX_BELOW_LINKS:
            place, way = ahead.pop()
            folder = self._inner(way[-1])
            if not folder or folder in self._known or any(f"{link}/".startswith(f"{folder}/") for link in way):
                continue
            for path in self.under(folder):
                found.setdefault(place + path[len(folder) :], path)
            within = (other for other in self.links if other.startswith(f"{folder}/"))
            ahead += [(place + other[len(folder) :], (*way, other)) for other in within]
        return found

    def under(self, folder: str) -> Sequence[str]:
        """Every file below a folder (links within it are not followed), in order."""
        if not folder:
            return self.paths
        start = bisect_left(self.paths, folder + "/")
        return self.paths[start : bisect_left(self.paths, folder + "0")]  # "0" is the character after "/"

    def inside(self, folder: str) -> Iterator[tuple[str, bool]]:
        """What is directly in a folder: the path, and whether it is a folder. Links are followed, the folder's own too;
        those that lead out of the repo, or nowhere, are left out."""
        real = self._inner(folder)
        if real is None:
            return
        seen: set[str] = set()
        prefix = f"{folder}/" if folder else ""
        for path in self.under(real):
            name, slash, _ = path[len(real) + bool(real) :].partition("/")
            if name not in seen:
                seen.add(name)
                yield prefix + name, bool(slash)
        for link in self.links:
            if posixpath.dirname(link) == real:
                target = self._inner(link)
                if target is not None:
                    yield prefix + posixpath.basename(link), target not in self._known

    def _inner(self, path: str) -> str | None:
        """Where a path leads within the repo, or None."""
        try:
            return self.resolve(path)
        except LinkOut:
            return None

    def join(self, folder: str, path: str) -> str:
        """A path as it is written in a file of `folder`, from the root: `..` goes up, a leading slash is the root.

        Raises `LinkOut` where it leaves the repo.
        """
        joined = posixpath.normpath(path.lstrip("/") if path.startswith("/") else posixpath.join(folder, path))
        if joined == ".." or joined.startswith("../"):
            raise LinkOut(path)
        return "" if joined == "." else joined

    def resolve(self, path: str) -> str | None:
        """The file or folder that a path leads to, links on the way followed; None where there is nothing.

        Raises `LinkOut` where a link leads out of the repo, `LinkLoop` where links lead round in a circle.
        """
        asked = path
        for _ in range(_MAX_LINKS):
            if not self.links or path in self._known:
                break
            link = self._first_link(path)
            if link is None:
                break
            target = self.links[link]
            if target.startswith("/"):
                raise LinkOut(link)
            path = self.join(posixpath.dirname(link), target + path[len(link) :])
        else:
            raise LinkLoop(asked)
        return path if path in self._known or path in self.folders else None

    def _first_link(self, path: str) -> str | None:
        parts = path.split("/")
        return next((p for at in range(len(parts)) if (p := "/".join(parts[: at + 1])) in self.links), None)

    def remains(self) -> tuple[dict[str, Documents | Unreadable], dict[object, object]]:
        """What it has parsed and worked out, for who lets go of it bit by bit once the tree is gone."""
        return self._documents, self.memo

    @property
    def was_read(self) -> Mapping[str, bytes | None]:
        """What has been read so far, by the path of the file itself; None for a file that cannot be read."""
        return self._bytes

    def is_file(self, path: str) -> bool:
        """Whether a path leads to a file."""
        return self.resolve(path) in self._known

    def is_folder(self, path: str) -> bool:
        """Whether a path leads to a folder."""
        found = self.resolve(path)
        return found is not None and found not in self._known

    def read(self, path: str) -> bytes | None:
        """The bytes of the file that a path leads to, or None. Raises `LinkOut`."""
        target = path if path in self._known else self.resolve(path)
        if target is None or target not in self._known:
            return None
        if target not in self._bytes:
            self._bytes[target] = self._read(target)
        return self._bytes[target]

    def documents(self, path: str) -> Documents | None:
        """Every YAML document of the file that a path leads to, parsed once; None where there is no such file.

        Raises `LinkOut`, and `Unreadable` for a file of which nothing can be read.
        """
        target = path if path in self._known else self.resolve(path)
        data = None if target is None else self.read(target)
        if target is None or data is None:
            return None
        known = self._documents.get(target)
        if known is None:
            try:
                known = read_documents(data)
            except Unreadable as error:
                known = error
            self._documents[target] = known
        if isinstance(known, Unreadable):
            raise known
        return known

    def is_here(self, url: str, path: str = "") -> bool:
        """Whether a URL is this repo: one of its remotes (ssh as https, `.git` ignored), or, where it has none,
        whether `path` exists here."""
        if self.remotes:
            return same_repo(url) in {same_repo(remote) for remote in self.remotes}
        try:
            return self.resolve(path.strip("/")) is not None
        except LinkOut:
            return False


def same_repo(url: str) -> str:
    """A repo's URL without what does not tell repos apart: scheme, user, port, `.git`, case (as Argo CD has it), and
    what Azure Repos and Bitbucket Server have in only one of their two forms."""
    url = url.strip()
    scheme, mark, rest = url.partition("://")
    if not mark:
        scp = _SCP_URL.fullmatch(url)
        host, path = (scp[1], scp[2]) if scp is not None else ("", url)
    else:
        host, _, path = rest.partition("/")
        host = host.rpartition("@")[2].partition(":")[0]
        if scheme == "file":
            host = ""
    host = _SSH_HOSTS.get(host.lower(), host.lower())
    path = posixpath.normpath("/" + path.lower()).rstrip("/").removesuffix(".git")
    if host == _AZURE:
        path = path.removeprefix("/v3").replace("/_git/", "/", 1)
    return f"{host}{path.removeprefix('/scm') if path.startswith('/scm/') else path}"
