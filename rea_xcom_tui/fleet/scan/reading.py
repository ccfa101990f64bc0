"""How files are read and judged."""

from __future__ import annotations

from datetime import date

import msgspec

from rea_xcom_tui.user.layout_settings import HelmEngine, LayoutSettings
from rea_xcom_tui.user.settings import ENVIRONMENTS
from rea_xcom_tui.xcom.rules.settings import RuleSettings


class Reading(msgspec.Struct, frozen=True):
    """How files are read: what the repo's configuration says about names and rules."""

    environments: tuple[str, ...] = ENVIRONMENTS
    rules: RuleSettings = msgspec.field(default_factory=RuleSettings)
    today: date = msgspec.field(default_factory=date.today)
    """The day that decides whether an ignore has expired."""
    layouts: LayoutSettings = msgspec.field(default_factory=LayoutSettings)
    """What the repo's owners say of its layouts: engines, clusters, layers of their own kind."""
    engine: HelmEngine | None = None
    """The Helm whose merge is asked for, whatever the deploying tools run; None asks for theirs."""
    judged: bool = True
    """Whether the rules are run; they take more time than the reading itself."""
    fleet_rules: bool = True
    """Whether the rules over the whole fleet are run too; what was read by itself is the same with and without them."""
