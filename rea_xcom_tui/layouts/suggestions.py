"""Layers that a CI job's command tells: a proposal for the configuration, with the line that it comes from."""

from __future__ import annotations

import posixpath
import re
import shlex

import msgspec

from rea_xcom_tui.layouts.patterns import matches
from rea_xcom_tui.layouts.tree import LinkOut, Tree

MAX_FILES = 500
MAX_BYTES = 300_000

_PIPELINES = (
    ".github/workflows/*.y*ml", "**/.gitlab-ci.yml", ".gitlab/**/*.yml", ".circleci/*.yml", "**/Jenkinsfile*",
    "**/azure-pipelines*.yml", ".buildkite/*.yml", ".drone.yml", "bitbucket-pipelines.yml", "**/Makefile",
    "**/*.sh", "**/Taskfile*.yml", "**/justfile",
)  # fmt: skip
_COMMAND = re.compile(r"\bhelm\s+(?:upgrade|install|template)\b")
_HOLE = re.compile(r"\$\{\{\s*([\w.\[\]'\"-]+?)\s*\}\}|\$\{(\w+)\}|\$\(([\w]+)\)|\$(\w+)")
_NOT_NAME = re.compile(r"[^a-z0-9]+")
_JOINED = re.compile(r"\\\r?\n[ \t]*")


class Suggestion(msgspec.Struct, frozen=True):
    """A command that names values files in their order."""

    file: str
    line: int
    command: str
    """The command as it stands, its lines joined."""
    release: str | None
    namespace: str | None
    layers: tuple[str, ...]
    """The values files, weakest first; what a variable decides is in braces, such as `values-{env}.yaml`."""

    @property
    def toml(self) -> str:
        """An entry for the configuration that says the same, to be checked by a person."""
        strongest = self.layers[-1]
        captured = re.findall(r"\{(\w+)\}", strongest)
        env = next((hole for hole in captured if "env" in hole or "stage" in hole), captured[-1] if captured else None)
        lines = [
            "[[layouts.layers]]",
            f"files = {_quoted(strongest)}",
            f"layers = [{', '.join(_quoted('/' + layer) for layer in self.layers)}]",
            f"name = {_quoted(self._known(self.release, captured) or '{folder}')}",
        ]
        if env is not None:
            lines.append(f"env = {_quoted('{' + env + '}')}")
        namespace = self._known(self.namespace, captured)
        if namespace:
            lines.append(f"namespace = {_quoted(namespace)}")
        return "\n".join(lines) + "\n"

    @staticmethod
    def _known(template: str | None, captured: list[str]) -> str | None:
        holes = set(re.findall(r"\{(\w+)\}", template or ""))
        return template if holes <= set(captured) else None


def suggestions(tree: Tree) -> tuple[Suggestion, ...]:
    """Every `helm upgrade`, `install` or `template` in a CI job, Makefile or script that names values files here."""
    out: list[Suggestion] = []
    looked_at = 0
    for path in tree.paths:
        if not matches(path, _PIPELINES):
            continue
        looked_at += 1
        if looked_at > MAX_FILES:
            break
        try:
            data = tree.read(path)
        except LinkOut:
            continue
        if data is None or len(data) > MAX_BYTES or b"helm" not in data:
            continue
        out += _in_text(tree, path, data.decode("utf-8", "replace"))
    return tuple(dict.fromkeys(out))


def _in_text(tree: Tree, path: str, text: str) -> list[Suggestion]:
    out: list[Suggestion] = []
    line, last = 1, 0
    for found in _COMMAND.finditer(text):
        line += text.count("\n", last, found.start())
        last = found.start()
        command = _command(text, found.start())
        made = _suggestion(tree, path, line, command)
        if made is not None:
            out.append(made)
    return out


def _command(text: str, start: int) -> str:
    """The command from here to its end, continued lines joined."""
    joined = _JOINED.sub(" ", text[start : start + 10_000])
    return re.split(r"\n|&&|\|\||[;|]", joined, maxsplit=1)[0].strip()


def _suggestion(tree: Tree, path: str, line: int, command: str) -> Suggestion | None:
    named = _HOLE.sub(lambda hole: "{" + _hole_name(next(filter(None, hole.groups()))) + "}", command)
    try:
        words = shlex.split(named.rstrip("'\""), comments=True)
    except ValueError:
        return None
    layers: list[str] = []
    plain: list[str] = []
    namespace: str | None = None
    at = 2
    while at < len(words):
        word, equals, value = words[at].partition("=")
        takes = word in ("-f", "--values", "-n", "--namespace")
        if takes and not equals:
            at += 1
            value = words[at] if at < len(words) else ""
        if word in ("-f", "--values"):
            layers += [each for each in value.split(",") if each]
        elif word in ("-n", "--namespace"):
            namespace = value
        elif word.startswith("-"):
            following = words[at + 1] if at + 1 < len(words) else "-"
            at += not equals and word in _WITH_VALUE and not following.startswith("-")
        else:
            plain.append(words[at])
        at += 1
    layers = [posixpath.normpath(layer) for layer in layers]
    if not layers or not all(_is_here(tree, layer) for layer in layers):
        return None
    release = plain[0] if len(plain) > 1 else None
    return Suggestion(path, line, command, release, namespace, tuple(layers))


_WITH_VALUE = frozenset(
    "--set --set-string --set-file --set-json --version --timeout --repo --kube-context --kubeconfig --description"
    " --history-max --post-renderer --username --password --ca-file".split()
)


def _is_here(tree: Tree, layer: str) -> bool:
    """Whether the repo has a file of this name, whatever stands for its holes."""
    if layer.startswith(("/", "..", "{")) or "://" in layer:
        return False
    glob = re.sub(r"\{\w+\}", "*", layer)
    return any(matches(path, (glob,)) for path in tree.under(posixpath.dirname(glob.split("*")[0])))


def _hole_name(expression: str) -> str:
    """A name for what a variable stands for: `matrix.environment` is `environment`, `ENV_NAME` is `env_name`."""
    name = _NOT_NAME.sub("_", expression.rpartition(".")[2].lower()).strip("_")
    name = name if name[:1].isalpha() else f"v_{name}"
    return f"{name}_" if name in ("dir", "folder", "item", "root") else name


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
