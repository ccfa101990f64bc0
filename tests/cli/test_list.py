from __future__ import annotations

import csv
import io

from tests.cli.run import Cli
from tests.work import BACKEND, Work, values


def test_the_table_shows_each_deployment_with_its_fields(cli: Cli) -> None:
    ran = cli("list")
    assert ran.code == 0
    header, *rows = ran.out.splitlines()
    assert header.split() == "NAME ENV CLOUD BACKEND PATH THRESHOLD COMPR. IDENTITY STATE".split()
    assert [row.split()[0] for row in rows] == ["crm-sync", "billing-etl", "billing-ml"]
    assert "XComObjectStorageBackend" in rows[1]
    assert "1048576 1 MiB" in rows[1]
    assert "\x1b" not in ran.out


def test_json_follows_the_schema(cli: Cli, fleet_repo: Work) -> None:
    data = cli("list", "name:billing-etl", "--format", "json").json
    assert data["schema"] == 1
    assert data["repo"] == {"root": str(fleet_repo.root), "head": fleet_repo.head(), "branch": "main", "ref": None}
    (row,) = data["deployments"]
    file = "clusters/prod/billing/etl/values.yaml"
    assert (row["id"], row["name"], row["env"], row["namespace"], row["file"]) == (
        file, "billing-etl", "prod", "billing-etl-ns", file,
    )  # fmt: skip
    assert (row["layout"], row["layers"], row["cloud"], row["git"]) == ("values", [file], "aws", {"dirty": False})
    fields = row["fields"]
    assert list(fields) == ["backend", "path", "threshold", "compression", "identity", "connection"]
    assert fields["backend"]["value"] == BACKEND
    assert fields["threshold"] == {
        "value": 1048576, "raw": "1048576", "state": "set", "file": file, "line": 13, "column": 12,
    }  # fmt: skip
    assert fields["connection"]["value"] == "aws_xcom"
    assert fields["connection"]["type"] is None
    assert data["unreadable"] == []


def test_a_negated_word_is_a_query_and_no_option(cli: Cli) -> None:
    assert [row["name"] for row in cli("list", "-env:dev", "--format", "json").json["deployments"]] == [
        "billing-etl",
        "billing-ml",
    ]


def test_thresholds_compare_with_units(cli: Cli) -> None:
    data = cli("list", "threshold:>=64KiB threshold:<1MiB", "--format", "json").json
    assert [row["name"] for row in data["deployments"]] == ["crm-sync"]


def test_a_wrong_query_marks_the_position(cli: Cli) -> None:
    ran = cli("list", "threshld:>0")
    assert ran.code == 2
    assert ran.out == ""
    assert "threshold" in ran.err
    assert "character 1: ▸threshld" in ran.err


def test_a_query_that_matches_nothing_is_no_failure(cli: Cli) -> None:
    ran = cli("list", "name:nobody")
    assert (ran.code, ran.out.strip()) == (0, "")
    assert "none of 3 deployments matches" in ran.err


def test_csv_and_markdown(cli: Cli) -> None:
    rows = list(csv.DictReader(io.StringIO(cli("list", "--format", "csv").out)))
    assert [row["threshold"] for row in rows] == ["65536", "1048576", "0"]
    markdown = cli("list", "--format", "markdown").out.splitlines()
    assert markdown[0].startswith("| id | name | env |")
    assert len(markdown) == 5


def test_a_revision_can_be_read_instead_of_the_working_tree(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write("clusters/prod/billing/ml/values.yaml", values("billing-ml", threshold="7"))
    assert '"value": 7' in cli("list", "--format", "json").out
    data = cli("list", "--ref", "HEAD", "--format", "json").json
    assert data["repo"]["ref"] == "HEAD"
    assert [row["fields"]["threshold"]["value"] for row in data["deployments"]] == [65536, 1048576, 0]


def test_a_changed_file_is_dirty(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write("clusters/prod/billing/ml/values.yaml", values("billing-ml", threshold="7"))
    dirty = {row["name"]: row["git"]["dirty"] for row in cli("list", "--format", "json").json["deployments"]}
    assert dirty == {"billing-etl": False, "billing-ml": True, "crm-sync": False}


def test_an_unreadable_file_is_told_beside_the_others(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write("clusters/prod/broken/values.yaml", "xcomBackend: [\ncommonEnv: x: y\n")
    fleet_repo.write("clusters/prod/latin/values.yaml", "xcomBackend: x\n# caf\xe9\n".encode("latin-1"))
    ran = cli("list", "--format", "json")
    assert ran.code == 0
    assert [file["file"] for file in ran.json["unreadable"]] == [
        "clusters/prod/broken/values.yaml",
        "clusters/prod/latin/values.yaml",
    ]
    assert len(ran.json["deployments"]) == 3
    assert "unreadable: clusters/prod/broken/values.yaml:" in cli("list").out
    shown = cli("show", "clusters/prod/latin/values.yaml")
    assert (shown.code, shown.out) == (2, "")
    assert "UTF-8" in shown.err


def test_show_says_where_each_value_comes_from(cli: Cli) -> None:
    ran = cli("show", "billing-etl")
    assert ran.code == 0
    assert "commonEnv, clusters/prod/billing/etl/values.yaml:13:12" in ran.out
    assert cli("show", "clusters/prod/billing/etl/values.yaml", "--format", "json").json["deployments"][0]["name"] == (
        "billing-etl"
    )


def test_show_names_the_nearest_deployment(cli: Cli) -> None:
    ran = cli("show", "billing-etk")
    assert ran.code == 2
    assert "'billing-etl'" in ran.err


def test_a_name_without_end_does_not_make_every_line_as_long(cli: Cli, fleet_repo: Work) -> None:
    fleet_repo.write("clusters/dev/crm/sync/values.yaml", values("n" * 9000))
    lines = cli("list").out.splitlines()
    assert max(map(len, lines)) < 500
    assert any(line.startswith("nnn") and "…" in line for line in lines)


def test_leftover_copies_are_left_out_with_a_note_and_never_edited(cli: Cli, fleet_repo: Work) -> None:
    for name in ("values.yaml.bak", "values (1).yaml", "values.yaml.orig", "values.yaml~", "notes.txt~"):
        fleet_repo.write(f"clusters/prod/billing/ml/{name}", values("copy") if "values" in name else "nothing")
    fleet_repo.commit_all("copies")
    ran = cli("list", "--format", "json")
    assert len(ran.json["deployments"]) == 3
    assert "4 files left out because the name says that it is a copy" in cli("list").out
    assert cli("set", "threshold=9", "--all", "--write").code == 0
    assert len(fleet_repo.git("diff", "--name-only").splitlines()) == 3
