"""One deployment as the rules look at it: its env entries, settings, identities and versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

import msgspec

from rea_xcom_tui.edits import Address
from rea_xcom_tui.text import clean
from rea_xcom_tui.xcom import airflow
from rea_xcom_tui.xcom.chart_entries import EnvEntry, Note, rendered, values_of
from rea_xcom_tui.xcom.expansion import expanded, leads_back
from rea_xcom_tui.xcom.facts import worked_out
from rea_xcom_tui.xcom.fields import STATE_VARIABLES, VARIABLES
from rea_xcom_tui.xcom.model import Configuration, FieldName, Node
from rea_xcom_tui.xcom.names import (
    ANNOTATIONS,
    BACKEND_KEY,
    BACKEND_VARIABLE,
    COMMON_ENV,
    CONNECTION_PREFIX,
    OBJECT_STORAGE_BACKEND,
    PATH_VARIABLE,
    THRESHOLD_VARIABLE,
)
from rea_xcom_tui.xcom.rules.near_miss import meant_key, meant_variable, misspelt
from rea_xcom_tui.xcom.rules.settings import RuleContext
from rea_xcom_tui.xcom.sealed import OPENINGS
from rea_xcom_tui.xcom.tree import tree_of

_Answer = TypeVar("_Answer")
_Shadowed = TypeVar("_Shadowed", EnvEntry, Note)

DATABASE_CLASSES = airflow.BASE_BACKENDS
"""Classes that leave values in the metadata database."""


class Site(msgspec.Struct, frozen=True, gc=False):
    """One place that gives a setting a text which Git knows and which has an effect."""

    text: str
    """What Airflow works with: variables that the file defines are filled in, as Airflow does."""
    written: str
    """The text before that."""
    node: Node
    address: Address
    component: str
    entry: EnvEntry | None = None

    @property
    def null(self) -> bool:
        """True when the value is null or missing, as in files that `--set` fills in."""
        value = self.node if self.entry is None else self.entry.value
        return value is None or (value.kind == "scalar" and value.value is None)


def once(function: Callable[[Subject], Iterable[_Answer]]) -> Callable[[Subject], tuple[_Answer, ...]]:
    """What a function says of a subject, worked out when the first rule asks and kept for the others."""

    @wraps(function)
    def asked(subject: Subject) -> tuple[_Answer, ...]:
        found = subject.answers.get(function)
        if found is None:
            found = subject.answers[function] = tuple(function(subject))
        return found

    return asked


def show(text: str) -> str:
    """A value as a message shows it: quoted, on one line, harmless to a terminal, at most 80 characters."""
    return f'"{clean(text, 80)}"'


def is_null(node: Node | None) -> bool:
    """True for a missing node and for a null."""
    return node is None or (node.kind == "scalar" and node.value is None)


def mapping(node: Node | None) -> Node | None:
    """The node when it is a mapping, else None."""
    return node if node is not None and node.kind == "mapping" else None


def name_node(entry: EnvEntry) -> Node:
    """The node that holds an env entry's name."""
    return entry.node.get("name") or entry.node


_FIELD_OF: Mapping[str, FieldName] = {name: field for field, name in {**VARIABLES, **STATE_VARIABLES}.items()}

_STAND_INS = ("vault:", ">>vault:", "ref+", "secretref+", "op://", "arn:aws:secretsmanager:", "<path:", *OPENINGS)


def is_stand_in(text: str) -> bool:
    """True for the forms in which secret managers are named in place of a value, such as `vault:…` or `ref+…`."""
    return text.lstrip().startswith(_STAND_INS)


def is_template(text: str) -> bool:
    """True for text with `{{ }}` or `${NAME}` in it, which tools around Helm fill in."""
    return "{{" in text or "${" in text


def _effective(found: tuple[_Shadowed, ...]) -> tuple[_Shadowed, ...]:
    """Those that nothing hides, which are nearly always all."""
    for one in found:
        if one.shadowed:
            return tuple([one for one in found if not one.shadowed])
    return found


def key_name(key: object) -> str:
    """The name that Helm makes of a key, which it has as JSON: `null` and `true` where Python says None and True."""
    if key is None or isinstance(key, bool):
        return "null" if key is None else str(key).lower()
    return str(key)


class Subject:
    """One deployment under check. Everything is worked out on first use and kept."""

    def __init__(self, root: Node, config: Configuration, context: RuleContext) -> None:
        self.root = tree_of(root)
        self.config = config
        self.context = context
        self._found: dict[str, tuple[Site, ...]] = {}
        self.answers: dict[object, tuple[Any, ...]] = {}
        """What functions made by `once` have said of it."""
        if self.root.is_plain:
            self.__dict__.update(entries=self.root.every_entry, by_name=self.root.entries_by_name)

    @property
    def version(self) -> tuple[int, ...] | None:
        """Airflow's version: what the file tells, else what the repo's settings say."""
        return self.config.airflow or self.context.settings.airflow

    @property
    def agent(self) -> tuple[int, ...] | None:
        """The agent's version: what the file tells, else what the repo's settings say."""
        return self.config.agent or self.context.settings.agent

    @worked_out
    def keys(self) -> tuple[tuple[str, Node, Node], ...]:
        """Every top-level key as Helm names it, with its node and its value, shadowed duplicates included."""
        return tuple(
            [
                (key if type(key := name.value) is str else key_name(key), name, value)
                for name, value in self.root.entries
            ]
        )

    @property
    def every_entry(self) -> tuple[EnvEntry, ...]:
        """Every named env entry of the agent's containers, shadowed ones included."""
        return self.root.every_entry

    @worked_out
    def entries(self) -> tuple[EnvEntry, ...]:
        """The env entries that have an effect in their list."""
        return _effective(self.every_entry)

    @worked_out
    def env_names(self) -> frozenset[str]:
        """The names of all variables that the file gives to some agent container."""
        return frozenset(self.by_name)

    @worked_out
    def annotations(self) -> tuple[Note, ...]:
        """The annotations that have an effect, at every level."""
        return _effective(self.root.annotations)

    @worked_out
    def labels(self) -> tuple[Note, ...]:
        """The labels that have an effect."""
        return _effective(self.root.labels)

    @worked_out
    def by_name(self) -> Mapping[str, Sequence[EnvEntry]]:
        """The effective entries by their names."""
        if self.entries is self.every_entry:
            return self.root.entries_by_name
        found: dict[str, list[EnvEntry]] = {}
        for entry in self.entries:
            found.setdefault(entry.name, []).append(entry)
        return found

    def named(self, name: str) -> Sequence[EnvEntry]:
        """The effective entries with exactly this name."""
        return self.by_name.get(name, ())

    def filled_in(self, text: str) -> bool:
        """True when another tool puts a value in place of this text before Helm or the container sees it."""
        return text.lstrip().startswith(_STAND_INS) or (self.context.templated and is_template(text))

    def sites(self, name: str) -> tuple[Site, ...]:
        """Where the variable gets a text that Git knows; references and collections are left out."""
        found = self._found.get(name)
        if found is None:
            found = ()
            for entry in self.by_name.get(name, ()):
                text = entry.text
                if text is not None and (not text or not self.filled_in(text)):
                    node = name_node(entry) if entry.value is None else entry.value
                    read = expanded(text, self.entries) if "$" in text else text
                    found += (Site(read, text, node, (*entry.address, "value"), entry.component, entry),)
            self._found[name] = found
        return found

    def leads_back(self, name: str | None) -> bool:
        """Whether the file gives a variable a text that leads back to this same variable."""
        return name in self.env_names and leads_back(name, self.entries)

    def expanded(self, text: str) -> str:
        """The text with the file's own variables filled in, as Airflow does it."""
        return expanded(text, self.entries) if "$" in text else text

    @worked_out
    def backends(self) -> tuple[Site, ...]:
        """Where the backend class gets a text: the key `xcomBackend` and the env variable."""
        node = self.root.get(BACKEND_KEY)
        text = rendered(node)
        if node is None or text is None or self.filled_in(text):
            return self.sites(BACKEND_VARIABLE)
        key = Site(self.expanded(text), text, node, (BACKEND_KEY,), "all")
        return (key, *self.sites(BACKEND_VARIABLE))

    @worked_out
    def stores_objects(self) -> bool:
        """True when some component surely uses the object-storage class."""
        return OBJECT_STORAGE_BACKEND in [site.text for site in self.backends]

    @worked_out
    def backend_unset(self) -> bool:
        """True when nothing in the file names a backend class, not even by reference."""
        node = self.root.get(BACKEND_KEY)
        if node is not None and rendered(node) != "":
            return False
        entries = self.by_name.get(BACKEND_VARIABLE)
        return entries is None or all(entry.text == "" for entry in entries)

    @worked_out
    def only_database(self) -> bool:
        """True when every backend that the file names is the database's, so that no other setting matters."""
        return self.backend_unset or (
            bool(self.backends) and DATABASE_CLASSES.issuperset([site.text for site in self.backends])
        )

    @worked_out
    def misspelt(self) -> frozenset[str]:
        """Variables and keys that the file sets under a name that nothing reads."""
        return misspelt(self.env_names, tuple([key for key, _, _ in self.keys]))

    @worked_out
    def reads_options(self) -> bool:
        """False when the class surely ignores path, threshold and compression, or is the user's own."""
        if self.only_database:
            return False
        texts = [site.text for site in self.backends if site.text]
        return (
            not texts
            or OBJECT_STORAGE_BACKEND in texts
            or any(airflow.backend(text).accepted is False for text in texts)
        )

    @worked_out
    def may_store(self) -> bool:
        """False when every threshold is surely unset or negative, so that nothing goes to object storage."""
        if not self.threshold_entries:
            return False
        verdicts = [airflow.threshold(self.expanded(entry.text or "")) for entry in self.threshold_entries]
        return not all(isinstance(verdict.value, int) and verdict.value < 0 for verdict in verdicts)

    @worked_out
    def path_entries(self) -> tuple[EnvEntry, ...]:
        """The effective entries that give workers or triggerer a path, references included."""
        return self._for_tasks(PATH_VARIABLE)

    @worked_out
    def threshold_entries(self) -> tuple[EnvEntry, ...]:
        """The effective entries that give workers or triggerer a threshold, references included."""
        return self._for_tasks(THRESHOLD_VARIABLE)

    def _for_tasks(self, name: str) -> tuple[EnvEntry, ...]:
        return tuple(entry for entry in self.named(name) if entry.component != "dagProcessor")

    @worked_out
    def components(self) -> tuple[str, ...]:
        """The workers, the DAG processor and the triggerer that the file names."""
        return tuple(name for _, _, name, hidden in self.root.components if not hidden)

    @worked_out
    def field_at(self) -> Mapping[tuple[int, int, int], FieldName]:
        """The field that each place of the file belongs to, by layer, line and column: its value, its name, its entry.

        An entry under a name that is near to a field's own belongs to that field too.
        """
        found: dict[tuple[int, int, int], FieldName] = {}
        for entry in self.every_entry:
            field = _FIELD_OF.get(entry.name) or _FIELD_OF.get(meant_variable(entry.name) or "")
            if entry.name.startswith(CONNECTION_PREFIX):
                field = "connection"
            nodes = (entry.node, name_node(entry), entry.value, entry.value_from, *entry.hidden_values)
            found.update({(node.layer, node.line, node.column): field for node in nodes if node is not None and field})
        for _, env in self.idle_lists():
            for named in (item.get("name") for item in env.items if item.kind == "mapping"):
                variable = rendered(named) or ""
                field = _FIELD_OF.get(variable) or _FIELD_OF.get(meant_variable(variable) or "")
                if named is not None and field:
                    found[named.layer, named.line, named.column] = field
        for note in self.root.annotations:
            if note.key in ANNOTATIONS.values():
                found[note.value.layer, note.value.line, note.value.column] = "identity"
        for key, name, value in self.keys:
            if key == BACKEND_KEY or meant_key(key) == BACKEND_KEY:
                found.update({(node.layer, node.line, node.column): "backend" for node in (name, value)})
        for reading in self.config.fields.values():
            for place in reading.places:
                found.setdefault((place.layer, place.line, place.column), reading.name)
        return found

    @worked_out
    def anchor(self) -> Node:
        """Where to point when a setting is missing: the backend's key, else commonEnv, else the root."""
        return self.key_node(BACKEND_KEY) or self.key_node(COMMON_ENV) or self.root

    def key_node(self, key: str) -> Node | None:
        """The top-level key node that Helm's value belongs to."""
        nodes = [name for text, name, _ in self.keys if text == key]
        return nodes[-1] if nodes else None

    def idle_lists(self) -> Iterator[tuple[str, Node]]:
        """The env lists of containers that run no tasks: sentinel and logging sidecar."""
        for key in ("sentinel", "loggingSidecar"):
            section = mapping(self.root.get(key))
            for env, shadowed in values_of(section, "env") if section else ():
                if not shadowed:
                    yield key, env
