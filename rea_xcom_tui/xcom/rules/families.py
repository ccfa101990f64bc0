"""The families of rules: importing this registers every rule that there is.

Whoever looks for rules does so here, so that they are there. The package itself imports none of them, because many want
the settings of the rules who never judge anything.
"""

from __future__ import annotations

from rea_xcom_tui.xcom.rules import (
    backend,
    compression,
    connection,
    connection_settings,
    connection_surroundings,
    connection_text,
    fleet,
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
from rea_xcom_tui.xcom.rules.registry import concerned, find, rules

__all__ = ["FAMILY_MODULES", "concerned", "find", "rules"]

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
    fleet,
)
"""The modules whose import registers the rules."""
