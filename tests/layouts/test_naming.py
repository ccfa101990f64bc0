from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.naming import deployment_name, environment, is_leftover


@pytest.mark.parametrize(
    ("file", "prefix", "name"),
    [
        ("clusters/prod/etl/values.yaml", None, "etl"),
        ("clusters/prod/etl/values.yaml", "billing-etl", "billing-etl"),
        ("agents/etl/values-prod.yaml", None, "etl"),
        ("values.yaml", None, "values"),
        ("agents/billing.yaml", None, "billing"),
        ("agents/Values.YML", "", "agents"),
        (".hidden/agent.prod.yaml", None, "agent"),
    ],
)
def test_a_deployment_is_named_by_prefix_then_folder_then_file(file: str, prefix: str | None, name: str) -> None:
    assert deployment_name(file, prefix) == name


@pytest.mark.parametrize(
    ("file", "env"),
    [
        ("clusters/prod/etl/values.yaml", "prod"),
        ("clusters/etl/values-staging.yaml", "staging"),
        ("clusters/prod-eu/dev/values.yaml", "dev"),
        ("clusters/prod-eu/etl/values.yaml", "prod"),
        ("product/devices/values.yaml", None),
        ("Clusters/PROD/etl/values.yaml", "prod"),
        ("values.yaml", None),
    ],
)
def test_the_environment_comes_from_whole_folder_names_first(file: str, env: str | None) -> None:
    assert environment(file) == env


def test_a_repo_can_name_its_own_environments() -> None:
    assert environment("clusters/blue/values.yaml", ("blue", "green")) == "blue"


@pytest.mark.parametrize(
    "name",
    ["values.yaml.bak", "values.yaml.bak.1", "values.bak.yaml", "values.yaml.orig", "values.yaml~", "values (1).yaml",
     "values - Copy.yaml", "values copy 2.yaml", "Copy of values.yaml", ".values.yaml.swp", "#values.yaml#",
     "values_LOCAL_4711.yaml"],
)  # fmt: skip
def test_copies_that_nobody_deploys_are_told_by_their_names(name: str) -> None:
    assert is_leftover(f"prod/{name}")


@pytest.mark.parametrize(
    "name",
    ["values.yaml", "copy.yaml", "old.yaml", "values.old-prod.yaml", "backup/values.yaml", "values-copy.yaml",
     "values_local_1.yaml"],
)  # fmt: skip
def test_other_names_are_not_taken_for_copies(name: str) -> None:
    assert not is_leftover(name)
