from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest
from msgspec.structs import replace

from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules.engine import judge, survey
from rea_xcom_tui.xcom.rules.examples import AZURE_CONNECTION, azure, example
from rea_xcom_tui.xcom.rules.families import find
from rea_xcom_tui.xcom.rules.fleet import FleetRow, check_fleet
from rea_xcom_tui.xcom.rules.fleet_facts import fleet_row
from rea_xcom_tui.xcom.rules.maintenance import maintenance_finding
from rea_xcom_tui.xcom.rules.settings import RuleContext, RuleSettings
from tests.xcom.rules.helpers import TODAY

AWS = "s3://acme-xcom/etl"


def row(name: str, text: str) -> FleetRow:
    values = ValuesFile.parse(text.encode())
    context = RuleContext(today=TODAY, text=values.text, comment_on=values.comment_on)
    config = read(values.root)
    judgement, row = survey(values.root, config, replace(context, id=name))
    assert row == fleet_row(name, values.root, config, context)
    assert judgement == judge(values.root, config, context)
    return row


def severities(*texts: str, settings: RuleSettings | None = None) -> dict[str, str]:
    rows = [row(f"{index}.yaml", text) for index, text in enumerate(texts)]
    found = check_fleet(rows, settings or RuleSettings())
    return {name: finding.severity for name, findings in found.items() for finding in findings}


BOTH = {"0.yaml": "warning", "1.yaml": "warning"}


def of(deployment: str, **more: str) -> str:
    return example(env=(("ASTRO_DEPLOYMENT_ID", deployment),), **more)


def test_the_examples_of_the_page() -> None:
    rule = find("XC220")
    assert rule is not None
    assert severities(rule.wrong, rule.wrong) == BOTH
    assert severities(rule.wrong, rule.right) == {}


def test_the_finding_names_the_other_and_stands_at_the_path() -> None:
    rows = [row("a.yaml", of("dep1")), row("b.yaml", of("dep2")), row("c.yaml", of("dep3"))]
    (finding,) = check_fleet(rows, RuleSettings())["b.yaml"]
    assert (finding.line, finding.column, finding.field) == (6, 12, "path")
    assert finding.message == f'path "{AWS}" is also where a.yaml and 1 other write'


def test_spellings_of_one_place() -> None:
    assert severities(of("a"), of("b", path='"s3a://acme-xcom/etl/"')) == BOTH
    assert severities(of("a"), of("b", path='"s3://aws_xcom@acme-xcom/etl"')) == BOTH
    assert severities(of("a"), of("b", path='"gs://acme-xcom/etl"')) == {}
    assert severities(of("a"), of("b", path='"s3://acme-xcom/etl/more"')) == {}


def test_a_path_that_stands_there_twice_is_compared_with_nobody() -> None:
    variable = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_PATH"
    twice = example(env=(("ASTRO_DEPLOYMENT_ID", "b"), (variable, '"s3://acme-xcom/other"')))
    assert row("b.yaml", twice).place == ""
    assert severities(of("a"), twice) == {}
    same = example(env=(("ASTRO_DEPLOYMENT_ID", "b"), (variable, f'"{AWS}"')))
    assert severities(of("a"), same) == BOTH


def test_agents_of_one_deployment_have_to_share() -> None:
    assert severities(of("same"), of("same")) == {}
    url = example(before="astroDeploymentAPIURL: https://x.astronomer.run/d1")
    assert severities(url, url) == {}
    assert severities(url, url.replace("d1", "d2")) == BOTH
    named = example(before="resourceNamePrefix: etl\nnamespace: airflow")
    assert severities(named, named) == {}
    assert severities(named, named.replace("prefix: etl", "prefix: ml").replace("Prefix: etl", "Prefix: ml")) == BOTH


def test_azure_containers_are_told_apart_by_their_account() -> None:
    other = azure(connection=AZURE_CONNECTION.replace("acmexcom", "otherxcom"))
    assert severities(azure(), azure()) == BOTH
    assert severities(azure(), other) == {}
    assert severities(azure(), azure(connection=None)) == {"0.yaml": "info", "1.yaml": "info"}


def test_paths_that_lead_nowhere_are_left_to_their_own_rules() -> None:
    for path in ('"acme-xcom/etl"', '"s3://<bucket>/etl"', '"file:///tmp/x"', '"s3://acme-xcom/$TEAM"'):
        assert severities(of("a", path=path), of("b", path=path)) == {}
    secret = "null\n    valueFrom:\n      secretKeyRef: {name: xcom, key: path}"
    assert severities(of("a", path=secret), of("b", path=secret)) == {}


def test_a_comment_and_the_settings_count() -> None:
    accepted = of("a", path=f'"{AWS}" # rea-xcom: ignore[XC220] the two are moved together')
    assert severities(accepted, of("b")) == {"1.yaml": "warning"}
    assert severities(of("a"), of("b"), settings=RuleSettings(off=frozenset(("XC220",)))) == {}
    loud = RuleSettings(severities={"XC220": "error"})
    assert set(severities(of("a"), of("b"), settings=loud).values()) == {"error"}


def of_env(deployment: str, env: str | None = None, account: str = "123456789012", **more: str) -> FleetRow:
    """A deployment's row, of its own Astro deployment, with a role of an account."""
    note = f"annotations:\n  eks.amazonaws.com/role-arn: arn:aws:iam::{account}:role/Agent"
    text = of(deployment, rest=note, **more)
    values = ValuesFile.parse(text.encode())
    context = RuleContext(today=TODAY, text=values.text, comment_on=values.comment_on, env=env)
    return fleet_row(f"{deployment}.yaml", values.root, read(values.root), context)


def told(*rows: FleetRow) -> dict[str, set[str]]:
    return {
        name: {finding.code for finding in findings} for name, findings in check_fleet(rows, RuleSettings()).items()
    }


def test_a_bucket_with_roles_of_two_accounts() -> None:
    rows = [of_env(name, path=f'"s3://acme-xcom/{name}"') for name in ("a", "b")]
    assert told(*rows) == {}
    other = of_env("c", account="999999999999", path='"s3a://acme-xcom/c"')
    assert told(*rows, other) == {name: {"XC226"} for name in ("a.yaml", "b.yaml", "c.yaml")}
    message = check_fleet([*rows, other], RuleSettings())["c.yaml"][0].message
    assert message.endswith("of account 999999999999 here, of account 123456789012 in a.yaml and 1 other")


def test_a_misspelt_bucket() -> None:
    usual = [of_env(name, path=f'"s3://{name}-prod-xcom/x"') for name in ("shop", "crm", "pay")]
    wrong = of_env("etl", path='"s3://etl-prd-xcom/x"')
    assert told(*usual, wrong) == {"etl.yaml": {"XC227"}}
    assert "the first write creates a bucket" in check_fleet([*usual, wrong], RuleSettings())["etl.yaml"][0].message
    for fine in ("etl-prod2-xcom", "etl-test-xcom", "etl-dev-xcom"):
        assert told(*usual, of_env("etl", path=f'"s3://{fine}/x"')) == {}, fine
    assert told(*usual, wrong, of_env("two", path='"s3://two-prd-xcom/x"')) == {}, "two of a kind are a habit"


def connected(name: str, env: str, connection: str, path: str) -> FleetRow:
    text = example(env=(("ASTRO_DEPLOYMENT_ID", name), ("AIRFLOW_CONN_C", f"'{connection}'")), path=path)
    values = ValuesFile.parse(text.encode())
    context = RuleContext(today=TODAY, text=values.text, comment_on=values.comment_on, env=env)
    return fleet_row(f"{name}.yaml", values.root, read(values.root), context)


def test_an_endpoint_of_another_environment() -> None:
    def of_endpoint(name: str, env: str, endpoint: str) -> FleetRow:
        connection = f'{{"conn_type": "aws", "extra": {{"endpoint_url": "{endpoint}"}}}}'
        return connected(name, env, connection, f'"s3://c@acme-{name}/x"')

    right = of_endpoint("a", "staging", "https://minio.staging.acme.example")
    assert told(right, of_endpoint("b", "prod", "https://minio.prod.acme.example")) == {}
    assert told(right, of_endpoint("b", "prod", "https://minio.staging.acme.example")) == {"b.yaml": {"XC228"}}
    assert told(right, of_endpoint("b", "prod", "https://prod.staging.acme.example")) == {}
    assert told(right, of_endpoint("b", "prod", "https://minio.acme.example")) == {}


def test_an_azure_account_of_another_environment() -> None:
    def of_account(name: str, env: str, account: str) -> FleetRow:
        connection = f'{{"conn_type": "azure", "extra": {{"anon": false, "account_name": "{account}"}}}}'
        return connected(name, env, connection, f'"abfs://c@{name}-xcom/x"')

    staging = of_account("aaa", "staging", "claimsstaging")
    assert told(staging, of_account("bbb", "prod", "claimsprod")) == {}
    assert told(staging, of_account("bbb", "prod", "claimsstaging")) == {"bbb.yaml": {"XC228"}}
    # Five letters are enough to look for within a name that has no separators, and four are not.
    assert told(of_account("aaa", "infra", "claimsinfra"), of_account("bbb", "prod", "tradeinfra")) == {
        "bbb.yaml": {"XC228"}
    }
    assert told(of_account("aaa", "test", "claimstest"), of_account("bbb", "prod", "tradetest")) == {}


def test_the_maintenance_of_an_agent() -> None:
    rule = find("XC719")
    assert rule is not None
    config = read(ValuesFile.parse(rule.wrong.encode()).root)
    assert maintenance_finding(config, date(2026, 7, 28)) is None
    finding = maintenance_finding(config, date(2026, 11, 28))
    assert finding is not None
    assert finding.message.startswith("agent 1.3.1: maintenance of 1.3 ended on 2026-07-28 at the latest")
    assert maintenance_finding(msgspec.structs.replace(config, agent=(1, 8, 2)), date(2026, 11, 28)) is None
    assert maintenance_finding(msgspec.structs.replace(config, agent=None), date(2026, 11, 28)) is None


@pytest.mark.parametrize(
    ("agent", "last"),
    [((1, 3, 1), date(2026, 7, 28)), ((1, 4, 0), date(2026, 10, 16)), ((1, 7, 9), date(2027, 1, 1))],
)
def test_maintenance_ends_on_its_day(agent: tuple[int, int, int], last: date) -> None:
    rule = find("XC719")
    assert rule is not None
    config = msgspec.structs.replace(read(ValuesFile.parse(rule.wrong.encode()).root), agent=agent)
    assert maintenance_finding(config, last) is None
    finding = maintenance_finding(config, last + timedelta(days=1))
    assert finding is not None
    assert f"ended on {last}" in finding.message


def test_only_whole_words_of_a_bucket_are_misspelt() -> None:
    def rows(odd: str, *usual: str) -> list[FleetRow]:
        names = ("shop", "crm", "pay")
        return [of_env(n, path=f'"s3://{n}-{usual[0]}-xcom/x"') for n in names] + [
            of_env("etl", path=f'"s3://etl-{odd}-xcom/x"')
        ]

    assert told(*rows("prd", "prod")) == {"etl.yaml": {"XC227"}}
    assert told(*rows("pr", "pro")) == {}, "three letters are too short to be told from a misspelling"
    assert told(*rows("prod", "prod")) == {}
