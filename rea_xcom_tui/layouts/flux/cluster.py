"""One cluster as Flux sees it: its objects and releases, as far as Git shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rea_xcom_tui.layouts.flux.substitution import Variables
from rea_xcom_tui.layouts.kustomize.objects import Object
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.values.merged import Merged


@dataclass(frozen=True, slots=True)
class Kept:
    """An object of a cluster, as it is after the substitution."""

    object: Object
    root: Merged
    variables: Variables


@dataclass(slots=True)
class Cluster:
    """What is known of one cluster while it is walked."""

    name: str | None
    env: str | None
    namespace: str = ""
    """The namespace of what has none of its own."""
    objects: dict[tuple[str, str, str], Kept] = field(default_factory=dict)
    """ConfigMaps and Secrets by kind, namespace and name."""
    known: Mapping[tuple[str, str, str], Kept] = field(default_factory=dict)
    """The objects that an earlier walk of it has met."""
    missed: set[tuple[str, str, str]] = field(default_factory=set)
    """The objects of variables that it had not met when they were asked for."""

    def find(self, key: tuple[str, str, str]) -> Kept | None:
        """The object of variables by kind, namespace and name, as far as the walk has come, or the one before it."""
        found = self.objects.get(key) or self.known.get(key)
        if found is None:
            self.missed.add(key)
        return found


@dataclass(frozen=True, slots=True)
class Release:
    """A HelmRelease that a cluster gets."""

    kept: Kept
    cluster: Cluster
    env: str | None
    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class Outcome:
    """What walks have found."""

    releases: list[Release] = field(default_factory=list)
    reached: set[tuple[str, int]] = field(default_factory=set)
    """File and document of every Kustomization and HelmRelease that a walk has met."""
    files: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
