from __future__ import annotations

from tests.cli.run import Cli
from tests.work import Work, values

SYNC = "clusters/dev/crm/sync/values.yaml"
ETL, ML = "clusters/prod/billing/etl/values.yaml", "clusters/prod/billing/ml/values.yaml"


def test_mends_are_all_or_nothing_unless_told_to_skip(cli: Cli, fleet_repo: Work) -> None:
    wrong = values("billing-etl", compression="gz")
    fleet_repo.write(ETL, wrong)
    fleet_repo.write(ML, "x: &z gz\n" + values("billing-ml", compression="gz").replace('"gz"', "*z"))
    fleet_repo.commit_all()
    shown = cli("check", "--fix")
    assert shown.code == 3
    assert '+    value: "gzip"' in shown.out
    ran = cli("check", "--fix", "--write")
    assert (ran.code, ran.out, fleet_repo.status()) == (3, "", [])
    assert "1 fix cannot be made, so nothing was written; --skip-refused carries out the rest" in ran.err
    assert f"refused: {ML}: " in ran.err
    ran = cli("check", "--fix", "--write", "--skip-refused")
    assert (ran.code, fleet_repo.status()) == (3, [f" M {SYNC}", f" M {ETL}"])
    assert 'value: "gzip"' in fleet_repo.read(SYNC).decode()  # zip, which only stores, has a fix as well
    assert fleet_repo.read(ETL).decode() == wrong.replace('"gz"', '"gzip"')
    assert cli("check", "--skip-refused").code == 2


def test_maintenance_is_told_only_when_asked_for(cli: Cli, fleet_repo: Work) -> None:
    image = "image: registry.example.com/astro-remote-execution-agent:3.1-9-python-3.12-astro-agent-1.3.1\n"
    fleet_repo.write(ETL, image + values("billing-etl"))
    assert "XC719" not in cli("check").out
    ran = cli("check", "--maintenance", "--fail-on", "warning")
    assert ran.code == 1
    assert "XC719  agent 1.3.1: maintenance of 1.3 ended on 2026-07-28 at the latest" in ran.out
    assert cli("check", "--maintenance", "--fix").code == 2
