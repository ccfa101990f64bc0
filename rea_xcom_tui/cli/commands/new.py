"""`new` and `enable`: a deployment that is not there yet, and XCom for one that has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import Session, common_options, for_people, note, out, require_files
from rea_xcom_tui.cli.write_options import Carrying, carry_out, carrying_options, tell_refused
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.qualified import deployment_of, in_repo, within
from rea_xcom_tui.fleet.workspace import Workspace
from rea_xcom_tui.fleet.write.commit import CommitOptions
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import FIELDS, FieldName

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.campaign.onboarding import Onboarding
    from rea_xcom_tui.fleet.model import Deployment


@dataclass(frozen=True, slots=True)
class Options:
    """What was asked for beside the name."""

    source: str | None
    like: str | None
    env: str | None
    namespace: str | None
    file: str | None
    leave_open: bool
    form: str
    how: Carrying


@click.command()
@click.argument("name")
@click.argument("assignments", nargs=-1, metavar="[FIELD=VALUE]...", shell_complete=complete.assignments)
@click.option(
    "--from",
    "source",
    metavar="ID|FILE",
    shell_complete=complete.deployments,
    help="A sibling to copy, or a values file: an untouched download, or `helm get values`.",
)
@click.option("--like", metavar="ID", shell_complete=complete.deployments, help="With a file: the sibling to follow.")
@click.option("--env", help="The environment (default: the sibling's).")
@click.option("--namespace", help="The namespace (default: from the fleet's pattern).")
@click.option("--file", help="Where its values file goes (default: from the fleet's pattern).")
@click.option("--leave-open", is_flag=True, help="Write even if values are missing that only you know.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@carrying_options
@common_options
def new(session: Session, name: str, assignments: tuple[str, ...], **chosen: Any) -> int:
    """Add the deployment NAME in the repo's own layout; without --write or --commit, print every line it adds.

    It is modelled on a sibling: the sibling's own files are copied under the new name, entries in shared files are
    added, and settings follow the fleet's pattern. FIELD=VALUE sets what the pattern does not; FIELD may also be a key
    of the chart or a variable in capitals. In a fleet of several repos it goes where its sibling is; REPO:NAME says
    which.
    """
    from rea_xcom_tui.fleet.campaign.onboarding import new_deployment
    from rea_xcom_tui.fleet.campaign.sibling_files import Wanted
    from rea_xcom_tui.fleet.campaign.siblings import repo_and_name

    options = Options(**chosen)
    if options.how.split is not None:
        raise click.UsageError("a new deployment is one commit; leave out --split")
    if options.form != "text" and options.how.acts:
        raise click.UsageError("--format is for the preview; leave it out with --write and --commit")
    fields, others = _parted(assignments)
    workspace = session.workspace()
    require_files(workspace.fleet)
    repo, name = repo_and_name(workspace, name)
    sibling, content = _source(workspace, options, name, repo)
    home = workspace.each()[sibling.repo]
    namespace = options.namespace or others.pop("namespace", None)
    file = within(sibling.repo, options.file) if options.file is not None else None
    wanted = Wanted(name, options.env, namespace, file, fields, others, content)
    with in_repo(sibling.repo):
        found = new_deployment(home, deployment_of(sibling), wanted)
    for path in found.left_out:
        note(f"not copied, because it holds a secret: {path}")
    for sentence in found.open:
        note(f"open: {sentence}")
    for sentence in found.hints:
        note(f"note: {sentence}")
    with in_repo(sibling.repo):
        return _carry(home, found, options, sibling.repo)


def _parted(assignments: Sequence[str]) -> tuple[dict[FieldName, str], dict[str, str]]:
    fields: dict[FieldName, str] = {}
    others: dict[str, str] = {}
    for text in assignments:
        key, equals, value = text.partition("=")
        if not equals or not key or not value.strip():
            raise click.UsageError(f"'{clean(text)}' is not an assignment; write FIELD=VALUE, such as threshold=1MiB")
        field = next((one for one in FIELDS if one == key), None)
        if (field is not None and field in fields) or key in others:
            raise click.UsageError(f"{clean(key)} is given more than once; give it once")
        if field is not None:
            fields[field] = value
        else:
            others[key] = value
    return fields, others


def _source(workspace: Workspace, options: Options, name: str, repo: str) -> tuple[Deployment, bytes | None]:
    """The sibling to follow, of `repo` where one is named, and the values that take the place of its own."""
    from rea_xcom_tui.fleet.campaign.siblings import find_sibling, siblings_of
    from rea_xcom_tui.fleet.drift.releases import exported_values

    source = options.source
    known = {one.id for one in workspace.fleet.deployments} | {one.name for one in workspace.fleet.deployments}
    is_file = source is not None and source not in known and Path(source).is_file()
    if source is not None and not is_file:
        if options.like is not None:
            raise click.UsageError(
                f"--like can only be used with --from FILE, and {clean(source)} is "
                f"{'a deployment' if source in known else 'not a file that is there'}"
            )
        return find_sibling(workspace, source, repo, options.env), None
    if options.like is not None:
        sibling = find_sibling(workspace, options.like, repo, options.env)
    else:
        near = siblings_of(workspace, options.env, name, only=repo)
        if not near:
            where = f" of {options.env}" if options.env else ""
            where += f" in {repo}" if repo else ""
            raise ToolError(f"no deployment{where} has XCom in object storage to follow; name one with --like ID")
        sibling = near[0]
        note(f"after {sibling.id}; --like names another one")
    return sibling, exported_values(Path(source)) if is_file and source is not None else None


def _carry(workspace: Workspace, found: Onboarding, options: Options, repo: str) -> int:
    from rea_xcom_tui.reports.onboarding import as_json, text

    if options.form == "json":
        out(as_json(found, repo))
        return 0
    for_people(text(found, repo))
    how = options.how
    if not how.acts:
        note(f"{plural(len(found.files), 'file')}; nothing was written, --write or --commit does it")
        return 0
    if found.open and not options.leave_open:
        raise Refused(
            f"{plural(len(found.open), 'value')} that only you know {'is' if len(found.open) == 1 else 'are'} "
            "missing (see above), so nothing was written; give them, or --leave-open to fill them in later"
        )
    if how.commit:
        workspace.check_committable(CommitOptions(branch=how.branch))
    workspace.write_files(found.plan, found.title)
    if how.commit:
        try:
            carry_out(workspace, msgspec.structs.replace(how, message=how.message or found.title, template=None))
        except ToolError:
            workspace.unwrite()
            raise
    else:
        note(f"written: {plural(len(found.files), 'file')}; `undo` takes them back")
    return 0


@click.command()
@click.argument("file", metavar="FILE", shell_complete=complete.deployments)
@click.argument("assignments", nargs=-1, metavar="[FIELD=VALUE]...", shell_complete=complete.assignments)
@carrying_options
@common_options
def enable(session: Session, file: str, assignments: tuple[str, ...], how: Carrying) -> int:
    """Turn on XCom object storage for the deployment of FILE as its siblings have it; print the added block.

    FIELD=VALUE sets what its siblings do not tell, or overrides what they do.
    """
    from rea_xcom_tui.fleet.campaign.connecting import left_undefined
    from rea_xcom_tui.fleet.campaign.onboarding import enable as turn_on
    from rea_xcom_tui.fleet.campaign.siblings import find_sibling

    fields, others = _parted(assignments)
    if others:
        raise click.UsageError(f"'{clean(next(iter(others)))}' is not a field; the fields are {', '.join(FIELDS)}")
    workspace = session.workspace()
    require_files(workspace.fleet)
    target = find_sibling(workspace, file)
    _, refused = turn_on(workspace, target, fields)
    tell_refused(refused, "setting", skip_refused=False)
    if lacking := left_undefined(workspace, target, fields):
        note(f"note: {lacking}")
    carry_out(workspace, how)
    return 0
