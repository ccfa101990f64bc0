"""Whether what `check` says of a row fits what the probe saw."""

from __future__ import annotations

from collections.abc import Iterable

FIELDS = ("backend", "path", "threshold", "compression", "connection")
"""Fields whose findings speak about a round trip."""

ABOUT_SECRETS = "XC8"
"""How the codes of rules begin that say who may read a secret; such settings work all the same."""

ABOUT_OTHERS = frozenset(("XC220",))
"""Codes of rules that compare a deployment with others of the fleet; here the rows share a bucket."""

DISAGREEMENTS = {
    "s3-signature-unsigned": "no rule knows which names of signature_version botocore has",
}
"""Rows on which `check` and the probe disagree, and why."""

OUTSIDE = {
    "s3-bucket-missing": "only the store knows which buckets there are",
    "azure-container-missing": "only the store knows which containers there are",
    "s3-endpoint-closed": "only the network knows who answers at an address",
    "s3-profile-missing": "profiles are in a file of the image",
    "gcs-key-missing": "the key's file is in the image or mounted",
    "s3-connection-undefined": "a secrets backend or the API may define it",
    "azure-undefined": "a secrets backend or the API may define it",
}
"""Rows that fail for something outside of the values file, and why no rule can know."""


def agrees(row: str, status: str, findings: Iterable[tuple[str, str]]) -> bool:
    """A row that fails has a warning or an error, one that passes has no error; `findings` are severity and code."""
    ours = ((severity, code) for severity, code in findings if code not in ABOUT_OTHERS)
    said = {severity for severity, code in ours if not code.startswith(ABOUT_SECRETS)}
    if status == "passed":
        return "error" not in said
    return row in OUTSIDE or bool(said & {"error", "warning"})
