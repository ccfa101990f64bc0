"""`apply` and `undo`: carry out a saved plan, and take the newest write back."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rea_xcom_tui.cli.commands.revert import set_back
from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.cli.write_options import Carrying, carry_out, carrying_options, tell_refused
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.qualified import in_repo
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.commit import CommitOptions, NotTrusted
from rea_xcom_tui.text import clean, plural, some

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.actions.planfile import SavedPlan
    from rea_xcom_tui.fleet.write.undo import Undone


@click.command("apply")
@click.argument("plan_file", metavar="PLAN.json", type=click.Path(path_type=Path))
@click.option("--replan", is_flag=True, help="Plan it again from the current values, where they still allow it.")
@click.option("--plan", type=click.Path(path_type=Path), help="With --replan: save the new plan instead.")
@click.option("--force", is_flag=True, help="With --plan: overwrite a file that exists.")
@click.option("--skip-refused", is_flag=True, help="With --replan: carry out the rest when some edits are refused.")
@carrying_options
@common_options
def apply_command(
    session: Session,
    plan_file: Path,
    replan: bool,
    plan: Path | None,
    force: bool,
    skip_refused: bool,
    how: Carrying,
) -> int:
    """Carry out a saved plan, if its preconditions still hold; without --write, print the diff.

    Every precondition that does not hold is named. With --replan only the values count, not the files around them: an
    edit whose field already has the new value counts as done, one whose field has a third value is refused.
    """
    from rea_xcom_tui.fleet.actions.planfile import load_plan, read_plan, save_plan

    if (plan is not None or skip_refused) and not replan:
        raise click.UsageError("--plan and --skip-refused can only be used with --replan")
    if force and plan is None:
        raise click.UsageError("--force can only be used with --plan")
    if plan is not None and how.acts:
        raise click.UsageError("--plan saves the edits instead of writing them; leave out --write and --commit")
    workspace = session.workspace()
    if not replan:
        load_plan(workspace, plan_file)
        carry_out(workspace, how)
        return 0
    refused = _replan(workspace, read_plan(workspace, plan_file), skip_refused=skip_refused)
    if plan is not None:
        save_plan(workspace, plan, force=force)
        note(f"{workspace.pending.describe()} saved to {plan}")
        return 3 if refused else 0
    left_out = carry_out(workspace, how, skip_refused=skip_refused)
    return 3 if refused or left_out else 0


def _replan(workspace: Workspace, saved: SavedPlan, *, skip_refused: bool) -> bool:
    """Make pending what a plan still wants; returns whether something was refused."""
    from rea_xcom_tui.fleet.actions.planfile import replan

    found = replan(workspace, saved)
    if found.done:
        note(f"{plural(len(found.done), 'edit')} of the plan already done")
    tell_refused(found.refused, "edit", skip_refused=skip_refused)
    workspace.pending.put(found.edits, f"plan {saved.path.name}")
    return bool(found.refused)


@click.command()
@click.option("--finish", is_flag=True, help="Finish a write that was cut off, instead of taking it back.")
@click.option("--skip-refused", is_flag=True, help="Carry out the rest when some values cannot be put back.")
@carrying_options
@common_options
def undo(session: Session, finish: bool, skip_refused: bool, how: Carrying) -> int:
    """Take back the newest operation of this repo's log, if its files still hold what it wrote.

    A write is taken back at once, even one that was cut off. For one that is already committed the reverse is shown, as
    `revert` does; --write or --commit carries it out.
    """
    from rea_xcom_tui.fleet.actions.undo import newest_committed

    if finish and how.acts:
        raise click.UsageError("--finish writes what was begun, so it cannot be combined with --write or --commit")
    workspace = session.workspace(scan=False)
    recovered = workspace.recover_commit()
    if recovered is not None:
        note(recovered)
    unfinished = workspace.cut_off()
    if finish:
        if recovered is None or unfinished is not None:
            out(f"finished: {clean(workspace.finish_cut_off())}")
        return 0
    if recovered is not None and unfinished is None:
        return 0
    committed = newest_committed(workspace)
    if how.commit or committed:
        _check_places(workspace, committed, how)
        workspace.scan()
    if not committed:
        return _finished(workspace, workspace.take_back(), how)
    for repo, one in committed.items():
        note(f"{repo}: {one.sentence()}" if repo else one.sentence())
    whole = all(one.is_newest_write(workspace.members_newest(repo)) for repo, one in committed.items())
    if how.acts and how.split is None and whole:
        undone = None
        with suppress(Refused):  # files that have changed since: their fields are set back one by one
            undone = workspace.take_back()
        if undone is not None:
            return _finished(workspace, undone, how)
    try:
        return set_back(workspace, {repo: one.commit for repo, one in committed.items()}, how, skip_refused)
    except Refused as problem:
        if how.acts:
            raise
        raise Refused(f"{problem}; undo --write puts the files back as a whole, if they are still as written") from None


def _check_places(workspace: Workspace, repos: Iterable[str], how: Carrying) -> None:
    """Raise `Refused` where one of these repos takes no write or commit that is wanted, before any work in them."""
    for repo in repos:
        why = workspace.each()[repo].off_branch
        if how.acts and why is not None:
            raise Refused(
                f"{clean(repo)}: {why}; to undo on the branch that is checked out, name the repos with -C instead of "
                "--fleet"
            )
        with in_repo(repo), suppress(NotTrusted):  # what is run is told when it is
            if how.commit:
                workspace.each()[repo].check_committable(CommitOptions(branch=how.branch))
            elif how.acts:
                workspace.each()[repo].check_writable()


def _finished(workspace: Workspace, undone: Undone, how: Carrying) -> int:
    """Say which files are put back as they were, and commit that if it is wanted and a commit holds them."""
    out(clean(undone.sentence()))
    note(f"files: {', '.join(undone.files[:10]) or 'none'}" + (" ..." if len(undone.files) > 10 else ""))
    if not how.commit:
        return 0
    try:
        carry_out(workspace, how)
    except ToolError as problem:
        left = workspace.to_commit()
        where = f"; put back and not committed: {some(left)}; `git commit` or `git restore` them" if left else ""
        problem.args = (f"{str(problem).rstrip('.')}{where}", *problem.args[1:])
        raise
    return 0
