"""What commands print for machines, by name. Light to import, so that options and completion can ask here."""

from __future__ import annotations

REPORTS = ("text", "json", "sarif", "github", "junit", "markdown")
"""The formats of `check` and `drift`: the keys of `FORMATS` in `reports.findings` and in `reports.drift`."""

SCHEMAS: dict[str, tuple[str, str]] = {
    "list": ("rea_xcom_tui.reports.schemas", "ListOutput"),
    "show": ("rea_xcom_tui.reports.schemas", "ListOutput"),
    "check": ("rea_xcom_tui.reports.schemas", "CheckOutput"),
    "drift": ("rea_xcom_tui.reports.schemas", "DriftOutput"),
    "plan": ("rea_xcom_tui.reports.schemas", "Plan"),
    "review": ("rea_xcom_tui.reports.campaign_schemas", "ReviewOutput"),
    "promote": ("rea_xcom_tui.reports.campaign_schemas", "PromoteOutput"),
    "wave-status": ("rea_xcom_tui.reports.campaign_schemas", "WaveStatusOutput"),
    "config": ("rea_xcom_tui.user.config_models", "ConfigFile"),
    "baseline": ("rea_xcom_tui.fleet.baseline.models", "BaselineFile"),
}
"""What `schema` knows, each with the module and name of its model, which is imported when it is asked for."""
