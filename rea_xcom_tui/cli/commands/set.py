"""`set` and `unset`: change fields of one or many deployments, all or nothing."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import (
    Session,
    common_options,
    engine_option,
    for_people,
    note,
    require_files,
    select,
)
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.cli.write_options import Carrying, all_or_nothing, carry_out, carrying_options
from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.edit.placing import OWN, SHARED
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.workspace import Refusal, Workspace
from rea_xcom_tui.text import clean, plural, times
from rea_xcom_tui.user.layout_settings import HelmEngine
from rea_xcom_tui.xcom.model import FIELDS, STATE_FIELDS, FieldName, FieldReading

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class EditOptions:
    """The options that `set` and `unset` share."""

    where: str | None
    all: bool
    only_if: tuple[str, ...]
    layer: str | None
    engine: HelmEngine | None
    plan: Path | None
    force: bool
    skip_refused: bool


def edit_options(function: F) -> F:
    """Give a command the options of an edit, passed as `options`."""

    @click.option("--where", shell_complete=complete.query, help="Which deployments, as a query.")
    @click.option("--all", "all_", is_flag=True, help="Every deployment.")
    @click.option(
        "--if",
        "only_if",
        multiple=True,
        metavar="FIELD=OLD",
        shell_complete=complete.assignments,
        help="Only where the value is OLD.",
    )
    @click.option(
        "--layer",
        metavar="FILE",
        help="Which layer takes the edit: a file; `own`, a layer that no other deployment has; or `shared`, the "
        "fewest layers that give the value to just these deployments.",
    )
    @engine_option
    @carrying_options
    @click.option("--plan", type=click.Path(path_type=Path), help="Save the plan instead of carrying it out.")
    @click.option("--force", is_flag=True, help="With --plan: overwrite a file that exists.")
    @click.option("--skip-refused", is_flag=True, help="Carry out the rest when some edits are refused.")
    @functools.wraps(function)
    def wrapped(all_: bool, **kwargs: Any) -> Any:
        names = EditOptions.__dataclass_fields__
        chosen = {name: kwargs.pop(name) for name in names if name in kwargs}
        return function(options=EditOptions(all=all_, **chosen), **kwargs)

    return cast("F", wrapped)


@click.command("set")
@click.argument("assignments", nargs=-1, required=True, metavar="FIELD=VALUE...", shell_complete=complete.assignments)
@edit_options
@common_options
def set_command(session: Session, assignments: tuple[str, ...], options: EditOptions, how: Carrying) -> int:
    """Change fields of the deployments that --where selects; without --write, print the diff."""
    wanted = [_assignment(text) for text in assignments]
    for field, value in wanted:
        if not value.strip():
            raise click.UsageError(f"{field}= has no value; name one, or remove the field with `unset {field}`")
    return run_edit(session, wanted, options, how)


@click.command()
@click.argument("fields", nargs=-1, required=True, metavar="FIELD...", shell_complete=complete.fields)
@edit_options
@common_options
def unset(session: Session, fields: tuple[str, ...], options: EditOptions, how: Carrying) -> int:
    """Remove fields from the deployments that --where selects; without --write, print the diff."""
    return run_edit(session, [(field_name(name), None) for name in fields], options, how)


def run_edit(
    session: Session, wanted: Sequence[tuple[FieldName, str | None]], options: EditOptions, how: Carrying
) -> int:
    """Make the edits in memory, prove them, and show, write, commit or save them. Returns the exit code."""
    _check_options(options, how)
    _check_once([field for field, _ in wanted])
    workspace = session.workspace(engine=options.engine)
    require_files(workspace.fleet)
    if unreadable := len(workspace.fleet.unreadable):
        note(f"{plural(unreadable, 'file')} cannot be read, so they cannot be edited; `list` says why")
    for notice in workspace.fleet.notices:
        note(f"note: {notice}")
    selected = _selected(workspace, options)
    if how.branch is not None:
        workspace.check_new_branch(how.branch, [deployment.id for deployment in selected])
    refusals = _edit(workspace, selected, wanted, options.layer)
    for refusal in refusals:
        note(f"refused: {refusal.deployment}: {refusal.field}: {refusal.reason}")
    ways = _ways(workspace, selected, wanted, options)
    for line in ways.splitlines() if refusals else ():
        note(line)
    refused = f"{plural(len(refusals), 'edit')} refused" if refusals else ""
    all_or_nothing(refused, skip_refused=options.skip_refused)
    if options.plan is not None:
        _save(workspace, options.plan, force=options.force)
    else:
        left_out = carry_out(workspace, how, skip_refused=options.skip_refused)
        if ways and not refusals and not how.acts and len(workspace.pending):
            for_people(ways)
        return 3 if refusals or left_out else 0
    return 3 if refusals else 0


def _ways(
    workspace: Workspace,
    selected: Sequence[Deployment],
    wanted: Sequence[tuple[FieldName, str | None]],
    options: EditOptions,
) -> str:
    """In which layers the edits could be made, in words; empty where there is no choice, or it has been made."""
    from rea_xcom_tui.fleet.edit.expressions import is_inherit
    from rea_xcom_tui.fleet.edit.ways import ways
    from rea_xcom_tui.reports.ways import ways_text

    if options.layer is not None or not any(deployment.stack for deployment in selected):
        return ""
    fields = [field for field, text in wanted if text is not None and not is_inherit(text)]
    ids = [deployment.id for deployment in selected]
    texts = ((field, ways_text(ways(workspace, ids, field), workspace.fleet)) for field in fields)
    several = len(fields) > 1
    return "\n".join(f"{field}, {text}" if several else text for field, text in texts if text)


def _check_options(options: EditOptions, how: Carrying) -> None:
    if options.where is None and not options.all:
        raise click.UsageError("say which deployments: --where QUERY, or --all for every one")
    if options.where is not None and not options.where.strip():
        raise click.UsageError("--where has an empty query, which would select every deployment; say --all for that")
    if options.where is not None and options.all:
        raise click.UsageError("--where and --all exclude each other; give one of them")
    if options.force and options.plan is None:
        raise click.UsageError("--force can only be used with --plan")
    if options.plan and how.acts:
        raise click.UsageError("--plan saves the edits instead of writing them; leave out --write and --commit")


def _check_once(fields: Sequence[FieldName]) -> None:
    for field in fields:
        if fields.count(field) > 1:
            raise click.UsageError(f"{field} is given {times(fields.count(field))}; give it once")


def _selected(workspace: Workspace, options: EditOptions) -> list[Deployment]:
    chosen = select(workspace.fleet, options.where or "-is:unreached")
    if options.all and (left := len(workspace.fleet.deployments) - len(chosen)):
        note(
            f"{plural(left, 'deployment')} left out because no entry point reaches them; --where is:unreached "
            "selects them"
        )
    for text in options.only_if:
        field, old = _assignment(text)
        kept = [d for d in chosen if _has_value(workspace, d, field, old)]
        for skipped in (d for d in chosen if d not in kept):
            note(f"skipped: {skipped.id}: {field} is {_shown(skipped.field(field))}, not {old}")
        chosen = kept
    if options.layer is not None:
        _check_layer(chosen, options.layer)
    return chosen


def _shown(reading: FieldReading) -> str:
    if reading.value is not None:
        return str(reading.value)
    return f"'{reading.raw}' ({reading.state})" if reading.raw else reading.state


def _check_layer(chosen: Iterable[Deployment], layer: str) -> None:
    for deployment in chosen if layer not in (OWN, SHARED) else ():
        if layer not in (*deployment.layers, *deployment.files):
            raise ToolError(
                f"'{layer}' is not a layer of {deployment.id}; its layers are {', '.join(deployment.layers)}"
            )


def _has_value(workspace: Workspace, deployment: Deployment, field: FieldName, old: str) -> bool:
    reading = deployment.field(field)
    if old in ("", "none", "unset"):
        return reading.state == "unset"
    if reading.value is None:
        return reading.state == "invalid" and reading.raw == old
    try:
        return workspace.check(field, old, deployment).value == reading.value
    except ValueError:
        return str(reading.value) == old


def _edit(
    workspace: Workspace,
    selected: Sequence[Deployment],
    wanted: Sequence[tuple[FieldName, str | None]],
    layer: str | None,
) -> list[Refusal]:
    """Make the edits pending and prove each; what is refused is not pending any more."""
    ids = [deployment.id for deployment in selected]
    if not ids:
        note(f"none of {plural(len(workspace.fleet.deployments), 'deployment')} is selected, so there is nothing to do")
    refusals: list[Refusal] = []
    for field, text in wanted:
        if text is None:
            refusals += workspace.unset(ids, field, layer)[1]
            continue
        with working("proving edits") as progress:
            refusals += workspace.edit(ids, field, text, progress.count, layer)[1]
    return [*refusals, *workspace.drop_refused()]


def _save(workspace: Workspace, path: Path, *, force: bool) -> None:
    from rea_xcom_tui.fleet.actions.planfile import save_plan

    save_plan(workspace, path, force=force)
    note(f"{workspace.pending.describe()} saved to {path}")


def _assignment(text: str) -> tuple[FieldName, str]:
    name, found, value = text.partition("=")
    if not found:
        raise click.UsageError(f"'{clean(text)}' is not an assignment; write FIELD=VALUE, such as threshold=1MiB")
    return field_name(name), value


def field_name(name: str) -> FieldName:
    """The field that a user names. Raises `UsageError` with the nearest one."""
    known = (*FIELDS, *STATE_FIELDS)
    for field in known:
        if name == field:
            return field
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"; did you mean '{near[0]}'?" if near else ";"
    raise click.UsageError(f"'{clean(name)}' is not a field{hint} the fields are {', '.join(known)}")
