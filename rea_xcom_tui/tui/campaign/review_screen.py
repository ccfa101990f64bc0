"""A review on the screen: what a branch changes, by deployment, with findings, impact and drift."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.binding import BindingType
from textual.message import Message

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, shorten, wrapped_sentences
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.campaign.review import Review
    from rea_xcom_tui.fleet.workspace import Workspace

_LEVELS = {"ok": "good", "look": "edited", "stop": "invalid"}


class Looked(Message):
    """What a branch does."""

    def __init__(self, found: Review, comment: str) -> None:
        super().__init__()
        self.found, self.comment = found, comment


class ReviewScreen(ListScreen[str, str]):
    """The deployments that a branch touches. Dismisses with one whose file is wanted, or None."""

    PLACES: ClassVar[tuple[Place, ...]] = ("review", "list")
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("review")

    def __init__(self, work: jobs.Jobs, workspace: Workspace, ref: str) -> None:
        super().__init__(work)
        self.workspace = workspace
        self.ref = ref
        self.found: Review | None = None
        self._comment = ""

    def on_mount(self) -> None:
        """Look at the branch."""
        self.say("Comparing…", "edited")
        ref = self.ref

        def work(workspace: Workspace) -> Looked:
            from rea_xcom_tui.fleet.campaign.review import review
            from rea_xcom_tui.reports.review import markdown

            found = review(workspace, ref)
            return Looked(found, markdown(found))

        self.jobs.run(self, f"review {ref}", work)

    @on(jobs.Failed)
    def _failed(self, event: jobs.Failed) -> None:
        self.fail(event, self._leave)

    def _leave(self, _: str | None) -> None:
        """Leave: there is nothing to show."""
        self.dismiss(None)

    @on(Looked)
    def _show(self, event: Looked) -> None:
        self.found, self._comment = event.found, event.comment
        found = event.found
        self.query_one("#header", Bar).show(
            [("Review  ", "title"), (harmless(found.ref), "strong"), (f" onto {harmless(found.onto)}", "quiet")],
            [(plural(len(_touched(found)), "deployment"), "quiet")],
        )
        self.listed.empty_text = "The branch changes no XCom setting."
        self.listed.show([Entry(id_, partial(deployment_line, found, id_)) for id_ in _touched(found)])
        self.say(harmless(found.verdict()), _LEVELS[found.level])
        self._details()

    @on(LineList.Moved)
    def _details(self) -> None:
        here, found = self.listed.here, self.found
        self.detail.show(partial(details, found, here) if here and found else lambda _: ())

    @on(LineList.Chosen)
    def action_open(self) -> None:
        """Open the values file of the deployment, as it is here."""
        here = self.listed.here
        if here is not None and here not in self.workspace.fleet.by_id:
            self.say("The deployment is only on the branch; check it out to open its file.", "edited")
        elif here is not None:
            self.dismiss(here)

    def action_copy(self) -> None:
        """Copy the review as Markdown."""
        if self.found is not None:
            self.app.copy_to_clipboard(self._comment)
            self.say("Copied the comment.", "good")


def _touched(found: Review) -> list[str]:
    """The deployments and files that are told of, those that change first."""
    ids = [*found.deployments, *(id_ for id_, _, _ in found.new), *(row.id for row, _ in found.findings.fixed)]
    return list(dict.fromkeys([*ids, *(one.deployment for one in (*found.made, *found.healed))]))


def deployment_line(found: Review, id_: str, width: int) -> Line:
    """A deployment on one line: how many fields change, which findings come and go."""
    fields = [one.change.field or one.change.kind for one in found.changes if one.change.deployment == id_]
    new = [code for where, _, code in found.new if where == id_]
    gone = [finding.code for row, finding in found.findings.fixed if row.id == id_]
    right = "  ".join([", ".join(fields), *(f"+{code}" for code in new), *(f"-{code}" for code in gone)]).strip()
    right = shorten(right, max(8, width // 2), "end")
    name = shorten(harmless(id_), max(8, width - len(right) - 2), "start")
    style = "invalid" if new else "edited"
    return [(name, "strong"), (" " * max(1, width - len(name) - len(right)), ""), (right, style)]


def details(found: Review, id_: str, width: int) -> list[Line]:
    """Everything that the branch does to a deployment."""
    lines: list[Line] = [[(shorten(harmless(id_), width, "start"), "title")], []]
    for text, style in _said(found, id_):
        lines += [[(line, style)] for line in wrapped_sentences([text], max(10, width))]
    return lines


def _said(found: Review, id_: str) -> Iterator[tuple[str, str]]:
    from rea_xcom_tui.reports.changes import worded

    for one in found.changes:
        change = one.change
        if change.deployment == id_:
            words = f"{worded(change.old)} → {worded(change.new)}"
            yield f"{change.field or change.kind}  {words if change.kind == 'changed' else ''}", "edited"
            if one.impact:
                yield one.impact, "quiet"
    for row, finding in found.findings.rows:
        if row.id == id_ and (row.id, finding) not in found.findings.remaining:
            yield f"new {finding.severity} {finding.code}: {harmless(finding.message)}", "invalid"
    for row, finding in found.findings.fixed:
        if row.id == id_:
            yield f"fixed {finding.code}: {harmless(finding.message)}", "good"
    for label, style, ones in (("drift made", "drift", found.made), ("drift healed", "good", found.healed)):
        for deviation in ones:
            if deviation.deployment == id_:
                expected = worded(deviation.expected)
                yield f"{label}: {deviation.field}, expected {harmless(expected)} ({harmless(deviation.reason)})", style
