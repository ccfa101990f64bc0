"""`promote`: carry fields from the deployments of one environment to their partners in another."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.commands.set import field_name
from rea_xcom_tui.cli.context import Session, common_options, note, out, require_files, select
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.cli.write_options import Carrying, carry_out, carrying_options, tell_refused
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.text import clean, times
from rea_xcom_tui.xcom.model import FieldName


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for beside the fields."""

    source: str | None
    target: str | None
    each: bool
    propose: bool
    form: str
    plan: Path | None
    force: bool
    skip_refused: bool
    how: Carrying


@click.command()
@click.argument("fields", nargs=-1, metavar="FIELD...", shell_complete=complete.fields)
@click.option("--from", "source", metavar="QUERY", shell_complete=complete.query, help="Where values come from.")
@click.option("--to", "target", metavar="QUERY", shell_complete=complete.query, help="Where they go.")
@click.option("--each", is_flag=True, help="Carry to every partner in --to, where one deployment has several.")
@click.option("--propose", is_flag=True, help="Propose what the baseline file should keep in its environment.")
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
@carrying_options
@click.option("--plan", type=click.Path(path_type=Path), help="Save the plan instead of carrying it out.")
@click.option("--force", is_flag=True, help="With --plan: overwrite a file that exists.")
@click.option("--skip-refused", is_flag=True, help="Carry out the rest when some values are refused.")
@common_options
def promote(session: Session, fields: tuple[str, ...], **chosen: Any) -> int:
    """Carry fields from the deployments of --from to their partners in --to; without --write, print the diff.

    Partners have the same name, apart from their environment. Paths, identities and connections are carried by the
    pattern behind them: a staging bucket becomes the prod bucket of the same scheme, or is refused.
    """
    options = Options(**chosen)
    names = [field_name(name) for name in fields]
    _check(names, options)
    workspace = session.workspace()
    require_files(workspace.fleet)
    if options.propose:
        return _propose(workspace, options)
    return _promote(workspace, names, options)


def _check(names: list[FieldName], options: Options) -> None:
    if options.propose:
        if names or options.source is not None or options.target is not None or options.plan is not None:
            raise click.UsageError("--propose looks at the whole fleet, so it takes no fields, --from, --to or --plan")
        return
    if not names:
        raise click.UsageError("name the fields to carry, such as threshold path")
    for name in names:
        if names.count(name) > 1:
            raise click.UsageError(f"{name} is given {times(names.count(name))}; give it once")
    for option, query in (("--from", options.source), ("--to", options.target)):
        if query is None or not query.strip():
            raise click.UsageError(f"say which deployments: {option} QUERY, such as {option} env:staging")
    if options.form != "text" and (options.how.acts or options.plan is not None):
        raise click.UsageError("--format is for the preview; leave it out with --write, --commit and --plan")
    if options.force and options.plan is None:
        raise click.UsageError("--force can only be used with --plan")
    if options.plan and options.how.acts:
        raise click.UsageError("--plan saves the edits instead of writing them; leave out --write and --commit")


def _promote(workspace: Workspace, names: list[FieldName], options: Options) -> int:
    from rea_xcom_tui.fleet.campaign.connecting import promoted_undefined
    from rea_xcom_tui.fleet.campaign.promote import make_pending, refusals
    from rea_xcom_tui.fleet.campaign.promote import promote as work_out
    from rea_xcom_tui.reports import promotion as words

    sources = [one for one in select(workspace.fleet, options.source or "") if not one.unreached]
    targets = [one for one in select(workspace.fleet, options.target or "") if not one.unreached]
    if options.how.branch is not None:
        workspace.check_new_branch(options.how.branch, [one.id for one in targets])
    with working("working out the promotion") as progress:
        found = work_out(workspace, names, sources, targets, each=options.each, progress=progress.count)
    if options.form != "text":
        out(words.as_json(found) if options.form == "json" else words.markdown(found))
        return 3 if found.blocked else 0
    for line in (*words.alone(found), words.summary(found)):
        note(line)
    refused = refusals(found)
    tell_refused(refused, "value", skip_refused=options.skip_refused)
    make_pending(workspace, found)
    if lacking := promoted_undefined(workspace, found):
        note(f"note: {lacking}")
    if options.plan is not None:
        from rea_xcom_tui.fleet.actions.planfile import save_plan

        save_plan(workspace, options.plan, force=options.force)
        note(f"{workspace.pending.describe()} saved to {options.plan}")
        return 3 if refused else 0
    left_out = carry_out(workspace, options.how, skip_refused=options.skip_refused)
    return 3 if refused or left_out else 0


def _propose(workspace: Workspace, options: Options) -> int:
    from rea_xcom_tui.fleet.campaign.belonging import declare, propose

    found = propose(workspace.fleet)
    if not found:
        note("nothing differs by environment as a rule, so there is nothing to declare")
        return 0
    for one in found:
        where = f"{clean(one.repo)}: " if one.repo else ""
        note(f"{where}{one.name} belongs to its environment: {clean(one.reason)}")
    if declare(workspace, found) is None:
        note("the baseline file already declares all of it")
        return 0
    carry_out(workspace, options.how)
    return 0
