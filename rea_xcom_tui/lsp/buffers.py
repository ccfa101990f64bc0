"""A repo as an editor has it: the files on disk, and over them the texts that are open and not saved yet.

Everything is judged by the same functions as in `check`, so that an editor and a pipeline never disagree.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rea_xcom_tui.fleet.edit.outlook import fleet_as_if
from rea_xcom_tui.fleet.model import Deployment, UnreadableFile
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.values import Unreadable
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.ends import Ends, Position
from rea_xcom_tui.xcom.model import Finding

_YAML_NAME = re.compile(r"\.ya?ml$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say about one place of a file: a finding, with all deployments that have it there."""

    finding: Finding
    end: Position
    """The position behind what it is about."""
    deployments: tuple[Deployment, ...]


class Buffers:
    """One repo and the texts of it that are open. Nothing here writes a file."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._texts: dict[str, str] = {}
        self._fleet: Sequence[Deployment] | None = None

    @classmethod
    def around(cls, path: Path) -> Buffers:
        """The repo that a file is in, read once. Raises `ToolError` where there is none."""
        workspace = Workspace.open(path.parent, read_only=True)
        workspace.scan()
        return cls(workspace)

    @property
    def root(self) -> Path:
        """The repo's top folder."""
        return self._workspace.root

    @property
    def open_files(self) -> Iterable[str]:
        """The files of the repo that are open, relative to its root."""
        return tuple(self._texts)

    def file_of(self, path: Path) -> str | None:
        """A path relative to the repo's root, or None where it is outside."""
        real = Path(os.path.realpath(path))
        root = Path(os.path.realpath(self.root))
        return real.relative_to(root).as_posix() if real.is_relative_to(root) else None

    def put(self, file: str, text: str) -> None:
        """Take the text of a file that has been opened or changed."""
        self._texts[file] = text
        self._fleet = None

    def drop(self, file: str) -> None:
        """Forget the text of a file that has been closed: what is on disk counts again."""
        self._texts.pop(file, None)
        self._fleet = None

    def reread(self) -> None:
        """Read the repo again, after a file has been saved."""
        self._workspace.scan()
        self._fleet = None

    def fleet(self) -> Sequence[Deployment]:
        """Every deployment with its findings, as if all open texts were saved."""
        if self._fleet is None:
            self._fleet = fleet_as_if(self._workspace, self._changed(), self._more())
        return self._fleet

    def deployments(self, file: str) -> list[Deployment]:
        """The deployments that an open file is part of, in the order of the fleet."""
        return [one for one in self.fleet() if file in map(self._workspace.real_file, one.files)]

    def findings(self, file: str) -> list[Told]:
        """What `check` would say about an open file if it were saved now, in the order of its lines."""
        ends = Ends(self._texts[file])
        broken = self._unreadable(file)
        if broken is not None:
            place = max(broken.line, 1), max(broken.column, 1)
            return [Told(Finding("XC000", "error", broken.message, *place), ends.of(*place), ())]
        found: dict[tuple[str, str, int, int], tuple[Finding, list[Deployment]]] = {}
        for one in self.deployments(file):
            for finding in one.findings:
                if self._workspace.real_file(one.file_at(finding.layer)) == file:
                    key = finding.code, finding.message, finding.line, finding.column
                    found.setdefault(key, (finding, []))[1].append(one)
        told = [
            Told(finding, ends.of(finding.line, finding.column), tuple(having)) for finding, having in found.values()
        ]
        return sorted(told, key=lambda one: (one.finding.line, one.finding.column, one.finding.code))

    def fixed(self, file: str, told: Iterable[Told]) -> str | None:
        """The text of an open file after the automatic fixes of findings; None where none of them can be made."""
        from rea_xcom_tui.fleet.edit.fixes import fixed

        data = self._texts[file].encode()
        having = [one for one in told if one.deployments]
        if not having:
            return None
        if any(one.deployments[0].stack for one in having):
            return self._fixed_in_layers(file, having)
        after = fixed(data, having[0].deployments[0], [one.finding for one in having], self._workspace.reading())
        return after.decode() if after != data else None

    # ---- internals

    def _fixed_in_layers(self, file: str, told: Iterable[Told]) -> str | None:
        """The text of an open layer after the fixes of findings in it, for all deployments that have them there."""
        from rea_xcom_tui.fleet.edit.fixes import fixed_in_layers
        from rea_xcom_tui.fleet.edit.layers import LayerEdits

        layouts, reading = self._workspace.fleet.layouts, self._workspace.reading()
        if layouts is None:
            return None

        def read(path: str) -> bytes:
            text = self._texts.get(path)
            return self._workspace.read_now(path) if text is None else text.encode("utf-8", "surrogatepass")

        def touched(files: Iterable[str]) -> list[Deployment]:
            names = frozenset(files)
            return [one for one in self.fleet() if not names.isdisjoint(map(self._workspace.real_file, one.files))]

        now = LayerEdits(layouts, reading, read).layouts(self._changed())
        found = [(deployment, one.finding) for one in told for deployment in one.deployments]
        after = fixed_in_layers(LayerEdits(now, reading, read), touched, self._workspace.real_file, file, found)
        return after.decode() if after is not None and after != read(file) else None

    def _changed(self) -> dict[str, bytes]:
        """The open texts that are other than what was read from disk."""
        found: dict[str, bytes] = {}
        for file, text in self._texts.items():
            data = text.encode("utf-8", "surrogatepass")
            try:
                same = self._workspace.read_now(file).removeprefix(b"\xef\xbb\xbf") == data
            except Unreadable:
                same = False
            if not same:
                found[file] = data
        return found

    def _more(self) -> list[Deployment]:
        """Plain values files that are open and new: the next scan would find them."""
        if self._workspace.fleet.layouts is not None:
            return []  # whether a file is a part of something else is known when it is saved
        known = {file for one in self._workspace.fleet.deployments for file in one.files}
        read = (self._read(file) for file in self._texts if file not in known)
        return [one for one in read if isinstance(one, Deployment)]

    def _read(self, file: str) -> Deployment | UnreadableFile | None:
        return read_deployment(file, self._texts[file].encode("utf-8", "replace"), self._workspace.reading())

    def _unreadable(self, file: str) -> UnreadableFile | None:
        """Why an open file cannot be read, where it should hold values."""
        read = self._read(file)
        if isinstance(read, UnreadableFile):
            return read
        if read is not None:
            return None
        if self._workspace.deployments_of([file]) and _YAML_NAME.search(file):
            try:
                error = read_documents(self._texts[file]).error
            except Unreadable as problem:
                error = problem
            return UnreadableFile(file, str(error), error.line, error.column) if error is not None else None
        told = [one for one in self._workspace.fleet.unreadable if one.file == file]
        return told[0] if told and file not in self._changed() else None
