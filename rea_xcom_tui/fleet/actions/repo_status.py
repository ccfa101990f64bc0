"""How the repo stands, in sentences that say what one can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rea_xcom_tui.text import clean, plural, some

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.workspace import Workspace
    from rea_xcom_tui.gitops import Exposure, RepoState


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of a repo, what its git folder would run, and whether anything may be written."""

    state: RepoState
    exposures: tuple[Exposure, ...]
    """What does not run because the repo is only viewed; empty when it is trusted."""
    read_only: str | None

    def sentences(self) -> list[str]:
        """What is out of the ordinary, the gravest first, each with what one can do about it."""
        said = []
        if self.read_only is not None:
            said.append(f"Read-only: {clean(self.read_only)}. Nothing can be edited or written.")
        refusal = self.state.refusal(new_branch=True, then="commit")
        if refusal is not None and not (self.read_only and self.state.read_only):
            said.append(clean(refusal))
        if self.state.detached and not self.state.unborn:
            said.append("HEAD is detached: a commit makes a new branch here, B switches to a branch.")
        if self.exposures:
            count = plural(len(self.exposures), "program")
            said.append(
                f"Viewing only, nothing of this repo's git folder runs ({count}): g T shows what, and trusts it."
            )
        return [*said, *self._upstream()]

    def _upstream(self) -> list[str]:
        upstream, ahead, behind = clean(self.state.upstream or ""), self.state.ahead, self.state.behind
        if self.state.diverged:
            here, there = plural(ahead, "commit"), plural(behind, "commit")
            return [f"Diverged from {upstream} ({here} here, {there} there): git pull --rebase, then R."]
        if behind:
            return [f"{plural(behind, 'commit')} behind {upstream}: git pull, then R."]
        return []


def standing_of_all(workspace: Workspace) -> list[str]:
    """What is out of the ordinary in the repos with pending edits, apart from trust; each sentence once, with them."""
    repos = workspace.each()
    if len(repos) == 1:
        return standing(workspace, trust=False).sentences()
    busy = {edit.file.partition(":")[0] for edit in workspace.pending.chosen}
    told: dict[str, list[str]] = {}
    for repo, member in repos.items():
        for sentence in standing(member, trust=False).sentences() if repo in busy or member.to_commit() else ():
            told.setdefault(sentence, []).append(repo)
    return [f"{some(names)}: {sentence}" for sentence, names in told.items()]


def standing(workspace: Workspace, *, trust: bool = True) -> Standing:
    """How the repo of a workspace stands now; without `trust`, apart from what is not trusted yet."""
    return Standing(workspace.repository.state(), workspace.exposures() if trust else (), workspace.read_only)
