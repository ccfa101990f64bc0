"""List numbers in the addresses of several edits: they count in the file as it was before the first of them.

A removal moves the items after it. Whoever plans several edits looks at one file, and should not have to know in which
order they are carried out; so later addresses are counted down here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from rea_xcom_tui.edits import Address, Edit, Remove
from rea_xcom_tui.values.errors import RefusedEdit
from rea_xcom_tui.values.locating import describe
from rea_xcom_tui.values.merged import is_named
from rea_xcom_tui.values.reading import ValuesFile


def renumbered(file: ValuesFile, edits: Iterable[Edit]) -> Iterator[Edit]:
    """The edits, each with its address as it is after those before it. `file` is the one before all of them."""
    removed: list[Address] = []
    for each in edits:
        known = _by_number(file, each.address)
        yield msgspec.structs.replace(each, address=_shifted(each.address, known, removed)) if removed else each
        if isinstance(each, Remove) and known and isinstance(known[-1], int):
            removed.append(known)


def _by_number(file: ValuesFile, address: Address) -> Address:
    """The address with numbers in place of names of list items, as far as the file has them once."""
    known: Address = ()
    for step in address:
        holder = file.find(known)
        if isinstance(step, tuple) and holder is not None:
            found = [at for at, item in enumerate(holder.items) if is_named(item, step)]
            known = (*known, found[0] if len(found) == 1 else step)
        else:
            known = (*known, step)
    return known


def _shifted(address: Address, known: Address, removed: list[Address]) -> Address:
    out: Address = ()
    for at, step in enumerate(address):
        if isinstance(step, int):
            if (*known[:at], step) in removed:
                raise RefusedEdit("missing", f"{describe(address[: at + 1])} was removed by an earlier edit.")
            gone = [each[-1] for each in removed if each[:-1] == known[:at]]
            out = (*out, step - sum(isinstance(number, int) and number < step for number in gone))
        else:
            out = (*out, step)
    return out
