"""`[layouts]`: what it means, and the sentence each mistake gets."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.user.config_models import build
from rea_xcom_tui.user.layout_settings import ClusterSettings, LayerSettings, LayoutSettings, ManifestSettings, Naming

FILE = Path("/repo/.rea-xcom-tui.toml")
MANIFEST = '[[layouts.manifests]]\nfiles = "c/*/c.yaml"\nlayers = ["a.yaml"]\nname = "{item.name}"\n'


def layouts(*texts: str) -> LayoutSettings:
    return build([(FILE, tomllib.loads(text)) for text in texts]).layouts


def test_an_empty_configuration_says_nothing() -> None:
    assert layouts("") == LayoutSettings()


def test_everything_that_can_be_said() -> None:
    said = layouts("""
        [layouts]
        engine = 4.1
        argocd = "v3.4"
        helmfile = "0.166"
        deployed = ["legacy/*/values.yaml"]
        generated = ["**/rendered.yaml"]
        variables = { REGION = "eu", REPLICAS = 3, DEBUG = true }
        [layouts.clusters.prod]
        variables = { ENV = "prod" }
        labels = { tier = "gold", canary = false }
        [[layouts.manifests]]
        files = "config/{cluster}/cluster.yaml"
        items = "spec.agents"
        layers = ["base.yaml?", "{item.files}"]
        name = "{folder}-{item.name}"
        env = "{root.stage}"
        namespace = "agents"
        cluster = "{cluster}"
        chart = "{item.chart}"
        [[layouts.layers]]
        files = "teams/{team}/{env}.yaml"
        but = ["teams/*/skeleton.yaml"]
        layers = ["/base.yaml", "{env}.yaml"]
        name = "{team}"
        env = "{env}"
    """)
    assert (said.engine, said.argocd, said.helmfile) == ("4.1", (3, 4), (0, 166))
    assert said.variables == {"REGION": "eu", "REPLICAS": "3", "DEBUG": "true"}
    assert said.clusters == {"prod": ClusterSettings({"ENV": "prod"}, {"tier": "gold", "canary": "false"})}
    naming = Naming("{folder}-{item.name}", "{root.stage}", "agents", "{cluster}")
    assert said.manifests == (
        ManifestSettings(
            "config/{cluster}/cluster.yaml", ("spec", "agents"), ("base.yaml?", "{item.files}"), naming, "{item.chart}"
        ),
    )
    assert said.layers == (
        LayerSettings(
            "teams/{team}/{env}.yaml",
            ("/base.yaml", "{env}.yaml"),
            Naming("{team}", "{env}"),
            but=("teams/*/skeleton.yaml",),
        ),
    )
    assert (said.deployed, said.generated) == (("legacy/*/values.yaml",), ("**/rendered.yaml",))


def test_the_repo_wins_and_lists_and_tables_add_up() -> None:
    said = layouts(
        '[layouts]\nengine = 3\nargocd = "3.3"\ndeployed = ["a"]\n'
        '[layouts.clusters.x]\nvariables = { A = "1", B = "1" }\n',
        '[layouts]\nengine = "4.2"\ndeployed = ["b"]\n[layouts.clusters.x]\nvariables = { B = "2" }\n' + MANIFEST,
    )
    assert (said.engine, said.argocd, said.deployed) == ("4.2", (3, 3), ("a", "b"))
    assert said.clusters == {"x": ClusterSettings({"A": "1", "B": "2"})}
    assert [each.files for each in said.manifests] == ["c/*/c.yaml"]


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        ("[layouts]\nengine = 4\n", "layouts.engine", 'write "3", "4.1" or "4.2"'),
        ("[layouts]\nengine = true\n", "layouts.engine", 'write "3", "4.1" or "4.2"'),
        ("[layouts]\nargocd = 3.10\n", "layouts.argocd", "is written in quotes"),
        ('[layouts]\nhelmfile = "latest"\n', "layouts.helmfile", 'like "3.5" or "1.7.4"'),
        ('[layouts]\nengin = "3"\n', "layouts.engin", "there is no such key"),
        ('[layouts]\nvariables = { "a-b" = "1" }\n', "layouts.variables", "'a-b' cannot be the name of a variable"),
        ('[layouts]\ndeployed = ["../x"]\n', "layouts.deployed", "relative to the repo's root"),
        ('[layouts]\ngenerated = ["/x"]\n', "layouts.generated", "relative to the repo's root"),
        (
            '[layouts.clusters.x]\nvariables = { "1" = "x" }\n',
            "layouts.clusters.x.variables",
            "'1' cannot be the name of a variable",
        ),
        ('[[layouts.manifests]]\nfiles = "a"\nlayers = []\nname = "x"\n', "layouts.manifests.0.layers", "at least 1"),
        (
            '[[layouts.manifests]]\nfiles = "a"\nlayers = ["?"]\nname = "x"\n',
            "layouts.manifests.0.layers",
            "a layer is the path of a file",
        ),
        (MANIFEST + 'items = "a..b"\n', "layouts.manifests.0.items", "joined by dots"),
        (MANIFEST + 'env = "{stage}"\n', "layouts.manifests.0", "nothing fills '{stage}' in env; there are {dir}"),
        (MANIFEST + 'chart = "{item.}"\n', "layouts.manifests.0", "nothing fills '{item.}' in chart"),
        (
            '[[layouts.layers]]\nfiles = "a/{Env}.yaml"\nlayers = ["a"]\nname = "x"\n',
            "layouts.layers.0.files",
            "'{Env}' cannot be captured",
        ),
        (
            '[[layouts.layers]]\nfiles = "a/{dir}.yaml"\nlayers = ["a"]\nname = "x"\n',
            "layouts.layers.0.files",
            "'{dir}' cannot be captured",
        ),
        (
            '[[layouts.layers]]\nfiles = "a/{e}.yaml"\nlayers = ["{item.x}"]\nname = "x"\n',
            "layouts.layers.0",
            "nothing fills '{item.x}' in layers; there are {dir}, {folder}, {e}",
        ),
    ],
)
def test_a_mistake_names_its_key_and_what_is_wanted(text: str, key: str, reason: str) -> None:
    with pytest.raises(ToolError) as caught:
        layouts(text)
    assert f"has a mistake at '{key}': " in str(caught.value)
    assert reason in str(caught.value)
