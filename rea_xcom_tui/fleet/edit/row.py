"""The row of a deployment as it will be: what the query, the table, drift and comparisons read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

import msgspec

from rea_xcom_tui.edits import RenameKey
from rea_xcom_tui.fleet.compare import beyond
from rea_xcom_tui.fleet.edit.pending import Pending, PendingEdit, SetField, changed_by
from rea_xcom_tui.fleet.model import Deployment, Fleet, UnreadableFile
from rea_xcom_tui.fleet.teams import names_of
from rea_xcom_tui.xcom.compare import current_value
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FIELDS, Cloud, Configuration, FieldName, FieldReading, Finding, State, Value
from rea_xcom_tui.xcom.paths import parse_path

_NOTHING = Pending()
_FIELD_OF: dict[str, FieldName] = {
    word: name for name in FIELDS for word in (TABLE[name].variable, TABLE[name].key) if word
}
_NO_FIELDS: frozenset[FieldName] = frozenset()
_WRONG = ("invalid", "conflict")


class Ahead(msgspec.Struct, frozen=True):
    """The fleet as it will be once everything pending is written, held back or not, and judged as such."""

    deployments: Mapping[str, Deployment]
    """Those that will read otherwise or be judged otherwise than now, by id."""
    edits: Mapping[str, tuple[PendingEdit, ...]]
    """What was pending then, by each deployment that it changes."""

    def of(self, id_: str, pending: Pending) -> Deployment | None:
        """A deployment as it will be; None where it stays as it is, or was edited since this was worked out."""
        found = self.deployments.get(id_)
        return found if found is not None and pending.changing(id_) == self.edits.get(id_, ()) else None


class Row:
    """A deployment, or a file that could not be read, with what is pending on it.

    Everything that asks what a field will be asks `seen`, so that all of them say the same.
    """

    __slots__ = (
        "_ahead",
        "_ahead_as_of",
        "_misread",
        "_names",
        "_overlaid",
        "_pending",
        "_still",
        "deployment",
        "drifted",
        "id",
        "name",
        "unreadable",
        "words",
    )

    def __init__(
        self,
        source: Deployment | UnreadableFile,
        pending: Pending = _NOTHING,
        *,
        drifted: frozenset[FieldName] = _NO_FIELDS,
    ) -> None:
        self.deployment: Deployment | None = None
        self.unreadable: UnreadableFile | None = None
        if isinstance(source, Deployment):
            self.deployment, self.id, self.name = source, source.id, source.name
        else:
            self.unreadable, self.id, self.name = source, source.file, source.file
        self.drifted = drifted
        """The fields that differ from the baseline."""
        self.words = (f"{source.name}\n{source.file}" if isinstance(source, Deployment) else self.id).lower()
        """Name and file in lower case: what plain words are looked for in."""
        self._pending = pending
        self._still = pending is _NOTHING
        """Whether nothing can be pending on it, as on the rows of a comparison, of which there are many."""
        self._ahead: Ahead | None = None
        self._ahead_as_of: tuple[int, Deployment | None] = -1, None
        self._overlaid: tuple[object, Deployment] | None = None
        self._names: Mapping[str, str] | None = None
        self._misread: tuple[Sequence[Finding], frozenset[FieldName]] | None = None

    def look_ahead(self, ahead: Ahead) -> None:
        """Take note of what the fleet will be."""
        self._ahead, self._still, self._ahead_as_of = ahead, False, (-1, None)

    @property
    def ahead(self) -> Deployment | None:
        """The deployment as it will be once what is pending is written, read from those bytes and judged; None where it
        stays as it is or where that is not worked out yet, which takes a moment after each edit."""
        if self._ahead is None:
            return None
        now = self._pending.version
        if self._ahead_as_of[0] != now:
            self._ahead_as_of = now, self._ahead.of(self.id, self._pending)
        return self._ahead_as_of[1]

    @property
    def still(self) -> bool:
        """Whether nothing pending changes it, and nothing is foreseen of it: it stays as it is."""
        return self._still or (self._ahead is None and not self._pending.touches(self.id))

    @property
    def seen(self) -> Deployment | None:
        """The deployment as it will be, as far as that is known now; None for a file that cannot be read."""
        # Of nearly every row nothing is pending, and a query or a sort asks each of them.
        if self._still or (self._ahead is None and not self._pending.touches(self.id)):
            return self.deployment
        ahead = self.ahead
        if ahead is not None or self.deployment is None or not self._pending.touches(self.id):
            return ahead or self.deployment
        edits = self._pending.changing(self.id)
        if self._overlaid is None or self._overlaid[0] != edits:
            self._overlaid = edits, overlaid(self.deployment, edits)
        return self._overlaid[1]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules say of it as it will be. What they say of a value that no longer exists is never among it."""
        if not self._still and (ahead := self.ahead) is not None:
            return ahead.findings
        if self.deployment is None:
            return ()
        found = self.deployment.findings
        if self._still or not self._pending.touches(self.id):
            return found
        return tuple(one for one in found if not self.settled(one))

    @property
    def added(self) -> list[Finding]:
        """What the rules will say of it and do not say of the file as it is."""
        return beyond(self.findings, self.deployment.findings) if self.deployment is not None else []

    def settled(self, finding: Finding) -> bool:
        """Whether a finding in the file as it is will be gone: by what is worked out, else by an edit of its field."""
        if (ahead := self.ahead) is not None:
            return not any(other.code == finding.code and other.field == finding.field for other in ahead.findings)
        if not self.edits:
            return False
        return bool(finding.field and self.edit(finding.field)) or self._pending.fixes(self.id, finding)

    def edit(self, field: FieldName) -> SetField | None:
        """The pending edit of a field, if any; where another deployment's changes it too, as if it were its own."""
        found = self.pending_edit(field)
        if found is None or found.deployment == self.id or self.deployment is None:
            return found
        ahead = self.ahead
        new = current_value(ahead.field(field)) if ahead is not None else found.new
        old = current_value(self.deployment.field(field))
        return replace(found, deployment=self.id, old=old, new=new) if new != old else None

    def pending_edit(self, field: FieldName) -> SetField | None:
        """The pending edit that a field's new value comes from, as it was made: of this deployment, else of another
        that shares a layer with it."""
        own = self._pending.get(self.id, field)
        if own is not None:
            return own
        through = (one for one in reversed(self._pending.through(self.id)) if isinstance(one, SetField))
        return next((one for one in through if one.field == field), None)

    @property
    def edits(self) -> int:
        """How many pending edits and fixes change it."""
        return self._pending.count(self.id)

    def reading(self, field: FieldName) -> FieldReading | None:
        """A field as it will be; None where nothing is known of it."""
        seen = self.seen
        return seen.config.fields[field] if seen is not None else None

    def value(self, field: FieldName) -> Value:
        """A field's value as it will be, or the text that is not a value."""
        reading = self.reading(field)
        return current_value(reading) if reading is not None else None

    def state(self, field: FieldName) -> State | None:
        """How that field will stand; None where nothing is known of it."""
        reading = self.reading(field)
        return reading.state if reading is not None else None

    @property
    def file(self) -> str:
        """The path of its file in the repo."""
        return self.deployment.file if self.deployment is not None else self.id

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of all files that make up its values."""
        return self.deployment.files if self.deployment is not None else (self.id,)

    @property
    def layout(self) -> str:
        """How its file is laid out."""
        return self.deployment.layout if self.deployment is not None else ""

    @property
    def env(self) -> str | None:
        """Its environment, if any."""
        return self.deployment.env if self.deployment is not None else None

    @property
    def cluster(self) -> str | None:
        """Its cluster, if any."""
        return self.deployment.cluster if self.deployment is not None else None

    @property
    def namespace(self) -> str | None:
        """Its namespace, if any."""
        return self.deployment.namespace if self.deployment is not None else None

    @property
    def repo(self) -> str | None:
        """The name of its repo, where the fleet is made of several."""
        return (self.deployment.repo or None) if self.deployment is not None else None

    @property
    def config(self) -> Configuration:
        """Its settings as they will be. Raises `ValueError` for a file that cannot be read."""
        seen = self.seen
        if seen is None:
            raise ValueError(f"{self.id} cannot be read")
        return seen.config

    @property
    def cloud(self) -> Cloud:
        """Where its values will be stored."""
        seen = self.seen
        return seen.config.cloud if seen is not None else "none"

    @property
    def names(self) -> Mapping[str, str]:
        """The words that placeholders in its paths and identities stand for."""
        if self._names is None:
            self._names = names_of(self.deployment) if self.deployment is not None else {}
        return self._names

    @property
    def misread(self) -> frozenset[FieldName]:
        """Fields that nothing sets, while a rule has found the misspelt name of what is meant to."""
        findings = self.findings
        if self._misread is None or self._misread[0] is not findings:
            changes = (change for finding in findings for change in finding.fix if isinstance(change, RenameKey))
            fields = {_FIELD_OF.get(change.name) for change in changes}
            unset = frozenset(field for field in fields if field is not None and self.state(field) == "unset")
            self._misread = findings, unset
        return self._misread[1]

    @property
    def flags(self) -> Collection[str]:
        """What it is, for `is:`."""
        seen = self.seen
        if seen is None:
            return frozenset({"unreadable"})
        wrong = any(reading.state in _WRONG for reading in seen.config.fields.values())
        found = {
            "dirty": seen.dirty,
            "invalid": wrong or seen.config.shape_problem is not None,
            "layered": len(seen.layers) > 1,
            "unreached": seen.unreached,
            "edited": self.edits > 0,
            "drifted": bool(self.drifted),
            "encrypted": seen.config.encrypted is not None,
        }
        return {flag for flag, holds in found.items() if holds}

    @property
    def codes(self) -> Collection[str]:
        """The codes of its findings."""
        return {finding.code for finding in self.findings}

    @property
    def severities(self) -> Collection[str]:
        """The severities of its findings."""
        return {finding.severity for finding in self.findings}


class _StillRow(Row):
    """A row on which nothing is ever pending: what a comparison asks of it again and again is there ready."""

    __slots__ = ("cloud", "config")
    cloud: Cloud
    config: Configuration

    def __init__(self, deployment: Deployment) -> None:
        super().__init__(deployment)
        self.config = deployment.config
        self.cloud = deployment.config.cloud


def drift_rows(deployments: Iterable[Deployment]) -> list[Row]:
    """The rows that drift is about. One whose file has the wrong shape is left out, since its fields mean nothing, and
    one that nothing in the repo deploys."""
    return [_StillRow(each) for each in deployments if each.config.shape_problem is None and not each.unreached]


def with_edits(fleet: Fleet, edits: Iterable[PendingEdit]) -> Fleet:
    """The fleet with the values of these edits put in, whether or not they can be made exactly; fixes are left out."""
    by_deployment: dict[str, list[PendingEdit]] = {}
    for edit in edits:
        if isinstance(edit, SetField):
            for id_ in changed_by((edit,)):
                by_deployment.setdefault(id_, []).append(edit)
    if not by_deployment:
        return fleet
    return replace(fleet, deployments=tuple(overlaid(d, by_deployment.get(d.id, ())) for d in fleet.deployments))


def overlaid(deployment: Deployment, edits: Iterable[PendingEdit]) -> Deployment:
    """A deployment with the values of its pending edits put in, the newest last."""
    for edit in edits:
        # What weaker layers say of a deployment that shares the override is only known from its bytes.
        if isinstance(edit, SetField) and not (edit.inherits and edit.deployment != deployment.id):
            deployment = _edited(deployment, edit)
    return deployment


def _edited(deployment: Deployment, edit: SetField) -> Deployment:
    fields = {**deployment.config.fields, edit.field: _reading(deployment, edit.field, edit.new)}
    path = fields["path"].value
    # A path holds its connection, so an edit of one is an edit of the other.
    cloud = deployment.config.cloud
    if edit.field == "path":
        parsed = parse_path(edit.new) if isinstance(edit.new, str) else None
        fields["connection"] = _reading(deployment, "connection", parsed.conn_id if parsed else None)
        cloud = parsed.cloud if parsed else cloud  # a path's scheme decides it, and with it the group
    elif edit.field == "connection" and isinstance(path, str):
        conn_id = None if edit.new is None else str(edit.new)
        fields["path"] = _reading(deployment, "path", parse_path(path).with_connection(conn_id))
    config = msgspec.structs.replace(deployment.config, fields=fields, cloud=cloud)
    return msgspec.structs.replace(deployment, config=config)


def _reading(deployment: Deployment, field: FieldName, value: Value) -> FieldReading:
    """The reading of a field that has another value and is where it stood."""
    old = deployment.field(field)
    if value is None:
        return FieldReading(field)
    return FieldReading(field, value, str(value), "set", old.place, old.places[:1], type=old.type)
