"""What the layouts find in a repo: entry points, each a deployment with its layers, and what is wrong with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import msgspec

from rea_xcom_tui.edits import Address
from rea_xcom_tui.user.layout_settings import HelmEngine, LayoutSettings
from rea_xcom_tui.user.settings import ENVIRONMENTS

if TYPE_CHECKING:
    from rea_xcom_tui.values.merged import Readable, Rule

AGENT_CHART = "astro-remote-execution-agent"
"""The name of the agent's chart."""

Layout = Literal[
    "values", "argocd", "flux", "kustomize", "helmfile", "umbrella", "fleet", "terraform", "manifest",
]  # fmt: skip

LayerKind = Literal[
    "chart defaults",
    "values file",
    "values text",
    "values object",
    "parameter",
    "patch",
    "generated",
    "group",
    "secret",
    "reference",
]
"""What a layer is to its owner: a file of its own, a block text (`values: |`), a mapping in a manifest, one option
(Argo's parameters, `set`), a patch of another object, a ConfigMap that kustomize generates, several that an engine puts
together first, or something whose content is not in this repo."""

Reader = Literal["helm", "first document", "kustomize", "json"]
"""Who turns the bytes into values. `helm`: every document under Helm 4, the first under 3. `kustomize`: another YAML
library, which types scalars in its own way and knows neither aliases nor merge keys."""

MAX_ENTRIES = 10_000
"""How many entry points one set may make; the rest is a problem on the line of the set."""


class Problem(msgspec.Struct, frozen=True):
    """Something that is wrong with a deployment's layers, on the line that says it."""

    sentence: str
    """What is wrong and what to do; passed through `text.clean` wherever it holds foreign text."""
    file: str
    line: int = 0
    column: int = 0


class Layer(msgspec.Struct, frozen=True):
    """One layer of a deployment's values: where it is, who reads it, and how it goes over those before it."""

    kind: LayerKind
    file: str = ""
    """Path of the file that holds its bytes, from the repo's root; empty where it is in no file of the repo."""
    pointer: Address = ()
    """Where in the file's document it is; `()` for a whole file."""
    document: int = 0
    """Which YAML document of the file `pointer` counts from."""
    reader: Reader = "helm"
    rule: Rule = "merge"
    path: str = ""
    """For a `set...` rule: its path, such as `commonEnv[0].value`."""
    value: str | None = None
    """For a `set...` rule: the text to put there. None means the text of the scalar at `pointer`."""
    content: Readable | None = None
    """What the layer says, where the bytes at `pointer` do not say it as they stand (a filled template, a patched
    object); None means that they do."""
    layers: tuple[Layer, ...] = ()
    """For a `group`: its layers, weakest first, put together before they go over those before the group."""
    why_not: str = ""
    """Why nobody should edit it here, as a sentence; empty for a layer that can be edited."""
    may_be_missing: bool = False
    """Whether the engine takes a missing file for an empty one."""
    words: str = ""
    """For a layer that cannot be read here: its name for people, such as `Secret agent-values (key values.yaml)`."""
    within: Address = ()
    """For a text at `pointer` that holds a whole manifest, as a patch in a kustomization: where in it this is."""
    chart: tuple[str, ...] | None = None
    """For `chart defaults`: the keys that lead from the release's chart to this one, `()` for itself."""
    through: str = ""
    """The path at which it is named, where links lead from there to its file; else empty."""

    @property
    def is_opaque(self) -> bool:
        """Whether its content is not in this repo."""
        return self.rule == "opaque"

    @property
    def editable(self) -> bool:
        """Whether it can be edited here at all."""
        return not self.why_not and not self.is_opaque and not self.layers

    @property
    def source(self) -> str:
        """`file` or `file#pointer`, or the words of a layer that is in no file."""
        if not self.file:
            return self.words
        pointer = pointer_text(self.document, self.pointer)
        return f"{self.file}#{pointer}" if pointer else self.file


def opaque(words: str, why_not: str, *, kind: Literal["secret", "reference"] = "reference", file: str = "") -> Layer:
    """A layer whose content is not in this repo. `why_not` is a sentence on where the value has to be changed."""
    return Layer(kind, file=file, rule="opaque", words=words, why_not=why_not)


class ChartRef(msgspec.Struct, frozen=True):
    """Which chart a release installs, as far as its entry point says."""

    name: str | None = None
    """The chart's name, as `AGENT_CHART`; None where only a folder or nothing is known."""
    folder: str | None = None
    """The chart's folder in this repo, from its root (`""` is the root); None for a chart from elsewhere."""
    version: str | None = None
    below: tuple[str, ...] = ()
    """The keys that lead from the release's values to the agent's: those of the subcharts it is in."""


@dataclass(frozen=True, slots=True)
class EntryPoint:
    """One deployment: what an engine's entry point installs."""

    id: str
    """The file; with `#` and the pointer where it holds several; with `?cluster=..&env=..` where one object makes
    several (see `entry_id`)."""
    file: str
    layout: Layout
    name: str
    """As the engine names the release."""
    layers: tuple[Layer, ...]
    """Weakest first. The chart's own defaults are not among them until `find` has looked into `chart`."""
    pointer: Address = ()
    document: int = 0
    line: int = 1
    """Line of the object in `file`, from 1."""
    env: str | None = None
    namespace: str | None = None
    cluster: str | None = None
    engine: HelmEngine | None = None
    """The Helm that the layout's own tool runs; None means the one of the settings."""
    chart: ChartRef = field(default_factory=ChartRef)
    problems: tuple[Problem, ...] = ()
    unknown: tuple[str, ...] = ()
    """Reasons why the values may differ from what the layers say, each a sentence."""
    conflict: str | None = None
    """Why the outcome depends on chance or on the engine's inner order, or None."""
    holes: tuple[tuple[str, str], ...] = ()
    """Texts that its tool fills in with what Git does not hold, each with words for where that comes from: a value that
    has one of them is not known."""
    _flat: tuple[Layer, ...] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def flat_layers(self) -> tuple[Layer, ...]:
        """Every layer, those of a group before the group; a `Merged` node's `layer` counts in this."""
        if self._flat is None:
            object.__setattr__(self, "_flat", tuple(_flat(self.layers)))
        return self._flat or ()

    @property
    def files(self) -> tuple[str, ...]:
        """Every file of the repo that is part of it, the entry point's own first."""
        files = (file for layer in self.flat_layers for file in (layer.through, layer.file) if file)
        return tuple(dict.fromkeys((self.file, *files)))

    def with_layers(self, layers: Iterable[Layer]) -> EntryPoint:
        """The same entry point with other layers."""
        return replace(self, layers=tuple(layers))


def _flat(layers: Iterable[Layer]) -> Iterator[Layer]:
    for layer in layers:
        yield from _flat(layer.layers)
        yield layer


@dataclass(frozen=True)
class Found:
    """What one layout, or all of them, found in a repo."""

    entries: tuple[EntryPoint, ...] = ()
    layer_files: frozenset[str] = frozenset()
    """Files that are known to be parts of something, though no entry point here has them as a layer: charts'
    templates, patches, generator input. None of these is a deployment itself."""
    problems: tuple[Problem, ...] = ()
    """Problems of files that no entry point can carry."""
    unnamed: bool = False
    """Whether something deploys the agent's chart under names that Git does not show, so that no entry point is here
    for it; a problem says why."""
    off: tuple[str, ...] = ()
    """Charts that wrap the agent's and switch it off wherever it is in them."""

    @cached_property
    def reached(self) -> frozenset[str]:
        """Every file that is part of some deployment."""
        return self.layer_files | {file for entry in self.entries for file in entry.files}

    def __add__(self, other: Found) -> Found:
        return Found(
            (*self.entries, *other.entries),
            self.layer_files | other.layer_files,
            (*self.problems, *other.problems),
            self.unnamed or other.unnamed,
            self.off + other.off,
        )


class Options(msgspec.Struct, frozen=True):
    """What a search for layouts is given besides the files."""

    settings: LayoutSettings = msgspec.field(default_factory=LayoutSettings)
    environments: Sequence[str] = ENVIRONMENTS

    @property
    def engine(self) -> HelmEngine:
        """The Helm of everything whose own tool does not decide it."""
        return self.settings.engine or "4.2"

    @property
    def argocd(self) -> tuple[int, ...]:
        """The version of Argo CD."""
        return self.settings.argocd or (3, 5)

    @property
    def helmfile(self) -> tuple[int, ...]:
        """The version of Helmfile."""
        return self.settings.helmfile or (1, 7)

    def variables(self, cluster: str | None = None) -> Mapping[str, str]:
        """The variables that the configuration tells about a cluster, those of every cluster included."""
        told = self.settings.clusters.get(cluster) if cluster is not None else None
        return {**self.settings.variables, **(told.variables if told is not None else {})}


def pointer_text(document: int, pointer: Address) -> str:
    """An address within a file as an id has it: `/spec/source/helm/values`, after the number of its document where
    that is not the first (`2/spec/values`). Empty for the whole of a file."""
    keys = "".join(f"/{_escaped(step)}" for step in pointer)
    return f"{document}{keys}" if document else keys


def entry_id(
    file: str, pointer: str = "", *, cluster: str | None = None, env: str | None = None, name: str | None = None
) -> str:
    """The id of an entry point: `apps.yaml#/1?cluster=prod-eu&env=prod`, each part only where it is needed."""
    asked = [(key, value) for key, value in (("cluster", cluster), ("env", env), ("name", name)) if value is not None]
    query = "&".join(f"{key}={value}" for key, value in asked)
    return file + (f"#{pointer}" if pointer else "") + (f"?{query}" if query else "")


def _escaped(step: str | int | tuple[str, str]) -> str:
    text = f"{step[0]}={step[1]}" if isinstance(step, tuple) else str(step)
    return text.replace("~", "~0").replace("/", "~1")
