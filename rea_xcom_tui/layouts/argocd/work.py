"""What looking for Argo CD's deployments collects: entry points, files that are part of them, problems."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rea_xcom_tui.layouts.argocd.application import Application, entries_of, is_token_text
from rea_xcom_tui.layouts.argocd.appset import applications_of
from rea_xcom_tui.layouts.argocd.pieces import Piece
from rea_xcom_tui.layouts.model import EntryPoint, Options, Problem
from rea_xcom_tui.layouts.tree import Tree


@dataclass(slots=True)
class Work:
    """What has been found so far."""

    tree: Tree
    options: Options
    entries: list[EntryPoint] = field(default_factory=list)
    files: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    unnamed: bool = False
    """Whether a set deploys the agent's chart under names that Git does not show."""
    roots: list[tuple[EntryPoint, int]] = field(default_factory=list)
    """Releases of charts of the repo, whose templates may make Applications, and how many templates lead to each."""

    def take(self, app: Application, depth: int = 0) -> None:
        """Add an Application's entry points."""
        if self._may_hold_tokens(app) and is_token_text(app.root):
            return
        for entry in entries_of(self.tree, app, self.options):
            if entry.chart.folder is not None:
                self.roots.append((entry, depth))
            self.entries.append(entry)

    def _may_hold_tokens(self, app: Application) -> bool:
        """Whether an Application as it is in its file could hold a token: a quick look at the file's bytes."""
        return app.root.raw is not app.root.node or b"<" in (self.tree.read(app.root.file) or b"")

    def take_set(self, root: Piece, depth: int = 0, made_by: str | None = None, hints: tuple[str, ...] = ()) -> None:
        """Add the entry points of a set."""
        made = applications_of(self.tree, self.options, root, root.file, hints)
        self.problems += made.problems
        self.files |= made.files
        self.unnamed |= made.unnamed
        for app in made.applications:
            self.take(replace(app, made_by=made_by), depth)
