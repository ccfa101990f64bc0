"""`helm_release`: what is literal is read, what only Terraform knows is named."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from rea_xcom_tui.layouts.model import EntryPoint, Found, Options
from rea_xcom_tui.layouts.terraform import find
from rea_xcom_tui.layouts.terraform.hcl import parse
from rea_xcom_tui.layouts.terraform.syntax import HclError, Literal
from rea_xcom_tui.layouts.tree import Tree
from tests.layouts.repos import sources, tree_of, values_of

MAIN = """\
locals { team = "tide" } // its name
resource "helm_release" "agent" {
  name       = "agent-${local.team}"
  repository = "https://charts.example.com"
  chart      = "astro-remote-execution-agent"
  namespace  = "agents"
  values = [
    file("${path.module}/values.yaml"),
    <<-EOT
      commonEnv:
      - name: A
        value: "1"   # $${kept}
    EOT
    , "labels: {team: ${local.team}}",
  ]
  set {
    name  = "commonEnv[0].value"
    value = "2"
  }
  set {
    name  = "size"
    value = 012
    type  = "string"
  }
  set_list {
    name  = "zones"
    value = ["a", "b"]
  }
}
"""
VALUES = {"infra/values.yaml": "a: 1\ncommonEnv: [{name: A, value: '0'}]\n---\na: 2\n"}


def found(text: str) -> tuple[Tree, Found]:
    tree = tree_of({"infra/main.tf": text, **VALUES})
    return tree, find(tree, Options())


def without_options(entry: EntryPoint) -> EntryPoint:
    return entry.with_layers(layer for layer in entry.layers if not layer.path)


def options_of(entry: EntryPoint) -> list[tuple[str, str, str | None]]:
    return [(layer.rule, layer.path, layer.value) for layer in entry.layers if layer.path]


def test_literal_values_are_put_together() -> None:
    tree, (entry,) = (made := found(MAIN))[0], made[1].entries
    assert (entry.id, entry.name, entry.namespace, entry.line) == (
        "infra/main.tf#helm_release.agent",
        "agent-tide",
        "agents",
        2,
    )
    assert entry.chart.name == "astro-remote-execution-agent"
    assert values_of(tree, without_options(entry)) == {
        "a": 1,
        "commonEnv": [{"name": "A", "value": "1"}],
        "labels": {"team": "tide"},
    }
    assert options_of(entry) == [
        ("set", "commonEnv[0].value", "2"),
        ("set-string", "size", "12"),
        ("set", "zones", "{a,b}"),
    ]
    assert not entry.problems
    assert not entry.unknown
    assert entry.conflict is None
    assert [layer.editable for layer in entry.layers] == [True, False, False, False, False, False]


def test_what_only_terraform_knows_is_named() -> None:
    _, made = found("""
        resource "helm_release" "agent" {
          for_each  = toset(["a", "b"])
          name      = var.name
          chart     = "./chart"
          values    = [templatefile("a.tftpl", {}), yamlencode({ a = 1 }), var.values, "x: ${var.y}", file("gone.yaml"),
                       file("/etc/x.yaml")]
          dynamic "set" {
            for_each = var.sets
            content { name = set.key }
          }
          set {
            name  = "a"
            value = var.a
          }
          set_sensitive {
            name  = "b"
            value = var.b
          }
        }
    """)
    (entry,) = made.entries
    assert entry.name == "agent"
    assert [layer.words for layer in entry.layers] == [
        'Terraform\'s templatefile("a.tftpl") at infra/main.tf:6',
        "Terraform's yamlencode(...) at infra/main.tf:6",
        "Terraform's var.values at infra/main.tf:6",
        "a Terraform expression at infra/main.tf:6",
        "/etc/x.yaml (a file of the machine)",
        'Terraform\'s dynamic "set" at infra/main.tf:8',
        "set a at infra/main.tf:12",
        "set_sensitive b at infra/main.tf:16",
    ]
    assert [layer.kind for layer in entry.layers][-1] == "secret"
    assert entry.unknown == (
        "`for_each` at line 3 makes several releases, or none; only Terraform knows which.",
        "Only Terraform knows the name of the release; it is called agent here.",
    )
    assert [problem.line for problem in entry.problems] == [6]


def test_options_as_a_list_and_values_from_a_local() -> None:
    tree, made = found("""
        locals { layers = [file("values.yaml")] }
        resource "helm_release" "agent" {
          name = "x"
          chart = "agent"
          values = concat(local.layers, ["b: 1"])
          set = [{ name = "c", value = "true" }, { name = "d", value = "x", type = "literal" }]
        }
    """)
    (entry,) = made.entries
    assert sources(entry)[0] == "infra/values.yaml"
    assert values_of(tree, without_options(entry)) == {"a": 1, "b": 1, "commonEnv": [{"name": "A", "value": "0"}]}
    assert options_of(entry) == [("set", "c", "true"), ("set-literal", "d", "x")]


def test_overlapping_options_have_no_order_and_a_release_can_be_off() -> None:
    _, made = found("""
        resource "helm_release" "on" {
          name = "x"
          set {
            name = "a"
            value = "{x}"
          }
          set {
            name = "a[0]"
            value = "y"
          }
        }
        resource "helm_release" "off" {
          count = 0
          name = "y"
        }
    """)
    (entry,) = made.entries
    assert entry.conflict == "The options `set` of a and of a[0] overlap, and Terraform keeps no order of them."


def test_a_file_that_is_not_terraform_is_a_problem_and_hides_no_other() -> None:
    tree = tree_of({"a/x.tf": 'resource "helm_release" {{', "b/main.tf": MAIN, "b/values.yaml": "a: 1\n"})
    made = find(tree, Options())
    assert [entry.file for entry in made.entries] == ["b/main.tf"]
    assert [(problem.file, problem.line) for problem in made.problems] == [("a/x.tf", 1)]


HOSTILE = [
    "x = " + '"${' * 30_000,
    "x = " + "[" * 100_000,
    "x = [" + "\n" * 200_000 + "1]",
    '"' * 1_000,
    "/*" * 50_000,
    "x = [for " + "\n" * 100_000 + "]",
    "x = { a" + "\n" * 50_000 + " = 1 }",
    "a {" * 1_000,
    "x=<<E\n" * 1_000,
    "x = {",
    "x = [1",
    "x = f(",
    "\0",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_files_end_soon_with_a_sentence_or_a_tree(text: str) -> None:
    begin = time.process_time()
    with suppress(HclError):
        parse(text)
    assert time.process_time() - begin < 6


def test_texts_with_escapes_and_directives() -> None:
    body = parse(
        'a = "x\\n\\"\\u00e9$${y}%%{z}"\nb = "%{ if x }y%{ endif }"\nc = -3\nd = 1.5\ne = true ? 1 : 2\nf = null\n'
    )
    values = {key: value.value for key, value in body.attributes.items() if isinstance(value, Literal)}
    assert values == {"a": 'x\n"é${y}%{z}', "c": -3, "d": 1.5, "f": None}


def one_of(body: str, more: str = "") -> EntryPoint:
    _, made = found(f'resource "helm_release" "agent" {{\n  name = "agent"\n{body}\n}}\n{more}')
    (entry,) = made.entries
    return entry


@pytest.mark.parametrize(
    "body",
    [
        "  values = [local.gone]",
        "  values = [yamlencode({a = 1})]",
        "  values = [for v in var.all : v]",
        "  values = [{for k, v in var.all : k => v}]",
        "  values = var.all",
        "  values = local.gone",
        '  values = [file("${var.where}/values.yaml")]',
        '  values = ["a: ${var.x}"]',
        "  set = [for v in var.all : v]",
        "  set = var.all",
        "  set = [{(var.x) = 1}]",
        '  set {\n    name = var.x\n    value = "1"\n  }',
        '  set {\n    name = "a"\n    value = var.x\n  }',
        '  set_list {\n    name = "a"\n    value = var.x\n  }',
        '  set_list {\n    name = "a"\n    value = [var.x]\n  }',
        '  dynamic "set" {\n    for_each = var.all\n  }',
    ],
)
def test_what_only_terraform_works_out_is_one_opaque_layer(body: str) -> None:
    entry = one_of(body)
    assert [layer.is_opaque for layer in entry.layers] == [True]
    assert "erraform" in entry.layers[0].why_not


def test_locals_and_lists_of_lists_are_followed_and_text_that_is_no_yaml_is_told() -> None:
    more = 'locals {\n  all = ["a: 1"]\n  one = "b: 2"\n  self = local.self\n}\n'
    entry = one_of("  values = concat(local.all, [local.one, null])", more)
    assert [layer.kind for layer in entry.layers][:2] == ["values text", "values text"]
    assert one_of("  values = [local.self]", more).layers[0].is_opaque
    broken = one_of('  values = ["a: ["]')
    assert broken.layers == ()
    assert broken.problems[0].sentence.startswith("The values are not YAML: ")


def test_a_chart_of_the_repo_outside_it_and_none() -> None:
    tree = tree_of(
        {
            "infra/main.tf": 'resource "helm_release" "a" {\n  chart = "../charts/agent"\n}\n'
            'resource "helm_release" "b" {\n  chart = "../../out"\n}\nresource "helm_release" "c" {\n}\n'
            'resource "helm_release" "d" {\n  count = 0\n}\n',
            "charts/agent/Chart.yaml": "name: agent\n",
        }
    )
    charts = [(entry.chart.folder, entry.chart.name) for entry in find(tree, Options()).entries]
    assert charts == [("charts/agent", None), (None, "out"), (None, None)]


@pytest.mark.parametrize(
    "text", ['resource "helm_release" = {', "1 = 2", 'resource "helm_release" "a" [', "a = {x = 1"]
)
def test_what_is_no_terraform_is_told_with_its_line(text: str) -> None:
    _, made = found(f"# helm_release\n{text}\n")
    assert [problem.line >= 2 for problem in made.problems] == [True]
    assert made.problems[0].sentence.startswith("The file cannot be read as Terraform: ")


def test_modules_are_found_beside_files_that_cannot_be_read() -> None:
    tree = tree_of(
        {
            "main.tf": 'module "agents" {\n  source = "./agents"\n}\nmodule "out" {\n  source = "../x"\n}\n',
            "broken.tf": 'module "x" [',
            "agents/main.tf": 'resource "helm_release" "a" {\n  name = "a"\n  values = ["p: ${path.root}"]\n}\n',
        }
    )
    (entry,) = find(tree, Options()).entries
    assert entry.layers[0].is_opaque  # the root of a module that others call is not its own folder
