"""What an XCom configuration is: six fields, each with a value, a state and the places it comes from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol, get_args

import msgspec

from rea_xcom_tui.edits import AddKey, Address, AppendItem, Remove, RenameKey, Scalar, SetMember, SetText

FieldName = Literal[
    "backend", "path", "threshold", "compression", "identity", "connection",
    "state-backend", "state-path", "state-threshold", "state-compression",
]  # fmt: skip
"""The names of the six fields, and of the state store's four settings, as users type them."""

FIELDS: tuple[FieldName, ...] = get_args(FieldName)[:6]
"""The six fields in the order every list of them uses."""

STATE_FIELDS: tuple[FieldName, ...] = get_args(FieldName)[6:]
"""The settings of the state store, the sibling of XCom (Airflow 3.3 and later); they are read, checked and set, and are
none of the six."""

Value = str | int | None
"""A field's value; None means: not set."""

State = Literal["set", "unset", "reference", "conflict", "invalid"]
"""How a field stands: `reference` comes from a Secret or ConfigMap, `conflict` is set twice with different
outcomes, `invalid` is set but Airflow would refuse it."""

Cloud = Literal["aws", "azure", "gcp", "local", "none", "other"]
"""The cloud a deployment stores its values in, derived from path, identity and connection."""

Severity = Literal["error", "warning", "info"]

SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the gravest to the mildest."""


def as_grave_as(level: Severity) -> tuple[Severity, ...]:
    """This severity and those that are graver."""
    return SEVERITIES[: SEVERITIES.index(level) + 1]


class Node(Protocol):
    """A node of a values file, as Helm reads it. Aliases are followed, merges are applied by `get`."""

    @property
    def kind(self) -> Literal["mapping", "sequence", "scalar"]:
        """Which of the three it is."""

    @property
    def value(self) -> Scalar:
        """A scalar's value as Helm reads it (YAML 1.1 as in goyaml.v2); None for collections."""

    @property
    def text(self) -> str:
        """A scalar's content as it is, without quotes and without type; empty for collections."""

    @property
    def line(self) -> int:
        """Line of its first character, from 1."""

    @property
    def column(self) -> int:
        """Column of its first character (an opening quote included), from 1."""

    @property
    def layer(self) -> int:
        """Which of a deployment's layers it is in, counted from 0 at the weakest; 0 where there is one only."""

    @property
    def items(self) -> Sequence[Node]:
        """The items of a sequence; empty for the others."""

    @property
    def entries(self) -> Sequence[tuple[Node, Node]]:
        """Every key and value of a mapping in the order of the file, shadowed duplicates included, merged
        keys not; empty for the others."""

    def get(self, key: str) -> Node | None:
        """The value Helm sees under `key` (the last of duplicates, merges applied), or None."""


class Place(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One place in a values file that sets a field."""

    address: Address
    """Where its text is. Of an env entry without a `value`, the entry. Empty where a later duplicate key hides the
    place, so that no address reaches it."""
    line: int
    column: int
    raw: str
    """The text there, without quotes. Of a connection's variable only the id, never the secret text."""
    value: str | int | None
    """The typed value, or None when it is not usable."""
    component: str = "all"
    """What it reaches: `all` (commonEnv, top-level keys), `worker NAME`, `workers` (every worker), `dagProcessor`,
    `triggerer` or `sentinel`."""
    kind: Literal["key", "env", "annotation", "json", "reference"] = "env"
    shadowed: bool = False
    """True when a later duplicate keeps it from having any effect."""
    pointer: tuple[str, ...] = ()
    """For `json`: the keys from the JSON root to the member; empty where the text is not JSON."""
    layer: int = 0
    """Which of the deployment's layers it is in, counted from 0 at the weakest."""


class FieldReading(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One field of one deployment: what it is, how it stands, and where it comes from."""

    name: FieldName
    value: str | int | None = None
    raw: str | None = None
    state: State = "unset"
    place: Place | None = None
    """The place that decides, if any."""
    places: tuple[Place, ...] = ()
    """Every place that sets it, the deciding one included, in the order of the file."""
    reference: str | None = None
    """Where a value that Git cannot know comes from, such as `Secret xcom key path`."""
    type: str | None = None
    """For `connection`: the connection's type, such as `aws`."""
    problem: str | None = None
    """One sentence on why it is invalid or in conflict."""


UNSET: Mapping[FieldName, FieldReading] = {name: FieldReading(name) for name in get_args(FieldName)}
"""The reading of each field that nothing sets."""


class Configuration(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The XCom configuration of one deployment, read from one values file (or a stack of layers)."""

    fields: Mapping[FieldName, FieldReading]
    cloud: Cloud
    prefix: str | None = None
    """`resourceNamePrefix`, where it is a non-empty string."""
    namespace: str | None = None
    airflow: tuple[int, ...] | None = None
    """Airflow's version as far as the file says, such as (3, 2)."""
    agent: tuple[int, ...] | None = None
    """The agent's version as far as the file says, such as (1, 6, 0)."""
    azure_label: str | None = None
    """The text of the pod label `azure.workload.identity/use`, or None where it is missing."""
    broken: tuple[str, ...] = ()
    """The top-level keys whose shape leaves no exact edit below them."""
    encrypted: str | None = None
    """The tool that has encrypted the file or values of it in place, such as `SOPS`; None where nothing is."""
    shape_problem: str | None = None
    """Why a file that looks like agent values has the wrong shape, or None."""


class Finding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What a rule has to say about one place in one deployment."""

    code: str
    severity: Severity
    message: str
    line: int
    column: int
    field: FieldName | None = None
    fix: tuple[Change, ...] = ()
    """The automatic fix, or nothing."""
    layer: int = 0
    """Which of the deployment's layers its place is in, counted from 0 at the weakest."""


Change = SetText | AppendItem | AddKey | Remove | SetMember | RenameKey
"""An edit of a values file as XCom knowledge asks for it."""


def add_env(address: Address, name: str, text: str) -> AppendItem:
    """Append `{name, value}` to the env list at `address`, making the list where it is missing."""
    return AppendItem(address, (("name", name), ("value", text)), after=_BESIDE)


def add_key(address: Address, key: str, text: str) -> AddKey:
    """Add `key: text` to the mapping at `address`, making the mapping where it is missing."""
    return AddKey(address, key, text, after=_BESIDE)


_BESIDE = "xcomBackend"
"""The key beside which a missing top-level key is added, where the file has it."""
