"""Several repos as one fleet, to read and to edit; `fleet.several` writes and commits."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.pending import Fix, Pending, PendingEdit, SetField
from rea_xcom_tui.fleet.edit.placing import USUAL, Placing
from rea_xcom_tui.fleet.edit.plan import FilePlan, Plan, Proof, Refusal
from rea_xcom_tui.fleet.edit.several import edit_in, edit_of, plan_in
from rea_xcom_tui.fleet.model import Deployment, Fleet
from rea_xcom_tui.fleet.qualified import deployment_in, in_repo, qualified, within
from rea_xcom_tui.fleet.scan.joining import joined_fleet
from rea_xcom_tui.fleet.scan.layered_answers import UnsaidTogether
from rea_xcom_tui.fleet.scan.workers import Convoy
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import FieldName, Finding, Value

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.layers import LayerEdits
    from rea_xcom_tui.fleet.edit.state import FleetState
    from rea_xcom_tui.fleet.scan.cache import Cache
    from rea_xcom_tui.fleet.scan.scan import Progress as ScanProgress
    from rea_xcom_tui.fleet.scan.shown import View
    from rea_xcom_tui.fleet.scan.views import Glance
    from rea_xcom_tui.gitops import Repository


_AHEAD = 2
"""In so many repos git looks at the working tree already while another one is read."""


class Together(Workspace):
    """Several repos as one fleet; `repos` are their workspaces by name."""

    def __init__(self, repos: Mapping[str, Workspace]) -> None:
        self.repos = dict(repos)
        self._focus = ""
        first = next(iter(self.repos.values()))
        super().__init__(first.repository)
        self.config = first.config
        if all(member.read_only for member in self.repos.values()):
            name = next(iter(self.repos))
            self.read_only = f"{clean(name)}: {first.off_branch}" if first.off_branch else first.read_only
            if any(member.no_push is None for member in self.repos.values()):
                self.off_branch = self.read_only
        self.root = Path(os.path.commonpath([member.root for member in self.repos.values()]))
        self._tokens: list[str] = []
        """What the writes of this session share, oldest first."""
        self._join()

    # ---- which repo

    @property
    def members(self) -> Mapping[str, FleetState]:
        """The repos that the fleet is made of, by name."""
        return self.repos

    def each(self) -> Mapping[str, Workspace]:
        """The repos that the fleet is made of, by name."""
        return self.repos

    @property
    def here(self) -> Workspace:
        """The repo that is worked in where only one can be. Raises `ToolError` where none has been chosen."""
        if self._focus not in self.repos:
            names = ", ".join(map(clean, self.repos))
            raise ToolError(f"this is done in one repo at a time; name one of {names} with -C")
        return self.repos[self._focus]

    @property
    def focus(self) -> str:
        """The name of the repo that is worked in where only one can be; empty until one is chosen."""
        return self._focus

    @property
    def title(self) -> str:
        """What the fleet is called, for people."""
        return f"{plural(len(self.repos), 'repo')} · {self._focus}" if self._focus else plural(len(self.repos), "repo")

    def focus_on_first(self) -> None:
        """Work in the first repo until another is chosen."""
        self._focus = next(iter(self.repos))

    def focus_on(self, name: str) -> None:
        """Work in the repo of this id or file from now on, where only one can be worked in."""
        repo = name.partition(":")[0]
        self._focus = repo if repo in self.repos else self._focus

    @property
    def repository(self) -> Repository:
        """That of the repo that is worked in where only one can be. Raises `ToolError` where none has been chosen."""
        return self.here.repository

    @repository.setter
    def repository(self, _: Repository) -> None:
        """Nothing: each of the repos has its own."""

    def repo_of(self, name: str) -> str:
        """The name of the repo that an id or file of the fleet belongs to. Raises `ToolError`."""
        repo = name.partition(":")[0]
        if repo not in self.repos:
            raise ToolError(f"{clean(name)} is in none of the repos {', '.join(map(clean, self.repos))}")
        return repo

    def home_of(self, name: str) -> tuple[str, Workspace]:
        """The repo that an id or file of the fleet belongs to, and its name."""
        repo = self.repo_of(name)
        return repo, self.repos[repo]

    def shares(self, files: Mapping[str, bytes]) -> Iterator[tuple[str, FleetState, Mapping[str, bytes]]]:
        """Part files by their repos: the name of each, the repo, and its files as it knows them."""
        parts: dict[str, dict[str, bytes]] = {}
        for file, data in files.items():
            repo = self.repo_of(file)
            parts.setdefault(repo, {})[within(repo, file)] = data
        return ((repo, self.repos[repo], mine) for repo, mine in parts.items())

    def tell_fetches(self, tell: Callable[[int, str, int | None], None]) -> None:
        """Report what is fetched for partial clones."""
        for member in self.repos.values():
            member.tell_fetches(tell)

    # ---- reading

    def scan(self, progress: ScanProgress | None = None, *, ref: str | None = None) -> Fleet:
        """Read all repos again, from their working trees or a revision of each; pending edits stay."""
        done = 0
        for repo, member in self._one_by_one(look=ref is None):
            told = None if progress is None else _onward(progress, repo, done)
            with in_repo(repo):
                done += len(member.scan(told, ref=ref).deployments)
        return self._join(ref)

    def glances(self, view: View, cache: Cache) -> Generator[tuple[str, Glance]]:
        """A glance at each of the repos that the fleet is made of, and its name."""
        for repo, member in self._one_by_one(look=True):
            with in_repo(repo):
                glance = member.glance(view, cache)
            yield repo, glance

    def look_ahead(self) -> None:
        """Have git look at the working trees of the first repos for the next scan."""
        for repo, member in islice(self.repos.items(), 1 + _AHEAD):
            with in_repo(repo):
                member.look_ahead()

    def _one_by_one(self, *, look: bool) -> Iterator[tuple[str, Workspace]]:
        """Each repo to be read, and its name; they share what reads files.

        With `look`, git looks at the working trees of the next ones meanwhile.
        """
        members = list(self.repos.items())
        with closing(Convoy(len(members))) as convoy:
            try:
                for at, (repo, member) in enumerate(members):
                    for ahead, other in members[at : at + 1 + _AHEAD] if look else ():
                        with in_repo(ahead):
                            other.look_ahead()
                        if isinstance(self.unsaid, UnsaidTogether) and other.asked is not None:
                            self.unsaid.looks[ahead] = other.asked
                    member.engine, member.convoy, member.fleet_rules = self.engine, convoy, self.fleet_rules
                    convoy.next_repo()
                    yield repo, member
            finally:
                for member in self.repos.values():
                    member.convoy = None
                    member.look_away()

    def _join(self, ref: str | None = None) -> Fleet:
        """Make one fleet of those of the repos, and judge what only all of them together show."""
        self.fleet = joined_fleet(
            {repo: member.fleet for repo, member in self.repos.items()},
            self.root,
            self.reading(),
            ref=ref,
            asides=self.asides,
        )
        return self.fleet

    @property
    def asides(self) -> tuple[str, ...]:
        """Which repos cannot be written, and why."""
        if self.read_only is not None:
            return ()
        return tuple(
            f"{clean(repo)} is only read: {member.read_only}"
            for repo, member in self.repos.items()
            if member.read_only is not None
        )

    def fingerprint(self, since: int | None = None) -> int | None:
        """A number that changes when a file of any repo or its checked-out commit does; None as for one repo."""
        return self.watcher(since)()

    def watcher(self, since: int | None = None) -> Callable[[], int | None]:
        """What reports that from any thread."""
        each = [member.watcher(since) for member in self.repos.values()]

        def look() -> int | None:
            told = tuple(one() for one in each)
            return None if None in told else hash(told)

        return look

    def layer_edits(self) -> LayerEdits | None:
        """None: layers are edited in the repo that holds them."""
        return None

    def real_file(self, file: str) -> str:
        """A file of the fleet, or the one in its repo that it is a link to."""
        repo, member = self.home_of(file)
        return qualified(repo, member.real_file(within(repo, file)))

    def read_now(self, file: str) -> bytes:
        """The bytes of a file of the fleet as they are now. Raises `Unreadable`."""
        repo, member = self.home_of(file)
        return member.read_now(within(repo, file))

    def on_disk(self, file: str) -> Path:
        """Where a file of the fleet is."""
        repo, member = self.home_of(file)
        return member.on_disk(within(repo, file))

    # ---- what is pending

    def edit_to(
        self, deployment: Deployment, field: FieldName, value: Value, text: str, place: Placing = USUAL
    ) -> SetField:
        """The edit that gives a field a value that has passed its model, not proved yet. Raises `Refused`."""
        repo, member = self.home_of(deployment.id)
        own = member.deployment(within(repo, deployment.id))
        return cast("SetField", edit_in(repo, member.edit_to(own, field, value, text, place.within(repo))))

    def inheriting(self, deployment: Deployment, field: FieldName, place: Placing = USUAL) -> SetField:
        """The edit that removes the override of a field, not proved yet. Raises `Refused`."""
        repo, member = self.home_of(deployment.id)
        own = member.deployment(within(repo, deployment.id))
        return cast("SetField", edit_in(repo, member.inheriting(own, field, place.within(repo))))

    def fix_of(self, deployment: Deployment, finding: Finding, *, shared: bool = False) -> Fix:
        """The automatic fix of a finding, not proved yet. Raises `Refused` where no layer takes it."""
        repo, member = self.home_of(deployment.id)
        own = member.deployment(within(repo, deployment.id))
        return cast("Fix", edit_in(repo, member.fix_of(own, finding, shared=shared)))

    def prove(self, edits: Iterable[PendingEdit], progress: Callable[[int, int], None] | None = None) -> Proof:
        """Make edits in memory and prove them, each in its repo with what is pending there."""
        known = list(edits)
        files: list[FilePlan] = []
        refused: list[Refusal] = []
        done = 0
        with self.helped(len(known)):
            for repo, mine in self._parted(known).items():
                told = None if progress is None else _further(progress, done, len(known))
                member = self._hand_over(repo)
                found = plan_in(repo, member.prove([edit_of(repo, edit) for edit in mine], told))
                files += found[0]
                refused += found[1]
                done += len(mine)
        return Proof(tuple(files), tuple(refused))

    @contextmanager
    def helped(self, files: int) -> Iterator[None]:
        """Have all repos share child processes meanwhile, where so many files are worth some."""
        from rea_xcom_tui.fleet.edit.many import crew_for

        crew = crew_for(files)
        for member in self.repos.values():
            member.crew = crew
        try:
            yield
        finally:
            for member in self.repos.values():
                member.crew = None
            if crew is not None:
                crew.close()

    def plan(self, progress: Callable[[int, int], None] | None = None, *, held: bool = False) -> Plan:
        """The files as they would be after the pending edits that are not held, or after all. Nothing is written."""
        files: list[FilePlan] = []
        refused: list[Refusal] = []
        for repo in self._busy(held=held):
            found = plan_in(repo, self._hand_over(repo).plan(progress, held=held))
            files += found[0]
            refused += found[1]
        plan = Plan(tuple(files), tuple(refused))
        self.pending.note(plan.edits)
        return plan

    def _parted(self, edits: Iterable[PendingEdit]) -> dict[str, list[PendingEdit]]:
        parts: dict[str, list[PendingEdit]] = {}
        for edit in edits:
            parts.setdefault(self.repo_of(edit.file), []).append(edit)
        return parts

    def _busy(self, *, held: bool = False) -> list[str]:
        """The repos with edits that would be written now, or with any, in their order."""
        parts = self._parted(self.pending.edits if held else self.pending.chosen)
        return [repo for repo in self.repos if repo in parts]

    def proposed(self, repo: str, act: Callable[[Workspace], object]) -> list[PendingEdit]:
        """What an action on one repo makes pending there, as the whole fleet knows it; nothing is pending yet."""
        member = self._hand_over(repo)
        before = set(member.pending.edits)
        with in_repo(repo):
            act(member)
        return [edit_in(repo, edit) for edit in member.pending.edits if edit not in before]

    def _hand_over(self, repo: str) -> Workspace:
        """Let a repo have what is pending in it."""
        member = self.repos[repo]
        mine = self._parted(self.pending.edits).get(repo, [])
        member.pending = Pending()
        member.pending.put([edit_of(repo, edit) for edit in mine], "what is pending")
        return member


@dataclass(frozen=True, slots=True)
class _InRepo(Collection[Deployment]):
    """Deployments of a repo as the whole fleet knows them, made for who looks at them: most only count."""

    repo: str
    rows: Collection[Deployment]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Deployment]:
        return (deployment_in(self.repo, one) for one in self.rows)

    def __contains__(self, one: object) -> bool:
        return one in [*self]


def _onward(progress: ScanProgress, repo: str, before: int) -> ScanProgress:
    """Tell of a repo's scan as a part of the whole."""

    def told(done: int, total: int, new: Collection[Deployment]) -> None:
        progress(before + done, before + total, _InRepo(repo, new))

    return told


def _further(progress: Callable[[int, int], None], before: int, total: int) -> Callable[[int, int], None]:
    return lambda done, _: progress(before + done, total)
