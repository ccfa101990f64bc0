from __future__ import annotations

from dataclasses import replace

from rea_xcom_tui.values.reading import ValuesFile
from rea_xcom_tui.xcom.reading import read
from rea_xcom_tui.xcom.rules import FleetRow, RuleContext, RuleSettings, check_fleet, find, fleet_row, judge, survey
from rea_xcom_tui.xcom.rules.examples import AZURE_CONNECTION, azure, example
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
    assert finding.message == f'path "{AWS}" is also where a.yaml and 1 other writes'


def test_spellings_of_one_place() -> None:
    assert severities(of("a"), of("b", path='"s3a://acme-xcom/etl/"')) == BOTH
    assert severities(of("a"), of("b", path='"s3://aws_xcom@acme-xcom/etl"')) == BOTH
    assert severities(of("a"), of("b", path='"gs://acme-xcom/etl"')) == {}
    assert severities(of("a"), of("b", path='"s3://acme-xcom/etl/more"')) == {}


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
