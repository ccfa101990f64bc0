from __future__ import annotations

import http.server
import re
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import GitProblem, PushFailed, Repository, TrustStore, Watch, progress_of
from tests.gitops.conftest import VALUES, edit
from tests.work import Work


@pytest.fixture
def server(work: Work, tmp_path: Path) -> Work:
    """The server of `work`, which has its main branch."""
    work.git("init", "-q", "--bare", str(tmp_path / "server.git"))
    work.git("remote", "add", "origin", str(tmp_path / "server.git"))
    work.git("push", "-q", "-u", "origin", "main")
    return Work(tmp_path / "server.git")


def commit_on(work: Work, branch: str) -> str:
    return work.open().commit(edit(work), "ours", branch=branch).oid


def failed(work: Work, branch: str, watch: Watch | None = None) -> PushFailed:
    with pytest.raises(PushFailed) as caught:
        work.open().push(branch, watch=watch)
    return caught.value


def test_a_new_branch_then_again_then_more(work: Work, server: Work) -> None:
    oid = commit_on(work, "rea/new")
    heard: list[str] = []
    result = work.open().push("rea/new", watch=Watch(on_line=heard.append))
    assert (result.remote, result.branch, result.status) == ("origin", "rea/new", "new")
    assert server.git("rev-parse", "rea/new").strip() == oid
    assert work.open().state().upstream == "origin/rea/new"
    assert "Writing objects" in {found[0] for line in heard if (found := progress_of(line))}
    assert work.open().push("rea/new").status == "up-to-date"
    work.open().commit(edit(work, old=b"b: 1", new=b"b: 2"), "more")
    assert work.open().push("rea/new").status == "updated"
    assert server.git("rev-parse", "rea/new").strip() == work.head()


def test_a_server_that_is_ahead_is_never_overwritten(work: Work, server: Work, tmp_path: Path) -> None:
    work.git("clone", "-q", str(server.root), str(tmp_path / "other"))
    other = Work(tmp_path / "other")
    other.write("other.txt", "theirs\n")
    theirs = other.commit_all()
    other.git("push", "-q")
    work.open().commit(edit(work), "ours")
    work.git("config", "push.default", "matching")
    error = failed(work, "main")
    assert error.kind == "behind"
    assert "origin has commits on main that are not here" in str(error)
    assert error.exit_code == 2
    assert server.git("rev-parse", "main").strip() == theirs


def test_the_servers_refusal_is_quoted(work: Work, server: Work) -> None:
    commit_on(work, "rea/new")
    server.hook("pre-receive", "printf 'policy: \\033[31mno\\033[0m\\n' >&2; exit 1")
    error = failed(work, "rea/new")
    assert error.kind == "refused"
    assert str(error) == "origin refused the branch rea/new: policy: \x1b[31mno\x1b[0m"
    assert "pre-receive hook declined" in error.output
    assert not any(progress_of(line) for line in re.split(r"[\r\n]", error.output))


def test_the_pull_request_that_the_server_names(work: Work, server: Work) -> None:
    commit_on(work, "rea/new")
    server.hook("pre-receive", "echo 'Create one: https://u:tok@forge.example/o/r/compare/main...n' >&2")
    result = work.open().push("rea/new")
    assert result.request_url == "https://forge.example/o/r/compare/main...n"
    assert result.messages == ("Create one: https://forge.example/o/r/compare/main...n",)


def test_push_options(work: Work, server: Work) -> None:
    commit_on(work, "rea/new")
    options = ["merge_request.create", "merge_request.title=x y"]
    assert work.open().push("rea/new", options=options).status == "new"
    server.git("config", "receive.advertisePushOptions", "true")
    server.hook("pre-receive", 'echo "$GIT_PUSH_OPTION_0, $GIT_PUSH_OPTION_1" >&2')
    work.open().commit(edit(work, old=b"b: 1", new=b"b: 2"), "more")
    assert work.open().push("rea/new", options=options).messages == (", ".join(options),)


def test_the_pre_push_hook(work: Work, server: Work) -> None:
    commit_on(work, "rea/new")
    work.hook("pre-push", "echo not on fridays >&2; exit 1")
    error = failed(work, "rea/new")
    assert error.kind == "hook"
    assert "not on fridays" in error.output


def test_what_cannot_be_pushed(work: Work) -> None:
    assert failed(work, "main").kind == "remote"
    work.git("remote", "add", "origin", "/nonexistent/r.git")
    assert "no branch nope" in str(failed(work, "nope"))
    assert "no branch --force" in str(failed(work, "--force"))
    error = failed(work, "main")
    assert error.kind == "other"
    assert "'/nonexistent/r.git' does not appear to be a git repository" in str(error)
    with pytest.raises(PushFailed, match="no such remote"):
        work.open().push("main", remote="/tmp/elsewhere.git")


def test_no_push_before_the_repo_is_trusted(work: Work, server: Work, tmp_path: Path) -> None:
    work.hook("pre-push", "exit 0")
    repository = Repository.open(work.root, trust=TrustStore(tmp_path / "trusted.json"))
    with pytest.raises(GitProblem, match="open for viewing only"):
        repository.push("main")


def test_which_remote_and_branch(work: Work, server: Work, tmp_path: Path) -> None:
    repository = work.open()
    assert repository.default_remote("main") == "origin"
    work.git("remote", "add", "fork", "https://me:tok3n@forge.example/me/r.git")
    assert repository.default_remote("new") == "origin"
    work.git("config", "remote.pushDefault", "fork")
    assert repository.default_remote("new") == repository.default_remote("main") == "fork"
    work.git("config", "branch.main.pushRemote", "origin")
    assert repository.default_remote("main") == "origin"
    assert repository.remotes() == ["fork", "origin"]
    assert repository.remote_url("fork") == "https://forge.example/me/r.git"
    work.git("remote", "set-url", "fork", "git@github.com:me/r.git")
    url = repository.pull_request_url("b", "main", remote="fork")
    assert url == "https://github.com/me/r/compare/main...b?expand=1"
    assert repository.default_branch("fork") is None
    assert repository.default_branch("origin") == "main"
    work.git("update-ref", "refs/remotes/origin/trunk", "HEAD")
    work.git("remote", "set-head", "origin", "trunk")
    assert repository.default_branch("origin") == "trunk"
    work.git("remote", "remove", "origin")
    work.git("config", "--unset", "remote.pushDefault")
    assert repository.default_remote() == "fork"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        yield listener.getsockname()[1]


def test_a_server_that_never_answers(work: Work, silent: int) -> None:
    work.git("remote", "add", "origin", f"http://127.0.0.1:{silent}/r.git")
    started = time.monotonic()
    error = failed(work, "main", watch=Watch(silence_limit=0.5))
    assert error.kind == "network"
    assert str(error) == "origin does not answer; push again later."
    assert time.monotonic() - started < 10


def test_a_push_can_be_cancelled(work: Work, silent: int) -> None:
    work.git("remote", "add", "origin", f"git://127.0.0.1:{silent}/r.git")
    watch = Watch()
    watch.on_start = lambda _: watch.cancelled.set()
    assert failed(work, "main", watch=watch).kind == "cancelled"


class WantsPassword(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("WWW-Authenticate", 'Basic realm="[red]r"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_a_server_that_wants_a_password(work: Work) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), WantsPassword) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            work.git("remote", "add", "origin", f"http://127.0.0.1:{server.server_port}/r.git")
            first = failed(work, "main")
            work.git("remote", "set-url", "origin", f"http://u:tok3n@127.0.0.1:{server.server_port}/r.git")
            second = failed(work, "main")
        finally:
            server.shutdown()
            thread.join()
    assert first.kind == second.kind == "authentication"
    assert "tok3n" not in str(second) + second.output


def test_ssh_has_no_terminal_to_ask_on(work: Work, tmp_path: Path) -> None:
    """The user's own ssh command is run as it is: the session of its own keeps it from asking."""
    program = tmp_path / "ssh"
    program.write_text(
        f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\n(read answer < /dev/tty) && touch {tmp_path}/asked\n'
        'echo "Permission denied (publickey)." >&2\nexit 255\n'
    )
    program.chmod(0o755)
    work.git("config", "core.sshCommand", f"{program} -i key")
    work.git("remote", "add", "origin", "git@forge.example:o/r.git")
    assert failed(work, "main").kind == "authentication"
    assert (tmp_path / "arguments").read_text().startswith("-i key ")
    assert "BatchMode" not in (tmp_path / "arguments").read_text()
    assert not (tmp_path / "asked").exists()


def test_the_log_has_no_secrets(work: Work) -> None:
    work.git("remote", "add", "origin", "http://u:tok3n@127.0.0.1:1/r.git")
    repository = work.open()
    with pytest.raises(PushFailed) as caught:
        repository.push("main")
    shown = [argument for record in repository.log.records() for argument in record.argv]
    assert "tok3n" not in "".join(shown) + str(caught.value) + caught.value.output


def test_progress_lines() -> None:
    assert progress_of("Writing objects:  45% (90/200), 1 KiB | 2 MiB/s") == ("Writing objects", 45)
    assert progress_of("remote: Resolving deltas: 100% (1/1), done.") == ("Resolving deltas", 100)
    assert progress_of("Schreibe Objekte: 100% (1/1), 1 KiB") == ("Schreibe Objekte", 100)
    assert progress_of("Écriture des objets: 7% (1/14)") == ("Écriture des objets", 7)
    assert progress_of("To /srv/r.git") is None


def test_values_path_is_on_the_server(work: Work, server: Work) -> None:
    commit_on(work, "rea/new")
    work.open().push("rea/new")
    assert server.committed(VALUES, "rea/new") == b"a: 2\nb: 1\nc: 1\n"
