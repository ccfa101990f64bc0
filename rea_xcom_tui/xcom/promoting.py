"""Carrying a value from one environment to another: what becomes of a staging bucket on its way to prod.

A path, an identity or a connection holds names: of the deployment, of its team, of its environment, an account. What is
carried is the pattern behind it, with the names of the receiving deployment in their place. What belongs to the
environment that the value comes from never arrives: it is replaced by what the receiving one has, or else refused.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from rea_xcom_tui.xcom.drift.patterns import LEVELS, generalised, seen
from rea_xcom_tui.xcom.fields import TABLE
from rea_xcom_tui.xcom.model import FieldName, Value
from rea_xcom_tui.xcom.paths import parse_path
from rea_xcom_tui.xcom.placeholders import base_of, variants

BUCKET: Final = "bucket"
"""What a repo may declare as its environments' own, beside whole fields: the bucket of each path."""

_SAME: Final = (
    ("dev", "develop", "development"),
    ("test", "testing", "tst"),
    ("int", "integration"),
    ("stage", "staging", "stg"),
    ("preprod", "pre-prod"),
    ("nonprod", "non-prod"),
    ("prod", "production", "prd", "live"),
    ("dr", "failover", "disaster-recovery"),
)
"""Names that people give to the same environment: the folder is called `prod`, the bucket `growth-production-xcom`."""


class CannotCarry(ValueError):
    """The value cannot be carried; the text is one sentence that says why and what to do."""


@dataclass(frozen=True, slots=True)
class End:
    """A deployment at one end of a promotion."""

    id: str
    names: Mapping[str, str]
    """What placeholders stand for in its values, with their variants."""
    value: Value
    """What the field is now."""

    @property
    def env(self) -> str | None:
        """Its environment, as it is called."""
        return self.names.get("env")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the two environments use for one field, which show whose a bucket or an identity is."""

    source: frozenset[str] = frozenset()
    """The values of every deployment where the value comes from."""
    target: frozenset[str] = frozenset()
    """The values of every deployment where it goes to."""
    keep_bucket: bool = False
    """Whether the repo has declared that buckets belong to their environment."""

    def turned(self) -> Surroundings:
        """The same for the way back."""
        return Surroundings(self.target, self.source, self.keep_bucket)


def aliases(env: str | None) -> tuple[str, ...]:
    """Every name of an environment, its own first."""
    if env is None:
        return ()
    group: tuple[str, ...] = next((names for names in _SAME if env.lower() in names), ())
    return (env, *(name for name in group if name != env))


def has_word(text: str, words: Iterable[str]) -> str | None:
    """The first of these words that a text holds as a word of its own, as in `growth-staging-xcom` or `StagingRole`."""
    parts = {part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+", text)}
    lowered = text.lower()
    for word in words:
        if word.lower() in parts or (
            "-" in word and re.search(rf"(?<![a-z]){re.escape(word.lower())}(?![a-z])", lowered)
        ):
            return word
    return None


def carry(field: FieldName, source: End, target: End, around: Surroundings, *, both_ways: bool = True) -> Value:
    """What the field of `target` has to be to mean what that of `source` means. Raises `CannotCarry`.

    A value without a name in it is carried as it is. A path keeps the connection that the target has, which is a field
    of its own, and whatever is carried can be carried back; not so with `both_ways` false, for what is new.
    """
    value = source.value
    if not (TABLE[field].names or _is_path(field)) or not isinstance(value, str):
        return value
    made = _carried(field, value, source, target, around)
    if not both_ways:
        return made
    back = _carried(field, made, End(target.id, target.names, made), source, around.turned())
    if _plain(field, back) != _plain(field, value):
        raise CannotCarry(
            f"{field} of {source.id} would not come back as it is ({value} becomes {made}, and that {back}), so it is "
            "not clear what it is made of; set it by hand"
        )
    return made


def _is_path(field: FieldName) -> bool:
    return TABLE[field].kind == "path"


def _plain(field: FieldName, value: str) -> str:
    """A value without what is kept on each side."""
    return parse_path(value).with_connection(None) if _is_path(field) else value


def _carried(field: FieldName, value: str, source: End, target: End, around: Surroundings) -> str:
    text = _plain(field, value)
    rendered = _rendered(field, text, source, target, around)
    if _is_path(field):
        return _with_own_connection(_own_place(field, text, rendered, source, target, around), value, source, target)
    if _is_foreign(field, rendered, text, source, target, around):
        raise CannotCarry(_belongs(field, rendered, source, target))
    return rendered


def _rendered(field: FieldName, text: str, source: End, target: End, around: Surroundings) -> str:
    """The pattern behind a text with the names of the target, its accounts and regions filled.

    Where a namespace is made of other names at one end and not at the other (`growth-prod` and `default`), what looks
    like it in a value is these other names, unless what the target has around it says otherwise.
    """
    if not _namespaces_differ(source, target):
        return _by_names(field, text, source, target, around)
    bare = _by_names(field, text, _without_namespace(source), _without_namespace(target), around)
    full = _by_names(field, text, source, target, around)
    used = {_place(value) if _is_path(field) else value for value in around.target}
    places = [_place(made) if _is_path(field) else made for made in (full, bare)]
    return full if places[0] in used and places[1] not in used else bare


def _namespaces_differ(source: End, target: End) -> bool:
    """Whether both ends have a namespace, and these are not made of the same names."""
    made = [
        generalised(end.names["namespace"], _without_namespace(end).names).text
        for end in (source, target)
        if "namespace" in end.names
    ]
    return len(set(made)) == 2 and any("{" in one for one in made)


def _without_namespace(end: End) -> End:
    return End(end.id, {name: word for name, word in end.names.items() if base_of(name) != "namespace"}, end.value)


def _by_names(field: FieldName, text: str, source: End, target: End, around: Surroundings) -> str:
    """The pattern behind a text, by all names of the source, with those of the target."""
    pattern = generalised(text, _named(source, text, around.source)).loosened(LEVELS[-1])
    own = str(target.value) if isinstance(target.value, str) else ""
    known = seen(text, pattern.wildcards)
    for wildcard in pattern.wildcards:
        mine = seen(own, [wildcard])
        theirs = {found for one in around.target for found in seen(one, [wildcard]).values()}
        if mine:
            known[wildcard] = mine[wildcard]
        elif len(theirs) == 1 and wildcard != "uuid":
            known[wildcard] = theirs.pop()
        elif known.get(wildcard) not in theirs or wildcard == "uuid":
            what = {"uuid": "client id", "account": "account", "region": "region"}[wildcard]
            raise CannotCarry(
                f"the {what} in {field} of {source.id} belongs to its own place, and nothing says what it is for "
                f"{target.id}; set {field} there by hand"
            )
    made = pattern.concrete(_named(target, own, around.target), known)
    if made is None:
        missing = ", ".join(sorted(pattern.names - target.names.keys())) or "a name"
        raise CannotCarry(f"{field} of {source.id} is made of names that {target.id} does not have ({missing})")
    return made


def _named(end: End, own: str, others: Collection[str]) -> Mapping[str, str]:
    """The names of a deployment, its environment in the word that its own value uses, or else its neighbours' do."""
    words = aliases(end.env)
    if len(words) < 2:
        return end.names
    word = has_word(own, words)
    if word is None:
        counts = {one: sum(has_word(value, (one,)) is not None for value in others) for one in words}
        best = max(words, key=lambda one: counts[one])
        word = best if counts[best] else words[0]
    if word == end.env:
        return end.names
    plain = {name: end.names[name] for name in ("name", "namespace", "short", "team") if name in end.names}
    return variants({**plain, "env": word})


def _own_place(field: FieldName, text: str, rendered: str, source: End, target: End, around: Surroundings) -> str:
    """The rendered path, in a bucket that belongs to the target: the rendered one, or else the one that it has now."""
    made = parse_path(rendered)
    own = parse_path(target.value) if isinstance(target.value, str) else None
    foreign = _foreign_bucket(field, text, rendered, source, target, around)
    if not foreign and not around.keep_bucket:
        return rendered
    if own is None or own.scheme is None or not own.bucket:
        why = (
            "buckets are declared as their environment's own" if around.keep_bucket else f"{made.bucket} is not its own"
        )
        raise CannotCarry(f"{target.id} has no bucket yet, and {why}; set {field} there by hand")
    if own.scheme != made.scheme:
        raise CannotCarry(
            f"{field} of {source.id} is in {made.scheme}://{made.bucket}, and {target.id} keeps its values in "
            f"{own.scheme}://{own.bucket}; set {field} there by hand"
        )
    slash = "/" if made.prefix or rendered.endswith("/") else ""
    kept = f"{own.written_scheme}://{own.bucket}{slash}{made.prefix}"
    left = has_word(made.prefix, _foreign_words(source, target))
    if left is not None:
        raise CannotCarry(_belongs(field, kept, source, target))
    return kept


def _foreign_bucket(field: FieldName, text: str, rendered: str, source: End, target: End, around: Surroundings) -> bool:
    """Whether a rendered path would be in a bucket of the environment that it comes from."""
    bucket = _place(rendered)
    if has_word(rendered, _foreign_words(source, target)) is not None:
        return True
    theirs = {_place(value) for value in around.source} | {_place(text)}
    ours = {_place(value) for value in around.target}
    return bucket in theirs and bucket not in ours and source.env != target.env


def _place(path: str) -> str:
    parsed = parse_path(path)
    return f"{parsed.scheme}://{parsed.bucket}"


def _is_foreign(field: FieldName, rendered: str, text: str, source: End, target: End, around: Surroundings) -> bool:
    """Whether a rendered identity or connection is one of the environment that it comes from.

    A connection's id is only a name, and the same one may be defined in every environment.
    """
    if has_word(rendered, _foreign_words(source, target)) is not None:
        return True
    theirs = field == "identity" and source.env != target.env
    return theirs and rendered in {*around.source, text} and rendered not in around.target


def _foreign_words(source: End, target: End) -> tuple[str, ...]:
    """The names of the environment that a value comes from, where it goes to another one."""
    if source.env is None or source.env == target.env:
        return ()
    ours = {word.lower() for word in aliases(target.env)}
    told = {str(word).lower() for name, word in target.names.items() if not name.lower().startswith("env")}
    return tuple(w for w in aliases(source.env) if w.lower() not in ours and not any(has_word(t, (w,)) for t in told))


def _belongs(field: FieldName, value: str, source: End, target: End) -> str:
    env = source.env or "where it comes from"
    return (
        f"{field} of {source.id} would put {value}, which belongs to {env}, into {target.id}; set {field} there by hand"
    )


def _with_own_connection(path: str, value: str, source: End, target: End) -> str:
    """The path with the connection that the target has; with that of the source where it has no path of that kind."""
    own = parse_path(target.value) if isinstance(target.value, str) else None
    if own is not None and own.scheme == parse_path(path).scheme:
        return parse_path(path).with_connection(own.conn_id)
    conn = parse_path(value).conn_id
    if conn is not None and has_word(conn, _foreign_words(source, target)):
        carried = generalised(conn, _named(source, conn, ())).concrete(_named(target, "", ()), {})
        if carried is None or has_word(carried, _foreign_words(source, target)):
            raise CannotCarry(_belongs("connection", conn, source, target))
        conn = carried
    return parse_path(path).with_connection(conn)
