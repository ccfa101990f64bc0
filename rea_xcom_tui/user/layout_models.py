"""The shape of `[layouts]` in a configuration file, checked by pydantic."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from rea_xcom_tui.user.layout_settings import (
    PATH_HOLES,
    ClusterSettings,
    HelmEngine,
    LayerSettings,
    LayoutSettings,
    ManifestSettings,
    Naming,
    holes_of,
)

_VERSION = re.compile(r"v?(\d+(?:\.\d+){0,2})")
_CAPTURE = re.compile(r"[a-z][a-z0-9_]*")
_ITEM_HOLE = re.compile(r"(?:item|root)(?:\.[A-Za-z0-9_-]+)+")
_ENGINES = {"3": "3", "4.1": "4.1", "4.2": "4.2"}
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, use_attribute_docstrings=True)


def _as_text(value: Any) -> Any:
    """A variable's or label's text; TOML's own numbers and booleans are written as YAML writes them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else value


def _variables(variables: dict[str, str]) -> dict[str, str]:
    for name in variables:
        if not _VARIABLE.fullmatch(name):
            raise ValueError(f"'{name}' cannot be the name of a variable; use letters, digits and _ only")
    return variables


def _glob(glob: str) -> str:
    if glob.startswith(("/", "./")) or ".." in glob.split("/"):
        raise ValueError(f"'{glob}' has to be relative to the repo's root, without ./ and ..")
    for capture in holes_of(glob):
        if not _CAPTURE.fullmatch(capture) or capture in (*PATH_HOLES, "item", "root"):
            raise ValueError(f"'{{{capture}}}' cannot be captured; name it in lower case, such as {{cluster}}")
    return glob


Texts = dict[str, Annotated[str, BeforeValidator(_as_text)]]
Variables = Annotated[Texts, AfterValidator(_variables)]
"""By names that can be in `${NAME}`."""
Globs = Annotated[list[str], AfterValidator(lambda globs: [_glob(each) for each in globs])]
"""Globs relative to the repo's root."""


class ClusterSection(_Model):
    """`[layouts.clusters.NAME]`: what Git does not hold about a cluster."""

    variables: Variables = Field(default_factory=dict)
    """What `${NAME}` stands for there, over the variables of all clusters."""
    labels: Texts = Field(default_factory=dict)
    """Its labels in Argo CD or Rancher Fleet."""


class _Named(_Model):
    files: Annotated[str, AfterValidator(_glob)] = Field(min_length=1)
    """A glob from the repo's root, with captures such as `{cluster}`."""
    layers: list[str] = Field(min_length=1)
    """The layers, weakest first; `/` in front is the root, `?` at the end may be missing."""
    name: str = Field(min_length=1)
    """The deployment's name, with captures filled in."""
    env: str | None = None
    """Its environment."""
    namespace: str | None = None
    """Its namespace."""
    cluster: str | None = None
    """Its cluster."""

    @field_validator("layers")
    @classmethod
    def relative(cls, layers: list[str]) -> list[str]:
        """Paths relative to the file's folder, or from the repo's root with a leading slash."""
        if any(not layer.rstrip("?") for layer in layers):
            raise ValueError("a layer is the path of a file, not an empty text")
        return layers

    def naming(self) -> Naming:
        """The templates that name a deployment."""
        return Naming(self.name, self.env, self.namespace, self.cluster)

    def templates(self) -> Iterable[tuple[str, str]]:
        """Each template with its key."""
        yield from (("layers", layer) for layer in self.layers)
        named = {"name": self.name, "env": self.env, "namespace": self.namespace, "cluster": self.cluster}
        yield from ((key, text) for key, text in named.items() if text is not None)


class ManifestSection(_Named):
    """`[[layouts.manifests]]`: files of the house that list deployments and their layers."""

    items: str = ""
    """Keys joined by points that lead to the list of deployments; the file itself without it."""
    chart: str | None = None
    """The chart's name, where a manifest lists other charts too."""

    @field_validator("items")
    @classmethod
    def keys(cls, items: str) -> str:
        """Keys joined by points."""
        if items and not all(items.split(".")):
            raise ValueError("write the keys that lead to the list, joined by dots, such as spec.agents")
        return items

    @model_validator(mode="after")
    def known_holes(self) -> ManifestSection:
        """Only holes that something fills."""
        chart = [("chart", self.chart)] if self.chart is not None else []
        _check_holes([*self.templates(), *chart], self.files, items=True)
        return self

    def settings(self) -> ManifestSettings:
        """What the section says."""
        keys = tuple(self.items.split(".")) if self.items else ()
        return ManifestSettings(self.files, keys, tuple(self.layers), self.naming(), self.chart)


class LayerSection(_Named):
    """`[[layouts.layers]]`: files each of which is a deployment, and the layers that a command gives it."""

    but: Globs = Field(default_factory=list)
    """Globs of files that are not deployments."""

    @model_validator(mode="after")
    def known_holes(self) -> LayerSection:
        """Only holes that something fills."""
        _check_holes(list(self.templates()), self.files, items=False)
        return self

    def settings(self) -> LayerSettings:
        """What the section says."""
        return LayerSettings(self.files, tuple(self.layers), self.naming(), tuple(self.but))


class LayoutsSection(_Model):
    """`[layouts]`: how the repo's deployments are put together, where Git alone does not say."""

    engine: Annotated[str | None, WithJsonSchema({"enum": [*_ENGINES]})] = None
    """The Helm whose merge counts: `3`, `4.1` or `4.2` (and newer)."""
    argocd: str | None = None
    """Argo CD's version, which decides the Helm that an Application gets."""
    helmfile: str | None = None
    """helmfile's version, which decides how values of environments merge."""
    variables: Variables = Field(default_factory=dict)
    """What `${NAME}` stands for in every cluster."""
    clusters: dict[str, ClusterSection] = Field(default_factory=dict)
    """What Git does not hold about clusters, by name."""
    manifests: list[ManifestSection] = Field(default_factory=list)
    """Files of the house that list deployments."""
    layers: list[LayerSection] = Field(default_factory=list)
    """Values files whose order only a command knows."""
    deployed: Globs = Field(default_factory=list)
    """Globs of values files that something outside of the repo deploys."""
    generated: Globs = Field(default_factory=list)
    """Globs of files that a program writes, so that they are not edited."""

    @field_validator("engine", mode="before")
    @classmethod
    def known_engine(cls, engine: Any) -> str | None:
        """One of the Helms whose merges differ."""
        text = str(engine).removeprefix("v")
        if isinstance(engine, bool) or text not in _ENGINES:
            raise ValueError('write "3", "4.1" or "4.2", the Helms whose merges differ (4.2 stands for newer ones too)')
        return text

    @field_validator("argocd", "helmfile", mode="before")
    @classmethod
    def version(cls, text: Any) -> str:
        """A version in quotes, since 3.10 as a number is 3.1."""
        if not isinstance(text, str) or not _VERSION.fullmatch(text):
            raise ValueError('a version is written in quotes, like "3.5" or "1.7.4"')
        return text.removeprefix("v")


def joined(weaker: LayoutSettings, section: LayoutsSection) -> LayoutSettings:
    """The settings with a stronger file's section over them: single values replace, lists and tables add up."""
    engine: HelmEngine | None = _ENGINES.get(section.engine or "")  # type: ignore[assignment]
    return LayoutSettings(
        engine=engine or weaker.engine,
        argocd=version_parts(section.argocd) or weaker.argocd,
        helmfile=version_parts(section.helmfile) or weaker.helmfile,
        variables={**weaker.variables, **section.variables},
        clusters=_clusters(weaker.clusters, section.clusters),
        manifests=(*weaker.manifests, *(each.settings() for each in section.manifests)),
        layers=(*weaker.layers, *(each.settings() for each in section.layers)),
        deployed=(*weaker.deployed, *section.deployed),
        generated=(*weaker.generated, *section.generated),
    )


def _clusters(
    weaker: Mapping[str, ClusterSettings], stronger: Mapping[str, ClusterSection]
) -> dict[str, ClusterSettings]:
    out = dict(weaker)
    for name, section in stronger.items():
        below = out.get(name, ClusterSettings())
        out[name] = ClusterSettings(
            variables={**below.variables, **section.variables}, labels={**below.labels, **section.labels}
        )
    return out


def version_parts(version: str | None) -> tuple[int, ...] | None:
    """A version such as 3.1 as numbers."""
    return tuple(int(part) for part in version.split(".")) if version else None


def _check_holes(templates: Sequence[tuple[str, str]], files: str, *, items: bool) -> None:
    known = [*PATH_HOLES, *holes_of(files)]
    for key, template in templates:
        for hole in holes_of(template):
            if hole in known or (items and _ITEM_HOLE.fullmatch(hole)):
                continue
            offered = [f"{{{each}}}" for each in known] + (["{item.KEY}", "{root.KEY}"] if items else [])
            raise ValueError(f"nothing fills '{{{hole}}}' in {key}; there are {', '.join(offered)}")
