"""A secret of a connection appears in no output, plan, journal, cache or commit message, whatever is done."""

from __future__ import annotations

import json
import re
from pathlib import Path

from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.reports.details import details_text
from rea_xcom_tui.reports.formats import REPORTS
from tests.contract.conftest import MakeCli
from tests.work import BACKEND, IO

SIZE = f'  - name: {IO}THRESHOLD\n    value: "10"\n'
PATH = f"  - name: {IO}PATH\n    value: s3://my@team-xcom/x\n"


def secret(number: int) -> str:
    return f"CANARY{number:02}x"


def password(number: int) -> str:
    return json.dumps({"conn_type": "aws", "password": secret(number)})


def named(value: str) -> str:
    return f"  - name: AIRFLOW_CONN_MY\n    value: {value}\n"


EXTRA = json.dumps({"conn_type": "wasb", "extra": json.dumps({"account_key": secret(1), "sas_token": secret(2)})})
ENTRIES = {
    "json": named(f"'{password(3)}'"),
    "double": named(json.dumps(EXTRA)),
    "broken": named('\'{"conn_type":"aws","password":"' + secret(4) + "\", extra: }'"),
    "cut": named('\'{"conn_type":"aws","password":"' + secret(5) + "'"),
    "uri": named(f"aws://AKIA:{secret(6)}@/?aws_secret_access_key={secret(7)}"),
    "uri-slash": named(f"aws://AKIA:{secret(8)}/with/slash@host"),
    "text": named(secret(9)),
    "folded": named(f'>-\n      {{"conn_type":"aws",\n       "password":\n       "{secret(10)}"}}'),
    "literal": named(f'|\n      {{"conn_type":"aws",\n       "password":\n       "{secret(11)}"}}'),
    "anchored": named(f"&a '{password(12)}'"),
    "twice": named(f"'{password(13)}'") + named(f"'{password(14)}'"),
    "mapping": named(f"\n      password: {secret(15)}\n      extra: [x://{secret(16)}]"),
    "two-values": named(f"'{password(17)}'") + f"    value: '{password(18)}'\n",
    "two-names": named(f"'{password(19)}'") + "    name: OTHER\n",
    "value-first": f"  - value: '{password(20)}'\n    name: AIRFLOW_CONN_MY\n",
    "commented": f"  # - name: AIRFLOW_CONN_MY\n  #   value: '{password(21)}'\n",
    "was": named(f"aws://  # was aws://k:{secret(22)}@"),
    "escaped": named(f'"{{\\"conn_type\\":\\"aws\\",\\"pass\\u0077ord\\":\\"{secret(23)}\\"}}"'),
    "not-yaml": named(f'"\\q{secret(24)}"'),
    "endpoint": named(
        json.dumps(json.dumps({"conn_type": "aws", "extra": {"endpoint_url": f"https://u:{secret(34)}@m"}}))
    ),
    "pretty": named(f'|\n      {{"conn_type":"aws","extra":{{\n       "endpoint_url": "https://u:{secret(35)}@m"}}}}'),
    "endpoint-query": named("'" + json.dumps({"conn_type": "aws", "host": f"https://m/?token={secret(36)}"}) + "'"),
    "other": f"  - name: AWS_SECRET_ACCESS_KEY\n    value: {secret(25)}\n",
}


def files() -> dict[str, str | bytes]:
    head = f"agentToken: {secret(30)}\nopenLineage:\n  apiKey: {secret(31)}\nxcomBackend: {BACKEND}\ncommonEnv:\n"
    found: dict[str, str | bytes] = {
        f"prod/{name}/values.yaml": head + PATH + entry + SIZE for name, entry in ENTRIES.items()
    }
    anchored = f"x: &c '{password(26)}'\n"
    found["prod/anchor/values.yaml"] = anchored + head + PATH + named("*c") + SIZE
    merged = f"x: &c\n  value: '{password(27)}'\n"
    found["prod/merge/values.yaml"] = merged + head + PATH + "  - name: AIRFLOW_CONN_MY\n    <<: *c\n" + SIZE
    worker = f"workers:\n  - name: w\n    env:\n      - name: AIRFLOW_CONN_MY\n        value: '{password(28)}'\n"
    found["prod/worker/values.yaml"] = head + PATH + SIZE + worker
    for number, reference in ((32, "$(AIRFLOW_CONN_MY)"), (33, "$AIRFLOW_CONN_MY")):
        expanded = named(f"'{password(number)}'") + SIZE.replace("10", reference)
        found[f"prod/expanded-{number}/values.yaml"] = head + PATH.replace("/x", f"/{reference}") + expanded
    for number, path in ((37, "abfs://my@cont/p?sv=1&sig={}"), (38, "s3://AKIA:{}/with/slash=@bucket/x")):
        found[f"prod/path-{number}/values.yaml"] = (
            head + PATH.replace("s3://my@team-xcom/x", path.format(secret(number))) + SIZE
        )
    flow = json.dumps([{"name": "AIRFLOW_CONN_MY", "value": password(29)}, {"name": f"{IO}THRESHOLD", "value": "1"}])
    found["prod/flow/values.yaml"] = f"xcomBackend: {BACKEND}\ncommonEnv: {flow}\n"
    return found


def test_no_secret_leaves_the_files_by_comparisons_campaigns_and_probes(on_repo: MakeCli, tmp_path: Path) -> None:
    """By what puts one deployment beside another, or makes one after another."""
    chosen = ("json", "uri", "path-37", "path-38", "endpoint")
    prod = {path: text for path, text in files().items() if path.split("/")[1] in chosen}
    staging = {path.replace("prod/", "staging/"): str(text).replace('"10"', '"13"') for path, text in prod.items()}
    cli, work = on_repo({**prod, **staging})
    work.git("switch", "-q", "-c", "raised")
    for path in prod:
        work.write(
            path, work.read(path).replace(b'"10"', b'"12"').replace(b"CANARY0", b"CANARY9").replace(b"/x", b"/y")
        )
    work.commit_all("raise")
    work.git("switch", "-q", "main")
    plan = str(tmp_path / "plan.json")
    sides = ("--from", "env:staging", "--to", "env:prod")
    for args in (
        *(("review", "raised", "--format", form) for form in ("json", "markdown")),
        ("diff", "main..raised"),
        *(("drift", "--against", "ref:raised", "--format", form) for form in REPORTS),
        ("history", "prod/path-38/values.yaml", "--format", "json"),
        ("list", "--format", "yaml"),
        ("promote", "path", "connection", *sides),
        ("promote", "threshold", *sides, "--plan", plan),
        ("wave", "plan", plan, "--by", "env"),
        ("wave", "text", plan, "prod"),
        ("set", "path=s3://my@new-bucket/z", "--all", "--plan", plan, "--force"),
        ("migrate", plan),
        *(("new", "more", "--from", f"prod/{name}/values.yaml") for name in ("uri", "path-38")),
        *(("probe", f"prod/{name}/values.yaml", "--print") for name in ("endpoint", "path-38")),
        ("revert", "raised"),
    ):
        ran = cli(*args)
        assert re.findall(r"CANARY\d\dx", ran.out + ran.err) == [], args
        assert ran.code in (0, 1, 3), (args, ran.err)
    assert "CANARY" not in Path(plan).read_text()


def test_no_secret_leaves_the_files(on_repo: MakeCli, isolated: Path, tmp_path: Path) -> None:
    cli, work = on_repo(files())
    plan = tmp_path / "plan.json"
    edit = ("--all", "--skip-refused")
    said: dict[str, str] = {}
    for args in (
        *(("list", "--format", form) for form in ("table", "json", "csv", "markdown")),
        *(("check", "--format", form) for form in REPORTS),
        ("show", "prod/path-38/values.yaml"),
        *(("set", change, *edit) for change in ("threshold=77", "path=s3://my@new-bucket/z", "compression=zip")),
        *(("set", change, *edit) for change in ("connection=zz", "backend=a.b.C")),
        *(("unset", field, *edit) for field in ("path", "threshold", "backend", "connection")),
        ("set", "threshold=78", "--all", "--if", "connection=nobody"),
        ("check", "--fix"),
        ("set", "threshold=78", "path=s3://my@new-bucket/z", *edit, "--plan", str(plan)),
        ("set", "threshold=79", *edit, "--write"),
        ("diff",),
        ("diff", "HEAD", "--format", "json"),
        ("undo",),
        ("set", "threshold=80", *edit, "--commit"),
    ):
        ran = cli(*args)
        said[" ".join(args)] = ran.out + ran.err
    for deployment in Workspace.open(work.root).scan().deployments:
        said[f"show {deployment.id}"] = details_text(deployment)
    said["plan"] = plan.read_text()
    said["log"] = work.git("log", "--format=%B")
    for folder in (work.root / ".git" / "rea-xcom-tui", isolated):
        for path in folder.rglob("*"):
            if path.is_file():
                said[str(path)] = path.read_bytes().decode("latin-1")
    assert {where: re.findall(r"CANARY\d\dx", text) for where, text in said.items() if "CANARY" in text} == {}
    assert any("rea-xcom-tui" in where for where in said), "the journal was not looked at"
    assert work.status() == []
