"""Partners of one name: what else is equal tells them apart, and only what stays ambiguous is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from rea_xcom_tui.fleet.campaign.pairs import pair
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.opening import open_fleet
from tests.work import make_work, values

FILE = "clusters/{}/growth/etl/values.yaml"


def sides(folder: Path, repos: dict[str, tuple[str, ...]]) -> tuple[list[Deployment], list[Deployment]]:
    """The deployments of staging and of prod of a fleet with the same deployment in these environments of each repo."""
    roots = [
        make_work(folder / name, {FILE.format(env): values("growth-etl", path=f"s3://{env}/etl") for env in envs}).root
        for name, envs in repos.items()
    ]
    workspace = open_fleet(roots)
    known = workspace.scan().deployments
    return [one for one in known if one.env == "staging"], [one for one in known if one.env == "prod"]


@pytest.mark.parametrize(
    ("repos", "pairs", "alone", "twice"),
    [
        ({"a": ("staging", "prod"), "b": ("staging", "prod")}, ["a a", "b b"], 0, []),
        ({"a": ("staging", "prod"), "b": ("prod",)}, ["a a"], 1, []),
        ({"x-staging": ("staging",), "x-prod": ("prod",), "y": ("prod",)}, ["x-staging x-prod"], 1, []),
        ({"a": ("staging",), "b": ("prod",)}, ["a b"], 0, []),
        ({"a": ("staging",), "b": ("prod",), "c": ("prod",)}, [], 0, ["a --to 2"]),
        ({"a": ("staging",), "b": ("staging",), "c": ("prod",)}, [], 0, ["c --from 2"]),
    ],
)
def test_the_same_deployment_in_several_repos_is_paired_within_its_repo(
    tmp_path: Path, repos: dict[str, tuple[str, ...]], pairs: list[str], alone: int, twice: list[str]
) -> None:
    found = pair(*sides(tmp_path, repos))
    assert [f"{one.source.repo} {one.target.repo}" for one in found.pairs] == pairs
    assert len(found.alone_from) + len(found.alone_to) == alone
    assert [f"{one.deployment.repo} {one.side} {len(one.partners)}" for one in found.twice] == twice
    for one in found.twice:
        assert "for example by repo:, cluster: or file:" in one.sentence()


def test_each_carries_to_all_partners_in_whichever_repo(tmp_path: Path) -> None:
    one, other = sides(tmp_path, {"a": ("staging", "prod"), "b": ("prod",)})
    assert [found.target.repo for found in pair(one, other, each=True).pairs] == ["a", "b"]
