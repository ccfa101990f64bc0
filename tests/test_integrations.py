"""What other programs read in the repo's root: hooks, the action, the component, the image, templates, the release."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.work import Work, values

ROOT = Path(__file__).resolve().parents[1]
ETL = "clusters/prod/billing/etl/values.yaml"
ISSUES = sorted((ROOT / ".github/ISSUE_TEMPLATE").glob("*.yml"))


def load(path: str) -> Any:
    return yaml.safe_load((ROOT / path).read_text("utf-8"))


def bash(script: str, root: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-e", "-c", script],
        cwd=root,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """The program where the action installs it."""
    path = tmp_path / "runner" / "rea-xcom-tui" / "bin" / "rea-xcom-tui"
    path.parent.mkdir(parents=True)
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m rea_xcom_tui "$@"\n')
    path.chmod(0o755)
    return path


@pytest.fixture
def pull_request(fleet_repo: Work) -> Work:
    """A branch that breaks one deployment, as a runner has it checked out."""
    fleet_repo.git("update-ref", "refs/remotes/origin/main", "HEAD")
    fleet_repo.git("checkout", "-q", "-b", "topic")
    fleet_repo.write(ETL, values("billing-etl", compression="gz"))
    fleet_repo.commit_all("wrong")
    return fleet_repo


def test_the_hooks_run_in_a_real_repo(pull_request: Work, program: Path) -> None:
    hooks = {hook["id"]: hook for hook in load(".pre-commit-hooks.yaml")}
    assert set(hooks) == {"rea-xcom-tui-check", "rea-xcom-tui-drift"}
    path = f"{program.parent}:{os.environ['PATH']}"
    before = pull_request.status()
    for hook in hooks.values():
        assert (hook["language"], hook["pass_filenames"], hook["require_serial"]) == ("python", False, True)
        assert all(re.search(hook["files"], name) for name in (ETL, "apps/x.yml", ".rea-xcom-tui.toml"))
        assert not re.search(hook["files"], "README.md")
    check = hooks["rea-xcom-tui-check"]["entry"]
    ran = bash(f"{check} --changed-since origin/main", pull_request.root, PATH=path)
    assert (ran.returncode, "XC402" in ran.stdout) == (1, True)
    ran = bash(f"{check} --changed-since HEAD", pull_request.root, PATH=path)
    assert ran.returncode == 0
    ran = bash(hooks["rea-xcom-tui-drift"]["entry"], pull_request.root, PATH=path)
    assert (ran.returncode, "compared" in ran.stdout) == (0, True)
    assert pull_request.status() == before


def step(name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in load("action.yml")["runs"]["steps"] if one.get("name") == name)
    return found


def outputs(path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in path.read_text().splitlines())


def run_step(root: Path, runner: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    usual = {"COMMAND": "check", "QUERY": "", "CHANGED_SINCE": "", "BASE_REF": "main", "FAIL_ON": "error"}
    files = {"GITHUB_OUTPUT": str(runner / "output"), "GITHUB_STEP_SUMMARY": str(runner / "summary")}
    more = {"FORMAT": "github", "SARIF_FILE": "", "RUNNER_TEMP": str(runner)}
    for name in ("output", "summary"):
        (runner / name).write_text("")
    return bash(step("Run")["run"], root, **{**usual, **more, **files, **inputs})


def test_the_action_tells_what_a_pull_request_brings(pull_request: Work, program: Path, tmp_path: Path) -> None:
    runner = program.parents[2]
    assert set(step("Run")["env"]) == {*"COMMAND QUERY CHANGED_SINCE BASE_REF FAIL_ON FORMAT SARIF_FILE".split()}
    ran = run_step(pull_request.root, runner, SARIF_FILE=str(tmp_path / "x.sarif"))
    assert ran.returncode == 0, ran.stderr
    assert f"::error file={ETL}," in ran.stdout
    said = outputs(runner / "output")
    assert said["exit-code"] == "1"
    assert Path(said["markdown-file"]).read_text() == (runner / "summary").read_text() != ""
    assert json.loads((tmp_path / "x.sarif").read_text())["runs"][0]["results"]
    assert bash(step("Outcome")["run"], tmp_path, STATUS="1").returncode == 1
    run_step(pull_request.root, runner, CHANGED_SINCE="HEAD")
    assert outputs(runner / "output")["exit-code"] == "0"
    run_step(pull_request.root, runner, QUERY="env:dev")
    assert outputs(runner / "output")["exit-code"] == "0"
    assert run_step(pull_request.root, runner, CHANGED_SINCE="nowhere").returncode == 2
    odd = run_step(pull_request.root, runner, COMMAND="$(touch broken)")
    assert (odd.returncode, (pull_request.root / "broken").exists()) == (2, False)


def test_the_action_keeps_one_comment(tmp_path: Path) -> None:
    markdown = tmp_path / "said.md"
    markdown.write_text("<!-- rea-xcom-tui check -->\nfound\n")
    gh = tmp_path / "gh"
    gh.write_text(
        f'#!/bin/sh\ncase "$*" in *--paginate*) cat {tmp_path}/comments ;; *) echo "$*" >>{tmp_path}/asked ;; esac\n'
    )
    gh.chmod(0o755)
    (tmp_path / "python").symlink_to(sys.executable)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "NUMBER": "7", "REPOSITORY": "o/r"}
    comments = [[1, "hello"], [2, "<!-- rea-xcom-tui drift -->\nx"], [3, "<!-- rea-xcom-tui check -->\nold"]]
    for known, wanted in (
        (comments[:2], "--method POST repos/o/r/issues/7/comments"),
        (comments, "--method PATCH repos/o/r/issues/comments/3"),
    ):
        (tmp_path / "comments").write_text("".join(json.dumps(row) + "\n" for row in known))
        (tmp_path / "asked").write_text("")
        ran = bash(step("Comment")["run"], tmp_path, **environment, MARKDOWN=str(markdown))
        assert ran.returncode == 0, ran.stderr
        assert (tmp_path / "asked").read_text() == f"api {wanted} --field body=@{markdown} --silent\n"


def test_no_input_is_text_of_a_script() -> None:
    """What a pull request names would be run as a command."""
    steps = load("action.yml")["runs"]["steps"]
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for job in yaml.safe_load(path.read_text("utf-8"))["jobs"].values():
            steps += job["steps"]
    scripts = [one["run"] for one in steps if "run" in one]
    assert len(scripts) > 5
    assert [script for script in scripts if "${{" in script] == []


def test_the_component_checks_merge_requests() -> None:
    head, job = yaml.safe_load_all((ROOT / "templates/rea-xcom-tui.yml").read_text("utf-8"))
    inputs = head["spec"]["inputs"]
    (run,) = job.values()
    named = set(re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", (ROOT / "templates/rea-xcom-tui.yml").read_text("utf-8")))
    assert named == set(inputs)
    assert run["variables"]["GIT_DEPTH"] == 0
    asked = [line for line in run["script"] if "--changed-since" in line]
    assert len(asked) == 2
    assert '--fail-on "$REA_XCOM_TUI_FAIL_ON"' in asked[1]
    assert not any("$[[" in line for line in run["script"])
    for line in run["script"]:
        assert bash(f"set -n\n{line}", ROOT).returncode == 0, line


def test_the_image_is_made_of_the_wheel_and_runs_as_nobody_special() -> None:
    lines = re.sub(r"\\\n\s*", " ", (ROOT / "Dockerfile").read_text("utf-8")).splitlines()
    orders = [line.split(" ", 1) for line in lines if line and not line.startswith("#")]
    names = [name for name, _ in orders]
    text = "\n".join(lines)
    assert names.index("USER") < names.index("ENTRYPOINT")
    assert dict(orders)["USER"] not in ("root", "0")
    assert [what for name, what in orders if name == "COPY"] == ["dist/rea_xcom_tui-*.whl /tmp/"]
    assert " git " in text
    assert json.loads(dict(orders)["ENTRYPOINT"]) == ["rea-xcom-tui"]
    assert (ROOT / ".dockerignore").read_text().split() == ["*", "!dist/*.whl"]


@pytest.mark.parametrize("template", [path for path in ISSUES if path.name != "config.yml"], ids=lambda path: path.stem)
def test_issues_ask_for_what_debug_prints(template: Path) -> None:
    body = yaml.safe_load(template.read_text("utf-8"))["body"]
    field = next(one for one in body if one.get("id") == "debug")
    assert "rea-xcom-tui debug" in field["attributes"]["label"]
    assert field["validations"]["required"]


def test_updates_are_proposed_for_everything_that_is_pinned() -> None:
    kinds = {one["package-ecosystem"] for one in load(".github/dependabot.yml")["updates"]}
    assert kinds == {"pip", "github-actions", "docker"}


def test_a_release_needs_no_secret_and_is_attested() -> None:
    text = (ROOT / ".github/workflows/release.yml").read_text("utf-8")
    flow = yaml.safe_load(text)
    assert "secrets." not in text
    assert flow["permissions"] == {"contents": "read"}
    assert flow["jobs"]["publish"]["permissions"] == {"id-token": "write", "attestations": "write"}
    assert "permissions" not in flow["jobs"]["build"]
    used = [one.get("uses", "").partition("@")[0] for one in flow["jobs"]["publish"]["steps"]]
    order = ["actions/attest-build-provenance", "actions/attest-sbom", "pypa/gh-action-pypi-publish"]
    assert [name for name in used if name in order] == order
    built = "\n".join(one.get("run", "") for one in flow["jobs"]["build"]["steps"])
    for tool in (".ci/run", "twine check --strict", "check-wheel-contents", "pip-audit", "cyclonedx-py"):
        assert tool in built
