"""The edits: what should stand where. `edit` in this package carries them out."""

from __future__ import annotations

from dataclasses import dataclass

from rea_xcom_tui.values.reading import Address
from rea_xcom_tui.values.resolve import Scalar


@dataclass(frozen=True, slots=True)
class SetText:
    """Give the scalar at `address` a new text; the result is always a YAML string.

    The quote style stays where it can carry the text. The `value` of a `{name, value}` list item, which
    Kubernetes wants as a string, always ends up quoted or as block text.
    """

    address: Address
    text: str
    cut_alias: bool = False
    """Replace an alias (`*name`) at the address by the text, which cuts its link to the anchor. Without this
    an alias is refused."""


@dataclass(frozen=True, slots=True)
class AppendItem:
    """Append a mapping with `entries`, texts and lists of texts, to the list at `address`, in its last items' style.

    A list that is missing, null or `[]` is made; so are missing mappings above it. An item with the same
    `name` is never added twice.
    """

    address: Address
    entries: tuple[tuple[str, str | tuple[str, ...]], ...]
    quoted: frozenset[str] = frozenset({"value"})
    """The keys whose values are quoted even where plain text would be a string."""
    after: str | None = None
    """The key beside which a new key goes where the list's own is missing; ignored where there is none."""


@dataclass(frozen=True, slots=True)
class AddKey:
    """Add `key` with a string to the mapping at `address`, at its end.

    A mapping that is missing, null or `{}` is made, as are missing mappings above it. A key that is there
    with no value (null) gets one; one that has another value is refused.
    """

    address: Address
    key: str
    text: str
    after: str | None = None
    """The key after which the new one goes, in place of the end; ignored where there is none."""


@dataclass(frozen=True, slots=True)
class Remove:
    """Remove the entry or list item at `address` with its own comment; the last leaves `{}` or `[]`.

    Its own comment is one on its last line, comment lines right above it in its column, and comment lines
    right below it that are indented more.
    """

    address: Address


@dataclass(frozen=True, slots=True)
class SetMember:
    """Change, add (at the end) or remove (None) one member of the JSON text in the scalar at `address`.

    Every other byte of the JSON stays, its spacing included.
    """

    address: Address
    pointer: tuple[str, ...]
    """The members to go through from the JSON root; a list's items by number. A member that is itself JSON in
    a string is entered like an object."""
    value: Scalar


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Give the mapping key at `address` another name; of a list item, change its `name`."""

    address: Address
    name: str


@dataclass(frozen=True, slots=True)
class InBlock:
    """Carry out edits in the YAML document that stands in the literal block scalar (`|`) at `address`."""

    address: Address
    edits: tuple[Edit, ...]


Edit = SetText | AppendItem | AddKey | Remove | SetMember | RenameKey | InBlock
"""Any of the edits. Several are carried out in order, each on the outcome of those before it."""
