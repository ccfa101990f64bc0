"""A password that somebody has written into a path is shown nowhere, and never written anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.history.field_history import full_history
from rea_xcom_tui.fleet.masking import display_lines
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.gitops.operations import OperationLog
from rea_xcom_tui.xcom.masking import hide_in_id, hide_in_path
from tests.cli.run import Cli
from tests.work import Work, make_work, values

CANARY = "CANARYpw"
ETL = "prod/etl/values.yaml"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("s3://user:pw@bucket/x", "s3://user:***@bucket/x"),
        ("s3://user:p/w@x@bucket/x", "s3://user:***@bucket/x"),
        ("S3:/user:pw@bucket", "S3:/user:***@bucket"),
        ("user:pw@bucket", "user:***@bucket"),
        (" gs://:pw@bucket", " gs://:***@bucket"),
        ("s3://aws_xcom@bucket/x", "s3://aws_xcom@bucket/x"),
        ("s3://conn@bucket/a:b@c", "s3://conn@bucket/a:b@c"),
        ("s3://bucket/a:b@c", "s3://bucket/a:b@c"),
        ("s3://bucket:9000/x", "s3://bucket:9000/x"),
        ("s3://user:@bucket", "s3://user:@bucket"),
        ("abfs://c@x/p?sv=2024&sig=abc%2F", "abfs://c@x/p?sv=2024&sig=***"),
        ("s3://c@x/p?X-Amz-Signature=abc&part=1", "s3://c@x/p?X-Amz-Signature=***&part=1"),
        ("s3://user:pw@x/p?sas_token=abc", "s3://user:***@x/p?sas_token=***"),
        ("s3://c@x/p?part=1", "s3://c@x/p?part=1"),
        ("", ""),
    ],
)
def test_only_what_stands_after_a_colon_before_the_at_is_hidden(text: str, shown: str) -> None:
    assert hide_in_path(text) == shown
    assert hide_in_path(shown) == shown


def test_ids_without_a_colon_stay() -> None:
    assert (hide_in_id("aws_xcom"), hide_in_id("user:pw")) == ("aws_xcom", "user:***")


@pytest.mark.parametrize("style", ['"{}"', "'{}'", "{}", ">-\n      {}"])
def test_no_style_of_a_path_shows_it(style: str) -> None:
    path = style.format(f"s3://user:{CANARY}@bucket/x")
    lines = display_lines(values(path="PATH").replace('"PATH"', path).encode())
    assert CANARY not in "\n".join(lines)
    assert len(lines) == values().count("\n") + 1 + path.count("\n")


def test_it_is_in_no_output_journal_message_or_plan(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = values("etl", path=f"s3://user:{CANARY}@bucket/x")
    work: Work = make_work(tmp_path / "fleet", {ETL: text})
    cli = Cli(capsys, work.root)
    told = [cli("list", "--format", form) for form in ("table", "json", "csv", "markdown")]
    told += [cli("show", ETL), cli("show", ETL, "--format", "json"), cli("check"), cli("check", "--format", "json")]
    told += [cli("drift"), cli("history", ETL), cli("set", "threshold=9", "--all")]
    told += [cli("set", "connection=aws_new", "--all", "--plan", str(tmp_path / "plan.json"))]
    told += [cli("apply", str(tmp_path / "plan.json"), "--commit"), cli("diff", "HEAD~1"), cli("undo", "--write")]
    assert [done.code for done in told[-4:]] == [0, 0, 1, 0]
    everything = "".join(done.out + done.err for done in told) + (tmp_path / "plan.json").read_text()
    everything += work.git("log", "--format=%B", "-1")
    everything += "".join(path.read_text() for path in OperationLog(work.root / ".git").folder.iterdir())
    assert CANARY not in everything
    assert "s3://user:***@bucket/x" in everything
    assert json.loads(told[1].out)["deployments"][0]["fields"]["connection"]["value"] == "user:***"
    assert work.read(ETL).decode() == text


def test_a_signature_in_a_query_is_hidden_and_never_written_anew(tmp_path: Path) -> None:
    text = values("etl", path=f"abfs://xc@cont/p?sig={CANARY}")
    work = make_work(tmp_path / "fleet", {ETL: text})
    workspace = Workspace.open(work.root)
    assert workspace.scan().deployments[0].field("path").value == "abfs://xc@cont/p?sig=***"
    for field, typed in (("path", "s/cont/other/"), ("connection", "aws_new")):
        step, refusals = workspace.edit([ETL], field, typed)  # type: ignore[arg-type]
        assert step is None
        assert "hidden here" in refusals[0].reason
    workspace.edit([ETL], "path", "abfs://xc@cont/p")
    workspace.write()
    assert CANARY not in work.read(ETL).decode()


def test_edits_beside_it_keep_it_and_what_was_hidden_is_never_written(tmp_path: Path) -> None:
    text = values("etl", path=f"s3://user:{CANARY}@bucket/x")
    work = make_work(tmp_path / "fleet", {ETL: text})
    workspace = Workspace.open(work.root)
    workspace.scan()
    for field, typed in (("path", "s/bucket/other/"), ("path", "s3://user:***@bucket/y"), ("connection", "user:***")):
        step, refusals = workspace.edit([ETL], field, typed)  # type: ignore[arg-type]
        assert step is None
        assert CANARY not in refusals[0].reason
    workspace.edit([ETL], "threshold", "9")
    workspace.write()
    assert work.read(ETL).decode() == text.replace('"1048576"', '"9"')
    workspace.edit([ETL], "connection", "aws_new")
    workspace.write()
    assert b"s3://aws_new@bucket/x" in work.read(ETL)
    assert CANARY not in str(full_history(workspace.repository, ETL))
    assert workspace.edit([ETL], "path", "s3://aws_xcom@team-xcom/c")[0] is not None
    work.write(ETL, text)
    with pytest.raises(Refused, match=r"user:\*\*\*@bucket/x now"):
        workspace.write()
