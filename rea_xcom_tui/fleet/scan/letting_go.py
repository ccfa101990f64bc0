"""Letting go of what a scan has parsed and worked out, so that nobody has to wait for it."""

from __future__ import annotations

import threading
import time
import weakref
from contextlib import suppress
from typing import Any

from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.documents import Documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.reading import ValuesFile

_AT_ONCE = 20
_PAUSE = 0.001


def let_go_slowly(tree: Tree) -> None:
    """Once nobody has a tree any more, let go of what it has parsed and worked out bit by bit, beside all else.

    Hundreds of thousands of objects at once would make a key press wait.
    """
    weakref.finalize(tree, _let_go, *tree.remains()).atexit = False


def _let_go(documents: dict[str, Documents | Unreadable], memo: dict[object, object]) -> None:
    threading.Thread(target=_dismantle, args=(documents, memo), daemon=True, name="let go").start()


def _dismantle(documents: dict[str, Documents | Unreadable], memo: dict[object, object]) -> None:
    # A document and its nodes know each other, so they have to be parted first.
    texts = (found for found in (*documents.values(), *memo.values()) if isinstance(found, Documents))
    for number, found in enumerate(texts):
        for root in found.roots:
            if isinstance(root.file, ValuesFile):
                with suppress(AttributeError):  # once is enough
                    root.file.forget()
        _pause(number)
    for kept in _dictionaries(memo):
        _emptied(kept)
    _emptied(documents)
    _emptied(memo)


def _emptied(kept: dict[Any, Any]) -> None:
    for number in range(len(kept)):
        kept.popitem()
        _pause(number)


def _dictionaries(memo: dict[object, object]) -> list[dict[object, object]]:
    """The larger dictionaries among what was worked out, and those within such objects."""
    found: list[dict[object, object]] = []
    for kept in memo.values():
        inner = kept.values() if isinstance(kept, dict) else vars(kept).values() if hasattr(kept, "__dict__") else ()
        found += [each for each in (kept, *inner) if isinstance(each, dict) and len(each) > _AT_ONCE]
    return found


def _pause(number: int) -> None:
    if number % _AT_ONCE == 0:
        time.sleep(_PAUSE)
