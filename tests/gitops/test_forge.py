from __future__ import annotations

import pytest

from rea_xcom_tui.gitops import pull_request_url
from rea_xcom_tui.gitops.forge import printed_url
from rea_xcom_tui.user.settings import Forge

B = "rea%2Fxcom%20%231"
GITLAB = f"-/merge_requests/new?merge_request%5Bsource_branch%5D={B}&merge_request%5Btarget_branch%5D=main"
AZURE = f"pullrequestcreate?sourceRef={B}&targetRef=main"
SERVER = f"pull-requests?create&sourceBranch=refs%2Fheads%2F{B}&targetBranch=refs%2Fheads%2Fmain"
COMPARE = "compare/main...rea/xcom%20%231"

REMOTES = {
    "https://github.com/o/r.git": f"https://github.com/o/r/{COMPARE}?expand=1",
    "git@github.com:o/r.git": f"https://github.com/o/r/{COMPARE}?expand=1",
    "ssh://git@ssh.github.com:443/o/r.git": f"https://github.com/o/r/{COMPARE}?expand=1",
    "https://x-access-token:SECRET@github.com/o/r": f"https://github.com/o/r/{COMPARE}?expand=1",
    "https://github.corp.example:8443/o/r.git": f"https://github.corp.example:8443/o/r/{COMPARE}?expand=1",
    "git@gitlab.com:g/sub/sub2/r.git": f"https://gitlab.com/g/sub/sub2/r/{GITLAB}",
    "ssh://git@gitlab.corp.example:2222/g/r.git": f"https://gitlab.corp.example/g/r/{GITLAB}",
    "https://bitbucket.org/ws/r.git": f"https://bitbucket.org/ws/r/pull-requests/new?source={B}&dest=main",
    "https://bitbucket.corp.example/scm/prj/r.git": f"https://bitbucket.corp.example/projects/PRJ/repos/r/{SERVER}",
    "ssh://git@bitbucket.corp.example:7999/~ann/r.git": f"https://bitbucket.corp.example/users/ann/repos/r/{SERVER}",
    "https://git.corp.example/scm/prj/r.git": f"https://git.corp.example/projects/PRJ/repos/r/{SERVER}",
    "https://dev.azure.com/org/My%20Proj/_git/r": f"https://dev.azure.com/org/My%20Proj/_git/r/{AZURE}",
    "git@ssh.dev.azure.com:v3/org/proj/r": f"https://dev.azure.com/org/proj/_git/r/{AZURE}",
    "org@vs-ssh.visualstudio.com:v3/org/proj/r": f"https://org.visualstudio.com/proj/_git/r/{AZURE}",
    "https://org.visualstudio.com/proj/_git/r": f"https://org.visualstudio.com/proj/_git/r/{AZURE}",
    "https://codeberg.org/o/r.git": f"https://codeberg.org/o/r/{COMPARE}",
    "git@git.corp.example:o/r.git": None,
    "git@ssh.dev.azure.com:v3/org": None,
    "https://bitbucket.corp.example/scm/prj/sub/r.git": None,
    "/srv/git/github.com/r.git": None,
    "file:///srv/github.com/r.git": None,
    "ext::sh -c x": None,
    "../github.com/r.git": None,
    "codecommit::us-east-1://r": None,
    "https://github.com:notaport/o/r": None,
    "https://github.com": None,
    "C:\\github.com\\r": None,
    "": None,
}


@pytest.mark.parametrize(("remote", "expected"), REMOTES.items(), ids=list(REMOTES))
def test_pull_request_url(remote: str, expected: str | None) -> None:
    assert pull_request_url(remote, "rea/xcom #1", "main") == expected


def test_a_host_that_is_configured() -> None:
    forges: dict[str, Forge] = {"git.corp.example": "gitea"}
    url = pull_request_url("git@git.corp.example:o/r.git", "b", "main", forges)
    assert url == "https://git.corp.example/o/r/compare/main...b"


def test_the_servers_own_words() -> None:
    lines = [
        "remote: Resolving deltas: 100% (1/1)",
        "remote: see https://status.example/ first",
        "remote: Create a pull request for 'b' on GitHub by visiting:\x1b[31m",
        "remote:      https://github.com/o/r/pull/new/b\x1b[0m",
        "To https://github.com/o/r/compare",
    ]
    assert printed_url(lines) == "https://github.com/o/r/pull/new/b"
    assert printed_url(lines[:3]) is None
