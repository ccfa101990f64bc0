"""Gathering what the rules over the fleet need to know of one deployment."""

from __future__ import annotations

import re

from rea_xcom_tui.xcom.connections import Connection
from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.model import Cloud, Configuration, Node
from rea_xcom_tui.xcom.names import PATH_VARIABLE
from rea_xcom_tui.xcom.paths import ParsedPath, parse_path
from rea_xcom_tui.xcom.rules.connection import member, uses
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.rules.ignores import find_comments
from rea_xcom_tui.xcom.rules.path import fault, show_path
from rea_xcom_tui.xcom.rules.settings import RuleContext
from rea_xcom_tui.xcom.rules.shape import store_of
from rea_xcom_tui.xcom.rules.subject import Subject
from rea_xcom_tui.xcom.secrets import mask_url

OWNER, REGIONS = "ASTRO_DEPLOYMENT_ID", ("AWS_REGION", "AWS_DEFAULT_REGION")
_ACCOUNT = re.compile("[0-9]{12}")
_SAME = {"s3a": "s3", "gcs": "gs", "abfss": "abfs"}


def fleet_row(deployment: str, root: Node, config: Configuration, context: RuleContext) -> FleetRow:
    """Gather what `check_fleet` needs of one deployment."""
    return row_of(deployment, Subject(root, config, context))


def row_of(deployment: str, subject: Subject) -> FleetRow:
    """The same, of a subject that has been looked at already."""
    reading, context = subject.config.fields["path"], subject.context
    text = reading.value if isinstance(reading.value, str) and reading.state == "set" else ""
    sites = [site for site in subject.sites(PATH_VARIABLE) if site.text == text] if text else ()
    usual = store_of(text) is not None
    if not sites or subject.only_database or (not usual and (fault(text) or "$" in text)):
        return FleetRow(deployment, "", "", None, None, 0, 0)
    parsed = parse_path(text if usual else hide_in_path(text))
    cloud = parsed.cloud
    used = [one.connection for _, one in uses(subject)]
    node = sites[0].node
    accepted: set[str] = set()
    for comment in find_comments(context):
        if (comment.layer, comment.target) == (node.layer, node.line) and comment.active(context.today):
            accepted.update(comment.codes)
    owners, url = [entry.text for entry in subject.named(OWNER)], subject.root.get("astroDeploymentAPIURL")
    place = place_in(parsed) if cloud in ("aws", "azure", "gcp") else ""
    return FleetRow(
        deployment, place, show_path(text), store_in(used, cloud), owner_of(owners, url, subject.config), node.line,
        node.column, node.layer, " ".join(sorted(accepted)), parsed.bucket, account_of(subject.config),
        context.env or "", cloud == "aws" and _has_region(subject, used),
    )  # fmt: skip


def account_of(config: Configuration) -> str:
    """The account in the identity's ARN."""
    value = config.fields["identity"].value
    parts = value.split(":") if isinstance(value, str) and value.startswith("arn:") else []
    return parts[4] if len(parts) > 5 and _ACCOUNT.fullmatch(parts[4]) else ""


def _has_region(subject: Subject, used: list[Connection]) -> bool:
    """S3 creates a missing bucket only where no region, or its first one, is named."""
    found = [one.extra.get("region_name") for one in used]
    for name in REGIONS:
        found += [entry.text for entry in subject.by_name.get(name, ())]
    return any(region and region != "us-east-1" for region in found) if found else False


def place_in(parsed: ParsedPath) -> str:
    """Bucket and prefix in one spelling."""
    scheme = _SAME.get(parsed.scheme or "", parsed.scheme or "")
    return f"{scheme}://{parsed.bucket}/{parsed.prefix.strip('/')}"


def store_in(used: list[Connection], cloud: Cloud) -> str | None:
    """Whose bucket it is: S3 and GCS names are unique in the world, Azure's containers only in an account."""
    if cloud == "azure":
        account = member(used[0], "account_name") if used else None
        return account if isinstance(account, str) else None
    endpoint = used[0].extra.get("endpoint_url") if used else None
    return mask_url(endpoint) if isinstance(endpoint, str) else ""


def owner_of(owners: list[str | None], url: Node | None, config: Configuration) -> str | None:
    """The Astro deployment that an agent is of, by the texts of `OWNER`, by its URL or by its own names."""
    if owner := next(filter(None, owners), None):
        return f"id {owner}"
    if url is not None and isinstance(url.value, str) and url.value:
        return f"url {url.value}"
    prefix, namespace = config.prefix, config.namespace
    return f"name {prefix} {namespace}" if prefix and namespace else None
