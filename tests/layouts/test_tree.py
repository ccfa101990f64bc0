"""The read-only view of a repo: links are followed inside it only, and every file is parsed once."""

from __future__ import annotations

import pytest

from rea_xcom_tui.layouts.find import find
from rea_xcom_tui.layouts.model import Options
from rea_xcom_tui.layouts.tree import LinkOut, Tree


def test_links_to_folders_and_files_are_followed_inside_the_repo() -> None:
    view = Tree(
        ["base/a/values.yaml", "x/link", "y/again"],
        lambda path: b"a: 1",
        links={"x/link": "../base", "y/again": "../x/link/a"},
    )
    assert view.resolve("x/link/a/values.yaml") == "base/a/values.yaml"
    assert view.read("y/again/values.yaml") == b"a: 1"
    assert view.is_folder("y/again")
    assert list(view.inside("x")) == [("x/link", True)]


@pytest.mark.parametrize("target", ["/etc/passwd", "../../outside", "link"])
def test_a_link_out_or_in_a_circle_is_refused(target: str) -> None:
    view = Tree(["x/link"], lambda path: b"", links={"x/link": target})
    with pytest.raises(LinkOut):
        view.read("x/link")


def test_a_path_that_leaves_the_repo_is_refused() -> None:
    view = Tree(["a/b.yaml"], lambda path: b"")
    assert view.join("a", "./b.yaml") == "a/b.yaml"
    assert view.join("a", "/a/b.yaml") == "a/b.yaml"
    assert view.join("a", "..") == ""
    with pytest.raises(LinkOut):
        view.join("a", "../../b.yaml")


def test_a_file_is_read_and_parsed_once() -> None:
    asked: list[str] = []

    def read(path: str) -> bytes:
        asked.append(path)
        return b"a: 1\n---\nb: 2\n"

    view = Tree(["v.yaml"], read)
    first = view.documents("v.yaml")
    assert first is view.documents("v.yaml")
    assert asked == ["v.yaml"]
    assert first is not None
    assert [root.entries[0][0].name for root in first.roots] == ["a", "b"]
    assert view.documents("missing.yaml") is None


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/team/repo.git",
        "https://user@git.example.com:443/team/repo",
        "git@git.example.com:team/repo.git",
        "ssh://git@GIT.example.com/team/repo/",
    ],
)
def test_a_repo_is_known_by_any_form_of_its_url(url: str) -> None:
    view = Tree([], lambda path: None, remotes=["git@git.example.com:team/repo.git"])
    assert view.is_here(url)
    assert not view.is_here("https://git.example.com/team/other.git")


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("git@github.com:Acme/Fleet.git", "https://github.com/acme/fleet"),
        ("ssh://git@ssh.github.com:443/acme/fleet.git", "https://github.com/acme/fleet"),
        ("git@ssh.dev.azure.com:v3/acme/data/fleet", "https://acme@dev.azure.com/acme/data/_git/fleet"),
        ("ssh://git@git.example.com:7999/data/fleet.git", "https://git.example.com/scm/data/fleet.git"),
    ],
)
def test_hosts_with_two_forms_of_a_url_have_one_repo(remote: str, url: str) -> None:
    view = Tree([], lambda path: None, remotes=[remote])
    assert view.is_here(url)
    assert not view.is_here(url.replace("fleet", "other"))


def test_without_remotes_an_existing_path_tells_that_a_url_is_this_repo() -> None:
    view = Tree(["apps/a/Chart.yaml"], lambda path: b"")
    assert view.is_here("https://git.example.com/x.git", "apps/a")
    assert not view.is_here("https://git.example.com/x.git", "apps/b")


def test_what_is_in_a_folder_is_found_through_links_and_links_out_are_left_out() -> None:
    links = {"live": "base", "base/out": "/etc", "base/more": "../other", "base/nowhere": "gone"}
    view = Tree(["base/a.yaml", "base/sub/b.yaml", "other/c.yaml", *links], lambda path: b"", links=links)
    assert list(view.inside("live")) == [("live/a.yaml", False), ("live/sub", True), ("live/more", True)]
    assert list(view.inside("missing")) == []


def test_a_manifest_of_the_agent_that_is_no_yaml_is_told() -> None:
    head = "apiVersion: argoproj.io/v1alpha1\nkind: Application\nchart: astro-remote-execution-agent\n"
    files = {
        "deep.yaml": head + "x: " + "[" * 3000,
        "other.yaml": head.replace("astro", "other") + "x: [",
        "a.txt": head,
    }
    view = Tree(files, lambda path: files[path].encode())
    (problem,) = find(view, Options()).problems
    assert (problem.file, problem.line) == ("deep.yaml", 4)
    assert "It looks like a manifest that deploys the agent, but the file is not YAML at line 4" in problem.sentence
