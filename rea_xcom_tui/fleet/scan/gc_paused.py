"""Python's garbage collector, and when to leave it out."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def no_collection() -> Iterator[None]:
    """Leave the garbage collector out while very many objects are made that live on and form no cycles.

    It would go through all of them again and again as they become more: half the time of a start with 10,000
    deployments. Not for parsing, whose trees are cycles and would pile up.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        if _for_good:
            gc.freeze()
        gc.enable()


_ends_soon = _for_good = False


def ends_soon() -> None:
    """Say that this process runs one command and ends, so that what it reads need never be let go of."""
    global _ends_soon
    _ends_soon = True


@contextmanager
def read_for_good() -> Iterator[None]:
    """In a process that ends soon, have the collector never go through what is read in here: else it does so as soon as
    it may again, for a tenth of the time of `drift` on 10,000 deployments. In any other process, nothing."""
    global _for_good
    _for_good = _ends_soon
    try:
        yield
    finally:
        if _for_good:
            gc.freeze()
        _for_good = False


_EVERY = 100
"""Once in so many scans the collector looks for what nobody has any more: only what knows itself and was there during a
scan, such as a screen, is left for it. (To count the objects that it passes over takes a fifth of a second.)"""
_scans = 0
"""How many scans have had it pass over what they made."""


@contextmanager
def made_to_last() -> Iterator[None]:
    """Leave the garbage collector out while a scan makes what stays until the next one, parse trees and all, and let it
    pass over that from then on.

    Without this it goes through all of it twice as soon as it may: a third of the time that a fleet of 1,500 Flux
    releases takes. What an earlier scan has made goes when nobody has it any more, see `fleet.scan.letting_go`. To look
    for what is left, in which everything else would have to wait, the collector is asked once in a long while only.
    """
    global _scans
    if _scans:
        gc.unfreeze()
        if _scans % _EVERY == 0:
            gc.collect()
    _scans += 1
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
