"""What shells, editors and scripts meet: schemas, columns, formats, completion, colours, reports of mistakes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from rea_xcom_tui.cli import complete
from tests.cli.run import Cli, Ran
from tests.fleet.test_layered import FILES as LAYERED
from tests.work import Work, make_work, values

DOCS = Path(__file__).resolve().parents[2] / "docs"
ETL, ML = "clusters/prod/billing/etl/values.yaml", "clusters/prod/billing/ml/values.yaml"


def closed(schema: Any) -> Any:
    """The schema without room for keys that it does not tell of."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    return {**made, "additionalProperties": False} if "properties" in made else made


def holds(cli: Callable[..., Ran], name: str, text: str) -> None:
    schema = cli("schema", name).json
    Draft202012Validator.check_schema(schema)
    mistakes = [
        error.json_path + ": " + error.message
        for error in Draft202012Validator(closed(schema)).iter_errors(json.loads(text))
    ]
    assert mistakes == []


@pytest.fixture
def mixed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Layers, references, findings, files that cannot be read, and a majority to drift from."""
    plain = {f"prod/{name}/values.yaml": values(name) for name in "abcdef"}
    odd = {
        "prod/odd/values.yaml": values("odd", path="s3://elsewhere/odd", compression="gz", threshold="-1"),
        "prod/bad/values.yaml": "xcomBackend: x\ncommonEnv: [\n",
    }
    config = '[layouts]\ndeployed = ["prod/**"]\n' + LAYERED[".rea-xcom-tui.toml"]
    files = {**LAYERED, **plain, **odd, ".rea-xcom-tui.toml": config}
    return Cli(capsys, make_work(tmp_path / "mixed", files).root)


def test_schemas_hold_for_what_is_printed(mixed: Cli, tmp_path: Path) -> None:
    holds(mixed, "list", mixed("list", "--format", "json").out)
    holds(mixed, "show", mixed("show", "odd", "--format", "json").out)
    holds(mixed, "check", mixed("check", "--format", "json").out)
    subprocess.run(["git", "branch", "trunk"], cwd=mixed.root, check=True)
    (mixed.root / "prod/odd/values.yaml").write_text(values("odd", threshold="x"))
    since = mixed("check", "--changed-since", "trunk", "--format", "json").out
    assert {one["status"] for one in json.loads(since)["findings"]} >= {"new"}
    assert json.loads(since)["fixed"]
    holds(mixed, "check", since)
    subprocess.run(["git", "commit", "-qam", "another"], cwd=mixed.root, check=True)
    drift = mixed("drift", "--against", "trunk", "--format", "json").out
    assert json.loads(drift)["causes"]
    holds(mixed, "drift", drift)
    review = mixed("review", "HEAD", "--onto", "trunk", "--format", "json").out
    assert json.loads(review)["findings"]["new"]
    holds(mixed, "review", review)
    plan = tmp_path / "plan.json"
    assert mixed("set", "threshold=7", "--where", "name:a,ml", "--plan", str(plan)).code == 0
    holds(mixed, "plan", plan.read_text())


def test_a_schema_refuses_what_is_wrong(mixed: Cli) -> None:
    schema = mixed("schema", "check").json
    data = json.loads(mixed("check", "--format", "json").out)
    data["findings"][0]["severity"] = "fatal"
    assert list(Draft202012Validator(schema).iter_errors(data))
    config = Draft202012Validator(mixed("schema", "config").json)
    example = (DOCS / "configuration.md").read_text("utf-8").split("```toml\n")[1].split("```")[0]
    assert list(config.iter_errors(json.loads(json.dumps(tomllib.loads(example), default=str)))) == []
    assert list(config.iter_errors({"rules": {"offf": []}}))
    assert mixed("schema", "nothing").code == 2


def test_columns_are_those_that_are_asked_for(mixed: Cli) -> None:
    head, *rows = mixed("list", "is:layered", "--columns", "cluster, layers,Name").out.splitlines()
    assert head.split() == ["CLUSTER", "LAYERS", "NAME"]
    assert any(row.split() == ["eu", "base.yaml", "clusters/eu/etl.yaml", "etl"] for row in rows)
    assert mixed("list", "name:odd", "--columns", "name,threshold", "--format", "csv").out == "name,threshold\nodd,-1\n"
    assert mixed("list", "name:odd", "--columns", "cluster", "--format", "markdown").out == "| cluster |\n|---|\n|  |\n"
    wrong = mixed("list", "--columns", "nmae")
    assert (wrong.code, "did you mean name?" in wrong.err) == (2, True)
    assert mixed("list", "--columns", ",").code == 2
    assert mixed("list", "--columns", "name", "--format", "json").code == 2


def test_every_machine_format_of_the_list_says_the_same(mixed: Cli) -> None:
    (mixed.root / "prod/a/values.yaml").write_text(values("né-\U0001f40d"))
    data = mixed("list", "--format", "json").json
    assert mixed("list", "--format", "json").json == data, "the same whatever the cache holds"
    lines = mixed("list", "--format", "ndjson").out.splitlines()
    for line, row in zip(lines, data["deployments"], strict=True):
        assert json.loads(line) == row
    text = mixed("list", "--format", "yaml").out
    assert text.isascii()
    assert yaml.safe_load(text) == data
    assert YAML(typ="safe", pure=True).load(text) == data


def completed(line: str, root: Path, shell: str = "bash") -> list[str]:
    """What the shell would offer at the end of the line, asked of a process as the shell does it."""
    words = line.split(" ")
    asked = {"COMP_LINE": line, "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    if shell == "fish":
        asked["COMP_CWORD"] = words[-1]
    environment = {**os.environ, **asked, "_REA_XCOM_TUI_COMPLETE": f"{shell}_complete"}
    command = [sys.executable, "-m", "rea_xcom_tui"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return done.stdout.splitlines()


def test_shells_complete_names_fields_values_and_queries(fleet_repo: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(fleet_repo.root)
    assert completed("rea-xcom-tui show billing-", fleet_repo.root) == ["plain,billing-etl", "plain,billing-ml"]
    context = click.Context(click.Command("x"))
    param = click.Argument(["x"])

    def offered(kind: Any, text: str) -> list[str]:
        return [item.value for item in kind(context, param, text)]

    assert offered(complete.assignments, "thr") == ["threshold="]
    assert offered(complete.assignments, "compression=gz") == ["compression=gzip"]
    assert offered(complete.assignments, "threshold=6") == ["threshold=65536"]
    assert offered(complete.query, "env:p") == ["env:prod"]
    assert offered(complete.query, "clo") == ["cloud:"]
    assert offered(complete.columns, "name,pa") == ["name,path"]
    assert offered(complete.codes, "xc40")[:1] == ["XC401"]
    assert offered(complete.revisions, "ma") == ["main"]
    assert offered(complete.fields, "b") == ["backend"]
    context.params["repos"] = (fleet_repo.root / "nowhere",)
    assert offered(complete.deployments, "") == []


def test_bash_completes_across_what_it_takes_for_the_ends_of_words(cli: Cli, fleet_repo: Work, tmp_path: Path) -> None:
    script = cli("completion", "bash").out
    program = tmp_path / "bin" / "rea-xcom-tui"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m rea_xcom_tui "$@"\n')
    program.chmod(0o755)
    ask = f"""{script}
PATH={program.parent}:$PATH
COMP_LINE='rea-xcom-tui set compression=bz'; COMP_POINT=${{#COMP_LINE}}
_rea_xcom_tui_completion rea-xcom-tui; echo "${{COMPREPLY[*]}}"
COMP_LINE='rea-xcom-tui list env:de'; COMP_POINT=${{#COMP_LINE}}
_rea_xcom_tui_completion rea-xcom-tui; echo "${{COMPREPLY[*]}}"
"""
    done = subprocess.run(["bash", "-c", ask], cwd=fleet_repo.root, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["bz2", "dev"]


@pytest.mark.parametrize("shell", ["zsh", "fish"])
def test_other_shells_get_a_script_that_asks_the_same(cli: Cli, shell: str) -> None:
    ran = cli("completion", shell)
    assert ran.code == 0
    assert f"_REA_XCOM_TUI_COMPLETE={shell}_complete" in ran.out
    assert cli("completion", "tcsh").code == 2


def test_colour_is_where_it_is_wanted_and_nowhere_else(
    cli: Cli, fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet_repo.write(ETL, values("billing-etl", compression="gz"))
    plain = cli("check").out
    assert "\x1b" not in plain
    monkeypatch.setenv("CLICOLOR_FORCE", "1")
    coloured = cli("check").out
    assert "\x1b[31merror\x1b[0m" in coloured
    assert click.unstyle(coloured) == plain
    assert "\x1b[32m+" in cli("check", "--fix").out
    assert "\x1b" not in cli("check", "--format", "json").out
    assert "\x1b" not in cli("--no-color", "check").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("check").out
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("CLICOLOR_FORCE", "0")
    assert "\x1b" not in cli("check").out


def test_debug_tells_the_shape_and_no_word_of_the_content(mixed: Cli, tmp_path: Path) -> None:
    ran = mixed("debug")
    assert ran.code == 0
    lines = dict(line.split(": ", 1) for line in ran.out.splitlines())
    assert lines["deployments"] == "11"
    assert lines["layouts"] == "manifest 3, values 8"
    assert lines["layers of one"].endswith("to 2")
    assert lines["git"].startswith("git version ")
    assert lines["click"][0].isdigit()
    assert lines["configuration files"] == "1"
    assert "unreadable 1" in lines["unreadable"] or lines["unreadable"].startswith("1,")
    for word in ("prod", "etl", "base", "team-xcom", "odd", "ann@example.com", "mixed", "arn:", str(tmp_path)):
        assert word not in ran.out, word
    outside = mixed("-C", str(tmp_path), "debug")
    assert outside.code == 0
    assert str(tmp_path) not in outside.out
    assert "repo: cannot be read" in outside.out


def test_the_schema_of_the_baseline_takes_what_the_tool_takes(cli: Cli) -> None:
    schema = cli("schema", "baseline").json
    Draft202012Validator.check_schema(schema)
    page = (DOCS / "drift.md").read_text("utf-8")
    example = yaml.safe_load(page[page.index("# .rea-xcom.yaml") : page.index("```", page.index("# .rea-xcom.yaml"))])
    Draft202012Validator(schema).validate(json.loads(json.dumps(example, default=str)))
    for wrong in (
        {"version": 2},
        {"version": 1, "baseline": {"prod": {"thresold": 0}}},
        {"version": 1, "baseline": {"prod": {"threshold": {"value": 0, "range": "1..2"}}}},
        {"version": 1, "ignore": [{"deployment": "a", "field": "path"}]},
    ):
        assert not Draft202012Validator(schema).is_valid(wrong), wrong
