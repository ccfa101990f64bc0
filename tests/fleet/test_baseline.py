from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.baseline import BASELINE_FILE, BadBaseline, load_baseline, parse_baseline
from rea_xcom_tui.fleet.baseline_edit import adopt, adopt_fleet, commit_baseline, ignore, write_baseline
from rea_xcom_tui.fleet.drifting import find_drift
from rea_xcom_tui.fleet.undoing import undo_newest
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.xcom.drift.baseline import Ignore
from tests.work import Work, make_work
from tests.work import values as agent

GOOD = """\
version: 1
by: [env, cloud]
baseline:
  prod:
    threshold: 0
    path: "s3://{team}-{env}-xcom/{name}"
    compression: zip or gzip
  dev:
    threshold: 64KiB..4MiB
    identity: same
  prod/azure:
    backend: {value: airflow.x.Y, severity: error}
    compression: [zip, ~]
ignore:
  - deployment: clusters/prod/crm/*
    field: compression
    actual: gzip
    reason: the partner
    owner: Ana
    expires: "2027-01-31"
"""


def test_every_form_is_read() -> None:
    baseline = parse_baseline(GOOD.encode())
    fields = baseline.for_group(("prod", "azure"))
    assert {field: expected.text for field, expected in fields.items()} == {
        "threshold": 0,
        "path": "s3://{team}-{env}-xcom/{name}",
        "compression": "zip or unset",
        "backend": "airflow.x.Y",
    }
    assert fields["backend"].severity == "error"
    assert baseline.for_group(("dev", "aws"))["threshold"].text == "64 KiB..4 MiB"
    assert baseline.ignores == (
        Ignore("clusters/prod/crm/*", "compression", "gzip", "the partner", "Ana", date(2027, 1, 31), 15),
    )


@pytest.mark.parametrize(
    ("old", "new", "place", "why"),
    [
        ("    threshold: 0", "    treshold: 0", "5:5: 'baseline.prod.treshold'", "there is no such field"),
        ("zip or gzip", "zip or gz", "7:18: 'baseline.prod.compression'", 'Airflow refuses "gz"'),
        ("{team}-{env}", "{tem}-{env}", "6:11: 'baseline.prod.path'", "{tem} is no placeholder"),
        ("64KiB..", "64KiX..", "9:16: 'baseline.dev.threshold'", "no unit"),
        ("  dev:", "  dev/aws/x:", "8:3: 'baseline.dev/aws/x'", "a group is named env/cloud"),
        ("value: a", "values: a", "12:14: 'baseline.prod/azure.backend'", "exactly one of"),
        ("severity: error", "severity: bad", "12:45: 'baseline.prod/azure.backend.severity'", "should be 'error'"),
        ("zip or gzip", "yes", "7:18: 'baseline.prod.compression'", "put it in quotes"),
        ("reason: the", "why: the", "18:5: 'ignore.0.why'", "there is no such key"),
        ("reason: the partner", "reason: ''", "18:13: 'ignore.0.reason'", "at least 1 character"),
        ("2027-01-31", "2027-13-31", "20:14: 'ignore.0.expires'", "month"),
        ("[env, cloud]", "[env, clod]", "2:11: 'by.1'", "'team'"),
        ("version: 1\n", "", "1:1: 'version'", "this key is missing"),
        ("version: 1", "version: 2", "1:10: 'version'", "should be 1"),
        ("  dev:", "  prod:", "8:1: 'baseline.prod'", "stands at line 4 already"),
        ("version: 1", "version: [", "3:1", "not YAML"),
    ],
)
def test_a_mistake_is_told_with_line_column_and_key(old: str, new: str, place: str, why: str) -> None:
    assert old in GOOD
    with pytest.raises(BadBaseline) as error:
        parse_baseline(GOOD.replace(old, new, 1).encode())
    assert f"{BASELINE_FILE}:{place}: " in str(error.value)
    assert why in str(error.value)


def test_many_mistakes_are_told_together() -> None:
    text = "version: 1\nbaseline:\n  prod:\n" + "".join(f"    wrong{n}: 1\n" for n in range(9))
    with pytest.raises(BadBaseline, match="and 4 more mistakes") as error:
        parse_baseline(text.encode())
    assert len(str(error.value).splitlines()) == 6


def test_no_file_and_an_empty_one_declare_nothing(tmp_path: Path) -> None:
    assert load_baseline(tmp_path).expected is None
    (tmp_path / BASELINE_FILE).write_text("\n")
    assert load_baseline(tmp_path).expected is None
    assert parse_baseline(b"version: 1\nignore: []\n").expected is None


def test_a_link_out_of_the_repo_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text(GOOD)
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / BASELINE_FILE).symlink_to(tmp_path / "outside")
    with pytest.raises(values.Unreadable):
        load_baseline(tmp_path / "repo")


FLEET = {
    f"clusters/{env}/billing/{name}/values.yaml": agent(
        f"billing-{name}", path=f"s3://aws_xcom@billing-{env}-xcom/{name}", threshold="0" if env == "prod" else "65536"
    )
    for env in ("prod", "dev")
    for name in ("etl", "ml", "dwh", "crm", "ads")
}
ODD = "clusters/prod/billing/odd/values.yaml"


@pytest.fixture
def work(tmp_path: Path) -> Work:
    odd = agent("billing-odd", path="s3://aws_xcom@billing-prod-xcom/odd", threshold="4096")
    return make_work(tmp_path / "fleet", {**FLEET, ODD: odd})


def opened(work: Work) -> Workspace:
    workspace = Workspace.open(work.root)
    workspace.scan()
    return workspace


def differing(workspace: Workspace) -> dict[str, set[str]]:
    report = find_drift(workspace, today=date(2026, 11, 22))
    return {report.against: {f"{member.deployment}:{member.field}" for member in report.deviations}}


def test_adopting_the_fleet_says_briefly_what_it_is_and_what_drifts_still_does(work: Work) -> None:
    workspace = opened(work)
    assert differing(workspace) == {"majority": {f"{ODD}:threshold"}}
    write_baseline(workspace, adopt_fleet(workspace), "adopt")
    assert work.read(BASELINE_FILE).decode().splitlines()[1:] == [
        "version: 1",
        "baseline:",
        '  "*":',
        "    backend: airflow.providers.common.io.xcom.backend.XComObjectStorageBackend",
        '    path: "s3://{team}-{env}-xcom/{short}"',
        "    compression: zip",
        '    identity: "arn:aws:iam::123456789012:role/etlAgent"',
        "    connection: aws_xcom",
        "  dev:",
        "    threshold: 65536",
        "  prod:",
        "    threshold: 0",
    ]
    assert differing(workspace) == {"baseline": {f"{ODD}:threshold"}}
    with pytest.raises(Refused, match="already"):
        adopt_fleet(workspace)


def test_adopting_a_difference_makes_both_values_right(work: Work) -> None:
    workspace = opened(work)
    write_baseline(workspace, adopt(workspace, find_drift(workspace).deviations), "adopt")
    assert load_baseline(work.root).for_group(("prod", "aws"))["threshold"].text == "0 or 4096"
    assert differing(workspace) == {"baseline": set()}


def test_adopting_what_the_whole_group_has_replaces_the_old_value_and_nothing_else(work: Work) -> None:
    text = (
        "# ours\nversion: 1\nbaseline:\n  dev:   # all of them\n    threshold: {value: 1MiB, severity: error} # old\n"
    )
    work.write(BASELINE_FILE, text)
    workspace = opened(work)
    plan = adopt(workspace, find_drift(workspace).deviations)
    write_baseline(workspace, plan, "adopt")
    said = load_baseline(work.root).for_group(("dev", "aws"))["threshold"]
    assert (said.choices, said.severity) == ((65536,), "error")
    assert work.read(BASELINE_FILE).decode().startswith(text)  # said for dev/aws, which is more special
    assert differing(workspace) == {"baseline": set()}


def test_adopting_beyond_a_range_widens_it(work: Work) -> None:
    work.write(BASELINE_FILE, "version: 1\nbaseline:\n  prod/aws:\n    threshold: 0..1k\n")
    workspace = opened(work)
    write_baseline(workspace, adopt(workspace, find_drift(workspace).deviations), "adopt")
    assert work.read(BASELINE_FILE) == b'version: 1\nbaseline:\n  prod/aws:\n    threshold: "0..4096"\n'


def test_an_ignore_is_one_more_entry_and_can_be_undone(work: Work) -> None:
    before = "version: 1\n# accepted for now\nignore:\n  - {deployment: x, field: path, reason: old}\n"
    work.write(BASELINE_FILE, before)
    workspace = opened(work)
    plan = ignore(workspace, find_drift(workspace).deviations, "it is tested", "Ana", date(2027, 1, 31))
    write_baseline(workspace, plan, "ignore")
    assert load_baseline(work.root).ignores[1] == Ignore(
        ODD, "threshold", "4096", "it is tested", "Ana", date(2027, 1, 31), 5
    )
    assert differing(workspace) == {"majority": set()}
    late = find_drift(workspace, today=date(2027, 2, 1))
    assert late.deployments == {ODD}
    assert "ended on 2027-01-31" in " ".join(notice.text for notice in late.notices)
    undo_newest(workspace.repository, None)
    assert work.read(BASELINE_FILE).decode() == before


def test_an_ignore_needs_a_reason(work: Work) -> None:
    workspace = opened(work)
    with pytest.raises(Refused, match="reason"):
        ignore(workspace, find_drift(workspace).deviations, " ")


def test_read_only_writes_no_baseline(work: Work) -> None:
    workspace = Workspace.open(work.root, read_only=True)
    workspace.scan()
    with pytest.raises(Refused, match="read-only"):
        write_baseline(workspace, adopt_fleet(workspace), "adopt")
    assert not (work.root / BASELINE_FILE).exists()


def test_a_commit_holds_the_baseline_alone(work: Work) -> None:
    work.write(BASELINE_FILE, "version: 1\n")
    work.commit_all("an empty baseline")
    work.write("README.md", "not mine\n")
    workspace = opened(work)
    commit_baseline(workspace, adopt_fleet(workspace), "Declare what we have")
    assert work.committed_files() == [BASELINE_FILE]
    assert work.git("log", "-1", "--format=%s").strip() == "Declare what we have"


def test_a_commit_that_is_refused_leaves_the_file_as_it_was(work: Work) -> None:
    work.write(BASELINE_FILE, "version: 1\n")
    work.commit_all("an empty baseline")
    work.git("checkout", "-q", "--detach")
    workspace = opened(work)
    with pytest.raises(Refused):
        commit_baseline(workspace, adopt_fleet(workspace), "Declare what we have")
    assert work.status() == []


def test_a_new_file_is_left_to_git(work: Work) -> None:
    workspace = opened(work)
    with pytest.raises(Refused, match="git add"):
        commit_baseline(workspace, adopt_fleet(workspace), "Declare what we have")
    assert work.status() == []
