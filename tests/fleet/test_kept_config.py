"""A configuration that is kept is the one that would be read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.scan import kept_config as module
from rea_xcom_tui.fleet.scan.kept_config import kept_config
from rea_xcom_tui.user.cached import NO_CACHE, cache_path
from rea_xcom_tui.user.config import REPO_FILE, USER_VARIABLE, load_config
from rea_xcom_tui.user.settings import Config

TEXTS = {
    "empty": "",
    "interface": (
        '[ui]\ntheme = "nord"\ncolumns = ["name", "path"]\nglyphs = "ascii"\n[ui.keymap]\nfilter = "f"\n'
        '[queries]\nlarge = "threshold>1"\n'
    ),
    "repo": (
        '[repo]\nenvironments = ["Gold", "silver"]\nprotected_branches = ["main"]\nread_only = true\n'
        '[repo.forges]\n"git.example.com" = "gitea"\n'
    ),
    "rules": (
        '[rules]\noff = ["XC220", "XC301", "XC306"]\nairflow = "3.1"\npolicies = ["threshold must be 0 in prod"]\n'
        '[rules.severity]\nXC406 = "error"\n'
        '[[rules.ignore]]\ncode = "XC101"\nreason = "they may"\nfiles = ["a/*"]\nuntil = 2031-02-28\n'
    ),
    "layouts": (
        '[layouts]\nengine = "4.1"\nargocd = "3.1"\ndeployed = ["a/*.yaml"]\ngenerated = ["b"]\n'
        '[layouts.variables]\nREGION = "eu"\n[layouts.clusters.eu]\nvariables = {A = "b"}\nlabels = {tier = "one"}\n'
        '[[layouts.manifests]]\nfiles = "{cluster}/agents.yaml"\nitems = "agents"\nlayers = ["/base.yaml"]\n'
        'name = "{item.name}"\ncluster = "{cluster}"\n'
        '[[layouts.layers]]\nfiles = "envs/*.yaml"\nlayers = ["base.yaml", "{dir}/x.yaml"]\nname = "{dir}"\n'
    ),
}


def config_of(root: Path, text: str) -> None:
    (root / REPO_FILE).write_text(text)


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path | None]:
    """Where a configuration was read anew."""
    found: list[Path | None] = []

    def read(root: Path | None) -> Config:
        found.append(root)
        return load_config(root)

    monkeypatch.setattr(module, "load_config", read)
    return found


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_read_once(tmp_path: Path, reads: list[Path | None], name: str) -> None:
    config_of(tmp_path, TEXTS[name])
    expected = load_config(tmp_path)
    assert [kept_config(tmp_path) for _ in range(3)] == [expected] * 3
    assert repr(kept_config(tmp_path).layouts) == repr(expected.layouts)  # which is part of names in the cache
    assert len(reads) == 1


def test_each_file_counts(tmp_path: Path, reads: list[Path | None], monkeypatch: pytest.MonkeyPatch) -> None:
    mine = tmp_path / "mine.toml"
    monkeypatch.setenv(USER_VARIABLE, str(mine))
    for text in TEXTS.values():
        config_of(tmp_path, text)
        for other in ("", '[ui]\ntheme = "dracula"\n', '[rules]\noff = ["XC999"]\n'):
            mine.write_text(other)
            for _ in range(2):
                assert kept_config(tmp_path) == load_config(tmp_path)
        mine.unlink()
        assert kept_config(tmp_path) == load_config(tmp_path)
    (tmp_path / REPO_FILE).unlink()
    assert kept_config(tmp_path) == Config()


def test_a_mistake_is_said_each_time(tmp_path: Path) -> None:
    for text, said in (("[ui]\nthem = 1\n", "there is no such key"), ("[ui", "is not TOML")):
        config_of(tmp_path, text)
        for _ in range(2):
            with pytest.raises(ToolError, match=said):
                kept_config(tmp_path)
    (tmp_path / REPO_FILE).write_bytes(b"\xff")
    with pytest.raises(ToolError, match="is not UTF-8"):
        kept_config(tmp_path)


def test_without_a_cache_it_is_read_each_time(
    tmp_path: Path, reads: list[Path | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    config_of(tmp_path, TEXTS["rules"])
    kept_config(tmp_path)
    monkeypatch.setenv(NO_CACHE, "1")
    assert kept_config(tmp_path) == load_config(tmp_path)
    assert len(reads) == 2


def test_a_damaged_record_is_read_anew(tmp_path: Path) -> None:
    config_of(tmp_path, TEXTS["layouts"])
    place = cache_path()
    assert place is not None
    for change in ("x'c1'", "substr(record, 2)", "cast(replace(record, 'eu', 'us') as blob)"):
        kept_config(tmp_path)
        with closing(sqlite3.connect(place)) as cache, cache:
            assert cache.execute(f"update records set record = {change}").rowcount > 0
        assert kept_config(tmp_path) == load_config(tmp_path)


def test_what_changes_while_it_is_read_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config_of(tmp_path, TEXTS["repo"])

    def read(root: Path | None) -> Config:
        config_of(tmp_path, TEXTS["rules"])
        return load_config(root)

    monkeypatch.setattr(module, "load_config", read)
    kept_config(tmp_path)
    monkeypatch.setattr(module, "load_config", load_config)
    config_of(tmp_path, TEXTS["repo"])
    assert kept_config(tmp_path) == load_config(tmp_path)
