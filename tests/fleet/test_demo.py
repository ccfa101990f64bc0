"""The samples are what their manifest says, and `lay_out` makes real repos of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.samples.demo import DEFAULT_SAMPLE, history, joint_samples, lay_out, samples
from rea_xcom_tui.xcom.model import FIELDS

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_REPOS = ROOT / "sample_repos"
PLANTED: dict[str, Any] = tomllib.loads((SAMPLE_REPOS / "planted.toml").read_text("utf-8"))
MANIFEST = {sample: content for sample, content in PLANTED.items() if "deployment" in content}
LAYERED = [sample for sample in PLANTED if sample not in MANIFEST]
IO = "AIRFLOW__COMMON_IO__XCOM_OBJECTSTORAGE_"
IDENTITIES = (
    "eks.amazonaws.com/role-arn", "azure.workload.identity/client-id", "iam.gke.io/gcp-service-account",
)  # fmt: skip

every_sample = pytest.mark.parametrize("sample", list(MANIFEST))
every_deployment = pytest.mark.parametrize(
    ("sample", "row"),
    [
        pytest.param(sample, row, id=f"{sample}/{row['file']}")
        for sample, content in MANIFEST.items()
        for row in content["deployment"]
    ],
)


def git(root: Path, *arguments: str) -> str:
    done = subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True)
    return done.stdout.strip()


# The manifest against the folders, read by another YAML reader than the tool's.


def read_by_hand(values: dict[str, Any]) -> dict[str, Any]:
    env = {item["name"]: item["value"] for item in values["commonEnv"]}
    notes = {**values.get("serviceAccount", {}).get("annotations", {}), **values.get("annotations", {})}
    path = env.get(IO + "PATH")
    authority = str(path).partition("://")[2].partition("/")[0]
    return {
        "name": values["resourceNamePrefix"],
        "namespace": values["namespace"],
        "backend": values["xcomBackend"],
        "path": path,
        "threshold": env.get(IO + "THRESHOLD"),
        "compression": env.get(IO + "COMPRESSION"),
        "identity": next((notes[key] for key in IDENTITIES if key in notes), None),
        "connection": authority.rpartition("@")[0] or None,
    }


@every_deployment
def test_manifest_tells_what_stands_in_the_file(sample: str, row: dict[str, Any]) -> None:
    text = (SAMPLE_REPOS / sample / row["file"]).read_text("utf-8")
    found = read_by_hand(yaml.safe_load(text))
    for key in ("name", "namespace", *FIELDS):
        expected = row.get(key)
        if isinstance(expected, dict):
            assert expected["state"] in ("invalid", "conflict")
            assert expected.get("raw", str(found[key])) == str(found[key])
        elif key == "threshold":
            assert expected == int(found[key])
        else:
            assert expected == found[key], key


@every_deployment
def test_deployment_has_what_real_ones_have(sample: str, row: dict[str, Any]) -> None:
    values = yaml.safe_load((SAMPLE_REPOS / sample / row["file"]).read_text("utf-8"))
    assert {"secretBackend", "dagBundleConfigList", "astroDeploymentAPIURL", "workers"} <= values.keys()
    assert {"agentTokenSecretName", "agentToken"} & values.keys()


@every_sample
def test_manifest_names_every_agent_values_file(sample: str) -> None:
    content = MANIFEST[sample]
    files = {
        path.relative_to(SAMPLE_REPOS / sample).as_posix()
        for path in (SAMPLE_REPOS / sample).rglob("*.yaml")
        if "resourceNamePrefix:" in path.read_text("utf-8")
    }
    assert files == {row["file"] for row in (*content["deployment"], *content.get("unreadable", ()))}


@every_sample
def test_unreadable_files_are_no_yaml(sample: str) -> None:
    for row in MANIFEST[sample].get("unreadable", ()):
        with pytest.raises(yaml.YAMLError):
            yaml.safe_load((SAMPLE_REPOS / sample / row["file"]).read_text("utf-8"))


def test_each_mistake_is_in_a_file_of_its_own() -> None:
    files = Counter(
        (sample, row["file"])
        for sample, content in MANIFEST.items()
        for row in content["planted"]
        if row["kind"] == "mistake"
    )
    assert set(files.values()) == {1}
    assert len(files) >= 10


@every_sample
def test_what_differs_within_env_and_cloud_is_planted(sample: str) -> None:
    """The drift that a majority shows is the planted drift and the planted mistakes, and no more."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for row in MANIFEST[sample]["deployment"]:
        groups[row.get("env", ""), row["cloud"]].append(row)
    odd: set[tuple[str, str]] = set()
    for rows in groups.values():
        for field in FIELDS:
            patterns = {row["file"]: pattern(row, field) for row in rows}
            [(usual, count), *others] = Counter(patterns.values()).most_common()
            assert not others or count > len(rows) / 2, f"no clear majority of {field} in {sorted(patterns)}"
            odd |= {(file, field) for file, value in patterns.items() if value != usual}
    planted = MANIFEST[sample]["planted"]
    drift = {(row["file"], row["field"]) for row in planted if row["kind"] == "drift"}
    mistakes = {(row["file"], row.get("field")) for row in planted if row["kind"] == "mistake"}
    assert drift <= odd
    assert odd - drift <= mistakes


def pattern(row: dict[str, Any], field: str) -> str:
    text = repr(row.get(field))
    team = row["name"].partition("-")[0]
    for word, placeholder in ((row["name"], "{name}"), (team, "{team}"), (row.get("env"), "{env}")):
        text = text.replace(word, placeholder) if word else text
    return text


def test_production_majority_of_the_threshold_is_zero() -> None:
    rows = [row for row in MANIFEST[DEFAULT_SAMPLE]["deployment"] if row["env"] == "prod"]
    assert Counter(row["threshold"] for row in rows).most_common(1)[0] == (0, len(rows) - 2)


# The manifest against what the tool reads.


@every_sample
def test_the_tool_reads_what_the_manifest_says(sample: str, tmp_path: Path) -> None:
    workspace = Workspace.open(lay_out(sample, tmp_path / "demo"))
    fleet = workspace.scan()
    content = MANIFEST[sample]
    expected = {row["file"]: described(row) for row in content["deployment"]}
    assert {d.file: read_by_tool(d) for d in fleet.deployments} == expected
    assert {file.file for file in fleet.unreadable} == {row["file"] for row in content.get("unreadable", ())}


@every_sample
def test_each_planted_mistake_is_found_and_nothing_else(sample: str, tmp_path: Path) -> None:
    fleet = Workspace.open(lay_out(sample, tmp_path / "demo")).scan()
    planted = MANIFEST[sample]["planted"]
    remarkable = {(row["file"], row.get("field")) for row in planted}
    alarms = {d.file for d in fleet.deployments for f in d.findings if f.severity != "info"}
    told = [(d, f) for d in fleet.deployments for f in d.findings if f.severity == "info"]
    remarks = {(d.file, f.field) for d, f in told if f.code != "XC406"}
    zipped = {row["file"] for row in MANIFEST[sample]["deployment"] if row.get("compression") == "zip"}
    assert {d.file for d, f in told if f.code == "XC406"} == zipped  # the vendor's example, which only stores
    assert alarms == {row["file"] for row in planted if row["kind"] == "mistake"}
    assert remarks <= remarkable


def described(row: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {key: row.get(key) for key in ("name", "env", "namespace", "cloud")}
    for field in FIELDS:
        value = row.get(field)
        if isinstance(value, dict):
            found[field] = (value["state"], value.get("raw"))
        else:
            found[field] = ("unset" if value is None else "set", value)
    return found


def read_by_tool(deployment: Deployment) -> dict[str, Any]:
    found: dict[str, Any] = {key: getattr(deployment, key) for key in ("name", "env", "namespace")}
    found["cloud"] = deployment.config.cloud
    for field in FIELDS:
        reading = deployment.field(field)
        shown = {"invalid": reading.raw, "conflict": None}.get(reading.state, reading.value)
        found[field] = (reading.state, shown)
    return found


# Laying out.


@every_sample
def test_work_tree_is_the_sample_and_nothing_is_dirty(sample: str, tmp_path: Path) -> None:
    root = lay_out(sample, tmp_path / "demo")
    assert git(root, "status", "--porcelain", "--ignored") == ""
    assert git(root, "branch", "--show-current") == "main"
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(root).parts
    }
    folder = SAMPLE_REPOS / sample
    assert files == {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@every_sample
def test_history_has_several_authors_over_a_year(sample: str, tmp_path: Path) -> None:
    root = lay_out(sample, tmp_path / "demo")
    log = [line.split("\t") for line in git(root, "log", "--reverse", "--format=%at%x09%ct%x09%an%x09%s").splitlines()]
    times = [int(time) for time, _, _, _ in log]
    assert 8 <= len(log) <= 13
    assert times == sorted(times)
    assert times == [int(committed) for _, committed, _, _ in log]
    assert times[-1] - times[0] > 300 * 86_400
    assert len({author for _, _, author, _ in log}) >= 4
    assert all(subject for _, _, _, subject in log)


def test_a_threshold_has_a_known_past(tmp_path: Path) -> None:
    root = lay_out(DEFAULT_SAMPLE, tmp_path / "demo")
    file = "clusters/prod/payments/settlement/values.yaml"
    found = git(root, "log", "-1", "-S1048576", "--format=%H%x09%an%x09%as", "--", file)
    commit, author, date = found.split("\t")
    assert (author, date) == ("Ana Ferreira", "2026-09-03")
    patch = git(root, "show", "--format=", "--unified=0", commit, "--", file).splitlines()[-2:]
    assert patch == ['-    value: "0"', '+    value: "1048576"  # 1 MiB, small results stay in the database']


def test_history_holds_a_rename_and_a_removal(tmp_path: Path) -> None:
    root = lay_out(DEFAULT_SAMPLE, tmp_path / "demo")
    file = "clusters/prod/payments/reconciliation/values.yaml"
    followed = git(root, "log", "--follow", "--name-only", "--format=", "--", file).splitlines()
    assert followed[0] == file
    assert followed[-1] == "clusters/prod/payments/bank-recon/values.yaml"
    removed = git(root, "log", "--diff-filter=D", "--name-only", "--format=", "-M")
    assert removed == "argocd/applications/legacy-scheduler.yaml"


@every_sample
def test_same_sample_gives_the_same_commits_whatever_the_user_has_set(
    sample: str, tmp_path: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = git(lay_out(sample, tmp_path / "first"), "rev-parse", "HEAD")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "pre-commit").write_text("#!/bin/sh\nexit 1\n")
    (hooks / "pre-commit").chmod(0o755)
    settings = (
        f"[core]\n\thooksPath = {hooks}\n\tautocrlf = true\n[commit]\n\tgpgSign = true\n\ttemplate = none\n"
        "[user]\n\tname = Someone\n\temail = someone@example.com\n\tsigningKey = none\n"
        "[init]\n\tdefaultBranch = trunk\n"
    )
    (isolated / ".gitconfig").write_text(settings)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    second = lay_out(sample, tmp_path / "second")
    assert git(second, "rev-parse", "HEAD") == first
    assert git(second, "status", "--porcelain") == ""


def test_a_commit_works_at_once_without_an_identity_of_ones_own(tmp_path: Path, isolated: Path) -> None:
    (isolated / ".gitconfig").unlink()
    root = lay_out(DEFAULT_SAMPLE, tmp_path / "demo")
    (root / "README.md").write_text("Changed\n")
    git(root, "commit", "-q", "-a", "-m", "Change the README")
    assert git(root, "log", "-1", "--format=%an <%ae>") == "Demo User <demo@example.com>"


def test_without_a_folder_it_goes_to_a_temporary_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    root = lay_out()
    assert root.name == DEFAULT_SAMPLE
    assert tmp_path in root.parents


def test_an_empty_folder_is_taken(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    root = lay_out("aws-fleet", tmp_path / "empty")
    assert git(root, "rev-parse", "--is-inside-work-tree") == "true"


@pytest.mark.parametrize("kind", ["folder", "file"])
def test_what_is_there_already_is_never_touched(kind: str, tmp_path: Path) -> None:
    target = tmp_path / "taken"
    if kind == "folder":
        target.mkdir()
        (target / "mine").write_text("mine")
    else:
        target.write_text("mine")
    with pytest.raises(Refused, match="exists and is not an empty folder"):
        lay_out("aws-fleet", target)
    mine = target / "mine" if kind == "folder" else target
    assert mine.read_text() == "mine"
    assert not (target / ".git").exists()


def test_an_unknown_sample_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match=r"aws-fleet, azure-fleet, .*mixed-monorepo") as caught:
        lay_out("gcp-fleet", tmp_path / "demo")
    assert caught.value.exit_code == 2
    assert not (tmp_path / "demo").exists()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ToolError, match="cannot be laid out"):
        lay_out("aws-fleet", tmp_path / "file" / "below")


def test_samples_are_found_inside_an_installed_package(tmp_path: Path) -> None:
    """In a wheel, the samples lie in the package; here it is copied the way a wheel holds it."""
    package = tmp_path / "site" / "rea_xcom_tui"
    shutil.copytree(ROOT / "rea_xcom_tui", package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(SAMPLE_REPOS, package / "sample_repos")
    code = "from rea_xcom_tui.samples import demo; print(demo._home(), *demo.samples())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(package.parent)},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout.split() == [str(package / "sample_repos"), *sorted(PLANTED)]


def test_a_history_that_does_not_fit_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SAMPLE_REPOS, tmp_path / "samples")
    monkeypatch.setattr("rea_xcom_tui.samples.demo._home", lambda: tmp_path / "samples")
    file = tmp_path / "samples/mixed-monorepo/clusters/prod/payments/settlement/values.yaml"
    file.write_text(file.read_text().replace("1048576", "2097152"))
    with pytest.raises(ToolError, match="appears 0 times in clusters/prod/payments/settlement"):
        history(DEFAULT_SAMPLE)


def test_every_sample_has_a_manifest_and_a_folder() -> None:
    folders = {path.name for path in SAMPLE_REPOS.iterdir() if path.is_dir()}
    assert folders - set(joint_samples()) == set(samples()) == set(PLANTED)


@pytest.mark.parametrize("sample", LAYERED)
def test_layered_samples_are_read_as_their_engines_deploy_them(sample: str, tmp_path: Path) -> None:
    fleet = Workspace.open(lay_out(sample, tmp_path / sample)).scan()
    planted = {row["id"]: row for row in PLANTED[sample]["release"]}
    assert not fleet.unreadable
    assert {row.id for row in fleet.deployments} == planted.keys()
    for row in fleet.deployments:
        truth = planted[row.id]
        named = {key: getattr(row, key) for key in ("name", "layout", "env", "cluster", "namespace")}
        fields = {key: row.field(key).value for key in ("path", "threshold", "compression", "identity")}
        found = {key: value for key, value in {**named, **fields}.items() if value is not None}
        codes = sorted({finding.code for finding in row.findings if finding.severity != "info"})
        assert {**found, "findings": codes, "unreached": row.unreached} == {
            "findings": [],
            "unreached": False,
            **{key: value for key, value in truth.items() if key != "id"},
        }
