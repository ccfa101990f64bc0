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


def with_state_store(threshold: str) -> str:
    """A values file whose state store has this threshold, as it is written."""
    entries = f"""\
  - name: AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_PATH
    value: "s3://acme-xcom/state"
  - name: AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_THRESHOLD
    value: {threshold}
"""
    backend = "stateStoreBackend: airflow.providers.common.io.state_store.backend.StateStoreObjectStorageBackend\n"
    return backend + values("billing-etl", compression=None).replace("\nannotations:", f"{entries}\nannotations:")


def test_a_finding_that_another_fix_removes_or_changes_is_fixed_too(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write(ETL, with_state_store("-1"))
    fleet_repo.write(ML, values("billing-ml", path=" S3://acme-xcom/ml", compression=None))
    fleet_repo.commit_all()
    found = {(one["file"], one["code"]) for one in cli("check", "--format", "json").json["findings"]}
    assert {(ETL, "XC124"), (ETL, "XC701"), (ML, "XC208"), (ML, "XC212")} <= found
    ran = cli("check", "name:billing-etl,billing-ml", "--fix", "--write")
    assert (ran.code, fleet_repo.status()) == (0, [f" M {ETL}", f" M {ML}"]), ran.err
    assert fleet_repo.read(ETL).decode() == with_state_store('"0"')
    assert fleet_repo.read(ML).decode() == values("billing-ml", path="s3://acme-xcom/ml", compression=None)


def test_maintenance_is_told_only_when_asked_for(cli: Cli, fleet_repo: Work) -> None:
    image = "image: registry.example.com/astro-remote-execution-agent:3.1-9-python-3.12-astro-agent-1.3.1\n"
    fleet_repo.write(ETL, image + values("billing-etl"))
    assert "XC719" not in cli("check").out
    ran = cli("check", "--maintenance", "--fail-on", "warning")
    assert ran.code == 1
    assert "XC719  agent 1.3.1: maintenance of 1.3 ended on 2026-07-28 at the latest" in ran.out
    assert cli("check", "--maintenance", "--fix").code == 2
