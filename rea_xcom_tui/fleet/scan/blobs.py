"""What values files said in other commits: each of git's blobs is read once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.model import Deployment, UnreadableFile
from rea_xcom_tui.fleet.scan.judge import Reading
from rea_xcom_tui.fleet.scan.read import read_deployment, stored_elsewhere
from rea_xcom_tui.fleet.scan.trees import MOST_BYTES
from rea_xcom_tui.xcom.compare import Fields

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import Repository

Item = Deployment | UnreadableFile | None

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
        for path, oid in wanted:
            data = contents.get(oid)
            self._known[path, oid] = read_deployment(path, data, self._reading) if data is not None else None

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
