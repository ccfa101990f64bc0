"""What a query looks at: the row of a deployment, and the keys by which its parts are named."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Literal, Protocol, get_args

from rea_xcom_tui.xcom.model import FIELDS, Cloud, FieldName, Severity, State

LAYOUTS: Final = (
    "values", "argocd", "flux", "kustomize", "helmfile", "umbrella", "fleet", "terraform", "manifest",
)  # fmt: skip
"""How the values of a deployment can be laid out."""

Flag = Literal["dirty", "invalid", "drifted", "edited", "layered", "unreadable", "encrypted", "unreached"]
"""What a row can be, for `is:`."""

FLAGS: Final[dict[str, str]] = {
    "dirty": "the file differs from HEAD",
    "invalid": "a field is invalid or in conflict",
    "drifted": "a field differs from the baseline",
    "edited": "there are pending edits",
    "layered": "several files make up the values",
    "unreadable": "the file cannot be read",
    "encrypted": "the file or values of it are encrypted in place, as by SOPS",
    "unreached": "no entry point of the repo names it",
}

KEYS: Final[dict[str, str]] = {
    "name": "the deployment's name",
    "file": "the path of its file, or of a layer",
    "env": "its environment",
    "cluster": "its cluster",
    "namespace": "its namespace",
    "repo": "the repo it is in, where the fleet is made of several",
    "cloud": "where its values are stored",
    "backend": "the backend class, whole or its last part",
    "path": "the object storage path",
    "threshold": "in bytes or with a unit; also > >= < <=",
    "compression": "the compression's name",
    "identity": "the role, client id or service account",
    "connection": "the connection's id",
    "layout": "how its file is laid out",
    "code": "the code of a finding",
    "severity": "the severity of a finding",
    "is": "the state of the row",
}
"""Every key of the language, and what it looks at."""

FIXED_VALUES: Final[dict[str, tuple[str, ...]]] = {
    "cloud": get_args(Cloud),
    "layout": LAYOUTS,
    "severity": get_args(Severity),
    "is": get_args(Flag),
}
"""Keys that take nothing but these values."""

FIELD_KEYS: Final[frozenset[str]] = frozenset(FIELDS)


class Row(Protocol):
    """What the fleet must tell about a deployment so that queries can match it."""

    @property
    def words(self) -> str:
        """Name and file in lower case, made once: what plain words are looked for in."""

    @property
    def name(self) -> str:
        """The deployment's name."""

    @property
    def file(self) -> str:
        """The path of its file in the repo."""

    @property
    def files(self) -> Collection[str]:
        """The paths of all files that make up its values, its own included."""

    @property
    def cluster(self) -> str | None:
        """Its cluster, if any."""

    @property
    def layout(self) -> str:
        """How its file is laid out."""

    @property
    def env(self) -> str | None:
        """Its environment, if any."""

    @property
    def repo(self) -> str | None:
        """The name of its repo, where the fleet is made of several."""

    @property
    def namespace(self) -> str | None:
        """Its namespace, if any."""

    @property
    def cloud(self) -> str:
        """Where its values are stored."""

    @property
    def flags(self) -> Collection[str]:
        """What it is, among `FLAGS`."""

    @property
    def codes(self) -> Collection[str]:
        """The codes of its findings."""

    @property
    def severities(self) -> Collection[str]:
        """The severities of its findings."""

    def value(self, field: FieldName) -> str | int | None:
        """A field's value as it will be, pending edits included."""

    def state(self, field: FieldName) -> State | None:
        """How that field stands; None where nothing is known of it."""
