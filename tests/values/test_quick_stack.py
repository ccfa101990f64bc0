"""Files that are laid over one another quickly come to what the stack makes of them, under every Helm."""

from __future__ import annotations

from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import kustomized
from rea_xcom_tui.values.merged import Merged, Part
from rea_xcom_tui.values.quick_layers import quickly
from rea_xcom_tui.values.quick_stack import Overlays, layer_file
from rea_xcom_tui.values.stack import layered
from scripts.engine_truth import record
from tests.values.test_quick_layers import walked


def test_every_node_says_the_same_as_the_stack_of_the_files() -> None:
    overlays, quick = Overlays(), 0
    for case in list(record.read())[::40]:
        files = [layer_file(text.encode()) for text in case.files]
        roots = [file.root(number) if file is not None else None for number, file in enumerate(files)]
        if not roots or None in roots:
            continue
        quick += 1
        made = overlays.merged([root for root in roots if root is not None])
        parts = [Part(number, documents=read_documents(text.encode()).roots) for number, text in enumerate(case.files)]
        for engine in ("3", "4.2"):
            assert list(walked(made)) == list(walked(layered(parts, engine)))
    assert quick > 10


def test_what_stacks_begin_with_is_put_together_once() -> None:
    texts = (b"labels: {a: 1}\n", b"labels:\n  b: 2\n", b"c: 3\n", b"c: 4\n")
    base, env, one, other = (layer_file(text) for text in texts)
    assert base
    assert env
    assert one
    assert other
    roots = [(base.root(0), env.root(1), own.root(2)) for own in (one, other)]
    overlays = Overlays()
    first, second = (overlays.merged([root for root in each if root is not None]) for each in roots)
    assert first.get("labels") is second.get("labels")
    assert [(key.text, value.value, value.layer) for key, value in second.entries if key.text == "c"] == [("c", 4, 2)]


def test_what_helm_versions_may_read_differently_is_left_to_the_stack() -> None:
    for text in (b"a: 1\n---\nb: 2\n", b"%YAML 1.1\n---\na: 1\n", b"a: .inf\n", b"a: &x 1\nb: *x\n", b"\xff\xfea"):
        found = layer_file(text)
        assert found is None or found.root(0) is None


def test_what_kustomize_reads_is_made_once_too() -> None:
    try:
        root = kustomized(read_documents("a: {b: yes, c: [1, 'x']}\nd: 2026-01-01\n").roots[0])
    except Unreadable as problem:
        raise AssertionError from problem
    inner = Merged(root, Part(3))
    known: dict[object, object] = {}
    whole = Merged(inner, Part(1))
    made = quickly(whole, known)  # type: ignore[arg-type]
    assert made is not None
    assert list(walked(made)) == list(walked(whole))
    assert quickly(Merged(root, Part(1)), known) is made  # type: ignore[arg-type]
