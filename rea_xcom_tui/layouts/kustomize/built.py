"""The outcome of a kustomize build, and what may be added to a kustomization from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rea_xcom_tui.layouts.kustomize.files import Entry
from rea_xcom_tui.layouts.kustomize.objects import Object, Place
from rea_xcom_tui.layouts.model import Problem

WANTED_KINDS = frozenset(
    (
        "HelmRelease", "Kustomization", "ConfigMap", "Secret", "ResourceSet", "Application", "ApplicationSet",
        "GitRepository", "FluxInstance",
    )
)  # fmt: skip
"""The kinds of objects that a build keeps; nothing else is part of a chart's values."""

MAX_OBJECTS = 4_000
"""More objects than this come of no build."""

MAX_DEPTH = 40
"""Kustomizations within kustomizations deeper than this are refused."""


@dataclass(frozen=True, slots=True)
class NameReference:
    """A field that holds the name of another object, as a `configurations` file tells."""

    kind: str
    """The kind of the object that is named."""
    path: tuple[str, ...]
    referrer: str
    """The kind of the object that holds the field; empty for every kind."""


@dataclass(frozen=True, slots=True)
class ChartUse:
    """A chart that kustomize renders: an item of `helmCharts`, or a generator's file."""

    folder: str
    """The kustomization's folder, from which the paths of its values files count."""
    entry: Entry
    """What it says; its pointer counts from the document at `place`."""
    place: Place
    is_generator: bool = False
    namespace: str = ""
    """The namespace that kustomizations around it give to what has none."""
    chart_home: str = ""


@dataclass(frozen=True, slots=True)
class Built:
    """What a kustomization builds."""

    objects: tuple[Object, ...] = ()
    charts: tuple[ChartUse, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What kustomize would refuse. The rest is built as far as it can be."""
    unknown: tuple[str, ...] = ()
    """What may change the objects and is not followed here, each a sentence."""
    files: frozenset[str] = frozenset()
    """Every file that was read for it."""
    folders: frozenset[str] = frozenset()
    """Every folder whose kustomization is part of it."""
    references: tuple[NameReference, ...] = ()
    is_partial: bool = False
    """Whether objects are missing because their file is elsewhere or unreadable."""


@dataclass(frozen=True, slots=True)
class Extra:
    """What Flux adds to a kustomization before it builds it."""

    namespace: str = ""
    prefix: str = ""
    suffix: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    patches: Sequence[tuple[Entry, Place]] = ()
    """Patches with the place of each one's text."""
    components: Sequence[tuple[str, Place]] = ()
    """Folders relative to the one that is built, with the place that names them."""


@dataclass(slots=True)
class Work:
    """A build in progress: what has been gathered so far."""

    objects: list[Object] = field(default_factory=list)
    charts: list[ChartUse] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    references: list[NameReference] = field(default_factory=list)
    is_partial: bool = False

    def done(self) -> Built:
        """What came of it."""
        return Built(
            tuple(self.objects), tuple(self.charts), tuple(dict.fromkeys(self.problems)),
            tuple(dict.fromkeys(self.unknown)), frozenset(self.files), frozenset(self.folders),
            tuple(dict.fromkeys(self.references)), self.is_partial,
        )  # fmt: skip

    def take(self, built: Built) -> None:
        """Add all of a build but its objects."""
        self.charts += built.charts
        self.problems += built.problems
        self.unknown += built.unknown
        self.files |= built.files
        self.folders |= built.folders
        self.references += built.references
        self.is_partial = self.is_partial or built.is_partial

    def lacks(self, kind: str) -> bool:
        """Whether objects of a kind may be missing here although kustomize has them."""
        return self.is_partial or kind not in WANTED_KINDS
