"""Kustomize's patches of objects without a schema; each outcome was seen with the real Kustomize 5.8.1."""

from __future__ import annotations

import json

import pytest

from rea_xcom_tui.values.charts import MergeFailed
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.errors import Unreadable
from rea_xcom_tui.values.kustomized import Kustomized, kustomized
from rea_xcom_tui.values.merged import Merged, Part, plain
from rea_xcom_tui.values.patches import json_patched, strategic


def _read(text: str) -> Kustomized:
    return kustomized(read_documents(text).roots[0])


def _strategic(base: str, patch: str) -> object:
    return plain(strategic(Merged(_read(base), Part(0)), Merged(_read(patch), Part(1))))


@pytest.mark.parametrize(
    ("base", "patch", "outcome"),
    [
        ("a: null", "a: {n: null, k: 1}", {"a": {"k": 1}}),
        ("a: {n: null, k: 1}", "a: {j: 2}", {"a": {"n": None, "k": 1, "j": 2}}),
        ("b: 1", "a: {n: null, k: {z: null, y: 1}}", {"b": 1, "a": {"k": {"y": 1}}}),
        ("b: 1", "a: null", {"b": 1}),
        ("b: 1", "a: {}", {"b": 1, "a": {}}),
        ("a: {k: 1}", "a: {}", {"a": {"k": 1}}),
        ("a: {k: 1}", "a: {k: null}", {"a": {}}),
        ("a: [1]", "a: []", {"a": []}),
        ("a: {k: {j: 1}, l: 2}", "a: {$patch: replace, z: 1}", {"a": {"z": 1}}),
        ("a: {k: {j: 1}, l: 2}", "a: {$patch: delete}", {}),
        ("a: [1]", "a: [{$patch: replace}, {z: 1}]", {"a": [{"$patch": "replace"}, {"z": 1}]}),
        ("a: [{name: x, v: 1}]", "a: [{name: x, v: null}]", {"a": [{"name": "x", "v": None}]}),
        ("a: 5\nb: yes", "a: '5'\nb: true", {"a": "5", "b": True}),
        ("a: &x {p: 1}\nb: *x", "b: {q: 2}", {"a": {"p": 1}, "b": {"p": 1, "q": 2}}),
    ],
)
def test_strategic(base: str, patch: str, outcome: object) -> None:
    assert _strategic(base, patch) == outcome


@pytest.mark.parametrize(
    ("base", "patch"),
    [("a: x", "a: [1]"), ("a: x", "a: {k: 1}"), ("a: [1]", "a: x"), ("a: {k: 1}", "a: x"), ("a: ''", "a: {d: 1}")],
)
def test_another_kind_is_refused(base: str, patch: str) -> None:
    with pytest.raises(MergeFailed):
        _strategic(base, patch)


@pytest.mark.parametrize(
    ("base", "operations", "outcome"),
    [
        ("a: 1", [("replace", "/b", 1)], {"a": 1, "b": 1}),
        ("a: null", [("remove", "/a", None)], {}),
        ("a: [1, 2]", [("add", "/a/-1", 3)], {"a": [1, 2, 3]}),
        ("a: [1, 2]", [("remove", "/a/-1", None)], {"a": [1]}),
        ("a: [1, 2]", [("add", "/a/01", 3)], {"a": [1, 3, 2]}),
        ("a: [1, 2]", [("add", "/a/-", 3)], {"a": [1, 2, 3]}),
        ("a: [1, 2]", [("test", "/z", None)], {"a": [1, 2]}),
        ("a: {b~/c: 1}", [("add", "/a/b~0~1c", {"n": None})], {"a": {"b~/c": {"n": None}}}),
        ("a: [{v: 1}]", [("replace", "/a/0/v", 2)], {"a": [{"v": 2}]}),
        ("a: 1", [("add", "/c", 2), ("remove", "/a", None)], {"c": 2}),
        ("a: 1", [("test", "/a", 2)], None),
        ("a: 1", [("remove", "/b", None)], None),
        ("a: [1]", [("add", "/a/5", 3)], None),
        ("a: [1]", [("replace", "/a/1", 3)], None),
        ("a: [1]", [("replace", "/a/-", 3)], None),
        ("a: 1", [("add", "/c/d", 4)], None),
        ("a: null", [("add", "/a/b", 1)], None),
    ],
)
def test_json_patch(base: str, operations: list[tuple[str, str, object]], outcome: object) -> None:
    text = json.dumps([{"op": op, "path": path, "value": value} for op, path, value in operations])
    part = Part(1, documents=(_read(text),))
    root = Merged(_read(base), Part(0))
    if outcome is None:
        with pytest.raises(MergeFailed):
            json_patched(root, part)
    else:
        assert plain(json_patched(root, part)) == outcome


@pytest.mark.parametrize(
    ("operation", "why"),
    [
        ({"op": "add", "path": "a"}, "its path does not start with a slash"),
        ({"op": "copy", "path": "/a", "from": "a"}, "its 'from' does not start with a slash"),
        ({"op": "copy", "path": "/c", "from": "/gone/x"}, "there is no 'gone' on its path"),
        ({"op": "copy", "path": "/c", "from": "/list/9"}, "9"),
        ({"op": "merge", "path": "/a"}, "it is none of add, remove, replace, move, copy and test"),
        ({"op": "remove", "path": ""}, "it removes the whole object"),
        ({"op": "remove", "path": "/list/x"}, "'x' is not an index"),
        ({"op": "add", "path": "/a/b/c", "value": 1}, "'b' on its path is below a single value"),
        ({"op": "test", "path": "/list/0", "value": 2}, "its test fails"),
    ],
)
def test_an_operation_that_does_not_fit_is_named_with_its_reason(operation: dict[str, object], why: str) -> None:
    with pytest.raises(MergeFailed, match=why):
        json_patched(Merged(_read("a: 1\nlist: [1]"), Part(0)), Part(1, documents=(_read(json.dumps([operation])),)))


def test_the_whole_object_can_be_replaced_and_an_item_tested_and_copied() -> None:
    operations = [
        {"op": "test", "path": "/list/0", "value": 1},
        {"op": "copy", "from": "/list/0", "path": "/b"},
        {"op": "replace", "path": "", "value": {"c": 2}},
    ]
    for count, outcome in ((2, {"list": [1], "b": 1}), (3, {"c": 2})):
        part = Part(1, documents=(_read(json.dumps(operations[:count])),))
        assert plain(json_patched(Merged(_read("list: [1]"), Part(0)), part)) == outcome


def test_copy_and_move() -> None:
    text = json.dumps([{"op": "copy", "from": "/a", "path": "/b"}, {"op": "move", "from": "/a", "path": "/c/0"}])
    root = json_patched(Merged(_read("a: {x: 1}\nc: []"), Part(0)), Part(1, documents=(_read(text),)))
    assert plain(root) == {"b": {"x": 1}, "c": [{"x": 1}]}


def test_patched_values_know_their_layer() -> None:
    base = Merged(_read("a: {k: 1, l: 2}\nb: {m: 1}"), Part(0, "base"))
    root = strategic(base, Merged(_read("a:\n  k: 3"), Part(1, "patch")))
    a = root.get("a")
    assert a is not None
    k, kept = a.get("k"), a.get("l")
    assert k is not None
    assert (k.file, k.line, k.value) == ("patch", 2, 3)
    assert kept is not None
    assert kept.file == "base"
    beside = root.get("b")
    assert beside is not None
    assert (a.is_whole, beside.is_whole) == (False, True), "a mapping that the patch goes past stands in its file"


def _after(base: str, *patches: str) -> object:
    """What comes of an object after patches, each a JSON patch where it begins with a bracket, else a strategic one."""
    root = Merged(_read(base), Part(0))
    for at, patch in enumerate(patches, 1):
        over = _read(patch)
        is_json = patch.startswith("[")
        root = json_patched(root, Part(at, documents=(over,))) if is_json else strategic(root, Merged(over, Part(at)))
    return plain(root)


@pytest.mark.parametrize(
    ("base", "patches", "outcome"),
    [
        ("k: 'abc'", ["k: 0"], {"k": "0"}),
        ("k: 'abc'", ["[{op: add, path: /z, value: 1}]", "k: 0"], {"k": 0, "z": 1}),
        (
            "m: {k: 'abc', y: 'yes'}",
            ["[{op: add, path: /z, value: 1}]", "m: {k: 0, y: 0}"],
            {"m": {"k": 0, "y": "0"}, "z": 1},
        ),
        ("k: yes", ["z: 1", "k: 0"], {"k": "0", "z": 1}),
        ("k: 2026-01-01", ["z: 1", "k: 0"], {"k": 0, "z": 1}),
        ("k: 2026-01-01", ["[{op: add, path: /z, value: 1}]", "k: 0"], {"k": "0", "z": 1}),
        ("k: 2026-13-01", ["[{op: add, path: /z, value: 1}]", "k: 0"], {"k": 0, "z": 1}),
    ],
)
def test_a_patch_finds_the_quotes_that_the_one_before_it_left(base: str, patches: list[str], outcome: object) -> None:
    """Over a string in quotes an unquoted 0 is a string too; a JSON patch prints all anew, with those that it needs."""
    assert _after(base, *patches) == outcome


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("on", "on"), ("y", "y"), ("True", True), ("012", 10), ("0o14", 12), ("1_000", 1000),
        ("1.0", 1), ("1e3", 1000), ("12:30", "12:30"), ("~", None), ("2026-01-01", "2026-01-01T00:00:00Z"),
        ("2026-01-01 10:00:00", "2026-01-01T10:00:00Z"), ("2026-01-01T10:00:00.50Z", "2026-01-01T10:00:00.5Z"),
        ("2026-1-1T1:2:3", "2026-1-1T1:2:3"), ("2026-1-1t1:2:3+01:00", "2026-01-01T01:02:03+01:00"),
        ("2026-01-01 10:00:00Z", "2026-01-01 10:00:00Z"), ("2026-01-01  1:2:3,25", "2026-01-01T01:02:03.25Z"),
        ("2026-01-01T10:00:00.1234567891-00:00", "2026-01-01T10:00:00.123456789Z"),
        ("0000-02-29", "0000-02-29T00:00:00Z"),
        ("2026-01-01T10:00:00+25:00", "2026-01-01T10:00:00+25:00"),
        ("2026-13-01", "2026-13-01"), ("'012'", "012"), ("!!binary aGk=", "hi"), ("!x 5", "5"), ("!!str 5", "5"),
    ],
)  # fmt: skip
def test_scalars_are_typed_as_kustomize_types_them(text: str, value: object) -> None:
    found = _read(f"v: {text}").get("v")
    assert found is not None
    assert (found.value, type(found.value)) == (value, type(value))


def test_an_explicit_key_beats_a_merged_one_wherever_it_stands() -> None:
    text = "x: &x {k: 2, z: 1}\na:\n  k: 3\n  <<: *x\nb:\n  <<: *x\n  k: 3\nc:\n  <<: [{k: 8}, *x]"
    root = plain(_read(text))
    assert isinstance(root, dict)
    assert [root[key] for key in "abc"] == [{"z": 1, "k": 3}, {"z": 1, "k": 3}, {"k": 8, "z": 1}]


@pytest.mark.parametrize("text", ["a: 1\na: 2", "1: a", "true: a", "~: a", "a: {<<: 3}"])
def test_what_kustomize_refuses(text: str) -> None:
    with pytest.raises(Unreadable):
        _read(text)


def test_multiplying_aliases_are_bounded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 9)]
    with pytest.raises(Unreadable, match="repeats an anchor"):
        _read("\n".join(lines))
