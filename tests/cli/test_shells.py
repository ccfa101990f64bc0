"""Completion in the shells themselves, examples and man pages, and what is said while something lasts."""

from __future__ import annotations

import io
import os
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest

from rea_xcom_tui.cli import progress
from rea_xcom_tui.cli.app import main
from rea_xcom_tui.cli.examples import EXAMPLES
from rea_xcom_tui.cli.install import MARK
from rea_xcom_tui.cli.manual import manual_pages
from rea_xcom_tui.reports.tables import COLUMN_NAMES
from tests.cli.run import Cli
from tests.work import Work


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The program on the PATH, as an installation puts it there."""
    path = tmp_path / "bin" / "rea-xcom-tui"
    path.parent.mkdir()
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m rea_xcom_tui "$@"\n')
    path.chmod(0o755)
    monkeypatch.setenv("PATH", f"{path.parent}:{os.environ['PATH']}")
    return path


def test_one_command_installs_completion_and_man_pages(cli: Cli, isolated: Path, program: Path) -> None:
    ran = cli("completion", "fish", "--install")
    assert ran.code == 0
    assert (isolated / "xdg_config_home/fish/completions/rea-xcom-tui.fish").read_text() == cli(
        "completion", "fish"
    ).out
    pages = {path.name for path in (isolated / "xdg_data_home/man/man1").iterdir()}
    assert {"rea-xcom-tui.1", "rea-xcom-tui-set.1", "rea-xcom-tui-config-check.1"} <= pages
    (isolated / ".zshrc").write_text("alias x=y")
    for _ in range(2):
        assert cli("completion", "zsh", "--install").code == 0
    start_up = (isolated / ".zshrc").read_text()
    assert start_up.startswith(f"alias x=y\n{MARK}\n")
    assert start_up.count(MARK) == 1
    assert cli("--read-only", "completion", "zsh", "--install").code == 3


def test_what_cannot_be_written_is_told(cli: Cli, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (isolated / "xdg_data_home").write_text("a file")
    ran = cli("completion", "bash", "--install")
    assert (ran.code, "cannot be installed" in ran.err) == (2, True)
    monkeypatch.delenv("HOME")
    ran = cli("completion", "bash", "--install")
    assert (ran.code, "no HOME" in ran.err) == (2, True)


def by_protocol(root: Path, home: Path, line: str) -> str:
    """What the program answers when a shell asks it, which is all that there is to see without the shell."""
    asked = {"_REA_XCOM_TUI_COMPLETE": "zsh_complete", "COMP_WORDS": line, "COMP_CWORD": str(len(line.split()) - 1)}
    return run(["rea-xcom-tui"], root, **asked)


def by_fish(root: Path, home: Path, line: str) -> str:
    return run(["fish", "-c", f"complete -C {shlex.quote(line)}"], root)


def by_zsh(root: Path, home: Path, line: str) -> str:
    """An interactive zsh on a terminal of its own, with the start-up file that was written: a line and a Tab."""
    script = """
zmodload zsh/zpty
zpty -b shell zsh -i
wait_for() {
    local n
    for (( n = 0; n < 500; n++ )) { zpty -r -t shell out; all+=$out; out=; [[ $all == *$1* ]] && return; sleep .05 }
}
zpty -w shell "PS1=; unsetopt zle_bracketed_paste; cd $1; print rea'dy'"
wait_for ready
zpty -w -n shell "$2"$'\\t'
wait_for $3
print -r -- $all
zpty -d shell
"""
    return run(["zsh", "-f", "-c", script, "zsh", str(root), line, WANTED[line]], home)


def run(command: list[str], folder: Path, **environment: str) -> str:
    env = {**os.environ, **environment}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False)
    return done.stdout


WANTED = {
    "rea-xcom-tui comp": "completion",
    "rea-xcom-tui show billing-e": "billing-etl",
    "rea-xcom-tui set compression=bz": "compression=bz2",
}
REAL = {"fish": by_fish, "zsh": by_zsh}
ASK = {"zsh protocol": by_protocol, **{shell: ask for shell, ask in REAL.items() if shutil.which(shell)}}
"""The shells themselves where they are installed, as they are after `.ci/run`."""


@pytest.mark.parametrize("how", list(ASK))
def test_a_shell_completes(cli: Cli, fleet_repo: Work, program: Path, isolated: Path, how: str) -> None:
    if how in REAL:
        assert cli("completion", how, "--install").code == 0
    lines = list(WANTED.items())
    for line, wanted in lines[1:2] if how == "zsh" else lines:  # each line there is a shell of its own
        # What is typed while zsh is not at its prompt yet is shown in pieces, so it may be asked again.
        answers = (ASK[how](fleet_repo.root, isolated, line) for _ in range(3 if how == "zsh" else 1))
        assert any(wanted in answer for answer in answers), line


def commands(command: click.Command, context: click.Context) -> dict[str, tuple[click.Command, click.Context]]:
    path = context.command_path.removeprefix("rea-xcom-tui").strip()
    found = {path: (command, context)}
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None
            found |= commands(inner, click.Context(inner, info_name=name, parent=context))
    return found


ALL = commands(main, click.Context(main, info_name="rea-xcom-tui", **main.context_settings))


def test_every_command_has_examples_that_its_options_take() -> None:
    assert set(EXAMPLES) == set(ALL), "cli/examples.py"
    for path, examples in EXAMPLES.items():
        for line, _ in examples:
            words = shlex.split(line.partition(" > ")[0])
            assert words[0] == "rea-xcom-tui"
            inside = words[1 : 1 + len(path.split())] == path.split()
            assert inside or not path, line
            command, context = ALL[path]
            if path:  # raises for an option or a value that there is not
                command.make_context(path, words[1 + len(path.split()) :], parent=context.parent)
            if "--columns" in words:  # which the command itself looks at
                assert set(words[words.index("--columns") + 1].split(",")) <= set(COLUMN_NAMES), line


def test_every_command_has_a_man_page_that_reads_well(tmp_path: Path) -> None:
    pages = manual_pages(main)
    assert len(pages) == len(ALL)
    page = pages["rea-xcom-tui-set.1"]
    for text in (".SH SYNOPSIS", "\\-\\-where TEXT", "Show the diff, write nothing", ".SH EXIT STATUS"):
        assert text in page
    if shutil.which("man"):
        (tmp_path / "page.1").write_text(page)
        environment = {**os.environ, "MANWIDTH": "80", "LC_ALL": "C.UTF-8"}
        shown = subprocess.run(
            ["man", "--warnings", "-l", str(tmp_path / "page.1")],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        assert shown.stderr == ""
        assert "rea-xcom-tui set threshold=0 --where 'env:prod threshold:>0'" in shown.stdout


def test_help_ends_with_examples(cli: Cli) -> None:
    assert cli("check", "--help").out.rstrip().endswith("fix what can be fixed automatically")
    assert "Examples:" in cli("config", "show", "--help").out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("terminal", [False, True])
def test_what_lasts_is_told_on_stderr(monkeypatch: pytest.MonkeyPatch, terminal: bool) -> None:
    stream = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.delenv(progress.NO_PROGRESS)
    for name in ("PATIENCE", "_IN_A_LOG", "_ON_A_TERMINAL"):
        monkeypatch.setattr(progress, name, 0.01)
    with progress.working("reading the repo") as work:
        work.count(1200, 3000)
        deadline = time.monotonic() + 10
        while "1,200" not in stream.getvalue() and time.monotonic() < deadline:
            pass
    said = stream.getvalue()
    assert "reading the repo, 1,200 of 3,000" in said
    assert said.endswith("\r\x1b[K") if terminal else "\x1b" not in said


def test_what_is_quick_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    with progress.working("reading the repo"):
        pass
    monkeypatch.delenv(progress.NO_PROGRESS)
    assert 0.5 <= progress.PATIENCE <= 1
    monkeypatch.setattr(progress, "PATIENCE", 60)
    with progress.working("reading the repo"):
        pass
    assert stream.getvalue() == ""
