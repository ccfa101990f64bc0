"""Fleets whose names make patterns hard: what follows the scheme is no drift, and what leaves it is still found."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from rea_xcom_tui.fleet.edit.row import drift_rows
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.xcom.drift import majority_deviations
from tests.work import values

NAMES = ("etl", "ml", "dwh", "crm", "ads")
REGIONS = ("eu-west-1", "us-east-1", "eu-west-1", "us-gov-east-1", "us-east-2")


def one(
    env: str, team: str, name: str, *, bucket: str | None = None, role: str | None = None, prefix: str | None = None
) -> Deployment:
    """A deployment in `clusters/ENV/TEAM/NAME`, with the usual bucket and role or another."""
    text = values(
        prefix or f"{team}-{name}",
        path=f"s3://aws_xcom@{bucket or f'{team}-{env}-xcom/{name}'}",
        role=f"arn:aws:iam::123456789012:role/{role or f'{team}-{env}'}",
    )
    file = f"clusters/{env}/{team}/{name}/values.yaml"
    found = read_deployment(file, text.encode(), Reading(judged=False))
    assert isinstance(found, Deployment)
    return found


def drifted(fleet: Iterable[Deployment]) -> set[tuple[str, str]]:
    """The folder and the field of all that differs."""
    rows = drift_rows(fleet)
    return {(one.deployment.split("/", 2)[2], one.field) for one in majority_deviations(rows).deviations}


def slug(team: str) -> str:
    return team.replace("_", "-").lower()


FLEETS: dict[str, list[Deployment]] = {
    "numbers": [one("prod", "billing", f"app{n}") for n in (1, 11, 111, 2, 12, 3)],
    "nothing but numbers": [one("prod", "t1", str(n)) for n in (1, 11, 111, 2, 12, 3)],
    "numbered teams": [one("prod", f"team{n}", name) for n in (1, 11, 2, 12) for name in NAMES],
    "prod in product": [one(env, "product", name) for env in ("prod", "dev") for name in NAMES],
    "prod in production": [one("prod", "production", name) for name in NAMES],
    "a team called like its environment": [one("dev", "dev", name) for name in NAMES],
    "teams called like their deployments": [
        one("prod", team, team, prefix=team, role=f"{team}-prod") for team in (*NAMES, "ops", "bi")
    ],
    "names with another team in them": [
        one("prod", team, name) for team in ("ml", "etl") for name in ("ml-train", "etl-sync", "ml-etl", "plain")
    ],
    "underscores, which no bucket takes": [
        one("prod", team, name, bucket=f"{slug(team)}-prod-xcom/{name}")
        for team in ("data_eng", "ops", "bi", "crm", "sales", "web")
        for name in NAMES
    ],
    "capitals, which no bucket takes": [
        one("prod", team, name, bucket=f"{slug(team)}-prod-xcom/{name}")
        for team in ("Billing", "CRM", "ops", "Web")
        for name in NAMES
    ],
    "capitals in roles": [
        one(env, team, name, role=f"{team.capitalize()}{env.capitalize()}Agent")
        for env in ("prod", "dev")
        for team in ("billing", "crm")
        for name in NAMES
    ],
    "environments in capitals in roles": [
        one(env, "billing", name, role=f"billing-{env.upper()}") for env in ("prod", "dev") for name in NAMES
    ],
    "regions": [
        one("prod", "billing", f"{name}{n}", bucket=f"billing-prod-{region}/{name}{n}")
        for n in range(3)
        for name, region in zip(
            NAMES, ("eu-west-1", "us-east-1", "eu-west-1", "us-gov-east-1", "us-east-2"), strict=True
        )
    ],
    "environments in the names": [
        one(env, "billing", f"{name}-{env}", bucket=f"billing-{env}-xcom/{name}-{env}")
        for env in ("prod", "dev")
        for name in NAMES
    ],
}


@pytest.mark.parametrize("fleet", FLEETS.values(), ids=FLEETS)
def test_what_follows_the_scheme_is_no_drift_and_a_stray_is(fleet: list[Deployment]) -> None:
    assert drifted(fleet) == set()
    first = fleet[0]
    env, team = first.file.split("/")[1:3]
    role = first.field("identity").value
    stray = one(env, team, "stray", bucket="scratch/tmp", role=str(role).rpartition("/")[2])
    if "teams called like" in next(name for name, found in FLEETS.items() if found is fleet):
        stray = one(env, "stray", "stray", prefix="stray", bucket="scratch/tmp", role=f"stray-{env}")
    assert drifted([*fleet, stray]) == {(f"{stray.file.split('/', 2)[2]}", "path")}


@pytest.mark.parametrize(
    "bucket", ["crm-dev-xcom/odd", "billing-prod-xcom/odd", "crm-prod-xcom/etl", "product-prod-xcom/odd"]
)
def test_a_bucket_of_another_environment_team_or_deployment_is_found(bucket: str) -> None:
    fleet = [one("prod", team, name) for team in ("billing", "crm", "product") for name in NAMES]
    assert drifted([*fleet, one("prod", "crm", "odd", bucket=bucket)]) == {("crm/odd/values.yaml", "path")}


def test_buckets_with_a_part_that_nothing_tells_are_not_judged() -> None:
    """Neither a hash for each team nor one for each deployment is a scheme that a name could be held to."""
    hashes = dict(zip(NAMES, ("8f3e", "77aa", "01bd", "c0de", "beef"), strict=True))
    teams = [one("prod", team, name, bucket=f"{team}-{hashes[team]}/{name}") for team in NAMES for name in NAMES]
    assert drifted(teams) == set()
    assert drifted([one("prod", "ops", name, bucket=f"xcom-{hashes[name]}/{name}") for name in NAMES]) == set()
