"""`config`: where the configuration is, what it says, and whether it is right."""

from __future__ import annotations

from pathlib import Path

import click

from rea_xcom_tui.cli.context import Session, common_options, note, out
from rea_xcom_tui.errors import ToolError
from rea_xcom_tui.fleet.qualified import in_repo
from rea_xcom_tui.text import clean
from rea_xcom_tui.user.config import load_config, repo_file, user_file
from rea_xcom_tui.user.settings import Config


@click.group("config", invoke_without_command=True)
@common_options
@click.pass_context
def config_group(ctx: click.Context, session: Session) -> None:
    """The configuration: `path` says where it is, `show` what it says, `check` whether it is valid, `suggest` what it
    could say about layers."""
    if ctx.invoked_subcommand is None:
        raise click.UsageError("say which: config path, config show, config check or config suggest")


@config_group.command("path")
@common_options
def path(session: Session) -> int:
    """Print the configuration files, weakest first, and whether they exist."""
    for file in (user_file(), *_repo_files(session).values()):
        out(f"{file}{'' if file.is_file() else '  (not there)'}")
    return 0


@config_group.command("show")
@common_options
def show(session: Session) -> int:
    """Print what is in force, from all files and defaults; for several repos, one after the other."""
    for repo, config in _load(session).items():
        for name, value in (*((("repo", repo),) if repo else ()), *_rows(config)):
            out(f"{name:<20} {clean(value)}")
    return 0


@config_group.command("check")
@common_options
def check(session: Session) -> int:
    """Say whether the files are valid; every mistake is reported with its file and key."""
    found = _load(session)
    mistakes = [
        mistake for config in found.values() for mistake in (session.check_ui(config) if session.check_ui else ())
    ]
    if mistakes:
        raise ToolError("\n".join(dict.fromkeys(mistakes)))
    files = [file for config in found.values() for file in config.files]
    note("no configuration file, the defaults apply" if not files else "the configuration is valid")
    return 0


@config_group.command("suggest")
@common_options
def suggest(session: Session) -> int:
    """Suggest configuration entries from the `helm` commands in CI jobs, Makefiles and scripts.

    Use this where only such a command says which values files override which, so that nothing else in the repo names
    the deployments. Each entry is printed below the place of its command; check it before you copy it.
    """
    from rea_xcom_tui.fleet.scan.suggested import suggested
    from rea_xcom_tui.gitops import Repository

    count = 0
    for repo, file in _repo_files(session).items():
        for one in suggested(Repository.open(file.parent)):
            place = f"{repo}: {one.file}" if repo else one.file
            out(
                ("\n" if count else "") + f"# from the command in {clean(place)}, line {one.line}\n" + one.toml.rstrip()
            )
            count += 1
    if not count:
        note("no command of a CI job, a Makefile or a script names values files of this repo")
    return 0


def _load(session: Session) -> dict[str, Config]:
    """What is in force in each repo by its name, which is empty for one alone, or outside of any."""
    found: dict[str, Config] = {}
    for repo, file in _repo_files(session).items():
        with in_repo(repo):
            found[repo] = load_config(file.parent)
    return found or {"": load_config(None)}


def _repo_files(session: Session) -> dict[str, Path]:
    """The configuration file of each repo, by the name of the repo."""
    from rea_xcom_tui.gitops import GitProblem, Repository
    from rea_xcom_tui.user.fleets import named

    found: dict[str, Path] = {}
    for repo, folder in named(session.entries()).items():
        try:
            found[repo] = repo_file(Repository.open(folder).root)
        except GitProblem as problem:
            if repo:
                raise ToolError(f"{clean(repo)}: {problem}") from problem
        except OSError as error:
            raise ToolError(f"{folder} cannot be opened: {error.strerror}") from error
    return found


def _rows(config: Config) -> list[tuple[str, str]]:
    rules, layouts = config.rules, config.layouts
    return [
        ("theme", config.theme or "(default)"),
        ("columns", ", ".join(config.columns) or "(all)"),
        ("keymap", ", ".join(f"{name}={key}" for name, key in config.keymap.items()) or "(default)"),
        ("glyphs", config.glyphs),
        ("queries", "; ".join(f"{name}: {text}" for name, text in config.queries.items()) or "(none)"),
        ("environments", ", ".join(config.environments)),
        (
            "protected_branches",
            "(usual)" if config.protected_branches is None else ", ".join(config.protected_branches),
        ),
        ("commit_message", config.commit_message),
        ("forges", ", ".join(f"{host}={forge}" for host, forge in config.forges.items()) or "(by their names)"),
        ("read_only", str(config.read_only).lower()),
        ("rules.off", ", ".join(sorted(rules.off)) or "(none)"),
        ("rules.severity", ", ".join(f"{code}={level}" for code, level in rules.severities.items()) or "(default)"),
        ("rules.airflow", ".".join(map(str, rules.airflow)) if rules.airflow else "(from the files)"),
        ("rules.agent", ".".join(map(str, rules.agent)) if rules.agent else "(from the files)"),
        ("rules.policies", "; ".join(policy.text for policy in rules.policies) or "(none)"),
        ("rules.ignore", "; ".join(f"{i.code}: {i.reason}" for i in rules.ignores) or "(none)"),
        ("layouts.engine", layouts.engine or "(by layout, else the newest)"),
        ("layouts.argocd", ".".join(map(str, layouts.argocd)) if layouts.argocd else "(the newest)"),
        ("layouts.helmfile", ".".join(map(str, layouts.helmfile)) if layouts.helmfile else "(the newest)"),
        ("layouts.variables", ", ".join(layouts.variables) or "(none)"),
        ("layouts.clusters", ", ".join(layouts.clusters) or "(none)"),
        ("layouts.manifests", "; ".join(each.files for each in layouts.manifests) or "(none)"),
        ("layouts.layers", "; ".join(each.files for each in layouts.layers) or "(none)"),
        ("layouts.deployed", ", ".join(layouts.deployed) or "(none)"),
        ("layouts.generated", ", ".join(layouts.generated) or "(none)"),
    ]
