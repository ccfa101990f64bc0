"""Deployments that say the same as one that was judged, but for what each of a fleet says for itself: a usual path, the
identity, plain connections, its names.

The shape of a deployment (`shape`) is a function of what is compared here, and so is which rules are asked. Where all
of them look at nothing else either, what they say is the same, and the configuration is the other one's with its own
path, identity and names. Whatever is out of the ordinary is read and judged in full.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final, Literal, NamedTuple

import msgspec

from rea_xcom_tui.xcom.alone import plain_entry
from rea_xcom_tui.xcom.chart_entries import EnvEntry, Note, notes_of
from rea_xcom_tui.xcom.connections import CLIENT_ID_MEMBERS, connection
from rea_xcom_tui.xcom.fields import STATE_VARIABLES, VARIABLES
from rea_xcom_tui.xcom.identities import identity_problem
from rea_xcom_tui.xcom.model import Cloud, Configuration, FieldName, FieldReading, Finding, Place
from rea_xcom_tui.xcom.names import ANNOTATIONS, BACKEND_KEY, COMMON_ENV, CONNECTION_PREFIX, PATH_VARIABLE
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.reading_identity import read_identity
from rea_xcom_tui.xcom.rules import families
from rea_xcom_tui.xcom.rules.fleet_facts import OWNER, REGIONS, account_of, owner_of, place_in, store_in
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.rules.path import show_path
from rea_xcom_tui.xcom.rules.settings import RuleContext, RuleSettings
from rea_xcom_tui.xcom.rules.shape import Store, is_plain, shape_of, store_of
from rea_xcom_tui.xcom.rules.subject import Subject
from rea_xcom_tui.xcom.shared import shared_sections
from rea_xcom_tui.xcom.tree import Tree
from rea_xcom_tui.xcom.versions import IN_HEADER

_MOST_KNOWN = 1024
_MOST_SETTINGS = 32
_COMPARED: Final = {*VARIABLES.values(), *STATE_VARIABLES.values(), *REGIONS, "AZURE_STORAGE_ANON"} - {PATH_VARIABLE}
"""The variables whose texts are compared: those of fields, and what the rules below and the row look at."""
_NOT_ALIKE: Final = "AZURE_STORAGE_ACCOUNT_NAME"
"""With this variable, a path is in a message."""
SAME_FOR_ALL: Final = frozenset(("XC305", "XC306", "XC307", "XC406", "XC520"))
"""Rules that look at nothing but what is compared: thresholds, compressions, backends, which connections there are."""
_AT: Final = (COMMON_ENV, ("name", PATH_VARIABLE), "value")
_PREFIX: Final = "resourceNamePrefix"
_NAMESPACE: Final = "namespace"
_URL: Final = "astroDeploymentAPIURL"
_OWN: Final = frozenset((_PREFIX, _NAMESPACE, _URL))
"""The keys whose texts are a deployment's own."""
_SCALARS: Final = 3
"""Where the scalars of the top level are in what is compared."""
Role = Literal["prefix", "namespace", "url", "path", "owner", "note", "connection", "compared", "other"]
"""What a scalar is of a file; of the others, nothing is compared."""
_ROLES: Final[tuple[Role, ...]] = ("prefix", "namespace", "url", "path", "owner")
_CLOUDS: Final = {key: cloud for cloud, key in ANNOTATIONS.items()}


class Judged(msgspec.Struct, eq=False):
    """What a deployment says, and what the rules say of it; its row has its own id."""

    config: Configuration
    findings: tuple[Finding, ...]
    row: FleetRow


class Own(msgspec.Struct, eq=False):
    """What a file says for itself, as nodes of a quick reading."""

    prefix: Any
    namespace: Any
    url: Any
    """Of these three, None where the file has no such key."""
    path: Any
    owner: Any
    """The variable that names the owner; None where there is none."""
    notes: Sequence[Note]
    defining: Sequence[tuple[str, Any, Any]]
    """The names, the items and the values of the variables that define connections."""


class Usual(NamedTuple):
    """What is compared of what a file says for itself."""

    store: Store
    conn_id: str | None
    connections: tuple[object, ...]


Key = tuple[tuple[object, ...], Usual, tuple[object, ...]]
"""All that is compared of a file."""


class Known(msgspec.Struct, eq=False):
    """What is known under some settings of the rules."""

    judged: dict[Key, Judged | None] = {}
    """By what is compared: what is said; None for what is not judged by others."""
    by_bytes: Any = None
    """What is known by the bytes of files."""


_known: dict[int, tuple[RuleSettings, Known]] = {}
"""By the settings of the rules."""


class Tally(msgspec.Struct, eq=False):
    """How often looks at files with the same sections were of use lately."""

    looked: int = 0
    of_use: int = 0
    passed: int = 0
    """How often nobody looked, as it hardly ever was."""

    def pays(self) -> bool:
        """Whether to look at one more: a look costs a third of what it spares."""
        if self.looked >= _TRIED and self.of_use * _ONE_IN < self.looked:
            self.passed += 1
            if self.passed % _SELDOM:
                return False
        if self.looked >= _LATELY:
            self.looked, self.of_use = self.looked // 2, self.of_use // 2
        self.looked += 1
        return True


_TRIED, _ONE_IN, _SELDOM, _LATELY = 64, 4, 16, 256
_tallies: dict[int, tuple[object, Tally]] = {}
"""By the sections that files share, which are kept so that their ids stay theirs."""


class Glance(msgspec.Struct, eq=False):
    """What is compared of a file, and what it says for itself."""

    rest: tuple[object, ...]
    """What is compared beside what is usual and variables."""
    usual: Usual
    variables: tuple[object, ...]
    tally: Tally
    root: Any
    own: Own

    @property
    def key(self) -> Key:
        """All that is compared."""
        return self.rest, self.usual, self.variables

    def judged(self, id_: str, env: str | None, settings: RuleSettings) -> Judged | None:
        """What is to be said of it, where that is known by another."""
        known = known_under(settings).judged.get(self.key)
        found = None if known is None else judged_by(known, self.own, self.usual.store, id_, env)
        self.tally.of_use += found is not None
        return found

    def keep(self, tree: Tree, found: Judged, context: RuleContext) -> bool:
        """Keep what was found out about it, whose root is that of the tree, for those like it; whether that is of
        use."""
        known = known_under(context.settings).judged
        if self.key in known:
            return known[self.key] is not None
        if len(known) >= _MOST_KNOWN:
            known.clear()
        asked = families.concerned(shape_of(Subject(tree, found.config, context)), context.settings.off)
        made = judged_by(found, self.own, self.usual.store, context.id, context.env) if tree.is_plain else None
        same = made is not None and made.config == found.config and made.row == found.row
        known[self.key] = found if same and SAME_FOR_ALL.issuperset([rule.code for rule, _ in asked]) else None
        return known[self.key] is not None

    def scalars(self) -> Iterator[tuple[Role, int, Any]]:
        """The nodes of what a deployment like this one may say in another way: what each is, and its number among the
        notes or connections or the texts of `texts`."""
        own, names = self.own, self.root.names
        yield from [(role, 0, node) for role in _ROLES if (node := getattr(own, role)) is not None]
        noted = notes_of(names["annotations"]) if "annotations" in names else ()
        yield from [("note", number, note.value) for number, note in enumerate(noted)]
        yield from [("connection", number, value) for number, (*_, value) in enumerate(own.defining)]
        number = 0
        for item in names[COMMON_ENV].items:  # as in `_variables`
            name, value = plain_entry(item) or ("", None)
            number += 1
            if name in _COMPARED:
                yield "compared", number, value
                number += 1
            elif name != PATH_VARIABLE and name != OWNER and not name.startswith(CONNECTION_PREFIX):
                yield "other", number, value

    @property
    def texts(self) -> tuple[str, ...]:
        """What is compared of variables but for where it is."""
        return tuple([one for one in self.variables if isinstance(one, str)])

    def places(self) -> list[tuple[str, int, int]]:
        """Where all is that is compared and has a place: below which key, at which line and column."""
        scalars: Any = self.rest[_SCALARS]
        numbers = iter([one for one in self.variables if isinstance(one, int)])
        return [
            *[(name, line, column) for name, _, _, line, column in scalars],
            *[(COMMON_ENV, line, column) for line, column in zip(numbers, numbers, strict=True)],
        ]


def judged_by(known: Judged, own: Own, store: Store, id_: str, env: str | None) -> Judged | None:
    """What is to be said of a deployment that is like another one."""
    used = [(*one, connection(one[2].value)) for one in own.defining if one[0] == store.variable]
    entries = [
        (EnvEntry(name, (COMMON_ENV, ("name", name)), "all", item, value, None, value.value), one)
        for name, item, value, one in used
    ]
    identity, _ = read_identity(own.notes, entries, store.cloud)
    if identity.problem is not None or identity.state not in ("set", "unset"):
        return None
    node, before = own.path, known.config
    text = node.value
    place = Place(_AT, node.line, node.column, node.text, text)
    fields: dict[FieldName, FieldReading] = {**before.fields}
    fields["path"] = FieldReading("path", text, node.text, "set", place, (place,))
    fields["identity"] = identity
    config = Configuration(
        fields, before.cloud, _text(own.prefix), _text(own.namespace), before.airflow, before.agent, before.azure_label
    )
    parsed, owner = parse_path(text), _text(own.owner)
    row = FleetRow(
        id_, place_in(parsed), show_path(text), store_in([one for *_, one in used], store.cloud),
        owner_of([owner], own.url, config), node.line, node.column, 0, "", parsed.bucket, account_of(config),
        env or "", known.row.region,
    )  # fmt: skip
    return Judged(config, known.findings, row)


def _text(node: Any) -> str | None:
    return None if node is None else node.value


def glance(root: Any, header: str, settings: RuleSettings, *, whatever_it_costs: bool = False) -> Glance | None:
    """A look at the root of a quick reading; None where something is out of the ordinary, or hardly any other file of
    its kind was of use."""
    names = root.names
    if (
        names is None
        or settings.ignores
        or settings.policies
        or COMMON_ENV not in names
        or (BACKEND_KEY in names and "$" in names[BACKEND_KEY].text)  # of a variable, the text is not compared
    ):
        return None
    rest = shared_sections(root)
    if rest is None or not rest.sound or rest.own is None or rest.own or rest.sealed:
        return None
    tally = _tally(rest)
    if not (whatever_it_costs or tally.pays()):
        return None
    variables = _variables(names[COMMON_ENV].items)
    if variables is None:
        return None
    compared, defining, path, owner = variables
    notes = (*notes_of(names["annotations"]), *rest.notes) if "annotations" in names else rest.notes
    own = Own(names.get(_PREFIX), names.get(_NAMESPACE), names.get(_URL), path, owner, notes, defining)
    seen = usual(own)
    if seen is None:
        return None
    scalars = [
        (name, one.value, one.text, one.line, one.column)
        for name, one in names.items()
        if one.kind == "scalar" and name not in _OWN
    ]
    fixed = (
        rest, own.prefix is None, header if IN_HEADER.search(header) else "",
        tuple(scalars), tuple([note.key for note in notes]),
    )  # fmt: skip
    return Glance(fixed, seen, tuple(compared), tally, root, own)


def usual(own: Own) -> Usual | None:
    """What is compared of what a file says for itself; None where something of it is out of the ordinary."""
    for node in (own.prefix, own.namespace):
        if node is not None and not (type(node.value) is str and node.value[:1].islower()):
            return None
    store = store_of(own.path.value)
    ids = _client_ids(own.notes)
    if store is None or ids is None:
        return None
    connections: list[object] = []
    for name, _, value in own.defining:
        one = connection(value.value)
        if not is_plain(one):
            return None
        other = bool(ids) and not ids.issuperset([one.extra[id_] for id_ in CLIENT_ID_MEMBERS if id_ in one.extra])
        connections.append((name, one.type, *one.members, *one.extra, other, one.extra.get("region_name")))
    return Usual(store, parse_path(own.path.value).conn_id, tuple(connections))


_Variables = tuple[list[object], list[tuple[str, Any, Any]], Any, Any]
"""What is compared of variables; the names, items and nodes of connections; the nodes of the path and of the owner."""


def _variables(items: Sequence[Any]) -> _Variables | None:
    """What a list of variables says; None for one that has something else than names and clear texts, or no path."""
    compared: list[object] = []
    defining: list[tuple[str, Any, Any]] = []
    path = owner = None
    for item in items:
        plain = plain_entry(item)
        if plain is None or plain[0] == _NOT_ALIKE:
            return None
        name, value = plain
        text = value.value
        compared.append(name)
        if name in _COMPARED:
            compared += (text, value.line, value.column)
        elif name == PATH_VARIABLE:
            compared += (value.line, value.column)
            path = value
        elif name.startswith(CONNECTION_PREFIX):
            compared += (value.line, value.column)
            defining.append((name, item, value))
        elif name == OWNER:
            owner = value
    return None if path is None else (compared, defining, path, owner)


def _client_ids(notes: Sequence[Note]) -> set[str] | None:
    """The client ids among annotations; None where one is no text, or no identity as it has to be."""
    found: set[str] = set()
    for note in notes:
        text = note.value.value
        if type(text) is not str:
            return None
        cloud: Cloud | None = _CLOUDS.get(note.key)
        if cloud is not None and (not text or identity_problem(cloud, text)):
            return None
        if cloud == "azure":
            found.add(text)
    return found


def _tally(sections: object) -> Tally:
    found = _tallies.get(id(sections))
    if found is None:
        if len(_tallies) >= _MOST_KNOWN:
            _tallies.clear()
        found = _tallies[id(sections)] = sections, Tally()
    return found[1]


def known_under(settings: RuleSettings) -> Known:
    """What is known under these settings, which are kept so that their id stays theirs. Those of the next repo may be
    the same in another object."""
    found = _known.get(id(settings))
    if found is None:
        if len(_known) >= _MOST_SETTINGS:
            _known.clear()
        same = next((known for known in _known.values() if known[0] == settings), None)
        found = _known[id(settings)] = settings, Known() if same is None else same[1]
    return found[1]
