"""What values files said in other commits: each of git's blobs is read once, and many are kept in the cache."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Deployment, Item
from rea_xcom_tui.fleet.scan.kept_blobs import MANY, known_or_read
from rea_xcom_tui.fleet.scan.read import read_deployment, stored_elsewhere
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.scan.records import sound
from rea_xcom_tui.fleet.scan.trees import MOST_BYTES
from rea_xcom_tui.xcom.compare import Fields

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository

_UNJUDGED = Reading(judged=False)


class NotRead(Exception):
    """A blob is needed that was not read yet."""

    def __init__(self, oid: str) -> None:
        super().__init__(oid)
        self.oid = oid


class Blobs:
    """The values files that a repo has had, by path and blob. What cannot be one, or is too large for one, is None."""

    def __init__(self, repository: Repository, reading: Reading = _UNJUDGED) -> None:
        self._repository = repository
        self._reading = reading
        self._known: dict[tuple[str, str], Item] = {}
        self.hidden: set[str] = set()
        """Blobs of which only a stand-in is there: ciphertext, or a pointer of Git LFS."""

    def read(self, files: Iterable[tuple[str, str | None]]) -> None:
        """Read these, each a path and the blob there, by one call of git; those that are known cost nothing."""
        wanted = dict.fromkeys((path, oid) for path, oid in files if oid and (path, oid) not in self._known)
        oids = sorted({oid for _, oid in wanted})
        contents = self._repository.blobs(oids, limit=MOST_BYTES) if oids else {}
        self.hidden |= {oid for oid, data in contents.items() if stored_elsewhere("values.yaml", data) is not None}
        there = {one: data for one in wanted if (data := contents.get(one[1])) is not None}
        self._known |= dict.fromkeys(wanted)
        if len(there) >= MANY:
            self._known.update(known_or_read(there, self._reading, self._read))
        else:
            self._known |= {(path, oid): self._read(path, data) for (path, oid), data in there.items()}

    def _read(self, path: str, data: bytes) -> Item:
        return sound(read_deployment(path, data, self._reading))

    def item(self, path: str, oid: str | None) -> Item:
        """What a file was; None where it was not there. Raises `NotRead`."""
        if not oid:
            return None
        if (path, oid) not in self._known:
            raise NotRead(oid)
        return self._known[path, oid]

    def fields(self, path: str, oid: str | None) -> Fields | None:
        """The fields of the deployment that a file was; None where it was none. Raises `NotRead`."""
        item = self.item(path, oid)
        return item.config.fields if isinstance(item, Deployment) else None
