"""Helmfile: each release in each environment is a deployment.

Measured on Helmfile 0.166 with random helmfiles; what newer versions do otherwise was read in their source.
"""

from __future__ import annotations

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rea_xcom_tui.layouts.charts import chart_ref
from rea_xcom_tui.layouts.gotemplate.goformat import HOLE, Unknown
from rea_xcom_tui.layouts.helmfile.layers import Layers
from rea_xcom_tui.layouts.helmfile.loading import CannotLoad, Loader
from rea_xcom_tui.layouts.helmfile.releases import Release, filled, inherited, read
from rea_xcom_tui.layouts.helmfile.rendering import NotRendered, render
from rea_xcom_tui.layouts.helmfile.rules import Rules, merged, rules_for
from rea_xcom_tui.layouts.helmfile.state import Entry, State, Unread
from rea_xcom_tui.layouts.model import (
    AGENT_CHART,
    MAX_ENTRIES,
    EntryPoint,
    Found,
    Options,
    Problem,
    entry_id,
    opaque,
    pointer_text,
)
from rea_xcom_tui.layouts.patterns import glob_pattern
from rea_xcom_tui.layouts.signs import reads_as_helmfile
from rea_xcom_tui.layouts.tree import LinkOut, Tree
from rea_xcom_tui.text import clean
from rea_xcom_tui.values.merged import plain

_FILE = re.compile(r"(?:.*/)?(?:helmfile[^/]*\.ya?ml(?:\.gotmpl)?|helmfile\.d/[^/]+\.ya?ml(?:\.gotmpl)?)")
_OF_CLUSTER = re.compile(r"(?:^|/)clusters?/(?!helmfile[^/]*$)([^/]+)\.ya?ml$")
_IN_CHART = re.compile(r"(?:^|/)templates/")
_MARKS = (b"releases:", b"helmfiles:", b"bases:")
_DEFAULT = "default"
_MAX_DEPTH = 20
_RAW = re.compile(r"\{\{-?\s*`.*?`\s*-?\}\}", re.DOTALL)
_NEEDS_RELEASE = re.compile(r"\{\{[^}`]*\.Release\b")
_NAME_LINE = re.compile(r"""^\s*(?:-\s+)?\{?\s*name:\s*["']?([A-Za-z0-9][\w.-]*)["']?\s*(?:#.*|,.*|\}.*)?$""")
_CHART_LINE = re.compile(r"""(?:.*[{,])?\s*(?:-\s+)?chart:\s*["']?([^\s"'#,}]+)""")
_SELECTOR = re.compile(r"([^!=,]+)(!?=)([^,]*)")


def find(tree: Tree, options: Options) -> Found:
    """Every release of every helmfile that no other one takes in, in each environment that it declares."""
    candidates = [path for path in _places(tree) if _is_helmfile(path, tree)]
    if not candidates:
        return Found()
    runs = {path: _Run(tree, options, path) for path in candidates}
    takes = {path: made.takes_in(path) for path, made in runs.items()}
    taken = {each for path, files in takes.items() for each in files - {path}}
    found = Found()
    done: set[str] = set()
    for path in sorted(runs, key=lambda path: path in taken):  # those that take one another in come last
        if path not in taken or path not in done:
            found += runs[path].found()
            done |= _reached(path, takes)
    return found


def _places(tree: Tree) -> Iterator[str]:
    """Where a helmfile may be: a linked one counts from the folder of its link."""
    yield from tree.named
    yield from tree.below_links


def _reached(start: str, takes: Mapping[str, set[str]]) -> set[str]:
    """Every file that a helmfile takes in, directly or not, and itself."""
    seen: set[str] = set()
    ahead = [start]
    while ahead:
        path = ahead.pop()
        if path not in seen:
            seen.add(path)
            ahead += takes.get(path, ())
    return seen


def run(tree: Tree, options: Options, helmfile: str, environment: str) -> Found:
    """What a run of Helmfile over this helmfile in one environment would deploy."""
    return _Run(tree, options, helmfile).found(environment)


def _is_helmfile(path: str, tree: Tree) -> bool:
    """Whether a file is one: by its name, or else by what it says."""
    named = _FILE.fullmatch(path) is not None
    if not named and not (path.endswith((".yaml", ".yml")) and not _IN_CHART.search(path)):
        return False
    data = tree.read(path)
    return data is not None and (any(mark in data for mark in _MARKS) if named else reads_as_helmfile(data))


@dataclass(slots=True)
class _Asked:
    """How one helmfile is taken in by another."""

    selectors: Sequence[str] = ()
    overrides: Mapping[str, Any] = field(default_factory=dict)
    has_overrides: bool = False


class _Run:
    """One run of Helmfile over a helmfile and those that it takes in."""

    def __init__(self, tree: Tree, options: Options, root: str) -> None:
        self.tree = tree
        self.options = options
        self.root = root
        self.rules = self._rules()
        self.entries: list[EntryPoint] = []
        self.problems: list[Problem] = []
        self.files: set[str] = set()
        self.has_unnamed = False
        self._first = self._loader(_DEFAULT).load(root)

    def _rules(self) -> Rules:
        """By the configured version; else a helmfile full of templates without `.gotmpl` is one of before 1.0."""
        told = self.options.settings.helmfile
        if told is not None:
            return rules_for(told)
        text = (self.tree.read(self.root) or b"").decode("utf-8", "replace")
        old = not self.root.endswith(".gotmpl") and "{{" in text and not _NEEDS_RELEASE.search(_RAW.sub("", text))
        return rules_for((0, 166) if old else self.options.helmfile)

    def _loader(self, environment: str, asked: _Asked | None = None) -> Loader:
        return Loader(self.tree, self.rules, render, environment, asked.overrides if asked is not None else {})

    def takes_in(self, path: str) -> set[str]:
        """The files that a helmfile names as its bases and helmfiles."""
        state = self._first
        out = state.files - {path}
        for entry in state.helmfiles:
            out.update(self._paths(path, entry))
        return out

    def found(self, environment: str | None = None) -> Found:
        """The deployments, of one environment or of all that are declared."""
        for each in (environment,) if environment is not None else tuple(self._first.environments) or (_DEFAULT,):
            self._helmfile(self.root, each, _Asked(), ())
        unique = {(problem.file, problem.line, problem.sentence): problem for problem in self.problems}
        own = {entry.file for entry in self.entries}
        return Found(tuple(self.entries), frozenset(self.files - own), tuple(unique.values()), self.has_unnamed)

    # -- one helmfile in one environment -----------------------------------------------------------------

    def _helmfile(self, path: str, environment: str, asked: _Asked, above: tuple[str, ...]) -> None:
        loader = self._loader(environment, asked)
        state = loader.load(path)
        self.files |= state.files
        runs = self._runs_in(state, environment, asked)
        if not runs and state.environments:
            return
        self.problems += [*state.problems, *map(_partly_problem, loader.partly)]
        if not runs:
            self.problems += [_unread_problem(unread) for unread in state.unread]
            return
        for entry in state.helmfiles:
            self._taken_in(path, state, loader, entry, environment, (*above, path))
        if len(self.entries) >= MAX_ENTRIES:
            self.problems.append(Problem(f"Only the first {MAX_ENTRIES:,} releases are read.", path, 1))
            return
        data = loader.data(state.environment)
        if not state.problems:
            for entry in state.releases:
                self._release(path, state, loader, entry, data, asked)
        for unread in state.unread:
            self._unread(path, environment, unread, state)

    @staticmethod
    def _runs_in(state: State, environment: str, asked: _Asked) -> bool:
        """Whether a helmfile is run in an environment: it has to declare it, unless it declares none and is given
        values by one that takes it in (measured on 0.166)."""
        if environment == _DEFAULT or environment in state.environments:
            return True
        return not state.environments and asked.has_overrides

    def _taken_in(
        self, path: str, state: State, loader: Loader, entry: Entry, environment: str, above: tuple[str, ...]
    ) -> None:
        selectors: list[str] = []
        overrides: dict[str, Any] = {}
        given = entry.list("values") if entry.node.kind == "mapping" else ()
        if entry.node.kind == "mapping":
            selectors = [item.node.text for item in entry.list("selectors")]
        for item in given:
            if item.node.kind == "mapping":
                data = plain(item.node)
                overrides = merged(overrides, data if isinstance(data, dict) else {}, self.rules)
                continue
            try:
                overrides = merged(overrides, loader.values_file(posixpath.dirname(path), item, state), self.rules)
            except CannotLoad as error:
                self.problems.append(error.problem)
        asked = _Asked(selectors, overrides, has_overrides=bool(given))
        for each in self._paths(path, entry):
            if each in above or len(above) > _MAX_DEPTH:
                sentence = f"Helmfiles include one another in a circle: {clean(each)} already includes this one."
                self.problems.append(Problem(sentence, entry.part.file, entry.line))
            else:
                self._helmfile(each, environment, asked, above)

    def _paths(self, path: str, entry: Entry) -> Iterator[str]:
        """The helmfiles that an entry of `helmfiles` names."""
        text = entry.text("path") if entry.node.kind == "mapping" else entry.node.text
        if not text or "://" in text or text.startswith(("/", "git::")):
            if text:
                self.problems.append(Problem(f"{clean(text)} is not in the repo.", entry.part.file, entry.line))
            return
        try:
            joined = self.tree.join(posixpath.dirname(path), text)
            target = self.tree.resolve(joined)
        except LinkOut as error:
            self.problems.append(Problem(f"{clean(text)} {error.does}.", entry.part.file, entry.line))
            return
        if any(mark in text for mark in "*?["):
            pattern = glob_pattern(joined)
            yield from (each for each in self.tree.paths if pattern.fullmatch(each))
        elif target is not None and self.tree.is_folder(target):
            for name in ("helmfile.yaml", "helmfile.yaml.gotmpl"):
                if self.tree.is_file(f"{target}/{name}"):
                    yield f"{target}/{name}"
        elif target is not None:
            yield target
        else:
            sentence = f"The helmfile {clean(joined)} does not exist, so it is left out."
            self.problems.append(Problem(sentence, entry.part.file, entry.line))

    # -- releases -----------------------------------------------------------------------------------------

    def _release(
        self, path: str, state: State, loader: Loader, entry: Entry, data: Mapping[str, Any], asked: _Asked
    ) -> None:
        def fill(text: str, told: Mapping[str, Any], name: str = entry.part.file) -> str:
            return loader.render(text, told, name) if "{{" in text else text

        unknown: list[str] = []
        problems: list[Problem] = []
        try:
            release, told = filled(inherited(state, entry), data, fill)
        except NotRendered as error:
            release, told = read(entry), dict(data)
            sentence = f"The release's templates cannot be filled in here: {clean(error.reason)}"
            if error.failed:
                problems.append(Problem(sentence, entry.part.file, entry.line))
            else:
                unknown.append(sentence)
        unfilled = list(unknown)
        if not problems and not self._is_installed(release, told, state, unknown, problems):
            return
        if not _selected(release, state, asked.selectors):
            return
        gathered = Layers(self.tree, posixpath.dirname(path), release, told, fill, problems=problems)
        if not problems:
            gathered.gather()
        gathered.layers += [opaque("templates of the helmfile", each) for each in unfilled]
        unknown += gathered.unknown
        unknown += release.unread
        if state.environment.unread and "{{" in (self.tree.read(entry.part.file) or b"").decode("utf-8", "replace"):
            unknown += [f"Values of the environment are not known: {why}." for why in state.environment.unread]
        unknown += [f"It depends on {clean(what)}, which Git does not hold." for what in gathered.holes.values()]
        if HOLE.search(release.name):
            self._unnamed(path, release, gathered)
            return
        env = state.environment.name if state.environments else None
        pointer = pointer_text(entry.part.number, entry.address)
        other = entry.part.file != path
        texts = {key: text for key, text in release.texts.items() if not HOLE.search(text)}
        self.entries.append(
            EntryPoint(
                entry_id(path, "" if other else pointer, env=env, name=release.name if other else None),
                path,
                "helmfile",
                release.name,
                tuple(gathered.layers),
                pointer=() if other else entry.address,
                document=0 if other else entry.part.number,
                line=1 if other else entry.line,
                env=env,
                namespace=state.namespace or texts.get("namespace"),
                cluster=found[1] if (found := _OF_CLUSTER.search(path)) else None,
                chart=chart_ref(self.tree, posixpath.dirname(path), texts.get("chart"), texts.get("version")),
                problems=tuple(gathered.problems),
                unknown=tuple(dict.fromkeys(unknown)),
                holes=tuple(gathered.holes.items()),
            )
        )

    def _unnamed(self, path: str, release: Release, gathered: Layers) -> None:
        """Leave out a release whose name Git does not show; the problem is reported, and its layers are its own."""
        chart = chart_ref(self.tree, posixpath.dirname(path), release.texts.get("chart"), None)
        self.has_unnamed |= chart.name == AGENT_CHART
        self.files |= {layer.file for layer in gathered.layers if layer.file and layer.kind == "values file"}

    def _is_installed(
        self, release: Release, data: Mapping[str, Any], state: State, unknown: list[str], problems: list[Problem]
    ) -> bool:
        told = release.texts.get("installedTemplate")
        if told is not None and "{{" not in told:
            return told.strip().lower() in ("true", "yes", "on", "y")
        if told is not None:
            unknown.append(f"Whether it is installed is not known: {clean(told)}")
        elif release.installed is False:
            return False
        if HOLE.search(release.entry.text("installed") or ""):
            unknown.append("Whether it is installed is not known: that depends on the machine that runs Helmfile.")
        condition = release.texts.get("condition")
        if condition is None:
            return True
        found: Any = data.get("Values")
        first = condition.partition(".")[0]
        if isinstance(found, dict) and first not in found and not state.environment.unread:
            sentence = f"The condition {clean(condition)} asks for {clean(first)}, which the environment's values lack."
            problems.append(Problem(sentence, release.entry.part.file, release.entry.line))
            return True
        for key in condition.split("."):
            found = found.get(key) if isinstance(found, dict) else found if isinstance(found, Unknown) else None
        if isinstance(found, Unknown) or (not isinstance(found, bool) and state.environment.unread):
            unknown.append(f"Whether it is installed is not known: the condition {clean(condition)} has no value here.")
            return True
        return found is True

    def _unread(self, path: str, environment: str, unread: Unread, state: State) -> None:
        """The releases of a part that could not be read: their names are reported as far as they are there."""
        problem = _unread_problem(unread)
        sentence = problem.sentence
        self.problems.append(problem)
        env = environment if state.environments else None
        charts = _charts(unread.text)
        for line, name in itertools.islice(_names(unread.text), MAX_ENTRIES):
            chart = charts.get(name)
            self.entries.append(
                EntryPoint(
                    entry_id(path, name, env=env),
                    path,
                    "helmfile",
                    name,
                    (opaque("the helmfile's templates", sentence),),
                    line=unread.first_line + line if unread.file == path else 1,
                    env=env,
                    chart=chart_ref(self.tree, posixpath.dirname(path), None if "{{" in (chart or "") else chart, None),
                    unknown=(sentence,),
                )
            )


def _unread_problem(unread: Unread) -> Problem:
    return Problem(f"The helmfile cannot be read here: {unread.reason}", unread.file, unread.line)


def _partly_problem(unread: Unread) -> Problem:
    return Problem(f"Some of the helmfile is not known here: {unread.reason}", unread.file, unread.line)


def _names(text: str) -> Iterator[tuple[int, str]]:
    """The names of releases that are in a part as plain text, with the line counted from 0."""
    inside = False
    seen: set[str] = set()
    for number, line in enumerate(text.split("\n")):
        if line[:1].isalpha():
            inside = line.startswith("releases:")
        found = _NAME_LINE.match(line) if inside else None
        if found is not None and found[1] not in seen:
            seen.add(found[1])
            yield number, found[1]


def _charts(text: str) -> Mapping[str, str]:
    """The chart of each release that is in a part as plain text; one that says none has the part's only chart."""
    lines = text.split("\n")
    starts = [*_names(text), (len(lines), "")]
    said = [(number, found[1]) for number, line in enumerate(lines) if (found := _CHART_LINE.match(line))]
    only = {chart for _, chart in said}
    out = dict.fromkeys((name for _, name in starts), only.pop()) if len(only) == 1 else {}
    for (start, name), (end, _) in itertools.pairwise(starts):
        own = [chart for number, chart in said if start <= number < end]
        out |= {name: own[-1]} if own else {}
    return out


def _selected(release: Release, state: State, selectors: Sequence[str]) -> bool:
    """Whether one of the selectors, each a list of labels, is of this release; without any, every release is."""
    labels = {
        **release.labels,
        **state.labels,
        "name": release.name,
        "namespace": release.texts.get("namespace", ""),
        "chart": posixpath.basename(release.texts.get("chart", "")),
    }
    return not selectors or any(
        all((labels.get(key.strip()) == value) == (sign == "=") for key, sign, value in _SELECTOR.findall(selector))
        for selector in selectors
    )
