"""Merged trees: who says what, and the same reading as of one file."""

from __future__ import annotations

import pytest

from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.values.documents import read_documents
from rea_xcom_tui.values.merged import Made, Part, effective, plain
from rea_xcom_tui.values.stack import Engine, Stack, stack


def part(layer: int, text: str, **more: object) -> Part:
    found = read_documents(text)
    return Part(layer, f"{layer}.yaml", documents=found.roots, later_error=found.error, **more)  # type: ignore[arg-type]


def stacked(*texts: str, engine: Engine = "4.2") -> Stack:
    return stack([part(at, text) for at, text in enumerate(texts)], engine)


def test_mappings_merge_deeply_and_lists_are_replaced_whole() -> None:
    found = stacked("a: {b: 1, c: [1, 2]}\nx: 0\n", "a: {c: [3], d: 4}\n")
    assert plain(found.root) == {"a": {"b": 1, "c": [3], "d": 4}, "x": 0}


def test_each_node_tells_its_layer_and_its_line() -> None:
    found = stacked("a:\n  b: 1\n  c: 2\n", "\na:\n  c: 3\n")
    b, c = found.find(("a", "b")), found.find(("a", "c"))
    assert b is not None
    assert c is not None
    assert (b.layer, b.file, b.line, b.column) == (0, "0.yaml", 2, 6)
    assert (c.layer, c.file, c.line, c.column) == (1, "1.yaml", 3, 6)


def test_what_is_said_and_what_it_hides() -> None:
    env = "commonEnv: [{name: A, value: '%s'}]\n"
    found = stacked(env % "low", "other: 1\n", env % "high")
    said = found.said(("commonEnv", ("name", "A"), "value"))
    assert [(each.part.layer, each.node.text, each.effect) for each in said] == [
        (0, "low", "hidden"),
        (2, "high", "in force"),
    ]
    assert [each.part.layer for each in found.hidden(("commonEnv", ("name", "A"), "value"))] == [0]


def test_of_two_documents_of_a_layer_the_later_says_what_is_in_force() -> None:
    found = stacked("a: {b: low}\n---\na:\n  b: high\n", "a: {c: 1}\n")
    assert [(each.node.text, each.effect) for each in found.said(("a", "b"))] == [
        ("low", "hidden"),
        ("high", "in force"),
    ]
    assert [each.effect for each in found.said(("a",))] == ["combined"] * 3


def test_an_option_that_counts_speaks_of_the_entry_that_is_named() -> None:
    env = "commonEnv: [{name: A, value: '1'}, {name: B, value: low}]\n"
    found = stack([part(0, env), Part(1, rule="set-string", path="commonEnv[1].value", value="high")])
    said = found.said(("commonEnv", ("name", "B"), "value"))
    assert [(each.part.layer, each.node.text, each.effect) for each in said] == [
        (0, "low", "hidden"),
        (1, "high", "in force"),
    ]
    assert found.said(("workers", ("name", "w"), "env", ("name", "B"), "value")) == ()


def test_all_documents_count_in_helm_4_and_the_first_in_helm_3() -> None:
    text = "a: {b: 1}\n---\na: {c: 2}\n"
    assert plain(stacked(text).root) == {"a": {"b": 1, "c": 2}}
    assert plain(stacked(text, engine="3").root) == {"a": {"b": 1}}


def test_an_error_in_a_later_document_is_fatal_in_helm_4_only() -> None:
    text = "a: 1\n---\nb: [\n"
    assert stacked(text, engine="3").error is None
    found = stacked(text)
    assert found.error is not None
    assert "line 3" in found.error or "line 4" in found.error
    assert found.error_part is not None


def test_an_opaque_layer_below_changes_nothing_and_one_above_may_override() -> None:
    secret = Part(1, rule="opaque")
    below = stack([part(0, "a: 0\n"), secret, part(2, "a: 1\n")])
    assert below.may_override(("a",)) == ()
    assert below.may_override(("missing",)) == (secret,)
    above = stack([part(0, "a: 0\n"), secret])
    assert above.may_override(("a",)) == (secret,)


def test_merge_keys_are_applied_where_they_stand() -> None:
    (root,) = read_documents("x: &x {a: 1, b: 1}\nz:\n  a: 2\n  <<: *x\n  b: 3\n").roots
    node = root.get("z")
    assert node is not None
    assert {name: value.value for name, (_, value) in effective(node).items()} == {"a": 1, "b": 3}


def test_merge_keys_of_merge_keys_stay_linear() -> None:
    lines = ["m0: &m0 {k: 1}"] + [f"m{n}: &m{n} {{<<: [*m{n - 1}, *m{n - 1}]}}" for n in range(1, 60)]
    (root,) = read_documents("\n".join(lines)).roots
    node = root.get("m59")
    assert node is not None
    assert list(effective(node)) == ["k"]


def test_made_nodes_read_as_those_of_a_file() -> None:
    node = Made({"a": [1, None, True, "x"]}, 4, 2)
    assert plain(node) == {"a": [1, None, True, "x"]}
    found = node.get("a")
    assert found is not None
    assert [(item.text, item.line) for item in found.items] == [("1", 4), ("", 4), ("true", 4), ("x", 4)]


def _bomb(kind: str) -> str:
    opener, closer = ("[", "]") if kind == "list" else ("{a: ", "}")
    between = ", " if kind == "list" else ", b: "
    lines = [f"m0: &m0 {{k: {'.inf' if kind == 'list' else 1}}}"]
    lines += [f"m{n}: &m{n} {opener}*m{n - 1}{between}*m{n - 1}{closer}" for n in range(1, 60)]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("kind", ["list", "mapping"])
def test_aliases_that_multiply_are_refused_at_once(kind: str) -> None:
    refusal = read_documents(_bomb(kind)).every_helm
    assert refusal is not None
    assert "bounds" in str(refusal)


def test_aliases_that_nest_deeper_than_any_reader_goes_are_refused() -> None:
    lines = ["m0: &m0 {k: 1}"] + [f"m{n}: &m{n} {{k: *m{n - 1}}}" for n in range(1, 3_000)]
    refusal = read_documents("\n".join(lines)).every_helm
    assert refusal is not None


def test_ordinary_aliases_are_no_bomb() -> None:
    assert read_documents("a: &a {k: 1}\n" + "".join(f"b{n}: *a\n" for n in range(1_000))).every_helm is None


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("a: !!int abc\n", False),
        ("a: !!bool x\n", False),
        ("a: !!int\n", False),
        ("a: -.inf\n", False),
        ('a: "s3:\\/\\/b"\n', False),
        ("a: !!int 5\n", True),
        ("a: !!int 1.0\n", False),
        ("a: !!int 1e3\n", False),
        ("a: !!null 5\n", False),
        ("a: !!timestamp 5\n", False),
        ("a: !!timestamp 2026-01-01\n", True),
        ("a: !!timestamp 2026-13-01\n", False),
        ("a: !!timestamp 2026-01-01T10:00:00\n", False),
        ("a: !!timestamp 2026-01-01 10:00:00Z\n", False),
        ("a: !!timestamp 2026-1-1   10:00:00,5\n", True),
        ("a: !!binary aGk\n", False),
        ("a: !!binary aG$k=\n", False),
        ("a: !!binary aGk=\n", True),
        ("a: !!bool yes\n", True),
        ("a: 5\nnull: x\n", False),
        ("a:\n  b: 5\n  NULL : x\n", False),
        ("a: 5\n~: x\n", False),
        ("a: .NaN\n", False),
        ("a: !!str 5\n", True),
        ("a: 's3:\\/\\/b'\n", True),
        ('a: "C:\\\\/x"\n', True),
    ],
)
def test_scalars_that_every_helm_refuses(text: str, fine: bool) -> None:
    assert (read_documents(text).every_helm is None) == fine
    values = "sentinel: {}\nxcomBackend: x.Backend\n" + text
    deployment = read_deployment("values.yaml", values.encode(), Reading())  # the same of a file that has no layers
    assert isinstance(deployment, Deployment)
    lines = [finding.line for finding in deployment.findings if finding.code == "XC718"]
    assert lines == ([] if fine else [2 + text.count("\n")])
