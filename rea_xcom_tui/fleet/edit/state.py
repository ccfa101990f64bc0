"""A repo's fleet as it was read, and what is pending over it. What changes either is in `fleet.edit.session`."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Self

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.edit.pending import Declare, LayerEdit, Pending, PendingEdit
from rea_xcom_tui.fleet.edit.plan import Known, Plan, Planned, ReadBytes, Refusal
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.fleet.scan.cache import Cache
from rea_xcom_tui.fleet.scan.kept_config import kept_config
from rea_xcom_tui.fleet.scan.pool import no_longer_ahead
from rea_xcom_tui.fleet.scan.reading import Reading
from rea_xcom_tui.user.cached import cache_path, was_cached
from rea_xcom_tui.values import Unreadable, read_file
from rea_xcom_tui.values.files import Files
from rea_xcom_tui.xcom.model import Configuration, FieldName, Value

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.baseline.statements import Statement
    from rea_xcom_tui.fleet.edit.layers import LayerEdits
    from rea_xcom_tui.fleet.scan.layered_answers import Unsaid, UnsaidTogether
    from rea_xcom_tui.fleet.scan.pool import Crew
    from rea_xcom_tui.fleet.scan.scan import Progress
    from rea_xcom_tui.fleet.scan.shown import View
    from rea_xcom_tui.fleet.scan.views import Glance, Showing
    from rea_xcom_tui.fleet.scan.workers import Convoy
    from rea_xcom_tui.gitops import Look, Repository
    from rea_xcom_tui.user.layout_settings import HelmEngine


class FleetState:
    """A repo, its fleet, the edits that are pending over it, and the files as they are now."""

    def __init__(self, repository: Repository, *, read_only: str | None = None) -> None:
        self.repository = repository
        self.root = repository.root
        self._root = str(self.root)
        self.read_only = read_only
        """Why nothing may be written, or None when writing is allowed."""
        self.off_branch: str | None = None
        """Why nothing is written where another branch is checked out than the fleet is of."""
        self.config = kept_config(repository.root)
        if read_only is None and self.config.read_only:
            self.read_only = "the configuration says read_only"
        self.fleet = Fleet(root=repository.root, head=None, branch=None)
        self.pending = Pending()
        self.engine: HelmEngine | None = None
        """The Helm whose merge counts, where the user has named one."""
        self.fleet_rules = True
        """Whether a scan looks for the findings that only the whole fleet shows."""
        self.asked: Look | None = None
        """What git has just been asked about the working tree, by who has opened the repo, for the first scan."""
        self.unsaid: Unsaid | UnsaidTogether | None = None
        """Keeps what is said of the fleet, where a view was not enough to say it."""
        self.convoy: Convoy | None = None
        """What reads the files of all repos of a fleet, while several are scanned."""
        self.crew: Crew | None = None
        """What plans the files of all repos of a fleet, while edits of several are proved."""
        self._known_plans: Known = {}
        self._choosing: tuple[Fleet, LayerEdits] | None = None
        self._at_links: tuple[Fleet, dict[str, bool]] = (self.fleet, {"": False})
        self._parts: tuple[Fleet, Mapping[str, Sequence[int]]] | None = None
        """Which deployments are part of which file, by their place in the fleet that this was made of."""

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> Self:
        """Find the repo around `path`. Raises `ToolError` with one sentence when there is none.

        A repo whose git folder could run programs is only looked at, so that nothing of it runs, until the user
        trusts it; that concerns commits alone, files can be written.
        """
        from rea_xcom_tui.gitops import Repository, TrustStore

        return cls.of(Repository.open(path, trust=TrustStore.default()), read_only=read_only)

    @classmethod
    def of(cls, repository: Repository, *, read_only: bool = False) -> Self:
        """Work on a repo that is open."""
        why = "the tool was started with --read-only" if read_only else None
        return cls(repository, read_only=why or _not_writable(repository))

    def scan(self, progress: Progress | None = None, *, ref: str | None = None) -> Fleet:
        """Read the repo again, from the working tree or a revision, and return its fleet; pending edits stay."""
        from rea_xcom_tui.fleet.scan.scan import scan_revision, scan_worktree

        asked, self.asked = self.asked, None
        if asked is None:
            self.repository.judge()
        if ref is None:
            with closing(Cache(cache_path())) as cache, no_longer_ahead():
                self.fleet = scan_worktree(self.repository, self.reading(), progress, cache, asked, self.convoy)
        else:
            self.fleet = scan_revision(self.repository, ref, self.reading(), progress)
        return self.fleet

    def look_ahead(self) -> None:
        """Have git look at the working tree for the next scan, beside whatever is done until then."""
        if self.asked is None:
            self.repository.judge_unless_just_done()
            self.asked = self.repository.look(conversions=was_cached())

    def look_away(self) -> None:
        """Forget what git has been asked for a scan that does not come; a later one has to look again."""
        asked, self.asked = self.asked, None
        if asked is not None:
            with suppress(ToolError):
                asked.work_tree(conversions=False)

    @property
    def no_push(self) -> str | None:
        """Why nothing may be pushed, or None.

        Another branch than the fleet's may be, such as that of a wave, which has just been made for a pull request.
        """
        return self.read_only if self.read_only != self.off_branch else None

    @property
    def members(self) -> Mapping[str, FleetState]:
        """The repos that the fleet is made of, by name; one that is alone has none."""
        return {"": self}

    @property
    def focus(self) -> str:
        """The name of the repo that is worked in where only one can be; a repo that is alone has none."""
        return ""

    def home_of(self, name: str) -> tuple[str, FleetState]:
        """The repo that an id or file of the fleet belongs to, and its name."""
        return "", self

    def shares(self, files: Mapping[str, bytes]) -> Iterator[tuple[str, FleetState, Mapping[str, bytes]]]:
        """Part files by their repos: the name of each, the repo, and its files as it knows them."""
        yield "", self, files

    def hash_of(self, file: str, data: bytes) -> str:
        """The id that git gives these bytes in the repo of a file."""
        repo, member = self.home_of(file)
        return self.repository.hash_bytes(data) if member is self else member.hash_of(within(repo, file), data)

    def show(self, view: View, form: str = "") -> Showing | None:
        """The fleet as a view shows it in one `form`, without making one; None where that is not enough."""
        from rea_xcom_tui.fleet.scan.showing import show

        repos = [f"{name}:{member.root}".encode("utf-8", "surrogateescape") for name, member in self.members.items()]
        with closing(Cache(cache_path())) as cache, closing(self.glances(view, cache)) as glances:
            showing, self.unsaid = show(view, self.reading(), cache, glances, repos, form)
        self.asked = self.unsaid.asked if self.unsaid is not None else None
        return showing

    def glances(self, view: View, cache: Cache) -> Generator[tuple[str, Glance]]:
        """A glance at each of the repos that the fleet is made of, and its name."""
        yield "", self.glance(view, cache)

    def glance(self, view: View, cache: Cache) -> Glance:
        """A glance at the working tree."""
        from rea_xcom_tui.fleet.scan.views import Glance

        asked, self.asked = self.asked or self.repository.look(conversions=was_cached()), None
        return Glance(self.repository, self.reading(), view, cache, asked, self.convoy)

    def value(self, deployment: Deployment, field: FieldName) -> Value:
        """The value of a field as it will be: the pending one, else the one in the file."""
        from rea_xcom_tui.fleet.edit.row import overlaid
        from rea_xcom_tui.xcom.compare import current_value

        return current_value(overlaid(deployment, self.pending.changing(deployment.id)).field(field))

    def deployment(self, id_: str) -> Deployment:
        """The deployment with this id. Raises `ToolError` when the fleet has none, or its file cannot be read now."""
        return self.fleet.deployment(id_)

    def plan(self, progress: Callable[[int, int], None] | None = None, *, held: bool = False) -> Plan:
        """The files as they would be after the pending edits that are not held, or after all. Nothing is written."""
        from rea_xcom_tui.fleet.edit.planning import plan_edits  # what only looks need not wait for it

        edits = self.pending.edits if held else self.pending.chosen
        return plan_edits(
            edits,
            self.file_of,
            self._reader(),
            progress,
            self.reading(),
            self._known_plans,
            self.plan_layers,
            self._says,
            self.crew,
        )

    def plan_layers(self, edits: Sequence[LayerEdit]) -> Plan:
        """The plan for the edits of deployments that are made of layers, proved together."""
        editor = self.layer_edits()
        if editor is None:
            return Plan((), tuple(Refusal(e.deployment, e.field, "the repo no longer has layers") for e in edits))
        return editor.plan(edits, self.deployments_of)

    def layer_edits(self) -> LayerEdits | None:
        """What edits layers, on the files as they are now; None in a repo without entry points."""
        from rea_xcom_tui.fleet.edit.layers import LayerEdits

        found = self.fleet.layouts
        return LayerEdits(found, self.reading(), self.read_now, self.fleet.called) if found is not None else None

    def chooser(self) -> LayerEdits:
        """What chooses layers in the fleet as it was read. Raises `Refused` where its layers are no longer known."""
        if self._choosing is None or self._choosing[0] is not self.fleet:
            editor = self.layer_edits()
            if editor is None:
                raise Refused("the layers of this deployment are no longer known; rescan, then repeat the edit")
            self._choosing = self.fleet, editor
        return self._choosing[1]

    def fingerprint(self, since: int | None = None) -> int | None:
        """A number that changes when a file of the fleet or the checked-out commit does, see `fleet.scan.footprint`."""
        return self.watcher(since)()

    def watcher(self, since: int | None = None) -> Callable[[], int | None]:
        """What tells `fingerprint` of the fleet as it is now, on whatever thread. It takes as long as a git status."""
        from rea_xcom_tui.fleet.scan.footprint import footprint

        return partial(footprint, self.repository.for_another_thread(), self.fleet, since)

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What is pending in the baseline file."""
        return tuple(edit.statement for edit in self.pending.edits if isinstance(edit, Declare))

    def reading(self) -> Reading:
        """How the repo's configuration has files read and judged."""
        config = self.config
        return Reading(
            config.environments, config.rules, layouts=config.layouts, engine=self.engine, fleet_rules=self.fleet_rules
        )

    def _deployments(self, ids: Iterable[str]) -> Iterator[Deployment]:
        """One after the other, so that whoever gives the ids knows how far the work is."""
        return (self.deployment(id_) for id_ in ids)

    def plans_of(
        self, edits: Mapping[str, Sequence[PendingEdit]], progress: Callable[[int, int], None] | None = None
    ) -> dict[str, Planned]:
        """The plan for each of some files, the earlier one where nothing has changed since."""
        from rea_xcom_tui.fleet.edit.planning import plan_files

        return plan_files(edits, self._reader(), self.reading(), self._known_plans, progress, self._says, self.crew)

    def _says(self, file: str, data: bytes) -> Configuration | None:
        """What a file's bytes say, where they are those that the fleet was read from."""
        row = self.fleet.by_id.get(file)
        if row is None or row.stack or row.digest != self.repository.hash_bytes(data):
            return None
        return row.config

    def file_of(self, edit: PendingEdit) -> str:
        """The file that an edit changes: its own, or the one in the repo that its own is a link to.

        Raises `ToolError` when the edit's deployment is not in the fleet any more.
        """
        if not isinstance(edit, Declare):
            self.deployment(edit.deployment)
        return self.real_file(edit.file)

    def real_file(self, file: str) -> str:
        """A file of the repo, or the one in the repo that it is a link to."""
        folder = file.rpartition("/")[0]
        if not os.path.islink(f"{self._root}/{file}") and not self._stands_at_a_link(folder):
            return file
        try:
            return (self.root / file).resolve().relative_to(self.root.resolve()).as_posix()
        except (OSError, ValueError):
            return file  # a loop, or out of the repo: reading it says so

    def _stands_at_a_link(self, folder: str) -> bool:
        """Whether a folder, or one that it is in, is a link; looked at once for each fleet."""
        if self._at_links[0] is not self.fleet:
            self._at_links = self.fleet, {"": False}
        known = self._at_links[1]
        if folder not in known:
            above = folder.rpartition("/")[0]
            known[folder] = os.path.islink(f"{self._root}/{folder}") or self._stands_at_a_link(above)
        return known[folder]

    def on_disk(self, file: str) -> Path:
        """Where a file of the fleet is."""
        return self.root / file

    def statements_of(self, repo: str) -> tuple[Statement, ...]:
        """What is pending in the baseline file of one of the repos."""
        return tuple(edit.statement for edit in self.pending.edits if isinstance(edit, Declare) and edit.repo == repo)

    def read_now(self, file: str) -> bytes:
        """The bytes of a file of the repo as they are now. Raises `Unreadable`."""
        return read_file(self.root / file, self.root)

    def deployments_of(self, files: Iterable[str]) -> list[Deployment]:
        """The deployments that use any of these files, named by their real paths, in the fleet's order."""
        if self._parts is None or self._parts[0] is not self.fleet:
            parts: dict[str, list[int]] = {}
            real: dict[str, str] = {}
            for number, deployment in enumerate(self.fleet.deployments):
                for file in deployment.files:
                    if file not in real:
                        real[file] = self.real_file(file)
                    parts.setdefault(real[file], []).append(number)
            self._parts = self.fleet, parts
        numbers = {number for file in files for number in self._parts[1].get(file, ())}
        return [self.fleet.deployments[number] for number in sorted(numbers)]

    def _reader(self) -> ReadBytes:
        """As `read_now`, for many files at once; None for a baseline file that the repo does not have yet."""
        files = Files(self.root)

        def read(file: str) -> bytes | None:
            if file == BASELINE_FILE and not os.path.lexists(self.root / file):
                return None
            try:
                return files.read(file)
            except Unreadable:
                return self.read_now(file)

        return read


def _not_writable(repository: Repository) -> str | None:
    """Why this repo cannot be written at all, or None."""
    for folder in (repository.root, repository.git_dir):
        if not os.access(folder, os.W_OK):
            return f"the folder {folder} is not writable for you"
    return None
