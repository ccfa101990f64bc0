"""What only many deployments together show: two of them that write to the same place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.masking import hide_in_path
from rea_xcom_tui.xcom.model import Configuration, Finding, Node, Severity
from rea_xcom_tui.xcom.names import PATH_VARIABLE
from rea_xcom_tui.xcom.paths import ParsedPath, parse_path
from rea_xcom_tui.xcom.rules.connection import member, uses
from rea_xcom_tui.xcom.rules.examples import example
from rea_xcom_tui.xcom.rules.ignores import find_comments
from rea_xcom_tui.xcom.rules.path import fault, show_path
from rea_xcom_tui.xcom.rules.registry import Rule, add
from rea_xcom_tui.xcom.rules.settings import RuleContext, RuleSettings
from rea_xcom_tui.xcom.rules.subject import Subject
from rea_xcom_tui.xcom.secrets import mask_url

SHARED = "XC220"
_SAME = {"s3a": "s3", "gcs": "gs", "abfss": "abfs"}

add(
    Rule(
        SHARED,
        "path-shared",
        "warning",
        "path",
        title="Two deployments write to the same prefix",
        what="Another deployment of the fleet has the same bucket and prefix. Not reported for agents of one Astro "
        "deployment (same ASTRO_DEPLOYMENT_ID, same API URL, or same name prefix and namespace), which have to share "
        "it. Info for Azure paths where the storage account of either is not in its file.",
        why="Objects are named by dag, run and task: nothing is overwritten as long as these differ, but clean-up by "
        "prefix, access rules and lifecycle rules hit both deployments, and one can read the other's data.",
        wrong=example(),
        right=example(path='"s3://acme-xcom/warehouse"'),
        source="The object names of the provider's backend, seen on Airflow 3.0.2, 3.1.3 and 3.3.2.",
    )
)


@dataclass(frozen=True, slots=True)
class FleetRow:
    """What the rules over the fleet need to know of one deployment; plain data that can be kept in a cache."""

    id: str
    place: str
    """Bucket and prefix in one spelling, or empty where nothing is written to a cloud."""
    shown: str
    """The path as a message shows it."""
    store: str | None
    """The Azure storage account or S3 endpoint; None where the file does not tell it."""
    owner: str | None
    """The Astro deployment that it is an agent of, as far as the file tells."""
    line: int
    column: int
    layer: int = 0
    accepted: bool = False
    """True when a comment in the file accepts the finding."""


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
    spoken = [c for c in comments if SHARED in c.codes and (c.layer, c.target) == (layer, line)]
    accepted = any(comment.active(context.today) for comment in spoken)
    place = _place(parsed) if parsed.cloud in ("aws", "azure", "gcp") else ""
    return FleetRow(
        deployment, place, show_path(text), _store(subject, parsed), _owner(subject), line, column, layer, accepted
    )


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


def check_fleet(rows: Iterable[FleetRow], settings: RuleSettings) -> Mapping[str, tuple[Finding, ...]]:
    """Findings by deployment id; deployments without one are left out.

    The repo's ignores (which need a file) are the caller's to apply; comments in the files are applied.
    """
    if SHARED in settings.off:
        return {}
    groups: dict[str, list[FleetRow]] = {}
    for row in rows:
        if row.place:
            groups.setdefault(row.place, []).append(row)
    found: dict[str, tuple[Finding, ...]] = {}
    for group in groups.values():
        for row in group if len(group) > 1 else ():
            others = [other for other in group if _collide(row, other)]
            if others and not row.accepted:
                found[row.id] = (_finding(row, others, settings),)
    return found


def _collide(one: FleetRow, other: FleetRow) -> bool:
    if one.id == other.id or (one.store is not None and other.store is not None and one.store != other.store):
        return False
    same_kind = one.owner and other.owner and one.owner.split()[0] == other.owner.split()[0]
    return not (same_kind and one.owner == other.owner)


def _finding(row: FleetRow, others: list[FleetRow], settings: RuleSettings) -> Finding:
    sure = any(row.store is not None and other.store is not None for other in others)
    severity: Severity = settings.severities.get(SHARED) or ("warning" if sure else "info")
    more = f" and {plural(len(others) - 1, 'other')}" if len(others) > 1 else ""
    message = f"path {row.shown} is also where {clean(others[0].id, 80)}{more} writes"
    return Finding(SHARED, severity, message, row.line, row.column, "path", layer=row.layer)
