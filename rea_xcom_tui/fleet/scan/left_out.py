"""What a person should know of files that a scan does not read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.baseline import BASELINE_FILE
from rea_xcom_tui.fleet.scan.suggested import is_suggestive
from rea_xcom_tui.layouts.naming import is_leftover
from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.values import Unreadable, read_file

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Repository

_MOST_LEFTOVERS = 100
_SUBMODULE = "160000"


def left_out_notices(repository: Repository, listed: Sequence[FileEntry], outside: Sequence[str]) -> list[str]:
    """What a person should know of files that are not read: outside of a sparse checkout, copies, other repos."""
    told = [*(_sparse_notices(outside) if outside else ()), *_leftover_notices(repository, listed)]
    return [*told, *submodule_notices(listed)]


def tells_something(listed: Sequence[FileEntry]) -> bool:
    """Whether the name or kind of a file is one of which there may be something to say."""
    return is_suggestive(listed) or any(entry.mode == _SUBMODULE or is_leftover(entry.path) for entry in listed)


def _sparse_notices(outside: Sequence[str]) -> Iterator[str]:
    yield f"{plural(len(outside), 'file')} outside of the sparse checkout left out, such as {outside[0]}"
    if BASELINE_FILE in outside:
        yield (
            f"{BASELINE_FILE} is outside of the sparse checkout, so what it declares does not count; "
            f"take it in with `git sparse-checkout add /{BASELINE_FILE}`"
        )


def submodule_notices(listed: Iterable[FileEntry]) -> Iterator[str]:
    """Which other repos are inside this one, whose files are their own repo's."""
    inside = [entry.path for entry in listed if entry.mode == _SUBMODULE]
    if inside:
        yield (
            f"values inside {plural(len(inside), 'submodule')} left out, such as {clean(inside[0], 80)}; "
            "open its folder as a repo of its own"
        )


def _leftover_notices(repository: Repository, listed: Iterable[FileEntry]) -> Iterator[str]:
    """Which copies of values files were left out because of their names."""
    named = [entry.path for entry in listed if is_leftover(entry.path)][:_MOST_LEFTOVERS]
    found = [path for path in named if _holds_agent_keys(repository, path)]
    if found:
        yield (
            f"{plural(len(found), 'file')} left out because the name says that it is a copy, such as "
            f"{clean(found[0], 80)}; rename what is deployed"
        )


def _holds_agent_keys(repository: Repository, path: str) -> bool:

    from rea_xcom_tui.fleet.scan.read import could_be_agent

    try:
        return could_be_agent(read_file(repository.root / path, repository.root))
    except Unreadable:
        return False


def skipped_notices(skipped: Sequence[bytes]) -> tuple[str, ...]:
    """Which files are left out because of the bytes in their names."""
    if not skipped:
        return ()
    first = clean(skipped[0].decode("utf-8", "surrogateescape"), 80)
    return (f"{plural(len(skipped), 'file')} left out because the name is not UTF-8, such as {first}",)
