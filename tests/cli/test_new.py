"""`new` and `enable`: in each layout one row more, exactly, without findings; nothing half done."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import indent
from typing import Any

import pytest

from tests.cli.onboarding_layouts import CONNECTED, LAYOUTS, NAMES, PLAIN, agent, download
from tests.cli.run import Cli
from tests.work import BACKEND, IO, Work, make_work, values

RENDERED: dict[str, dict[str, dict[str, dict[str, str | None]]]] = json.loads(
    (Path(__file__).parents[1] / "data/engines/onboarding.json").read_text("utf-8")
)
"""What real Helm rendered of the same deployments, by layout, name and version: `scripts/onboarding_truth --record`."""


def in_helms_words(row: dict[str, Any]) -> dict[str, str | None]:
    """What a row says of each field as text, of the connection its type, as nothing else of it is rendered."""
    told = {field: one["value"] for field, one in row["fields"].items()}
    told["connection"] = row["fields"]["connection"]["type"]
    return {field: None if one is None else str(one) for field, one in told.items()}


@pytest.fixture
def plain(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> tuple[Cli, Work]:
    work = make_work(tmp_path / "plain", PLAIN)
    return Cli(capsys, work.root), work


@pytest.mark.parametrize("layout", LAYOUTS)
def test_new_deployments_in_each_layout_are_rows_without_findings_of_their_own(
    layout: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    work = make_work(tmp_path / "repo", LAYOUTS[layout])
    cli = Cli(capsys, work.root)
    before = {row["id"]: row for row in cli("list", "--format", "json").json["deployments"]}
    twin = next(row for row in before.values() if row["name"] == "growth-etl")
    ran = cli("new", "growth-load", "--from", "growth-etl", "ASTRO_DEPLOYMENT_ID=dep-load", "--write")
    assert ran.code == 0, ran.err
    work.git("add", "-A")
    assert [line for line in work.git("diff", "--cached", "--numstat").splitlines() if line.split()[1] != "0"] == []
    added = work.git("diff", "--cached", "--name-only").splitlines()
    assert b"dep-etl" not in b"".join(work.read(file) for file in added if "load" in file)
    (tmp_path / "values.yaml").write_text(download())
    ran = cli("new", "growth-fresh", "--from", str(tmp_path / "values.yaml"), "--like", "growth-etl", "--write")
    assert ran.code == 0, ran.err

    after = {row["id"]: row for row in cli("list", "--format", "json").json["deployments"]}
    new = {row["name"]: row for id_, row in after.items() if id_ not in before}
    assert sorted(new) == ["growth-fresh", "growth-load"]
    for name, row in new.items():
        assert (row["layout"], row["env"]) == (twin["layout"], twin["env"])
        assert row["namespace"] == f"{name}-ns"
        told = {field: one["value"] for field, one in row["fields"].items()}
        assert told == {
            **{field: one["value"] for field, one in twin["fields"].items()},
            "path": f"s3://aws_xcom@growth-prod-xcom/{name.removeprefix('growth-')}",
        }
        assert RENDERED[layout][name] == dict.fromkeys(("3", "4.1", "4.2"), in_helms_words(row))
        codes = {finding["code"] for finding in row["findings"]} - {finding["code"] for finding in twin["findings"]}
        assert codes <= {"XC533"}, row["findings"]
    assert {id_: row["fields"] for id_, row in after.items() if id_ in before} == {
        id_: row["fields"] for id_, row in before.items()
    }


def test_real_helm_rendered_in_each_layout_what_enable_gave_back() -> None:
    assert set(RENDERED) == {*LAYOUTS, *CONNECTED}
    for layout, answers in RENDERED.items():
        assert set(answers) == {"growth-load", "growth-fresh", "growth-ml"}
        path = "s3://aws_xcom@growth-prod-xcom/ml"
        assert {one["path"] for one in answers["growth-ml"].values()} == {path}, layout


def test_comments_of_a_copy_have_the_new_name_and_values_that_look_like_one_stay(
    plain: tuple[Cli, Work], tmp_path: Path
) -> None:
    cli, work = plain
    file = "clusters/prod/growth/etl/values.yaml"
    head = b"# growth / prod / etl\n# Agent of growth-etl; see docs/etl.md, etl-old and prod-like\n"
    work.write(file, head + work.read(file) + b"# the etl of growth-etl\n")
    work.commit_all()
    out = cli("new", "growth-load", "--from", "growth-etl").out
    for line in (
        "# growth / prod / load",
        "# Agent of growth-load; see docs/etl.md, etl-old and prod-like",
        "# the etl of growth-load",
    ):
        assert f"+{line}\n" in out
    mine = f"# of aws-re-dr, like growth-etl\n{download('aws-re-dr').rstrip()}\nnotes: |\n  # aws-re-dr\n"
    (tmp_path / "mine.yaml").write_text(mine)
    out = cli("new", "growth-load", "--from", str(tmp_path / "mine.yaml"), "--like", "growth-etl").out
    assert "+# of growth-load, like growth-load\n" in out
    assert "+  # aws-re-dr\n" in out


def test_enable_takes_no_name_from_a_chart_of_many(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    cli = Cli(capsys, make_work(tmp_path / "repo", LAYOUTS["umbrella"]).root)
    assert cli("unset", "path", "--where", "name:growth-ml", "--write").code == 0
    ran = cli("enable", "growth-ml")
    assert (ran.code, "s3://aws_xcom@growth-prod-xcom/ml" in ran.out) == (0, True), ran.out + ran.err


def test_undo_takes_the_new_files_away(plain: tuple[Cli, Work]) -> None:
    cli, work = plain
    assert cli("new", "growth-load", "--from", "growth-etl", "ASTRO_DEPLOYMENT_ID=x", "--write").code == 0
    assert work.status() == ["?? clusters/prod/growth/load/"]
    assert cli("undo").code == 0
    assert work.status() == []
    assert not (work.root / "clusters/prod/growth/load/values.yaml").exists()


def test_a_download_and_an_export_take_the_fleets_settings(plain: tuple[Cli, Work], tmp_path: Path) -> None:
    cli, work = plain
    download = tmp_path / "download.yaml"
    download.write_text(
        "# chart 2.0.0\nresourceNamePrefix: astro\nnamespace: astro\nagentTokenSecretName: x\n"
        "# a word\ncommonEnv: []\nlabels: {}\n"
    )
    ran = cli("new", "growth-load", "--from", str(download), "threshold=1MiB", "--write")
    assert ran.code == 0, ran.err
    assert "after clusters/prod/growth/crm/values.yaml; --like names another one" in ran.err
    text = work.read("clusters/prod/growth/load/values.yaml").decode()
    assert text.startswith("# chart 2.0.0\nresourceNamePrefix: growth-load\nnamespace: growth-load-ns\n")
    row = next(r for r in cli("list", "--format", "json").json["deployments"] if r["name"] == "growth-load")
    assert {name: field["value"] for name, field in row["fields"].items()} == {
        "backend": BACKEND,
        "path": "s3://aws_xcom@growth-prod-xcom/load",
        "threshold": 1048576,
        "compression": "zip",
        "identity": "arn:aws:iam::222233334444:role/growth-prod",
        "connection": "aws_xcom",
    }


@pytest.fixture
def handed_out(tmp_path: Path) -> str:
    file = tmp_path / "download.yaml"
    file.write_text("resourceNamePrefix: astro\nnamespace: astro\nagentTokenSecretName: x\ncommonEnv: []\nlabels: {}\n")
    return str(file)


ENTRY = "  - name: AIRFLOW_CONN_{}\n    value: '{}'\n"
AZURE = '{"conn_type": "azure", "login": "acct", "extra": {"managed_identity_client_id": "ID"}}'
THEIRS, OURS = "00000000-1111-4222-8333-000000000001", "00000000-1111-4222-8333-000000000002"


def with_connection(work: Work, name: str, entry: str) -> None:
    text = work.read(f"clusters/prod/growth/{name}/values.yaml").decode()
    work.write(f"clusters/prod/growth/{name}/values.yaml", text.replace("commonEnv:\n", f"commonEnv:\n{entry}"))
    work.commit_all("a connection")


def test_a_download_gets_the_connection_that_its_path_names(plain: tuple[Cli, Work], handed_out: str) -> None:
    cli, work = plain
    harmless = '{"conn_type": "aws", "extra": {"region_name": "eu-west-1"}}'
    with_connection(work, "crm", ENTRY.format("AWS_XCOM", harmless))
    ran = cli("new", "growth-load", "--from", handed_out, "--like", "growth-crm", "--env", "prod", "--write")
    assert ran.code == 0, ran.err
    (row,) = cli("list", "name:growth-load", "--format", "json").json["deployments"]
    assert (row["fields"]["connection"]["value"], row["fields"]["connection"]["type"]) == ("aws_xcom", "aws")
    assert harmless in work.read("clusters/prod/growth/load/values.yaml").decode()


@pytest.mark.parametrize("layout", CONNECTED)
def test_the_connection_comes_along_in_each_layout(
    layout: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, handed_out: str
) -> None:
    cli = Cli(capsys, make_work(tmp_path / "repo", CONNECTED[layout]).root)
    ran = cli("new", "growth-load", "--from", "growth-etl", "ASTRO_DEPLOYMENT_ID=dep-load", "--write")
    assert ran.code == 0, ran.err
    ran = cli("new", "growth-fresh", "--from", handed_out, "--like", "growth-etl", "--write")
    assert ran.code == 0, ran.err
    rows = cli("list", "name:growth-load,growth-fresh", "--format", "json").json["deployments"]
    assert len(rows) == 2
    for row in rows:
        assert (row["fields"]["connection"]["value"], row["fields"]["connection"]["type"]) == ("aws_xcom", "aws")
        assert RENDERED[layout][row["name"]] == dict.fromkeys(("3", "4.1", "4.2"), in_helms_words(row))


def test_a_connection_that_may_hold_a_secret_is_asked_for(plain: tuple[Cli, Work], handed_out: str) -> None:
    cli, work = plain
    with_connection(work, "crm", ENTRY.format("AWS_XCOM", '{"conn_type": "aws", "password": "hunter2"}'))
    words = ("new", "growth-load", "--from", handed_out, "--like", "clusters/prod/growth/crm/values.yaml", "--write")
    ran = cli(*words)
    assert (ran.code, "hunter2" in ran.out + ran.err, work.status()) == (3, False, [])
    said = "AIRFLOW_CONN_AWS_XCOM is defined in growth-crm and not here, where the path names it; give AIRFLOW_CONN_AW"
    assert said in ran.err
    assert cli(*words, 'AIRFLOW_CONN_AWS_XCOM={"conn_type": "aws"}').code == 0


def test_the_connection_of_an_azure_sibling_names_the_new_identity(plain: tuple[Cli, Work], handed_out: str) -> None:
    cli, work = plain
    text = values("growth-blob", path="abfs://wasb_xcom@xcom/growth-blob")
    text = text.replace("commonEnv:\n", "commonEnv:\n" + ENTRY.format("WASB_XCOM", AZURE.replace("ID", THEIRS)))
    work.write("clusters/prod/growth/blob/values.yaml", text)
    work.commit_all("azure")
    words = ("new", "growth-load", "--from", handed_out, "--like", "growth-blob", f"identity={OURS}", "--write")
    ran = cli(*words)
    assert ran.code == 0, ran.err
    made = work.read("clusters/prod/growth/load/values.yaml").decode()
    assert (AZURE.replace("ID", OURS) in made, THEIRS in made) == (True, False)


def test_enable_tells_of_a_connection_that_only_the_sibling_defines(plain: tuple[Cli, Work]) -> None:
    cli, work = plain
    with_connection(work, "crm", ENTRY.format("AWS_XCOM", '{"conn_type": "aws"}'))
    bare = (
        "resourceNamePrefix: growth-bare\nagentTokenSecretName: t\ncommonEnv:\n  - name: A\n    value: b\nlabels: {}\n"
    )
    work.write("clusters/prod/growth/bare/values.yaml", bare)
    work.commit_all("bare")
    ran = cli("enable", "clusters/prod/growth/bare/values.yaml")
    assert (ran.code, "growth-crm defines as AIRFLOW_CONN_AWS_XCOM; define it" in ran.err) == (0, True), ran.err


def test_what_kubernetes_and_helm_export_is_taken_without_its_wrapping(plain: tuple[Cli, Work], tmp_path: Path) -> None:
    cli, work = plain
    export, own = tmp_path / "export.yaml", agent("old")
    config_map = (
        f"apiVersion: v1\ndata:\n  values.yaml: |\n{indent(own, '    ')}kind: ConfigMap\nmetadata: {{name: old}}\n"
    )
    made = []
    for text in (f"USER-SUPPLIED VALUES:\n{own}", config_map):
        export.write_text(text)
        ran = cli("new", "growth-load", "--from", str(export), "--like", "growth-etl", "--write")
        assert ran.code == 0, ran.err
        made.append(work.read("clusters/prod/growth/load/values.yaml").decode())
        assert cli("undo").code == 0
    assert made == [agent("load").replace("dep-growth-load", "dep-growth-old")] * 2
    for text, said in (
        ("", "The file is empty"),
        ("a: [\n", "export.yaml: The file is not YAML at line 2"),
        ("apiVersion: v1\nkind: Secret\ndata: {values.yaml: eA==}\n", "is a Secret of Kubernetes and holds no values"),
        (config_map.replace("values.yaml", "a.txt"), "is a ConfigMap with 0 YAML files in its data"),
    ):
        export.write_text(text)
        ran = cli("new", "growth-load", "--from", str(export), "--like", "growth-etl", "--write")
        assert (ran.code, ran.out, len(ran.err.splitlines()), work.status()) == (2, "", 1, []), ran.err
        assert said in ran.err


def test_enable_adds_one_block(plain: tuple[Cli, Work]) -> None:
    cli, work = plain
    file = "clusters/prod/growth/bare/values.yaml"
    bare = (
        "resourceNamePrefix: growth-bare\nagentTokenSecretName: t\ncommonEnv:\n  - name: A\n    value: b\nlabels: {}\n"
    )
    work.write(file, bare)
    work.commit_all("bare")
    shown = cli("enable", file)
    assert (shown.code, work.status()) == (0, []), shown.err
    assert cli("enable", file, "compression=gzip", "--write").code == 0
    text = work.read(file).decode()
    assert f'  - name: {IO}PATH\n    value: "s3://aws_xcom@growth-prod-xcom/bare"\n' in text
    assert f'  - name: {IO}COMPRESSION\n    value: "gzip"\n' in text
    assert [line for line in bare.splitlines() if line not in text.splitlines()] == []
    again = cli("enable", file)
    assert (again.code, "already has a path" in again.err) == (3, True)


def test_enable_follows_the_siblings_pattern_in_a_layered_layout(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = "apps/prod/growth-ml/release.yaml"
    lines = LAYOUTS["flux"][file].splitlines(keepends=True)
    bare = [line for at, line in enumerate(lines) if not any(IO in one for one in lines[max(at - 1, 0) : at + 1])]
    work = make_work(tmp_path / "repo", {**LAYOUTS["flux"], file: "".join(bare)})
    assert Cli(capsys, work.root)("enable", "growth-ml", "--write").code == 0
    assert work.status() == [f" M {file}"]
    assert work.read(file).decode() == LAYOUTS["flux"][file]


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("growth-load", "--from", "growth-etl", "--write"), 3, "1 value that only you know is missing"),
        (("growth-etl", "--from", "growth-ml"), 3, "is already the name of a deployment of this fleet"),
        (("Growth_Load", "--from", "growth-ml"), 3, "a name has at most 53 small letters"),
        (("growth-load", "--from", "nobody"), 2, "no deployment is called 'nobody'"),
        (("growth-load", "--env", "qa"), 2, "no deployment of qa has XCom"),
        (("growth-load", "--from", "growth-etl", "threshold"), 2, "is not an assignment"),
        (("growth-load", "--from", "growth-etl", "threshold=1", "threshold=2"), 2, "is given more than once"),
        (("growth-load", "--from", "growth-etl", "threshold=lots"), 3, "threshold: "),
        (("growth-load", "--from", "growth-etl", "--like", "growth-ml"), 2, "growth-etl is a deployment"),
        (
            ("growth-load", "--from", "growth-etl", "--file", "clusters/prod/growth/ml/values.yaml"),
            3,
            "already exists",
        ),
    ],
)
def test_what_cannot_be_added_is_one_sentence_and_nothing_is_written(
    plain: tuple[Cli, Work], args: tuple[str, ...], code: int, said: str
) -> None:
    cli, work = plain
    ran = cli("new", *args)
    assert (ran.code, work.status()) == (code, []), ran.err
    assert said in ran.err.splitlines()[-1]


SET_WITH_ENVIRONMENTS = {
    "appset.yaml": (
        "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: agents, namespace: argocd}\n"
        "spec:\n  goTemplate: true\n  generators:\n"
        "  - git: {repoURL: 'https://git.example/fleet.git', files: [{path: 'agents/*/*/config.yaml'}]}\n"
        "  template:\n    metadata: {name: '{{ .name }}-{{ .env }}'}\n    spec:\n      project: agents\n"
        "      destination: {server: https://prod.example, namespace: '{{ .name }}'}\n      sources:\n"
        "      - chart: astro-remote-execution-agent\n        repoURL: https://helm.astronomer.io\n"
        "        targetRevision: 2.0.0\n        helm: {valueFiles: ['$own/{{ .path.path }}/values.yaml']}\n"
        "      - {repoURL: 'https://git.example/fleet.git', ref: own}\n"
    ),
    **{f"agents/prod/{name}/config.yaml": f"name: {name}\nenv: prod\n" for name in NAMES},
    **{f"agents/prod/{name}/values.yaml": agent(name) for name in NAMES},
}


def test_names_that_a_set_makes_of_folder_and_environment_are_followed_and_others_refused_with_their_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    cli = Cli(capsys, make_work(tmp_path / "repo", SET_WITH_ENVIRONMENTS).root)
    ran = cli("new", "load-prod", "--from", "etl-prod", "--format", "json")
    assert ran.code == 0, ran.err
    assert [file["file"] for file in ran.json["files"]] == [
        "agents/prod/load/config.yaml",
        "agents/prod/load/values.yaml",
    ]
    assert "it would be called load-prod and not load" in cli("new", "load", "--from", "etl-prod").err
    ran = cli("new", "load-prod", "--namespace", "jobs", "--from", "etl-prod")
    assert ran.code == 3
    assert "it would be called jobs-prod and not load-prod, because names are made of the namespace" in ran.err
