"""`drift`: what differs from the baseline, the majority, another state of the fleet, or what runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import (
    LEVELS,
    REPORT_FORMATS,
    QueryCommand,
    Session,
    changed_since_option,
    common_options,
    note,
    out,
    ref_option,
    select,
    switched_off,
)
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.cli.write_options import (
    Carrying,
    carry_out,
    carrying_options,
    tell_refused,
)
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.drift.against import BASELINE, MAJORITY, Against
from rea_xcom_tui.text import clean, plural

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.drift.kept import Memory, Told
    from rea_xcom_tui.fleet.drift.report import DriftReport
    from rea_xcom_tui.fleet.workspace import Workspace


@dataclass(frozen=True, slots=True)
class DriftOptions:
    """The options of `drift`."""

    form: str
    against: str | None
    releases: Path | None
    cluster: str | None
    namespace: tuple[str, ...]
    fail_on: str
    ref: str | None
    since: bool
    fix: bool
    adopt: bool
    adopt_group: bool
    ignore: str | None
    owner: str
    expires: str | None
    skip_refused: bool
    changed_since: str | None
    how: Carrying

    @property
    def wanted(self) -> Against | None:
        """What to compare with."""
        if self.releases is not None:
            return Against("releases", str(self.releases))
        if self.cluster is not None:
            return Against("cluster", self.cluster, self.namespace)
        return None if self.against is None else Against.parse(self.against)

    @property
    def is_plain(self) -> bool:
        """Whether the whole fleet is compared with itself or its baseline as it is, and nothing is to be changed."""
        elsewhere = (self.ref, self.releases, self.cluster, self.changed_since)
        return not self.acts and not any(elsewhere) and self.wanted in (None, MAJORITY, BASELINE)

    @property
    def acts(self) -> bool:
        """Whether something is to be changed."""
        return self.fix or self.adopt or self.adopt_group or self.ignore is not None


@click.command("drift", cls=QueryCommand)
@click.argument("query", nargs=-1, shell_complete=complete.query)
@click.option(
    "--against",
    metavar="WHAT",
    help="majority, baseline, components, deployment:ID, or a commit, branch or tag; ref:NAME for one that is called "
    "like one of these words (default: baseline if there is one).",
)
@click.option(
    "--releases", type=click.Path(path_type=Path), help="Compare with `helm get values` files in this folder."
)
@click.option(
    "--cluster", metavar="CONTEXT", help="Compare with Helm's records in the cluster of a kubeconfig context."
)
@click.option(
    "--namespace",
    multiple=True,
    metavar="NAME",
    help="With --cluster: look in this namespace instead of the deployments' own.",
)
@click.option("--format", "form", type=REPORT_FORMATS, default="text", show_default=True)
@click.option(
    "--fail-on", type=LEVELS, default="info", show_default=True, help="Exit with 1 at this severity and above."
)
@ref_option
@click.option("--since/--no-since", default=True, help="Look up who introduced each difference, and when.")
@click.option("--fix", is_flag=True, help="Fix what differs: print the diff, or write or commit it.")
@click.option(
    "--adopt",
    is_flag=True,
    help="Make the actual values the expected ones for these deployments; without a baseline, write one.",
)
@click.option("--adopt-group", is_flag=True, help="Allow the actual values for the whole group of each deployment.")
@click.option("--ignore", metavar="REASON", help="Accept the difference in the baseline file, with this reason.")
@click.option("--owner", default="", help="With --ignore: who is responsible for it.")
@click.option("--expires", metavar="DATE", help="With --ignore: its expiry date, such as 2027-01-31.")
@click.option("--skip-refused", is_flag=True, help="With --fix: carry out the rest when some cannot be fixed.")
@changed_since_option
@carrying_options
@common_options
def drift(session: Session, query: tuple[str, ...], **chosen: Any) -> int:
    """Print what differs in the deployments that QUERY selects, one row for each cause."""
    options = DriftOptions(**chosen)
    _check(options)
    # A query may ask for findings, and whoever changes something is told of those that are added and removed.
    whole = not query and options.is_plain
    workspace = session.workspace(ref=options.ref, scan=not whole, look=whole, fleet_rules=bool(query) or options.acts)
    memory: Memory | None = None
    if whole:
        from rea_xcom_tui.fleet.drift.kept import Memory

        memory = Memory(workspace, (options.form, options.against or "", str(options.since)))
        if (told := memory.find()) is not None:
            return _say(told, options)
        session.read(workspace)
    if not workspace.fleet.deployments:
        why = f"; {off}" if (off := switched_off(workspace.fleet)) else ""
        raise ToolError(f"no agent values file was found in {workspace.root}, so there is nothing to compare{why}")
    words = QueryCommand.query(query)
    only = [deployment.id for deployment in select(workspace.fleet, words)] if words else None
    if options.changed_since is not None:
        only = _touched(workspace, options.changed_since, only)
    if (
        options.adopt
        and not words
        and options.changed_since is None
        and options.wanted in (None, MAJORITY)
        and _declares_nothing(workspace)
    ):
        from rea_xcom_tui.fleet.actions.adopt import adopt_fleet

        adopt_fleet(workspace)
        note(f"this is the first baseline: {plural(len(workspace.statements), 'statement')} about the whole fleet")
        return _carry_out(workspace, options)
    from rea_xcom_tui.fleet.drift.whole import find_drift

    with working("comparing"):
        report = find_drift(workspace, options.wanted, only)
    if options.acts:
        return _act(workspace, report, options)
    told = _told(workspace, report, options)
    if memory is not None:
        memory.keep(told)
    return _say(told, options)


def _touched(workspace: Workspace, ref: str, only: list[str] | None) -> list[str]:
    """The deployments that a branch touches, among those of `only`."""
    from rea_xcom_tui.fleet.history.changed_since import changed_since
    from rea_xcom_tui.fleet.qualified import in_repo, qualified

    asked = list(workspace.fleet.by_id) if only is None else only
    touched: set[str] = set()
    for repo, member in workspace.each().items():
        with in_repo(repo):
            changed = changed_since(
                member.repository, member.fleet, ref, msgspec.structs.replace(member.reading(), judged=False)
            )
        if changed.baseline_changed:
            note(f"note: the baseline file{f' of {repo}' if repo else ''} has changed, so every deployment is compared")
        mine = member.fleet.by_id if changed.baseline_changed else changed.touched
        touched |= {qualified(repo, id_) for id_ in mine}
    return [id_ for id_ in asked if id_ in touched]


def _check(options: DriftOptions) -> None:
    given = [options.against, options.releases, options.cluster]
    if sum(value is not None for value in given) > 1:
        raise click.UsageError("--against, --releases and --cluster exclude each other; give one of them")
    if options.against is not None and not options.against.strip():
        raise click.UsageError("--against is empty; name a baseline, a commit or a deployment, or leave it out")
    if options.namespace and options.cluster is None:
        raise click.UsageError("--namespace can only be used with --cluster")
    if sum((options.fix, options.adopt, options.adopt_group, options.ignore is not None)) > 1:
        raise click.UsageError("--fix, --adopt, --adopt-group and --ignore exclude each other; give one of them")
    if options.skip_refused and not options.fix:
        raise click.UsageError("--skip-refused can only be used with --fix")
    if options.how.acts and not options.acts:
        raise click.UsageError("--write and --commit can only be used with --fix, --adopt, --adopt-group or --ignore")
    if (options.owner or options.expires) and options.ignore is None:
        raise click.UsageError("--owner and --expires can only be used with --ignore")
    if options.ignore is not None and options.wanted not in (None, MAJORITY, BASELINE):
        raise click.UsageError("what is accepted counts against the majority and the baseline, not in this comparison")
    if options.acts and options.ref:
        raise click.UsageError("changes are made to the working tree, so they cannot be combined with --ref")


def _told(workspace: Workspace, report: DriftReport, options: DriftOptions) -> Told:
    from rea_xcom_tui.fleet.drift.kept import Told
    from rea_xcom_tui.fleet.drift.report import with_since
    from rea_xcom_tui.reports.drift import FORMATS
    from rea_xcom_tui.xcom.model import SEVERITIES

    if options.since and report.causes:
        from rea_xcom_tui.fleet.drift.whole import find_since_of

        with working("looking up when it began"):
            report = with_since(report, find_since_of(workspace, report.deviations))
    notes = [notice.text for notice in report.notices]
    if unreadable := len(workspace.fleet.unreadable):
        notes.append(f"{plural(unreadable, 'file')} cannot be read, so it cannot be compared; list says why")
    levels = [level for level in SEVERITIES if report.at_least(level)]
    return Told(FORMATS[options.form](report, workspace.fleet), [*notes, *workspace.fleet.notices], levels)


def _say(told: Told, options: DriftOptions) -> int:
    out(told.text)
    for text in told.notes:
        note(f"note: {text}")
    return 1 if options.fail_on in told.levels else 0


def _act(workspace: Workspace, report: DriftReport, options: DriftOptions) -> int:
    if not report.causes:
        note("nothing differs, so there is nothing to do")
        return 0
    if options.fix:
        return _fix(workspace, report, options)
    if options.adopt or options.adopt_group:
        from rea_xcom_tui.fleet.actions.adopt import adopt, first_statements, unadoptable, widen

        for one in unadoptable(workspace, report.deviations):
            note(f"not adopted: {one.deployment}: {one.field} has no value that could be right")
        if options.adopt_group and (first := first_statements(workspace)):
            note(f"without a baseline so far, this writes the first one: {plural(first, 'statement')}")
        (widen if options.adopt_group else adopt)(workspace, report.deviations)
    else:
        from rea_xcom_tui.fleet.actions.adopt import ignore

        ignore(workspace, report.deviations, options.ignore or "", options.owner, _day(options.expires))
    return _carry_out(workspace, options)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise click.UsageError(f"'{clean(text)}' is not a date; write it as 2027-01-31") from error


def _fix(workspace: Workspace, report: DriftReport, options: DriftOptions) -> int:
    from rea_xcom_tui.fleet.actions.repair import set_all_right

    _, refusals = set_all_right(workspace, report.deviations)
    refusals += workspace.drop_refused()
    skip = options.skip_refused or not options.how.acts
    refused = tell_refused(refusals, "difference", "cannot be fixed", skip_refused=skip)
    left_out = carry_out(workspace, options.how, skip_refused=options.skip_refused)
    refused = refused or ("some files cannot be committed" if left_out else "")
    if refused:
        raise Refused(f"{refused}; the rest is shown above")
    return 0


def _declares_nothing(workspace: Workspace) -> bool:
    from rea_xcom_tui.fleet.drift.report import baseline_of

    return all(baseline_of(member.fleet).expected is None for member in workspace.each().values())


def _carry_out(workspace: Workspace, options: DriftOptions) -> int:
    """Show what is pending, and write or commit it if asked to."""
    carry_out(workspace, options.how)
    return 0
