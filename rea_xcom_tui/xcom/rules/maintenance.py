"""XC719: agents whose minor version is past its maintenance. Looked at only where a person asks for it."""

from __future__ import annotations

from datetime import date
from typing import Final

from rea_xcom_tui.xcom.model import Configuration, Finding
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.registry import Rule, add

PAST_MAINTENANCE: Final = "XC719"
TABLE_OF: Final = date(2026, 11, 28)
"""The day of this table's facts."""

NEWEST: Final = (1, 8)
"""The newest minor version then, which is maintained as long as no newer one is out."""

ENDS: Final = {
    (1, 0): date(2026, 7, 28), (1, 1): date(2026, 7, 28), (1, 2): date(2026, 7, 28), (1, 3): date(2026, 7, 28),
    (1, 4): date(2026, 10, 16), (1, 5): date(2026, 10, 16), (1, 6): date(2026, 10, 16), (1, 7): date(2027, 1, 1),
}  # fmt: skip
"""The last day of a minor version's maintenance at the latest.

Astronomer's maintenance policy gives an earlier minor version six months from its `.0`, and its pages date agent 1.3.1
to 2026-01-28, 1.6.0 to 2026-04-16 and the chart that brought 1.7.2 to 2026-07-01. A `.0` without a date of its own
came out no later than the next release that has one, so its maintenance ends no later than here.
"""

add(
    Rule(
        PAST_MAINTENANCE,
        "agent-past-maintenance",
        "warning",
        None,
        title="The agent's version is past its maintenance",
        what="The file names an agent whose minor version has reached the end of its maintenance. Reported only by "
        f"`check --maintenance`, from a table as of {TABLE_OF}.",
        why="It gets no more fixes, not even for security, and Astronomer's support may ask for an upgrade first.",
        wrong=example(
            before="image: registry.example.com/astro-remote-execution-agent:3.1-9-python-3.12-astro-agent-1.3.1"
        ),
        right=example(),
        source="Astronomer: Remote Execution Agent maintenance policy; the agent image reference (release dates).",
    )
)


def maintenance_finding(config: Configuration, today: date) -> Finding | None:
    """A warning for an agent past its maintenance on `today`; None where it is not, or where the version is not "
    "known."""
    agent = config.agent
    end = ENDS.get((agent[0], agent[1])) if agent is not None and len(agent) > 1 else None
    if agent is None or end is None or today <= end:
        return None
    said = f"agent {'.'.join(map(str, agent))}: maintenance of {agent[0]}.{agent[1]} ended on {end} at the latest"
    return Finding(PAST_MAINTENANCE, "warning", f"{said}; newest is {NEWEST[0]}.{NEWEST[1]} (as of {TABLE_OF})", 1, 1)
