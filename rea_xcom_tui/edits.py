"""The edits of a values file, told once: what should be where. `values.edit` carries them out.

They are plain data that a cache can keep, because a finding carries the edits that fix it.
"""

from __future__ import annotations

import msgspec

Step = str | int | tuple[str, str]
"""One step of an address: a mapping key, a list index, or ("name", X) for the list item whose `name` is X."""

Address = tuple[Step, ...]
"""Where a node is in a values file, from the root."""

Scalar = str | int | float | bool | None


class SetText(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Give the scalar at `address` a new text; the result is always a YAML string.

    The quote style stays where it can carry the text. The `value` of a `{name, value}` list item, which
    Kubernetes wants as a string, always ends up quoted or as block text.
    """

    address: Address
    text: str
    cut_alias: bool = False
    """Replace an alias (`*name`) at the address by the text, which cuts its link to the anchor. Without this
    an alias is refused."""


class AppendItem(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
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


class AddKey(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Add `key` with a string to the mapping at `address`, at its end.

    A mapping that is missing, null or `{}` is made, as are missing mappings above it. A key that is there
    with no value (null) gets one; one that has another value is refused.
    """

    address: Address
    key: str
    text: str
    after: str | None = None
    """The key after which the new one goes, in place of the end; ignored where there is none."""


class Remove(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Remove the entry or list item at `address` with its own comment; the last leaves `{}` or `[]`.

    Its own comment is one on its last line, comment lines right above it in its column, and comment lines
    right below it that are indented more.
    """

    address: Address


class SetMember(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Change, add (at the end) or remove (None) one member of the JSON text in the scalar at `address`.

    Every other byte of the JSON stays, its spacing included.
    """

    address: Address
    pointer: tuple[str, ...]
    """The members to go through from the JSON root; a list's items by number. A member that is itself JSON in
    a string is entered like an object."""
    value: Scalar


class RenameKey(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Give the mapping key at `address` another name; of a list item, change its `name`."""

    address: Address
    name: str


class InBlock(msgspec.Struct, frozen=True, array_like=True, tag=True, gc=False):
    """Carry out edits in the YAML document that is in the literal block scalar (`|`) at `address`."""

    address: Address
    edits: tuple[Edit, ...]


Edit = SetText | AppendItem | AddKey | Remove | SetMember | RenameKey | InBlock
"""Any of the edits. Several are carried out in order, each on the outcome of those before it."""
