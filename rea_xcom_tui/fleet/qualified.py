"""Names in a fleet of several repos: what is in a repo is called `NAME:` and what it is called there.

A repo that is alone has no name, and what is in it is called as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from rea_xcom_tui.errors import Refused, ToolError
from rea_xcom_tui.fleet.model import Deployment, LayerInfo, UnreadableFile, UnusedFile
from rea_xcom_tui.text import clean


def qualified(repo: str, name: str) -> str:
    """An id or file of a repo as the whole fleet knows it.

    >>> qualified("data", "prod/etl/values.yaml")
    'data:prod/etl/values.yaml'
    >>> qualified("", "prod/etl/values.yaml")
    'prod/etl/values.yaml'
    """
    return f"{repo}:{name}" if repo else name


def within(repo: str, name: str) -> str:
    """An id or file of the whole fleet as its repo knows it.

    >>> within("data", "data:prod/etl/values.yaml")
    'prod/etl/values.yaml'
    """
    return name.removeprefix(f"{repo}:") if repo else name


def belongs(repo: str, name: str) -> bool:
    """Whether an id or file of the whole fleet is of this repo; to a repo that is alone all belong.

    >>> belongs("data", "data:prod/etl/values.yaml"), belongs("ml", "data:prod/etl/values.yaml")
    (True, False)
    """
    return not repo or name.startswith(f"{repo}:")


@contextmanager
def in_repo(repo: str) -> Iterator[None]:
    """Have what goes wrong in one of several repos say in which."""
    try:
        yield
    except ToolError as error:
        if repo:
            error.args = (f"{clean(repo)}: {error}", *error.args[1:])
        raise


def deployment_in(repo: str, deployment: Deployment) -> Deployment:
    """A deployment of a repo as the whole fleet knows it."""
    if not repo:
        return deployment
    name: Callable[[str], str] = f"{repo}:".__add__
    row = deployment.row
    return replace(
        deployment,
        id=name(deployment.id),
        file=name(deployment.file),
        layers=tuple(_sources(name, deployment) if deployment.stack else map(name, deployment.layers)),
        stack=tuple([_layer(name, layer) for layer in deployment.stack]),
        row=replace(row, id=name(row.id)) if row is not None else None,
        repo=repo,
    )


def deployment_of(deployment: Deployment) -> Deployment:
    """A deployment of the whole fleet as its repo knows it."""
    repo = deployment.repo
    if not repo:
        return deployment
    row = deployment.row
    return replace(
        deployment,
        id=within(repo, deployment.id),
        file=within(repo, deployment.file),
        layers=tuple(within(repo, layer) for layer in deployment.layers),
        stack=tuple(
            replace(layer, source=within(repo, layer.source), file=within(repo, layer.file))
            for layer in deployment.stack
        ),
        row=replace(row, id=within(repo, row.id)) if row is not None else None,
        repo="",
    )


def unreadable_in(repo: str, file: UnreadableFile) -> UnreadableFile:
    """A file that cannot be read as the whole fleet knows it."""
    return replace(file, file=qualified(repo, file.file))


def unused_in(repo: str, file: UnusedFile) -> UnusedFile:
    """A file that nothing reaches as the whole fleet knows it."""
    return UnusedFile(qualified(repo, file.file), file.reason)


def _sources(name: Callable[[str], str], deployment: Deployment) -> Iterator[str]:
    """The layers' sources; one that is in no file of the repo is words, and stays as it is."""
    outside = {layer.source for layer in deployment.stack if not layer.file}
    return (source if source in outside else name(source) for source in deployment.layers)


def _layer(name: Callable[[str], str], layer: LayerInfo) -> LayerInfo:
    return replace(layer, source=name(layer.source), file=name(layer.file)) if layer.file else layer


def check_repos(repos: Iterable[str], path: object, ids: Sequence[str], heads: Iterable[str]) -> None:
    """Raise `Refused` where a plan changes deployments of repos that are not open too, `ToolError` where of none.

    What of it is in the other repos alone would be taken for the whole. `repos` are those that are open, `heads` those
    that the plan was made over; one that is alone has no name.
    """
    here = [repo for repo in repos if repo]
    touched = dict.fromkeys(id_.partition(":")[0] for id_ in ids)
    wanted = [repo for repo in touched if repo in heads]
    if not here and wanted:
        raise ToolError(
            f"the plan {clean(path)} was made over several repos; name {', '.join(map(clean, wanted))} with -C for "
            "each, or with --fleet"
        )
    missing = [repo for repo in wanted if repo not in here] if here else []
    if missing:
        first = next(id_ for id_ in ids if belongs(missing[0], id_))
        raise Refused(
            f"the plan {clean(path)} changes deployments in {' and '.join(map(clean, missing))} too, such as "
            f"{clean(first)}, which {'is' if len(missing) == 1 else 'are'} not among the repos "
            f"{', '.join(map(clean, here))}; name every one of its repos with -C or --fleet"
        )
    if here and not all(repo in here for repo in touched):
        raise ToolError(
            f"the plan {clean(path)} was made over one repo or with other names for its repos, and "
            f"{', '.join(map(clean, here))} are open; name the repos as they were named then"
        )
