"""Rows made of layers are kept as long as nothing that they depend on changes: warm and cold always agree."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rea_xcom_tui.fleet.model import Fleet
from rea_xcom_tui.fleet.opening import open_fleet
from rea_xcom_tui.fleet.scan import layer_workers
from rea_xcom_tui.fleet.scan import scan as scan_module
from rea_xcom_tui.fleet.scan.cache import Cache
from rea_xcom_tui.fleet.scan.layered import read_entry
from rea_xcom_tui.fleet.scan.read import read_deployment
from rea_xcom_tui.fleet.scan.trees import disk_tree
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.layouts.model import EntryPoint
from rea_xcom_tui.layouts.tree import Tree
from tests.layered import CHART, application, env
from tests.work import BACKEND, Work, make_work


def release(name: str, values: str) -> str:
    indented = "".join(f"    {line}\n" for line in values.splitlines())
    return f"""\
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: {name}}}
spec:
  chart: {{spec: {{chart: {CHART}, sourceRef: {{kind: HelmRepository, name: astronomer}}}}}}
  values:
{indented}"""


FILES = {
    "base.yaml": f"# Ordered by us\nxcomBackend: {BACKEND}\nlabels: {{a: b}}\n",
    "etl.yaml": env("etl/xcom"),
    "ml/real.yaml": env("ml/xcom"),
    "ml/other.yaml": env("other/xcom"),
    "apps/etl.yaml": application("etl", "base.yaml", "etl.yaml"),
    "apps/ml.yaml": application("ml", "base.yaml", "ml.yaml"),
    "flux/base/kustomization.yaml": "resources: [release.yaml]\n",
    "flux/base/release.yaml": release("agent", f"xcomBackend: {BACKEND}\n{env('flux/xcom')}"),
    "flux/prod/kustomization.yaml": "namespace: prod\nresources: [../base]\npatches: [{path: patch.yaml}]\n",
    "flux/prod/patch.yaml": release("agent", "labels: {c: d}"),
    "notes.txt": "nothing\n",
}


@pytest.fixture
def work(tmp_path: Path) -> Work:
    made = make_work(tmp_path / "repo", FILES)
    (made.root / "ml.yaml").symlink_to("ml/real.yaml")
    made.commit_all()
    return made


def said(fleet: Fleet) -> object:
    rows = [
        (row.id, row.name, row.env, row.cluster, row.layers, row.stack, row.digest, row.dirty, row.findings, row.config)
        for row in fleet.deployments
    ]
    return rows, fleet.unreadable, fleet.unused


def scan(work: Work) -> Fleet:
    return Workspace.open(work.root).scan()


@pytest.mark.parametrize("named", [True, False], ids=["by names", "by what is in files"])
def test_of_what_git_has_converted_no_row_is_kept(
    tmp_path: Path, isolated: Path, monkeypatch: pytest.MonkeyPatch, *, named: bool
) -> None:
    """Where nothing is known from before, it is asked only once there are layers which files attributes convert."""
    files = {name: text for name, text in FILES.items() if named or not name.startswith(("flux", "ml", "apps/ml"))}
    work = make_work(tmp_path / "fleet", files)

    def scanned(work: Work) -> object:
        return said(open_fleet([work.root], look=True).scan())

    def anew(work: Work, attributes: str) -> None:
        (work.root / ".git" / "info").mkdir(exist_ok=True)
        (work.root / ".git" / "info" / "attributes").write_text(attributes)
        for name in files:
            (work.root / name).unlink()
        work.git("checkout", "-q", "--", ".")

    for way in ("smudge", "clean"):
        work.git("config", "--global", f"filter.f.{way}", "tr 0-9 5-90-4")
    anew(work, "*.yaml filter=f\n")
    converted = scanned(work)
    assert converted == scanned(work)
    anew(work, "")
    plain = scanned(work)
    assert plain != converted
    shutil.copytree(work.root, tmp_path / "again" / "fleet")
    other = Work(tmp_path / "again" / "fleet")
    anew(other, "*.yaml filter=f\n")
    assert scanned(other) == converted
    shutil.rmtree(isolated / "xdg_cache_home")
    assert plain == scanned(work)
    anew(work, "*.yaml filter=f\n")
    with monkeypatch.context() as patch:  # as where the cache has let go of all but the rows
        patch.setattr(scan_module, "_known", lambda *of, **how: {})
        patch.setattr(Cache, "first", lambda *of: frozenset())
        patch.setattr(Cache, "nothing", lambda *of: set())
        assert scanned(work) == converted


def nothing(work: Work) -> None:
    pass


def base(work: Work) -> None:
    work.write("base.yaml", f"xcomBackend: {BACKEND}\ncommonEnv: []\nlabels: {{a: c}}\n")


def committed(work: Work) -> None:
    work.write("etl.yaml", env("els/xcom"))  # as long as before
    work.commit_all()


def another_chart(work: Work) -> None:
    work.write("apps/etl.yaml", application("etl", "etl.yaml"))
    work.commit_all()


def a_new_application(work: Work) -> None:
    work.write("apps/new.yaml", application("new", "base.yaml", "etl.yaml"))


def another_target(work: Work) -> None:
    (work.root / "ml.yaml").unlink()
    (work.root / "ml.yaml").symlink_to("ml/other.yaml")
    work.commit_all()


def a_patch(work: Work) -> None:
    work.write("flux/prod/patch.yaml", release("agent", "\n" + env("patched/xcom")))


def gone(work: Work) -> None:
    (work.root / "etl.yaml").unlink()


def the_configuration(work: Work) -> None:
    work.write(".rea-xcom-tui.toml", '[layouts]\nengine = "3"\n')


def a_remote(work: Work) -> None:
    work.git("remote", "add", "origin", "https://git.example.com/elsewhere.git")


CHANGES = (
    nothing,
    base,
    committed,
    another_chart,
    a_new_application,
    another_target,
    a_patch,
    gone,
    the_configuration,
    a_remote,
)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_warm_and_cold_agree(work: Work, isolated: Path, change: Callable[[Work], None]) -> None:
    assert len(scan(work).deployments) == 3
    change(work)
    warm = said(scan(work))
    shutil.rmtree(isolated / "xdg_cache_home")
    assert said(scan(work)) == warm


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The entry points that are read anew, by their files."""
    files: list[str] = []

    def counted(entry: EntryPoint, *rest: object) -> object:
        files.append(entry.file)
        return read_entry(entry, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("rea_xcom_tui.fleet.scan.kept_layers.read_entry", counted)
    return files


def test_nothing_is_read_again_but_what_has_changed(work: Work, read: list[str]) -> None:
    first = scan(work)
    assert len(read) == 3
    read.clear()
    again = scan(work)
    assert not read
    assert again.layouts is not None
    assert not again.layouts.tree.was_read, "entry points are not even looked for"
    assert said(again) == said(first)
    work.write("notes.txt", "something\n")
    scan(work)
    assert not again.layouts.tree.was_read, "and not for a file that has no part in them"
    work.write("etl.yaml", env("moved/xcom"))
    changed = scan(work)
    assert read == ["apps/etl.yaml"]
    assert [row.dirty for row in changed.deployments] == [True, False, False]
    work.commit_all()
    assert not any(row.dirty for row in scan(work).deployments)


def test_a_part_of_a_deployment_is_not_read_as_one_too(work: Work, monkeypatch: pytest.MonkeyPatch) -> None:
    plain: list[str] = []

    def counted(file: str, *rest: object, **more: object) -> object:
        plain.append(file)
        return read_deployment(file, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("rea_xcom_tui.fleet.scan.read.read_deployment", counted)
    assert len(scan(work).deployments) == 3
    assert not {"base.yaml", "etl.yaml", "ml/real.yaml"} & set(plain)


def test_other_processes_read_the_same(work: Work, isolated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = said(scan(work))
    shutil.rmtree(isolated / "xdg_cache_home")
    monkeypatch.setattr(layer_workers, "_MANY", 2)
    monkeypatch.setattr(layer_workers, "_FOR_EACH", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert said(scan(work)) == here


def test_what_changes_once_git_has_seen_it_is_not_taken_for_what_git_saw(
    work: Work, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is as long as before, and soon the same again."""

    def then_saved(*rest: object, **more: object) -> Tree:
        work.write("etl.yaml", env("els/xcom"))
        return disk_tree(*rest, **more)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr("rea_xcom_tui.fleet.scan.scan.disk_tree", then_saved)
        changed = said(scan(work))
    work.write("etl.yaml", FILES["etl.yaml"])
    warm = said(scan(work))
    shutil.rmtree(isolated / "xdg_cache_home")
    assert said(scan(work)) == warm != changed


def test_what_changes_before_another_process_reads_it_is_not_taken_for_what_it_was(
    work: Work, isolated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def then_saved(*rest: object) -> object:
        work.write("etl.yaml", env("els/xcom"))
        return layer_workers.rows_in_processes(*rest)  # type: ignore[arg-type]

    monkeypatch.setattr(layer_workers, "_MANY", 2)
    monkeypatch.setattr(layer_workers, "_FOR_EACH", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    with monkeypatch.context() as patch:
        patch.setattr("rea_xcom_tui.fleet.scan.kept_layers.rows_in_processes", then_saved)
        scan(work)
    work.write("etl.yaml", FILES["etl.yaml"])
    warm = said(scan(work))
    shutil.rmtree(isolated / "xdg_cache_home")
    assert said(scan(work)) == warm


def test_where_git_makes_other_line_ends_nothing_is_read_again_either(work: Work, read: list[str]) -> None:
    work.git("config", "core.autocrlf", "true")
    work.git("rm", "-q", "-r", "--cached", ".")
    work.git("reset", "-q", "--hard")
    assert b"\r\n" in work.read("etl.yaml")
    first = scan(work)
    assert len(read) == 3
    again = scan(work)
    assert again.layouts is not None
    assert not again.layouts.tree.was_read
    assert said(again) == said(first)


@pytest.mark.parametrize("beside", [False, True], ids=["alone", "beside a plain deployment"])
def test_a_manifest_that_cannot_be_read_is_told_each_time(tmp_path: Path, beside: bool) -> None:
    broken = "kind: HelmRelease\nspec: {chart: {spec: {chart: astro-remote-execution-agent}}}\n  - values: [\n"
    files = {"m/a.yaml": f"apiVersion: helm.toolkit.fluxcd.io/v2\n{broken}"}
    if beside:
        files["clusters/dev/values.yaml"] = f"xcomBackend: {BACKEND}\n{env('bucket')}"
    work = make_work(tmp_path / "repo", files)
    told = [(fleet.unreadable, fleet.notices) for fleet in (Workspace.open(work.root).scan() for _ in range(3))]
    assert any("m/a.yaml" in str(one) for one in told[0])
    assert told[1:] == told[:1] * 2
