"""Which deployments a new one may be modelled on, in one repo or in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.campaign.sibling_files import team_and_short
from rea_xcom_tui.fleet.model import Deployment
from rea_xcom_tui.fleet.qualified import within
from rea_xcom_tui.text import clean, plural

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace


def repo_and_name(workspace: Workspace, text: str) -> tuple[str, str]:
    """What `REPO:NAME` says of a new deployment over several repos; the repo is empty where none is named.

    Raises `ToolError` where there is no such repo.
    """
    repo, colon, name = text.partition(":")
    repos = workspace.each()
    if not colon or "" in repos:
        return "", text
    if repo not in repos:
        raise ToolError(f"there is no repo {clean(repo)} in this fleet; its repos are {', '.join(map(clean, repos))}")
    return repo, name


def siblings_of(
    workspace: Workspace, env: str | None, name: str, *, near: str = "", only: str = ""
) -> list[Deployment]:
    """Deployments that a new one may be modelled on: with XCom set, of its environment and team first.

    Over several repos those of the repo `near` come before all others; `only` those of one repo are wanted.
    """
    able = [d for d in workspace.fleet.deployments if not d.unreached and d.field("path").state == "set"]

    def rank(one: Deployment) -> tuple[bool, bool, bool, int, str]:
        team, _ = team_and_short(one)
        of_team = bool(team) and name.startswith(f"{team}-")
        return one.env != env, one.repo != near, not of_team, len(one.findings), one.id

    return sorted((d for d in able if (env is None or d.env == env) and (not only or d.repo == only)), key=rank)


def find_sibling(workspace: Workspace, named: str, repo: str = "", env: str | None = None) -> Deployment:
    """The deployment, of one `repo` where one is named, that an id or a name stands for. Raises `ToolError`.

    Where several have the name, the one of `env` is meant.
    """
    found = [one for one in workspace.fleet.deployments if named in (one.id, one.name, within(one.repo, one.id))]
    others = [one for one in found if repo and one.repo != repo]
    found = [one for one in found if one not in others]
    if others and not found:
        raise ToolError(
            f"{clean(others[0].id)} is not in {clean(repo)}, whose layout the new deployment follows; name a sibling "
            "there, or give the values as a file with --from FILE"
        )
    if len(found) > 1 and env is not None:
        found = [one for one in found if one.env == env] or found
    if len(found) != 1:
        many = f"{plural(len(found), 'deployment')} are" if found else "no deployment is"
        raise ToolError(f"{many} called '{clean(named)}'; give the id of one, as `list --columns id` shows it")
    return found[0]
