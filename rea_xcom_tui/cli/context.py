"""What every command needs: which repo, how to print, what may be written."""

from __future__ import annotations

import functools
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import click
import msgspec

from rea_xcom_tui import __version__
from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli import stdio as streams
from rea_xcom_tui.cli.ahead import take
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.scan.gc_paused import read_for_good
from rea_xcom_tui.reports.formats import REPORTS
from rea_xcom_tui.text import clean, plural

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.model import Deployment, Fleet
    from rea_xcom_tui.fleet.scan.views import Showing
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.user.fleets import RepoEntry
    from rea_xcom_tui.user.layout_settings import HelmEngine
    from rea_xcom_tui.user.settings import Config

F = TypeVar("F", bound=Callable[..., Any])


class OpenUi(Protocol):
    """Opens the terminal UI on a repo, or on several as one fleet, and returns the exit code."""

    def __call__(self, repos: Sequence[Path | RepoEntry], *, read_only: bool, no_color: bool) -> int:
        """Open it."""


class CheckUi(Protocol):
    """Tells what is wrong with the configuration of the terminal UI, one sentence each."""

    def __call__(self, config: Config) -> Iterable[str]:
        """Check it."""


class Session(msgspec.Struct, frozen=True):
    """The options that work everywhere, before or after the command's name."""

    repos: tuple[Path, ...] = ()
    """The repos, or folders in them; empty for the one around the current folder."""
    fleets: Path | None = None
    """The file that names the repos of the fleet."""
    no_color: bool = False
    read_only: bool = False
    command: str = ""
    """The name of the command that runs."""
    new_branch: str | None = None
    """The branch that is to be made for its commit."""
    open_ui: OpenUi | None = None
    """Opens the terminal UI; None where there is none to open."""
    check_ui: CheckUi | None = None
    """Checks what only the terminal UI understands; None where there is none."""

    def workspace(
        self,
        *,
        ref: str | None = None,
        scan: bool = True,
        look: bool = False,
        engine: HelmEngine | None = None,
        repos: Sequence[Path | RepoEntry] = (),
        fleet_rules: bool = True,
    ) -> Workspace:
        """Open the repo and read its fleet, from the working tree or from a revision; without `scan`, only open it.

        With `look`, git is asked about the working tree in any case, since it will be scanned soon. `repos` are opened
        instead of those of the options. Without `fleet_rules` no findings are looked for that only
        the whole fleet shows.
        """
        workspace = self._opened(repos or self.entries(), look=(scan or look) and ref is None)
        workspace.engine, workspace.fleet_rules = engine, fleet_rules
        if scan:
            self.read(workspace, ref)
        return workspace

    def read(self, workspace: Workspace, ref: str | None = None) -> None:
        """Read the fleet of a workspace that was only opened."""
        with working("reading the repo") as progress, read_for_good():
            workspace.scan(progress.count, ref=ref)

    def entries(self) -> Sequence[Path | RepoEntry]:
        """What the fleet is made of. Raises `ToolError` where the file that names it has mistakes."""
        if self.fleets is None:
            return self.repos or (Path(),)
        from rea_xcom_tui.user.fleets import read_fleets

        return [*read_fleets(self.fleets), *self.repos]

    def show(self, module: str, form: str = "") -> tuple[Workspace, Showing | None]:
        """Open the repo and show its fleet without making one; where that is not enough, the fleet is read.

        The module, which has the `VIEW`, is imported once git is at work.
        """
        workspace = self._opened(self.entries(), look=True)
        with working("reading the repo") as progress, read_for_good():
            showing = workspace.show(import_module(module).VIEW, form)
            if showing is None:
                workspace.scan(progress.count)
        return workspace, showing

    def _opened(self, repos: Sequence[Path | RepoEntry], *, look: bool) -> Workspace:
        """Open the repos; with `look`, have git look at the working tree of one while the rest is imported."""
        from rea_xcom_tui.fleet.opening import open_fleet

        begun = take(repos[0]) if look and len(repos) == 1 and isinstance(repos[0], Path) else None
        workspace = open_fleet(repos, read_only=self.read_only, look=look, begun=begun)
        workspace.tell_fetches(_tell_fetch)
        workspace.command = self.command
        if self.new_branch is not None:
            workspace.check_new_branch(self.new_branch)
        if self.command != "undo":
            self._tell_cut_off(workspace)
        return workspace

    @staticmethod
    def _tell_cut_off(workspace: Workspace) -> None:
        """Say on stderr that what is about to be shown is half written, because a crash cut a write or commit off."""
        cut_off = workspace.cut_off()
        if cut_off is not None:
            note(
                f"warning: an earlier write was cut off, '{clean(cut_off.title)}' of {cut_off.when}, so files may be "
                "half changed: `rea-xcom-tui undo` takes it back, `rea-xcom-tui undo --finish` finishes it"
            )
        elif workspace.commit_cut_off():
            note("warning: an earlier commit was cut off; `rea-xcom-tui undo` repairs index and branch")

    @property
    def color(self) -> bool:
        """True when output may carry colour: what is asked for counts before NO_COLOR, that before CLICOLOR_FORCE.

        See no-color.org and bixense.com/clicolors.
        """
        if self.no_color or os.environ.get("NO_COLOR"):
            return False
        if os.environ.get("CLICOLOR_FORCE", "0") not in ("", "0"):
            return True
        return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


REPORT_FORMATS = click.Choice(REPORTS)
"""The formats of what is found in a fleet, for people, programs and the services that show it beside a change."""


def common_options(function: F) -> F:
    """Give a command the options that work everywhere and pass them to it as `session`."""

    @click.option(
        "-C",
        "--repo",
        "repos",
        type=click.Path(path_type=Path),
        multiple=True,
        help="The repo, or a folder in it; repeat it to make several repos one fleet.",
    )
    @click.option("--fleet", "fleets", type=click.Path(path_type=Path), help="The file that names the fleet's repos.")
    @click.option("--no-color", is_flag=True, help="No colour in the output.")
    @click.option("--read-only", is_flag=True, help="Write nothing, whatever is asked for.")
    @click.option("--no-cache", is_flag=True, help="Read every file again and keep nothing in the cache.")
    @click.version_option(__version__, "--version", message="%(version)s")
    @click.pass_context
    @functools.wraps(function)
    def wrapped(
        ctx: click.Context,
        repos: tuple[Path, ...],
        fleets: Path | None,
        no_color: bool,
        read_only: bool,
        no_cache: bool,
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        outer = ctx.obj if isinstance(ctx.obj, Session) else Session()
        ctx.obj = msgspec.structs.replace(
            outer,
            repos=repos or outer.repos,
            fleets=fleets or outer.fleets,
            no_color=no_color or outer.no_color,
            read_only=read_only or outer.read_only,
            command=ctx.info_name or "",
            new_branch=ctx.params.get("branch"),
        )
        if no_cache:
            _without_cache(ctx)
        return function(*args, session=ctx.obj, **kwargs)

    return wrapped  # type: ignore[return-value]


def _without_cache(ctx: click.Context) -> None:
    """Use no cache while this command runs, in whatever thread."""
    from rea_xcom_tui.user.cached import NO_CACHE

    before = os.environ.get(NO_CACHE)
    os.environ[NO_CACHE] = "1"
    if before is None:
        ctx.call_on_close(lambda: os.environ.pop(NO_CACHE, None))


LEVELS = click.Choice(("error", "warning", "info", "never"))

engine_option = click.option(
    "--engine",
    type=click.Choice(("3", "4.1", "4.2")),
    help="Merge values as this version of Helm does, whatever deploys the chart.",
)
changed_since_option = click.option(
    "--changed-since",
    metavar="REF",
    shell_complete=complete.revisions,
    help="Only deployments that changes since the merge base with REF affect, through shared layers too.",
)
ref_option = click.option(
    "--ref",
    shell_complete=complete.revisions,
    help="Read the tree of this commit, branch or tag instead of the working tree.",
)
fail_on_option = click.option(
    "--fail-on", type=LEVELS, default="error", show_default=True, help="Exit with 1 at this severity and above."
)


class QueryCommand(click.Command):
    """A command whose arguments are a query, in which a word may begin with `-` (which negates it)."""

    _ESCAPE = "\0"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep click from taking a negated word for an option."""
        return super().parse_args(ctx, list(self._escaped(ctx, args)))

    def _escaped(self, ctx: click.Context, args: list[str]) -> Iterator[str]:
        options = {name: param for param in self.get_params(ctx) for name in param.opts}
        is_value = False
        for arg in args:
            option = None if is_value else options.get(arg)
            word = option is None and not is_value and not arg.startswith(("--", "-C"))
            yield self._ESCAPE + arg if word and len(arg) > 1 and arg[0] == "-" else arg
            is_value = isinstance(option, click.Option) and not option.is_flag

    @classmethod
    def query(cls, words: tuple[str, ...]) -> str:
        """The query as the user wrote it."""
        return " ".join(word.removeprefix(cls._ESCAPE) for word in words)


def select(fleet: Fleet, query: str) -> list[Deployment]:
    """The deployments that a query selects, in the order of the fleet."""
    from rea_xcom_tui.fleet.query import matching

    return matching(fleet, query)


def require_files(fleet: Fleet) -> None:
    """Raise `ToolError` when the repo holds no agent values file at all, not even one that cannot be read."""
    if fleet.deployments or fleet.unreadable:
        return
    where = f"the tree of {fleet.ref}" if fleet.ref else str(fleet.root)
    looks = (
        "the tool looks for files with an xcomBackend, a commonEnv or an agent token key, tracked by git or not ignored"
    )
    raise ToolError(f"no agent values file was found in {where}; {switched_off(fleet) or looks}")


def switched_off(fleet: Fleet) -> str:
    """What keeps a repo that has the agent's chart from deploying it, as the end of a sentence; empty for nothing."""
    off = fleet.layouts.found.off if fleet.layouts is not None else ()
    if not off:
        return ""
    more = f" and {plural(len(off) - 1, 'more chart')}" if len(off) > 1 else ""
    return f"the agent's chart is in {clean(off[0], 200)}{more}, but switched off by a condition or a tag in its values"


def out(text: str | bytes, *, end: bool = True) -> None:
    """Print for the user, or for the program that reads our stdout; nothing where there is nothing to say.

    What a person reads goes through `for_people`.
    """
    if text:
        streams.write(text, end=end)


def for_people(text: str | bytes) -> None:
    """Print findings or a diff, coloured where the session of the running command has colour."""
    session = click.get_current_context().find_object(Session)
    if text and session is not None and session.color:
        from rea_xcom_tui.cli.paint import painted

        streams.write(painted(text.decode() if isinstance(text, bytes) else text), color=True)
    else:
        out(text)


def _tell_fetch(count: int, remote: str, percent: int | None) -> None:
    """Say on stderr what is fetched, and on a terminal also how far it is."""
    words = f"fetching {plural(count, 'file')} that this partial clone left on {remote}"
    if percent is None:
        note(words)
    elif sys.stderr.isatty():
        sys.stderr.write(f"\r{percent:3d} %" + ("\r     \r" if percent == 100 else ""))
        sys.stderr.flush()


def note(text: str) -> None:
    """Say something on stderr that is not a failure."""
    streams.write(clean(text), error=True)


def terminal_width() -> int | None:
    """The width of the terminal on stdout, or None when stdout is not a terminal."""
    return shutil.get_terminal_size((120, 40)).columns if sys.stdout.isatty() else None


def find_deployment(fleet: Fleet, wanted: str) -> Deployment:
    """The one deployment that a user names by id, file or name. Raises `ToolError` otherwise."""
    if wanted in fleet.by_id:
        return fleet.by_id[wanted]
    hits = [d for d in fleet.deployments if wanted in (d.name, d.file)]
    if len(hits) == 1:
        return hits[0]
    for file in fleet.unreadable:
        if file.file == wanted:
            raise ToolError(f"{wanted} cannot be read: {file.message}")
    if hits:
        ids = ", ".join(d.id for d in hits[:5]) + (", ..." if len(hits) > 5 else "")
        raise ToolError(f"'{wanted}' names {len(hits)} deployments: {ids}; give the id of one")
    raise ToolError(f"no deployment is called '{wanted}'; `list` shows them all{_nearest(fleet, wanted)}")


def _nearest(fleet: Fleet, wanted: str) -> str:
    import difflib

    names = {d.name for d in fleet.deployments} | {d.id for d in fleet.deployments}
    near = difflib.get_close_matches(wanted, sorted(names), n=1)
    return f", the nearest is '{near[0]}'" if near else ""
