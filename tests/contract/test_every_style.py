"""Each edit in each style of env list gives exactly the bytes that a careful person would have typed."""

from __future__ import annotations

import pytest
import yaml
from ruamel.yaml import YAML

from tests.contract.conftest import MakeCli
from tests.contract.styles import ENTRIES, STYLES, TABS, Entries, changed, file_of, files
from tests.work import IO

PATH = f"{IO}PATH"
EDITS: dict[tuple[str, ...], Entries] = {
    ("set", "threshold=4 KiB"): changed(f"{IO}THRESHOLD", "4096"),
    ("set", "path=s3://new-bucket/a/b"): changed(PATH, "s3://new-bucket/a/b"),
    ("set", "connection=other-id"): changed(PATH, "s3://other-id@team-xcom/etl"),
    ("unset", "connection"): changed(PATH, "s3://team-xcom/etl"),
    ("unset", "threshold"): changed(f"{IO}THRESHOLD", None),
    ("unset", "compression"): changed(f"{IO}COMPRESSION", None),
    ("unset", "path"): changed(PATH, None),
}

NOT_COPIED = {"comments", "dash-alone", "blank-before-colon"}
"""Styles of which a new entry takes indent and quotes only: a comment is about its own entry, the rest are quirks."""


def env_by_pyyaml(data: bytes) -> Entries:
    return [(item["name"], item["value"]) for item in yaml.load(data, yaml.CBaseLoader)["commonEnv"]]


def env_by_ruamel(data: bytes) -> Entries:
    parsed = YAML(typ="base", pure=True).load(data.decode("utf-8-sig"))
    return [(item["name"], item["value"]) for item in parsed["commonEnv"]]


@pytest.mark.parametrize("edit", EDITS, ids=" ".join)
def test_an_edit_changes_its_value_and_no_other_byte(on_repo: MakeCli, edit: tuple[str, ...]) -> None:
    cli, work = on_repo(files())
    ran = cli(*edit, "--all", "--write")
    assert (ran.code, ran.err) == (0, f"written: {len(STYLES)} edits in {len(STYLES)} files\n")
    expected = EDITS[edit]
    wrong = {name: work.read(file_of(name)) for name in STYLES if work.read(file_of(name)) != STYLES[name](expected)}
    assert wrong == {}
    for name in STYLES:
        assert env_by_pyyaml(work.read(file_of(name))) == list(expected)
        assert env_by_ruamel(work.read(file_of(name))) == list(expected)
    assert cli("undo").code == 0
    assert work.status() == []


def test_what_is_added_stands_at_the_end_in_the_style_of_its_list_and_goes_without_a_trace(on_repo: MakeCli) -> None:
    less = ENTRIES[:-1]
    cli, work = on_repo(files(less))
    assert cli("set", "compression=zip", "--all", "--write").code == 0
    after = {name: work.read(file_of(name)) for name in STYLES}
    wanted = {name: style(ENTRIES) for name, style in STYLES.items() if name not in NOT_COPIED}
    assert {name: data for name, data in after.items() if name in wanted} == wanted
    assert all(env_by_ruamel(data) == list(ENTRIES) for data in after.values())
    assert cli("unset", "compression", "--all", "--write").code == 0
    assert work.status() == []


def test_a_value_that_says_so_already_writes_nothing(on_repo: MakeCli) -> None:
    cli, work = on_repo(files())
    before = {name: (work.root / file_of(name)).stat().st_mtime_ns for name in STYLES}
    ran = cli("set", "threshold=1 MiB", "compression=zip", "--all", "--write")
    assert (ran.code, ran.out, ran.err) == (0, "", "nothing to change\n")
    assert {name: (work.root / file_of(name)).stat().st_mtime_ns for name in STYLES} == before


def test_every_style_reads_alike_and_points_at_the_values_first_character(on_repo: MakeCli) -> None:
    cli, work = on_repo(files())
    for row in cli("list", "--format", "json").json["deployments"]:
        fields = row["fields"]
        assert [fields[name]["value"] for name in ("path", "threshold", "compression", "connection")] == [
            "s3://aws_xcom@team-xcom/etl", 1048576, "zip", "aws_xcom",
        ]  # fmt: skip
        lines = work.read(row["file"]).decode("utf-8-sig").splitlines()
        for name, text in (("path", "s3://aws_xcom@team-xcom/etl"), ("threshold", "1048576"), ("compression", "zip")):
            rest = lines[fields[name]["line"] - 1][fields[name]["column"] - 1 :]
            assert rest[0] in "'\""
            assert rest[1:].startswith(text + rest[0])


def test_tabs_before_a_comment_stay(on_repo: MakeCli) -> None:
    cli, work = on_repo({"values.yaml": TABS(ENTRIES)})
    assert cli("set", "threshold=4096", "--all", "--write").code == 0
    assert work.read("values.yaml") == TABS(changed(f"{IO}THRESHOLD", "4096"))
