from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.undo import undo_newest
from rea_xcom_tui.gitops.operations import OperationLog
from rea_xcom_tui.values import Successor
from tests.work import FLEET, IO, Work, make_work, values

ETL = "clusters/prod/billing/etl/values.yaml"
ML = "clusters/prod/billing/ml/values.yaml"
SYNC = "clusters/dev/crm/sync/values.yaml"


@pytest.fixture
def workspace(fleet_repo: Work) -> Workspace:
    opened = Workspace.open(fleet_repo.root)
    opened.scan()
    return opened


def edited(workspace: Workspace, ids: list[str], text: str = "4096") -> None:
    step, refusals = workspace.edit(ids, "threshold", text)
    assert step is not None
    assert refusals == []


def test_rows_arrive_while_the_scan_runs(fleet_repo: Work) -> None:
    for number in range(450):
        fleet_repo.write(f"apps/app{number}.yaml", "kind: ConfigMap\n")
    seen: list[tuple[int, int]] = []
    rows: list[str] = []

    def progress(done: int, total: int, new: object) -> None:
        seen.append((done, total))
        rows.extend(d.id for d in new)  # type: ignore[attr-defined]

    fleet = Workspace.open(fleet_repo.root).scan(progress)
    assert seen[-1][0] == seen[-1][1] >= 453
    assert len(seen) > 1
    assert sorted(rows) == [d.id for d in fleet.deployments] == [SYNC, ETL, ML]


def test_a_second_scan_reads_from_the_cache_and_agrees(fleet_repo: Work, isolated: Path) -> None:
    first = Workspace.open(fleet_repo.root).scan()
    assert list((isolated / "xdg_cache_home").rglob("readings.sqlite3"))
    second = Workspace.open(fleet_repo.root).scan()
    assert second == first
    fleet_repo.write(ETL, values("billing-etl", threshold="9"))
    assert Workspace.open(fleet_repo.root).scan().by_id[ETL].field("threshold").value == 9


def test_a_damaged_cache_is_no_obstacle(fleet_repo: Work, isolated: Path) -> None:
    first = Workspace.open(fleet_repo.root).scan()
    (path,) = (isolated / "xdg_cache_home").rglob("readings.sqlite3")
    for leftover in path.parent.glob("readings.sqlite3-*"):
        leftover.unlink()
    path.write_bytes(b"no database" * 1000)
    assert Workspace.open(fleet_repo.root).scan() == first


def test_edits_survive_a_rescan_and_are_written_together(workspace: Workspace, fleet_repo: Work) -> None:
    edited(workspace, [ETL, ML])
    workspace.scan()
    assert workspace.value(workspace.deployment(ETL), "threshold") == 4096
    plan = workspace.write()
    assert [file.file for file in plan.files] == [ETL, ML]
    assert fleet_repo.read(ETL).decode() == values("billing-etl", threshold="4096")
    assert len(workspace.pending) == 0
    assert workspace.deployment(ETL).field("threshold").value == 4096
    assert workspace.deployment(ETL).dirty


def test_a_commit_after_a_write_holds_both_edits(workspace: Workspace, fleet_repo: Work) -> None:
    edited(workspace, [ETL])
    workspace.write()
    edited(workspace, [ETL, ML], "8192")
    workspace.commit(workspace.commit_message())
    assert sorted(fleet_repo.committed_files()) == [ETL, ML]
    assert fleet_repo.status() == []
    assert workspace.fleet.head == fleet_repo.head()
    assert not workspace.deployment(ETL).dirty


def test_a_file_changed_underneath_keeps_foreign_lines_and_takes_ours(workspace: Workspace, fleet_repo: Work) -> None:
    edited(workspace, [ETL])
    fleet_repo.write(ETL, "# theirs\n" + FLEET[ETL])
    workspace.write()
    assert fleet_repo.read(ETL).decode() == "# theirs\n" + values("billing-etl", threshold="4096")


def test_a_field_changed_underneath_is_refused_with_both_values(workspace: Workspace, fleet_repo: Work) -> None:
    edited(workspace, [ETL, ML])
    fleet_repo.write(ETL, values("billing-etl", threshold="77"))
    with pytest.raises(Refused, match=r"1048576.*77"):
        workspace.write()
    assert fleet_repo.read(ML).decode() == FLEET[ML]
    assert len(workspace.pending) == 2


def test_a_file_that_vanished_is_refused(workspace: Workspace, fleet_repo: Work) -> None:
    edited(workspace, [ETL])
    (fleet_repo.root / ETL).unlink()
    with pytest.raises(Refused, match=ETL):
        workspace.write()


def test_a_failing_write_in_the_middle_takes_the_others_back(
    workspace: Workspace, fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = Successor.put, list[Successor]()

    def fails_at_the_second(successor: Successor) -> None:
        calls.append(successor)
        if len(calls) == 2:
            raise OSError(28, "No space left on device", ML)
        real(successor)

    edited(workspace, [ETL, ML])
    monkeypatch.setattr(Successor, "put", fails_at_the_second)
    with pytest.raises(Refused, match="No space left"):
        workspace.write()
    assert fleet_repo.status() == []
    assert len(workspace.pending) == 2
    assert OperationLog(workspace.repository.git_dir).unfinished() is None


def test_folders_are_brought_to_the_disk_once_before_a_write_counts_as_done(
    workspace: Workspace, fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, done = os.fsync, list[tuple[str, bytes]]()
    log = OperationLog(workspace.repository.git_dir)

    def noted(descriptor: int) -> None:
        newest = next(iter(sorted(log.folder.glob("*.json"), reverse=True)), None)
        done.append((os.readlink(f"/proc/self/fd/{descriptor}"), newest.read_bytes() if newest else b""))
        real(descriptor)

    edited(workspace, [ETL, ML])
    monkeypatch.setattr(os, "fsync", noted)
    workspace.write()
    names = [name for name, _ in done]
    for path in (ETL, ML):
        file = fleet_repo.root / path
        assert names.count(str(file.parent)) == 1
        content = next(name for name in names if name.startswith(f"{file.parent}/.{file.name}."))
        assert names.index(content) < names.index(str(file.parent))
        assert b'"phase": "writing"' in dict(done)[str(file.parent)]
    folders = [
        number for number, name in enumerate(names) if name in {str((fleet_repo.root / x).parent) for x in (ETL, ML)}
    ]
    assert max(number for number, name in enumerate(names) if "values.yaml" in name) < min(folders)
    assert names[-1] == str(log.folder)


def test_undo_takes_the_newest_write_back(workspace: Workspace, fleet_repo: Work) -> None:
    edited(workspace, [ETL, ML])
    workspace.write()
    again = Workspace.open(fleet_repo.root)
    undone = undo_newest(again.repository)
    assert undone.files == (ETL, ML)
    assert fleet_repo.status() == []
    with pytest.raises(Refused, match="nothing to undo"):
        undo_newest(again.repository)


def test_undo_touches_nothing_when_a_file_has_changed_since(workspace: Workspace, fleet_repo: Work) -> None:
    edited(workspace, [ETL, ML])
    workspace.write()
    fleet_repo.write(ML, "# mine\n")
    with pytest.raises(Refused, match=ML):
        undo_newest(workspace.repository)
    assert fleet_repo.read(ETL).decode() == values("billing-etl", threshold="4096")


def test_a_write_that_was_cut_off_is_taken_back(workspace: Workspace, fleet_repo: Work) -> None:
    edited(workspace, [ETL, ML])
    workspace.write()
    journal = OperationLog(workspace.repository.git_dir)
    newest = journal.newest()
    assert newest is not None
    journal.mark(newest, "writing")
    fleet_repo.write(ML, FLEET[ML])
    edited(workspace, [SYNC])
    with pytest.raises(Refused, match="cut off"):
        workspace.write()
    assert undo_newest(workspace.repository).files == (ETL,)
    assert fleet_repo.status() == []
    workspace.write()


def test_the_journal_holds_no_secret(fleet_repo: Work) -> None:
    connection = '\'{"conn_type": "aws", "password": "hunter2-canary"}\''
    text = values("vault").replace(
        "commonEnv:\n", f"commonEnv:\n  - name: AIRFLOW_CONN_AWS_XCOM\n    value: {connection}\n"
    )
    fleet_repo.write("clusters/prod/vault/values.yaml", text)
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    edited(workspace, ["clusters/prod/vault/values.yaml"])
    workspace.write()
    folder = OperationLog(workspace.repository.git_dir).folder
    assert list(folder.iterdir())
    assert all(b"canary" not in path.read_bytes() for path in folder.iterdir())


def test_read_only_is_one_gate(fleet_repo: Work) -> None:
    workspace = Workspace.open(fleet_repo.root, read_only=True)
    workspace.scan()
    edited(workspace, [ETL])
    for action in (workspace.write, lambda: workspace.commit("x")):
        with pytest.raises(Refused, match="read-only"):
            action()
    with pytest.raises(Refused, match="read-only"):
        undo_newest(workspace.repository, workspace.read_only)
    assert fleet_repo.status() == []
    assert not (fleet_repo.root / ".git" / "rea-xcom-tui").exists()


def test_a_repo_can_ask_for_read_only_in_its_configuration(fleet_repo: Work) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", "[repo]\nread_only = true\n")
    assert Workspace.open(fleet_repo.root).read_only == "the configuration says read_only"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("[rules]\noff = ['XC1']\n", "rules.off"),
        ("[rules]\npolicies = ['threshold is nice']\n", "policy"),
        ("[uii]\n", "'uii'"),
        ("[ui\n", "line 1"),
        ("[rules]\nairflow = 'three'\n", "3.1"),
    ],
)
def test_a_mistake_in_the_configuration_names_file_and_key(fleet_repo: Work, text: str, word: str) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", text)
    with pytest.raises(ToolError, match=r"\.rea-xcom-tui\.toml") as caught:
        Workspace.open(fleet_repo.root)
    assert word in str(caught.value)


def test_a_policy_is_one_line(fleet_repo: Work) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", "[rules]\npolicies = ['threshold must be 0 in prod']\n")
    fleet = Workspace.open(fleet_repo.root).scan()
    hits = {d.id for d in fleet.deployments for f in d.findings if "threshold must be 0 in prod" in f.message}
    assert hits == {ETL}


def test_an_empty_repo_and_a_repo_without_agents(tmp_path: Path) -> None:
    empty = make_work(tmp_path / "empty", {})
    fleet = Workspace.open(empty.root).scan()
    assert (fleet.head, fleet.branch, fleet.deployments) == (None, "main", ())
    other = make_work(
        tmp_path / "other", {"a/values.yaml": "image: nginx\n", "README.md": "# How to\n\nxcomBackend: x\n"}
    )
    assert Workspace.open(other.root).scan().deployments == ()


def test_untracked_values_files_are_rows_and_ignored_ones_are_not(fleet_repo: Work) -> None:
    fleet_repo.write(".gitignore", "scratch/\n")
    fleet_repo.write("clusters/qa/new/values.yaml", values("new"))
    fleet_repo.write("scratch/values.yaml", values("scratch"))
    fleet = Workspace.open(fleet_repo.root).scan()
    assert [d.name for d in fleet.deployments if d.dirty] == ["new"]


def test_two_byte_order_marks_are_told(fleet_repo: Work) -> None:
    fleet_repo.write("clusters/qa/bom/values.yaml", b"\xef\xbb\xbf" * 2 + values("bom").encode())
    (file,) = Workspace.open(fleet_repo.root).scan().unreadable
    assert (file.file, file.message) == (
        "clusters/qa/bom/values.yaml",
        "The file starts with two byte order marks; remove one of them.",
    )


def test_the_disk_is_seen_to_change_also_by_what_is_new_and_what_is_readable_again(fleet_repo: Work) -> None:
    fleet_repo.write(ML, "commonEnv: [\nresourceNamePrefix: x\n")
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    assert [broken.file for broken in workspace.fleet.unreadable] == [ML]
    seen = [workspace.fingerprint()]
    assert workspace.fingerprint() == seen[0]
    for file, text in ((ML, FLEET[ML]), ("clusters/prod/new/values.yaml", values("new")), (ETL, values("x"))):
        fleet_repo.write(file, text)
        seen.append(workspace.fingerprint())
    assert len(set(seen)) == 4


def test_what_has_changed_while_it_was_read_may_have_been_read_before(fleet_repo: Work) -> None:
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    second, began = 10**9, 1_600_000_000 * 10**9

    def told(changed: str, when: int) -> int | None:
        for place in (fleet_repo.root, *fleet_repo.root.rglob("*")):
            os.utime(place, ns=(began - second, began - second))
        os.utime(fleet_repo.root / changed, ns=(when, when))
        assert workspace.fingerprint() is not None
        return workspace.fingerprint(since=began)

    tomorrow = time.time_ns() + 86_400 * second
    assert [told(ETL, when) is None for when in (began - 1, began, began + second, tomorrow)] == [0, 1, 1, 0]
    assert told("clusters", began + second) is None  # something has come or gone
    fleet_repo.git("commit", "-q", "--allow-empty", "-m", "meanwhile")
    assert told(ETL, began - 1) is None  # what differs from the commit was told of the one before
    workspace.scan()
    assert told(ETL, began - 1) is not None


def test_where_places_disagree_even_the_value_of_one_of_them_is_refused_unless_others_are_meant(
    fleet_repo: Work,
) -> None:
    own = f'workers:\n  - name: w\n    env:\n      - name: {IO}THRESHOLD\n        value: "7"\n'
    fleet_repo.write(ETL, values("billing-etl", threshold="0") + own)
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    step, refusals = workspace.edit([ETL, SYNC], "threshold", "0")
    assert [refusal.deployment for refusal in refusals] == [ETL]
    assert "several places that disagree" in refusals[0].reason
    assert step is not None
    assert step.title == "set threshold to 0 on 1 deployment"
    step, refusals = workspace.edit([ETL, ML, SYNC], "threshold", "64KiB => 1, unset => 1")
    assert (step, refusals) == (None, [])
