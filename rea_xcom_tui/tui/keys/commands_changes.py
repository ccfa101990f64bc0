"""The commands of the pending changes and of what changed underneath, as rows for `commands.py`."""

from __future__ import annotations

from typing import Literal

ChangesPlace = Literal["diff", "conflict"]

Entry = tuple[str, str, str, str, str, ChangesPlace, str, str]
"""Id, title, help, keys, action, place, the keys as people read them, the word in the footer."""

CHANGES: tuple[Entry, ...] = (
    ("diff.write", "Write the files", "Write what is shown, all or nothing; what is left out stays pending.",
     "w", "write", "diff", "w", "write"),
    ("diff.commit", "Commit", "Go on to the commit, of the same edits.",
     "c", "commit", "diff", "c", "commit"),
    ("diff.hold", "Leave out or take in", "Leave the edit, or all of its group, out of the next write, or take it in "
     "again; it stays pending.", "space", "hold", "diff", "Space", "leave out"),
    ("diff.sides", "Side by side", "Old and new side by side, or one under the other; narrow terminals have no room "
     "for two sides.", "s", "sides", "diff", "s", "sides"),
    ("diff.next", "Next change", "Go to the next change in the diff.", "n", "change(1)", "diff", "n", "next"),
    ("diff.previous", "Previous change", "Go to the previous change.", "N", "change(-1)", "diff", "N", ""),
    ("diff.group", "By cause or by file", "Group the edits by the change they make, or by their file.",
     "g", "group", "diff", "g", "group"),
    ("diff.open", "Open or close the group", "Show or hide the single edits of the group under the cursor.",
     "enter,right,left", "open", "diff", "Enter", ""),
    ("diff.revert", "Revert", "Drop the pending edit, or all of the group, under the cursor; u brings them back.",
     "x", "revert", "diff", "x", "revert"),
    ("diff.revert-all", "Revert everything", "Drop every pending edit, as one step; u brings them back.",
     "X", "revert_all", "diff", "X", ""),
    ("diff.undo", "Undo", "Undo the newest step.", "u", "undo", "diff", "u", ""),
    ("diff.redo", "Redo", "Redo what was undone last.", "U", "redo", "diff", "U", ""),
    ("diff.back", "Back", "", "escape,q,d", "back", "diff", "Esc", "back"),
    ("conflict.ours", "Keep ours", "Keep the pending edit, over the value that is there now.",
     "o", "take('ours')", "conflict", "o", "keep ours"),
    ("conflict.theirs", "Take theirs", "Drop the pending edit; what is there now stays.",
     "t", "take('theirs')", "conflict", "t", "take theirs"),
    ("conflict.later", "Decide later", "Leave the pending edit as it is; nothing is written until it is decided.",
     "l", "take('later')", "conflict", "l", "later"),
    ("conflict.all-ours", "Keep all of ours", "", "O", "take_all('ours')", "conflict", "O", ""),
    ("conflict.all-theirs", "Take all of theirs", "", "T", "take_all('theirs')", "conflict", "T", ""),
    ("conflict.apply", "Go on", "Do what is chosen for each.", "enter", "apply", "conflict", "Enter", "go on"),
    ("conflict.back", "Decide all of them later", "", "escape,q", "back", "conflict", "Esc", "all later"),
)  # fmt: skip
"""The rows, in the order in which help and footer show them."""
