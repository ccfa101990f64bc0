"""A process is killed while it writes: what every command says then, and both ways out from the command line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from rea_xcom_tui.gitops.operations import OperationLog
from tests.cli.run import Cli
from tests.work import FLEET, Work

FILES = sorted(path for path in FLEET if path.endswith("values.yaml"))
OLD_JOURNALS = Path(__file__).parent.parent / "data" / "journal_0_1_0"
"""Records that version 0.1.0 has left in a repo with the files of FLEET when it was killed."""

CHILD = """
import os, signal, sys
real, seen = os.replace, [0]
def replace(source, target, **options):
    if str(target).endswith("values.yaml"):
        seen[0] += 1
        if seen[0] == 2:
            os.kill(os.getpid(), signal.SIGKILL)
    return real(source, target, **options)
os.replace = replace
from rea_xcom_tui.cli.app import run
run(["-C", sys.argv[1], "set", "threshold=99", "--all", "--write"])
"""


_ONCE: list[Work] = []
"""The repo that was made by the first test that needs it; the others work on copies."""


@pytest.fixture
def killed(fleet_repo: Work, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """A repo in which a write of three files was killed right before the second was put in place."""
    if not _ONCE:
        command = [sys.executable, "-c", CHILD, str(fleet_repo.root)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
        _ONCE.append(Work(tmp_path_factory.mktemp("killed") / "repo"))
        shutil.copytree(fleet_repo.root, _ONCE[0].root)
    shutil.copytree(_ONCE[0].root, tmp_path / "killed")
    work = Work(tmp_path / "killed")
    assert len(list(work.root.rglob("*.tmp"))) == 2, "the new versions of both that are not in place"
    return work


def cli(capsys: pytest.CaptureFixture[str], work: Work) -> Cli:
    return Cli(capsys, work.root)


def old() -> list[bytes]:
    return [FLEET[file].encode() for file in FILES]


def contents(work: Work) -> list[bytes]:
    return [work.read(file) for file in FILES]


@pytest.mark.parametrize(
    "command",
    [["list", "--format", "json"], ["check"], ["show", FILES[1]], ["set", "threshold=7", "--all"], ["diff"],
     ["drift"], ["history", FILES[1]]],
    ids=lambda words: words[0],
)  # fmt: skip
def test_every_command_says_that_files_may_be_half_changed(
    killed: Work,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    command: list[str],
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "another-home"))
    ran = cli(capsys, killed)(*command)
    assert "an earlier write was cut off" in ran.err
    assert "undo --finish" in ran.err
    assert ".tmp" not in ran.out


def test_a_half_written_file_is_no_deployment(killed: Work, capsys: pytest.CaptureFixture[str]) -> None:
    listed = cli(capsys, killed)("list", "--format", "json").json
    assert [row["file"] for row in listed["deployments"]] == FILES
    killed.git("add", "-A")
    listed = cli(capsys, killed)("list", "--format", "json").json
    assert [row["file"] for row in listed["deployments"]] == FILES


@pytest.mark.parametrize("finish", [False, True])
def test_undo_takes_it_back_or_finishes_it_and_leaves_nothing_behind(
    killed: Work, capsys: pytest.CaptureFixture[str], finish: bool
) -> None:
    run = cli(capsys, killed)
    refused = run("set", "threshold=7", "--all", "--write")
    assert refused.code == 3
    assert "undo --finish" in refused.err
    ran = run("undo", *(["--finish"] if finish else []))
    assert ran.code == 0, ran.err
    assert not list(killed.root.rglob("*.tmp"))
    assert all(b'"99"' in now for now in contents(killed)) if finish else contents(killed) == old()
    assert "cut off" not in run("list").err
    if finish:
        killed.commit_all("what was finished")
    committed = run("set", "threshold=7", "--all", "--commit")
    assert committed.code == 0, committed.err
    assert killed.status() == []


def test_nothing_to_finish_is_refused(fleet_repo: Work, capsys: pytest.CaptureFixture[str]) -> None:
    ran = cli(capsys, fleet_repo)("undo", "--finish")
    assert (ran.code, "nothing to finish" in ran.err) == (3, True)
    assert cli(capsys, fleet_repo)("undo", "--finish", "--commit").code == 2


def with_old_journal(work: Work, *, written: int) -> None:
    """Let the repo be as version 0.1.0 had left it: `written` files changed, and the bytes kept as blobs."""
    for file in FILES:
        before = work.read(file)
        data = json.loads((OLD_JOURNALS / "written.json").read_text())
        wanted = next(one for one in data["files"] if one["path"] == file)
        threshold = next(row[2] for row in data["fields"] if row[0] == file)
        after = before.replace(f'value: "{threshold}"'.encode(), b'value: "31337"')
        for content, oid in ((before, wanted["before"]), (after, wanted["after"])):
            done = subprocess.run(
                ["git", "hash-object", "-w", "--stdin"], cwd=work.root, input=content, capture_output=True, check=True
            )
            assert done.stdout.decode().strip() == oid, "the sample fleet is another one than that of the records"
        if FILES.index(file) < written:
            work.write(file, after)


@pytest.mark.parametrize("finish", [False, True])
def test_a_write_that_version_0_1_0_left_is_taken_back_or_finished(
    fleet_repo: Work, capsys: pytest.CaptureFixture[str], finish: bool
) -> None:
    with_old_journal(fleet_repo, written=1)
    folder = fleet_repo.root / ".git" / "rea-xcom-tui"
    folder.mkdir()
    shutil.copy(OLD_JOURNALS / "write_cut_off.json", folder / "00000001.json")
    half = Path(FILES[1]).with_name(".values.yaml.zyyjo1tj.tmp")
    fleet_repo.write(str(half), FLEET[FILES[1]][:40])
    fleet_repo.write(str(half.with_name(".values.yaml.mine1234.tmp")), "of somebody else")
    run = cli(capsys, fleet_repo)
    assert "cut off, 'xcom: set threshold to 31337 on 3 deployments'" in run("list").err
    assert run("undo", *(["--finish"] if finish else [])).code == 0
    assert [path.name for path in fleet_repo.root.rglob("*.tmp")] == [".values.yaml.mine1234.tmp"]
    assert all(b'"31337"' in now for now in contents(fleet_repo)) if finish else contents(fleet_repo) == old()
    record = json.loads((folder / "00000001.json").read_text())
    assert "1048576" not in json.dumps(record["fields"])


@pytest.mark.parametrize("made", [False, True])
def test_a_commit_that_version_0_1_0_left_is_set_right(
    fleet_repo: Work, capsys: pytest.CaptureFixture[str], made: bool
) -> None:
    with_old_journal(fleet_repo, written=3)
    folder = fleet_repo.root / ".git" / "rea-xcom-tui"
    (folder / "commit").mkdir(parents=True)
    shutil.copy(OLD_JOURNALS / "written.json", folder / "00000001.json")
    record = json.loads((OLD_JOURNALS / "commit_cut_off.json").read_text())
    # Just now, and the process id of its git belongs to another program since: to this one.
    record |= {"head": fleet_repo.head(), "started": time.time(), "process": os.getpid()}
    (folder / "commit" / "journal.json").write_text(json.dumps(record))
    if made:
        fleet_repo.git("commit", "-qam", "xcom: ours")
    run = cli(capsys, fleet_repo)
    assert "an earlier commit was cut off" in run("list").err
    ran = run("undo")
    assert ran.code == 0
    assert ("after it was made" in ran.err) == made
    assert not (folder / "commit").exists()
    assert "cut off" not in run("list").err
    operation = next(OperationLog(fleet_repo.root / ".git").operations())
    assert operation.phase == ("committed" if made else "written")
    assert os.listdir(folder).count("commit") == 0
