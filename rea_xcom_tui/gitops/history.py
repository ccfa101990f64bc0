"""Who changed what and when: walks through the log."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from rea_xcom_tui.gitops.listing import SUBMODULE_MODE, tree_entries
from rea_xcom_tui.gitops.process.runner import Runner, literal

_FIELDS = "%H%x00%aN%x00%aE%x00%at%x00%P%x00%s"
_FIELD_COUNT = 6
_SAFE = ("--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-color", "--encoding=UTF-8", "--root")
"""What keeps the user's configuration from running anything, and from changing what git reports and how."""
_ORDER = "--date-order"
"""A commit comes after all that were made on top of it, and else by time. Without this git goes by time alone where
branches meet, and times mislead: many commits have the same second, and clocks of other machines go wrong."""
_MOST_LIMITS = 50
_RETELLING = ("GIT_REPLACE_REF_BASE", "GIT_GRAFT_FILE", "GIT_NO_REPLACE_OBJECTS")
"""Variables that decide which refs replace commits, and which file tells other parents of commits."""
LATEST = 253402300799
"""The last second of the year 9999. A commit may claim any number for its date; later ones no calendar knows."""


class Commit(msgspec.Struct, frozen=True):
    """One commit. Names and subject are foreign text."""

    oid: str
    author: str
    email: str
    time: int
    """When it was written, in seconds since the epoch; never before 1970, nor after LATEST."""
    parents: tuple[str, ...]
    subject: str


class FileRevision(msgspec.Struct, frozen=True):
    """One commit's change of one file."""

    commit: Commit
    path: str
    """The file's path in this commit."""
    oid: str | None
    """The blob after the commit; None when it deleted the file."""
    previous_path: str
    """Its path before, which differs where the commit moved the file."""
    previous_oid: str | None
    """The blob before the commit (in a merge, in its first parent); None when it made the file."""


def file_history(runner: Runner, start: str, path: str, *, limit: int | None = None) -> list[FileRevision]:
    """Return the commits up to `start` (a hex id) that changed the file, newest first, through its renames.

    Merges appear where they hold a version that none of their parents had. One walk; `limit` cuts it. What a
    shallow clone begins with was not changed by its first commit, which is therefore left out.
    """
    counted = [] if limit is None else [f"--max-count={limit}"]
    options = [_ORDER, "--follow", "--find-renames", "-c", "--raw", "--no-abbrev", *counted]
    revisions: list[FileRevision] = []
    for commit, tokens in _known(runner, _walk(runner, options, start, [path])):
        for change in _raw_changes(tokens):
            revision = FileRevision(commit, *change)
            if _is_copy(runner, revision):
                # git follows a new file to the one it was copied from, whose history is another one's.
                return [*revisions, msgspec.structs.replace(revision, previous_path=revision.path, previous_oid=None)]
            revisions.append(revision)
    return revisions


def file_histories(runner: Runner, start: str, paths: Collection[str]) -> dict[str, list[FileRevision]]:
    """Return for each of `paths` what `file_history` returns for it, from one walk for all of them."""
    found: dict[str, list[FileRevision]] = {path: [] for path in paths}
    for asked, revision in revisions_of(runner, start, paths):
        found[asked].append(revision)
    return found


def revisions_of(runner: Runner, start: str, paths: Collection[str]) -> Iterator[tuple[str, FileRevision]]:
    """Walk the log up to `start` once for all `paths`, and yield each that a commit changed, with the change."""
    named = {path: [path] for path in paths}
    """For each name that is looked out for at this point of the walk, the paths that it belongs to."""
    if not named:
        return
    options = [_ORDER, "--find-renames", "-c", "--raw", "--no-abbrev"]
    for commit, tokens in _known(runner, _walk(runner, options, start, [])):
        moved: list[tuple[str, str]] = []
        for change in _raw_changes(tokens):
            path, _, previous_path, previous_oid = change
            for asked in named.get(path, ()):
                yield asked, FileRevision(commit, *change)
            if path == previous_path:
                continue
            for asked in named.get(previous_path, ()):
                yield asked, FileRevision(commit, previous_path, None, previous_path, previous_oid)
            if path in named:
                moved.append((path, previous_path))
        # Only now, since one commit can move a file to where another was.
        for previous_path, asked_for in [(source, named.pop(path)) for path, source in moved]:
            named.setdefault(previous_path, []).extend(asked_for)


def _is_copy(runner: Runner, revision: FileRevision) -> bool:
    """Whether the file that this one is said to come from is still there after the commit."""
    if revision.path == revision.previous_path:
        return False
    return bool(tree_entries(runner, revision.commit.oid, [revision.previous_path]))


def last_changes(runner: Runner, start: str, paths: Collection[str], *, since: str | None = None) -> dict[str, Commit]:
    """Return the newest commit up to `start` (a hex id) that changed each path, from one walk.

    The walk ends as soon as every path is found, and at the commits that `since` (a hex id) has. A path that no commit
    on the way has is left out, and so is one whose last change is before the beginning of a shallow clone.
    """
    missing = set(paths)
    found: dict[str, Commit] = {}
    if not missing:
        return found
    limits = sorted(missing) if len(missing) <= _MOST_LIMITS else _folders(missing)
    excluded = [] if since is None else [f"^{since}"]
    for commit, tokens in _known(
        runner, _walk(runner, [_ORDER, "-c", "--name-only", "--no-renames", *excluded], start, limits)
    ):
        for path in missing.intersection(tokens):
            found[path] = commit
            missing.discard(path)
        if not missing:
            break
    return found


def changes_of(
    runner: Runner, start: str, paths: Collection[str], *, without: str | None, limit: int
) -> list[tuple[str, frozenset[str]]]:
    """Return the newest `limit` commits up to `start` that changed any of `paths`, each with those it changed.

    Newest first by the order of the history, whatever the times of the commits are; those that `without` has are left
    out. A merge changed what differs from any of its parents. One walk.
    """
    wanted = set(paths)
    if not wanted:
        return []
    limits = sorted(wanted) if len(wanted) <= _MOST_LIMITS else _folders(wanted)
    excluded = [] if without is None else [f"^{without}"]
    options = ["--topo-order", "-m", "--name-only", "--no-renames", *excluded]
    found: dict[str, frozenset[str]] = {}
    for commit, tokens in _walk(runner, options, start, limits):
        changed = found.get(commit.oid, frozenset()) | wanted.intersection(tokens)
        if changed and (commit.oid in found or len(found) < limit):
            found[commit.oid] = changed
        elif changed:
            break
    return list(found.items())


def commit_files(runner: Runner, oid: str) -> tuple[Commit, tuple[str, ...]]:
    """Return a commit (a hex id) and the paths it changed; of a merge, those that differ from its first parent."""
    options = ["--max-count=1", "--first-parent", "-m", "--name-only", "--no-renames"]
    commit, names = next(_walk(runner, options, oid, []))
    return commit, tuple(name for name in names if name)


def commits_between(runner: Runner, start: str, without: Sequence[str], *, limit: int) -> list[Commit]:
    """Return the newest commits that `start` (a hex id) has and none of the refs in `without` has."""
    excluded = [f"^{ref}" for ref in without]
    return [commit for commit, _ in _walk(runner, [_ORDER, f"--max-count={limit}", *excluded], start, [])]


def _folders(paths: Collection[str]) -> list[str]:
    """Return the top folders that hold all `paths`, or nothing (no limit) where there are too many."""
    tops = {path.split("/", 1)[0] for path in paths}
    return sorted(tops) if len(tops) <= _MOST_LIMITS else []


def is_shallow(runner: Runner) -> bool:
    """Tell whether the repo is a clone that does not go back to the first commit."""
    return runner.read(["rev-parse", "--is-shallow-repository"]).text.strip() == "true"


def retellings(runner: Runner, common_dir: Path) -> str:
    """Return what else than its id decides how a commit is described and what was before it: the mailmap, refs that
    replace commits, grafts, and settings, such as from how many files on renames are not looked for."""
    asked = r"^((mailmap|log|diff)\.|core\.usereplacerefs$)"
    settings = runner.read(["config", "--get-regexp", asked], expect=(0, 1)).text
    file = runner.read(["config", "--type=path", "--get", "mailmap.file"], expect=(0, 1, 128)).text.rstrip("\n")
    variables = [os.environ.get(name, "") for name in _RETELLING]
    refs = variables[0] or "refs/replace/"
    parts = [*variables, settings, runner.read(["for-each-ref", "--format=%(refname) %(objectname)", refs]).text]
    if "mailmap.blob" in settings:
        blob = runner.read(["config", "--get", "mailmap.blob"], expect=(0, 1)).text.rstrip("\n")
        parts.append(runner.read(["rev-parse", "--verify", "--quiet", "--end-of-options", blob], expect=(0, 1)).text)
    grafts = variables[1] or common_dir / "info" / "grafts"
    for path in (".mailmap", file, grafts):
        with suppress(OSError):
            parts.append((runner.directory / path).read_text("utf-8", "surrogateescape") if path else "")
    return "\0".join(parts)


def _known(runner: Runner, walk: Iterator[tuple[Commit, list[str]]]) -> Iterator[tuple[Commit, list[str]]]:
    """Leave out the commits at which a shallow clone begins: git shows them as if they had made every file."""
    ends = shallow_ends(runner)
    return (step for step in walk if step[0].oid not in ends)


def shallow_ends(runner: Runner) -> frozenset[str]:
    """Return the ids of the commits at which a shallow clone begins; empty for a whole one."""
    path = runner.read(["rev-parse", "--git-path", "shallow"]).text.rstrip("\n")
    try:
        return frozenset((runner.directory / path).read_text("ascii", "replace").split())
    except OSError:
        return frozenset()


def _walk(
    runner: Runner, options: Sequence[str], start: str, limits: Sequence[str]
) -> Iterator[tuple[Commit, list[str]]]:
    """Run `git log` and yield each commit with what is printed for it, cut at the NULs."""
    # A file may have any name and a subject any text; none of them can hold a mark made just now.
    mark = os.urandom(16).hex()
    arguments = ["log", "-z", f"--format={mark}{_FIELDS}", *_SAFE, *options, start, "--", *map(literal, limits)]
    header: list[str] = []
    tokens: list[str] = []
    for token in runner.read_tokens(arguments):
        if token.startswith(mark):
            if header:
                yield _commit(header), tokens
            header, tokens = [token.removeprefix(mark)], []
        elif len(header) < _FIELD_COUNT:
            header.append(token)
        else:
            # A line end parts what is printed for a commit from its subject.
            tokens.append(token.removeprefix("\n") if not tokens else token)
    if header:
        yield _commit(header), tokens


def _commit(header: list[str]) -> Commit:
    oid, author, email, seconds, parents, subject = header
    time = min(max(int(seconds or 0), 0), LATEST)
    return Commit(oid, author, email, time, tuple(parents.split()), subject)


def _raw_changes(tokens: list[str]) -> Iterator[tuple[str, str | None, str, str | None]]:
    """Read `:mode mode oid oid STATUS`, with one more mode and oid for each further parent of a merge."""
    rest = iter(tokens)
    for head in rest:
        parents = len(head) - len(head.lstrip(":"))
        if parents == 0:
            continue
        words = head[parents:].split(" ")
        modes, oids, status = words[: parents + 1], words[parents + 1 : -1], words[-1]
        previous_path = path = next(rest)
        if parents == 1 and status[:1] in ("R", "C"):
            path = next(rest)
        if SUBMODULE_MODE not in modes:
            yield path, _present(oids[-1]), previous_path, _present(oids[0])


def _present(oid: str) -> str | None:
    return oid if oid.strip("0") else None
