"""XC9: what the tool says about its own ignores, and about a repo's policies.

These rules are applied by the engine, to comments and to settings, and so have no check of their own.
"""

from __future__ import annotations

from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.policy import POLICY_CODE, parse_policy
from rea_xcom_tui.xcom.rules.registry import Rule, add
from rea_xcom_tui.xcom.rules.settings import RuleSettings

_RIGHT = example(threshold='"4096" # rea-xcom: ignore[XC306] small values may stay with Astro')
_SOURCE = "The rules of this tool."

add(
    Rule(
        "XC901",
        "ignore-unused",
        "warning",
        None,
        title="An ignore comment accepts nothing",
        what="The rule that an ignore comment names finds nothing on its line. The repo's own ignores are reported "
        "with the whole fleet instead.",
        why="The comment outlived its mistake; left where it is, it would hide the next one.",
        wrong=example(threshold='"0" # rea-xcom: ignore[XC306] small values may stay with Astro'),
        right=_RIGHT,
        source=_SOURCE,
    )
)
add(
    Rule(
        "XC902",
        "ignore-expired",
        "warning",
        None,
        title="An ignore comment has expired",
        what="The comment's expiry date (`until 2027-01-31`) has passed; the finding it accepted is reported again.",
        why="Whoever wrote the date wanted to be asked again.",
        wrong=example(threshold='"4096" # rea-xcom: ignore[XC306] until the move is done, until 2020-01-31'),
        right=_RIGHT,
        source=_SOURCE,
    )
)
add(
    Rule(
        "XC903",
        "ignore-unclear",
        "warning",
        None,
        title="An ignore comment cannot be read",
        what="The comment names no rule, or a rule that does not exist, has no reason, or has a date in a form "
        "other than 2027-01-31.",
        why="Without a code it accepts nothing; without a reason nobody can judge it later.",
        wrong=example(threshold='"4096" # rea-xcom: ignore[XC306]'),
        right=_RIGHT,
        source=_SOURCE,
    )
)
add(
    Rule(
        POLICY_CODE,
        "policy",
        "error",
        None,
        title="A policy of the repo is not met",
        what="The repo's configuration demands something of a field, such as `threshold must be 0 in prod`, and this "
        "deployment does not meet it. A value from a Secret or ConfigMap is not judged.",
        why="That is for the repo to say.",
        wrong=example(threshold='"4096"'),
        right=example(),
        source="The repo's configuration.",
        settings=RuleSettings(policies=(parse_policy("threshold must be 0"),)),
    )
)
