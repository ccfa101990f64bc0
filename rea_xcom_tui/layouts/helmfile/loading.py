"""Loading a helmfile for one environment: its parts in order, their bases, and the environment's values."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from rea_xcom_tui.layouts.gotemplate.goformat import HOLE, Unknown
from rea_xcom_tui.layouts.helmfile.rendering import NotRendered, Render
from rea_xcom_tui.layouts.helmfile.rules import Rules, first_wins, merged
from rea_xcom_tui.layouts.helmfile.state import Entry, Environment, Part, State, Unread
from rea_xcom_tui.layouts.model import Problem
from rea_xcom_tui.layouts.patterns import glob_pattern
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values import Node, Unreadable
from rea_xcom_tui.values.documents import Documents, read_documents
from rea_xcom_tui.values.merged import plain
from rea_xcom_tui.values.nodes import is_merge

MAX_FILES = 2_000
"""How many files one helmfile may take in, bases and values of environments counted each time."""

_GLOB_MARKS = "*?["
_SKIPS_MISSING = ("Warn", "Info", "Debug")


class CannotLoad(Exception):
    """A helmfile or a file that it needs cannot be read."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


@dataclass(slots=True)
class Loader:
    """Loads helmfiles for one environment."""

    tree: Tree
    rules: Rules
    render: Render
    environment: str
    overrides: Mapping[str, Any] = field(default_factory=dict)
    """Values that the helmfile which takes this one in puts over the environment's."""
    left: int = MAX_FILES
    partly: list[Unread] = field(default_factory=list)
    """The parts of which something is known to the machine that runs Helmfile alone."""

    def load(self, file: str) -> State:
        """The helmfile with its bases. What cannot be read is in the state's `unread` and `problems`."""
        return self._load(file, posixpath.dirname(file), Environment(self.environment), is_base=False)

    def _load(self, file: str, base: str, start: Environment, *, is_base: bool) -> State:
        state = State(start)
        try:
            text = self._text(file, Problem(f"The helmfile {clean(file)} does not exist.", file, 1))
        except CannotLoad as error:
            state.problems.append(error.problem)
            return state
        state.files.add(file)
        env = start
        for number, (line, source) in enumerate(_parts(text)):
            try:
                joined = self._part(file, base, number, line, source, env, is_base=is_base)
            except (NotRendered, Unreadable) as error:
                at = line + max(0, error.line - 1)
                why = error.reason if isinstance(error, NotRendered) else str(error)
                state.unread.append(Unread(file, at, line, source, clean(why)))
                break
            except CannotLoad as error:
                state.problems.append(error.problem)
                break
            env = joined.environment
            state.add_part(joined)
            if joined.unread or joined.problems or (not is_base and self._is_undeclared(state)):
                break
        return state

    def _is_undeclared(self, state: State) -> bool:
        """Whether Helmfile stops here, since the environment is none of those that are declared."""
        names = state.environments
        return bool(names) and self.environment not in names and self.environment != "default"

    def _text(self, file: str, missing: Problem) -> str:
        self.left -= 1
        if self.left < 0:
            raise CannotLoad(Problem(f"More than {MAX_FILES:,} files are included; the rest are left out.", file, 1))
        try:
            data = self.tree.read(file)
        except LinkOut as error:
            raise CannotLoad(Problem(f"{clean(file)} {error.does}, so it is not read.", file, 1)) from None
        if data is None:
            raise CannotLoad(missing)
        return data.decode("utf-8", "replace").replace("\r\n", "\n")

    # -- parts --------------------------------------------------------------------------------------

    def _part(
        self, file: str, base: str, number: int, line: int, source: str, env: Environment, *, is_base: bool
    ) -> State:
        part = self._rendered(file, base, number, line, source, env)
        state = _said(part)
        state.files.add(file)
        state.environment = env
        if not is_base:
            state = self._with_bases(state, base, env)
        elif state.bases:
            at = state.bases[0]
            sentence = f"Helmfile refuses a base that has bases itself; name {clean(at.node.text)} in the helmfile."
            raise CannotLoad(Problem(sentence, at.part.file, at.line))
        if not state.unread:
            state.environment = self._values(state, base, env)
        return state

    def _rendered(self, file: str, base: str, number: int, line: int, source: str, env: Environment) -> Part:
        text = source
        if (self.rules.renders_all or file.endswith(".gotmpl")) and "{{" in source:
            if self.rules.renders_all:
                env = self._first_pass(file, base, number, line, source, env)
            try:
                text = self.render(source, self.data(env), file)
            except NotRendered as error:
                if error.failed:
                    raise
                text = self.render(source, self.data(env), file, holes=True)
                at = line + max(0, error.line - 1)
                self.partly.append(Unread(file, at, line, source, clean(error.reason)))
        read = self._yaml(text)
        if not read.roots and read.error is not None:
            raise read.error
        root = read.roots[0] if read.roots else read_documents("{}").roots[0]
        return Part(
            file,
            base,
            root,
            line,
            number,
            as_written=text == source and self._is_document(file, number, line, root),
            lines_kept=text.count("\n") == source.count("\n"),
        )

    def _yaml(self, text: str) -> Documents:
        """A text's documents, parsed once for all environments that have the same. Raises `Unreadable`."""
        known = self.tree.memo.get(("helmfile", text))
        if isinstance(known, Documents):
            return known
        read = read_documents(text)
        self.tree.memo["helmfile", text] = read
        return read

    def _is_document(self, file: str, number: int, line: int, root: Node) -> bool:
        """Whether a part is the file's YAML document of that number, so that its places can be found there."""
        try:
            documents = self.tree.documents(file)
        except (Unreadable, LinkOut):
            return False
        roots = documents.roots if documents is not None else ()
        return number < len(roots) and roots[number].line == line + root.line - 1

    def _first_pass(self, file: str, base: str, number: int, line: int, source: str, env: Environment) -> Environment:
        """What the part itself says of the environment, seen through templates that find nothing (before 1.0)."""
        if "environments:" not in source and "values:" not in source:
            return env
        try:
            text = self.render(source, self.data(env, values={}), file, lenient=True, holes=True)
            read = self._yaml(text)
            if not read.roots or read.error is not None or read.roots[0].get("bases") is not None:
                return env
            part = Part(file, base, read.roots[0], line, number, as_written=False, lines_kept=False)
            return self._values(_said(part), base, env)
        except (NotRendered, Unreadable, CannotLoad):
            return env

    def data(self, env: Environment, values: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """What templates see beside the release."""
        told = self.all_values(env) if values is None else dict(values)
        return {
            "Environment": {"Name": env.name, "Values": {**env.values}, "KubeContext": ""},
            "Namespace": "",
            "Values": told,
            "StateValues": told,
        }

    def all_values(self, env: Environment) -> dict[str, Any]:
        """`.Values`: the defaults, the environment's own over them, and what the taking helmfile says over both."""
        return merged(merged(env.defaults, env.values, self.rules), dict(self.overrides), self.rules)

    def _with_bases(self, state: State, base: str, env: Environment) -> State:
        if not state.bases:
            return state
        layers: list[State] = []
        for entry in state.bases:
            path = self._joined(base, entry)
            if self.tree.read(path) is None:
                sentence = f"The base {clean(path)} does not exist; correct the path or add the file."
                raise CannotLoad(Problem(sentence, entry.part.file, entry.line))
            layers.append(self._load(path, base, env, is_base=True))
            self._check_bases(layers, entry)
        whole = layers[0]
        for upper in (*layers[1:], state):
            whole.add_over(upper, bases_win=self.rules.bases_win)
        return whole

    def _check_bases(self, layers: Sequence[State], entry: Entry) -> None:
        """Before 1.0, two bases whose values have a list and something else under one key cannot be joined."""
        if not self.rules.renders_all or len(layers) < 2:
            return
        for values in ("defaults", "values"):
            seen: dict[str, Any] = {}
            for layer in layers:
                told: dict[str, Any] = getattr(layer.environment, values)
                key = _clash(seen, told)
                if key is not None:
                    sentence = f"Helmfile cannot join the bases: in one, {clean(key)} is a list, in another it is not."
                    raise CannotLoad(Problem(sentence, entry.part.file, entry.line))
                seen = merged(seen, told, self.rules)

    def _joined(self, base: str, entry: Entry) -> str:
        try:
            joined = self.tree.join(base, entry.node.text)
            self.tree.resolve(joined)
            return joined
        except LinkOut as error:
            path = clean(entry.node.text)
            raise CannotLoad(Problem(f"{path} {error.does}.", entry.part.file, entry.line)) from None

    # -- values of environments -----------------------------------------------------------------------

    def _values(self, state: State, base: str, env: Environment) -> Environment:
        new = Environment(env.name, dict(env.defaults), dict(env.values), list(env.unread))
        for declared in state.environments.get(env.name, ()):
            if declared.node.kind != "mapping":
                continue
            if declared.list("secrets"):
                new.unread.append(f"secrets of the environment {clean(env.name)} are encrypted")
            skips = declared.text("missingFileHandler") in _SKIPS_MISSING
            fallback = _is_fallback(declared)
            loaded = self._entries(
                state, base, env, declared.list("values"), new, skips_missing=skips, fallback=fallback
            )
            new.values = merged(new.values, loaded, self.rules)
        defaults = self._entries(state, base, env, state.defaults, new, skips_missing=False)
        new.defaults = merged(new.defaults, defaults, self.rules)
        return new

    def _entries(
        self,
        state: State,
        base: str,
        env: Environment,
        entries: Sequence[Entry],
        new: Environment,
        *,
        skips_missing: bool,
        fallback: bool = False,
    ) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for entry in entries:
            if entry.node.kind == "mapping":
                told = _mapping(entry.node)
                out = first_wins(out, told) if fallback else merged(out, told, self.rules)
                continue
            for path in self._files(base, entry, new, skips_missing=skips_missing):
                state.files.add(path)
                # Templates see the files before them under `fallback` alone.
                seen = replace(env, values=merged(out, env.values, self.rules)) if fallback else env
                told = self._values_file(path, seen, entry)
                out = first_wins(out, told) if fallback else merged(out, told, self.rules)
        return out

    def values_file(self, base: str, entry: Entry, state: State) -> dict[str, Any]:
        """The values of files that an entry names, as an environment's. Raises `CannotLoad`."""
        return self._entries(state, base, state.environment, [entry], state.environment, skips_missing=False)

    def _files(self, base: str, entry: Entry, new: Environment, *, skips_missing: bool) -> Iterator[str]:
        """The files that an entry names; those that nobody can read here are noted."""
        path = entry.node.text
        if path.startswith("/") or "://" in path or path.endswith(".hcl"):
            new.unread.append(
                f"{clean(path)} is not in the repo" if not path.endswith(".hcl") else f"{clean(path)} is HCL"
            )
            return
        joined = self._joined(base, entry)
        if any(mark in path for mark in _GLOB_MARKS):
            pattern = glob_pattern(joined.replace("{", "[{]"))
            found = [each for each in self.tree.paths if pattern.fullmatch(each)]
        else:
            found = [joined] if self.tree.is_file(joined) else []
        if not found and not skips_missing:
            sentence = (
                f"The file {clean(joined)} of the environment's values does not exist; correct the path or add it."
            )
            raise CannotLoad(Problem(sentence, entry.part.file, entry.line))
        yield from found

    def _values_file(self, path: str, env: Environment, entry: Entry) -> dict[str, Any]:
        text = self._text(path, Problem(f"{clean(path)} does not exist.", entry.part.file, entry.line))
        try:
            if path.endswith(".gotmpl"):
                told = self.data(env, values=merged(env.values, dict(self.overrides), self.rules))
                try:
                    text = self.render(text, told, path)
                except NotRendered as error:
                    if error.failed:
                        raise
                    text = self.render(text, told, path, holes=True)
            read = self._yaml(text)
        except NotRendered as error:
            who = "Helmfile" if error.failed else "This tool"
            raise CannotLoad(Problem(f"{who} cannot fill in this template: {clean(error)}", path, error.line)) from None
        except Unreadable as error:
            raise CannotLoad(Problem(f"It cannot be read: {clean(error)}", path, error.line)) from None
        if not read.roots and read.error is not None:
            raise CannotLoad(Problem(f"It cannot be read: {clean(read.error)}", path, read.error.line))
        return _mapping(read.roots[0]) if read.roots else {}


def _clash(weaker: Mapping[str, Any], stronger: Mapping[str, Any]) -> str | None:
    """The first key that is a list in the stronger mapping and something else in the weaker one."""
    for key, value in stronger.items():
        below = weaker.get(key)
        if isinstance(value, list) and below is not None and not isinstance(below, list):
            return key
        if isinstance(value, dict) and isinstance(below, dict):
            found = _clash(below, value)
            if found is not None:
                return f"{key}.{found}"
    return None


def _is_fallback(declared: Entry) -> bool:
    """Whether an environment's first values win. Raises `CannotLoad` for a strategy that Helmfile does not know."""
    strategy = declared.text("mergeStrategy") or "override"
    if strategy not in ("override", "fallback"):
        raise CannotLoad(
            Problem(
                f"The mergeStrategy {clean(strategy, 40)} is not one of Helmfile's; write override or fallback.",
                declared.part.file,
                declared.line,
            )
        )
    return strategy == "fallback"


def _mapping(node: Node) -> dict[str, Any]:
    data = _with_unknown(plain(node))
    return data if isinstance(data, dict) else {}


def _with_unknown(data: Any) -> Any:
    """Data with what stands for an unknown value as that again, so that nothing is decided by it."""
    if isinstance(data, str):
        hole = HOLE.search(data)
        return data if hole is None else Unknown(hole[1])
    if isinstance(data, dict):
        return {key: _with_unknown(value) for key, value in data.items()}
    return [_with_unknown(item) for item in data] if isinstance(data, list) else data


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Each part of a helmfile with the line that it begins on."""
    line = 1
    for part in text.split("\n---\n"):
        yield line, part
        line += part.count("\n") + 2


def _refuse_twice(entry: Entry) -> None:
    """Helmfile refuses a key that appears twice, also where one of them comes in with `<<`."""
    seen: set[str] = set()
    for key, value in entry.node.entries:
        if is_merge(key.raw):
            sources = value.items if value.kind == "sequence" else (value,)
            names = [name.name for source in sources for name, _ in source.entries if not is_merge(name.raw)]
        else:
            names = [key.name]
        for name in names:
            if name in seen:
                line = entry.part.line(key)
                sentence = (
                    f"The key {clean(name)} appears twice in one mapping (`<<` counts too), which Helmfile refuses."
                )
                raise CannotLoad(Problem(sentence, entry.part.file, line))
            seen.add(name)


def _said(part: Part) -> State:
    """What one part says, without its bases."""
    root = Entry(part, part.root, ())
    state = State(Environment(""))
    if part.root.kind != "mapping":
        return state
    environments = root.get("environments")
    for key, value in environments.node.entries if environments is not None else ():
        state.environments[key.name] = [Entry(part, value, ("environments", key.name))]
    templates = root.get("templates")
    for key, value in templates.node.entries if templates is not None else ():
        state.templates[key.name] = Entry(part, value, ("templates", key.name))
    state.defaults = list(root.list("values"))
    state.releases = [each for each in root.list("releases") if each.node.kind == "mapping"]
    for entry in (*state.templates.values(), *state.releases):
        _refuse_twice(entry)
    state.helmfiles = list(root.list("helmfiles"))
    state.bases = [each for each in root.list("bases") if each.node.kind == "scalar"]
    state.namespace = root.text("namespace")
    labels = root.get("commonLabels")
    for key, value in labels.node.entries if labels is not None else ():
        state.labels[key.name] = value.text
    return state
