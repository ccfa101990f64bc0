"""Pushes to real servers on loopback: git's daemon, git's HTTP backend, with and without a password."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import PushFailed, Watch, progress_of
from tests.gitops.conftest import edit
from tests.servers import git_daemon, http_backend
from tests.work import Work

LOGIN = "ann:open sesame"


@pytest.fixture
def bare(work: Work, tmp_path: Path) -> Work:
    """The bare repo `srv/fleet.git`, which has the main branch of `work`."""
    base = tmp_path / "srv"
    base.mkdir()
    work.git("clone", "-q", "--bare", str(work.root), str(base / "fleet.git"))
    work.git("remote", "add", "origin", "set by each test")
    work.open().commit(edit(work), "ours", branch="rea/new")
    return Work(base / "fleet.git")


def test_git_daemon(work: Work, bare: Work) -> None:
    bare.git("config", "daemon.receivepack", "true")
    with git_daemon(bare.root.parent) as address:
        work.git("remote", "set-url", "origin", f"{address}/fleet.git")
        assert work.open().push("rea/new").status == "new"
        assert bare.git("rev-parse", "rea/new").strip() == work.head()
        assert work.open().push("rea/new").status == "up-to-date"
        work.git("remote", "set-url", "origin", f"{address}/nowhere.git")
        with pytest.raises(PushFailed, match=r"not exported|does not appear|access denied") as caught:
            work.open().push("rea/new")
        assert caught.value.kind == "other"


def test_the_http_backend_reports_progress_and_the_hooks_words(work: Work, bare: Work) -> None:
    bare.hook("pre-receive", "echo 'policy: tickets only' >&2; exit 1")
    heard: list[str] = []
    with http_backend(bare.root.parent) as address:
        work.git("remote", "set-url", "origin", f"{address}/fleet.git")
        bare.git("config", "http.receivepack", "true")
        with pytest.raises(PushFailed, match="policy: tickets only") as caught:
            work.open().push("rea/new", watch=Watch(on_line=heard.append))
        assert caught.value.kind == "refused"
        bare.hook("pre-receive", "exit 0")
        assert work.open().push("rea/new", watch=Watch(on_line=heard.append)).status == "new"
    assert any(progress_of(line) for line in heard)
    assert bare.git("rev-parse", "rea/new").strip() == work.head()


def test_a_server_that_asks_for_a_password(work: Work, bare: Work, tmp_path: Path) -> None:
    helper = tmp_path / "helper"
    helper.write_text("#!/bin/sh\n[ $1 = get ] && printf 'username=ann\\npassword=open sesame\\n'\n")
    helper.chmod(helper.stat().st_mode | stat.S_IXUSR)
    with http_backend(bare.root.parent, LOGIN) as address:
        work.git("remote", "set-url", "origin", f"{address}/fleet.git")
        with pytest.raises(PushFailed, match="did not accept who you are") as caught:
            work.open().push("rea/new")
        assert caught.value.kind == "authentication"
        assert "rea/new" not in bare.git("branch", "--list")
        work.git("config", "--global", "credential.helper", str(helper))
        assert work.open().push("rea/new").status == "new"
        work.git("config", "--global", "--unset", "credential.helper")
        work.git("remote", "set-url", "origin", f"{address.replace('//', '//ann:wrong@')}/fleet.git")
        repository = work.open()
        with pytest.raises(PushFailed) as caught:
            repository.push("main")
    assert caught.value.kind == "authentication"
    shown = str(caught.value) + caught.value.output + str(repository.log.records())
    assert "wrong" not in shown
    assert "sesame" not in shown
