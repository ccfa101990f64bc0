"""The commands of the drift screens, as rows from which `commands.py` makes its entries."""

from __future__ import annotations

from typing import Literal

DriftPlace = Literal["fleet", "drift", "drift-form", "compare"]

Entry = tuple[str, str, str, str, str, DriftPlace, str, str]
"""Id, title, help, keys, action, place, the keys as people read them, the word in the footer."""

DRIFT: tuple[Entry, ...] = (
    ("drift.compare", "Compare the marked, or show drift",
     "With two or more deployments marked: side by side. Otherwise what differs in the fleet, by cause.",
     "equals_sign", "compare", "fleet", "=", "drift"),
    ("drift.show", "Show drift", "What differs in the fleet, by cause, whatever is marked.",
     "D", "drift", "fleet", "D", ""),
    ("drift.set-right", "Fix", "Make the expected value pending, for all members of the cause or for the one "
     "under the cursor.", "b", "set_right", "drift", "b", "fix"),
    ("drift.adopt", "Adopt the actual value", "Make the actual value the expected one for these deployments; "
     "pending in the baseline file until it is written.", "a", "adopt", "drift", "a", "adopt"),
    ("drift.widen", "Allow it for the whole group", "Nothing in the group that changes to this value counts as "
     "drift from now on; asks first.", "W", "widen", "drift", "W", ""),
    ("drift.adopt-all", "Adopt everything", "Make everything that differs the expected state; without a baseline, "
     "the whole fleet is recorded as it is.", "A", "adopt_all", "drift", "A", ""),
    ("drift.ignore", "Accept with a reason", "Keep it as it is, with a reason, an owner and an expiry date; "
     "pending until it is written.",
     "i", "ignore", "drift", "i", "ignore"),
    ("drift.edit", "Edit by hand", "Go to the cell in the fleet and edit it there.",
     "e", "edit", "drift", "e", ""),
    ("drift.members", "Go to the members", "Act on individual deployments of the cause; Esc goes back to the causes.",
     "enter", "members", "drift", "Enter", "members"),
    ("drift.matrix", "Matrix or causes", "Deployments by fields, differing cells only; again for the causes.",
     "m", "matrix", "drift", "m", "matrix"),
    ("drift.spread", "Spread of the values", "How the values of every field spread over the groups, as bars.",
     "s", "spread", "drift", "s", "spread"),
    ("drift.against", "Compare with…", "The majority, the baseline, one deployment, a branch, a tag, a "
     "commit, or what runs.",
     "v", "against", "drift", "v", "against"),
    ("drift.notes", "Notes", "What could not be judged, what is accepted, and which of that is stale.",
     "n", "notes", "drift", "n", ""),
    ("drift.undo", "Undo", "Undo the newest step: edits, or what is pending in the baseline file.",
     "u", "undo", "drift", "u", ""),
    ("drift.redo", "Redo", "Redo the edit that was undone last.", "U", "redo", "drift", "U", ""),
    ("drift.diff", "Show pending changes", "See every pending edit and the exact lines it changes.",
     "d", "diff", "drift", "d", ""),
    ("drift.write", "Write the files", "Write all pending edits to their files, after asking.",
     "w", "write", "drift", "w", ""),
    ("drift.commit", "Commit", "Go on to the commit of what is pending.", "c", "commit", "drift", "c", ""),
    ("drift.left", "Field to the left, in the matrix", "", "left,h", "column(-1)", "drift", "←, h", ""),
    ("drift.right", "Field to the right, in the matrix", "", "right,l", "column(1)", "drift", "→, l", ""),
    ("drift.back", "Back", "To the causes, then to the fleet. Nothing is lost.",
     "escape,q", "back", "drift", "Esc", "back"),
    ("drift-form.accept", "OK", "Accept what is in the form.", "enter", "accept", "drift-form", "Enter", "OK"),
    ("drift-form.next", "The next line", "", "tab", "next_line", "drift-form", "Tab", "next line"),
    # Bindings and not key events: these bubble slowly, and Enter would overtake them.
    ("drift-form.up", "Up", "", "up,k", "line(-1)", "drift-form", "↑, k", ""),
    ("drift-form.down", "Down", "", "down,j", "line(1)", "drift-form", "↓, j", ""),
    ("drift-form.back", "Back, change nothing", "", "escape", "back", "drift-form", "Esc", "back"),
    ("compare.only", "Only what differs", "Hide the fields that are the same, or show them again.",
     "o", "only", "compare", "o", "only differing"),
    ("compare.left", "Deployments to the left", "", "left,h", "sideways(-1)", "compare", "←, h", ""),
    ("compare.right", "Deployments to the right", "", "right,l", "sideways(1)", "compare", "→, l", ""),
    ("compare.up", "Up", "", "up,k", "scroll_by(-1)", "compare", "↑, k", ""),
    ("compare.down", "Down", "", "down,j", "scroll_by(1)", "compare", "↓, j", ""),
    ("compare.back", "Back to the fleet", "", "escape,q,equals_sign", "back", "compare", "Esc", "back"),
)  # fmt: skip
"""The rows, in the order in which help and footer show them. Those without a help text are not palette entries."""
