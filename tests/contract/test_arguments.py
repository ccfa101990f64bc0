"""Options, their places and what is wrong usage; saved plans; the JSON that others read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.conftest import MakeCli
from tests.work import FLEET, values

ETL = "clusters/prod/billing/etl/values.yaml"


def test_an_options_value_may_look_like_a_negated_word(on_repo: MakeCli) -> None:
    cli, work = on_repo({**FLEET, "x/values.yaml": values("x", compression="GZIP")})
    ran = cli("list", "--ref", "-x")
    assert (ran.code, "'-x'" in ran.err) == (2, True)
    assert "--write and --commit can only be used with --fix" in cli("check", "--commit", "-m", "words").err
    assert cli("check", "--fix", "--commit", "-m", "two words").code == 0
    assert work.git("log", "-1", "--format=%s") == "two words\n"


@pytest.mark.parametrize("query", ["-env:dev", "-crm-sync", "-(env:dev)"])
def test_a_negated_word_is_no_option(on_repo: MakeCli, query: str) -> None:
    cli, _ = on_repo(FLEET)
    for words in ([query], ["--", query], ["env:*", query]):
        assert [row["name"] for row in cli("list", "--format", "json", *words).json["deployments"]] == [
            "billing-etl",
            "billing-ml",
        ]
    assert "2 edits" in cli("set", "threshold=7", "--where", query).err


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("set", "threshold=1", "--where", ""), "--all"),
        (("set", "threshold=1", "--where", "  "), "--all"),
        (("set", "threshold=1", "threshold=2", "--all"), "twice"),
        (("unset", "path", "path", "--all"), "twice"),
        (("set", "threshold=1", "--all", "--plan", "p.json", "--write"), "--plan"),
        (("set", "cloud=aws", "--all"), "not a field"),
        (("apply", "no-such-plan.json"), "cannot be read"),
        (("diff", "HEAD~9"), "HEAD~9"),
        (("show", "nobody"), "nobody"),
        (("explain", "XC9999"), "XC9999"),
    ],
)
def test_wrong_usage_is_one_sentence_and_exit_code_2(on_repo: MakeCli, args: tuple[str, ...], word: str) -> None:
    cli, work = on_repo(FLEET)
    ran = cli(*args)
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)
    assert ran.err.startswith("rea-xcom-tui: ")
    assert word in ran.err
    assert work.status() == []


def test_a_repo_without_agent_values_is_told_by_every_command(on_repo: MakeCli) -> None:
    cli, _ = on_repo({"README.md": "x\n"})
    for args in (("list",), ("check",), ("set", "threshold=1", "--all", "--write"), ("unset", "path", "--all")):
        ran = cli(*args)
        assert (ran.code, ran.out) == (2, "")
        assert "no agent values file was found" in ran.err


def test_compare_and_set_knows_values_that_airflow_refuses(on_repo: MakeCli) -> None:
    cli, work = on_repo({"a/values.yaml": values("a", compression="gz"), "b/values.yaml": values("b")})
    ran = cli("set", "compression=gzip", "--all", "--if", "compression=gz", "--write")
    assert ran.code == 0
    assert work.status() == [" M a/values.yaml"]
    assert "skipped: b/values.yaml: compression is zip, not gz" in ran.err
    assert "compression is gzip, not zst" in cli("set", "compression=zip", "--all", "--if", "compression=zst").err


def test_an_unreadable_file_is_named_by_an_edit_of_all(on_repo: MakeCli) -> None:
    cli, work = on_repo({**FLEET, "bad/values.yaml": "xcomBackend: [\n"})
    ran = cli("set", "threshold=7", "--all", "--write")
    assert ran.code == 0
    assert "1 file cannot be read" in ran.err
    assert len(work.status()) == 3


def test_a_linked_file_is_edited_once_where_it_lies(on_repo: MakeCli) -> None:
    cli, work = on_repo(FLEET)
    (work.root / "link.yaml").symlink_to(ETL)
    work.commit_all()
    assert cli("set", "threshold=7", "--all", "--commit").code == 0
    assert sorted(work.committed_files()) == sorted(file for file in FLEET if file.endswith(".yaml"))
    assert (work.root / "link.yaml").is_symlink()
    assert work.status() == []


def plan_of(path: Path, **changes: object) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(path.read_text())
    data["edits"][0].update(changes)
    path.write_text(json.dumps(data))
    return data


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"new": "s3://<bucket>/x", "field": "path", "old": "s3://aws_xcom@team-xcom/etl"}, 3),
        ({"new": "lots"}, 3),
        ({"new": 1.5}, 2),
        ({"new": True}, 2),
        ({"new": "5"}, 2),
        ({"field": "cloud"}, 2),
        ({"deployment": "clusters/prod/billing/ml/values.yaml", "old": 0}, 2),
        ({"deployment": "nobody"}, 2),
        ({"old": 5}, 3),
    ],
)
def test_a_forged_plan_changes_nothing(on_repo: MakeCli, tmp_path: Path, changes: dict[str, object], code: int) -> None:
    cli, work = on_repo(FLEET)
    plan = tmp_path / "plan.json"
    assert cli("set", "threshold=5", "--where", "name:billing-etl", "--plan", str(plan)).code == 0
    plan_of(plan, **changes)
    ran = cli("apply", str(plan), "--write")
    assert (ran.code, ran.out, work.status()) == (code, "", [])


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"schema": 2}', '{"schema": 1}', "[" * 100_000])
def test_what_is_no_plan_is_said_in_one_sentence(on_repo: MakeCli, tmp_path: Path, text: str) -> None:
    cli, _ = on_repo(FLEET)
    (tmp_path / "plan.json").write_text(text)
    ran = cli("apply", str(tmp_path / "plan.json"), "--write")
    assert (ran.code, ran.out, len(ran.err.splitlines())) == (2, "", 1)


def test_a_plan_holds_only_as_long_as_its_files_are_what_they_were(on_repo: MakeCli, tmp_path: Path) -> None:
    cli, work = on_repo(FLEET)
    plan = str(tmp_path / "plan.json")
    assert cli("set", "threshold=5", "--where", "name:billing-etl", "--plan", plan).code == 0
    assert work.status() == []
    work.write(ETL, FLEET[ETL] + "# somebody's\n")
    assert "has changed since" in cli("apply", plan, "--write").err
    (work.root / ETL).unlink()
    assert cli("apply", plan, "--write").code == 3
    work.git("checkout", "-q", ".")
    assert cli("apply", plan, "--write").code == 0
    assert work.read(ETL).decode() == values("billing-etl", threshold="5")
    assert cli("apply", plan, "--write").code == 3


def test_where_nothing_is_to_change_the_plan_says_so(on_repo: MakeCli, tmp_path: Path) -> None:
    cli, work = on_repo(FLEET)
    plan = tmp_path / "plan.json"
    assert cli("set", "threshold=5", "--all", "--plan", str(plan)).code == 0
    assert cli("set", "threshold=0", "--where", "name:billing-ml", "--plan", str(plan), "--force").code == 0
    ran = cli("apply", str(plan), "--write")
    assert (ran.code, work.status()) == (0, [])


def test_the_json_has_every_key_with_its_type(on_repo: MakeCli) -> None:
    cli, work = on_repo({**FLEET, "bad/values.yaml": "xcomBackend: [\n", "inv/values.yaml": values(threshold="abc")})
    data = cli("list", "--format", "json").json
    assert list(data) == ["schema", "repo", "deployments", "unreadable", "unused"]
    assert data["repo"] == {"root": str(work.root), "head": work.head(), "branch": "main", "ref": None}
    for row in data["deployments"]:
        assert {
            "id",
            "name",
            "env",
            "namespace",
            "file",
            "layout",
            "layers",
            "cluster",
            "unreached",
            "cloud",
            "fields",
            "findings",
            "git",
        } <= set(row)
        assert list(row["fields"]) == ["backend", "path", "threshold", "compression", "identity", "connection"]
        for name, field in row["fields"].items():
            assert {"value", "raw", "state", "file", "line", "column"} <= set(field)
            assert ("type" in field) == (name == "connection")
            assert field["state"] in ("set", "unset", "reference", "conflict", "invalid")
            assert isinstance(field["value"], int if name == "threshold" else str) or field["value"] is None
        for finding in row["findings"]:
            assert set(finding) == {"code", "severity", "field", "message", "file", "line", "column"}
            assert finding["line"] >= 1
            assert finding["column"] >= 1
    (bad,) = data["unreadable"]
    assert (bad["file"], set(bad)) == ("bad/values.yaml", {"file", "line", "column", "message"})
    invalid = next(row for row in data["deployments"] if row["file"] == "inv/values.yaml")["fields"]["threshold"]
    assert (invalid["state"], invalid["value"], invalid["raw"]) == ("invalid", None, "abc")
    checked = cli("check", "--format", "json")
    assert checked.code == 1
    assert set(checked.json["summary"]) == {"error", "warning", "info", "deployments"}
    assert all("deployment" in finding for finding in checked.json["findings"])
