"""The walk from cluster folders to HelmReleases, and the values of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from rea_xcom_tui.layouts.effective import effective
from rea_xcom_tui.layouts.flux import find
from rea_xcom_tui.layouts.model import EntryPoint, Found, Options
from rea_xcom_tui.user.layout_settings import ClusterSettings, LayoutSettings
from rea_xcom_tui.values.merged import plain
from tests.layouts.flux.fleet import PATH, THRESHOLD, env, fleet, flux, kustomization, release
from tests.layouts.repos import tree_of


def _find(files: Mapping[str, str], options: Options | None = None) -> Found:
    return find(tree_of(files), options or Options())


def _values(files: Mapping[str, str], entry: EntryPoint) -> Any:
    made = effective(entry, tree_of(files), "4.2")
    assert not made.problems
    return plain(made.stack.root)


def _env(files: Mapping[str, str], entry: EntryPoint) -> dict[str, Any]:
    return {item["name"]: item["value"] for item in _values(files, entry)["commonEnv"]}


def test_one_row_for_each_cluster_and_release() -> None:
    files = fleet()
    found = _find(files)
    assert not found.problems
    assert {(each.name, each.cluster, each.env, each.namespace) for each in found.entries} == {
        ("agent-reef", "uat-a", "uat", "agents-uat"),
        ("agent-dune", "uat-a", "uat", "agents-uat"),
        ("agent-reef", "live-a", "live", "agents"),
        ("agent-dune", "live-a", "live", "agents"),
        ("agent-reef", "live-b", "live", "agents"),
        ("agent-dune", "live-b", "live", "agents"),
    }
    assert len({each.id for each in found.entries}) == 6
    assert "apps/reef/reef.yaml?cluster=live-a" in {each.id for each in found.entries}
    assert "apps/reef/live.yaml" in found.reached
    assert "clusters/base/defaults.yaml" in found.reached


def test_values_after_patches_and_substitution() -> None:
    files = fleet()
    rows = {each.id: each for each in _find(files).entries}
    uat = _values(files, rows["apps/dune/dune.yaml?cluster=uat-a"])
    assert uat["labels"] == {"cluster": "uat-a"}
    entries = {item["name"]: item["value"] for item in uat["commonEnv"]}
    assert entries == {"TEAM": "dune", PATH: "s3://dune-uat/xcom", THRESHOLD: 4096}  # its quotes are lost on the way
    live = _env(files, rows["apps/reef/reef.yaml?cluster=live-b"])
    assert live == {PATH: "s3://reef-live/xcom", THRESHOLD: "0"}


def test_each_value_knows_its_file_and_line() -> None:
    files = fleet()
    row = next(each for each in _find(files).entries if each.id == "apps/reef/reef.yaml?cluster=live-a")
    made = effective(row, tree_of(files), "4.2").stack
    item = made.find(("commonEnv", ("name", THRESHOLD), "value"))
    label = made.find(("labels", "cluster"))
    assert item is not None
    assert label is not None
    assert (item.file, files[item.file].splitlines()[item.line - 1].strip()) == ("apps/reef/live.yaml", "value: '0'")
    written = files[label.file].splitlines()[label.line - 1].strip()
    assert (label.file, written) == ("clusters/base/defaults.yaml", "cluster: ${CLUSTER}")
    hidden = made.hidden(("commonEnv",))
    assert [each.node.file for each in hidden] == ["apps/reef/reef.yaml"]
    patch = next(layer for layer in row.flat_layers if layer.within)
    assert (patch.source, patch.within) == ("clusters/base/defaults.yaml#/spec/patches/0/patch", ("spec", "values"))


def test_variables_of_a_config_map_of_the_repo() -> None:
    files = {
        "clusters/reef/sync.yaml": flux("flux-system", "./clusters/reef"),
        "clusters/reef/vars.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: vars\n"
        "  namespace: flux-system\ndata:\n  BUCKET: reef-data\n  LIMIT: '77'\n",
        "clusters/reef/apps.yaml": flux(
            "apps", "./apps", "  postBuild:\n    substituteFrom:\n    - kind: ConfigMap\n      name: vars\n"
            "    substitute:\n      LIMIT: '99'\n"
        ),
        "apps/agent.yaml": release("agent", env("s3://${BUCKET}/xcom", '"${LIMIT}"')),
    }  # fmt: skip
    (row,) = _find(files).entries
    assert (row.id, row.cluster, row.unknown) == ("apps/agent.yaml", "reef", ())
    assert _env(files, row) == {PATH: "s3://reef-data/xcom", THRESHOLD: 99}


def test_variables_that_git_does_not_hold() -> None:
    files = {
        "clusters/reef/apps.yaml": flux(
            "apps", "./apps", "  postBuild:\n    substituteFrom:\n    - kind: Secret\n      name: vars\n"
        ),
        "apps/agent.yaml": release("agent", env("s3://${BUCKET}/xcom", '"${LIMIT:=5}"')),
    }
    (row,) = _find(files).entries
    assert _env(files, row) == {PATH: "s3://${BUCKET}/xcom", THRESHOLD: "${LIMIT:=5}"}
    assert any("Secret vars" in reason for reason in row.unknown)
    assert any("${BUCKET}, ${LIMIT}" in reason for reason in row.unknown)
    settings = LayoutSettings(clusters={"reef": ClusterSettings({"BUCKET": "told", "LIMIT": "8"})})
    (told,) = _find(files, Options(settings)).entries
    assert _env(files, told) == {PATH: "s3://told/xcom", THRESHOLD: 8}


def test_without_variables_nothing_is_substituted() -> None:
    files = {
        "clusters/reef/apps.yaml": flux("apps", "./apps"),
        "apps/agent.yaml": release("agent", env("s3://${BUCKET:=x}/$$y", "'1'")),
    }
    (row,) = _find(files).entries
    assert _env(files, row)[PATH] == "s3://${BUCKET:=x}/$$y"


def test_a_path_with_an_unknown_variable_gives_a_row_for_each_folder() -> None:
    files = {
        "apps.yaml": flux("apps", "./envs/${STAGE_ENV}/agents"),
        "envs/red/agents/agent.yaml": release("agent", env("s3://red/xcom", "'1'")),
        "envs/blue/agents/agent.yaml": release("agent", env("s3://blue/xcom", "'1'")),
        "envs/green/other/agent.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n",
    }
    rows = {each.id: each.env for each in _find(files).entries}
    assert rows == {"envs/blue/agents/agent.yaml": "blue", "envs/red/agents/agent.yaml": "red"}


def test_a_path_that_is_not_there_is_told_on_its_line() -> None:
    files = {
        "clusters/reef/gone.yaml": flux("gone", "./apps/gone"),
        "clusters/reef/out.yaml": flux("out", "../../etc"),
        "clusters/reef/apps.yaml": flux("apps", "./apps"),
        "apps/agent.yaml": release("agent", env("s3://a/xcom", "'1'")),
    }
    found = _find(files)
    assert [each.id for each in found.entries] == ["apps/agent.yaml"]
    assert {(each.file, each.line) for each in found.problems} == {
        ("clusters/reef/gone.yaml", 8),
        ("clusters/reef/out.yaml", 8),
    }


def test_kustomizations_in_a_circle_end() -> None:
    files = {
        "a/b.yaml": flux("b", "./b"),
        "b/a.yaml": flux("a", "./a"),
        "b/agent.yaml": release("agent", env("s3://a/xcom", "'1'")),
    }
    assert [each.id for each in _find(files).entries] == ["b/agent.yaml"]


def test_a_release_that_nothing_builds_is_an_entry_point() -> None:
    files = {"one/agent.yaml": release("agent", env("s3://a/xcom", "'1'"), namespace="team")}
    (row,) = _find(files).entries
    assert (row.id, row.name, row.namespace, row.cluster) == ("one/agent.yaml", "agent", "team", None)


def test_a_kustomization_that_flux_does_not_name_is_a_beginning() -> None:
    files = {
        "base/agent.yaml": release("agent", env("s3://a/xcom", "'1'")),
        "base/kustomization.yaml": kustomization("agent.yaml"),
        "clusters/red/kustomization.yaml": kustomization("../../base", more="namespace: red\n"),
        "clusters/blue/kustomization.yaml": kustomization("../../base", more="namespace: blue\n"),
    }
    rows = {each.id: each.namespace for each in _find(files).entries}
    assert rows == {"base/agent.yaml?cluster=blue": "blue", "base/agent.yaml?cluster=red": "red"}


@pytest.mark.parametrize(
    "broken",
    ["resources: [agent.yaml, gone.yaml]", "resources: [agent.yaml, ../../..]", "resources: [agent.yaml, .]",
     "resources: [agent.yaml]\npatches:\n- path: gone.yaml", "resources: [agent.yaml]\npatches: [{patch: 'a: ['}]"],
)  # fmt: skip
def test_what_is_wrong_with_a_kustomization_stands_on_its_rows(broken: str) -> None:
    files = {
        "clusters/reef/apps.yaml": flux("apps", "./apps"),
        "apps/kustomization.yaml": broken,
        "apps/agent.yaml": release("agent", env("s3://a/xcom", "'1'")),
        "other/agent.yaml": release("other", env("s3://b/xcom", "'1'")),
    }
    rows = {each.name: each for each in _find(files).entries}
    assert set(rows) == {"agent", "other"}
    (problem,) = rows["agent"].problems
    assert problem.file == "apps/kustomization.yaml"
    assert problem.line > 0
    assert not rows["other"].problems


def test_resource_sets_with_literal_inputs() -> None:
    inner = release("agent-<< inputs.team >>", env("s3://<< inputs.team >>/xcom", '"<< inputs.limit >>"'))
    lines = inner.splitlines()
    listed = "\n".join(("  - " if not at else "    ") + line for at, line in enumerate(lines))
    files = {
        "clusters/reef/set.yaml": "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata:\n  name: teams\n"
        "  namespace: agents\nspec:\n  inputs:\n  - team: reef\n    limit: 10\n  - team: dune\n    limit: 20\n"
        f"  resources:\n{listed}\n",
        "clusters/reef/sync.yaml": flux("flux-system", "./clusters/reef"),
    }
    rows = {each.name: _env(files, each) for each in _find(files).entries}
    assert rows == {
        "agent-reef": {PATH: "s3://reef/xcom", THRESHOLD: 10},
        "agent-dune": {PATH: "s3://dune/xcom", THRESHOLD: 20},
    }


def test_a_base_of_many_clusters_is_read_once() -> None:
    files = fleet()
    for number in range(60):
        here = f"clusters/live/c{number}"
        files[f"{here}/kustomization.yaml"] = files["clusters/live/a/kustomization.yaml"]
        files[f"{here}/sync.yaml"] = files["clusters/live/a/sync.yaml"].replace("live/a", f"live/c{number}")
    reads: dict[str, int] = {}
    tree = tree_of(files)
    inner = tree._read

    def counted(path: str) -> bytes | None:
        reads[path] = reads.get(path, 0) + 1
        return inner(path)

    tree._read = counted
    assert len(find(tree, Options()).entries) == 126
    assert max(reads.values()) == 1


def test_a_kustomization_of_another_repo_is_left_alone() -> None:
    source = (
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: flux-system}\n"
        "spec: {url: 'https://git.example/THERE.git'}\n"
    )
    agent = release("agent", env("s3://a/xcom", "'1'"))
    files = {"c/apps.yaml": flux("apps", "./gone"), "c/more.yaml": flux("more", "./gone"), "c/agent.yaml": agent}
    for there, told in (("other", 0), ("here", 2)):
        tree = tree_of({**files, "c/source.yaml": source.replace("THERE", there)})
        tree.remotes = ("git@git.example:here.git",)
        assert len(find(tree, Options()).problems) == told


def test_variables_of_a_path_come_from_the_configuration() -> None:
    files = {
        "clusters/reef/apps.yaml": flux("apps", "./envs/${STAGE}"),
        "envs/red/agent.yaml": release("agent", env("s3://red/xcom", "'1'")),
        "envs/blue/agent.yaml": release("agent", env("s3://blue/xcom", "'1'")),
    }
    settings = LayoutSettings(clusters={"reef": ClusterSettings({"STAGE": "blue"})})
    (row,) = [each for each in _find(files, Options(settings)).entries if each.cluster == "reef"]
    assert _env(files, row)[PATH] == "s3://blue/xcom"


def test_inputs_from_the_cluster_are_named_and_a_path_that_nothing_fits_as_well() -> None:
    files = {
        "clusters/reef/set.yaml": "apiVersion: fluxcd.controlplane.io/v1\nkind: ResourceSet\nmetadata:\n  name: teams\n"
        "spec:\n  inputsFrom:\n  - {kind: ResourceSetInputProvider, name: x}\n  resources: []\n",
        "clusters/reef/sync.yaml": flux("flux-system", "./clusters/reef"),
        "clusters/reef/apps.yaml": flux("apps", "./nowhere/${X}"),
    }
    told = [problem.sentence for problem in _find(files).problems]
    assert any("Inputs of this ResourceSet come from the cluster" in sentence for sentence in told)
    assert any(sentence.startswith("No folder fits the path ./nowhere/${X}") for sentence in told)


def test_variables_from_what_is_built_later_or_lies_in_the_clusters_own_folder() -> None:
    variables = "  postBuild:\n    substituteFrom:\n    - {kind: ConfigMap, name: vars}\n"

    def config(limit: str) -> str:
        return (
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: vars, namespace: flux-system}\n"
            f"data: {{LIMIT: '{limit}', ENVIRONMENT: live}}\n"
        )

    agent = release("agent", env("s3://x/xcom", "'${LIMIT}'"), namespace="agents")
    files = {
        "clusters/a/apps.yaml": flux("apps", "./apps/${ENVIRONMENT}", variables),
        "clusters/a/config.yaml": flux("config", "./config"),
        "config/vars.yaml": config("7"),
        "clusters/b/apps.yaml": flux("apps", "./apps/live", variables),
        "clusters/b/vars.yaml": config("8"),
        "apps/live/agent.yaml": agent,
        "apps/uat/agent.yaml": agent,
    }
    bootstrap = {
        "clusters/a/flux-system/sync.yaml": flux("flux-system", "./clusters/a", variables),
        "clusters/b/flux-system/sync.yaml": flux("flux-system", "./clusters/b"),
    }
    for each in ({**files, **bootstrap}, files):
        found = _find(each)
        live = [entry for entry in found.entries if entry.file == "apps/live/agent.yaml"]
        assert {entry.cluster: _env(each, entry)[THRESHOLD] for entry in live} == {"a": 7, "b": 8}
        assert not any(entry.unknown for entry in live)
    assert {entry.file for entry in _find({**files, **bootstrap}).entries if entry.cluster} == {"apps/live/agent.yaml"}
