"""The commands of the fleet and of the screens that edit it, as rows for `commands.py`."""

from __future__ import annotations

from typing import Literal

EditPlace = Literal["fleet", "values", "bulk"]

Entry = tuple[str, str, str, str, str, EditPlace, str, str]
"""Id, title, help, keys, action, place, the keys as people read them, the word in the footer."""

FLEET: tuple[Entry, ...] = (
    ("cell.edit", "Edit the cell", "Edit the value under the cursor in place; Enter saves it as pending.",
     "e", "edit_cell", "fleet", "e", "edit"),
    ("cell.open", "Open", "On a setting, edit it; on the name or another column, show the values file.",
     "enter", "open_cell", "fleet", "Enter", ""),
    ("file.show", "Show the values file", "The file with its settings, findings, and who wrote each line.",
     "g f", "show_file", "fleet", "g f", ""),
    ("marked.edit", "Edit all marked", "Give the column one value in all marked deployments, after a preview.",
     "g e", "edit_marked", "fleet", "g e", ""),
    ("fleet.filter", "Filter", "Show only the deployments that match, live while you type.",
     "slash", "filter", "fleet", "/", "filter"),
    ("mark.toggle", "Mark", "Mark or unmark the deployment under the cursor and go down.",
     "space", "mark", "fleet", "Space", "mark"),
    ("mark.range", "Mark a range", "Start a range at the cursor; moving extends it, v again ends it.",
     "v", "mark_range", "fleet", "v", ""),
    ("mark.all", "Mark all shown", "Mark every deployment shown, or none of them when all are marked.",
     "a", "mark_all", "fleet", "a", ""),
    ("mark.invert", "Invert marks", "Mark what is shown and not marked, and unmark the rest.",
     "i", "mark_invert", "fleet", "i", ""),
    ("mark.clear", "Clear all marks", "Unmark every deployment, also those the filter hides.",
     "g space", "mark_clear", "fleet", "g Space", ""),
    ("sort.by", "Sort by this column", "Sort by the column under the cursor; once more turns the order round.",
     "s", "sort", "fleet", "s", ""),
    ("sort.then", "Then by this column", "Add the column under the cursor as a further sort key.",
     "S", "sort_then", "fleet", "S", ""),
    ("column.values", "Values of this column", "Count the distinct values of the column; filter or mark by them.",
     "f", "values", "fleet", "f", ""),
    ("cell.unset", "Remove the field", "Take the field out of the values file, as a pending change.",
     "delete", "unset", "fleet", "Del", ""),
    ("cell.revert", "Revert the cell", "Drop the pending edit of the cell under the cursor.",
     "x", "revert", "fleet", "x", ""),
    ("cell.copy", "Copy the cell", "Copy the value under the cursor, also to the terminal's clipboard.",
     "y", "copy", "fleet", "y", ""),
    ("cell.paste", "Paste into the cell", "Set the cell to the value copied last.",
     "p", "paste", "fleet", "p", ""),
    ("marked.paste", "Paste into all marked", "Set the column of all marked deployments to the value copied last.",
     "g p", "paste_marked", "fleet", "g p", ""),
    ("panel.toggle", "Show or hide the details", "Show or hide the panel with the deployment under the cursor.",
     "z", "toggle_panel", "fleet", "z", ""),
    ("fleet.rescan", "Read the repo again", "Read every values file again; pending edits and marks stay.",
     "R", "rescan", "fleet", "R", ""),
    ("changes.diff", "Show pending changes", "See every pending edit and the exact lines it changes.",
     "d", "diff", "fleet", "d", "diff"),
    ("changes.write", "Write the files", "Write all pending edits to their files, all or nothing.",
     "w", "write", "fleet", "w", "write"),
    ("changes.commit", "Commit", "Commit exactly the changes made here, after showing message and files.",
     "c", "commit", "fleet", "c", "commit"),
    ("edit.undo", "Undo", "Take the newest edit back, whatever its size, and say what it was.",
     "u", "undo", "fleet", "u", "undo"),
    ("edit.redo", "Redo", "Do again what was undone last.",
     "U", "redo", "fleet", "U", ""),
    ("fleet.back", "Back out one level", "End a range, then clear the filter. Nothing is lost.",
     "escape", "back", "fleet", "Esc", ""),
)  # fmt: skip

EDITING: tuple[Entry, ...] = (
    ("values.filter", "Filter to this value", "Show only the deployments with the value under the cursor.",
     "enter", "filter_value", "values", "Enter", "filter"),
    ("values.mark", "Mark these deployments", "Mark every deployment with the value under the cursor.",
     "space", "mark_value", "values", "Space", "mark"),
    ("values.back", "Back to the fleet", "",
     "escape,q,f", "back", "values", "Esc", "back"),
    ("bulk.apply", "Go on", "Apply what the preview shows, as one step that u undoes.",
     "enter", "apply", "bulk", "Enter", "apply"),
    ("bulk.rows", "To the rows", "From the value to the list of deployments; Tab goes back.",
     "down", "rows", "bulk", "↓", "rows"),
    ("bulk.leave-out", "Leave out or take in", "Leave the deployment under the cursor as it is, or take it in again.",
     "space", "leave_out", "bulk", "Space", "in/out"),
    ("bulk.back", "Back, change nothing", "",
     "escape", "back", "bulk", "Esc", "back"),
)  # fmt: skip
