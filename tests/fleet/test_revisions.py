"""Comparing revisions with each other and with the working tree."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.history.revisions import Range, compare_revisions, parse_range
from rea_xcom_tui.fleet.model import Item
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.user.cached import cache_path
from tests.cli.run import Cli
from tests.work import FLEET, Work, values

ETL = "clusters/prod/billing/etl/values.yaml"
CRM = "clusters/dev/crm/sync/values.yaml"
NEW = "clusters/prod/new/values.yaml"


@pytest.fixture
def forked(fleet_repo: Work) -> Work:
    """Branch topic changes a threshold and adds a deployment, main a compression; a comment lies in the work tree."""
    fleet_repo.git("tag", "v1")
    fleet_repo.git("switch", "-q", "-c", "topic")
    fleet_repo.write(ETL, values("billing-etl", threshold="4096"))
    fleet_repo.write(NEW, values("new"))
    fleet_repo.commit_all("topic")
    fleet_repo.git("switch", "-q", "main")
    fleet_repo.write(CRM, FLEET[CRM].replace('"zip"', '"gzip"'))
    fleet_repo.commit_all("main")
    fleet_repo.write(ETL, "# nothing\n" + FLEET[ETL])
    return fleet_repo


def told(work: Work, text: str, to: str = "") -> list[tuple[str, ...]]:
    workspace = Workspace.open(work.root)
    workspace.scan()
    found = compare_revisions(workspace.repository, workspace.fleet, parse_range(text, to))
    return [(c.deployment.split("/")[-2], c.field or c.kind, str(c.old), str(c.new)) for c in found.changes]


COMPRESSION = ("sync", "compression", "zip", "gzip")
TOPIC = [("etl", "threshold", "1048576", "4096"), ("new", "added", "None", "None")]


def test_two_revisions(forked: Work) -> None:
    assert told(forked, "v1..topic") == TOPIC
    assert told(forked, "v1", "topic") == TOPIC
    assert told(forked, "main..topic") == [("sync", "compression", "gzip", "zip"), *TOPIC]
    assert told(forked, "topic..v1") == [("etl", "threshold", "4096", "1048576"), ("new", "removed", "None", "None")]
    assert told(forked, "v1..") == told(forked, "v1..HEAD") == [COMPRESSION]
    assert told(forked, "v1..v1") == []


def test_since_a_branch_left_another(forked: Work) -> None:
    assert told(forked, "main...topic") == TOPIC
    assert told(forked, "topic...main") == [COMPRESSION]


def test_with_the_working_tree_only_what_differs_is_read(forked: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(forked, "HEAD") == []
    assert told(forked, "v1") == [COMPRESSION]
    assert told(forked, "topic") == [
        COMPRESSION,
        ("etl", "threshold", "4096", "1048576"),
        ("new", "removed", "None", "None"),
    ]
    workspace = Workspace.open(forked.root)
    workspace.scan()
    read: list[str] = []

    def noting(path: str, *rest: object) -> object:
        read.append(path)
        return None

    monkeypatch.setattr("rea_xcom_tui.fleet.scan.blobs.read_deployment", noting)
    compare_revisions(workspace.repository, workspace.fleet, Range("v1"))
    assert sorted(read) == [CRM, ETL]


def test_a_file_that_cannot_be_read_is_not_gone(forked: Work) -> None:
    forked.write(ETL, "\txcomBackend: [\n" + FLEET[ETL])
    forked.commit_all("torn")
    torn = [("etl", "unreadable", "None", "None")]
    assert told(forked, "HEAD~1..") == told(forked, "HEAD~1") == torn
    assert told(forked, "HEAD..HEAD~1") == [("etl", "readable", "None", "None")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("", Range("HEAD")),
        ("main", Range("main")),
        ("a..b", Range("a", "b")),
        ("a...b", Range("a", "b", forked=True)),
        ("..b", Range("HEAD", "b")),
        ("origin/a.b..", Range("origin/a.b", "HEAD")),
    ],
)
def test_ranges(text: str, wanted: Range) -> None:
    assert parse_range(text) == wanted


def test_the_command(cli: Cli, forked: Work) -> None:
    done = cli("diff", "v1..topic")
    assert (done.code, done.out.splitlines()) == (
        1,
        [f"{ETL}: threshold: 1048576 (1 MiB) → 4096 (4 KiB)", f"{NEW}: added"],
    )
    assert cli("diff", "v1", "--to", "topic").out == done.out
    found = cli("diff", "v1...main", "--format", "json").json
    assert (found["ref"], found["to"]) == ("v1", "main")
    assert (found["commit"], found["to_commit"]) == (
        forked.git("rev-parse", "v1").strip(),
        forked.git("rev-parse", "main").strip(),
    )
    assert [change["field"] for change in found["changes"]] == ["compression"]
    assert "| compression | zip | gzip |" in cli("diff", "v1..main", "--format", "markdown").out
    assert cli("diff", "topic..topic").code == 0
    for args, words in (
        (("v1..nowhere",), "no commit 'nowhere'"),
        (("v1..topic", "--to", "main"), "leave out --to"),
        (("--output=x..y",), "--output"),
    ):
        done = cli("diff", *args)
        assert done.code == 2
        assert words in done.err


@pytest.fixture
def sparse(fleet_repo: Work) -> Work:
    """Of two environments only dev is checked out; the commit before had another threshold in prod."""
    fleet_repo.write(ETL, values("billing-etl", threshold="4096"))
    fleet_repo.commit_all("more")
    fleet_repo.git("sparse-checkout", "set", "--no-cone", "/clusters/dev/", "/README.md")
    return fleet_repo


def test_what_a_sparse_checkout_leaves_out_is_not_removed(sparse: Work, cli: Cli) -> None:
    """As `git diff`, which compares it as the index has it."""
    ran = cli("diff")
    assert (ran.code, ran.out) == (0, "")
    assert "2 files outside of the sparse checkout compared as git's index has them" in ran.err
    assert told(sparse, "HEAD~1") == [("etl", "threshold", "1048576", "4096")]
    sparse.write(CRM, FLEET[CRM].replace('"zip"', '"gzip"'))
    assert told(sparse, "HEAD") == [COMPRESSION]
    (sparse.root / CRM).unlink()
    assert told(sparse, "HEAD") == [("sync", "unreadable", "None", "None")]


def test_what_a_sparse_checkout_leaves_out_is_not_gone_for_drift(sparse: Work, cli: Cli) -> None:
    ran = cli("drift", "--against", "HEAD")
    assert ran.code == 0
    assert "not here any more" not in ran.out + ran.err


@pytest.fixture
def long(fleet_repo: Work) -> Work:
    """So many files have changed between two tags that what they said is kept, one of them broken and one no values."""
    names = [f"clusters/prod/many/etl{number}/values.yaml" for number in range(40)]
    connection = (
        '  - name: AIRFLOW_CONN_AWS_XCOM\n    value: \'{"conn_type": "aws", "password": "hunter2", "a": "\\ud800"}\'\n'
    )
    for tag, threshold in (("old", "7"), ("new", "8")):
        for number, name in enumerate(names):
            fleet_repo.write(name, values(f"etl{number}", threshold=threshold, path=f"s3://aws_xcom@b/{number}"))
        fleet_repo.write(names[0], "xcomBackend: [\n" if tag == "old" else values("etl0"))
        fleet_repo.write(names[1], "kind: Service\n" if tag == "old" else values("etl1"))
        fleet_repo.write(names[2], values("etl2", threshold=threshold).replace("labels: {}", "labels: {}  # é"))
        fleet_repo.write(
            names[3], values("etl3", threshold=threshold).replace("commonEnv:\n", f"commonEnv:\n{connection}")
        )
        fleet_repo.commit_all(tag)
        fleet_repo.git("tag", tag)
    return fleet_repo


def test_what_many_blobs_said_is_kept_and_says_the_same(long: Work, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    first = cli("diff", "old..new")
    assert first.out.count("threshold") >= 38
    read: list[str] = []

    def noting(path: str, data: bytes, reading: Reading) -> Item:
        read.append(path)
        return read_deployment(path, data, reading)

    monkeypatch.setattr("rea_xcom_tui.fleet.scan.blobs.read_deployment", noting)
    assert cli("diff", "old..new") == first
    assert read == []
    assert cli("diff", "old..new", "--no-cache") == first
    assert len(read) == 80
    place = cache_path()
    assert place is not None
    with closing(sqlite3.connect(place)) as cache, cache:
        assert not any(b"hunter2" in record for (record,) in cache.execute("select record from records"))
        cache.execute("update records set record = x'c1'")
    assert cli("diff", "old..new") == first


def test_a_blob_that_a_ref_replaces_says_what_git_hands_out(long: Work, cli: Cli, tmp_path: Path) -> None:
    before = cli("diff", "old..new")
    name = long.git("diff", "--name-only", "old", "new").split()[-1]
    other = tmp_path / "other.yaml"
    other.write_bytes(text := long.committed(name, "new").replace(b"s3://aws_xcom@b", b"s3://aws_xcom@c"))
    assert len(text) == len(long.committed(name, "new"))
    assert text != long.committed(name, "new")
    long.git("replace", long.git("rev-parse", f"new:{name}").strip(), long.git("hash-object", "-w", str(other)).strip())
    anew = cli("diff", "old..new", "--no-cache")
    assert anew != before
    assert cli("diff", "old..new") == anew


def test_two_revisions_in_a_repo_of_layers_are_read_as_layers(cli: Cli, forked: Work) -> None:
    plain = cli("diff", "v1..topic")
    forked.write("argo/app.yaml", "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: a}\n")
    assert cli("diff", "v1..topic") == plain  # by a scan of both, which finds the same rows
