"""Choosing where probes run."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from rea_xcom_tui.fleet.probe.places import KINDS, Kind, Where
from rea_xcom_tui.text import plural
from rea_xcom_tui.tui.keys.bindings import bindings_of
from rea_xcom_tui.tui.keys.commands import Place
from rea_xcom_tui.tui.kit.fit import pad
from rea_xcom_tui.tui.kit.key_bar import KeyBar
from rea_xcom_tui.tui.kit.left_once import Dialog
from rea_xcom_tui.tui.kit.line_list import Entry, LineList
from rea_xcom_tui.tui.kit.styled_lines import Bar, Line
from rea_xcom_tui.tui.kit.text_line import TextLine

_WORDS: dict[Kind, tuple[str, str, str]] = {
    "kubectl": ("in a running worker of the cluster, as the deployment itself", "context", "the current context"),
    "docker": ("in a container on this machine, as nobody", "image", "the image that the values name"),
    "python": ("with a Python on this machine that has Airflow, as you", "path", "/path/to/bin/python"),
}
"""Who runs it, what the argument is, and what stands for none."""

_ORDER: tuple[Kind, ...] = ("kubectl", "docker", "python")


class ProbePlaceScreen(Dialog[Where]):
    """Asks for a kind of place and its argument; dismisses with them, or with None."""

    PLACES: ClassVar[tuple[Place, ...]] = ("probe-place",)
    BINDINGS: ClassVar[list[BindingType]] = bindings_of("probe-place")
    AUTO_FOCUS = "#argument"
    DEFAULT_CSS = """
    ProbePlaceScreen {
        & .dialog { width: 92; }
        & .title { text-style: bold; width: 1fr; }
        & .body { width: 1fr; color: $text-muted; margin: 0 0 1 0; }
        & LineList { height: 3; overflow-y: hidden; }
        & Horizontal { height: 1; margin: 1 0 0 0; }
        & .label { width: 10; color: $text-muted; }
        & TextLine { width: 1fr; background: $panel; }
        & #note { margin: 1 0 0 0; }
    }
    """

    def __init__(self, count: int, before: Where | None) -> None:
        super().__init__()
        self._count = count
        self._before = before
        assert set(_ORDER) == set(KINDS)

    def compose(self) -> ComposeResult:
        """The verb, the kinds of places, and the argument."""
        with Vertical(classes="dialog"):
            what = plural(self._count, "deployment")
            yield Static(f"Try {what} with the real backend: where?", classes="title", markup=False)
            yield Static("Nothing is written before a further question.", classes="body", markup=False)
            yield LineList[Kind](id="kinds")
            with Horizontal():
                yield Static(classes="label", id="what", markup=False)
                yield TextLine(self._before.argument if self._before else "", id="argument", compact=True)
            yield Bar(id="note")
        yield KeyBar(palette=False)

    def on_mount(self) -> None:
        """Show the kinds, that of the last time first."""
        cursor = _ORDER.index(self._before.kind) if self._before else 0
        self.kinds.show([Entry(kind, partial(_line, kind)) for kind in _ORDER], cursor)

    @property
    def kinds(self) -> LineList[Kind]:
        """The list of kinds."""
        return self.query_one("#kinds", LineList)

    @property
    def _kind(self) -> Kind:
        return self.kinds.here or _ORDER[0]

    @on(LineList.Moved, "#kinds")
    def _moved(self) -> None:
        _, what, none = _WORDS[self._kind]
        self.query_one("#what", Static).update(what)
        argument = self.query_one("#argument", Input)
        argument.placeholder = none
        if self._before is not None:
            argument.value = self._before.argument if self._kind == self._before.kind else ""
        self.query_one("#note", Bar).show([])

    def action_kind(self, by: int) -> None:
        """Move to another kind of place; the argument stays where one types."""
        self.kinds.cursor += by

    @on(LineList.Chosen)
    def action_accept(self) -> None:
        """Take this place."""
        where = Where(self._kind, self.query_one("#argument", Input).value.strip())
        if where.kind == "python" and not where.argument:
            self.query_one("#note", Bar).show([("! give the path of a Python that has Airflow", "invalid")])
        else:
            self.dismiss(where)

    def action_back(self) -> None:
        """Try nothing."""
        self.dismiss(None)


def _line(kind: Kind, width: int) -> Line:
    return [(pad(f" {kind}", 10), "strong"), (_WORDS[kind][0], "quiet")]
