"""Where on the web a pull request for a pushed branch is opened.

The server's own words come first: GitHub, GitLab, Bitbucket and Gitea print the address when a branch is
pushed. Where a server says nothing, the address is derived from the remote's URL; the patterns are those of
the forges' own web pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import msgspec

if TYPE_CHECKING:
    from rea_xcom_tui.user.settings import Forge

_KNOWN_HOSTS: tuple[tuple[Forge, re.Pattern[str]], ...] = (
    ("github", re.compile(r"(^|\.)github\.|(^|\.)ghe\.com$")),
    ("gitlab", re.compile(r"(^|\.)gitlab\.")),
    ("azure", re.compile(r"(^|\.)dev\.azure\.com$|\.visualstudio\.com$")),
    ("bitbucket", re.compile(r"^bitbucket\.org$")),
    ("bitbucket-server", re.compile(r"(^|\.)(bitbucket|stash)\.")),
    ("gitea", re.compile(r"(^|\.)(gitea|forgejo)\.|^codeberg\.org$")),
)
_SCHEMES = frozenset({"https", "http", "ssh", "git", "git+ssh", "ssh+git"})
_SHORT_FORM = re.compile(r"(?:[^@/\s]+@)?(?P<host>\[[0-9a-fA-F:]+\]|[^:/\s]+):(?!//)(?P<path>.+)")
_PRINTED = re.compile(r"^remote:\s.*?(?P<url>https?://[^\s\x00-\x1f\x7f]+)")
_LEADS_TO_REQUEST = re.compile(r"compare|pull|merge_request|merge-request")


class RemoteAddress(msgspec.Struct, frozen=True):
    """Where a remote is, without user name and password."""

    host: str
    port: int | None
    """Only where the web pages are behind it too; the port of an SSH server says nothing about them."""
    path: str
    """Without the slashes around it and without `.git`."""

    @property
    def web(self) -> str:
        """The start of the host's web addresses."""
        return f"https://{self.host}" + (f":{self.port}" if self.port else "")


def parse_remote(url: str) -> RemoteAddress | None:
    """Read a remote's URL, or return None for a local path or a transport that has no web pages."""
    if "::" in url.split("/")[0] or url.startswith((".", "/", "~")) or re.match(r"[A-Za-z]:[\\/]", url):
        return None
    port: int | None = None
    if "://" in url:
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES:
            return None
        try:
            port = parts.port if parts.scheme in ("http", "https") else None
        except ValueError:
            return None
        host, path = parts.hostname or "", parts.path
    else:
        short = _SHORT_FORM.fullmatch(url)
        if short is None:
            return None
        host, path = short["host"].strip("[]"), short["path"]
    host = "github.com" if host.lower() == "ssh.github.com" else host.lower()
    path = path.strip("/").removesuffix(".git")
    return RemoteAddress(host, port, path) if host and path else None


def forge_of(address: RemoteAddress, configured: Mapping[str, Forge] | None = None) -> Forge | None:
    """Return which forge runs on the host: as `configured` per host, else by its name, else None."""
    if configured and address.host in configured:
        return configured[address.host]
    for forge, pattern in _KNOWN_HOSTS:
        if pattern.search(address.host):
            return forge
    return "bitbucket-server" if address.path.startswith("scm/") else None


def pull_request_url(
    remote_url: str, branch: str, target: str, configured: Mapping[str, Forge] | None = None
) -> str | None:
    """Return the page on which a pull request of `branch` into `target` is opened.

    None where the remote has no web pages, or nobody knows which forge it is.
    """
    address = parse_remote(remote_url)
    forge = None if address is None else forge_of(address, configured)
    if address is None or forge is None:
        return None
    path = quote(unquote(address.path), safe="/~@")
    source, into = quote(branch, safe=""), quote(target, safe="")
    page = f"{address.web}/{path}"
    compare = f"{page}/compare/{quote(target, safe='/')}...{quote(branch, safe='/')}"
    match forge:
        case "github":
            return f"{compare}?expand=1"
        case "gitea":
            return compare
        case "gitlab":
            return (
                f"{page}/-/merge_requests/new?merge_request%5Bsource_branch%5D={source}"
                f"&merge_request%5Btarget_branch%5D={into}"
            )
        case "bitbucket":
            return f"{page}/pull-requests/new?source={source}&dest={into}"
        case "bitbucket-server":
            return _bitbucket_server(address.web, path, branch, target)
        case "azure":
            return _azure(address, path, source, into)


def _bitbucket_server(web: str, path: str, branch: str, target: str) -> str | None:
    parts = re.fullmatch(r"(?:scm/)?(~?[^/]+)/([^/]+)", path)
    if parts is None:
        return None
    owner, repo = parts.groups()
    project = f"users/{owner[1:]}" if owner.startswith("~") else f"projects/{owner.upper()}"
    source, into = quote(f"refs/heads/{branch}", safe=""), quote(f"refs/heads/{target}", safe="")
    return f"{web}/{project}/repos/{repo}/pull-requests?create&sourceBranch={source}&targetBranch={into}"


def _azure(address: RemoteAddress, path: str, source: str, into: str) -> str | None:
    page = f"{address.web}/{path}"
    if path.startswith("v3/"):  # the form of its SSH addresses
        parts = path.split("/")
        if len(parts) != 4:
            return None
        _, organisation, project, repo = parts
        old = "visualstudio" in address.host
        start = f"https://{organisation}.visualstudio.com" if old else f"https://dev.azure.com/{organisation}"
        page = f"{start}/{project}/_git/{repo}"
    return f"{page}/pullrequestcreate?sourceRef={source}&targetRef={into}"


def printed_url(lines: Iterable[str]) -> str | None:
    """Return the address of a pull request that the server printed while a branch was pushed."""
    for line in lines:
        found = _PRINTED.match(line)
        if found is not None and _LEADS_TO_REQUEST.search(found["url"]):
            return found["url"]
    return None
