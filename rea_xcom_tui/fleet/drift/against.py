"""What a fleet is compared with: given as one text and parsed in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["majority", "baseline", "components", "deployment", "releases", "cluster", "revision"]

_ALONE: dict[str, Kind] = {
    "majority": "majority",
    "baseline": "baseline",
    "components": "components",
    "cluster": "cluster",
}
_NAMED: dict[str, Kind] = {
    "deployment": "deployment",
    "releases": "releases",
    "cluster": "cluster",
    "ref": "revision",
}
"""Words before a colon; git allows none in the name of a branch or tag."""


@dataclass(frozen=True, slots=True)
class Against:
    """What a fleet is compared with."""

    kind: Kind
    name: str = ""
    """The deployment's id or name, the folder with exported releases, the kubeconfig's context, or the revision."""
    namespaces: tuple[str, ...] = ()
    """Where releases are looked for in a cluster; empty: where the deployments are."""

    @classmethod
    def parse(cls, text: str) -> Against:
        """What a text names: one of the words, `deployment:ID`, `releases:FOLDER`, `cluster:CONTEXT`,
        `cluster:CONTEXT#NAMESPACE,NAMESPACE`, `ref:REVISION`, or else a revision.

        >>> Against.parse("majority").kind, Against.parse("ref:majority").kind, Against.parse("v1~2").name
        ('majority', 'revision', 'v1~2')
        """
        if text in _ALONE:
            return cls(_ALONE[text])
        word, colon, rest = text.partition(":")
        if not colon or word not in _NAMED:
            return cls("revision", text)
        if word != "cluster":
            return cls(_NAMED[word], rest)
        context, _, spaces = rest.partition("#")
        return cls("cluster", context, tuple(spaces.split(",")) if spaces else ())

    @property
    def text(self) -> str:
        """The text that `parse` takes for this, without `ref:` where it is not needed."""
        if self.kind == "revision":
            return self.name if Against.parse(self.name) == self else f"ref:{self.name}"
        if self.kind == "cluster":
            spaces = f"#{','.join(self.namespaces)}" if self.namespaces else ""
            return f"cluster:{self.name}{spaces}" if self.name or spaces else "cluster"
        return f"{self.kind}:{self.name}" if self.kind in ("deployment", "releases") else self.kind


MAJORITY = Against("majority")
BASELINE = Against("baseline")
