"""The programs that stand around a commit in real repos: the pre-commit framework, filters, signing.

What a machine may lack has a stand-in that works alike; the real program is used beside it wherever it is installed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from rea_xcom_tui.gitops import CommitRefused
from tests.gitops.conftest import LINES, VALUES, edit, refused
from tests.work import Work

LONG = "\n".join(LINES) + "\n"
"""Thirty lines, so that the user's changes and ours lie apart."""


def mixed(work: Work) -> None:
    """The user stages one line of the file, changes another, and has work in another file too."""
    work.write(VALUES, work.read(VALUES).replace(b"k5: 5", b"k5: STAGED"))
    work.git("add", VALUES)
    work.write(VALUES, work.read(VALUES).replace(b"k15: 15", b"k15: DIRTY"))


def installed(*programs: str) -> bool:
    return all(shutil.which(program) for program in programs)


# The pre-commit framework

CONFIG = """
repos:
  - repo: local
    hooks:
      - id: tidy
        name: tidy
        language: system
        entry: {entry}
        files: values[.]yaml$
"""


@pytest.fixture
def framework(work: Work, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Gives a repo whose hook is the framework's, with one hook of its own that runs a shell command on the files."""
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")

    def install(script: str) -> None:
        work.write("tidy.sh", f"#!/bin/sh\n{script}\n")
        (work.root / "tidy.sh").chmod(0o755)
        work.write(".pre-commit-config.yaml", CONFIG.format(entry="./tidy.sh"))
        work.write(VALUES, LONG)
        work.write("other.txt", "one\n")
        work.commit_all("set up")
        subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=work.root, check=True, capture_output=True)

    return install


@pytest.mark.parametrize("beside", [False, True], ids=["plain", "mixed"])
def test_the_framework_sees_the_edit_alone_and_keeps_the_users_work(
    work: Work, framework: Callable[[str], None], beside: bool
) -> None:
    framework('echo "$@" > .git/seen; cp "$1" .git/content')
    work.write("other.txt", "staged\n")
    work.git("add", "other.txt")
    work.write("other.txt", "dirty\n")
    work.write("untracked.txt", "mine\n")
    if beside:
        mixed(work)
    result = work.open().commit(edit(work, old=b"k25: 25", new=b"k25: OURS"), "ours")
    assert result.changed_by_hook == ()
    assert (work.root / ".git/seen").read_text().split() == [VALUES]
    assert (work.root / ".git/content").read_text() == LONG.replace("k25: 25", "k25: OURS")
    assert work.changed_lines() == ["-k25: 25", "+k25: OURS"]
    assert (b"DIRTY" in work.read(VALUES), b"STAGED" in work.staged(VALUES)) == (beside, beside)
    assert (work.staged("other.txt"), work.read("other.txt"), work.read("untracked.txt")) == (
        b"staged\n",
        b"dirty\n",
        b"mine\n",
    )


def test_a_hook_of_the_framework_that_mends_the_file_stops_the_commit(
    work: Work, framework: Callable[[str], None]
) -> None:
    framework("sed -i 's/k25: OURS/k25: ours/' \"$@\"")
    head = work.head()
    changes = edit(work, old=b"k25: 25", new=b"k25: OURS")
    with pytest.raises(CommitRefused, match=f"A hook .pre-commit.* The hook changed {VALUES}; look at that") as caught:
        work.open().commit(changes, "ours")
    assert "files were modified by this hook" in caught.value.output
    assert work.head() == head
    assert work.read(VALUES) == LONG.replace("k25: 25", "k25: ours").encode()
    assert work.status() == [f" M {VALUES}"]


# Filters between file and blob

LFS = """#!/bin/sh
store=.git/lfs-stand-in
if [ $1 = clean ]; then
    mkdir -p $store
    cat > $store/new
    name=$(sha256sum < $store/new | cut -d ' ' -f 1)
    size=$(wc -c < $store/new)
    mv $store/new $store/$name
    printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:%s\\nsize %s\\n' $name $size
else
    cat $store/$(sed -n 's/^oid sha256://p')
fi
"""

CRYPT = """#!/bin/sh
if [ $1 = clean ]; then
    printf '\\0CRYPTED\\0' && tr a-z0-9 b-za1-90
else
    tail -c +10 | tr b-za1-90 a-z0-9
fi
"""


def stand_in(work: Work, name: str, program: str) -> None:
    path = work.root / ".git" / name
    path.write_text(program)
    path.chmod(0o755)
    for side in ("clean", "smudge"):
        work.git("config", f"filter.{name}.{side}", f"{path} {side}")
    work.git("config", f"filter.{name}.required", "true")


def lfs_stand_in(work: Work) -> None:
    stand_in(work, "lfs", LFS)


def lfs(work: Work) -> None:
    work.git("lfs", "install", "--local")


def crypt_stand_in(work: Work) -> None:
    stand_in(work, "git-crypt", CRYPT)


def git_crypt(work: Work) -> None:
    subprocess.run(["git-crypt", "init"], cwd=work.root, check=True, capture_output=True)


FILTERS = [("lfs", lfs_stand_in), ("git-crypt", crypt_stand_in)]
FILTERS += [("lfs", lfs)] if installed("git-lfs") else []
FILTERS += [("git-crypt", git_crypt)] if installed("git-crypt") else []


@pytest.mark.parametrize(("name", "set_up"), FILTERS, ids=lambda part: part if isinstance(part, str) else part.__name__)
def test_what_goes_through_a_filter_stays_behind_it(work: Work, name: str, set_up: Callable[[Work], None]) -> None:
    set_up(work)
    work.write(".gitattributes", f"*.yaml filter={name}\n")
    work.write(VALUES, LONG)
    work.git("add", "--renormalize", ".")
    work.commit_all("through the filter")
    work.open().commit(edit(work, old=b"k25: 25", new=b"k25: OURS"), "plain")
    assert stored(work, name) == LONG.replace("k25: 25", "k25: OURS").encode()
    assert work.status() == []
    mixed(work)
    work.open().commit(edit(work, old=b"k20: 20", new=b"k20: OURS"), "mixed")
    ours = LONG.replace("k25: 25", "k25: OURS").replace("k20: 20", "k20: OURS")
    assert stored(work, name) == ours.encode()
    assert b"k5: STAGED" in work.raw("cat-file", "--filters", f":{VALUES}")
    assert b"k15: DIRTY" in work.read(VALUES)
    assert work.status() == [f"MM {VALUES}"]


def stored(work: Work, name: str) -> bytes:
    """What the commit holds, as the filter gives it back; the blob itself must not have it in clear."""
    blob = work.committed(VALUES)
    assert b"k1: 1" not in blob
    assert blob.startswith(b"version https://git-lfs" if name == "lfs" else b"\0")
    content = work.raw("cat-file", "--filters", f"HEAD:{VALUES}")
    if name == "lfs":
        assert hashlib.sha256(content).hexdigest().encode() in blob
    return content


# Signing

PHRASE = "open sesame"

GPG_STAND_IN = """#!/bin/sh
cat > /dev/null
[ -e {unlocked} ] || {{ echo 'gpg: signing failed: No pinentry' >&2; exit 2; }}
echo '[GNUPG:] BEGIN_SIGNING H8' >&2
echo '[GNUPG:] SIG_CREATED D 22 8 00 1 ABCDEF' >&2
printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'
"""


class Signer:
    """A key with a passphrase that nobody can be asked for, set up to sign every commit of a repo."""

    def __init__(self, work: Work, folder: Path) -> None:
        work.git("config", "commit.gpgSign", "true")
        self.work, self.unlocked, self.program = work, folder / "unlocked", folder / "gpg"
        self.program.write_text(GPG_STAND_IN.format(unlocked=self.unlocked))
        self.program.chmod(0o755)
        self.work.git("config", "gpg.program", str(self.program))

    def unlock(self) -> None:
        self.unlocked.touch()

    def good(self) -> bool:
        """Whether the newest commit has a signature that holds."""
        return "gpgsig -----BEGIN PGP SIGNATURE-----" in self.work.git("cat-file", "commit", "HEAD")


class SshSigner(Signer):
    def __init__(self, work: Work, folder: Path) -> None:
        super().__init__(work, folder)
        self.key = folder / "key"
        self._keygen("-q", "-t", "ed25519", "-N", PHRASE)
        allowed = folder / "allowed"
        allowed.write_text("ann@example.com " + self.key.with_suffix(".pub").read_text())
        settings = {"gpg.format": "ssh", "user.signingKey": self.key, "gpg.ssh.allowedSignersFile": allowed}
        for name, value in settings.items():
            work.git("config", name, str(value))

    def _keygen(self, *arguments: str) -> None:
        subprocess.run(["ssh-keygen", *arguments, "-f", str(self.key)], check=True, capture_output=True)

    def unlock(self) -> None:
        self._keygen("-q", "-p", "-N", "", "-P", PHRASE)

    def good(self) -> bool:
        return self.work.git("log", "-1", "--format=%G?") == "G\n"


class GpgSigner(Signer):
    def __init__(self, work: Work, folder: Path) -> None:
        super().__init__(work, folder)
        work.git("config", "--unset", "gpg.program")
        user = ["--quick-generate-key", "Ann <ann@example.com>", "ed25519", "sign", "never"]
        self._gpg("--passphrase", PHRASE, *user)
        subprocess.run(["gpgconf", "--reload", "gpg-agent"], check=True, capture_output=True)

    def _gpg(self, *arguments: str) -> None:
        command = ["gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", *arguments]
        subprocess.run(command, input=b"x", check=True, capture_output=True)

    def unlock(self) -> None:
        """Let the agent keep the passphrase, as it does after a prompt of its own."""
        self._gpg("--passphrase", PHRASE, "--sign", "-o", "-")

    def good(self) -> bool:
        return self.work.git("log", "-1", "--format=%G?") in ("G\n", "U\n")


SIGNERS: dict[str, type[Signer]] = {"stand-in": Signer}
SIGNERS |= {"ssh": SshSigner} if installed("ssh-keygen") else {}
SIGNERS |= {"gpg": GpgSigner} if installed("gpg", "gpgconf") else {}


@pytest.fixture
def keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A GnuPG home of its own; in a short path, because its sockets lie there."""
    with tempfile.TemporaryDirectory(prefix="g-") as folder:
        Path(folder).chmod(0o700)
        monkeypatch.setenv("GNUPGHOME", folder)
        Path(folder, "gpg-agent.conf").write_text("allow-loopback-pinentry\npinentry-program /bin/false\n")
        yield
        if installed("gpgconf"):
            subprocess.run(["gpgconf", "--kill", "gpg-agent"], check=False, capture_output=True)


@pytest.mark.parametrize("signer", SIGNERS.values(), ids=SIGNERS)
@pytest.mark.usefixtures("keyring")
def test_a_locked_key_refuses_and_an_unlocked_one_signs(work: Work, tmp_path: Path, signer: type[Signer]) -> None:
    work.write(VALUES, LONG)
    work.commit_all()
    made = signer(work, tmp_path)
    changes = edit(work, old=b"k25: 25", new=b"k25: OURS")
    assert refused(work, changes, "could not sign the commit; unlock").output
    made.unlock()
    work.open().commit(changes, "plain")
    assert made.good()
    mixed(work)
    work.open().commit(edit(work, old=b"k20: 20", new=b"k20: OURS"), "mixed")
    assert made.good()
    assert work.changed_lines() == ["-k20: 20", "+k20: OURS"]
