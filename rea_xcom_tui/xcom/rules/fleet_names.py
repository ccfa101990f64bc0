"""What names in a fleet show together: a bucket of two accounts, a bucket misspelt, another environment's endpoint."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from rea_xcom_tui.text import clean, plural
from rea_xcom_tui.xcom.model import Severity
from rea_xcom_tui.xcom.rules.examples import ROLE, example
from rea_xcom_tui.xcom.rules.fleet_row import FleetRow
from rea_xcom_tui.xcom.rules.others import Lot, Near
from rea_xcom_tui.xcom.rules.registry import Rule, add

TWO_ACCOUNTS, MISSPELT, OTHER_ENV = "XC226", "XC227", "XC228"
_ENOUGH = 3  # deployments that make a part of a bucket's name usual
_SHORTEST = 4  # letters of a part that can be told from a misspelling of it
_SEPARATORS = re.compile(r"[-._]")
_TOKENS = re.compile(r"[a-z0-9]+")
_LONG_NAME = 5  # an environment's name that can be looked for inside an Azure account, which has no separators

add(
    Rule(
        TWO_ACCOUNTS,
        "bucket-two-accounts",
        "warning",
        "path",
        title="One bucket is used with roles of two AWS accounts",
        what="Deployments with the same S3 bucket, and no endpoint of their own, have roles of different accounts.",
        why="A bucket belongs to one account: roles of the other reach it only through a bucket policy that lets them "
        "in, and objects that they write may not be readable by the owner. Often one of the two was copied.",
        wrong=example(rest=f"annotations:\n  eks.amazonaws.com/role-arn: {ROLE}\n"),
        right=example(path='"s3://acme-other/etl"', rest=f"annotations:\n  eks.amazonaws.com/role-arn: {ROLE}\n"),
        source="The documentation of Amazon S3 on bucket policies and object ownership.",
    )
)
add(
    Rule(
        MISSPELT,
        "bucket-misspelt",
        "warning",
        "path",
        title="A bucket looks like a misspelling of the fleet's others",
        what="One part of the bucket's name, used by this deployment alone, differs in one letter from a part that at "
        "least three others have.",
        why="On S3 without a region, on Azure and on Google Cloud the first write silently creates a bucket or "
        "container that does not exist: values go where nobody looks, without lifecycle rules or policies. With "
        "another region every write fails.",
        wrong=example(path='"s3://acme-prd-xcom/etl"'),
        right=example(path='"s3://acme-prod-xcom/etl"'),
        source="Seen on Airflow 3.1.8 and 3.3.2 against servers of each cloud's protocol.",
    )
)
add(
    Rule(
        OTHER_ENV,
        "endpoint-other-env",
        "warning",
        "connection",
        title="The endpoint or account is named after another environment",
        what="The S3 endpoint or the Azure account of the path's connection holds the name of another environment of "
        "the "
        "fleet, and not that of the deployment's own.",
        why="A connection was copied: values of one environment are stored in the other's.",
        wrong=example(),
        right=example(),
        source="The names in the repo itself.",
    )
)

Told = tuple[str, FleetRow, str, Severity]
"""A code, the deployment it is about, the message, and the severity."""


def findings_of(rows: Sequence[FleetRow]) -> Iterator[Told]:
    """What the names of all these deployments show."""
    stored = [row for row in rows if row.place]
    yield from _two_accounts(stored)
    yield from _misspelt(stored)
    yield from _other_env(stored)


def _two_accounts(rows: Sequence[FleetRow]) -> Iterator[Told]:
    groups: dict[str, list[FleetRow]] = {}
    for row in rows:
        if row.place.startswith("s3://") and row.account and not row.store:
            groups.setdefault(row.bucket, []).append(row)
    for bucket, group in groups.items():
        lot = Lot()
        for number, row in enumerate(group):
            lot.add(number, row, row.account)
        said = {account: _of_two(bucket, account, lot) for account in {row.account for row in group}}
        yield from [(TWO_ACCOUNTS, row, text, "warning") for row in group if (text := said[row.account]) is not None]


def _of_two(bucket: str, account: str, lot: Lot) -> str | None:
    first, others = lot.first(account), lot.others(account)
    if first is None:
        return None
    _, other = first
    more = f" and {plural(others - 1, 'other')}" if others > 1 else ""
    said = f"bucket {clean(bucket, 80)} is used with a role of account {account} here, of account "
    return said + f"{other.account} in {clean(other.id, 80)}{more}"


def _misspelt(rows: Sequence[FleetRow]) -> Iterator[Told]:
    counts: Counter[str] = Counter()
    buckets = Counter([row.bucket for row in rows])
    for bucket, count in buckets.items():
        for part in set(_SEPARATORS.split(bucket)):
            counts[part] += count
    usual = Near([part for part, count in counts.items() if count >= _ENOUGH and len(part) >= _SHORTEST])
    for row in rows:
        for part in _SEPARATORS.split(row.bucket) if buckets[row.bucket] == 1 else ():
            right = _meant(part, usual) if counts[part] == 1 and len(part) >= _SHORTEST - 1 else None
            if right is not None:
                outcome = "" if row.region else "; the first write creates a bucket that does not exist"
                said = f'bucket {clean(row.bucket, 80)}: "{clean(part, 40)}" looks like "{clean(right, 40)}", which '
                yield MISSPELT, row, f"{said}{counts[right]} deployments have{outcome}", "warning"


def _meant(part: str, usual: Near) -> str | None:
    """The usual part that this one misspells; numbers, and what differs in digits only, are names of their own."""
    letters = re.sub(r"[0-9]", "", part)
    return next((right for right in usual.to(part) if re.sub(r"[0-9]", "", right) != letters and letters), None)


def _other_env(rows: Sequence[FleetRow]) -> Iterator[Told]:
    names = {row.env.lower() for row in rows if row.env}
    for row in rows:
        if not row.env or not row.store:
            continue
        own, store = row.env.lower(), row.store.lower()
        azure = row.place.startswith("abfs")
        tokens = set(_TOKENS.findall(store))
        if own in (store if azure else tokens):
            continue
        for name in sorted(names - {own}):
            if name in tokens or (azure and len(name) >= _LONG_NAME and name in store):
                what = "account" if azure else "endpoint"
                said = f"the {what} {clean(row.store, 80)} is named after {clean(name, 30)}, and this is "
                yield OTHER_ENV, row, said + clean(row.env, 30), "warning"
                break
