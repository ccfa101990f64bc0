"""Every command of the terminal UI, once: keys, footer, palette, help and the keys page all come from here.

`python -m rea_xcom_tui.tui.keys.commands` prints the keys page in Markdown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from rea_xcom_tui.tui.keys.commands_campaign import CAMPAIGN
from rea_xcom_tui.tui.keys.commands_changes import CHANGES
from rea_xcom_tui.tui.keys.commands_drift import DRIFT
from rea_xcom_tui.tui.keys.commands_fleet import EDITING, FLEET, Entry
from rea_xcom_tui.tui.keys.commands_repo import REPO
from rea_xcom_tui.tui.keys.commands_view import VIEW

Place = Literal[
    "fleet", "table", "spread", "query", "line", "editor", "queries", "columns",
    "file", "stack", "diff", "commit", "values", "bulk", "conflict", "drift", "drift-form", "compare",
    "list", "problems", "push", "push-all", "history", "revisions", "log", "branches", "probe-place", "probe",
    "campaign", "review", "new", "migration", "layers", "any",
]  # fmt: skip
"""Where a command works: a screen, the fleet's table, the cell editor, or anywhere."""

PLACES: dict[Place, str] = {
    "fleet": "Fleet",
    "table": "Moving in the fleet",
    "spread": "The line of values over the table",
    "query": "While typing a query",
    "line": "While typing a command",
    "editor": "While editing a cell",
    "queries": "Saved queries",
    "columns": "Columns",
    "file": "A values file",
    "stack": "Layers side by side",
    "values": "Values of a column",
    "bulk": "Editing many deployments",
    "drift": "Drift",
    "drift-form": "The forms of drift",
    "compare": "Compare",
    "diff": "Pending changes",
    "conflict": "Changed underneath",
    "problems": "Problems",
    "commit": "Commit",
    "push": "Push",
    "push-all": "Push in several repos",
    "history": "History",
    "revisions": "Revisions",
    "log": "Log",
    "branches": "Branches",
    "probe-place": "Where a probe runs",
    "probe": "Probe",
    "campaign": "Campaign",
    "review": "Review",
    "new": "New deployment",
    "migration": "Path migration",
    "layers": "Choosing a layer",
    "list": "Moving in a list",
    "any": "Everywhere",
}


TASKS: dict[str, str] = {
    "go": "Move", "fleet": "Find", "queries": "Find", "sort": "Find", "spread": "Find", "column": "Find",
    "cell": "Edit", "marked": "Edit many", "mark": "Edit many", "edit": "Edit", "row": "Edit",
    "changes": "Review, write, commit", "repo": "Review, write, commit", "problems": "Look deeper",
    "drift": "Look deeper", "file": "Look deeper", "probe": "Look deeper", "campaign": "Look deeper",
    "review": "Look deeper", "new": "Edit", "campaign.new": "Edit", "campaign.enable": "Edit",
    "rows": "Arrange", "panel": "Arrange", "columns": "Arrange",
    "app": "Everywhere", "fleet.back": "Everywhere", "fleet.rescan": "Everywhere", "repo.history": "Look deeper",
    "repo.revisions": "Look deeper", "repo.last-changes": "Arrange", "repo.log": "Look deeper",
}  # fmt: skip
"""What a command of the fleet is for, by its id or by the first part of that; help is in columns by these."""

ORDER = ("Find", "Edit", "Edit many", "Review, write, commit", "Look deeper", "Arrange", "Move", "Everywhere")
"""The order in which help shows what one may want to do."""


class Command(msgspec.Struct, frozen=True):
    """One thing a user can do."""

    id: str
    """Stable name, for keymaps and the `:` line."""
    title: str
    help: str
    keys: str
    """Keys in Textual's names, separated by commas; `g g` is one key after another."""
    action: str
    place: Place
    shown: str
    """The keys as people read them."""
    footer: str = ""
    """The word in the footer; empty keeps it out of there."""
    palette: bool = True
    priority: bool = False

    @property
    def task(self) -> str:
        """What somebody wants to do who looks for it, for the commands of the fleet."""
        return TASKS.get(self.id) or TASKS.get(self.id.partition(".")[0], "")

    @property
    def single_keys(self) -> str:
        """The keys that Textual can bind, without those that follow a prefix."""
        return ",".join(key for key in self.keys.split(",") if " " not in key)

    @property
    def chords(self) -> list[tuple[str, str]]:
        """The keys that follow a prefix, as (prefix, key)."""
        pairs = [key.split(" ") for key in self.keys.split(",") if " " in key]
        return [(first, second) for first, second in pairs]


def _table() -> Iterator[Command]:
    rows = (
        ("up", "Up", "up,k", "move_row(-1)", "↑, k"),
        ("down", "Down", "down,j", "move_row(1)", "↓, j"),
        ("left", "Left", "left,h", "move_column(-1)", "←, h"),
        ("right", "Right", "right,l", "move_column(1)", "→, l"),
        ("page-up", "A page up", "pageup,ctrl+u", "move_page(-1)", "PgUp, Ctrl+U"),
        ("page-down", "A page down", "pagedown,ctrl+d", "move_page(1)", "PgDn, Ctrl+D"),
        ("top", "To the first row", "home,g g,g t", "move_end(-1)", "g g, Home"),
        ("bottom", "To the last row", "G,end,g b", "move_end(1)", "G, End"),
        ("first-column", "To the first column", "less_than_sign,0", "column_end(-1)", "<, 0"),
        ("last-column", "To the last column", "greater_than_sign,dollar_sign", "column_end(1)", ">, $"),
        ("extend-up", "Mark and go up", "shift+up", "extend(-1)", "Shift+↑"),
        ("extend-down", "Mark and go down", "shift+down", "extend(1)", "Shift+↓"),
    )
    for name, title, keys, action, shown in rows:
        yield Command(f"go.{name}", title, "", keys, action, "table", shown, palette=False)
    for number in range(1, 10):
        # One line in the help for all nine.
        title, shown = ("To the columns after the name", "1 … 9") if number == 1 else ("", "")
        action = f"to_column({number})"
        yield Command(f"go.column-{number}", title, "", str(number), action, "table", shown, palette=False)


def _editor() -> Iterator[Command]:
    rows = (
        ("save", "Save, go down", "enter", "save(1, 0)", "Enter", "save"),
        ("right", "Save, go right", "tab", "save(0, 1)", "Tab", "save, right"),
        ("left", "Save, go left", "shift+tab", "save(0, -1)", "Shift+Tab", ""),
        ("up", "Save, go up", "up", "save(-1, 0)", "↑", ""),
        ("down", "Save, go down", "down", "save(1, 0)", "↓", ""),
        ("layer", "Save, choose the layer", "ctrl+l", "save_in_layer", "Ctrl+L", "layer"),
        ("cancel", "Cancel", "escape", "cancel", "Esc", "cancel"),
    )
    for name, title, keys, action, shown, footer in rows:
        yield Command(f"editor.{name}", title, "", keys, action, "editor", shown, footer, palette=False)


def _anywhere() -> Iterator[Command]:
    yield Command(
        "app.help", "Help", "The keys of this screen; type to search them.",
        "question_mark,f1", "help", "any", "?", "help", priority=True,
    )  # fmt: skip
    yield Command(
        "app.palette", "Commands", "Find any command by its name.",
        "ctrl+p", "command_palette", "any", "^P, Ctrl+P", palette=False,
    )  # fmt: skip
    yield Command(
        "app.line", "Command line", "Type a command: `set threshold=1MiB where env:prod`, or the name of any command.",
        "colon", "command_line", "fleet", ":", priority=True,
    )  # fmt: skip
    yield Command(
        "app.quit", "Quit", "Leave the app; asks only if pending edits would be lost.",
        "q", "leave", "fleet", "q", "quit",
    )  # fmt: skip
    yield Command(
        "app.quit-now", "Quit from anywhere", "The same, from every screen.",
        "ctrl+q", "leave", "any", "Ctrl+Q", palette=False,
    )  # fmt: skip
    yield Command(
        "app.suspend", "Back to the shell", "The app waits meanwhile; `fg` brings it back as it was.",
        "ctrl+z", "suspend_process", "any", "Ctrl+Z", palette=False,
    )  # fmt: skip


_AT_ONCE = {"bulk.apply", "fleet.filter", "cell.edit", "cell.open"}
"""Commands that are done before the next key is looked at, because the next keys are text, however fast they come."""


def _of_edits(entries: tuple[Entry, ...]) -> Iterator[Command]:
    for id_, title, help_, keys, action, place, shown, footer in entries:
        palette = bool(help_) and place == "fleet" and id_ != "fleet.back"
        yield Command(id_, title, help_, keys, action, place, shown, footer, palette, priority=id_ in _AT_ONCE)


def _changes() -> Iterator[Command]:
    for id_, title, help_, keys, action, place, shown, footer in CHANGES:
        palette = bool(help_) and place == "diff"
        yield Command(id_, title, help_, keys, action, place, shown, footer, palette)


def _drift() -> Iterator[Command]:
    for id_, title, help_, keys, action, place, shown, footer in DRIFT:
        palette = bool(help_) and place != "drift-form"
        # Over what a line of input does on Enter, which the footer would not tell.
        first = id_ in ("drift-form.accept", "drift-form.next")
        yield Command(id_, title, help_, keys, action, place, shown, footer, palette, priority=first)


def _repo() -> Iterator[Command]:
    for id_, title, help_, keys, action, place, shown, footer in REPO:
        yield Command(id_, title, help_, keys, action, place, shown, footer, bool(help_))


def _campaign() -> Iterator[Command]:
    for id_, title, help_, keys, action, place, shown, footer in CAMPAIGN:
        # Over what a line of input does on these keys, which the footer would not tell.
        first = place == "new" and id_ != "new.back"
        yield Command(
            id_, title, help_, keys, action, place, shown, footer, bool(help_) and place != "new", priority=first
        )


def _view() -> Iterator[Command]:
    for id_, title, help_, keys, action, place, shown, footer in VIEW:
        yield Command(id_, title, help_, keys, action, place, shown, footer, palette=place in ("fleet", "any"))


COMMANDS: tuple[Command, ...] = (
    *_of_edits(FLEET), *_anywhere(), *_table(), *_editor(), *_of_edits(EDITING), *_changes(), *_drift(), *_repo(),
    *_campaign(), *_view(),
)  # fmt: skip
"""Every command, in the order in which help and the footer show them."""


WRITING = frozenset({
    "cell.edit", "cell.unset", "cell.paste", "cell.revert", "marked.edit", "marked.paste",
    "changes.diff", "changes.write", "changes.commit", "edit.undo", "edit.redo", "repo.push", "repo.switch",
    "file.edit", "file.fix", "file.revert", "file.undo", "file.diff", "file.write", "file.commit", "file.editor",
    "file.open",
    "problems.mend", "problems.mend-rule", "problems.write", "problems.diff", "problems.commit", "drift.commit",
    "drift.set-right", "drift.adopt", "drift.adopt-all", "drift.widen", "drift.ignore", "drift.edit", "drift.undo",
    "drift.redo", "drift.diff", "drift.write", "history.take-back", "history.take-back-commit", "branches.switch",
    "probe.show",
}) | {command.id for command in COMMANDS if command.place == "editor"}  # fmt: skip
"""The commands that change something, or show only what was changed: where nothing may be written, none is offered."""


def of_place(*places: Place) -> list[Command]:
    """The commands that work in one of these places."""
    return [command for command in COMMANDS if command.place in places]


def told(command: Command) -> bool:
    """Whether help and keys page name a command; the others are told along with one that they do name."""
    return bool(command.shown or command.palette)


def by_id(identifier: str) -> Command | None:
    """The command with this id, or None."""
    return next((command for command in COMMANDS if command.id == identifier), None)


def shown_keys(command: Command, keymap: Mapping[str, str]) -> str:
    """The keys of a command as people read them, with what a keymap changes."""
    moved = keymap.get(command.id)
    return ", ".join(moved.split(",")) if moved and command.single_keys != moved else command.shown


def keys_page() -> str:
    """The keys page in Markdown, generated from the commands."""
    lines = [
        "# Keys",
        "",
        "`python -m scripts.pages` makes this page from the registry of commands; do not edit it by hand.",
        "",
        "The command's name can be typed after `:` and is what a keymap refers to.",
    ]
    for place, title in PLACES.items():
        lines += ["", f"## {title}", "", "| Key | Command | Name |", "|---|---|---|"]
        for command in filter(told, of_place(place)):
            what = f"{command.title}. {command.help}" if command.help else f"{command.title}."
            lines.append(f"| {command.shown} | {what} | `{command.id}` |")
    return "\n".join(lines) + "\n"
