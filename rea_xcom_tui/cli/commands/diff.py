"""`diff`: how the working tree differs from a revision, or one revision from another, field by field."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import Session, changed_since_option, common_options, note, out

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.history.revisions import Comparison, Range
    from rea_xcom_tui.fleet.workspace import Workspace


@click.command()
@click.argument("ref", required=False, metavar="[REF|OLD..NEW]", shell_complete=complete.revisions)
@click.option(
    "--to",
    metavar="REF",
    shell_complete=complete.revisions,
    help="Compare REF with this revision instead of the working tree.",
)
@click.option("--format", "form", type=click.Choice(("text", "json", "markdown")), default="text", show_default=True)
@changed_since_option
@common_options
def diff(session: Session, ref: str | None, to: str | None, form: str, changed_since: str | None) -> int:
    """Semantic diff (field, old, new) of the working tree against REF (default HEAD).

    OLD..NEW compares two revisions; OLD...NEW shows what NEW has changed since it branched off from OLD.
    """
    from rea_xcom_tui.fleet.history.revisions import WORKING_TREE, Range, parse_range
    from rea_xcom_tui.reports.changes import semantic_comment, semantic_text
    from rea_xcom_tui.reports.machine import SCHEMA, dump

    if changed_since is not None and (ref is not None or to is not None):
        raise click.UsageError("--changed-since names both sides already; leave out REF and --to")
    if to is not None and ".." in (ref or ""):
        raise click.UsageError("OLD..NEW names both revisions already; leave out --to")
    wanted = parse_range(ref or "HEAD", to or WORKING_TREE)
    workspace = session.workspace() if wanted.new == WORKING_TREE else _opened(session)
    if changed_since is not None:
        wanted = Range(changed_since, forked=True)
    found = _compared(workspace, wanted, since=changed_since)
    for told in found.notes:
        note(told)
    if form == "json":
        rows = [asdict(change) for change in found.changes]
        sides = {"ref": wanted.old, "commit": found.old or None, "to": wanted.new or None, "to_commit": found.new}
        out(dump({"schema": SCHEMA, **sides, "changes": rows}))
    elif not found.changes:
        note(f"no deployment differs from {wanted.old}" + (f" in {wanted.new}" if wanted.new else ""))
    else:
        out(semantic_comment(found.changes) if form == "markdown" else semantic_text(found.changes))
    return 1 if found.changes else 0


def _opened(session: Session) -> Workspace:
    """The repo, for two revisions: its fleet is read only where it has entry points, which decide how to read them."""
    workspace, showing = session.show("rea_xcom_tui.fleet.scan.shown")
    if showing is not None:
        showing.keep_that_it_is_plain()
    return workspace


def _compared(workspace: Workspace, wanted: Range, since: str | None) -> Comparison:
    """What differs, in each repo on its own; the commits are those of the only one, where there is only one."""
    from rea_xcom_tui.fleet.history.changed_since import merge_base
    from rea_xcom_tui.fleet.history.revisions import Comparison, compare_revisions
    from rea_xcom_tui.fleet.qualified import in_repo, qualified

    found: dict[str, Comparison] = {}
    for repo, member in workspace.each().items():
        with in_repo(repo):
            if since is not None:
                merge_base(member.repository, member.fleet, since)  # which says why there is none
            found[repo] = compare_revisions(member.repository, member.fleet, wanted)
    if "" in found:
        return found[""]
    return Comparison(
        "",
        None,
        tuple(
            replace(change, deployment=qualified(repo, change.deployment))
            for repo, one in found.items()
            for change in one.changes
        ),
        tuple(f"{repo}: {text}" for repo, one in found.items() for text in one.notes),
    )
