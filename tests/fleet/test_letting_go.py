"""What a scan of layers has parsed goes without the garbage collector, for which everything else would have to wait."""

from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest

from benchmarks.layers import LAYOUTS
from rea_xcom_tui.fleet.scan import layered
from rea_xcom_tui.fleet.scan.letting_go import let_go_slowly
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.layouts.tree import Tree
from rea_xcom_tui.values.kustomized import Kustomized
from rea_xcom_tui.values.merged import Merged
from rea_xcom_tui.values.nodes import Node
from rea_xcom_tui.values.quick_node import QuickNode
from rea_xcom_tui.values.reading import ValuesFile


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("name", ["argocd", "appset", "flux", "helmfile"])
def test_nothing_is_left_for_the_collector(name: str) -> None:
    files = {path: text.encode() for path, text in LAYOUTS[name](32)}
    tree = Tree(files, files.get)
    let_go_slowly(tree)
    layouts = layered.look(tree, Reading())
    assert len(layered.layered_in(layouts, Reading()).rows) == 32
    documents, memo = tree.remains()
    gone = weakref.ref(tree)
    del tree, layouts
    assert gone() is None
    for thread in threading.enumerate():
        if thread.name == "let go":
            thread.join(10)
    assert not documents
    assert not memo
    gc.set_debug(gc.DEBUG_SAVEALL)
    gc.collect()
    assert [one for one in gc.garbage if isinstance(one, Node | ValuesFile | Merged | Kustomized | QuickNode)] == []
