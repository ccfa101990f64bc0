"""How well drift is told: fleets with known drift in them, and precision and recall against that truth.

usage: python benchmarks/drift_truth.py [--deployments N] [--seeds K] [--much X]

Each fleet varies by nature where real ones do (compression or accounts or connections that nobody has agreed on)
and has drift injected elsewhere: single deployments that leave their environment's threshold, their bucket, role,
backend, connection or, where the fleet agrees on one, compression. Every second seed makes a fleet that agrees on
its compression, every third one with an AWS account for each environment, the next one for each team.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from random import Random

from rea_xcom_tui.fleet.baseline.file import parse_baseline
from rea_xcom_tui.fleet.edit.row import drift_rows
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.xcom.drift import Outcome, majority_deviations
from rea_xcom_tui.xcom.drift.baseline import Baseline, baseline_deviations
from rea_xcom_tui.xcom.model import Cloud, Configuration, FieldName, FieldReading
from rea_xcom_tui.xcom.names import OBJECT_STORAGE_BACKEND
from rea_xcom_tui.xcom.paths import parse_path

ENVS = ("dev", "staging", "prod", "dr")
CLOUDS: tuple[Cloud, ...] = ("aws", "azure", "gcp")
THRESHOLDS = {"prod": 0, "dr": 0, "dev": 1048576, "staging": 1048576}
Key = tuple[str, FieldName]
Facts = dict[FieldName, str | int | None]


@dataclass(frozen=True)
class Truth:
    """A fleet and what is wrong in it."""

    deployments: list[Deployment]
    drifted: frozenset[Key]
    agreed_compression: bool


@dataclass(frozen=True)
class Score:
    precision: float
    recall: float

    @classmethod
    def of(cls, found: Iterable[Key], truth: frozenset[Key]) -> Score:
        told = set(found)
        right = len(told & truth)
        return cls(right / len(told) if told else 1.0, right / len(truth) if truth else 1.0)


def make(count: int, seed: int, much: float = 1.0) -> Truth:
    """A fleet of `count` deployments; `much` says how much drift is in it, 1 for a few in a hundred."""
    random = Random(seed)
    agreed = seed % 2 == 0
    account = (_account_of_row, _account_of_env, _account_of_team)[seed % 3]
    deployments: list[Deployment] = []
    drifted: set[Key] = set()
    for index in range(count):
        team, env, name = _team(index // 16), ENVS[index % 4], _app(index // 4 % 4)
        cloud = random.choices(CLOUDS, (5, 3, 2))[0]
        facts = _facts(random, team, env, name, cloud, account(index, team, env), agreed)
        file = (f"clusters/{env}/{team}/{name}/values.yaml", f"agents/{team}/{env}/{name}.yaml")[seed // 2 % 2]
        for field in _injected(random, facts, team, env, name, cloud, agreed, much):
            drifted.add((file, field))
        deployments.append(_deployment(file, f"{team}-{name}", team, env, cloud, facts))
    return Truth(deployments, frozenset(drifted), agreed)


_WORDS = ("etl", "core-data", "billing", "prod-planning", "xcom", "ml", "dev-portal", "search")
"""What teams and applications are called; some of it reads like something else on purpose."""


def _team(number: int) -> str:
    return f"{_WORDS[number % len(_WORDS)]}{number // len(_WORDS):03d}"


def _app(number: int) -> str:
    return ("orders", "orders-etl", "team-metrics", "etl")[number]


def _account_of_row(index: int, team: str, env: str) -> str:
    return f"{(index * 7919 + 123456789) % 10**12:012d}"


def _account_of_env(index: int, team: str, env: str) -> str:
    return str(ENVS.index(env) + 1) * 12


def _account_of_team(index: int, team: str, env: str) -> str:
    return f"{sum(map(ord, team)) * 10**6 + int(team[-3:]) + 5 * 10**11:012d}"


def _facts(random: Random, team: str, env: str, name: str, cloud: Cloud, account: str, agreed: bool) -> Facts:
    compression = "zip" if agreed else random.choices(("zip", "gzip", "xz", None), (6, 2, 1, 1))[0]
    connection = {"aws": random.choice((None, "aws_xcom")), "azure": "wasb_xcom"}.get(cloud)
    identity = {
        "aws": f"arn:aws:iam::{account}:role/{team}AgentRole",
        "azure": f"{random.getrandbits(32):08x}-0000-4000-8000-{random.getrandbits(48):012x}",
        "gcp": f"xcom-{env}@{team}-project.iam.gserviceaccount.com",
    }[cloud]
    path = {
        "aws": f"s3://{team}-{env}-xcom/{name}",
        "azure": f"abfs://xcom/{name}",
        "gcp": f"gs://{team}-{env}-xcom/{name}",
    }[cloud]
    return {
        "backend": OBJECT_STORAGE_BACKEND,
        "path": parse_path(path).with_connection(connection),
        "threshold": THRESHOLDS[env],
        "compression": compression,
        "identity": identity,
        "connection": connection,
    }


def _injected(
    random: Random, facts: Facts, team: str, env: str, name: str, cloud: Cloud, agreed: bool, much: float
) -> list[FieldName]:
    """Put drift into a deployment's fields, and say into which."""
    scheme = {"aws": "s3", "azure": "abfs", "gcp": "gs"}[cloud]
    others = [other for other in ENVS if other != env]
    makers: list[tuple[FieldName, float, Callable[[], str | int | None]]] = [
        ("threshold", 0.07, lambda: random.choice((-1, 4096, 65536, 10485760))),
        ("backend", 0.01, lambda: random.choice((None, "airflow.sdk.bases.xcom.BaseXCom"))),
        (
            "path",
            0.02,
            lambda: random.choice(
                (f"{scheme}://tmp-xcom/{name}", f"{scheme}://{team}-{random.choice(others)}-xcom/{name}-old")
            ),
        ),
    ]
    if cloud == "aws":
        makers.append(("identity", 0.02, lambda: "arn:aws:iam::999900001111:role/airflow-shared"))
    if cloud == "gcp":
        makers.append(
            ("identity", 0.02, lambda: f"xcom-{random.choice(others)}@{team}-project.iam.gserviceaccount.com")
        )
    if cloud == "azure":
        makers.append(("connection", 0.02, lambda: random.choice((None, "wasb_old"))))
    if agreed:
        makers.append(("compression", 0.03, lambda: random.choice(("gzip", "xz", None))))
    found: list[FieldName] = []
    for field, chance, value in makers:
        if random.random() < chance * much:
            facts[field] = value()
            found.append(field)
    connection = facts["connection"]
    facts["path"] = parse_path(str(facts["path"])).with_connection(connection if isinstance(connection, str) else None)
    return found


def _deployment(file: str, name: str, team: str, env: str, cloud: Cloud, facts: Facts) -> Deployment:
    fields = {
        field: FieldReading(field, value, None if value is None else str(value), "unset" if value is None else "set")
        for field, value in facts.items()
    }
    config = Configuration(fields, cloud, prefix=name, namespace=f"{team}-{env}")
    return Deployment(file, name, env, config.namespace, file, config)


def declared(truth: Truth) -> Baseline:
    """The baseline that somebody who knows this fleet would write."""
    compression = "zip" if truth.agreed_compression else "any"
    return parse_baseline(
        f"""
version: 1
baseline:
  "*":
    backend: {OBJECT_STORAGE_BACKEND}
    compression: {compression}
    threshold: 1MiB
  prod:
    threshold: always
  dr:
    threshold: 0
  "*/aws":
    path: "s3://{{team}}-{{env}}-xcom/{{short}}"
    identity: "arn:aws:iam::{{account}}:role/{{team}}AgentRole"
    connection: aws_xcom or unset
  "*/azure":
    path: "abfs://xcom/{{short}}"
    identity: "{{uuid}}"
    connection: wasb_xcom
  "*/gcp":
    path: "gs://{{team}}-{{env}}-xcom/{{short}}"
    identity: "xcom-{{env}}@{{team}}-project.iam.gserviceaccount.com"
    connection: unset
""".encode()
    )


def keys(outcome: Outcome) -> list[Key]:
    """What a comparison says is wrong."""
    return [(deviation.deployment, deviation.field) for deviation in outcome.deviations]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deployments", type=int, default=10_000)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--much", type=float, default=1.0, help="how much drift, 1 for a few in a hundred")
    options = parser.parse_args()
    print(f"{options.deployments} deployments\nseed  against    precision  recall  drifted  CPU seconds")
    for seed in range(options.seeds):
        truth = make(options.deployments, seed, options.much)
        for against in ("baseline", "majority"):
            started = time.process_time()
            score = scored(truth, against)
            seconds = time.process_time() - started
            figures = f"{score.precision:9.4f}  {score.recall:6.4f}  {len(truth.drifted):7}  {seconds:7.2f}"
            print(f"{seed:4}  {against:<9}  {figures}")


def scored(truth: Truth, against: str) -> Score:
    """Compare the fleet and hold the outcome against the truth."""
    rows = drift_rows(truth.deployments)
    baseline = against == "baseline"
    outcome = baseline_deviations(rows, declared(truth)) if baseline else majority_deviations(rows)
    return Score.of(keys(outcome), truth.drifted)


if __name__ == "__main__":
    main()
