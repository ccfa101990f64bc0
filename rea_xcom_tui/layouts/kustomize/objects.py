"""The objects of a kustomize build: Kubernetes manifests with where each part of them comes from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from rea_xcom_tui.edits import Address
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import Kustomized
from rea_xcom_tui.values.merged import Made, Merged, Part, Readable, reached
from rea_xcom_tui.values.nodes import Node

_CLUSTER_KINDS = frozenset(
    "Namespace ClusterRole ClusterRoleBinding CustomResourceDefinition APIService PersistentVolume StorageClass "
    "PriorityClass IngressClass RuntimeClass ValidatingWebhookConfiguration MutatingWebhookConfiguration Node".split()
)


class Id(NamedTuple):
    """By what kustomize tells objects apart."""

    group: str
    version: str
    kind: str
    name: str
    namespace: str

    @property
    def effective(self) -> Id:
        """With the namespace that an object without one is compared by."""
        return self if self.namespace else self._replace(namespace="default")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document is: a manifest, a patch, or the text of one within another file."""

    file: str
    document: int = 0
    pointer: Address = ()
    """Where in the file's document it is: `()` for the document itself."""
    is_text: bool = False
    """Whether what is at `pointer` is a text that holds the document."""
    line: int = 1
    """The line of the text's first character in the file."""
    why_not: str = ""
    """Why it cannot be edited, for a text within a text."""


@dataclass(frozen=True, slots=True)
class DataSource:
    """Where the value of one key of a generated ConfigMap or Secret comes from."""

    file: str
    pointer: Address = ()
    """Where in the kustomization the literal is; `()` where `file` as a whole is the value."""


@dataclass(frozen=True, slots=True, eq=False)
class Object:
    """One object of a build. `root` is its present state, every node of which knows its `Part`."""

    root: Merged
    places: Mapping[int, Place]
    """The place of each part, by its number, of the whole build."""
    previous: tuple[Id, ...] = ()
    """By what it was known before transformations, the oldest first."""
    changes: tuple[Part, ...] = ()
    """The patches that were applied, in order."""
    sources: Mapping[str, DataSource] = field(default_factory=dict)
    """For a generated object: where each key of its data comes from."""
    hashed: bool = False
    """Whether its name gets the hash of its content."""
    base: Merged | None = None
    """The root before any patch; None while there was none."""
    id: Id = field(init=False)
    """By what it is known now."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", id_of(self.root))

    @property
    def original(self) -> Id:
        """By what it was known in its own file."""
        return self.previous[0] if self.previous else self.id

    @property
    def kind(self) -> str:
        """Its kind."""
        return self.id.kind

    @property
    def name(self) -> str:
        """Its name."""
        return self.id.name

    @property
    def namespace(self) -> str:
        """Its namespace, empty where nothing says it."""
        return text_at(self.root, "metadata", "namespace")

    @property
    def place(self) -> Place:
        """Where it is, that is its state before all patches."""
        return self.places[(self.base or self.root).part.layer]

    @property
    def line(self) -> int:
        """The line of its first character."""
        return (self.base or self.root).line

    def labels(self, which: str = "labels") -> dict[str, str]:
        """Its labels, or its annotations."""
        found = node_at(self.root, "metadata", which)
        return {} if found is None else {key: value.text for key, (_, value) in found.members().items()}

    def with_metadata(self, metadata: Mapping[str, object], part: Part) -> Object:
        """The same object with other metadata, its present identity remembered where that changes."""
        renamed = bool({"name", "namespace"} & metadata.keys())
        previous = (*self.previous, self.id) if renamed else self.previous
        return replace(
            self,
            root=with_members(self.root, {"metadata": metadata}, part),
            previous=previous,
            base=self.base or self.root,
        )

    def patched(self, root: Merged, part: Part) -> Object:
        """The same object after a patch."""
        return replace(self, root=root, changes=(*self.changes, part), base=self.base or self.root)

    def is_any(self, wanted: Id) -> bool:
        """Whether it is, or was before some transformation, the object of this identity."""
        return any(each.effective == wanted.effective for each in (self.id, *self.previous))


class Broken(Exception):
    """Why a document, a patch or an object cannot be had; the problem says where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


def node_at(root: Merged, *keys: str) -> Merged | None:
    """The node below these keys of mappings, or None."""
    return reached(root, keys)


def text_at(root: Merged, *keys: str) -> str:
    """The text of the scalar below these keys, empty where there is none."""
    found = node_at(root, *keys)
    return found.text if found is not None and found.kind == "scalar" and found.value is not None else ""


def texts_at(root: Merged, *keys: str) -> dict[str, str]:
    """The scalars of the mapping below these keys, as text."""
    found = node_at(root, *keys)
    members = {} if found is None else found.members()
    return {key: value.text for key, (_, value) in members.items() if value.kind == "scalar"}


def with_members(root: Merged, data: Mapping[str, object], part: Part) -> Merged:
    """A mapping with some members set to plain data, mappings deeply; None takes a member away. All else is as it was,
    unlike after a patch, which also changes the quotes of what it goes past."""
    members = root.members()
    for name, value in data.items():
        below = members.get(name)
        if value is None:
            members.pop(name, None)
            continue
        new = Merged(Made(value), part)
        if isinstance(value, Mapping) and below is not None and below[1].kind == "mapping":
            new = with_members(below[1], value, part)
        elif isinstance(value, Mapping):
            new = with_members(Merged(Made({}), part), value, part)
        members[name] = (Merged(Made(name), part) if below is None else below[0], new)
    return Merged(root.node, root.part, members)


def id_of(root: Merged) -> Id:
    """The identity that a manifest tells."""
    api, kind = text_at(root, "apiVersion"), text_at(root, "kind")
    group, slash, version = api.rpartition("/")
    namespace = "" if kind in _CLUSTER_KINDS else text_at(root, "metadata", "namespace")
    return Id(group if slash else "", version, kind, text_at(root, "metadata", "name"), namespace)


def is_namespaced(found: Id) -> bool:
    """Whether objects of this kind live in a namespace, as far as kustomize knows."""
    return found.kind not in _CLUSTER_KINDS


def manifests_in(root: Node, file: str, read: Callable[[Node], Kustomized]) -> Iterator[Kustomized]:
    """The manifests of a document: itself, or the items of a list. `read` reads it as kustomize does.

    Raises `Broken` for what kustomize refuses.
    """
    if root.kind == "mapping" and not root.entries:
        return
    try:
        document = read(root)
    except Unreadable as error:
        raise Broken(Problem(clean(str(error), 500), file, error.line, error.column)) from None
    yield from _flattened(document)


def _flattened(read: Kustomized) -> Iterator[Kustomized]:
    kind, items = read.get("kind"), read.get("items")
    if kind is not None and kind.text.endswith("List") and items is not None and items.kind == "sequence":
        for item in items.items:
            yield from _flattened(item)
    else:
        yield read


def kind_of(node: Readable) -> str:
    """The kind that a manifest names, or an empty text."""
    found = node.get("kind")
    return found.text if found is not None and found.kind == "scalar" else ""


def first_of(objects: Iterable[Object], wanted: Id) -> Object | None:
    """The object of this identity, present or former, or None."""
    return next((each for each in objects if each.is_any(wanted)), None)
