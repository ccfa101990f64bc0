"""The wheel in a virtual environment of its own, made once, and its program started cheaply and often.

A start of Python with all that a command imports costs half a second, a hundred of them a minute. So one process of
that environment imports the program and forks for each call: the child has the arguments, folder, environment and
streams of a start of its own, and runs what the console script runs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BUILD = "import sys; from hatchling.build import build_wheel; build_wheel(sys.argv[1])"
_SERVER = """\
import ctypes, gc, importlib, json, os, pkgutil, struct, sys
import rea_xcom_tui
from rea_xcom_tui.__main__ import main
for module in pkgutil.walk_packages(rea_xcom_tui.__path__, "rea_xcom_tui."):
    if not module.name.startswith(("rea_xcom_tui.tui", "rea_xcom_tui.cli.browser", "rea_xcom_tui.__main__")):
        importlib.import_module(module.name)
for name in sys.argv[1].split(","):
    importlib.import_module(name)
gc.freeze()
for line in sys.stdin:
    call = json.loads(line)
    child = os.fork()
    if not child:
        for number, path in ((0, os.devnull), (1, call["out"]), (2, call["err"])):
            opened = os.open(path, os.O_RDWR)
            os.dup2(opened, number)
            os.close(opened)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")
        os.chdir(call["cwd"])
        os.environ.clear()
        os.environ.update(call["env"])
        if call["bound"]:
            libc, header, words = ctypes.CDLL(None), struct.pack("Ii", 0x20080522, 0), ctypes.create_string_buffer(24)
            for ability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, for this process and for those it starts
                libc.prctl(24, ability, 0, 0, 0)
            libc.capget(header, words)
            words[:] = struct.pack("6I", *(word & ~6 for word in struct.unpack("6I", words)))
            assert libc.capset(header, words) == 0
        sys.argv = call["argv"]
        code = 70
        try:
            main()
        except SystemExit as end:
            code = end.code
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(ended, flush=True)
"""
_SOON = "git,pydantic,ruamel.yaml,yaml,msgspec,platformdirs,hashlib,difflib,concurrent.futures"


class Installed:
    """The program of the wheel, in a folder that is there already."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run([sys.executable, "-c", _BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)
        (wheel,) = folder.glob("*.whl")
        venv.create(folder / "venv", with_pip=False, symlinks=True)
        scheme = {"base": str(folder / "venv"), "platbase": str(folder / "venv")}
        packages = Path(sysconfig.get_path("purelib", vars=scheme))
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(packages)
        # Dependencies come from the environment that runs the tests. A .pth within a folder that a .pth names is not
        # read, so the work tree's own editable install does not count here.
        (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
        self.python = folder / "venv/bin/python"
        self.program = folder / "venv/bin/rea-xcom-tui"
        self.program.write_text(f"#!{self.python}\nfrom rea_xcom_tui.__main__ import main\nmain()\n")
        self.program.chmod(0o755)
        self._server = subprocess.Popen(
            [self.python, "-c", _SERVER, _SOON], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._calls = 0

    def __call__(
        self, root: Path, *words: str, env: Mapping[str, str | None] | None = None, bound: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run the program with these words in a folder; a variable of None is taken away.

        With `bound`, permissions count for root too, as they do for everybody else.
        """
        self._calls += 1
        out, err = (self.folder / f"{self._calls}.{kind}" for kind in ("out", "err"))
        for path in (out, err):
            path.touch()
        call = {
            "argv": [str(self.program), *words], "cwd": str(root), "env": environment(env), "bound": bound,
            "out": str(out), "err": str(err),
        }  # fmt: skip
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps(call) + "\n")
        self._server.stdin.flush()
        code = int(self._server.stdout.readline())
        return subprocess.CompletedProcess(words, code, out.read_text("utf-8"), err.read_text("utf-8"))

    def start(
        self, root: Path, *words: str, env: Mapping[str, str | None] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The same as a start of its own, for what counts before the program's first line."""
        return subprocess.run(
            [self.program, *words], cwd=root, env=environment(env), stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", check=False,
        )  # fmt: skip

    def stop(self) -> None:
        """Let the process end that forks."""
        self._server.communicate()


def environment(changes: Mapping[str, str | None] | None) -> dict[str, str]:
    """The variables of the tests with these changes."""
    return {key: value for key, value in {**os.environ, **(changes or {})}.items() if value is not None}
