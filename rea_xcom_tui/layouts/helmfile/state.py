"""What a helmfile says, once its parts and bases are joined."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.values import Node


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a helmfile between `---` lines, as text after its templates."""

    file: str
    """The helmfile, relative to the repo's root."""
    base: str
    """The folder that its relative paths start from: that of the helmfile that is run, also for its bases."""
    root: Node
    first_line: int
    """The line of the file where the part begins, from 1."""
    number: int
    """Which of the file's parts it is, from 0."""
    as_written: bool
    """Whether the text is the file's own, no template's outcome: then its places can be edited."""
    lines_kept: bool
    """Whether templates have left every line at its place."""

    def line(self, node: Node) -> int:
        """The file's line of a node; the part's first where templates moved the lines."""
        return self.first_line + node.line - 1 if self.lines_kept else self.first_line


@dataclass(frozen=True, slots=True)
class Entry:
    """A node with the part that it is in, and its address in that part."""

    part: Part
    node: Node
    address: tuple[str | int, ...]

    @property
    def line(self) -> int:
        """Its line in the file."""
        return self.part.line(self.node)

    def get(self, key: str) -> Entry | None:
        """The value under a key, or None where there is none or null."""
        found = self.node.get(key)
        if found is None or (found.kind == "scalar" and found.value is None):
            return None
        return Entry(self.part, found, (*self.address, key))

    def items(self) -> list[Entry]:
        """The items of a list."""
        return [Entry(self.part, item, (*self.address, at)) for at, item in enumerate(self.node.items)]

    def text(self, key: str) -> str | None:
        """A scalar under a key as text, or None."""
        found = self.get(key)
        return found.node.text if found is not None and found.node.kind == "scalar" else None

    def flag(self, key: str) -> bool | None:
        """A boolean under a key, or None."""
        found = self.get(key)
        return found.node.value if found is not None and isinstance(found.node.value, bool) else None

    def list(self, key: str) -> Sequence[Entry]:
        """The items of a list under a key; empty where there is none."""
        found = self.get(key)
        return [] if found is None else found.items()


@dataclass(slots=True)
class Environment:
    """An environment's values, as templates see them."""

    name: str
    defaults: dict[str, Any] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)
    """Why some of its values are not known."""


@dataclass(frozen=True, slots=True)
class Unread:
    """A part of a helmfile that could not be read."""

    file: str
    line: int
    """The line to blame."""
    first_line: int
    """The line that the part begins on."""
    text: str
    """The part as it is written."""
    reason: str
    """Why, as a sentence."""


@dataclass(slots=True)
class State:
    """A helmfile with its bases, for one environment."""

    environment: Environment
    environments: dict[str, list[Entry]] = field(default_factory=dict)
    """The declarations of each environment, weakest first."""
    defaults: list[Entry] = field(default_factory=list)
    releases: list[Entry] = field(default_factory=list)
    templates: dict[str, Entry] = field(default_factory=dict)
    helmfiles: list[Entry] = field(default_factory=list)
    bases: list[Entry] = field(default_factory=list)
    namespace: str | None = None
    labels: dict[str, str] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    """Every file that was read for it."""
    unread: list[Unread] = field(default_factory=list)
    """The parts that could not be read."""
    problems: list[Problem] = field(default_factory=list)

    turned_on: set[str] = field(default_factory=set)
    """Templates with `installed: false` that a release before has turned on."""

    def add_part(self, part: State) -> None:
        """Join the next part of the same file: its list of releases or helmfiles replaces the one before."""
        self.environment = part.environment
        self.environments = {**self.environments, **part.environments}
        self.templates = {**self.templates, **part.templates}
        self.defaults = part.defaults or self.defaults
        self.releases = part.releases or self.releases
        self.helmfiles = part.helmfiles or self.helmfiles
        self.namespace = part.namespace or self.namespace
        self.labels = {**self.labels, **part.labels}
        self.files |= part.files
        self.unread += part.unread
        self.problems += part.problems

    def add_over(self, upper: State, *, bases_win: bool) -> None:
        """Join a later base, or the part that names the bases: lists go on, a template's first declaration stays."""
        for name, entries in upper.environments.items():
            if name not in self.environments or not bases_win:
                self.environments[name] = [*self.environments.get(name, ()), *entries]
        self.defaults = [*self.defaults, *upper.defaults]
        self.templates = {**upper.templates, **self.templates}
        self.releases = [*self.releases, *upper.releases]
        self.helmfiles = [*self.helmfiles, *upper.helmfiles]
        self.namespace = upper.namespace or self.namespace
        self.labels = {**self.labels, **upper.labels}
        self.files |= upper.files
        self.unread += upper.unread
        self.problems += upper.problems
