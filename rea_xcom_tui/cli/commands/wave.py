"""`wave`: a saved plan cut into waves, the branch and text of each, and where each stands."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import Session, common_options, note, out, select
from rea_xcom_tui.cli.write_options import Carrying, carry_out, carrying_options
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.text import clean, plural, some

FORMATS = click.Choice(("text", "json", "markdown"))
PLAN = click.Path(path_type=Path)
_onto_option = click.option(
    "--onto",
    metavar="REF",
    shell_complete=complete.revisions,
    help="The branch that waves are merged into (default: the remote's default branch).",
)


@click.group("wave", invoke_without_command=True)
@common_options
@click.pass_context
def wave_group(ctx: click.Context, session: Session) -> None:
    """Roll a saved plan out in waves: `plan` cuts it, `start` makes a wave's branch, `text` its description, `status`
    shows all."""
    if ctx.invoked_subcommand is None:
        raise click.UsageError("say which: wave plan, wave start, wave text or wave status")


@wave_group.command("plan")
@click.argument("plan_file", metavar="PLAN.json", type=PLAN)
@click.option("--by", type=click.Choice(("env", "percent", "canary")), help="How to cut the plan.")
@click.option(
    "--steps",
    metavar="10,50,100",
    help="With --by percent: the share of all deployments that is changed after each wave.",
)
@click.option("--canary", metavar="QUERY", shell_complete=complete.query, help="With --by canary: which come first.")
@click.option("--order", metavar="NAME,NAME,...", help="Put the waves in this order.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@click.option("--dry-run", is_flag=True, help="Print the waves and leave the plan's file as it is.")
@common_options
def wave_plan(
    session: Session,
    plan_file: Path,
    by: str | None,
    steps: str | None,
    canary: str | None,
    order: str | None,
    form: str,
    dry_run: bool,
) -> int:
    """Cut PLAN.json into waves, or change the order of its waves; the result is kept in that file."""
    from rea_xcom_tui.fleet.actions.planfile import read_plan, save_campaign
    from rea_xcom_tui.fleet.campaign.waves import CUTS, DEFAULT_STEPS, campaign_of, check_steps, cut, reordered
    from rea_xcom_tui.reports.waves import CUTS as REPORTS

    if steps is not None and by != "percent":
        raise click.UsageError("--steps can only be used with --by percent")
    if canary is not None and by != "canary":
        raise click.UsageError("--canary can only be used with --by canary")
    if by is None and order is None:
        raise click.UsageError(f"say what makes a wave: --by {', '.join(CUTS)}; or --order for other waves' order")
    try:
        percentages = check_steps(steps) if steps is not None else DEFAULT_STEPS
    except ValueError as problem:
        raise click.UsageError(str(problem)) from problem
    workspace = session.workspace()
    saved = read_plan(workspace, plan_file)
    if by is None:
        found = campaign_of(saved)
    else:
        chosen = {row.id for row in select(workspace.fleet, canary)} if canary is not None else None
        found = cut(workspace.fleet, saved, next(one for one in CUTS if one == by), steps=percentages, canary=chosen)
    if order is not None:
        found = reordered(found, [name.strip() for name in order.split(",")])
    if not dry_run:
        save_campaign(workspace, saved, found.as_data())
    out(REPORTS[form](found))
    note(f"{plural(len(found.waves), 'wave')} {'shown' if dry_run else f'kept in {clean(plan_file)}'}")
    return 0


@wave_group.command("start")
@click.argument("plan_file", metavar="PLAN.json", type=PLAN)
@click.argument("name", metavar="[WAVE]", required=False)
@click.option("--force", is_flag=True, help="Start it even if an earlier wave is not merged yet.")
@_onto_option
@carrying_options
@common_options
def wave_start(
    session: Session, plan_file: Path, name: str | None, force: bool, onto: str | None, how: Carrying
) -> int:
    """Make the edits of the next wave, or of WAVE (its number or name); without --commit, print the diff.

    --commit creates the wave's branch and commits there, with trailers that identify the wave later.
    """
    from rea_xcom_tui.fleet.actions.planfile import read_plan
    from rea_xcom_tui.fleet.campaign.status import status
    from rea_xcom_tui.fleet.campaign.waves import campaign_of, start, with_trailers

    if how.split is not None:
        raise click.UsageError("a wave is one commit; leave out --split")
    workspace = session.workspace()
    campaign = campaign_of(read_plan(workspace, plan_file))
    told = status(workspace, campaign, onto)
    upcoming = told.next
    if name is None and upcoming is None:
        note("every wave is merged; there is nothing to start")
        return 0
    if name is None and upcoming is not None and upcoming.state == "proposed" and how.acts and not force:
        raise Refused(f"{told.advice().removeprefix('next: ')}; name the wave to propose it again")
    wanted = name if name is not None else (upcoming.wave.name if upcoming is not None else "")
    started = start(workspace, campaign, wanted, told.merged, force=force)
    if how.commit:
        message = with_trailers(how.message, campaign, started.wave) if how.message is not None else None
        how = msgspec.structs.replace(how, message=message, branch=how.branch or started.branch)
    carry_out(workspace, how)
    if started.done:
        note(f"{plural(started.done, 'edit')} of the wave {'is' if started.done == 1 else 'are'} there already")
    if started.removed:
        note(f"left out, no longer there: {some(started.removed)}")
    if how.commit:
        note(
            f"on {clean(how.branch)} now: `push` sends it, and `wave text {clean(plan_file)} {started.number}` "
            "prints its text"
        )
    return 0


@wave_group.command("text")
@click.argument("plan_file", metavar="PLAN.json", type=PLAN)
@click.argument("name", metavar="WAVE")
@common_options
def wave_text(session: Session, plan_file: Path, name: str) -> int:
    """Print the text of a wave's pull request as Markdown; WAVE is its number or name."""
    from rea_xcom_tui.fleet.actions.planfile import read_plan
    from rea_xcom_tui.fleet.campaign.waves import campaign_of
    from rea_xcom_tui.reports.waves import pull_request

    workspace = session.workspace()
    campaign = campaign_of(read_plan(workspace, plan_file))
    number, wave = campaign.wave(name)
    out(pull_request(campaign, number, wave, workspace.fleet))
    return 0


@wave_group.command("status")
@click.argument("plan_file", metavar="PLAN.json", type=PLAN)
@_onto_option
@click.option("--releases", type=PLAN, help="A folder of `helm get values` files, which show what runs.")
@click.option("--cluster", metavar="CONTEXT", help="The cluster of a kubeconfig context, which shows what runs.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
@common_options
def wave_status(
    session: Session, plan_file: Path, onto: str | None, releases: Path | None, cluster: str | None, form: str
) -> int:
    """Print which waves are proposed, merged, running, taken back or have drifted since, and which is next.

    A wave is recognised by its fields' values and by the trailers of its commits, so squash and rebase merges count.
    Exits with 1 if a wave was taken back or has other values now.
    """
    from rea_xcom_tui.fleet.actions.planfile import read_plan
    from rea_xcom_tui.fleet.campaign.status import status
    from rea_xcom_tui.fleet.campaign.waves import campaign_of
    from rea_xcom_tui.reports.waves import STATUS

    if releases is not None and cluster is not None:
        raise click.UsageError("--releases and --cluster exclude each other; give one of them")
    workspace = session.workspace(scan=False)
    found = status(workspace, campaign_of(read_plan(workspace, plan_file)), onto, releases=releases, cluster=cluster)
    out(STATUS[form](found))
    remotes = {name for one in workspace.each().values() for name in one.repository.remotes()}
    if found.onto.partition("/")[0] in remotes:
        note(f"note: {found.onto} is as of the last `git fetch`")
    return 1 if found.troubled else 0
