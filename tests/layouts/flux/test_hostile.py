"""Input made to take time, memory or the stack: one sentence on the row, and the other rows are there."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.find import find as find_all
from rea_xcom_tui.layouts.flux import find
from rea_xcom_tui.layouts.model import Found, Options
from tests.layouts.flux.fleet import env, flux, kustomization, release
from tests.layouts.repos import tree_of

_GOOD = {"good/agent.yaml": release("good", env("s3://a/xcom", "'1'"))}


def _find(files: Mapping[str, str], links: Mapping[str, str] | None = None) -> Found:
    started = time.process_time()
    found = find(tree_of({**_GOOD, **files}, links), Options())
    assert time.process_time() - started < 10
    assert "good" in {each.name for each in found.entries}
    return found


def test_bases_that_double_at_every_level() -> None:
    files = {"l0/kustomization.yaml": kustomization("a.yaml"), "l0/a.yaml": release("agent", env("s3://a", "'1'"))}
    for level in range(1, 15):
        files[f"l{level}/kustomization.yaml"] = kustomization(f"../p{level}", f"../q{level}")
        for side in "pq":
            files[f"{side}{level}/kustomization.yaml"] = kustomization(
                f"../l{level - 1}", more=f"namePrefix: {side}-\n"
            )
    files["clusters/x/apps.yaml"] = flux("apps", "./l14")
    found = _find(files)
    assert any("more than" in problem.sentence for each in found.entries for problem in each.problems)


def test_bases_that_are_very_deep() -> None:
    files = {f"d{at}/kustomization.yaml": kustomization(f"../d{at + 1}") for at in range(1000)}
    files["d1000/kustomization.yaml"] = kustomization("a.yaml")
    files["d1000/a.yaml"] = release("agent", env("s3://a", "'1'"))
    found = _find(
        {**files, "clusters/x/apps.yaml": flux("apps", "./d0"), "clusters/x/inner.yaml": flux("in", "./d990")}
    )
    assert any("nested more than" in each.sentence for each in found.problems)
    (row,) = (each for each in found.entries if each.name == "agent")
    assert not row.problems


def test_every_kustomization_uses_every_other() -> None:
    names = [f"k{at}" for at in range(40)]
    files = {f"{name}/kustomization.yaml": kustomization(*(f"../{each}" for each in names)) for name in names}
    _find({**files, "clusters/x/apps.yaml": flux("apps", "./k0")})


def test_kustomizations_that_lead_in_a_circle() -> None:
    files = {
        "a/kustomization.yaml": kustomization("../b", "agent.yaml"),
        "a/agent.yaml": release("agent", env("s3://a", "'1'")),
        "b/kustomization.yaml": kustomization("../a"),
        "clusters/x/apps.yaml": flux("apps", "./a"),
    }
    found = _find(files)
    (row,) = (each for each in found.entries if each.name == "agent")
    assert any("circle" in each.sentence and "a -> b -> a" in each.sentence for each in row.problems)


def test_aliases_that_multiply() -> None:
    lines = ["    a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"    a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 9)]
    _find({"bomb/agent.yaml": release("bomb", "\n".join(lines) + "\n")})


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+$", "a*a*a*a*a*b", "(((((a*)*)*)*)*)*", "[", "a{1000}{1000}"])
def test_patterns_that_take_long(pattern: str) -> None:
    patch = f"patches:\n- target:\n    name: '{pattern}'\n  patch: '[]'\n"
    files = {
        "x/kustomization.yaml": kustomization("agent.yaml", more=patch),
        "x/agent.yaml": release("a" * 200, env("s3://a", "'1'")),
    }
    found = _find(files)
    (row,) = (each for each in found.entries if each.name != "good")
    assert "is not followed" in row.problems[0].sentence


@pytest.mark.parametrize("text", ["${A:=" * 3000 + "}" * 3000, "${" * 5000, "$" * 20001, "${A:=x}" * 5000])
def test_substitutions_that_nest(text: str) -> None:
    more = "  postBuild:\n    substitute:\n      B: b\n"
    files = {
        "clusters/x/apps.yaml": flux("apps", "./apps", more),
        "apps/agent.yaml": release("agent", f"    a: '{text}'\n"),
    }
    _find(files)


def test_a_value_that_holds_its_own_variable_is_filled_once() -> None:
    more = "  postBuild:\n    substitute:\n      B: x${B}${B}\n"
    files = {"clusters/x/apps.yaml": flux("apps", "./apps", more), "apps/agent.yaml": release("agent", "    a: ${B}\n")}
    _find(files)


def test_a_thousand_folders_for_one_variable() -> None:
    files = {f"apps/e{at}/agent.yaml": release("agent", env("s3://a", "'1'")) for at in range(1000)}
    files["step.yaml"] = flux("apps", "./apps/${ENV}")
    found = _find(files)
    assert any("No folder fits" in each.sentence for each in found.problems)


def test_a_set_of_very_many_inputs() -> None:
    inner = "\n".join(f"    {line}" for line in release("agent-<< inputs.n >>", env("s3://a", "'1'")).splitlines())
    inputs = "".join(f"  - n: n{at}\n" for at in range(6000))
    text = (
        "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata:\n  name: s\nspec:\n"
        f"  inputs:\n{inputs}  resources:\n  -{inner[3:]}\n"
    )
    found = _find({"clusters/x/set.yaml": text, "clusters/x/sync.yaml": flux("sync", "./clusters/x")})
    row = next(each for each in found.entries if each.name == "agent-n1")
    assert any("5,000" in each.sentence for each in row.problems)


def test_links_out_of_the_repo() -> None:
    files = {
        "clusters/x/apps.yaml": flux("apps", "./apps"),
        "apps/kustomization.yaml": kustomization("agent.yaml", "out.yaml", "away"),
        "apps/agent.yaml": release("agent", env("s3://a", "'1'")),
    }
    found = _find(files, {"apps/out.yaml": "/etc/passwd", "apps/away": "../../.."})
    (row,) = (each for each in found.entries if each.name == "agent")
    assert [each.line for each in row.problems] == [5, 6]
    assert all("leads out" in each.sentence for each in row.problems)


@pytest.mark.parametrize(
    "text",
    [
        "[", "- a\n- b\n", "a: b\n---\n[", "kind: HelmRelease\n", "kind: [HelmRelease]\nmetadata: 5\n", "\x00",
        "%YAML 9\n---\n", "kind: HelmRelease\nmetadata: {name: [1]}\nspec: 5\n",
        "kind: HelmRelease\nspec: {values: [1], valuesFrom: {a: 1}}\n",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: x}\n"
        "spec: {chart: 1, valuesFrom: [1, {}]}\n",
    ],
)  # fmt: skip
def test_manifests_of_every_shape(text: str) -> None:
    mark = "# helm.toolkit.fluxcd.io kustomize.toolkit.fluxcd.io HelmRelease Kustomization\n"
    for name in ("apps/agent.yaml", "apps/kustomization.yaml", "clusters/x/step.yaml"):
        files = {"clusters/x/apps.yaml": flux("apps", "./apps"), "apps/ok.yaml": release("ok", "    a: 1\n")}
        _find({**files, name: mark + text})
        _find({**files, name: mark + text.replace("HelmRelease", "Kustomization").replace("helm.", "kustomize.")})


def test_aliases_that_multiply_leave_no_deployment_out_without_a_word() -> None:
    lines = ["    a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"    a{at}: &a{at} [{', '.join([f'*a{at - 1}'] * 10)}]" for at in range(1, 9)]
    app = (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: app}\nspec:\n  source:\n"
        "    chart: astro-remote-execution-agent\n    helm:\n     valuesObject:\n  " + "\n  ".join(lines) + "\n"
    )
    files = {"bomb/agent.yaml": release("bomb", "\n".join(lines) + "\n"), "app.yaml": app}
    tree = tree_of(files)
    found = find_all(tree, Options())
    (problem,) = found.problems
    assert (problem.file, problem.line) == ("bomb/agent.yaml", 21)
    assert "deploys the agent, but line 21 repeats an anchor" in problem.sentence
    (row,) = found.entries
    (told,) = effective(row, tree, "4.2").problems
    assert (told.file, told.line) == ("app.yaml", 15)
    assert "repeats an anchor until the document grows beyond all bounds" in told.sentence
