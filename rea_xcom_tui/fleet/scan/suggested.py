"""Layers that only a command in the repo describes, for a person who has not configured them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rea_xcom_tui.fleet.scan.trees import disk_tree
from rea_xcom_tui.layouts.suggestions import Suggestion, suggestions
from rea_xcom_tui.text import clean

if TYPE_CHECKING:
    from rea_xcom_tui.gitops import FileEntry, Repository

_FOLDERS_AND_PREFIXES = (".github/workflows/", ".circleci/", "Jenkinsfile", "azure-pipelines")
_FILES = (".gitlab-ci.yml", "bitbucket-pipelines.yml")
_PIPELINE = re.compile(
    f"(?:^|/)(?:{'|'.join(map(re.escape, _FOLDERS_AND_PREFIXES))}|(?:{'|'.join(map(re.escape, _FILES))})$)",
    re.MULTILINE,
)
"""Where a CI job is, judged by names alone: a quick look that passes scripts and Makefiles over."""


def suggested(repository: Repository) -> tuple[Suggestion, ...]:
    """What the commands of a working tree's CI jobs, Makefiles and scripts say of layers."""
    return suggestions(disk_tree(repository, repository.tracked_and_untracked()))


def is_suggestive(listed: Iterable[FileEntry]) -> bool:
    """Whether one of the files may be a CI job."""
    paths = "\n".join([entry.path for entry in listed])
    # Almost no repo of thousands of files has one of these names, and this tells so at once.
    return any(name in paths for name in (*_FOLDERS_AND_PREFIXES, *_FILES)) and _PIPELINE.search(paths) is not None


def suggestion_notices(repository: Repository, listed: Sequence[FileEntry]) -> Iterator[str]:
    """What a person should know of a CI job's command that lays values files over one another."""
    if not is_suggestive(listed):
        return
    found = [one for one in suggestions(disk_tree(repository, listed)) if len(one.layers) > 1]
    if found:
        first = found[0]
        named = f"{', '.join(first.layers[:-1])} and {first.layers[-1]}"
        yield (
            f"a command in {clean(first.file, 80)}, line {first.line}, combines {clean(named, 120)}, "
            "which nothing else here says; `rea-xcom-tui config suggest` prints what to write into the configuration"
        )
