"""Whether what `check` says of a row fits what the probe saw."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.store_truth.rows import Row

FIELDS = ("backend", "path", "threshold", "compression", "connection")
"""Fields whose findings speak about a round trip."""

ABOUT_SECRETS = "XC8"
"""How the codes of rules begin that say who may read a secret; such settings work all the same."""

ABOUT_OTHERS = "XC220"
"""The code of the rule about prefixes that deployments share, as these do: it says nothing of one alone."""

ON_LOOPBACK = frozenset(("s3-endpoint-closed",))
"""Rows that fail because of what XC528 says: nobody listens on the pod itself. The others are judged as if the stores
were on another machine."""

ELSEWHERE = "stores.example"


def judged(row: Row) -> str:
    """A row's values file as `check` is asked about it."""
    return row.values() if row.name in ON_LOOPBACK else row.values().replace("127.0.0.1", ELSEWHERE)


_STORE_KNOWS = "only the store knows which buckets there are; XC227 says where the fleet's names suggest a slip"
_ELSEWHERE = "Airflow's API or a secrets backend may define the connection; XC512 says that the file does not"
_IDENTITY = "the settings are right; who a pod is in Azure only Azure knows, and here nobody says"

OUTSIDE = {
    "s3-bucket-missing": _STORE_KNOWS,
    "azure-container-missing": _STORE_KNOWS,
    "gcs-bucket-missing": _STORE_KNOWS,
    "s3-connection-undefined": _ELSEWHERE,
    "azure-undefined": _ELSEWHERE,
    "gcs-undefined": _ELSEWHERE,
    "azure-anon-false": _IDENTITY,
    "azure-anon-unsaid": _IDENTITY + "; up to adlfs 2026.2 nobody is asked for, and XC520 says so",
    "s3-bucket-access-point": "an access point is a host name that only AWS has",
}
"""Rows that fail for something outside of the values file, and why no rule can know."""

SAID = {"s3-connection-undefined": "XC512", "azure-undefined": "XC512", "gcs-undefined": "XC512"}
"""What is said of some of them all the same, as an info."""


def agrees(row: str, status: str, findings: Iterable[tuple[str, str]]) -> bool:
    """A row that fails has a warning or an error, one that passes has no error; `findings` are severity and code."""
    told = [(severity, code) for severity, code in findings if code != ABOUT_OTHERS]
    said = {severity for severity, code in told if not code.startswith(ABOUT_SECRETS)}
    if status == "passed":
        return "error" not in said
    if said & {"error", "warning"}:
        return True
    return row in OUTSIDE and (row not in SAID or SAID[row] in {code for _, code in told})
