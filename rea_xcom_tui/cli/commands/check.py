"""`check` and `explain`: what the rules find, and what a rule means."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import (
    REPORT_FORMATS,
    QueryCommand,
    Session,
    changed_since_option,
    common_options,
    engine_option,
    fail_on_option,
    for_people,
    note,
    out,
    ref_option,
    select,
    switched_off,
)
from rea_xcom_tui.cli.kept_check import keep, told_from
from rea_xcom_tui.cli.progress import working
from rea_xcom_tui.cli.write_options import Carrying, all_or_nothing, carry_out, carrying_options
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.text import plural

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.history.changed_since import ChangedSince
    from rea_xcom_tui.fleet.model import Deployment
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.reports.findings import Report
    from rea_xcom_tui.user.layout_settings import HelmEngine
    from rea_xcom_tui.xcom.model import Finding, Severity

FROM_VIEW = frozenset(("text", "json", "github", "markdown"))
"""The formats that describe deployments with findings only, and nothing but names and places of those."""


@click.command(cls=QueryCommand)
@click.argument("query", nargs=-1, shell_complete=complete.query)
@click.option("--format", "form", type=REPORT_FORMATS, default="text", show_default=True)
@fail_on_option
@ref_option
@click.option("--fix", is_flag=True, help="Make the automatic fixes: print the diff, or write or commit it.")
@click.option("--skip-refused", is_flag=True, help="With --fix: carry out the rest when some fixes cannot be made.")
@click.option("--maintenance", is_flag=True, help="Also warn of agents whose version is no longer maintained.")
@changed_since_option
@engine_option
@carrying_options
@common_options
def check(
    session: Session,
    query: tuple[str, ...],
    form: str,
    fail_on: str,
    ref: str | None,
    fix: bool,
    skip_refused: bool,
    maintenance: bool,
    changed_since: str | None,
    engine: HelmEngine | None,
    how: Carrying,
) -> int:
    """Print what the rules find in the deployments that QUERY selects."""
    _check_options(how, fix=fix, skip_refused=skip_refused, ref=ref, maintenance=maintenance, since=changed_since)
    words = QueryCommand.query(query)
    if words or ref or engine or fix or changed_since or maintenance or form not in FROM_VIEW:
        workspace = session.workspace(ref=ref, engine=engine)
    else:
        workspace, showing = session.show("rea_xcom_tui.reports.findings_view", form)
        if showing is not None and (told := told_from(workspace, showing, form)) is not None:
            return _say(*told, form, fail_on)
    if fix:
        return _fix(workspace, words, how, skip_refused=skip_refused, since=changed_since)
    report = _report(workspace, words, changed_since, maintenance=maintenance)
    if form == "sarif":
        from rea_xcom_tui.fleet.edit.extents import extents, in_layers_of, reader_of

        read = reader_of(workspace)
        found = extents(report.rows, read, workspace.reading(), in_layers_of(workspace))
        report = dataclasses.replace(report, extents=found)
    from rea_xcom_tui.reports.findings import FORMATS

    told = FORMATS[form](report), report.levels(), workspace.fleet.notices
    code = _say(*told, form, fail_on)
    keep(workspace, *told)
    return code


def _say(text: str | bytes, levels: Sequence[Severity], notices: Sequence[str], form: str, fail_on: str) -> int:
    (for_people if form == "text" else out)(text)
    for notice in notices:
        note(f"note: {notice}")
    return 1 if fail_on in levels else 0


def _check_options(
    how: Carrying, *, fix: bool, skip_refused: bool, ref: str | None, maintenance: bool, since: str | None
) -> None:
    if skip_refused and not fix:
        raise click.UsageError("--skip-refused can only be used with --fix")
    if how.acts and not fix:
        raise click.UsageError("--write and --commit can only be used with --fix; add --fix or leave them out")
    if maintenance and (fix or since):
        raise click.UsageError("--maintenance cannot be combined with --fix or --changed-since; leave one of them out")
    if fix and ref:
        raise click.UsageError(
            "--fix changes the working tree, so it cannot be combined with --ref; leave one of them out"
        )


def _report(workspace: Workspace, query: str, since: str | None, *, maintenance: bool) -> Report:
    from rea_xcom_tui.reports.findings import Report

    fleet = workspace.fleet
    if not fleet.deployments and not fleet.unreadable and since is None:
        why = f"; {off}" if (off := switched_off(fleet)) else ""
        raise ToolError(f"no agent values file was found in {fleet.root}, so there is nothing to check{why}")
    chosen = select(fleet, query)
    if since is not None:
        from rea_xcom_tui.fleet.history.changed_since import findings_since

        with working("comparing with the merge base"):
            changed = _changed(workspace, since)
            found = findings_since(fleet, changed, {d.id for d in chosen}, everything=not query.strip())
        return Report.of_branch(fleet, found)
    rows = [(deployment, finding) for deployment in chosen for finding in deployment.findings]
    rows += _past_maintenance(workspace, chosen) if maintenance else []
    return Report(fleet, rows, () if query else fleet.unreadable, len(chosen))


def _changed(workspace: Workspace, since: str) -> ChangedSince:
    """What has changed since each repo's history left that of a revision."""
    from rea_xcom_tui.fleet.history.changed_since import changed_since, joined
    from rea_xcom_tui.fleet.qualified import in_repo

    parts: dict[str, ChangedSince] = {}
    for repo, member in workspace.each().items():
        with in_repo(repo):
            parts[repo] = changed_since(member.repository, member.fleet, since, member.reading())
    return joined(parts, workspace.root, workspace.reading())


def _past_maintenance(workspace: Workspace, chosen: Sequence[Deployment]) -> list[tuple[Deployment, Finding]]:
    """The agents past their maintenance, without those that the repo's configuration accepts or switches off."""
    from msgspec.structs import replace

    from rea_xcom_tui.xcom.rules.maintenance import maintenance_finding

    reading = workspace.reading()
    rows = []
    for deployment in chosen:
        finding = maintenance_finding(deployment.config, reading.today)
        ignores = [
            i for i in reading.rules.ignores if finding and i.covers(finding.code, deployment.file, deployment.id)
        ]
        accepted = any(not ignore.expired(reading.today) for ignore in ignores)
        if finding is not None and finding.code not in reading.rules.off and not accepted:
            severity = reading.rules.severities.get(finding.code, finding.severity)
            rows.append((deployment, replace(finding, severity=severity)))
    return rows


def _fix(workspace: Workspace, query: str, how: Carrying, *, skip_refused: bool, since: str | None) -> int:
    chosen = [d.id for d in select(workspace.fleet, query)]
    if since is not None:
        touched = _changed(workspace, since).touched
        chosen = [id_ for id_ in chosen if id_ in touched]
    with working("proving fixes") as progress:
        _, refusals = workspace.fix(chosen, progress=progress.count)
    refusals += workspace.drop_refused()
    for refusal in refusals:
        note(f"refused: {refusal.deployment}: {refusal.reason}")
    refused = f"{plural(len(refusals), 'fix')} cannot be made" if refusals else ""
    all_or_nothing(refused, skip_refused=skip_refused or not how.acts)
    if not refused and not len(workspace.pending):
        note("nothing can be fixed automatically")
        return 0
    left_out = carry_out(workspace, how, skip_refused=skip_refused)
    refused = refused or ("some files cannot be committed" if left_out else "")
    if refused:
        raise Refused(f"{refused}; the rest is shown above")
    return 0


@click.command()
@click.argument("code", shell_complete=complete.codes)
@common_options
def explain(session: Session, code: str) -> int:
    """Print what the rule CODE means, why it matters, and how to fix it."""
    from rea_xcom_tui.xcom.rules.pages import explain as page

    out(page(code))
    return 0
