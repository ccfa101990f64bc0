"""The fleet: every deployment of a repo as one row, plus the files that could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.apart import apart, called, name_and_env
from rea_xcom_tui.layouts.model import EntryPoint, Found, LayerKind, Layout, Options
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.layout_settings import HelmEngine
from rea_xcom_tui.xcom.model import Configuration, FieldName, FieldReading, Finding
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow

if TYPE_CHECKING:
    from rea_xcom_tui.layouts.tree import Tree


class LayerInfo(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One layer of a deployment, as people and reports see it."""

    source: str
    """`file` or `file#pointer`, or the words of one that is in no file of the repo."""
    file: str
    """The file of the repo that it is in, or an empty text."""
    kind: LayerKind = "values file"
    why_not: str = ""
    """Why it cannot be edited here, as a sentence; empty where it can."""
    opaque: bool = False
    """Whether its content is not in this repo."""
    through: str = ""
    """The path at which it is named, where links lead from there to its file; else empty."""

    @property
    def files(self) -> tuple[str, ...]:
        """Its file, after the path of the link to it."""
        return tuple(file for file in (self.through, self.file) if file)


class Deployment(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """One agent deployment: where its values live and what they say."""

    id: str
    """The file, followed by `#` and a pointer where one file holds several deployments."""
    name: str
    env: str | None
    namespace: str | None
    file: str
    config: Configuration
    layout: Layout = "values"
    layers: tuple[str, ...] = ()
    """The sources whose values are merged, weakest first; a plain values file has itself alone."""
    stack: tuple[LayerInfo, ...] = ()
    """The same in full, where the values are made of more than the file itself; places and findings count in it."""
    cluster: str | None = None
    unreached: bool = False
    """Whether no entry point of the repo names it, in a repo where entry points deploy the agent's chart."""
    findings: tuple[Finding, ...] = ()
    dirty: bool = False
    """True when one of its files differs from HEAD in the index or the work tree."""
    digest: str = ""
    """Blob id of the bytes that were read, or of all layers together, to tell later whether anything has changed."""
    row: FleetRow | None = None
    """What the rules over the whole fleet need to know of it."""
    ignores: tuple[int, ...] = ()
    """Which of the repo's ignores accept a finding in it, by their place in the configuration."""
    repo: str = ""
    """The name of its repo where the fleet is made of several, as its id begins; else empty."""

    def field(self, name: FieldName) -> FieldReading:
        """The reading of one of the six fields."""
        return self.config.fields[name]

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of the repo that is part of it, its own first."""
        if not self.stack:
            return (self.file,)
        return tuple(dict.fromkeys((self.file, *(file for layer in self.stack for file in layer.files))))

    def file_at(self, layer: int) -> str:
        """The file that a layer is in; where it is in none, the deployment's own."""
        return (self.stack[layer].file or self.file) if 0 <= layer < len(self.stack) else self.file

    def layer_at(self, layer: int) -> LayerInfo:
        """A layer by its number, as places and findings have it."""
        return self.stack[layer] if 0 <= layer < len(self.stack) else LayerInfo(self.file, self.file)


class UnreadableFile(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """A file that should be an agent values file but cannot be read as one."""

    file: str
    message: str
    line: int = 0
    column: int = 0


class Manifest(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """A file that is not a values file and may hold objects of a tool that deploys charts."""


Item = Deployment | UnreadableFile | Manifest | None
"""What is in a file."""


class UnusedFile(msgspec.Struct, frozen=True):
    """A file with keys of the agent's chart that is too incomplete for a deployment and that nothing reaches."""

    file: str
    reason: str


@dataclass(frozen=True, eq=False)
class Layouts:
    """The entry points of a repo, with the files as they were then.

    They are looked for when somebody first asks, since a scan may know all rows from earlier.
    """

    tree: Tree
    options: Options = field(default_factory=Options)
    """How they are looked for."""
    asked: HelmEngine | None = None
    """The Helm that counts for every entry point, where the user has named one."""
    known: Found | None = None
    """What has been found already; None where nobody has looked yet."""

    @cached_property
    def found(self) -> Found:
        """Every entry point, with what is wrong."""
        if self.known is not None:
            return self.known
        from rea_xcom_tui.layouts.find import find

        found = find(self.tree, self.options)
        if self.asked is None:
            return found
        return replace(found, entries=tuple(replace(entry, engine=self.asked) for entry in found.entries))

    @cached_property
    def by_id(self) -> Mapping[str, EntryPoint]:
        """Every entry point by its id."""
        return {entry.id: entry for entry in self.found.entries}

    @property
    def engine(self) -> HelmEngine:
        """The Helm of entry points whose own tool does not decide it."""
        return self.options.engine


class RepoInfo(msgspec.Struct, frozen=True):
    """One of the repos that a fleet is made of."""

    name: str
    """What its deployments' ids begin with, followed by a colon."""
    root: Path
    head: str | None
    branch: str | None


@dataclass(frozen=True, slots=True)
class Fleet:
    """What a scan found. Deployments are in the order of their ids, files in that of their paths."""

    root: Path
    head: str | None
    branch: str | None
    deployments: tuple[Deployment, ...] = ()
    unreadable: tuple[UnreadableFile, ...] = ()
    unused: tuple[UnusedFile, ...] = ()
    ref: str | None = None
    """The revision that was read, or None for the working tree."""
    notices: tuple[str, ...] = ()
    """What else a person should know about the scan, such as files with names that are not UTF-8."""
    layouts: Layouts | None = field(default=None, repr=False, compare=False)
    """Where the layered deployments came from; None in a repo without entry points."""
    repos: tuple[RepoInfo, ...] = ()
    """The repos that it is made of where there are several; `root` is then the folder that holds them all."""
    by_id: Mapping[str, Deployment] = field(init=False, repr=False, compare=False)
    _called: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)
    _apart: dict[str, str] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_id", {d.id: d for d in self.deployments})

    def deployment(self, id_: str) -> Deployment:
        """The deployment with this id. Raises `ToolError` when there is none, or its file cannot be read now."""
        found = self.by_id.get(id_)
        if found is not None:
            return found
        broken = next((one for one in self.unreadable if one.file == id_), None)
        if broken is not None:
            line = f", line {broken.line}" if broken.line else ""
            raise ToolError(f"{clean(id_)}{line}, cannot be read: {clean(broken.message)}")
        raise ToolError(f"{clean(id_)} is no longer a deployment of this fleet; rescan, then look at it again")

    def called(self, id_: str) -> str:
        """What a deployment is called where others may have its name: with what tells it from them. Foreign text."""
        if not self._called:
            self._called.update(called(self.deployments))
        return self._called.get(id_, id_)

    def name_beside_env(self, deployment: Deployment) -> str:
        """The same where its environment, and its repo where there are several, are shown beside it. Foreign text."""
        if not self._apart:
            self._apart.update({"": "", **apart(self.deployments, name_and_env)})
        words = self._apart.get(deployment.id)
        return f"{deployment.name} ({words})" if words else deployment.name
