"""The clouds: which one a deployment stores its values in, and how each names its buckets and accounts."""

from __future__ import annotations

import re
from typing import Final

from rea_xcom_tui.xcom.model import Cloud

CLOUD_NAMES: Final[dict[Cloud, str]] = {
    "aws": "AWS", "azure": "Azure", "gcp": "GCP", "local": "the local disk",
    "none": "no cloud", "other": "another store",
}  # fmt: skip

STORE_NAMES: Final[dict[Cloud, str]] = {
    "aws": "S3", "azure": "Azure Blob Storage", "gcp": "Google Cloud Storage", "local": "the local disk",
    "none": "object storage", "other": "object storage",
}  # fmt: skip
"""Where values go, in words."""

_IPV4 = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
_S3_PREFIXES = ("xn--", "sthree-", "amzn-s3-demo-")
_S3_SUFFIXES = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_AZURE_SPECIAL = frozenset(("$root", "$logs", "$web"))


def bucket_problem(cloud: Cloud, name: str) -> str | None:
    """Why this cannot be the name of a bucket or container of the cloud, in one sentence, or None."""
    if cloud == "aws":
        return _s3_problem(name)
    if cloud == "azure":
        return _container_problem(name)
    return _gcs_problem(name) if cloud == "gcp" else None


def _s3_problem(name: str) -> str | None:
    """By Amazon's naming rules. Aliases of access points have the forms of reserved suffixes and are fine."""
    if not 3 <= len(name) <= 63:
        return "An S3 bucket's name has 3 to 63 characters."
    if not re.fullmatch(r"[a-z0-9.-]+", name):
        return "An S3 bucket's name takes lower-case letters, digits, dots and hyphens only."
    if not (name[0].isalnum() and name[-1].isalnum()):
        return "An S3 bucket's name starts and ends with a letter or digit."
    if ".." in name or _IPV4.fullmatch(name):
        return "An S3 bucket's name has no two dots together and is not an IP address."
    if name.startswith(_S3_PREFIXES):
        return f"An S3 bucket's name does not start with {next(p for p in _S3_PREFIXES if name.startswith(p))}."
    if name.endswith(_S3_SUFFIXES) and not name.endswith(("-s3alias", "--x-s3")):
        return f"An S3 bucket's name does not end with {next(s for s in _S3_SUFFIXES if name.endswith(s))}."
    return None


def _container_problem(name: str) -> str | None:
    """By Azure's naming rules for blob containers."""
    if name in _AZURE_SPECIAL:
        return None
    if not 3 <= len(name) <= 63:
        return "An Azure container's name has 3 to 63 characters."
    if not re.fullmatch(r"[a-z0-9-]+", name):
        return "An Azure container's name takes lower-case letters, digits and hyphens only."
    if not (name[0].isalnum() and name[-1].isalnum()) or "--" in name:
        return "An Azure container's name has single hyphens between letters and digits only."
    return None


def _gcs_problem(name: str) -> str | None:
    """By Google's naming rules; a name with dots may be longer, each part of it up to 63 characters."""
    longest = max(len(part) for part in name.split("."))
    if not 3 <= len(name) <= (222 if "." in name else 63) or longest > 63:
        return "A GCS bucket's name has 3 to 63 characters."
    if not re.fullmatch(r"[a-z0-9._-]+", name):
        return "A GCS bucket's name takes lower-case letters, digits, dots, hyphens and underscores only."
    if not (name[0].isalnum() and name[-1].isalnum()):
        return "A GCS bucket's name starts and ends with a letter or digit."
    if ".." in name or _IPV4.fullmatch(name):
        return "A GCS bucket's name has no two dots together and is not an IP address."
    if name.startswith("goog") or "google" in name:
        return "A GCS bucket's name does not start with goog or contain google."
    return None


def account_problem(name: str) -> str | None:
    """Why this cannot be an Azure storage account: 3 to 24 lower-case letters and digits; or None."""
    if re.fullmatch(r"[a-z0-9]{3,24}", name):
        return None
    return "An Azure storage account's name has 3 to 24 lower-case letters and digits."
