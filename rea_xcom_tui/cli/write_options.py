"""What becomes of edits that a command has made: shown, written, or committed in one commit or in several."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
import msgspec

from rea_xcom_tui.cli.context import for_people, note, out
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.errors import Refused
from rea_xcom_tui.fleet.actions import SPLITS, SplitBy
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.user import message_template

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.edit.plan import Refusal
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.fleet.write.commit import CommitOptions

F = TypeVar("F", bound=Callable[..., Any])


class Carrying(msgspec.Struct, frozen=True):
    """What is to become of the edits; neither `write` nor `commit` shows them only."""

    write: bool
    commit: bool
    message: str | None
    branch: str | None
    sign_off: bool
    split: SplitBy | None
    template: str | None

    def __post_init__(self) -> None:
        """Raise `UsageError` where the options do not go together."""
        how = self.message is not None or self.branch is not None or self.sign_off or self.split is not None
        if (how or self.template is not None) and not self.commit:
            raise click.UsageError(
                "-m, --template, --branch, --sign-off and --split can only be used with --commit; "
                "add --commit or leave them out"
            )
        if self.template is not None and self.message is not None:
            raise click.UsageError("--template is for generated messages, so it cannot be combined with -m")
        if self.split is not None and self.message is not None:
            raise click.UsageError("--split makes a message for each of its commits, so it cannot be combined with -m")

    @property
    def acts(self) -> bool:
        """Whether anything is to be written."""
        return self.write or self.commit


def _template(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else message_template.check(value)
    except ValueError as error:
        raise click.UsageError(str(error)) from error


def carrying_options(function: F) -> F:
    """Give a command the options of writing and committing, passed as `how`."""

    @click.option("--write", is_flag=True, help="Write the files.")
    @click.option("--commit", is_flag=True, help="Write the files and commit exactly these changes.")
    @click.option("-m", "--message", help="The commit message (default: generated from the edits).")
    @click.option(
        "--template",
        metavar="TEXT",
        callback=_template,
        help="The first line of generated messages, with {summary}, {field}, {env}, {count} or {name}.",
    )
    @click.option("--branch", help="Create this branch and commit there.")
    @click.option("--sign-off", is_flag=True, help="Add a Signed-off-by line with your name to each commit.")
    @click.option("--split", type=click.Choice(SPLITS), help="One commit for each of these instead of one in all.")
    @functools.wraps(function)
    def wrapped(**kwargs: Any) -> Any:
        chosen = {name: kwargs.pop(name) for name in Carrying.__struct_fields__}
        return function(how=Carrying(**chosen), **kwargs)

    return cast("F", wrapped)


def all_or_nothing(refused: str, *, skip_refused: bool) -> None:
    """Raise `Refused` where something was refused, in words, and the rest was not asked for."""
    if refused and not skip_refused:
        raise Refused(f"{refused}, so nothing was written; --skip-refused carries out the rest")


def tell_refused(refusals: Sequence[Refusal], noun: str, verb: str = "refused", *, skip_refused: bool) -> str:
    """Tell what was refused, and return how much in words, if anything. Raises as `all_or_nothing` does."""
    for refusal in refusals:
        note(f"refused: {refusal.deployment}: {refusal.field}: {refusal.reason}")
    refused = f"{plural(len(refusals), noun)} {verb}" if refusals else ""
    all_or_nothing(refused, skip_refused=skip_refused)
    return refused


def carry_out(workspace: Workspace, how: Carrying, *, skip_refused: bool = False) -> bool:
    """Print what the pending edits do, and write or commit them if asked to.

    With `skip_refused`, files that git cannot commit are left out and named, with the rest committed. Returns whether
    any was.
    """
    from rea_xcom_tui.fleet.write.commit import CommitOptions
    from rea_xcom_tui.reports.changes import plan_text

    if not len(workspace.pending) and not (how.commit and workspace.to_commit()):
        note("nothing to change")
        return False
    shown = workspace.exposures() if how.commit else ()
    if shown:
        workspace.trust(shown, remember=False)  # asking for a commit on the command line is asking for its hooks
    if how.commit:
        workspace.check_committable(CommitOptions(branch=how.branch))
    elif how.write:
        workspace.check_writable()
    if len(workspace.pending):
        with working("working out what changes"):
            told = plan_text(workspace)
        for_people(told)
    if how.commit:
        for exposure in shown:
            from rea_xcom_tui.fleet.write.commit import exposed_words

            note(f"note: this commit runs what the repo's git folder sets up: {exposed_words(exposure)}")
        return _commit(workspace, how, skip_refused=skip_refused)
    if how.write:
        with working("writing") as progress:
            plan = workspace.write(progress.count)
        note(f"written: {plural(len(plan.edits), 'edit')} in {plural(len(plan.files), 'file')}")
    else:
        note(f"{workspace.pending.describe()}; nothing was written, --write or --commit does it")
    return False


def _commit(workspace: Workspace, how: Carrying, *, skip_refused: bool) -> bool:
    workspace.template = how.template
    from rea_xcom_tui.fleet.write.commit import CommitOptions

    # Where a person sits at a terminal, a passphrase may be asked for there.
    attached = sys.stdin.isatty() and sys.stderr.isatty()
    options = CommitOptions(branch=how.branch, sign_off=how.sign_off, attached=attached)
    if how.split is None:
        return _commit_at_once(workspace, how.message, options, skip_refused=skip_refused)
    from rea_xcom_tui.fleet.actions.split import commit_parts, split

    result = commit_parts(workspace, split(workspace, how.split), options)
    for made in result.made:
        out(clean(made.output, keep_newlines=True))
    if result.problem is not None:
        if result.made:
            left = ", ".join(clean(part.name) for part in result.left)
            note(f"{plural(len(result.made), 'commit')} made; not made, with their files as they were: {left}")
        raise result.problem
    return False


def _commit_at_once(workspace: Workspace, message: str | None, options: CommitOptions, *, skip_refused: bool) -> bool:
    """Commit what is pending; with `skip_refused`, without the files that git cannot commit. True where some were."""
    left_out = False
    while True:
        words = message if message is not None else workspace.commit_message()
        try:
            with nullcontext() if options.attached else working("committing"):  # which may ask for a passphrase
                said = workspace.commit(words, options=options, checked=not left_out)
            out(clean(said, keep_newlines=True))
        except Refused as refusal:
            path = getattr(refusal, "path", None)
            keys = [edit.key for edit in workspace.pending.edits if edit.file == path]
            if not skip_refused or not keys or len(keys) == len(workspace.pending):
                raise
            note(f"refused: {clean(path)}: {refusal}")
            workspace.pending.drop(keys, "edits that cannot be committed")
            left_out = True
        else:
            return left_out
