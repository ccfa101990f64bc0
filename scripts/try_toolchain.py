"""Tries what others run of this project with the real programs, from nothing, in a temporary folder.

    python scripts/try_toolchain.py                        all of it; some minutes, most of them for pip
    python scripts/try_toolchain.py pre-commit action      some of it

pre-commit: the framework itself clones this project at its newest commit, installs it and runs both hooks at a commit.
action: the steps of `action.yml`, one after the other, with the expressions and variables that GitHub would fill in.
gitlab: the script of the component, with the variables of a merge request, and pip from a folder with the wheel.
yaml-language-server: the server from npm, asked as an editor does about a baseline that names its schema.
taplo: `taplo lint` from npm on configuration files that name the schema which `rea-xcom-tui schema config` prints.

Needs git and Python; pip and npm fetch from their registries. Ends with 1 where something is not as it should be.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
BROKEN = "clusters/prod/payments/ledger/values.yaml"


class Place:
    """A folder with a home, this project as a git repo, and a fleet whose branch breaks one deployment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        home = folder / "home"
        home.mkdir()
        (home / ".gitconfig").write_text(
            "[user]\n\tname = Ann\n\temail = ann@example.com\n[init]\n\tdefaultBranch = main\n"
            '[protocol "file"]\n\tallow = always\n'
        )
        self.env = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "XDG_"))}
        self.env["HOME"] = str(home)
        self.tool = folder / "rea-xcom-tui"
        self("git", "clone", "-q", str(ROOT), str(self.tool), at=folder)
        self("git", "tag", "v0.1.0", at=self.tool)
        origin = folder / "origin"
        self(sys.executable, "-m", "rea_xcom_tui", "demo", str(origin), at=ROOT)
        self.fleet = folder / "fleet"
        self("git", "clone", "-q", str(origin), str(self.fleet), at=folder)
        self("git", "checkout", "-q", "-b", "topic")

    def __call__(
        self, *words: str, at: Path | None = None, env: Mapping[str, str] | None = None, ends: int | None = 0
    ) -> str:
        """Run a program in the fleet or elsewhere, and return what it said; it has to end with this code."""
        ran = subprocess.run(
            words, cwd=at or self.fleet, env={**self.env, **(env or {})}, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        if ends is not None and ran.returncode != ends:
            raise SystemExit(f"{' '.join(words)[:200]}: ended with {ran.returncode}, not {ends}\n{ran.stdout}")
        return ran.stdout

    def break_one(self) -> None:
        """Give one deployment a compression that Airflow refuses."""
        path = self.fleet / BROKEN
        path.write_text(path.read_text("utf-8").replace('"zip"', '"gz"').replace("value: zip", "value: gz"), "utf-8")


def expect(said: str, *words: str) -> None:
    """End the program where what was said lacks one of these words."""
    missing = [word for word in words if word not in said]
    if missing:
        raise SystemExit(f"{missing} is missing in\n{said}")


def pre_commit(place: Place) -> None:
    """Both hooks through the framework, at a commit that breaks something and at one that does not."""
    (place.fleet / ".pre-commit-config.yaml").write_text(
        f"repos:\n  - repo: {place.tool}\n    rev: v0.1.0\n    hooks:\n"
        "      - id: rea-xcom-tui-check\n        args: [--changed-since, main]\n"
        "      - id: rea-xcom-tui-drift\n        args: [--changed-since, main]\n"
    )
    place("git", "add", "-A")
    place("git", "commit", "-q", "-m", "hooks")
    framework = str(Path(sys.executable).with_name("pre-commit"))
    place(framework, "install")
    (place.fleet / "notes.md").write_text("words\n")
    place("git", "add", "-A")
    expect(place("git", "commit", "-m", "words only"), "no files to check", "Skipped")
    place.break_one()
    refused = place("git", "commit", "-am", "break it", ends=1)
    expect(refused, "rea-xcom-tui check", "Failed", "XC402", f"({BROKEN})")
    place("git", "checkout", "-q", ".")


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its `${{ ... }}` filled in."""
    return re.sub(r"\$\{\{ *([\w.-]+) *\}\}", lambda found: values[found[1]], str(text))


def action(place: Place) -> None:
    """Each step of the composite action, with a comment that is made and then updated."""
    definition: Any = yaml.safe_load((place.tool / "action.yml").read_text("utf-8"))
    runner, binaries, said = place.folder / "runner", place.folder / "bin", place.folder / "asked"
    for folder in (runner, binaries):
        folder.mkdir()
    (binaries / "python").symlink_to(sys.executable)
    gh = binaries / "gh"
    gh.write_text(f'#!/bin/sh\ncase "$*" in *--paginate*) cat {runner}/comments ;; *) echo "$*" >>{said} ;; esac\n')
    gh.chmod(0o755)
    (runner / "comments").write_text('[1, "hello"]\n')
    place.break_one()
    place("git", "commit", "-qam", "break it")
    for method in ("POST repos/o/r/issues/7/comments", "PATCH repos/o/r/issues/comments/9"):
        values = {f"inputs.{name}": str(one.get("default", "")) for name, one in definition["inputs"].items()}
        values |= {"inputs.comment": "true", "inputs.sarif-file": str(runner / "found.sarif"), "inputs.token": "t"}
        values |= {"github.base_ref": "main", "github.action_path": str(place.tool), "github.repository": "o/r"}
        values |= {"github.event.pull_request.number": "7"}
        files = {"GITHUB_OUTPUT": str(runner / "output"), "GITHUB_STEP_SUMMARY": str(runner / "summary")}
        usual = {**files, "RUNNER_TEMP": str(runner), "PATH": f"{binaries}:{place.env['PATH']}"}
        for step in definition["runs"]["steps"]:
            if "run" not in step or (step["name"] == "Install" and method.startswith("PATCH")):
                continue
            env = {name: filled(text, values) for name, text in step.get("env", {}).items()}
            told = place("bash", "-e", "-o", "pipefail", "-c", step["run"], env={**usual, **env}, ends=None)
            if step["name"] == "Run":
                expect(told, f"::error file={BROKEN},", "XC402")
                lines = dict(line.split("=", 1) for line in (runner / "output").read_text().splitlines())
                values |= {f"steps.run.outputs.{name}": text for name, text in lines.items()}
                assert json.loads((runner / "found.sarif").read_text())["runs"][0]["results"]
        place("bash", "-c", definition["runs"]["steps"][-1]["run"], env={"STATUS": lines["exit-code"]}, ends=1)
        expect(said.read_text(), method)
        marker = Path(lines["markdown-file"]).read_text().splitlines()[0]
        (runner / "comments").write_text(json.dumps([9, f"{marker}\nold"]) + "\n")


def gitlab(place: Place) -> None:
    """The component's script for a merge request that breaks something, and for one that does not."""
    place(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", str(place.folder / "dist"), ".", at=place.tool)
    head, job = yaml.safe_load_all((place.tool / "templates/rea-xcom-tui.yml").read_text("utf-8"))
    inputs = {name: str(one["default"]) for name, one in head["spec"]["inputs"].items()}

    def chosen(text: object) -> str:
        return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda found: inputs[found[1]], str(text))

    (run,) = job.values()
    env = {name: chosen(text) for name, text in run["variables"].items()}
    env |= {"CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main", "PIP_FIND_LINKS": str(place.folder / "dist")}
    own = place.folder / "component"
    # The job's folder for the tool is the container's own; here it is ours.
    script = "\n".join(chosen(line).replace("/tmp/rea-xcom-tui", str(own)) for line in run["script"])
    (place.folder / "bin").mkdir(exist_ok=True)
    python = place.folder / "bin/python"
    if not python.exists():
        python.symlink_to(sys.executable)
    env["PATH"] = f"{place.folder / 'bin'}:{place.env['PATH']}"
    place("bash", "-e", "-o", "pipefail", "-c", script, env=env, ends=0)
    place.break_one()
    place("git", "commit", "-qam", "break it")
    expect(place("bash", "-e", "-o", "pipefail", "-c", script, env=env, ends=1), "XC402")
    expect((place.fleet / "rea-xcom-tui.xml").read_text(), "<failure", "XC402")


def taplo(place: Place) -> None:
    """A configuration file that is right, and two that are not, with the schema named in the file."""
    place("npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(place.folder / "npm"), "@taplo/cli")
    program = str(place.folder / "npm/node_modules/.bin/taplo")
    schema = place(sys.executable, "-m", "rea_xcom_tui", "schema", "config", at=ROOT)
    (place.fleet / "config.schema.json").write_text(schema)
    file = place.fleet / ".rea-xcom-tui.toml"
    begin = "#:schema ./config.schema.json\n"
    file.write_text(f'{begin}[layouts.clusters.eu]\nlabels = {{ env = "prod" }}\n')
    place(program, "lint", file.name)
    for wrong in ('[layouts]\nengine = "5"\n', "[layouts]\nmanifets = []\n"):
        file.write_text(begin + wrong)
        expect(place(program, "lint", file.name, ends=1), "schema validation failed")
    file.unlink()


def yaml_language_server(place: Place) -> None:
    """What an editor is told of a baseline that names its schema: problems, and a key's meaning."""
    server = "yaml-language-server"
    place("npm", "install", "--silent", "--no-fund", "--no-audit", "--prefix", str(place.folder / "npm"), server)
    schema = place(sys.executable, "-m", "rea_xcom_tui", "schema", "baseline", at=ROOT)
    (place.fleet / ".rea-xcom.schema.json").write_text(schema)
    begin = "# yaml-language-server: $schema=./.rea-xcom.schema.json\nversion: 1\n"
    texts = [f"{begin}per_environment:\n  threshold: prod keeps everything\n", f"{begin}per_enviroment: {{}}\n"]
    program = str(place.folder / "npm/node_modules/.bin" / server)
    with subprocess.Popen([program, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=place.env) as ran:
        client = Client(ran)
        client.ask("initialize", {"processId": None, "rootUri": place.fleet.as_uri(), "capabilities": {}})
        client.tell("initialized", {})
        found = []
        for number, text in enumerate(texts):
            document = {"uri": (place.fleet / ".rea-xcom.yaml").as_uri(), "languageId": "yaml", "version": number}
            client.tell("textDocument/didOpen", {"textDocument": {**document, "text": text}})
            told = client.wait_for("textDocument/publishDiagnostics")["diagnostics"]
            found.append([one["message"] for one in told])
            at = {"textDocument": {"uri": document["uri"]}, "position": {"line": 2, "character": 3}}
            hover = client.ask("textDocument/hover", at)
            if not number and not (hover and "contents" in hover):
                raise SystemExit(f"the server has nothing to say of a key: {hover}")
            client.tell("textDocument/didClose", {"textDocument": {"uri": document["uri"]}})
            client.wait_for("textDocument/publishDiagnostics")
        ran.kill()
    if found[0] or not any("per_enviroment" in message for message in found[1]):
        raise SystemExit(f"the server should find only the misspelt key, and told {found}")


class Client:
    """As much of a client of the language server protocol as one question after the other needs."""

    def __init__(self, server: subprocess.Popen[bytes]) -> None:
        self._server = server
        self._number = 0

    def _send(self, **message: Any) -> None:
        data = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(data), data))
        self._server.stdin.flush()

    def _read(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        length = 0
        while line := self._server.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if not length:
            raise SystemExit("the server has ended")
        found: dict[str, Any] = json.loads(self._server.stdout.read(length))
        if "id" in found and "method" in found:  # a question of the server's: everything is as by default
            items = found.get("params", {}).get("items", [])
            self._send(id=found["id"], result=[{} for _ in items] if items else None)
        return found

    def tell(self, method: str, params: Any) -> None:
        """Send what needs no answer."""
        self._send(method=method, params=params)

    def ask(self, method: str, params: Any) -> Any:
        """Send a question and return the answer."""
        self._number += 1
        self._send(id=self._number, method=method, params=params)
        while True:
            found = self._read()
            if found.get("id") == self._number and "method" not in found:
                return found.get("result")

    def wait_for(self, method: str) -> Any:
        """What the server says next under this name."""
        while (found := self._read()).get("method") != method:
            pass
        return found["params"]


TRIES: dict[str, Callable[[Place], None]] = {
    "pre-commit": pre_commit, "action": action, "gitlab": gitlab, "taplo": taplo,
    "yaml-language-server": yaml_language_server,
}  # fmt: skip


def main() -> int:
    """Try what was named, or everything, each in a place of its own."""
    unknown = set(sys.argv[1:]) - set(TRIES)
    if unknown:
        print(__doc__, file=sys.stderr)
        return 2
    for name in sys.argv[1:] or TRIES:
        with tempfile.TemporaryDirectory(prefix="toolchain-") as folder:
            TRIES[name](Place(Path(folder)))
        print(f"{name}: as it should be", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
