from __future__ import annotations

import json
import os

import pytest

from tests.cli.run import Cli
from tests.work import FLEET, Work, values

ETL = "clusters/prod/billing/etl/values.yaml"
ML = "clusters/prod/billing/ml/values.yaml"


def test_without_write_the_diff_is_printed_and_nothing_written(cli: Cli, fleet_repo: Work) -> None:
    ran = cli("set", "threshold=0", "--where", "name:billing-etl")
    assert ran.code == 0
    assert '-    value: "1048576"' in ran.out.splitlines()
    assert '+    value: "0"' in ran.out.splitlines()
    assert fleet_repo.status() == []


def test_a_comment_that_still_tells_the_old_value_is_pointed_out(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write(ETL, fleet_repo.read(ETL).replace(b'"1048576"', b'"1048576"  # 1 MiB'))
    result = cli("set", "threshold=0", "--where", "env:prod")
    assert f'\nnote: {ETL}: the comment on line 13 still says "1 MiB"' in result.out
    assert result.out.count("still says") == 1


def test_write_changes_one_line_and_nothing_else(cli: Cli, fleet_repo: Work) -> None:
    before = fleet_repo.read(ETL)
    ran = cli("set", "threshold=1.5 MiB", "--where", "name:billing-etl", "--write")
    assert ran.code == 0
    assert fleet_repo.read(ETL) == before.replace(b'"1048576"', b'"1572864"')
    assert fleet_repo.status() == [f" M {ETL}"]


def test_commit_holds_exactly_the_edit(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write("README.md", "# changed and staged\n")
    fleet_repo.git("add", "README.md")
    ran = cli("set", "threshold=1MiB", "--where", "name:billing-ml", "--commit", "-m", "Raise the threshold")
    assert ran.code == 0
    assert fleet_repo.committed_files() == [ML]
    assert fleet_repo.changed_lines() == ['-    value: "0"', '+    value: "1048576"']
    assert fleet_repo.git("log", "-1", "--format=%s").strip() == "Raise the threshold"
    assert fleet_repo.status() == ["M  README.md"]


def test_the_message_is_made_from_the_edits(cli: Cli, fleet_repo: Work) -> None:
    assert cli("set", "threshold=4096", "--where", "env:prod", "--commit").code == 0
    message = fleet_repo.git("log", "-1", "--format=%B")
    assert message.startswith("xcom: set threshold to 4096 on 2 prod deployments\n\n")
    assert "threshold 1048576 -> 4096 (1)" in message
    assert sorted(fleet_repo.committed_files()) == [ETL, ML]


def test_a_new_branch_takes_the_commit(cli: Cli, fleet_repo: Work) -> None:
    head = fleet_repo.head()
    assert cli("set", "threshold=1", "--all", "--commit", "--branch", "xcom/one").code == 0
    assert fleet_repo.git("rev-parse", "main").strip() == head
    assert fleet_repo.git("rev-parse", "xcom/one^").strip() == head


def test_a_value_that_is_there_already_is_a_no_op(cli: Cli, fleet_repo: Work) -> None:
    ran = cli("set", "threshold=0", "--where", "name:billing-ml", "--write")
    assert (ran.code, ran.out) == (0, "")
    assert "nothing to change" in ran.err
    assert fleet_repo.status() == []


@pytest.mark.parametrize(
    ("assignment", "word"),
    [
        ("threshold=lots", "threshold"),
        ("compression=gz", "gzip"),
        ("path=etl/xcom", "scheme"),
        ("backend=XComObjectStorageBackend", "dotted"),
        ("identity=arn:aws:iam::1:role/x", "12 digits"),
    ],
)
def test_a_value_the_model_refuses_exits_3(cli: Cli, fleet_repo: Work, assignment: str, word: str) -> None:
    ran = cli("set", assignment, "--where", "name:billing-etl", "--write")
    assert ran.code == 3
    assert word in ran.err
    assert fleet_repo.status() == []


def test_many_are_all_or_nothing(cli: Cli, fleet_repo: Work) -> None:
    secret = values("vault").replace('value: "1048576"', "valueFrom: {secretKeyRef: {name: xcom, key: size}}")
    fleet_repo.write("clusters/prod/vault/values.yaml", secret)
    fleet_repo.commit_all()
    ran = cli("set", "threshold=5", "--all", "--write")
    assert ran.code == 3
    assert "clusters/prod/vault/values.yaml" in ran.err
    assert "Secret" in ran.err
    assert fleet_repo.status() == []
    ran = cli("set", "threshold=5", "--all", "--write", "--skip-refused")
    assert ran.code == 3
    assert len(fleet_repo.status()) == 3


def test_compare_and_set_skips_other_values(cli: Cli, fleet_repo: Work) -> None:
    ran = cli("set", "threshold=0", "--all", "--if", "threshold=1MiB", "--write")
    assert ran.code == 0
    assert fleet_repo.status() == [f" M {ETL}"]
    assert "skipped: clusters/dev/crm/sync/values.yaml: threshold is 65536" in ran.err


def test_unset_removes_the_entry(cli: Cli, fleet_repo: Work) -> None:
    assert cli("unset", "compression", "--where", "name:billing-etl", "--write").code == 0
    assert fleet_repo.read(ETL).decode() == values("billing-etl", compression=None)


def test_several_fields_in_one_file(cli: Cli, fleet_repo: Work) -> None:
    ran = cli("set", "threshold=7", "compression=gzip", "connection=other", "--where", "name:billing-etl", "--write")
    assert ran.code == 0
    assert fleet_repo.read(ETL).decode() == values(
        "billing-etl", threshold="7", compression="gzip", path="s3://other@team-xcom/etl"
    )


def test_read_only_writes_nothing(cli: Cli, fleet_repo: Work) -> None:
    for option in ("--write", "--commit"):
        ran = cli("set", "threshold=7", "--all", option, "--read-only")
        assert ran.code == 3
        assert "read-only" in ran.err
    assert fleet_repo.status() == []
    assert cli("set", "threshold=7", "--all", "--read-only").code == 0


def test_a_hook_that_refuses_leaves_everything_as_it_was(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.hook("pre-commit", "echo 'no thresholds on Sundays' >&2; exit 1")
    head = fleet_repo.head()
    ran = cli("set", "threshold=7", "--where", "env:prod", "--commit")
    assert ran.code == 3
    assert "no thresholds on Sundays" in ran.err
    assert (fleet_repo.head(), fleet_repo.status()) == (head, [])


def test_other_changes_in_the_same_file_stay_out_of_the_commit(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write(ETL, FLEET[ETL] + "# mine\n")
    assert cli("set", "threshold=7", "--where", "name:billing-etl", "--commit").code == 0
    assert fleet_repo.changed_lines() == ['-    value: "1048576"', '+    value: "7"']
    assert fleet_repo.read(ETL).decode() == values("billing-etl", threshold="7") + "# mine\n"
    assert fleet_repo.status() == [f" M {ETL}"]


def test_other_changes_beside_the_edit_are_refused(cli: Cli, fleet_repo: Work) -> None:
    mine = FLEET[ETL].replace('value: "1048576"', 'value: "5"')
    fleet_repo.write(ETL, mine)
    head = fleet_repo.head()
    ran = cli("set", "threshold=7", "--where", "name:billing-etl", "--commit")
    assert ran.code == 3
    assert ETL in ran.err
    assert (fleet_repo.read(ETL).decode(), fleet_repo.head()) == (mine, head)


def test_a_merge_in_progress_is_refused(cli: Cli, fleet_repo: Work) -> None:
    (fleet_repo.root / ".git" / "MERGE_HEAD").write_text(fleet_repo.head() + "\n")
    ran = cli("set", "threshold=7", "--all", "--commit")
    assert ran.code == 3
    assert "merge" in ran.err
    assert fleet_repo.status() == []


@pytest.mark.parametrize(
    ("args", "word"),
    [
        (("set", "threshold=1"), "--where"),
        (("set", "threshold=1", "--all", "--where", "x"), "exclude"),
        (("set", "threshold", "--all"), "FIELD=VALUE"),
        (("set", "treshold=1", "--all"), "did you mean 'threshold'"),
        (("unset", "treshold", "--all"), "did you mean 'threshold'"),
        (("set", "threshold=1", "--all", "-m", "x"), "--commit"),
        (("set", "threshold=1", "--all", "-m", ""), "--commit"),
        (("unset", "threshold", "--all", "--split", "env", "--write"), "--commit"),
        (("set", "threshold=1", "--all", "--commit", "--split", "env", "-m", "x"), "cannot be combined with -m"),
        (("set", "threshold=1", "--where", "env:("), "▸"),
        (("set", "threshold=1", "--all", "--layer", "other.yaml"), "not a layer"),
        (("lst",), "did you mean 'list'"),
        (("list", "--formt", "json"), "--formt"),
        (("list", "--ref", "no-such-branch"), "no-such-branch"),
    ],
)
def test_wrong_usage_exits_2_with_a_sentence(cli: Cli, args: tuple[str, ...], word: str) -> None:
    ran = cli(*args)
    assert ran.code == 2
    assert ran.out == ""
    assert word in ran.err


def test_what_a_hook_adds_to_the_commit_is_told(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.hook("pre-commit", "echo x >> README.md; git add README.md")
    ran = cli("set", "threshold=7", "--where", "name:billing-etl", "--commit")
    assert ran.code == 0
    assert "A hook changed more than the edits in this commit: README.md" in ran.out
    assert "runs what the repo's git folder sets up: hook pre-commit" in ran.err


@pytest.mark.parametrize("name", ["@", "HEAD", "refs/heads/q", "-x", "a..b", "main"])
def test_a_branch_that_cannot_be_made_is_refused(cli: Cli, fleet_repo: Work, name: str) -> None:
    ran = cli("set", "threshold=7", "--all", "--commit", f"--branch={name}")
    assert ran.code == 3
    assert fleet_repo.status() == []
    assert fleet_repo.git("branch", "--format=%(refname)").split() == ["refs/heads/main"]


def test_one_signed_off_commit_for_each_environment(cli: Cli, fleet_repo: Work) -> None:
    ran = cli("set", "threshold=7", "--all", "--commit", "--split", "env", "--sign-off", "--branch", "topic")
    assert ran.code == 0
    log = fleet_repo.git("log", "--format=%s%n%b", "main..topic")
    assert log.count("Signed-off-by: Ann <ann@example.com>") == 2
    assert "xcom: set threshold to 7 on crm-sync" in log
    assert "xcom: set threshold to 7 on 2 prod deployments" in log
    assert fleet_repo.status() == []


def test_a_part_that_is_refused_is_told_and_its_files_are_as_they_were(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.hook("commit-msg", "! grep -q prod $1")
    ran = cli("set", "threshold=7", "--all", "--commit", "--split", "env")
    assert ran.code == 3
    assert "1 commit made; not made, with their files as they were: prod" in ran.err
    assert "A hook (commit-msg) refused the commit" in ran.err
    assert fleet_repo.committed_files() == ["clusters/dev/crm/sync/values.yaml"]
    assert fleet_repo.status() == []


def test_an_empty_message_is_no_message(cli: Cli, fleet_repo: Work) -> None:
    head = fleet_repo.head()
    ran = cli("set", "threshold=7", "--all", "--commit", "-m", " ")
    assert ran.code == 3
    assert "message is empty" in ran.err
    assert (fleet_repo.head(), fleet_repo.status()) == (head, [])


def test_a_file_whose_name_cannot_be_read_is_told(cli: Cli, fleet_repo: Work) -> None:
    with open(os.fsencode(fleet_repo.root) + b"/\xff.yaml", "w") as file:
        file.write(values("odd"))
    assert "1 file left out because the name is not UTF-8" in cli("set", "threshold=7", "--all").err


def test_the_state_store_is_set_and_told_beside_the_six_fields(cli: Cli, fleet_repo: Work) -> None:
    ran = cli("set", "state-path=s3://acme-state/etl", "state-threshold=1KiB", "--where", "name:billing-etl", "--write")
    assert ran.code == 0
    assert "AIRFLOW__COMMON_IO__STATE_STORE_OBJECTSTORAGE_PATH" in fleet_repo.read(ETL).decode()
    (deployment,) = json.loads(cli("show", ETL, "--format", "json").out)["deployments"]
    told = {name: field["value"] for name, field in deployment["state"].items()}
    assert told == {"backend": None, "path": "s3://acme-state/etl", "threshold": 1024, "compression": None}
    assert len(deployment["fields"]) == 6
    assert "state-path" in cli("show", ETL).out
    refused = cli("set", "state-threshold=-1", "--where", "name:billing-etl")
    assert refused.code == 3
    assert "The state store refuses a negative threshold" in refused.err


def test_a_file_that_git_cannot_commit_is_left_out_with_skip_refused(cli: Cli, fleet_repo: Work) -> None:
    file = "clusters/prod/billing/ml/values.yaml"
    fleet_repo.git("update-index", "--skip-worktree", file)
    before = fleet_repo.read(file)
    ran = cli("set", "threshold=12", "--all", "--commit", "--skip-refused")
    assert ran.code == 3
    assert f"refused: {file}: {file} is marked skip-worktree" in ran.err
    assert len(fleet_repo.committed_files()) == 2
    assert fleet_repo.read(file) == before
    assert cli("set", "threshold=13", "--all", "--commit").code == 3
    assert fleet_repo.status() == []


def test_what_is_wrong_elsewhere_or_beside_it_refuses_no_edit(cli: Cli, fleet_repo: Work) -> None:
    whole = fleet_repo.read(ETL).decode()
    elsewhere = ("workers:\n  a: b\n", "labels:\n  - a\n", "sentinel: x\n", "---\n")
    texts = [whole + more for more in elsewhere] + [whole.replace("commonEnv:\n", "commonEnv:\n  - ~\n  -\n", 1)]
    for number, text in enumerate(texts):
        fleet_repo.write(f"odd/{number}/values.yaml", text)
    fleet_repo.commit_all("odd")
    ran = cli("set", "threshold=7", "--where", "file:odd/*", "--write")
    assert ran.code == 0, ran.err
    for number, text in enumerate(texts):
        assert fleet_repo.read(f"odd/{number}/values.yaml").decode() == text.replace('"1048576"', '"7"')
