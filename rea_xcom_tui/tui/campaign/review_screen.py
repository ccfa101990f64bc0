"""A review on the screen: what a branch changes, by deployment, with findings, impact and drift."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.background import jobs
from rea_xcom_tui.tui.background.list_screen import ListScreen
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import harmless, pad, shorten
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.messages import Message
from rea_xcom_tui.tui.kit.styled_lines import SEVERITY_STYLES, Bar, Line, Painted, Span, line_width

if TYPE_CHECKING:
    from rea_xcom_tui.fleet.campaign.review import Review
    from rea_xcom_tui.fleet.workspace import Workspace

_LEVELS = {"ok": "good", "look": "edited", "stop": "invalid"}
_LEAD = 14
"""Cells for the field or the code before what is said of it."""
_FIELDS = 22
"""Cells for the fields that change, so that the findings beside them are in one column; two of them fit."""


class Looked(Message):
    """What a branch does."""

    found: Review
    comment: str


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

    def beneath_header(self) -> ComposeResult:
        """The verdict."""
        yield Painted(id="verdict")

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

    def _failed(self, event: jobs.Failed) -> None:
        self.fail(event, leave=True)

    @on(Looked)
    def _show(self, event: Looked) -> None:
        self.found, self._comment = event.found, event.comment
        found = event.found
        self.query_one("#header", Bar).show(
            [("Review  ", "title"), (harmless(found.ref), "strong"), (f" onto {harmless(found.onto)}", "quiet")],
            [(plural(len(_touched(found)), "deployment"), "quiet")],
        )
        self.listed.empty_text = "The branch changes no XCom setting."
        called = self.workspace.fleet.called
        names = {id_: harmless(called(id_)) for id_ in _touched(found)}
        longest = max(map(cell_len, names.values()), default=0)
        self.listed.show(
            [Entry(id_, partial(deployment_line, found, id_, name, longest)) for id_, name in names.items()]
        )
        self._conclude()
        self._details()

    @on(LineList.Moved)
    def _details(self) -> None:
        here, found = self.listed.here, self.found
        called = self.workspace.fleet.called
        self.detail.show(partial(details, found, here, called(here)) if here and found else lambda _: ())

    def on_resize(self) -> None:
        """Break the verdict again."""
        self._conclude()

    def _conclude(self) -> None:
        """Show the verdict whole, on as many lines as it takes."""
        if self.found is None:
            return
        width = max(20, self.size.width - 2)
        wrapped = textwrap.wrap(harmless(self.found.verdict()), width)
        self.query_one("#verdict", Painted).paint([[(line, _LEVELS[self.found.level])] for line in wrapped])
        self.query_one("#verdict").styles.height = len(wrapped)
        self.say("")

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
    """The deployments and files that are listed, those that change first."""
    ids = [*found.deployments, *(id_ for id_, _, _ in found.new), *(row.id for row, _ in found.findings.fixed)]
    return list(dict.fromkeys([*ids, *(one.deployment for one in (*found.made, *found.healed))]))


def deployment_line(found: Review, id_: str, name: str, name_width: int, width: int) -> Line:
    """A deployment on one line: what it is called, which fields change, which findings and drift are added and
    removed."""
    fields = [one.change.field or one.change.kind for one in found.changes if one.change.deployment == id_]
    new = [(code, severity) for where, severity, code in found.new if where == id_]
    gone = [finding.code for row, finding in found.findings.fixed if row.id == id_]
    right: list[Span] = [(pad(", ".join(fields), _FIELDS) if fields else "", "edited")]
    right += [(f"  +{code}", SEVERITY_STYLES[severity]) for code, severity in new]
    right += [(f"  -{code}", "good") for code in gone]
    right += [("  ≠ drifts", "drift")] if any(one.deployment == id_ for one in found.made) else []
    healed = any(one.deployment == id_ for one in found.healed)
    right += [("= no longer drifts", "good")] if healed and not fields else []
    room = max(12, min(name_width, width - line_width(right) - 2))
    return [(pad(shorten(harmless(name), room, "middle"), room), "strong"), ("  ", ""), *right]


def details(found: Review, id_: str, name: str, width: int) -> list[Line]:
    """Everything that the branch does to a deployment."""
    lines: list[Line] = [
        [(shorten(harmless(name), width, "end"), "title")],
        [(shorten(harmless(id_), width, "start"), "quiet")],
        [],
    ]
    for lead, text, style in _said(found, id_):
        wrapped = textwrap.wrap(harmless(text), max(10, width - _LEAD)) or [""]
        lines.append([(pad(lead, _LEAD), "quiet"), (wrapped[0], style)])
        lines += [[(" " * _LEAD, ""), (line, style)] for line in wrapped[1:]]
    return lines


def _said(found: Review, id_: str) -> Iterator[tuple[str, str, str]]:
    from rea_xcom_tui.reports.changes import worded

    for one in found.changes:
        change = one.change
        if change.deployment == id_:
            words = f"{worded(change.old)} → {worded(change.new)}" if change.kind == "changed" else change.kind
            yield change.field, words, "edited"
            if one.impact:
                yield "", one.impact, "quiet"
    for row, finding in found.findings.rows:
        if row.id == id_ and (row.id, finding) not in found.findings.remaining:
            yield f"+ {finding.code}", f"new {finding.severity}: {finding.message}", SEVERITY_STYLES[finding.severity]
    for row, finding in found.findings.fixed:
        if row.id == id_:
            yield f"- {finding.code}", f"fixed: {finding.message}", "good"
    for sign, said, style, ones in (
        ("≠", "new drift", "drift", found.made),
        ("=", "drift fixed", "good", found.healed),
    ):
        for deviation in ones:
            if deviation.deployment == id_:
                expected = worded(deviation.expected)
                yield f"{sign} {deviation.field}", f"{said}: expected {expected} ({deviation.reason})", style
