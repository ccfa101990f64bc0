"""Deployments made of layers: rows come from entry points, values are those in force, and say where they stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.workspace import Workspace
from tests.cli.run import Cli
from tests.work import BACKEND, IO, Work, make_work, values

CONFIG = """\
[[layouts.manifests]]
files = "clusters/{cluster}/agents.yaml"
items = "agents"
layers = ["/base.yaml", "{item.values}"]
name = "{item.name}"
env = "{item.env}"
cluster = "{cluster}"
chart = "astro-remote-execution-agent"
"""


def env(**entries: str) -> str:
    return "commonEnv:\n" + "".join(f'  - name: {IO}{key}\n    value: "{text}"\n' for key, text in entries.items())


FILES = {
    ".rea-xcom-tui.toml": CONFIG,
    "base.yaml": f"xcomBackend: {BACKEND}\n" + env(PATH="s3://base/xcom", THRESHOLD="1024"),
    "clusters/eu/agents.yaml": (
        "agents:\n"
        "  - {name: etl, env: prod, values: etl.yaml}\n"
        "  - {name: ml, env: dev, values: ml.yaml}\n"
        "  - {name: broken, env: dev, values: gone.yaml}\n"
    ),
    "clusters/eu/etl.yaml": "# nothing of its own\nnamespace: etl-ns\n",
    "clusters/eu/ml.yaml": env(THRESHOLD="0"),
    "old/values.yaml": values("old"),
    "old/half.yaml": env(THRESHOLD="7"),
}
ETL, ML, BROKEN = (f"clusters/eu/agents.yaml#/agents/{at}" for at in range(3))


@pytest.fixture
def repo(tmp_path: Path) -> Work:
    return make_work(tmp_path / "repo", FILES)


@pytest.fixture
def cli(capsys: pytest.CaptureFixture[str], repo: Work) -> Cli:
    return Cli(capsys, repo.root)


def test_rows_come_from_entry_points_with_the_values_in_force(cli: Cli) -> None:
    data = cli("list", "--format", "json").json
    rows = {row["id"]: row for row in data["deployments"]}
    assert set(rows) == {ETL, ML, BROKEN, "old/values.yaml"}
    etl, ml = rows[ETL], rows[ML]
    assert (etl["name"], etl["env"], etl["cluster"], etl["namespace"]) == ("etl", "prod", "eu", "etl-ns")
    assert etl["layout"] == "manifest"
    assert etl["layers"] == ["base.yaml", "clusters/eu/etl.yaml"]
    threshold = etl["fields"]["threshold"]
    assert (threshold["value"], threshold["file"], threshold["line"]) == (1024, "base.yaml", 6)
    threshold = ml["fields"]["threshold"]
    assert (threshold["value"], threshold["file"], threshold["line"]) == (0, "clusters/eu/ml.yaml", 3)
    assert ml["fields"]["path"]["state"] == "unset"
    assert rows["old/values.yaml"]["unreached"]
    assert [file["file"] for file in data["unused"]] == ["old/half.yaml"]


def test_what_an_overlay_drops_and_what_is_missing_is_found(cli: Cli) -> None:
    findings = cli("check", "--format", "json", "--fail-on", "never").json["findings"]
    dropped = next(one for one in findings if one["code"] == "XC731")
    assert (dropped["deployment"], dropped["file"], dropped["line"]) == (ML, "clusters/eu/ml.yaml", 2)
    assert f"drops {IO}PATH" in dropped["message"]
    missing = next(one for one in findings if one["code"] == "XC732")
    assert (missing["deployment"], missing["file"], missing["line"]) == (BROKEN, "clusters/eu/agents.yaml", 4)


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("is:unreached", ["old/values.yaml"]),
        ("cluster:eu env:dev", [ML, BROKEN]),
        ("is:layered threshold:0", [ML]),
        ("file:base.yaml name:etl", [ETL]),
    ],
)
def test_queries(cli: Cli, query: str, ids: list[str]) -> None:
    assert [row["id"] for row in cli("list", query, "--format", "json").json["deployments"]] == ids


def test_a_revision_is_read_alike(cli: Cli, repo: Work) -> None:
    repo.write("base.yaml", b"xcomBackend: x.Y\n")
    rows = {row["id"]: row for row in cli("list", "--ref", "HEAD", "--format", "json").json["deployments"]}
    assert rows[ETL]["fields"]["threshold"]["value"] == 1024
    assert set(rows) == {ETL, ML, BROKEN, "old/values.yaml"}
    now = {row["id"]: row for row in cli("list", "--format", "json").json["deployments"]}
    assert now[ETL]["git"]["dirty"]
    assert now[ETL]["fields"]["threshold"]["state"] == "unset"


def test_an_edit_goes_to_where_the_value_in_force_stands(cli: Cli, repo: Work) -> None:
    ran = cli("set", "threshold=5", "--where", "name:ml", "--write")
    assert ran.code == 0, ran.err
    assert repo.status() == [" M clusters/eu/ml.yaml"]
    assert repo.read("clusters/eu/ml.yaml") == FILES["clusters/eu/ml.yaml"].replace('"0"', '"5"').encode()


def test_a_shared_layer_is_not_changed_for_others_unasked(cli: Cli, repo: Work) -> None:
    ran = cli("set", "threshold=5", "--where", "name:etl", "--write")
    assert ran.code == 3
    assert "base.yaml is shared: 1 other deployment would change too (broken)" in ran.err
    assert repo.status() == []


def test_a_named_layer_takes_the_edit_for_all(cli: Cli, repo: Work) -> None:
    assert cli("set", "threshold=5", "--where", "name:etl", "--layer", "base.yaml", "--write").code == 0
    assert repo.status() == [" M base.yaml"]
    assert repo.read("base.yaml") == FILES["base.yaml"].replace('"1024"', '"5"').encode()


def test_a_query_that_selects_all_may_change_the_shared_line_once(cli: Cli, repo: Work) -> None:
    ran = cli("set", "threshold=5", "--where", "name:etl,broken", "--write")
    assert ran.code == 0, ran.err
    assert repo.status() == [" M base.yaml"]


def test_an_override_carries_the_whole_list_over(cli: Cli, repo: Work) -> None:
    ran = cli("set", "threshold=5", "--where", "name:etl", "--layer", "clusters/eu/etl.yaml", "--write")
    assert ran.code == 0, ran.err
    assert repo.status() == [" M clusters/eu/etl.yaml"]
    written = repo.read("clusters/eu/etl.yaml").decode()
    assert f'  - name: {IO}PATH\n    value: "s3://base/xcom"\n' in written
    assert f'  - name: {IO}THRESHOLD\n    value: "5"\n' in written
    row = cli("show", ETL, "--format", "json").json["deployments"][0]
    assert (row["fields"]["threshold"]["value"], row["fields"]["path"]["value"]) == (5, "s3://base/xcom")


def test_an_edit_that_a_stronger_layer_hides_is_refused(cli: Cli, repo: Work) -> None:
    ran = cli("set", "threshold=5", "--where", "name:ml", "--layer", "base.yaml", "--write")
    assert ran.code == 3
    assert "clusters/eu/ml.yaml:3 is stronger; name that layer" in ran.err
    assert repo.status() == []


def test_what_was_written_is_committed_and_undone(cli: Cli, repo: Work) -> None:
    assert cli("set", "threshold=5", "--where", "name:ml", "--commit").code == 0
    assert repo.committed_files() == ["clusters/eu/ml.yaml"]
    assert repo.git("log", "-1", "--format=%s").strip() == "xcom: set threshold to 5 on ml (dev)"


def test_a_plan_goes_through_a_file(cli: Cli, repo: Work, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    assert cli("set", "threshold=5", "--where", "name:etl", "--layer", "base.yaml", "--plan", str(plan)).code == 0
    ran = cli("apply", str(plan), "--write")
    assert ran.code == 0, ran.err
    assert repo.status() == [" M base.yaml"]


def test_show_prints_the_stack(cli: Cli) -> None:
    ran = cli("show", ML)
    assert "  layers, weakest first\n    1 base.yaml  (values file, shared with 2 other deployments)\n" in ran.out
    assert "      threshold   1024  line 6, hidden\n" in ran.out
    assert "      threshold   0  line 3, in force" in ran.out


def test_what_nothing_reaches_is_left_out_of_all(cli: Cli, repo: Work) -> None:
    assert [line.split()[-1] for line in cli("list").out.splitlines() if line.startswith("old ")] == ["unreached"]
    ran = cli("set", "compression=gzip", "--all", "--skip-refused")
    assert "1 deployment left out because no entry point reaches" in ran.err
    assert "old/values.yaml" not in ran.out


def test_several_documents_count_by_engine(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base = FILES["base.yaml"] + "---\n" + env(THRESHOLD="9")
    work = make_work(tmp_path / "two", {**FILES, "base.yaml": base})
    cli = Cli(capsys, work.root)
    old = cli("show", ETL, "--engine", "3", "--format", "json").json["deployments"][0]
    assert (old["fields"]["threshold"]["value"], old["fields"]["threshold"]["state"]) == (1024, "set")
    row = cli("show", ETL, "--format", "json").json["deployments"][0]
    assert row["fields"]["threshold"]["state"] == "conflict"
    told = next(one for one in row["findings"] if one["code"] == "XC733" and one["field"] == "threshold")
    assert told["message"] == "threshold depends on the version of Helm (Helm 3: 1024, Helm 4.1: 9, Helm 4.2: 9)"


def test_a_secret_above_may_override_and_one_below_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed = "commonEnv: ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]\nsops:\n  mac: m\n"
    above = CONFIG.replace('"{item.values}"]', '"{item.values}", "/secret.yaml"]')
    work = make_work(tmp_path / "sealed", {**FILES, "secret.yaml": sealed, ".rea-xcom-tui.toml": above})
    row = Cli(capsys, work.root)("show", ETL, "--format", "json").json["deployments"][0]
    assert [one["code"] for one in row["findings"] if one["field"] == "threshold"].count("XC734") == 1
    assert row["fields"]["threshold"]["value"] == 1024
    below = CONFIG.replace('["/base.yaml"', '["/secret.yaml", "/base.yaml"')
    work = make_work(tmp_path / "below", {**FILES, "secret.yaml": sealed, ".rea-xcom-tui.toml": below})
    row = Cli(capsys, work.root)("show", ETL, "--format", "json").json["deployments"][0]
    assert "XC734" not in [one["code"] for one in row["findings"]]
    assert row["fields"]["threshold"]["value"] == 1024


def test_history_and_diff_go_through_layers(cli: Cli, repo: Work) -> None:
    repo.write("base.yaml", FILES["base.yaml"].replace('"1024"', '"2048"'))
    second = repo.commit_all("Raise the threshold for all")
    repo.write("base.yaml", "# said anew\n" + FILES["base.yaml"].replace('"1024"', '"2048"'))
    repo.commit_all("Explain it")
    told = cli("history", ETL, "threshold", "--format", "json").json["changes"]
    assert [(one["commit"], one["file"], one["old"], one["new"]) for one in told[:1]] == [
        (second, "base.yaml", 1024, 2048)
    ]
    assert len(told) == 2
    changed = cli("diff", "HEAD~2..HEAD", "--format", "json").json["changes"]
    assert {(one["deployment"], one["field"], one["old"], one["new"]) for one in changed} == {
        (ETL, "threshold", 1024, 2048),
        (BROKEN, "threshold", 1024, 2048),
    }
    assert cli("revert", second, "--write").code == 0
    assert b'"1024"' in repo.read("base.yaml")


def test_commits_of_one_second_are_told_in_the_order_in_which_they_were_made(cli: Cli, repo: Work) -> None:
    same = {"GIT_AUTHOR_DATE": "2026-01-01T12:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T12:00:00Z"}
    for threshold in ("2048", "4096", "8192"):
        repo.write("base.yaml", FILES["base.yaml"].replace('"1024"', f'"{threshold}"'))
        repo.git("commit", "-qam", f"base {threshold}", env=same)
        repo.write("clusters/eu/etl.yaml", f"namespace: etl-{threshold}\n")
        repo.git("commit", "-qam", f"etl {threshold}", env=same)
    told = cli("history", ETL, "threshold", "--format", "json").json["changes"]
    assert [(one["old"], one["new"]) for one in told[:3]] == [(4096, 8192), (2048, 4096), (1024, 2048)]
    since = cli("drift", "--against", "ref:HEAD~5", "--format", "json").json["causes"]
    found = {(cause["field"], cause["since"]["commit"]) for cause in since}
    assert ("threshold", repo.git("rev-parse", "HEAD~1").strip()) in found


def test_what_a_program_writes_anew_is_not_edited(cli: Cli, repo: Work) -> None:
    repo.write("clusters/eu/ml.yaml", "# Code generated by our deployer. DO NOT EDIT.\n" + env(THRESHOLD="0"))

    ran = cli("set", "threshold=5", "--where", "name:ml", "--write")
    assert ran.code == 3
    assert "clusters/eu/ml.yaml is generated (its first lines say so)" in ran.err
    repo.write(".rea-xcom-tui.toml", '[layouts]\ngenerated = ["clusters/**"]\n' + CONFIG)
    repo.write("clusters/eu/ml.yaml", env(THRESHOLD="0"))
    ran = cli("set", "threshold=5", "--where", "name:ml", "--write")
    assert (ran.code, "the configuration says so" in ran.err) == (3, True)


def test_a_layer_of_its_own_is_offered_only_where_it_can_be_edited(cli: Cli, repo: Work) -> None:
    offered = cli("set", "threshold=5", "--where", "name:etl", "--write")
    assert (offered.code, "--layer own" in offered.err) == (3, True)
    repo.write(
        "clusters/eu/etl.yaml", b"# Code generated by our deployer. DO NOT EDIT.\n" + repo.read("clusters/eu/etl.yaml")
    )
    ran = cli("set", "threshold=5", "--where", "name:etl", "--write")
    assert (ran.code, "--layer own" in ran.err) == (3, False)
    assert "select them as well, or name the layer to change all of them (--layer base.yaml)" in ran.err
    own = cli("set", "threshold=5", "--where", "name:etl", "--layer", "own")
    assert (own.code, "every layer of" in own.err) == (3, True)


def test_a_fix_goes_to_the_layer_that_the_finding_stands_in(cli: Cli, repo: Work) -> None:
    repo.write("clusters/eu/ml.yaml", env(THRESHOLD="0", PATH="s3://ml/x", COMPRESSION="gz"))
    assert "XC402" in cli("check", "name:ml").out
    assert cli("check", "name:ml", "--fix", "--write").code == 0
    assert repo.read("clusters/eu/ml.yaml") == env(THRESHOLD="0", PATH="s3://ml/x", COMPRESSION="gzip").encode()


def test_a_finding_that_another_fix_in_layers_removes_or_changes_is_fixed_too(cli: Cli, repo: Work) -> None:
    backend = "stateStoreBackend: airflow.providers.common.io.state_store.backend.StateStoreObjectStorageBackend\n"
    store = IO.replace("XCOM", "STATE_STORE")

    def layer(path: str, threshold: str) -> bytes:
        entries = {f"{store}PATH": '"s3://ml/state"', f"{store}THRESHOLD": threshold}
        more = "".join(f"  - name: {name}\n    value: {text}\n" for name, text in entries.items())
        return (backend + env(PATH=path, THRESHOLD="0") + more).encode()

    repo.write("clusters/eu/ml.yaml", layer(" S3://ml/x", "-1"))
    found = {one["code"] for one in cli("check", "name:ml", "--format", "json").json["findings"]}
    assert {"XC124", "XC701", "XC208", "XC212"} <= found
    ran = cli("check", "name:ml", "--fix", "--write")
    assert ran.code == 0, ran.err
    assert repo.read("clusters/eu/ml.yaml") == layer("s3://ml/x", '"0"')


def test_a_fix_in_a_shared_layer_is_made_once_for_all_who_were_asked_for(cli: Cli, repo: Work) -> None:
    written = FILES["base.yaml"].replace('"1024"', "1024")
    repo.write("base.yaml", written.encode())
    alone = cli("check", "name:etl", "--fix", "--write")
    assert alone.code == 3
    assert "base.yaml is shared: 1 other deployment would change too (broken)" in alone.err
    assert repo.read("base.yaml") == written.encode()
    assert cli("check", "name:etl,broken", "--fix", "--write").code == 0
    assert repo.read("base.yaml") == FILES["base.yaml"].encode()


def test_the_ways_to_make_an_edit_are_shown_with_whom_each_reaches(cli: Cli, repo: Work) -> None:
    shown = cli("set", "backend=a.B", "--where", "name:etl,ml")
    assert shown.code == 3
    assert "in layers: 1 edit: base.yaml (etl, ml, and 1 other too: broken)" in shown.err
    assert "or: 2 edits with --layer own: clusters/eu/etl.yaml (etl); clusters/eu/ml.yaml (ml)" in shown.err
    named = cli("set", "backend=a.B", "--where", "name:etl", "--layer", "base.yaml")
    assert "base.yaml is shared: 3 deployments would change, 2 others too: ml, broken" in named.out
    assert cli("set", "backend=a.B", "--where", "name:etl,ml", "--layer", "own", "--write").code == 0
    assert repo.status() == [" M clusters/eu/etl.yaml", " M clusters/eu/ml.yaml"]
    assert repo.read("clusters/eu/etl.yaml").decode() == FILES["clusters/eu/etl.yaml"] + "xcomBackend: a.B\n"


def test_fixes_become_one_step_that_undo_takes_back_or_nothing_at_all(repo: Work) -> None:
    repo.write("base.yaml", FILES["base.yaml"].replace('"1024"', "1024").encode())
    workspace = Workspace.open(repo.root)
    workspace.scan()
    (found,) = (one for one in workspace.fleet.by_id[ETL].findings if one.fix and one.field == "threshold")

    assert workspace.fix([ETL], "XC999") == (None, [])
    step, (refused,) = workspace.fix([ETL], found.code)
    assert step is None
    assert refused.others == ("broken",)
    fixes, proof = workspace.proposed_fixes([ETL], found.code, (found.line, found.column), shared=True)
    assert not len(workspace.pending), "what is proposed is not pending"
    assert [(one.deployment, one.also) for one in fixes] == [(ETL, (BROKEN,))]
    assert [file.after for file in proof.files] == [FILES["base.yaml"].encode()]
    step, refusals = workspace.fix([ETL], found.code, shared=True)
    assert step is not None
    assert refusals == []
    assert step.title == f"fix 1 finding of {found.code} on 2 deployments (base.yaml, shared: etl and broken)"
    assert set(step.deployments) == {ETL, BROKEN}
    assert workspace.undo() == step.title
    assert not len(workspace.pending)
    workspace.redo()
    workspace.write()
    assert repo.read("base.yaml") == FILES["base.yaml"].encode()


def test_plan_commit_and_counts_name_all_whom_a_shared_layer_changes(cli: Cli, repo: Work, tmp_path: Path) -> None:
    edit = ("set", "backend=a.B", "--where", "name:etl", "--layer", "base.yaml")
    saved = tmp_path / "plan.json"
    assert "1 edit in 3 deployments saved to" in cli(*edit, "--plan", str(saved)).err
    (planned,) = json.loads(saved.read_text())["edits"]
    assert (planned["deployment"], planned["also"]) == (ETL, [ML, BROKEN])
    assert "base.yaml is shared: 3 deployments would change" in cli("apply", str(saved)).out
    assert cli("wave", "plan", str(saved), "--by", "env").code == 0
    assert (
        "* base.yaml is shared: 2 other deployments change with it, ml, broken."
        in cli("wave", "text", str(saved), "1").out
    )
    assert cli("apply", str(saved), "--commit").code == 0
    assert repo.git("log", "-1", "--format=%B").strip() == (
        "xcom: set backend to a.B on 3 dev and prod deployments\n\n"
        f"backend {BACKEND}\n  -> a.B (1 edit, 3 deployments)\n"
        "base.yaml, shared: changes 3 deployments (etl, ml and 1 other)\n\n"
        f"- {ETL}: backend\n- {ML}: backend (shares base.yaml)\n- {BROKEN}: backend (shares base.yaml)"
    )


def test_few_shared_layers_are_found_where_nothing_is_set_yet(cli: Cli, repo: Work) -> None:
    role = "identity=arn:aws:iam::123456789012:role/xcom"
    assert cli("set", role, "--where", "-is:unreached", "--layer", "shared", "--write").code == 0
    assert repo.status() == [" M base.yaml"]


def test_an_override_is_removed_where_that_takes_nothing_else_away(cli: Cli, repo: Work) -> None:
    refused = cli("set", "threshold=inherit", "--where", "name:ml", "--write")
    assert refused.code == 3
    assert f"would change {IO}PATH too" in refused.err
    repo.write("clusters/eu/ml.yaml", b"xcomBackend: c.D\n" + env(PATH="s3://base/xcom", THRESHOLD="1024").encode())
    same = cli("set", "threshold=inherit", "--where", "name:ml", "--write")  # it equals its base
    assert same.code == 0, same.err
    assert "threshold: 1024 (1 KiB) → 1024 (1 KiB) (override removed)" in same.out
    assert repo.read("clusters/eu/ml.yaml") == b"xcomBackend: c.D\n"
    repo.write("base.yaml", repo.read("base.yaml") + b"  - {name: X, value: x}\n")
    own = env(THRESHOLD="1024", PATH="s3://base/xcom").replace("commonEnv:", "commonEnv:\n  - {name: X, value: x}")
    repo.write("clusters/eu/ml.yaml", f"xcomBackend: c.D\n{own}".encode())
    order = cli("set", "threshold=inherit", "--where", "name:ml", "--write")
    assert order.code == 3
    assert "the weaker layers have the other entries in another order" in order.err
    repo.write("clusters/eu/ml.yaml", b"xcomBackend: c.D\n")
    assert cli("set", "backend=inherit", "--where", "name:ml").code == 0
    nothing = cli("set", "threshold=inherit", "--where", "name:ml")
    assert "no weaker layer than base.yaml says threshold" in nothing.err


def test_an_option_is_not_edited_for_what_another_entry_is_to_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    app = """apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: etl}
spec:
  source:
    repoURL: https://charts.example.com
    chart: astro-remote-execution-agent
    helm:
      valuesObject:
        commonEnv: [{name: POOL, value: p}]
      parameters: [{name: 'commonEnv[0].value', value: q}, {name: xcomBackend, value: a.B}]
"""
    work = make_work(tmp_path / "repo", {"app.yaml": app})
    cli = Cli(capsys, work.root)
    assert cli("set", "compression=gzip", "backend=c.D", "--all", "--write").code == 0
    after = work.read("app.yaml").decode()
    assert "value: q" in after
    assert "{name: xcomBackend, value: 'c.D'}" in after
    assert f"{IO}COMPRESSION" in after.partition("parameters")[0]
    named = cli(
        "set", "path=s3://bucket/y", "--all", "--layer", "app.yaml#/spec/source/helm/parameters/0/value", "--write"
    )
    assert named.code == 3
    assert "sets something else than path; name another layer" in named.err


def test_a_variable_of_flux_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    release = (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: etl, namespace: etl}\nspec:\n"
        "  chart: {spec: {chart: astro-remote-execution-agent}}\n  values:\n"
        f"    xcomBackend: {BACKEND}\n    commonEnv:\n      - name: {IO}PATH\n        value: s3://b/${{TEAM}}\n"
        f"      - name: {IO}THRESHOLD\n        value: '7'\n"
    )
    kustomization = (
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        "metadata: {name: apps, namespace: flux-system}\n"
        "spec:\n  sourceRef: {kind: GitRepository, name: flux-system}\n"
        "  path: ./apps\n  postBuild: {substitute: {TEAM: pay}}\n"
    )
    files = {"clusters/prod/apps.yaml": kustomization, "apps/etl.yaml": release}
    cli = Cli(capsys, make_work(tmp_path / "flux", files).root)
    (row,) = cli("list", "--format", "json").json["deployments"]
    assert row["fields"]["path"]["value"] == "s3://b/pay"
    ran = cli("set", "path=s3://other/x", "--all", "--write")
    assert ran.code == 3
    assert "is the variable ${TEAM}, which Flux fills in" in ran.err
    assert cli("set", "threshold=8", "--all", "--write").code == 0


def test_deployments_of_one_name_are_told_apart_wherever_they_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {".rea-xcom-tui.toml": CONFIG, "base.yaml": FILES["base.yaml"]}
    for cluster in ("eu", "us"):
        files[f"clusters/{cluster}/agents.yaml"] = "agents:\n  - {name: etl, env: prod, values: etl.yaml}\n"
        files[f"clusters/{cluster}/etl.yaml"] = "xcomBackend: a.B\n"
    work = make_work(tmp_path / "clusters", files)
    cli = Cli(capsys, work.root)
    listed = cli("list")
    assert "etl (eu)" in listed.out
    assert "etl (us)" in listed.out
    shared = cli("set", "threshold=5", "--where", "cluster:eu")
    assert "base.yaml is shared: 1 other deployment would change too (etl (us))" in shared.err
    assert cli("set", "backend=c.D", "--where", "cluster:eu", "--commit", "--branch", "x").code == 0
    assert work.git("log", "-1", "--format=%s").strip() == "xcom: set backend to c.D on etl (eu) (prod)"
    names = [row["name"] for row in cli("list", "--format", "json").json["deployments"]]
    assert names == ["etl", "etl"]  # as the engine names the release


def test_reports_say_in_which_file_a_finding_is_and_whose_it_is(cli: Cli) -> None:
    text = cli("check", "--fail-on", "never").out
    assert "  base.yaml:4:12  " in text  # the path of etl, which is not in its manifest
    annotations = cli("check", "--fail-on", "never", "--format", "github").out.splitlines()
    once = [line for line in annotations if "file=base.yaml,line=4," in line and "XC610" in line]
    assert len(once) == 1
    assert f"[{ETL} and " in once[0]
    assert any(line.endswith(f"[{BROKEN}]") for line in annotations)
    results = cli("check", "--fail-on", "never", "--format", "sarif").json["runs"][0]["results"]
    assert any(each["message"]["text"].endswith(f"[{ML}]") for each in results)
    assert "info at base.yaml:4<" in cli("check", "--fail-on", "never", "--format", "junit").out


def test_a_file_that_has_become_a_link_is_one_before_it_is_staged(cli: Cli, repo: Work) -> None:
    path = repo.root / "clusters/eu/etl.yaml"
    path.unlink()
    path.symlink_to("ml.yaml")
    rows = {row["id"]: row for row in cli("list", "--format", "json").json["deployments"]}
    assert rows[ETL]["layers"] == ["base.yaml", "clusters/eu/ml.yaml"]
    assert rows[ETL]["fields"]["threshold"]["value"] == 0


def test_after_a_commit_only_what_is_still_changed_is_told_to_be_uncommitted(repo: Work) -> None:
    repo.write("clusters/eu/ml.yaml", env(THRESHOLD="3"))
    workspace = Workspace.open(repo.root)
    workspace.scan()
    workspace.edit([ETL], "threshold", "7", layer="base.yaml")
    workspace.write()
    assert [row.dirty for row in map(workspace.deployment, (ETL, ML, BROKEN))] == [True, True, True]
    workspace.commit("raise it")
    assert [row.dirty for row in map(workspace.deployment, (ETL, ML, BROKEN))] == [False, True, False]
