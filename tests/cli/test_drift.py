from __future__ import annotations

import re
import shutil
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rea_xcom_tui.samples.demo import lay_out
from tests.cli.run import Cli
from tests.work import Work

SETTLEMENT = "clusters/prod/payments/settlement/values.yaml"


@pytest.fixture
def demo(capsys: pytest.CaptureFixture[str], tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    # Laying out a history takes a second, copying it none.
    laid_out = tmp_path_factory.getbasetemp() / "drift-demo"
    if not laid_out.exists():
        lay_out(directory=laid_out)
    return Cli(capsys, Path(shutil.copytree(laid_out, tmp_path / "demo")))


def test_the_demo_drifts_for_five_causes(demo: Cli) -> None:
    ran = demo("drift")
    assert ran.code == 1
    assert ran.out.count("expected") == 5
    assert "threshold: expected 0 (always) in prod/aws, is 1048576 (1 MiB) in 2 deployments" in ran.out
    assert "since 2026-09-03 Ana Ferreira" in ran.out
    assert ran.out.endswith("5 causes in 8 deployments (against majority, 28 deployments compared)\n")
    assert "4 groups have fewer than 3 deployments" in ran.err


def test_json_is_as_the_contract_says(demo: Cli) -> None:
    data = demo("drift", "--format", "json").json
    assert (data["schema"], data["against"]) == (1, "majority")
    cause = next(cause for cause in data["causes"] if cause["actual"] == 1048576)
    assert (cause["field"], cause["expected"], cause["severity"]) == ("threshold", 0, "warning")
    assert cause["deployments"] == ["clusters/prod/growth/referrals/values.yaml", SETTLEMENT]
    assert cause["since"]["author"] == "Ana Ferreira"
    assert cause["since"]["date"] == "2026-09-03T07:26:09Z"
    assert cause["since"]["commit"] == Work(demo.root).git("log", "-1", "--format=%H", "--", SETTLEMENT).strip()
    assert data["summary"] == {"causes": 5, "drifted": 8, "compared": 28}
    assert all(cause["since"] is None for cause in demo("drift", "--format", "json", "--no-since").json["causes"])


def test_markdown_is_a_table_for_a_comment(demo: Cli) -> None:
    lines = demo("drift", "--format", "markdown", "--no-since").out.splitlines()
    assert lines[0] == "<!-- rea-xcom-tui drift -->"
    assert lines[4] == "| severity | field | expected | actual | count | deployments | since |"
    assert len([line for line in lines if line.startswith("|")]) == 7
    (demo.root / ".rea-xcom.yaml").write_text("version: 1\nbaseline:\n  prod/aws: {threshold: 7}\n")
    row = demo("drift", "--format", "markdown", "--no-since").out.splitlines()[6]
    assert row.count("values.yaml") == 5
    assert " | 7 | " in row
    assert "values.yaml and 2 more | " in row


def test_sarif_and_annotations_point_at_the_lines(demo: Cli) -> None:
    (run,) = demo("drift", "--no-since", "--format", "sarif").json["runs"]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {
        "drift-compression",
        "drift-identity",
        "drift-path",
        "drift-threshold",
    }
    places = {
        (where["artifactLocation"]["uri"], where["region"]["startLine"])
        for result in run["results"]
        for where in (result["locations"][0]["physicalLocation"],)
    }
    assert len(places) == 8
    for file, line in places:
        assert any(word in Work(demo.root).read(file).decode().splitlines()[line - 1] for word in ("value", "role"))
    lines = demo("drift", "--no-since", "--format", "github").out.splitlines()
    assert len(lines) == 8
    assert any(line.startswith(f"::warning file={SETTLEMENT},line=") for line in lines)


def test_junit_has_a_case_for_each_cause(demo: Cli) -> None:
    root = ElementTree.fromstring(demo("drift", "--no-since", "--format", "junit").out)
    assert (root.get("tests"), root.get("failures"), len(root.findall("testcase/failure"))) == ("5", "5", 5)
    clean = ElementTree.fromstring(demo("drift", "env:staging", "--format", "junit").out)
    assert (clean.get("failures"), len(clean.findall("testcase"))) == ("0", 1)


@pytest.mark.parametrize(
    ("args", "code"),
    [
        (("--fail-on", "never"), 0),
        (("--fail-on", "error"), 1),
        (("compression:gzip", "--fail-on", "warning"), 0),
        (("compression:gzip", "--fail-on", "info"), 1),
        (("env:staging",), 0),
        (("--against", "HEAD"), 0),
        (("--against", "components"), 1),
        (("--against", "nowhere"), 2),
        (("--against", "baseline"), 2),
        (("--against", "HEAD", "--releases", "x"), 2),
        (("--write",), 2),
        (("--fix", "--ref", "HEAD"), 2),
        (("--fix", "--adopt"), 2),
        (("--ignore", "x", "--expires", "soon"), 2),
        (("--ref", "HEAD"), 1),
        (("field:",), 2),
    ],
)
def test_exit_codes(args: tuple[str, ...], code: int, demo: Cli) -> None:
    ran = demo("drift", "--no-since", *args)
    assert ran.code == code
    assert (code != 2) or (ran.out == "" and ran.err.startswith("rea-xcom-tui: "))


def test_fix_shows_and_writes_nothing_until_it_is_told_to(demo: Cli) -> None:
    work = Work(demo.root)
    ran = demo("drift", "--fix", "threshold:1048576", "env:prod")
    assert ran.code == 0
    assert ran.out.count("+") > 2
    assert "nothing was written" in ran.err
    assert work.status() == []


def test_fix_is_all_or_nothing_unless_told_to_skip(demo: Cli) -> None:
    """It wrote what it could and exited 3, which means that nothing at all was written."""
    work = Work(demo.root)
    work.write(".rea-xcom.yaml", "version: 1\nbaseline:\n  prod/aws: {compression: zip, threshold: ..1KiB}\n")
    work.commit_all()
    ran = demo("drift", "--fix", "--write")
    assert (ran.code, ran.out, work.status()) == (3, "", [])
    assert "2 differences cannot be fixed, so nothing was written; --skip-refused" in ran.err
    ran = demo("drift", "--fix", "--write", "--skip-refused")
    assert (ran.code, work.status()) == (3, [" M clusters/prod/payments/reconciliation/values.yaml"])
    assert demo("drift", "--skip-refused").code == 2


def test_after_fix_and_commit_nothing_drifts_and_one_line_changed_for_each(demo: Cli) -> None:
    work = Work(demo.root)
    assert demo("drift", "--fix", "--commit", "-m", "Fix", "--branch", "right").code == 0
    assert len(work.changed_lines()) == 16
    assert work.git("log", "-1", "--format=%s").strip() == "Fix"
    ran = demo("drift")
    assert (ran.code, ran.out) == (0, "nothing differs (against majority, 28 deployments compared)\n")


def test_adopt_makes_the_baseline_the_default(demo: Cli) -> None:
    first = demo("drift", "--adopt")
    assert first.out.startswith("--- a/.rea-xcom.yaml\n+++ b/.rea-xcom.yaml\n")
    assert re.search(r"this is the first baseline: \d+ statements about the whole fleet", first.err)
    assert not (demo.root / ".rea-xcom.yaml").exists()
    assert demo("drift", "--adopt", "--write").code == 0
    ran = demo("drift", "--no-since", "--format", "json")
    assert (ran.code, ran.json["against"], ran.json["causes"]) == (0, "baseline", [])
    # What Airflow refuses, is set twice or misspelt is no value to adopt, and told as such.
    assert "6 fields whose value Airflow refuses" in demo("drift").err
    assert demo("drift", "--adopt").code == 0


def test_adopt_commits_a_new_file_and_undo_takes_it_away(demo: Cli) -> None:
    assert demo("drift", "field:compression", "--adopt", "--commit").code == 2
    assert demo("drift", "env:prod", "--adopt", "--commit", "-m", "Ours").code == 0
    work = Work(demo.root)
    assert (work.committed_files(), work.status()) == ([".rea-xcom.yaml"], [])
    assert demo("drift", "env:prod").code == 0
    assert demo("drift").code == 1
    assert demo("undo").code == 0
    assert work.status() == [" D .rea-xcom.yaml"]


def test_ignore_accepts_with_reason_owner_and_last_day(demo: Cli) -> None:
    args = ("--ignore", "month's end", "--owner", "Ana", "--expires", "2999-12-31")
    assert demo("drift", "threshold:1048576", "env:prod", *args, "--write").code == 0
    ran = demo("drift", "env:prod", "threshold:>0")
    assert ran.code == 0
    assert ran.out.count("accepted: ") == 1
    assert f"{SETTLEMENT}: threshold 1048576 (1 MiB) (month's end, Ana, until 2999-12-31)" in ran.out
    assert demo("undo").code == 0
    assert demo("drift", "env:prod", "threshold:>0").code == 1


def test_a_baseline_with_a_mistake_is_one_clear_line(demo: Cli) -> None:
    (demo.root / ".rea-xcom.yaml").write_text("version: 1\nbaseline:\n  prod:\n    treshold: 0\n")
    ran = demo("drift")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("rea-xcom-tui: .rea-xcom.yaml:4:5: 'baseline.prod.treshold': there is no such field")
    assert demo("list", "is:drifted").code == 2


def test_is_drifted_selects_the_same(demo: Cli) -> None:
    listed = {row["id"] for row in demo("list", "is:drifted", "--format", "json").json["deployments"]}
    data = demo("drift", "--format", "json", "--no-since").json
    assert listed == {id_ for cause in data["causes"] for id_ in cause["deployments"]}


def test_read_only_refuses(demo: Cli) -> None:
    ran = demo("drift", "--read-only", "--adopt", "--write")
    assert ran.code == 3
    assert not (demo.root / ".rea-xcom.yaml").exists()


def test_a_repo_without_agents_is_told(cli: Cli) -> None:
    work = Work(cli.root)
    work.git("rm", "-rq", "clusters")
    ran = cli("drift")
    assert (ran.code, ran.out) == (2, "")
    assert "no agent values file" in ran.err
