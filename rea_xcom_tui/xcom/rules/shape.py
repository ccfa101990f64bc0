"""What a deployment looks like at a glance, by which rules that can see nothing in it are not asked.

A fleet has thousands of deployments and few shapes. A gate (`when`) gets a shape and nothing else, so what it says
holds for every deployment of this shape and is worked out once. What is different in each deployment, such as its path,
is not in its shape, but whether it is as usual: where it is not, whatever may be said of it is looked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from rea_xcom_tui.xcom.chart_entries import EnvEntry, Note, rendered
from rea_xcom_tui.xcom.connections import CLIENT_ID_MEMBERS, Connection, connection
from rea_xcom_tui.xcom.facts import fact
from rea_xcom_tui.xcom.identities import identity_problem
from rea_xcom_tui.xcom.model import Cloud, Node
from rea_xcom_tui.xcom.names import (
    ANNOTATIONS,
    AZURE_LABEL,
    BACKEND_KEY,
    COMMON_ENV,
    COMPRESSION_VARIABLE,
    CONNECTION_PREFIX,
    OBJECT_STORAGE_BACKEND,
    PATH_VARIABLE,
    THRESHOLD_VARIABLE,
    connection_variable,
)
from rea_xcom_tui.xcom.paths import SCHEMES
from rea_xcom_tui.xcom.rules.identity_names import may_stray
from rea_xcom_tui.xcom.rules.near_miss import misspelt
from rea_xcom_tui.xcom.rules.subject import Subject
from rea_xcom_tui.xcom.shared import Sections
from rea_xcom_tui.xcom.tree import Tree

_USUAL = re.compile(
    r"(s3|gs|abfss?)://(?:([A-Za-z0-9_-]+)@)?"  # the scheme, and the connection's id
    r"((?!sthree-|amzn-s3-|goog|[a-z0-9-]*google)(?=[a-z0-9-]{3,63}(?:/|\Z))[a-z0-9]+(?:-[a-z0-9]+)*)"  # the bucket
    r"(?:/[A-Za-z0-9_=-]+)*/?"
)
_LONGEST_USUAL: Final = 500
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_PLAIN_EXTRA: Final = {
    "aws": {"region_name": re.compile(r"[a-z]{2}(?:-[a-z]{2,12}){1,3}-[0-9]")},
    "gcp": {"project": re.compile(r"[a-z][a-z0-9-]{4,28}")},
    "azure": {
        "account_name": re.compile(r"[a-z0-9]{3,24}"),
        "workload_identity_tenant_id": _UUID,
        **dict.fromkeys(CLIENT_ID_MEMBERS, _UUID),
    },
}
"""Settings of a connection that say no more than where the store is and who asks for it, in their usual form."""

_CLOUDS: Final = {key: cloud for cloud, key in ANNOTATIONS.items()}
_NOTES: Final = ("annotations", "labels")
_MOST_LOOKED_AT: Final = 5_000  # nodes of one section

Mark = Literal[
    "merged",  # a key appears twice or something is merged in, so that what is said of sections is not to be relied on
    "twice",  # a variable has two entries
    "peculiar",  # an entry is something else than a name and a text
    "unnamed",  # an item of a list of variables has no name
    "no backend",  # nothing names a class
    "odd backend",  # the key of the backend is a list or a mapping
    "odd path",  # anything may be said of a path
    "odd connection",  # anything may be said of a connection
    "other id",  # a connection has a client id that no annotation has
    "says anon",  # every Azure connection says that it is not anonymous
    "odd identity",  # an annotation's identity is malformed, empty, or no text
    "placed",  # an annotation is below a service account
    "untyped",  # a label or annotation is not a string
    "label",  # Azure's label is as it has to be
    "odd label",  # Azure's label is anything else
    "no prefix",  # the resource name prefix is empty, or no text
    "misshapen",  # a section has the wrong shape
    "encrypted",  # the file or a value is encrypted in place
    "refused",  # Helm refuses the file
    "documents",  # there is a second document
]
"""What sets a deployment apart from others, in a word."""


class Store(NamedTuple):
    """Where a usual path leads to."""

    cloud: Cloud
    variable: str | None
    """Of the connection that it names."""


class Shape(NamedTuple):
    """One deployment at a glance: nothing but what can be hashed and compared."""

    marks: frozenset[Mark]
    keys: tuple[str, ...]
    """Of the top level."""
    names: frozenset[str]
    """Of all variables."""
    own_names: frozenset[str]
    """Of those that a component has in a list of its own."""
    backends: tuple[str, ...]
    """The texts that Airflow works with; so are those of thresholds and compressions."""
    thresholds: tuple[tuple[str, str], ...]
    """Each with how it is written."""
    compressions: tuple[str, ...]
    stores: tuple[Store, ...]
    """Of the usual paths."""
    connections: tuple[tuple[str, Cloud | None], ...]
    """The variables of plain connections, and their clouds."""
    notes: frozenset[str]
    """The keys of annotations."""
    labels: frozenset[str]
    """The keys of labels."""
    clouds: frozenset[Cloud]
    """Those of which an annotation names an identity."""
    sections: frozenset[tuple[str, str]]
    """What is in a section that is not in each: its key, and a word of `_section`."""
    version: tuple[int, ...] | None
    """Airflow's."""
    agent: tuple[int, ...] | None

    def __hash__(self) -> int:
        return hash((self.keys, self.names))

    @property
    def misspelt(self) -> frozenset[str]:
        """Variables and keys that the file sets under a name that nothing reads."""
        return misspelt(self.names, self.keys)

    @property
    def stores_objects(self) -> bool:
        """True when some component surely uses the object-storage class."""
        return OBJECT_STORAGE_BACKEND in self.backends

    def has_key(self, key: str) -> bool:
        """Whether the tree may have this top-level key."""
        return key in self.keys or "merged" in self.marks

    def may_have(self, word: str, *keys: str) -> bool:
        """Whether a section may have this in it, one of these or any."""
        found = any(one == word and (key in keys or not keys) for key, one in self.sections)
        return found or "merged" in self.marks


Gate = Callable[[Shape], object]
"""Says of a shape whether a rule may see something in a deployment of it: where it is false, the rule is not asked."""


def marked(*marks: Mark) -> Gate:
    """Whether a deployment has one of these marks."""
    return lambda shape: not shape.marks.isdisjoint(marks)


odd_path = marked("odd path")
"""Whether a path is more than a scheme, a bucket and folders of plain words."""

odd_connection = marked("odd connection")
"""Whether a connection is more than a store and who asks for it."""


def sets(*names: str) -> Gate:
    """Whether a deployment gives one of these variables to some agent container."""
    return lambda shape: not shape.names.isdisjoint(names)


def annotates(key: str) -> Gate:
    """Whether a deployment has this annotation at some level."""
    return lambda shape: key in shape.notes


def has_key(key: str) -> Gate:
    """Whether a deployment may have this top-level key."""
    return lambda shape: shape.has_key(key)


def lacks(variable: str) -> Gate:
    """Whether the object-storage class may have no such setting."""
    return lambda shape: shape.stores_objects and (variable not in shape.names or variable in shape.own_names)


def odd_use(shape: Shape) -> object:
    """Whether a path may use a connection that is odd or of another cloud, or a variable may have a say in it."""
    clouds = dict(shape.connections)
    return not shape.marks.isdisjoint(("odd path", "odd connection")) or any(
        store.variable in clouds and clouds[store.variable] != store.cloud for store in shape.stores
    )


def undefined(shape: Shape) -> object:
    """Whether a path may name a connection that the file does not define."""
    return "odd path" in shape.marks or any(one.variable and one.variable not in shape.names for one in shape.stores)


def shape_of(subject: Subject) -> Shape:
    """The shape of a deployment."""
    marks = _marks(subject)
    own_names, defining = _entries(subject, marks)
    stores = _stores(subject, marks)
    notes, clouds, client_ids = _notes(subject, marks)
    connections = _connections(subject, defining, client_ids, marks)
    rest = subject.root.rest
    return _shape(
        frozenset(marks),
        fact(rest, _of_shared) if rest.sound else _of_sections(subject.root),
        tuple(subject.by_name),
        tuple(own_names),
        tuple([site.text for site in subject.backends]),
        tuple([(site.text, site.written) for site in subject.sites(THRESHOLD_VARIABLE)]),
        tuple([site.text for site in subject.sites(COMPRESSION_VARIABLE)]),
        tuple(stores), tuple(connections), tuple(notes), frozenset(clouds), subject.version, subject.agent,
    )  # fmt: skip


class _Sections(NamedTuple):
    """What the sections of a file say that are not its variables."""

    keys: tuple[str, ...]
    labels: frozenset[str]
    marks: frozenset[Mark]
    sections: frozenset[tuple[str, str]]


@lru_cache(maxsize=1024)
def _shape(
    marks: frozenset[Mark],
    rest: _Sections,
    names: tuple[str, ...],
    own_names: tuple[str, ...],
    backends: tuple[str, ...],
    thresholds: tuple[tuple[str, str], ...],
    compressions: tuple[str, ...],
    stores: tuple[Store, ...],
    connections: tuple[tuple[str, Cloud | None], ...],
    notes: tuple[str, ...],
    clouds: frozenset[Cloud],
    version: tuple[int, ...] | None,
    agent: tuple[int, ...] | None,
) -> Shape:
    return Shape(
        marks | rest.marks, rest.keys, frozenset(names), frozenset(own_names), backends, thresholds, compressions,
        stores, connections, frozenset(notes), rest.labels, clouds, rest.sections, version, agent,
    )  # fmt: skip


def _marks(subject: Subject) -> list[Mark]:
    """The marks of the deployment as a whole."""
    root, config, context = subject.root, subject.config, subject.context
    backend = root.get(BACKEND_KEY)
    marks: list[Mark] = [] if root.unique else ["merged"]
    if subject.backend_unset:
        marks.append("no backend")
    if backend is not None and backend.kind != "scalar":
        marks.append("odd backend")
    if config.prefix is None:
        marks.append("no prefix")
    if root.shape_problem is not None:
        marks.append("misshapen")
    if config.encrypted is not None:
        marks.append("encrypted")
    if context.refusal is not None:
        marks.append("refused")
    if context.documents > 1:
        marks.append("documents")
    return marks


def _entries(subject: Subject, marks: list[Mark]) -> tuple[list[str], list[EnvEntry]]:
    """The variables that components have in lists of their own, and the entries that define connections."""
    own_names: list[str] = []
    defining: list[EnvEntry] = []
    root, every = subject.root, subject.every_entry
    if root.is_plain:
        return own_names, [entry for entry in every if entry.name.startswith(CONNECTION_PREFIX)]
    for entry in every:
        name, value = entry.name, entry.value
        if entry.component != "all":
            own_names.append(name)
        if entry.value_from is not None or value is None or not isinstance(value.value, str):
            marks.append("peculiar")
        if name.startswith(CONNECTION_PREFIX) and not entry.shadowed:
            defining.append(entry)
    if len(root.entries_by_name) < len(every):
        marks.append("twice")
    common = root.get(COMMON_ENV)
    items = fact(root.rest, _own_items) + (0 if common is None else len(common.items))
    if not root.unique or items != len(every):
        marks.append("unnamed")
    return own_names, defining


def _own_items(rest: Sections) -> int:
    """How many items there are in the lists of variables that components have of their own."""
    lists = [holder.get("env") for holder, _, _, _ in rest.components]
    return sum([len(env.items) for env in lists if env is not None])


def _stores(subject: Subject, marks: list[Mark]) -> list[Store]:
    """Where the usual paths lead to; whatever else Airflow would use is odd."""
    found = []
    for site in subject.sites(PATH_VARIABLE):
        store = store_of(site.text)
        if store is None or site.written != site.text:
            marks.append("odd path")
        else:
            found.append(store)
    return found


@lru_cache(maxsize=256)
def store_of(path: str) -> Store | None:
    """Where a usual path leads to; None for one of which something may be said."""
    usual = _USUAL.fullmatch(path) if len(path) <= _LONGEST_USUAL else None
    return None if usual is None else _store(usual[1], usual[2])


@lru_cache(maxsize=256)
def _store(scheme: str, conn_id: str | None) -> Store:
    return Store(SCHEMES[scheme], None if conn_id is None else connection_variable(conn_id))


def _connections(
    subject: Subject, defining: list[EnvEntry], known: set[str], marks: list[Mark]
) -> list[tuple[str, Cloud | None]]:
    """The connections that are plain, with their clouds; others are odd. `known` are the client ids of annotations."""
    found = []
    says_anon = True
    for entry in defining:
        if entry.text is None or subject.filled_in(entry.text):
            continue
        one = connection(entry.text)
        if not is_plain(one):
            marks.append("odd connection")
            continue
        found.append((entry.name, one.cloud))
        if one.cloud == "azure":
            says_anon = says_anon and "anon" in one.extra
            if known and not known.issuperset([one.extra[name] for name in CLIENT_ID_MEMBERS if name in one.extra]):
                marks.append("other id")
    if says_anon:
        marks.append("says anon")
    return found


def is_plain(one: Connection) -> bool:
    """Whether a connection is JSON that says where the store is and who asks for it, in the usual forms."""
    usual = _PLAIN_EXTRA.get(one.cloud or "", {})
    login = [("account_name", one.members["login"])] if "login" in one.members else []  # Azure's forms have it as both
    for name, value in (*one.extra.items(), *login):
        if name == "anon" and one.cloud == "azure" and value is False:
            continue
        if name not in usual or not isinstance(value, str) or not usual[name].fullmatch(value):
            return False
    odd = one.form != "json" or one.problem or one.extra_problem or one.members.keys() - {"conn_type", "extra", "login"}
    return not odd and (one.cloud in ("aws", "gcp") or "account_name" in one.extra)


def _notes(subject: Subject, marks: list[Mark]) -> tuple[list[str], set[Cloud], set[str]]:
    """The keys of annotations, the clouds that these name identities of, and the client ids among them."""
    keys: list[str] = []
    clouds: set[Cloud] = set()
    client_ids: set[str] = set()
    for note in subject.root.annotations:
        if note.shadowed:
            continue
        keys.append(note.key)
        text = note.value.value
        if not isinstance(text, str):
            marks.append("untyped")
            text = rendered(note.value) or ""
        if len(note.level) > 1:
            marks.append("placed")
        cloud = _CLOUDS.get(note.key)
        if cloud is None:
            continue
        if identity_problem(cloud, text):
            marks.append("odd identity")
        if text and note.component != "sentinel":
            clouds.add(cloud)
        if cloud == "azure":
            client_ids.add(text)
    return keys, clouds, client_ids


def _of_sections(root: Tree) -> _Sections:
    """What there is to say about all sections of a tree."""
    return _said([(str(name.value), value) for name, value in root.entries], root.labels)


def _of_shared(rest: Sections) -> _Sections:
    """The same of those that files share."""
    return _said(rest.names.items(), rest.labels)._replace(keys=rest.keys)


def _said(sections: Collection[tuple[str, Node]], labels: Sequence[Note]) -> _Sections:
    """What is in a section that is not in each, and the labels."""
    marks: set[Mark] = set()
    names = set()
    for note in labels:
        if note.shadowed:
            continue
        names.add(note.key)
        if not isinstance(note.value.value, str):
            marks.add("untyped")
        if note.key == AZURE_LABEL:
            marks.add("label" if note.value.value == "true" else "odd label")
    found: list[tuple[str, str]] = []
    for key, value in sections:
        if value.kind != "scalar" and key != COMMON_ENV and (value.kind == "sequence" or key not in _NOTES):
            found += [(key, word) for word in fact(value, _section)]
    return _Sections(tuple([key for key, _ in sections]), frozenset(names), frozenset(marks), frozenset(found))


def _section(section: Node) -> tuple[str, ...]:
    """What rules look for in a section, whichever it is."""
    is_mapping = section.kind == "mapping"
    env = section.get("env") if is_mapping else None
    holders: list[Node | None] = [section, *(value for _, value in section.entries)]
    holders += [item.get("serviceAccount") for item in section.items if item.kind == "mapping"]
    found = {
        "label": _holds_label(section),
        "stray": may_stray(section),
        "env": env is not None and env.items,
        "apiKey": is_mapping and section.get("apiKey") is not None,
        "odd notes": any(map(_has_odd_notes, holders)),
    }
    return tuple([word for word, holds in found.items() if holds])


def _has_odd_notes(account: Node | None) -> bool:
    """Whether the annotations of a service account are something else than a mapping."""
    notes = account.get("annotations") if account is not None and account.kind == "mapping" else None
    return notes is not None and notes.kind != "mapping"


def _holds_label(section: Node) -> bool:
    """Whether some key below a section is Azure's label; yes where that is more than a look."""
    ahead = [section]
    for _ in range(_MOST_LOOKED_AT):
        if not ahead:
            return False
        each = ahead.pop()
        ahead += each.items
        for key, value in each.entries:
            if key.value == AZURE_LABEL:
                return True
            ahead.append(value)
    return True
