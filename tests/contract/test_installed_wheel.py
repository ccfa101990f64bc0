"""The wheel as a user installs it, seen from outside: every command, option and exit code, in unfriendly places too."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rea_xcom_tui.cli.app import main
from rea_xcom_tui.fleet.actions import SPLITS
from tests.cli.test_promote import FILES as GROWTH
from tests.contract.installed import Installed, environment
from tests.fleet.test_layered import FILES as LAYERED
from tests.work import FLEET, Work, make_work, values

ETL = "clusters/prod/billing/etl/values.yaml"
BARE = "resourceNamePrefix: growth-bare\nagentTokenSecretName: t\ncommonEnv:\n  - name: A\n    value: b\nlabels: {}\n"
WRONG = {**FLEET, ETL: values("billing-etl", compression="gz")}
pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def program() -> Iterator[Installed]:
    with tempfile.TemporaryDirectory(prefix="installed-") as folder:
        installed = Installed(Path(folder))
        yield installed
        installed.stop()


REPOS: dict[str, dict[str, str]] = {
    "reading": WRONG,
    "editing": WRONG,
    "drifting": {**FLEET, **{f"clusters/prod/billing/{name}/values.yaml": values(f"billing-{name}") for name in "abc"}},
    "campaigns": {**GROWTH, "clusters/prod/growth/bare/values.yaml": BARE},
    "layers": LAYERED,
}
"""The repo that each file of `stories/` is typed in."""


def steps(story: str) -> list[tuple[str, list[str]]]:
    """What is typed, in this order: the exit code that it ends with, or `$` for the user's own git, and the words."""
    lines = (Path(__file__).parent / "stories" / f"{story}.txt").read_text("utf-8").splitlines()
    return [(begin, shlex.split(rest)) for begin, rest in (line.split(None, 1) for line in lines)]


@pytest.mark.parametrize("story", REPOS)
def test_every_command_ends_as_the_contract_says(program: Installed, tmp_path: Path, story: str) -> None:
    work = make_work(tmp_path / "work", REPOS[story])
    (tmp_path / "download.yaml").write_text(BARE)
    wrong = []
    for begin, typed in steps(story):
        words = [word.replace("FOLDER", str(tmp_path)) for word in typed]
        if begin == "$":
            subprocess.run(words, cwd=work.root, check=True)
            continue
        ran = program(work.root, *words)
        if str(ran.returncode) != begin:
            wrong.append(f"{begin} {' '.join(words)}: {ran.returncode}\n{ran.stdout[-300:]}{ran.stderr}")
        assert "Traceback" not in ran.stderr, words
        assert ran.returncode < 2 or "rea-xcom-tui: " in ran.stderr, words
        if "--format json" in " ".join(words) and ran.returncode < 2:
            json.loads(ran.stdout)
    assert not wrong, "\n".join(wrong)


COMMON = {"--repo", "--fleet", "--no-color", "--read-only", "--no-cache", "--version", "--help"}
"""Options of every command, tried once."""

ELSEWHERE = {("probe", "--docker"), ("probe", "--kubectl")}
"""Tried in `tests/cli/test_probe.py`, which has stand-ins for these programs."""


def wanted(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Each command with one of its options (or an empty text for itself) and the values that the option may have."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from wanted(command, (*path, name))
            continue
        yield (*path, name), "", ()
        for option in command.params:
            if isinstance(option, click.Option) and not COMMON & set(option.opts):
                choices = tuple(option.type.choices) if isinstance(option.type, click.Choice) else ()
                for spelled in (option.opts[0], *option.secondary_opts):
                    yield (*path, name), spelled, choices
            elif isinstance(option, click.Argument) and isinstance(option.type, click.Choice):
                yield (*path, name), "", tuple(option.type.choices)


def test_every_command_with_every_option_and_choice_is_called() -> None:
    every = [step for story in REPOS for step in steps(story)]
    lines = [words for begin, words in every if begin != "$"]
    assert {begin for begin, _ in every} == {"0", "1", "2", "3", "$"}
    assert {option for option in COMMON if any(option in words for words in lines)} == COMMON
    missing = []
    for path, option, choices in wanted(main):
        found = (words[at:] for words in lines for at in range(3) if tuple(words[at:][: len(path)]) == path)
        given = [words for words in found if not option or option in words]
        chosen = {word for words in given for word in (words[words.index(option) + 1 :][:1] if option else words)}
        if not given and (path[0], option) not in ELSEWHERE:
            missing.append(f"{' '.join(path)} {option}")
        if option != "--split":  # its values mean the same everywhere, so each is tried somewhere
            missing += [f"{' '.join(path)} {option} {choice}" for choice in choices if choice not in chosen]
    assert not missing, f"no line of tests/contract/stories/ types {missing}"
    assert {words[words.index("--split") + 1] for words in lines if "--split" in words} == set(SPLITS)


@pytest.fixture
def fleet(tmp_path: Path) -> Work:
    work = make_work(tmp_path / "fleet", FLEET)
    work.write("clusters/prod/bücher/values.yaml", values("bücher"))
    return work


XDG = {"XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None, "XDG_STATE_HOME": None, "XDG_DATA_HOME": None}
UNFRIENDLY: dict[str, dict[str, str | None]] = {
    "no HOME": {"HOME": None, **XDG},
    "no such HOME": {"HOME": "/nonexistent", **XDG},
    "dumb terminal": {"TERM": "dumb", "COLUMNS": "1"},
    "C locale": {"LC_ALL": "C", "LANG": "C"},
}


def test_where_it_is_not_friendly(program: Installed, fleet: Work) -> None:
    for number, (place, env) in enumerate(UNFRIENDLY.items()):
        run = program.start if "LC_ALL" in env else program  # Python settles the locale as it starts
        ran = run(fleet.root, "list", env=env)
        assert (ran.returncode, "billing-etl" in ran.stdout) == (0, True), f"{place}: {ran.stderr}"
        ran = run(fleet.root, "set", f"threshold={number}", "--where", "env:dev", "--write", env=env)
        assert ran.returncode == 0, f"{place}: {ran.stderr}"
        assert f'value: "{number}"'.encode() in fleet.read("clusters/dev/crm/sync/values.yaml"), place


def test_a_folder_that_cannot_be_written(program: Installed, fleet: Work) -> None:
    subprocess.run(["chmod", "-R", "a-w", fleet.root], check=True)
    try:
        for code, line in (
            (0, "list"),
            (0, "check --fail-on never"),
            (0, "set threshold=5 --all"),
            (0, "history billing-etl"),
            (3, "set threshold=5 --all --write"),
            (3, "set threshold=5 --all --commit -m x"),
            (3, "undo"),
        ):
            ran = program(fleet.root, *line.split(), bound=os.getuid() == 0)
            assert (ran.returncode, "Traceback" in ran.stderr) == (code, False), f"{line}: {ran}"
    finally:
        subprocess.run(["chmod", "-R", "u+w", fleet.root], check=True)
    assert [line for line in fleet.status() if "bücher" not in line] == []


def test_a_reader_that_goes_away_is_no_error(program: Installed, fleet: Work) -> None:
    script = (
        "for line in 'list --format json' 'check --format text --fail-on never' 'explain XC402'; do "
        '"$0" $line | head -c 1 >/dev/null; echo "${PIPESTATUS[0]}"; done; "$0" list >&-; echo $?'
    )
    ran = subprocess.run(
        ["bash", "-c", script, program.program], cwd=fleet.root, env=environment(None), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("0\n" * 4, "")
