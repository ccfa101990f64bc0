"""Gathering what the rules over the fleet need to know of one deployment."""

from __future__ import annotations

import re

from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.model import Configuration, Node
from rea_xcom_tui.xcom.names import PATH_VARIABLE
from rea_xcom_tui.xcom.paths import ParsedPath, parse_path
from rea_xcom_tui.xcom.rules.connection import member, uses
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.rules.ignores import find_comments
from rea_xcom_tui.xcom.rules.path import fault, show_path
from rea_xcom_tui.xcom.rules.settings import RuleContext
from rea_xcom_tui.xcom.rules.subject import Subject
from rea_xcom_tui.xcom.secrets import mask_url

_SAME = {"s3a": "s3", "gcs": "gs", "abfss": "abfs"}


def fleet_row(deployment: str, root: Node, config: Configuration, context: RuleContext) -> FleetRow:
    """Gather what `check_fleet` needs of one deployment."""
    return row_of(deployment, Subject(root, config, context))


def row_of(deployment: str, subject: Subject) -> FleetRow:
    """The same, of a subject that has been looked at already."""
    reading, context = subject.config.fields["path"], subject.context
    text = reading.value if isinstance(reading.value, str) and reading.state == "set" else ""
    site = next((s for s in subject.sites(PATH_VARIABLE) if s.text == text), None)
    if not text or site is None or fault(text) or subject.only_database or "$" in text:
        return FleetRow(deployment, "", "", None, None, 0, 0)
    parsed = parse_path(hide_in_path(text))
    line, column = site.node.line, site.node.column
    comments = find_comments(context)
    layer = site.node.layer
    spoken = [c for c in comments if (c.layer, c.target) == (layer, line) and c.active(context.today)]
    accepted = " ".join(sorted({code for comment in spoken for code in comment.codes}))
    place = _place(parsed) if parsed.cloud in ("aws", "azure", "gcp") else ""
    return FleetRow(
        deployment, place, show_path(text), _store(subject, parsed), _owner(subject), line, column, layer, accepted,
        parsed.bucket, _account(subject), context.env or "", _has_region(subject, parsed),
    )  # fmt: skip


def _account(subject: Subject) -> str:
    """The account in the identity's ARN."""
    value = subject.config.fields["identity"].value
    parts = value.split(":") if isinstance(value, str) and value.startswith("arn:") else []
    return parts[4] if len(parts) > 5 and re.fullmatch("[0-9]{12}", parts[4]) else ""


def _has_region(subject: Subject, parsed: ParsedPath) -> bool:
    """S3 creates a missing bucket only where no region, or its first one, is named."""
    if parsed.cloud != "aws":
        return False
    found = [one.connection.extra.get("region_name") for _, one in uses(subject)]
    named = [entry.text for name in ("AWS_REGION", "AWS_DEFAULT_REGION") for entry in subject.named(name)]
    return any(region and region != "us-east-1" for region in (*found, *named))


def _place(parsed: ParsedPath) -> str:
    scheme = _SAME.get(parsed.scheme or "", parsed.scheme or "")
    return f"{scheme}://{parsed.bucket}/{parsed.prefix.strip('/')}"


def _store(subject: Subject, parsed: ParsedPath) -> str | None:
    """Whose bucket it is: S3 and GCS names are unique in the world, Azure's containers only in an account."""
    found = next((one.connection for _, one in uses(subject)), None)
    if parsed.cloud == "azure":
        account = member(found, "account_name") if found is not None else None
        return account if isinstance(account, str) else None
    endpoint = found.extra.get("endpoint_url") if found is not None else None
    return mask_url(endpoint) if isinstance(endpoint, str) else ""


def _owner(subject: Subject) -> str | None:
    for entry in subject.named("ASTRO_DEPLOYMENT_ID"):
        if entry.text:
            return f"id {entry.text}"
    url = subject.root.get("astroDeploymentAPIURL")
    if url is not None and isinstance(url.value, str) and url.value:
        return f"url {url.value}"
    prefix, namespace = subject.config.prefix, subject.config.namespace
    return f"name {prefix} {namespace}" if prefix and namespace else None
