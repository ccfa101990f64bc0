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
        gc.enable()
