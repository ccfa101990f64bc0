"""`probe`: a round trip with the real backend under a deployment's effective settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from rea_xcom_tui.cli import complete
from rea_xcom_tui.cli.context import Session, common_options, find_deployment, note, out
from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.probe.outcome import Outcome
from rea_xcom_tui.fleet.probe.places import Where
from rea_xcom_tui.fleet.probe.run import Probes
from rea_xcom_tui.fleet.probe.runners import Place, printed, spoken
from rea_xcom_tui.fleet.probe.settings import Settings, settings_of
from rea_xcom_tui.reports.probing import FORMATS
from rea_xcom_tui.text import clean, plural

_OF_THE_VALUES = "\0"
"""What click gives for an option that takes a value and was given none."""


@click.command()
@click.argument("deployments", nargs=-1, required=True, metavar="DEPLOYMENT...", shell_complete=complete.deployments)
@click.option("--python", metavar="PATH", help="Run with this Python, which must have Airflow.")
@click.option(
    "--docker",
    metavar="[IMAGE]",
    is_flag=False,
    flag_value=_OF_THE_VALUES,
    help="Run in a container: of --docker=IMAGE, or of the image that the values name.",
)
@click.option(
    "--kubectl",
    metavar="[CONTEXT]",
    is_flag=False,
    flag_value=_OF_THE_VALUES,
    help="Run in a worker of the cluster, or a pod of its own: of --kubectl=CONTEXT, or of the current context.",
)
@click.option("--print", "as_script", is_flag=True, help="Run nothing: print a script that asks for the secrets.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--timeout", type=click.FloatRange(1, 600), default=30, show_default=True, help="Seconds for each step.")
@click.option("--format", "form", type=click.Choice(tuple(FORMATS)), default="text", show_default=True)
@common_options
def probe(
    session: Session,
    deployments: tuple[str, ...],
    python: str | None,
    docker: str | None,
    kubectl: str | None,
    as_script: bool,
    yes: bool,
    timeout: float,
    form: str,
) -> int:
    """Write values of several sizes with the real backend, read them back and remove them.

    It runs under exactly the settings of each DEPLOYMENT (its id, file or name), where Airflow is: name one of
    --python, --docker, --kubectl and --print. Give an optional value with `=`, as in --kubectl=prod-eu.
    """
    if sum((python is not None, docker is not None, kubectl is not None, as_script)) != 1:
        raise click.UsageError("say where to run it, with one of --python PATH, --docker, --kubectl and --print")
    if as_script and len(deployments) != 1:
        raise click.UsageError("--print makes the script of one deployment; name one")
    workspace = session.workspace()
    if workspace.read_only is not None and not as_script:
        raise Refused(f"a probe writes to the store, and {workspace.read_only}")
    found = dict.fromkeys(find_deployment(workspace.fleet, name).id for name in deployments)
    chosen = [settings_of(workspace, workspace.deployment(id_)) for id_ in found]
    if as_script:
        out(printed(chosen[0], timeout))
        return 0
    where = _where(python, docker, kubectl)
    places = [(settings, where.place(settings)) for settings in chosen]
    if python is None:
        for _, place in places:
            note(f"runs: {spoken(place.command)}")
    _ask(places, yes=yes)
    outcomes = Probes(timeout, _progress).run(places)
    out(FORMATS[form](outcomes))
    return _exit_code(outcomes)


def _where(python: str | None, docker: str | None, kubectl: str | None) -> Where:
    if python is not None:
        return Where("python", python)
    if docker is not None:
        return Where("docker", docker.removeprefix(_OF_THE_VALUES))
    return Where("kubectl", (kubectl or "").removeprefix(_OF_THE_VALUES))


def _ask(places: Sequence[tuple[Settings, Place]], *, yes: bool) -> None:
    """Name bucket and prefix of everything that would be written, and go on only if the user wants it."""
    for settings, place in places:
        where = f"{settings.shown_path}/{settings.own}" if settings.writes else "nowhere: the settings use the database"
        note(f"{settings.deployment.id}: {plural(len(settings.sizes), 'value')} to {where} {place.words}")
    if yes:
        return
    if not os.isatty(0):
        raise Refused("nothing was written, because there is no terminal to ask; add --yes to go on without a question")
    sys.stderr.write(f"Write, read back and remove the values of {plural(len(places), 'deployment')}? [y/N] ")
    sys.stderr.flush()
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("nothing was written")


def _progress(settings: Settings, step: str) -> None:
    if sys.stderr.isatty():
        note(f"{clean(settings.called)}: {clean(step)}")


def _exit_code(outcomes: Sequence[Outcome]) -> int:
    """0 as the settings say, 1 where a value went or came back otherwise, 2 where it could not be carried out."""
    failed = [outcome for outcome in outcomes if outcome.status == "failed"]
    if failed:
        raise ToolError("\n".join(f"{outcome.deployment.id}: {outcome.sentence}" for outcome in failed))
    return 1 if any(outcome.status == "differs" or outcome.left for outcome in outcomes) else 0
