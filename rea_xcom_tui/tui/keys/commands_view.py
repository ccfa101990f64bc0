"""The commands that change what one sees, and leave the fleet as it is, as rows for `commands.py`."""

from __future__ import annotations

from typing import Literal

ViewPlace = Literal["fleet", "spread", "query", "line", "queries", "columns", "any"]

Entry = tuple[str, str, str, str, str, ViewPlace, str, str]
"""Id, title, help, keys, action, place, the keys as people read them, the word in the footer."""

VIEW: tuple[Entry, ...] = (
    ("queries.show", "Saved queries", "Choose a saved query, or save the current one under a name.",
     "Q", "queries", "fleet", "Q", ""),
    ("columns.choose", "Columns", "Choose, hide and order the columns of the table; kept for this repo.",
     "C,g c", "columns", "fleet", "C, g c", ""),
    ("columns.wide", "Values in full", "Make each column as wide as its longest value; again for the usual widths.",
     "W", "wide", "fleet", "W", ""),
    ("columns.hide", "Hide this column", "Hide the column under the cursor; C brings it back.",
     "g minus", "hide_column", "fleet", "g -", ""),
    ("columns.left", "Move the column left", "", "g left", "shift_column(-1)", "fleet", "g ←", ""),
    ("columns.right", "Move the column right", "", "g right", "shift_column(1)", "fleet", "g →", ""),
    ("file.open", "Open in your editor",
     "Open the line of the cell in $VISUAL, $EDITOR or a usual editor; then it is read again.",
     "o", "open_editor", "fleet", "o", ""),
    ("spread.show", "The fleet's values", "Go to the line over the table; a value chosen there is a filter.",
     "F", "spread", "fleet", "F", ""),
    ("spread.left", "The previous value", "", "left,h,up", "spread_move(-1)", "spread", "←", ""),
    ("spread.right", "The next value", "", "right,l,down,tab", "spread_move(1)", "spread", "→", "next"),
    ("spread.choose", "Filter by this value", "", "enter", "spread_choose", "spread", "Enter", "filter"),
    ("spread.back", "Back to the table", "", "escape,F", "spread_leave", "spread", "Esc", "back"),
    ("query.take", "Accept the suggestion", "Complete what is typed; without a suggestion, go to the table.",
     "tab", "take", "query", "Tab", "complete"),
    ("query.next", "Next suggestion", "", "shift+tab", "next", "query", "Shift+Tab", ""),
    ("query.older", "Earlier query", "Go back in the queries used before, those that begin with what is typed.",
     "up", "older", "query", "↑", "earlier"),
    ("query.newer", "Later query", "Go forward again; from the newest on to the table.",
     "down", "newer", "query", "↓", ""),
    ("query.done", "Keep the filter", "Go to the table.", "enter", "done", "query", "Enter", "done"),
    ("query.clear", "Clear the filter", "Show everything and go to the table.", "escape", "clear", "query", "Esc",
     "clear"),
    ("line.complete", "Complete", "As far as it is clear; then each Tab takes the next choice.",
     "tab", "complete", "line", "Tab", "complete"),
    ("line.run", "Do it", "", "enter", "run", "line", "Enter", "do it"),
    ("line.back", "Back to the table", "", "escape", "leave_line", "line", "Esc", "back"),
    ("queries.choose", "Filter by this query", "", "enter", "choose", "queries", "Enter", "filter"),
    ("queries.save", "Save the current query", "Give the query in the filter line a name.",
     "s", "save", "queries", "s", "save"),
    ("queries.forget", "Forget this query", "Only queries saved here; those in the configuration stay.",
     "delete,x", "forget", "queries", "x, Del", "forget"),
    ("queries.back", "Back to the fleet", "", "escape,q,Q", "back", "queries", "Esc", "back"),
    ("columns.toggle", "Show or hide", "Show or hide the column under the cursor; the name always stays.",
     "space", "turn", "columns", "Space", "show"),
    ("columns.up", "Move it to the left", "", "K,shift+up", "shift(-1)", "columns", "K, Shift+↑", "left"),
    ("columns.down", "Move it to the right", "", "J,shift+down", "shift(1)", "columns", "J, Shift+↓", "right"),
    ("columns.reset", "As configured", "Forget this choice; the configuration's columns, or the usual ones, are back.",
     "r", "reset", "columns", "r", "reset"),
    ("columns.keep", "Take these columns", "Show these columns, now and at the next start in this repo.",
     "enter", "keep", "columns", "Enter", "take"),
    ("columns.back", "Back, change nothing", "", "escape,q,C", "back", "columns", "Esc", "back"),
    ("app.theme", "Colours", "Choose a theme: dark, light, high contrast, the terminal's own colours, and more.",
     "", "change_theme", "any", "", ""),
)  # fmt: skip
