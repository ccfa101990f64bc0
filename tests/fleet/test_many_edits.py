"""Edits of many files: child processes come to the same, and a diff of a few lines hides what the whole would."""

from __future__ import annotations

import difflib
import json
import random
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import IO, Any

import pytest

from rea_xcom_tui import durable
from rea_xcom_tui.fleet.edit import many
from rea_xcom_tui.fleet.edit.many import Task, crew_for, planned
from rea_xcom_tui.fleet.edit.pending import SetField
from rea_xcom_tui.fleet.edit.plan import Foreseen, Planned
from rea_xcom_tui.fleet.edit.shown_diff import shown_diff
from rea_xcom_tui.fleet.masking import display_lines
from rea_xcom_tui.fleet.scan import pool
from rea_xcom_tui.fleet.scan.pool import Crew
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.values import ValuesFile
from rea_xcom_tui.xcom.secrets import MASK
from tests.work import make_work, values

CANARY = "CANARYsecret"


def edit_of(file: str) -> SetField:
    return SetField(file, "threshold", 1048576, 2097152, "2MiB", file)


def come_to(tasks: list[Task], crew: Crew | None = None) -> dict[str, tuple[Planned, Foreseen | None]]:
    found = {task.file: outcome for task, outcome in planned(tasks, Reading(), crew)}
    return {file: (outcome, outcome[0].foreseen if outcome[0] else None) for file, outcome in found.items()}


def test_processes_come_to_what_this_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = [
        Task(f"prod/a{number}/values.yaml", values(f"a{number}").encode(), [edit_of(f"prod/a{number}/values.yaml")])
        for number in range(5)
    ]
    refused = values("x").replace('value: "1048576"', "value: &t '1048576'") + "other: *t\n"
    tasks.append(Task("prod/x/values.yaml", refused.encode(), [edit_of("prod/x/values.yaml")]))
    tasks.append(Task("prod/gone/values.yaml", None, [edit_of("prod/gone/values.yaml")]))
    here = come_to(tasks)
    monkeypatch.setattr(many, "_MANY", 2)
    monkeypatch.setattr(many, "_FOR_EACH", 1)
    monkeypatch.setattr(many, "_BATCH", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    away = come_to(tasks)
    assert away == here
    crew = crew_for(len(tasks))
    assert crew is not None
    with closing(crew):
        assert come_to(tasks[:4], crew) | come_to(tasks[4:], crew) == here
    (plan, _), seen = away["prod/a1/values.yaml"]
    assert plan is not None
    assert seen is not None
    assert seen.row is not None
    assert b'value: "2097152"' in plan.after
    assert seen.row.field("threshold").value == 2097152
    assert [line[0] for line in seen.diff if line[0] in "+-"] == ["-", "+"]
    assert "anchor" in away["prod/x/values.yaml"][0][1][0].reason
    assert "no longer there" in away["prod/gone/values.yaml"][0][1][0].reason


def test_what_was_foreseen_is_what_is_read_from_the_written_files(tmp_path: Path) -> None:
    work = make_work(tmp_path / "repo", {f"prod/a{number}/values.yaml": values(f"a{number}") for number in range(3)})
    workspace = Workspace.open(work.root)
    workspace.scan()
    workspace.edit([d.id for d in workspace.fleet.deployments], "threshold", "never")
    workspace.write()
    shown = workspace.fleet.deployments
    workspace.scan()
    assert shown == workspace.fleet.deployments


def test_processes_start_before_the_values_are_worked_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = make_work(tmp_path / "repo", {f"prod/a{number}/values.yaml": values(f"a{number}") for number in range(4)})
    workspace = Workspace.open(work.root)
    workspace.scan()
    started: list[subprocess.Popen[bytes]] = []
    before: list[int] = []
    real_start, real_evaluated = pool._started, workspace.evaluated

    def start(errors: IO[bytes], modules: Sequence[str]) -> subprocess.Popen[bytes] | None:
        child = real_start(errors, modules)
        started.extend([child] if child else [])
        return child

    def evaluated(*given: Any) -> SetField:
        before.append(len(started))
        return real_evaluated(*given)

    monkeypatch.setattr(pool, "_started", start)
    monkeypatch.setattr(pool, "_can_fork", lambda: False)
    monkeypatch.setattr(workspace, "evaluated", evaluated)
    monkeypatch.setattr(many, "_MANY", 4)
    monkeypatch.setattr(many, "_FOR_EACH", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    ids = [deployment.id for deployment in workspace.fleet.deployments]
    assert workspace.edit(ids, "threshold", "2MiB")[1] == []
    assert (before, len(started)) == ([2, 2, 2, 2], 2)
    assert len(workspace.edit(ids, "threshold", "no size")[1]) == 4  # nothing to prove: they are not needed
    assert len(started) == 4
    assert all(child.poll() is not None for child in started)


def lines_of(chance: random.Random) -> list[str]:
    """A values file with secrets of every kind at random places."""
    connection = json.dumps({"conn_type": "azure", "login": "acc", "password": CANARY})
    pieces = [
        "agentToken: " + CANARY,
        f"path{chance.randrange(9**9)}: s3://user:{CANARY}@bucket/x",
        "# - name: AIRFLOW_CONN_A",
        f"#   value: '{connection}'",
        "# a comment",
        "",
        *(f"key{chance.randrange(9**9)}: {number}" for number in range(6)),
    ]
    entries = ["env:"]
    for name in ("A", "AIRFLOW_CONN_B", "C", "AIRFLOW_CONN_D"):
        entries += [f"  - name: {name}", f"    value: '{connection if 'CONN' in name else chance.randrange(9**9)}'"]
        entries += [f"  # {chance.choice(('next', 'name: AIRFLOW_CONN_X'))}"] * chance.randrange(2)
    block = ["  - name: AIRFLOW_CONN_E", "    value: >-", f"      {CANARY}", f"      {CANARY}"]
    chance.shuffle(pieces)
    return [*pieces[:4], *entries, *block, *pieces[4:]]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_diff_of_a_few_lines_is_that_of_the_masked_files(newline: str) -> None:
    chance = random.Random(2026)
    compared = 0
    for _ in range(150):
        old = lines_of(chance)
        new = list(old)
        plain = [at for at, line in enumerate(old) if line.startswith("key")]
        for at in chance.sample(plain, chance.randint(1, 2)):
            new[at] = new[at] + "1" if chance.random() < 0.7 else f"{new[at]}\nfresh{chance.randrange(9**9)}: 1"
        ends = chance.choice(("", newline))
        before = (newline.join(old) + ends).encode()
        after = (newline.join("\n".join(new).split("\n")) + ends).encode()
        masked = [display_lines(data) for data in (before, after)]
        if masked[0][-1] == masked[1][-1] == "":
            masked = [lines[:-1] for lines in masked]
        wanted = list(difflib.unified_diff(masked[0], masked[1], lineterm=""))[2:]
        hunks = shown_diff(ValuesFile.parse(before), ValuesFile.parse(after))
        assert list(hunks) == wanted
        assert CANARY not in "\n".join(hunks)
        compared += any(MASK in line for line in hunks)
    assert compared > 50


def test_a_file_that_is_not_there_yet_is_shown_whole() -> None:
    assert shown_diff(None, ValuesFile.parse(b"a: 1\nagentToken: x\n")) == (
        "@@ -0,0 +1,2 @@",
        "+a: 1",
        f"+agentToken: {MASK}",
    )


def test_an_interrupt_right_after_a_replacement_leaves_no_file_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = make_work(tmp_path / "repo", {f"prod/a{number}/values.yaml": values(f"a{number}") for number in range(3)})
    workspace = Workspace.open(work.root)
    workspace.scan()
    workspace.edit([d.id for d in workspace.fleet.deployments], "threshold", "never")
    sync, told = durable.sync_folder, []

    def interrupted(folder: durable.StrPath) -> None:
        told.append(folder)
        if len([each for each in told if "/prod/" in str(each)]) == 2:
            raise KeyboardInterrupt
        sync(folder)

    monkeypatch.setattr(durable, "sync_folder", interrupted)
    with pytest.raises(KeyboardInterrupt):
        workspace.write()
    assert work.git("status", "--short") == ""
