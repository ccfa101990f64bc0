"""What commands say and how they end where something is missing, in the way, or to be worded otherwise."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rea_xcom_tui import values
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.user.message_template import check
from tests.cli.run import Cli
from tests.work import FLEET, Work
from tests.work import values as agent

ETL, ML, SYNC = (f"clusters/{name}/values.yaml" for name in ("prod/billing/etl", "prod/billing/ml", "dev/crm/sync"))


@pytest.fixture
def cli(fleet_repo: Work, capsys: pytest.CaptureFixture[str]) -> Cli:
    return Cli(capsys, fleet_repo.root)


@pytest.mark.parametrize("field", ["threshold", "path", "backend"])
def test_an_empty_value_is_told_once_in_the_words_of_commands(cli: Cli, field: str) -> None:
    ran = cli("set", f"{field}=", "--all")
    assert ran.code == 2
    assert ran.err == f"rea-xcom-tui: {field}= has no value; name one, or remove the field with `unset {field}`\n"


def test_config_alone_is_one_line(cli: Cli) -> None:
    ran = cli("config")
    assert (ran.code, ran.err) == (
        2,
        "rea-xcom-tui: say which: config path, config show, config check or config suggest\n",
    )


def test_a_plan_is_written_over_nothing_without_force(cli: Cli, tmp_path: Path) -> None:
    plan, set_it = tmp_path / "plan.json", ("set", "threshold=7", "--all", "--plan")
    assert cli(*set_it, str(plan)).code == 0
    plan.write_text("mine")
    plan.chmod(0o640)
    refused = cli(*set_it, str(plan))
    assert (refused.code, plan.read_text()) == (3, "mine")
    assert "--force" in refused.err
    assert cli(*set_it, str(plan), "--force").code == 0
    assert (plan.read_text()[:1], plan.stat().st_mode & 0o777) == ("{", 0o640)
    assert cli("set", "threshold=7", "--all", "--force").code == 2


@pytest.mark.parametrize("there", [True, False])
def test_a_plan_goes_through_no_link_out_of_its_folder(cli: Cli, tmp_path: Path, there: bool) -> None:
    elsewhere = tmp_path / "elsewhere" / "file"
    elsewhere.parent.mkdir()
    if there:
        elsewhere.write_text("theirs")
    link = tmp_path / "plan.json"
    link.symlink_to(elsewhere)
    for force in ([], ["--force"]):
        assert cli("set", "threshold=7", "--all", "--plan", str(link), *force).code == 3
    assert elsewhere.exists() == there
    assert not there or elsewhere.read_text() == "theirs"
    assert cli("set", "threshold=7", "--all", "--plan", "/dev/null", "--force").code == 3


def vanished(path: Path) -> None:
    path.unlink()


def with_its_folder(path: Path) -> None:
    shutil.rmtree(path.parent)


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def a_link_out(path: Path) -> None:
    path.unlink()
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize("become", [vanished, with_its_folder, a_folder, a_pipe, a_link_out])
@pytest.mark.parametrize("late", [False, True], ids=["before-the-plan", "after-the-plan"])
def test_a_file_that_is_another_thing_since_the_scan_is_refused(
    fleet_repo: Work, become: Callable[[Path], None], late: bool
) -> None:
    workspace = Workspace.open(fleet_repo.root)
    workspace.scan()
    workspace.edit([ETL, ML, SYNC], "threshold", "7")
    plan = workspace.plan()
    become(fleet_repo.root / ML)
    with pytest.raises(Refused) as refused:
        workspace._write(plan) if late else workspace.write()
    assert refused.value.exit_code == 3
    assert ML in str(refused.value)
    assert [fleet_repo.read(file) for file in (ETL, SYNC)] == [FLEET[file].encode() for file in (ETL, SYNC)]


def test_a_full_disk_says_what_was_not_written_and_that_nothing_is_half_done(
    cli: Cli, fleet_repo: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.fsync, list[int]()

    def full(descriptor: int) -> None:
        name = os.readlink(f"/proc/self/fd/{descriptor}")
        if "values.yaml" in name:
            calls.append(descriptor)
            if len(calls) == 2:
                raise OSError(28, "No space left on device")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", full)
    ran = cli("set", "threshold=7", "--all", "--write")
    assert ran.code == 3
    assert "values.yaml could not be written: No space left on device; make room and try again" in ran.err
    assert "Nothing is half done: all 3 files of this write are as they were" in ran.err
    assert fleet_repo.status() == []
    assert values.read_file(ETL, fleet_repo.root) == FLEET[ETL].encode()


def subjects(work: Work) -> list[str]:
    return work.git("log", "--format=%s", "HEAD", "--not", "HEAD~2").splitlines()


def test_every_commit_of_a_split_follows_the_template(cli: Cli, fleet_repo: Work) -> None:
    ran = cli(
        "set", "threshold=7", "--all", "--commit", "--split", "env", "--template", "chore({field}): {env} {count} done"
    )
    assert ran.code == 0, ran.err
    assert sorted(subjects(fleet_repo)) == ["chore(threshold): dev 1 done", "chore(threshold): prod 2 done"]


def test_the_configuration_has_the_template_for_every_generated_message(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write(".rea-xcom-tui.toml", '[repo]\ncommit_message = "fix(xcom): {summary}"\n')
    fleet_repo.commit_all("fix: configure")
    assert cli("set", "threshold=7", "--all", "--commit").code == 0
    assert cli("revert", "HEAD", "--commit").code == 0
    back, made = subjects(fleet_repo)
    assert made == "fix(xcom): set threshold to 7 on 3 dev and prod deployments"
    assert back.startswith("fix(xcom): take back ")
    assert "commit_message       fix(xcom): {summary}" in cli("config", "show").out


def test_no_line_of_a_generated_message_is_too_long_for_commitlint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.work import make_work

    name = "a-rather-long-name-of-a-deployment-of-the-billing-team-in-frankfurt"
    file = f"clusters/prod/{'deep/' * 8}{name}/values.yaml"
    work = make_work(tmp_path / "long", {file: agent(name, path=f"s3://aws_xcom@bucket/{'x' * 90}")})
    assert Cli(capsys, work.root)("set", f"path=s3://aws_xcom@bucket/{'y' * 90}", "--all", "--commit").code == 0
    message = work.git("log", "-1", "--format=%B")
    assert max(map(len, message.splitlines())) <= 100
    assert "y" * 70 in message


@pytest.mark.parametrize("template", ["{nonsense} x", "two\nlines", " ", "{}"])
def test_a_template_that_cannot_be_is_said_at_once(cli: Cli, template: str, fleet_repo: Work) -> None:
    with pytest.raises(ValueError, match="template"):
        check(template)
    assert cli("set", "threshold=7", "--all", "--commit", "--template", template).code == 2
    assert cli("set", "threshold=7", "--all", "--commit", "-m", "x", "--template", "{summary}").code == 2
    assert fleet_repo.status() == []
