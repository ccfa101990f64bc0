"""What the fleet says where it has nothing to show, and which keys it offers when."""

from __future__ import annotations

NO_MATCH = """Nothing matches this filter. Esc clears it.

/ goes back to it, and Tab there offers the values that there are.
Q lists the saved queries."""
NO_MATCH_EDITED = """Nothing matches this filter any more. Esc clears it.

It looks at pending values: rows that you have edited may no longer match.
d shows what is pending, u undoes the newest edit."""
NO_DEPLOYMENTS = """There are no agent values files in this repo:
no file has the keys of the remote execution agent's chart.

rea-xcom-tui REPO    opens another repo, or a folder in one
rea-xcom-tui demo    creates a sample fleet to try things on
R                    reads this repo again
B                    switches to another branch
q                    quits"""

CHANGING = frozenset({"changes.diff", "changes.write", "changes.commit", "edit.undo"})
"""The commands of the footer that wait for an edit."""

LOOKING = frozenset({"column.values", "rows.group", "problems.show"})
"""The commands of the footer that give way to those once there is an edit."""


def idle_commands(*, edits: bool, changed: bool) -> frozenset[str]:
    """The commands that the footer need not offer; `edits` where the cursor is on a setting that may be edited."""
    return (LOOKING if changed else CHANGING) | {"cell.open" if edits else "cell.edit"}
