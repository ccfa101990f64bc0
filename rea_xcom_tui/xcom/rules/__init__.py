"""Rules: what is wrong with a deployment's XCom settings, why it matters and how to fix it.

`check` looks at one deployment, `check_fleet` at what only many of them together show, `explain` gives the page
of a rule. Every rule is pure: it sees a values tree, the configuration read from it, and a context of plain data.
"""

from __future__ import annotations

from rea_xcom_tui.xcom.rules import (
    backend,
    compression,
    connection,
    connection_settings,
    connection_surroundings,
    connection_text,
    helm,
    identity,
    identity_places,
    kubernetes,
    layers,
    maintenance,
    meta,
    path,
    path_details,
    path_versions,
    secrets,
    state_store,
    threshold,
)
from rea_xcom_tui.xcom.rules.engine import Accepted, Judgement, check, judge, stale_ignores, survey
from rea_xcom_tui.xcom.rules.fleet import FleetRow, check_fleet, fleet_row
from rea_xcom_tui.xcom.rules.maintenance import maintenance_finding
from rea_xcom_tui.xcom.rules.mending import mends
from rea_xcom_tui.xcom.rules.pages import document, explain
from rea_xcom_tui.xcom.rules.policy import parse_policy
from rea_xcom_tui.xcom.rules.registry import Rule, find, rules
from rea_xcom_tui.xcom.rules.settings import Ignore, Policy, RuleContext, RuleSettings

__all__ = [
    "Accepted",
    "FleetRow",
    "Ignore",
    "Judgement",
    "Policy",
    "Rule",
    "RuleContext",
    "RuleSettings",
    "check",
    "check_fleet",
    "document",
    "explain",
    "find",
    "fleet_row",
    "judge",
    "maintenance_finding",
    "mends",
    "parse_policy",
    "rules",
    "stale_ignores",
    "survey",
]

FAMILY_MODULES = (
    maintenance,
    state_store,
    identity_places,
    connection_settings,
    connection_surroundings,
    backend,
    path,
    path_details,
    path_versions,
    threshold,
    compression,
    connection,
    connection_text,
    identity,
    kubernetes,
    helm,
    layers,
    secrets,
    meta,
)
"""The modules whose import registers the rules."""
