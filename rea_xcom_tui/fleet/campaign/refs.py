"""Which revision a person means by a branch or a pull request, and what it is to be merged into."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.qualified import in_repo
from rea_xcom_tui.text import clean

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Repository

_NUMBER = re.compile(r"(?:[#!]|(?:pull|pr|mr|pulls|merge-requests|merge_requests)/)?([0-9]{1,9})", re.IGNORECASE)
_PAGE = re.compile(r"https?://\S+/(?:pull|pulls|pull-requests|merge_requests|pullrequest)/([0-9]{1,9})(?:[/?#]\S*)?")
"""A pull request's page; GitLab has `/-` before what is about a repo."""
_FETCHED = (
    "refs/remotes/{remote}/pr/{number}",
    "refs/remotes/{remote}/pull/{number}/head",
    "refs/remotes/{remote}/pull/{number}",
    "refs/remotes/{remote}/merge-requests/{number}",
    "refs/remotes/{remote}/pull-requests/{number}/from",
    "refs/heads/pr/{number}",
    "refs/heads/pull/{number}",
    "refs/pull/{number}/head",
    "refs/merge-requests/{number}/head",
)
"""Where the usual fetch settings keep a pull request's commits (GitHub, GitLab, Bitbucket, and by hand)."""


def resolve_ref(repository: Repository, text: str) -> str:
    """The revision that a branch's name, or a pull request's number or page, stands for.

    Raises `ToolError`: of a pull request that is not here, with the command that fetches it.
    """
    page = _PAGE.fullmatch(text.strip())
    number = page or _NUMBER.fullmatch(text.strip())
    if page is None:
        with suppress(ToolError):
            # A short number may be the beginning of a commit's id, too; nobody means that one.
            if number is None or not text.isdigit():
                repository.resolve(text)
                return text
    if number is None:
        repository.resolve(text)  # which says what is wrong with it
        return text
    remotes = repository.remotes() or ["origin"]
    for pattern in _FETCHED:
        for remote in remotes:
            name = pattern.format(remote=remote, number=number[1])
            with suppress(ToolError):
                repository.resolve(name)
                return name
    with suppress(ToolError):
        repository.resolve(text)
        return text
    remote = repository.default_remote() or remotes[0]
    raise ToolError(
        f"pull request {number[1]} has not been fetched into this clone; fetch it with `git fetch {clean(remote)} "
        f"pull/{number[1]}/head:pr/{number[1]}` (GitLab: merge-requests/{number[1]}/head), then review pr/{number[1]}"
    )


def refs_in(workspace: Workspace, text: str) -> dict[str, str]:
    """The revision that a text stands for in each repo that has it, by the repo's name.

    `NAME:BRANCH` means the branch in one of several repos. A pull request is one repo's: its page says which by the
    address of a remote, its number where only one repo has fetched such a one. Raises `ToolError` where no repo has it.
    """
    repos = dict(workspace.each())
    if "" in repos:
        return {"": resolve_ref(repos[""].repository, text)}
    named, colon, rest = text.partition(":")
    if colon and named in repos:
        with in_repo(named):
            return {named: resolve_ref(repos[named].repository, rest)}
    page = _PAGE.fullmatch(text.strip())
    if page is not None:
        repos = {repo: member for repo, member in repos.items() if _is_page_of(text, member.repository)} or repos
    found: dict[str, str] = {}
    problem: ToolError | None = None
    for repo, member in repos.items():
        try:
            found[repo] = resolve_ref(member.repository, text)
        except ToolError as error:
            problem = error
    if not found:
        assert problem is not None
        if len(repos) == 1:
            with in_repo(next(iter(repos))):
                raise problem
        raise ToolError(f"none of the repos {', '.join(map(clean, repos))} has {clean(text)}; name a branch of one")
    if len(found) > 1 and (page is not None or _NUMBER.fullmatch(text.strip())):
        raise ToolError(_ambiguous(text, found))
    return found


def _ambiguous(text: str, found: Mapping[str, str]) -> str:
    first = clean(next(iter(found)))
    return (
        f"a pull request is of one repo, and {' and '.join(map(clean, found))} have a {clean(text)}; say which, as in "
        f"{first}:{clean(text)}"
    )


def _is_page_of(page: str, repository: Repository) -> bool:
    """Whether a pull request's page is on the web pages of one of a repo's remotes."""
    from rea_xcom_tui.gitops.forge import parse_remote

    for remote in repository.remotes():
        address = parse_remote(repository.remote_url(remote))
        if address is not None and f"//{address.host}/{address.path}/" in page.replace(f":{address.port}", ""):
            return True
    return False


def default_onto(repository: Repository, commit: str) -> str:
    """What a commit is to be merged into: the remote's default branch, else main or master, else what is checked out.

    One that is the commit itself says nothing, unless there is no other. Raises `ToolError` without any commit.
    """
    remote = repository.default_remote(repository.branch())
    default = repository.default_branch(remote) if remote is not None else None
    offered = [f"{remote}/{default}"] if default is not None else []
    found: list[str] = []
    for name in (*offered, "main", "master", "HEAD"):
        with suppress(ToolError):
            if repository.resolve(name) != commit:
                return name
            found.append(name)
    if not found:
        raise ToolError("there is no commit yet, so there is nothing that a branch could be merged into")
    return found[0]
