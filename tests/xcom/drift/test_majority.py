from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace

import pytest

from benchmarks.drift_truth import make, scored
from rea_xcom_tui.xcom.drift import Target, majority_deviations
from rea_xcom_tui.xcom.drift.model import Row
from rea_xcom_tui.xcom.drift.norms import Tally
from rea_xcom_tui.xcom.model import FieldReading
from tests.xcom.drift.rows import PlainRow, fleet, row


def found(rows: list[PlainRow]) -> dict[tuple[str, str], object]:
    given: list[Row] = list(rows)
    return {(d.deployment, d.field): d.expected for d in majority_deviations(given).deviations}


def notices(rows: list[PlainRow]) -> dict[str, str]:
    given: list[Row] = list(rows)
    return {notice.kind: notice.text for notice in majority_deviations(given).notices}


def test_a_group_that_agrees_has_no_drift() -> None:
    assert found(fleet(10)) == {}
    assert notices(fleet(10)) == {}


def test_the_odd_one_out_is_told_with_what_sets_it_right() -> None:
    rows: list[Row] = [*fleet(5), row("odd", threshold=4096)]
    (deviation,) = majority_deviations(rows).deviations
    assert (deviation.deployment, deviation.field, deviation.group) == ("prod/billing/odd", "threshold", "prod/aws")
    assert (deviation.expected, deviation.actual, deviation.target) == (0, 4096, Target(0))
    assert deviation.reason == "5 of 6 in prod/aws have it"


@pytest.mark.parametrize("size", [1, 2])
def test_a_group_of_one_or_two_is_told_and_not_judged(size: int) -> None:
    rows = [*fleet(8, env="dev"), *fleet(size - 1), row("odd", threshold=4096)]
    assert found(rows) == {}
    assert notices(rows)["small group"] == (f"1 group has fewer than 3 deployments and no majority: prod/aws ({size})")


def test_three_of_which_one_differs_are_no_majority() -> None:
    rows = [*fleet(2), row("odd", threshold=4096)]
    assert found(rows) == {}
    assert notices(rows)["no majority"] == "threshold: no value is a clear majority in prod/aws (2 of 3)"


def test_a_tie_is_told() -> None:
    rows = [*fleet(4), *[row(f"b{n}", threshold=4096) for n in range(4)]]
    assert found(rows) == {}
    assert notices(rows)["tie"] == "threshold: two values are equally common in prod/aws (4 of 8)"


def test_a_field_that_varies_in_the_fleet_has_no_norm_in_a_small_group_by_chance() -> None:
    varied = [
        row(f"v{env}{n}", env=env, compression=("zip", "gzip", "xz")[n % 3]) for env in ("dev", "qa") for n in range(9)
    ]
    by_chance = [row(f"c{n}", compression="zip" if n < 3 else "gzip") for n in range(4)]
    assert found([*varied, *by_chance]) == {}
    agreed = [row(f"a{n}", env="dev") for n in range(9)]
    assert found([*agreed, *by_chance]) == {("prod/billing/c3", "compression"): "zip"}


def test_a_large_uniform_group_has_a_norm_even_where_the_fleet_varies() -> None:
    varied = [row(f"v{n}", env="dev", compression=("zip", "gzip", "xz")[n % 3]) for n in range(60)]
    uniform = [row(f"u{n}", compression="gzip" if n == 0 else "zip") for n in range(30)]
    assert found([*varied, *uniform]) == {("prod/billing/u0", "compression"): "zip"}


def test_wilsons_interval_is_computed_as_in_the_textbook() -> None:
    assert Tally(None, 81, 263).sure == pytest.approx(0.2553, abs=1e-4)  # Newcombe 1998, table I
    assert Tally(None, 0, 0).sure == 0


def test_a_bucket_that_follows_the_scheme_is_no_drift() -> None:
    rows = [row(f"app{n}", team=team) for n in range(3) for team in ("billing", "crm", "risk")]
    assert found(rows) == {}
    odd = row("app9", path="s3://aws_xcom@tmp-kim/app9")
    (key, expected), *rest = found([*rows, odd]).items()
    assert key == ("prod/billing/app9", "path")
    assert expected == "s3://{team}-{env}-xcom/{short}"
    assert rest == []


def test_a_path_set_right_keeps_its_connection() -> None:
    rows: list[Row] = [*fleet(5), row("odd", path="s3://other@tmp/odd")]
    deviations = {d.field: d for d in majority_deviations(rows).deviations}
    assert deviations["path"].target == Target("s3://other@billing-prod-xcom/odd")
    assert deviations["connection"].target == Target("aws_xcom")


def test_a_connection_or_a_trailing_slash_is_not_part_of_the_path() -> None:
    rows = [*fleet(4), row("a", path="s3://aws_xcom@billing-prod-xcom/a/"), row("b", path="s3://billing-prod-xcom/b")]
    assert found(rows) == {("prod/billing/b", "connection"): "aws_xcom"}


def test_a_group_without_a_norm_is_held_to_the_pattern_of_its_cloud() -> None:
    elsewhere = [
        row(f"e{n}", env=env, team=team) for env in ("dev", "qa") for team in ("billing", "crm") for n in (1, 2)
    ]
    here = [row(f"h{n}", team=team) for team in ("billing", "crm") for n in (1, 2)]
    shared = [row(f"s{n}", identity="arn:aws:iam::123456789012:role/shared") for n in range(2)]
    keys = found([*elsewhere, *here, *shared])
    assert set(keys) == {("prod/billing/s0", "identity"), ("prod/billing/s1", "identity")}
    assert set(keys.values()) == {"arn:aws:iam::123456789012:role/{team}Agent"}


def test_accounts_of_their_own_are_no_drift_but_a_stray_account_is() -> None:
    own = [
        row(f"a{n}", team=team, identity=f"arn:aws:iam::{number:012d}:role/{team}Agent")
        for number, team in enumerate(("billing", "crm", "risk", "etl"))
        for n in range(3)
    ]
    assert found(own) == {}
    common = [row(f"a{n}", team=team) for team in ("crm", "risk", "etl") for n in range(4)]
    team = [row(f"b{n}", identity="arn:aws:iam::999999999999:role/billingAgent") for n in range(2)]
    assert found([*common, *team]) == {}
    stray = row("c9", team="crm", identity="arn:aws:iam::999999999999:role/crmAgent")
    assert set(found([*common, *team, stray])) == {("prod/crm/c9", "identity")}


def test_one_mistake_in_a_team_of_its_own_does_not_accuse_the_rest() -> None:
    def bucket(name: str, team: str, region: str) -> Row:
        return row(name, team=team, path=f"s3://{team}-prod-{region}-xcom/{name}")

    common = [bucket(f"a{n}", team, "us-east-1") for team in ("crm", "risk", "etl", "web") for n in range(4)]
    own = [bucket(f"b{n}", "billing", "eu-west-1") for n in range(4)]
    typo = row("typo", path="s3://billing-prod-eu-west-1-xcmo/typo")
    (deviation,) = majority_deviations([*common, *own, typo]).deviations
    assert deviation.expected == "s3://{team}-{env}-eu-west-1-xcom/{short}"
    assert deviation.target == Target("s3://billing-prod-eu-west-1-xcom/typo")
    assert deviation.reason == "4 of 4 of billing in prod/aws follow this pattern"


def test_another_account_than_the_team_has_is_drift_where_teams_have_one() -> None:
    def role(name: str, team: str, account: int) -> PlainRow:
        return row(name, team=team, identity=f"arn:aws:iam::{account:012d}:role/{team}-{name}")

    teams = ("billing", "crm", "risk", "etl")
    rows = [role(f"a{n}", team, number) for number, team in enumerate(teams) for n in range(4)]
    stray = role("stray", "crm", 777)
    (deviation,) = majority_deviations([*rows, stray]).deviations
    assert (deviation.deployment, deviation.expected) == (stray.id, "arn:aws:iam::000000000001:role/{name}")
    varied = [role(f"a{n}", team, 10 * n + number) for number, team in enumerate(teams) for n in range(4)]
    assert found([*varied, *(role(f"b{n}", "crm", 777) for n in range(4))]) == {}


def test_connections_in_underscores_follow_teams_in_hyphens() -> None:
    rows = [
        row(f"a{n}", team=team, connection=team.replace("-", "_")) for team in ("data-eng", "web") for n in range(4)
    ]
    odd = row("odd", team="data-eng", connection="old")
    (deviation,) = majority_deviations([*rows, odd]).deviations
    assert (deviation.expected, deviation.target) == ("{team-snake}", Target("data_eng"))


def test_a_target_takes_the_account_of_the_team() -> None:
    rows: list[Row] = [
        row(f"a{n}", team=team, identity=f"arn:aws:iam::{number:012d}:role/{team}Agent")
        for number, team in enumerate(("billing", "crm", "risk"))
        for n in range(4)
    ]
    rows.append(row("odd", team="crm", identity="arn:aws:iam::777777777777:role/shared"))
    (deviation,) = majority_deviations(rows).deviations
    assert deviation.expected == "arn:aws:iam::{account}:role/{team}Agent"
    assert deviation.target == Target("arn:aws:iam::000000000001:role/crmAgent")


def test_what_check_tells_about_is_no_drift() -> None:
    refused = row("r", threshold=FieldReading("threshold", None, "1e6", "invalid"))
    secret = row("s", threshold=FieldReading("threshold", None, "", "reference", reference="Secret x key y"))
    misspelt = replace(row("m", compression=None), misread=frozenset(("compression",)))
    assert found([*fleet(5), refused, secret, misspelt]) == {}
    assert found([*fleet(5), row("m", compression=None)]) == {("prod/billing/m", "compression"): "zip"}


def test_every_negative_threshold_and_none_mean_never() -> None:
    rows = [*fleet(4, threshold=-1), row("a", threshold=None), row("b", threshold=-7), row("c", threshold=0)]
    assert found(rows) == {("prod/billing/c", "threshold"): -1}


def test_a_value_that_looks_like_a_template_breaks_nothing() -> None:
    rows = [*fleet(5), row("odd", path="s3://{{ bucket }}/{team}/x")]
    assert set(found(rows)) == {("prod/billing/odd", "path"), ("prod/billing/odd", "connection")}


@pytest.mark.parametrize("seed", range(6))
def test_injected_drift_is_found_and_nothing_else(seed: int) -> None:
    truth = make(800, seed)
    for against, least in (("baseline", 1.0), ("majority", 0.99)):
        score = scored(truth, against)
        assert score.precision >= least
        assert score.recall >= least


def test_no_seed_makes_a_fleet_that_tests_nothing() -> None:
    fields = {field for seed in range(2) for _, field in make(800, seed).drifted}
    assert fields == {"backend", "path", "threshold", "compression", "identity", "connection"}


def test_of_patterns_that_as_many_follow_the_same_is_expected_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", _TIED],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in "123456"
    }
    assert told == {"s3://{team}-{env}-xcom/{name}\n"}


_TIED = """
from rea_xcom_tui.xcom.drift.norms import Member, tallies
from rea_xcom_tui.xcom.placeholders import variants
from tests.xcom.drift.rows import row
from dataclasses import replace
members = []
for name in ("a", "b", "c", "d"):
    words = {"name": name, "short": name, "env": "dev", "team": "billing", "namespace": "billing-dev"}
    made = replace(row(name), names=variants(words))
    members.append(Member(made, "path", f"s3://billing-dev-xcom/{name}"))
print(next(tallies(members, "path")).value.text)
"""
