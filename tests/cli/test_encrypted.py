"""Values that are encrypted in place: read as far as they can be, and never edited into pieces."""

from __future__ import annotations

import pytest

from tests.cli.run import Cli
from tests.work import BACKEND, IO, Work

CIPHER = "ENC[AES256_GCM,data:Zm9v,iv:aXY=,tag:dGFn,type:str]"
BODY = f"""\
resourceNamePrefix: NAME
agentToken: {CIPHER}
xcomBackend: {BACKEND}
commonEnv:
  - name: {IO}PATH
    value: s3://acme-xcom/etl
  - name: {IO}THRESHOLD
    value: "0"
"""
SEAL = f"sops:\n  mac: {CIPHER}\n  encrypted_regex: ^agentToken$\n"
VAULT = "!vault |\n      $ANSIBLE_VAULT;1.1;AES256\n      6231"


@pytest.fixture
def sealed(cli: Cli, fleet_repo: Work) -> Cli:
    keep = {
        "seal/etl": BODY.replace("NAME", "etl-a") + SEAL,
        "seal/only": BODY.replace("NAME", "etl-b") + SEAL + "  mac_only_encrypted: true\n",
        "seal/all": BODY.replace("NAME", CIPHER).replace(BACKEND, CIPHER).replace(f"{IO}PATH", CIPHER)
        .replace(f"{IO}THRESHOLD", CIPHER).replace("s3://acme-xcom/etl", CIPHER) + SEAL,
        "seal/vault": BODY.replace("NAME", "vaulted").replace("s3://acme-xcom/etl", VAULT).replace(CIPHER, VAULT),
    }  # fmt: skip
    for name, text in keep.items():
        fleet_repo.write(f"{name}/values.yaml", text)
    fleet_repo.write("seal/whole/values.yaml", "$ANSIBLE_VAULT;1.1;AES256\n6231\n")
    fleet_repo.commit_all("sealed")
    return cli


def test_what_is_readable_is_read_and_the_rest_is_a_reference(sealed: Cli) -> None:
    data = sealed("list", "file:seal/*", "--format", "json").json
    rows = {row["file"].split("/")[1]: row for row in data["deployments"]}
    assert {name: row["name"] for name, row in rows.items()} == {
        "etl": "etl-a", "only": "etl-b", "all": "all", "vault": "vaulted",
    }  # fmt: skip
    assert {name: row["encrypted"] for name, row in rows.items()} == {
        "etl": "SOPS", "only": "SOPS", "all": "SOPS", "vault": "ansible-vault",
    }  # fmt: skip
    assert rows["etl"]["fields"]["threshold"]["value"] == 0
    assert {f["state"] for f in rows["all"]["fields"].values()} == {"reference"}
    assert rows["all"]["fields"]["backend"]["reference"] == "a value encrypted by SOPS"
    assert rows["vault"]["fields"]["path"]["reference"] == "a value encrypted by ansible-vault"
    assert {f["code"] for row in rows.values() for f in row["findings"] if f["severity"] == "error"} == set()
    assert "encrypted by ansible-vault as a whole" in str(data["unreadable"])


def test_check_and_show_and_queries_say_so(sealed: Cli) -> None:
    assert sealed("check", "file:seal/etl*").out.count("XC717") == 1
    assert "encrypted by SOPS" in sealed("show", "etl-a").out
    assert len(sealed("list", "is:encrypted", "--format", "json").json["deployments"]) == 4


def test_an_edit_that_would_break_the_checksum_is_refused_with_the_way_out(sealed: Cli, fleet_repo: Work) -> None:
    ran = sealed("set", "threshold=7", "--where", "file:seal/*", "--skip-refused", "--write")
    assert ran.code == 3
    assert "edit it with `sops`" in ran.err
    assert "seal/all/values.yaml: threshold: threshold is encrypted by SOPS" in ran.err
    assert sorted(fleet_repo.git("diff", "--name-only").split()) == ["seal/only/values.yaml", "seal/vault/values.yaml"]
    assert sealed("set", "path=s3://acme-xcom/new", "--where", "file:seal/vault*", "--write").code == 3
